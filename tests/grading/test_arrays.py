"""Answers over arrays: how they may be typed, what is right, what is refused, and what float64 does not see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from derivx.errors import DerivxError
from derivx.grading import Question
from derivx.grading.compare import Verdict

ROWS = json.loads((Path(__file__).parents[1] / "data" / "answers.json").read_text())["matrix"]
N, D = ("n", "d"), ("d", 1)
LEAST = {"X": N, "w": D, "y": ("n", 1)}
QUESTIONS: dict[str, dict[str, Any]] = {
    "least": {"problem": "L = sum((X@w-y)^2)", "wrt": "w", "shapes": LEAST},
    "mean": {"problem": "L = sum((X@w-y)^2)/n", "wrt": "w", "shapes": LEAST},
    "ridge": {"problem": "L = 0.5*sum((X@w-y)^2) + lam/2*sum(w^2)", "wrt": "w", "shapes": {**LEAST, "lam": ()}},
    "plain": {"problem": "L = sum((X@w-y)^2)", "wrt": "w", "shapes": {"X": N, "w": ("d",), "y": ("n",)}},
    "form": {"problem": "L = x.T@A@x", "wrt": "x", "shapes": {"x": ("n", 1), "A": ("n", "n")}},
    "vector": {"problem": "L = x @ A @ x", "wrt": "x", "shapes": {"x": ("n",), "A": ("n", "n")}},
    "spd": {"problem": "A: spd (n, n)\nL = x.T@A@x", "wrt": "x", "shapes": {"x": ("n", 1)}},
    "trace": {"problem": "L = tr(inv(Q)@B)", "wrt": "Q", "shapes": {"Q": ("q", "q"), "B": ("q", "q")}},
    "quad": {"problem": "L = tr(Q.T@B@Q)", "wrt": "Q", "shapes": {"Q": ("q", "q"), "B": ("q", "q")}},
    "logdet": {"problem": "L = log(abs(det(Q)))", "wrt": "Q", "shapes": {"Q": ("q", "q")}},
    "norm": {"problem": "L = sum(Q^2)", "wrt": "Q", "shapes": {"Q": ("q", "q")}},
    "outer": {"problem": "L = a @ W @ b", "wrt": "W", "shapes": {"a": ("n",), "W": ("n", "m"), "b": ("m",)}},
    "bias": {"problem": "L = sum(G*(X@W+b))", "wrt": "b", "shapes": {"X": N, "W": ("d", "k"), "G": ("n", "k"), "b": (1, "k")}},
    "sum": {"problem": "L = sum(X)", "wrt": "X", "shapes": {"X": N}},
    "gate": {
        "problem": "L = sum(G*sigmoid(X@W))", "wrt": "W", "shapes": {"X": N, "W": ("d", "k"), "G": ("n", "k")},
        "let": {"s": "sigmoid(X @ W)"},
    },
    "softmax": {
        "problem": "L = -sum(Y*log_softmax(X@W))/n", "wrt": "W", "shapes": {"X": N, "W": ("d", "k"), "Y": ("n", "k")},
        "let": {"P": "softmax(X @ W)"},
    },
    "jacobian": {"problem": "z = sigmoid(A@x)", "wrt": "x", "shapes": {"A": ("m", "n"), "x": ("n", 1)}, "let": {"s": "sigmoid(A@x)"}},
    "hessian": {"problem": "L = x @ A @ x", "wrt": "x", "order": 2, "shapes": {"x": ("n",), "A": ("n", "n")}},
    "scalar": {"problem": "L = sum((X@w)^2)*c^3", "wrt": "c", "shapes": {**LEAST, "c": ()}},
    "fixed": {"problem": "L = sum((X@W)^2)/2", "wrt": "W", "shapes": {"X": (5, 3), "W": (3, 2)}},
    "adjoint": {"problem": "Z = X@W; L = sum(Z^2)", "wrt": "Z", "shapes": {"X": N, "W": ("d", "k")}},
    "numerator": {"problem": "L = a.T@x", "wrt": "x", "layout": "numerator", "shapes": {"x": D, "a": D}},
    "relu": {
        "problem": "Z = X@W; yhat = relu(Z); L = sum((yhat-Y)^2)/n", "wrt": "W", "shapes": {"X": N, "W": ("d", "k"), "Y": ("n", "k")},
    },
    "any": {"problem": "L = a.T@x", "wrt": "x", "layout": "any", "shapes": {"x": D, "a": D}},
}  # fmt: skip
MADE: dict[str, Question] = {}


def question(name: str) -> Question:
    if name not in MADE:
        MADE[name] = Question(**QUESTIONS[name])
    return MADE[name]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_rows(row: dict[str, Any]) -> None:
    asked = Question(row["program"], row["wrt"], shapes=row["shapes"], let=row["let"])
    assert asked.grade(row["raw"]).word == row["verdict"]


RIGHT = {
    "least": [
        "2 X^T (X w - y)", "2X^T(Xw-y)", "2X'(X*w - y)", "2 X' X w - 2 X' y", "2 X.T @ (X @ w - y)", "2*X.T@(X@w-y)", "2Xᵀ(Xw−y)", "2 X^⊤(Xw-y)",
        r"2 X^\top (Xw - y)", r"2\mathbf{X}^{T}(\mathbf{X}\mathbf{w}-\mathbf{y})", r"\frac{\partial L}{\partial w} = 2X^{\top}\left(Xw-y\right)",
        "∂L/∂w = 2X^T(Xw-y)", "dL/dw = -2X^T(y - Xw)", "2 (X^T X w - X^T y)", "2((X w - y)^T X)^T", "(2 X)^T (X w - y)", "X^T(Xw-y)2", "2 X^{\\mathsf{T}} (X w - y)",
        "2 X^T I (X w - y)", "2 X^T (X w - y) ∘ 1", "(X^T X + X^T X) w - 2 X^T y", "X^T (Xw-y) / 0.5", "2 X^T·(X·w − y)",
    ],
    "mean": ["(2/n) X^T (X w - y)", "2/n X^T (X w - y)", "2 X^T (X w - y)/n", r"\frac{2}{n} X^\top (Xw - y)", "2 n^{-1} X^T(Xw-y)"],
    "ridge": ["X^T(X w - y) + lam w", "(X^T X + lam I) w - X^T y", "(X'X + lam I_d) w - X'y", "(X^T X + lam eye(d)) w - X^T y", "(lam I + X^T X)w - X^T y", "X^T(Xw-y) + w lam", "(XᵀX + λI)w − Xᵀy", r"X^\top(Xw-y)+\lambda w", "∇L = X^T(Xw-y) + lam w", r"\nabla_w L = X^T(Xw-y) + lam w"],
    "plain": ["2 X^T (X w - y)", "2 (X w - y)^T X", "2 X.T @ (X @ w - y)", "2 (X @ w - y) @ X", "2 X' (Xw - y)"],
    "form": ["(A + A^T) x", "A x + A^T x", "(A + A')x", "(x^T (A + A^T))^T", "A x + (x^T A)^T", "(A^T+A) x x^T x / (x^T x)"],
    "vector": ["(A + A^T) x", "A x + A' x", "A@x + x@A", "A x + (x^T A)^T"],
    "spd": ["2 A x", "(A + A^T) x"],
    "trace": ["-(Q^{-1} B Q^{-1})^T", "-Q^{-T} B^T Q^{-T}", "-inv(Q)' B' inv(Q)'", "-Q⁻ᵀ Bᵀ Q⁻ᵀ", "-Q⁻¹ᵀ B' Q⁻ᵀ", r"-Q^{-\top} B^\top Q^{-\top}", "-(Q^T)^{-1} B^T (Q^{-1})^T", "-inv(Q.T) @ B.T @ inv(Q.T)"],
    "quad": ["(B + B^T) Q", "B Q + B' Q", "BQ + B^TQ", r"BQ + B^{\top} Q"],
    "logdet": ["Q^{-T}", "inv(Q)'", "(Q^T)^{-1}", "Q^{-1}'", "(Q^{-1})^T", "inv(Q^T)"],
    "norm": ["2Q", "2 Q", "Q + Q", "2 I Q"],
    "outer": ["a b^T", "outer(a, b)", "a b'"],
    "bias": ["ones(1, n) G", "1^T G", "𝟙^T G", "sum(G, axis=0)", r"\mathbf{1}^T G", "𝟙_n^T G", "ones(n, 1)^T G", "sum(G, axis=0, keepdims=True)", "(G^T 1)^T"],
    "sum": ["ones(n, d)", "𝟙_n 𝟙_d^T", "ones(n,1) ones(1,d)"],
    "gate": [
        "X^T (G ∘ s ∘ (1-s))", "X^T (G ⊙ s ⊙ (1 - s))", "X^T (G .* s .* (1-s))", "X.T @ (G * s * (1 - s))", r"X^\top (G \odot s \odot (1 - s))",
        "X^T (G ∘ (s - s^2))", "X^T (G ∘ sigmoid(X W) ∘ (1 - sigmoid(X W)))", "X' * (G .* s .* (1-s))", "X^T ((1-s) ∘ s ∘ G)",
        "X^T (G ∘ σ(XW) ∘ (1 − σ(XW)))",
    ],
    "softmax": ["X^T (P ∘ sum(Y, axis=1, keepdims=True) - Y)/n"],
    "jacobian": ["diag(s ∘ (1 - s)) A", "(s ∘ (1-s)) ∘ A", "diag(s) diag(1 - s) A", "diag(s)(I - diag(s)) A"],
    "hessian": ["A + A^T", "A + A'"],
    "scalar": ["3 c^2 (X w)^T (X w)", "3 c^2 w^T X^T X w", "3c^2 sum((Xw)^2)"],
    "fixed": ["X^T X W", "X'(X W)", "X.T @ X @ W"],
    "adjoint": ["2 Z", "2 X W"],
    "numerator": ["a^T", "a'"],
    "relu": [
        "(2/n) X^T ((yhat - Y) ∘ step(Z))", "(2/n) X^T ((ŷ - Y) ∘ (Z > 0))", r"\frac{2}{n} X^\top \left((\hat{y} - Y) \odot (Z > 0)\right)",
        "2/n * X.T @ ((yhat - Y) * (Z > 0))", "2/n X' ((relu(X W) - Y) .* (X W > 0))",
    ],
    "any": ["a^T", "a"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "answer"), [(name, a) for name, rows in RIGHT.items() for a in rows])
def test_right(name: str, answer: str) -> None:
    result = question(name).grade(answer)
    assert result.correct, (result.status, result.verdict, result.message["en"], result.caret)


WRONG = [
    ("least", "2 X (X w - y)", Verdict.DIFFERENT),
    ("least", "2 X^T (y - X w)", Verdict.SIGN),
    ("least", "X^T (X w - y)", Verdict.CONSTANT),
    ("least", "2 (X w - y)^T X", Verdict.TRANSPOSE),
    ("least", "2 (X w - y)", Verdict.DIFFERENT),
    ("least", "2.001 X^T (X w - y)", Verdict.NEAR),
    ("least", "0", Verdict.DIFFERENT),
    ("least", "2 X^T X w - 2 X^T y + 1e-13 w", Verdict.NEAR),
    ("least", "2 X^T (X w - y) + 1e-13", Verdict.NEAR),
    ("least", "2 X^T (X w - y) + exp(-40) w", Verdict.NEAR),
    ("least", "2 X^T (X w - y) + sin(1000000*pi*w)", Verdict.DIFFERENT),
    ("least", "(2 + 1e-14) X^T (X w - y)", Verdict.NEAR),
    ("least", "2 X^T (X w - y) + relu(w - 8)", Verdict.DIFFERENT),
    ("least", "2 X^T (X w - y) + floor(w/6)^2 - abs(floor(w/6))", Verdict.DIFFERENT),
    ("mean", "2 X^T (X w - y)/4", Verdict.DIFFERENT),
    ("mean", "2 X^T (X w - y)/d", Verdict.DIFFERENT),
    ("sum", "1", Verdict.DIFFERENT),
    ("logdet", "Q^{-1}", Verdict.TRANSPOSE),
    ("bias", "G", Verdict.DIFFERENT),
    ("form", "2 A x", Verdict.DIFFERENT),
    ("hessian", "2 A", Verdict.DIFFERENT),
    ("numerator", "a", Verdict.TRANSPOSE),
    ("gate", "G ∘ X W", Verdict.DIFFERENT),
    ("scalar", "3 c^2 X w", Verdict.DIFFERENT),
]


@pytest.mark.parametrize(("name", "answer", "verdict"), WRONG)
def test_wrong(name: str, answer: str, verdict: Verdict) -> None:
    result = question(name).grade(answer)
    assert (result.word, result.verdict) == ("wrong", verdict), result.message["en"]


REFUSED = [
    ("least", "", "EmptyAnswer"),
    ("least", "2 X^T (X v - y)", "UnknownName"),
    ("least", "X^T z", "UnknownName"),
    ("least", "2 X^T (X w - y", "SyntaxRejected"),
    ("least", "w = 2 X^T (X w - y)", "SyntaxRejected"),
    ("least", "∇ X", "ConfusableRejected"),
    ("quad", "B * Q + B^T * Q", "Ambiguous"),
    ("quad", "Q^2", "Ambiguous"),
    ("quad", "B / Q", "Ambiguous"),
    ("least", "D(w, w)", "NotCarriedOut"),
    ("least", "X^T sigmoid'(X w)", "NotCarriedOut"),
    ("least", "foo(X)", "UnknownFunction"),
    ("relu", "(2/n) X^T ((yhat - Y) ∘ relu'(Z))", "NotCarriedOut"),
    ("relu", "(0 < Z < 1)", "SyntaxRejected"),
    ("relu", "Z > 0", "SyntaxRejected"),
    ("least", "X^T" * 700, "LimitExceeded"),
    ("least", "(" * 300 + "w" + ")" * 300, "LimitExceeded"),
    ("least", "__import__('os')", "ConfusableRejected"),
]


@pytest.mark.parametrize(("name", "answer", "status"), REFUSED)
def test_refused(name: str, answer: str, status: str) -> None:
    result = question(name).grade(answer)
    assert result.word == "refused"
    if status != "ConfusableRejected":
        assert result.status == status, (result.status, result.message["en"])
    assert result.message["ko"] != result.message["en"]


def test_shapes_are_named() -> None:
    """Which two parts do not fit, and what shape was asked for, in both languages."""
    result = question("least").grade("2 X (X w - y)")
    for text in result.message.values():
        assert "(n, d)" in text
        assert "(n, 1)" in text
    assert "(d, 1)" in question("least").grade("2 (X w - y)").message["ko"]


CASES = json.loads((Path(__file__).parents[1] / "data" / "matrix.json").read_text())["cases"]
KINDS = ("gradient", "jacobian", "hessian", "dscalar")


@pytest.mark.parametrize("case", [c for c in CASES if c["kind"] in KINDS and not c["consts"]][::3], ids=lambda c: c["id"])
def test_closed_forms_of_the_books_are_right(case: dict[str, Any]) -> None:
    """Written as a program, with @ for the matrix product and * entry by entry."""
    declared = "".join(f"{n}: {known} ({', '.join(map(str, case['vars'][n]))})\n" for n, known in case["assume"].items())
    problem = declared + "".join(f"{n} = {f}\n" for n, f in case["let"]) + f"J = {case['expr']}"
    shapes = {n: s for n, s in case["vars"].items() if n not in case["assume"]}
    order = 2 if case["kind"] == "hessian" else 1
    asked = Question(problem, case["wrt"], order=order, shapes=shapes, let=dict(case["answer_let"]))
    result = asked.grade(case["answer"])
    assert result.correct or result.status == "Ambiguous", (result.verdict, result.message["en"])


NONSENSE = [
    "norm2(n)", "logsumexp(d)", "outer(X)", "min(d) w", "max(n, axis=0)", "cholesky(1 - X)", "diag(1)", "inv(2) X", "reshape(w, X)", "kron(X)",
    "sum(3, axis=1)", "I", "T", "X^T^T^T", "w^{-T}", "w'", "I^T w", "1^T", "ones(X)", "eye(w)", "(X w - y)/(X - X)", "inv(X^T X - X^T X) w", "X / w",
    "w / 0", "0/0", "log(-1) w", "sqrt(-w)", "w^w^w^w", "softmax(1)", "X^T X^T", "einsum(X)", "concat(X, w)", "X[0]", "X[:, 100]", "solve(X, y)",
]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
@pytest.mark.parametrize("name", ["least", "ridge"])
def test_nonsense_is_refused_or_wrong(name: str, text: str) -> None:
    result = question(name).grade(text)
    assert result.word in ("refused", "wrong"), result.verdict


def test_beside_at_a_star_is_entry_by_entry() -> None:
    assert question("gate").grade("X.T @ (G * s * (1 - s))").correct
    asked = Question("L = sum(a * (B @ x))", "x", shapes={"a": ("n",), "B": ("n", "n"), "x": ("n",)})
    assert asked.grade("B.T @ (a * (a * a) / (a * a))").correct
    assert asked.grade("(B * B) a").status == "Ambiguous"


def test_large_sizes_are_to_be_letters() -> None:
    """Every entry is measured: a question with layers of thousands says so at once."""
    with pytest.raises(DerivxError) as caught:
        Question("L = sum((X@W)^2)", "W", shapes={"X": (60, 784), "W": (784, 128)})
    assert caught.value.key == "large_sizes"
    assert Question("L = sum((X@W)^2)", "W", shapes={"X": (9, 7), "W": (7, 5)}).grade("2 X^T X W").correct


@pytest.mark.parametrize(
    ("output", "answer", "right"),
    [
        ("det(matrix_power(X, r))", "r*det(X)^r * inv(X)^T", True),
        ("det(matrix_power(X, r))", "det(X)^r * inv(X)^T", False),
        ("tr(matrix_power(X, r))", "r*matrix_power(X, r-1)^T", True),
        ("tr(matrix_power(X, r))", "r*matrix_power(X, r)^T", False),
        ("tr(matrix_power(X, -2))", "-2*matrix_power(X, -3)^T", True),
    ],
)
def test_the_exponent_of_a_matrix_power_is_a_whole_number(output: str, answer: str, right: bool) -> None:
    found = Question(f"X: (n,n); r: (); f = {output}", "X").grade(answer)
    assert (found.verdict == "equal") is right, found
