"""What a referee says of a line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """``KINK``: a point where the derivative is a convention. ``SKIPPED``: not judged, with a reason."""

    PASS = "PASS"
    FAIL = "FAIL"
    KINK = "KINK"
    ILL_CONDITIONED = "ILL_CONDITIONED"
    STRUCTURAL_ZERO = "STRUCTURAL_ZERO"
    UNDEFINED = "UNDEFINED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of one referee on one line (``step`` counts from 0), or on the whole answer (``step`` is ``None``).

    ``digits`` agree (``None`` for an exact proof, or no measurement); ``reason`` is a key of the word tables;
    ``at`` says where, for a kink.
    """

    step: int | None
    referee: str
    verdict: Verdict
    digits: float | None = None
    reason: str = ""
    at: str = ""
