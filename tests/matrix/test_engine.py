"""The engine of matrix derivatives by the independent judge: textbook cases, random programs, layouts, steps, mutants."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from derivx import backprop, explain
from derivx.api.matrices import MatrixDerivation, MatrixDerivations
from derivx.check.matrix import check_matrix
from derivx.derive.matrix.engine import solve
from derivx.derive.matrix.spelling import spelt
from derivx.errors import DerivxError, NotSupported, UsageError
from derivx.expr import neg
from derivx.syntax import Limits, read, write
from tests.conftest import share
from tests.matrix.generate import random_case
from tests.matrix.judge import cases, is_right_everywhere
from tests.matrix.mutate import mutants
from tests.matrix.normal import ratio, same

CASES = {case["id"]: case for case in cases()}
QUESTION_FIELDS = ("id", "category", "vars", "assume", "let", "expr", "wrt", "kind", "dims", "consts")


def runner() -> Any:
    """The runner for files of cases, as a module."""
    path = Path(__file__).parents[2] / "benchmarks" / "matrix_cases.py"
    spec = importlib.util.spec_from_file_location("matrix_cases", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault("matrix_cases", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


RUNNER = runner()


@cache
def row(name: str) -> dict[str, Any]:
    """What the runner says of a case of which it sees the question alone."""
    found: dict[str, Any] = RUNNER.row(RUNNER.derived({k: v for k, v in CASES[name].items() if k in QUESTION_FIELDS}))
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_textbook_derivative_is_right_closed_and_proved(name: str) -> None:
    found = row(name)
    assert found["verdict"] == "PASS"
    assert found["closed"]
    assert is_right_everywhere(CASES[name], found["answer"], found["where"])
    assert ratio(CASES[name], found["answer"], found["where"]) <= 1.5


def test_answers_have_the_form_of_the_textbook() -> None:
    found = {name: row(name) for name in CASES}
    identical = [n for n, r in found.items() if same(CASES[n], r["answer"], r["where"])]
    no_larger = [n for n, r in found.items() if ratio(CASES[n], r["answer"], r["where"]) <= 1]
    assert len(identical) >= 0.95 * len(CASES)
    assert len(no_larger) >= 0.98 * len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_mutants_of_an_answer_are_told_apart(name: str) -> None:
    found = row(name)
    made = mutants(CASES[name], found["answer"], found["where"])
    assert made
    for _, mutant in made:
        assert not is_right_everywhere(CASES[name], mutant, found["where"])


@pytest.mark.parametrize("name", ["lin-02", "mlp-01", "tr-20", "jac-07", "hes-02", "det-14", "jac-09", "str-01"])
def test_a_wrong_answer_or_step_is_rejected(name: str) -> None:
    question = RUNNER.question(CASES[name])
    found = solve(question)
    wrong = replace(found, formula=neg(found.formula))
    assert any(c.verdict == "FAIL" for c in check_matrix(question, wrong)[1])
    for i, step in enumerate(found.steps):
        steps = (*found.steps[:i], replace(step, formula=neg(step.formula)), *found.steps[i + 1 :])
        judged = check_matrix(question, replace(found, steps=steps))[0]
        assert [k for k, c in enumerate(judged) if c.verdict == "FAIL"] == [i]


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_random_programs_are_right(part: int) -> None:
    for i in range(share(500)):
        case = random_case(Random(1_000_000 + 1_000 * part + i))
        found = solve(RUNNER.question(case))
        where = {name: spelt(e) for name, e in found.where.items()}
        assert is_right_everywhere(case, spelt(found.formula), where), case


# What a person asks.

LEAST = "X: (N, d); w: (d); y: (N); L = sum((X@w - y)**2)/N"


def one(text: str, **options: Any) -> MatrixDerivation:
    found = explain(text, **options)
    assert isinstance(found, MatrixDerivation)
    return found


def test_least_squares() -> None:
    found = one(LEAST, wrt="w")
    assert (write(found.answer), found.verdict) == ("2*(X.T @ (X @ w - y))/N", "PASS")
    assert found.numpy == "2 * X.T @ (X @ w - y) / N"
    assert read(write(found.answer), limits=Limits(arrays=True)) == found.answer


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
def test_a_page_in_every_format(lang: str) -> None:
    found = one(LEAST, wrt="w")
    assert "Xᵀ (X w − y)" in found.text(lang)
    assert r"\mathbf{X}^{\top}\,(\mathbf{X}\,\mathbf{w} - \mathbf{y})" in found.latex(lang)
    assert r"\mathbf{X}^{\top}" in found.markdown(lang)
    assert max(map(len, found.text(lang).split("\n"))) <= 80
    assert one("x: (n); L = norm2(x)").text("en", ascii=True).isascii()


def test_several_names_are_several_derivations() -> None:
    found = explain(LEAST, wrt=["X", "w"])
    assert isinstance(found, MatrixDerivations)
    assert found.verdict == "PASS"
    data = found.to_dict()
    assert [d["wrt"] for d in data["derivations"]] == ["X", "w"]
    first = data["derivations"][0]
    assert first["shape"] == ["N", "d"]
    assert first["layout"] == "gradient"
    assert all({"rule", "after", "shape", "local_differential", "checks", "text"} <= set(step) for step in first["steps"])


@pytest.mark.parametrize(
    ("text", "options", "answer"),
    [
        ("A: (n, m); x: (m); b: (n); L = norm2(A @ x - b)**2", {"wrt": "A", "layout": "numerator"}, "2*outer(x, A @ x - b)"),
        ("x: (n); y = softmax(x)", {"wrt": "x", "layout": "denominator"}, "diag(p) - outer(p, p)"),
        ("X: symmetric (n, n); a: (n); b: (n); L = a @ X @ b", {"wrt": "X"}, "(outer(a, b) + outer(b, a))/2"),
        ("X: diagonal (n, n); A: (n, n); L = tr(A @ X)", {"wrt": "X"}, "A*eye(n)"),
        ("A: (p, n); X: (n, m); B: (m, q); F = A @ X @ B", {"wrt": "X", "vec": True}, "kron(B.T, A)"),
        ("A: (n, n); x: (n); L = x @ A @ x", {"wrt": "x", "order": 2}, "A + A.T"),
        ("A: spd (n, n); L = logdet(eye(n) + t*A)", {"wrt": "t"}, "tr(inv(eye(n) + t*A) @ A)"),
        ("W: (h, d); x: (d); L = sum(W @ x)", {"wrt": "W.T"}, "outer(x, ones(h))"),
        ("W: (k, d); x: (d); b: (k); y = softmax(W @ x + b)", {"wrt": "x"}, "(diag(p) - outer(p, p)) @ W"),
        ("q: (d); K: (n, d); V: (n, m); o = softmax(K @ q/sqrt(d)) @ V", {"wrt": "q"}, "V.T @ (diag(p) - outer(p, p)) @ K/sqrt(d)"),
        ("z: (k); L = sum(softmax(z))", {"wrt": "z"}, "0"),
        ("Q: (n, d); P = softmax(Q); L = sum(P)", {"wrt": "Q"}, "0"),
        (
            "x: (d); g: (d); t: (d); mu = mean(x); s = sqrt(mean((x - mu)**2) + eps); u = (x - mu)/s; L = t @ (g*u)",
            {"wrt": "x"},
            "(v - mean(v) - mean(u*v)*u)/s",
        ),
        ("W: (k, d); x: (d); t: (k); L = -t @ log_softmax(W @ x)", {"wrt": "x", "order": 2}, "sum(t)*(W.T @ (diag(p) - outer(p, p)) @ W)"),
    ],
)
def test_kinds_and_layouts(text: str, options: dict[str, Any], answer: str) -> None:
    found = one(text, **options)
    assert write(found.answer) == answer
    assert found.verdict == "PASS"


def test_by_a_symmetric_matrix_both_conventions_are_given() -> None:
    data = one("X: symmetric (n, n); A: (n, n); L = tr(A @ X)", wrt="X").to_dict()["derivations"][0]
    assert data["answers"]["projected"] == data["answer"]
    assert data["answers"]["independent"] != data["answer"]


@pytest.mark.parametrize(
    ("text", "options", "kind"),
    [
        ("X: (n, m); A: (p, m); F = A @ X", {"wrt": "X"}, UsageError),
        ("X: (n, m); A: (p, n); F = A @ X", {"wrt": "X"}, NotSupported),
        ("X: (n, m); L = sum(X)", {"wrt": "Y"}, UsageError),
        ("X: (n, m); L = sum(X", {"wrt": "X"}, DerivxError),
        ("X: (n, m); x: (n); L = sum(X + x)", {"wrt": "X"}, UsageError),
    ],
)
def test_what_does_not_fit_is_said(text: str, options: dict[str, Any], kind: type[DerivxError]) -> None:
    with pytest.raises(kind) as caught:
        explain(text, **options)
    for lang in ("en", "ko"):
        assert caught.value.message(lang)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("x: (n); A: (n, n); L = x*A*x", "x @ A @ x"), ("x: (m); A: (n, m); y = 2*A*x", "A @ x"), ("x: (n); Y = outer(x, x)", "")],
)
def test_a_product_entry_by_entry_where_a_matrix_product_is_meant(text: str, hint: str) -> None:
    with pytest.raises(NotSupported) as caught:
        explain(text, wrt="x")
    assert (caught.value.key, caught.value.hint) == ("needs_vec", hint)


@pytest.mark.parametrize(
    ("text", "order", "key"),
    [
        ("x: (n); L = x @ x", 3, "order_of_arrays"),
        ("x: (n); y = x*x", 2, "order_of_arrays"),
        ("x: (n); A: (n, n); t; L = x @ inv(A + t*A) @ x", 2, "needs_vec"),
    ],
)
def test_an_order_that_is_not_derived_is_refused(text: str, order: int, key: str) -> None:
    with pytest.raises(NotSupported) as caught:
        explain(text, wrt="A" if "A" in text else "x", order=order)
    assert caught.value.key == key
    assert "{" not in caught.value.message("en") + caught.value.message("ko")


def test_a_shape_error_names_both_shapes() -> None:
    with pytest.raises(UsageError) as caught:
        explain("X: (n, m); A: (p, m); F = A @ X", wrt="X")
    assert "(p, m)" in caught.value.message()
    assert "(n, m)" in caught.value.message()


def test_deep_networks_cost_what_their_depth_does() -> None:
    def program(layers: int) -> str:
        shapes = "".join(f"W{i}: (h, h); b{i}: (h); " for i in range(1, layers + 1))
        steps = "".join(f"Z{i} = {'X' if i == 1 else f'A{i - 1}'} @ W{i} + b{i}; A{i} = tanh(Z{i}); " for i in range(1, layers + 1))
        return f"X: (N, h); Y: (N, h); {shapes}{steps}L = sum((A{layers} - Y)**2)"

    from derivx.api.matrices import question_of
    from derivx.derive.matrix.engine import solve_all
    from derivx.syntax.program import read_program

    sizes = {}
    for layers in (5, 10):
        names = [f"W{i}" for i in range(1, layers + 1)]
        question = question_of(read_program(program(layers)), "W1")
        found = solve_all(question, names)
        adjoints = found["W1"].where
        sizes[layers] = sum(len(write(e)) for e in adjoints.values())
        assert write(adjoints["delta2"]) == "delta3 @ W3.T*(1 - A2^2)"
        assert write(found["W1"].formula) == "X.T @ delta1"
    assert sizes[10] < 2.3 * sizes[5]


BATCH = "data X: (N, d); param W: (d, k); data Y: onehot_rows (N, k); Z = X @ W; L = -sum(Y*log(softmax(Z)))/N"


def test_back_propagation_over_arrays() -> None:
    found: Any = backprop(BATCH)
    assert found.verdict == "PASS"
    assert {n: write(a.formula) for n, a in found.answers.items()} == {"W": "X.T @ delta_Z"}
    assert "δ_Z = ∂L/∂Z = (softmax(Z) − Y)/N" in found.text()
    with pytest.raises(NotSupported):
        backprop("X: (n, m); Y = X*2")
    with pytest.raises(UsageError):
        backprop(BATCH, wrt="Q")


def test_entries_of_a_declared_array_are_numbers() -> None:
    found = backprop("data x: (2); param w; L = w*x[0]", at={"w": 1, "x0": 3})
    assert found.gradient_value("w") == 3


def test_numbers_of_an_answer() -> None:
    rng = np.random.default_rng(0)
    env = {"X": rng.normal(size=(5, 3)), "w": rng.normal(size=3), "y": rng.normal(size=5)}
    gradient = eval(one(LEAST, wrt="w").numpy, {**env, "N": 5})
    step = 1e-6 * np.eye(3)
    loss = lambda w: np.sum((env["X"] @ w - env["y"]) ** 2) / 5  # noqa: E731
    assert gradient == pytest.approx([(loss(env["w"] + s) - loss(env["w"] - s)) / 2e-6 for s in step], rel=1e-6)


def test_arrays_are_bold_and_the_signs_of_reasons_reach_latex() -> None:
    found = one("Delta: (n, m); x: (m); t; F = t*Delta @ x; L = sum(F)", wrt="Delta").latex()
    assert r"t\,\boldsymbol{\Delta}\,\mathbf{x}" in found
    assert "?" not in one(LEAST, wrt="w").latex()
    assert "?" not in one("A: (n, n); B: (n, n); L = tr(A @ B.T)", wrt="B").latex()
