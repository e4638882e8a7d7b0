"""Expressions to SymPy and back.

Two ways in: by *definition* (a card is its value: sigmoid(x) is 1/(1 + exp(-x))), for proofs; and by *vocabulary* (a card is
the SymPy function of its name), for algebra and for users. Names are neutral symbols; text is never parsed by SymPy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import sympy as sp

from derivx import ops
from derivx.errors import NotSupported
from derivx.expr import ONE, Call, Diff, Expr, Num, Sym, add, children, div, mul, names, neg, num, postorder, power
from derivx.numeric import PROOF, SYMPY, Scope, evaluate, space
from derivx.syntax.formulas import arguments

_NATIVE: dict[str, Any] = {
    "sin": sp.sin, "cos": sp.cos, "tan": sp.tan, "cot": sp.cot, "sec": sp.sec, "csc": sp.csc,
    "asin": sp.asin, "acos": sp.acos, "atan": sp.atan, "acot": sp.acot, "asec": sp.asec, "acsc": sp.acsc,
    "sinh": sp.sinh, "cosh": sp.cosh, "tanh": sp.tanh, "coth": sp.coth, "sech": sp.sech, "csch": sp.csch,
    "asinh": sp.asinh, "acosh": sp.acosh, "atanh": sp.atanh, "acoth": sp.acoth, "asech": sp.asech, "acsch": sp.acsch,
    "exp": sp.exp, "log": sp.log, "sign": sp.sign, "abs": sp.Abs, "floor": sp.floor, "ceil": sp.ceiling, "max": sp.Max, "min": sp.Min,
    "erf": sp.erf, "gamma": sp.gamma, "lgamma": sp.loggamma, "polygamma": sp.polygamma, "digamma": sp.digamma,
}  # fmt: skip
_BACK = {v: k for k, v in _NATIVE.items()}
_RELATIONS = {"gt": sp.Gt, "lt": sp.Lt, "ge": sp.Ge, "le": sp.Le, "eq": sp.Eq, "ne": sp.Ne}
_RELATIONS_BACK = {v: k for k, v in _RELATIONS.items()}


@cache
def symbol(name: str, positive: bool = False) -> Any:
    """The SymPy symbol of a name: real, and positive where the domain says so."""
    return sp.Symbol(name, positive=True) if positive else sp.Symbol(name, real=True)


def symbols(found: Iterable[str], positive: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The symbols of names; ``e`` and ``pi`` stay the constants."""
    return {n: symbol(n, n in positive) for n in found if n not in ("e", "pi")}


def by_definition(expr: Expr, values: Mapping[str, Any], definitions: Mapping[str, Expr] | None = None) -> Any:
    """The SymPy value of an expression over the cards' definitions, pending derivatives carried out by SymPy: for proofs."""
    return evaluate(expr, Scope(values, definitions or {}, space(PROOF)))


def by_vocabulary(expr: Expr, values: Mapping[str, Any] | None = None, functions: Mapping[str, Any] | None = None) -> Any:
    """The SymPy expression in SymPy's own words. ``functions`` gives those of cards SymPy lacks (else plain functions)."""
    table = symbols(names(expr)) if values is None else values
    done: dict[int, Any] = {}
    for node in postorder(expr):
        kids = [done[id(k)] for k in children(node)]
        done[id(node)] = _word(node, kids, table, functions or {})
    return done[id(expr)]


