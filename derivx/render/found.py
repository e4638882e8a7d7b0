"""What the referees found, in a few words."""

from __future__ import annotations

from collections.abc import Sequence

from derivx.check.verdict import Verdict
from derivx.render.document import Measured
from derivx.words import has, say


def found_by(rows: Sequence[Measured], lang: str) -> list[list[str]]:
    """What the referees found, in a few words each: the exact proofs, the measured digits, the rest; no empty list."""
    exact = [r for r in rows if r.verdict is Verdict.PASS and r.digits is None]
    digits = [r for r in rows if r.verdict in (Verdict.PASS, Verdict.KINK) and r.digits is not None]
    rest = [r for r in rows if r not in exact and r not in digits]
    counted = [measured(r, lang, unit=r is digits[-1]) for r in digits]
    return [texts for texts in ([measured(r, lang) for r in exact], counted, [measured(r, lang) for r in rest]) if texts]


def measured(row: Measured, lang: str, *, unit: bool = True) -> str:
    """What one referee found: ``complex step 15 digits``; several in a row say the ``unit`` once."""
    between = " – " if row.verdict is Verdict.SKIPPED and has(f"skip.{row.reason}") else " "
    return referee(row, lang) + between + finding(row, lang, unit=unit)


def referee(row: Measured, lang: str) -> str:
    """Who found it."""
    return say(f"referee.{row.referee}", lang) if has(f"referee.{row.referee}") else row.referee


def finding(row: Measured, lang: str, *, unit: bool = True) -> str:
    """What was found: digits, an exact proof, a verdict, or why nothing was."""
    if row.verdict is Verdict.SKIPPED and has(f"skip.{row.reason}"):
        return say(f"skip.{row.reason}", lang)
    if row.digits is not None and row.verdict in (Verdict.PASS, Verdict.KINK):
        return say("ui.digits", lang, n=str(int(row.digits))) if unit else str(int(row.digits))
    return say("ui.exact" if row.verdict is Verdict.PASS else f"verdict.{row.verdict}", lang)
