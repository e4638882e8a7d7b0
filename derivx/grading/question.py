"""A question that is prepared once and grades any number of answers."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, Self

from derivx.errors import DerivxError, LimitError, UsageError
from derivx.expr import Expr
from derivx.grading.budget import afford_names, too_costly
from derivx.grading.compare import RIGHT, Comparison, Reference, Verdict, compare
from derivx.grading.confirm import confirmed
from derivx.grading.many import CHUNK, Results, grade_many, reduced
from derivx.grading.outcome import Outcome, outcome_of
from derivx.grading.points import Interval, generator
from derivx.grading.policy import Policy
from derivx.grading.reading import ANSWER, CONVENTION, Vocabulary, read_answer
from derivx.grading.reference import describe, prepare
from derivx.grading.result import GradeResult, Mistake
from derivx.syntax.reader import read_question
from derivx.version import VERSION
from derivx.words import LANGUAGES, say

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from derivx.grading.mistakes.diagnose import Diagnosis


class Judge(Protocol):
    """What can read, compare and explain answers to one question: over numbers, or over arrays."""

    def read(self, text: str) -> Any:
        """The answer. Raises ``DerivxError``."""

    def expression(self, answer: Any) -> Expr:
        """The answer as an expression, for policies."""

    def compare(self, answer: Any) -> Comparison:
        """The verdict on an answer."""

    def mistakes(self, answer: Any, found: Comparison) -> tuple[Mistake, ...]:
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

    def expression(self, answer: Expr) -> Expr:
        return answer

    def compare(self, answer: Expr) -> Comparison:
        return compare(answer, self.reference)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What there is to know of mistakes: the table is read at the first wrong answer."""
        from derivx.grading.mistakes.diagnose import Diagnosis

        return Diagnosis(self.problem, self.wrt, self.reference, self.derivation)

    def mistakes(self, answer: Expr, found: Comparison) -> tuple[Mistake, ...]:  # noqa: ARG002 - the values of the answer tell more
        return self.diagnosis.mistakes(answer)


class Question:
    """A question, prepared once.

    ``problem``: an expression (``"sigmoid(w*x + b)"``); ``wrt``: a name, or several for a mixed derivative; ``order`` how often by one
    name; ``variables``: further names an answer may use; ``domain``: intervals by name, such as ``{"x": (0.1, 2)}``; ``ambiguous``:
    ``"convention"`` or ``"refuse"``; ``points``: what a right answer is worth; ``lang``: of the printed results.

    ``form``: ``"simplified"``, ``"factored"``, ``"expanded"``; ``must_contain``, ``must_not_contain``: names and functions; ``partial``:
    the share of the points by verdict, such as ``{"up_to_sign": 0.5}``; ``tolerance``: relative, for answers with rounded decimals;
    ``confirm="sympy"``: SymPy, in a process that can be killed, looks at what is undecided, and can only call it right.

    Over arrays ``problem`` is a program with ``shapes``, such as ``{"X": ("n", "d"), "w": ("d", 1)}``; ``let`` names formulas that an
    answer may use; ``layout``: ``"gradient"`` (the shape of ``wrt``), ``"numerator"``, ``"denominator"``, or ``"any"``.

    ``at``: numbers for the names, such as ``{"x": 2, "y": "1/3"}``: the answer is then the number that the derivative is there, or,
    without ``wrt``, the expression; an answer of the right value that still has names in it is of the wrong form.

    A question travels between processes as its arguments, and is prepared once in each.

    Raises ``ReadError`` or ``UsageError`` for the question's own faults, ``LimitError`` for one that costs too much to prepare.
    """

    _given: tuple[tuple[Any, ...], dict[str, Any]]

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
        lang: str = "en",
        form: str = "",
        must_contain: Sequence[str] = (),
        must_not_contain: Sequence[str] = (),
        partial: Mapping[str, float] | None = None,
        tolerance: float = 0.0,
        confirm: str = "",
        shapes: Mapping[str, Sequence[int | str]] | None = None,
        let: Mapping[str, str] | None = None,
        layout: str = "gradient",
        at: Mapping[str, float | str] | None = None,
    ) -> None:
        self.seed, self.points, self.diagnose, self.version = seed, points, diagnose, VERSION
        self.lang, self.confirm = _one_of("lang", lang, (*LANGUAGES, "both")), _one_of("confirm", confirm, ("", "sympy"))
        self.policy = Policy.of(form, must_contain, must_not_contain, partial, tolerance).without(at or ())
        afford_names(len(variables))
        by, boxes = () if at is not None and not wrt else _by(wrt, order), _checked(domain or {})
        try:
            if at is None and isinstance(problem, str) and (shapes or ":" in problem):
                from derivx.grading.arrays import array_judge

                self.judge: Judge = array_judge(problem, by, shapes or {}, let or {}, layout, boxes, seed, ambiguous)
            else:
                body = read_question(problem, (*variables, *(at or ()))).expr if isinstance(problem, str) else problem
                self.judge = ScalarJudge(body, by, variables, boxes, seed, ambiguous) if at is None else _at_point(body, by, at, ambiguous)
        except (RecursionError, MemoryError):  # beyond what was counted
            raise too_costly(text=str(problem)) from None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        self._given = copy.deepcopy((args, kwargs))
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return reduced(type(self), *self._given)

    def grade(self, answer: str) -> GradeResult:
        """The result for one answer; whatever the text is, nothing but a result comes out."""
        return self._judged(*self._read(answer))

    def grade_all(self, answers: Iterable[str]) -> list[GradeResult]:
        """The same for several, all read before the first is compared: the processor's caches make that a tenth faster."""
        return [self._judged(read, ms) for read, ms in [self._read(a) for a in answers]]

    def grade_many(self, answers: Iterable[str], executor: Executor | None = None, chunk: int = CHUNK) -> Results:
        """The results for many answers, in their order; by any ``concurrent.futures`` executor, ``chunk`` answers a task."""
        return grade_many(self, answers, executor, chunk)

    def _read(self, answer: str) -> tuple[Any, float]:
        """What the judge reads, or the error that stops it, and the time that took."""
        start = time.perf_counter()
        try:
            return self.judge.read(answer), time.perf_counter() - start
        except Exception as error:  # noqa: BLE001 - see `_stopped`
            return error, time.perf_counter() - start

    def _judged(self, read: Any, spent: float) -> GradeResult:
        start = time.perf_counter() - spent
        if isinstance(read, Exception):
            return self._stopped(read, start)
        try:
            found, missing = self.policy.applied(self.judge.expression(read), self._compared(read))
            mistakes = self._mistakes(read, found)
        except Exception as error:  # noqa: BLE001 - see `_stopped`
            return self._stopped(error, start)
        return GradeResult(
            _OK, found.verdict, self.points * self.policy.share(found.verdict), self.points, mistakes,
            _message(found, missing), "", _evidence(found), _since(start), self.seed, self.version, self.lang,
        )  # fmt: skip

    def _compared(self, read: Expr) -> Comparison:
        found = self.judge.compare(read)
        if self.confirm and found.verdict is Verdict.UNDECIDED and isinstance(self.judge, ScalarJudge):
            return confirmed(read, self.judge.reference.expr, found)
        return found

    def _mistakes(self, read: Expr, found: Comparison) -> tuple[Mistake, ...]:
        return () if not self.diagnose or found.verdict in _NO_MISTAKE else self.judge.mistakes(read, found)

    def _stopped(self, error: Exception, start: float) -> GradeResult:
        """The answer refused; for a fault of the grader itself undecided, since no student should pay for it."""
        if isinstance(error, RecursionError | MemoryError):
            error = LimitError("too_deep", limit=ANSWER.depth)
        if isinstance(error, DerivxError):
            return self._refused(error, start)
        verdict, evidence = Verdict.UNDECIDED, {"fault": f"{type(error).__name__}: {error}"[:200]}
        said = _MESSAGES[verdict]
        return GradeResult(_OK, verdict, 0.0, self.points, (), said, "", evidence, _since(start), self.seed, self.version, self.lang)

    def _refused(self, error: DerivxError, start: float) -> GradeResult:
        said = {lang: " ".join(filter(None, (f"{error.message(lang)}.", error.hint_text(lang)))) for lang in LANGUAGES}
        return GradeResult(
            outcome_of(error), "", 0.0, self.points, (), said, error.caret(), {}, _since(start), self.seed, self.version, self.lang
        )


