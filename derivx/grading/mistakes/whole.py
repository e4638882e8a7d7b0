"""Mistakes about the question as a whole: another variable, another order, nothing differentiated, a class mistaken for another.

A row yields mistaken answers: expressions, in which derivatives may be pending, or values at the points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from derivx.expr import ONE, TWO, ZERO, Call, Diff, Expr, Num, Sym, add, div, is_op, mul, names, neg, pending, postorder, power, substitute
from derivx.grading.mistakes.circuit import Circuit, Memory
from derivx.grading.mistakes.forms import exponent, exponentials
from derivx.grading.mistakes.table import WHOLE, Mutation
from derivx.grading.values import Table
from derivx.syntax.spelling import CONSTANTS

_MOST_NAMES = 6
_MOST_NUMBERS = 6
_MOST_TARGETS = 4


@dataclass(slots=True)
class Asked:
    """A question and its right answer, for the rows that look at all of it. ``lower``: the derivative of one order less;
    ``base``: of two orders less, if there are two.
    """

    problem: Expr
    wrt: Sequence[str]
    lower: Expr
    base: Expr | None
    answer: Expr
    table: Table
    size: int
    memory: Memory

    @property
    def others(self) -> list[str]:
        """The other names of the problem."""
        return [n for n in names(self.problem) if n not in CONSTANTS and n not in self.wrt and n in self.table][:_MOST_NAMES]

    def fresh(self) -> Asked:
        """The same question without the values remembered: for answers, which come and go."""
        return replace(self, memory=Memory(self.table))

    def value(self, e: Expr) -> Any:
        """The values of an expression in the question's names."""
        return np.broadcast_to(np.asarray(self.memory.value(e), dtype=float), (self.size,))

    def measured(self, e: Expr) -> Any:
        """The values of an expression in which derivatives are pending."""
        if isinstance(e, Diff):
            return self.slope(e.body, e.wrt.name)
        if isinstance(e, Call) and pending(e):
            return self.memory.apply(e, [self.measured(a) for a in e.args])
        return self.value(e)

    def slope(self, e: Expr, name: str) -> Any:
        """The values of its derivative."""
        return Circuit(e, name, self.table, self.size, self.memory).derivative()


def ask(problem: Expr, wrt: tuple[str, ...], lower: Expr, base: Expr | None, answer: Expr, table: Table, size: int) -> Asked:
    """A question at its points."""
    return Asked(problem, wrt, lower, base, answer, table, size, Memory(table))


def _constants(asked: Asked) -> list[Expr]:
    """The constants that stand in the problem: its numbers, and its names but the variables."""
    numbers = dict.fromkeys(n for n in postorder(asked.problem) if isinstance(n, Num) and n.value not in (0, 1))
    return [*numbers][:_MOST_NUMBERS] + [Sym(n) for n in asked.others]


def _other_variable(asked: Asked) -> Iterator[Expr]:
    for name in dict.fromkeys([*asked.others, *(n for n in asked.wrt[:-1] if n != asked.wrt[-1])]):
        yield Diff(asked.lower, Sym(name))


def _names_exchanged(asked: Asked) -> Iterator[Any]:
    """The answer with one name for another, or two of them exchanged: all at once, over rows of values."""
    known = [n for n in names(asked.answer) if n in asked.table][:4]
    every = [*dict.fromkeys([*known, *asked.wrt, *asked.others, *asked.table])][:_MOST_NAMES]
    swaps = [{a: b} for a, b in permutations(every, 2) if a in known]
    swaps += [{a: b, b: a} for a, b in combinations(known, 2)]
    if swaps:
        rows = dict(asked.table) | {n: np.array([asked.table[s.get(n, n)] for s in swaps]) for n in every}
        yield from np.broadcast_to(Memory(rows).value(asked.answer), (len(swaps), asked.size))


def _total(asked: Asked) -> Iterator[Expr]:
    slopes = [Diff(asked.lower, Sym(n)) for n in asked.others]
    if slopes:
        yield add(asked.answer, *slopes)
        if len(slopes) > 1:
            yield from (add(asked.answer, s) for s in slopes)


