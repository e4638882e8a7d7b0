"""Exercises as plain data, and the results for answers to them: what the systems outside keep of a sheet.

A row is ``{"question": {arguments of Question}}``, or ``{"choice": {"right": "B", "of": 4, "points": 1, "lang": "en"}}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from derivx.errors import UsageError
from derivx.grading.compare import Verdict
from derivx.grading.outcome import Outcome
from derivx.grading.question import Question
from derivx.grading.result import GradeResult
from derivx.version import VERSION
from derivx.words import both

Row = Mapping[str, Any]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER = re.compile(r"\s*\(?\s*([A-Za-z])\s*[).]?\s*")


def graded(row: Row, answer: str) -> GradeResult:
    """The result for an answer to a row. Raises ``DerivxError`` for what is no row."""
    match row:
        case {"question": dict(arguments)}:
            try:
                return Question(**arguments).grade(answer)
            except TypeError as error:  # an argument that a question does not have
                raise UsageError("bad_row", found=str(error)) from None
        case {"choice": {"right": str(right), "of": int(count), **more}} if 1 <= count <= len(LETTERS) and right in LETTERS[:count]:
            return _chosen(answer, right, count, float(str(more.get("points", 1))), str(more.get("lang", "en")))
    raise UsageError("bad_row", found=str(row)[:80])


def _chosen(answer: str, right: str, count: int, points: float, lang: str) -> GradeResult:
    """A letter, as it is ticked on paper: ``b``, ``B.`` and ``(B)`` are one."""
    letter = _LETTER.fullmatch(answer)
    if letter is None or letter[1].upper() not in LETTERS[:count]:
        status = Outcome.SYNTAX if answer.strip() else Outcome.EMPTY
        said = both("grade.no_choice", last=LETTERS[count - 1])
        return GradeResult(status, "", 0.0, points, message=said, version=VERSION, lang=lang)
    verdict = Verdict.EQUAL if letter[1].upper() == right else Verdict.DIFFERENT
    score = points if verdict is Verdict.EQUAL else 0.0
    return GradeResult(Outcome.OK, verdict, score, points, message=both(f"grade.{verdict}"), version=VERSION, lang=lang)
