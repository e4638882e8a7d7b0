"""Gradient descent: a step, whether a rate converges, the largest one that does, how many steps it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from derivx.expr import ONE, Call, Diff, Expr, Sym, add, mul, neg, num
from derivx.numeric import COMPLEX, Scope, evaluate, space
from derivx.render.document import Chain, Note, Part
from derivx.render.exercise import Choices
from derivx.render.sentences import Said
from derivx.render.typeset import Style, style_of
from derivx.syntax import read, write
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.frame import equal, identity, point, rounding, said
from derivx.worksheet.keys import key
from derivx.worksheet.numbers import Point, given, put_in, value_of, written
from derivx.worksheet.problem import Asked, Claim, Kind, Option, Problem
from derivx.worksheet.referee import is_whole, number_of
from derivx.worksheet.scalar import number_asked
from derivx.worksheet.template import filled

X, ALPHA, N = Sym("x"), Sym("alpha"), Sym("n")
_RATES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_MOST, _STEP = 400, 1e-20
BEHAVIOUR = ("crawls", "jumps", "diverges", "bounces", "one_step")


def descent(f: Expr, start: float, rate: float, steps: int) -> list[float]:
    """The places of gradient descent, the slope measured by the complex step."""
    places = [start]
    for _ in range(steps):
        with np.errstate(all="ignore"):
            slope = np.imag(evaluate(f, Scope({"x": places[-1] + 1j * _STEP}, {}, space(COMPLEX)))) / _STEP
        places.append(places[-1] - rate * float(slope))
        if not abs(places[-1]) < 1e9:
            break
    return places


def behaviour(f: Expr, start: float, rate: float, minimum: float) -> str:
    """What becomes of gradient descent: one of ``BEHAVIOUR``."""
    gaps = [x - minimum for x in descent(f, start, rate, 60)]
    if abs(gaps[1]) < 1e-9:
        return "one_step"
    if abs(gaps[-1]) > abs(gaps[0]) * 1.001:
        return "diverges"
    if abs(abs(gaps[-1]) - abs(gaps[0])) < 1e-6:
        return "bounces"
    return "crawls" if gaps[1] * gaps[0] > 0 else "jumps"


def _step(draw: Draw, level: int) -> Problem:
    """One step on a function of one variable, or on the loss of a unit with two parameters."""
    if level == 1:
        text, at, by = filled("{a}*x^2 {b:+}*x {c:+}", _places(draw)), {"x": num(draw.whole(-4, 5, without=(0,)))}, ("x",)
    else:
        names = {"w": draw.whole(-2, 3, without=(0,)), "b": draw.whole(-2, 2, without=()), "x": draw.whole(2, 3), "t": draw.whole(-3, 4)}
        text, at, by = "(w*x + b - t)^2", {n: num(v) for n, v in names.items()}, ("w", "b")  # type: ignore[assignment]
    return step(text, at, given(draw.one(_RATES[:5])), by, level)


def step(text: str, at: Point, rate: Expr, by: tuple[str, ...], level: int = 1) -> Problem:
    """One step of gradient descent on an expression, by the names of ``by``."""
    label, body = "f" if "x" in by else "L", read(text)
    here = {**at, "alpha": rate}
    solution, asked, values = list[Part](), [], []
    for name in by:
        found, new, slope = key(body, (name,), label), Sym(f"{name}1"), Diff(Sym(label), Sym(name))
        value = written(value_of(rule(name, found.answer), here))
        asked.append(number_asked(new, rule(name, Diff(body, Sym(name))), here, value, (), _slips(name, body, found.answer, here)))
        solution += [*found.parts, equal((new, rule(name, slope), put_in(rule(name, found.answer), here)), value)]
        values.append(value)
    if all(v.number == value_of(Sym(n), at) for n, v in zip(by, values, strict=True)):
        raise Degenerate("slope 0")
    shown = tuple(Call("eq", (Sym(f"{n}1"), rule(n, Diff(Sym(label), Sym(n))))) for n in by)
    ask = (Said("ask.step", {"rule": shown, "point": point(here), "what": tuple(a.name for a in asked)}), *rounding(values))
    same = identity("learning_rate", text, *(f"{n}={write(v)}" for n, v in here.items()))
    head = Call(label, (X,)) if label == "f" else Sym(label)
    style, hints = style_of(body), (said("clue.descent"),)
    parts = (Chain((head, body)),)
    return Problem(
        "learning_rate", level, ask, tuple(asked), tuple(solution), same, parts, hints=hints, style=style,
        alone=lambda i: step(text, at, rate, (by[i],), level),
    )  # fmt: skip


def rule(name: str, slope: Expr) -> Expr:
    """The update of gradient descent: x - alpha*slope."""
    return add(Sym(name), neg(mul(ALPHA, slope)))


def _slips(name: str, body: Expr, slope: Expr, at: Point) -> tuple[Expr, ...]:
    """Uphill, without the rate, and with the value in place of the slope."""
    wrong = (add(Sym(name), mul(ALPHA, slope)), add(Sym(name), neg(slope)), rule(name, body))
    return tuple(written(value_of(e, at)).expr for e in wrong)


def _places(draw: Draw) -> dict[str, int | float | str]:
    return {"a": draw.whole(2, 5), "b": draw.whole(-8, 8, without=(0, 1, -1)), "c": draw.whole(-6, 6, without=(0,))}


def _parabola(draw: Draw) -> tuple[Expr, float, int]:
    """A quadratic, its curvature, its minimum."""
    a, m = draw.one((1, 2, 2.5, 4, 5, 8, 10)), draw.whole(-3, 5, without=(0,))
    text = "(x {m:+})^2" if a == 1 else "{a}*(x {m:+})^2"
    return read(filled(text, {"a": a, "m": -m})), 2 * a, m


def _told(f: Expr, curvature: float) -> tuple[list[Part], Expr]:
    """The second derivative, and by what a step multiplies the distance to the minimum."""
    factor = add(ONE, neg(mul(given(curvature), ALPHA)))
    second = Diff(Diff(Sym("f"), X), X)
    parts = [*key(f, ("x",), "f").parts, Chain((second, given(curvature)))]
    note = Said("told.curvature", {"second": second, "curvature": given(curvature), "factor": factor})
    return [*parts, Note(note, plain=True)], factor


def _largest(draw: Draw, level: int) -> Problem:
    f, curvature, minimum = _parabola(draw)
    value = written(2 / curvature)

    def holds(answer: object) -> bool:
        rate = number_of(answer)
        start = minimum + 1.0
        return rate is not None and rate > 0 and _shrinks(f, start, 0.99 * rate, minimum) and not _shrinks(f, start, 1.01 * rate, minimum)

    mistakes = tuple(written(x).expr for x in (1 / curvature, curvature, 4 / curvature, curvature / 2))
    grading = {"problem": "2/c", "wrt": (), "at": {"c": f"{curvature:g}"}}
    asked = Asked(ALPHA, value.expr, grading, (Claim(holds=holds),), mistakes, positive=True)
    parts, factor = _told(f, curvature)
    below = Said("told.converges_below", {"condition": _less(Call("abs", (factor,)), ONE), "answer": _less(ALPHA, value.expr)})
    ask = (Said("ask.largest_rate", {"alpha": ALPHA}),)
    return _problem(level, f, ask, (asked,), (*parts, Note(below, plain=True)), ("largest",))


def _shrinks(f: Expr, start: float, rate: float, minimum: float) -> bool:
    return abs(descent(f, start, rate, _MOST)[-1] - minimum) < abs(start - minimum)


def _less(a: Expr, b: Expr) -> Expr:
    return Call("lt", (a, b))


def _what_happens(draw: Draw, level: int) -> Problem:
    f, curvature, minimum = _parabola(draw)
    factor = draw.one((0.5, 0.8, 0.9, 0, -0.5, -0.8, -1, -1.5, -2))
    rate, start = (1 - factor) / curvature, minimum + draw.whole(-4, 4, without=(0,))
    rate = round(rate, 6)
    truth = behaviour(f, start, rate, minimum)
    options = tuple(Said(f"option.{name}") for name in draw.some(BEHAVIOUR, len(BEHAVIOUR)))

    def holds(option: Option) -> bool:
        return isinstance(option, Said) and option.key == f"option.{behaviour(f, start, rate, minimum)}"

    parts, multiplier = _told(f, curvature)
    at = {"alpha": given(rate)}
    worked = equal((multiplier, put_in(multiplier, at)), written(factor))
    ask = (Said("ask.behaviour", {"start": Call("eq", (X, num(start))), "rate": Call("eq", (ALPHA, given(rate)))}),)
    right = next(i for i, option in enumerate(options) if option.key == f"option.{truth}")
    found = _problem(level, f, ask, (), (*parts, worked), (rate, start))
    return _chosen(found, Choices(options, right), holds)


def _chosen(problem: Problem, choices: Choices, holds: Callable[[Option], bool]) -> Problem:
    return replace(problem, choices=choices, claims=(Claim(holds=holds),))


def _steps(draw: Draw, level: int) -> Problem:
    f, curvature, minimum = _parabola(draw)
    factor, limit = draw.one((0.5, 0.6, 0.7, 0.8, -0.5, -0.6)), draw.one((0.1, 0.05, 0.01))
    rate, start = round((1 - factor) / curvature, 6), minimum + draw.whole(-5, 6, without=(0,))
    gaps = [abs(x - minimum) for x in descent(f, start, rate, 60)]
    count = next(i for i, gap in enumerate(gaps) if gap < limit)
    if min(abs(gap - limit) for gap in gaps) < 0.02 * limit or not 2 <= count <= 20:
        raise Degenerate("near the limit")

    def holds(answer: object) -> bool:
        return is_whole(answer, next(i for i, x in enumerate(descent(f, start, rate, 60)) if abs(x - minimum) < limit))

    near = tuple(map(num, (count - 1, count + 1, count + 2)))
    asked = Asked(N, num(count), {"problem": str(count), "wrt": (), "at": {}}, (Claim(holds=holds),), near, positive=True)
    parts, multiplier = _told(f, curvature)
    worked = equal((multiplier, put_in(multiplier, {"alpha": given(rate)})), written(factor))
    told = [Note(Said("told.times", {"count": str(i), "distance": written(gaps[i]).expr}), plain=True) for i in (count - 1, count)]
    params = {
        "start": Call("eq", (X, num(start))),
        "rate": Call("eq", (ALPHA, given(rate))),
        "minimum": Call("eq", (X, given(minimum))),
        "distance": given(limit),
    }
    return _problem(level, f, (Said("ask.steps", params),), (asked,), (*parts, worked, *told), (rate, start, limit))


def _problem(
    level: int, f: Expr, ask: tuple[Said, ...], asked: tuple[Asked, ...], solution: tuple[Part, ...], words: tuple[object, ...]
) -> Problem:
    same, shown = identity("learning_rate", write(f), *words), (Chain((Call("f", (X,)), f)),)
    style = Style(frozenset(), single=True)
    return Problem("learning_rate", level, ask, asked, solution, same, shown, hints=(said("clue.factor"),), style=style)


_LEVELS = {1: (_step,), 2: (_largest, _what_happens), 3: (_steps, _step)}


def _draw(draw: Draw, level: int) -> Problem:
    return draw.one(_LEVELS[level])(draw, level)


KIND = Kind("learning_rate", "descent", _draw)
