"""Mistakes over arrays beside the rules they break: a pullback and its typical wrong versions, one row each.

A formula gives what is passed back from the gradient ``g`` that arrives, the part ``x`` and the node's value ``y``. ``STOPS`` are mistakes
whose result is taken as the answer, without going further back.
"""

from __future__ import annotations

from typing import Any

from derivx.grading.mistakes.functions import FUNCTIONS
from derivx.grading.mistakes.pullbacks import (
    after_hadamard,
    arriving,
    as_symmetric,
    at_argument,
    averaged,
    below,
    by_formula,
    difference,
    factor_lost,
    first_only,
    inner_number,
    is_letter,
    is_moving,
    is_number,
    is_size,
    is_weight,
    local,
    mean_of,
    more_transposes,
    one_hot,
    one_transpose,
    opposite,
    reciprocal,
    regulariser,
    swaps,
    swaps_and_transposes,
    term_lost,
    unsummed,
    without,
)
from derivx.grading.mistakes.rules import RULES
from derivx.grading.mistakes.table import Mutation

_FORMULAS = ("power", "exponential", "chain")  # of the scalar table, entry by entry
_SCALAR = tuple(m for m in (*FUNCTIONS, *RULES) if isinstance(m.wrong, str) and (m in FUNCTIONS or m.on in _FORMULAS))


def _rows(on: str, rule: str, *rows: tuple[Any, ...]) -> tuple[Mutation, ...]:
    """Rows ``(name, tag, wrong, rank)`` of one operation."""
    return tuple(Mutation(f"arrays.{on}.{name}", tag, rule, on, wrong, rank) for name, tag, wrong, rank in rows)


