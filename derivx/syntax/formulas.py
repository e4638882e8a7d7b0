"""The formulas on the cards, read once and kept: local derivatives, domains, kinks, definitions.

A local derivative is a template over the names of the card's arguments, and over ``y`` for the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from derivx import ops
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, mul, names, substitute
from derivx.ops import Op
from derivx.syntax.reader import read
from derivx.syntax.tokens import Limits

_TEMPLATE = Limits(template=True)
Condition = tuple[Expr, str, Expr]  # left, sign, right


@lru_cache(maxsize=512)
def partials(op: Op) -> Mapping[str, Expr] | None:
    """The local derivative by each argument, from the card's ``d`` (linear in ``da, db, ...``); ``None`` without one."""
    if op.d is None:
        return None
    marks = {f"d{p}": p for p in op.params}
    formula = read(op.d, names=[*op.params, *marks, "y"], limits=_TEMPLATE) if op.d else ZERO
    found: dict[str, Expr] = {}
    for term in formula.args if is_op(formula, "add") and isinstance(formula, Call) else (formula,):
        for mark in marks.keys() & set(names(term)):
            found[marks[mark]] = _without(term, Sym(mark))
    return {p: found[p] for p in op.params if p in found}


def _without(term: Expr, mark: Sym) -> Expr:
    """The coefficient of ``mark`` in a term that is linear in it: the mark taken out of the product."""
    if term == mark:
        return ONE
    assert isinstance(term, Call)
    if term.op == "mul" and mark in term.args:
        rest = [a for a in term.args if a != mark]
        return mul(*rest)
    if term.op == "where":
        linear = [_without(a, mark) if mark.name in names(a) else ZERO for a in term.args[1:]]
        return Call("where", (term.args[0], *linear))
    return Call(term.op, tuple(_without(a, mark) if mark.name in names(a) else a for a in term.args))


def arguments(op: Op, args: tuple[Expr, ...]) -> dict[Expr, Expr]:
    """What each argument name of a card stands for in a call, defaults filled in."""
    values: dict[Expr, Expr] = dict(zip(map(Sym, op.params), args, strict=False))
    for name, text in op.defaults.items():
        values.setdefault(Sym(name), read(text))
    return values


@lru_cache(maxsize=512)
def definition(op: Op) -> Expr | None:
    """The formula of a card whose value is one (those that users define), else ``None``."""
    return read(op.value, names=op.params) if isinstance(op.value, str) else None


@lru_cache(maxsize=512)
def _condition_templates(op: Op) -> tuple[Condition, ...]:
    return tuple(_condition(text, op) for text in op.conditions)


@lru_cache(maxsize=512)
def _kink_templates(op: Op) -> tuple[Condition, ...]:
    return tuple(_condition(text, op) for text in op.kink_points if text != "c")


def _condition(text: str, op: Op) -> Condition:
    for sign in ("!=", ">=", "<=", ">", "<", "="):
        left, found, right = text.partition(f" {sign} ")
        if found:
            return read(left, names=op.params), sign, read(right, names=op.params)
    raise ValueError(f"no comparison in {text!r}")


def conditions(call: Call) -> list[Condition]:
    """The conditions under which a call is differentiable, with its arguments put in.

    A power with a whole exponent needs at most a base other than 0; a base that is a number needs nothing.
    """
    op = ops.card(call.op)
    if op.name == "pow":
        return _power_conditions(call)
    values = arguments(op, call.args)
    rows = [(substitute(left, values), sign, substitute(right, values)) for left, sign, right in _condition_templates(op)]
    return [row for row in rows if names(row[0], row[2]) and not _always(row)]


def _power_conditions(call: Call) -> list[Condition]:
    base, exponent = call.args
    if isinstance(exponent, Num) and exponent.value == int(exponent.value):
        return []
    if is_op(exponent, "neg") and isinstance(exponent, Call) and isinstance(exponent.args[0], Num):
        return [(base, "!=", ZERO)] if names(base) else []
    return [(base, ">", ZERO)] if names(base) and base != Sym("e") else []


def _always(row: Condition) -> bool:
    """Whether a condition holds everywhere, as 1 + exp(-x) != 0 does."""
    left, sign, right = row
    if sign == "!=" and isinstance(left, Num):
        return left != right
    return sign in (">", "!=") and right == ZERO and _bound(left) > 0


_POSITIVE, _AT_LEAST_ZERO = ("exp", "cosh", "sigmoid", "softplus"), ("abs", "sqrt", "relu", "step")


def _bound(expr: Expr, levels: int = 40) -> int:
    """1 where an expression is positive everywhere it is defined, 0 where it is never negative, -1 where neither is certain."""
    if isinstance(expr, Num):
        return 1 if expr.value else 0
    if isinstance(expr, Sym):
        return 1 if expr.name in ("e", "pi") else -1
    if not isinstance(expr, Call) or not levels:
        return -1
    if expr.op in _POSITIVE:
        return 1
    if expr.op in _AT_LEAST_ZERO:
        return max(0, _bound(expr.args[0], levels - 1)) if expr.op != "step" else 0
    if expr.op == "pow":
        even = isinstance(expr.args[1], Num) and expr.args[1].value % 2 == 0
        return max(_bound(expr.args[0], levels - 1), 0 if even else -1)
    parts = [_bound(a, levels - 1) for a in expr.args] if expr.op in ("add", "mul", "div") else [-1]
    return -1 if min(parts) < 0 else max(parts) if expr.op == "add" else min(parts)


def kink_equations(call: Call) -> list[tuple[Expr, Expr]]:
    """The equations of the kinks of a call, with its arguments put in; a number stands on the right."""
    op = ops.card(call.op)
    if op.name == "where":
        test = call.args[0]
        rows = [(test.args[0], "=", test.args[1])] if isinstance(test, Call) and test.op != "ne" else []
    else:
        values = arguments(op, call.args)
        pairs = [call.args] if op.nary else []
        rows = [(substitute(a, values), s, substitute(b, values)) for a, s, b in _kink_templates(op)]
        if op.nary and pairs and op.kinks:
            rows = [(a, "=", b) for i, a in enumerate(call.args) for b in call.args[i + 1 :]]
    flipped = [(b, a) if isinstance(a, Num) and not isinstance(b, Num) else (a, b) for a, _, b in rows]
    return [(a, b) for a, b in flipped if names(a, b)]
