"""Works as they are written: notations of blackboards, papers and lectures, each in a work that is right and in one that is not."""

from __future__ import annotations

from typing import Any

import pytest

import derivx
from derivx.errors import UsageError
from derivx.works import check as checking

TWO = "z1 = w1*x + b1; a1 = sigmoid(z1); z2 = w2*a1 + b2; a2 = sigmoid(z2); C = 0.5*(a2 - y)^2"
LAYERS = "x: (d,1); W1: (h,d); W2: (k,h); t: (k,1); z1 = W1@x; a1 = sigmoid(z1); z2 = W2@a1; a2 = sigmoid(z2); L = 0.5*sum((a2 - t)^2)"
SQUARES = "X: (n,d); w: (d,1); y: (n,1); L = sum((X@w - y)^2)"

PRIMES = [
    (TWO, "w1", ["δ2 = (a2-y) σ'(z2)", "δ1 = δ2 w2 σ'(z1)", "dC/dw1 = δ1 x"], None),
    (TWO, "w1", ["dC/dw1 = (a2-y) sigmoid'(z2) w2 sigmoid'(z1) x"], None),
    (TWO, "w1", ["dC/dw1 = (a2-y) sigmoid'(z2) w2 sigmoid'(a1) x"], 0),
    ("sigmoid(2*x)", "x", ["d/dx σ(2x) = σ'(2x)·2 = 2σ(2x)(1−σ(2x))"], None),
    ("sigmoid(2*x)", "x", ["y' = σ'(x)·2"], 0),
    ("tanh(x)^2", "x", ["y' = 2 tanh x · tanh' x", "tanh' x = 1 - tanh² x", "y' = 2 tanh x (1 - tanh² x)"], None),
    ("relu(x)^2", "x", ["y' = 2 relu(x) relu'(x)"], None),
    (LAYERS, "W1", ["δ2 = (a2 - t) ∘ σ'(z2)", "δ1 = (W2^T δ2) ∘ σ'(z1)", "dL/dW1 = δ1 x^T"], None),
    (LAYERS, "W1", ["δ2 = (a2 - t) ∘ σ'(a2)", "δ1 = (W2^T δ2) ∘ σ'(z1)", "dL/dW1 = δ1 x^T"], 0),
]  # fmt: skip

OPERATORS = [
    ("(1+x)^2", "x", ["= d/dx (1+x)^2", "= 2(1+x)"], None),
    ("(1+x)^2", "x", ["y' = d/dx (1+x)^2", "= 2"], 1),
    ("(1+x)^2", "x", [r"\frac{d}{dx}\left(x+1\right)^{2} = 2(x+1)"], None),
    ("sqrt(1+x^4)", "x", ["= d/dx (1+x^4)^(1/2)", "= 1/2 (1+x^4)^(-1/2) * d/dx(1+x^4)", "= 2x^3/sqrt(1+x^4)"], None),
    ("sin(x^2)", "x", [r"u = x^2", r"\frac{dy}{dx} = \frac{dy}{du}\cdot\frac{du}{dx}", r"= \cos(u)\cdot 2x"], None),
    ("sin(x^2)", "x", [r"u = x^2", r"\frac{dy}{dx} = \frac{dy}{du}\times\frac{du}{dx}", r"= \cos(u)\times x"], 2),
]  # fmt: skip


UNIT = "z = w*x + b; a = sigmoid(z); L = -(y*log(a) + (1-y)*log(1-a))"
GATE = "z = w*x + b; a = relu(z); L = (a-y)^2"
BATCH = "X: (n,d); W: (d,k); b: (k); Y: (n,k); Z = X@W + b; A = sigmoid(Z); L = sum((A-Y)^2)/n"

