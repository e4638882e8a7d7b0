"""Indices behind an operand, as NumPy has them: ``x[0]``, ``x[1:3]``, ``X[:, n - 1]``, ``x[:, None]``.

An index is text among the arguments of an operation: places are numbers, letters of sizes, and their sums and products.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivx.errors import ReadError
from derivx.expr import Call, Expr, text_leaf
from derivx.ops import Op
from derivx.shape import Dim, plus, times
from derivx.syntax.resolve import Item

_ENDS = ("sym", ")", "}", "post", "index")
_SUBSCRIPTS = re.compile(r"\s*[A-Za-z ]*(,[A-Za-z ]*)*(->[A-Za-z ]*)?\s*")
_PIECE = re.compile(r"\d+|[^\W\d]\w*|[^\s\w]")
_NEW_AXIS = {(":", "None"): "column", ("None", ":"): "row"}


def indexed(items: Sequence[Item], text: str) -> list[Item]:
    """The items with every ``[...]`` behind an operand as one. Raises ``ReadError``."""
    out: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        if item.kind != "[" or not out or out[-1].kind not in _ENDS:
            out.append(item)
            at += 1
            continue
        end = next((i for i in range(at + 1, len(items)) if items[i].kind in "[]"), len(items))
        if end == len(items) or items[end].kind != "]":
            raise ReadError("not_closed", text=text, start=item.start, end=item.end, expected="closing", hint="]", found="[")
        out.append(Item("index", _written(items[at + 1 : end], text, item), item.start, items[end].end))
        at = end + 1
    return out


def applied(value: Expr, index: str) -> Expr:
    """The part of an array that an index takes; ``x[:, None]`` is a column."""
    new = _NEW_AXIS.get(tuple(index.split(", ")))  # type: ignore[arg-type]
    return Call(new, (value,)) if new else Call("slice", (value, text_leaf(index)))


def checked(card: Op | None, item: Item, text: str) -> str:
    """The text between quotes in its one spelling. Raises ``ReadError`` for what is neither subscripts nor an index."""
    raw = item.data[1:-1]
    if card is not None and card.name == "einsum":
        if not _SUBSCRIPTS.fullmatch(raw):
            raise ReadError("bad_subscripts", text=text, start=item.start, end=item.end, expected="subscripts", hint='"ij,jk->ik"')
        return str(raw).replace(" ", "")
    rows: list[Item] = []
    for piece in _PIECE.findall(raw):
        kind = "num" if piece.isdecimal() else "sym" if piece.isidentifier() else piece
        rows.append(Item(kind, int(piece) if kind == "num" else piece, item.start, item.end))
    return _written(rows, text, item)


def _written(inside: Sequence[Item], text: str, opening: Item) -> str:
    pieces: list[list[Item]] = [[]]
    for item in inside:
        if item.kind == ",":
            pieces.append([])
        else:
            pieces[-1].append(item)
    return ", ".join(_piece(piece, text, opening) for piece in pieces)


def _piece(piece: Sequence[Item], text: str, opening: Item) -> str:
    """One axis: a place, or ``from:to``."""
    colons = [i for i, item in enumerate(piece) if item.kind == ":"]
    if len(colons) > 1 or not piece:
        place = piece[colons[1]] if colons else opening
        raise ReadError("bad_slice", text=text, start=place.start, end=place.end, expected="index", hint="x[1:3]")
    if not colons:
        return "None" if len(piece) == 1 and piece[0].data == "None" else str(_place(piece, text))
    start, stop = piece[: colons[0]], piece[colons[0] + 1 :]
    begin = str(_place(start, text)) if start else ""
    return f"{'' if begin == '0' else begin}:{_place(stop, text) if stop else ''}"


def _place(piece: Sequence[Item], text: str) -> Dim:
    """A place: numbers and letters, added and multiplied."""
    total: Dim = 0
    term: Dim | None = None
    sign, joined = 1, True
    for item in piece:
        whole = item.kind == "num" and isinstance(item.data, int)
        if joined and (whole or item.kind == "sym"):
            term, joined = times(1 if term is None else term, item.data), False
        elif item.kind == "*" and not joined:
            joined = True
        elif item.kind in "+-" and (not joined or term is None):
            total = plus(total, times(sign, term or 0))
            term, sign, joined = None, 1 if item.kind == "+" else -1, True
        else:
            raise ReadError("bad_slice", text=text, start=item.start, end=item.end, expected="index", hint="x[1:3]")
    if joined or term is None:
        raise ReadError("bad_slice", text=text, start=piece[0].start, end=piece[-1].end, expected="index", hint="x[1:3]")
    return plus(total, times(sign, term))
