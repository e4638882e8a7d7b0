"""A question that is prepared once and grades any number of answers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from derivx.errors import DerivxError, UsageError
from derivx.expr import Expr
from derivx.grading.compare import RIGHT, Comparison, Reference, Verdict, compare
from derivx.grading.outcome import Outcome, outcome_of
from derivx.grading.points import Interval, generator
from derivx.grading.reading import CONVENTION, Vocabulary, read_answer
from derivx.grading.reference import describe, prepare
from derivx.grading.result import GradeResult, Mistake
from derivx.syntax.reader import read_question
from derivx.version import VERSION
from derivx.words import LANGUAGES, say


class Judge(Protocol):
    """What can read, compare and explain answers to one question: over numbers, or over arrays."""

    def read(self, text: str) -> Expr:
        """The answer. Raises ``DerivxError``."""

    def compare(self, answer: Expr) -> Comparison:
        """The verdict on an answer."""

    def mistakes(self, answer: Expr, found: Comparison) -> tuple[Mistake, ...]:
        """At most three mistakes that explain a wrong answer, the likeliest first."""


class ScalarJudge:
    """The judge of a derivative over numbers. ``reference`` and ``derivation`` are made when first needed."""

    def __init__(
        self, problem: Expr, wrt: Sequence[str], declared: Sequence[str], domain: Mapping[str, Interval], seed: int | str, ambiguous: str
    ) -> None:
        self.problem, self.wrt, self.domain, self.ambiguous = problem, tuple(wrt), domain, ambiguous
        self.reference, self.derivation = prepare(problem, wrt, declared, domain, generator(seed, describe(problem, wrt)))
        self.vocabulary = Vocabulary.of(self.reference.table, problem)

    def read(self, text: str) -> Expr:
        return read_answer(text, self.vocabulary, ambiguous=self.ambiguous).expr

    def compare(self, answer: Expr) -> Comparison:
        return compare(answer, self.reference)

    def mistakes(self, answer: Expr, found: Comparison) -> tuple[Mistake, ...]:  # noqa: ARG002 - the sign shows without the answer
        return (Mistake("sign_error"),) if found.verdict is Verdict.SIGN else ()


class Question:
    """A question, prepared once.

    ``problem``: an expression (``"sigmoid(w*x + b)"``); ``wrt``: a name, or several for a mixed derivative; ``order`` how often by one
    name; ``variables``: further names an answer may use; ``domain``: intervals by name, such as ``{"x": (0.1, 2)}``; ``ambiguous``:
    ``"convention"`` or ``"refuse"``; ``points``: what a right answer is worth.

    Raises ``ReadError`` or ``UsageError`` for the question's own faults.
    """

    def __init__(
        self,
        problem: str | Expr,
        wrt: str | Sequence[str] = "",
        *,
        order: int = 1,
        variables: Sequence[str] = (),
        domain: Mapping[str, Sequence[float]] | None = None,
        seed: int | str = 0,
        ambiguous: str = CONVENTION,
        points: float = 1.0,
        diagnose: bool = True,
    ) -> None:
        self.seed, self.points, self.diagnose, self.version = seed, points, diagnose, VERSION
        body = read_question(problem, variables).expr if isinstance(problem, str) else problem
        by = _by(wrt, order)
        self.judge: Judge = ScalarJudge(body, by, variables, _checked(domain or {}), seed, ambiguous)

    def grade(self, answer: str) -> GradeResult:
        """The result for one answer; whatever the text is, nothing but a result comes out."""
        start = time.perf_counter()
        try:
            read = self.judge.read(answer)
        except DerivxError as error:
            return self._refused(error, start)
        except RecursionError:
            return self._refused(DerivxError("too_deep", limit=""), start, Outcome.LIMIT)
        found = self.judge.compare(read)
        right = found.verdict in RIGHT
        mistakes = () if right or not self.diagnose else self.judge.mistakes(read, found)
        evidence: dict[str, Any] = {"digits": round(found.digits, 1), "points": found.points, "method": found.method}
        if found.values is not None:
            evidence |= {"at": dict(found.where), "answer": found.values[0], "right": found.values[1]}
        return GradeResult(
            Outcome.OK, found.verdict, self.points if right else 0.0, self.points, mistakes,
            _message(found.verdict), "", evidence, _since(start), self.seed, self.version,
        )  # fmt: skip

    def _refused(self, error: DerivxError, start: float, outcome: Outcome | None = None) -> GradeResult:
        said = {lang: " ".join(filter(None, (error.message(lang), error.hint_text(lang)))) for lang in LANGUAGES}
        status = outcome_of(error) if outcome is None else outcome
        return GradeResult(status, "", 0.0, self.points, (), said, error.caret(), {}, _since(start), self.seed, self.version)


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1e3


def _message(verdict: Verdict) -> Mapping[str, str]:
    return _MESSAGES[verdict]


_MESSAGES = {v: {lang: say(f"grade.{v}", lang) for lang in LANGUAGES} for v in Verdict}


def _by(wrt: str | Sequence[str], order: int) -> tuple[str, ...]:
    if isinstance(wrt, str):
        if not wrt:
            raise UsageError("bad_wrt", name="")
        return (wrt,) * order
    return tuple(wrt)


def _checked(domain: Mapping[str, Sequence[float]]) -> Mapping[str, Interval]:
    for name, interval in domain.items():
        if len(interval) != 2 or not interval[0] < interval[1]:
            raise UsageError("bad_value", value=interval, name=name)
    return {n: (float(a), float(b)) for n, (a, b) in domain.items()}


__all__ = ["Judge", "Question", "Reference", "ScalarJudge"]
