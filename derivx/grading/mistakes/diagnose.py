"""Which mistakes explain a wrong answer: its values are looked for among the fingerprints of the question's mistaken answers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np

from derivx.derive.byhand import derive
from derivx.derive.step import Derivation
from derivx.expr import Expr
from derivx.grading.compare import Reference
from derivx.grading.mistakes.answered import SIGNS, Around
from derivx.grading.mistakes.hypotheses import LEAST, LINE, Fingerprints, Hypothesis, fingerprints, joined
from derivx.grading.mistakes.pieces import points
from derivx.grading.mistakes.several import earlier, pairs
from derivx.grading.mistakes.steps import step_of
from derivx.grading.mistakes.table import GROUP_OF
from derivx.grading.mistakes.whole import QUESTIONS, Asked, ask
from derivx.grading.reference import written_out
from derivx.grading.result import Mistake
from derivx.grading.values import values
from derivx.syntax import write
from derivx.words import LANGUAGES, say

MOST = 3
_AGREE = 1e-9
_RANK_OF_PLAIN, _RANK_OF_POWER = 3, 4  # the vaguest mistake that a number or a name, or a power of a name, can show
_SHORT = 6  # nodes of an answer that is itself plain
_FREQUENT, _TWO = 2, 10  # up to which rank a mistake is looked for beside another, and by how much two rank below one
SIGN = Hypothesis(next(m for m in QUESTIONS if m.tag == "sign_error"), None, 3)
_MARGIN = 4  # what ranks lower than the likeliest by more is not told
_SHOWN = 60  # characters of a part that a hint points to


class Power:
    """The values of a name, and the logarithms of their ratios to the first."""

    def __init__(self, values: Any) -> None:
        self.signs, self.steps = np.sign(values), np.log(np.abs(values / values[0]))[1:]
        self.near, self.far = self.steps.item(0), self.steps.item(-1)

    def ruled_out(self, one: float, other: float) -> bool:
        """Whether the second value and the last of an answer, so far from the first, are of no one power."""
        if not self.near or not self.far:
            return False
        a, b = one / self.near, other / self.far
        return bool(abs(a - b) > 4 * _AGREE * (1 + abs(a)))

    def exponent(self, found: Any) -> float | None:
        """The exponent where an answer is a number times a power of the name."""
        sizes, signs = np.log(np.abs(found)), np.sign(found)
        if np.ptp(signs) and np.ptp(signs * self.signs):
            return None
        slope = (sizes - sizes[0])[1:] / self.steps
        return round(float(slope[0]), 6) if np.ptp(slope) <= _AGREE * (1 + np.abs(slope).max()) else None


class Diagnosis:
    """What there is to know of the mistakes of one question; made at the first wrong answer, and by one thread at a time."""

    def __init__(self, problem: Expr, wrt: Sequence[str], reference: Reference, derivation: Derivation) -> None:
        self.problem, self.wrt, self.reference, self.derivation = problem, tuple(wrt), reference, derivation
        self._narrow: Diagnosis | None = None
        self._one_at_a_time, self._told = RLock(), dict[tuple[Any, ...], Mistake]()

    @cached_property
    def asked(self) -> Asked:
        """The question at its points."""
        lower, base = self._without(1), self._without(2) if len(self.wrt) > 1 else None
        return ask(self.problem, self.wrt, lower, base, self.reference.expr, *points(self.reference))

    def _without(self, last: int) -> Expr:
        """The derivative by all names but the last ones."""
        first = self.wrt[:-last]
        return written_out(derive(self.problem, first)) if first else self.problem

    @cached_property
    def around(self) -> Around:
        """Its points, and what lies beside them."""
        return Around(self.asked)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """The mistaken answers and their values."""
        found = fingerprints(self.asked)
        return found if self.asked.base is None else joined(found, earlier(self.asked))

    @cached_property
    def pairs(self) -> Fingerprints:
        """Two mistakes at once."""
        return pairs(self.asked, self.fingerprints)

    def mistakes(self, answer: Expr) -> tuple[Mistake, ...]:
        """At most three, the likeliest first; of those that say much the same only one."""
        with self._one_at_a_time, np.errstate(all="ignore"):
            return tuple(self.told(h) for h in chosen(self.explained(answer)))

    def explained(self, answer: Expr) -> Iterator[Hypothesis]:
        """Every hypothesis that gives the answer."""
        given = self.around.given(answer)
        found = given.values
        if given.points < LEAST and (other := self._elsewhere(answer)) is not None:
            yield from other.explained(answer)
            return
        shown = [m for m in SIGNS if m.wrong(self.asked, given)]  # type: ignore[operator]
        yield from (Hypothesis(m, None, m.rank) for m in shown)
        if given.zero:
            return
        power = self._power(found)
        single = self._matching(self.fingerprints, found, self._vaguest(power))
        yield from single
        if not (single or shown) and power is None:
            yield from self._two(found)

    def _elsewhere(self, answer: Expr) -> Diagnosis | None:
        """The same question at points where an answer is defined that hardly is at its own: 3/sqrt(1 - 9*x^2) for an arctangent."""
        if self._narrow is not None and self._narrow.around.given(answer).points >= LEAST:
            return self._narrow
        ref = self.reference
        found, _ = values(answer, ref.dense, len(ref.dense_values))
        here = np.flatnonzero(np.isfinite(found))[: ref.inside]
        if len(here) < LEAST:
            return None
        table = {n: v[here] for n, v in ref.dense.items()}
        ref = replace(ref, table=table, inside=len(here), values=ref.dense_values[here], pieces=False)
        self._narrow = Diagnosis(self.problem, self.wrt, ref, self.derivation)
        return self._narrow

    @staticmethod
    def _matching(prints: Fingerprints, found: Any, most: float = math.inf) -> list[Hypothesis]:
        return [h for h in prints.agreeing(found) if h.rank <= most]

    def _two(self, found: Any) -> Iterator[Hypothesis]:
        """Two mistakes at once: the sign and another one, or two frequent ones."""
        for h in self._matching(self.fingerprints, -found, _FREQUENT):
            yield replace(h, rank=h.rank + _TWO, and_then=SIGN)
        yield from self._matching(self.pairs, found)

    def _vaguest(self, power: float | None) -> float:
        """The rank up to which a mistake is told: where the right answer is long, a plain one may be anything."""
        if power is None or self._plain:
            return math.inf
        return _RANK_OF_PLAIN if power in (0, 1) else _RANK_OF_POWER

    @cached_property
    def _plain(self) -> bool:
        """Whether the right answer is plain itself."""
        return self.asked.answer.size <= _SHORT or self._power(self.asked.value(self.asked.answer)) is not None

    def _power(self, found: Any) -> float | None:
        """The exponent where an answer is a number times a power of one name."""
        first, second, last = found.item(0), found.item(1), found.item(-1)
        if first and second and last:
            start = math.log(abs(first))
            one, other = math.log(abs(second)) - start, math.log(abs(last)) - start
            likely = [p for p in self._powers if not p.ruled_out(one, other)]
        else:
            likely = self._powers
        return next((n for n in (p.exponent(found) for p in likely) if n is not None), None)

    @cached_property
    def _powers(self) -> list[Power]:
        return [Power(row) for row in self.asked.table.values()]

    def told(self, hypothesis: Hypothesis) -> Mistake:
        """A hypothesis as it is told: its tag, its rule, the line that breaks it, and a hint."""
        mutation = hypothesis.mutation
        key = (mutation.tag, mutation.rule, hypothesis.part, hypothesis.of == LINE)
        if key not in self._told:
            self._told[key] = self._written(*key)
        return self._told[key]

    def _written(self, tag: str, rule: str, part: Expr | None, at_the_end: bool) -> Mistake:
        at = "" if part is None or at_the_end or len(self.wrt) > 1 else write(part)
        hint = {lang: say(f"mistake.{tag}", lang) for lang in LANGUAGES}
        if 0 < len(at) <= _SHOWN:
            hint = {lang: say("mistake_at", lang, hint=text, part=at) for lang, text in hint.items()}
        return Mistake(tag, rule, step_of(self.derivation, at_the_end, rule, part), hint)


def chosen(found: Iterable[Hypothesis]) -> list[Hypothesis]:
    """The likeliest three, one of each group of tags, without what is far less likely than the first; two at once count as two."""
    best: dict[str, Hypothesis] = {}
    ranked = sorted(found, key=lambda h: h.rank)
    for hypothesis in (h for h in ranked if h.rank <= ranked[0].rank + _MARGIN):
        mutation, second = hypothesis.mutation, hypothesis.and_then
        best.setdefault(GROUP_OF[mutation.tag], hypothesis)
        if mutation.also:
            second = replace(hypothesis, mutation=replace(mutation, tag=mutation.also, also=""))
        if second is not None:
            best.setdefault(GROUP_OF[second.mutation.tag], second)
    return list(best.values())[:MOST]
