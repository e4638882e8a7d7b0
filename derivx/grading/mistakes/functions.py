"""Wrong derivatives of single functions: ``w`` for the right formula f'(u), once with the inner derivative and once without it.

``y`` is the function's value, ``u`` its argument. Rows under ``activation`` hold for every activation function.
"""

from __future__ import annotations

from derivx.grading.mistakes.forms import View
from derivx.grading.mistakes.table import Mutation

_TRIG, _NOT, _INVERSE = "trig_wrong_formula", "trig_not_differentiated", "inverse_function_confused"
_OTHER, _WRONG = "wrong_activation_formula", "activation_formula_wrong"
_LOST, _LOG, _POWER = "lost_coefficient_or_constant", "log_derivative_wrong", "power_rule_other"
_INPUT, _SQUARE, _FACTOR = "input_instead_of_activation", "sigma_prime_as_square", "sigma_prime_factor_missing"
_BARE = 3  # by how much a row ranks lower where the inner derivative is missing, too

# by function: a tag, a formula and a rank
_FORMULAS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "sin": (
        ("sign_error", "-cos(u)", 3), (_NOT, "y", 3), (_TRIG, "-y", 4), (_TRIG, "tan(u)", 6), (_INVERSE, "1/sqrt(1 - u^2)", 6),
        (_TRIG, "-cos(u)", 5),
    ),
    "cos": (
        ("sign_error", "sin(u)", 2), (_NOT, "y", 3), (_TRIG, "-y", 4), (_TRIG, "sec(u)", 6), (_INVERSE, "-1/sqrt(1 - u^2)", 6),
        (_TRIG, "sin(u)", 5),
    ),
    "tan": (
        (_TRIG, "sec(u)*tan(u)", 3), (_TRIG, "sec(u)", 4), (_POWER, "sec(u)", 5), (_TRIG, "1 - y^2", 4), (_TRIG, "cot(u)", 4),
        (_INVERSE, "1/(1 + u^2)", 3), (_TRIG, "tan(u)^2", 4), (_NOT, "y", 4), (_TRIG, "-csc(u)^2", 5), (_TRIG, "cos(u)^2", 5),
        (_TRIG, "1/cos(u)", 5), (_TRIG, "-1/cos(u)^2", 5), (_TRIG, "1/sin(u)^2", 5), (_TRIG, "cos(u)/(-sin(u))", 5), (_TRIG, "1 + u^2", 5),
    ),
    # the last of each: 1/f'(u) for the derivative of 1/f(u)
    "sec": (
        (_TRIG, "tan(u)^2", 4), (_TRIG, "sec(u)^2", 4), (_TRIG, "tan(u)", 4), (_TRIG, "-y*tan(u)", 3), (_TRIG, "-csc(u)*cot(u)", 5),
        (_TRIG, "-1/sin(u)", 4),
    ),
    "csc": (
        (_TRIG, "y*cot(u)", 3), (_TRIG, "-cot(u)^2", 4), (_TRIG, "cot(u)", 5), (_TRIG, "sec(u)*tan(u)", 5), (_TRIG, "-csc(u)^2", 5),
        (_TRIG, "1/cos(u)", 4),
    ),
    "cot": (
        (_TRIG, "csc(u)^2", 3), (_TRIG, "-csc(u)*cot(u)", 4), (_TRIG, "sec(u)^2", 4), (_TRIG, "tan(u)", 5), (_TRIG, "1 - y^2", 5),
        (_TRIG, "1/sec(u)^2", 4),
    ),
    # the inverse function read as a power: -1/f(u)^2
    "asin": (
        (_TRIG, "-1/sqrt(1 - u^2)", 3), (_INVERSE, "1/cos(u)", 3), (_INVERSE, "cos(u)", 4), (_TRIG, "1/sqrt(1 + u^2)", 4),
        (_TRIG, "1/(1 - u^2)", 4), (_TRIG, "sqrt(1 - u^2)", 5), (_TRIG, "1/(1 + u^2)", 5), (_INVERSE, "-cos(u)/sin(u)^2", 4),
        (_TRIG, "acos(u)", 5), (_TRIG, "1/sqrt(1 - u)", 5), (_TRIG, "1/(2*sqrt(1 - u^2))", 6),
        (_INVERSE, "-1/sin(u)^2", 4), (_INVERSE, "1/sin(u)^2", 5),
    ),
    "acos": (
        (_TRIG, "1/sqrt(1 - u^2)", 3), (_INVERSE, "-1/sin(u)", 4), (_INVERSE, "-sin(u)", 4), (_INVERSE, "sin(u)/cos(u)^2", 4),
        (_TRIG, "-1/sqrt(1 + u^2)", 4), (_TRIG, "-1/(1 - u^2)", 4), (_TRIG, "-1/(1 + u^2)", 5), (_TRIG, "-asin(u)", 5),
        (_INVERSE, "-1/cos(u)^2", 4), (_INVERSE, "1/cos(u)^2", 5),
    ),
    "atan": (
        (_INVERSE, "sec(u)^2", 3), (_INVERSE, "1/sec(u)^2", 4), (_INVERSE, "-1/sin(u)^2", 4), (_TRIG, "1/(1 - u^2)", 3),
        (_TRIG, "1/sqrt(1 + u^2)", 4), (_TRIG, "1/sqrt(1 - u^2)", 4), (_TRIG, "-1/(1 + u^2)", 4), (_TRIG, "1/(1 + u)", 5),
        (_TRIG, "1/(1 + u^2)^2", 5), (_TRIG, "1 + u^2", 5), (_INVERSE, "cos(u)^2", 5),
        (_INVERSE, "-1/tan(u)^2", 4), (_INVERSE, "1/tan(u)^2", 5), (_TRIG, "-1/sqrt(1 - u^2)", 5), (_TRIG, "1/sqrt(u^2 - 1)", 5),
    ),
    "sinh": ((_TRIG, "-cosh(u)", 3), (_NOT, "y", 3), (_TRIG, "cos(u)", 4), (_TRIG, "-y", 6)),
    "cosh": (("sign_error", "-sinh(u)", 3), (_NOT, "y", 3), (_TRIG, "-sin(u)", 4), (_TRIG, "sin(u)", 5)),
    "sech": ((_TRIG, "y*tanh(u)", 3), (_TRIG, "-y^2", 5)),
    "csch": ((_TRIG, "y*coth(u)", 3),),
    "coth": ((_TRIG, "1/sinh(u)^2", 3),),
    "asinh": ((_TRIG, "1/sqrt(u^2 - 1)", 3), (_TRIG, "1/sqrt(1 - u^2)", 4), (_TRIG, "1/(1 + u^2)", 4), (_INVERSE, "1/cosh(u)", 4)),
    "acosh": ((_TRIG, "1/sqrt(u^2 + 1)", 3), (_TRIG, "1/(u^2 - 1)", 4), (_INVERSE, "1/sinh(u)", 4)),
    "atanh": ((_TRIG, "1/(1 + u^2)", 3), (_TRIG, "1/sqrt(1 - u^2)", 4), (_TRIG, "1/(u^2 - 1)", 4), (_INVERSE, "1/cosh(u)^2", 4)),
    "sqrt": (
        ("power_not_lowered", "y/2", 3), ("sqrt_dropped", "1/2", 3), (_LOST, "1/y", 3), ("sign_error", "-1/(2*y)", 5),
        (_POWER, "1/(2*u)", 4), (_POWER, "u/2", 5), (_POWER, "2*y", 5), (_LOST, "2/y", 5),
        ("power_raised", "u*y/2", 5), (_POWER, "1/(2*u*y)", 5), ("integrated_instead", "2/3*u*y", 5),
        (_POWER, "-1/(2*u*y)", 5), ("power_not_lowered", "y", 6), (_POWER, "1/(2*u^2)", 6),
    ),
    "cbrt": (("power_not_lowered", "y/3", 3), (_LOST, "1/y^2", 3), (_POWER, "1/(3*y)", 4)),
    "log": (
        (_LOG, "u", 3), (_LOG, "1", 5), (_LOG, "y", 5), ("exponential_as_log", "exp(u)", 4),
        (_LOG, "1/y", 4), (_LOG, "1/u^2", 4), (_LOG, "-1/u^2", 4),
        ("sign_error", "-1/u", 4), (_LOG, "y/u", 4), ("integrated_instead", "u*y - u", 4), (_LOG, "u*y", 6),
        (_LOG, "1/(u*y)", 5),
    ),
    "log2": (("missing_ln_a", "1/u", 3), ("missing_ln_a", "log(2)/u", 3), (_LOG, "1/(2*u)", 4)),
    "log10": (("missing_ln_a", "1/u", 3), ("missing_ln_a", "log(10)/u", 3), (_LOG, "1/(10*u)", 4)),
    "logb": (("missing_ln_a", "1/u", 3), ("missing_ln_a", "log(b)/u", 3), (_LOG, "1/(b*u)", 4)),
    "log1p": ((_LOG, "1/u", 3), (_LOG, "1 + u", 4)),
    "abs": (("other", "-sign(u)", 5), ("not_differentiated", "y", 5)),
    "erf": ((_LOST, "exp(-u^2)", 3), (_LOST, "exp(-u^2)/sqrt(pi)", 4), ("sign_error", "2*exp(u^2)/sqrt(pi)", 4)),
    "activation": (
        ("sigma_prime_as_sigma", "y", 2), (_SQUARE, "y^2", 4), (_OTHER, "y*(1 - y)", 3), (_OTHER, "1 - y^2", 3),
        (_OTHER, "step(u)", 4), ("extra_activation_derivative", "p*p", 4), ("activation_formula_on_input", "pu", 3),
        (_INPUT, "u", 6), (_OTHER, "sigmoid(u)*(1 - sigmoid(u))", 4), (_OTHER, "1 - tanh(u)^2", 4),
        (_OTHER, "sigmoid(u)", 4), ("extra_activation_derivative", "y*p", 5),
    ),
    "sigmoid": (
        (_FACTOR, "1 - y", 2), ("sign_error", "y*(1 + y)", 3), (_WRONG, "y*(1 + y)", 4), ("sign_error", "y*(y - 1)", 4),
        (_SQUARE, "(1 - y)^2", 4), ("exponential_as_log", "exp(u)", 6), (_SQUARE, "y*(1 - y)^2", 5),
        (_WRONG, "1 - 2*y", 5), (_WRONG, "y - 1", 5), (_WRONG, "y*(1 - y^2)", 5),
        ("activation_formula_on_input", "u*(1 - u)", 2), (_INPUT, "y*(1 - u)", 5), (_INPUT, "u*(1 - y)", 5),
        (_WRONG, "-exp(-u)/(1 + exp(-u))^2", 5), (_WRONG, "exp(-u)", 6), (_WRONG, "2*y*(1 - y)", 6),
        (_WRONG, "1/y*(1 - y)", 6), ("outer_derivative_lost", "-1/(1 + exp(-u))^2", 6),
    ),
    "tanh": (
        ("sigmoid_formula_for_tanh", "y*(1 - y)", 2), ("sign_error", "1 + y^2", 3), (_WRONG, "1 - y", 3), ("sign_error", "y^2 - 1", 4),
        (_WRONG, "sech(u)", 3), (_WRONG, "sech(u)*tanh(u)", 3), (_WRONG, "-sech(u)*tanh(u)", 4), (_WRONG, "1 + y", 5),
        ("square_on_argument", "1 - tanh(u^2)", 3), (_TRIG, "1 + tan(u)^2", 4), (_WRONG, "(1 - y)^2", 4), (_WRONG, "cosh(u)^2", 5),
        (_WRONG, "1/cosh(u)", 5), (_TRIG, "1/cos(u)^2", 5), (_WRONG, "-1/sinh(u)^2", 5), (_WRONG, "-1/cosh(u)^2", 5), (_SQUARE, "y^2", 4),
        (_WRONG, "1 + y^2", 5),
    ),
    "relu": ((_WRONG, "step(-u)", 4), ("sign_error", "sign(u)", 5), ("relu_gate_lost", "1", 1), (_WRONG, "u", 4)),
    "leaky_relu": ((_OTHER, "step(u)", 3), ("relu_gate_lost", "1", 1)),
    "softplus": (
        (_OTHER, "sigmoid(u)*(1 - sigmoid(u))", 3), (_WRONG, "1/(1 + exp(u))", 3), ("sign_error", "1/(1 + exp(u))", 4),
        (_WRONG, "exp(u)", 5), (_OTHER, "tanh(u)", 4), (_OTHER, "1 - tanh(u)^2", 4), (_OTHER, "step(u)", 4),
    ),
    "silu": (("product_term_lost", "sigmoid(u)", 3), ("product_term_lost", "u*sigmoid(u)*(1 - sigmoid(u))", 3), (_OTHER, "y*(1 - y)", 4)),
}  # fmt: skip


