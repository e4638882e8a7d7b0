"""Every mistaken answer to one question, as values at its points: the fingerprints that a student's answer is compared with."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivx.expr import Expr, postorder
from derivx.grading.mistakes.after import ANSWERS
from derivx.grading.mistakes.before import ALGEBRA
from derivx.grading.mistakes.circuit import Circuit, Edit, Formula, Place, Spot
from derivx.grading.mistakes.formula import outer_key, ready
from derivx.grading.mistakes.functions import FUNCTIONS
from derivx.grading.mistakes.rules import RULES
from derivx.grading.mistakes.table import Mutation
from derivx.grading.mistakes.whole import QUESTIONS, Asked

LOCAL: tuple[Mutation, ...] = (*RULES, *FUNCTIONS)
_BY_FORM: dict[str, list[Mutation]] = {}
for _m in LOCAL:
    _BY_FORM.setdefault(_m.on, []).append(_m)
MOST = 1500  # hypotheses of one question
LEAST = 3  # points at which a mistaken answer must be defined
_EDITS = 300  # edited problems and answers
_EVERYWHERE = 1  # by how much the same mistake at every place ranks lower than at one


PROBLEM, LINE, EARLIER, AGAIN = "problem", "answer", "earlier", "again"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A mutation and the part it was made at (``None`` for the whole).

    Of a mistaken rule ``places`` are the nodes with their formulas; else ``new`` is what stands for the part. ``of``: whether that is
    a part of the problem, of the answer, of the derivative before the last (``EARLIER``), or of that one and the last (``AGAIN``).
    ``and_then``: the second of two.
    """

    mutation: Mutation
    part: Expr | None
    rank: float
    places: tuple[tuple[Place, str], ...] = ()
    new: Expr | None = None
    of: str = PROBLEM
    and_then: Hypothesis | None = None


_AGREE = 1e-9


class Fingerprints:
    """Hypotheses and their values: ``values[i, j]`` of hypothesis ``i`` at point ``j``."""

    def __init__(self, hypotheses: list[Hypothesis], values: Any) -> None:
        self.hypotheses, self.values = hypotheses, values
        first, self._defined = values[:, 0], bool(np.isfinite(values).all())
        self._open = np.flatnonzero(~np.isfinite(first)).tolist()  # rows that the first point does not rule out
        rows = np.argsort(first, kind="stable")
        self._order = rows[np.isfinite(first[rows])]
        self._sorted = first[self._order].tolist()

    def agreeing(self, found: Any) -> list[Hypothesis]:
        """The hypotheses that have the values found, wherever both are defined: at most points, or where the other is and nowhere else."""
        likely = self._likely(found.item(0))
        if not likely:
            return []
        rows = self.values[likely]
        gap, size = np.abs(rows - found), np.maximum(np.abs(rows), np.abs(found))
        if self._defined and math.isfinite(found.sum()):
            return [self.hypotheses[i] for i, fits in zip(likely, (gap <= _AGREE * size).all(axis=1).tolist(), strict=True) if fits]
        finite = np.isfinite(gap)
        count = finite.sum(axis=1)
        alike = (np.isfinite(rows) == np.isfinite(found)).all(axis=1) & (count >= LEAST)
        fit = ((gap <= _AGREE * size) | ~finite).all(axis=1) & (alike | (2 * count > finite.shape[1]))
        return [self.hypotheses[likely[i]] for i in np.flatnonzero(fit).tolist()]

    def _likely(self, first: float) -> list[int]:
        """The rows that may agree at the first point."""
        if not math.isfinite(first):
            return list(range(len(self.hypotheses)))
        room = 2 * _AGREE * abs(first)
        near = self._order[bisect_left(self._sorted, first - room) : bisect_right(self._sorted, first + room)]
        return sorted([*near.tolist(), *self._open])


Made = tuple[Mutation, Place, Formula]


