"""Whether an answer has the reference's values: float64 where it is certain, 60 digits wherever there is doubt.

An answer is equal when every point agrees to ten digits and nothing in it is too small to be seen; different when the gap is far
beyond what rounding can do (measured by putting every operation off by 1e-12). All else is evaluated again with 60 digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from derivx.expr import Expr
from derivx.grading.values import JITTER, Table, has_kinks, precise, values

_AGREE = 1e-11
_ROUNDING = 1e-15
_SURE = 1e3  # a gap this many times the rounding error is no rounding
_APART = 1e-9
_PRECISE = 1e-40
_NEAR = 1e-2
_MOST_PRECISE = 4  # points evaluated with 60 digits, inside the domain and far out


class Verdict(StrEnum):
    """What comparing found. The first two are right."""

    EQUAL = "equal"
    ON_DOMAIN = "equal_on_domain"
    TRANSPOSE = "up_to_transpose"
    SIGN = "up_to_sign"
    CONSTANT = "up_to_constant"
    NEAR = "near_miss"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


RIGHT = (Verdict.EQUAL, Verdict.ON_DOMAIN)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A verdict, by how many digits, at how many points, and a point where the two differ."""

    verdict: Verdict
    digits: float = 0.0
    points: int = 0
    method: str = "float64"
    where: Mapping[str, float] = field(default_factory=dict)
    values: tuple[float, float] | None = None  # the answer's and the reference's, at that point


@dataclass(frozen=True)
class Reference:
    """The right answer, its values at the points (float64, right to the last digits), and points between which kinks may hide."""

    expr: Expr
    where: Mapping[str, Expr]
    table: Table
    inside: int
    values: Any
    kinks: frozenset[str]
    dense: Table
    dense_values: Any

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.values)


def compare(answer: Expr, ref: Reference) -> Comparison:
    """Compare an answer with the reference."""
    found, hidden = values(answer, ref.table, ref.size)
    with np.errstate(all="ignore"):
        gap = np.abs(found - ref.values)
        size = np.maximum(np.abs(ref.values), np.abs(found))
        agree = gap <= _AGREE * size
    if not hidden and agree.all():
        return _dense(answer, ref, Comparison(Verdict.EQUAL, _digits(gap, size), ref.size))
    certain = _certain(answer, ref, found, gap, size)
    inner = np.flatnonzero(certain[: ref.inside])
    if len(inner):
        return _different(ref, found, int(inner[0]))
    return _with_digits(answer, ref, found, gap, size, certain)


def _digits(gap: Any, size: Any) -> float:
    with np.errstate(all="ignore"):
        worst = float(np.nanmax(np.where(size > 0, gap / size, 0.0), initial=0.0))
    return 16.0 if worst < 1e-16 else float(-np.log10(worst))


def _certain(answer: Expr, ref: Reference, found: Any, gap: Any, size: Any) -> Any:
    """Where the gap is no rounding."""
    moved, _ = values(answer, ref.table, ref.size, jitter=True)
    with np.errstate(all="ignore"):
        rounding = np.abs(moved - found) * (_ROUNDING / JITTER)
        return np.isfinite(rounding) & (gap > _SURE * rounding + _APART * size)


def _different(ref: Reference, found: Any, i: int, method: str = "float64") -> Comparison:
    verdict = _kind(found[: ref.inside], ref.values[: ref.inside])
    point = {n: float(v[i]) for n, v in ref.table.items()}
    return Comparison(verdict, 0.0, ref.size, method, point, (float(found[i]), float(ref.values[i])))


def _kind(found: Any, right: Any) -> Verdict:
    """How a wrong answer is wrong: its sign, a constant factor or term, or a little everywhere."""
    with np.errstate(all="ignore"):
        ratio, shift = found / right, found - right
        if np.all(np.abs(ratio + 1) < _AGREE * 10):
            return Verdict.SIGN
        if len(right) > 1 and (_constant(ratio) or (_constant(shift) and not _constant(right))):
            return Verdict.CONSTANT
        return Verdict.NEAR if np.all(np.abs(ratio - 1) < _NEAR) else Verdict.DIFFERENT


def _constant(row: Any) -> bool:
    middle = row[0]
    return bool(np.isfinite(middle) and middle != 0 and np.all(np.abs(row - middle) <= 1e-8 * abs(middle)))


def _with_digits(answer: Expr, ref: Reference, found: Any, gap: Any, size: Any, certain: Any) -> Comparison:
    """The doubtful points again, the most doubtful first, with 60 digits."""
    with np.errstate(all="ignore"):
        doubt = np.where(np.isfinite(gap), gap / np.where(size > 0, size, 1), np.inf)
    inside = sorted(range(ref.inside), key=lambda i: -doubt[i])[:_MOST_PRECISE]
    far = sorted((i for i in range(ref.inside, ref.size)), key=lambda i: (certain[i], -doubt[i]))[:_MOST_PRECISE]
    least, seen = 60.0, 0
    for i in inside:
        digits = _agreement(answer, ref, i)
        if digits is None:
            continue
        seen += 1
        if digits < 40:
            return _different(ref, found, i, "60 digits")
        least = min(least, digits)
    if not seen:
        return Comparison(Verdict.UNDECIDED, 0.0, 0, "60 digits")
    only_inside = False
    for i in far:
        if certain[i]:
            return _different(ref, found, i)
        digits = _agreement(answer, ref, i)
        if digits is not None and digits < 40:
            if digits > -1:
                return _different(ref, found, i, "60 digits")
            only_inside = True
    verdict = Verdict.ON_DOMAIN if only_inside else Verdict.EQUAL
    return _dense(answer, ref, Comparison(verdict, least, seen, "60 digits"))


def _agreement(answer: Expr, ref: Reference, i: int) -> float | None:
    """To how many digits both agree at a point; ``None`` where the reference has no value, -1 where only the answer has none."""
    right = precise(ref.expr, ref.table, i, ref.where)
    if right is None:
        return None
    value = precise(answer, ref.table, i, {})
    if value is None:
        return -1.0
    size = max(abs(right), abs(value))
    if size == 0:
        return 60.0
    gap = abs(value - right)
    if right == 0 and size < _PRECISE:
        return 60.0
    return 60.0 if gap == 0 else float(-_log10(gap / size))


def _log10(x: Any) -> float:
    import math

    return float(x.context.log10(x)) if x > 0 else -math.inf


def _dense(answer: Expr, ref: Reference, found: Comparison) -> Comparison:
    """An answer in pieces that the reference does not have is looked at between the points, too."""
    if has_kinks(answer) <= ref.kinks or not len(ref.dense_values):
        return found
    here, _ = values(answer, ref.dense, len(ref.dense_values))
    with np.errstate(all="ignore"):
        gap = np.abs(here - ref.dense_values)
        wrong = gap > 1e-6 * np.maximum(np.abs(here), np.abs(ref.dense_values))
    if not wrong.any():
        return found
    i = int(np.flatnonzero(wrong)[0])
    point = {n: float(v[i]) for n, v in ref.dense.items()}
    return Comparison(Verdict.DIFFERENT, 0.0, len(here), "float64", point, (float(here[i]), float(ref.dense_values[i])))
