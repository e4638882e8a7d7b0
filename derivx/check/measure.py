"""Numeric referees: the value of a line by the complex step and by 180-digit arithmetic, of an answer by autograd and differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from derivx.check.sample import Points, newton
from derivx.derive.step import Derivation
from derivx.expr import Call, Diff, Expr, Sym, is_op, names
from derivx.numeric import AUTOGRAD, COMPLEX, MPMATH, Scope, Unavailable, UnknownValue, evaluate, space
from derivx.numeric.evaluate import diff_height
from derivx.numeric.numpy_space import STEP

MOST_DIGITS = 16.0
_RIDDERS = 1.4


def scope(derivation: Derivation, points: Points, xp: Any) -> Scope:
    """The scope of a derivation's lines at the points; on a curve, dy/dx is solved for."""
    curve = None
    if derivation.curve is not None:
        y, f = derivation.curve
        curve = (y, f, lambda s, name: _slope(f, y, name, s))
    return Scope(points, derivation.where, xp, curve=curve)


def _slope(curve: Expr, y: str, x: str, here: Scope) -> Any:
    """dy/dx on the curve: y solved again at x + ih."""
    moved = {n: here.value(n) for n in names(curve)}
    moved[x] = np.asarray(moved[x]) + 1j * STEP
    return np.imag(newton(curve, y, moved, rounds=3)) / STEP + 0j


def complex_value(line: Expr, at: Scope) -> Any:
    """The values of a line at the points. Raises ``Unavailable`` for a derivative inside a derivative."""
    with np.errstate(all="ignore"):
        return np.real(evaluate(line, at))


def size(line: Expr, at: Scope) -> Any:
    """The sum of the absolute terms: what an error in the line is to be compared with, where terms cancel."""
    with np.errstate(all="ignore"):
        return np.abs(_size(line, at))


def _size(line: Expr, at: Scope) -> Any:
    if is_op(line, "add") and isinstance(line, Call):
        return sum(np.abs(_size(t, at)) for t in line.args)
    if is_op(line, "neg") and isinstance(line, Call):
        return _size(line.args[0], at)
    if is_op(line, "mul") and isinstance(line, Call):
        return math.prod((np.abs(_size(t, at)) for t in line.args), start=1.0)
    if is_op(line, "div") and isinstance(line, Call):
        return _size(line.args[0], at) / np.abs(np.real(evaluate(line.args[1], at)))
    if is_op(line, "where") and isinstance(line, Call):
        return np.maximum(np.abs(_size(line.args[1], at)), np.abs(_size(line.args[2], at)))
    if isinstance(line, Diff) and is_op(line.body, "add") and isinstance(line.body, Call):
        return sum(np.abs(evaluate(Diff(t, line.wrt), at)) for t in line.body.args)
    return np.abs(np.real(evaluate(line, at)))


def digits(a: Any, b: Any, scale: Any) -> float:
    """How many decimal digits two values share, at worst over the points where both are finite; ``nan`` if nowhere."""
    a, b, scale = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float), np.asarray(scale, dtype=float))
    fine = np.isfinite(a) & np.isfinite(b)
    if not fine.any():
        return math.nan
    a, b, scale = a[fine], b[fine], scale[fine]
    error = np.abs(a - b)
    scale = np.where(np.isfinite(scale) & (scale > 0), scale, np.maximum(np.abs(a), np.abs(b)))
    relative = np.where(error == 0, 0.0, error / np.where(scale > 0, scale, 1.0))
    worst = float(np.max(relative))
    return MOST_DIGITS if worst < 10**-MOST_DIGITS else -math.log10(worst)


def worst(a: Any, b: Any) -> int:
    """The point at which two values differ most, for their size."""
    a, b = np.broadcast_arrays(np.ravel(np.asarray(a, dtype=float)), np.ravel(np.asarray(b, dtype=float)))
    with np.errstate(all="ignore"):
        relative = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    return int(np.argmax(np.where(np.isfinite(relative), relative, -1.0)))


