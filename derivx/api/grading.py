"""``derivx.grade``: one answer to one question."""

from __future__ import annotations

from typing import Any

from derivx.grading import GradeResult, Question
from derivx.grading.many import prepared


def grade(answer: str, problem: Any, wrt: Any = "", **question: Any) -> GradeResult:
    """Grade the answer to ``d problem / d wrt``. The text is read, never run; nothing but a result comes out of it.

    ``question``: whatever ``derivx.Question`` takes, such as ``domain={"x": (0.1, 2)}``, ``form="factored"``, ``tolerance=1e-3``,
    ``partial={"up_to_sign": 0.5}``, ``seed="secret"``, ``lang="ko"``. A question asked again is not prepared again.

    Raises ``DerivxError`` for faults of the question.
    """
    return prepared(Question, (problem, wrt), question).grade(answer)
