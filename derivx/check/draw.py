"""A point for a program: inputs drawn so that every node has a moderate value inside its domain and away from its kinks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np

from derivx import ops
from derivx.check.sample import seed
from derivx.derive.backprop import Sweep
from derivx.expr import Call, Expr, postorder
from derivx.numeric import REAL, Unavailable, space
from derivx.numeric.tape import Tape, tape
from derivx.syntax import conditions, kink_equations
from derivx.syntax.formulas import Condition

_BOXES = ((0.3, 1.7), (-1.5, 1.5), (0.05, 0.95), (-0.6, 0.6), (0.5, 3.0), (-3.0, 3.0))
_DRAWS, _FAR, _MARGIN, _NEAR = 24, (1e6, 1e12), 1e-3, 5e-3


def draw(sweep: Sweep, given: Mapping[str, float], program: Tape) -> dict[str, float] | None:
    """The given numbers and drawn ones for the other inputs; ``None`` where none is found at which all is defined."""
    names = [sweep.graph.nodes[i].name for i in sweep.graph.inputs]
    fixed = {n: float(given[n]) for n in names if n in given}
    rows, kinks = stated(sweep)
    sides = _sides([*((a, b) for a, _, b in rows), *kinks])
    shaken = random.Random(seed("".join(names[:50])))
    if len(fixed) == len(names):
        return fixed if _finite(fixed, program) else None
    for attempt in range(3 * len(_BOXES)):
        low, high = _BOXES[attempt % len(_BOXES)]
        mixed = attempt >= len(_BOXES)
        table: dict[str, Any] = {n: np.full(_DRAWS, v) for n, v in fixed.items()}
        for n in names:
            if n not in fixed:
                box = shaken.choice(_BOXES) if mixed else (low, high)
                table[n] = np.array([shaken.uniform(*box) for _ in range(_DRAWS)])
        good = _fitting(table, program, sides, rows, kinks, _FAR[attempt >= 2 * len(_BOXES)])
        if good is not None:
            return {n: float(v[good]) for n, v in table.items()}
    return None


def on_kink(sweep: Sweep, point: Mapping[str, float], program: Tape) -> bool:
    """Whether a point lies on a kink, or so near that a difference steps over it."""
    kinks = stated(sweep)[1]
    sides = _sides(kinks)
    if sides is None:
        return False
    with np.errstate(all="ignore"):
        found = program.run(space(REAL), point)
        compared = sides.run(space(REAL), {n: found[at] for n, at in program.positions.items()})
    pairs = ([float(compared[sides.positions[f"side {i}{side}"]]) for side in "ab"] for i in range(len(kinks)))
    return any(abs(a - b) <= _NEAR * max(1.0, abs(a)) for a, b in pairs)


def stated(sweep: Sweep) -> tuple[list[Condition], list[tuple[Expr, Expr]]]:
    """The conditions and kinks of all operations of the graph, each once."""
    rows: dict[Condition, None] = {}
    kinks: dict[tuple[Expr, Expr], None] = {}
    for formula in sweep.graph.definitions.values():
        for node in postorder(formula):
            if isinstance(node, Call) and ops.known(node.op) and (ops.card(node.op).domain or ops.card(node.op).kinks):
                rows.update(dict.fromkeys(conditions(node)))
                kinks.update(dict.fromkeys(kink_equations(node)))
    return list(rows), list(kinks)


def _sides(pairs: list[tuple[Expr, Expr]]) -> Tape | None:
    """What is compared in conditions and kinks, as a tape over the nodes."""
    return tape((f"side {i}{side}", e) for i, pair in enumerate(pairs) for side, e in zip("ab", pair, strict=True)) if pairs else None


def _fitting(
    table: Mapping[str, Any], program: Tape, sides: Tape | None, rows: list[Condition], kinks: list[tuple[Expr, Expr]], far: float
) -> int | None:
    """The first of the points at which everything is defined and moderate."""
    xp = space(REAL)
    with np.errstate(all="ignore"):
        try:
            found = program.run(xp, table)
        except Unavailable:
            return None
        good = np.ones(_DRAWS, dtype=bool)
        for name in program.parts:
            value = np.real(found[program.positions[name]])
            good &= np.isfinite(value) & (np.abs(value) < far)
            if not good.any():
                return None
        if sides is not None:
            values = {n: found[at] for n, at in program.positions.items()}
            compared = sides.run(xp, values)
            for i, (_, sign, _) in enumerate([*rows, *((a, "kink", b) for a, b in kinks)]):
                a, b = (compared[sides.positions[f"side {i}{side}"]] for side in "ab")
                good &= np.broadcast_to(_holds(a, sign, b), good.shape)
    return int(np.argmax(good)) if good.any() else None


def _finite(point: Mapping[str, float], program: Tape) -> bool:
    """Whether all values are finite at a point that was given."""
    with np.errstate(all="ignore"):
        found = program.run(space(REAL), {n: np.float64(v) for n, v in point.items()})
    return all(bool(np.isfinite(np.real(found[program.positions[name]]))) for name in program.parts)


def _holds(a: Any, sign: str, b: Any) -> Any:
    if sign == "kink":
        return np.abs(a - b) > _MARGIN
    return {">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b, "!=": np.abs(a - b) > 1e-9, "=": np.abs(a - b) < 1e-9}[sign]
