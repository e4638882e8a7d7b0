"""The form of an answer: simplified, factored, expanded, or with and without given words. Structure alone, no algebra is searched."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, isqrt, lcm

from derivx import ops
from derivx.derive import factors as fx
from derivx.derive.polish import tidied
from derivx.expr import Call, Expr, Sym, children, is_op, postorder

_DEGREE, _LARGEST = 12, 10**6  # of polynomials whose rational roots are looked for


def simplified(e: Expr) -> bool:
    """Whether no move of tidying (like terms, numbers, cancelling, powers of one base ...) makes it smaller."""
    return _length(tidied(e)) >= _length(e)


def _length(e: Expr) -> tuple[int, int]:
    """Names as often as they stand there, then nodes: ``x + x`` has fewer nodes than ``2*x`` and is the longer one."""
    return sum(isinstance(n, Sym) for n in _leaves(e)), e.size


def _leaves(e: Expr) -> list[Expr]:
    """The leaves, each as often as it stands there. An answer is small, so none is shared a thousand times."""
    found, todo = [], [e]
    while todo:
        node = todo.pop()
        kids = children(node)
        todo += kids
        if not kids:
            found.append(node)
    return found


def expanded(e: Expr) -> bool:
    """Whether no product or whole power holds a sum, outside the arguments of functions."""
    todo = [e]
    while todo:
        node = todo.pop()
        if not isinstance(node, Call) or node.op not in ("add", "neg", "mul", "div", "pow"):
            continue
        if node.op == "pow":
            base, n = fx.base_and_exponent(node)
            if is_op(base, "add") and n.denominator == 1 and n > 1:
                return False
        elif node.op == "mul" and any(is_op(a, "add") for a in node.args):
            return False
        else:
            todo += node.args
    return True


def factored(e: Expr) -> bool:
    """Whether it is a product in which no sum has a factor left: a common one, or a rational root of a polynomial in one name."""
    product = fx.split(e)
    if abs(product.coefficient.numerator) != 1 and any(_common_number(b) > 1 for b in product.powers):
        return False
    return not any(_reducible(base) for base in product.powers if is_op(base, "add"))


def _reducible(total: Expr) -> bool:
    terms = [fx.split(t) for t in fx.terms(total)]
    shared = set(terms[0].powers)
    for t in terms[1:]:
        shared &= {b for b, n in t.powers.items() if n > 0}
    if any(terms[0].powers[b] > 0 for b in shared) or _common_number(total) > 1:
        return True
    coefficients = _polynomial(terms)
    return coefficients is not None and _has_root(coefficients)


def _common_number(total: Expr) -> int:
    """The whole number that divides every term of a sum; 1 for anything else."""
    if not is_op(total, "add"):
        return 1
    parts = [fx.split(t) for t in fx.terms(total)]
    if any(p.decimal or p.coefficient.denominator != 1 for p in parts):
        return 1
    return gcd(*(p.coefficient.numerator for p in parts))


def _polynomial(terms: list[fx.Product]) -> list[int] | None:
    """Whole coefficients by degree, of a polynomial in one name; ``None`` where it is none, or too large."""
    found: dict[int, Fraction] = {}
    bases = {b for t in terms for b in t.powers}
    if len(bases) != 1 or not isinstance(next(iter(bases)), Sym):
        return None
    for t in terms:
        degree = next(iter(t.powers.values()), Fraction(0))
        if degree.denominator != 1 or not 0 <= degree <= _DEGREE:
            return None
        found[int(degree)] = found.get(int(degree), Fraction(0)) + t.coefficient
    scale = lcm(*(c.denominator for c in found.values()))
    whole = [int(found.get(n, Fraction(0)) * scale) for n in range(max(found) + 1)]
    return whole if len(whole) > 2 and whole[0] and whole[-1] and max(map(abs, whole)) <= _LARGEST else None


def _has_root(coefficients: list[int]) -> bool:
    """Whether a fraction p/q is a root: p divides the first coefficient, q the last."""
    for p in _divisors(coefficients[0]):
        for q in _divisors(coefficients[-1]):
            for x in (Fraction(p, q), Fraction(-p, q)):
                value = Fraction(0)
                for c in reversed(coefficients):
                    value = value * x + c
                if value == 0:
                    return True
    return False


def _divisors(n: int) -> list[int]:
    n = abs(n)
    small = [d for d in range(1, isqrt(n) + 1) if n % d == 0]
    return [*small, *(n // d for d in small if d * d != n)]


def words(e: Expr) -> frozenset[str]:
    """The names and operations in an answer, as they may be asked for: ``x``, ``exp``, ``sin``; an operation by all its spellings."""
    found: set[str] = set()
    for node in postorder(e):
        if isinstance(node, Sym):
            found.add(node.name)
        elif isinstance(node, Call):
            found.add(node.op)
            if ops.known(node.op):
                card = ops.card(node.op)
                found |= {card.text, *card.names.aliases}
    return frozenset(found)


FORMS = {"simplified": simplified, "expanded": expanded, "factored": factored}
