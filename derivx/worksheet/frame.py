"""What every problem has, whatever is asked: its kind, its level, and sentences of its own; and sentences that many problems share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from derivx.expr import Call, Expr, Sym, is_op, postorder
from derivx.render.document import Answer, Chain, Line, Note, Part
from derivx.render.sentences import Said, Sentence
from derivx.worksheet.numbers import Point, Value


@dataclass(frozen=True, slots=True)
class Frame:
    """The kind and level of a problem; an ``ask`` and ``hints`` of its own replace those that are said by default."""

    kind: str
    level: int = 1
    ask: tuple[Sentence, ...] = ()
    hints: tuple[Sentence, ...] = ()


def find(what: Iterable[Expr], at: Point | None = None) -> tuple[Said, ...]:
    """The sentence that asks for derivatives, or for their values at a point."""
    names = tuple(what)
    if at:
        return (Said("ask.find_at", {"what": names, "point": point(at)}),)
    return (Said("ask.find", {"what": names}),)


def point(at: Point) -> tuple[Expr, ...]:
    """A point as equations, w = 2."""
    return tuple(Call("eq", (Sym(name), value)) for name, value in at.items())


def rounding(values: Iterable[Value]) -> tuple[Said, ...]:
    """That answers are to be rounded, where one of them has no end."""
    places = max((v.places for v in values if v.places is not None), default=0)
    return (Said("ask.round", {"places": str(places)}),) if places else ()


def said(key: str, **params: Expr | str | tuple[Expr, ...]) -> Said:
    """A sentence of the tables."""
    return Said(key, params)


def equal(items: Iterable[Expr], value: Value) -> Chain:
    """Formulas that are equal one after the other, and their value, which may be rounded."""
    return Chain(tuple(items), value.text, rounded=value.places is not None)


def clues(parts: Sequence[Part]) -> tuple[Sentence, ...]:
    """Hints from a worked solution: the first rule, why it applies, the line it gives where the answer is still far from it.

    Only the first of several rules in a line is told: the others, and the tidying up, are the student's; none of them holds an answer.
    """
    steps = [part for part in takewhile(lambda part: not isinstance(part, Answer), parts) if isinstance(part, Line)]
    if not steps:
        return ()
    first, *others = steps
    name, why = (replace(said, more=()) for said in (first.rule, first.reason))
    hints = [Said("clue.rule", more=(name,)), why, *([Said("clue.line", {"line": first.formula})] if len(others) > 1 else [])]
    answers = {part.formula for part in parts if isinstance(part, Answer)}
    return tuple(hint for hint in hints if not any(isinstance(value, Expr) and value in answers for value in hint.params.values()))


def explained(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts of a question, and what its notation leaves open: which logarithm is meant."""
    shown = tuple(parts)
    note = Note(Said("told.log"), plain=True)
    formulas = [item for part in shown if isinstance(part, Chain) for item in part.items]
    open_ = any(is_op(node, "log") for formula in formulas for node in postorder(formula))
    return (*shown, note) if open_ and note not in shown else shown


def identity(kind: str, *words: object) -> str:
    """The words by which a student would tell a problem from another one."""
    return " | ".join((kind, *map(str, words)))
