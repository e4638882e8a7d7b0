"""The right answer of a question over arrays: measured by the complex step, entry by entry, at unequal sizes.

Two assignments of sizes tell ``n`` from 4; a third, with every size alike, is where answers whose shapes do not fit are looked at.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from derivx.check.matrix import draw
from derivx.derive.matrix.engine import Answer, Question, solve
from derivx.derive.matrix.shapes import Shapes
from derivx.errors import LimitError, NotSupported, UsageError
from derivx.expr import ZERO, Call, Expr, Sym, names, postorder, transform
from derivx.grading.array_budget import afford_arrays, entries
from derivx.grading.points import Interval
from derivx.grading.stacks import Stacks
from derivx.numeric import COMPLEX, REAL, Unavailable, UnknownValue, space
from derivx.shape import Dim, Shape, written

STEP = 1e-30
_AT_ONCE, _MOST_WORK = 500_000, 1_000_000  # numbers
_LARGER_STEP, _AGREE = 1e-15, 1e-9
ALIKE = "size__"  # the one letter of all sizes, where they are alike: nobody types it
_DRAWS = 3
_TRIES = 24
_EXPONENT = 3.0
_POWERS = ("matrix_power", "trace_of_power", "det_of_power")
_BOXES: tuple[Interval | None, ...] = (None, (0.3, 1.7), (0.05, 0.95), (1.1, 3.0))  # where the usual one is outside of a domain
_MORE = (0, 2)
_FAILS = (np.linalg.LinAlgError, Unavailable, UnknownValue, ArithmeticError, ValueError)  # of sizes that cannot be alike, too
_FAR, _FAR_BOX = 30.0, (5.0, 40.0)
_HUGE = 1e150


@dataclass(frozen=True)
class Asked:
    """What is asked, and of what shape the answer is."""

    question: Question
    shapes: Mapping[str, Shape]  # of every name an answer may use
    lets: tuple[tuple[str, Expr], ...]  # names of the answer with their formulas, in order
    order: int
    output: Shape
    wanted: Shape
    turned: bool  # whether the layout is the transpose of how it is measured
    sizes: Answer  # what is known of sizes that are worked out

    @cached_property
    def answer(self) -> Answer | None:
        """The closed form of the textbook, where derivx has one."""
        try:
            return solve(self.scalar_question.of_kind(self.order))
        except (NotSupported, UsageError):
            return None

    @cached_property
    def scalar_question(self) -> Question:
        """The question; an output of one entry is a number."""
        q = self.question
        if not self.output or set(self.output) != {1}:
            return q
        return replace(q, output=Call("tr" if len(self.output) == 2 else "sum", (q.output,)))

    @property
    def kind(self) -> str:
        """Gradient, Jacobian, derivative by a number, or Hessian."""
        if self.order == 2:
            return "hessian"
        if not self.shapes[self.question.wrt]:
            return "dscalar"
        return "gradient" if set(self.output) <= {1} else "jacobian"


def asked(question: Question, lets: Sequence[tuple[str, Expr]], order: int, layout: str) -> Asked:
    """The question with all its shapes. Raises ``UsageError`` where they do not fit, ``NotSupported`` for what is no matrix."""
    names = Shapes(question.shapes)
    for name, formula in question.let:
        names.given[name] = names.of(formula)
    output = tuple(map(names.same, names.of(question.output)))
    if question.wrt not in names.given:
        raise UsageError("no_such_variable", name=question.wrt)
    for name, formula in lets:
        names.given.setdefault(name, names.of(formula))
    by = names.given[question.wrt]
    one = set(output) <= {1}
    if order == 2:
        wanted: Shape = (*_entries(by), *_entries(by)) if one and by else output
    elif one or not by:
        wanted = by or output
    else:
        wanted = (*_entries(output), *_entries(by))
    if len(wanted) > 2 or order > 2 or (order == 2 and not (one and by)):
        raise NotSupported("needs_vec", what=f"{written(output)} by {written(by)}")
    turned = layout == "numerator" and one and len(by) == 2 if not (len(wanted) == 2 and not one) else layout == "denominator"
    sizes = Answer(ZERO, {}, (), dict(names.defined), positive=names.needed)
    return Asked(question, dict(names.given), tuple(lets), order, output, wanted[::-1] if turned else wanted, turned, sizes)


def _entries(shape: Shape) -> Shape:
    """A column, a row or a vector by its length; a matrix has no place in a matrix."""
    long = tuple(d for d in shape if d != 1)
    return long or (1,) if len(shape) > 1 else shape


@dataclass(frozen=True)
class Place:
    """Several draws at one assignment of sizes: the values of all names, and the right answer's."""

    env: Mapping[str, Any]
    right: Any


