"""The pages of the three methods: goldens of one least-squares page in both languages, and what is refused.

``python -m tests.render.test_methods`` writes the goldens; they are read by eye before they are kept.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from derivx import explain
from derivx.api.methods import METHODS
from derivx.check.verdict import Check, Verdict
from derivx.errors import UsageError

GOLDEN = Path(__file__).parent / "golden"
LEAST = "X: (N, d); w: (d); y: (N); L = sum((X@w - y)**2)/N"
FORMS = [
    (method, lang, form) for method in METHODS for form in ("txt", "tex", "md", "json") for lang in ("en", "ko")[: 1 + (form != "json")]
]


@cache
def told(method: str, *, check: bool = True) -> Any:
    return explain(LEAST, wrt="w", method=method, detail="brief", check=check)


def made(method: str, lang: str, form: str) -> str:
    """The page; without the line of measured digits, which differ between machines."""
    if form == "json":
        return json.dumps(told(method, check=False).to_dict(), ensure_ascii=False, indent=1) + "\n"
    found = told(method)
    text: str = {"txt": found.text, "tex": found.latex, "md": found.markdown}[form](lang)
    return "".join(row for row in text.splitlines(keepends=True) if "autograd" not in row and "자동미분" not in row)


def path_of(method: str, lang: str, form: str) -> Path:
    return GOLDEN / f"least_squares_{method}_{lang}.{form}"


@pytest.mark.parametrize(("method", "lang", "form"), FORMS)
def test_the_page_is_the_one_that_was_read(method: str, lang: str, form: str) -> None:
    assert made(method, lang, form) == path_of(method, lang, form).read_text(encoding="utf-8")


@pytest.mark.parametrize("method", METHODS)
def test_every_line_is_checked(method: str) -> None:
    (one,) = told(method).to_dict()["derivations"]
    assert one["method"] == method
    assert one["verdict"] == "PASS"
    assert all(check["verdict"] == "PASS" for step in one["steps"] for check in step["checks"])
    assert all(step["checks"] for step in one["steps"])


@pytest.mark.parametrize("method", ["differential", "index"])
def test_nothing_of_what_a_referee_rejected_is_shown(method: str) -> None:
    found = told(method)
    bad = replace(found, telling=replace(found.telling, checks=(Check(0, "complex_step", Verdict.FAIL),)))
    assert bad.verdict == "FAIL"
    page = bad.text()
    assert "A check rejected this derivation" in page
    assert "dw" not in page
    assert "∂wₖ" not in page


def test_one_step_is_chosen_by_its_formula_or_its_name() -> None:
    text = "X: (N, d); w: (d); y: (N); r = X@w - y; L = r@r"
    by_formula = explain(text, wrt="w", method="index", part="X @ w").to_dict()["derivations"][0]["steps"]  # type: ignore[arg-type]
    by_name = explain(text, wrt="w", method="index", part="r").to_dict()["derivations"][0]["steps"]  # type: ignore[arg-type]
    assert {s["part"] for s in by_formula} == {"X @ w"}
    assert {s["part"] for s in by_name} == {"X @ w - y"}


@pytest.mark.parametrize(("method", "part"), [("index", "X@q"), ("differential", "X@w"), ("forward", None)])
def test_what_is_refused(method: str, part: str | None) -> None:
    with pytest.raises(UsageError):
        explain(LEAST, wrt="w", method=method, part=part)


def test_a_jacobian_a_hessian_and_a_derivative_by_a_scalar_by_differentials() -> None:
    ends = {
        ("A: (m, n); x: (n); y = A@x", "x", 1): "dy = ∂y/∂x dx",
        ("A: (n, n); x: (n); L = x@A@x", "x", 2): "d(∂L/∂x) = ∂²L/∂x² dx",
        ("x: (n); L = t*sum(x)", "t", 1): "dL = ∂L/∂t dt",
    }
    for (text, wrt, order), definition in ends.items():
        found = explain(text, wrt=wrt, order=order, method="differential")
        assert found.verdict == "PASS"
        assert definition in found.text().replace("\u00a0", " ").replace("∂L/∂t · dt", "∂L/∂t dt")


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for row in FORMS:
        path_of(*row).write_text(made(*row), encoding="utf-8")


if __name__ == "__main__":
    main()


DEEP = "X: (N, d); W1: (d, h); W2: (h, c); Y: (N, c); A = tanh(X@W1); Z = A@W2; L = sum((Z - Y)**2)"


def test_the_sizes_of_factors_on_demand() -> None:
    found: Any = explain(DEEP, wrt="W1")
    page = found.text(width=200, dims=True)
    assert "sizes (N×d)ᵀ · (N×h) → (d×h)" in page
    assert "sizes (N×c) · (h×c)ᵀ → (N×h)" in page
    assert "크기 (N×d)ᵀ · (N×h) → (d×h)" in found.text("ko", width=200, dims=True)
    assert r"(N\ensuremath{\times}d)\ensuremath{^{\top}}" in found.latex(dims=True)
    assert "×" not in found.text(ascii=True, dims=True)
    assert "sizes" not in found.text(width=200)


def test_sizes_of_an_outer_product_and_of_differentials() -> None:
    outer: Any = explain("W: (h, n); x: (n); v: (h); L = v @ W @ x", wrt="W")
    assert "sizes (h×1) · (n×1)ᵀ → (h×n)" in outer.text(width=200, dims=True)
    lines: Any = explain("A: (m, n); x: (n); y = A@x", method="differential", wrt="x")
    assert "sizes (m×n) · (n×1) → (m×1)" in lines.text(width=200, dims=True)
