"""Numbers, vectors and matrices as they are printed: as many digits for all entries of one, long ones with their ends only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from derivx.render.block import columns

Cells = tuple[tuple[str, ...], ...]
_DIGITS, _MOST, _HEAD, _TAIL = 4, 6, 3, 2  # of the largest entry; rows and columns shown whole; of longer ones, at each end
_ELLIPSIS = "..."


def cells(rows: Sequence[Sequence[float]]) -> Cells:
    """The entries of a matrix: a vector is a column, a number one cell."""
    entries = [x for row in rows for x in row]
    largest = max(map(abs, entries), default=0.0)
    whole = largest < 1e6 and all(math.isfinite(x) and x == round(x) for x in entries)
    shown = [[f"{int(x)}" if whole else _decimal(x, largest) for x in row] for row in rows]
    return tuple(tuple(_shortened(row, _ELLIPSIS)) for row in _shortened(shown, [_ELLIPSIS] * len(rows[0])))


def _decimal(x: float, largest: float) -> str:
    if not math.isfinite(x) or not largest or not 1e-4 <= largest < 1e6:
        return f"{x:.{_DIGITS - 1}e}" if x else "0"
    return f"{x + 0.0:.{max(0, _DIGITS - 1 - math.floor(math.log10(largest)))}f}"


def _shortened(items: list[Any], gap: Any) -> list[Any]:
    return items if len(items) <= _MOST else [*items[:_HEAD], gap, *items[-_TAIL:]]


def bracketed(name: str, rows: Cells, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """``name = [...]`` as lines: a matrix with tall brackets, the entries of a column one below the other at their decimal points."""
    minus = "-" if ascii else "−"
    shown = [[cell.replace("-", minus) for cell in row] for row in rows]
    if len(shown) == len(shown[0]) == 1:
        return [f"{name} = {shown[0][0]}"]
    widths = [max(columns(row[i]) for row in shown) for i in range(len(shown[0]))]
    lines = ["  ".join(" " * (w - columns(cell)) + cell for cell, w in zip(row, widths, strict=True)) for row in shown]
    middle = (len(lines) - 1) // 2
    lead = [f"{name} = " if i == middle else " " * (columns(name) + 3) for i in range(len(lines))]
    left, right = ("|", "|") if ascii else ("⎢", "⎥")
    if len(lines) == 1:
        return [f"{lead[0]}[{lines[0]}]"]
    ends = {} if ascii else {0: ("⎡", "⎤"), len(lines) - 1: ("⎣", "⎦")}
    return [f"{lead[i]}{ends.get(i, (left, right))[0]}{t}{ends.get(i, (left, right))[1]}" for i, t in enumerate(lines)]


def matrix_tex(rows: Cells) -> str:
    """The same as LaTeX."""
    shown = [[cell.replace(_ELLIPSIS, r"\cdots") for cell in row] for row in rows]
    if len(shown) == len(shown[0]) == 1:
        return shown[0][0]
    body = r" \\ ".join(" & ".join(row) for row in shown)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
