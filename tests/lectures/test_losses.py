"""The losses of the lectures, typed as a student types them, with their numbers."""

from __future__ import annotations

import pytest

from derivx.api import Sweep, backprop
from derivx.syntax import write

HOUSES = """
data X = [[32, 3, 0.3], [33, 3, 0.5], [36, 4, 0.5]]  # size, rooms, km to the station
data y = [6, 7, 8.5]
"""
PREDICTIONS = "\n".join(f"p{i} = w[0]*X[{i}, 0] + w[1]*X[{i}, 1] + w[2]*X[{i}, 2] + b" for i in range(3))
ABSOLUTE = "L = (abs(p0 - y[0]) + abs(p1 - y[1]) + abs(p2 - y[2]))/3"
SQUARED = "L = ((p0 - y[0])^2 + (p1 - y[1])^2 + (p2 - y[2])^2)/{n}"


def houses(weights: list[float], bias: float, loss: str = ABSOLUTE) -> Sweep:
    return backprop(f"{HOUSES}\nparam w = {weights}\nparam b = {bias}\n{PREDICTIONS}\n{loss}")


def test_sum_of_absolute_errors_against_one_hot() -> None:
    terms = " + ".join(f"abs(q[{i}] - t[{i}])" for i in range(5))
    sweep = backprop(f"q = [0.05, 0.15, 0.20, 0.35, 0.25]; data t = [0, 0, 0, 0, 1]; L = {terms}")
    assert sweep.verdict == "PASS"
    assert sweep.value("L") == pytest.approx(1.5, abs=1e-12)
    assert [sweep.gradient_value(f"q{i}") for i in range(5)] == [1, 1, 1, 1, -1]


def test_house_prices_without_a_bias() -> None:
    sweep = houses([0.1, 0.3, 4], 0)
    assert [sweep.value(f"p{i}") for i in range(3)] == pytest.approx([5.3, 6.2, 6.8])


@pytest.mark.parametrize(
    ("weights", "predictions", "loss"),
    [
        ([0.1, 0.3, 3], [5.5, 6.2, 6.8], 1),
        ([0.1, 0.3, 4], [5.8, 6.7, 7.3], 0.567),
        ([0.1, 0.2, 2], [4.9, 5.4, 5.9], 1.767),
    ],
)
def test_mean_absolute_error_of_the_houses(weights: list[float], predictions: list[float], loss: float) -> None:
    sweep = houses(weights, 0.5)
    assert sweep.verdict == "PASS"
    assert sweep.wrt == ("w0", "w1", "w2", "b")
    assert [sweep.value(f"p{i}") for i in range(3)] == pytest.approx(predictions)
    assert sweep.value("L") == pytest.approx(loss, abs=5e-4)
    assert sweep.gradient_value("b") == pytest.approx(-1)  # every prediction is too small
    assert sweep.gradient_value("w1") == pytest.approx(-(3 + 3 + 4) / 3)


@pytest.mark.parametrize("n", [1, 3])  # the sum, and the mean; SSE/(n - 2) of three points is the sum too
def test_squared_errors_of_the_houses(n: int) -> None:
    sweep = houses([0.1, 0.3, 4], 0.5, SQUARED.format(n=n))
    errors = [5.8 - 6, 6.7 - 7, 7.3 - 8.5]
    assert sweep.verdict == "PASS"
    assert sweep.value("L") == pytest.approx(sum(e * e for e in errors) / n)
    assert sweep.gradient_value("b") == pytest.approx(2 * sum(errors) / n)
    assert sweep.gradient_value("w0") == pytest.approx(2 * sum(e * x for e, x in zip(errors, (32, 33, 36), strict=True)) / n)


def test_a_step_down_lowers_the_loss_and_a_step_too_far_raises_it() -> None:
    sweep = houses([0.1, 0.3, 4], 0.5, SQUARED.format(n=3))
    before = sweep.value("L")
    assert sweep.update(0.0001).values["L"] < before < sweep.update(0.01).values["L"]


def test_binary_cross_entropy() -> None:
    sweep = backprop(
        "data x, y; z = w*x + b; p = sigmoid(z); E = -(y*log(p) + (1 - y)*log(1 - p))", "w,b,z", at={"w": 1, "b": 0, "x": 2, "y": 1}
    )
    assert sweep.verdict == "PASS"
    assert write(sweep.gradients["z"]) == "p - y"
    assert sweep.value("E") == pytest.approx(0.1269280110)
    assert sweep.gradient_value("w") == pytest.approx(-0.2384058440)


def test_binary_cross_entropy_summed_over_a_mini_batch() -> None:
    terms = " - ".join(f"(y[{i}]*log(p{i}) + (1 - y[{i}])*log(1 - p{i}))" for i in range(2))
    sweep = backprop(f"data x = [1, 2]; data y = [0, 1]; param w = 0.5\np0 = sigmoid(w*x[0]); p1 = sigmoid(w*x[1])\nE = -{terms}")
    assert sweep.verdict == "PASS"
    p0, p1 = sweep.value("p0"), sweep.value("p1")
    assert sweep.gradient_value("w") == pytest.approx((p0 - 0) * 1 + (p1 - 1) * 2)


def test_cross_entropy_from_logits() -> None:
    """As PyTorch's CrossEntropyLoss computes it: for logits (2, 1, 0.1) and the first class 0.4170."""
    sweep = backprop("z = [2, 1, 0.1]\ns = exp(z[0]) + exp(z[1]) + exp(z[2])\np = exp(z[0])/s\nE = -log(p)", "z0,z1,z2")
    assert sweep.verdict == "PASS"
    assert sweep.value("E") == pytest.approx(0.4170300163)
    assert [sweep.gradient_value(f"z{i}") for i in range(3)] == pytest.approx([0.6590011389 - 1, 0.2424329707, 0.0985658904])