def _inside(view: View) -> bool:
    return view.inside


def _rows() -> tuple[Mutation, ...]:
    """Each formula with the inner derivative, and, ranked lower, without it."""
    found: list[Mutation] = []
    for on, formulas in _FORMULAS.items():
        for i, (tag, wrong, rank) in enumerate(formulas, start=1):
            found.append(Mutation(f"{on}.{i}", tag, "function", on, f"({wrong})*du", rank))
            if {"u", "y", "p"} & set(wrong):  # a number without the inner derivative is not told from other mistakes
                found.append(Mutation(f"{on}.{i}.bare", tag, "function", on, wrong, rank + _BARE, None, "forgot_inner_derivative"))
    return tuple(found)


_GATES = (
    Mutation("activation.inner_forgotten", "forgot_inner_activation_derivative", "function", "activation", "du", 2, _inside),
    Mutation("activation.forgotten", "forgot_activation_derivative", "function", "activation", "du", 2),
    Mutation("log.of_derivative", "log_of_derivative", "function", "log", "log(du)", 3),
    Mutation("log.of_derivative_undivided", "log_of_derivative", "function", "log", "1/du", 3),
    Mutation("function.not_differentiated", "not_differentiated", "function", "function", "y", 6),
    Mutation("function.is_one", "forgot_inner_derivative", "chain", "function", "1", 4, _inside),
    Mutation("function.other_sign", "sign_error", "function", "function", "-p*du", 6),
)

FUNCTIONS: tuple[Mutation, ...] = (*_rows(), *_GATES)
