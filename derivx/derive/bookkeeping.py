"""Bookkeeping: zeros and ones, arithmetic, brackets, the order of factors, signs. Each move looks at one node."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from derivx.derive import factors as fx
from derivx.derive.look import MOST_DIGITS, Look
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, add, children, div, is_op, mul, names, neg


def neutral(node: Call, look: Look) -> Expr:
    args = node.args
    match node.op:
        case "add":
            rest = [a for a in args if not _is_zero(a)]
            return node if len(rest) == len(args) else (add(*rest) if rest else ZERO)
        case "mul":
            if any(_is_zero(a) for a in args):
                return ZERO
            rest = [a for a in args if not fx.is_number(a, 1)]
            return node if len(rest) == len(args) else (mul(*rest) if rest else ONE)
        case "div":
            return ZERO if _is_zero(args[0]) and not _is_zero(args[1]) else args[0] if fx.is_number(args[1], 1) else node
        case "pow":
            return _neutral_power(node)
        case "neg":
            return ZERO if _is_zero(args[0]) else node
        case "where":
            return args[1] if args[1] == args[2] else node
        case "log" | "logb" if args[0] == (Sym("e") if node.op == "log" else args[-1]):
            return ONE
    return node


def _neutral_power(node: Call) -> Expr:
    base, exponent = node.args
    if fx.is_number(exponent, 1) or fx.is_number(base, 1):
        return base
    return ONE if fx.is_number(exponent, 0) else node


def _is_zero(node: Expr) -> bool:
    return fx.is_number(node, 0) or (isinstance(node, Call) and node.op == "neg" and fx.is_number(node.args[0], 0))


def numbers(node: Call, look: Look) -> Expr:
    """Arithmetic: 4 - 1 in an exponent, 2^3, 6/4, 1/2 - 1."""
    if node.op == "add":
        return _add_numbers(node)
    if node.op == "pow":
        base, n = fx.rational(node.args[0]), fx.rational(node.args[1])
        if base is not None and n is not None and n.denominator == 1 and 0 <= n <= 64 and len(str(base)) * n <= MOST_DIGITS:
            return fx.number(base ** int(n), fx.has_decimal(node.args[0]))
    if node.op == "sqrt" and isinstance(node.args[0], Num) and isinstance(node.args[0].value, int):
        root = math.isqrt(node.args[0].value)
        return Num(root) if root * root == node.args[0].value else node
    if node.op == "div":
        value = fx.rational(node)
        if value is not None:
            simple = fx.number(value, fx.has_decimal(node))
            return simple if simple != node else node
    if node.op in ("mul", "neg") and node.op == "mul":
        found = [fx.rational(a) for a in node.args]
        if all(v is not None for v in found):
            value = math.prod((v for v in found if v is not None), start=Fraction(1))
            return fx.number(value, fx.has_decimal(node)) if len(str(value)) <= MOST_DIGITS else node
    return node


def _add_numbers(node: Call) -> Expr:
    values = [fx.rational(a) for a in node.args]
    if sum(v is not None for v in values) < 2:
        return node
    total = sum((v for v in values if v is not None), Fraction(0))
    if len(str(total)) > MOST_DIGITS:
        return node
    decimal = any(fx.has_decimal(a) for a in node.args)
    first = next(i for i, v in enumerate(values) if v is not None)
    parts = [fx.number(total, decimal) if i == first else a for i, a in enumerate(node.args) if i == first or values[i] is None]
    parts = [p for p in parts if not fx.is_number(p, 0)] or [ZERO]
    return add(*parts)


def brackets(node: Call, look: Look) -> Expr:
    """A + (b - c) = a + b - c, (a*b)*c = a*b*c, -(-a) = a, and minus (a + b) spread over a sum it stands in."""
    if node.op == "mul":
        return mul(*(q for a in node.args for q in fx.factors(a)))
    if node.op == "neg" and is_op(node.args[0], "neg"):
        return children(node.args[0])[0]
    if node.op == "neg" and is_op(node.args[0], "add") and is_op(children(node.args[0])[0], "neg"):
        return fx.sum_of([_opposite(t) for t in fx.terms(node.args[0])])  # -(-a + b) = a - b
    if node.op != "add":
        return node
    out: list[Expr] = []
    for a in node.args:
        inner = children(a)[0] if is_op(a, "neg") else a
        if is_op(inner, "add") and inner is not a:
            out.extend(_opposite(t) for t in fx.terms(inner))
        else:
            out.extend(fx.terms(a))
    return add(*out)


def _opposite(term: Expr) -> Expr:
    return children(term)[0] if is_op(term, "neg") else neg(term)


def arrange(node: Call, look: Look) -> Expr:
    """One sign in front, numbers multiplied, factors in order; equal factors are not yet gathered."""
    if node.op == "div":
        return _fraction_sign(node)
    if node.op == "add" and len(node.args) == 2 and is_op(node.args[0], "neg") and not is_op(node.args[1], "neg"):
        return add(node.args[1], node.args[0])  # a positive term first
    if node.op == "neg" and fx.rational(node) is None:
        return _arrange_product([node], look)
    return _arrange_product(list(node.args), look) if node.op == "mul" else node


def _fraction_sign(node: Call) -> Expr:
    top, bottom = node.args
    signs = is_op(top, "neg") + is_op(bottom, "neg")
    if not signs:
        return node
    plain = div(*(children(p)[0] if is_op(p, "neg") else p for p in (top, bottom)))
    return neg(plain) if signs == 1 else plain


def _arrange_product(args: list[Expr], look: Look) -> Expr:
    sign, coefficient, decimal, rest = 1, Fraction(1), False, list[Expr]()
    todo = list(reversed(args))
    while todo:
        a = todo.pop()
        if is_op(a, "neg"):
            sign = -sign
            todo.append(children(a)[0])
        elif is_op(a, "mul"):
            todo.extend(reversed(children(a)))
        elif isinstance(a, Num):
            coefficient *= Fraction(a.value)
            decimal |= isinstance(a.value, Decimal)
        else:
            rest.append(a)
    if not rest or len(str(coefficient)) > MOST_DIGITS:
        return mul(*args) if len(args) > 1 else args[0]
    lead = [] if coefficient == 1 else [fx.number(coefficient, decimal)]
    whole = mul(*lead, *fx.ordered(rest, look.values))
    return neg(whole) if sign < 0 else whole


def signs(node: Call, look: Look) -> Expr:
    """-(y - s) = s - y: a minus before a product turns round a difference in it, when that is shorter."""
    if node.op != "neg":
        return node
    whole = node.args[0]
    if is_op(whole, "div"):
        top, bottom = children(whole)
        turned = _turned_product(top, look, alone=False)
        return node if is_op(turned, "neg") else div(turned, bottom)
    return _turned_product(whole, look, alone=True)


def _turned_product(whole: Expr, look: Look, *, alone: bool) -> Expr:
    """Minus a product, with the minus inside one of its differences where that reads better."""
    parts = [whole] if is_op(whole, "add") else fx.factors(whole)
    for i, p in enumerate(parts):
        terms = fx.terms(p)
        if _to_be_turned(terms, look, alone=alone and len(parts) == 1):
            opposite = [_opposite(t) for t in terms]
            turned = add(*sorted(opposite, key=lambda t: is_op(t, "neg")))
            return mul(*(turned if k == i else q for k, q in enumerate(parts)))
    return neg(whole)


def _to_be_turned(terms: list[Expr], look: Look, *, alone: bool) -> bool:
    """Whether -(a - b) reads better as b - a: where b is a number or what moves (prediction minus target), or stands alone."""
    minus = sum(is_op(t, "neg") for t in terms)
    if len(terms) != 2:
        return minus > len(terms) - minus
    if not is_op(terms[1], "neg") or is_op(terms[0], "neg"):
        return False
    fixed, moved = (not look.moving & set(names(t)) for t in terms)
    if isinstance(terms[0], Num):
        return alone
    return alone or isinstance(children(terms[1])[0], Num) or (fixed and not moved) or not look.moving
