"""Questions whose answer is a number: a derivative, or an expression, at a point."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from click.testing import CliRunner

from derivx.apps.grade import grade
from derivx.errors import UsageError
from derivx.grading import Question

QUESTION = Question("x^2*y", wrt="x", at={"x": 2, "y": "1/3"})
LOSS = Question("abs(p - y) + b", wrt=(), at={"p": 0.05, "y": 1, "b": 3}, tolerance=1e-3)


@pytest.mark.parametrize(("answer", "verdict"), [
    ("4/3", "equal"), ("2*2/3", "equal"), ("dL/dx = 4/3", "equal"), ("1.3333", "near_miss"), ("-4/3", "up_to_sign"), ("4", "different"),
    ("2*x*y", "wrong_form"), ("x*y", "different"), ("1/0", "different"), ("sqrt(-1)", "different"), ("4/3 + 1e-13", "near_miss"),
])  # fmt: skip
def test_verdicts(answer: str, verdict: str) -> None:
    assert QUESTION.grade(answer).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"), [("3.95", "equal"), ("3.949", "within_tolerance"), ("3.9", "different"), ("4", "different")]
)
def test_values_with_a_tolerance(answer: str, verdict: str) -> None:
    assert LOSS.grade(answer).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"), [("1.204", "within_tolerance"), ("-log(0.3)", "equal"), ("1.2", "near_miss"), ("0.3", "different")]
)
def test_terms_that_cancel(answer: str, verdict: str) -> None:
    question = Question("-(y*log(p) + (1 - y)*log(1 - p))", wrt=(), at={"p": 0.3, "y": 1}, tolerance=1e-3)
    assert question.grade(answer).verdict == verdict


def test_it_travels() -> None:
    assert pickle.loads(pickle.dumps(QUESTION)).grade("4/3").word == "correct"


def test_higher_orders_and_kinks_beside_the_point() -> None:
    assert Question("x^3", wrt="x", order=2, at={"x": 5}).grade("30").word == "correct"
    assert Question("relu(x)", wrt="x", at={"x": 2}).grade("1").word == "correct"


@pytest.mark.parametrize(("problem", "at"), [
    ("x^2", {"x": "1e400"}), ("x^2", {"x": float("nan")}), ("x^2", {"x": "z"}), ("x^2", {}), ("x^2", {"y": 1}), ("log(x)", {"x": 0}), ("x^2", {"x": "x"}),
])  # fmt: skip
def test_points_that_are_none(problem: str, at: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Question(problem, wrt="x", at=at)


def test_the_command() -> None:
    run = CliRunner().invoke(grade, ["6", "--problem", "x^2", "--wrt", "x", "--at", "x=3"])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(grade, ["0.567", "--problem", "(0.2 + 0.3 + 1.2)/3", "--at", "t=0", "--tolerance", "1e-3"])
    assert run.exit_code == 0, run.output
