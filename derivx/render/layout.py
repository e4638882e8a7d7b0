"""The presentation tree: what a formula looks like, with no calculus left in it, and the one walk that printers share.

Few kinds of node are enough for a board. ``fold`` visits them from the leaves up without recursion, so a printer is
one function from a node and the results of its parts to a result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

Sign = Literal["+", "-", "*", " ", "", "=", ">", "<", ">=", "<=", "!=", ",", ";", "&", "o", "x"]
# o: entry by entry, x: Kronecker, & and ; between the parts of an array side by side and one below the other
Fence = Literal["(", "[", "|", "floor", "ceil", "norm", "angle"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name: its letters (``w``, ``alpha``, ``grad``), an accent (``hat``), subscripts, primes; ``bold`` for an array."""

    base: str
    accent: str = ""
    subs: tuple[str, ...] = ()
    primes: int = 0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """The name of an operation: as text, as LaTeX, and as its single sign (``σ``) if it has one."""

    text: str
    latex: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Plain:
    """A formula given up on: plain text, for an expression too deep or too large to be typeset."""

    text: str


@dataclass(frozen=True, slots=True)
class Infix:
    """Parts with a sign before each: ``signs[0]`` is ``-`` or nothing; ``*`` is a dot, a space is juxtaposition."""

    signs: tuple[Sign, ...]
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Frac:
    """A fraction."""

    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Sub:
    """An index below, as in the base of a logarithm."""

    base: Node
    index: Node


@dataclass(frozen=True, slots=True)
class Sup:
    """A power."""

    base: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Exp:
    """The exponential function: e to a power, where that can be read, or else a call."""

    body: Node


@dataclass(frozen=True, slots=True)
class Root:
    """A square root, or a cube root."""

    body: Node
    index: str = ""


@dataclass(frozen=True, slots=True)
class Fenced:
    """Something in brackets or bars."""

    body: Node
    kind: Fence = "("


@dataclass(frozen=True, slots=True)
class Apply:
    """A function applied to arguments in brackets: ``head`` is a ``Function`` or ``Name``, or a power of one."""

    head: Node
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operator:
    """A pending derivative: ``du/dx`` with ``over``, or ``d/dx`` before a ``body``; one of the two is given.

    ``under`` are the names (or, over arrays, parts of formulas) with their times, the last one differentiated by first.
    """

    under: tuple[tuple[Node, int], ...]
    over: Node | None = None
    body: Node | None = None
    partial: bool = False

    @property
    def order(self) -> int:
        """How many times it differentiates."""
        return sum(times for _, times in self.under)


@dataclass(frozen=True, slots=True)
class Indexed:
    """An entry of an array: X with the indices i and j."""

    base: Node
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over indices: the sign with the indices below it, and what is summed."""

    items: tuple[Node, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Differential:
    """d before what moves."""

    body: Node


@dataclass(frozen=True, slots=True)
class Cases:
    """Values with the condition of each; the last has none."""

    values: tuple[Node, ...]
    conditions: tuple[Node, ...]


Node = (
    Number
    | Name
    | Function
    | Plain
    | Infix
    | Frac
    | Sup
    | Exp
    | Root
    | Fenced
    | Apply
    | Operator
    | Cases
    | Sub
    | Indexed
    | Total
    | Differential
)
T = TypeVar("T")


def parts(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in reading order."""
    match node:
        case Infix(items=items):
            return items
        case Frac(top, bottom):
            return (top, bottom)
        case Sup(base, other) | Sub(base, other):
            return (base, other)
        case Exp(body) | Root(body) | Fenced(body) | Differential(body):
            return (body,)
        case Indexed(base, items):
            return (base, *items)
        case Total(items, body):
            return (*items, body)
        case Apply(head, args):
            return (head, *args)
        case Operator(over=over, body=body):
            return tuple(part for part in (over, body) if part is not None)
        case Cases(values, conditions):
            return (*values, *conditions)
    return ()


def compound(base: Node) -> bool:
    """Whether a power stands on brackets around its base, however the base was typed."""
    if isinstance(base, Number):
        return "e" in base.text
    return isinstance(base, Exp | Sup | Infix | Operator | Frac | Differential | Total)


def fold(root: Node, visit: Callable[[Node, list[T]], T]) -> T:
    """Visit every node once its parts have been visited; the result of the root."""
    done: list[T] = []
    todo: list[tuple[Node, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        kids = parts(node)
        if ready or not kids:
            results = done[len(done) - len(kids) :]
            del done[len(done) - len(kids) :]
            done.append(visit(node, results))
        else:
            todo.append((node, True))
            todo.extend((kid, False) for kid in reversed(kids))
    return done[0]
