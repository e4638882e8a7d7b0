"""What ``import derivx`` offers: explain, define, a derivation's answer, verdict, printers and SymPy objects."""

from __future__ import annotations

import json
import pickle
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import derivx
from derivx import ops
from derivx.check.verdict import Check, Verdict
from derivx.expr import Sym

X = sp.Symbol("x", real=True)


def one(text: Any, wrt: str = "x", **options: Any) -> derivx.Derivation:
    found = derivx.explain(text, wrt=wrt, **options)
    assert isinstance(found, derivx.Derivation)
    return found


def answer(text: Any, wrt: str = "x", **options: Any) -> str:
    return derivx.write(one(text, wrt, **options).answer)


@pytest.mark.parametrize(
    ("question", "options", "wanted"),
    [
        ("x^2", {}, "2*x"),
        (derivx.read("x^2"), {}, "2*x"),
        (X**2, {}, "2*x"),
        ("y = x^2", {}, "2*x"),
        ("f(x) = x^2", {}, "2*x"),
        (r"\frac{1}{2}x^2", {}, "x"),
        ("-x^2", {}, "-2*x"),
        ("x^3", {"order": 2}, "6*x"),
        ("x^2 + y^2 = 1", {"implicit": "y"}, "-x/y"),
        ("D(x^2, x)", {}, "2*x"),
        ("wx", {"names": ["w", "x"]}, "w"),
        ("7", {}, "0"),
    ],
)
def test_questions(question: Any, options: dict[str, Any], wanted: str) -> None:
    assert answer(question, **options) == wanted


def test_mixed_partials() -> None:
    found = one("x^2*y^3", "x,y", mixed=True)
    assert (found.wrt, found.order, derivx.write(found.answer)) == (("x", "y"), 2, "6*x*y^2")


def test_every_variable_in_the_order_written() -> None:
    found = derivx.explain("sigmoid(w*x + b)")
    assert isinstance(found, derivx.Derivations)
    assert [d.wrt for d in found] == [("w",), ("x",), ("b",)]
    assert found.verdict == "PASS"
    assert found.to_dict()["schema"] == "derivx/1"
    assert len(found.to_dict()["derivations"]) == 3
    assert str(found) == found.text()
    assert found.latex(standalone=True).count(r"\documentclass") == 1
    assert set(found._repr_mimebundle_()) == {"text/plain", "text/html", "text/markdown", "text/latex"}
    assert found.markdown("ko") != found.markdown("en")


def test_one_asked_for_in_a_list_is_a_list() -> None:
    assert isinstance(derivx.explain("x^2", wrt=["x"]), derivx.Derivations)
    assert isinstance(derivx.explain("x*y", wrt="x, y"), derivx.Derivations)


@pytest.mark.parametrize(
    ("question", "options", "key"),
    [
        ("x^2", {"detail": "none"}, "bad_option"),
        ("x^2", {"order": 0}, "bad_option"),
        ("x^2", {"order": 10}, "bad_option"),
        (3.5, {}, "bad_option"),
        ("x^2", {"wrt": "x^2"}, "bad_wrt"),
        ("x^2", {"wrt": "x,,y"}, "bad_wrt"),
        ("x^2 = 1", {}, "needs_implicit"),
        ("x^2 = 1", {"implicit": "y"}, "no_such_variable"),
        ("x^2", {"at": {}}, "missing_value"),
        ("x^2", {"at": {"x": 1, "t": 2}}, "no_such_variable"),
        ("log(x)", {"at": {"x": -1}}, "undefined_there"),
    ],
)
def test_what_does_not_fit(question: Any, options: dict[str, Any], key: str) -> None:
    with pytest.raises(derivx.UsageError) as caught:
        derivx.explain(question, **{"wrt": "x", **options})
    assert caught.value.key == key
    assert caught.value.message("ko") != caught.value.message("en")


@pytest.mark.parametrize("text", ["", "x +", "x^(", "sgmoid(x)", "x @@ y", "1..2"])
def test_unreadable(text: str) -> None:
    with pytest.raises(derivx.DerivxError):
        derivx.explain(text)


