"""The lines of a backward pass over arrays: what goes without saying, and what is said of the rest."""

from __future__ import annotations

import pytest

from derivx import explain

LEAST = "X: (N, d); w: (d); y: (N); L = sum((X@w - y)**2)/N"
SCATTER = "S: symmetric (d, d); W: (d, k); L = tr(W.T @ S @ W)"
ENTROPY = "X: (N, d); w: (d); y: binary (N); p = sigmoid(X@w); L = -sum(y*log(p) + (1-y)*log(1-p))"


def backward(text: str, lang: str = "en", **options: str) -> list[str]:
    """The lines of the backward pass, each whole."""
    page = explain(text, **options).text(lang, width=200).split("\n")  # type: ignore[arg-type]
    start = next(i for i, row in enumerate(page) if row in ("  Backward pass", "  역전파"))
    return [row.strip() for row in page[start + 1 : page.index("", start)]]


@pytest.mark.parametrize(
    ("text", "wrt", "lines"),
    [
        (
            LEAST,
            "w",
            [
                "∂L/∂(X w − y) = 2(X w − y)/N  ✓ sum of the entries, power",
                "∂L/∂w         = 2 Xᵀ (X w − y)/N  ✓ product: ⟨G, X dw⟩ = ⟨Xᵀ G, dw⟩",
            ],
        ),
        (
            SCATTER,
            "W",
            ["∂L/∂W = S W + S W = 2 S W  ✓ trace, product: ⟨G, (dW)ᵀ S W⟩ = ⟨S W Gᵀ, dW⟩, product: ⟨G, Wᵀ S dW⟩ = ⟨Sᵀ W G, dW⟩"],
        ),
        (
            ENTROPY,
            "w",
            [
                "∂L/∂p     = (1 − y)/(1 − p) − y/p  ✓ sum of the entries, product, natural logarithm",
                "∂L/∂(X w) = p − y  ✓ sigmoid function",
                "∂L/∂w     = Xᵀ (p − y)  ✓ product: ⟨G, X dw⟩ = ⟨Xᵀ G, dw⟩",
            ],
        ),
        (
            "X: (N, d); b: (d); L = norm2(X + b)**2",
            "b",
            [
                "∂L/∂(X + b) = 2(X + b)  ✓ squared norm: d‖z‖² = 2 zᵀ dz",
                "∂L/∂b       = 2 sum₀(X + b)  ✓ repeated by broadcasting, so summed over the copies",
            ],
        ),
        ("X: (n, n); L = logdet(X)", "X", ["∂L/∂X = X⁻ᵀ  ✓ log-determinant: d log det Z = tr(Z⁻¹ dZ)"]),
        ("x: (n); L = 3*sum(x)", "x", ["∂L/∂x = 3 𝟏_n  ✓ sum of the entries"]),
    ],
)
def test_what_is_shown_in_brief(text: str, wrt: str, lines: list[str]) -> None:
    assert backward(text, wrt=wrt, detail="brief") == lines


def test_more_detail_shows_more() -> None:
    counts = [len(backward(ENTROPY, wrt="w", detail=detail)) for detail in ("brief", "normal", "full")]
    assert counts[0] < counts[1] < counts[2]
    full = explain(ENTROPY, wrt="w", detail="full")
    assert counts[2] == len(full.steps)


@pytest.mark.parametrize("detail", ["brief", "normal"])
@pytest.mark.parametrize("text", [LEAST, SCATTER, ENTROPY])
def test_no_line_says_what_another_says(text: str, detail: str) -> None:
    values = [row.split(" = ", 1)[1].partition("✓")[0] for row in backward(text, wrt="w" if "w:" in text else "W", detail=detail)]
    assert len(set(values)) == len(values)


def test_the_reasons_in_korean() -> None:
    assert backward(LEAST, "ko", wrt="w", detail="brief")[0].endswith("✓ 성분의 합, 거듭제곱")


@pytest.mark.parametrize(
    ("program", "shown"),
    [
        ("w: (d); r: (N); X: (N, d); L = r.T @ X @ w + lam*w.T @ w", "L = rᵀ X w + lam wᵀ w"),
        ("w: (d); y: (d); L = 3*w.T @ y", "L = 3 wᵀ y"),
        ("w: (d); A: (d, d); v = A @ w.T; L = v @ w", "v = A w  shape (d,)"),
        ("w: (d); A: (d, d); v = inv(A.T) @ w; L = v @ w", "v = (Aᵀ)⁻¹ w  shape (d,)"),
        ("w: (d); A: (d, d); v = inv(A).T @ w; L = v @ w", "v = A⁻ᵀ w  shape (d,)"),
    ],
)
def test_the_program_as_it_is_set(program: str, shown: str) -> None:
    assert shown in [row.strip() for row in explain(program, wrt="w", check=False).text(width=200).split("\n")]  # type: ignore[arg-type]
