"""The check of a backward sweep: all adjoints at once by one complex forward pass, each by SymPy, the gradient by autograd and differences.

One pass: i*h*r_k is added to every node k while the program runs once, so the output's imaginary part over h is the sum of
r_k * dL/dk, to all digits. With r_k of the size of 1/|dL/dk| every adjoint counts the same there, however far the gradient
has vanished, and a zero is weighed by what it was computed from. What fails is found by bisection, from the output back.
A chain below the range of floats is checked in segments: what a segment's nodes do to the nodes behind it, times their adjoints.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from derivx.check.draw import draw, on_kink
from derivx.check.local import prove_adjoint
from derivx.check.values import Numbers, Scaled, Value, forward_tape, precise, valued
from derivx.check.verdict import Check, Verdict
from derivx.derive.backprop import Sweep
from derivx.numeric import AUTOGRAD, COMPLEX, REAL, Unavailable, space
from derivx.numeric.tape import Tape

_RANGE = 200.0  # orders of magnitude of the adjoints in one segment
_ALLOWED = 1e-8  # of a deviation, where every adjoint counts about 1
_TINY = 1e-16
_MOST_TRACED = 4000  # operations that autograd is asked to trace
_CLOSE = 1e-6
STEP = "complex_step"


@dataclass(frozen=True)
class SweepReport:
    """The checks of the nodes by position, and those of the whole gradient; the point they were made at."""

    nodes: Mapping[int, tuple[Check, ...]]
    whole: tuple[Check, ...]
    numbers: Numbers | None = None
    wrong: int | None = field(default=None)

    @property
    def checks(self) -> tuple[Check, ...]:
        """All of them."""
        return (*(c for checks in self.nodes.values() for c in checks), *self.whole)


def check_sweep(sweep: Sweep, given: Mapping[str, float] | None = None, *, exact: bool = True, also: Sequence[str] = ()) -> SweepReport:
    """Judge every adjoint of a sweep, at the given inputs and where these leave some out at drawn ones."""
    program = forward_tape(sweep)
    point = draw(sweep, given or {}, program)
    if point is not None and given and on_kink(sweep, point, program):  # there the derivative is a convention: judged beside it
        point = draw(sweep, {}, program)
    if point is None:
        return _unjudged(sweep, Verdict.UNDEFINED, "no_point")
    try:
        numbers = valued(sweep, point)
    except Unavailable as missing:  # the derivative of an undefined function by one of its arguments
        return _unjudged(sweep, Verdict.SKIPPED, str(missing))
    wrong, digits, numbers = one_pass(sweep, numbers, program)
    found = {at: [Check(None, STEP, Verdict.FAIL if at == wrong else Verdict.PASS, digits)] for at in sweep.adjoints}
    if exact:
        for at in sweep.adjoints:
            found[at].append(prove_adjoint(sweep, at))
    whole = (*(_traced(sweep, point, numbers, program, name) for name in (AUTOGRAD, *also)), _differences(sweep, point, numbers, program))
    return SweepReport({at: tuple(checks) for at, checks in found.items()}, whole, numbers, wrong)


def _unjudged(sweep: Sweep, verdict: Verdict, reason: str) -> SweepReport:
    nodes = {at: (Check(None, STEP, verdict, reason=reason),) for at in sweep.adjoints}
    return SweepReport(nodes, tuple(Check(None, referee, verdict, reason=reason) for referee in (AUTOGRAD, "finite_difference")))


# One complex pass.


def one_pass(sweep: Sweep, numbers: Numbers, program: Tape) -> tuple[int | None, float, Numbers]:
    """The first wrong adjoint from the output back, if any; the digits to which the others are right; the numbers looked at.

    In doubt the adjoints are valued again in high precision: a formula may lose digits in floats where it is right.
    """
    wrong, digits = _judged(sweep, numbers, program)
    if wrong is None:
        return None, digits, numbers
    try:
        given = {sweep.graph.nodes[i].name: numbers.values[sweep.graph.nodes[i].name] for i in sweep.graph.inputs}
        sharp = Numbers(numbers.values, precise(sweep, given).adjoints)
        return *_judged(sweep, sharp, program), sharp
    except (Unavailable, ValueError, ZeroDivisionError, OverflowError, TypeError):
        return wrong, 0.0, numbers


def _judged(sweep: Sweep, numbers: Numbers, program: Tape) -> tuple[int | None, float]:
    passes = _Passes(sweep, numbers, program)
    worst = 0.0
    for segment in passes.segments():
        deviation = passes.deviation(segment)
        if not deviation <= _ALLOWED:
            return _first_wrong(passes, segment), 0.0
        worst = max(worst, deviation / max(len(segment), 1))  # nothing to judge where the output depends on no name asked for
    return None, 16.0 if worst < _TINY else min(16.0, -math.log10(worst))


def _first_wrong(passes: _Passes, segment: list[int]) -> int:
    """The first wrong one by bisection: an adjoint depends on those before it alone."""
    low, high = 0, len(segment)  # the first ``low`` are right, the first ``high`` are not
    while high - low > 1:
        middle = (low + high) // 2
        if passes.deviation(segment[:middle]) <= _ALLOWED:
            low = middle
        else:
            high = middle
    return segment[high - 1]


class _Passes:
    """Complex passes over a part of the nodes; the others keep their values."""

    def __init__(self, sweep: Sweep, numbers: Numbers, program: Tape) -> None:
        self.sweep, self.numbers, self.program = sweep, numbers, program
        self.xp = space(COMPLEX)
        nodes = sweep.graph.nodes
        with np.errstate(all="ignore"):
            self.plain = program.run(self.xp, {nodes[i].name: complex(numbers.values[nodes[i].name]) for i in sweep.graph.inputs})
        draws = random.Random(len(nodes))
        self.factors = {at: draws.uniform(0.5, 1.5) * draws.choice((-1.0, 1.0)) for at in sweep.adjoints}
        self.sizes = {at: self._size(at) for at in sweep.adjoints}
        self.logs = {at: size.log10() for at, size in self.sizes.items()}

    def _size(self, at: int) -> Scaled:
        """The size of an adjoint; of a zero, that of what it was computed from."""
        own = self.numbers.adjoints[at]
        if own.value:
            return own
        return max((self.numbers.adjoints[link.user] for link in self.sweep.adjoints[at].links), key=Scaled.log10, default=own)

    def segments(self) -> list[list[int]]:
        """The order cut where the adjoints leave the range of one pass."""
        out: list[list[int]] = [[]]
        low, high = math.inf, -math.inf
        for at, log in self.logs.items():
            if math.isfinite(log):
                low, high = min(low, log), max(high, log)
                if high - low > _RANGE and out[-1]:
                    out.append([])
                    low = high = log
            out[-1].append(at)
        return out

    def deviation(self, part: list[int]) -> float:
        """How far the sum of r_k * adjoint_k over a part, as claimed, is from what a pass measures."""
        nodes, positions = self.sweep.graph.nodes, self.program.positions
        largest = max([self.logs[at] for at in part], default=0.0)
        unit = round(largest / math.log10(2)) if math.isfinite(largest) else 0
        weights: dict[int, float] = {}
        step = math.inf
        claimed = 0.0
        for at in part:
            weight = self.factors[at] / (abs(self.sizes[at].at(unit)) or 1.0)
            weights[at] = weight
            step = min(step, 1e-18 * (abs(self.plain[positions[nodes[at].name]]) or 1.0) / abs(weight))
            claimed += weight * self.numbers.adjoints[at].at(unit)
        measured = self.measured(part, weights, max(step, 1e-280), unit)
        return float(abs(claimed - measured)) if math.isfinite(claimed) and math.isfinite(measured) else math.inf

    def measured(self, part: list[int], weights: Mapping[int, float], step: float, unit: int) -> float:
        """The effect of the weights on the output: through the part itself, then by the adjoints of the nodes behind it."""
        nodes, positions = self.sweep.graph.nodes, self.program.positions
        inside = set(part)
        slots = list(self.plain)
        effect = 0.0
        behind = {user for at in part for user in self.sweep.graph.users[at] if user not in inside and user in self.sweep.adjoints}
        with np.errstate(all="ignore"):
            for at in sorted(inside | behind):
                name = nodes[at].name
                value = self.program.step(name, self.xp, slots) if nodes[at].formula is not None else slots[positions[name]]
                if at in behind:
                    effect += float(np.imag(value)) / step * self.numbers.adjoints[at].at(unit)
                    slots[positions[name]] = self.plain[positions[name]]
                    continue
                slots[positions[name]] = value + 1j * step * weights[at]
                if at == self.sweep.graph.output:
                    effect += float(np.imag(slots[positions[name]])) / step * Scaled(1.0).at(unit)
        return effect


# The whole gradient.


def _leaves(sweep: Sweep) -> list[int]:
    return [at for at in sweep.adjoints if sweep.graph.nodes[at].formula is None]


def _traced(sweep: Sweep, point: Mapping[str, Value], numbers: Numbers, program: Tape, library: str) -> Check:
    """The gradient by a library's automatic differentiation."""
    leaves = _leaves(sweep)
    if len(program.steps) > _MOST_TRACED:
        return Check(None, library, Verdict.SKIPPED, reason="too_large")
    names = [sweep.graph.nodes[at].name for at in leaves]
    out = program.positions[sweep.output.name]
    try:
        xp = space(library)
        fixed = {n: xp.number(v) for n, v in point.items()}
        theirs = xp.gradient(lambda at: program.run(xp, {**fixed, **dict(zip(names, at, strict=True))})[out], [point[n] for n in names])
    except Unavailable as missing:
        return Check(None, library, Verdict.SKIPPED, reason=str(missing))
    except ImportError:
        return Check(None, library, Verdict.SKIPPED, reason="not_installed")
    ours = np.array([numbers.adjoints[at].plain for at in leaves])
    found = _compared(library, ours, np.array(theirs, dtype=float), 1e-9)
    if found.verdict is not Verdict.FAIL:
        return found
    try:  # a formula may lose in floats the digits that it has
        sharp = np.array([precise(sweep, point).adjoints[at].plain for at in leaves])
    except (Unavailable, ValueError, ZeroDivisionError, OverflowError, TypeError):
        return found
    return _compared(library, sharp, np.array(theirs, dtype=float), 1e-9)


