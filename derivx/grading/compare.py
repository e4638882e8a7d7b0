"""Whether an answer has the reference's values: float64 where it is certain, 60 digits wherever there is doubt.

An answer is equal when every point agrees to the last digits and nothing in it is too small to be seen; different when the gap is far
beyond what rounding can do (measured by putting every operation off by 1e-12). All else is evaluated again with 60 digits, and more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np

from derivx.errors import DerivxError
from derivx.expr import Expr
from derivx.grading.precise import Effort, agreement
from derivx.grading.values import JITTER, Table, values

PRECISE = "many digits"
_AGREE = 2e-14  # what is rounding and nothing else in an answer of homework; anything more is looked at with more digits
_ROUNDING = 1e-15
_SURE = 1e3  # a gap this many times the rounding error is no rounding
_APART = 1e-9
_TINY = 1e-290  # below it, float64 loses digits
_PLAIN = 1e-3  # a gap that rounding does not reach where nothing cancels
_NEAR = 1e-2
_STEADY = 1e-8  # a ratio or a gap that moves less than this, for its size, is constant
_FEWEST_PRECISE = 2
_MOST_PRECISE = 4  # points evaluated with many digits, inside the domain and far out


class Verdict(StrEnum):
    """What comparing found. The first three are right; ``WITHIN`` and ``FORM`` are given by a policy alone."""

    EQUAL = "equal"
    ON_DOMAIN = "equal_on_domain"
    WITHIN = "within_tolerance"
    FORM = "wrong_form"
    TRANSPOSE = "up_to_transpose"
    SIGN = "up_to_sign"
    CONSTANT = "up_to_constant"
    NEAR = "near_miss"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


EQUAL, DIFFERENT = Verdict.EQUAL, Verdict.DIFFERENT  # a member of an enum is slow to look up
RIGHT = (EQUAL, Verdict.ON_DOMAIN, Verdict.WITHIN)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A verdict, by how many digits, at how many points, a point where the two differ, and the largest relative gap in the domain."""

    verdict: Verdict
    digits: float = 0.0
    points: int = 0
    method: str = "float64"
    where: Mapping[str, float] = field(default_factory=dict)
    values: tuple[float, float] | None = None  # the answer's and the reference's, at that point
    gap: float = math.inf
    remark: DerivxError | None = None  # what else is to be said, such as shapes that do not fit


@dataclass(frozen=True)
class Reference:
    """The right answer, its values at the points (float64, right to the last digits), and points between which kinks may hide."""

    expr: Expr
    where: Mapping[str, Expr]
    table: Table
    inside: int
    values: Any
    pieces: bool
    dense: Table
    dense_values: Any
    hidden: bool = False  # whether float64 may not show a part of it

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.values)

    @cached_property
    def gaps(self) -> Any:
        """At each point, the gap that an equal answer may have."""
        return _AGREE * np.abs(self.values)

    @cached_property
    def points(self) -> tuple[Mapping[str, float], ...]:
        """The values by name at each point."""
        return tuple({n: float(v[i]) for n, v in self.table.items()} for i in range(self.size))


def compare(answer: Expr, ref: Reference) -> Comparison:
    """Compare an answer with the reference."""
    with np.errstate(all="ignore"):
        found, run = values(answer, ref.table, len(ref.values))
        gap = np.abs(found - ref.values)
        if not run.hidden and not ref.hidden and (gap <= ref.gaps).all():
            equal = Comparison(EQUAL, _digits(gap, ref.gaps), len(gap))
            return _dense(answer, ref, equal) if run.pieces or ref.pieces else equal
        if run.steady and gap[0] > max(_PLAIN * max(abs(ref.values[0]), abs(found[0])), _TINY):
            return _different(ref, found, 0)
        size = np.maximum(np.abs(ref.values), np.abs(found))
        certain = _certain(answer, ref, found, gap, size)
        inner = certain[: ref.inside].nonzero()[0]
        if len(inner):
            return _different(ref, found, int(inner[0]))
        equal = _with_digits(answer, ref, found, gap, size, certain)
        return _dense(answer, ref, equal) if equal.verdict in RIGHT and (run.pieces or ref.pieces) else equal


def _digits(gap: Any, allowed: Any) -> float:
    """The digits that agree, from gaps that are allowed."""
    worst = float(np.fmax.reduce(gap / allowed)) * _AGREE
    return -math.log10(worst) if worst > 1e-16 else 16.0  # nan: both are zero


