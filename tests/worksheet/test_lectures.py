"""The models and numbers of the lectures, as problems."""

from __future__ import annotations

import pytest

from derivx.expr import num
from derivx.syntax import read, write
from derivx.worksheet.fixed import fixed
from derivx.worksheet.kinds.collapse import collapsed
from derivx.worksheet.kinds.loss import absolute, prices
from derivx.worksheet.kinds.perceptron import GATES, attainable, fired, most_right, outputs
from derivx.worksheet.kinds.vanishing import SLOPES, steepest
from derivx.worksheet.problem import Problem
from derivx.worksheet.stress import judge


def answers(problem: Problem) -> dict[str, str]:
    assert judge(problem).wrong == ()
    return {write(a.name): write(a.value) for a in problem.asked}


def test_sum_of_absolute_errors() -> None:
    assert answers(absolute((0.05, 0.15, 0.20, 0.35, 0.25), 5)) == {"E": "1.5"}


@pytest.mark.parametrize(
    ("weights", "bias", "found"),
    [
        ((0.1, 0.3, 3), 0.5, ("5.5", "6.2", "6.8", "1")),
        ((0.1, 0.3, 4), 0.5, ("5.8", "6.7", "7.3", "0.567")),
        ((0.1, 0.2, 2), 0.5, ("4.9", "5.4", "5.9", "1.767")),
    ],
)
def test_prices(weights: tuple[float, ...], bias: float, found: tuple[str, ...]) -> None:
    assert tuple(answers(prices(weights, bias)).values()) == found


def test_prices_without_a_bias() -> None:
    assert list(answers(prices((0.1, 0.3, 4), 0)).values())[:3] == ["5.3", "6.2", "6.8"]


def test_gates() -> None:
    assert fired(read("x1 + x2 - 1.5")) == GATES["and"]
    assert fired(read("x1 + x2 - 0.5")) == GATES["or"]
    assert {name for name, bits in GATES.items() if bits not in attainable()} == {"xor", "xnor"}
    assert len(attainable()) == 14
    assert most_right(GATES["xor"]) == 3


def test_two_layers_for_xor() -> None:
    rows = {"h1": "step(x1 + x2 - 0.5)", "h2": "step(x1 + x2 - 1.5)", "y": "step(h1 - h2 - 0.5)"}
    assert list(answers(outputs({name: read(text) for name, text in rows.items()})).values()) == ["0", "1", "1", "0"]


def test_affine_layers_collapse() -> None:
    assert answers(collapsed({"y": read("2*x + 3"), "o": read("4*y - 5")}, ("x",))) == {"A": "8", "B": "7"}


def test_toy_graph() -> None:
    at = {"w1": 2, "w2": 3, "w3": 5, "w4": 7, "a": 1}
    found = answers(fixed("b = w1*a\nc = w2*a\nd = w3*b + w4*c\nL = 10 - d", "a", at))
    assert found["D(L, a)"] == write(num(-(5 * 2 + 7 * 3)))


def test_slopes() -> None:
    assert {f: round(steepest(f), 12) for f in SLOPES} == SLOPES
