"""A graph as the drawing of a page: each printer asks for it in its own form."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derivx.picture.diagram import Diagram
from derivx.render.exercise import Form

_COLUMNS = 76  # of a drawing in text


@dataclass(frozen=True, slots=True)
class GraphDrawing:
    """A ``Drawing`` of a graph; its words are in the language of the page, whatever that of the diagram is."""

    diagram: Diagram

    def drawn(self, form: Form, lang: str) -> str:
        """The graph as ``tikz``, ``svg``, ``typst`` or ``text``, in ``en``, ``ko`` or ``both``."""
        graph = replace(self.diagram, lang=lang)
        match form:
            case "tikz":
                from derivx.picture.tikz import to_tikz

                return to_tikz(graph)
            case "text":
                from derivx.picture.text import to_text

                return to_text(graph, width=_COLUMNS, titled=False)
            case "svg":
                from derivx.picture.svg import to_svg

                return to_svg(graph)
            case _:
                from derivx.picture.typst import to_typst

                return to_typst(graph)