def _sum_of_others(asked: Asked) -> Iterator[Expr]:
    slopes = [Diff(asked.lower, Sym(n)) for n in asked.others]
    if len(slopes) > 1:
        yield add(*slopes)


def _other_order(asked: Asked) -> Iterator[Expr]:
    yield Diff(asked.answer, Sym(asked.wrt[-1]))
    if len(asked.wrt) > 1:
        yield asked.lower
        yield Diff(asked.problem, Sym(asked.wrt[0]))


def _not_differentiated(asked: Asked) -> Iterator[Expr]:
    yield asked.problem


def _opposite_value(asked: Asked) -> Iterator[Expr]:
    yield neg(asked.problem)


def _value_times(asked: Asked) -> Iterator[Expr]:
    yield mul(asked.problem, asked.answer)


def _value_divided(asked: Asked) -> Iterator[Expr]:
    yield div(asked.answer, asked.problem)


def _squared(asked: Asked) -> Iterator[Expr]:
    if len(asked.wrt) > 1:
        yield power(asked.lower, TWO)


def _opposite(asked: Asked) -> Iterator[Expr]:
    yield neg(asked.answer)


def _residual(asked: Asked) -> Iterator[Expr]:
    """The sign of a squared or absolute difference."""
    for node in postorder(asked.problem):
        if isinstance(node, Call) and node.op in ("pow", "abs", "squared_error") and _difference(node.args[0]):
            yield neg(asked.answer)
            return


def _difference(e: Expr) -> bool:
    return is_op(e, "add") and isinstance(e, Call) and any(is_op(a, "neg") for a in e.args)


def _scaled(asked: Asked) -> Iterator[Expr]:
    for c in (TWO, *_constants(asked)):
        yield mul(c, asked.answer)
        yield div(asked.answer, c)


def _mean(asked: Asked) -> Iterator[Expr]:
    """The sum over alike terms, divided by their number."""
    sums = [n for n in postorder(asked.problem) if isinstance(n, Call) and n.op == "add" and len({a.size for a in n.args}) == 1]
    for count in dict.fromkeys(len(n.args) for n in sums):
        if count > TWO.value:
            yield div(asked.answer, Num(count))
            yield mul(Num(count), asked.answer)


def _shifted(asked: Asked) -> Iterator[Expr]:
    for c in (ONE, *_constants(asked)):
        yield add(asked.answer, c)
        yield add(asked.answer, neg(c))


def _denominators(asked: Asked) -> Iterator[Expr]:
    """The answer without the denominators of its terms."""
    found = dict.fromkeys(n.args[1] for n in postorder(asked.answer, asked.problem) if isinstance(n, Call) and n.op == "div")
    moving = [b for b in found if asked.wrt[-1] in names(b)][:4]
    for b in moving:
        yield mul(asked.answer, b)
    if len(moving) > 1:
        yield mul(asked.answer, *moving)


def _roots(asked: Asked) -> Iterator[Expr]:
    for root in dict.fromkeys(n for n in postorder(asked.problem) if is_op(n, "sqrt")):
        yield mul(asked.answer, root)


def _classes(asked: Asked) -> list[tuple[Expr, Expr]]:
    """The (exponent, share) of every class of a softmax in the problem."""
    found: dict[Expr, Expr] = {}
    for node in postorder(asked.problem):
        for t in exponentials(node):
            inner = exponent(t)
            assert inner is not None
            found.setdefault(inner, div(t, node))
    return list(found.items())


def _share_alone(asked: Asked) -> Iterator[Expr]:
    """The share without the target: p for p - y."""
    for inner, share in _classes(asked):
        if asked.wrt[-1] in names(inner):
            yield share


def _one_hot(asked: Asked) -> Iterator[Expr]:
    """The target taken as 1: p - 1 where the target is another class, or any."""
    for inner, share in _classes(asked):
        if asked.wrt[-1] in names(inner):
            yield add(share, neg(ONE))
            yield add(ONE, neg(share))


def _targets(asked: Asked) -> list[Sym]:
    """Names that weigh two cases: y beside 1 - y."""
    sums = [set(n.args) for n in postorder(asked.problem) if isinstance(n, Call) and n.op == "add"]
    return [Sym(n) for n in asked.others if {ONE, neg(Sym(n))} in sums]


