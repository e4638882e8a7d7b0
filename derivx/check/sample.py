"""Where to look: seeded points inside the domain that the lines state, away from kinks."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derivx import ops
from derivx.derive.board import CONSTANTS
from derivx.derive.step import Derivation
from derivx.expr import Call, Diff, Expr, Sym, names, pending, postorder
from derivx.numeric import REAL, Scope, Unavailable, UnknownValue, evaluate, space
from derivx.syntax import kink_equations, write

Points = Mapping[str, Any]
_BOXES = ((0.3, 1.7), (-1.7, -0.3), (0.05, 0.95), (1.1, 3.0), (-3.0, 3.0), (2.0, 6.0), (-6.0, -2.0), (0.3, 1.7))
_DRAWS, _FIRST = 400, 40
_FAR = 1e6
_KINK_MARGIN = 1e-2
_MOST_SIDES, _MOST_CASES = 12, 32
_AMONG_PIECES = 24  # points for a question in pieces: one for every combination of sides, nearly always


def variables(derivation: Derivation) -> list[str]:
    """The names that need a value: those of the question and of the definitions that are not defined themselves."""
    parts: list[Expr] = [derivation.question, *derivation.where.values(), derivation.answer]
    if derivation.curve:
        parts.append(derivation.curve[1])
    return [n for n in names(*parts) if n not in derivation.where and n not in CONSTANTS]


def core(question: Expr) -> Expr:
    """What is differentiated: the body below every pending derivative at the root."""
    while isinstance(question, Diff):
        question = question.body
    return question


def seed(text: str) -> int:
    """A seed that is the same for the same question, everywhere."""
    return zlib.crc32(text.encode())


def points(derivation: Derivation, count: int = 3, *, beside: float = 0.0) -> Points | None:
    """``count`` points where the question and its answer are defined and moderate; ``None`` when none is found."""
    found = variables(derivation)
    draw = random.Random(seed(write(derivation.question)) + int(beside * 1e6))
    whole = _whole_numbers(derivation)
    table = {n: np.array([_value(draw, n in whole) for _ in range(_DRAWS)]) for n in found}
    if derivation.curve is not None:
        return _on_curve(derivation, table, count)
    rows = _sides(derivation)
    few = {n: v[: _FIRST if rows else _FIRST // 3] for n, v in table.items()}  # special functions are dear: a few draws nearly always do
    for tried in (few, table):
        sound, good = _good(derivation, tried)
        # where the answer has a value nowhere, the referees must see it
        chosen, missed = _varied(derivation, tried, np.flatnonzero(good if np.any(good) else sound), rows, count)
        if len(chosen) >= count and not missed:
            break
    return {n: v[chosen] for n, v in table.items()} if len(chosen) else None


def _sides(derivation: Derivation) -> list[tuple[Expr, Expr]]:
    """What is compared in the question, its names and its answer: the referees must see both sides of each."""
    parts = postorder(core(derivation.question), derivation.answer, *derivation.where.values())
    calls = [n for n in parts if isinstance(n, Call) and ops.known(n.op) and ops.card(n.op).kinks]
    return list(dict.fromkeys(row for call in calls for row in kink_equations(call)))[:_MOST_SIDES]


def _varied(derivation: Derivation, table: Points, good: Any, rows: Sequence[tuple[Expr, Expr]], count: int) -> tuple[Any, bool]:
    """``count`` of the points, where there are pieces many, for each combination of sides; and whether to draw more."""
    first = list(good[: _AMONG_PIECES if rows else count])
    if not rows or not first:
        return np.array(first, dtype=int), False
    scope = Scope({n: v[good] for n, v in table.items()}, derivation.where, space(REAL))
    with np.errstate(all="ignore"):
        values = [(_try(a, scope), _try(b, scope)) for a, b in rows]
    above = [np.broadcast_to(a > b, (len(good),)) for a, b in values if a is not None and b is not None]
    seen = {tuple(side[k] for side in above): k for k in reversed(range(len(good)))}  # the first point of each combination of sides
    chosen = dict.fromkeys([*range(len(first)), *sorted(seen.values())[:_MOST_CASES]])
    return good[list(chosen)], len(above) > 1 or any(np.all(side) or not np.any(side) for side in above)


def _value(draw: random.Random, whole: bool) -> float:
    if whole:
        return float(draw.randint(1, 3))
    low, high = draw.choice(_BOXES)
    return draw.uniform(low, high)


def _whole_numbers(derivation: Derivation) -> set[str]:
    """Names that a condition asks to be whole (the order of a polygamma)."""
    rows = [c for s in derivation.steps for c in s.conditions]
    return {left.name for left, sign, right in rows if sign == "=" and isinstance(left, Sym) and right == Call("floor", (left,))}


def _good(derivation: Derivation, table: Points) -> tuple[Any, Any]:
    """Which of the points are inside the domain of every line; and at which of these the answer is moderate, too."""
    size = len(next(iter(table.values()))) if table else 1
    good = np.ones(size, dtype=bool)
    with np.errstate(all="ignore"):
        scope = Scope(table, derivation.where, space(REAL))
        good &= _moderate(core(derivation.question), scope)
        for step in derivation.steps:
            for left, sign, right in step.conditions:
                good &= _holds(_try(left, scope), sign, _try(right, scope))
            for left, right in step.kinks:
                a, b = _try(left, scope), _try(right, scope)
                if a is not None and b is not None and np.any(np.abs(a - b) > _KINK_MARGIN):
                    good &= np.abs(a - b) > _KINK_MARGIN  # two sides that never differ are for the referees to see
        moderate = good if pending(derivation.answer) else good & _moderate(derivation.answer, scope)
    return np.broadcast_to(good, (size,)), np.broadcast_to(moderate, (size,))


def _moderate(line: Expr, scope: Scope) -> Any:
    """Where a line has a value that is not too large."""
    value = _try(line, scope)
    return True if value is None else np.isfinite(value) & (np.abs(value) < _FAR)


def _try(expr: Expr, scope: Scope) -> Any:
    try:
        return np.real(evaluate(expr, scope))
    except (Unavailable, UnknownValue):
        return None


def _holds(a: Any, sign: str, b: Any) -> Any:
    if a is None or b is None:
        return True
    return {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b, "!=": np.abs(a - b) > 1e-9, "=": np.abs(a - b) < 1e-9}[sign]


def _on_curve(derivation: Derivation, table: Points, count: int) -> Points | None:
    """Points of an implicit curve: Newton's method for y from a random start."""
    assert derivation.curve is not None
    y, curve = derivation.curve
    with np.errstate(all="ignore"):
        moved = {**table, y: newton(curve, y, table)}
        scope = Scope(moved, {}, space(REAL))
        residual = np.real(evaluate(curve, scope))
        good = np.isfinite(residual) & (np.abs(residual) < 1e-12) & (np.abs(moved[y]) < _FAR)
        value = _try(derivation.answer, Scope(moved, derivation.where, space(REAL)))
        good &= np.isfinite(value) & (np.abs(value) < 1e3) if value is not None else True
        chosen = np.flatnonzero(good)[:count]
    return {n: np.asarray(v)[chosen] for n, v in moved.items()} if len(chosen) else None


def newton(curve: Expr, y: str, table: Points, rounds: int = 60) -> Any:
    """Y with curve = 0, by Newton's method with complex-step slopes; works on complex points too."""
    from derivx.numeric import COMPLEX

    value = np.asarray(table[y]) + 0j
    complex_space = space(COMPLEX)
    for _ in range(rounds):
        scope = Scope({**table, y: value}, {}, complex_space)
        here = evaluate(curve, scope)
        slope = np.real(
            evaluate(Diff(curve, Sym(y)), Scope({**{k: np.real(v) for k, v in table.items()}, y: np.real(value)}, {}, complex_space))
        )
        value = value - here / slope
    return value if np.iscomplexobj(next(iter(v for k, v in table.items() if k != y), 0.0)) else np.real(value)
