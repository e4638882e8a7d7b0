"""The models of the lectures: perceptron, logic gates, the collapse of affine layers, feed-forward net, auto-encoder."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from derivx.api import backprop
from derivx.derive.collapse import collapses
from derivx.syntax import write

INPUTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
LINEAR = "f = w1*x1 + w2*x2 + b; o = step(f)"
XOR = """
data x1, x2
h1 = step(x1 + x2 - 0.5)   # OR
h2 = step(x1 + x2 - 1.5)   # AND
o = step(h1 - h2 - 0.5)
"""


@pytest.mark.parametrize(("x", "fires"), [((1, 1, 0), 1), ((1, 0, 0), 0), ((1, 1, 1), 1), ((0, 0, 0), 0)])
def test_perceptron(x: tuple[int, ...], fires: int) -> None:
    point = {"w1": 1, "w2": 0.8, "w3": 0.5, "B": 1.2} | {f"x{i + 1}": v for i, v in enumerate(x)}
    sweep = backprop("s = w1*x1 + w2*x2 + w3*x3 - B; o = step(s)", "w1,w2,w3,B", at=point)
    assert sweep.value("o") == fires
    assert [sweep.gradient_value(n) for n in sweep.wrt] == [0, 0, 0, 0]  # nothing to learn from behind a step
    assert sweep.verdict == "PASS"
    assert "s = 0" in sweep.text()


def test_without_the_activation_a_perceptron_is_linear() -> None:
    sweep = backprop("o = w1*x1 + w2*x2 + w3*x3 - B", "w1,w2,w3,B")
    assert [write(sweep.gradients[n]) for n in sweep.wrt] == ["x1", "x2", "x3", "-1"]


@pytest.mark.parametrize(("gate", "bias", "truth"), [("AND", -1.5, [0, 0, 0, 1]), ("OR", -0.5, [0, 1, 1, 1])])
def test_linear_classifiers(gate: str, bias: float, truth: list[int]) -> None:
    found = [backprop(LINEAR, at={"w1": 1, "w2": 1, "b": bias, "x1": a, "x2": b}).value("o") for a, b in INPUTS]
    assert found == truth, gate


def test_no_linear_classifier_is_xor() -> None:
    grid = np.arange(-2, 2.25, 0.25)
    for w1 in grid:
        for w2 in grid:
            sums = np.array([w1 * a + w2 * b for a, b in INPUTS])
            assert not any(((sums + b > 0) == [False, True, True, False]).all() for b in grid)


def test_xor_has_a_hidden_layer() -> None:
    found = [backprop(XOR, "x1,x2", at={"x1": a, "x2": b}).value("o") for a, b in INPUTS]
    assert found == [0, 1, 1, 0]


def test_xor_is_drawn_as_a_graph() -> None:
    sweep = backprop(XOR, at={"x1": 1, "x2": 0}, check=False)
    drawing = sweep.drawing()
    for formula in ("h₁ = step(x₁ + x₂ − 0.5)", "h₂ = step(x₁ + x₂ − 1.5)", "o = step(h₁ − h₂ − 0.5)"):
        assert formula in drawing
    assert re.search("[가-힣]", sweep.drawing("ko"))
    assert len(ET.fromstring(sweep.svg())) > 2
    assert {n.name: len(u) for n, u in zip(sweep.graph.nodes, sweep.graph.users, strict=True)} == {
        "x1": 2,
        "x2": 2,
        "h1": 1,
        "h2": 1,
        "o": 0,
    }


COLLAPSE = "y = a*x + b; o = c*y + d"


def test_two_affine_layers_collapse() -> None:
    sweep = backprop(COLLAPSE, "a,b,c,d")
    (chain,) = collapses(sweep.graph)
    assert [write(e) for e in chain] == ["o", "c*y + d", "c*(a*x + b) + d", "(a*c)*x + (b*c + d)"]
    assert "o = c y + d = c (a x + b) + d = (a c) x + (b c + d)" in sweep.text()
    assert "as if there were one layer" in sweep.text().replace("\n  ", " ")
    assert "한 층과 같은" in sweep.text("ko").replace("\n  ", " ")


@pytest.mark.parametrize("activation", ["step", "sigmoid", "tanh", "relu"])
def test_with_an_activation_nothing_collapses(activation: str) -> None:
    sweep = backprop(f"y = a*x + b; h = {activation}(y); o = c*h + d", "a,b,c,d")
    assert not list(collapses(sweep.graph))
    assert "one layer" not in sweep.text()


def layer(k: int, below: list[str], units: int, activation: str) -> list[str]:
    lines = []
    for j in range(units):
        terms = " + ".join(f"W{k}[{j}, {i}]*{name}" for i, name in enumerate(below))
        lines += [f"z{k}[{j}] = {terms} + b{k}[{j}]", f"a{k}[{j}] = {activation}(z{k}[{j}])"]
    return lines


def test_feed_forward_net_with_a_softmax() -> None:
    """Layer by layer z = W a + b and a = g(z), against NumPy."""
    rng = np.random.default_rng(3)
    x, w1, b1, w2, b2 = (rng.normal(size=s) for s in ((3,), (4, 3), (4,), (2, 4), (2,)))
    lines = [
        *layer(1, [f"x[{i}]" for i in range(3)], 4, "tanh"),
        *(f"z2[{j}] = " + " + ".join(f"W2[{j}, {i}]*a1[{i}]" for i in range(4)) + f" + b2[{j}]" for j in range(2)),
        "s = exp(z2[0]) + exp(z2[1])",
        "E = -log(exp(z2[1])/s)",
    ]
    declared = ["data x: (3)", "param W1: (4, 3)", "param b1: (4)", "param W2: (2, 4)", "param b2: (2)"]
    sweep = backprop("\n".join([*declared, *lines]), at={"x": x, "W1": w1, "b1": b1, "W2": w2, "b2": b2})
    assert sweep.verdict == "PASS"
    assert len(sweep.wrt) == 12 + 4 + 8 + 2
    a1 = np.tanh(w1 @ x + b1)
    p = np.exp(w2 @ a1 + b2) / np.exp(w2 @ a1 + b2).sum()
    out = p - [0, 1]
    hidden = (w2.T @ out) * (1 - a1**2)
    assert sweep.value("E") == pytest.approx(-np.log(p[1]))
    for j in range(2):
        assert sweep.gradient_value(f"b2_{j}") == pytest.approx(out[j])
        for i in range(4):
            assert sweep.gradient_value(f"W2_{j}_{i}") == pytest.approx(out[j] * a1[i])
    for j in range(4):
        assert sweep.gradient_value(f"b1_{j}") == pytest.approx(hidden[j])
        for i in range(3):
            assert sweep.gradient_value(f"W1_{j}_{i}") == pytest.approx(hidden[j] * x[i])


@pytest.mark.parametrize("tied", [False, True])
def test_auto_encoder(tied: bool) -> None:
    """Two inputs, one code, two outputs that shall be the inputs again; tied: the decoder has the encoder's weights."""
    decoder = "w" if tied else "v"
    text = f"""
data x = [0.8, 0.3]
param w = [0.5, -0.2]
{"" if tied else "param v = [0.4, 0.1]"}
h = sigmoid(w[0]*x[0] + w[1]*x[1])
r[0] = sigmoid({decoder}[0]*h)
r[1] = sigmoid({decoder}[1]*h)
L = (r[0] - x[0])^2 + (r[1] - x[1])^2
"""
    sweep = backprop(text)
    assert sweep.verdict == "PASS"
    assert sweep.wrt == (("w0", "w1") if tied else ("w0", "w1", "v0", "v1"))
    x, w = np.array([0.8, 0.3]), np.array([0.5, -0.2])
    v = w if tied else np.array([0.4, 0.1])

    def loss(w: np.ndarray, v: np.ndarray) -> float:
        h = 1 / (1 + np.exp(-w @ x))
        return float(((1 / (1 + np.exp(-v * h)) - x) ** 2).sum())

    step = np.array([1e-6, 0])
    both = (loss(w + step, v + step * tied) - loss(w - step, v - step * tied)) / 2e-6
    assert sweep.value("L") == pytest.approx(loss(w, v))
    assert sweep.gradient_value("w0") == pytest.approx(both, rel=1e-7)
    assert sweep.update(0.1).values["L"] < sweep.value("L")
