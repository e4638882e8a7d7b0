"""Which mistakes explain a wrong answer over arrays: its values, with all sizes alike, are looked for among those of mistaken answers.

Mistakes are made at every edge of the backward pass, at all edges that allow one at once, and in the closed form. With all sizes alike an
answer whose shapes do not fit has a value, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from threading import RLock
from typing import Any

import numpy as np

from derivx.expr import Call, Expr, Num, Sym, names, substitute, written_out
from derivx.grading.array_reference import Asked, Place, closed_form, structured
from derivx.grading.mistakes.array_closed import inputs_for_values, left_out
from derivx.grading.mistakes.array_rows import PULLBACKS, STOPS
from derivx.grading.mistakes.backward import Backward, Edge, Pull
from derivx.grading.mistakes.closed import expanded, mistaken
from derivx.grading.mistakes.diagnose import chosen
from derivx.grading.mistakes.hypotheses import Hypothesis
from derivx.grading.mistakes.table import AFTER, ANSWERED, WHOLE, Mutation
from derivx.grading.result import Mistake
from derivx.grading.stacks import FAILS, Stacks
from derivx.numeric import REAL, space
from derivx.syntax import write
from derivx.words import LANGUAGES, say

_AGREE = 1e-9
_SHOWN = 60  # characters of a part that a hint points to
_MOST_NAMES = 6
_RANK_OF_PLAIN = 3  # the vaguest mistake that a plain answer can show
_SHORT = 6  # nodes of a right answer that is itself plain
_FREQUENT, _TWO = 3, 10  # up to which rank a mistake is looked for beside another, and by how much two rank below one
_EVERYWHERE = 1  # by how much the same mistake at every place ranks lower than at one
_MOST_WAYS = 3  # of making it everywhere
Found = Iterator[tuple[Hypothesis, Any]]


class ArrayDiagnosis:
    """What there is to know of the mistakes of one question; made at the first wrong answer, and by one thread at a time."""

    def __init__(self, asked: Asked, place: Place) -> None:
        self.asked, self.place, self.draws = asked, place, len(place.right)
        self._one_at_a_time = RLock()
        self._known: dict[tuple[str, Expr | None], Mistake] = {}

    def mistakes(self, answer: Expr) -> tuple[Mistake, ...]:
        """At most three, the likeliest first; of those that say much the same only one."""
        with self._one_at_a_time, np.errstate(all="ignore"):
            try:
                found = self.value(answer)
            except FAILS:
                return ()
            most = _RANK_OF_PLAIN if is_plain(answer) and self._long else math.inf
            return tuple(self._told(h) for h in chosen(h for h in self.explained(found) if h.rank <= most))

    @cached_property
    def _long(self) -> bool:
        return self.closed is None or self.closed.size > _SHORT

    @cached_property
    def _varies(self) -> bool:
        return not self._is_constant(self.place.right)

    @staticmethod
    def _is_constant(value: Any) -> bool:
        """Whether it is the same at every draw."""
        return bool(np.all(value == value[:1]))

    def value(self, e: Expr, env: Mapping[str, Any] | None = None) -> Any:
        """The values of an expression in the question's names."""
        found = np.asarray(Stacks(self.place.env if env is None else env, space(REAL)).value(e), dtype=float)
        return np.broadcast_to(found, (self.draws, *found.shape[1:]))

    def explained(self, found: Any) -> Iterator[Hypothesis]:
        """Every hypothesis that gives the answer."""
        if not np.any(found):
            yield from (Hypothesis(m, None, m.rank) for m in NOTHING if self._is_bias)
            return
        if not np.all(np.isfinite(found)) or (self._varies and self._is_constant(found)):
            return  # 1 or I can come of many mistakes, and proves none
        single = self._matching(found)
        yield from single
        for beside in () if single else TWO:  # two mistakes at once
            frequent = [h for h in self._matching(found / beside.factor) if h.rank <= _FREQUENT]
            if frequent:
                yield from (replace(h, rank=h.rank + _TWO) for h in frequent)
                yield Hypothesis(beside.mutation, None, beside.mutation.rank + _TWO)

    def _matching(self, found: Any) -> list[Hypothesis]:
        hypotheses, table = self.fingerprints.get(_kind(found), ([], None))
        if table is None:
            return []
        row = found.reshape(-1)
        size = np.maximum(np.max(np.abs(table), axis=1), np.max(np.abs(row)))
        return [hypotheses[i] for i in np.flatnonzero(np.max(np.abs(table - row), axis=1) <= _AGREE * size)]

    @cached_property
    def fingerprints(self) -> Mapping[tuple[int, ...], tuple[list[Hypothesis], Any]]:
        """The mistaken answers by shape, and their values."""
        groups: dict[tuple[int, ...], list[tuple[Hypothesis, Any]]] = {}
        right = self.place.right
        with np.errstate(all="ignore"):
            for hypothesis, value in self._all():
                if value is None or not np.all(np.isfinite(value)) or not np.any(value) or self._same(value, right):
                    continue
                groups.setdefault(_kind(value), []).append((hypothesis, value.reshape(-1)))
        return {k: ([h for h, _ in rows], np.stack([v for _, v in rows])) for k, rows in groups.items()}

    def _same(self, a: Any, b: Any) -> bool:
        return _kind(a) == _kind(b) and bool(np.max(np.abs(a.reshape(-1) - b.reshape(-1))) <= _AGREE * np.max(np.abs(b)))

    # Mistaken answers.

    def _all(self) -> Found:
        for mutation in QUESTIONS:
            assert callable(mutation.wrong)
            yield from ((Hypothesis(mutation, None, mutation.rank), v) for v in mutation.wrong(self))
        yield from self._pulled()
        yield from self._edited()

    @cached_property
    def output(self) -> Expr:
        """What is differentiated once, without intermediates."""
        q = self.asked.question
        lets = {n: f for n, f in q.let if n != q.wrt}
        if self.asked.order == 1:
            return written_out(q.output, lets)
        return closed_form(self.asked, 1)

    @cached_property
    def closed(self) -> Expr | None:
        """The closed form, where derivx has one."""
        return None if self.asked.answer is None else closed_form(self.asked, self.asked.order)

    @cached_property
    def backward(self) -> Backward:
        """The backward pass."""
        return Backward(self.output, self.asked.question.wrt, self.place.env, self.draws, self.square)

    @cached_property
    def square(self) -> frozenset[str]:
        """The names that can be symmetric."""
        return frozenset(n for n, s in self.asked.shapes.items() if len(s) == 2 and s[0] == s[1])

    def arranged(self, pass_: Backward, g: Any) -> Any:
        """As the answer stands."""
        if g is None:
            return None
        found = pass_.arranged(g)
        if self.asked.kind == "gradient" and found.shape == self.place.right.shape:
            found = structured(self.asked.question, found)
        return found.swapaxes(-1, -2) if self.asked.turned and found.ndim == 3 else found

    def _pulled(self) -> Found:
        """One edge pulled back otherwise, or all that can be."""
        everywhere: dict[tuple[str, int], tuple[Mutation, Expr, dict[tuple[Expr, int], Pull]]] = {}
        for edge in (e for edges in self.backward.edges.values() for e in edges):
            key = (edge.node, edge.i)
            for mutation in _fitting(PULLBACKS_BY, edge):
                shown = edge.part if edge.node.op == "add" else edge.node  # the term, not the sum
                for i, way in enumerate(_ways(mutation, edge)):
                    yield from self._swept(mutation, shown, mutation.rank, {key: way})
                    everywhere.setdefault((mutation.id, i), (mutation, shown, {}))[2][key] = way
            for mutation in _fitting(STOPS_BY, edge):
                for way in _ways(mutation, edge):
                    yield from self._swept(mutation, edge.node, mutation.rank, {key: way}, key)
        for (_, i), (mutation, part, wrong) in everywhere.items():
            if len(wrong) > 1 and i < _MOST_WAYS:
                yield from self._swept(mutation, part, mutation.rank + _EVERYWHERE, wrong)

    def _swept(
        self, mutation: Mutation, part: Expr, rank: float, wrong: dict[tuple[Expr, int], Pull], stop: tuple[Expr, int] | None = None
    ) -> Found:
        try:
            value = self.arranged(self.backward, self.backward.sweep(wrong, stop))
        except FAILS:
            return
        yield Hypothesis(mutation, part, rank), value

    def _edited(self) -> Found:
        """The closed form with one part mistaken, as it stands and with its products written out."""
        if self.closed is None:
            return
        run = Stacks(self.place.env, space(REAL))
        for closed in dict.fromkeys((self.closed, expanded(self.closed))):
            for mutation, part, wrong in mistaken(closed):
                if mutation.tag == "assumed_symmetric" and not self.square.issuperset(names(part)):
                    continue
                try:
                    value = np.asarray(run.value(wrong), dtype=float)
                    value = np.broadcast_to(value, (self.draws, *value.shape[1:]))
                except FAILS:
                    continue
                yield Hypothesis(mutation, part, mutation.rank), value.swapaxes(-1, -2) if self.asked.turned and value.ndim == 3 else value

    # Telling.

    @cached_property
    def _is_bias(self) -> bool:
        """Whether the variable is added to something."""
        wrt = Sym(self.asked.question.wrt)
        return any("add" in e.forms and e.part == wrt for edges in self.backward.edges.values() for e in edges)

    def _told(self, hypothesis: Hypothesis) -> Mistake:
        """A hypothesis as it is told; the same one often."""
        key = (hypothesis.mutation.id, hypothesis.part)
        if key not in self._known:
            self._known[key] = self._tell(hypothesis)
        return self._known[key]

    def _tell(self, hypothesis: Hypothesis) -> Mistake:
        mutation, part = hypothesis.mutation, hypothesis.part
        at = "" if part is None else write(part)
        return told(mutation.tag, mutation.rule, self._step(mutation, part), at if len(at) <= _SHOWN else "")

    def _step(self, mutation: Mutation, part: Expr | None) -> int:
        """The line of the explanation (from 1) about the part, or about the operation; the last one for the whole."""
        steps = self.asked.answer.steps if self.asked.answer is not None else ()
        if not steps or part is None or mutation.on == AFTER:
            return len(steps)
        parts = part.args if isinstance(part, Call) else ()
        fits = [2 * (step.part in parts) + (step.part == part) + (step.rule == mutation.rule) for step in steps]
        return fits.index(max(fits)) + 1 if max(fits) else len(steps)


