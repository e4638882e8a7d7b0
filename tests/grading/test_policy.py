"""What a teacher asks beyond the value: form, words, tolerance, partial credit, SymPy's opinion."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from derivx.errors import UsageError
from derivx.grading import Question
from derivx.grading.compare import Comparison, Verdict
from derivx.grading.confirm import confirmed
from derivx.syntax import read

FORMS = [
    # form         yes                                                                    no
    ("simplified", ("6*x^2 + 2*x", "2*x*(3*x + 1)"),                                      ("6*x^2 + x + x", "2*3*x^2 + 2*x", "6*x*x + 2*x", "6*x^3/x + 2*x")),
    ("factored",   ("2*x*(3*x + 1)", "(3*x + 1)*2*x", "6*x*(x + 1/3)"),                   ("6*x^2 + 2*x", "2*(3*x^2 + x)", "x*(6*x + 2)")),
    ("expanded",   ("6*x^2 + 2*x", "2*x + 6*x^2"),                                        ("2*x*(3*x + 1)", "2*(3*x^2 + x)", "6*x^2 + 2*(x + 1) - 2")),
]  # fmt: skip
POLYNOMIALS = [
    # problem                          factored                    not
    ("x^4/4 - x^2/2",                  "x*(x - 1)*(x + 1)",        "x*(x^2 - 1)"),
    ("x^3/3 + x^2 + x",                "(x + 1)^2",                "x^2 + 2*x + 1"),
    ("2*x^3/3 - x^2/2 - x",            "(2*x + 1)*(x - 1)",        "2*x^2 - x - 1"),
    ("x^3/3 + x",                      "x^2 + 1",                  "(x^3 + x)/x"),
    ("x*exp(x)",                       "exp(x)*(x + 1)",           "exp(x) + x*exp(x)"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "yes", "no"), FORMS)
def test_forms(form: str, yes: tuple[str, ...], no: tuple[str, ...]) -> None:
    question = Question("2*x^3 + x^2", "x", form=form)
    for answer in yes:
        assert question.grade(answer).word == "correct", answer
    for answer in no:
        result = question.grade(answer)
        assert (result.word, result.verdict, result.score) == ("wrong", "wrong_form", 0.0), answer
        assert result.mistakes == ()
    assert question.grade("6*x^2").verdict == "different"  # a wrong value is no matter of form


@pytest.mark.parametrize(("problem", "yes", "no"), POLYNOMIALS)
def test_factored_means_that_no_factor_is_left(problem: str, yes: str, no: str) -> None:
    question = Question(problem, "x", form="factored")
    assert question.grade(yes).correct
    assert question.grade(no).verdict == "wrong_form"


def test_words_that_must_and_must_not_be_there() -> None:
    question = Question("tan(x)", "x", must_contain=("sec",), must_not_contain=("tan", "cos"))
    assert question.grade("sec(x)^2").correct
    for answer, missing in (("1 + tan(x)^2", "`sec` is missing"), ("sec(x)/cos(x)", "`cos` must not")):
        result = question.grade(answer)
        assert result.verdict == "wrong_form"
        assert missing in result.message["en"]
        assert result.message["ko"] != result.message["en"]
    assert Question("log(x)*x", "x", must_contain="ln").grade("1 + log(x)").correct  # any spelling


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("0.693*2^x", "within_tolerance"),
        ("2^x*ln(2)", "equal"),
        ("0.6*2^x", "up_to_constant"),
        ("0.693*2^x + 0.1*x", "different"),
        ("2^x*693/1000", "up_to_constant"),  # exact numbers are meant exactly
        ("0", "different"),
    ],
)
def test_tolerance_is_for_rounded_decimals(answer: str, verdict: str) -> None:
    assert Question("2^x", "x", tolerance=1e-3).grade(answer).verdict == verdict


def test_without_a_tolerance_a_rounded_decimal_is_wrong() -> None:
    assert not Question("2^x", "x").grade("0.693*2^x").correct


def test_partial_credit() -> None:
    question = Question("cos(x)", "x", points=10, partial={"up_to_sign": 0.5, "wrong_form": 0.8}, must_not_contain="cos")
    given = {a: question.grade(a).score for a in ("-sin(x)", "sin(x)", "cos(x + pi/2)", "cos(x)", "-sin(", "tan(x)")}
    assert given == {"-sin(x)": 10, "sin(x)": 5, "cos(x + pi/2)": 8, "cos(x)": 0, "-sin(": 0, "tan(x)": 0}


@pytest.mark.parametrize(
    "given",
    [
        {"form": "pretty"},
        {"partial": {"equal": 0.5}},
        {"partial": {"undecided": 0.5}},
        {"partial": {"up_to_sign": 2}},
        {"tolerance": 1.5},
        {"tolerance": -0.1},
        {"confirm": "maple"},
        {"lang": "fr"},
    ],
)
def test_what_does_not_fit_is_said(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as error:
        Question("x^2", "x", **given)
    assert next(iter(given)) in error.value.message("en")


UNDECIDED = Comparison(Verdict.UNDECIDED)


def test_sympy_can_only_call_right_what_is_undecided() -> None:
    proved = confirmed(read("(x + 1)^2"), read("x^2 + 2*x + 1"), UNDECIDED, seconds=100)
    assert (proved.verdict, proved.method) == (Verdict.EQUAL, "sympy")
    assert confirmed(read("(x + 1)^2"), read("x^2 + 1"), UNDECIDED, seconds=100) is UNDECIDED
    assert confirmed(read("x^2"), read("x^2"), UNDECIDED, seconds=1e-3) is UNDECIDED  # killed


def test_sympy_is_asked_where_the_teacher_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivx.grading.question.confirmed", partial(confirmed, seconds=100))  # on a busy machine
    for confirm, verdict in (("", "undecided"), ("sympy", "equal")):
        question = Question("x^2", "x", confirm=confirm)
        monkeypatch.setattr(question.judge, "compare", lambda _: UNDECIDED)
        result = question.grade("x + x")
        assert (result.verdict, result.score) == (verdict, float(verdict == "equal"))
        assert question.grade("3*x").verdict == "undecided"


def test_a_name_of_a_hostile_answer_reaches_no_sympy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    question = Question("x^2", "x", confirm="sympy")
    monkeypatch.setattr(question.judge, "compare", lambda _: UNDECIDED)
    assert question.grade("__import__('os').mkdir('derivx_marker_m')").word == "refused"
    assert list(tmp_path.iterdir()) == []
