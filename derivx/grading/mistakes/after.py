"""Slips in the answer as a teacher writes it: each row yields mistaken versions of one node of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isqrt

from derivx.expr import ONE, TWO, ZERO, Call, Expr, Num, Sym, add, div, is_op, mul, neg, power
from derivx.grading.mistakes.forms import has_activation, is_activation
from derivx.grading.mistakes.table import AFTER, Mutation

_MIXED: Mapping[str, tuple[str, ...]] = {
    "sin": ("cos",), "cos": ("sin",), "sinh": ("cosh",), "cosh": ("sinh",),
    "sec": ("tan", "csc"), "tan": ("sec", "cot"), "csc": ("cot", "sec"), "cot": ("csc", "tan"),
    "sigmoid": ("tanh", "relu"), "tanh": ("sigmoid", "tan"), "log": ("exp",), "exp": ("log",), "step": ("relu", "sigmoid"),
}  # fmt: skip


def _without(node: Call, i: int) -> Expr:
    rest = (*node.args[:i], *node.args[i + 1 :])
    return rest[0] if len(rest) == 1 else Call(node.op, rest)


def _term_lost(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and node.op == "add":
        yield from (_without(node, i) for i in range(len(node.args)))


def _factor_lost(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and node.op == "mul":
        yield from (_without(node, i) for i, a in enumerate(node.args) if not isinstance(a, Num))


def _numerator_lost(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and node.op == "div" and not isinstance(node.args[0], Num):
        yield div(ONE, node.args[1])


def _denominator_lost(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and node.op == "div":
        top, bottom = node.args
        yield top
        if isinstance(bottom, Call) and bottom.op == "mul":
            yield from (div(top, _without(bottom, i)) for i, b in enumerate(bottom.args) if not isinstance(b, Num))


def _number_lost(node: Expr) -> Iterator[Expr]:
    """A number among factors is lost; two numbers of one answer are no slip."""
    if isinstance(node, Call) and node.op == "mul":
        yield from (_without(node, i) for i, a in enumerate(node.args) if isinstance(a, Num))
    if isinstance(node, Call) and node.op == "div":
        top, bottom = node.args
        if isinstance(bottom, Num):
            yield top
        if isinstance(bottom, Call) and bottom.op == "mul":
            yield from (div(top, _without(bottom, i)) for i, b in enumerate(bottom.args) if isinstance(b, Num))
        if isinstance(top, Num) and top != ONE:
            yield div(ONE, bottom)


def _number_off(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Num) and node != ZERO:
        yield mul(TWO, node)
        yield div(node, TWO)
        if isinstance(node.value, int) and node.value < 1000:
            yield Num(node.value + 1)
            yield Num(node.value - 1)
            yield mul(node, node)
            if node.value > 1:
                yield div(ONE, node)


def _number_rooted(node: Expr) -> Iterator[Expr]:
    """(3*x)^2 as 3*x^2: the square of a number is lost."""
    if isinstance(node, Num) and isinstance(node.value, int) and node.value > 1 and isqrt(node.value) ** 2 == node.value:
        yield Num(isqrt(node.value))


def _target_lost(node: Expr) -> Iterator[Expr]:
    """The target of a difference such as sigmoid(z) - y."""
    if isinstance(node, Call) and node.op == "add" and has_activation(node):
        for i, a in enumerate(node.args):
            if isinstance(a, Sym) or (isinstance(a, Call) and a.op == "neg" and isinstance(a.args[0], Sym)):
                yield _without(node, i)


def _input_for_value(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and is_activation(node):
        yield node.args[0]


def _exponent_off(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and node.op == "pow":
        base, n = node.args
        for off in (add(n, ONE), add(n, neg(ONE)), neg(n)):
            yield power(base, off)


def _exponent_missing(node: Expr) -> Iterator[Expr]:
    """A denominator, or a function of it, that is squared where it should not be."""
    if isinstance(node, Call) and node.op == "div" and not is_op(node.args[1], "pow") and not isinstance(node.args[1], Num):
        yield div(node.args[0], power(node.args[1], TWO))


def _function_mixed(node: Expr) -> Iterator[Expr]:
    if isinstance(node, Call) and len(node.args) == 1:
        yield from (Call(op, node.args) for op in _MIXED.get(node.op, ()))


def _argument_lost(node: Expr) -> Iterator[Expr]:
    """f(2*x) as f(x), f(x^2) as f(x)."""
    if isinstance(node, Call) and len(node.args) == 1 and node.op != "neg":
        (u,) = node.args
        if isinstance(u, Call) and u.op in ("mul", "add"):
            yield from (Call(node.op, (_without(u, i),)) for i in range(len(u.args)))
        elif isinstance(u, Call) and u.op in ("pow", "div", "neg"):
            yield Call(node.op, (u.args[0],))


def _exponent_changed(node: Expr) -> Iterator[Expr]:
    """e^(-x^2/2) as e^(-x^2): the outer function is not kept as it was."""
    if isinstance(node, Call) and node.op == "pow" and isinstance(node.args[1], Call):
        base, n = node.args
        inner = n.args[0] if is_op(n, "neg") and isinstance(n, Call) else n
        if inner is not n:
            yield power(base, inner)
        if isinstance(inner, Call) and inner.op == "div":
            yield power(base, neg(inner.args[0]) if inner is not n else inner.args[0])
        if isinstance(inner, Call) and inner.op in ("mul", "add"):
            for i in range(len(inner.args)):
                rest = _without(inner, i)
                yield power(base, neg(rest) if inner is not n else rest)


Slip = Callable[[Expr], Iterator[Expr]]


def _table(*rows: tuple[str, str, Slip, int]) -> tuple[Mutation, ...]:
    return tuple(Mutation(f"answer.{name}", tag, "", AFTER, wrong, rank) for name, tag, wrong, rank in rows)


ANSWERS: tuple[Mutation, ...] = _table(
    ("term_lost", "term_lost", _term_lost, 5),
    ("factor_lost", "forgot_inner_derivative", _factor_lost, 6),
    ("numerator_lost", "numerator_lost", _numerator_lost, 6),
    ("denominator_lost", "extra_factor_cancelled", _denominator_lost, 5),
    ("number_lost", "lost_coefficient_or_constant", _number_lost, 4),
    ("number_rooted", "algebra_slip", _number_rooted, 5),
    ("target_lost", "one_hot_minus_lost", _target_lost, 3),
    ("input_for_value", "input_instead_of_activation", _input_for_value, 4),
    ("number_off", "lost_coefficient_or_constant", _number_off, 6),
    ("exponent_off", "power_rule_other", _exponent_off, 5),
    ("exponent_missing", "power_rule_other", _exponent_missing, 7),
    ("function_mixed", "trig_wrong_formula", _function_mixed, 6),
    ("argument_lost", "outer_changed", _argument_lost, 5),
    ("exponent_changed", "outer_changed", _exponent_changed, 4),
)
