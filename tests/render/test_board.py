"""Formulas as a teacher writes them: on one line, in two dimensions, in ASCII, in LaTeX."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivx.expr import Call, Diff, Expr, Num, Sym
from derivx.render import formula_latex, formula_lines, formula_text
from derivx.render.block import columns
from derivx.syntax import read

FORMULAS = [
    # typed                     board                       ASCII                         LaTeX
    ("2*x",                     "2x",                       "2*x",                        r"2 x"),
    ("2*x*y",                   "2 x y",                    "2*x*y",                      r"2\,x\,y"),
    ("x*2",                     "x · 2",                    "x*2",                        r"x \cdot 2"),
    ("2*3*x",                   "2 · 3 x",                  "2*3*x",                      r"2 \cdot 3\,x"),
    ("x*s*(1 - s)",             "x s (1 − s)",              "x*s*(1 - s)",                r"x\,s\,(1 - s)"),
    ("3*w*(w*x + b)^2",         "3 w (w x + b)²",           "3*w*(w*x + b)^2",            r"3\,w\,(w\,x + b)^{2}"),
    ("2*(x + 1)",               "2(x + 1)",                 "2*(x + 1)",                  r"2 (x + 1)"),
    ("f*(x + 1)",               "f · (x + 1)",              "f*(x + 1)",                  r"f \cdot (x + 1)"),
    ("2*sin(x)",                "2 sin(x)",                 "2*sin(x)",                   r"2\,\sin(x)"),
    ("x*(-2)",                  "x (−2)",                   "x*(-2)",                     r"x\,(-2)"),
    ("a - (b - c)",             "a − (b − c)",              "a - (b - c)",                r"a - (b - c)"),
    ("x/2",                     "x/2",                      "x/2",                        r"\frac{x}{2}"),
    ("tanh(x)^2",               "tanh²(x)",                 "tanh^2(x)",                  r"\tanh^{2}(x)"),
    ("sigmoid(x)^2",            "σ(x)²",                    "sigmoid(x)^2",               r"\sigma(x)^{2}"),
    ("exp(x)",                  "eˣ",                       "exp(x)",                     r"e^{x}"),
    ("exp(-x^2)",               "exp(−x²)",                 "exp(-x^2)",                  r"e^{-x^{2}}"),
    ("exp(x)^2",                "(eˣ)²",                    "exp(x)^2",                   r"(e^{x})^{2}"),
    ("sqrt(x)",                 "√x",                       "sqrt(x)",                    r"\sqrt{x}"),
    ("sqrt(x + 1)",             "√(x + 1)",                 "sqrt(x + 1)",                r"\sqrt{x + 1}"),
    ("sqrt(x)^2",               "(√x)²",                    "sqrt(x)^2",                  r"\sqrt{x}^{2}"),
    ("cbrt(x)",                 "∛x",                       "cbrt(x)",                    r"\sqrt[3]{x}"),
    ("abs(x)",                  "|x|",                      "abs(x)",                     r"\left|x\right|"),
    ("floor(x) + ceil(x)",      "⌊x⌋ + ⌈x⌉",                "floor(x) + ceil(x)",         r"\lfloor x\rfloor  + \lceil x\rceil "),
    ("x^(n + 1)",               "xⁿ⁺¹",                     "x^(n + 1)",                  r"x^{n + 1}"),
    ("x^(-1)",                  "x⁻¹",                      "x^(-1)",                     r"x^{-1}"),
    ("(x^2)^3",                 "(x²)³",                    "(x^2)^3",                    r"(x^{2})^{3}"),
    ("w1*x1",                   "w₁ x₁",                    "w1*x1",                      r"w_{1}\,x_{1}"),
    ("y_hat - y",               "ŷ − y",                    "y_hat - y",                  r"\hat{y} - y"),
    ("alpha*x_in",              "α x_in",                   "alpha*x_in",                 r"\alpha\,x_{\mathrm{in}}"),
    ("lr*grad",                 "lr grad",                  "lr*grad",                    r"\mathrm{lr}\,\mathrm{grad}"),
    ("f'(x^2)*x",               "f′(x²) x",                 "f'(x^2)*x",                  r"f'(x^{2})\,x"),
    ("log2(x) + log(x, b)",     "log₂(x) + log_b(x)",       "log2(x) + logb(x)",          r"\log_{2}(x) + \log_{b}(x)"),
    ("D(x^2, x)",               "d/dx (x²)",                "d/dx (x^2)",                 r"\frac{d}{d x} (x^{2})"),
    ("D(w*x, w)",               "∂/∂w (w x)",               "d/dw (w*x)",                 r"\frac{\partial}{\partial w} (w\,x)"),
    ("D(D(w*b, w), b)",         "∂²/∂b∂w (w b)",            "d^2/db dw (w*b)",            r"\frac{\partial^{2}}{\partial b\,\partial w} (w\,b)"),
    ("D(D(x^3, x), x)",         "d²/dx² (x³)",              "d^2/dx^2 (x^3)",             r"\frac{d^{2}}{d x^{2}} (x^{3})"),
    ("D(sigmoid(u), u)",        "d/du σ(u)",                "d/du sigmoid(u)",            r"\frac{d}{d u} \sigma(u)"),
    ("D(y(x), x)",              "d/dx y(x)",                "d/dx y(x)",                  r"\frac{d}{d x} y(x)"),
    ("x^2*D(sin(x), x)",        "x² · d/dx sin(x)",         "x^2*d/dx sin(x)",            r"x^{2} \cdot \frac{d}{d x} \sin(x)"),
    ("D(sin(x), x)*x^2",        "d/dx (sin(x)) · x²",       "d/dx (sin(x))*x^2",          r"\frac{d}{d x} (\sin(x)) \cdot x^{2}"),
    ("D(sin(u), u)*D(u, x)",    "∂/∂u sin(u) · ∂u/∂x",      "d/du sin(u)*du/dx",          r"\frac{\partial}{\partial u} \sin(u) \cdot \frac{\partial u}{\partial x}"),
    ("D(sqrt(u), u)*D(u, x)",   "∂/∂u √u · ∂u/∂x",          "d/du sqrt(u)*du/dx",         r"\frac{\partial}{\partial u} \sqrt{u} \cdot \frac{\partial u}{\partial x}"),
    ("exp(u)*x^z",              "eᵘ xᶻ",                    "exp(u)*x^z",                 r"e^{u}\,x^{z}"),
    ("max(x, 0)",               "max(x, 0)",                "max(x, 0)",                  r"\max(x, 0)"),
    ("0.5*x",                   "0.5x",                     "0.5*x",                      r"0.5 x"),
]  # fmt: skip

PICTURES = [
    ("(x^2 + 1)/(x - 1)", ["x² + 1", "──────", "x − 1"]),
    ("x^(n*k)", [" n k", "x"]),
    ("where(x > 0, x, 0)", ["⎧ x,  x > 0", "⎨", "⎩ 0,  otherwise"]),
    ("((x + 1)/(x - 1))^2", ["⎛x + 1⎞²", "⎜─────⎟", "⎝x − 1⎠"]),
    ("-(x + y)/2", ["  x + y", "− ─────", "    2"]),
    ("D((x + 1)/x^2, x)", ["d  ⎛x + 1⎞", "── ⎜─────⎟", "dx ⎝ x²  ⎠"]),
]


@pytest.mark.parametrize(("typed", "board", "plain", "latex"), FORMULAS)
def test_formulas(typed: str, board: str, plain: str, latex: str) -> None:
    expr = read(typed)
    assert (formula_text(expr), formula_text(expr, ascii=True), formula_latex(expr)) == (board, plain, latex)


@pytest.mark.parametrize(("typed", "picture"), PICTURES)
def test_pictures(typed: str, picture: list[str]) -> None:
    assert formula_lines(read(typed)) == picture


def expressions() -> st.SearchStrategy[Expr]:
    names = st.sampled_from(["x", "y", "w1", "alpha", "a_very_long_name_of_a_value", "y_hat", "e", "sigma"]).map(Sym)
    numbers = st.one_of(st.integers(0, 10**12), st.sampled_from([Decimal("0.5"), Decimal("1e-30")])).map(Num)

    def more(kids: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        several = st.lists(kids, min_size=2, max_size=6).map(tuple)
        return st.one_of(
            st.builds(Call, st.sampled_from(["add", "mul", "max"]), several),
            st.builds(
                lambda op, a: Call(op, (a,)),
                st.sampled_from(["neg", "exp", "sqrt", "abs", "floor", "sigmoid", "sin", "f", "cbrt", "log2"]),
                kids,
            ),
            st.builds(lambda op, a, b: Call(op, (a, b)), st.sampled_from(["div", "pow", "logb", "polygamma"]), kids, kids),
            st.builds(lambda a, b, c, d: Call("where", (Call("gt", (a, b)), c, d)), kids, kids, kids, kids),
            st.builds(Diff, kids, names),
        )

    return st.recursive(st.one_of(names, numbers), more, max_leaves=30)


@given(expressions(), st.integers(20, 100))
def test_no_line_is_too_wide(expr: Expr, width: int) -> None:
    assert all(columns(line) <= width for line in formula_lines(expr, width))
    assert all(columns(line) <= width for line in formula_lines(expr, width, ascii=True))


@given(expressions())
def test_ascii_is_ascii(expr: Expr) -> None:
    assert formula_text(expr, ascii=True).isascii()


@given(expressions())
def test_latex_is_balanced(expr: Expr) -> None:
    shown = formula_latex(expr)
    assert shown.count("{") == shown.count("}")
    assert shown.count(r"\left") - shown.count(r"\leftarrow") == shown.count(r"\right")


@pytest.mark.parametrize("wrap", ["sigmoid", "neg", "sqrt", "exp", "f"])
def test_deep_expressions_are_printed(wrap: str) -> None:
    expr: Expr = Sym("x")
    for _ in range(2_000):
        expr = Call(wrap, (expr,))
    assert formula_text(expr).count("x") >= 1
    assert all(columns(line) <= 80 for line in formula_lines(expr))
    assert formula_latex(expr)


@pytest.mark.parametrize("name", [r"\input{x}", "<script>", "a\x1b[31mb", "$x$", "x&y", "#read", "a%b", "한글", "x\ny"])
def test_a_name_stays_a_name(name: str) -> None:
    expr = Call("add", (Sym(name), Num(1)))
    latex = formula_latex(expr)
    assert r"\input" not in latex
    for char in "$&#%<>":
        assert latex.replace(rf"\{char}", "").count(char) == 0
    shown = formula_text(expr)
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert formula_text(expr, ascii=True).isascii()


def test_wide_formulas_are_broken_at_signs() -> None:
    expr = read(" + ".join(f"x{i}*sin(w*x{i})" for i in range(20)))
    lines = formula_lines(expr, 60)
    assert len(lines) > 3
    assert all(line.startswith("+ ") for line in lines[1:])
