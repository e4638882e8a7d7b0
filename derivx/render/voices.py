"""The formulas of a page read aloud in one voice, so that a letter is called alike on all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from derivx.expr import Expr, names
from derivx.render.document import Document
from derivx.render.exercise import Figure
from derivx.render.speech import Voice, voice_of
from derivx.render.typeset import name_node


def page_voice(pages: Iterable[Document], lang: str) -> Voice:
    """The voice for every formula on these pages."""
    found = dict.fromkeys(name for page in pages for expr in _formulas(page.parts) for name in names(expr))
    return voice_of(map(name_node, found), lang)


def _formulas(parts: Iterable[Any]) -> Iterator[Expr]:
    """The expressions that stand anywhere in parts; a drawing speaks for itself."""
    todo = list(parts)
    while todo:
        found = todo.pop()
        if isinstance(found, Expr):
            yield found
        elif isinstance(found, Mapping):
            todo += found.values()
        elif isinstance(found, tuple | list):
            todo += found
        elif is_dataclass(found) and not isinstance(found, Figure):
            todo += [getattr(found, f.name) for f in fields(found)]
