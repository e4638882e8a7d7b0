"""More than one mistake, and mistakes that are differentiated again: looked for where no single one explains an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from derivx.expr import Expr
from derivx.grading.mistakes.circuit import Circuit, Formula, Place, Spot
from derivx.grading.mistakes.formula import outer_key, ready
from derivx.grading.mistakes.hypotheses import AGAIN, EARLIER, PROBLEM, Fingerprints, Hypothesis, Locals, fitting, useful
from derivx.grading.mistakes.symbolic import Differentiation, mistaken
from derivx.grading.mistakes.whole import Asked
from derivx.numeric import Unavailable

_FREQUENT = 3  # the rank up to which two mistakes at once are looked for
_PAIRED, _PAIRS = 32, 300
_TWO = 10  # by how much two mistakes rank below one
_EARLIER, _EARLIER_RANK = 24, 4
_LATER = 0.5  # by how much a mistake in an earlier derivative ranks below one in the last


def pairs(asked: Asked, single: Fingerprints) -> Fingerprints:
    """Two frequent mistakes at different nodes."""
    local = [h for h in single.hypotheses if len(h.places) == 1 and h.of == PROBLEM and h.rank <= _FREQUENT][:_PAIRED]
    chosen = [(a, b) for a, b in combinations(local, 2) if a.part != b.part][:_PAIRS]
    circuit = Circuit(asked.lower, asked.wrt[-1], asked.table, asked.size, asked.memory)
    spots: dict[int, list[Spot]] = {}
    for row, pair in enumerate(chosen):
        for h in pair:
            place, text = h.places[0]
            spots.setdefault(circuit.index[place.view.node], []).append((row, place, _formula(place, text)))
    found = [replace(a, rank=a.rank + b.rank + _TWO, and_then=b) for a, b in chosen]
    if not found:
        return Fingerprints([], np.empty((0, asked.size)))
    return useful(found, circuit.sweep(spots, {}, len(found))[1], asked.value(asked.answer))


def _formula(place: Place, text: str) -> Formula:
    found = ready(text, outer_key(place.view.forms, place.view.op))
    assert found is not None
    return found[0]


def earlier(asked: Asked) -> Iterator[tuple[Hypothesis, Any]]:
    """Mistakes in the last derivative but one: differentiated rightly after that, and with the same mistake again."""
    if asked.base is None:
        return
    circuit = Circuit(asked.base, asked.wrt[-2], asked.table, asked.size, asked.memory)
    likely = sorted((h for h in Locals(circuit).rows if h.rank <= _EARLIER_RANK), key=lambda h: h.rank)
    for h in likely[:_EARLIER]:
        try:
            lower = Differentiation(asked.wrt[-2], mistaken(h.places)).of(asked.base)
            yield replace(h, rank=h.rank + _LATER, of=EARLIER), asked.slope(lower, asked.wrt[-1])
            if h.rank <= _FREQUENT:
                yield replace(h, rank=h.rank + _LATER, of=AGAIN), _again(asked, lower, h)
        except Unavailable:
            continue


def _again(asked: Asked, lower: Expr, h: Hypothesis) -> Any:
    """The derivative with the same mistake wherever it can be made."""
    circuit = Circuit(lower, asked.wrt[-1], asked.table, asked.size, asked.memory)
    spots: dict[int, list[Spot]] = {}
    for place in circuit.places():
        for mutation, at, formula in fitting(circuit, place, only=h.mutation.on):
            if mutation is h.mutation:
                spots[circuit.index[place.view.node]] = [(0, at, formula)]
    return circuit.sweep(spots, {}, 1)[1][0]
