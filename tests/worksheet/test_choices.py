"""Multiple choice: one right option, the others wrong by referee and grader, in a drawn order."""

from __future__ import annotations

from typing import Any

import pytest

from derivx.expr import Expr
from derivx.syntax import read, write
from derivx.worksheet.choices import slips, with_choices
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.fixed import fixed
from derivx.worksheet.kinds.perceptron import outputs
from derivx.worksheet.stress import judge


@pytest.mark.parametrize(
    ("text", "wrt", "more"),
    [
        ("x^2*exp(3*x)", "x", {}),
        ("sigmoid(w*x + b)", "w", {}),
        ("x^2*y - 3*x", "x,y", {"at": {"x": 2, "y": 3}}),
        ("abs(p - 3)*q^2", "", {"at": {"p": 1, "q": 4}}),
        ("z = w*x\nL = (z - 1)^2", "w", {"at": {"w": 2, "x": 3}}),
        ("L = sum((X @ w - y)^2)", "w", {"shapes": {"X": ("n", "d"), "w": ("d",), "y": ("n",)}}),
    ],
)
def test_options(text: str, wrt: str, more: dict[str, Any]) -> None:
    problem = fixed(text, wrt, **more)
    orders = set()
    for student in range(8):
        found = with_choices(problem, Draw("choices", student))
        assert judge(found).wrong == ()
        assert found.choices is not None
        assert found.choices.right is not None
        assert found.choices.options[found.choices.right] == found.asked[0].value
        assert 3 <= len(found.choices.options) <= 4
        assert found == with_choices(problem, Draw("choices", student))
        orders.add(found.choices.right)
    assert len(orders) > 1


def test_too_few_mistakes() -> None:
    with pytest.raises(Degenerate):
        with_choices(outputs({"y": read("step(x1 + x2 - 1.5)")}), Draw("few"))


def test_slips() -> None:
    found = {write(e) for e in slips(read("abs(p - 1)^2 + q/3"))}
    assert {"(p - 1)^2 + q/3", "2*abs(p - 1) + q/3", "abs(p - 1)^2 + q*3", "abs(p - 1)^2 - q/3", "abs(p - 1)^2"} <= found
    assert all(isinstance(e, Expr) for e in slips(read("sin(x)*x")))