GRADIENTS = [
    (UNIT, "w", ["dz = a - y", "dw = x dz", "db = dz"], None),
    (UNIT, "w", ["dz = a - y", "dw = dz"], 1),
    (UNIT, "w", ["dz = y - a", "dw = x*dz"], 0),
    (UNIT, "w", ["da = (a-y)/(a(1-a))", "dz = da a", "dw = x dz"], 1),
    (UNIT, "w", ["grad_z = a - y", "grad_w = grad_z * x"], None),
    (UNIT, "w", ["∇_w L = (a - y) x"], None),
    (UNIT, "w", ["∇_w L = (a - y)"], 0),
    (UNIT, "w", ["L_z = a - y", "L_w = (a-y)x"], None),
    (UNIT, "w", ["L_z = a*y", "L_w = (a-y)x"], 0),
    ("h = tanh(u*x); L = (v*h - y)^2", "u", ["do = 2(o - y) where o = v h", "dh = v·do", "du = (1-h²)·x·dh"], None),
    (BATCH, "W", ["dA = 2(A-Y)/n", "dZ = dA * A * (1-A)", "dW = X.T @ dZ"], None),
    (BATCH, "W", ["dZ = 2(A-Y)/n * A*(1-A)", "dW = X @ dZ"], 1),
    (BATCH, "W", ["dZ = 2(A-Y) * A*(1-A)", "dW = X.T @ dZ"], 0),
    (BATCH, "b", ["dZ = 2(A-Y)/n * A*(1-A)", "db = np.sum(dZ, axis=0)"], None),
    (BATCH, "b", ["dZ = 2(A-Y)/n * A*(1-A)", "db = dZ.sum(axis=0, keepdims=True)"], None),
    (BATCH, "b", ["dZ = 2(A-Y)/n * A*(1-A)", "db = dZ"], 1),
    (SQUARES, "w", ["∂L/∂w = (∂r/∂w)^T ∂L/∂r, r = Xw - y", "= X^T 2r"], None),
]  # fmt: skip

LAYERED = [
    (TWO, "w1", [f"{d.format(2)} = (a2 - y) a2 (1 - a2)", f"{d.format(1)} = {d.format(2)} w2 a1 (1 - a1)", f"dC/dw1 = {d.format(1)} x"], None)
    for d in ("δ^({})", "δ^{{({})}}", "δ^[{}]", "delta^{}", r"\delta^{{({})}}", "delta^({})")
] + [
    (TWO, "w1", ["δ² = (a2 − y) a2 (1 − a2)", "δ¹ = δ² w2 a1 (1 − a1)", "∂C/∂w1 = δ¹ x"], None),
    (TWO, "w1", ["δ⁽²⁾ = (a⁽²⁾ − y) a⁽²⁾ (1 − a⁽²⁾)", "δ⁽¹⁾ = δ⁽²⁾ w⁽²⁾ a⁽¹⁾", "dC/dw1 = δ⁽¹⁾ x"], 1),
]  # fmt: skip

NORMS = [
    (SQUARES, "w", ["L = ‖Xw − y‖²", "∂L/∂w = 2Xᵀ(Xw − y)"], None),
    (SQUARES, "w", ["L = ||Xw - y||^2", "grad = 2X'(Xw - y)"], None),
    (SQUARES, "w", ["L = |Xw - y|^2", "∇L = 2 X^T X w - 2 X^T y"], None),
    (SQUARES, "w", [r"L = \|Xw - y\|^2", r"\nabla_w L = 2X^T(Xw-y)"], None),
    (SQUARES, "w", [r"L = \lVert Xw - y\rVert_2^2", "∇L = X^T(Xw-y)"], 1),
    (SQUARES, "w", ["L = ||Xw + y||^2", "∇L = 2X^T(Xw-y)"], 0),
]  # fmt: skip

QUADRATIC = "A: (n,n); x: (n,1); b: (n,1); f = x.T@A@x + b.T@x"
ASIDES = [
    (QUADRATIC, "x", ["∂/∂x (x^T A x) = (A + A^T) x", "∂/∂x (b^T x) = b", "∂f/∂x = (A+A^T)x + b"], None),
    (QUADRATIC, "x", ["∂/∂x (x^T A x) = 2 A x", "∂/∂x (b^T x) = b", "∂f/∂x = 2Ax + b"], 0),
    (QUADRATIC, "x", ["d(x^T A x)/dx = (A + A^T) x", "∂f/∂x = A x + A^T x + b"], None),
    (QUADRATIC, "x", ["∇_x (x^T A x) = (A+A^T) x", "∇_x f = (A+A^T)x + b"], None),
    (QUADRATIC, "x", ["d/dx (x^T A x + b^T x) = (A + A^T) x + b"], None),
    (QUADRATIC, "x", ["d/dx (x^T A x + b^T x) = 2Ax + b"], 0),
]  # fmt: skip