def _certain(answer: Expr, ref: Reference, found: Any, gap: Any, size: Any) -> Any:
    """Where the gap is no rounding."""
    moved, _ = values(answer, ref.table, ref.size, jitter=1)
    rounding = np.abs(moved - found) * (_SURE * _ROUNDING / JITTER)
    return gap > rounding + _APART * size + _TINY  # never where there is no value


def _different(ref: Reference, found: Any, i: int, method: str = "float64") -> Comparison:
    inner, right = found[: ref.inside], ref.values[: ref.inside]
    verdict, gap = _kind(inner, right)
    return Comparison(verdict, 0.0, ref.size, method, ref.points[i], (float(found[i]), float(ref.values[i])), gap)


def _kind(found: Any, right: Any) -> tuple[Verdict, float]:
    """How a wrong answer is wrong: its sign, a constant factor or term, or a little everywhere; and the largest relative gap (if below 1).

    What the first and the last point rule out is not looked at everywhere.
    """
    a, b, c, d = found.item(0), found.item(-1), right.item(0), right.item(-1)
    first, last = a / c if c else math.nan, b / d if d else math.nan
    if abs(first - last) <= _STEADY * abs(first) and abs(first - 1) > _STEADY and _constant(found / right):
        return (Verdict.SIGN if abs(first + 1) < _STEADY else Verdict.CONSTANT), abs(first - 1)
    if abs((a - c) - (b - d)) <= _STEADY * abs(a - c) and c != d and _constant(found - right):
        return Verdict.CONSTANT, math.inf
    if not abs(first - 1) < 1:
        return DIFFERENT, math.inf
    gap = float(np.abs(found / right - 1).max())
    return (Verdict.NEAR if gap < _NEAR else DIFFERENT), gap


def _constant(row: Any) -> bool:
    middle = row.item(0)
    return bool(middle != 0 and (np.abs(row - middle) <= _STEADY * abs(middle)).all())


def _with_digits(answer: Expr, ref: Reference, found: Any, gap: Any, size: Any, certain: Any) -> Comparison:
    """The doubtful points again, the most doubtful first, with as many digits as it takes."""
    doubt = np.where(np.isfinite(gap), gap / np.where(size > 0, size, 1), np.inf)
    inside = sorted(range(ref.inside), key=lambda i: -doubt[i])[:_MOST_PRECISE]
    far = sorted(range(ref.inside, ref.size), key=lambda i: (not certain[i], -doubt[i]))[:_MOST_PRECISE]
    least, seen, verdict, effort = 1000.0, 0, Verdict.EQUAL, Effort(answer, ref.expr)
    for i in (*inside, *far):
        said, digits = agreement(answer, ref.expr, ref.points[i], effort)
        if said == "different" or (said == "undefined" and i < ref.inside):
            return _different(ref, found, i, PRECISE)
        if said == "lost" and effort.left < 0 and seen >= _FEWEST_PRECISE:
            break  # a long answer, equal wherever it was looked at
        if said == "lost" and i >= ref.inside:
            continue
        if said == "lost":
            return Comparison(Verdict.UNDECIDED, 0.0, seen, PRECISE)
        if said == "undefined":
            verdict = Verdict.ON_DOMAIN
        elif said == "equal":
            seen, least = seen + 1, min(least, digits)
    return Comparison(verdict, least, seen, PRECISE) if seen else Comparison(Verdict.UNDECIDED, 0.0, 0, PRECISE)


def _dense(answer: Expr, ref: Reference, found: Comparison) -> Comparison:
    """An answer in pieces is looked at between the points, too."""
    if not len(ref.dense_values):
        return found
    here, _ = values(answer, ref.dense, len(ref.dense_values))
    gap = np.abs(here - ref.dense_values)
    wrong = ~(gap <= 1e-6 * np.maximum(np.abs(here), np.abs(ref.dense_values)))
    open_ones = np.flatnonzero(wrong & ~np.isfinite(gap))
    if len(open_ones) == wrong.sum():  # where float64 has no value, more digits may have one
        effort, some = Effort(answer, ref.expr), open_ones[:: max(1, len(open_ones) // (2 * _MOST_PRECISE))]
        wrong[open_ones] = False
        wrong[[k for k in some if agreement(answer, ref.expr, _at(ref.dense, k), effort)[0] in ("different", "undefined")]] = True
    if not wrong.any():
        return found
    i = int(wrong.nonzero()[0][0])
    return Comparison(Verdict.DIFFERENT, 0.0, len(here), "float64", _at(ref.dense, i), (float(here[i]), float(ref.dense_values[i])))


def _at(table: Table, i: int) -> dict[str, float]:
    return {n: float(v[i]) for n, v in table.items()}
