"""Works as they are written: notations of blackboards, papers and lectures, each in a work that is right and in one that is not."""

from __future__ import annotations

from typing import Any

import pytest

import derivx
from derivx.grading.works import check as checking

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


@pytest.mark.parametrize(("problem", "wrt", "lines", "first"), [*PRIMES, *OPERATORS])
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
