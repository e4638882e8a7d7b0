"""A stand-in for an undefined function: a random smooth one, the same for the same name, with all its derivatives."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

_TERMS = 3


@cache
def _coefficients(name: str, count: int) -> tuple[tuple[float, tuple[float, ...], float], ...]:
    draw = random.Random(f"undefined function {name} of {count}")
    return tuple((draw.uniform(0.5, 1.5), tuple(draw.uniform(0.4, 1.4) for _ in range(count)), draw.uniform(0, 3)) for _ in range(_TERMS))


def undefined(xp: Any, name: str, args: tuple[Any, ...]) -> Any:
    """``sum a*sin(b.x + c)``; each prime of ``f'`` is one derivative by the (only) argument."""
    base = name.rstrip("'")
    order = len(name) - len(base)
    total: Any = 0
    for a, b, c in _coefficients(base, len(args)):
        phase = sum((xp.number(repr(k)) * x for k, x in zip(b, args, strict=True)), xp.number(repr(c)))
        wave = (xp.sin, xp.cos, lambda t: -xp.sin(t), lambda t: -xp.cos(t))[order % 4](phase)
        total = total + xp.number(repr(a)) * xp.number(repr(b[0])) ** order * wave
    return total
