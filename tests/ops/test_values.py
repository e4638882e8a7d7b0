"""Each card's value and derivative by four second opinions: the textbook's formula, the complex step, SymPy, other namespaces."""

from __future__ import annotations

import math
import random
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from mpmath import mpf

import derivx
from derivx import ops
from derivx.algebra import local_derivatives
from derivx.algebra.door import by_definition, symbols
from derivx.algebra.functions import functions
from derivx.algebra.local import derive_locally
from derivx.algebra.normal import is_zero
from derivx.expr import Call, Diff, Expr, Sym, substitute
from derivx.numeric import AUTOGRAD, COMPLEX, MPMATH, REAL, SYMPY, Scope, Unavailable, evaluate, space
from derivx.ops import Op
from derivx.syntax import conditions
from tests.reference import VALUES, Meaning

CARDS = [c for c in ops.cards() if c.notation != "compare"]
SCALAR = [c for c in CARDS if c.name != "where"]
FUNCTIONS = [c for c in CARDS if c.name not in {"add", "neg", "mul", "div", "pow", "sqrt", "where"}]
PARTIALS = [(c, p) for c in SCALAR for p in local_derivatives(c)]

each = pytest.mark.parametrize("card", SCALAR, ids=lambda c: c.name)
each_function = pytest.mark.parametrize("card", FUNCTIONS, ids=lambda c: c.name)
each_partial = pytest.mark.parametrize(("card", "by"), PARTIALS, ids=[f"{c.name}-{p}" for c, p in PARTIALS])


def call(card: Op) -> Call:
    return Call(card.name, tuple(Sym(p) for p in card.params))


def inside(card: Op, at: dict[str, float]) -> bool:
    """Whether the card's own conditions hold."""
    here = Meaning({n: mpf(v) for n, v in at.items()})
    signs = {">": lambda a, b: a > b, "<": lambda a, b: a < b, "!=": lambda a, b: abs(a - b) > 0.05, "=": lambda a, b: a == b}
    pairs = [(here.real(left), sign, here.real(right)) for left, sign, right in conditions(call(card))]
    return all(a is not None and b is not None and signs[sign](a, b) for a, sign, b in pairs)


def points(card: Op, count: int = 12) -> list[dict[str, float]]:
    """Points inside the domain, away from kinks with probability 1."""
    draw, found = random.Random(card.name), list[dict[str, float]]()
    while len(found) < count:
        at = {p: draw.choice((-1, 1, 1)) * draw.uniform(0.1, 4) for p in card.params}
        if card.name == "polygamma":
            at["n"] = float(draw.randint(0, 3))
        if inside(card, at):
            found.append(at)
    return found


def near(a: float, b: float, digits: float = 1e-11) -> bool:
    return abs(a - b) <= digits * max(1.0, abs(a), abs(b))


@each
def test_the_value_is_the_textbooks(card: Op) -> None:
    for at in points(card):
        ours = float(evaluate(call(card), Scope({n: np.array(v) for n, v in at.items()}, {}, space(REAL))))
        assert near(ours, float(VALUES[card.name](*map(mpf, at.values())))), at


def test_every_card_has_a_second_opinion() -> None:
    assert {c.name for c in ops.cards()} == set(VALUES)


@each
def test_the_namespaces_agree(card: Op) -> None:
    for at in points(card, 5):
        wanted = float(VALUES[card.name](*map(mpf, at.values())))
        for name in (REAL, COMPLEX, AUTOGRAD, MPMATH, SYMPY):
            xp = space(name)
            given: dict[str, Any] = {
                n: sp.Rational(str(v)) if name == SYMPY else mpf(v) if name == MPMATH else np.array(v) for n, v in at.items()
            }
            try:
                value = evaluate(call(card), Scope(given, {}, xp))
            except Unavailable:
                assert name == AUTOGRAD
                continue
            assert near(float(np.real(complex(value))), wanted, 1e-9), (name, at)


@each_partial
def test_the_partial_is_the_slope(card: Op, by: str) -> None:
    """The complex step on the value, and central differences of the textbook's formula, against the card's formula."""
    body = call(card)
    template = substitute(local_derivatives(card)[by], {Sym("y"): body} if "y" not in card.params else {})
    for at in points(card):
        scope = Scope({n: np.array(v) for n, v in at.items()}, {}, space(COMPLEX))
        stated = float(np.real(evaluate(template, scope)))
        assert near(stated, float(np.real(evaluate(Diff(body, Sym(by)), scope))), 1e-10), at
        with mpmath.workdps(60):
            slope = Meaning({n: mpf(v) for n, v in at.items()}).real(Diff(body, Sym(by)))
            assert near(stated, float(slope), 1e-10), at


