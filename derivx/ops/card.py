"""The card of an operation: everything derivx knows of it, in one place.

``value(xp, *args)`` is written once over a namespace of functions (see ``derivx.numeric``). ``d`` is the
textbook differential, one formula in our own syntax and linear in ``dx``; in it ``y`` is the value. Domain and
kinks are formulas too. Cards hold formulas as text: ``syntax`` reads them, once, on demand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Value = Callable[..., Any]
Notation = Literal["call", "sum", "neg", "product", "fraction", "power", "sqrt", "bars", "floor", "ceil", "compare", "where"]


@dataclass(frozen=True, slots=True)
class Names:
    """What people call an operation: a phrase in each language, and other ways of typing it."""

    en: str
    ko: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Op:
    """An operation.

    ``args`` lists the arguments (``"x"``, ``"p, t"``), with defaults (``"x, a=0.01"``) and ``...`` where
    any number is taken. ``d`` may be ``None``: then SymPy derives it from the value. ``value`` may be a formula.
    ``domain``: conditions inside which the operation is differentiable, separated by ``;``. ``kinks``: equations of
    the points where it is not, by a stated convention the derivative there is what ``d`` gives. ``jumps``: of those,
    the value itself jumps.
    """

    name: str
    args: str
    value: Value | str
    d: str | None = None
    shape: str = "elementwise"
    domain: str = ""
    kinks: str = ""
    latex: str = ""
    names: Names = Names("", "")
    source: str = ""
    notation: Notation = "call"
    written: str = ""

    # Worked out from ``args``, once: the names of the arguments; those that may be left out, with what stands for them; whether any
    # number of further ones is taken (those of an operation entry by entry are folded from the left).
    params: tuple[str, ...] = field(init=False, repr=False, compare=False)
    defaults: Mapping[str, str] = field(init=False, repr=False, compare=False)
    nary: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = [p.strip() for p in self.args.split(",")]
        put = object.__setattr__
        put(self, "nary", "..." in parts)
        put(self, "params", tuple(p.split("=")[0].strip() for p in parts if p != "..."))
        put(self, "defaults", {n.strip(): text.strip() for n, _, text in (p.partition("=") for p in parts) if text})

    def takes(self, count: int) -> bool:
        """Whether the operation can have this many arguments."""
        most, least = len(self.params), len(self.params) - len(self.defaults)
        return count >= least if self.nary else least <= count <= most

    @property
    def conditions(self) -> tuple[str, ...]:
        """The domain, condition by condition."""
        return tuple(c.strip() for c in self.domain.split(";") if c.strip())

    @property
    def kink_points(self) -> tuple[str, ...]:
        """The kinks, equation by equation."""
        return tuple(c.strip() for c in self.kinks.split(";") if c.strip())

    @property
    def text(self) -> str:
        """The name it is written with."""
        return self.written or self.name