def told(tag: str, rule: str = "", step: int = 0, at: str = "") -> Mistake:
    """A mistake with its hint, perhaps about a part."""
    hint = {lang: say(f"mistake.{tag}", lang) for lang in LANGUAGES}
    if at:
        hint = {lang: say("mistake_at", lang, hint=text, part=at) for lang, text in hint.items()}
    return Mistake(tag, rule, step, hint)


def is_plain(e: Expr) -> bool:
    """Whether an answer is one name, or a multiple or the transpose of it: what vague mistakes come to, and proof of none."""
    while isinstance(e, Call) and e.op in ("neg", "transpose", "mul"):
        rest = [a for a in e.args if not isinstance(a, Num)]
        if len(rest) != 1:
            return False
        e = rest[0]
    return isinstance(e, Sym)


def _kind(value: Any) -> tuple[int, ...]:
    """The shape of an answer; a vector stands as a column."""
    shape: tuple[int, ...] = value.shape[1:]
    return (*shape, 1) if len(shape) == 1 else shape


def _by_form(rows: Iterable[Mutation]) -> dict[str, list[Mutation]]:
    found: dict[str, list[Mutation]] = {}
    for row in rows:
        found.setdefault(row.on, []).append(row)
    return found


PULLBACKS_BY, STOPS_BY = _by_form(PULLBACKS), _by_form(STOPS)


