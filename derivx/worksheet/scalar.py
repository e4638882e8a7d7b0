"""Problems about one expression over numbers: its derivatives, these at a point, or its value there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivx.expr import Diff, Expr, Sym
from derivx.render.document import Chain, Part
from derivx.render.typeset import style_of
from derivx.syntax import write
from derivx.worksheet.frame import Frame, clues, equal, explained, find, identity, rounding, said
from derivx.worksheet.keys import Key, key
from derivx.worksheet.numbers import Point, Value, alike, put_in, value_of, written
from derivx.worksheet.problem import Asked, Claim, Problem


def derivatives(shown: Expr, body: Expr, wrt: Sequence[str], frame: Frame, at: Point | None = None) -> Problem:
    """The derivatives of ``shown = body`` by the names of ``wrt``; with ``at`` the numbers they are there."""
    label = _label(shown)
    keys = {name: key(body, (name,), label) for name in wrt}
    style = style_of(body, wrt)
    if at is None:
        asked = tuple(_derivative(label, body, name, found) for name, found in keys.items())
        solution: tuple[Part, ...] = tuple(part for found in keys.values() for part in found.parts)
        ask = frame.ask or find(a.name for a in asked)
    else:
        values = alike({name: written(value_of(found.answer, at)) for name, found in keys.items()})
        asked = tuple(_number(label, body, name, at, values[name]) for name in wrt)
        solution = tuple(p for name, found in keys.items() for p in (*found.parts, _worked(label, name, found, at, values[name])))
        ask = (*(frame.ask or find((a.name for a in asked), at)), *rounding(values.values()))
    hints = frame.hints or clues(solution)
    same = identity(frame.kind, write(body), *wrt, *_words(at))
    parts = explained([Chain((shown, body))])
    return Problem(
        frame.kind, frame.level, ask, asked, solution, same, parts, hints=hints, style=style,
        alone=lambda i: derivatives(shown, body, (wrt[i],), frame, at),
    )  # fmt: skip


def value(shown: Expr, body: Expr, frame: Frame, at: Point) -> Problem:
    """The number that ``shown = body`` is at a point."""
    found = written(value_of(body, at))
    asked = number_asked(Sym(_label(shown)), body, at, found)
    ask = (*(frame.ask or find((asked.name,), at)), *rounding((found,)))
    solution = (equal((asked.name, put_in(body, at)), found),)
    hints = frame.hints or (said("clue.put_in"),)
    same = identity(frame.kind, write(body), *_words(at))
    return Problem(
        frame.kind, frame.level, ask, (asked,), solution, same, explained([Chain((shown, body))]), hints=hints, style=style_of(body)
    )


def number_asked(
    name: Expr, body: Expr, at: Point, found: Value, wrt: Sequence[str] = (), mistakes: tuple[Expr, ...] = (), *, positive: bool = False
) -> Asked:
    """The value of an expression, or of its derivative, at a point, as something to be found."""
    left = body
    for by in wrt:
        left = Diff(left, Sym(by))
    grading: dict[str, Any] = {"problem": write(body), "wrt": tuple(wrt), "at": {n: write(v) for n, v in at.items()}}
    if found.tolerance:
        grading["tolerance"] = found.tolerance
    return Asked(name, found.expr, grading, (Claim(left, at, tolerance=found.tolerance),), mistakes, positive)


def _label(shown: Expr) -> str:
    return write(shown).partition("(")[0]


def _derivative(label: str, body: Expr, name: str, found: Key) -> Asked:
    left = Diff(body, Sym(name))
    return Asked(Diff(Sym(label), Sym(name)), found.answer, {"problem": write(body), "wrt": name}, (Claim(left),))


def _number(label: str, body: Expr, name: str, at: Point, found: Value) -> Asked:
    return number_asked(Diff(Sym(label), Sym(name)), body, at, found, (name,))


def _worked(label: str, name: str, found: Key, at: Point, number: Value) -> Chain:
    """The answer with the numbers put in."""
    return equal((Diff(Sym(label), Sym(name)), put_in(found.answer, at)), number)


def _words(at: Point | None) -> list[str]:
    return [f"{name}={write(v)}" for name, v in (at or {}).items()]
