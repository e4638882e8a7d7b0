"""Problems in which numbers are calculated one after the other from formulas: losses, updates, outputs of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.expr import Expr, Sym, names, written_out
from derivx.render.document import Chain, Part
from derivx.render.sentences import Sentence
from derivx.render.typeset import Style
from derivx.syntax import write
from derivx.worksheet.draw import Degenerate
from derivx.worksheet.frame import Frame, equal, explained, identity, point, rounding, said
from derivx.worksheet.numbers import Point, Value, alike, put_in, rounded, value_of, written
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
    positive: Sequence[str] = (),
) -> Problem:
    """The values of the names of ``rows`` (of the ``wanted`` ones), each from numbers and the names above it.

    The key shows every row with its numbers put in, behind the parts ``before`` it; ``shown`` are formulas to show in place of those
    with pending derivatives; ``positive`` names are never below 0. A draw in which rounding on the way would change an answer is
    ``Degenerate``.
    """
    question = explained(parts if parts is not None else [Chain((Sym(name), formula)) for name, formula in rows.items()])
    asked, solution, here = [], list[Part](before), dict(at)
    bodies = {name: written_out(formula, rows) for name, formula in rows.items()}
    found = alike({name: written(value_of(body, at)) for name, body in bodies.items()})
    for name, formula in rows.items():
        body, plain = bodies[name], (shown or {}).get(name, formula)
        _steady(put_in(plain, here), found[name])
        told = Chain((Sym(name), plain)) in question  # what the question shows is not said again
        items = dict.fromkeys((Sym(name), *(() if told else (plain,)), put_in(plain, here)))
        items.pop(found[name].expr, None)
        solution.append(equal(tuple(items), found[name]))
        here[name] = found[name].expr
        if name in (wanted or rows):
            used = {n: at[n] for n in names(body) if n in at}
            asked.append(number_asked(Sym(name), body, used, found[name], (), (mistakes or {}).get(name, ()), positive=name in positive))
    ask: tuple[Sentence, ...] = frame.ask or (said("ask.value", what=tuple(a.name for a in asked), point=point(at)),)
    ask = (*ask, *rounding(v for n, v in found.items() if n in (wanted or rows)))
    hints = frame.hints or (said("clue.put_in"),)
    words = [f"{n}={write(f)}" for n, f in rows.items()] + [f"{n}={write(v)}" for n, v in at.items()]
    style = Style(frozenset({*rows, *at}))
    same = identity(frame.kind, *words)

    def alone(i: int) -> Problem:
        kept = _used(asked[i].name, rows)
        return computed(
            kept, at, frame, wanted=[n for n in kept if Sym(n) == asked[i].name], parts=question, before=before, mistakes=mistakes,
            shown=shown, positive=positive,
        )  # fmt: skip

    return Problem(frame.kind, frame.level, ask, tuple(asked), tuple(solution), same, question, hints=hints, style=style, alone=alone)


def _used(name: Expr, rows: Mapping[str, Expr]) -> dict[str, Expr]:
    """The rows that a name needs, in their order, with its own."""
    wanted, todo = set[str](), [name]
    while todo:
        new = [n for n in names(todo.pop()) if n in rows and n not in wanted]
        wanted.update(new)
        todo += [rows[n] for n in new]
    return {n: f for n, f in rows.items() if n in wanted}


def _steady(formula: Expr, found: Value) -> None:
    """Raises ``Degenerate`` where the numbers of a line, some of them rounded, do not give the number behind it."""
    said = value_of(formula, {})
    if found.places is not None and rounded(said, found.places).text != found.text:
        raise Degenerate("rounding")
