"""Rectangles of characters with a baseline: what two-dimensional text is put together from. Hangul is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def pad(text: str, width: int) -> str:
    """The text, filled with spaces to a number of columns."""
    return text + " " * (width - columns(text))


def center(text: str, width: int) -> str:
    """The text in the middle of a number of columns."""
    left = (width - columns(text)) // 2
    return pad(" " * left + text, width)


def cut(text: str, width: int) -> tuple[str, str]:
    """The longest beginning that fits (at least one character), and the rest."""
    used = 0
    for i, char in enumerate(text):
        used += _columns(char)
        if used > width and i:
            return text[:i], text[i:]
    return text, ""


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns, broken at spaces, and inside a word only where it must be.

    A no-break space holds two words together, and is printed as a space.
    """
    lines, line = list[str](), ""
    for word in filter(None, text.split(" ")):
        joined = f"{line} {word}" if line else word
        if columns(joined) <= width:
            line = joined
            continue
        lines += [line] if line else []
        line = word
        while columns(line) > width:
            head, line = cut(line, width)
            lines.append(head)
    return [t.replace("\u00a0", " ") for t in [*lines, line] if t]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of equal width; ``base`` is the index of the line that the formula stands on."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """The number of columns."""
        return columns(self.lines[0])

    @property
    def height(self) -> int:
        """The number of lines."""
        return len(self.lines)


def line(text: str) -> Block:
    """A block of one line."""
    return Block((text,))


def beside(blocks: Sequence[Block]) -> Block:
    """Blocks side by side, on one baseline."""
    above = max(b.base for b in blocks)
    below = max(b.height - b.base for b in blocks)
    rows = []
    for i in range(-above, below):
        row = [b.lines[b.base + i] if 0 <= b.base + i < b.height else " " * b.width for b in blocks]
        rows.append("".join(row))
    return Block(tuple(rows), above)


def stacked(top: Block, bottom: Block, rule: str) -> Block:
    """A fraction, its bar longer than the bars of fractions inside it."""
    width = max(top.width, bottom.width) + (2 if max(top.height, bottom.height) > 1 else 0)
    rows = [*(center(t, width) for t in top.lines), rule * width, *(center(t, width) for t in bottom.lines)]
    return Block(tuple(rows), top.height)


def raised(base: Block, exponent: Block) -> Block:
    """A power: the exponent stands to the right, on the lines above the base."""
    left, right = base.width, exponent.width
    rows = [" " * left + t for t in exponent.lines] + [t + " " * right for t in base.lines]
    return Block(tuple(rows), exponent.height + base.base)


_TALL = {
    "(": ("⎛⎜⎝", "⎞⎟⎠"), "[": ("⎡⎢⎣", "⎤⎥⎦"), "|": ("│││", "│││"), "norm": ("‖‖‖", "‖‖‖"), "floor": ("⎢⎢⎣", "⎥⎥⎦"), "ceil": ("⎡⎢⎢", "⎤⎥⎥"),
    "{": ("⎧⎪⎩", "   "),
}  # fmt: skip


def fenced(body: Block, kind: str, left: str, right: str) -> Block:
    """A block in brackets as tall as it is."""
    if body.height == 1:
        return Block((f"{left}{body.lines[0]}{right}",))
    opening, closing = (_tall(signs, body.height) for signs in _TALL[kind])
    rows = [a + t + b for a, t, b in zip(opening, body.lines, closing, strict=True)]
    return Block(tuple(rows), body.base)


def _tall(signs: str, height: int) -> list[str]:
    return [signs[0], *([signs[1]] * (height - 2)), signs[2]]
