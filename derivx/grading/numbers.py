"""A question whose answer is a number: the value of an expression, or of its derivative, at a point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from derivx.errors import CheckFailed, DerivxError, UsageError
from derivx.expr import Diff, Expr, Num, Sym, names, num, substitute
from derivx.grading.compare import Comparison, Verdict
from derivx.grading.precise import Effort, agreement, precise, settled
from derivx.grading.reading import Vocabulary, read_answer
from derivx.grading.reference import derived
from derivx.grading.result import Mistake
from derivx.syntax import read
from derivx.syntax.spelling import CONSTANTS

_NEAR, _SAME = 1e-2, 1e-12
_AGREE = 1e-8  # with the referee
_REFEREE = 180  # digits of the differences that judge the derivative
Number = float | int | str


class NumberJudge:
    """The judge of a number. An answer may be typed as a number, or as arithmetic over numbers (``2*3 + exp(1)``).

    Raises ``UsageError`` where a name has no number or nothing is defined there, ``CheckFailed`` where the referee rejects the value.
    """

    def __init__(self, problem: Expr, wrt: Sequence[str], at: Mapping[str, Number], ambiguous: str) -> None:
        self.problem, self.wrt, self.ambiguous = problem, tuple(wrt), ambiguous
        self.at = {name: _number(name, value) for name, value in at.items()}
        missing = next((n for n in (*names(problem), *wrt) if n not in self.at and n not in CONSTANTS), None)
        if missing is not None:
            raise UsageError("missing_value", name=missing)
        _, self.expr = derived(problem, wrt)
        value = self._settled(self.expr)
        if value is None:
            raise UsageError("undefined_there")
        self.value = value
        self._verify()
        self.vocabulary = Vocabulary.of(self.at, problem)

    def _settled(self, e: Expr) -> float | None:
        value = settled(self._there(e), {})
        return None if value is None else float(value)

    def _there(self, e: Expr) -> Expr:
        return substitute(e, {Sym(name): value for name, value in self.at.items()})

    def _verify(self) -> None:
        question = self.problem
        for name in self.wrt:
            question = Diff(question, Sym(name))
        point = {name: settled(value, {}) for name, value in self.at.items()}
        found, _ = precise(question, point, _REFEREE)
        if found is not None and abs(found - self.value) > _AGREE * max(1.0, abs(self.value)):
            raise CheckFailed("check_failed", referee="mpmath")

    def read(self, text: str) -> Expr:
        return read_answer(text, self.vocabulary, ambiguous=self.ambiguous).expr

    def expression(self, answer: Expr) -> Expr:
        return answer

    def compare(self, answer: Expr) -> Comparison:
        """Right to the last digits, else by how much it is off; rounding is for the policy's tolerance to forgive."""
        ours, right = self._there(answer), self._there(self.expr)
        said, digits = agreement(ours, right, {}, Effort(ours, right))
        if said == "equal":
            return Comparison(Verdict.EQUAL, digits, 1, "many digits")
        typed = self._settled(answer)
        if said == "nowhere" or (said == "lost" and not self._apart(typed)):
            return Comparison(Verdict.UNDECIDED, 0.0, 1, "many digits")
        if typed is None or not math.isfinite(typed):
            return Comparison(Verdict.DIFFERENT, 0.0, 1)
        size = max(abs(typed), abs(self.value))
        gap = abs(typed - self.value) / abs(self.value) if self.value else math.inf
        verdict = Verdict.SIGN if abs(typed + self.value) <= _SAME * size else Verdict.NEAR if gap < _NEAR else Verdict.DIFFERENT
        return Comparison(verdict, 0.0, 1, "many digits", {}, (typed, self.value), gap)

    def _apart(self, typed: float | None) -> bool:
        """Whether a value is plainly another one: terms that cancel, such as (1 - 1)*x, leave no digits to compare, but are 0."""
        return typed is not None and abs(typed - self.value) > _AGREE * max(abs(typed), abs(self.value))

    def mistakes(self, answer: Expr, found: Comparison) -> tuple[Mistake, ...]:  # noqa: ARG002 - the signature of every judge
        """None: many mistakes give one number, and a guess is worse than nothing."""
        return ()


def _number(name: str, value: Number) -> Expr:
    """A number of the question; as text it may be arithmetic, such as ``1/3`` or ``pi/2``."""
    try:
        found = read(value) if isinstance(value, str) else num(value if isinstance(value, int) else Decimal(repr(float(value))))
    except (DerivxError, ArithmeticError, ValueError, TypeError):
        found = Sym(name)
    if set(names(found)) - set(CONSTANTS) or (isinstance(found, Num) and not math.isfinite(found.value)):
        raise UsageError("bad_value", name=name, value=value)
    return found