PAGES = [
    ("3*x^2+5", "x", ["y' = 6x", "y'(1) = 6"], None),
    ("3*x^2+5", "x", ["y' = 6x", "y'(1) = 5"], 1),
    ("sin(3*x+1)", "x", ["D_x sin(3x+1) = 3cos(3x+1)"], None),
    ("sin(3*x+1)", "x", ["D[sin(3x+1)] = cos(3x+1) D[3x+1] = 3cos(3x+1)"], None),
    ("sin(3*x+1)", "x", ["t = 3x+1. y = sin t", "dy/dx = 3 cos t"], None),
    ("sin(3*x+1)", "x", ["y' =", "3 cos(3x+1)"], None),
    ("sin(3*x+1)", "x", ["y' =", "cos(3x+1)"], 1),
    ("x^2*exp(x)", "x", ["u=x^2 -> u'=2x", "v=e^x -> v'=e^x", "y' = u'v+uv' = 2xe^x + x^2e^x"], None),
    ("x^2*exp(x)", "x", ["u=x^2 -> u'=x"], 0),
    ("sin(x^2)", "x", ["u = x^2 (inner)", "y' = cos(u) 2x (sub)"], None),
    ("3*x^2+5", "x", ["f(x) = 3x^2+5", "f(x+h) = 3x^2+6xh+3h^2+5", "(f(x+h)-f(x))/h = 6x+3h", "h→0: f'(x) = 6x"], None),
    ("x^2+3*x", "x", ["f'(x) = lim_{h→0} [f(x+h) - f(x)]/h", "= lim_{h→0} [2xh + h² + 3h]/h", "= 2x + 3"], None),
    ("x^2+3*x", "x", ["f'(x) = lim_{h→0} [f(x+h) - f(x)]/h", "= lim_{h→0} [xh + h² + 3h]/h", "= 2x + 3"], 1),
    ("(2*x+3)^5", "x", ["Step 1: outer: 5(·)^4", "Step 2: inner derivative: 2", "Answer: 10(2x+3)^4"], None),
    ("3*x^2+5", "x", ["3x^2 → 6x", "5 → 0", "Answer = 6x"], None),
    *(("sin(3*x+1)", "x", [f"{before}y' = 3 cos(3x+1){after}"], None) for before, after in
      [("- ", ""), ("a) ", ""), ("A: ", ""), ("", " ✓"), ("", " QED"), ("", " ∎"), ("", " (*)")]),
]  # fmt: skip

STEPS = [
    "1 if x>0, 0 if x<0", "1 if x > 0 else 0", "1[x>0]", "1{x>0}", "(x>0)", r"\mathbf 1_{x>0}", r"\mathbf{1}_{\{x>0\}}", "𝟙[x > 0]", "I(x>0)",
    "{1, x>0; 0, x<=0}", "1(x>0)", "1 for x > 0 and 0 for x < 0", r"\begin{cases}1 & x>0\\0 & x\le 0\end{cases}",
]  # fmt: skip
CASES = [
    *(("relu(x)", "x", [f"y' = {step}"], None) for step in STEPS),
    *(("relu(x)", "x", [f"y' = {step}"], 0) for step in ("0 if x>0, 1 if x<0", "1[x<0]", "(x<0)")),
    *((GATE, "w", [f"dL/dw = 2(a-y) {step} x"], None) for step in ("1[z>0]", "1{z>0}", "(z>0)", "1_{z>0}")),
    (GATE, "w", ["dL/dw = 2(a-y) (z<0) x"], 0),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "wrt", "lines", "first"), [*PRIMES, *OPERATORS, *GRADIENTS, *LAYERED, *NORMS, *ASIDES, *PAGES, *CASES])
def test_a_notation_is_read(problem: str, wrt: str, lines: list[str], first: int | None) -> None:
    found = derivx.check_work(lines, problem, wrt)
    assert found.first_wrong_line == first, found.text()
    assert not {"unread", "undecided"} & {line.verdict for line in found.lines}, found.text()
    assert first is not None or found.status == "right", found.text()