_SIDES: tuple[tuple[Any, ...], ...] = (
    ("as_symmetric", "assumed_symmetric", as_symmetric, 2),
    ("one_transpose", "missing_transpose", one_transpose, 3),
    ("transposes", "missing_transpose", more_transposes, 4),
    ("swapped", "matrix_order_swapped", swaps, 3),
    ("commuted", "matrices_commuted", swaps_and_transposes, 5),
    ("factor_lost", "weight_lost_in_chain", factor_lost, 3),
)
PULLBACKS: tuple[Mutation, ...] = (
    *_rows("matmul", "matmul", *_SIDES, ("after_hadamard", "hadamard_after_matmul", after_hadamard, 2)),
    *_rows("inv", "inv", *_SIDES, ("sign", "sign_error", opposite, 4)),
    *_rows("transpose", "transpose", ("kept", "missing_transpose", local("g"), 4)),
    *_rows(
        "add", "sum",
        ("regulariser", "regulariser_dropped", regulariser, 2),
        ("term_lost", "term_lost", term_lost, 3),
        ("difference", "y_minus_yhat_sign", difference, 3),
        ("sign", "sign_error", opposite, 4),
        ("averaged", "mean_instead_of_sum", averaged, 2),
    ),
    *_rows("neg", "constant_multiple", ("sign", "sign_error", opposite, 4)),
    *_rows(
        "mul", "product",
        ("number", "lost_coefficient_or_constant", lambda e: without(e, is_number), 3),
        ("size", "missing_1_over_N", lambda e: without(e, is_size), 2),
        ("inner_number", "lost_coefficient_or_constant", inner_number, 4),
        ("letter", "constant_dropped", lambda e: without(e, is_letter), 3),
        ("weight", "weight_lost_in_chain", lambda e: without(e, is_weight), 4),
        ("factor", "product_rule_other", lambda e: without(e, is_moving), 5),
        ("term_lost", "product_term_lost", term_lost, 3),
    ),
    *_rows("div", "quotient", ("term_lost", "product_term_lost", term_lost, 3)),
    *_rows(
        "below", "constant_multiple",
        ("size_lost", "missing_1_over_N", lambda e: below(e, lambda g, _: g) if e.plain[1] else iter(()), 2),
        ("lost", "lost_coefficient_or_constant", lambda e: below(e, lambda g, _: g), 3),
        ("multiplied", "lost_coefficient_or_constant", lambda e: below(e, lambda g, c: g * c), 5),
        ("squared", "lost_coefficient_or_constant", lambda e: below(e, lambda g, c: g / c**2), 6),
    ),
    *_rows(
        "div", "quotient",
        ("sign", "quotient_sign", lambda e: reciprocal(e, lambda a, b, _: a / b**2), 3),
        ("not_squared", "quotient_denominator_not_squared", lambda e: reciprocal(e, lambda a, b, _: -a / b), 3),
        ("dropped", "quotient_denominator_dropped", lambda e: reciprocal(e, lambda a, b, _: -a + 0 * b), 5),
        ("numerator_lost", "numerator_lost", lambda e: reciprocal(e, lambda a, b, _: -1 / b**2 + 0 * a), 4),
    ),
    *_rows("sum", "sum_of", ("mean", "mean_instead_of_sum", lambda e: mean_of(e, 1), 3)),
    *_rows("mean", "mean_of", ("sum", "missing_1_over_N", lambda e: mean_of(e, -1), 2)),
    *_rows("tr", "trace", ("as_sum", "other", local("g"), 6)),
    *_rows(
        "det", "det",
        ("transpose", "missing_transpose", local("g * y * inv(x)"), 3),
        ("value_lost", "lost_coefficient_or_constant", local("g * inv(x).T"), 4),
        ("both_lost", "missing_transpose", local("g * inv(x)"), 5),
        ("matrix", "other", local("g * y * x"), 6),
    ),
    *_rows(
        "logdet", "logdet",
        ("transpose", "missing_transpose", local("g * inv(x)"), 3),
        ("determinant", "log_derivative_wrong", local("g / det(x)"), 5),
        ("determinant_kept", "log_derivative_wrong", local("g * inv(x).T * det(x)"), 5),
    ),
    *_rows(
        "norm2", "norm2",
        ("root_lost", "sqrt_dropped", local("g * x"), 3),
        ("square", "sqrt_dropped", local("2 * g * x"), 3),
        ("half_lost", "lost_coefficient_or_constant", local("2 * g * x / y"), 4),
        ("half", "lost_coefficient_or_constant", local("g * x / (2 * y)"), 4),
        ("squared", "power_rule_other", local("g * x / y**2"), 4),
        ("value", "not_differentiated", local("g * y"), 6),
        ("inverse", "power_rule_other", local("g / y"), 5),
    ),
    *_rows(
        "softmax", "softmax",
        ("diagonal", "softmax_jacobian_diagonal_only", local("g * y * (1 - y)"), 2),
        ("numerator", "softmax_numerator_only", local("g * y"), 3),
        ("forgotten", "forgot_activation_derivative", local("g"), 4),
        ("one_hot", "one_hot_assumed", one_hot, 2),
        ("off_diagonal", "softmax_offdiag_on_diag", local("-y * sum(g * y, axis=last, keepdims=1)"), 4),
        ("sign", "softmax_offdiag_on_diag", local("y * (g + sum(g * y, axis=last, keepdims=1))"), 5),
        ("as_exp", "softmax_as_elementwise", local("g * exp(x)"), 5),
    ),
    *_rows(
        "log_softmax", "log_softmax",
        ("diagonal", "softmax_jacobian_diagonal_only", local("g * (1 - exp(y))"), 2),
        ("forgotten", "forgot_activation_derivative", local("g"), 4),
        ("one_hot", "one_hot_assumed", one_hot, 2),
        ("minus_lost", "one_hot_minus_lost", local("-exp(y) * sum(g, axis=last, keepdims=1)"), 3),
        ("again", "extra_activation_derivative",
         local("(g - exp(y) * sum(g, axis=last, keepdims=1)) * exp(y) * (1 - exp(y))"), 4),
        ("undivided", "log_derivative_wrong", local("g / exp(y)"), 5),
    ),
    *_rows(
        "logsumexp", "logsumexp",
        ("as_exp", "softmax_as_elementwise", local("g * exp(x)"), 4),
        ("forgotten", "forgot_inner_derivative", local("g"), 5),
        ("log_lost", "log_derivative_wrong", local("g * exp(x - y)**2"), 6),
    ),
    *(Mutation(f"arrays.{m.id}", m.tag, m.rule, m.on, by_formula(m, stop=False), m.rank) for m in _SCALAR if m.given is None),
)  # fmt: skip


STOPS: tuple[Mutation, ...] = (
    *_rows("add", "sum", ("unsummed", "bias_not_summed_over_batch", unsummed, 2), ("first", "bias_not_summed_over_batch", first_only, 5)),
    Mutation("arrays.inner_lost", "forgot_inner_derivative", "chain", "", at_argument, 3),
    Mutation("arrays.chain_lost", "weight_lost_in_chain", "chain", "", arriving, 6),
    *(Mutation(f"arrays.{m.id}.stop", m.tag, m.rule, m.on, by_formula(m, stop=True), m.rank) for m in _SCALAR if m.given is None),
)
"""Mistakes after which nothing further back is looked at; those under ``""`` are possible anywhere."""
