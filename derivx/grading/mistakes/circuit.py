"""A problem as a list of operations, each part once, with values at all points; derivatives of many hypotheses in one sweep.

A hypothesis is a set of places where a mistaken formula stands for the derivative of a node. All hypotheses go through the problem
together: the derivative of a node is a row of values for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, Sym, names, postorder, substitute
from derivx.grading.mistakes.forms import View, views
from derivx.grading.mistakes.formula import slope_of
from derivx.grading.values import Run, Table
from derivx.numeric import Unavailable
from derivx.syntax.formulas import arguments
from derivx.syntax.spelling import CONSTANTS

Formula = Callable[[dict[str, Any]], Any]


class Memory(Run):
    """Values of the parts of many expressions, each part once; the parts are kept, so that each stays the one it was."""

    __slots__ = ("_kept",)

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._kept: list[Expr] = []
        self.hidden = True  # nobody asks, and it costs time

    def _call(self, node: Any, args: list[Any]) -> Any:
        self._kept.append(node)
        return super()._call(node, args)

    def apply(self, node: Expr, args: list[Any]) -> Any:
        """The value of an operation on values of its arguments, which may be rows of values."""
        return super()._call(node, args)


_TAKEN = Sym("_c")  # what is taken as a variable


def leaves(c: Expr) -> list[Expr]:
    """What a constant may be differentiated by: its names, or the first number of a constant such as e^3, log(2), sqrt(pi)."""
    named: list[Expr] = [Sym(n) for n in names(c) if n not in CONSTANTS]
    if named or not isinstance(c, Call):
        return named
    return [next(n for n in postorder(c) if not isinstance(n, Call))]


def by_leaf(c: Expr, leaf: Expr) -> tuple[Expr, str]:
    """A constant with a name for the leaf, and that name."""
    return substitute(c, {leaf: _TAKEN}), _TAKEN.name


@dataclass(slots=True)
class Place:
    """A view of a node with the values of its letters, and the part of it that a formula with ``t`` or ``dc`` is about."""

    view: View
    env: dict[str, Any]
    at: Expr | None = None


@dataclass(slots=True)
class _State:
    """Of the parts that a sweep has come to: values where they are mistaken, and derivatives."""

    values: dict[int, Any]
    slopes: dict[int, Any]


Spot = tuple[int, Place, Formula]
Edit = tuple[int, Expr]


class Circuit:
    """The parts of a problem in the order in which they can be computed."""

    def __init__(self, problem: Expr, wrt: str, table: Table, size: int, memory: Memory | None = None) -> None:
        self.problem, self.wrt, self.size, self.table = problem, wrt, size, table
        self.memory = Memory(table) if memory is None else memory
        self.nodes: list[Expr] = []
        self.index: dict[Expr, int] = {}
        self._moves: list[bool] = []
        self._known: dict[int, list[Any]] = {}
        self._right = _State({}, {})
        for node in postorder(problem):
            self._add(node)
        self.root = self.index[problem]

    def _add(self, node: Expr) -> int:
        known = self.index.get(node)
        if known is not None:
            return known
        if isinstance(node, Call):
            for a in node.args:
                self._add(a)
        self.index[node] = len(self.nodes)
        self.nodes.append(node)
        args = node.args if isinstance(node, Call) else ()
        self._moves.append(node == Sym(self.wrt) or any(self._moves[self.index[a]] for a in args))
        return len(self.nodes) - 1

    def moving(self, node: Expr) -> bool:
        """Whether a part depends on the variable."""
        return self._moves[self._add(node)]

    def value(self, node: Expr) -> Any:
        """The values of a part."""
        return self.memory.value(self.nodes[self._add(node)])

    def places(self) -> Iterator[Place]:
        """Every view of every moving part, with the values its formula may use."""
        inside = self._inside()
        for i in range(len(self.nodes)):
            node = self.nodes[i]
            if not self._moves[i]:
                continue
            for view in views(node, self.wrt, self.moving, inside.get(i, False)):
                yield from self._placed(view)

    def _placed(self, view: View) -> Iterator[Place]:
        env = {letter: self.value(part) for letter, part in view.parts.items()}
        env["y"] = self.value(view.node)
        for parts in view.moves.values():
            for part in parts:
                self._add(part)
        yield Place(view, env)

    def by_name(self, place: Place) -> Iterator[Place]:
        """The place once for each name in ``u``, and for each of its terms: what formulas with ``t`` are about."""
        u = place.view.parts.get("u")
        if u is None or isinstance(u, Sym):
            return
        parts: list[Expr] = [Sym(name) for name in names(u) if name in self.table]
        if isinstance(u, Call) and u.op == "add":
            parts += [a for a in u.args if isinstance(a, Call) and self.moving(a)]
        for part in parts:
            yield Place(place.view, {**place.env, "t": self.value(part)}, part)

    def by_constant(self, place: Place) -> Iterator[Place]:
        """The place once for each name in the constant part (or once for a number such as e^3), with its derivative by that."""
        c = place.view.parts.get("c")
        if c is None:
            return
        for leaf in leaves(c):
            taken, name = by_leaf(c, leaf)
            table = {**self.table, name: np.broadcast_to(np.asarray(self.value(leaf), dtype=float), (self.size,))}
            slope = Circuit(taken, name, table, self.size).derivative()
            yield Place(place.view, {**place.env, "dc": slope}, leaf)

    def _inside(self) -> dict[int, bool]:
        """Whether a part stands in an outer function: a power, an exponential, a function on a card, a denominator."""
        found: dict[int, bool] = {}
        for i in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[i]
            if not isinstance(node, Call):
                continue
            here = found.get(i, False) or node.op not in ("add", "neg", "mul", "div")
            for k, a in enumerate(node.args):
                j = self.index[a]
                found[j] = found.get(j, False) or here or (node.op == "div" and k == 1)
        return found

    def sweep(self, spots: Mapping[int, Sequence[Spot]], edits: Mapping[int, Sequence[Edit]], count: int) -> tuple[Any, Any]:
        """The problem and its derivative under each of ``count`` hypotheses, one row each.

        ``spots[node]``: (hypothesis, place, formula), where a formula stands for the node's derivative; ``edits[node]``: (hypothesis,
        part), where another part stands for the node itself.
        """
        state = _State({}, {})
        for i in range(self.root + 1):
            node = self.nodes[i]
            args = [self.index[a] for a in node.args] if isinstance(node, Call) else []
            if any(j in state.values for j in args):
                assert isinstance(node, Call)
                state.values[i] = self.memory.apply(node, [self._value(j, state) for j in args])
            if i in edits:
                self._edited(i, edits[i], state, count)
            elif i in spots:
                state.slopes[i] = self._mistaken(i, spots[i], state, count)
            elif self._moves[i] or i in state.values:
                self._derivative(i, state)
        shape = (count, self.size)
        return np.broadcast_to(self._value(self.root, state), shape), np.broadcast_to(self._derivative(self.root, state), shape)

    def derivative(self) -> Any:
        """The derivative of the problem, rightly."""
        return np.broadcast_to(self._derivative(self.root, self._right), (self.size,))

    def _edited(self, i: int, edits: Sequence[Edit], state: _State, count: int) -> None:
        shape = (count, self.size)
        slope = np.array(np.broadcast_to(self._derivative(i, state), shape))
        value = np.array(np.broadcast_to(self._value(i, state), shape), dtype=float)
        for row, part in edits:
            j = self._add(part)
            value[row] = self._value(j, self._right)
            slope[row] = self._derivative(j, self._right)
        state.values[i], state.slopes[i] = value, slope

    def _mistaken(self, i: int, spots: Sequence[Spot], state: _State, count: int) -> Any:
        found = np.array(np.broadcast_to(self._derivative(i, state), (count, self.size)))
        for row, place, formula in spots:
            env = dict(place.env)
            for letter, parts in place.view.moves.items():
                env[letter] = self._moved(parts, state, row)
            found[row] = formula(env)
        return found

    def _moved(self, parts: tuple[Expr, ...], state: _State, row: int) -> Any:
        total: Any = None
        for part in parts:
            found = self._derivative(self._add(part), state)
            found = found[row] if found.ndim == 2 else found
            total = found if total is None else total * found
        return total

    def _value(self, i: int, state: _State) -> Any:
        found = state.values.get(i)
        return self.memory.value(self.nodes[i]) if found is None else found

    def _derivative(self, i: int, state: _State) -> Any:
        """The derivative of a part by the rules, from those of its parts; worked out when it is asked for."""
        found = state.slopes.get(i)
        if found is None:
            node = self.nodes[i]
            args = [self.index[a] for a in node.args] if isinstance(node, Call) else []
            moving = [(k, j) for k, j in enumerate(args) if self._moves[j]]
            if not moving:
                found = np.ones(self.size) if node == Sym(self.wrt) else np.zeros(self.size)
            else:
                assert isinstance(node, Call)
                found = self._by_rule(i, node, moving, state)
            state.slopes[i] = found
        return found

    def _by_rule(self, i: int, node: Call, moving: list[tuple[int, int]], state: _State) -> Any:
        if node.op == "add":
            return _total([self._derivative(j, state) for _, j in moving])
        if node.op == "neg":
            return -self._derivative(moving[0][1], state)
        if i in state.values or any(self.index[a] in state.values for a in node.args):
            partials = self._partials(node, moving, state)
        else:
            known = self._known.get(i)
            partials = self._known[i] = self._partials(node, moving, state) if known is None else known
        return _total([p * self._derivative(j, state) for (_, j), p in zip(moving, partials, strict=True)])

    def _partials(self, node: Call, moving: list[tuple[int, int]], state: _State) -> list[Any]:
        """For each moving argument the local derivative."""
        values = [self._value(self.index[a], state) for a in node.args]
        y = self._value(self.index[node], state)
        if node.op == "mul":
            before = list(accumulate(values, mul, initial=1.0))
            after = list(accumulate(reversed(values), mul, initial=1.0))[::-1]
            return [before[k] * after[k + 1] for k, _ in moving]
        if node.op == "div":
            return [1 / values[1] if k == 0 else -y / values[1] for k, _ in moving]
        if node.op == "pow":
            a, b = values
            return [b * np.float_power(a, b - 1) if k == 0 else y * np.log(a) for k, _ in moving]
        return [self._on_card(node, k, values, y) for k, _ in moving]

    def _on_card(self, node: Call, k: int, values: list[Any], y: Any) -> Any:
        if not ops.known(node.op):
            if len(node.args) != 1:
                raise Unavailable("pending")
            return self.memory.apply(Call(f"{node.op}'", node.args), values)
        card = ops.card(node.op)
        if card.nary and len(node.args) > 2:  # the largest, the smallest
            return np.where(values[k] == y, 1.0, 0.0)
        slope = slope_of(node.op, card.params[k])
        if slope is None:
            return np.zeros(self.size)
        given = arguments(card, node.args)
        env = {p: values[n] if n < len(values) else self.value(given[Sym(p)]) for n, p in enumerate(card.params)}
        return slope({**env, "y": y}) + np.zeros(self.size)


def _total(parts: list[Any]) -> Any:
    total = parts[0]
    for p in parts[1:]:
        total = total + p
    return total
