"""Every row of the table is hit: its mistake is made in some problem, and is told of the answer that comes out; distractors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from derivx.grading import Question
from derivx.grading.compare import RIGHT
from derivx.grading.mistakes.answered import SIGNS
from derivx.grading.mistakes.circuit import Circuit
from derivx.grading.mistakes.diagnose import Diagnosis, chosen
from derivx.grading.mistakes.distractors import distractors, written
from derivx.grading.mistakes.formula import outer_key, ready
from derivx.grading.mistakes.rules import FORMS
from derivx.grading.mistakes.table import GROUP_OF, Mutation
from derivx.grading.values import values
from tests.grading.mistaken import FURTHER, ROWS, TABLE, of_row, question

# functions and forms that the other problems do not have
MORE = """
cos(x/3); csc(x^2 + 1); cot(2*x); cot(x); acos(x/3); acos(x); asin(x); atan(x/3); sinh(3*x); cosh(x^2); sech(2*x); csch(2*x); coth(2*x)
asinh(3*x); asinh(x/3); acosh(x + 3); atanh(x/3); cbrt(x^2 + 1); log2(x^2 + 1); logb(3*x + 1, 7); log1p(x^2 + x); abs(2*x - 1); abs(x^2 - x)
erf(2*x); leaky_relu(x^2 - x); relu(x^2 - x); softplus(x^2); silu(3*x); (2*x*sin(x))^3; ((x + 1)^2)^3; max(x^2, x + 1/4); (x^2 + 1)^(sin(x)); (3*x)^x
e^(2*x)/(e^(2*x) + e^(x^2)); where(x > 1, x^2, 3*x)
"""

# rows that look at the answer as it is, or at exchanged names
BY_HAND = {
    "whole.names_exchanged":      ("exp(a*x)*b", "x", "b*b*exp(b*x)"),
    "answered.diagonal":          ("exp(a)/(exp(a) + exp(b))", "b", "0"),
    "answered.bias":              ("sigmoid(w*x + b)", "b", "0"),
    "answered.nothing":           ("sin(x)", "x", "0"),
    "answered.integrated":        ("x*exp(x)", "x", "(x - 1)*exp(x)"),
    "answered.integrated_scaled": ("x*exp(x)", "x", "-(x - 1)*exp(x)"),
    "answered.near":              ("0.37*x^2", "x", "0.73*x"),
}  # fmt: skip


def problems() -> Iterator[Question]:
    yield from dict.fromkeys(of_row(row) for row in ROWS)
    for problem, by, *_ in FURTHER:
        name, *order = by.split()
        yield question(problem.strip(), name, int(order[0]) if order else 1)
    for problem in MORE.replace("\n", ";").split(";"):
        if problem.strip():
            yield question(problem.strip(), "x")


@cache
def hits() -> set[str]:
    """The mutations that are told of the answer which they give, in any problem."""
    found = set[str]()
    for q in problems():
        diagnosis: Diagnosis = q.judge.diagnosis  # type: ignore[attr-defined]
        tried = set(found)
        for hypothesis in diagnosis.fingerprints.hypotheses:
            mutation = hypothesis.mutation
            if mutation.id in tried:
                continue
            tried.add(mutation.id)
            answer = written(diagnosis, hypothesis)
            with np.errstate(all="ignore"):
                if answer is not None and mutation.tag in {h.mutation.tag for h in chosen(diagnosis.explained(answer))}:
                    found.add(mutation.id)
    return found


@pytest.mark.parametrize("mutation", TABLE, ids=lambda m: m.id)
def test_every_row_is_hit(mutation: Mutation) -> None:
    by_hand = BY_HAND.get(mutation.id)
    if by_hand is None:
        assert mutation.id in hits()
        return
    problem, wrt, answer = by_hand
    assert mutation.tag in {m.tag for m in question(problem, wrt).grade(answer).mistakes}


def test_every_sign_is_tried_by_hand() -> None:
    assert {m.id for m in SIGNS} <= set(BY_HAND)


def test_distractors_are_wrong_distinct_and_explained() -> None:
    for row in ROWS[::5]:
        q = of_row(row)
        found = distractors(q, 4)
        assert len(found) >= 2, row["problem"]
        for d in found:
            result = q.grade(d.text)
            assert result.word == "wrong", (row["problem"], d.text)
            assert GROUP_OF[d.mistake.tag] in {GROUP_OF[m.tag] for m in result.mistakes}, (row["problem"], d.text)
        judge = q.judge
        table = [values(d.answer, judge.diagnosis.asked.table, judge.diagnosis.asked.size)[0] for d in found]  # type: ignore[attr-defined]
        for i, one in enumerate(table):
            assert all(not np.allclose(one, other, rtol=1e-6, equal_nan=True) for other in table[:i])


def test_distractors_of_a_textbook_question() -> None:
    found = distractors(question("(x^2 + 1)/(x - 3)", "x"), 6)
    assert {"quotient_order", "quotient_as_quotient_of_derivatives"} <= {d.mistake.tag for d in found}
    assert len({GROUP_OF[d.mistake.tag] for d in found}) == 6
    assert question("(x^2 + 1)/(x - 3)", "x").grade(found[0].text).verdict not in RIGHT


@pytest.mark.parametrize("form", FORMS)
def test_the_right_formula_of_every_form_is_right(form: str) -> None:
    seen = 0
    for q in problems():
        asked = q.judge.diagnosis.asked  # type: ignore[attr-defined]
        with np.errstate(all="ignore"):
            circuit = Circuit(asked.lower, asked.wrt[-1], asked.table, asked.size)
            for place in circuit.places():
                key = outer_key(place.view.forms, place.view.op)
                found = ready(FORMS[form][1], key) if form in place.view.forms else None
                if found is not None:
                    node = circuit.index[place.view.node]
                    seen += 1
                    row = circuit.sweep({node: [(0, place, found[0])]}, {}, 1)[1][0]
                    assert np.allclose(row, circuit.derivative(), rtol=1e-9, equal_nan=True), place.view.node
    assert seen


@pytest.mark.parametrize(
    ("program", "wrt", "shapes", "tags"),
    [
        ("L = sum((X @ w - y)^2)/n",    "w", {"X": ("n", "d"), "w": ("d",), "y": ("n",)}, {"matrix_order_swapped", "weight_lost_in_chain"}),
        ("L = w.T @ A @ w",             "w", {"A": ("n", "n"), "w": ("n",)},              {"assumed_symmetric"}),
        ("L = trace(A @ X @ B)",        "X", {"A": ("n", "p"), "X": ("p", "m"), "B": ("m", "n")}, {"missing_transpose"}),
    ],
)  # fmt: skip
def test_distractors_over_arrays(program: str, wrt: str, shapes: dict[str, tuple[str, ...]], tags: set[str]) -> None:
    q = Question(program, wrt, shapes=shapes)
    found = distractors(q, 4)
    assert tags <= {d.mistake.tag for d in found}
    assert len({d.text for d in found}) == len(found) >= 2
    assert {q.grade(d.text).word for d in found} == {"wrong"}
