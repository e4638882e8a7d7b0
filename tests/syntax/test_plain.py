"""The grammar of plain text, row by row: what is typed, and the tree in explicit signs."""

from __future__ import annotations

import pytest

from derivx.expr import Diff, Num, Sym, names
from derivx.syntax import read, read_question, write

SIGNS = [
    ("2x", "2*x"),
    ("2(x+1)", "2*(x + 1)"),
    ("x y", "x*y"),
    ("(x)(y)", "x*y"),
    ("(x+1)(x-1)", "(x + 1)*(x - 1)"),
    ("x (x+1)", "x*(x + 1)"),
    ("2·x", "2*x"),
    ("2×x⊙y", "2*x*y"),
    ("a÷b", "a/b"),
    ("x**2", "x^2"),
    ("x²", "x^2"),
    ("x²³", "x^23"),
    ("x⁻¹", "x^(-1)"),
    ("eˣ", "e^x"),
    ("2ⁿ", "2^n"),
    ("eᵘxᶻ", "e^u*x^z"),
    ("2^3^x", "2^(3^x)"),
    ("(2^3)^x", "(2^3)^x"),
    ("-x^2", "-x^2"),
    ("(-x)^2", "(-x)^2"),
    ("x^-2", "x^(-2)"),
    ("2^-x^2", "2^(-x^2)"),
    ("2*-x^2", "2*(-x^2)"),
    ("x^--y*z", "x^(-(-y))*z"),
    ("√-x*y", "sqrt(-x)*y"),
    ("--x", "-(-x)"),
    ("+x", "x"),
    ("x--y", "x - (-y)"),
    ("2--3*x", "2 - (-3*x)"),
    ("a - b - c", "a - b - c"),
    ("a/b/c", "a/b/c"),
    ("a/b*c", "a/b*c"),
    ("1/2x", "1/2*x"),
    ("e^2x", "e^2*x"),
    ("x−1", "x - 1"),
    ("√x", "sqrt(x)"),
    ("√2x", "sqrt(2)*x"),
    ("√(x+1)", "sqrt(x + 1)"),
    ("x√2", "x*sqrt(2)"),
    ("|x|", "abs(x)"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("|x - |y||", "abs(x - abs(y))"),
    ("2||x|-1|^2", "2*abs(abs(x) - 1)^2"),
    ("½x", "1/2*x"),
    ("x½", "x*(1/2)"),
    ("x^{2}", "x^2"),
    ("e^{-x}", "e^(-x)"),
    ("（x＋1）", "x + 1"),
    ("x\n+ 1", "x + 1"),
]

NUMBERS = [("2e-3", "0.002"), ("2e3", "2e3"), (".5", "0.5"), ("5.", "5"), ("2.50", "2.50"), ("2e x", "2*e*x"), ("2e", "2*e"), ("0x", "0*x")]

NAMES = [
    ("w1x1", "w1*x1"),
    ("w_1x_1", "w1*x1"),
    ("w_1", "w1"),
    ("w₁", "w1"),
    ("x_{12}", "x12"),
    ("x_{in}", "x_in"),
    ("y_hat_1", "y_hat1"),
    ("ŷ₁", "y_hat1"),
    ("ŷ", "y_hat"),
    ("ŷx", "y_hat*x"),
    ("aŷ", "a*y_hat"),
    ("ax̂", "a*x_hat"),
    ("x_1_2", "x_1_2"),
    ("αβ", "alpha*beta"),
    ("2πr", "2*pi*r"),
    ("θ²", "theta^2"),
    ("sigma1", "sigma1"),
    ("σx", "sigma*x"),
    ("E I N S D L", "E*I*N*S*D*L"),
    ("lambda*gamma + beta", "lambda*gamma + beta"),
    ("x'", "x'"),
    ("x″", "x''"),
    ("x’", "x'"),
]

FUNCTIONS = [
    ("sin x", "sin(x)"),
    ("sin 2x", "sin(2*x)"),
    ("sin2x", "sin(2*x)"),
    ("ln2", "log(2)"),
    ("2^x ln2", "2^x*log(2)"),
    ("sin 2πx", "sin(2*pi*x)"),
    ("sin x^2", "sin(x^2)"),
    ("sin x/2", "sin(x)/2"),
    ("sin x cos x", "sin(x)*cos(x)"),
    ("sin x + 1", "sin(x) + 1"),
    ("sin^2(x)", "sin(x)^2"),
    ("sin²x", "sin(x)^2"),
    ("sin^{2}(x)", "sin(x)^2"),
    ("sin^(-2)(x)", "sin(x)^(-2)"),
    ("sin^-1(x)", "asin(x)"),
    ("tanh⁻¹(x)", "atanh(x)"),
    ("ln|x|", "log(abs(x))"),
    ("log(x, 10)", "log(x, 10)"),
    ("log_2(x)", "log2(x)"),
    ("log1p(x)", "log1p(x)"),
    ("log1p x", "log1p(x)"),
    ("log10 x", "log10(x)"),
    ("arctan(x)", "atan(x)"),
    ("sigma(x)", "sigmoid(x)"),
    ("σ(x)(1-σ(x))", "sigmoid(x)*(1 - sigmoid(x))"),
    ("swish(x)", "silu(x)"),
    ("gamma(x)", "gamma(x)"),
    ("Γ(x)", "gamma(x)"),
    ("γ x", "gamma*x"),
    ("gamma*x", "gamma*x"),
    ("max(x, y, 0)", "max(x, y, 0)"),
    ("where(x>0, x, 0)", "where(x > 0, x, 0)"),
    ("where(x≤y, 1, -1)", "where(x <= y, 1, -1)"),
    ("where(x == 0, 1, x)", "where(x == 0, 1, x)"),
    ("exp^2(x)", "exp(x)^2"),
    ("sqrt(x)y", "sqrt(x)*y"),
]

UNDEFINED = [
    ("f(x^2)", "f(x^2)"),
    ("f (x^2)", "f(x^2)"),
    ("f'(u)*u'", "f'(u)*u'"),
    ("g2(x, y)", "g2(x, y)"),
    ("y(x)", "y(x)"),
    ("y(x)^2 + x", "y(x)^2 + x"),
    ("f(x) + f", "f*x + f"),
    ("y(x+1) + y", "y*(x + 1) + y"),
    ("w (x+1)", "w*(x + 1)"),
    ("e(x+1)", "e*(x + 1)"),
]

DERIVATIVES = [
    ("D(x^2, x)", "D(x^2, x)"),
    ("D(x^2*y, x, y)", "D(D(x^2*y, x), y)"),
    ("D*x + D(x^2, x)", "D*x + D(x^2, x)"),
    ("d/dx x^2", "D(x^2, x)"),
    ("d/dx (x^2) + x", "D(x^2, x) + x"),
    ("d/dx (x+1)^2", "D((x + 1)^2, x)"),
    ("d/dx(u)*v + u*d/dx(v)", "D(u, x)*v + u*D(v, x)"),
    ("d/dx sin(x)", "D(sin(x), x)"),
    ("d^2/dx^2 x^4", "D(D(x^4, x), x)"),
    ("d²y/dx²", "D(D(y, x), x)"),
    ("d/dx d/dx x^3", "D(D(x^3, x), x)"),
    ("dL/dw", "D(L, w)"),
    ("dL/dw1", "D(L, w1)"),
    ("dL/dy_hat", "D(L, y_hat)"),
    ("dL/dθ", "D(L, theta)"),
    ("d L/d w", "D(L, w)"),
    ("dL/dz * dz/dw", "D(L, z)*D(z, w)"),
    ("dloss/dw*loss", "D(loss, w)*loss"),
    ("∂L/∂w", "D(L, w)"),
    ("∂L/∂z ∂z/∂w", "D(L, z)*D(z, w)"),
    ("∂²L/∂w²", "D(D(L, w), w)"),
    ("∂²L/∂w∂b", "D(D(L, b), w)"),
    ("∂/∂x (x y)", "D(x*y, x)"),
    ("dL/(dw)", "dL/(dw)"),
    ("delta/2", "delta/2"),
    ("d/2 + d*x", "d/2 + d*x"),
]


@pytest.mark.parametrize(("typed", "tree"), [*SIGNS, *NUMBERS, *NAMES, *FUNCTIONS, *UNDEFINED, *DERIVATIVES])
def test_reads(typed: str, tree: str) -> None:
    assert write(read(typed)) == tree
    assert read(tree) == read(typed)


DECLARED = [
    ("wx + b", "wxb", "w*x + b"),
    ("3xy", "xy", "3*x*y"),
    ("xyz", ("x", "yz"), "x*yz"),
    ("xyz", ("x", "xy", "yz"), "x*yz"),
    ("w_1x1", ("w1", "x1"), "w1*x1"),
    ("sinx", "x", "sin(x)"),
    ("xe^x", "x", "x*e^x"),
    ("pix", "x", "pi*x"),
    ("w(x)", "wx", "w*x"),
    ("f(x)", "fx", "f*x"),
    ("e^x", "ex", "e^x"),
    ("dx/dt", ("dx", "dt"), "dx/(dt)"),
    ("d/dx", ("d", "dx"), "d/(dx)"),
    ("sigma(x)", ("sigma", "x"), "sigma*x"),
    ("X'*y", ("X'", "y"), "X'*y"),
    ("abq", "ab", "abq"),
    ("2*ln2", ("ln2",), "2*ln2"),
    ("x*ln2", "x", "x*log(2)"),
]


@pytest.mark.parametrize(("typed", "declared", "tree"), DECLARED)
def test_declared_names_win(typed: str, declared: tuple[str, ...], tree: str) -> None:
    assert write(read(typed, declared)) == tree


def test_a_sum_written_in_one_go_is_one_node() -> None:
    assert read("a + b - c + d").size == 6
    assert read("(a + b) + c") != read("a + b + c")
    assert read("x").shape == ()  # type: ignore[attr-defined]
    assert read("2.0*x") != read("2*x")
    assert read("D(x, x)") == Diff(Sym("x"), Sym("x"))
    assert read("0.10") == read(".10") != Num(0)
    assert names(read("w*x + b")) == ["w", "x", "b"]


QUESTIONS = [
    ("y = w*x + b", "w*x + b", "y", ()),
    ("f(x) = x^2", "x^2", "f", ("x",)),
    ("f(x, y) = x y", "x*y", "f", ("x", "y")),
    ("y' = 2*x", "2*x", "y'", ()),
    ("f'(x) = 2x", "2*x", "f'", ("x",)),
    ("swish2(x) = x*sigmoid(2*x)", "x*sigmoid(2*x)", "swish2", ("x",)),
    ("sigmod(x, y) = x*y", "x*y", "sigmod", ("x", "y")),
    ("dL/dw = 2x", "2*x", "dL/dw", ()),
    ("∂L/∂w = 2x", "2*x", "∂L/∂w", ()),
    ("d/dx y = 2x", "2*x", "d/dx y", ()),
    ("d/dx f(x) = 2x", "2*x", "d/dx f(x)", ()),
    ("x^2", "x^2", "", ()),
]


@pytest.mark.parametrize(("typed", "tree", "label", "arguments"), QUESTIONS)
def test_a_question_may_be_named(typed: str, tree: str, label: str, arguments: tuple[str, ...]) -> None:
    reading = read_question(typed)
    assert (write(reading.expr), reading.label, reading.arguments, reading.equation) == (tree, label, arguments, None)


EQUATIONS = [
    ("x^2 + y^2 = 25", "x^2 + y^2 - 25"),
    ("x^2 + y^2 - 1 = 0", "x^2 + y^2 - 1"),
    ("sin(y) = x", "sin(y) - x"),
    ("y = y^2", "y - y^2"),
    ("2 = x", "2 - x"),
    ("f(x) = f(x) + 1", "f(x) - (f(x) + 1)"),
    ("d/dx (x^2) = 2x", "D(x^2, x) - 2*x"),
]


@pytest.mark.parametrize(("typed", "tree"), EQUATIONS)
def test_equations(typed: str, tree: str) -> None:
    reading = read_question(typed)
    assert write(reading.expr) == tree
    assert reading.equation is not None
    assert reading.label == ""


NOTES = [
    ("wx", "note.one_name", {"name": "wx", "mend": "w*x"}),
    ("sinx", "note.one_name", {"name": "sinx", "mend": "sin(x)"}),
    ("1/2x", "note.over_product", {}),
    ("1/x y", "note.over_product", {}),
    ("sin 2x", "note.snug", {"read": "2*x"}),
    ("tan^-1(x)", "note.inverse", {"typed": "tan^-1", "read": "atan"}),
]


@pytest.mark.parametrize(("typed", "key", "params"), NOTES)
def test_a_doubtful_reading_is_said(typed: str, key: str, params: dict[str, str]) -> None:
    assert read_question(typed).notes == ((key, params),)


@pytest.mark.parametrize("typed", ["w*x + b", "theta*x", "sin(2*x)", "loss*x", "x/2*y", "gamma*beta"])
def test_a_plain_reading_needs_no_note(typed: str) -> None:
    assert read_question(typed).notes == ()


def test_notes_are_few_and_each_once() -> None:
    assert len(read_question("wx*wx*wx").notes) == 1
    assert len(read_question("+".join(f"{a}{b}" for a in "abcdfghij" for b in "klmnopq")).notes) == 20