def places(a: Asked, domain: Mapping[str, Interval], rng: random.Random) -> tuple[Place, ...]:
    """Where answers are compared. Raises ``UsageError`` where the question has no value, ``LimitError``."""
    if _DRAWS * entries(a.shapes[a.question.wrt]) * sum(map(entries, a.shapes.values())) > _MOST_WORK:
        raise LimitError("large_sizes")
    afford_arrays(replace(a.question, let=(*a.question.let, *a.lets)), _DRAWS)
    first = rng.getrandbits(40) * 3
    for box in _BOXES:
        found = [_place(a, a.question, domain, box, more, first) for more in _MORE]
        if all(f is not None for f in found):
            return tuple(f for f in found if f is not None)
    raise UsageError("undefined_there")


def alike(a: Asked, domain: Mapping[str, Interval], rng: random.Random) -> Place | None:
    """The place where every size is the same."""
    shapes = {n: tuple(map(same_size, s)) for n, s in a.question.shapes.items()}
    question = replace(a.question, shapes=shapes)
    first = rng.getrandbits(40) * 3
    return next((p for box in _BOXES if (p := _place(a, question, domain, box, 0, first)) is not None), None)


def far(a: Asked, domain: Mapping[str, Interval], rng: random.Random) -> Place | None:
    """A place where names without a domain are large: what is nothing near 0 may be something there."""
    first = rng.getrandbits(40) * 3
    found = (_place(a, a.question, domain, box, 0, first, times) for box, times in ((None, _FAR), (_FAR_BOX, 1.0)))
    return next((p for p in found if p is not None), None)


def same_size(d: Dim) -> Dim:
    """The one size for every size but 1."""
    return d if d == 1 else ALIKE


def _place(
    a: Asked, q: Question, domain: Mapping[str, Interval], box: Interval | None, more: int, first: int, times: float = 1.0
) -> Place | None:
    """Draws where the question and its derivative have values."""
    rows: list[dict[str, Any]] = []
    for seed in range(first, first + _TRIES):
        env = draw(q, a.sizes, more, seed)
        env |= {str(d): env[ALIKE] for s in a.shapes.values() for d in s if ALIKE in env and isinstance(d, str)}
        env |= {n: times * env[n] for n in q.shapes if times != 1 and not q.flags.get(n)}
        _boxed(env, q, {n: domain.get(n, box) for n in q.shapes}, seed)
        env |= {n: np.asarray(_EXPONENT + more) for n in exponents(q)}
        if (finite := _value(q, _stacked([env]))) is not None and np.all(np.isfinite(finite)) and np.max(np.abs(finite)) < _HUGE:
            rows.append(env)
        if len(rows) == _DRAWS:
            break
    return None if len(rows) < 2 else _measured(a, q, _stacked(rows), len(rows))


def _measured(a: Asked, q: Question, env: Mapping[str, Any], draws: int) -> Place | None:
    """The derivative at several draws; those where it depends on the step, for something underflows, are left out."""
    full = dict(env)
    run = Stacks(full, space(REAL))
    with np.errstate(all="ignore"):
        for name, formula in (*q.let, *a.lets):
            if name not in full:
                value = np.asarray(run.value(formula))
                full[name] = np.broadcast_to(value, (draws, *value.shape[1:]))
        right, again = _derivative(a, q, full, STEP), _derivative(a, q, full, _LARGER_STEP)
        if right is None or again is None:
            return None
        gap, size = (np.max(np.abs(v), axis=tuple(range(1, right.ndim))) for v in (right - again, right))
    good = np.isfinite(size) & (gap <= _AGREE * (size + (ALIKE in env)))  # with all sizes alike a derivative may vanish
    if good.sum() < min(2, draws):
        return None
    return Place({n: v[good] if np.ndim(v) else v for n, v in full.items()}, right[good])


def exponents(q: Question) -> list[str]:
    """The scalars by which a matrix is raised to a power: whole numbers."""
    powers = [n for e in (q.output, *(f for _, f in q.let)) for n in postorder(e) if isinstance(n, Call) and n.op in _POWERS]
    return [n for p in powers for e in p.args[1:] for n in names(e) if n in q.shapes and not q.shapes[n]]


def _boxed(env: dict[str, Any], q: Question, boxes: Mapping[str, Interval | None], seed: int) -> None:
    """Names with a declared interval are drawn from it."""
    for i, (name, box) in enumerate(boxes.items()):
        if box is not None and not q.flags.get(name):
            env[name] = np.random.default_rng([seed, i]).uniform(*box, np.shape(env[name]))


