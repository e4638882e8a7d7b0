"""Problems with places to be filled: ``{a}*x^{n} {b:+}*x`` and what may stand in each place. The kinds of the house are made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derivx.errors import UsageError
from derivx.render.sentences import Own, Sentence
from derivx.worksheet.draw import Draw
from derivx.worksheet.fixed import fixed
from derivx.worksheet.own import own
from derivx.worksheet.problem import Problem

Range = str | Sequence[int | float | str]  # "2..9", or what to choose from
_PLACE = re.compile(r"\{([A-Za-z]\w*)(:\+)?\}")
_SPAN = re.compile(r"\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*")
_MOST = 1000  # whole numbers in a range


@dataclass(frozen=True, slots=True)
class Template:
    """An expression (or a program) with places, by what it is differentiated, where, and what may stand in the places.

    ``{a}`` is a place, ``{a:+}`` one with its sign before it. Without ``at`` the answers are formulas; with it, numbers. ``wrt`` may
    hold places too; without it the value is asked. ``asks`` and ``clues`` are a teacher's words by language, with places.
    ``shapes`` as in ``derivx.explain``.
    """

    expr: str
    wrt: str = ""
    at: Mapping[str, Range] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    shapes: Mapping[str, Sequence[int | str]] = field(default_factory=dict)
    level: int = 1
    ask: tuple[Sentence, ...] = ()
    hints: tuple[Sentence, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    clues: Sequence[Mapping[str, str]] = ()

    def drawn(self, draw: Draw, kind: str) -> Problem:
        """A problem with everything in its place."""
        places = {name: chosen(draw, name, within) for name, within in self.ranges.items()}
        at = {name: filled(str(chosen(draw, name, within)), places) for name, within in self.at.items()}
        wrt = [w.strip() for w in filled(self.wrt, places).split(",") if w.strip()]
        ask = (_own(self.asks, places),) if self.asks else self.ask
        hints = tuple(_own(clue, places) for clue in self.clues) or self.hints
        return fixed(filled(self.expr, places), wrt, at, shapes=self.shapes, kind=kind, level=self.level, ask=ask, hints=hints)


def _own(said: Mapping[str, str], places: Mapping[str, int | float | str]) -> Own:
    """A teacher's own words with their places filled; ``""`` is what is said in every language."""
    texts = {lang: _PLACE.sub(lambda found: _put(found, places), text) for lang, text in said.items()}
    return own(texts.get("", texts))


def filled(text: str, places: Mapping[str, int | float | str]) -> str:
    """The text with its places filled. Raises ``UsageError`` for a place of which nothing is said."""
    return _PLACE.sub(lambda found: _put(found, places), text)


def _put(found: re.Match[str], places: Mapping[str, int | float | str]) -> str:
    if found[1] not in places:
        raise UsageError("no_range", name=found[1])
    value = str(places[found[1]])
    return value if not found[2] else f"- {value[1:]}" if value.startswith("-") else f"+ {value}"


def chosen(draw: Draw, name: str, within: Range) -> int | float | str:
    """What stands in a place; whole numbers of a range are never 0. Raises ``UsageError`` for a range that is none."""
    if not isinstance(within, str):
        if not within:
            raise UsageError("bad_value", name=name, value=within)
        return draw.one(within)
    span = _SPAN.fullmatch(within)
    if span is None:
        return within
    low, high = int(span[1]), int(span[2])
    numbers = [n for n in range(low, high + 1) if n] if high - low <= _MOST else []
    if not numbers:
        raise UsageError("bad_value", name=name, value=within)
    return draw.one(numbers)
