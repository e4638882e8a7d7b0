"""Questions that would take the grader's machine: each ends in one clear refusal, soon and in little memory."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest

from derivx import Question
from derivx.errors import LimitError

COSTLY: list[tuple[str, str, dict[str, Any]]] = [
    ("L = sum(x^2)", "x", {"shapes": {"x": (1_000_000_000,)}}),
    ("L = sum(X @ Y)", "X", {"shapes": {"X": (3000, 3000), "Y": (3000, 3000)}}),
    ("L = log(det(x))", "x", {"shapes": {"x": (60, 60)}}),
    ("x: (n, n); L = sum(kron(kron(x, x), kron(x, x)))", "x", {}),
    ("x: (n, n); y = kron(kron(x, x), x); L = sum(kron(y, y))", "x", {}),
    ("L = sum(eye(10000)) + sum(x)", "x", {"shapes": {"x": (3,)}}),
    ("L = sum(ones(100000, 100000) @ ones(100000, 3) @ x)", "x", {"shapes": {"x": (3,)}}),
    ("L = sum(outer(outer(x, x) @ x, x))", "x", {"shapes": {"x": (400,)}}),
    ("L = sum(matrix_power(X, 100000000))", "X", {"shapes": {"X": ("n", "n")}}),
    ("L = tr(matrix_power(X, 10000*10000))", "X", {"shapes": {"X": ("n", "n")}}),
    ("L = sum(x)", "x", {"shapes": {"x": (3,)}, "let": {"Q": "ones(100000, 100000)"}}),
    ("^".join(["x"] * 80), "x", {}),
    ("sin(x^2)*exp(x)/(1 + x^2)", "x", {"order": 9}),
    ("sin(x^2)*exp(x)/(1 + x^2)", "x", {"order": 8}),
    ("tan(x)^5*exp(sin(x))", "x", {"order": 9}),
    ("gamma(gamma(gamma(gamma(x))))", "x", {"order": 4}),
    ("+".join(f"sin({i}*x)" for i in range(1, 5001)), "x", {}),
    ("*".join(f"sin({i}*x)" for i in range(1, 401)), "x", {}),
    ("x^2", "x", {"variables": [f"v{i}" for i in range(200_000)]}),
]
AFFORDED: list[tuple[str, str, dict[str, Any], str]] = [
    ("x: (n, n); L = sum(kron(x, x))", "x", {}, "2 sum(x) ones(n, n)"),
    ("L = sum((X@W)^2)", "W", {"shapes": {"X": (9, 7), "W": (7, 5)}}, "2 X^T X W"),
    ("L = log(det(x))", "x", {"shapes": {"x": (12, 12)}}, "inv(x)^T"),
    ("L = tr(matrix_power(X, 5))", "X", {"shapes": {"X": ("n", "n")}}, "5 (X^T X^T X^T X^T)"),
    ("sin(x)*exp(x)", "x", {"order": 6}, "-8*cos(x)*exp(x)"),
    ("+".join(f"sin({i}*x)" for i in range(1, 101)), "x", {}, "+".join(f"{i}*cos({i}*x)" for i in range(1, 51))),
    ("^".join(["x"] * 5), "x", {}, "1"),
]


@pytest.mark.parametrize(("problem", "wrt", "given"), COSTLY)
def test_a_question_that_costs_too_much_is_refused(problem: str, wrt: str, given: dict[str, Any]) -> None:
    start = time.process_time()
    with pytest.raises(LimitError) as caught:
        Question(problem, wrt, **given)
    assert time.process_time() - start < 30  # a second, on a machine that nobody shares and where nothing is measured
    assert caught.value.key in ("costly_question", "large_sizes", "too_many_steps")
    for lang in ("en", "ko"):
        assert len(caught.value.message(lang)) < 250


@pytest.mark.parametrize(("problem", "wrt", "given"), [row for row in COSTLY if row[2].get("shapes") or ":" in row[0]])
def test_it_is_refused_before_any_memory_is_taken(problem: str, wrt: str, given: dict[str, Any]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(LimitError):
            Question(problem, wrt, **given)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("problem", "wrt", "given", "answer"), AFFORDED)
def test_a_question_of_a_course_is_not(problem: str, wrt: str, given: dict[str, Any], answer: str) -> None:
    assert Question(problem, wrt, **given).grade(answer).word in ("correct", "wrong")
