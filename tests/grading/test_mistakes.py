"""Wrong answers are explained: the mistake is among the three that are named, and nothing is said of answers to other questions."""

from __future__ import annotations

import json
import pickle
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from derivx.grading import Question
from derivx.grading.mistakes.circuit import Circuit
from derivx.grading.mistakes.hypotheses import Locals
from derivx.grading.mistakes.symbolic import Differentiation, mistaken
from derivx.grading.mistakes.table import GROUP_OF, GROUPS, TAGS
from derivx.grading.values import values
from derivx.syntax import write
from derivx.words import LANGUAGES, TABLES
from tests.grading.mistaken import DATA, FURTHER, ROWS, TABLE, of_row, question


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


def test_the_work_of_a_mistake_is_small() -> None:
    """CPU of a wrong answer, what its question's mistakes cost to prepare included."""
    fresh: dict[str, Question] = {}
    for row in ROWS:
        key = json.dumps([row[k] for k in ("problem", "wrt", "order", "variables", "domain")])
        if key not in fresh:
            fresh[key] = Question(row["problem"], row["wrt"], order=row["order"], variables=row["variables"], domain=row["domain"])
    start = time.process_time()
    for row in ROWS:
        key = json.dumps([row[k] for k in ("problem", "wrt", "order", "variables", "domain")])
        fresh[key].grade(row["student_raw"])
    assert (time.process_time() - start) / len(ROWS) <= 0.010


def test_a_constant_alone_is_no_mistake_unless_the_problem_has_it() -> None:
    for problem, answer in (("sin(x)", "17*cos(x)"), ("x^5", "35*x^4"), ("sin(3*x)", "5*cos(3*x)"), ("e^x*x", "(x + 1)*e^x + 13")):
        assert question(problem, "x").grade(answer).mistakes == ()
    assert question("sin(3*x)", "x").grade("9*cos(3*x)").mistakes


@pytest.mark.parametrize("seed", range(8))
def test_a_piece_that_hardly_shows_is_looked_for(seed: int) -> None:
    """Where all points of the reference lie in one piece, an answer for that piece alone seems right to them."""
    q = Question("relu(x - y - 1.5)*w", "x", domain={"x": (-1, 1), "y": (-1, 1), "w": (0.5, 2)}, seed=seed)
    assert [m.tag for m in q.grade("w").mistakes][:1] == ["relu_gate_lost"]


def test_an_answer_defined_nearly_nowhere_is_compared_where_it_is() -> None:
    q = Question("atan(8*x)", "x")
    for _ in range(2):
        assert groups(q, "8/sqrt(1 - 64*x^2)") == ["trigonometric"]
    assert q.grade("sqrt(-5 - x^2)").mistakes == ()


def test_threads_name_the_same_mistakes() -> None:
    q = Question("(y - sigmoid(w*x + b))^2", "w")
    answers = [row["student_raw"] for row in ROWS if row["problem"] == "(y-sigmoid(w*x+b))^2"] * 4
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda a: q.grade(a).mistakes, answers))
    assert together == [Question("(y - sigmoid(w*x + b))^2", "w").grade(a).mistakes for a in answers]
    assert all(together)


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


def test_the_same_kinds_of_mistakes_in_other_problems() -> None:
    missed = []
    for problem, by, answer, tag in FURTHER:
        name, *order = by.split()
        if GROUP_OF[tag.strip()] not in groups(question(problem.strip(), name, int(order[0]) if order else 1), answer):
            missed.append((problem, answer, tag))
    assert len(missed) <= len(FURTHER) // 20, missed


NAMES = {"x": ("x",), "w": ("w", "x", "b")}
FUNCTIONS = ("sin", "cos", "tan", "exp", "log", "sqrt", "sigmoid", "tanh")


