"""Products and sums taken apart and put together: coefficients, factors with exponents, terms.

The view that all structural algebra shares. Numbers are exact (fractions); a decimal that was typed stays a decimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Sym, add, div, is_op, mul, neg, power

_LONGEST = 40  # digits of a number that is still worked out


def number(value: Fraction, decimal: bool = False) -> Expr:
    """A rational number as it is written: a whole number, a decimal if one was typed, or a fraction."""
    if value < 0:
        return neg(number(-value, decimal))
    if value.denominator == 1 and not decimal:
        return Num(value.numerator)
    if decimal:
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(exact) == value:
            plain = exact.normalize()
            return Num(int(plain)) if plain == plain.to_integral_value() and abs(plain) < 10**15 else Num(plain)
    return div(Num(value.numerator), Num(value.denominator))


def rational(node: Expr) -> Fraction | None:
    """The value of a number, a negated number or a fraction of two numbers; ``None`` for anything else."""
    if isinstance(node, Num):
        return Fraction(node.value)
    if isinstance(node, Call) and node.op == "neg":
        inner = rational(node.args[0])
        return None if inner is None else -inner
    if isinstance(node, Call) and node.op == "div" and all(isinstance(a, Num) for a in node.args):
        top, bottom = (Fraction(a.value) for a in node.args if isinstance(a, Num))
        return top / bottom if bottom else None
    return None


def has_decimal(node: Expr) -> bool:
    """Whether a number in it was typed with a decimal point."""
    if isinstance(node, Num):
        return isinstance(node.value, Decimal)
    return isinstance(node, Call) and any(has_decimal(a) for a in node.args) if is_op(node, "neg", "div", "mul") else False


def is_number(node: Expr, value: int) -> bool:
    """Whether the node is this number, however it was typed."""
    return isinstance(node, Num) and node.value == value


@dataclass
class Product:
    """coefficient * (factors above) / (factors below); each factor a base with an exponent that is a number."""

    coefficient: Fraction
    decimal: bool
    powers: dict[Expr, Fraction]

    @property
    def core(self) -> frozenset[tuple[Expr, Fraction]]:
        """The product without its coefficient, in no order: two like terms have the same core."""
        return frozenset(self.powers.items())


def factors(node: Expr) -> list[Expr]:
    """The factors of a product; the node itself when it is none."""
    return list(node.args) if isinstance(node, Call) and node.op == "mul" else [node]


def terms(node: Expr) -> list[Expr]:
    """The terms of a sum; the node itself when it is none."""
    return list(node.args) if isinstance(node, Call) and node.op == "add" else [node]


def base_and_exponent(node: Expr) -> tuple[Expr, Fraction]:
    """``b`` and ``n`` of b^n with n a number; roots count as powers."""
    if isinstance(node, Call) and node.op == "pow":
        n = rational(node.args[1])
        if n is not None:
            return node.args[0], n
    if isinstance(node, Call) and node.op == "sqrt":
        return node.args[0], Fraction(1, 2)
    return node, Fraction(1)


def split(node: Expr) -> Product:
    """Take a product apart: signs, numbers, fractions, equal bases gathered, in order of first appearance."""
    product = Product(Fraction(1), False, {})
    todo: list[tuple[Expr, int]] = [(node, 1)]
    while todo:
        part, side = todo.pop()
        if isinstance(part, Num) and part.value:
            value = Fraction(part.value)
            product.coefficient *= value if side > 0 else 1 / value
            product.decimal |= isinstance(part.value, Decimal)
        elif isinstance(part, Call) and part.op == "neg":
            product.coefficient = -product.coefficient
            todo.append((part.args[0], side))
        elif isinstance(part, Call) and part.op == "mul":
            todo.extend((a, side) for a in reversed(part.args))
        elif isinstance(part, Call) and part.op == "div" and not is_number(part.args[1], 0):
            todo += [(part.args[1], -side), (part.args[0], side)]
        else:
            base, exponent = base_and_exponent(part)
            product.powers[base] = product.powers.get(base, Fraction(0)) + side * exponent
    product.powers = {b: n for b, n in product.powers.items() if n}
    return product


def raised(base: Expr, exponent: Fraction) -> Expr:
    """base^exponent as it is written: ``x``, ``x^3``, ``sqrt(x)``, ``x^(3/2)``."""
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return Call("sqrt", (base,))
    return power(base, number(exponent))


def join(product: Product, late: frozenset[str] = frozenset(), *, order: bool = True) -> Expr:
    """Put a product together: one sign in front, one fraction, the number first, factors in order (or as they came)."""
    if product.coefficient == 0:
        return ZERO
    above = [raised(b, n) for b, n in product.powers.items() if n > 0]
    below = [raised(b, -n) for b, n in product.powers.items() if n < 0]
    size = abs(product.coefficient)
    top, bottom = size.numerator, size.denominator
    lead: list[Expr] = []
    if product.decimal:
        shown = number(size, decimal=True)
        if isinstance(shown, Num):
            lead, bottom = ([] if size == 1 else [shown]), 1
        else:
            lead = [Num(top)] if top != 1 else []
    elif top != 1:
        lead = [Num(top)]
    upper = [*lead, *(ordered(above, late) if order else above)]
    lower = [*([Num(bottom)] if bottom != 1 else []), *(ordered(below, late) if order else below)]
    whole = mul(*upper) if upper else ONE
    if lower:
        whole = div(whole, mul(*lower))
    return neg(whole) if product.coefficient < 0 else whole


def ordered(parts: list[Expr], late: frozenset[str] = frozenset()) -> list[Expr]:
    """Factors in the order of a board: numbers, variables, names of values, functions (simple ones first), sums."""
    return sorted(parts, key=lambda p: _rank(p, late))


def _rank(node: Expr, late: frozenset[str]) -> tuple[int, int]:
    if isinstance(node, Num):
        return 0, 0
    if isinstance(node, Sym):
        return (1 if node.name in ("e", "pi") else 3 if node.name in late else 2), 0
    if isinstance(node, Diff):
        return 8, 0
    assert isinstance(node, Call)
    if node.op in ("add", "neg", "where"):
        return 6, 0
    if node.op == "pow":
        return _rank(node.args[0], late) if rational(node.args[1]) is not None else (4, 0)
    return 5, node.size


def sum_of(parts: list[Expr]) -> Expr:
    """A sum as it is written, with a positive term first where there is one."""
    if not parts:
        return ZERO
    lead = next((i for i, t in enumerate(parts) if not is_op(t, "neg")), 0)
    if is_op(parts[0], "neg"):
        parts = [parts[lead], *parts[:lead], *parts[lead + 1 :]]
    return add(*parts)