class Precise:
    """Lines in 180-digit arithmetic at one point, the first; the names' values are computed once for all lines."""

    def __init__(self, derivation: Derivation, points: Points, index: int = 0) -> None:
        self._scope: Scope | None = None
        self._derivation, self._points, self._index = derivation, points, index
        self._others: dict[int, Precise] = {index: self}

    def at(self, index: int) -> Precise:
        """The same at another of the points."""
        if index not in self._others:
            self._others[index] = Precise(self._derivation, self._points, index)
        return self._others[index]

    def defined(self, line: Expr) -> bool:
        """Whether the line has a finite value."""
        import mpmath

        with mpmath.workdps(180):
            try:
                return bool(mpmath.isfinite(self.value(line)))
            except (ValueError, ZeroDivisionError, OverflowError, TypeError, Unavailable, UnknownValue):
                return False

    def value(self, line: Expr) -> Any:
        """The value of a line, to be used inside ``mpmath.workdps(180)``."""
        import mpmath

        if self._scope is None:
            given = {n: mpmath.mpf(float(np.real(np.ravel(v)[self._index]))) for n, v in self._points.items()}
            self._scope = Scope(given, self._derivation.where, space(MPMATH))
        return evaluate(line, self._scope)

    def digits(self, before: Expr, after: Expr) -> float:
        """Digits that two lines share (at most 50); ``nan`` where a value is not finite."""
        import mpmath

        from derivx.numeric.mpmath_space import steps

        with mpmath.workdps(180):
            try:
                a, b = self.value(before), self.value(after)
            except (ValueError, ZeroDivisionError, OverflowError, TypeError):
                return math.nan
            if not (mpmath.isfinite(a) and mpmath.isfinite(b)):
                return math.nan
            # what a difference quotient cannot tell from zero
            height = max(diff_height(before), diff_height(after))
            floor = mpmath.mpf(10) ** -(steps(height)[1] - 15 if height else 165)
            if abs(a - b) <= floor:
                return 50.0
            return min(50.0, float(-mpmath.log10(abs(a - b) / max(abs(a), abs(b)))))


def mpmath_value(line: Expr, derivation: Derivation, points: Points) -> float:
    """The value of a line at the first point, in 180-digit arithmetic."""
    import mpmath

    with mpmath.workdps(180):
        return float(mpmath.re(Precise(derivation, points).value(line)))


def automatic_value(derivation: Derivation, points: Points, library: str) -> Any:
    """The question by the automatic differentiation of a library (HIPS autograd, PyTorch, JAX).

    Raises ``Unavailable`` where the library lacks the derivative of a function, ``ImportError`` where it is not installed.
    """
    xp = space(library)
    table = {n: np.asarray(v, dtype=float) if library == AUTOGRAD else xp.points(v) for n, v in points.items()}
    value = _automatic(derivation, Scope(table, derivation.where, xp))
    return value if library == AUTOGRAD else xp.values(value)


def _automatic(derivation: Derivation, here: Scope) -> Any:
    with np.errstate(all="ignore"):
        if derivation.curve is None:
            return evaluate(derivation.question, here)
        y, curve = derivation.curve
        across, along = (evaluate(Diff(curve, Sym(name)), here) for name in (derivation.wrt[0], y))
        return -across / along


def difference(question: Diff, derivation: Derivation, points: Points) -> tuple[Any, Any]:
    """The outermost derivative of a question by Ridders' extrapolated central differences, with its own error estimate.

    Source: Ridders 1982; Press et al., Numerical Recipes, §5.7.
    """
    name = question.wrt.name
    centre = np.asarray(points[name], dtype=float)
    width = 0.02 * np.maximum(np.abs(centre), 0.5)

    def f(x: Any) -> Any:
        if derivation.curve is not None:
            y, curve = derivation.curve
            return newton(curve, y, {**points, name: x}, rounds=12)
        return complex_value(question.body, Scope({**points, name: x}, derivation.where, space(COMPLEX)))

    rows: list[list[Any]] = []
    best, error = np.full_like(centre, np.nan), np.full_like(centre, np.inf)
    for i in range(8):
        h = width / _RIDDERS**i
        row = [(f(centre + h) - f(centre - h)) / (2 * h)]
        for j in range(1, i + 1):
            factor = _RIDDERS ** (2 * j)
            row.append((factor * row[j - 1] - rows[-1][j - 1]) / (factor - 1))
            guess = np.maximum(np.abs(row[j] - row[j - 1]), np.abs(row[j] - rows[-1][j - 1]))
            better = guess < error
            best, error = np.where(better, row[j], best), np.where(better, guess, error)
        rows.append(row)
    return best, error
