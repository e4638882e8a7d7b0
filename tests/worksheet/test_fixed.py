"""Problems of a teacher's own: what is asked, the value in the key, what the grader says of it."""

from __future__ import annotations

from typing import Any

import pytest

from derivx.errors import DerivxError
from derivx.grading import Question
from derivx.render.document import Document
from derivx.render.text import to_text
from derivx.syntax import write
from derivx.worksheet.fixed import fixed

CHAIN = "z = w*x + b\na = sigmoid(z)\nL = (a - y)^2"
TOY = "b = w1*a; c = w2*a; d = w3*b + w4*c; L = 10 - d"
TOY_AT = {"w1": 2, "w2": 3, "w3": -1, "w4": 2, "a": 1}
ROWS: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("3*x^2 - 5*x", "x", {}, {"D(y, x)": "6*x - 5"}),
    ("f(x) = x*exp(x)", "", {}, {"D(f, x)": "exp(x)*(x + 1)"}),
    ("L = w^2*x", "w,x", {}, {"D(L, w)": "2*x*w", "D(L, x)": "w^2"}),
    ("x^2*y", "x,y", {"at": {"x": 2, "y": -1}}, {"D(L, x)": "-4", "D(L, y)": "4"}),
    ("x^2", "x", {"at": {"x": "1/3"}}, {"D(y, x)": "2/3"}),
    ("sigmoid(x)", "x", {"at": {"x": 1}}, {"D(y, x)": "0.197"}),
    ("E = abs(p - 1) + abs(q)", "", {"at": {"p": 0.25, "q": -0.5}}, {"E": "1.25"}),
    (CHAIN, "b", {}, {"D(L, b)": "2*(sigmoid(w*x + b) - y)*sigmoid(w*x + b)*(1 - sigmoid(w*x + b))"}),
    (TOY, "a,d", {"at": TOY_AT}, {"b": "2", "c": "3", "d": "4", "L": "6", "D(L, a)": "-4", "D(L, d)": "-1"}),
    ("w = 3\nx = 2\nL = (w*x - 1)^2", "w", {}, {"D(L, w)": "20"}),
    ("L = sum((X @ w - y)^2)", "w", {"shapes": {"X": ("n", "d"), "w": ("d",), "y": ("n",)}}, {"D(L, w)": "2*(X.T @ (X @ w - y))"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrt", "more", "answers"), ROWS)
def test_answers(text: str, wrt: str, more: dict[str, Any], answers: dict[str, str]) -> None:
    problem = fixed(text, wrt, **more)
    assert {write(a.name): write(a.value) for a in problem.asked} == answers
    for asked in problem.asked:
        assert Question(**asked.grading).grade(write(asked.value)).correct, asked
        assert not Question(**asked.grading).grade(write(asked.value) + " + 1").correct
    for lang in ("en", "ko"):
        assert to_text(Document((*problem.parts, *problem.solution), (lang,), problem.style))


@pytest.mark.parametrize(
    ("text", "wrt", "more", "key"),
    [
        ("x^2*y", "x", {"at": {"x": 2}}, "missing_value"),
        ("x^2", "x", {"at": {"x": "two"}}, "bad_value"),
        ("x^2", "x", {"at": {"x": "1/t"}}, "bad_value"),
        (TOY, "a", {"at": {"a": 1}}, "missing_value"),
        (TOY, "q", {}, "no_such_variable"),
        ("x^2 + y^2 = 1", "x", {}, "needs_implicit"),
        ("x +", "x", {}, "ends_early"),
    ],
)  # fmt: skip
def test_faults_are_said(text: str, wrt: str, more: dict[str, Any], key: str) -> None:
    with pytest.raises(DerivxError) as caught:
        fixed(text, wrt, **more)
    assert caught.value.key == key
    assert all(caught.value.message(lang) for lang in ("en", "ko"))
