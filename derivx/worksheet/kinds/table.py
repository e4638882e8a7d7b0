"""A kind from a table of templates."""

from __future__ import annotations

from derivx.worksheet.draw import Draw
from derivx.worksheet.problem import Kind, Problem
from derivx.worksheet.template import Template


def kind_of(name: str, topic: str, *templates: Template) -> Kind:
    """A kind that draws one of its templates of a level."""
    levels = tuple(sorted({t.level for t in templates}))

    def draw(choices: Draw, level: int) -> Problem:
        return choices.one([t for t in templates if t.level == level]).drawn(choices, name)

    return Kind(name, topic, draw, levels)
