"""What a picture of a graph shows, as data: boxes with formulas, values and gradients, and arrows with local derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from derivx.expr import Expr, Sym

Kind = Literal["data", "param", "node", "output"]


@dataclass(frozen=True, slots=True)
class Box:
    """A node: the ``name`` it is called by, its ``formula`` over other names (none for what is given), its numbers as text.

    ``value`` stands above, ``gradient`` below; both are empty where no numbers are known. ``shape`` is the formula with its
    names taken out: boxes of equal shape, wired alike, are repetitions of one another and fold.
    """

    name: Sym
    kind: Kind = "node"
    formula: Expr | None = None
    value: str = ""
    gradient: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """``tail`` is an argument of ``head`` (positions in ``Diagram.boxes``); ``local`` is the derivative of head by tail, if shown."""

    tail: int
    head: int
    local: Expr | None = None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A graph to be drawn: boxes so ordered that every arrow goes from an earlier box to a later one."""

    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    title: str = ""
    lang: str = "en"