def _compared(referee: str, ours: Any, theirs: Any, allowed: float) -> Check:
    """Every derivative against the size of the gradient."""
    if not len(ours) or not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        return Check(None, referee, Verdict.UNDEFINED, reason="no_point")
    scale = np.maximum(np.maximum(np.abs(ours), np.abs(theirs)), 1e-3 * np.max(np.abs(ours)) + 1e-300)
    worst = float(np.max(np.abs(ours - theirs) / scale))
    return Check(None, referee, Verdict.PASS if worst <= allowed else Verdict.FAIL, 16.0 if worst < _TINY else -math.log10(worst))


def _differences(sweep: Sweep, point: Mapping[str, Value], numbers: Numbers, program: Tape) -> Check:
    """The derivative along a drawn direction by central differences extrapolated once, believed as far as their own error."""
    leaves = _leaves(sweep)
    draws = random.Random(len(leaves))
    along = {sweep.graph.nodes[at].name: draws.uniform(0.5, 1.0) * max(abs(float(point[sweep.graph.nodes[at].name])), 0.1) for at in leaves}
    ours = math.fsum(numbers.adjoints[at].plain * along[sweep.graph.nodes[at].name] for at in leaves)
    out, xp = program.positions[sweep.output.name], space(REAL)

    def f(t: float) -> float:
        with np.errstate(all="ignore"):
            return float(program.run(xp, {n: v + t * along.get(n, 0.0) for n, v in point.items()})[out])

    h = 1e-3
    try:
        ahead, here, behind = f(h), f(0.0), f(-h)
        coarse, fine = (ahead - behind) / (2 * h), (f(h / 2) - f(-h / 2)) / h
    except Unavailable as missing:
        return Check(None, "finite_difference", Verdict.SKIPPED, reason=str(missing))
    theirs = fine + (fine - coarse) / 3
    bend = abs(ahead - 2 * here + behind) / h**2  # at a minimum of 0 it alone says how large the rounded parts of the output are
    error = abs(fine - coarse) + 1e-12 * (abs(here) / h + bend)
    if not math.isfinite(theirs):
        return Check(None, "finite_difference", Verdict.UNDEFINED, reason="no_point")
    scale = max(abs(ours), abs(theirs))
    apart = abs(ours - theirs)
    digits = 16.0 if not apart else max(0.0, -math.log10(apart / scale))
    if apart > max(error, _CLOSE * scale):
        return Check(None, "finite_difference", Verdict.FAIL, digits)
    told = Verdict.PASS if error <= 1e-2 * scale or not scale else Verdict.ILL_CONDITIONED
    return Check(None, "finite_difference", told, digits)