def test_an_answer_a_referee_rejects_is_refused() -> None:
    found = one("x^2")
    rejected = replace(found, checks=(Check(0, "complex_step", Verdict.FAIL, 1.0),))
    assert rejected.verdict == "FAIL"
    with pytest.raises(derivx.CheckFailed) as caught:
        _ = rejected.answer
    assert caught.value.exit_code == 1


def test_without_checks() -> None:
    found = one("sigmoid(w*x + b)", "w", check=False)
    assert found.verdict == "SKIPPED"
    assert found.checks == ()
    assert found.answer == one("sigmoid(w*x + b)", "w").answer
    assert found.to_dict()["verdict"] != "PASS"


@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_the_answer_is_the_same_in_every_detail(detail: str) -> None:
    assert answer("(w*x + b)^3", detail=detail) == "3*w*(w*x + b)^2"


def test_the_referees_and_their_verdicts() -> None:
    found = one("sigmoid(w*x + b)", "w")
    assert {c.referee for c in found.checks} >= {"sympy", "complex_step", "autograd", "finite_difference"}
    assert all(c.verdict is Verdict.PASS for c in found.checks if c.step is not None)
    assert all(c.digits is None or c.digits > 6 for c in found.checks)
    scopes = {c["scope"] for c in found.to_dict()["checks"]}
    assert "answer" in scopes


def test_kinks() -> None:
    found = one("abs(x) + relu(x - 1)")
    assert set(found.to_dict()["kinks"]) == {"x = 0", "x - 1 = 0"}
    assert found.verdict == "PASS"
    assert [c for c in found.checks if c.verdict is Verdict.KINK]
    assert one("x^2").to_dict()["kinks"] == []


def test_the_dictionary_is_json() -> None:
    row = one("sigmoid(w*x + b)", "w").to_dict()
    assert json.loads(json.dumps(row)) == row
    assert row["question"] == "D(sigmoid(w*x + b), w)"
    assert (row["wrt"], row["order"], row["answer"]) == ("w", 1, "x*s*(1 - s)")
    assert row["where"] == {"u": "w*x + b", "s": "sigmoid(w*x + b)"}
    assert set(row["steps"][0]) >= {"rule", "path", "span", "before", "after", "conditions", "text", "checks"}
    assert set(row["steps"][0]["text"]) == {"en", "ko"}


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
def test_printers(lang: str) -> None:
    found = one("x^2*sin(x)/(x + 1)")
    text = found.text(lang)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert found.latex(lang, standalone=True).count(r"\end{document}") == 1
    assert r"\documentclass" not in found.latex(lang)
    assert "$" in found.markdown(lang)
    assert set(found._repr_mimebundle_()) >= {"text/plain", "text/markdown"}
    assert found.text("en", ascii=True).isascii()
    assert found.hint(1, lang)
    assert str(found) == found.text()


def test_numbers_line_by_line() -> None:
    found = one("sigmoid(w*x + b)", "w", at={"w": 0.5, "x": 2, "b": 1})
    assert found.numbers
    assert all(abs(value - 0.2099871708) < 1e-9 for _, value in found.numbers)
    assert "0.20998" in found.text()


# SymPy.

QUESTIONS = [
    ("x^2*sin(x)", "x"),
    ("sigmoid(w*x + b)", "w"),
    ("log(1 + exp(x))", "x"),
    ("(x^2 + 1)/(x - 1)", "x"),
    ("(w*x + b - y)^2/2", "w"),
    ("sin(exp(x^2))", "x"),
    ("x^sin(x)", "x"),
    ("exp(z1)/(exp(z1) + exp(z2))", "z1"),
    ("gelu(x)", "x"),
    ("tanh(w*x)*relu(x)", "x"),
]
AT = {"x": 0.7, "w": 0.4, "b": 0.3, "y": 0.2, "z1": 0.5, "z2": 0.9}


