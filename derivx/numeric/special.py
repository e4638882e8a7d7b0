"""Special functions over NumPy arrays, real or complex: the error function, the gamma function and its kin.

Made for the complex step: a tiny imaginary part comes out with all its digits, and nothing goes through the derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330, 854513 / 138)
FAR = 16  # from here on the asymptotic series is right to the last digit
HIGH = 100  # beyond this order a float holds no factorial of it
_TALL = 1.0  # erf: imaginary parts up to here are integrated over
_LOW = 1e-9  # gamma: and up to here are taken from the real axis
_LARGE, _SMALL = 1e12, 0.02
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def each(f: Callable[[float], float], x: Any) -> Any:
    """A function of one float, entry by entry; ``nan`` where it has no value."""

    def safe(t: float) -> float:
        try:
            return f(t)
        except (ValueError, OverflowError):
            return math.nan

    return np.vectorize(safe, otypes=[float])(x)


def erf(z: Any) -> Any:
    """The error function: its value on the real axis, and from there its own integral straight up to z (DLMF 7.2.1)."""
    z = np.asarray(z)
    a, b = np.real(z), np.imag(z)
    if not np.iscomplexobj(z):
        return each(math.erf, a)
    t = b[..., None] * (1 + _NODES) / 2
    # exp(-a^2) to its last digit: a = c + d with few digits in c
    c = np.round(a * 64) / 64
    height = np.exp(-c * c) * np.exp(-(a - c) * (a + c))
    wave = np.exp(t * t) * np.exp(-2j * a[..., None] * t)
    rise = height * b * (wave @ _WEIGHTS) / math.sqrt(math.pi)
    near = np.isfinite(a) & (np.abs(b) <= _TALL)
    return _beside(near, z, each(math.erf, a) + 1j * rise, "erf")


def gamma(z: Any) -> Any:
    """The gamma function: its value on the real axis, and the quotient of two Stirling series from there to z."""
    return _from_the_axis(z, math.gamma, "gamma")


def lgamma(z: Any) -> Any:
    """The logarithm of the gamma function, the same way."""
    return _from_the_axis(z, math.lgamma, "loggamma")


def _from_the_axis(z: Any, on_axis: Callable[[float], float], name: str) -> Any:
    z = np.asarray(z)
    a = np.real(z)
    if not np.iscomplexobj(z):
        return each(on_axis, a)
    near = (a > 0) & (a < _LARGE) & (np.abs(np.imag(z)) <= _LOW)
    inside = np.where(near, z, 1)
    here, foot = _log_gamma(np.stack([inside, np.real(inside) + 0j]))
    away = here - foot
    there = each(on_axis, np.real(inside))
    if name == "gamma":
        return _beside(near, z, there * np.exp(away), name)
    near &= np.abs(there) > _SMALL  # beside its roots 1 and 2 the logarithm has few digits in floating point
    return _beside(near, z, there + away, name)


def _log_gamma(z: Any) -> Any:
    """Up by the recurrence, then Stirling's series (DLMF 5.5.1, 5.11.1); for Re z > 0 and a small imaginary part."""
    product = np.prod(z[..., None] + np.arange(FAR), axis=-1)
    z = z + FAR
    inverse = 1 / z
    square, series = inverse * inverse, np.zeros_like(z)
    for k in range(len(BERNOULLI), 0, -1):
        series = series * square + BERNOULLI[k - 1] / (2 * k * (2 * k - 1))
    return (z - 0.5) * np.log(z) - z + math.log(2 * math.pi) / 2 + series * inverse - np.log(product)


def _beside(near: Any, z: Any, value: Any, name: str) -> Any:
    """The value where it was made for, elsewhere that of mpmath, entry by entry."""
    if np.all(near):
        return value[()]
    out = np.array(value, dtype=complex)
    out[~near] = _by_mpmath(name, z[~near])
    return out[()]


def _by_mpmath(name: str, z: Any) -> Any:
    import mpmath

    f = getattr(mpmath.mp, name)

    def safe(t: Any) -> complex:
        try:
            # erf of a complex number is right to its digits as a whole, not part by part
            with mpmath.workdps(130 if name == "erf" else 30):
                return complex(f(mpmath.mpmathify(t)))
        except (ValueError, OverflowError, ZeroDivisionError, mpmath.libmp.NoConvergence):
            return complex(math.nan)

    return np.vectorize(safe, otypes=[complex])(z)


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
        near = near + np.where(low, sign * math.factorial(n) * whole_power(x, -n - 1), 0)
        x = np.where(low, x + 1, x)
    if n == 0:
        series = np.log(x) - 1 / (2 * x) - sum(b / (2 * k * whole_power(x, 2 * k)) for k, b in enumerate(BERNOULLI, 1))
        return near + series
    terms = (b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) * whole_power(x, -2 * k - n) for k, b in enumerate(BERNOULLI, 1))
    return near + sign * (math.factorial(n - 1) * whole_power(x, -n) + math.factorial(n) / 2 * whole_power(x, -n - 1) + sum(terms))


def whole_power(a: Any, n: int) -> Any:
    """a^n as a product, so that (-1 + ih)^2 keeps the imaginary part exact."""
    if n < 0:
        return 1 / whole_power(a, -n)
    result, square = np.ones_like(a), a
    while n:
        if n & 1:
            result = result * square
        square, n = square * square, n >> 1
    return result