def tree(rng: random.Random, names: tuple[str, ...], depth: int) -> str:
    """A random expression."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(names) if rng.random() < 0.65 else str(rng.randint(1, 9))
    left, right, kind = tree(rng, names, depth - 1), tree(rng, names, depth - 1), rng.random()
    if kind < 0.75:
        return f"({left} {rng.choice('++-**/')} {right})"
    return f"({left})^{rng.randint(2, 4)}" if kind < 0.85 else f"{rng.choice(FUNCTIONS)}({left})"


UNRELATED = [
    ("sin(x^2)", "x"), ("x^2*e^x", "x"), ("(x^2 + 1)/(x - 3)", "x"), ("sqrt(1 - x^2)", "x"), ("ln(x)^2", "x"), ("x^x", "x"),
    ("sigmoid(w*x + b)", "w"), ("(1 - sigmoid(w*x + b))^2", "w"), ("w*tanh(w*x + b)", "w"), ("1/2*(b - w*x)^2", "w"),
]  # fmt: skip


def test_nothing_is_said_of_unrelated_answers() -> None:
    rng, asked, diagnosed = random.Random(7), set[tuple[str, str]](), []
    while len(asked) < 1000:
        problem, wrt = rng.choice(UNRELATED)
        answer = tree(rng, NAMES[wrt], rng.choice((2, 3, 4)))
        result = question(problem, wrt).grade(answer)
        if (problem, answer) in asked or result.word != "wrong":
            continue
        asked.add((problem, answer))
        if result.mistakes:
            diagnosed.append((problem, answer, [m.tag for m in result.mistakes]))
    assert len(diagnosed) <= 10, diagnosed


def test_answers_to_other_questions_are_hardly_ever_diagnosed() -> None:
    """Right answers to questions in the same names; most of those diagnosed are what a mistake gives, too, such as 1/x."""
    families: dict[tuple[str, ...], list[Question]] = {}
    for problem, by, *_ in FURTHER:
        if " " not in by.strip():
            q = question(problem.strip(), by.strip())
            families.setdefault((by.strip(), *sorted(q.judge.reference.table)), []).append(q)  # type: ignore[attr-defined]
    pairs = [(q, other) for family in families.values() for q in dict.fromkeys(family) for other in dict.fromkeys(family)]
    tried = diagnosed = 0
    for q, other in random.Random(3).sample(pairs, 1500):
        result = q.grade(write(other.judge.reference.expr))  # type: ignore[attr-defined]
        if result.word == "wrong":
            tried += 1
            diagnosed += bool(result.mistakes)
    assert tried > 1000
    assert diagnosed <= tried // 50, (diagnosed, tried)


@pytest.mark.parametrize(
    ("problem", "wrt"),
    [
        ("sigmoid(w*x + b)", "w"), ("x^2*sin(3*x)", "x"), ("(x^2 + 1)/(x - 3)", "x"), ("x^x", "x"), ("e^a/(e^a + e^b + e^c)", "b"),
        ("-(y*ln(p) + (1 - y)*ln(1 - p))", "p"), ("(y - relu(w*x + b))^2 + lam*w^2", "w"), ("5^(2*x)/log10(x)", "x"),
    ],
)  # fmt: skip
def test_a_mistake_has_the_same_values_as_numbers_and_as_an_expression(problem: str, wrt: str) -> None:
    asked = question(problem, wrt).judge.diagnosis.asked  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):
        rules = Locals(Circuit(asked.lower, wrt, asked.table, asked.size))
        for hypothesis, row in zip(rules.rows, rules.values(), strict=True):
            written = Differentiation(wrt, mistaken(hypothesis.places)).of(asked.lower)
            found, _ = values(written, asked.table, asked.size)
            assert np.allclose(found, row, rtol=1e-9, equal_nan=True), (hypothesis.mutation.id, write(written))


@pytest.mark.parametrize(
    ("problem", "order", "answer", "tags"),
    [
        ("sin(2*x)",        2, "-2*sin(2*x)",            {"forgot_inner_derivative"}),
        ("sin(2*x)",        2, "-sin(2*x)",              {"forgot_inner_derivative"}),
        ("x^3*cos(2*x)",    1, "3*x^3*cos(2*x) - x^3*sin(2*x)", {"power_not_lowered", "forgot_inner_derivative"}),
        ("(x^3 + 1)*ln(2*x)", 1, "3*x^3*ln(2*x) - (x^3 + 1)/x", {"power_not_lowered", "product_sign"}),
    ],
)  # fmt: skip
def test_two_mistakes(problem: str, order: int, answer: str, tags: set[str]) -> None:
    assert tags <= {m.tag for m in question(problem, "x", order).grade(answer).mistakes}
