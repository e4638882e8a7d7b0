"""Shapes of values: a shape is a tuple of dimensions, and a scalar is the shape ``()``.

A dimension is a number, a letter (``n``) for a size that is not known yet, or a size worked out from letters (``n - q + 1``): text in
one spelling, so that equal sizes are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

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


# Sizes that are worked out: whole numbers times products of letters, added up.

Terms = dict[tuple[str, ...], int]
_TERM = re.compile(r"([-+]?)\s*([\w*]+)")


def terms(dim: Dim) -> Terms:
    """``2*n - q + 1`` as {(n,): 2, (q,): -1, (): 1}."""
    if isinstance(dim, int):
        return {(): dim} if dim else {}
    if dim.isidentifier():
        return {(dim,): 1}
    out: Terms = {}
    for sign, body in _TERM.findall(dim):
        letters = tuple(sorted(f for f in body.split("*") if not f.isdecimal()))
        number = -1 if sign == "-" else 1
        for f in body.split("*"):
            number *= int(f) if f.isdecimal() else 1
        out[letters] = out.get(letters, 0) + number
    return {k: n for k, n in out.items() if n}


def size(found: Terms) -> Dim:
    """The one spelling of a size: letters in the order of the alphabet, what is taken away after them, the number last."""
    rows = sorted(((k, n) for k, n in found.items() if n), key=lambda row: (not row[0], row[1] < 0, -len(row[0]), row[0]))
    if not rows or not rows[0][0]:
        return rows[0][1] if rows else 0
    text = ""
    for letters, n in rows:
        body = "*".join([*([str(abs(n))] if abs(n) != 1 or not letters else []), *letters])
        text += (" - " if n < 0 else " + ") + body if text else ("-" if n < 0 else "") + body
    return text


def plus(*dims: Dim) -> Dim:
    """The sum of sizes."""
    out: Terms = {}
    for dim in dims:
        for k, n in terms(dim).items():
            out[k] = out.get(k, 0) + n
    return size(out)


def times(*dims: Dim) -> Dim:
    """The product of sizes."""
    out: Terms = {(): 1}
    for dim in dims:
        rows: Terms = {}
        for a, x in out.items():
            for b, y in terms(dim).items():
                key = tuple(sorted(a + b))
                rows[key] = rows.get(key, 0) + x * y
        out = rows
    return size(out)


def minus(a: Dim, b: Dim) -> Dim:
    """The difference of two sizes."""
    return plus(a, times(-1, b))


def quotient(whole: Dim, part: Dim) -> Dim | None:
    """``whole/part`` where part is one product and divides it: n*m over m is n."""
    below = terms(part)
    if len(below) != 1:
        return 1 if whole == part else None
    ((letters, number),) = below.items()
    out: Terms = {}
    for k, n in terms(whole).items():
        rest = list(k)
        for letter in letters:
            if letter not in rest:
                return None
            rest.remove(letter)
        if n % number:
            return None
        out[tuple(rest)] = n // number
    return size(out)


def put(dim: Dim, values: Mapping[str, Dim]) -> Dim:
    """A size with letters replaced by sizes."""
    return plus(0, *(times(n, *(values.get(letter, letter) for letter in k)) for k, n in terms(dim).items()))


def letters(dims: Iterable[Dim]) -> set[str]:
    """The letters of sizes."""
    return {letter for dim in dims for k in terms(dim) for letter in k}


# Texts that say which axes: subscripts of einsum, and indices.


def subscripts(text: str) -> tuple[list[str], str]:
    """``ij,jk->ik`` as its operands and its output; without an arrow the output has the letters that come once, in order."""
    left, arrow, out = text.replace(" ", "").partition("->")
    if not arrow:
        once = [c for c in sorted(set(left) - {","}) if left.count(c) == 1]
        out = "".join(once)
    return left.split(","), out


Index = tuple[Dim, Dim | None, bool]  # from, up to (not included; ``None``: the end), whether the axis stays


def indices(text: str) -> list[Index]:
    """``1:3, 0`` as its axes. A number below 0 counts from the end."""
    found: list[Index] = []
    for piece in text.split(","):
        start, colon, stop = (p.strip() for p in piece.partition(":"))
        if colon:
            found.append((_place(start) or 0, _place(stop) if stop else None, True))
        else:
            found.append((_place(start), None, False))
    return found


def _place(text: str) -> Dim:
    return size(terms(text)) if text else 0
