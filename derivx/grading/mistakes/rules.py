"""Wrong versions of the rules of differentiation, as formulas for the derivative of a node, beside the right one.

``u`` and ``v`` are the parts of the node, ``du`` and ``dv`` their derivatives, ``y`` its own value, ``k`` and ``c`` constant factors,
``c0`` the terms of ``u`` that do not move. For an outer function ``f`` of ``u``: ``p`` is f'(u); ``pt``, ``ft`` are f' and f at a name or
a term ``t`` of ``u``; ``pdu``, ``fdu`` at ``du``, ``pdk``, ``fdk`` at ``du + c0``; ``pf`` at f(u); ``pu`` is the formula of f' with ``u``
written where the value belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from derivx.expr import TWO, Call, Num, Sym, is_op, names
from derivx.grading.mistakes.forms import View, has_activation
from derivx.grading.mistakes.table import Mutation
from derivx.syntax.spelling import CONSTANTS


def _inside(view: View) -> bool:
    return view.inside


def _weight(view: View) -> bool:
    return not isinstance(view.parts["c"], Num) and has_activation(view.parts["u"])


def _coefficient(view: View) -> bool:
    return isinstance(view.parts["c"], Num)


def _named(view: View) -> bool:
    return bool(set(names(view.parts["c"])) - set(CONSTANTS))


def _nameless(view: View) -> bool:
    """A constant such as e^3 or log(2)."""
    return isinstance(view.parts["c"], Call) and not _named(view)


def _number_above(view: View) -> bool:
    return isinstance(view.parts["k"], Num)


def _letter(view: View) -> bool:
    return not isinstance(view.parts["c"], Num)


def _inner_letter(view: View) -> bool:
    return view.inside and not isinstance(view.parts["c"], Num)


def _regulariser(view: View) -> bool:
    """A term such as lam/2*w^2 beside a loss, which has names of its own."""
    term, own = view.parts["u"], set(names(view.parts["u"]))
    while isinstance(term, Call) and term.op in ("mul", "div"):
        term = term.args[-1] if term.op == "mul" else term.args[0]
    square = is_op(term, "pow") and isinstance(term.args[0], Sym) and term.args[1] == TWO  # type: ignore[attr-defined]
    return square and term != view.parts["u"] and len(set(names(view.parts["v"])) - own) > 1


def _negative(view: View) -> bool:
    n = view.parts["n"]
    return isinstance(n, Call) and n.op == "neg"


def _has_constant(view: View) -> bool:
    return "c0" in view.parts


def _many(view: View) -> bool:
    return len(view.moves["pd"]) > 2


def _natural(view: View) -> bool:
    return view.parts["a"] == Sym("e")


def _other_base(view: View) -> bool:
    return not _natural(view)


# Each form and its derivative, rightly. A sum is seen once for each term u that moves (c, that does not) and the rest v; a product once for
# each factor u and the others v, and for each constant factor c and the others k; the share of a softmax is exp(u) over the sum s.
FORMS: Mapping[str, tuple[str, str]] = {
    "sum":          ("u + v",    "du + dv"),
    "sum_constant": ("c + v",    "dv"),
    "opposite":     ("-u",       "-du"),
    "multiple":     ("k*c*u",    "k*c*du"),
    "below":        ("u/c",      "du/c"),
    "product":      ("k*u*v",    "k*(du*v + u*dv)"),
    "quotient":     ("u/v",      "(du*v - u*dv)/v^2"),
    "reciprocal":   ("k/u",      "-k*du/u^2"),
    "power":        ("u^n",      "n*u^(n - 1)*du"),
    "exponential":  ("a^u",      "y*log(a)*du"),
    "logarithmic":  ("u^v",      "y*(dv*log(u) + v*du/u)"),
    "chain":        ("f(u)",     "p*du"),
    "variable":     ("x",        "1"),
    "softmax":      ("exp(u)/s", "y*(du - ds/s)"),
}  # fmt: skip


def _table(on: str, rule: str, *rows: tuple[Any, ...]) -> tuple[Mutation, ...]:
    """Rows ``(name, tag, wrong, rank, given, also)`` of one form; the last three may be left out."""
    return tuple(Mutation(f"{on}.{name}", tag, rule, on, *more) for name, tag, *more in rows)


_SUM = _table(
    "sum", "sum",
    ("regulariser", "regulariser_dropped", "dv", 2, _regulariser),
    ("term_lost", "term_lost", "dv", 3),
    ("only_term", "term_lost", "du", 4),
    ("term_sign", "sign_error", "dv - du", 3),
    ("term_kept", "constant_kept", "u + dv", 4),
    ("term_is_one", "constant_differentiated", "1 + dv", 6),
    ("term_twice", "extra_constant", "2*du + dv", 7),
    ("as_product", "other", "du*dv", 8),
)  # fmt: skip

_CONSTANT = _table(
    "sum_constant", "constant",
    ("kept", "constant_kept", "c + dv", 3),
    ("kept_opposite", "constant_kept", "dv - c", 6),
    ("is_one", "constant_differentiated", "1 + dv", 4),
    ("differentiated", "constant_differentiated", "dc + dv", 3),
)  # fmt: skip

_OPPOSITE = _table(
    "opposite", "constant_multiple",
    ("inner_sign", "forgot_inner_derivative_sign", "du", 3, _inside, "sign_error"),
    ("sign", "sign_error", "du", 4),
)  # fmt: skip

_MULTIPLE = _table(
    "multiple", "constant_multiple",
    ("weight_lost", "weight_lost_in_chain", "k*du", 2, _weight),
    ("inner_lost", "forgot_inner_derivative", "k*du", 3, _inner_letter),
    ("inner_number_lost", "forgot_inner_derivative", "k*du", 4, _inside),
    ("number_lost", "lost_coefficient_or_constant", "k*du", 4, _coefficient),
    ("dropped", "constant_dropped", "k*du", 4, _letter),
    ("only_constant", "wrong_inner_derivative", "k*c", 6),
    ("not_differentiated", "not_differentiated", "k*c*u", 6),
    ("constant_of_one", "constant_differentiated", "k*(u + c*du)", 5),
    ("constant_as_name", "constant_differentiated", "k*(dc*u + c*du)", 4, _letter),
    ("both_derivatives", "constant_differentiated", "k*dc*du", 4, _letter),
    ("wrong_factor", "wrong_variable", "k*dc*u", 5, _named),
    ("constant_alone", "constant_differentiated", "k*dc*u", 5, _nameless),
    ("added", "product_as_sum", "k*(c + du)", 6),
    ("divided", "lost_coefficient_or_constant", "k*du/c", 6),
    ("squared", "extra_constant", "k*c^2*du", 6),
    ("sign", "sign_error", "-k*c*du", 5),
)  # fmt: skip

_BELOW = _table(
    "below", "constant_multiple",
    ("mean_lost", "missing_1_over_N", "du", 3, _coefficient),
    ("lost", "lost_coefficient_or_constant", "du", 4, _letter),
    ("multiplied", "lost_coefficient_or_constant", "c*du", 6),
    ("squared", "lost_coefficient_or_constant", "du/c^2", 5),
    ("constant_below", "quotient_sign", "-du/c^2", 7),
    ("constant_of_one", "constant_differentiated", "(du*c - u)/c^2", 5),
    ("not_differentiated", "not_differentiated", "u/c", 6),
    ("sign", "sign_error", "-du/c", 6),
)  # fmt: skip

_PRODUCT = _table(
    "product", "product",
    ("of_derivatives", "product_as_product_of_derivatives", "k*du*dv", 2),
    ("all_derivatives", "product_as_product_of_derivatives", "k*pd", 3),
    ("sum_of_derivatives", "product_as_sum", "k*(du + dv)", 3),
    ("term_lost", "product_term_lost", "k*du*v", 3),
    ("minus", "product_sign", "k*(du*v - u*dv)", 3),
    ("minus_others", "product_sign", "k*(u*dv - du*v)", 3, _many),
    ("wrong_pairing", "product_wrong_pairing", "k*(u*du + v*dv)", 3),
    ("factor_lost", "product_rule_other", "k*(du*v + dv)", 4),
    ("factor_differentiated", "product_rule_other", "k*(du*v + du*dv)", 5),
    ("factor_kept", "product_rule_other", "k*(du*v + u)", 5),
    ("value_and_derivatives", "product_rule_other", "k*(u*v + du*dv)", 5),
    ("times", "product_rule_other", "k*du*v*u*dv", 5),
    ("minus_derivatives", "product_rule_other", "k*(du - dv)", 6),
    ("constant_lost", "lost_coefficient_or_constant", "du*v + u*dv", 4),
    ("one_constant_lost", "lost_coefficient_or_constant", "k*du*v + u*dv", 5),
    ("as_quotient", "product_rule_other", "k*(du*v - u*dv)/v^2", 6),
)  # fmt: skip

_QUOTIENT = _table(
    "quotient", "quotient",
    ("order", "quotient_order", "(u*dv - du*v)/v^2", 2),
    ("plus", "quotient_sign", "(du*v + u*dv)/v^2", 2),
    ("not_squared", "quotient_denominator_not_squared", "(du*v - u*dv)/v", 2),
    ("dropped", "quotient_denominator_dropped", "du*v - u*dv", 2),
    ("of_numerator", "quotient_square_of_numerator", "(du*v - u*dv)/u^2", 2),
    ("of_derivatives", "quotient_as_quotient_of_derivatives", "du/dv", 2),
    ("denominator_derivative", "quotient_denominator_not_squared", "(du*v - u*dv)/dv^2", 5),
    ("numerator_lost", "numerator_lost", "(du*v - dv)/v^2", 4),
    ("denominator_lost", "product_rule_other", "(du - u*dv)/v^2", 4),
    ("both_lost", "product_as_sum", "(du - dv)/v^2", 5),
    ("wrong_pairing", "product_wrong_pairing", "(u*du - v*dv)/v^2", 4),
    ("wrong_pairing_order", "product_wrong_pairing", "(v*dv - u*du)/v^2", 6),
    ("first_term", "product_term_lost", "du/v", 4),
    ("second_term", "product_term_lost", "-u*dv/v^2", 4),
    ("order_not_squared", "quotient_order", "(u*dv - du*v)/v", 6),
    ("plus_not_squared", "quotient_sign", "(du*v + u*dv)/v", 6),
    ("plus_dropped", "quotient_sign", "du*v + u*dv", 6),
    ("order_of_numerator", "quotient_order", "(u*dv - du*v)/u^2", 6),
    ("order_dropped", "quotient_order", "u*dv - du*v", 6),
    ("numerator_only", "quotient_denominator_not_squared", "du/v^2", 5),
    ("product_of_derivatives", "product_as_product_of_derivatives", "du*dv", 6),
    ("derivatives_above", "product_as_product_of_derivatives", "du*dv/v^2", 6),
    ("constant_doubled", "quotient_denominator_not_squared", "(du*v - u*dv)/(2*v)", 6),
    ("derivatives_order", "quotient_as_quotient_of_derivatives", "dv/du", 6),
)  # fmt: skip

_RECIPROCAL = _table(
    "reciprocal", "reciprocal",
    ("sign", "sign_error", "k*du/u^2", 3),
    ("of_derivatives", "quotient_as_quotient_of_derivatives", "k/du", 3),
    ("not_squared", "quotient_denominator_not_squared", "-k*du/u", 3),
    ("not_squared_sign", "quotient_denominator_not_squared", "k*du/u", 5),
    ("dropped", "quotient_denominator_dropped", "-k*du", 4),
    ("dropped_sign", "quotient_denominator_dropped", "k*du", 6),
    ("number_lost", "lost_coefficient_or_constant", "-du/u^2", 3, _number_above),
    ("numerator_lost", "numerator_lost", "-du/u^2", 3),
    ("of_numerator", "quotient_square_of_numerator", "-k*du/k^2", 6),
    ("logarithm", "integrated_instead_wrong", "k*log(u)", 4),
    ("logarithm_inner", "exponential_as_log", "k*du*log(u)", 5),
    ("integrated", "integrated_instead", "k*log(u)/du", 4),
    ("numerator_of_one", "constant_differentiated", "(u - k*du)/u^2", 5),
    ("power_lowered_twice", "power_rule_other", "-k*du/u^3", 5),
    ("power_not_lowered", "power_not_lowered", "-k*du/u", 6),
    ("to_zero", "power_lowered_towards_zero", "-k*du", 6),
)  # fmt: skip

_POWER = _table(
    "power", "power",
    ("to_zero", "power_lowered_towards_zero", "n*u^(n + 1)*du", 2, _negative),
    ("not_lowered", "power_not_lowered", "n*y*du", 3),
    ("raised", "power_raised", "n*u^(n + 1)*du", 3),
    ("new_exponent", "power_coefficient_is_new_exponent", "(n - 1)*u^(n - 1)*du", 3),
    ("new_exponent_towards_zero", "power_coefficient_is_new_exponent", "(n + 1)*u^(n - 1)*du", 4, _negative),
    ("coefficient_lost", "lost_coefficient_or_constant", "u^(n - 1)*du", 3),
    ("inner_variable_lost", "wrong_inner_derivative", "n*du", 4, _inside),
    ("lowered_twice", "power_rule_other", "n*u^(n - 2)*du", 5),
    ("exponent_lost", "power_rule_other", "n*u*du", 5),
    ("factor_lost", "power_rule_other", "n*du", 5),
    ("divided", "power_rule_other", "u^(n - 1)/n*du", 5),
    ("raised_coefficient", "power_raised", "(n + 1)*u^(n + 1)*du", 6),
    ("not_lowered_lost", "power_not_lowered", "y*du", 5),
    ("raised_new", "power_raised", "(n + 1)*u^n*du", 6),
    ("as_exponential", "exponential_as_power", "y*log(u)*du", 6),
    ("log_of_exponent", "exponential_as_power", "y*log(n)*du", 7),
    ("integrated", "integrated_instead", "u^(n + 1)/(n + 1)", 4),
    ("integrated_inner", "integrated_instead_wrong", "u^(n + 1)/(n + 1)*du", 5),
    ("integrated_undivided", "integrated_instead_wrong", "u^(n + 1)", 6),
    ("integrated_times", "integrated_instead_wrong", "(n + 1)*u^(n + 1)", 6),
    ("exponent_of_inner", "derivative_of_inner_inside", "n*du^(n - 1)*du", 6),
    ("sign", "sign_error", "-n*u^(n - 1)*du", 5),
    ("sign_of_exponent", "sign_error", "-n*u^(n + 1)*du", 6, _negative),
    ("inverse_exponent", "power_rule_other", "n*u^(-n)*du", 6),
    ("exponent_turned", "power_rule_other", "n*u^(1 - n)*du", 6),
)  # fmt: skip

_EXPONENTIAL = _table(
    "exponential", "exponential",
    ("ln_lost", "missing_ln_a", "y*du", 2, _other_base),
    ("as_power", "exponential_as_power", "u*a^(u - 1)", 3),
    ("as_power_inner", "exponential_as_power", "u*a^(u - 1)*du", 3),
    ("as_power_kept", "exponential_as_power", "u*y*du", 6),
    ("as_power_raised", "exponential_as_power", "u*y", 7),
    ("lowered", "exponential_as_power", "a^(u - 1)*du", 6),
    ("divided", "integrated_instead", "y*du/log(a)", 4, _other_base),
    ("integrated", "integrated_instead", "y/log(a)", 3, _other_base),
    ("integrated_inner", "integrated_instead", "y/(du*log(a))", 4),
    ("log_of_exponent", "wrong_variable", "y*log(u)", 5, None, "missing_ln_a"),
    ("log_of_exponent_inner", "wrong_variable", "y*log(u)*du", 5, None, "missing_ln_a"),
    ("value_lost", "log_diff_not_multiplied_back", "log(a)*du", 4, _other_base),
    ("base_for_log", "missing_ln_a", "y*a*du", 6, _other_base),
    ("as_log", "exponential_as_log", "du/u", 5),
    ("as_log_value", "exponential_as_log", "du/y", 6),
    ("as_log_name", "exponential_as_log", "du/t", 7),
    ("exponent_derived", "derivative_of_inner_inside", "a^du*log(a)*du", 5),
    ("natural", "exponential_as_log", "exp(u)*du", 6, _other_base),
    ("ln_of_inner", "log_derivative_wrong", "y*log(du)", 7),
)  # fmt: skip

_LOGARITHMIC = _table(
    "logarithmic", "logarithmic",
    ("as_power", "exponential_as_power", "v*u^(v - 1)*du", 2),
    ("as_power_bare", "exponential_as_power", "v*u^(v - 1)", 3),
    ("as_power_both", "exponential_as_power", "v*u^(v - 1)*du*dv", 5),
    ("exponential_only", "power_term_lost", "y*log(u)*dv", 2),
    ("log_only", "power_term_lost", "y*log(u)", 4),
    ("not_lowered", "power_not_lowered", "y*du", 5),
    ("value", "power_not_lowered", "y*dv", 5),
    ("not_back", "log_diff_not_multiplied_back", "dv*log(u) + v*du/u", 2),
    ("factor_of_one", "power_term_lost", "y*(log(u)*dv + du/u)", 4),
    ("log_lost", "missing_ln_a", "y*(dv + v*du/u)", 4),
    ("product_of_derivatives", "product_as_product_of_derivatives", "y*dv*du/u", 3),
    ("product_minus", "product_sign", "y*(dv*log(u) - v*du/u)", 4),
    ("of_derivatives", "product_as_product_of_derivatives", "du^dv", 6),
    ("exponent_derived", "derivative_of_inner_inside", "u^dv", 4),
    ("exponent_derived_log", "derivative_of_inner_inside", "u^dv*log(u)", 5),
    ("inner_lost", "forgot_inner_derivative", "y*(dv*log(u) + v/u)", 4),
    ("inner_not_derived", "log_derivative_wrong", "y*(dv*log(u) + v*u)", 5),
    ("log_undivided", "log_derivative_wrong", "y*(dv*log(u) + v*du)", 5),
)  # fmt: skip

_CHAIN = _table(
    "chain", "chain",
    ("inner_lost", "forgot_inner_derivative", "p", 1),
    ("inner_sign", "forgot_inner_derivative_sign", "-p*du", 5),
    ("is_one", "forgot_inner_derivative", "1", 5, _inside),
    ("only_inner", "only_inner_derivative", "du", 3),
    ("inner_inside", "derivative_of_inner_inside", "fdu", 3),
    ("outer_at_inner_derivative", "derivative_of_inner_inside", "pdu", 3),
    ("outer_at_inner_derivative_too", "derivative_of_inner_inside", "pdu*du", 5),
    ("inner_inside_constant_kept", "derivative_of_inner_inside", "pdk", 5, _has_constant),
    ("inner_inside_constant_kept_too", "derivative_of_inner_inside", "pdk*du", 6, _has_constant),
    ("inner_inside_value", "derivative_of_inner_inside", "fdk", 6, _has_constant),
    ("at_name", "outer_evaluated_at_x", "pt*du", 3),
    ("at_name_lost", "outer_evaluated_at_x", "pt", 5),
    ("outer_kept", "outer_derivative_lost", "y*du", 4),
    ("inner_kept", "wrong_inner_derivative", "p*u", 4),
    ("inner_added", "product_as_sum", "p + du", 5),
    ("inner_squared", "wrong_inner_derivative", "p*du^2", 5),
    ("inner_both", "wrong_inner_derivative", "p*u*du", 6),
    ("inner_divided", "wrong_inner_derivative", "p/du", 5),
    ("inner_derivative_of_value", "outer_evaluated_at_x", "pf*du", 6),
    ("value_kept", "product_rule_other", "y + p*du", 7),
    ("name_for_inner", "wrong_inner_derivative", "p*t", 6),
    ("integrated", "integrated_instead", "y/du", 7),
)  # fmt: skip

_VARIABLE = _table(
    "variable", "identity",
    ("kept", "wrong_inner_derivative", "x", 5),
    ("kept_not_differentiated", "not_differentiated", "x", 6),
    ("not_lowered", "power_not_lowered", "x", 6),
    ("raised", "power_raised", "x^2", 6),
)  # fmt: skip

_SOFTMAX = _table(
    "softmax", "quotient",
    ("diagonal", "softmax_jacobian_diagonal_only", "y*(1 - y)*du", 2),
    ("diag_on_offdiag", "softmax_diag_on_offdiag", "ds/s*(1 - ds/s)", 3),
    ("own_diag", "softmax_diag_on_offdiag", "y*(1 - y)", 4),
    ("numerator_only", "softmax_numerator_only", "y*du", 3),
    ("numerator", "softmax_numerator_only", "y", 5),
    ("offdiag_on_diag", "softmax_offdiag_on_diag", "-y*ds/s", 3),
    ("offdiag_sign", "softmax_offdiag_on_diag", "y*ds/s", 5),
    ("square", "softmax_offdiag_on_diag", "-y^2", 5),
    ("elementwise", "softmax_as_elementwise", "exp(u)*du", 4),
    ("elementwise_minus", "softmax_as_elementwise", "1 - y", 5),
    ("share", "softmax_as_elementwise", "ds/s", 6),
    ("minus_one", "one_hot_assumed", "y - 1", 5),
    ("one_minus_both", "softmax_diag_on_offdiag", "y*(1 - ds/s)", 5),
)  # fmt: skip

RULES: tuple[Mutation, ...] = (
    *_SUM, *_CONSTANT, *_OPPOSITE, *_MULTIPLE, *_BELOW, *_PRODUCT, *_QUOTIENT, *_RECIPROCAL, *_POWER, *_EXPONENTIAL, *_LOGARITHMIC,
    *_CHAIN, *_VARIABLE, *_SOFTMAX,
)  # fmt: skip
