"""What a move of algebra is, and what it may know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivx.expr import Call, Expr
from derivx.syntax import write

MOST_DIGITS = 30  # digits of a number that is still worked out


@dataclass(frozen=True)
class Look:
    """What a move may ask about names: those of values come late in a product, those that move come first in a difference."""

    values: frozenset[str] = frozenset()
    moving: frozenset[str] = frozenset()


PLAIN = Look()


@dataclass(frozen=True)
class Algebra:
    """A named move of algebra: ``apply`` rewrites one node."""

    id: str
    law: str
    apply: Callable[[Call, Look], Expr]


def measure(expr: Expr) -> tuple[int, int]:
    """What "smaller" means: fewer characters on the board, then fewer nodes."""
    return len(write(expr)), expr.size
