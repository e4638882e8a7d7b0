"""The proof of every pullback on the way: <G, dZ> = <pullback(G), dX> for a drawn G and a drawn dX, dZ by the complex step.

Each operation is looked at alone, at the values that its arguments have; nothing of what comes before or behind it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from derivx.check.matrix import Env, measured, points, with_lets, worst
from derivx.check.verdict import Check
from derivx.derive.matrix.calculus import Use
from derivx.derive.matrix.engine import Answer, Question, Solver
from derivx.derive.matrix.final import finished
from derivx.expr import Call, Expr, Sym
from derivx.numeric import COMPLEX, Unavailable, UnknownValue, space
from derivx.numeric.array_value import array_value

_STEP = 1e-30
_ARGUMENT = "argument_"


@dataclass(frozen=True)
class Pullback:
    """What the argument ``index`` of ``by`` receives, in terms of the gradient ``upstream`` by the value of ``by``."""

    step: int
    by: Call
    index: int
    upstream: Sym
    formula: Expr
    check: Check | None = None


def pullbacks(question: Question, answer: Answer, *, check: bool = True) -> list[Pullback]:
    """The pullback of every use of a value, in the order of the steps."""
    solver = Solver(question)
    upstream = Sym(next(n for n in ("G", "H", *(f"G_{k}" for k in range(1, 99))) if n not in solver.m.shapes.given))
    drawn = points(question, answer)[::3] if check else []
    out: list[Pullback] = []
    for i, step in enumerate(answer.steps):
        for use in step.uses:
            solver.m.shapes.given[upstream.name] = solver.m.shape(use.by)
            solver.m.shapes.forget()
            formula = finished(solver.m, solver.c.pull_one(use.by, use.index, upstream, use.by))
            errors = [measured(partial(_error, question, use, upstream.name, formula), env) for env in drawn]
            out.append(Pullback(i, use.by, use.index, upstream, formula, worst(errors, i, "adjoint") if check else None))
    return out


def _error(question: Question, use: Use, upstream: str, formula: Expr, env: Env) -> float:
    """How far the two inner products are apart, for the size of their terms."""
    xp = space(COMPLEX)
    try:
        with np.errstate(all="ignore"):
            here = with_lets(question, env)
            x = np.asarray(array_value(use.by.args[use.index], here, xp))
            rng = np.random.default_rng(2)
            r = rng.uniform(-1, 1, x.shape)
            moved = Call(use.by.op, tuple(Sym(_ARGUMENT) if k == use.index else a for k, a in enumerate(use.by.args)))
            dz = np.imag(array_value(moved, {**here, _ARGUMENT: x + 1j * _STEP * r}, xp)) / _STEP
            g = rng.uniform(0.5, 1.5, np.shape(dz))
            back: Any = np.real(array_value(formula, {**here, upstream: g}, xp)) * r
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return float("nan")
    terms = float(np.sum(np.abs(g * dz)))
    return abs(float(np.sum(g * dz)) - float(np.sum(back))) / (terms + 1e-12 * float(np.sum(np.abs(back))) + 1e-300)
