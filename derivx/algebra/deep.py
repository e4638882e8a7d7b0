"""Algebra that SymPy does: expand, factor, cancel, common denominators, on one small part at a time.

Each returns candidates ``(name of the move, new form)``; the caller accepts one only if it is smaller.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp

from derivx.algebra.door import by_vocabulary, from_sympy, symbols
from derivx.errors import NotSupported
from derivx.expr import Call, Diff, Expr, Num, Sym, names, postorder, substitute, transform

_MOST_NODES = 130
_MOST_POWER = 6
_MOST_GENERATORS = 12  # factoring takes time exponential in them: measured, 12 stay below 50 ms
_RATIONAL = ("add", "mul", "neg", "div", "pow")
_CLOSED = ("where", "logb", "log2", "log10")


@lru_cache(maxsize=256)
def candidates(node: Call) -> tuple[tuple[str, Expr], ...]:
    """Other forms of a sum, a fraction or a product, each with the name of the move that gives it; what was tried is remembered."""
    return tuple(_candidates(node))


def _candidates(node: Call) -> Iterator[tuple[str, Expr]]:
    if node.size > _MOST_NODES:
        return
    opaque, back = _opaque(node)
    value = by_vocabulary(opaque)
    if len(_generators(value)) > _MOST_GENERATORS:
        return
    for name, form in _forms(node.op, value):
        try:
            new = substitute(_decimals(from_sympy(form), node), back)
        except NotSupported:
            continue
        if new != node:
            yield name, new


def _generators(value: Any) -> set[Any]:
    """The symbols, function values and powers over which the value is a rational function."""
    found: set[Any] = set()
    for atom in sp.preorder_traversal(value):
        if atom.is_Symbol or isinstance(atom, sp.Function) or (atom.is_Pow and not atom.exp.is_Integer):
            found.add(atom)
    return found


def _forms(op: str, value: Any) -> Iterator[tuple[str, Any]]:
    if op == "add":
        expanded = sp.expand(value)
        yield "expand", expanded
        yield "factor", sp.factor(value)
        top, bottom = sp.fraction(sp.together(value))
        if bottom != 1 and any(p.exp.is_number and p.exp.is_negative for p in value.atoms(sp.Pow)):
            yield "common_denominator", sp.expand(top) / bottom
            yield "common_denominator", sp.factor(top) / bottom
    elif op in ("div", "mul"):
        top, bottom = sp.fraction(sp.cancel(value))
        yield "cancel", top / sp.factor(bottom)
        yield "factor", sp.factor(value)


def rational_form(expr: Expr, values: dict[Expr, Expr]) -> Expr | None:
    """The expression with parts replaced, as one factored fraction; ``None`` where SymPy finds no such form."""
    opaque, back = _opaque(substitute(expr, values), functions=True)
    if opaque.size > _MOST_NODES:
        return None
    try:
        return substitute(from_sympy(sp.factor(sp.cancel(by_vocabulary(opaque)))), back)
    except NotSupported:
        return None


def _opaque(node: Expr, *, functions: bool = False) -> tuple[Expr, dict[Expr, Expr]]:
    """Pending derivatives, pieces and high powers of sums (and with ``functions`` every function) as names of their own."""
    swaps: dict[Expr, Expr] = {}
    taken = set(names(node))
    for part in postorder(node):
        closed = isinstance(part, Call) and (
            part.op in _CLOSED or _high(part) or _constant(part) or _long_exponent(part) or (functions and part.op not in _RATIONAL)
        )
        if part not in swaps and (isinstance(part, Diff) or closed):
            name = f"k{len(swaps)}_"
            while name in taken:
                name += "_"
            swaps[part] = Sym(name)
    if not swaps:
        return node, {}
    outer = substitute(node, swaps)
    return outer, {v: k for k, v in swaps.items()}


def _constant(part: Call) -> bool:
    """sqrt(2), log(10): SymPy would write sqrt(2)/2 for 1/sqrt(2)."""
    return part.op not in ("add", "mul", "neg", "div", "pow") and not any(n not in ("e", "pi") for n in names(part))


def _long_exponent(part: Call) -> bool:
    """exp(x + y): SymPy would write exp(x)*exp(y)."""
    return part.op == "exp" and any(isinstance(n, Call) and n.op == "add" for n in postorder(part.args[0]))


def _high(part: Call) -> bool:
    if part.op != "pow" or not isinstance(part.args[0], Call):
        return False
    n = part.args[1]
    return isinstance(n, Num) and n.value > _MOST_POWER and part.args[0].op in ("add", "mul", "neg")


def _decimals(new: Expr, old: Expr) -> Expr:
    """Fractions as decimals again, where the numbers were typed as decimals."""
    if not any(isinstance(n, Num) and isinstance(n.value, Decimal) for n in postorder(old)):
        return new

    def back(node: Expr) -> Expr:
        if isinstance(node, Call) and node.op == "div" and all(isinstance(a, Num) for a in node.args):
            top, bottom = (a.value for a in node.args if isinstance(a, Num))
            value = Decimal(int(top)) / Decimal(int(bottom))
            if Fraction(value) == Fraction(int(top), int(bottom)):
                return Num(value)
        return node

    return transform(new, back)


__all__ = ["candidates", "rational_form", "symbols"]
