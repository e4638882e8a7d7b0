"""LaTeX, row by row: right or refused, never silently different."""

from __future__ import annotations

import pytest

from derivx.errors import ReadError
from derivx.syntax import read, read_question, write

READS = [
    (r"\sigma(wx+b)", "sigmoid(w*x + b)"),
    (r"\frac{1}{2}(\hat y-y)^2", "1/2*(y_hat - y)^2"),
    (r"\frac12 x", "1/2*x"),
    (r"\frac{x}{y}^2", "(x/y)^2"),
    (r"\frac{\frac{1}{x}}{y}", "1/x/y"),
    (r"\frac1{2}", "1/2"),
    (r"\tfrac{1}2", "1/2"),
    (r"\dfrac{a}{b}", "a/b"),
    (r"-\frac{x}{y}", "-x/y"),
    (r"\sqrt{x+1}y", "sqrt(x + 1)*y"),
    (r"\sqrt x", "sqrt(x)"),
    (r"\sqrt2x", "sqrt(2)*x"),
    (r"\sqrt[3]{x}", "cbrt(x)"),
    (r"\left(x+1\right)^2", "(x + 1)^2"),
    (r"\left|x\right|", "abs(x)"),
    (r"\lvert x \rvert", "abs(x)"),
    (r"\left\{x\right\}", "x"),
    (r"\lfloor x \rfloor + \lceil x \rceil", "floor(x) + ceil(x)"),
    (r"x \cdot y \times z", "x*y*z"),
    (r"a \div b", "a/b"),
    (r"\sin x", "sin(x)"),
    (r"\sin\theta", "sin(theta)"),
    (r"\sin 2 \pi x", "sin(2*pi*x)"),
    (r"\sin^2 x", "sin(x)^2"),
    (r"\sin^{-1}(x)", "asin(x)"),
    (r"\sin\frac{x}{2}", "sin(x/2)"),
    (r"\cos x \sin x", "cos(x)*sin(x)"),
    (r"\sin{xy}", "sin(x*y)"),
    (r"\ln|x|", "log(abs(x))"),
    (r"\ln x^2 + 1", "log(x^2) + 1"),
    (r"\log_2 x", "log2(x)"),
    (r"\log_{10}(x)", "log10(x)"),
    (r"\log\sigma(x)", "log(sigmoid(x))"),
    (r"\exp(-x)", "exp(-x)"),
    (r"\max\{x, 0\}", "max(x, 0)"),
    (r"\operatorname{arsinh}(x)", "asinh(x)"),
    (r"\operatorname{leaky\_relu}(x)", "leaky_relu(x)"),
    (r"\mathrm{ReLU}(x)", "relu(x)"),
    (r"\operatorname{where}(x \le 0, x, 0)", "where(x <= 0, x, 0)"),
    (r"\Gamma(x)", "gamma(x)"),
    (r"\gamma x + \beta", "gamma*x + beta"),
    (r"\pi r^2", "pi*r^2"),
    (r"\varepsilon + \varphi", "epsilon + phi"),
    (r"\mathbf{w} x", "w*x"),
    (r"\text{loss} x", "loss*x"),
    (r"e^{-x^2}", "e^(-x^2)"),
    (r"x^{2y}\cdot 1", "x^(2*y)*1"),
    (r"\alpha^2y", "alpha^2*y"),
    (r"x^\frac{1}{2}", "x^(1/2)"),
    (r"{2^3}^\alpha", "(2^3)^alpha"),
    (r"\alpha^{(a+b)c}", "alpha^((a + b)*c)"),
    # names
    (r"\hat{y}_1 - \bar x", "y_hat1 - x_bar"),
    (r"\hat{\beta}", "beta_hat"),
    (r"\hat\beta", "beta_hat"),
    (r"\theta_1 x_{12}", "theta1*x12"),
    (r"\alpha x_12", "alpha*x1*2"),
    (r"\alpha x_{1,2}", "alpha*x1_2"),
    (r"\alpha x_{i,j}", "alpha*x_i_j"),
    (r"\alpha x_{\text{in}}", "alpha*x_in"),
    (r"\alpha x'", "alpha*x'"),
    (r"\alpha x^{\prime\prime}", "alpha*x''"),
    # layer indices are never powers
    (r"z^{(1)}", "z1"),
    (r"z^{[1]}", "z1"),
    (r"W^{(1)} x + b^{(1)}", "W1*x + b1"),
    (r"z_2^{(1)}", "z1_2"),
    (r"z^{(1)}_2", "z1_2"),
    (r"a^{(l)}", "a_l"),
    (r"e^{(x+1)}", "e^(x + 1)"),
    (r"2^{(x)}", "2^x"),
    # derivatives
    (r"\frac{d}{dx} x^2", "D(x^2, x)"),
    (r"\frac{d}{dx}(u) \cdot v", "D(u, x)*v"),
    (r"\frac{\mathrm{d}}{\mathrm{d}x} x^2", "D(x^2, x)"),
    (r"\frac{d^2}{dx^2} x^4", "D(D(x^4, x), x)"),
    (r"\frac{dL}{dz}\frac{dz}{dw}", "D(L, z)*D(z, w)"),
    (r"\frac{d\sigma}{dx}", "D(sigma, x)"),
    (r"\frac{\partial L}{\partial w_1}", "D(L, w1)"),
    (r"\frac{\partial L}{\partial \theta}", "D(L, theta)"),
    (r"\frac{\partial^2 L}{\partial w^2}", "D(D(L, w), w)"),
    (r"\frac{\partial^2 L}{\partial w \partial b}", "D(D(L, b), w)"),
    (r"\partial L/\partial w", "D(L, w)"),
    (r"\frac{d x}{2}", "d*x/2"),
    # fences
    ("$x^2y$", "x^2*y"),
    ("$$wx$$", "w*x"),
    (r"\(x^2\)", "x^2"),
    (r"\[ wx \]", "w*x"),
    (r"\boxed{x} y", "x*y"),
    (r"x\,y\;z\quad w", "x*y*z*w"),
]