def number(value: Any) -> complex:
    value = sp.sympify(value.doit() if hasattr(value, "doit") else value)
    return complex(value.subs({s: AT[s.name] for s in value.free_symbols}).evalf())


@pytest.mark.parametrize(("text", "wrt"), QUESTIONS)
def test_the_answer_for_sympy(text: str, wrt: str) -> None:
    found = one(text, wrt)
    value = found.sympy()
    assert {s.name for s in value.free_symbols} <= set(AT)
    from derivx.algebra.door import by_definition, symbols

    question = by_definition(derivx.read(text), symbols(AT))
    assert abs(number(value) - number(sp.diff(question, symbols([wrt])[wrt]))) < 1e-12


@pytest.mark.parametrize(("text", "wrt"), QUESTIONS)
def test_each_line_is_an_equation(text: str, wrt: str) -> None:
    found = one(text, wrt)
    equations = found.equations()
    assert len(equations) == len(found.steps)
    assert equations[0].lhs.has(sp.Derivative)
    for equation in equations:
        assert isinstance(equation, sp.Eq)
        assert abs(number(equation.lhs) - number(equation.rhs)) < 1e-10


@pytest.mark.parametrize(
    "value", [X**2 + 1, sp.sin(X) * sp.exp(-X), sp.sqrt(X), sp.Abs(X), sp.Piecewise((X, X > 0), (0, True)), 1 / X, sp.log(X) / 3]
)
def test_sympy_goes_in_and_comes_out(value: Any) -> None:
    found = one(value)
    assert found.verdict == "PASS"
    assert abs(number(found.sympy()) - number(sp.diff(value, X))) < 1e-12


def test_what_sympy_has_and_we_have_not() -> None:
    with pytest.raises(derivx.NotSupported):
        derivx.explain(sp.zeta(X))


# Operations of one's own.


def test_define() -> None:
    derivx.define("swish3(x) = x*sigmoid(3*x)")
    try:
        found = one("swish3(w*x)", "w")
        assert found.verdict == "PASS"
        assert abs(number(found.sympy()) - number(sp.diff(_swish3(), sp.Symbol("w", real=True)))) < 1e-12
    finally:
        ops.unregister("swish3")


def _swish3() -> Any:
    w, x = sp.symbols("w x", real=True)
    return w * x / (1 + sp.exp(-3 * w * x))


def test_register_with_a_python_value() -> None:
    derivx.register(derivx.Op("cubed", "x", lambda _, x: x * x * x, names=derivx.Names("cube", "세제곱")))
    try:
        found = one("cubed(2*x)")
        assert found.verdict == "PASS"
        assert abs(number(found.sympy()) - 24 * 0.7**2) < 1e-12
    finally:
        ops.unregister("cubed")


@pytest.mark.parametrize(
    ("text", "error"),
    [("swish4 = x", "bad_option"), ("x*2", "bad_option"), ("swish4(x) = x*w", "no_such_variable"), ("sigmoid(x) = x", "bad_option")],
)
def test_definitions_that_do_not_fit(text: str, error: str) -> None:
    with pytest.raises(derivx.DerivxError) as caught:
        derivx.define(text)
    assert caught.value.key == error


# The package.


def test_the_public_names() -> None:
    for name in derivx.__all__:
        assert getattr(derivx, name) is not None
    assert "functions" in dir(derivx)
    with pytest.raises(AttributeError):
        _ = derivx.nothing


def test_a_derivation_can_be_pickled() -> None:
    found = one("sigmoid(w*x + b)", "w")
    again = pickle.loads(pickle.dumps(found))
    assert again.to_dict() == found.to_dict()


def test_nothing_parses_text_with_sympy() -> None:
    """No text ever reaches a parser that executes it."""
    for path in Path(derivx.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"\bsympify\(|\bparse_expr\b|\bparse_latex\b|(?<!def )(?<![.\w])(eval|exec)\(|\bsp\.S\(", text)


def test_a_variable_that_is_not_there() -> None:
    assert answer("x^2", "q") == "0"
    assert one("x^2", "q").wrt == (Sym("q").name,)
