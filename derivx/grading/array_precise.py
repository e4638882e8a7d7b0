"""Arrays of numbers with 60 digits: NumPy's object arrays over a private context of mpmath, for one draw at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derivx.expr import Expr
from derivx.grading.array_reference import Asked, arranged, closed_form, stepped, work
from derivx.grading.precise import HIGHEST
from derivx.grading.stacks import Stacks
from derivx.numeric import Unavailable, UnknownValue
from derivx.numeric.arrays import Arrays

DIGITS = 60
_LARGEST = 20_000
_MOST_WORK = 30_000  # numbers of 60 digits
_LOCAL = threading.local()
_FAILS = (ArithmeticError, ValueError, TypeError, Unavailable, UnknownValue)


class Precise(Arrays):
    """The functions of the cards over arrays of precise numbers, real or complex; what is undefined raises ``ValueError``."""

    def __init__(self, digits: int) -> None:
        from mpmath import MPContext

        self.ctx = MPContext()
        self.ctx.dps = digits
        for name in "exp log1p expm1 sin cos asin acos atan sinh cosh tanh asinh acosh atanh erf gamma".split():
            setattr(self, name, self._each(getattr(self.ctx, name)))
        for name, test in (("gt", "__gt__"), ("lt", "__lt__"), ("ge", "__ge__"), ("le", "__le__"), ("eq", "__eq__"), ("ne", "__ne__")):
            setattr(self, name, self._compared(test))
        self.lgamma = self._each(self.ctx.loggamma)
        self.log = self._each(lambda x: self.ctx.log(self._over(x, 0)))
        self.sqrt = self._each(lambda x: self.ctx.sqrt(x) if x.real >= 0 else self._none())
        self.abs = self._each(lambda x: -x if x.real < 0 else x)
        self.sign = self._each(lambda x: self.ctx.sign(x.real))
        self.floor = self._each(lambda x: self.ctx.floor(x.real))
        self.softplus = self._each(lambda x: self.ctx.log1p(self.ctx.exp(x)))
        self.power = np.frompyfunc(self._power, 2, 1)
        self.polygamma = np.frompyfunc(self._polygamma, 2, 1)

    @property
    def pi(self) -> Any:
        return +self.ctx.pi

    @property
    def e(self) -> Any:
        return +self.ctx.e

    def number(self, value: Any) -> Any:
        return self.ctx.mpf(str(value))

    def where(self, c: Any, a: Any, b: Any) -> Any:
        return np.where(np.asarray(c, dtype=bool), a, b)

    def _each(self, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def bounded(x: Any) -> Any:
            x = self.ctx.convert(x)
            if abs(x) > _LARGEST:
                raise OverflowError
            return f(x)

        found: Callable[[Any], Any] = np.frompyfunc(bounded, 1, 1)
        return found

    def _polygamma(self, n: Any, x: Any) -> Any:
        order = self.ctx.convert(n).real
        if not 0 <= order <= HIGHEST:
            raise OverflowError
        x = self.ctx.convert(x)
        return self.ctx.psi(int(order), x) if x.real > 0 else self.ctx.nan

    def _compared(self, test: str) -> Callable[[Any, Any], Any]:
        found: Callable[[Any, Any], Any] = np.frompyfunc(
            lambda a, b: bool(getattr(self.ctx.convert(a).real, test)(self.ctx.convert(b).real)), 2, 1
        )
        return found

    def _none(self) -> Any:
        raise ValueError

    def _over(self, x: Any, low: int) -> Any:
        return x if x.real > low else self._none()

    def _power(self, a: Any, b: Any) -> Any:
        a, b = self.ctx.convert(a), self.ctx.convert(b)
        if abs(b) > _LARGEST:
            raise OverflowError
        if b.imag == 0 and b.real == self.ctx.floor(b.real):
            return a ** int(b.real)
        return self.ctx.exp(b * self.ctx.log(self._over(a, 0)))

    def inv(self, x: Any) -> Any:
        return np.stack([self._solved(m)[0] for m in x])

    def det(self, x: Any) -> Any:
        return np.array([self._solved(m)[1] for m in x], dtype=object)

    def _solved(self, m: Any) -> tuple[Any, Any]:
        """The inverse and the determinant, by elimination with pivots."""
        n = len(m)
        rows = np.concatenate([m * self.ctx.mpf(1), np.eye(n, dtype=int) * self.ctx.mpf(1)], axis=1)
        det = self.ctx.mpf(1)
        for i in range(n):
            pivot = max(range(i, n), key=lambda r: abs(rows[r, i]))
            if rows[pivot, i] == 0:
                raise ZeroDivisionError
            if pivot != i:
                rows[[i, pivot]] = rows[[pivot, i]]
                det = -det
            det = det * rows[i, i]
            rows[i] = rows[i] / rows[i, i]
            for r in range(n):
                if r != i:
                    rows[r] = rows[r] - rows[r, i] * rows[i]
        return rows[:, n:], det


def _space(digits: int) -> Precise:
    spaces: dict[int, Precise] = _LOCAL.__dict__.setdefault("spaces", {})
    if digits not in spaces:
        spaces[digits] = Precise(digits)
    return spaces[digits]


@dataclass(frozen=True)
class Exact:
    """The first draw of a place in precise numbers: the values of all names, and the entries of the right answer."""

    env: Mapping[str, Any]
    right: Any


def exact(a: Asked, env: Mapping[str, Any]) -> Exact | None:
    """A place with 60 digits; ``None`` where they are not to be had."""
    xp, q = _space(2 * DIGITS + 10), a.question
    inputs = frozenset({*q.shapes, *(n for n, v in env.items() if not np.ndim(v))})
    number = np.frompyfunc(lambda v: xp.ctx.mpf(float(v)), 1, 1)
    if work(q, {n: v[:1] if np.ndim(v) else v for n, v in env.items()}) > _MOST_WORK:
        return None
    here = {n: number(v[:1]) if np.ndim(v) else xp.ctx.mpf(v) for n, v in env.items() if n in inputs}
    try:
        run = _run(here, xp)
        for name, formula in (*q.let, *a.lets):
            if name not in here:
                here[name] = run.value(formula)
        once = q if a.order == 1 else replace(q, output=closed_form(a, 1), let=())
        moved = stepped(once, here, once.output, xp, xp.ctx.mpc(0, xp.ctx.mpf(10) ** -DIGITS))
        if moved is None:
            return None
        scale = xp.ctx.mpf(10) ** DIGITS
        imaginary = np.frompyfunc(lambda z: xp.ctx.convert(z).imag * scale, 1, 1)
        return Exact(here, arranged(a, q, imaginary(moved), np.shape(here[q.wrt])[1:]).ravel())
    except _FAILS:
        return None


def precise_value(e: Expr, place: Exact) -> Any:
    """The entries of an answer with 60 digits; ``None`` where it has no value."""
    xp = _space(2 * DIGITS + 10)
    try:
        value = np.asarray(_run(place.env, xp).value(e), dtype=object)
        real = np.asarray(np.frompyfunc(xp.ctx.mpf, 1, 1)(value), dtype=object).ravel()
    except _FAILS:
        return None
    if len(real) == 1:
        real = np.repeat(real, len(place.right))
    return real if len(real) == len(place.right) and all(map(xp.ctx.isfinite, real)) else None


def _run(env: Mapping[str, Any], xp: Precise) -> Stacks:
    run = Stacks(env, xp)
    run.hidden = True  # nothing is lost here, and nothing need be looked for
    return run
