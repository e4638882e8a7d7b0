"""What checking a work gives: pure data, a verdict a line, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from derivx.grading.result import Mistake
from derivx.words import LANGUAGES, say


class LineVerdict(StrEnum):
    """What is said of a line. ``GIVEN``: a definition or a number, which is true by itself; ``REMARK``: words."""

    RIGHT = "right"
    GIVEN = "given"
    CARRIED = "carried"
    WRONG = "wrong"
    TOO_FAR = "too_far"
    UNREAD = "unread"
    UNDECIDED = "undecided"
    REMARK = "remark"


_MARKS = {"right": "✓", "given": "·", "carried": "→", "wrong": "✗", "too_far": "…", "unread": "?", "undecided": "?", "remark": " "}
_COUNTED = ("right", "carried", "wrong", "too_far", "unread")
_GOOD = ("right", "carried")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the work: its text, its verdict, its mistakes (the likeliest first), what is true instead where that can be said."""

    index: int
    text: str
    verdict: str
    mistakes: tuple[Mistake, ...] = ()
    message: Mapping[str, str] = field(default_factory=dict)
    right: str = ""
    caret: str = ""


@dataclass(frozen=True, slots=True)
class WorkResult:
    """A checked work.

    ``status``: ``right``, ``unfinished`` (every line right, the answer not reached), ``wrong``, ``too_far`` (a step bigger than allowed),
    ``unread`` (nothing wrong found, but a line could not be read or judged). ``first_wrong_line`` counts from 0; ``answer``: whether the
    last line of the derivation is the right answer.
    """

    status: str
    lines: tuple[Line, ...]
    first_wrong_line: int | None
    mistakes: tuple[Mistake, ...]
    answer: bool
    score: float
    max_score: float
    message: Mapping[str, str]
    ms: float = 0.0
    seed: int | str = 0
    version: str = ""

    @property
    def correct(self) -> bool:
        """Whether every line is right, and the answer reached."""
        return self.status == "right"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "correct": self.correct}

    def to_json(self) -> str:
        """The result as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, default=str)

    def text(self, lang: str = "en") -> str:
        """The work with a mark before each line, and what to say of it beneath."""
        width = len(str(len(self.lines)))
        rows: list[str] = []
        for line in self.lines:
            rows.append(f"{line.index + 1:>{width}} {_MARKS[line.verdict]} {line.text}".rstrip())
            margin = " " * (width + 3)
            if line.verdict not in ("right", "given", "remark") and line.message:
                rows.append(f"{margin}{line.message[lang]}")
            rows += [f"{margin}{row}" for row in line.caret.split("\n") if line.caret]
            rows += [f"{margin}{m.hint[lang]}" for m in line.mistakes[:1] if lang in m.hint]
            if line.right:
                rows.append(f"{margin}{say('work.instead', lang, right=line.right)}")
        score = say("work.score", lang, score=f"{self.score:g}", most=f"{self.max_score:g}")
        return "\n".join([*rows, "", self.message[lang], score])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        from derivx.render import text_bundle

        return text_bundle(self.text())

    def __str__(self) -> str:
        return self.text()


def summed(lines: Sequence[Line], *, answer: bool, ended: bool, points: float, share: float) -> tuple[str, float]:
    """The status of a work and its score: ``share`` of the points for the answer, the rest for the lines, each the same."""
    counted = [line for line in lines if line.verdict in _COUNTED]
    good = sum(line.verdict in _GOOD for line in counted)
    steps = good / len(counted) if counted else 0.0
    verdicts = {line.verdict for line in lines}
    if LineVerdict.WRONG in verdicts:
        status = "wrong"
    elif verdicts & {LineVerdict.UNREAD, LineVerdict.UNDECIDED, LineVerdict.TOO_FAR}:
        status = "unread" if LineVerdict.TOO_FAR not in verdicts else "too_far"
    else:
        status = "right" if answer and ended else "unfinished"
    return status, round(points * ((1 - share) * steps + share * answer), 6)


def message(status: str, first: int | None) -> dict[str, str]:
    """What is said of the whole."""
    return {lang: say(f"work.is_{status}", lang, line="" if first is None else first + 1) for lang in LANGUAGES}
