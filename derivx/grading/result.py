"""The result of grading: pure data, the same for the same seed, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from derivx.grading.compare import RIGHT, Verdict
from derivx.grading.formats import Formats
from derivx.grading.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that explains a wrong answer.

    ``tag`` is its id in the table of mistakes, ``rule`` the rule it breaks, ``step`` the line of the explanation (from 1; 0 where there
    is none), ``hint`` what to look at, by language.
    """

    tag: str
    rule: str = ""
    step: int = 0
    hint: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GradeResult(Formats):
    """What grading one answer gives.

    ``status``: an ``Outcome`` (``"Ok"`` where the answer was read); ``verdict``: a ``Verdict``, ``""`` for a refused answer. ``message`` by
    language; ``caret`` shows the place of a refusal. ``evidence``: digits, points, method, and a point where the values differ.
    """

    status: str
    verdict: str
    score: float
    max_score: float
    mistakes: tuple[Mistake, ...] = ()
    message: Mapping[str, str] = field(default_factory=dict)
    caret: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    ms: float = 0.0
    seed: int | str = 0
    version: str = ""
    lang: str = "en"

    @property
    def correct(self) -> bool:
        """Whether the answer is right."""
        return self.verdict in RIGHT

    @property
    def word(self) -> str:
        """``correct``, ``wrong``, ``undecided`` or ``refused``."""
        if self.status != Outcome.OK:
            return "refused"
        if self.correct:
            return "correct"
        return "undecided" if self.verdict == Verdict.UNDECIDED else "wrong"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "correct": self.correct}

    def __str__(self) -> str:
        return self.text()
