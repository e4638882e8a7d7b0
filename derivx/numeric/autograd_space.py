"""autograd (HIPS): a numeric automatic differentiation that knows nothing of our cards' derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
from autograd import elementwise_grad, grad

from derivx.numeric.arrays import Arrays
from derivx.numeric.evaluate import Unavailable
from derivx.numeric.undefined import undefined


def _scipy(name: str) -> Callable[..., Any]:
    """A special function with its derivative, from autograd's SciPy wrappers."""
    try:
        from autograd.scipy import special
    except ImportError as missing:
        raise Unavailable("no_scipy") from missing
    found: Callable[..., Any] = getattr(special, name)
    return found


class Autograd(Arrays):
    """Real arrays, traced."""

    np = anp

    pi, e = math.pi, math.e
    exp, log, log1p, expm1 = map(staticmethod, (anp.exp, anp.log, anp.log1p, anp.expm1))
    sin, cos, sqrt = map(staticmethod, (anp.sin, anp.cos, anp.sqrt))
    asin, acos, atan = map(staticmethod, (anp.arcsin, anp.arccos, anp.arctan))
    sinh, cosh, tanh = map(staticmethod, (anp.sinh, anp.cosh, anp.tanh))
    asinh, acosh, atanh = map(staticmethod, (anp.arcsinh, anp.arccosh, anp.arctanh))
    where, abs, sign, floor = map(staticmethod, (anp.where, anp.abs, anp.sign, anp.floor))
    gt, lt, ge, le = map(staticmethod, (anp.greater, anp.less, anp.greater_equal, anp.less_equal))
    eq, ne = map(staticmethod, (anp.equal, anp.not_equal))

    def number(self, value: Any) -> float:
        return float(value)

    def undefined(self, name: str, args: tuple[Any, ...]) -> Any:
        return undefined(self, name, args)

    def power(self, a: Any, b: Any) -> Any:
        return a**b

    def softplus(self, x: Any) -> Any:
        return anp.logaddexp(0.0, x)

    def erf(self, x: Any) -> Any:
        return _scipy("erf")(x)

    def gamma(self, x: Any) -> Any:
        return _scipy("gamma")(x)

    def lgamma(self, x: Any) -> Any:
        return _scipy("gammaln")(x)

    def polygamma(self, n: Any, x: Any) -> Any:
        return _scipy("polygamma")(n, x)

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        """The derivative at each sample point; a value that does not depend on the point has derivative 0."""
        return elementwise_grad(lambda t: f(t) + 0 * t)(at)

    def gradient(self, f: Callable[[list[Any]], Any], at: list[float]) -> list[float]:
        """The derivatives of a number by each of several numbers, by one backward pass; 0 where it does not depend on them."""
        return [float(g) for g in grad(lambda values: 1.0 * f(values) + 0 * values[0])([float(v) for v in at])] if at else []