_HIGHEST = 9  # order of a derivative
_OK, _NO_MISTAKE = Outcome.OK, (*RIGHT, Verdict.FORM, Verdict.UNDECIDED)


def _evidence(found: Comparison) -> dict[str, Any]:
    evidence: dict[str, Any] = {"digits": round(found.digits, 1), "points": found.points, "method": found.method}
    if found.values is not None:
        evidence |= {"at": dict(found.where), "answer": found.values[0], "right": found.values[1]}
    return evidence


def _since(start: float) -> float:
    return (time.perf_counter() - start) * 1e3


def _message(found: Comparison, missing: str = "") -> Mapping[str, str]:
    verdict = _MESSAGES[found.verdict]
    if found.remark is not None:
        return {lang: f"{verdict[lang]}: {found.remark.message(lang)}" for lang in LANGUAGES}
    if not missing:
        return verdict
    key, _, word = missing.partition(":")
    return {lang: f"{verdict[lang]}: {say(f'grade.form.{key}', lang, word=word)}" for lang in LANGUAGES}


_MESSAGES = {v: {lang: say(f"grade.{v}", lang) for lang in LANGUAGES} for v in Verdict}


def _by(wrt: str | Sequence[str], order: int) -> tuple[str, ...]:
    by = (wrt,) * min(order, _HIGHEST + 1) if isinstance(wrt, str) else tuple(wrt)
    if not 1 <= len(by) <= _HIGHEST:
        raise UsageError("bad_value", name="order", value=order if isinstance(wrt, str) else len(by))
    if not all(by):
        raise UsageError("bad_wrt", name="")
    return by


def _at_point(problem: Expr, by: Sequence[str], at: Mapping[str, float | str], ambiguous: str) -> Judge:
    from derivx.grading.numbers import NumberJudge

    return NumberJudge(problem, by, at, ambiguous)


def _checked(domain: Mapping[str, Sequence[float]]) -> Mapping[str, Interval]:
    for name, interval in domain.items():
        if len(interval) != 2 or not interval[0] < interval[1]:
            raise UsageError("bad_value", value=interval, name=name)
    return {n: (float(a), float(b)) for n, (a, b) in domain.items()}


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise UsageError("bad_value", name=name, value=value)
    return value


__all__ = ["Judge", "Question", "Reference", "ScalarJudge"]