def _stacked(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Draws as stacks; sizes stay plain numbers."""
    return {n: float(v) if isinstance(v, int) else np.stack([np.asarray(r[n], dtype=float) for r in rows]) for n, v in rows[0].items()}


def _value(q: Question, env: Mapping[str, Any]) -> Any:
    here, run = dict(env), Stacks(env, space(REAL))
    try:
        with np.errstate(all="ignore"):
            for name, formula in q.let:
                run.env = here
                here[name] = run.value(formula)
            run.env = here
            return np.asarray(run.value(q.output))
    except _FAILS:
        return None


def _derivative(a: Asked, q: Question, env: Mapping[str, Any], step: float) -> Any:
    """The derivative by the complex step: draws first, then the shape of the answer."""
    if a.kind == "hessian":
        return _hessian(a, q, env, step)
    moved = stepped(q, env, q.output, space(COMPLEX), 1j * step)
    if moved is None:
        return None
    moved = np.imag(moved) / step  # draws, entries of wrt, output
    return arranged(a, q, moved, np.shape(env[q.wrt])[1:])


def stepped(q: Question, env: Mapping[str, Any], output: Expr, xp: Any, step: Any) -> Any:
    """The output where each entry of ``wrt`` in turn moves by a step: draws, entries, output."""
    entries = int(np.prod(np.shape(env[q.wrt])[1:], dtype=int))
    most = max(1, _AT_ONCE * entries // max(work(q, env), 1))
    parts = [_stepped(q, env, output, xp, step, range(i, min(i + most, entries))) for i in range(0, entries, most)]
    return None if any(p is None for p in parts) else np.concatenate(parts, axis=1)


def work(q: Question, env: Mapping[str, Any]) -> int:
    """How many numbers there are to be worked out for all entries."""
    return int(np.prod(np.shape(env[q.wrt])[1:], dtype=int)) * sum(int(np.size(v)) for v in env.values())


def _stepped(q: Question, env: Mapping[str, Any], output: Expr, xp: Any, step: Any, places: range) -> Any:
    """The same for some of the entries."""
    value = env[q.wrt]
    draws, entries = len(value), len(places)
    units = np.zeros((entries, int(np.prod(value.shape[1:], dtype=int))))
    units[np.arange(entries), list(places)] = 1
    here = {n: np.repeat(v, entries, axis=0) if np.ndim(v) else v for n, v in env.items()}
    here[q.wrt] = (value[:, None] + step * units.reshape(1, entries, *value.shape[1:])).reshape(draws * entries, *value.shape[1:])
    run = Stacks(here, xp)
    run.hidden = True
    try:
        with np.errstate(all="ignore"):
            for name, formula in q.let:
                if name != q.wrt:
                    here[name] = run.value(formula)
            out = np.asarray(run.value(output))
    except _FAILS:
        return None
    out = np.broadcast_to(out, (draws * entries, *out.shape[1:]))
    return out.reshape(draws, entries, *out.shape[1:])


def arranged(a: Asked, q: Question, moved: Any, by: tuple[int, ...]) -> Any:
    """From draws, entries, output to draws and the shape of the answer."""
    draws, entries = moved.shape[:2]
    if a.kind == "dscalar":
        return moved[:, 0]
    matrix = np.swapaxes(moved.reshape(draws, entries, -1), 1, 2)
    found = structured(q, moved.reshape(draws, *by)) if a.kind == "gradient" else matrix
    return found.swapaxes(-1, -2) if a.turned and found.ndim == 3 else found


def closed_form(a: Asked, order: int) -> Expr:
    """The textbook's derivative without names of its own. Raises ``NotSupported`` and ``UsageError``."""
    known = a.answer if order == a.order else None  # solved once
    found = known or solve(a.scalar_question.of_kind(order))
    where = {**dict(found.let), **found.where}
    formula = found.formula
    for _ in range(len(where) + 1):  # definitions may use each other
        formula = transform(formula, lambda e: where.get(e.name, Sym(e.name)) if isinstance(e, Sym) else e)
    return formula


def structured(q: Question, g: Any) -> Any:
    """The gradient by a matrix that stays symmetric or diagonal."""
    flag = q.flags.get(q.wrt, "")
    if flag in ("symmetric", "spd"):
        return (g + g.swapaxes(-1, -2)) / 2
    return g * np.eye(g.shape[-1]) if flag == "diagonal" else g


def _hessian(a: Asked, q: Question, env: Mapping[str, Any], step: float) -> Any:
    """The complex step along the gradient's closed form."""
    formula = closed_form(a, 1)
    moved = stepped(replace(q, let=()), env, formula, space(COMPLEX), 1j * step)
    if moved is None:
        return None
    draws, entries = moved.shape[:2]
    return np.swapaxes((np.imag(moved) / step).reshape(draws, entries, -1), 1, 2)
