"""Gathering: equal factors, fractions, like terms, roots, and the identities a board knows. Each move looks at one node."""

from __future__ import annotations

import math
from fractions import Fraction

from derivx.derive import factors as fx
from derivx.derive.look import Look
from derivx.expr import ONE, Call, Expr, Num, add, children, div, is_op, mul, names, power

_SHORT_EXPONENT = 4


def powers(node: Call, look: Look) -> Expr:
    """x*x^2 = x^3, (x^2)^3 = x^6, sqrt(x)^2 = x: equal factors gathered, for exponents that are numbers."""
    if node.op == "pow":
        return _power_of_power(node)
    if node.op != "mul":
        return node
    bases = [fx.base_and_exponent(a)[0] for a in node.args]
    if len(set(bases)) == len(bases) or any(is_op(a, "div") for a in node.args):
        return _same_exponential(node)
    gathered: dict[Expr, Fraction] = {}
    for a in node.args:
        base, n = fx.base_and_exponent(a)
        if isinstance(base, Num):
            gathered[a] = gathered.get(a, Fraction(0)) + 1
        else:
            gathered[base] = gathered.get(base, Fraction(0)) + n
    parts = [fx.raised(b, n) for b, n in gathered.items() if n]
    return mul(*parts) if parts else ONE


def _same_exponential(node: Call) -> Expr:
    """a^x*a^y = a^(x + y) where an exponent is no number, and the base stands in both."""
    found: dict[Expr, list[Expr]] = {}
    for a in node.args:
        if isinstance(a, Call) and a.op == "pow" and fx.rational(a.args[1]) is None and a.args[1].size <= _SHORT_EXPONENT:
            found.setdefault(a.args[0], []).append(a)
    twin = next((group for group in found.values() if len(group) > 1), None)
    if twin is None:
        return node
    exponent = add(*(t for a in twin for t in fx.terms(children(a)[1])))
    merged = power(children(twin[0])[0], exponent)
    kept = [a for a in node.args if not any(a is t for t in twin[1:])]
    return mul(*(merged if a is twin[0] else a for a in kept))


def _power_of_power(node: Call) -> Expr:
    base, n = node.args[0], fx.rational(node.args[1])
    if n is None:
        return node
    if n.denominator == 1 and isinstance(base, Call) and base.op in ("mul", "div") and any(_constant(a) for a in base.args):
        spread = [_power_of_power(Call("pow", (a, node.args[1]))) if isinstance(a, Call) else power(a, node.args[1]) for a in base.args]
        return Call(base.op, tuple(spread))  # (x/sqrt(2))^2 = x^2/2
    inner, m = fx.base_and_exponent(base)
    # (x^m)^n = x^(mn) only for whole n: sqrt(x^2) is |x|
    if inner is not base and n.denominator == 1:
        return fx.raised(inner, m * n)
    return node


def _constant(node: Expr) -> bool:
    """A number, or a root of one (with pi in it or not)."""
    return isinstance(node, Num) or (is_op(node, "sqrt") and set(names(node)) <= {"pi"})


def fraction(node: Call, look: Look) -> Expr:
    """Products and quotients of fractions as one fraction; a negative power goes below."""
    if node.op == "mul" and any(is_op(a, "div") for a in node.args):
        above, below = _above_below(list(node.args))
        return div(mul(*above) if above else ONE, mul(*below))
    if node.op == "div" and any(is_op(a, "div") for a in node.args):
        top, bottom = (_above_below([a]) for a in node.args)
        above, below = [*top[0], *bottom[1]], [*top[1], *bottom[0]]
        return div(mul(*above) if above else ONE, mul(*below)) if below else mul(*above)
    return _powers_below(node)


def _powers_below(node: Call) -> Expr:
    """x^(-2/3)/3 = 1/(3*x^(2/3)): in a product or a fraction a negative power of a variable goes below the line."""
    if node.op not in ("mul", "div"):
        return node
    above = fx.factors(node.args[0] if node.op == "div" else node)
    sunk = [q for q in above if (e := fx.base_and_exponent(q))[1] < 0 and not isinstance(e[0], Num)]
    if not sunk:
        return node
    below = [fx.raised(b, -n) for b, n in map(fx.base_and_exponent, sunk)]
    kept = [q for q in above if q not in sunk]
    under = fx.factors(node.args[1]) if node.op == "div" else []
    return div(mul(*kept) if kept else ONE, mul(*under, *below))


