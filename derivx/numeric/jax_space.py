"""JAX: a further referee, by its forward-mode tracing. Imported only when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy import special

from derivx.numeric.undefined import undefined

jax.config.update("jax_enable_x64", True)


class Jax:
    """Double-precision arrays."""

    pi, e = math.pi, math.e
    exp, log, log1p, expm1 = map(staticmethod, (jnp.exp, jnp.log, jnp.log1p, jnp.expm1))
    sin, cos, sqrt = map(staticmethod, (jnp.sin, jnp.cos, jnp.sqrt))
    asin, acos, atan = map(staticmethod, (jnp.arcsin, jnp.arccos, jnp.arctan))
    sinh, cosh, tanh = map(staticmethod, (jnp.sinh, jnp.cosh, jnp.tanh))
    asinh, acosh, atanh = map(staticmethod, (jnp.arcsinh, jnp.arccosh, jnp.arctanh))
    abs, sign, floor, where, power = map(staticmethod, (jnp.abs, jnp.sign, jnp.floor, jnp.where, jnp.power))
    gt, lt, ge, le = map(staticmethod, (jnp.greater, jnp.less, jnp.greater_equal, jnp.less_equal))
    eq, ne, erf, gamma, lgamma = map(staticmethod, (jnp.equal, jnp.not_equal, special.erf, special.gamma, special.gammaln))

    def points(self, value: Any) -> Any:
        """Sample points as an array of JAX."""
        return jnp.asarray(value, dtype=float)

    def values(self, value: Any) -> Any:
        """An array of JAX as a NumPy array."""
        return np.asarray(value)

    def number(self, value: Any) -> float:
        return float(value)

    def undefined(self, name: str, args: tuple[Any, ...]) -> Any:
        return undefined(self, name, args)

    def softplus(self, x: Any) -> Any:
        return jnp.logaddexp(x, 0.0)

    def polygamma(self, n: Any, x: Any) -> Any:
        return special.polygamma(jnp.round(jnp.asarray(n)).astype(int), x)

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        """The derivative at each sample point, by a forward-mode product with ones."""
        return jax.jvp(lambda t: f(t) + 0.0 * t, (at,), (jnp.ones_like(at),))[1]

    def gradient(self, f: Callable[[list[Any]], Any], at: list[float]) -> list[float]:
        """The derivatives of a number by each of several numbers, by one backward pass."""
        return [float(g) for g in jax.grad(lambda values: 1.0 * f(values))([float(v) for v in at])]
