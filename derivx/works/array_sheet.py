"""What is kept of a work over arrays while it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

from derivx.expr import Expr
from derivx.grading.parts import Part
from derivx.shape import Shape
from derivx.works.array_world import Values
from derivx.works.sheet import Statement


@dataclass
class Chain:
    """Sides joined by equals signs: their values, the shape, and whether they answer the question."""

    values: Values
    shape: Shape
    link: tuple[str, str] = ("", "")  # D(first, second)
    main: bool = False
    sound: bool = True
    before: Part | None = None


@dataclass
class Wrong:
    """A wrong side: what it should be, and what was written."""

    right: Values
    shape: Shape
    typed: Expr
    part: Part | None
    link: tuple[str, str]
    stray: bool = False  # a derivative by what a name does not stand on


@dataclass
class ArraySheet:
    """What was read: the statements in order."""

    statements: list[Statement] = field(default_factory=list)
