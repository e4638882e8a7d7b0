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

from derivx.numeric import special
from derivx.numeric.arrays import Arrays
from derivx.numeric.evaluate import Unavailable
from derivx.numeric.undefined import undefined

STEP = 1e-30


class Real(Arrays):
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
        return special.each(math.erf, x)

    def gamma(self, x: Any) -> Any:
        return special.each(math.gamma, x)

    def lgamma(self, x: Any) -> Any:
        return special.each(math.lgamma, x)

    def polygamma(self, n: Any, x: Any) -> Any:
        return special.polygamma(n, x)

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
            return special.whole_power(a, int(b.real.flat[0]))
        return np.exp(b * self.log(a))

    def erf(self, x: Any) -> Any:
        return special.erf(x)

    def gamma(self, x: Any) -> Any:
        return special.gamma(x)

    def lgamma(self, x: Any) -> Any:
        return special.lgamma(x)