def test_a_prime_of_a_function_is_still_to_be_carried_out() -> None:
    assert derivx.check_work(["y' = sin'(x^2) 2x"], "sin(x^2)", "x").status == "unfinished"
    assert derivx.check_work(["y' = sin'(x^2) 2x", "= 2x cos(x^2)"], "sin(x^2)", "x").status == "right"


def test_a_gradient_laid_out_as_a_row_gives_a_result() -> None:
    found = derivx.check_work(["e = Xw - y", "dL/de = 2e^T", "dL/dw = dL/de de/dw = 2 e^T X"], SQUARES, "w")
    assert found.first_wrong_line == 1
    assert found.mistakes[0].tag == "layout_transposed"


def broken(*_: Any, **__: Any) -> Any:
    raise AssertionError("a fault of the checker")


@pytest.mark.parametrize(("part", "first"), [("mistakes_of", 0), ("Judge", None), ("Setup", None)])
def test_a_fault_of_the_checker_is_for_a_person(part: str, first: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, part, broken)
    found = derivx.check_work(["y' = x"], "x^2", "x")
    assert found.first_wrong_line == first
    assert found.lines[0].verdict == ("wrong" if first == 0 else "undecided")


def test_differentials_stay_differentials() -> None:
    assert derivx.check_work(["dL = (a-y) dz", "dz = x dw", "dL/dw = (a-y) x"], UNIT, "w").first_wrong_line is None
    assert derivx.check_work(["dz = x dw", "dL/dw = (a-y) x"], UNIT, "w").first_wrong_line is None


@pytest.mark.parametrize(
    ("problem", "wrt", "lines", "domain", "first"),
    [
        ("x^2", "x", ["y' = 2x + 1e-200"], None, 0),
        ("x^2", "x", ["y' = 2|x|"], None, 0),
        ("x^2", "x", ["y' = 2|x|"], {"x": (0.1, 2)}, None),
        ("x^2", "x", ["y' = 2x", "= 2|x|"], None, 1),
        ("pi*x^2", "x", ["y' = 2 pi x + 1e-200"], None, 0),
        ("sigmoid(x)", "x", ["y' = 0"], {"x": (-800, -760)}, 0),
        (UNIT, "w", ["dL/dz = a - y", "dL/dw = (a - y) x + 1e-200"], None, 1),
        (SQUARES, "w", ["dL/dw = 2X^T(Xw-y) + 1e-13 w"], None, 0),
        (SQUARES, "w", ["r = Xw - y", "dL/dw = 2X^T r", "= 2X^T r + 1e-13 w"], None, 2),
        (SQUARES, "w", ["r = Xw - y", "dL/dw = 2X^T r"], None, None),
    ],
)
def test_the_last_line_is_judged_as_an_answer(problem: str, wrt: str, lines: list[str], domain: Any, first: int | None) -> None:
    found = derivx.check_work(lines, problem, wrt, domain=domain)
    assert found.first_wrong_line == first, found.text()
    assert found.correct == (first is None)


HIDDEN = "h1 = sigmoid(w1*x); h2 = sigmoid(w2*h1); L = (w3*h2 - y)^2"
ROWS = "X: (n,d); W: (d,k); b: (1,k); Y: (n,k); Z = X@W + b; P = sigmoid(Z); L = 0.5*sum((P-Y)^2)/n"


