"""Structural algebra: named moves on one node over children already tidied. Ours, linear, without SymPy.

``MOVES`` is a table: an id, the law, and the function. A move returns the node itself where it does not apply; it never looks
inside a pending derivative.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from derivx.derive import factors as fx
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Path, Sym, add, children, div, is_op, mul, names, neg, power, with_children

_MOST_DIGITS = 30


@dataclass(frozen=True)
class Look:
    """What a move may ask about names: those of values come late in a product, those that move come first in a difference."""

    values: frozenset[str] = frozenset()
    moving: frozenset[str] = frozenset()


PLAIN = Look()


@dataclass(frozen=True)
class Algebra:
    """A named move of algebra: ``apply`` rewrites one node."""

    id: str
    law: str
    apply: Callable[[Call, Look], Expr]


def _neutral(node: Call, look: Look) -> Expr:
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


def _numbers(node: Call, look: Look) -> Expr:
    """Arithmetic: 4 - 1 in an exponent, 2^3, 6/4, 1/2 - 1."""
    if node.op == "add":
        return _add_numbers(node)
    if node.op == "pow":
        base, n = fx.rational(node.args[0]), fx.rational(node.args[1])
        if base is not None and n is not None and n.denominator == 1 and 0 <= n <= 64 and len(str(base)) * n <= _MOST_DIGITS:
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
            return fx.number(value, fx.has_decimal(node)) if len(str(value)) <= _MOST_DIGITS else node
    return node


def _add_numbers(node: Call) -> Expr:
    values = [fx.rational(a) for a in node.args]
    if sum(v is not None for v in values) < 2:
        return node
    total = sum((v for v in values if v is not None), Fraction(0))
    if len(str(total)) > _MOST_DIGITS:
        return node
    decimal = any(fx.has_decimal(a) for a in node.args)
    first = next(i for i, v in enumerate(values) if v is not None)
    parts = [fx.number(total, decimal) if i == first else a for i, a in enumerate(node.args) if i == first or values[i] is None]
    parts = [p for p in parts if not fx.is_number(p, 0)] or [ZERO]
    return add(*parts)


def _brackets(node: Call, look: Look) -> Expr:
    """a + (b - c) = a + b - c, (a*b)*c = a*b*c, -(-a) = a, and minus (a + b) spread over a sum it stands in."""
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


def _arrange(node: Call, look: Look) -> Expr:
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
    if not rest or len(str(coefficient)) > _MOST_DIGITS:
        return mul(*args) if len(args) > 1 else args[0]
    lead = [] if coefficient == 1 else [fx.number(coefficient, decimal)]
    whole = mul(*lead, *fx.ordered(rest, look.values))
    return neg(whole) if sign < 0 else whole


def _powers(node: Call, look: Look) -> Expr:
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
        if isinstance(a, Call) and a.op == "pow" and fx.rational(a.args[1]) is None:
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


def _fraction(node: Call, look: Look) -> Expr:
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
    above = [q for q in fx.factors(node.args[0] if node.op == "div" else node)]
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


def _cancel(node: Call, look: Look) -> Expr:
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
    if len(terms) < 2 or below.decimal or below.coefficient.denominator != 1 or any(t.decimal or t.coefficient.denominator != 1 for t in terms):
        return None
    common = math.gcd(number, *(int(t.coefficient) for t in terms))
    if common < 2:
        return None
    for t in terms:
        t.coefficient /= common
    below.coefficient /= common
    whole, under = add(*(fx.join(t) for t in terms)), fx.join(below)
    return whole if fx.is_number(under, 1) else div(whole, under)


def _like_terms(node: Call, look: Look) -> Expr:
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


def _pythagoras(node: Call, look: Look) -> Expr:
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


def _signs(node: Call, look: Look) -> Expr:
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


def _absolute(node: Call, look: Look) -> Expr:
    """x*sign(x) = |x|, sign(x)^2 = 1, |x|^2 = x^2."""
    if node.op == "pow" and is_op(node.args[0], "sign", "abs"):
        n = fx.rational(node.args[1])
        if n is None or n.denominator != 1 or n % 2:
            return node
        return ONE if is_op(node.args[0], "sign") else power(children(node.args[0])[0], node.args[1])
    if node.op != "mul":
        return node
    for i, a in enumerate(node.args):
        inner = children(a)[0] if is_op(a, "sign") else None
        if inner is not None and inner in node.args:
            j = node.args.index(inner)
            kept = [Call("abs", (inner,)) if k == j else q for k, q in enumerate(node.args) if k != i]
            return mul(*kept)
    return node


def _roots(node: Call, look: Look) -> Expr:
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


MOVES = (
    Algebra("neutral", "a + 0 = a, a*1 = a, a*0 = 0", _neutral),
    Algebra("brackets", "a + (b + c) = a + b + c", _brackets),
    Algebra("numbers", "2*3 = 6", _numbers),
    Algebra("fraction", "a*(b/c) = a*b/c", _fraction),
    Algebra("arrange", "x*3*(-y) = -3*x*y", _arrange),
    Algebra("powers", "x^2*x = x^3", _powers),
    Algebra("roots", "sqrt(2)*sqrt(pi) = sqrt(2*pi)", _roots),
    Algebra("absolute", "x*sign(x) = abs(x)", _absolute),
    Algebra("cancel", "a*c/(b*c) = a/b", _cancel),
    Algebra("like_terms", "2*x + 3*x = 5*x", _like_terms),
    Algebra("trig", "sin(x)^2 + cos(x)^2 = 1", _pythagoras),
    Algebra("signs", "-(a - b) = b - a", _signs),
)


def rewrite(move: Algebra, root: Expr, look: Look = PLAIN) -> Expr:
    """Apply a move everywhere outside pending derivatives, leaves first."""
    done: dict[int, Expr] = {}
    todo: list[tuple[Expr, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        if not isinstance(node, Call):
            done[id(node)] = node
        elif ready:
            new = with_children(node, tuple(done[id(a)] for a in node.args))
            changed = move.apply(new, look) if isinstance(new, Call) else new
            done[id(node)] = new if changed == new else changed
        elif id(node) not in done:
            todo.append((node, True))
            todo.extend((a, False) for a in node.args)
    return done[id(root)]


def sites(before: Expr, after: Expr) -> Path:
    """The path of the smallest part that holds every difference between two expressions."""
    path: list[int] = []
    while True:
        a, b = children(before), children(after)
        if type(before) is not type(after) or len(a) != len(b) or not a or isinstance(before, Diff):
            return tuple(path)
        if isinstance(before, Call) and isinstance(after, Call) and before.op != after.op:
            return tuple(path)
        differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(differ) != 1:
            return tuple(path)
        path.append(differ[0])
        before, after = a[differ[0]], b[differ[0]]
