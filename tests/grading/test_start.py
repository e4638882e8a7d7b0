"""The grader starts light: no SymPy until SymPy is asked for by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

import derivx

HEAVY = ("sympy", "autograd", "mpmath", "click")


def loaded(code: str) -> set[str]:
    """Which heavy packages a fresh process has after some code."""
    code += f"; import sys; print(*[m for m in {HEAVY} if m in sys.modules])"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import derivx.grading",
        "import derivx; derivx.grade('2*x', 'x^2', 'x')",
        "import derivx; q = derivx.Question('sigmoid(w*x + b)', 'w'); q.grade('x*s*(1-s)'); q.grade('x*sigmoid(w*x + b)')",
    ],
)
def test_no_sympy_is_loaded(code: str) -> None:
    assert loaded(code) == set()


def test_grade_is_a_question_asked_once() -> None:
    assert derivx.grade("2*x", "x^2", "x").correct
    assert derivx.grade("-2x", problem="x^2", wrt="x", lang="ko", partial={"up_to_sign": 0.5}).score == 0.5
    assert isinstance(derivx.grade("x(", "x^2", "x"), derivx.GradeResult)
    with pytest.raises(derivx.UsageError):
        derivx.grade("2*x", "x^2")
    with pytest.raises(derivx.ReadError):
        derivx.grade("2*x", "x^2(", "x")
