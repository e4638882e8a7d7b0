"""What is zero is proved, what is not zero never is."""

from __future__ import annotations

import pytest
import sympy as sp

from derivx.algebra.door import by_definition, by_vocabulary, from_sympy, symbols
from derivx.algebra.normal import is_zero
from derivx.errors import NotSupported
from derivx.expr import Expr, names, neg, num
from derivx.syntax import read, write

ZERO = [
    ("(x + 1)^2", "x^2 + 2*x + 1"),
    ("sin(x)^2 + cos(x)^2", "1"),
    ("sin(2*x)", "2*sin(x)*cos(x)"),
    ("cosh(x)^2 - sinh(x)^2", "1"),
    ("tanh(x)", "2*sigmoid(2*x) - 1"),
    ("sigmoid(-x)", "1 - sigmoid(x)"),
    ("log(exp(x))", "x"),
    ("sqrt(x^2)", "abs(x)"),
    ("x^2/sqrt(x^2 + 1)", "sqrt(x^2 + 1) - 1/sqrt(x^2 + 1)"),
    ("1/(x^2*sqrt(1 - 1/x^2))", "1/(abs(x)*sqrt(x^2 - 1))"),
    ("max(x, y)", "(x + y + abs(x - y))/2"),
    ("min(x, y) + max(x, y)", "x + y"),
    ("max(x, y, z)", "max(max(z, y), x)"),
    ("relu(x) - relu(-x)", "x"),
    ("where(x > 0, x, -x)", "abs(x)"),
    ("x*sign(x)", "abs(x)"),
    ("D(abs(x)^3, x)", "3*x*abs(x)"),
    ("D(floor(x)*x, x)", "floor(x)"),
    ("D(max(x^2, x), x)", "where(x^2 > x, 2*x, 1)"),
    ("D(where(x > 1, x^2, 2*x), x)", "where(x > 1, 2*x, 2)"),
    ("silu(x)", "x*sigmoid(x)"),
    ("e^x", "exp(x)"),
    ("D(f(x)*g(x), x)", "f(x)*D(g(x), x) + g(x)*D(f(x), x)"),
]
NOT_ZERO = [
    ("x", "0"),
    ("sin(x)", "cos(x)"),
    ("abs(x)", "x"),
    ("sqrt(x^2)", "x"),
    ("max(x, y)", "x"),
    ("relu(x)", "0"),
    ("sign(x)", "1"),
    ("where(x > 0, x, 0)", "where(x > 1, x, 0)"),
    ("step(x)", "step(x - 1)"),
    ("D(floor(x)*x, x)", "x"),
    ("sigmoid(x)", "sigmoid(1.001*x)"),
    ("max(x, y, z)", "max(x, y)"),
    ("f(x)", "g(x)"),
    ("x^3", "x^2"),
]


def difference(left: str, right: str) -> object:
    a, b = read(left), read(right)
    values = symbols(names(a, b))
    return by_definition(a, values) - by_definition(b, values)


@pytest.mark.parametrize(("left", "right"), ZERO)
def test_equal(left: str, right: str) -> None:
    assert is_zero(difference(left, right))


@pytest.mark.parametrize(("left", "right"), NOT_ZERO)
def test_not_equal(left: str, right: str) -> None:
    assert not is_zero(difference(left, right))


def test_too_large_is_not_tried() -> None:
    left = "*".join(f"(x{i} + y{i} + z{i} + 1)" for i in range(12))
    assert not is_zero(difference(f"({left})*sin(t)", f"({left})*cos(t)"))


@pytest.mark.parametrize(
    "text",
    [
        "x + 1",
        "x*y/2",
        "-x",
        "x^2/y",
        "sqrt(x)",
        "exp(-x)",
        "abs(x)",
        "sin(x)^2",
        "where(x > 0, x, 0)",
        "max(x, y)",
        "f(x)",
        "1/x",
        "x^(-y)",
        "log(x)",
        "erf(x)",
    ],
)
def test_to_sympy_and_back(text: str) -> None:
    """Up to the order that SymPy gives."""
    expr = read(text)
    again = from_sympy(by_vocabulary(expr))
    values = symbols(names(expr, again))
    assert is_zero(by_definition(expr, values) - by_definition(again, values)), write(again)


@pytest.mark.parametrize("value", [sp.zeta(sp.Symbol("x")), sp.Integral(sp.Symbol("x")), sp.I, sp.Matrix([1]), sp.oo])
def test_what_has_no_card(value: object) -> None:
    with pytest.raises((NotSupported, AttributeError)):
        from_sympy(value)


def test_numbers() -> None:
    rows: list[tuple[object, Expr]] = [
        (sp.Integer(-3), neg(num(3))),
        (sp.Rational(-1, 2), neg(read("1/2"))),
        (sp.Float("0.5"), read("0.5")),
    ]
    for value, wanted in rows:
        assert from_sympy(value) == wanted
    assert from_sympy(sp.E) == read("e")
    assert from_sympy(sp.pi) == read("pi")
