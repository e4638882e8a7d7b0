"""What a worksheet is: its head, its rows of problems, and what was drawn for one student. Data only; ``describe`` reads it from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from derivx.render.sentences import Own, Sentence
from derivx.worksheet.problem import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the description: ``count`` problems of a ``kind``, or one that the teacher gives (``fixed``).

    ``levels`` are taken one after the other. ``points`` are those of each problem; ``choices``: how many, 0 for none; ``space``: lines
    for the answer; ``blank``: the derivation is there, with these gaps; ``where``: its place in the description, for errors.
    """

    kind: str = ""
    levels: tuple[int, ...] = (1,)
    count: int = 1
    points: Fraction | None = None
    choices: int = 0
    space: int = 0
    hints: bool = False
    blank: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet before anything is drawn.

    ``seed`` and ``variants`` are what the description asks for; a command or a call may ask for others. ``text`` is the description.
    """

    title: Own
    rows: tuple[Row, ...]
    course: Own | None = None
    intro: Own | None = None
    langs: tuple[str, ...] = ("en",)
    fields: tuple[Sentence, ...] = ()
    variants: int = 1
    seed: int | str = 0
    shuffle: bool = False
    name: str = ""
    text: str = ""

    @property
    def total(self) -> Fraction | None:
        """The points of all problems, where every one has some."""
        points = [row.points for row in self.rows]
        return None if None in points else sum((row.points * row.count for row in self.rows if row.points is not None), Fraction(0))


@dataclass(frozen=True, slots=True)
class Taker:
    """For whom a sheet is drawn: a student with an id and perhaps a name, or the number of a variant."""

    id: str
    name: str = ""
    student: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A problem on a sheet: its number, its row in the description, the problem."""

    number: int
    row: Row
    problem: Problem

    @property
    def points(self) -> Fraction | None:
        """What it is worth."""
        return self.row.points


@dataclass(frozen=True, slots=True)
class Variant:
    """One drawn sheet."""

    sheet: Sheet
    taker: Taker
    items: tuple[Item, ...]

    @property
    def identities(self) -> tuple[str, ...]:
        """What tells its problems apart from others."""
        return tuple(item.problem.identity for item in self.items)


def points_text(points: Fraction | None) -> str:
    """Points as they are printed: ``2``, ``2.5``, ``1/3``."""
    if points is None:
        return ""
    cents = points * 100
    return f"{float(points):.2f}".rstrip("0").rstrip(".") if cents.denominator == 1 else str(points)
