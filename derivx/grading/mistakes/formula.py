"""Formulas of the table made ready: read once, their macros written out for an outer function, compiled to closures over values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.expr import Call, Expr, Num, Sym, add, names, substitute
from derivx.numeric import REAL, space
from derivx.syntax.formulas import arguments
from derivx.syntax.reader import read

Env = dict[str, Any]
Ready = Callable[[Env], Any]
_MACROS = frozenset({"p", "pt", "ft", "pdu", "fdu", "pdk", "fdk", "pf", "pu"})
_LETTERS = ("u", "v", "k", "c", "c0", "n", "a", "b", "s", "x", "y", "t", "du", "dv", "dc", "ds", "pd", *sorted(_MACROS))
# an outer function that is no function on a card: its value and its derivative by u
_OUTER = {"power": ("u^n", "n*u^(n - 1)"), "exponential": ("a^u", "a^u*log(a)"), "reciprocal": ("k/u", "-k/u^2")}


@cache
def read_formula(text: str) -> Expr:
    """A formula of the table, as it stands."""
    return read(text, names=_LETTERS)


def outer_key(forms: frozenset[str], op: str) -> str:
    """What names the outer function of a view: an operation, or one of the forms of arithmetic."""
    return op or next((form for form in _OUTER if form in forms), "")


@cache
def written_out(text: str, outer: str) -> Expr | None:
    """A formula without macros, for one outer function; ``None`` where the outer function has none of them."""
    formula = read_formula(text)
    wanted = _MACROS & set(names(formula))
    if not wanted:
        return formula
    macros = _macros(outer)
    return substitute(formula, macros) if all(Sym(m) in macros for m in wanted) else None


@cache
def _macros(outer: str) -> Mapping[Expr, Expr]:
    """What the macros stand for, for one outer function."""
    found = _outer(outer)
    if found is None:
        return {}
    value, slope, on_input = found
    u, y = Sym("u"), Sym("y")
    at: Mapping[str, Expr] = {"t": Sym("t"), "du": Sym("du"), "dk": add(Sym("du"), Sym("c0")), "f": y}
    macros: dict[Expr, Expr] = {Sym("p"): substitute(slope, {value: y})}
    if on_input is not None:
        macros[Sym("pu")] = on_input
    for name, point in at.items():
        macros[Sym(f"f{name}")] = substitute(value, {u: point})
        macros[Sym(f"p{name}")] = substitute(slope, {u: point})
    return macros


@cache
def _outer(outer: str) -> tuple[Expr, Expr, Expr | None] | None:
    """The outer function's value, its derivative, and its derivative's formula with ``u`` where the value belongs."""
    if outer in _OUTER:
        texts = _OUTER[outer]
        return read_formula(texts[0]), read_formula(texts[1]), None
    if not outer or not ops.known(outer):
        return None
    card = ops.card(outer)
    template = (local_derivatives(card) or {}).get(card.params[0])
    if template is None:
        return None
    x, u = Sym(card.params[0]), Sym("u")
    args = arguments(card, tuple(u if p == x.name else Sym(p) for p in card.params))
    value = Call(outer, tuple(args[Sym(p)] for p in card.params))
    y = Sym("y")
    on_input = substitute(template, {**args, y: u}) if y.name in names(template) else None
    return value, substitute(template, {**args, y: value}), on_input


@cache
def ready(text: str, outer: str) -> tuple[Ready, frozenset[str]] | None:
    """A formula as a function of values by letter, and the letters it uses."""
    formula = written_out(text, outer)
    return None if formula is None else (compiled(formula), frozenset(names(formula)))


@cache
def slope_of(op: str, param: str) -> Ready | None:
    """The local derivative on a card by one of its arguments, as a function of their values and of ``y``."""
    template = (local_derivatives(ops.card(op)) or {}).get(param)
    return None if template is None else compiled(template)


def compiled(e: Expr) -> Ready:
    """An expression of the table as a closure; the formulas are small."""
    if isinstance(e, Sym):
        name = e.name
        return (lambda _: np.pi) if name == "pi" else (lambda env: env[name])
    if isinstance(e, Num):
        number = np.float64(e.value)
        return lambda _: number
    assert isinstance(e, Call)
    args = [compiled(a) for a in e.args]
    if len(args) == 1:
        (f,) = args
        one = _UNARY.get(e.op) or _on_card(e.op)
        return lambda env: one(f(env))
    if len(args) == 2:
        f, g = args
        two = _BINARY.get(e.op) or _on_card(e.op)
        return lambda env: two(f(env), g(env))
    many = _on_card(e.op)
    if ops.card(e.op).nary:
        return lambda env: _fold(many, [f(env) for f in args])
    return lambda env: many(*[f(env) for f in args])


def _fold(f: Callable[..., Any], values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        total = f(total, value)
    return total


def _on_card(op: str) -> Callable[..., Any]:
    card, xp = ops.card(op), space(REAL)
    value = card.value
    if callable(value):
        return lambda *args: value(xp, *args)
    formula = compiled(read(value, names=card.params))
    return lambda *args: formula(dict(zip(card.params, args, strict=True)))


_UNARY: Mapping[str, Callable[[Any], Any]] = {"neg": np.negative}
_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": np.add, "mul": np.multiply, "div": np.divide, "pow": np.float_power,
}  # fmt: skip
