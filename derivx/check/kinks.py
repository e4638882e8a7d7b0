"""Kinks: where the derivative of a question jumps, found from the equations its lines state."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivx.check.sample import Points, core
from derivx.derive.step import Derivation
from derivx.expr import Diff, Expr, Sym, add, names, neg, written_out
from derivx.numeric import COMPLEX, REAL, Scope, Unavailable, UnknownValue, evaluate, space

_NEAR = 1e-7
Kink = tuple[Expr, Expr]


def stated(derivation: Derivation) -> list[Kink]:
    """The kink equations of all lines, in the question's own names, each once."""
    where = derivation.where
    rows: dict[Kink, None] = {}
    for step in derivation.steps:
        for left, right in step.kinks:
            rows[(written_out(left, where, 200), written_out(right, where, 200))] = None
    return list(rows)


def real_kinks(derivation: Derivation, points: Points) -> list[Kink]:
    """Those of the stated kinks at which the one-sided derivatives differ (or nothing can be said)."""
    return [k for k in stated(derivation) if _jumps(k, derivation, points) is not False]


def _jumps(kink: Kink, derivation: Derivation, points: Points) -> bool | None:
    """Whether the derivative jumps at a point of the kink; ``None`` when no point is found."""
    name = derivation.wrt[0]
    if name not in names(*kink) or name not in points:
        return None
    here = {n: float(np.real(np.ravel(v)[0])) for n, v in points.items()}
    place = _root(add(kink[0], neg(kink[1])), name, here)
    if place is None:
        return None
    body = core(derivation.question)
    step = _NEAR * max(1.0, abs(place))
    sides = np.array([place - step, place + step, place - 1e-9, place + 1e-9])
    given: dict[str, Any] = {n: np.full(4, v) for n, v in here.items()}
    given[name] = sides
    with np.errstate(all="ignore"):
        try:
            slopes = np.real(evaluate(Diff(body, Sym(name)), Scope(given, {}, space(COMPLEX))))
            values = np.real(evaluate(body, Scope(given, {}, space(REAL))))
        except (Unavailable, UnknownValue):
            return None
    if not np.isfinite([*slopes[:2], *values]).all():
        return None
    slope_jump = abs(slopes[0] - slopes[1]) > 1e-4 * max(1.0, abs(slopes[0]))
    value_jump = abs(values[2] - values[3]) > 1e-6 * max(1.0, abs(values[2]))
    return bool(slope_jump or value_jump)


def _root(expr: Expr, name: str, here: dict[str, float]) -> float | None:
    """A root in one variable, by scanning and bisection."""
    grid = np.linspace(-6.03, 6.01, 603)

    def f(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.real(evaluate(expr, Scope({**here, name: x}, {}, space(REAL)))) + 0 * x

    try:
        values = f(grid)
    except (Unavailable, UnknownValue):
        return None
    change = np.flatnonzero(np.isfinite(values[:-1]) & np.isfinite(values[1:]) & (np.sign(values[:-1]) != np.sign(values[1:])))
    if not len(change):
        return None
    i = change[len(change) // 2]
    low, high = float(grid[i]), float(grid[i + 1])
    for _ in range(80):
        middle = (low + high) / 2
        if np.sign(f(np.array(middle))) == np.sign(values[i]):
            low = middle
        else:
            high = middle
    return 0.0 if abs(high) < 1e-12 else high