def _above_below(args: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    above: list[Expr] = []
    below: list[Expr] = []
    for a in args:
        if isinstance(a, Call) and a.op == "div":
            above += fx.factors(a.args[0])
            below += fx.factors(a.args[1])
        else:
            above += fx.factors(a)
    return [a for a in above if not fx.is_number(a, 1)], [b for b in below if not fx.is_number(b, 1)]


def cancel(node: Call, look: Look) -> Expr:
    """Common factors of numerator and denominator cancel."""
    if node.op != "div" or fx.rational(node) is not None:
        return node
    content = _content(node)
    if content is not None:
        return content
    top, bottom = fx.split(node.args[0]), fx.split(node.args[1])
    common = set(top.powers) & set(bottom.powers)
    one = bottom.coefficient != 0 and (top.coefficient / bottom.coefficient)
    numeric = one and (abs(top.coefficient.numerator), abs(bottom.coefficient.numerator)) != (abs(one.numerator), one.denominator)
    if not common and not (numeric and not top.decimal and not bottom.decimal):
        return node
    return fx.join(fx.split(node), look.values)


def _content(node: Call) -> Expr | None:
    """(2*a + 4*b)/2 = a + 2*b: a number that divides every term of a numerator."""
    top, below = node.args[0], fx.split(node.args[1])
    terms = [fx.split(t) for t in fx.terms(top)]
    number = abs(below.coefficient.numerator)
    if (
        len(terms) < 2
        or below.decimal
        or below.coefficient.denominator != 1
        or any(t.decimal or t.coefficient.denominator != 1 for t in terms)
    ):
        return None
    common = math.gcd(number, *(int(t.coefficient) for t in terms))
    if common < 2:
        return None
    for t in terms:
        t.coefficient /= common
    below.coefficient /= common
    whole, under = add(*(fx.join(t) for t in terms)), fx.join(below)
    return whole if fx.is_number(under, 1) else div(whole, under)


def like_terms(node: Call, look: Look) -> Expr:
    """2*x + 3*x = 5*x."""
    if node.op != "add":
        return node
    groups: dict[frozenset[tuple[Expr, Fraction]], list[Expr]] = {}
    for a in node.args:
        groups.setdefault(fx.split(a).core, []).append(a)
    if len(groups) == len(node.args):
        return node
    parts: list[Expr] = []
    for group in groups.values():
        if len(group) == 1:
            parts.append(group[0])
            continue
        first = fx.split(group[0])
        for other in group[1:]:
            more = fx.split(other)
            first.coefficient += more.coefficient
            first.decimal |= more.decimal
        if first.coefficient:
            parts.append(fx.join(first, look.values))
    return fx.sum_of(parts)


_SQUARES = (("sin", "cos", 1), ("cosh", "sinh", -1))


def pythagoras(node: Call, look: Look) -> Expr:
    """sin(x)^2 + cos(x)^2 = 1 and cosh(x)^2 - sinh(x)^2 = 1, with any common factor; sin(x)/cos(x) = tan(x)."""
    if node.op == "div":
        return _tangent(node, look)
    if node.op != "add":
        return node
    split = [fx.split(a) for a in node.args]
    for i, a in enumerate(split):
        for first, second, sign in _SQUARES:
            for base, n in a.powers.items():
                if n != 2 or not is_op(base, first):
                    continue
                other = Call(second, children(base))
                rest = {b: m for b, m in a.powers.items() if b != base}
                partner = {**rest, other: Fraction(2)}
                for j, b in enumerate(split):
                    if b.powers == partner and b.coefficient == sign * a.coefficient:
                        merged = fx.join(fx.Product(a.coefficient, a.decimal, rest), look.values)
                        return add(*(merged if k == i else t for k, t in enumerate(node.args) if k != j))
    return node


def _tangent(node: Call, look: Look) -> Expr:
    whole = fx.split(node)
    for first, second, name in (("sin", "cos", "tan"), ("sinh", "cosh", "tanh"), ("cos", "sin", "cot"), ("cosh", "sinh", "coth")):
        for base, n in whole.powers.items():
            under = Call(second, children(base))
            if n > 0 and is_op(base, first) and whole.powers.get(under) == -n:
                powers = {Call(name, children(base)) if b == base else b: m for b, m in whole.powers.items() if b != under}
                return fx.join(fx.Product(whole.coefficient, whole.decimal, powers), look.values)
    return node


def absolute(node: Call, look: Look) -> Expr:
    """x*sign(x) = |x|, sign(x)^2 = 1, |x|^2 = x^2."""
    if node.op == "pow" and is_op(node.args[0], "sign", "abs"):
        n = fx.rational(node.args[1])
        if n is None or n.denominator != 1 or n % 2:
            return node
        return ONE if is_op(node.args[0], "sign") else power(children(node.args[0])[0], node.args[1])
    if node.op == "div":
        return _sign_over_size(node, look)
    if node.op != "mul":
        return node
    for i, a in enumerate(node.args):
        inner = children(a)[0] if is_op(a, "sign") else None
        if inner is not None and inner in node.args:
            j = node.args.index(inner)
            kept = [Call("abs", (inner,)) if k == j else q for k, q in enumerate(node.args) if k != i]
            return mul(*kept)
    return node


def _sign_over_size(node: Call, look: Look) -> Expr:
    """sign(x)/|x| = 1/x."""
    whole = fx.split(node)
    for base, n in whole.powers.items():
        size = Call("abs", children(base))
        if n == 1 and is_op(base, "sign") and whole.powers.get(size) == -1:
            kept = {b: m for b, m in whole.powers.items() if b not in (base, size)}
            inner = children(base)[0]
            kept[inner] = kept.get(inner, Fraction(0)) - 1
            return fx.join(fx.Product(whole.coefficient, whole.decimal, {b: m for b, m in kept.items() if m}), look.values)
    return node


def roots(node: Call, look: Look) -> Expr:
    """sqrt(2)*sqrt(pi) = sqrt(2*pi) and 2/sqrt(2) = sqrt(2), for roots of constants."""
    if node.op not in ("mul", "div"):
        return node
    top, bottom = (node.args[0], node.args[1]) if node.op == "div" else (node, ONE)
    above, below = _merged_roots(fx.factors(top)), _merged_roots(fx.factors(bottom))
    if above is None and below is None:
        return node
    above, below = above or fx.factors(top), below or fx.factors(bottom)
    return mul(*above) if node.op == "mul" else div(mul(*above), mul(*below))


def _merged_roots(parts: list[Expr]) -> list[Expr] | None:
    roots = [q for q in parts if is_op(q, "sqrt") and _constant(q)]
    if len(roots) < 2:
        return None
    inside = mul(*fx.ordered([f for q in roots for f in fx.factors(children(q)[0])]))
    first = next(i for i, q in enumerate(parts) if q is roots[0])
    return [Call("sqrt", (inside,)) if i == first else q for i, q in enumerate(parts) if i == first or not any(q is r for r in roots)]