class Locals:
    """All hypotheses of one circuit: each row of the table at each place it fits, and at all places at once.

    Rows of one name and tag count as one mistake there: the coefficients of 3*sqrt(x) + 4/x are lost to two rules.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.circuit, self.rows = circuit, list[Hypothesis]()
        self._spots: dict[int, list[Spot]] = {}
        everywhere: dict[tuple[str, ...], dict[int, Made]] = {}
        for place in circuit.places():
            for mutation, at, formula in fitting(circuit, place):
                made, node = (mutation, at, formula), circuit.index[place.view.node]
                self._put(mutation, mutation.rank, [made])
                side = "inside" if place.view.inside else "outside"
                about = "" if at.at is None else repr(at.at)
                name = mutation.id.rpartition(".")[2]
                keys: tuple[tuple[str, ...], ...] = (
                    (mutation.id, about),
                    (mutation.id, about, side),
                    (mutation.tag, name, about, "any"),
                )
                for key in keys:
                    here = everywhere.setdefault(key, {})
                    if node not in here or here[node][0].rank > mutation.rank:
                        here[node] = made
        for key, found in everywhere.items():
            if len(found) > 1 and (key[-1] != "any" or len({m.id for m, *_ in found.values()}) > 1):
                worst = max((m for m, *_ in found.values()), key=lambda m: m.rank)
                self._put(worst, worst.rank + _EVERYWHERE, list(found.values()))

    def _put(self, mutation: Mutation, rank: float, where: list[Made]) -> None:
        row = len(self.rows)
        if row >= MOST:
            return
        self.rows.append(Hypothesis(mutation, where[0][1].view.node, rank, tuple((at, str(m.wrong)) for m, at, _ in where)))
        for _, place, formula in where:
            self._spots.setdefault(self.circuit.index[place.view.node], []).append((row, place, formula))

    def values(self) -> Any:
        """One row of derivatives for each hypothesis."""
        return self.circuit.sweep(self._spots, {}, len(self.rows))[1]


def fitting(circuit: Circuit, place: Place, only: str = "") -> Iterator[tuple[Mutation, Place, Formula]]:
    """The rows of the table that fit a place (those of one form ``only``); those about a name once for each name."""
    outer = outer_key(place.view.forms, place.view.op)
    names: list[Place] | None = None
    constants: list[Place] | None = None
    for form in sorted(place.view.forms if not only else place.view.forms & {only}):
        for mutation in _BY_FORM.get(form, ()):
            if mutation.given is not None and not mutation.given(place.view):
                continue
            found = ready(mutation.wrong, outer)
            if found is None:
                continue
            formula, letters = found
            places = [place]
            if "t" in letters:
                places = names = list(circuit.by_name(place)) if names is None else names
            elif "dc" in letters:
                places = constants = list(circuit.by_constant(place)) if constants is None else constants
            for at in places:
                yield mutation, at, formula


def edited(root: Expr, rows: tuple[Mutation, ...], most: int = _EDITS) -> Iterator[tuple[Mutation, Expr, Expr]]:
    """Mistaken versions of the parts of an expression: (mutation, the part, what stands for it)."""
    count = 0
    for part in dict.fromkeys(postorder(root)):
        for mutation in rows:
            assert callable(mutation.wrong)
            for new in mutation.wrong(part):
                count += 1
                if count > most:
                    return
                yield mutation, part, new


def _edits(circuit: Circuit, rows: tuple[Mutation, ...], more: float, of: str) -> tuple[list[Hypothesis], dict[int, list[Edit]]]:
    found, edits = list[Hypothesis](), dict[int, list[Edit]]()
    for mutation, part, new in edited(circuit.problem, rows):
        edits.setdefault(circuit.index[part], []).append((len(found), new))
        found.append(Hypothesis(mutation, part, mutation.rank + more, (), new, of))
    return found, edits


def fingerprints(asked: Asked) -> Fingerprints:
    """All of them, but those that are right, nowhere defined, or nothing at all."""
    with np.errstate(all="ignore"):
        circuit = Circuit(asked.lower, asked.wrt[-1], asked.table, asked.size, asked.memory)
        rules = Locals(circuit)
        found, blocks = rules.rows, [rules.values()]
        for mutation in QUESTIONS:
            assert callable(mutation.wrong)
            for answer in mutation.wrong(asked):
                written = answer if isinstance(answer, Expr) else None
                found.append(Hypothesis(mutation, None, mutation.rank, (), written))
                blocks.append((answer if written is None else asked.measured(written))[None, :])
        problems, edits = _edits(circuit, ALGEBRA, 0, PROBLEM)
        blocks.append(circuit.sweep({}, edits, len(problems))[1])
        answer = Circuit(asked.answer, asked.wrt[-1], asked.table, asked.size, asked.memory)
        answers, edits = _edits(answer, (*ANSWERS, *ALGEBRA), 1, LINE)
        blocks.append(answer.sweep({}, edits, len(answers))[0])
        return useful([*found, *problems, *answers], np.concatenate(blocks), asked.value(asked.answer))


def useful(found: list[Hypothesis], table: Any, right: Any) -> Fingerprints:
    """Hypotheses in the order of their ranks, without those that are right, hardly defined, or nothing at all."""
    finite = np.isfinite(table)
    size = np.maximum(np.abs(table), np.abs(right))
    same = (np.abs(table - right) <= 1e-9 * size) | ~finite
    keep = ~same.all(axis=1) & (np.where(finite, table, 0.0) != 0).any(axis=1) & (finite.sum(axis=1) >= LEAST)
    rows = np.flatnonzero(keep)
    order = sorted(rows.tolist(), key=lambda i: (found[i].rank, i))
    return Fingerprints([found[i] for i in order], table[order])


def joined(first: Fingerprints, more: Iterable[tuple[Hypothesis, Any]]) -> Fingerprints:
    """Further hypotheses among the others, by rank."""
    rows = [(h, row) for h, row in more if np.isfinite(row).any()]
    if not rows:
        return first
    table = np.concatenate([first.values, np.array([row for _, row in rows])])
    found = [*first.hypotheses, *(h for h, _ in rows)]
    order = sorted(range(len(found)), key=lambda i: (found[i].rank, i))
    return Fingerprints([found[i] for i in order], table[order])
