"""What no teacher would set is told, and only that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from derivx.worksheet.fixed import fixed
from derivx.worksheet.taste import faults


@pytest.mark.parametrize(
    ("text", "more", "keys"),
    [
        ("3*x^2 + 5*x", {}, set()),
        ("3*x^1 + 5", {}, {"taste.power"}),
        ("x^0 + x^2", {}, {"taste.power"}),
        ("1*x^2", {}, {"taste.factor"}),
        ("0*x + x^2", {}, {"taste.factor"}),
        ("x^2/1", {}, {"taste.factor"}),
        ("x^2 + 0", {}, {"taste.zero"}),
        ("--x^2", {}, {"taste.signs"}),
        ("2*x^2 + 3*x^2", {}, {"taste.like"}),
        ("x^2 + 3 + 4", {}, {"taste.like"}),
        ("x^2 - x^2 + x^3", {}, {"taste.like"}),
        ("exp(x)", {}, {"taste.answer_same"}),
        ("x^2 + 1.23456*x", {}, {"taste.digits"}),
        ("x^2", {"at": {"x": 0}}, {"taste.answer_zero"}),
        ("x^2", {"at": {"x": 50_000}}, {"taste.number"}),
        ("x^3", {"at": {"x": 0.001}}, {"taste.number"}),
        ("exp(sin(exp(sin(exp(sin(x))))))*log(x)*x^3", {}, {"taste.answer_long", "taste.width"}),
    ],
)  # fmt: skip
def test_faults(text: str, more: dict[str, Any], keys: set[str]) -> None:
    assert {said.key for said in faults(fixed(text, "x", **more))} >= keys
    assert bool(keys) == bool(faults(fixed(text, "x", **more)))


def test_an_endless_key() -> None:
    problem = fixed("x^2*sin(x)", "x")
    assert {said.key for said in faults(replace(problem, solution=problem.solution * 9))} == {"taste.lines"}
