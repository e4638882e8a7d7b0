"""Signs and small pieces of text that the pages of a terminal share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivx.check.verdict import Verdict
from derivx.render.block import Block, beside, columns, line

MARKS = {
    Verdict.PASS: "✓", Verdict.STRUCTURAL_ZERO: "✓", Verdict.FAIL: "✗", Verdict.KINK: "!",
    Verdict.ILL_CONDITIONED: "~", Verdict.UNDEFINED: "?", Verdict.SKIPPED: "–",
}  # fmt: skip
ASCII = {
    "✓": "+", "✗": "x", "–": "-", "·": ";", "≈": "=", "−": "-", "—": "-", "⟨": "<", "⟩": ">", "‖": "||", "⊙": "*", "ᵀ": ".T",
    "×": "x", "⁻": "^-", "…": "...", "¹": "1", "²": "^2", "→": "->", "│": "|",
}  # fmt: skip


def led(blocks: Sequence[Block], sign: str) -> list[str]:
    """A formula behind a sign; further rows stand a little further in."""
    return [t for i, block in enumerate(blocks) for t in beside([line("    " if i else sign), block]).lines]


def decimal(value: float) -> str:
    """A number to six figures, with a minus sign."""
    return f"{value + 0.0:.6g}".replace("-", "−")


def kept_together(text: str, width: int) -> str:
    """An equation that a line must not break, if it fits on one."""
    return text.replace(" ", "\u00a0") if columns(text) <= width else text


@dataclass(frozen=True, slots=True)
class Row:
    """A printed line before colour: the formula's part, the mark, and the dim part behind it."""

    left: str
    mark: str = ""
    dim: str = ""
    bold: bool = False
