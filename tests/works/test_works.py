"""Works: the first wrong line, what follows from it, and what is said of each line."""

from __future__ import annotations

import json
import pickle
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import derivx
from derivx.errors import UsageError
from derivx.grading.mistakes.table import GROUP_OF
from derivx.words import LANGUAGES
from derivx.works.setup import assumed

pytestmark = pytest.mark.slow  # one long table

WORKS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "works.json").read_text("utf-8"))


BY_ID = {row["id"]: row for row in WORKS}


@cache
def checked(name: str) -> derivx.WorkResult:
    row = BY_ID[name]
    return derivx.check_work(row["lines"], row["problem"], row["wrt"], domain=row.get("domain"), assume=row.get("assume"))


def check(row: dict[str, Any]) -> derivx.WorkResult:
    return checked(row["id"])


@pytest.mark.parametrize("row", WORKS, ids=lambda row: row["id"])
def test_the_first_wrong_line(row: dict[str, Any]) -> None:
    found = check(row)
    assert found.first_wrong_line == row["first_wrong_line"], found.text()
    if row["first_wrong_line"] is None:
        assert found.status == "right", found.text()
        assert found.score == found.max_score
    else:
        assert found.score < found.max_score


def named(row: dict[str, Any]) -> bool:
    return GROUP_OF[row["tag"]] in {GROUP_OF[m.tag] for m in check(row).mistakes}


def test_the_mistake_is_named() -> None:
    rows = [row for row in WORKS if row["tag"]]
    missed = [row["id"] for row in rows if not named(row)]
    assert len(rows) >= 35
    assert len(missed) <= len(rows) / 10, missed


def test_a_result_is_plain_data_and_always_the_same() -> None:
    row = next(r for r in WORKS if r["first_wrong_line"] == 1)
    checked.cache_clear()
    one = check(row)
    checked.cache_clear()
    two = check(row)
    assert one is not two
    assert pickle.loads(pickle.dumps(one)) == one
    assert {**one.to_dict(), "ms": 0} == {**two.to_dict(), "ms": 0}
    assert json.loads(one.to_json())["first_wrong_line"] == 1
    for lang in LANGUAGES:
        assert row["lines"][1] in one.text(lang)


def verdicts(*lines: str, problem: str = "", wrt: str = "x", **options: Any) -> list[str]:
    return [line.verdict for line in derivx.check_work(lines, problem, wrt, **options).lines]


@pytest.mark.parametrize(
    ("problem", "lines", "expected"),
    [
        ("x^2*sin(x)", ["y' = 2*x*cos(x)", "= x*2*cos(x)"], ["wrong", "carried"]),
        ("exp(3*x)*x", ["y' = exp(3*x)*x + exp(3*x)", "= exp(3*x)*(x + 1)", "= exp(3*x)*(x + 2)"], ["wrong", "carried", "wrong"]),
        ("sin(x^2)", ["u = x^2", "du/dx = x", "dy/du = cos(u)", "dy/dx = cos(u)*x"], ["given", "wrong", "right", "carried"]),
        ("sin(x^2)", ["y' = cos(x^2)*D(x^2, x)", "= cos(x^2)*2*q"], ["right", "unread"]),
        ("sin(x^2)", ["u0 = x^2", "u1 = sin(u0)", "du1/du0 = cos(u0)", "y' = cos(u0)*2*x"], ["given", "right", "right", "right"]),
        ("sin(x^2)", ["u0 = x^2", "du0/dx = x", "y' = cos(u0)*x"], ["given", "wrong", "carried"]),
        ("sin(x^2)", ["We use the chain rule.", "y' = cos(x^2)*2*x"], ["remark", "right"]),
    ],
)
def test_each_line_has_its_verdict(problem: str, lines: list[str], expected: list[str]) -> None:
    assert verdicts(*lines, problem=problem) == expected


def test_a_work_that_stops_before_the_end_is_unfinished() -> None:
    found = derivx.check_work(["y' = cos(x^2)*D(x^2, x)"], "sin(x^2)", "x")
    assert (found.status, found.first_wrong_line, found.answer) == ("unfinished", None, False)
    assert found.score < found.max_score


def test_a_step_may_be_too_big_where_that_is_asked() -> None:
    lines = ["y' = D(sin(x^2)*exp(x), x)", "= 2*x*cos(x^2)*exp(x) + sin(x^2)*exp(x)"]
    assert verdicts(*lines, problem="sin(x^2)*exp(x)") == ["right", "right"]
    assert verdicts(*lines, problem="sin(x^2)*exp(x)", max_skip=1) == ["right", "too_far"]