@pytest.mark.parametrize(("typed", "tree"), READS)
def test_reads(typed: str, tree: str) -> None:
    assert write(read(typed)) == tree


@pytest.mark.parametrize(
    ("typed", "label", "tree"),
    [(r"\frac{dL}{dw} = 2x", r"\frac{dL}{dw}", "2*x"), (r"dL/dw = \frac12 x", "dL/dw", "1/2*x"), (r"y' = \cos(x)", "y'", "cos(x)")],
)
def test_named(typed: str, label: str, tree: str) -> None:
    reading = read_question(typed)
    assert (reading.label, write(reading.expr)) == (label, tree)


REFUSED = [
    (r"\sin xy", "ambiguous_argument", 1),
    (r"\sin x^2 y", "ambiguous_argument", 1),
    (r"2\mathrm{sin} xy", "ambiguous_argument", 2),
    (r"\gamma(x)", "product_or_function", 1),
    (r"\sigma(z)^{(2)}", "unexpected", 10),
    (r"a^{(l-1)}", "unexpected", 2),
    (r"\alpha x_1 + x^{(1)}", "unexpected", 14),
    (r"\alpha x^23", "unexpected", 11),
    (r"\frac{d(x^2)}{dx}", "derivative_or_quotient", 1),
    (r"\frac{dy^2}{dx^2}", "derivative_or_quotient", 1),
    (r"\frac{\partial z^{(2)}}{\partial a^{(1)}}", "derivative_or_quotient", 1),
    (r"\frac{d^2 y}{dx}", "derivative_order", 1),
    (r"\frac{d\foo}{dx}", "latex_command", 1),
    (r"\lfloor x \rceil", "unexpected", 11),
    (r"\lfloor (x \rfloor )", "unexpected", 12),
    (r"\frac{(x}{y)}", "unexpected", 9),
    (r"x^{\mathrm{T}}", "latex_command", 4),
    (r"x^\top", "latex_command", 3),
    (r"x \circ y", "unexpected", 3),
    (r"\log_3 x", "latex_command", 1),
    (r"\sqrt[4]{x}", "latex_command", 1),
    (r"\sum_{i=1}^{n} x_i", "latex_command", 1),
    (r"\int x", "latex_command", 1),
    (r"1 + \pm x", "latex_command", 5),
    (r"\begin{cases} x \end{cases}", "latex_command", 1),
    (r"\input{/etc/passwd}", "latex_command", 1),
    (r"\def\x{\x}\x", "latex_command", 1),
    (r"\textcolor{red}{x}", "latex_command", 1),
    (r"x\text{ if }y", "unexpected", 7),
    (r"\alpha x!", "unexpected", 9),
    (r"\alpha x & y", "unexpected", 10),
    (r"\alpha [2]", "unexpected", 8),
    (r"\alpha 1.2.3", "unexpected", 11),
    (r"\frac{1}{2", "not_closed", 9),
    (r"\frac{1}", "unexpected", 8),
    (r"\left(x", "not_closed", 6),
    (r"\{x", "not_closed", 1),
    (r"\alpha x}", "not_opened", 9),
    (r"\sin", "needs_argument", 1),
    (r"\sin^2", "needs_argument", 1),
    ("$x$ + $y$", "unexpected", 3),
    ("\\", "unexpected", 1),
    (r"\hat{", "unexpected", 5),
    (r"\log_", "unexpected", 5),
]


@pytest.mark.parametrize(("typed", "key", "column"), REFUSED)
def test_refused(typed: str, key: str, column: int) -> None:
    with pytest.raises(ReadError) as caught:
        read(typed)
    assert (caught.value.key, caught.value.column) == (key, column)
