"""Kinks: where the derivative of a question jumps, found from the equations its lines state."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from derivx.check.sample import core, seed, variables
from derivx.derive.step import Derivation
from derivx.expr import Diff, Expr, Sym, add, names, neg, written_out
from derivx.numeric import COMPLEX, REAL, Scope, Unavailable, UnknownValue, evaluate, space
from derivx.syntax import write

_NEAR = 1e-7
_DRAWS = 4
_JUMP = 0.5
_GRID = np.linspace(-6.03, 6.01, 121)
_HALVINGS, _AT_ONCE = 60, 5
Kink = tuple[Expr, Expr]


def stated(derivation: Derivation) -> list[Kink]:
    """The kink equations of all lines, in the question's own names, each once."""
    where = derivation.where
    rows: dict[Kink, None] = {}
    for step in derivation.steps:
        for left, right in step.kinks:
            rows[(written_out(left, where, 200), written_out(right, where, 200))] = None
    return list(rows)


def real_kinks(derivation: Derivation) -> list[Kink]:
    """Those of the stated kinks at which the one-sided derivatives differ somewhere.

    A kink equation without a solution, or with solutions only outside the domain or where both sides agree, states none.
    """
    found = stated(derivation)
    if not found:
        return []
    body = core(derivation.question)
    draws = _draws(derivation)
    return [k for k in found if any(_jumps(k, w, body, here) for here in draws for w in dict.fromkeys(derivation.wrt))]


def _draws(derivation: Derivation) -> list[dict[str, float]]:
    """Seeded values of the names, of either sign: an outer kink may hide an inner one at any one of them."""
    draw = random.Random(seed(write(derivation.question)))
    found = variables(derivation)
    return [{n: draw.choice((-1, 1, 1)) * draw.uniform(0.3, 2.2) for n in found} for _ in range(_DRAWS)]


def _jumps(kink: Kink, name: str, body: Expr, here: dict[str, float]) -> bool:
    """Whether the derivative (or the value) jumps at a point of the kink on the line through ``here``."""
    if name not in names(*kink) or name not in here:
        return False
    places = _roots(add(kink[0], neg(kink[1])), name, here)
    return any(_jumps_at(place, name, body, here) for place in places)


def _jumps_at(place: float, name: str, body: Expr, here: dict[str, float]) -> bool:
    step = _NEAR * max(1.0, abs(place))
    given: dict[str, Any] = {n: np.full(4, v) for n, v in here.items()}
    given[name] = np.array([place - step, place + step, place - 1e-9, place + 1e-9])
    with np.errstate(all="ignore"):
        try:
            slopes = np.real(evaluate(Diff(body, Sym(name)), Scope(given, {}, space(COMPLEX)))) + np.zeros(4)
            values = np.real(evaluate(body, Scope(given, {}, space(REAL)))) + np.zeros(4)
        except (Unavailable, UnknownValue):
            return True
    if not np.isfinite([*slopes[:2], *values]).all() or np.max(np.abs([*slopes[:2], *values])) > 1e5:
        return False
    slope_jump = abs(slopes[0] - slopes[1]) > 1e-4 * max(1.0, abs(slopes[0]))
    value_jump = abs(values[2] - values[3]) > 1e-6 * max(1.0, abs(values[2]))
    return bool(slope_jump or value_jump)


def _roots(expr: Expr, name: str, here: dict[str, float]) -> list[float]:
    """Places where an expression changes its sign in one variable, by scanning and bisection; a few of them."""

    def f(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.real(evaluate(expr, Scope({**here, name: x}, {}, space(REAL)))) + 0 * x

    try:
        values = f(_GRID)
    except (Unavailable, UnknownValue):
        return []
    left, right = values[:-1], values[1:]
    # a change of sign, or a jump back to zero (x - floor(x))
    with np.errstate(all="ignore"):
        crossed = (np.sign(left) != np.sign(right)) | (np.abs(left - right) > _JUMP)
    change = np.flatnonzero(np.isfinite(left) & np.isfinite(right) & crossed)
    chosen = change[:: max(1, len(change) // 3)][:4]
    return [float(x) for x in _bisect(f, _GRID[chosen], _GRID[chosen + 1], left[chosen])] if len(chosen) else []


def _bisect(f: Callable[[Any], Any], low: Any, high: Any, left: Any) -> Any:
    """Bisection of all the stretches at once, several halvings to a look: the function is valued at every middle they can come to."""
    rows, done = np.arange(len(low)), 0
    while done < _HALVINGS and not _closed(low, high):
        grid = _middles(low, high)
        values = f(grid)
        a, b = np.zeros_like(rows), np.full_like(rows, grid.shape[1] - 1)
        for _ in range(_AT_ONCE):
            middle = (a + b) // 2
            value = values[rows, middle]
            with np.errstate(all="ignore"):
                same = (np.sign(value) == np.sign(left)) & (np.abs(value - left) < _JUMP)
            a, b = np.where(same, middle, a), np.where(same, b, middle)
        low, high = grid[rows, a], grid[rows, b]
        done += _AT_ONCE
    return np.where(np.abs(high) < 1e-12, 0.0, high)


def _closed(low: Any, high: Any) -> bool:
    """Whether no float lies between the ends."""
    middle = (low + high) / 2
    return bool(np.all((middle == low) | (middle == high)))


def _middles(low: Any, high: Any) -> Any:
    """The ends of each stretch, and between them what halving comes to."""
    grid = np.stack([low, high], axis=1)
    for _ in range(_AT_ONCE):
        finer = np.empty((len(grid), 2 * grid.shape[1] - 1))
        finer[:, ::2], finer[:, 1::2] = grid, (grid[:, :-1] + grid[:, 1:]) / 2
        grid = finer
    return grid
