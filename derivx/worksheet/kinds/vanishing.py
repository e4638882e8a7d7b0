"""Vanishing gradients: the bound of a product over layers, numbers through two layers, which activation, how many layers."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from derivx.expr import Call, Diff, Sym, add, mul, num, power
from derivx.numeric import COMPLEX, Scope, evaluate, space
from derivx.render.document import Chain, Note, Part
from derivx.render.exercise import Choices
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.frame import equal, identity, rounding, said
from derivx.worksheet.numbers import given, written
from derivx.worksheet.problem import Asked, Claim, Kind, Option, Problem
from derivx.worksheet.referee import is_close, is_whole
from derivx.worksheet.template import Template

SLOPES = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}
_WEIGHTS = (0.5, 0.8, 0.9, 1, 1.5, 2, 3)
_STEP = 1e-20
_HALF = (-2, -1, -0.5, 0.5, 1, 2)


@lru_cache
def steepest(f: str) -> float:
    """The largest slope of an activation, measured by the complex step over a grid."""
    grid = np.concatenate([np.linspace(-8, 8, 3201), [0.0]]) + 1j * _STEP
    with np.errstate(all="ignore"):
        return float(np.max(np.imag(evaluate(Call(f, (Sym("x"),)), Scope({"x": grid}, {}, space(COMPLEX)))))) / _STEP


def _rows(f: str, count: int) -> tuple[Part, ...]:
    """a_k = f(w_k*a_(k-1) + b_k) from the first to the last layer: with a bias each can be where it is steepest."""
    inside = {k: add(mul(Sym(f"w{k}"), Sym(f"a{k - 1}")), Sym(f"b{k}")) for k in range(1, count + 1)}
    return tuple(Chain((Sym(f"a{k}"), Call(f, (z,)))) for k, z in inside.items())


def _bound(draw: Draw, level: int) -> Problem:
    f, weight, count = draw.one(tuple(SLOPES)), draw.one(_WEIGHTS), draw.whole(2, 5)
    if SLOPES[f] * weight == 1:
        raise Degenerate("a power of 1")
    number = (SLOPES[f] * weight) ** count
    value, bound = written(number), Sym("B")
    weights = Call("le", (Call("abs", (Sym("w_k"),)), given(weight)))
    slope = Diff(Sym(f"a{count}"), Sym("a0"))

    def holds(answer: object) -> bool:
        return is_close(answer, (steepest(f) * weight) ** count)

    factor = SLOPES[f] * weight
    wrong = (weight**count, factor * count, SLOPES[f] ** count, factor ** (count + 1), factor ** (count - 1))
    mistakes = tuple(written(x).expr for x in wrong)
    formula = power(mul(given(SLOPES[f]), given(weight)), num(count))
    grading: dict[str, Any] = {"problem": "(s*w)^n", "wrt": (), "at": {"s": f"{SLOPES[f]:g}", "w": f"{weight:g}", "n": str(count)}}
    if value.tolerance:
        grading["tolerance"] = value.tolerance
    asked = Asked(bound, value.expr, grading, (Claim(holds=holds),), mistakes, positive=True)
    claim = Call("le", (Call("abs", (slope,)), bound))
    ask = (Said("ask.bound", {"weights": weights, "bound": bound, "claim": claim}), *rounding((value,)))
    solution = (*_told(f, count), equal((bound, formula), value))
    return _problem(level, ask, asked, solution, _rows(f, count), (f, weight, count))


def _told(f: str, count: int) -> list[Part]:
    """The product over the layers, and the largest slope."""
    z = Sym("z")
    factors = [mul(Diff(Sym(f"a{k}"), Sym(f"a{k - 1}"))) for k in range(count, 0, -1)]
    told = Said("told.bound_of", {"f": Call(f, (z,)), "bound": given(SLOPES[f])})
    return [Chain((Diff(Sym(f"a{count}"), Sym("a0")), mul(*factors))), Note(told, plain=True)]


def _problem(
    level: int, ask: tuple[Said, ...], asked: Asked, solution: tuple[Part, ...], parts: tuple[Part, ...], words: tuple[object, ...]
) -> Problem:
    hints = (said("clue.slope_bound"), said("clue.power"))
    style = Style(frozenset(f"a{k}" for k in range(20)))
    same = identity("vanishing", asked.name, *words)
    return Problem("vanishing", level, ask, (asked,), solution, same, parts, hints=hints, style=style)


def _how_many(draw: Draw, level: int) -> Problem:
    f, weight, limit = draw.one(("sigmoid", "tanh", "relu")), draw.one((0.5, 0.8, 1, 1.5, 2)), draw.one((0.1, 0.01, 0.001))
    factor, count = SLOPES[f] * weight, Sym("n")
    if factor >= 1:
        raise Degenerate("no end")
    answer = next(k for k in range(1, 100) if factor**k < limit)
    if not 2 <= answer <= 12 or min(abs(factor**k / limit - 1) for k in range(1, 14)) < 0.02:
        raise Degenerate("near the limit")

    def holds(said: object) -> bool:
        return is_whole(said, next(k for k in range(1, 100) if (steepest(f) * weight) ** k < limit * (1 - 1e-9)))

    near = tuple(map(num, (answer - 1, answer + 1, answer + 2)))
    asked = Asked(count, num(answer), {"problem": str(answer), "wrt": (), "at": {}}, (Claim(holds=holds),), near, positive=True)
    claim = Call("abs", (Diff(Sym("a_n"), Sym("a0")),))
    each = Call("eq", (Sym("w_k"), given(weight)))
    ask = (Said("ask.layers", {"weights": each, "claim": claim, "count": count, "limit": given(limit)}),)
    told = Note(Said("told.bound_of", {"f": Call(f, (Sym("z"),)), "bound": given(SLOPES[f])}), plain=True)
    powers = [equal((power(given(factor), num(k)),), written(factor**k)) for k in (answer - 1, answer)]
    return _problem(level, ask, asked, (told, *powers), _rows(f, 3), (f, weight, limit))


def _larger(draw: Draw, level: int) -> Problem:
    count = draw.whole(2, 4)
    rows = [("sigmoid", draw.one((1, 2, 3, 5, 6))), ("tanh", draw.one((0.5, 0.8, 1.2))), ("relu", draw.one((0.6, 0.9, 1.1, 1.5)))]
    sizes = [(SLOPES[f] * w) ** count for f, w in rows]
    second, first = sorted(sizes)[1:]
    if first < 1.05 * second:
        raise Degenerate("nearly equal")
    order = draw.some(range(3), 3)
    options = [Said("option.activation", {"f": Call(f, (Sym("z"),)), "weights": Call("eq", (Sym("w_k"), given(w)))}) for f, w in rows]

    def holds(option: Option) -> bool:
        largest = max(range(3), key=lambda i: (steepest(rows[i][0]) * rows[i][1]) ** count)
        return option == options[largest]

    choices = Choices(tuple(options[i] for i in order), order.index(int(np.argmax(sizes))))
    what = Call("abs", (Diff(Sym(f"a{count}"), Sym("a0")),))
    ask = (Said("ask.larger", {"what": what}),)
    bounds = [_largest(f, w, count) for f, w in rows]
    parts = _rows("f", count)
    style = Style(frozenset(f"a{k}" for k in range(20)))
    same, hints = identity("vanishing", count, *rows), (said("clue.slope_bound"), said("clue.power"))
    return Problem("vanishing", level, ask, (), tuple(bounds), same, parts, choices, hints, style, (Claim(holds=holds),))


def _largest(f: str, weight: float, count: int) -> Chain:
    """The bound of one activation."""
    remark = Said("told.bound_of", {"f": Call(f, (Sym("z"),)), "bound": given(SLOPES[f])})
    row = equal((power(mul(given(SLOPES[f]), given(weight)), num(count)),), written((SLOPES[f] * weight) ** count))
    return replace(row, remark=remark)


_AT = {"x": _HALF, "w1": _HALF, "w2": _HALF}
_NUMBERS = Template("a1 = {f}(w1*x)\na2 = {f}(w2*a1)", "a1, x", at=_AT, ranges={"f": ("sigmoid", "tanh", "relu")}, level=2)
_LEVELS = {1: (_bound,), 2: (lambda draw, _: _NUMBERS.drawn(draw, "vanishing"), _larger), 3: (_how_many,)}


def _draw(draw: Draw, level: int) -> Problem:
    return draw.one(_LEVELS[level])(draw, level)


KIND = Kind("vanishing", "vanishing", _draw)