@pytest.mark.parametrize(
    ("problem", "wrt", "lines", "first", "tag"),
    [
        (HIDDEN, "w2", ["δ3 = w3 h2 - y", "δ2 = δ3 w3 h2(1-h2)", "∂L/∂w2 = δ2 h1"], 0, "lost_coefficient_or_constant"),
        (HIDDEN, "w2", ["δ3 = 2(w3 h2 - y)", "δ2 = w3 h2(1-h2)", "∂L/∂w2 = δ2 h1"], 1, "only_inner_derivative"),
        (HIDDEN, "w1", ["δ3 = 2(w3 h2 - y)", "δ2 = δ3 w3 h2(1-h2)", "δ1 = w2 h1(1-h1)", "∂L/∂w1 = δ1 x"], 2, "only_inner_derivative"),
        (HIDDEN, "w1", ["δ3 = 2(w3 h2 - y)", "δ2 = δ3 w3", "δ1 = δ2 w2 h1(1-h1)", "∂L/∂w1 = δ1 x"], 1, ""),
        (TWO, "w2", ["δ2 = a2 - y", "dC/dw2 = δ2 a1"], 0, ""),
        (TWO, "w1", ["δ2 = a2 - y", "δ1 = δ2 w2 a1(1-a1)", "dC/dw1 = δ1 x"], 0, ""),
        (TWO, "w1", ["δ2 = a2 - y", "δ1 = δ2 a2(1-a2) w2 a1(1-a1)", "dC/dw1 = δ1 x"], None, ""),
        (LAYERS, "W1", ["δ2 = a2 - t", "δ1 = (W2^T δ2) ∘ a1 ∘ (1-a1)", "dL/dW1 = δ1 x^T"], 0, "forgot_activation_derivative"),
        (ROWS, "b", ["dL/dZ = (P-Y)/n*P*(1-P)", "dL/db = dL/dZ"], 1, "bias_not_summed_over_batch"),
        (ROWS, "b", ["dL/dZ = (P-Y)/n*P*(1-P)", "dL/db = sum(dL/dZ, axis=0)"], None, ""),
        (ROWS, "b", ["dL/db = (P-Y)/n*P*(1-P)"], 0, "bias_not_summed_over_batch"),
    ],
)
def test_the_mistake_stands_where_it_was_made(problem: str, wrt: str, lines: list[str], first: int | None, tag: str) -> None:
    found = derivx.check_work(lines, problem, wrt)
    assert found.first_wrong_line == first, found.text()
    assert not tag or tag in {m.tag for m in found.mistakes}, found.mistakes


DEFINED = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]


@pytest.mark.parametrize(
    ("lines", "wrt", "first"),
    [
        ([*DEFINED, "dL/da = 2(a-y)", "da/dz = a(1-a)", "dz/dw = x", "dL/dw = 2(a-y) a(1-a) x"], "w", None),
        ([*DEFINED, "dL/da = 2(a-y)", "dL/dw = 2(a-y) a(1-a) x"], "", None),
        ([*DEFINED, "dL/da = (a-y)", "dL/dw = (a-y) a(1-a) x"], "", 3),
        (["L = q*p + p", "q = p^2", "p = w*x", "∂L/∂w = 3 p^2 x + x"], "", None),
        (["L = (a - y)^2, a = sigmoid(z), z = w*x + b", r"\frac{\partial L}{\partial w} = 2(a-y) a(1-a) x"], "", None),
        (["y = sin(u)", "u = x^2", "dy/dx = cos(u) x"], "", 2),
    ],
)
def test_the_definitions_of_a_work_are_its_question(lines: list[str], wrt: str, first: int | None) -> None:
    found = derivx.check_work(lines, "", wrt)
    assert found.first_wrong_line == first, found.text()
    assert first is not None or found.status == "right", found.text()


@pytest.mark.parametrize("lines", [["a = b", "b = a", "da/dx = 2"], ["L = a", "a = c", "c = a", "dL/da = 1"]])
def test_definitions_in_a_circle_are_no_question(lines: list[str]) -> None:
    with pytest.raises(UsageError):
        derivx.check_work(lines)


@pytest.mark.parametrize(
    "text", [" " * 1990 + "=", "f(x+h)" * 300, "1(" * 600, "‖" * 1900, "δ^(" * 500, "dz " * 600, "lim_{x→0}" * 150, "= " + "(x>" * 500]
)
@pytest.mark.parametrize(("problem", "wrt"), [("x^2", "x"), (SQUARES, "w")])
def test_a_hostile_line_costs_little(problem: str, wrt: str, text: str) -> None:
    found = derivx.check_work(["r = 1", text, "= 2"], problem, wrt)
    assert found.ms < 2500


def test_parts_are_not_taken_for_the_question() -> None:
    found = derivx.check_work(["f' = 3(x+1)^2, g' = 2(x-2)", "y' = 3(x+1)^2 + 2(x-2)"], "(x+1)^3*(x-2)^2", "x")
    assert found.first_wrong_line == 1
