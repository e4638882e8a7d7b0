"""Wrong answers to a question, for worksheets: what the likeliest mistakes give, each proved wrong, no two of them equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivx.derive.polish import tidied
from derivx.expr import Call, Diff, Expr, pending, substitute
from derivx.grading.arrays import ArrayJudge
from derivx.grading.mistakes.closed import mistaken as edited
from derivx.grading.mistakes.diagnose import Diagnosis
from derivx.grading.mistakes.hypotheses import AGAIN, EARLIER, LINE, Hypothesis
from derivx.grading.mistakes.symbolic import Differentiation, mistaken
from derivx.grading.mistakes.table import GROUP_OF
from derivx.grading.question import Question, ScalarJudge
from derivx.grading.result import Mistake
from derivx.grading.stacks import FAILS
from derivx.grading.values import values
from derivx.numeric import Unavailable
from derivx.syntax import write

_LONGEST = 120  # characters of an answer on a worksheet
_APART = 1e-6
_LIKELY = 5  # the rank up to which a mistake makes a distractor


@dataclass(frozen=True, slots=True)
class Distractor:
    """A wrong answer, and the mistake that gives it."""

    answer: Expr
    mistake: Mistake

    @property
    def text(self) -> str:
        """The answer as one would type it."""
        return write(self.answer)


def distractors(question: Question, count: int = 3) -> tuple[Distractor, ...]:
    """At most ``count`` wrong answers, the likeliest mistakes first, of different kinds as far as there are."""
    first, more = list[Distractor](), list[Distractor]()
    groups = set[str]()
    for found in _wrong(question):
        group = GROUP_OF[found.mistake.tag]
        (more if group in groups else first).append(found)
        groups.add(group)
        if len(first) == count:
            break
    return tuple([*first, *more][:count])


def _wrong(question: Question) -> Iterator[Distractor]:
    """Every distractor, the likeliest first: what the grader calls wrong, and no two of the same values."""
    judge, shown = question.judge, list[Any]()
    made = _over_numbers(judge) if isinstance(judge, ScalarJudge) else _over_arrays(judge) if isinstance(judge, ArrayJudge) else ()
    for answer, hypothesis, found in made:
        text = write(answer)
        if len(text) > _LONGEST or any(_close(found, other) for other in shown):
            continue
        result = question.grade(text)
        told = next((m for m in result.mistakes if m.tag == hypothesis.mutation.tag), None)
        if result.word == "wrong" and told is not None:
            shown.append(found)
            yield Distractor(answer, told)


def _over_numbers(judge: ScalarJudge) -> Iterator[tuple[Expr, Hypothesis, Any]]:
    """Mistaken answers with their values."""
    asked = judge.diagnosis.asked
    for hypothesis in judge.diagnosis.fingerprints.hypotheses:
        if hypothesis.rank > _LIKELY:
            return
        answer = written(judge.diagnosis, hypothesis)
        if answer is not None:
            with np.errstate(all="ignore"):
                yield answer, hypothesis, values(answer, asked.table, asked.size)[0]


def _over_arrays(judge: ArrayJudge) -> Iterator[tuple[Expr, Hypothesis, Any]]:
    """Closed forms with one mistake."""
    diagnosis = judge.diagnosis
    if diagnosis is None or diagnosis.closed is None:
        return
    forms = sorted(edited(diagnosis.closed), key=lambda row: row[0].rank)
    for mutation, part, answer in forms:
        try:
            with np.errstate(all="ignore"):
                yield answer, Hypothesis(mutation, part, mutation.rank), diagnosis.value(answer)
        except FAILS:  # shapes that do not fit
            continue


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.all((np.abs(a - b) <= _APART * np.maximum(np.abs(a), np.abs(b))) | ~np.isfinite(a - b)))


def written(diagnosis: Diagnosis, hypothesis: Hypothesis) -> Expr | None:
    """The answer that a mistake gives; ``None`` where it is known by its values alone."""
    asked, wrt, new = diagnosis.asked, diagnosis.wrt[-1], hypothesis.new
    try:
        if hypothesis.of == AGAIN:
            return None
        if hypothesis.of == EARLIER and asked.base is not None:
            lower = Differentiation(diagnosis.wrt[-2], mistaken(hypothesis.places)).of(asked.base)
            answer = Differentiation(wrt, {}).of(lower)
        elif hypothesis.places:
            answer = Differentiation(wrt, mistaken(hypothesis.places)).of(asked.lower)
        elif new is None:
            return None
        elif hypothesis.part is None:
            answer = _carried_out(new)
        elif hypothesis.of == LINE:
            answer = substitute(asked.answer, {hypothesis.part: new})
        else:
            answer = Differentiation(wrt, {}).of(substitute(asked.lower, {hypothesis.part: new}))
    except Unavailable:
        return None
    return tidied(answer)


def _carried_out(e: Expr) -> Expr:
    if isinstance(e, Diff):
        return Differentiation(e.wrt.name, {}).of(_carried_out(e.body))
    if isinstance(e, Call) and pending(e):
        return Call(e.op, tuple(map(_carried_out, e.args)))
    return e
