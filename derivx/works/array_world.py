"""Values of the names of a work over arrays, and of the derivatives between them, at draws of several sizes.

``D(a, b)`` is measured by the complex step: every name that stands on ``b`` is worked out again with one entry of ``b`` moved. A scalar by
an array has the array's shape, an array by a scalar the array's, a vector by a vector is the Jacobian with a row for each entry above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from derivx import ops
from derivx.derive.matrix.engine import Question
from derivx.expr import Call, Expr, Sym, names, postorder, substitute
from derivx.grading.array_reference import STEP, Place, stepped
from derivx.grading.stacks import Stacks
from derivx.numeric import COMPLEX, REAL, Unavailable, UnknownValue, space
from derivx.shape import Shape
from derivx.works.world import closure, named

LINK, PART, INSIDE = "linkq", "partq", "insideq"  # names for derivatives, for what stands in d(...), for what goes into a function
HIDDEN = (LINK, PART, INSIDE, f"d{PART}")
_AGREE = 1e-8
Values = tuple[Any, ...]


class ArrayWorld:
    """The names of the question and of the work at every place; ``shapes`` of all of them."""

    def __init__(self, question: Question, label: str, shapes: Mapping[str, Shape], places: Sequence[Place]) -> None:
        self.question, self.label = question, label
        self.shapes: dict[str, Shape] = dict(shapes)
        self.definitions: dict[str, Expr] = {**dict(question.let), label: question.output}
        self.envs = [dict(p.env) for p in places]
        self._put(label, question.output)

    def at(self, envs: Sequence[Mapping[str, Any]]) -> ArrayWorld:
        """The same names where the names of the question have other values."""
        there = ArrayWorld(self.question, self.label, self.shapes, [])
        there.definitions = dict(self.definitions)
        there.envs = [dict(env) for env in envs]
        for name, formula in self.ordered():
            there._put(name, formula)
        return there

    def add(self, name: str, formula: Expr, shape: Shape) -> None:
        """A name of the work; what is written with its formula is written with the name from now on."""
        self.shapes[name] = shape
        self._put(name, formula)
        for inside in [n for n in self.definitions if n.startswith(INSIDE) and not name.startswith(INSIDE)]:
            if agree(self.values(Sym(inside)), self.values(Sym(name))):
                formula = self.definitions.pop(inside)
                self.definitions = {n: substitute(e, {Sym(inside): Sym(name)}) for n, e in self.definitions.items()}
            else:
                formula = self._written(formula, inside)
        for other, body in list(self.definitions.items()):
            if name not in closure(Sym(other), self.definitions) and other not in closure(formula, self.definitions) and other != name:
                self.definitions[other] = self._written(body, name)
        self.definitions[name] = formula

    def define(self, name: str, formula: Expr, shape: Shape) -> None:
        """A name for a formula; nothing is written with it."""
        self.shapes[name], self.definitions[name] = shape, formula
        self._put(name, formula)

    def _put(self, name: str, formula: Expr) -> None:
        for env in self.envs:
            value = self.value(formula, env)
            draws = next(len(v) for v in list(env.values()) if np.ndim(v))
            if value is not None:
                env[name] = np.broadcast_to(value, (draws, *value.shape[1:])) if np.ndim(value) else np.full(draws, value)

    def _written(self, body: Expr, name: str) -> Expr:
        """A formula in which every part that has the values of a name is the name."""
        own = self.values(Sym(name))

        def name_of(node: Expr) -> str | None:
            return name if names(node) and agree(self.values(node), own) else None

        return named(body, name_of)

    def value(self, e: Expr, env: Mapping[str, Any]) -> Any:
        """The value at one place; ``None`` where there is none."""
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(Stacks(env, space(REAL)).value(e), dtype=float)
        except (np.linalg.LinAlgError, Unavailable, UnknownValue, ArithmeticError, ValueError, IndexError):
            return None
        return found if np.all(np.isfinite(found)) else None

    def values(self, e: Expr, more: Sequence[Mapping[str, Any]] = ()) -> Values:
        """The values at all places; ``more``: other values of some names, by place."""
        envs = [{**env, **other} for env, other in zip(self.envs, more, strict=True)] if more else self.envs
        return tuple(self.value(e, env) for env in envs)

    # Derivatives.

    def shape_of(self, above: str, below: str) -> Shape | None:
        """The shape of a derivative; ``None`` for what is no vector or matrix."""
        a, b = self.shapes[above], self.shapes[below]
        if set(a) <= {1}:
            return b
        if not b:
            return a
        long_a, long_b = ([d for d in s if d != 1] for s in (a, b))
        return (long_a[0], long_b[0]) if len(long_a) == 1 == len(long_b) else None

    def ordered(self) -> tuple[tuple[str, Expr], ...]:
        """The definitions, each after those it uses."""
        found: dict[str, Expr] = {}
        todo = dict(self.definitions)
        while todo:
            ready = [n for n, e in todo.items() if not any(m in todo and m != n for m in names(e))]
            found |= {n: todo.pop(n) for n in ready}
            if not ready:
                break
        return tuple(found.items())

    def moved(self, above: str, below: str) -> Values:
        """How the entries of one name move with each entry of another: draws, entries below, shape above."""
        question = replace(self.question, wrt=below, let=self.ordered())
        rows = (stepped(question, env, Sym(above), space(COMPLEX), 1j * STEP) for env in self.envs)
        return tuple(None if row is None else np.imag(row) / STEP for row in rows)

    def derivative(self, above: str, below: str) -> Values:
        """The values of ``D(above, below)``."""
        shape = self.shape_of(above, below)
        found: list[Any] = []
        for env, row in zip(self.envs, self.moved(above, below), strict=True):
            if row is None or shape is None:
                found.append(None)
            elif set(self.shapes[above]) <= {1}:
                found.append(row.reshape(np.shape(env[below])))
            elif not self.shapes[below]:
                found.append(row[:, 0])
            else:
                found.append(np.swapaxes(row.reshape(*row.shape[:2], -1), 1, 2))
        return tuple(found)

    def along(self, name: str, below: str) -> Values:
        """How a name moves where another moves some way, always the same."""
        found: list[Any] = []
        for i, (env, row) in enumerate(zip(self.envs, self.moved(name, below), strict=True)):
            value, way = env[name], np.random.default_rng([i, 7]).uniform(-1, 1, np.shape(env[below])[1:])
            stands = below in closure(Sym(name), self.definitions) or name == below
            flat = np.tensordot(way.ravel(), row, (0, 1)) if row is not None and stands else np.zeros(np.shape(value))
            found.append(np.broadcast_to(flat, np.shape(value)))
        return tuple(found)

    def pulled(self, through: str, gradient: Values, below: str) -> Values:
        """What the gradient by one name makes of the gradient by another that it stands on."""
        found: list[Any] = []
        for env, g, row in zip(self.envs, gradient, self.moved(through, below), strict=True):
            if g is None or row is None or not _fits(g, (len(row), *np.shape(env[through])[1:])):
                found.append(None)
                continue
            whole = np.broadcast_to(g, (len(row), *np.shape(env[through])[1:])).reshape(len(row), 1, -1)
            found.append((row.reshape(*row.shape[:2], -1) * whole).sum(-1).reshape(np.shape(env[below])))
        return tuple(found)


def _fits(g: Any, shape: tuple[int, ...]) -> bool:
    """Whether a gradient has the shape of what it is taken by, or is a scalar for all of it."""
    try:
        return np.broadcast_shapes(np.shape(g), shape) == shape
    except ValueError:
        return False


def elementwise(world: ArrayWorld) -> list[Call]:
    """The functions in the definitions that work entry by entry."""
    nodes = dict.fromkeys(n for body in world.definitions.values() for n in postorder(body))
    return [n for n in nodes if isinstance(n, Call) and len(n.args) == 1 and ops.known(n.op) and ops.card(n.op).shape == "elementwise"]


def agree(a: Values, b: Values, *, turned: bool = False) -> bool:
    """Whether values are the same at every place, of one shape but for axes of length 1; ``turned``: but for rows as columns."""
    return all(x is not None and y is not None and _close(x, y, turned=turned) for x, y in zip(a, b, strict=True))


def _close(x: Any, y: Any, *, turned: bool) -> bool:
    if turned:
        if x.ndim != 3:
            return False
        x = x.swapaxes(-1, -2)
    a, b = _plain(x), _plain(y)
    if x.ndim == y.ndim == 3 and x.shape[1:] != y.shape[1:] and a.ndim == b.ndim == 2:
        return False  # a row is no column
    if a.shape[1:] != b.shape[1:] and not (_zero(a) and _zero(b)):
        return False
    size = max(float(np.max(np.abs(a), initial=0.0)), float(np.max(np.abs(b), initial=0.0)))
    return bool(np.all(np.abs(a - b) <= _AGREE * size)) if size else True


def _plain(x: Any) -> Any:
    x = np.asarray(x)
    if not x.ndim:
        return x.reshape(1)
    return x.reshape(x.shape[0], *(d for d in x.shape[1:] if d != 1))


def _zero(x: Any) -> bool:
    return not np.any(x)


def constant_ratio(a: Values, b: Values) -> tuple[float, ...] | None:
    """The number, place by place, that one value is of another; ``None`` where there is none."""
    found: list[float] = []
    for x, y in zip(a, b, strict=True):
        if x is None or y is None or _plain(x).shape != _plain(y).shape or not np.any(y):
            return None
        p, q = _plain(x).ravel(), _plain(y).ravel()
        k = int(np.argmax(np.abs(q)))
        ratio = float(p[k] / q[k])
        if not ratio or np.any(np.abs(p - ratio * q) > _AGREE * np.max(np.abs(p))):
            return None
        found.append(ratio)
    return tuple(found)
