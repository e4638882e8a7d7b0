"""The shape of the table of mistakes: one row a mutation, a rule and one of its typical wrong versions.

``on`` says where a mutation applies: a form of a node (``"product"``, ``"chain"``, the name of a function, ...) for rows whose
``wrong`` is a formula for the node's derivative, or a stage for rows whose ``wrong`` is a function: ``BEFORE`` (mistaken versions of a part
of the problem), ``AFTER`` (of a part of the answer), ``WHOLE`` (mistaken answers to the whole question), ``ANSWERED`` (whether an answer
shows the mistake by itself). Several mutations may bear one tag; a mutation's id is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

BEFORE, AFTER, WHOLE, ANSWERED = "before", "after", "whole", "answered"


@dataclass(frozen=True, slots=True)
class Mutation:
    """A typical mistake. ``rank``: small for what is specific and frequent, large for what is vague; ``given``: a further condition.

    ``also``: the tag of a second mistake that stands in the same formula.
    """

    id: str
    tag: str
    rule: str
    on: str
    wrong: str | Callable[..., Any]
    rank: int = 5
    given: Callable[[Any], bool] | None = None
    also: str = ""


# A tag stands in one group; two tags of one group say much the same, so only one of them is told.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "inner_derivative_lost": (
        "forgot_inner_derivative", "forgot_inner_derivative_sign", "forgot_activation_derivative",
        "forgot_inner_activation_derivative", "relu_gate_lost",
    ),
    "outer_derivative_lost": ("only_inner_derivative", "outer_derivative_lost", "derivative_of_inner_inside", "outer_changed"),
    "outer_evaluated_at_x": ("outer_evaluated_at_x", "activation_formula_on_input", "input_instead_of_activation"),
    "wrong_inner_derivative": ("wrong_inner_derivative", "square_on_argument"),
    "product_as_product": (
        "product_as_product_of_derivatives", "product_as_sum", "product_sign", "product_wrong_pairing", "product_rule_other",
    ),
    "term_lost": ("product_term_lost", "term_lost", "power_term_lost", "path_lost", "regulariser_dropped"),
    "quotient_order": ("quotient_sign", "quotient_order"),
    "quotient_denominator": (
        "quotient_denominator_not_squared", "quotient_denominator_dropped", "quotient_square_of_numerator", "numerator_lost",
    ),
    "quotient_as_quotient": ("quotient_as_quotient_of_derivatives",),
    "power": (
        "power_not_lowered", "power_raised", "power_lowered_towards_zero", "power_coefficient_is_new_exponent", "power_rule_other",
    ),
    "constant_factor": (
        "lost_coefficient_or_constant", "constant_dropped", "constant_lost_inside", "missing_1_over_N", "mean_instead_of_sum",
        "extra_constant",
    ),
    "constant_term": ("constant_kept", "constant_differentiated"),
    "sign": ("sign_error", "y_minus_yhat_sign"),
    "variable": ("wrong_variable", "wrong_variable_name", "total_instead_of_partial"),
    "order": ("wrong_order_of_derivative", "not_differentiated", "forward_value_for_derivative"),
    "integrated": ("integrated_instead", "integrated_instead_wrong"),
    "exponential_logarithm": (
        "exponential_as_power", "exponential_as_log", "missing_ln_a", "log_derivative_wrong", "log_of_derivative",
        "log_power_confused", "log_diff_not_multiplied_back", "log_split_sum",
    ),
    "trigonometric": ("trig_not_differentiated", "trig_wrong_formula", "inverse_function_confused"),
    "activation_formula": (
        "sigma_prime_as_sigma", "sigma_prime_as_square", "sigma_prime_factor_missing", "activation_formula_wrong",
        "wrong_activation_formula", "sigmoid_formula_for_tanh", "extra_activation_derivative",
    ),
    "softmax": (
        "softmax_jacobian_diagonal_only", "softmax_numerator_only", "softmax_offdiag_on_diag", "softmax_diag_on_offdiag",
        "softmax_as_elementwise", "one_hot_assumed", "one_hot_minus_lost", "one_hot_on_wrong_class",
    ),
    "bias": ("dropped_bias_gradient", "bias_not_summed_over_batch"),
    "transpose": ("missing_transpose", "layout_transposed"),
    "matrix_order": ("matrix_order_swapped", "matrices_commuted", "hadamard_after_matmul"),
    "assumed_symmetric": ("assumed_symmetric",),
    "weight_lost": ("weight_lost_in_chain",),
    "algebra": (
        "algebra_slip", "power_of_sum_split", "sqrt_dropped", "sqrt_split_sum", "sqrt_square_cancelled", "extra_factor_cancelled",
        "near_miss", "other",
    ),
}  # fmt: skip

GROUP_OF: Mapping[str, str] = {tag: group for group, tags in GROUPS.items() for tag in tags}
TAGS = tuple(GROUP_OF)
