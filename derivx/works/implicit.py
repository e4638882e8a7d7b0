"""Questions about a curve: ``x^2 + y^2 = 25`` with ``y`` a function of ``x``.

At a point of the curve ``y`` is written as its Taylor polynomial, so that every derivative by ``x`` is the one along the curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from derivx.derive.byhand import derive
from derivx.errors import UsageError
from derivx.expr import Diff, Expr, Sym, add, div, mul, names, neg, num, power
from derivx.grading.precise import precise_space
from derivx.grading.reference import written_out
from derivx.syntax.spelling import CONSTANTS
from derivx.works.sheet import Problem
from derivx.works.world import DIGITS, World

_ORDER = 3
_STEPS, _SMALL = 20, 1e-100
_HERE, _VALUE, _SLOPES = "hereq", "valueq", tuple(f"slopeq{i}" for i in range(1, _ORDER + 1))


def of_curve(curve: Expr, by: Sequence[str], variables: Sequence[str]) -> Problem:
    """The question of the derivative of the other name along the curve on which an expression is zero. Raises ``UsageError``."""
    own = [n for n in names(curve) if n not in CONSTANTS]
    by = tuple(by) or ("x",)
    others = [n for n in own if n not in by]
    if len(set(by)) > 1 or len(by) > _ORDER or by[0] not in own or not others:
        raise UsageError("bad_wrt", name=", ".join(by))
    name = "y" if "y" in others else others[-1]
    away = add(Sym(by[0]), neg(Sym(_HERE)))
    series: Expr = add(Sym(_VALUE), mul(Sym(_SLOPES[0]), away))
    for i, slope in enumerate(_SLOPES[1:], start=2):
        series = add(series, div(mul(Sym(slope), power(away, num(i))), num(2 if i == 2 else 6)))
    target: Expr = Sym(name)
    for n in by:
        target = Diff(target, Sym(n))
    inputs = tuple(dict.fromkeys([*(n for n in own if n != name), *variables]))
    return Problem(Sym(name), (target,), {name: series}, inputs, "", by, curve=(name, curve))


def on_curve(problem: Problem, point: Mapping[str, Any], start: float) -> dict[str, Any] | None:
    """The point of the curve above the given one that Newton's method finds, with the slopes there; ``None`` where it finds none."""
    assert problem.curve is not None
    name, curve = problem.curve
    x = problem.wrt[0]
    steep, slopes = _slopes(curve, name, x)
    ctx = precise_space(DIGITS).ctx
    y = ctx.mpf(start)
    for _ in range(_STEPS):
        here = World({}, [{**point, name: y}])
        (value,), (slope,) = here.values(curve), here.values(steep)
        if value is None or not slope:
            return None
        y -= value / slope
        if abs(value) < _SMALL:
            break
    else:
        return None
    found = [World({}, [{**point, name: y}]).values(e)[0] for e in slopes]
    if None in found:
        return None
    return {**point, _HERE: point[x], _VALUE: y, **dict(zip(_SLOPES, found, strict=True))}


@lru_cache(maxsize=32)
def _slopes(curve: Expr, name: str, x: str) -> tuple[Expr, tuple[Expr, ...]]:
    """The derivative of the curve's expression by the name, and those of the name along the curve, in the coordinates."""
    steep = written_out(derive(curve, (name,)))
    first = neg(div(written_out(derive(curve, (x,))), steep))
    found = [first]
    for _ in range(_ORDER - 1):
        last = found[-1]
        found.append(add(written_out(derive(last, (x,))), mul(written_out(derive(last, (name,))), first)))
    return steep, tuple(found)
