"""A sweep in numbers: the values of the forward sweep, and the adjoints as they are claimed, from the output back.

An adjoint is kept as a float and a power of two, so that the gradient at the first of two thousand layers is a number too:
an adjoint is linear in those before it, which are brought to one scale before a formula is valued.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from derivx.derive.backprop import Sweep
from derivx.expr import Call, Diff, Expr, Sym
from derivx.numeric import REAL, UnknownValue, space
from derivx.numeric.tape import Tape, adjoint_name, tape

Value = Any
_SMALL, _LARGE = 1e-100, 1e100  # beyond these the power of two moves out of the float


class Scaled(NamedTuple):
    """The number ``value * 2**exponent``."""

    value: float
    exponent: int = 0

    def at(self, exponent: int) -> float:
        """As a float in units of ``2**exponent``."""
        return self.value if self.exponent == exponent else math.ldexp(self.value, max(self.exponent - exponent, -4000))

    @property
    def plain(self) -> float:
        """As a plain float; 0 below the smallest of them."""
        return float(self.at(0)) if self.exponent <= 0 else self.value * 2.0**self.exponent

    def log10(self) -> float:
        """The logarithm of the absolute value; ``-inf`` for zero."""
        return math.log10(abs(self.value)) + self.exponent * math.log10(2) if self.value else -math.inf


@dataclass(frozen=True)
class Numbers:
    """The values of the nodes by name, and the adjoints by position, at a point."""

    values: Mapping[str, Value]
    adjoints: Mapping[int, Scaled]


def forward_tape(sweep: Sweep) -> Tape:
    """The formulas of the graph as a tape."""
    return tape(sweep.graph.definitions.items())


def forward(sweep: Sweep, given: Mapping[str, Value], program: Tape | None = None) -> dict[str, Value]:
    """The values of all nodes. Raises ``UnknownValue`` for an input without one."""
    program = program or forward_tape(sweep)
    with np.errstate(all="ignore"):
        found = program.run(space(REAL), given)
    return {name: found[at] for name, at in program.positions.items()}


def valued(sweep: Sweep, given: Mapping[str, Value], values: Mapping[str, Value] | None = None) -> Numbers:
    """Values and adjoints at a point. Raises ``UnknownValue`` for an input without a value."""
    missing = next((sweep.graph.nodes[i].name for i in sweep.graph.inputs if sweep.graph.nodes[i].name not in given), None)
    if missing is not None:
        raise UnknownValue(missing)
    values = values or forward(sweep, given)
    return Numbers(values, adjoints(sweep, values))


def adjoints(sweep: Sweep, values: Mapping[str, Value]) -> dict[int, Scaled]:
    """The adjoints as claimed by their formulas, each from those before it."""
    names = {at: adjoint_name(sweep.name(at)) for at in sweep.adjoints}
    known = set(names.values())
    stored = {at: [n for n in _stored(adjoint.formula) if n in known] for at, adjoint in sweep.adjoints.items()}
    backward = tape((names[at], adjoint.formula) for at, adjoint in sweep.adjoints.items())
    xp = space(REAL)
    slots = backward.start(xp, {n: values.get(n, 0.0) for n in backward.inputs})
    found: dict[str, Scaled] = {}
    with np.errstate(all="ignore"):
        for at in sweep.adjoints:
            name, scale = names[at], 0
            if stored[at]:
                scale = max([found[n].exponent for n in stored[at]])
                for n in stored[at]:
                    slots[backward.positions[n]] = found[n].at(scale)
            value = backward.step(name, xp, slots)
            if stored[at] and not _SMALL < abs(value) < _LARGE and value and math.isfinite(value):
                value, shift = math.frexp(value)
                scale += shift
            found[name] = Scaled(value, scale)
    return {at: found[names[at]] for at in sweep.adjoints}


def _stored(formula: Expr) -> list[str]:
    """The adjoints whose names stand in a formula."""
    found: dict[str, None] = {}
    todo = [formula]
    while todo:
        node = todo.pop()
        if isinstance(node, Call):
            todo.extend(node.args)
        elif isinstance(node, Diff) and isinstance(node.body, Sym):
            found[adjoint_name(node)] = None
    return list(found)