def _target_is(value: Expr) -> Callable[[Asked], Iterator[Expr]]:
    def rows(asked: Asked) -> Iterator[Expr]:
        yield from (substitute(asked.answer, {y: value}) for y in _targets(asked))

    return rows


def _wrong_class(asked: Asked) -> Iterator[Expr]:
    for inner, share in _classes(asked):
        if asked.wrt[-1] not in names(inner):
            yield add(share, neg(ONE))
            yield share


def _weights(asked: Asked) -> list[Expr]:
    """The targets of the classes: names that are factors beside the share of a class, or its logarithm."""
    kernels = set(names(*(inner for inner, _ in _classes(asked))))
    found: dict[Expr, None] = {}
    for node in postorder(asked.problem):
        if isinstance(node, Call) and node.op == "mul" and any(exponentials(n) for n in postorder(node)):
            found |= {Sym(n): None for n in asked.others if Sym(n) in node.args and n not in kernels}
    return list(found)[:_MOST_TARGETS] if len(found) > 1 else []


def _one_for_all(answer: Expr, targets: list[Expr]) -> Iterator[Expr]:
    """An answer in which the targets add up to 1: softmax minus target."""
    for y in targets:
        yield substitute(answer, {y: add(ONE, *(neg(t) for t in targets if t != y))})


def _sum_of_targets(asked: Asked) -> Iterator[Expr]:
    yield from _one_for_all(asked.answer, _weights(asked))


def _other_target(asked: Asked) -> Iterator[Expr]:
    targets = _weights(asked)
    for a, b in combinations(targets, 2):
        exchanged = substitute(asked.answer, {a: b, b: a})
        yield exchanged
        yield from _one_for_all(exchanged, targets)


def _softmax_sign(asked: Asked) -> Iterator[Expr]:
    for inner, share in _classes(asked):
        if asked.wrt[-1] in names(inner):
            yield add(share, ONE)


def _table(*rows: tuple[str, str, object, int]) -> tuple[Mutation, ...]:
    return tuple(Mutation(f"whole.{name}", tag, "", WHOLE, wrong, rank) for name, tag, wrong, rank in rows)  # type: ignore[arg-type]


QUESTIONS: tuple[Mutation, ...] = _table(
    ("other_variable", "wrong_variable", _other_variable, 1),
    ("names_exchanged", "wrong_variable_name", _names_exchanged, 4),
    ("total", "total_instead_of_partial", _total, 1),
    ("sum_of_others", "wrong_variable", _sum_of_others, 5),
    ("other_order", "wrong_order_of_derivative", _other_order, 1),
    ("not_differentiated", "not_differentiated", _not_differentiated, 1),
    ("opposite_value", "forward_value_for_derivative", _opposite_value, 5),
    ("value_times", "outer_derivative_lost", _value_times, 7),
    ("value_divided", "log_diff_not_multiplied_back", _value_divided, 5),
    ("derivative_squared", "wrong_order_of_derivative", _squared, 4),
    ("residual_sign", "y_minus_yhat_sign", _residual, 2),
    ("opposite", "sign_error", _opposite, 3),
    ("scaled", "lost_coefficient_or_constant", _scaled, 5),
    ("mean", "mean_instead_of_sum", _mean, 4),
    ("shifted", "constant_kept", _shifted, 6),
    ("denominators_lost", "extra_factor_cancelled", _denominators, 4),
    ("roots_lost", "sqrt_dropped", _roots, 4),
    ("share_alone", "one_hot_minus_lost", _share_alone, 3),
    ("one_hot", "one_hot_assumed", _one_hot, 4),
    ("target_is_one", "one_hot_assumed", _target_is(ONE), 4),
    ("target_is_zero", "one_hot_minus_lost", _target_is(ZERO), 4),
    ("sum_of_targets", "one_hot_assumed", _sum_of_targets, 3),
    ("other_target", "one_hot_on_wrong_class", _other_target, 3),
    ("wrong_class", "one_hot_on_wrong_class", _wrong_class, 4),
    ("target_added", "one_hot_assumed", _softmax_sign, 5),
)