@each_partial
def test_sympy_proves_the_partial(card: Op, by: str) -> None:
    body = call(card)
    template = substitute(local_derivatives(card)[by], {Sym("y"): body} if "y" not in card.params else {})
    positive = frozenset(p for p in card.params if f"{p} > 0" in card.conditions or f"{p} > 1" in card.conditions)
    values = symbols(card.params, positive)
    if card.name == "polygamma":
        values["n"] = sp.Integer(1)
    assert is_zero(by_definition(Diff(body, Sym(by)), values) - by_definition(template, values))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "gelu", "log1p", "bce", "squared_error", "atan", "erf"])
def test_sympy_derives_what_the_card_states(name: str) -> None:
    card = ops.card(name)
    for by, formula in derive_locally(card, functions).items():
        stated = substitute(local_derivatives(card)[by], {Sym("y"): call(card)})
        values = symbols(card.params)
        assert is_zero(by_definition(formula, values) - by_definition(stated, values))


# derivx.functions: SymPy learns our words.


@each_function
def test_as_a_sympy_function(card: Op) -> None:
    f = getattr(derivx.functions, card.name)
    assert card.name in dir(derivx.functions)
    symbol = sp.symbols([f"v{i}" for i in range(len(card.params))], real=True)
    if card.name == "polygamma":
        symbol[0] = sp.Integer(1)
    assert sp.latex(f(*symbol))
    if card.name not in {"sign", "step", "floor", "ceil", "abs", "max", "min"}:
        by = symbol[-1] if card.name == "polygamma" else symbol[0]
        assert sp.diff(f(*symbol), by) != 0
    for at in points(card, 3):
        numbers = [sp.Integer(int(v)) if card.name == "polygamma" and n == "n" else sp.Float(v, 20) for n, v in at.items()]
        assert near(float(f(*numbers).evalf()), float(VALUES[card.name](*map(mpf, at.values()))), 1e-9)


@pytest.mark.parametrize("card", [c for c in FUNCTIONS if not c.nary and c.name != "polygamma"], ids=lambda c: c.name)
def test_sympys_diff_and_lambdify_understand_it(card: Op) -> None:
    f = getattr(derivx.functions, card.name)
    symbol = sp.symbols([f"v{i}" for i in range(len(card.params))], real=True)
    value = sp.lambdify(symbol, f(*symbol), "numpy" if hasattr(f, "card_name") else "mpmath")
    for at in points(card, 3):
        wanted = float(VALUES[card.name](*map(mpf, at.values())))
        assert near(float(np.real(complex(value(*at.values())))), wanted, 1e-9)


def test_a_function_without_a_card() -> None:
    for name in ("nothing", "add", "where", "gt", "__wrapped__"):
        with pytest.raises(AttributeError):
            getattr(derivx.functions, name)


def test_the_chain_rule_of_sympy_goes_through_ours() -> None:
    w, x, b = sp.symbols("w x b", real=True)
    sigmoid = derivx.functions.sigmoid
    slope = sp.diff(sigmoid(w * x + b), w)
    assert slope == x * sigmoid(w * x + b) * (1 - sigmoid(w * x + b))
    assert math.isclose(float(slope.subs({w: 0.5, x: 2, b: 1})), 0.2099871708, rel_tol=1e-9)
    assert sigmoid(x).doit() == 1 / (1 + sp.exp(-x))


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "huber"])
def test_defaults_as_a_sympy_function(name: str) -> None:
    card, f = ops.card(name), getattr(derivx.functions, name)
    few = [sp.Float("0.7"), sp.Float("1.9")][: len(card.params) - 1]
    default = sp.Rational(next(iter(card.defaults.values())))
    assert near(float(f(*few).evalf()), float(f(*few, default).evalf()))


def test_conditions_are_of_the_call() -> None:
    body: Expr = derivx.read("log(w*x)")
    assert isinstance(body, Call)
    assert conditions(body) == [(derivx.read("w*x"), ">", derivx.read("0"))]