def _fitting(rows: Mapping[str, list[Mutation]], edge: Edge) -> Iterator[Mutation]:
    for form in ("", *sorted(edge.forms)):
        yield from rows.get(form, ())


def _ways(mutation: Mutation, edge: Edge) -> list[Pull]:
    assert callable(mutation.wrong)
    try:
        return list(mutation.wrong(edge))
    except FAILS:
        return []


# Mistakes about the whole.


def _opposite(d: ArrayDiagnosis) -> Iterator[Any]:
    yield -d.place.right


def _turned(d: ArrayDiagnosis, *, square: bool) -> Iterator[Any]:
    wanted = d.asked.wanted
    if len(wanted) == 2 and (wanted[0] == wanted[1]) == square:
        yield d.place.right.swapaxes(-1, -2)


def _other_variable(d: ArrayDiagnosis) -> Iterator[Any]:
    for name in names(d.output):
        if name != d.asked.question.wrt and np.ndim(d.place.env.get(name, 0)):
            other = Backward(d.output, name, d.place.env, d.draws, d.square)
            yield other.arranged(other.sweep({}))


def _names_exchanged(d: ArrayDiagnosis) -> Iterator[Any]:
    closed = d.closed
    if closed is None:
        return
    known = [n for n in names(closed) if np.ndim(d.place.env.get(n, 0))][:_MOST_NAMES]
    every = [n for n in dict.fromkeys([*known, *names(d.output)]) if np.ndim(d.place.env.get(n, 0))][:_MOST_NAMES]
    for a, b in permutations(every, 2):
        if a in known:
            with suppress(*FAILS):
                yield d.value(substitute(closed, {Sym(a): Sym(b)}))


