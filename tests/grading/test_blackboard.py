"""Other spellings of answers over arrays: transposes in LaTeX, square brackets, indicators, MATLAB's and NumPy's products."""

from __future__ import annotations

from functools import cache

import pytest

from derivx import Question

LEAST = {"X": ("n", "d"), "w": ("d", 1), "y": ("n", 1)}


@cache
def question(problem: str, wrt: str) -> Question:
    shapes = {
        "least": LEAST,
        "relu": {"X": ("n", "d"), "W": ("d", "k")},
        "power": {"X": ("n", "n")},
        "inner": {"a": ("n", 1), "x": ("n", 1)},
    }
    text = {"least": "L = sum((X@w-y)^2)", "relu": "L = sum(relu(X@W))", "power": "L = sum(X^4)", "inner": "L = (a.T@x)^2"}
    return Question(text[problem], wrt, shapes=shapes[problem])


TRANSPOSES = [
    r"X^{\mathsf T}", r"X^{\mathrm T}", r"X^\mathsf{T}", r"X^\mathsf T", r"X^{\mathrm{T}}", r"X^{{\mathrm{T}}}", r"X^{\text T}", r"X^\intercal",
    r"X^{\rm T}", r"X^{\sf T}", "X⊤", "X^⊤", "X^{⊤}", "Xᵀ", "(X⊤)", "X.transpose()", "np.transpose(X)", "transpose(X)",
]  # fmt: skip


@pytest.mark.parametrize("flipped", TRANSPOSES)
def test_transposes(flipped: str) -> None:
    assert question("least", "w").grade(f"2 {flipped}(X w - y)").correct
    assert not question("least", "w").grade(f"2 {flipped}(X w + y)").correct


@pytest.mark.parametrize(
    "typed",
    [
        "2 X^T[Xw - y]", "2X^T [X w - y]", "2 [X^T (Xw-y)]", "[2X^T][Xw-y]", "2 [X]^T [[X][w] - [y]]", "2 X'[Xw-y]", "2 X.T[X@w-y]",
        r"2 X^T\left[Xw-y\right]", "2 X^T{[X w] - y}", "2[X^T X w - X^T y]",
        "2 dot(X.T, X@w-y)", "2*np.dot(X.T, X@w-y)", "2*X.T.dot(X@w-y)", "2*X.T.dot(X.dot(w)-y)", "2 np.matmul(X.T, np.matmul(X, w) - y)",
        "2*torch.matmul(X.t(), X@w - y)", "np.exp(0)*2*X.T@(X@w - y)", "2 X^T (Xw-y).^1", "2 X^T (X w - y) ./ 1",
    ],
)  # fmt: skip
def test_brackets_and_products(typed: str) -> None:
    assert question("least", "w").grade(typed).correct, typed


@pytest.mark.parametrize(
    "gate",
    [
        "1[X W > 0]", "1{X W > 0}", r"\mathbf 1_{XW>0}", r"\mathbf{1}_{XW > 0}", r"\mathbb{1}[XW > 0]", r"\mathbf{1}\{XW > 0\}", "𝟙[XW>0]",
        "𝟙_{XW>0}", "1_{XW>0}", "[XW > 0]", "{XW>0}", "(0 < XW)", "np.where(X@W>0, 1, 0)", r"1_{XW \gt 0}", r"\mathbb 1\left[XW > 0\right]",
    ],
)  # fmt: skip
def test_indicators(gate: str) -> None:
    assert question("relu", "W").grade(f"X^T {gate}").correct
    assert question("relu", "W").grade(f"X^T {gate.replace('0', '1')}").word == "wrong"


@pytest.mark.parametrize(
    "typed", ["4 X.^3", "4*X.^3", "4 X.**3", "4 X .^ 3", "4 X.^2 ∘ X", "4 (X .* X) .* X", "4 X.^5 ./ X.^2", r"4 X.^{3}"]
)
def test_entry_by_entry(typed: str) -> None:
    assert question("power", "X").grade(typed).correct


def test_an_inner_product() -> None:
    assert question("inner", "x").grade("2 dot(a, x) a").correct
    assert question("inner", "x").grade("2 np.dot(a.T, x) * a").correct
    assert question("inner", "x").grade("dot(a, x) a").word == "wrong"


def test_an_index_is_still_one() -> None:
    asked = Question("L = sum(X[:, 0]*w) + sum(X[n-1, :])", "w", shapes={"X": ("n", "d"), "w": ("n",)})
    assert asked.grade("X[:, 0]").correct
    assert asked.grade("2 X[:, 0]").word == "wrong"
    assert asked.grade("X[0:n, 0]").correct


@pytest.mark.parametrize(
    "typed", ["[1, 2]", "X[", "X]w[", "1_{", "X^T[X w; y]", "[[X]", "{X > 0", "2 .^", "X .^", "np.", "X.dot(", "dot(X)", "dot()"]
)
def test_what_is_no_answer_is_refused(typed: str) -> None:
    result = question("least", "w").grade(typed)
    assert result.word in ("refused", "wrong"), result
    assert "fault" not in result.evidence


def test_no_word_of_the_reader_is_shown() -> None:
    for typed in ("(X^T X)^2 w", "(X^T ∘ X)^2", "(X.^2) + (X w)(X w)", "sin(I X)", "2^(X^T X)"):
        result = question("least", "w").grade(typed)
        shown = f"{result.message} {[m.hint for m in result.mistakes]}"
        assert not any(word in shown for word in ("juxt", "hadamard(", "hadamard_"))
    assert "(X.T @ X) @ (X.T @ X)" in question("least", "w").grade("(X^T X)^2 w").message["en"]
