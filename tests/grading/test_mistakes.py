"""Wrong answers are explained: the mistake is among the three that are named, and nothing is said of answers to other questions."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from derivx.grading import Question
from derivx.grading.mistakes.answered import SIGNS
from derivx.grading.mistakes.hypotheses import ALGEBRA, ANSWERS, LOCAL, QUESTIONS
from derivx.grading.mistakes.table import GROUP_OF, GROUPS, TAGS, Mutation
from derivx.words import LANGUAGES, TABLES

DATA = json.loads((Path(__file__).parents[1] / "data" / "answers.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = [row for row in DATA["scalar"] if row["verdict"] == "wrong"]
TABLE: tuple[Mutation, ...] = (*LOCAL, *ALGEBRA, *ANSWERS, *QUESTIONS, *SIGNS)


@cache
def question(problem: str, wrt: str, order: int = 1, variables: str = "", domain: str = "{}") -> Question:
    return Question(problem, wrt, order=order, variables=variables.split(), domain=json.loads(domain))


def of_row(row: dict[str, Any]) -> Question:
    return question(row["problem"], row["wrt"], row["order"], " ".join(row["variables"]), json.dumps(row["domain"]))


def groups(q: Question, answer: str) -> list[str]:
    return [GROUP_OF[m.tag] for m in q.grade(answer).mistakes]


def test_the_mistake_is_among_three() -> None:
    missed = [row["id"] for row in ROWS if GROUP_OF[row["tag"]] not in groups(of_row(row), row["student_raw"])]
    assert len(missed) <= len(ROWS) // 20, missed


def test_at_most_three_each_of_its_own_group_with_hints_and_a_step() -> None:
    for row in ROWS:
        q = of_row(row)
        found = q.grade(row["student_raw"]).mistakes
        assert len(found) == len({GROUP_OF[m.tag] for m in found}) <= 3
        for mistake in found:
            assert {lang for lang in mistake.hint if mistake.hint[lang]} == set(LANGUAGES)
            assert 0 <= mistake.step <= len(q.judge.derivation.steps)  # type: ignore[attr-defined]


def test_the_table_is_large_and_its_rows_have_names() -> None:
    assert len(TABLE) >= 100
    assert max(Counter(m.id for m in TABLE).values()) == 1
    assert {m.tag for m in TABLE} <= set(TAGS)


def test_tags_and_groups_are_those_of_the_open_rows() -> None:
    assert {group: tuple(row["tags"]) for group, row in DATA["meta"]["tags"].items()} == dict(GROUPS)


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_has_a_hint(tag: str) -> None:
    assert all(TABLES[lang][f"mistake.{tag}"] for lang in LANGUAGES)


def test_the_same_answer_has_the_same_mistakes_anywhere() -> None:
    for row in ROWS[::12]:
        q = of_row(row)
        first = q.grade(row["student_raw"]).mistakes
        assert q.grade(row["student_raw"]).mistakes == first
        assert pickle.loads(pickle.dumps(q)).grade(row["student_raw"]).mistakes == first


@pytest.mark.parametrize(
    ("problem", "wrt", "answer", "tag", "rule"),
    [
        ("sin(x^2)",             "x", "cos(x^2)",                 "forgot_inner_derivative",             "chain"),
        ("x^2*sin(x)",           "x", "2*x*cos(x)",               "product_as_product_of_derivatives",   "product"),
        ("(x^2 + 1)/(x - 3)",    "x", "2*x",                      "quotient_as_quotient_of_derivatives", "quotient"),
        ("3*x^4",                "x", "4*x^3",                    "lost_coefficient_or_constant",        "constant_multiple"),
        ("sigmoid(w*x + b)",     "w", "x*sigmoid(w*x + b)",       "sigma_prime_as_sigma",                "function"),
        ("2^(x^2)",              "x", "2*x*2^(x^2)",              "missing_ln_a",                        "exponential"),
        ("(x^2 + 1)^x",          "x", "2*x^2*(x^2 + 1)^(x - 1)",  "exponential_as_power",                "logarithmic"),
    ],
)  # fmt: skip
def test_the_step_uses_the_rule(problem: str, wrt: str, answer: str, tag: str, rule: str) -> None:
    q = question(problem, wrt)
    mistake = q.grade(answer).mistakes[0]
    assert (mistake.tag, mistake.rule) == (tag, rule)
    step = q.judge.derivation.steps[mistake.step - 1]  # type: ignore[attr-defined]
    assert mistake.step > 0
    assert step.rule == rule
