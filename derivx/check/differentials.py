"""The check of a derivation by differentials: every line has the value of the output's differential along a drawn direction.

A pending differential is measured by the complex step of what stands in it, so that no rule is taken on trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from derivx.check.matrix import Env, compared, direction, measured, points, worst
from derivx.check.verdict import Check
from derivx.derive.matrix.differentials import Differentials
from derivx.derive.matrix.engine import Answer, Question
from derivx.expr import Call, Expr, Sym, is_op, transform
from derivx.numeric import COMPLEX, Unavailable, UnknownValue, space
from derivx.numeric.array_value import array_value

_STEP = 1e-30
_SMALL = 1e-12  # an error that is looked at again


def check_differentials(question: Question, answer: Answer, found: Differentials) -> list[Check]:
    """The verdict on each line."""
    if not found.lines:
        return []
    columns = [_column(question, found, env) for env in points(question, answer)]
    return [worst([column[i] for column in columns], i) for i in range(len(found.lines))]


def _column(question: Question, found: Differentials, env: Env) -> list[float]:
    """The error of each line at a point, without those of rounding."""
    errors = _errors(question, found, env)
    return [measured(partial(_one, question, found, i), env) if far > _SMALL else far for i, far in enumerate(errors)]


def _one(question: Question, found: Differentials, i: int, env: Env) -> float:
    return _errors(question, found, env)[i]


def _errors(question: Question, found: Differentials, env: Env) -> Sequence[float]:
    """How far each line is from the differential itself."""
    r = direction(question, np.shape(env[question.wrt]), 5)
    xp = space(COMPLEX)
    try:
        with np.errstate(all="ignore"):
            moved = {n: (v + 1j * _STEP * r if n == question.wrt else v) for n, v in env.items()}
            still = dict(env)
            for name, formula in question.let:
                still[name] = array_value(formula, still, xp)
                moved[name] = array_value(formula, moved, xp) if name != question.wrt else still[name] + 1j * _STEP * r
            for name, formula in found.where.items():
                still[name] = array_value(formula, still, xp)
            theirs = np.imag(array_value(found.start, moved, xp)) / _STEP
            theirs = theirs.T.ravel() if is_op(found.lines[0].before, "vec") else theirs
            return [compared(_value(line.after, still, moved), theirs) for line in found.lines]
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return [float("nan")] * len(found.lines)


def _value(line: Expr, still: Env, moved: Env) -> Any:
    """The value of a line: each differential measured, then the rest."""
    here = dict(still)

    def measured(node: Expr) -> Expr:
        if is_op(node, "inner") and isinstance(node, Call):
            return Call("sum", (Call("mul", node.args),))
        if not isinstance(node, Call) or node.op not in ("differential", "vec"):
            return node
        name = f"measured{len(here)}_"
        if node.op == "vec":
            here[name] = np.transpose(array_value(node.args[0], here, space(COMPLEX))).ravel()
        else:
            here[name] = np.imag(array_value(node.args[0], moved, space(COMPLEX))) / _STEP
        return Sym(name)

    return np.real(array_value(transform(line, measured), here, space(COMPLEX)))
