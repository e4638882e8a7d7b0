"""Ways of typing an answer: what is said around it is left off, and what only looks like it is not."""

from __future__ import annotations

import pytest

from derivx.grading import Question

RIGHT = [
    ("x^2", "2x\r\n"), ("x^2", "= 2x"), ("x^2", "2x."), ("x^2", "2*x;"), ("x^2", "d/dx (x^2) = 2x"), ("x^2", r"\boxed{2x}"),
    ("x^2", "∇L = 2x"), ("x^2", "d/dx = 2x"), ("x^2", r"\frac{d}{dx} = 2x"), ("x^2", r"\dfrac{\partial}{\partial x}=2x"), ("x^2", r"\nabla_x L = 2x"), ("x^2", r"∂L/∂x = \left(2x\right)"), ("x^2", "2[x]"), ("x^2", r"2\left[x\right]"),
    ("sigmoid(x)", "σ(x)[1 - σ(x)]"), ("e^(2x)", "2e²ˣ"), ("e^(2x + 1)", "2e²ˣ⁺¹"), ("e^(-x)", "-e⁻ˣ"), ("x^3", "3x²"),
]  # fmt: skip
REFUSED = [("x^2", "2x[1]"), ("x^2", "2[x)"), ("x^2", "2(x]"), ("x^2", "[2, x]"), ("x^2", "sin[x]"), ("x^2", "== 2x"), ("x^2", "2x..")]


@pytest.mark.parametrize(("problem", "typed"), RIGHT)
def test_read(problem: str, typed: str) -> None:
    result = Question(problem, "x", diagnose=False).grade(typed)
    assert (result.status, result.word) == ("Ok", "correct")


@pytest.mark.parametrize(("problem", "typed"), REFUSED)
def test_refused(problem: str, typed: str) -> None:
    assert Question(problem, "x", diagnose=False).grade(typed).word == "refused"


def test_a_decimal_point_at_the_end_is_no_full_stop() -> None:
    assert Question("2x", "x", diagnose=False).grade("2.").correct
