"""Mistakes that show in the answer itself: it is nothing, its derivative is the problem, a digit of it is off."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivx.expr import Call, Expr, Num, Sym, is_op, names, postorder
from derivx.grading.mistakes.forms import exponentials, has_activation
from derivx.grading.mistakes.table import ANSWERED, Mutation
from derivx.grading.mistakes.whole import Asked
from derivx.grading.values import values
from derivx.numeric import Unavailable, UnknownValue

_AGREE = 1e-8
_NEAR = 0.1  # a number that is off by less is a digit mistyped or miscalculated


_STEP, _LEAST = 1e-6, 1e-3  # how far beside a point, for its size
_BESIDE = 2  # points beside which an answer is looked at
_ROUGH, _NOISE = 1e-4, 1e-6  # what a difference quotient may be off, for the size of a derivative, and of an answer


class Around:
    """The points of a question, and a step to either side of some of them: how an answer rises there shows in its values."""

    def __init__(self, asked: Asked) -> None:
        table, size, wrt = asked.table, asked.size, asked.wrt[-1]
        self.lower, self.right = asked.value(asked.lower), asked.value(asked.answer)
        self.slopes, self.first = self.lower[:_BESIDE].tolist(), self.right.item(0)
        x = table[wrt][:_BESIDE] if wrt in table else np.zeros(0)
        step = _STEP * np.maximum(np.abs(x), _LEAST)
        self.size, self.steps, self.few = size, step.tolist(), len(x)
        self.table = {n: np.concatenate([v, v[: self.few], v[: self.few]]) for n, v in table.items()}
        if self.few:
            self.table[wrt] = np.concatenate([table[wrt], x + step, x - step])

    def given(self, answer: Expr) -> Given:
        """An answer with its values."""
        found, _ = values(answer, self.table, self.size + 2 * self.few)
        ends = found[self.size :].tolist()
        rises = [(a - b) / (2 * h) for a, b, h in zip(ends, ends[self.few :], self.steps, strict=False)]
        noise = [_NOISE * abs(a) / h * _STEP for a, h in zip(ends, self.steps, strict=False)]
        here = found[: self.size]
        points = self.size if math.isfinite(here.sum()) else int(np.isfinite(here).sum())
        return Given(answer, here, points, not here.any(), rises, noise, self)


@dataclass(slots=True)
class Given:
    """An answer, its values at the points of the question, and roughly its derivative at some of them."""

    expr: Expr
    values: Any
    points: int  # at which it is defined
    zero: bool
    rises: list[float]
    noise: list[float]
    around: Around

    def rises_by(self, factor: float) -> bool:
        """Whether its derivative may be so many times what was to be differentiated: where there are no values it may."""
        rows = zip(self.rises, self.noise, self.around.slopes, strict=False)
        return not any(abs(rise - factor * r) > noise + _ROUGH * abs(factor * r) for rise, noise, r in rows)


def _nothing(asked: Asked, given: Given) -> bool:  # noqa: ARG001 - a row of the table
    return isinstance(given.expr, Num) and given.zero


def _bias(asked: Asked, given: Given) -> bool:
    """0 for a name that is added to something that moves with other names: a bias."""
    if not given.zero:
        return False
    x = Sym(asked.wrt[-1])
    added = any(is_op(n, "add") and isinstance(n, Call) and x in n.args for n in postorder(asked.problem))
    return added and (has_activation(asked.problem) or len(names(asked.problem)) > 2)


def _diagonal(asked: Asked, given: Given) -> bool:
    """0 for the share of another class."""
    return given.zero and any(exponentials(n) for n in postorder(asked.problem))


def _integrated(asked: Asked, given: Given) -> bool:
    return _integral(asked, given, 1.0)


def _integrated_scaled(asked: Asked, given: Given) -> bool:
    """An integral but for a factor 2, 1/2 or -1."""
    return not isinstance(asked.lower, Num | Sym) and _integral(asked, given, -1.0, 2.0, 0.5)


def _integral(asked: Asked, given: Given, *factors: float) -> bool:
    """Whether the derivative of an answer is a multiple of what was to be differentiated."""
    likely = [c for c in factors if given.rises_by(c)]
    if not likely or given.zero or asked.wrt[-1] not in names(given.expr):
        return False
    slope = _slope(asked, given.expr)
    return any(_same(slope, c * given.around.lower) for c in likely)


def _slope(asked: Asked, answer: Expr) -> Any:
    try:
        return asked.fresh().slope(answer, asked.wrt[-1])
    except (Unavailable, UnknownValue, KeyError):
        return np.full(asked.size, np.nan)


def _near(asked: Asked, given: Given) -> bool:  # noqa: ARG001 - a row of the table
    first = given.around.first
    if abs(given.values.item(0) - first) > 2 * _NEAR * abs(first):
        return False
    ratio = given.values / given.around.right
    return bool(np.all(np.abs(ratio - 1) < _NEAR) and np.ptp(ratio) < _AGREE)


def _same(a: Any, b: Any) -> bool:
    gap, size = np.abs(a - b), np.maximum(np.abs(a), np.abs(b))
    finite = np.isfinite(gap)
    return bool(2 * finite.sum() > len(finite) and np.all((gap <= _AGREE * size)[finite]))


Sign = Callable[[Asked, Given], bool]


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
