"""Moodle XML: the type that fits each problem, its structure, what it says of mistakes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from derivx.grading import Question
from derivx.syntax import read
from derivx.worksheet.exports import exported, maxima
from derivx.worksheet.problem import Problem
from tests.worksheet.exports import made
from tests.worksheet.exports.schemas import harmless, valid


def bank(*papers: tuple[Problem, ...], **more: Any) -> Any:
    return valid(exported(made.pack(*papers, **more), "moodle")["moodle.xml"], "moodle.rng")


def of(problem: Problem, **more: Any) -> Any:
    (question,) = [q for q in bank((problem,), **more) if q.get("type") != "category"]
    return question


@pytest.mark.parametrize("langs", [("en",), ("ko",), ("en", "ko")])
def test_every_problem_has_the_type_that_fits(langs: tuple[str, ...]) -> None:
    types = [q.get("type") for q in bank(made.ALL, langs=langs)]
    assert types == ["category", "multichoice", "numerical", "numerical", "cloze", "stack", "stack", "essay", "essay", "essay"]


def test_an_option_says_the_mistake_that_leads_to_it() -> None:
    question = of(made.CHOICE, langs=("en", "ko"))
    answers = question.findall("answer")
    assert [a.get("fraction") for a in answers] == ["0", "100", "0", "0"]
    assert [bool(a.findtext("feedback/text")) for a in answers] == [True, False, True, True]
    assert "<code>sin(x^2)</code>" in answers[0].findtext("feedback/text")
    assert re.search("[가-힣]", answers[0].findtext("feedback/text"))
    assert answers[1].findtext("text") == r"\(\displaystyle 2\,x\,\cos(x^{2})\)"


@pytest.mark.parametrize(
    ("problem", "text", "tolerance"),
    [
        (made.NUMBER, "12", "0"),
        (made.ROUNDED, "0.906", "0.000906"),
        (made.numbers(made.Asked(read("y"), read("2/3"), {"problem": "2/3"})), "0.666666666667", "0.000667"),
        (made.numbers(made.Asked(read("y"), read("1/8000000"), {"problem": "1/8000000"})), "0.000000125", "0"),
        (made.numbers(made.Asked(read("y"), read("-1/3000"), {"problem": "-1/3000"})), "-0.000333333333333", "0.00000333"),
        (made.numbers(made.Asked(read("y"), read("e^2"), {"problem": "e^2"})), "7.38905609893", "0.00739"),
    ],
)
def test_a_number_and_how_near_it_must_be(problem: Problem, text: str, tolerance: str) -> None:
    question = of(problem)
    assert (question.findtext("answer/text"), question.findtext("answer/tolerance")) == (text, tolerance)


def test_several_numbers_are_gaps() -> None:
    shown = of(made.NUMBERS).findtext("questiontext/text")
    assert re.findall(r"\{(\d+):NUMERICAL:=([-\d.]+):([\d.]+)\}", shown) == [("1", "2", "0"), ("1", "4", "0")]


def test_stack_has_the_answer_its_mistakes_and_tests() -> None:
    question = of(made.SIGMOID)
    variables = question.findtext("questionvariables/text")
    assert variables.startswith("sigmoid(x):=1/(1+exp(-x));\nta1:2*x*sigmoid(")
    assert [i.findtext("allowwords") for i in question.findall("input")] == ["sigmoid", "sigmoid"]
    shown = question.findtext("questiontext/text")
    for i, tree in enumerate(question.findall("prt"), 1):
        assert f"[[input:ans{i}]] [[validation:ans{i}]]" in shown
        nodes = tree.findall("node")
        assert [n.findtext("name") for n in nodes] == list(map(str, range(len(nodes))))
        assert [n.findtext("falsenextnode") for n in nodes] == [*map(str, range(1, len(nodes))), "-1"]
        assert [n.findtext("truescore") for n in nodes] == ["1", *["0"] * (len(nodes) - 1)]
        assert all(n.findtext("truefeedback/text") for n in nodes[1:])
        assert len(nodes) == 4
    known = {note.text for note in question.iter("trueanswernote")}
    assert {note.text for note in question.iter("expectedanswernote")} == known


def test_the_mistakes_in_a_tree_are_wrong() -> None:
    question = of(made.FORMULA)
    grader = Question(**made.FORMULA.asked[0].grading)
    wrong = [node.findtext("tans") for node in question.findall("prt/node")[1:]]
    assert len(wrong) == 3
    assert {grader.grade(formula.replace("%", "")).word for formula in wrong} == {"wrong"}


def test_what_nothing_can_compare_has_its_key() -> None:
    for problem in (made.KINK, made.MATRIX, made.VECTOR):
        assert harmless(of(problem).findtext("graderinfo/text"))


def test_variants_stand_in_a_category_for_each_exercise() -> None:
    root = bank((made.NUMBER, made.CHOICE), (made.ROUNDED, made.CHOICE), title="a/b", names=("2024-1", "2024-2"))
    assert [c.text for c in root.iterfind("question/category/text")] == [
        f"$course$/top/a//b{n}" for n in ("", "/Exercise 1", "/Exercise 2")
    ]
    ids = [q.findtext("idnumber") for q in root if q.get("type") != "category"]
    assert len(set(ids)) == len(ids) == 4
    assert [q.findtext("name/text") for q in root if q.get("type") == "numerical"] == ["a/b · 1 · 2024-1", "a/b · 1 · 2024-2"]


def test_hints_are_given_one_by_one() -> None:
    assert [h.findtext("text") for h in of(made.KINK).findall("hint")] == [
        "<p>chain rule</p>",
        r"<p>Look at \(\operatorname{relu}(w\,x)^{2}\).</p>",
    ]


def test_stack_compares_only_what_maxima_has() -> None:
    assert maxima.written(read("relu(x)")) is None