@pytest.mark.parametrize(
    "work",
    [
        "problem: sin(x^2)\nwrt: x\ny' = cos(x^2)*2*x",
        "문제: sin(x^2)\n변수: x\ny' = cos(x^2)*2*x",
        "d/dx (sin(x^2)) = cos(x^2)*2*x",
        "f(x) = sin(x^2)\nf'(x) = cos(x^2)*2*x",
        "y = sin(x^2)\ndy/dx = 2*x*cos(x^2)",
    ],
)
def test_a_work_may_say_its_question(work: str) -> None:
    assert derivx.check_work(work).correct


def test_a_work_that_does_not_say_its_question_is_a_fault_of_the_question() -> None:
    with pytest.raises(UsageError, match="state the problem"):
        derivx.check_work("= 2*x")


def test_the_right_chain_is_shown_for_a_wrong_one() -> None:
    program = "h = sigmoid(W3*x); yhat = sigmoid(Wout*h); L = (yhat - y)^2"
    found = derivx.check_work(["dL/dW3 = dL/dyhat * dyhat/dWout * dWout/dW3"], program, "W3")
    assert found.first_wrong_line == 0
    assert found.lines[0].right == "D(L, W3) = D(L, yhat)*D(yhat, h)*D(h, W3)"


def derived(expr: str, wrt: str) -> tuple[list[str], list[int]]:
    """The lines of derivx's own derivation, and which of them continue its chain."""
    found = derivx.explain(expr, wrt).to_dict()  # type: ignore[union-attr]
    lines, steps = list[str](), list[int]()
    for step in found["steps"]:
        lines += [f"{name} = {body}" for name, body in step["names"].items()]
        steps.append(len(lines))
        lines.append(f"= {step['after']}")
    lines[steps[0]] = f"D({expr}, {wrt}) {lines[steps[0]]}"
    return lines, steps


DERIVED = [
    ("exp(sin(x^2))*x", "x"), ("(x^2+1)/(x-3)", "x"), ("log(1 + exp(x))", "x"), ("x^x", "x"), ("sqrt(1 + x^2)", "x"), ("tan(3*x)^2", "x"),
    ("1/2*(y-w*x-b)^2", "w"), ("(sigmoid(w*x + b) - y)^2", "b"), ("relu(w*x + b)", "w"), ("f(x^2)", "x"), ("x*atan(x/a)", "x"),
    ("-(y*log(p) + (1 - y)*log(1 - p))", "p"), ("exp(z1)/(exp(z1) + exp(z2) + exp(z3))", "z2"), ("tanh(w*h + u*x)", "w"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "wrt"), DERIVED)
