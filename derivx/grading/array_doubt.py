"""What float64 leaves open about an answer over arrays: how a wrong one is wrong, and 60 digits where rounding may decide."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, Num, postorder
from derivx.grading.array_precise import Exact, exact, precise_value
from derivx.grading.array_reference import Asked, Place
from derivx.grading.compare import Comparison, Verdict
from derivx.grading.parts import Part
from derivx.grading.stacks import FAILS, Stacks
from derivx.grading.values import JITTER
from derivx.numeric import REAL, space

_ROUNDING = 1e-15
_SURE = 1e3
_APART = 1e-9
_SAME = 1e-8
_NEAR = 1e-2
_PLAIN, _ROUGH = 1e-12, 1e-6
_FAR = 1e-3
_OF_ONE_PIECE = frozenset({"add", "mul", "neg", "div", "matmul", "transpose", "sum"})
_PIECES = frozenset("sqrt cbrt norm1 norm2 huber asin acos atan acot asec acsc".split())  # of a square, a sine, and so on
_ENOUGH = 1e-40  # of the largest entry: nothing that a person types by mistake is smaller


class Judged(Protocol):
    """What is looked at of a judge: the question, its places, the one far out, and values with many digits by place, kept."""

    asked: Asked
    exact: dict[int, Exact | None]

    @property
    def places(self) -> Sequence[Place]: ...
    @property
    def far(self) -> Place | None: ...


def settle_doubt(judge: Judged, part: Part, found: Any, *, hidden: bool) -> Comparison:
    """The verdict where float64 does not see that an answer is right; ``hidden``: whether something may be lost in the values."""
    right = np.concatenate([p.right.ravel() for p in judge.places])
    with np.errstate(all="ignore"):
        gap = np.abs(found - right)
        largest = max(float(np.max(np.abs(right))), float(np.max(np.abs(found), initial=0.0)))
        if not hidden and np.all(np.isfinite(gap)) and np.max(gap) > _FAR * largest:  # no rounding is as large
            return _different(judge, found, right, int(np.argmax(gap)))
        rounding = _rounding(judge, part, found)
        certain = np.isfinite(gap) & (gap > _SURE * rounding + _APART * largest)
    if certain.any():
        return _different(judge, found, right, int(np.argmax(np.where(certain, gap, 0.0))))
    return _with_digits(judge, part, found, right)


def in_pieces(e: Expr) -> bool:
    """Whether an expression may be one formula here and another one elsewhere; what is analytic is the same everywhere."""
    for node in postorder(e):
        if isinstance(node, Call) and node.op not in _OF_ONE_PIECE:
            if node.op == "pow" and not (isinstance(node.args[1], Num) and node.args[1].value == int(node.args[1].value)):
                return True
            if node.op in _PIECES or (ops.known(node.op) and (ops.card(node.op).kinks or ops.card(node.op).notation == "compare")):
                return True
    return False


def far_apart(judge: Judged, part: Part) -> Comparison | None:
    """The verdict on an answer that is right near 0, and plainly something else where values are large."""
    place = judge.far
    if place is None:
        return None
    right = place.right.ravel()
    with np.errstate(all="ignore"):
        found = _row(Stacks(place.env, space(REAL)), part, place)
        if found is None or not np.all(np.isfinite(found)):
            return None
        gap, largest = np.abs(found - right), max(float(np.max(np.abs(right))), float(np.max(np.abs(found))))
        if np.all(gap <= _PLAIN * largest):
            return None
        plain = gap > _SURE * _rounding_at(place, part, found) + _ROUGH * largest
    if plain.any():
        i = int(np.argmax(gap))
        return Comparison(Verdict.DIFFERENT, 0.0, right.size, "float64", {}, (float(found[i]), float(right[i])))
    draw = int(np.argmax(gap)) // place.right[0].size  # the one where they are furthest apart
    precise = exact(judge.asked, {n: v[draw : draw + 1] if np.ndim(v) else v for n, v in place.env.items()})
    value = None if precise is None else precise_value(part.expr, precise)
    if precise is None or value is None:
        return None
    size, worst, i = _apart(value, precise.right)
    if worst <= _ENOUGH * size:
        return None
    return Comparison(Verdict.DIFFERENT, 0.0, right.size, "60 digits", {}, (float(value[i]), float(precise.right[i])))


def _rounding(judge: Judged, part: Part, found: Any) -> Any:
    """How much rounding can have moved each entry."""
    ends = np.cumsum([p.right.size for p in judge.places])
    return np.concatenate([_rounding_at(p, part, found[end - p.right.size : end]) for p, end in zip(judge.places, ends, strict=True)])


def _rounding_at(place: Place, part: Part, found: Any) -> Any:
    rng = random.Random(2026)
    row = _row(Stacks(place.env, space(REAL), lambda: 1 + JITTER * rng.choice((-1.0, 1.0))), part, place)
    moved = np.abs(row - found) * (_ROUNDING / JITTER)
    return np.where(np.isfinite(moved), moved, np.inf)


def _row(run: Stacks, part: Part, place: Place) -> Any:
    """The values of an answer of the right shape at one place; ``None`` where it has none."""
    try:
        value = np.asarray(run.value(part.expr), dtype=float)
    except FAILS:
        return None
    return np.broadcast_to(value.reshape(len(value) if value.ndim else 1, -1), (len(place.right), place.right[0].size)).ravel()


def _different(judge: Judged, found: Any, right: Any, i: int, method: str = "float64") -> Comparison:
    verdict = kind(found, right)
    wanted = judge.asked.wanted
    if verdict is Verdict.DIFFERENT and len(wanted) == 2 and wanted[0] == wanted[1] and _is_transpose(judge, found):
        verdict = Verdict.TRANSPOSE
    return Comparison(verdict, 0.0, right.size, method, {}, (float(found[i]), float(right[i])))


def _is_transpose(judge: Judged, found: Any) -> bool:
    flipped = np.concatenate([p.right.swapaxes(-1, -2).ravel() for p in judge.places])
    return bool(np.all(np.abs(found - flipped) <= _SAME * np.max(np.abs(flipped))))


def kind(found: Any, right: Any) -> Verdict:
    """How a wrong answer is wrong: its sign, a constant factor, or a little everywhere."""
    with np.errstate(all="ignore"):
        size = float(np.max(np.abs(right)))
        if not size or not np.all(np.isfinite(found)):
            return Verdict.DIFFERENT
        if np.all(np.abs(found + right) <= _SAME * size):
            return Verdict.SIGN
        factor = float(np.dot(found / size, right / size) / np.dot(right / size, right / size))
        if factor and np.all(np.abs(found - factor * right) <= _SAME * size * abs(factor)):
            return Verdict.CONSTANT if abs(factor - 1) > _NEAR else Verdict.NEAR
        return Verdict.NEAR if np.all(np.abs(found - right) <= _NEAR * np.abs(right)) else Verdict.DIFFERENT


def _with_digits(judge: Judged, part: Part, found: Any, right: Any) -> Comparison:
    """One draw of each size again, with 60 digits."""
    least, seen = 60.0, 0
    for i in range(len(judge.places)):
        place = _exact(judge, i)
        if place is None:
            continue
        value, right_one = precise_value(part.expr, place), place.right
        if value is None:
            return Comparison(Verdict.DIFFERENT, 0.0, seen, "60 digits")
        seen += 1
        size, worst, at = _apart(value, right_one)
        if size and worst > _ENOUGH * size:
            verdict = Verdict.NEAR if worst < _NEAR * size else kind(found, right)
            return Comparison(verdict, 0.0, right.size, "60 digits", {}, (float(value[at]), float(right_one[at])))
        if worst:
            least = min(least, -math.log10(float(worst / size)))
    if not seen:
        return Comparison(Verdict.UNDECIDED, method="60 digits")
    return Comparison(Verdict.EQUAL, least, right.size, "60 digits")


def _apart(value: Any, right: Any) -> tuple[Any, Any, int]:
    """The size of the right entries, how far the worst one of an answer is off, and which it is."""
    size = max((abs(x) for x in right), default=0) or max((abs(x) for x in value), default=0)
    gaps = [abs(x - y) for x, y in zip(value, right, strict=True)]
    worst = max(gaps, default=0)
    return size, worst, gaps.index(worst) if gaps else 0


def _exact(judge: Judged, i: int) -> Exact | None:
    """A place with 60 digits, worked out once."""
    if i not in judge.exact:
        judge.exact[i] = exact(judge.asked, judge.places[i].env)
    return judge.exact[i]
