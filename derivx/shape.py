"""Shapes of values: a shape is a tuple of dimensions, and a scalar is the shape ``()``.

A dimension is a number or a letter (``n``); letters stand for sizes that are not known yet.
"""

from __future__ import annotations

Dim = int | str
Shape = tuple[Dim, ...]

SCALAR: Shape = ()


def broadcast(a: Shape, b: Shape) -> Shape | None:
    """The shape of an entry-wise operation, by NumPy's rule; ``None`` where the shapes do not fit."""
    if a == b:
        return a
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    lead = len(longer) - len(shorter)
    out = list(longer)
    for i, dim in enumerate(shorter, lead):
        if out[i] == 1:
            out[i] = dim
        elif dim not in (1, out[i]):
            return None
    return tuple(out)


def product(a: Shape, b: Shape) -> Shape | None:
    """The shape of ``a @ b``; ``None`` where the inner dimensions differ, or an operand is a scalar or has more than two axes."""
    if not 1 <= len(a) <= 2 or not 1 <= len(b) <= 2 or a[-1] != b[0]:
        return None
    return (*a[:-1], *b[1:])


def written(shape: Shape) -> str:
    """A shape as it is written: ``(n, m)``, ``(n,)``, ``()``."""
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