def _left_out(d: ArrayDiagnosis) -> Iterator[Any]:
    closed = d.closed
    if closed is None:
        return
    for env in left_out(closed, d.place.env, d.asked.question.wrt):
        with suppress(*FAILS):
            yield d.value(closed, env)


def _inputs_for_values(d: ArrayDiagnosis) -> Iterator[Any]:
    for wrong in inputs_for_values(d.closed, d.place.env) if d.closed is not None else ():
        with suppress(*FAILS):
            yield d.value(wrong)


def _not_differentiated(d: ArrayDiagnosis) -> Iterator[Any]:
    yield d.value(d.output)


def _forward_values(d: ArrayDiagnosis) -> Iterator[Any]:
    yield from (d.value(n) for n in d.backward.nodes if isinstance(n, Call) and n != d.output)


def _again(d: ArrayDiagnosis) -> Iterator[Any]:
    """One derivative too few."""
    if d.asked.order > 1:
        yield d.value(d.output)


def _of_parts(op: str, how: Callable[[Any, Any], Any]) -> Callable[[ArrayDiagnosis], Iterator[Any]]:
    """The derivatives of two numbers put together as the numbers are: (u v)' as u' v'."""

    def values(d: ArrayDiagnosis) -> Iterator[Any]:
        root = d.output
        if isinstance(root, Call) and root.op == op and len(root.args) == 2 and d.asked.order == 1:
            passes = [Backward(a, d.asked.question.wrt, d.place.env, d.draws, d.square) for a in root.args]
            slopes = [p.arranged(p.sweep({})) for p in passes if p.entries == 1]
            if len(slopes) == 2 and all(s is not None for s in slopes):
                yield how(*slopes)

    return values


QUESTIONS: tuple[Mutation, ...] = (
    Mutation("arrays.opposite", "sign_error", "", WHOLE, _opposite, 2),
    Mutation("arrays.layout", "layout_transposed", "", WHOLE, lambda d: _turned(d, square=False), 1),
    Mutation("arrays.turned", "missing_transpose", "", WHOLE, lambda d: _turned(d, square=True), 1),
    Mutation("arrays.product", "product_as_product_of_derivatives", "product", WHOLE, _of_parts("mul", np.multiply), 2),
    Mutation("arrays.product_as_sum", "product_as_sum", "product", WHOLE, _of_parts("mul", np.add), 3),
    Mutation("arrays.quotient", "quotient_as_quotient_of_derivatives", "quotient", WHOLE, _of_parts("div", np.divide), 2),
    Mutation("arrays.other_variable", "wrong_variable", "", WHOLE, _other_variable, 4),
    Mutation("arrays.names_exchanged", "wrong_variable_name", "", WHOLE, _names_exchanged, 5),
    Mutation("arrays.left_out", "weight_lost_in_chain", "", WHOLE, _left_out, 3),
    Mutation("arrays.input_for_value", "input_instead_of_activation", "", WHOLE, _inputs_for_values, 3),
    Mutation("arrays.not_differentiated", "not_differentiated", "", WHOLE, _not_differentiated, 4),
    Mutation("arrays.forward_value", "forward_value_for_derivative", "", WHOLE, _forward_values, 5),
    Mutation("arrays.order", "wrong_order_of_derivative", "", WHOLE, _again, 3),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A mistake that is made beside another one: a factor of the whole."""

    mutation: Mutation
    factor: float


_LOST = "lost_coefficient_or_constant"
TWO: tuple[Beside, ...] = (
    Beside(Mutation("arrays.also_opposite", "sign_error", "", WHOLE, _opposite, 3), -1.0),
    Beside(Mutation("arrays.also_halved", _LOST, "", WHOLE, _opposite, 3), 0.5),
    Beside(Mutation("arrays.also_doubled", _LOST, "", WHOLE, _opposite, 3), 2.0),
)
NOTHING: tuple[Mutation, ...] = (Mutation("arrays.bias_dropped", "dropped_bias_gradient", "", ANSWERED, lambda _: iter(()), 2),)
"""What explains an answer that is nothing at all."""