def test_a_change_of_any_line_of_a_derivation_is_found_there(expr: str, wrt: str) -> None:
    lines, steps = derived(expr, wrt)
    whole = derivx.check_work(lines, expr, wrt, domain={"p": (0.1, 0.9)})
    assert whole.status == "right", whole.text()
    for i, k in enumerate(steps[:: max(1, len(steps) // 5)]):
        head, _, rhs = lines[k].partition("= ")
        changed = (f"{rhs} + 1", f"2*({rhs})", f"-({rhs})", f"({rhs})*{wrt}")[i % 4]
        found = derivx.check_work([*lines[:k], f"{head}= {changed}", *lines[k + 1 :]], expr, wrt, domain={"p": (0.1, 0.9)})
        assert found.first_wrong_line == k, found.text()
        assert {line.verdict for line in found.lines[k + 1 :]} <= {"right", "given"}, found.text()


ANSWERS = json.loads((Path(__file__).parents[1] / "data" / "answers.json").read_text("utf-8"))


@pytest.mark.parametrize("row", ANSWERS["scalar"][::7], ids=lambda row: row["id"])
def test_an_answer_is_a_work_of_one_line(row: dict[str, Any]) -> None:
    found = derivx.check_work([f"= {row['student']}"], row["problem"], [row["wrt"]] * row["order"], domain=row["domain"])
    assert found.correct == (row["verdict"] == "correct"), found.text()
    assert found.first_wrong_line == (None if row["verdict"] == "correct" else 0)


NETWORK = "z1 = w1*x + b1; a1 = tanh(z1); z2 = w2*a1 + b2; yhat = sigmoid(z2); L = (yhat - y)^2"


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("dL/dw1 = dL/dyhat * dyhat/dz2 * dz2/da1 * dz1/dw1", "forgot_activation_derivative"),
        ("dL/dw1 = dL/dyhat * dyhat/dz2 * da1/dz1 * dz1/dw1", "weight_lost_in_chain"),
        ("dL/dw1 = dyhat/dz2 * dz2/da1 * da1/dz1 * dz1/dw1", "only_inner_derivative"),
        ("dL/dw1 = dL/dz1", "forgot_inner_derivative"),
        ("dL/dw1 = dL/dyhat * dyhat/dw2 * dw2/dw1", "wrong_variable"),
        ("dL/dw1 = dL/dz1 * b1", "wrong_variable_name"),
    ],
)
def test_a_link_left_out_of_a_chain(line: str, tag: str) -> None:
    found = derivx.check_work([line], NETWORK, "w1")
    assert found.first_wrong_line == 0
    assert GROUP_OF[tag] in {GROUP_OF[m.tag] for m in found.mistakes}, found.mistakes


def test_a_derivative_that_an_earlier_line_carries_out_is_carried_out() -> None:
    lines = ["dL/dyhat = 2*(yhat - y)", "dyhat/dz2 = yhat*(1 - yhat)", "dL/db2 = dL/dyhat * dyhat/dz2"]
    assert derivx.check_work(lines, NETWORK, "b2").status == "right"
    assert derivx.check_work(lines[1:], NETWORK, "b2").status == "unfinished"


@pytest.mark.parametrize("text", ["", "= ", "= = =", "((((", "x" * 3000, "= " + "(" * 500, "= 9^9^9^9", "= gamma(1e300)", "= __import__('os')", "= D(D(D(D(D(D(x^x,x),x),x),x),x),x)"])  # fmt: skip
def test_whatever_a_line_is_a_result_comes_out(text: str) -> None:
    found = derivx.check_work(["y = x^2", text, "= 2*x"], "x^2", "x")
    assert found.lines[2].text == "= 2*x"
    assert json.loads(found.to_json())["lines"]
    assert found.ms < 5000


def test_a_long_work_is_refused() -> None:
    found = derivx.check_work(["= 2*x"] * 301, "x^2", "x")
    assert (found.status, found.score) == ("unread", 0.0)
    assert "300" in found.message["en"]


ARRAYS = "X: (n,d); w: (d,1); y: (n,1); L = sum((X@w - y)^2)"


@pytest.mark.parametrize(
    "text",
    ["", "= ", "= = =", "((((", "x" * 3000, "X X", "dL/dw", "dL/dL = 1", "dw/dX = 2", "r = ones(100000, 100000)", "eye(99999999999)",
     "matrix_power(X^T X, 10^9)", "kron(kron(kron(X,X),kron(X,X)),kron(X,X))", "dL = 2 d(d(d(X)))", "= __import__('os')"],
)  # fmt: skip
def test_whatever_a_line_over_arrays_is_a_result_comes_out(text: str) -> None:
    found = derivx.check_work(["r = X w - y", text, "dL/dw = 2 X^T r"], ARRAYS, "w")
    assert found.lines[2].verdict == "right"
    assert json.loads(found.to_json())["lines"]
    assert found.ms < 5000


def test_errors_are_carried_forward_over_arrays() -> None:
    lines = ["r = X w - y", "dL/dr = r", "dL/dw = X^T dL/dr", "= X^T r", "= 2 X^T r"]
    found = [line.verdict for line in derivx.check_work(lines, ARRAYS, "w").lines]
    assert found == ["given", "wrong", "right", "carried", "right"]


def test_nobody_knows_what_follows_a_line_that_cannot_be_read() -> None:
    assert verdicts("dL/dr = 2 ((r", "= 2 r^T", "dL/dw = 2 X^T (X w - y)", problem=ARRAYS, wrt="w") == ["unread", "undecided", "right"]
    assert verdicts("du/dx = 2*((x", "= 5*x", "y' = 2*x", problem="x^2") == ["unread", "undecided", "right"]


@pytest.mark.parametrize(
    ("domain", "assume", "found"),
    [
        ({"x": [0.1, 2]}, None, {"x": (0.1, 2.0)}),
        (None, "x > 0, y < 0", {"x": (0.3, 1.7), "y": (-1.7, -0.3)}),
        (None, {"x": "positive", "Y": "onehot", "z": "real"}, {"x": (0.3, 1.7)}),
        (None, {"x": "> 1"}, {"x": (1.3, 2.7)}),
        ({"x": [0, None]}, ["y<0"], {"x": (0.0, 2.0), "y": (-1.7, -0.3)}),
        ("0 < x < 1", None, {"x": (0.0, 1.0)}),
    ],
)
def test_where_the_names_lie(domain: Any, assume: Any, found: dict[str, tuple[float, float]]) -> None:
    assert assumed(domain, assume) == found


def test_a_domain_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError):
        derivx.check_work(["= 2*x"], "x^2", "x", domain={"x": [2, 1]})
