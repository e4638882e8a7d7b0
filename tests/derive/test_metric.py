"""Fifty agreed questions and a hundred others against the bar Q1-Q15; and that the metric sees what is planted."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import derivx
from derivx.algebra.door import by_definition, symbols
from derivx.algebra.normal import is_zero
from derivx.expr import Sym, names, substitute
from tests.derive.metric import judge

pytestmark = pytest.mark.slow  # one long table

DATA = Path(__file__).parents[1] / "data"
Case = dict[str, Any]


def load(name: str) -> list[Case]:
    cases: list[Case] = json.loads((DATA / name).read_text("utf-8"))["cases"]
    return cases


AGREED, OTHERS = load("derivations.json"), load("derivations_more.json")
CASES = AGREED + OTHERS
TEXTBOOK = [c for c in OTHERS if c["answer"] is not None and c.get("implicit") is None and "(x), x)" not in c["answer"]]


def options(case: Case) -> Case:
    return {k: case[k] for k in ("wrt", "order", "implicit", "mixed") if case.get(k)}


@cache
def derived(index: int, detail: str) -> Case:
    case = CASES[index]
    found = derivx.explain(case["expr"], detail=detail, **options(case))
    assert isinstance(found, derivx.Derivation)
    return found.to_dict()


each = pytest.mark.parametrize("index", range(len(CASES)), ids=[c["id"] for c in CASES])


@each
def test_q1_to_q15(index: int) -> None:
    assert judge(derived(index, "normal"), CASES[index]) == []


@each
@pytest.mark.parametrize("detail", ["brief", "full"])
def test_other_levels_of_detail(index: int, detail: str) -> None:
    row = derived(index, detail)
    asked = {k: v for k, v in CASES[index].items() if k != "answer"}  # judged above, and the same
    assert judge(row, asked, detail=detail) == []
    assert row["answer"] == derived(index, "normal")["answer"]


def test_a_level_has_fewer_lines_than_the_next() -> None:
    lines = {d: sum(len(derived(i, d)["steps"]) for i in range(len(CASES))) for d in ("brief", "normal", "full")}
    assert lines["brief"] < lines["normal"] < lines["full"]


def test_what_sympy_does_not_judge() -> None:
    judged = [
        c["verdict"] for i in range(len(CASES)) for s in derived(i, "normal")["steps"] for c in s["checks"] if c["referee"] == "sympy"
    ]
    assert judged.count("SKIPPED") <= 0.05 * len(judged)
    assert "FAIL" not in judged


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda c: c["id"])
def test_the_textbooks_are_right(case: Case) -> None:
    """The answers in the file of other questions are SymPy's, too."""
    question = derivx.read(case["expr"])
    for name in case["wrt"].split(",") * case.get("order", 1):
        question = derivx.Diff(question, Sym(name))
    answer = substitute(derivx.read(case["answer"]), {Sym(n): derivx.read(t) for n, t in case["where"].items()})
    values = symbols(names(question, answer))
    assert is_zero(by_definition(question, values) - by_definition(answer, values))


# Does the metric see?


def planted(change: Callable[[Case], None], index: int = 6) -> set[str]:
    """The numbers of the findings after a change of a good derivation."""
    row = json.loads(json.dumps(derived(index, "normal")))
    change(row)
    return {finding.split()[0] for finding in judge(row, CASES[index])}


def at_line(n: int, **fields: Any) -> Callable[[Case], None]:
    return lambda row: row["steps"][n].update(fields)


def drop_line(row: Case) -> None:
    del row["steps"][1]


def merge_lines(row: Case) -> None:
    row["steps"][0]["after"] = row["steps"][1]["after"]
    del row["steps"][1]


def repeat_line(row: Case) -> None:
    row["steps"].append({**row["steps"][-1], "before": row["answer"], "path": [], "span": [0, len(row["answer"])]})


def wrong_sign(row: Case) -> None:
    row["steps"][-1]["after"] = row["answer"] = "-x*s*(1 - s)"


def rename(row: Case) -> None:
    text = json.dumps(row["steps"][1:]).replace("*D(u, w)", "*D(q, w)")
    row["steps"][1:] = json.loads(text)


def clash(row: Case) -> None:
    row["where"]["b"] = "w*x"


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (wrong_sign, "Q1"),
        (drop_line, "Q1"),
        (at_line(2, after="0"), "Q1"),
        (at_line(1, rule="product"), "Q2"),
        (at_line(1, rule="chain"), "Q2"),
        (merge_lines, "Q2"),
        (at_line(0, path=[0]), "Q13"),
        (at_line(3, rule="simplify"), "Q6"),
        (repeat_line, "Q7"),
        (lambda row: row.update(answer="s*x*(s - 1)*(-1)"), "Q9"),
        (clash, "Q10"),
        (rename, "Q10"),
        (at_line(0, text={"en": "{u}", "ko": "{u}"}), "Q12"),
        (at_line(0, text={"en": "Chain rule.", "ko": ""}), "Q12"),
        (lambda row: row.update(answer="x s (1-s)"), "Q13"),
        (lambda row: row.update(question="D(sigmoid(b + w*x), w)"), "Q15"),
    ],
)
def test_the_metric_sees(change: Callable[[Case], None], number: str) -> None:
    assert number in planted(change)


def test_the_metric_sees_a_kink_that_is_not_stated() -> None:
    index = next(i for i, c in enumerate(CASES) if c["id"] == "relu")
    assert "Q11" in planted(lambda row: row.update(kinks=[]), index)


def test_the_metric_sees_a_domain_that_is_not_stated() -> None:
    index = next(i for i, c in enumerate(CASES) if c["id"] == "product-log")
    assert "Q11" in planted(lambda row: [s.update(conditions=[]) for s in row["steps"]] and None, index)


def test_the_metric_sees_several_derivatives_in_a_line() -> None:
    def merge(row: Case) -> None:
        row["steps"][1]["after"] = row["steps"][-1]["before"]
        del row["steps"][2:-1]

    assert "Q4" in planted(merge, index=2)


def test_the_metric_sees_a_dropped_derivative() -> None:
    def drop(row: Case) -> None:
        row["steps"][1]["after"] = "s*(1 - s)"

    assert {"Q1", "Q3"} <= planted(drop)


def test_the_metric_sees_a_long_line() -> None:
    def lengthen(row: Case) -> None:
        row["steps"][-1]["after"] = row["answer"] = "x*s*(1 - s)" + " + 0" * 60

    assert "Q8" in planted(lengthen)
