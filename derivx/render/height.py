"""About how high the parts of an exercise stand on paper, never less than they do: what fits on a page is kept together."""

from __future__ import annotations

from collections.abc import Sequence

from derivx.expr import Expr
from derivx.render.block import columns
from derivx.render.document import Chain, Note, Part, Table, Values
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Space
from derivx.render.sentences import Sentence, sentence

PAGE, FIGURE = 240.0, 150.0  # millimetres; a higher figure is made smaller
_ROW, _TEXT, _FORMULA, _LETTERS = 8.5, 6.0, 13.0, 70


def whole(parts: Sequence[Part], langs: Sequence[str]) -> int:
    """How many parts, from the first, are kept on one page: all of them if they fit, else those up to the last figure, or the question."""
    room, kept = PAGE, 0
    for i, part in enumerate(parts):
        high = _height(part, langs)
        if high > room:
            return kept
        room -= high
        if isinstance(part, Exercise | Figure | Choices) or i == len(parts) - 1:
            kept = i + 1
    return kept


def _height(part: Part, langs: Sequence[str]) -> float:
    match part:
        case Exercise(ask=ask):
            return 8 + sum(_said(said, langs) for said in ask)
        case Chain(items=items):
            return _FORMULA * max(1, len(items) - 1)
        case Values(cells=cells):
            return _TEXT * len(cells) + 6
        case Table(rows=rows):
            return _ROW * (len(rows) + len(langs)) + 6
        case Choices(options=options):
            return sum(_FORMULA + _said(o, langs) if not isinstance(o, Expr) else _FORMULA * 1.6 for o in options)
        case Space(lines=lines):
            return _ROW * lines + _FORMULA
        case Figure():
            return FIGURE + 6
        case Hints(hints=hints):
            return sum(_said(said, langs) + 3 for said in hints)
        case Note(said):
            return _said(said, langs) + 3
    return PAGE  # what it is is not known here


def _said(said: Sentence, langs: Sequence[str]) -> float:
    return sum(_TEXT * (1 + columns(sentence(said, lang)) // _LETTERS) for lang in langs)
