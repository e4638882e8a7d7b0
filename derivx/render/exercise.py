"""What a worksheet has beside derivations: its head, exercises, choices, drawings, space to write, hints. Data only.

A sheet is a sequence of documents, one for its head and one for each exercise, so that every exercise has its own style.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from derivx.expr import Expr
from derivx.render.sentences import Sentence

Form = Literal["tikz", "svg", "typst", "text"]


class Drawing(Protocol):
    """What can draw itself for a printer."""

    def drawn(self, form: Form, lang: str) -> str:
        """The drawing as LaTeX, SVG, Typst or lines of text, without anything around it."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """The top of a sheet: its title, lines below it (course, variant), and fields to be filled in by hand (name, number)."""

    title: Sentence
    lines: tuple[Sentence, ...] = ()
    fields: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Exercise:
    """The beginning of an exercise: its number, what it is worth (``""``: not said), what is asked. The parts behind it belong to it."""

    number: int
    ask: tuple[Sentence, ...]
    points: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Answers to choose from, lettered A, B, C, ...; in a key ``right`` is the place of the right one."""

    options: tuple[Expr | Sentence, ...]
    right: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, with the words for those who cannot see it."""

    drawing: Drawing
    alt: Sentence


@dataclass(frozen=True, slots=True)
class Space:
    """Room for an answer, as many lines high; ``label`` is what the answer is the value of, such as dL/dw."""

    lines: int
    label: Expr | None = None
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Hints:
    """Hints, from the first that helps to the one that nearly says it."""

    hints: tuple[Sentence, ...]


SheetPart = Masthead | Exercise | Choices | Figure | Space | Hints
