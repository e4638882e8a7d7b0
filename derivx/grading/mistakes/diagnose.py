"""Which mistakes explain a wrong answer: its values are looked for among the fingerprints of the question's mistaken answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np

from derivx.derive.byhand import derive
from derivx.derive.step import Derivation
from derivx.expr import Expr
from derivx.grading.compare import Reference
from derivx.grading.mistakes.answered import SIGNS
from derivx.grading.mistakes.hypotheses import Fingerprints, Hypothesis, fingerprints
from derivx.grading.mistakes.steps import step_of
from derivx.grading.mistakes.table import AFTER, GROUP_OF
from derivx.grading.mistakes.whole import Asked, ask
from derivx.grading.reference import written_out
from derivx.grading.result import Mistake
from derivx.grading.values import values
from derivx.syntax import write
from derivx.words import LANGUAGES, say

MOST = 3
_AGREE = 1e-9
_SHOWN = 60  # characters of a part that a hint points to


class Diagnosis:
    """What there is to know of the mistakes of one question; made at the first wrong answer, and by one thread at a time."""

    def __init__(self, problem: Expr, wrt: Sequence[str], reference: Reference, derivation: Derivation) -> None:
        self.problem, self.wrt, self.reference, self.derivation = problem, tuple(wrt), reference, derivation
        self._one_at_a_time = RLock()

    @cached_property
    def asked(self) -> Asked:
        """The question at its points."""
        lower = self.problem if len(self.wrt) == 1 else written_out(derive(self.problem, self.wrt[:-1]))
        return ask(self.problem, self.wrt, lower, self.reference.expr, self.reference.table, self.reference.inside)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        """The mistaken answers and their values."""
        return fingerprints(self.asked)

    def mistakes(self, answer: Expr) -> tuple[Mistake, ...]:
        """At most three, the likeliest first; of those that say much the same only one."""
        with self._one_at_a_time, np.errstate(all="ignore"):
            return tuple(self._told(h) for h in chosen(self.explained(answer)))

    def explained(self, answer: Expr) -> Iterator[Hypothesis]:
        """Every hypothesis that gives the answer."""
        found, _ = values(answer, self.asked.table, self.asked.size)
        for mutation in SIGNS:
            assert callable(mutation.wrong)
            if mutation.wrong(self.asked, answer, found):
                yield Hypothesis(mutation, None, mutation.rank)
        if np.any(found):
            yield from (self.fingerprints.hypotheses[i] for i in np.flatnonzero(agreeing(self.fingerprints.values, found)))

    def _told(self, hypothesis: Hypothesis) -> Mistake:
        mutation, part = hypothesis.mutation, hypothesis.part
        at = "" if part is None or mutation.on == AFTER or len(self.wrt) > 1 else write(part)
        hint = {lang: say(f"mistake.{mutation.tag}", lang) for lang in LANGUAGES}
        if 0 < len(at) <= _SHOWN:
            hint = {lang: say("mistake_at", lang, hint=text, part=at) for lang, text in hint.items()}
        return Mistake(mutation.tag, mutation.rule, step_of(self.derivation, mutation, part), hint)


def agreeing(table: Any, found: Any) -> Any:
    """The rows of a table that have the values found, at every point where both are defined and at most points."""
    gap, size = np.abs(table - found), np.maximum(np.abs(table), np.abs(found))
    finite = np.isfinite(gap)
    return ((gap <= _AGREE * size) | ~finite).all(axis=1) & (2 * finite.sum(axis=1) > finite.shape[1])


def chosen(found: Iterable[Hypothesis]) -> list[Hypothesis]:
    """The likeliest three, one of each group of tags."""
    best: dict[str, Hypothesis] = {}
    for hypothesis in sorted(found, key=lambda h: h.rank):
        best.setdefault(GROUP_OF[hypothesis.mutation.tag], hypothesis)
    return list(best.values())[:MOST]