def _word(node: Expr, kids: list[Any], table: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
    if isinstance(node, Num):
        return space(SYMPY).number(node.value)
    if isinstance(node, Sym):
        return table.get(node.name, {"e": sp.E, "pi": sp.pi}.get(node.name))
    if isinstance(node, Diff):
        return sp.Derivative(kids[0], kids[1])
    assert isinstance(node, Call)
    match node.op:
        case "add":
            return sp.Add(*kids)
        case "mul":
            return sp.Mul(*kids)
        case "neg":
            return -kids[0]
        case "div":
            return kids[0] / kids[1]
        case "pow":
            return kids[0] ** kids[1]
        case "sqrt":
            return sp.sqrt(kids[0])
        case "where":
            return sp.Piecewise((kids[1], kids[0]), (kids[2], True))
        case "logb":
            return sp.log(kids[0]) / sp.log(kids[1])
        case op if op in _RELATIONS:
            return _RELATIONS[op](*kids)
    native = _NATIVE.get(node.op)
    if native is not None:
        return native(*kids)
    if not ops.known(node.op):
        return space(SYMPY).undefined(node.op, tuple(kids))
    card = ops.card(node.op)
    if node.op in functions and len(kids) < len(card.params):
        kids = [*kids, *(by_vocabulary(arguments(card, node.args)[Sym(p)]) for p in card.params[len(kids) :])]
    return functions.get(node.op, sp.Function(node.op))(*kids)


def from_sympy(value: Any) -> Expr:
    """A SymPy expression in our own tree, in SymPy's order of terms. Raises ``NotSupported`` for what has no card."""
    if value.is_Symbol:
        return Sym(value.name)
    if value.is_Integer:
        return num(int(value))
    if value.is_Rational:
        return _signed(div(Num(abs(value.p)), Num(value.q)), value.p < 0)
    if value.is_Float:
        return num(Decimal(repr(float(value))))
    if value is sp.E or value is sp.pi:
        return Sym("e" if value is sp.E else "pi")
    if value.is_Add:
        return add(*_leading([from_sympy(t) for t in value.as_ordered_terms()]))
    if value.is_Mul:
        return _product(value)
    if value.is_Pow:
        return _power(value)
    return _function(value)


def _signed(expr: Expr, negative: bool) -> Expr:
    return neg(expr) if negative else expr


def _leading(terms: list[Expr]) -> list[Expr]:
    """A positive term first, where there is one."""
    first = next((i for i, t in enumerate(terms) if not (isinstance(t, Call) and t.op == "neg")), 0)
    return [terms[first], *terms[:first], *terms[first + 1 :]]


def _product(value: Any) -> Expr:
    if value.args[0].is_Number and value.args[0].is_negative:
        return neg(from_sympy(-value))
    # exp(-x) stays above the line: only powers with a negative number go below
    below = [f for f in value.args if (f.is_Pow and f.exp.is_number and f.exp.is_negative) or (f.is_Rational and f.q != 1)]
    if below:
        top = sp.Mul(*(sp.Integer(f.p) if f.is_Rational else f for f in value.args if f not in below or f.is_Rational))
        bottom = sp.Mul(*(sp.Integer(f.q) if f.is_Rational else 1 / f for f in below))
        return div(from_sympy(top), from_sympy(bottom))
    return mul(*(from_sympy(f) for f in value.as_ordered_factors()))


def _power(value: Any) -> Expr:
    base, exponent = value.as_base_exp()
    if base is sp.E:
        return Call("exp", (from_sympy(exponent),))
    if exponent == sp.Rational(1, 2):
        return Call("sqrt", (from_sympy(base),))
    if exponent.is_number and exponent.is_negative:
        return div(ONE, from_sympy(base**-exponent))
    return power(from_sympy(base), from_sympy(exponent))


def _function(value: Any) -> Expr:
    if isinstance(value, sp.exp):
        return Call("exp", (from_sympy(value.args[0]),))
    if isinstance(value, sp.Piecewise):
        return _cases(value.args)
    if isinstance(value, sp.Derivative) and all(v.is_Symbol for v in value.variables):
        body = from_sympy(value.expr)
        for v in value.variables:
            body = Diff(body, Sym(v.name))
        return body
    if isinstance(value, sp.Subs) and isinstance(value.expr, sp.Derivative) and isinstance(value.expr.expr, sp.core.function.AppliedUndef):
        primes = "'" * len(value.expr.variables)
        return Call(value.expr.expr.func.__name__ + primes, tuple(from_sympy(p) for p in value.point))
    if isinstance(value, sp.Heaviside):
        return Call("step", (from_sympy(value.args[0]),))
    name = _BACK.get(value.func) or _RELATIONS_BACK.get(value.func)
    if name is None and isinstance(value, sp.Function):
        own = value.func.__name__ if isinstance(value, sp.core.function.AppliedUndef) else None  # not SymPy's zeta: it is no f
        name = getattr(value.func, "card_name", own)
    if name is None:
        raise NotSupported("sympy_object", found=type(value).__name__)
    return Call(name, tuple(from_sympy(a) for a in value.args))


def _cases(pairs: Any) -> Expr:
    (last, _), *before = reversed([(p.expr, p.cond) for p in pairs])
    result = from_sympy(last)
    for value, condition in before:
        result = Call("where", (from_sympy(condition), from_sympy(value), result))
    return result
