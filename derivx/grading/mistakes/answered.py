"""Mistakes that show in the answer itself: it is nothing, its derivative is the problem, a digit of it is off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from derivx.expr import Call, Expr, Num, Sym, is_op, names, postorder
from derivx.grading.mistakes.forms import exponentials, has_activation
from derivx.grading.mistakes.table import ANSWERED, Mutation
from derivx.grading.mistakes.whole import Asked
from derivx.numeric import Unavailable, UnknownValue

_AGREE = 1e-8
_NEAR = 0.1  # a number that is off by less is a digit mistyped or miscalculated


def _zero(values: Any) -> bool:
    return not np.any(values)


def _nothing(asked: Asked, answer: Expr, values: Any) -> bool:  # noqa: ARG001 - a row of the table
    return isinstance(answer, Num) and _zero(values)


def _bias(asked: Asked, answer: Expr, values: Any) -> bool:  # noqa: ARG001 - a row of the table
    """0 for a name that is added to something that moves with other names: a bias."""
    x = Sym(asked.wrt[-1])
    added = any(is_op(n, "add") and isinstance(n, Call) and x in n.args for n in postorder(asked.problem))
    return _zero(values) and added and (has_activation(asked.problem) or len(names(asked.problem)) > 2)


def _diagonal(asked: Asked, answer: Expr, values: Any) -> bool:  # noqa: ARG001 - a row of the table
    """0 for the share of another class."""
    return _zero(values) and any(exponentials(n) for n in postorder(asked.problem))


def _integrated(asked: Asked, answer: Expr, values: Any) -> bool:
    if _zero(values) or asked.wrt[-1] not in names(answer):
        return False
    return _same(_slope(asked, answer), asked.value(asked.lower))


def _integrated_scaled(asked: Asked, answer: Expr, values: Any) -> bool:
    """An integral but for a factor 2, 1/2 or -1."""
    if _zero(values) or asked.wrt[-1] not in names(answer) or isinstance(asked.lower, Num | Sym):
        return False
    slope = _slope(asked, answer)
    right = asked.value(asked.lower)
    return any(_same(slope, c * right) for c in (-1.0, 2.0, 0.5))


def _slope(asked: Asked, answer: Expr) -> Any:
    try:
        return asked.fresh().slope(answer, asked.wrt[-1])
    except (Unavailable, UnknownValue, KeyError):
        return np.full(asked.size, np.nan)


def _near(asked: Asked, answer: Expr, values: Any) -> bool:  # noqa: ARG001 - a row of the table
    ratio = values / asked.value(asked.answer)
    return bool(np.all(np.abs(ratio - 1) < _NEAR) and np.ptp(ratio) < _AGREE)


def _same(a: Any, b: Any) -> bool:
    gap, size = np.abs(a - b), np.maximum(np.abs(a), np.abs(b))
    finite = np.isfinite(gap)
    return bool(2 * finite.sum() > len(finite) and np.all((gap <= _AGREE * size)[finite]))


Sign = Callable[[Asked, Expr, Any], bool]


def _table(*rows: tuple[str, str, Sign, int]) -> tuple[Mutation, ...]:
    return tuple(Mutation(f"answered.{name}", tag, "", ANSWERED, wrong, rank) for name, tag, wrong, rank in rows)


SIGNS: tuple[Mutation, ...] = _table(
    ("diagonal", "softmax_jacobian_diagonal_only", _diagonal, 2),
    ("bias", "dropped_bias_gradient", _bias, 2),
    ("nothing", "not_differentiated", _nothing, 3),
    ("integrated", "integrated_instead", _integrated, 1),
    ("integrated_scaled", "integrated_instead_wrong", _integrated_scaled, 4),
    ("near", "near_miss", _near, 2),
)
