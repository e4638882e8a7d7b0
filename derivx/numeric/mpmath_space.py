"""mpmath: 180 digits, and central differences for derivatives inside derivatives.

With step h_1 = 1e-60 the innermost difference is right to 1e-120; each level outwards takes the step that balances its
truncation h^2 against the noise of the level inside, noise/h: h = noise^(1/3), leaving noise^(2/3).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import mp

from derivx.numeric.evaluate import Unavailable
from derivx.numeric.undefined import undefined

DIGITS = 180
_FIRST = 60.0


def steps(height: int) -> tuple[float, float]:
    """The step and the noise left by a difference with ``height - 1`` differences inside it, as -log10."""
    step, noise = _FIRST, 2 * _FIRST
    for _ in range(height - 1):
        step, noise = noise / 3, noise * 2 / 3
    return step, noise


_SAME = "exp log1p expm1 erf gamma sin cos floor asin acos atan sinh cosh tanh asinh acosh atanh".split()


class Mpmath:
    """Real numbers of many digits; ``ctx`` holds the precision (threads need one each: functions raise it while they work)."""

    def __init__(self, ctx: Any = mp) -> None:
        self.ctx = ctx
        for name in _SAME:
            setattr(self, name, getattr(ctx, name))

    @property
    def pi(self) -> Any:
        return +self.ctx.pi

    @property
    def e(self) -> Any:
        return +self.ctx.e

    def number(self, value: Any) -> Any:
        return self.ctx.mpf(str(value))

    def undefined(self, name: str, args: tuple[Any, ...]) -> Any:
        return undefined(self, name, args)

    def log(self, x: Any) -> Any:
        return self.ctx.log(x) if x > 0 else self.ctx.nan

    def sqrt(self, x: Any) -> Any:
        return self.ctx.sqrt(x) if x >= 0 else self.ctx.nan

    def power(self, a: Any, b: Any) -> Any:
        if a < 0 and b != self.ctx.floor(b):
            return self.ctx.nan
        return self.ctx.power(a, b)

    def lgamma(self, x: Any) -> Any:
        return self.ctx.loggamma(x)

    def polygamma(self, n: Any, x: Any) -> Any:
        return self.ctx.psi(int(n), x) if x > 0 else self.ctx.nan  # as on the card; mpmath would step from -1e300 up to 0

    def softplus(self, x: Any) -> Any:
        return self.log1p(self.exp(x))  # type: ignore[attr-defined]

    def abs(self, x: Any) -> Any:
        return -x if x < 0 else x

    def sign(self, x: Any) -> Any:
        return self.ctx.sign(x)

    def where(self, c: bool, a: Any, b: Any) -> Any:
        return self.ctx.mpf(a) if c else self.ctx.mpf(b)

    def gt(self, a: Any, b: Any) -> bool:
        return bool(a > b)

    def lt(self, a: Any, b: Any) -> bool:
        return bool(a < b)

    def ge(self, a: Any, b: Any) -> bool:
        return bool(a >= b)

    def le(self, a: Any, b: Any) -> bool:
        return bool(a <= b)

    def eq(self, a: Any, b: Any) -> bool:
        return bool(a == b)

    def ne(self, a: Any, b: Any) -> bool:
        return bool(a != b)

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        """The central difference; raises ``Unavailable`` beyond five nested derivatives."""
        if height > 5:
            raise Unavailable("nested")
        h = self.ctx.mpf(10) ** -self.ctx.mpf(round(steps(height)[0]))
        return (f(at + h) - f(at - h)) / (2 * h)
