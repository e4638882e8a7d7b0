"""NumPy, over arrays of sample points: real values, and the complex step.

The complex step: f(x + ih) = f(x) + ih f'(x) + O(h^2), so the imaginary part over h is f'(x), to all its digits, for
h = 1e-30 (Squire and Trapp 1998). So that it stays true, nothing conjugates, ``abs`` and comparisons look at the real part
and whole powers are products.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from derivx.numeric.evaluate import Unavailable
from derivx.numeric.undefined import undefined

STEP = 1e-30


class Real:
    """Real arrays; outside a function's domain the value is ``nan``."""

    pi, e = math.pi, math.e
    exp, log1p, expm1 = staticmethod(np.exp), staticmethod(np.log1p), staticmethod(np.expm1)
    sin, cos = staticmethod(np.sin), staticmethod(np.cos)
    asin, acos, atan = staticmethod(np.arcsin), staticmethod(np.arccos), staticmethod(np.arctan)
    sinh, cosh, tanh = staticmethod(np.sinh), staticmethod(np.cosh), staticmethod(np.tanh)
    asinh, acosh, atanh = staticmethod(np.arcsinh), staticmethod(np.arccosh), staticmethod(np.arctanh)
    where = staticmethod(np.where)

    def log(self, x: Any) -> Any:
        return np.log(x)

    def sqrt(self, x: Any) -> Any:
        return np.sqrt(x)

    def power(self, a: Any, b: Any) -> Any:
        return np.float_power(a, b)

    def number(self, value: Any) -> float:
        return float(value)

    def undefined(self, name: str, args: tuple[Any, ...]) -> Any:
        return undefined(self, name, args)

    def gt(self, a: Any, b: Any) -> Any:
        return np.real(a) > np.real(b)

    def lt(self, a: Any, b: Any) -> Any:
        return np.real(a) < np.real(b)

    def ge(self, a: Any, b: Any) -> Any:
        return np.real(a) >= np.real(b)

    def le(self, a: Any, b: Any) -> Any:
        return np.real(a) <= np.real(b)

    def eq(self, a: Any, b: Any) -> Any:
        return np.real(a) == np.real(b)

    def ne(self, a: Any, b: Any) -> Any:
        return np.real(a) != np.real(b)

    def abs(self, x: Any) -> Any:
        return np.where(np.real(x) < 0, -x, x)

    def sign(self, x: Any) -> Any:
        return np.sign(np.real(x))

    def floor(self, x: Any) -> Any:
        return np.floor(np.real(x))

    def softplus(self, x: Any) -> Any:
        far = np.real(x) > 0
        return np.where(far, x, 0.0) + np.log1p(np.exp(np.where(far, -x, x)))

    def erf(self, x: Any) -> Any:
        return _each(math.erf, x)

    def gamma(self, x: Any) -> Any:
        return _each(math.gamma, x)

    def lgamma(self, x: Any) -> Any:
        return _each(math.lgamma, x)

    def polygamma(self, n: Any, x: Any) -> Any:
        return polygamma(n, x)

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        raise Unavailable("pending")


class Complex(Real):
    """Complex arrays whose imaginary part carries a derivative."""

    def shift(self, x: Any) -> Any:
        """The point of the complex step."""
        return x + 1j * STEP

    def read_shift(self, y: Any) -> Any:
        """The derivative carried by a value at a shifted point."""
        return np.imag(y) / STEP + 0j

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        raise Unavailable("nested")

    def log(self, x: Any) -> Any:
        return np.log(np.where(np.real(x) > 0, x, np.nan))

    def sqrt(self, x: Any) -> Any:
        return np.sqrt(np.where(np.real(x) >= 0, x, np.nan))

    def power(self, a: Any, b: Any) -> Any:
        a, b = np.asarray(a) + 0j, np.asarray(b) + 0j
        whole = np.all((b.imag == 0) & (b.real == np.round(b.real)) & (np.abs(b.real) <= 64))
        if whole and np.all(b.real == b.real.flat[0]):
            return _whole_power(a, int(b.real.flat[0]))
        return np.exp(b * self.log(a))

    def erf(self, x: Any) -> Any:
        return _special("erf", x)

    def gamma(self, x: Any) -> Any:
        return _special("gamma", x)

    def lgamma(self, x: Any) -> Any:
        return _special("loggamma", x)


def _each(f: Callable[[float], float], x: Any) -> Any:
    def safe(t: float) -> float:
        try:
            return f(t)
        except (ValueError, OverflowError):
            return math.nan

    return np.vectorize(safe, otypes=[float])(x)


def _special(name: str, x: Any) -> Any:
    """A special function of mpmath, entry by entry."""
    import mpmath

    f = getattr(mpmath.mp, name)

    def safe(t: Any) -> complex:
        try:
            # erf of a complex number is right to its digits as a whole, not part by part
            with mpmath.workdps(130 if name == "erf" else 30):
                return complex(f(mpmath.mpmathify(t)))
        except (ValueError, OverflowError, ZeroDivisionError, mpmath.libmp.NoConvergence):
            return complex(math.nan)

    out = np.vectorize(safe, otypes=[complex])(x)
    return out if np.iscomplexobj(x) else out.real


BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138)
FAR = 16  # from here on the asymptotic series is right to the last digit
HIGH = 100  # beyond this order a float holds no factorial of it


def polygamma(n: Any, x: Any) -> Any:
    """psi^(n)(x) for x > 0 (``nan`` elsewhere), real or complex: up by the recurrence, then the asymptotic series.

    DLMF 5.15.5 and 5.15.9 (5.11.2 for n = 0).
    """
    n, x = np.broadcast_arrays(np.round(np.real(n)), x)
    x = np.where((np.real(x) > 0) & (n >= 0) & (n < HIGH), x, np.nan)
    out = np.full_like(x, np.nan)
    for order in np.unique(n[(n >= 0) & (n < HIGH)]):
        here = n == order
        out[here] = _polygamma(int(order), x[here])
    return out[()]


def _polygamma(n: int, x: Any) -> Any:
    sign, near = (1 if n % 2 else -1), np.zeros_like(x)
    for _ in range(FAR + n):
        low = np.real(x) < FAR + n
        if not low.any():
            break
        near = near + np.where(low, sign * math.factorial(n) * _whole_power(x, -n - 1), 0)
        x = np.where(low, x + 1, x)
    if n == 0:
        series = np.log(x) - 1 / (2 * x) - sum(b / (2 * k * _whole_power(x, 2 * k)) for k, b in enumerate(BERNOULLI, 1))
        return near + series
    terms = (b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) * _whole_power(x, -2 * k - n) for k, b in enumerate(BERNOULLI, 1))
    return near + sign * (math.factorial(n - 1) * _whole_power(x, -n) + math.factorial(n) / 2 * _whole_power(x, -n - 1) + sum(terms))


def _whole_power(a: Any, n: int) -> Any:
    """a^n as a product, so that (-1 + ih)^2 keeps the imaginary part exact."""
    if n < 0:
        return 1 / _whole_power(a, -n)
    result, square = np.ones_like(a), a
    while n:
        if n & 1:
            result = result * square
        square, n = square * square, n >> 1
    return result
