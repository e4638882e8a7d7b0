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
from derivx.numeric import MPMATH, REAL, UnknownValue, space
from derivx.numeric.tape import Tape, adjoint_name, tape
from derivx.syntax.spelling import CONSTANTS

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
        found = program.run(space(REAL), {n: np.asarray(v, float)[()] for n, v in given.items()})
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
    backward = tape((names[at], adjoint.formula) for at, adjoint in sweep.adjoints.items())
    xp, positions = space(REAL), backward.positions
    slots = backward.start(xp, {n: values.get(n, 0.0) for n in backward.inputs if n in values or n not in CONSTANTS})
    found: dict[str, Scaled] = {}
    with np.errstate(all="ignore"):
        for name in names.values():
            scale, waits = 0, backward.waits.get(name, ())
            if waits:
                before = [(n, found[n]) for n in waits if n in found]
                scale = max([scaled.exponent for _, scaled in before], default=0)
                for n, scaled in before:
                    slots[positions[n]] = scaled.at(scale)
            value = backward.step(name, xp, slots)
            if waits and value and not _SMALL < abs(value) < _LARGE and math.isfinite(value):
                value, shift = math.frexp(value)
                scale += shift
            found[name] = Scaled(value, scale)
    return {at: found[name] for at, name in names.items()}


def precise(sweep: Sweep, given: Mapping[str, Value], digits: int = 50) -> Numbers:
    """The same in high precision, rounded at the end: where 1 - a has lost its digits in floats, this has them.

    Raises ``UnknownValue`` and ``Unavailable`` as ``valued`` does.
    """
    import mpmath

    names = {at: adjoint_name(sweep.name(at)) for at in sweep.adjoints}
    backward = tape((names[at], adjoint.formula) for at, adjoint in sweep.adjoints.items())
    program, xp = forward_tape(sweep), space(MPMATH)
    with mpmath.workdps(digits):
        found = program.run(xp, {name: mpmath.mpf(float(value)) for name, value in given.items()})
        values = {name: found[at] for name, at in program.positions.items()}
        slots = backward.run(xp, values)
        split = {at: mpmath.frexp(mpmath.re(slots[backward.positions[names[at]]])) for at in sweep.adjoints}
    return Numbers(
        {name: float(mpmath.re(v)) for name, v in values.items()},
        {at: Scaled(float(mantissa), int(exponent)) for at, (mantissa, exponent) in split.items()},
    )
