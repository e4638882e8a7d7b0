"""Problems in which numbers are calculated one after the other from formulas: losses, updates, outputs of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.expr import Expr, Sym, names, written_out
from derivx.render.document import Chain, Part
from derivx.render.sentences import Sentence
from derivx.render.typeset import Style
from derivx.syntax import write
from derivx.worksheet.frame import Frame, equal, identity, point, rounding, said
from derivx.worksheet.numbers import Point, put_in, value_of, written
from derivx.worksheet.problem import Problem
from derivx.worksheet.scalar import number_asked


def computed(
    rows: Mapping[str, Expr],
    at: Point,
    frame: Frame,
    *,
    wanted: Sequence[str] = (),
    parts: Sequence[Part] | None = None,
    before: Sequence[Part] = (),
    mistakes: Mapping[str, tuple[Expr, ...]] | None = None,
    shown: Mapping[str, Expr] | None = None,
) -> Problem:
    """The values of the names of ``rows`` (of the ``wanted`` ones), each from numbers and the names above it.

    The key shows every row with its numbers put in, behind the parts ``before`` it; ``shown`` are formulas to show in place of those
    with pending derivatives.
    """
    question = tuple(parts) if parts is not None else tuple(Chain((Sym(name), formula)) for name, formula in rows.items())
    asked, solution, here = [], list[Part](before), dict(at)
    found = {}
    for name, formula in rows.items():
        body = written_out(formula, rows)
        found[name] = written(value_of(body, at))
        plain = (shown or {}).get(name, formula)
        told = Chain((Sym(name), plain)) in question  # what the question shows is not said again
        items = dict.fromkeys((Sym(name), *(() if told else (plain,)), put_in(plain, here)))
        items.pop(found[name].expr, None)
        solution.append(equal(tuple(items), found[name]))
        here[name] = found[name].expr
        if name in (wanted or rows):
            used = {n: at[n] for n in names(body) if n in at}
            asked.append(number_asked(Sym(name), body, used, found[name], (), (mistakes or {}).get(name, ())))
    ask: tuple[Sentence, ...] = frame.ask or (said("ask.value", what=tuple(a.name for a in asked), point=point(at)),)
    ask = (*ask, *rounding(v for n, v in found.items() if n in (wanted or rows)))
    hints = frame.hints or (said("clue.put_in"),)
    words = [f"{n}={write(f)}" for n, f in rows.items()] + [f"{n}={write(v)}" for n, v in at.items()]
    style = Style(frozenset({*rows, *at}))
    same = identity(frame.kind, *words)
    return Problem(frame.kind, frame.level, ask, tuple(asked), tuple(solution), same, question, hints=hints, style=style)
