"""The lecture on back-propagation: its seven steps, the product that is not one, the toy graph, and what storing saves."""

from __future__ import annotations

import pytest

from derivx.api import Sweep, backprop
from derivx.render.sweep import literal, saved
from derivx.syntax import write

LAYERS = """
data x = 0.5; data y = 1
param W1 = 0.8; param b1 = 0.1; param W2 = -0.4; param b2 = 0.2; param W3 = 0.6; param b3 = 0; param Wout = 1.5; param bout = 0.3
z1 = W1*x + b1
a1 = sigmoid(z1)
z2 = W2*a1 + b2
a2 = sigmoid(z2)
z3 = W3*a2 + b3
a3 = sigmoid(z3)
yhat = Wout*a3 + bout
L = (yhat - y)^2
"""
TOY = "b = w1*a; c = w2*a; d = w3*b + w4*c; L = 10 - d"


def order(sweep: Sweep) -> list[str]:
    return [sweep.graph.nodes[at].name for at in sweep.adjoints]


def test_the_seven_steps() -> None:
    sweep = backprop(LAYERS)
    assert sweep.verdict == "PASS"
    # 1. forward pass, 2. loss
    a1 = 1 / (1 + 2.718281828459045**-0.5)
    assert sweep.value("a1") == pytest.approx(a1)
    assert sweep.value("L") == pytest.approx((sweep.value("yhat") - 1) ** 2)
    # 3. the derivative at the output layer, 4. one layer back, 5. again and again to the first
    back = order(sweep)
    assert [n for n in back if n in ("yhat", "a3", "z3", "a2", "z2", "a1", "z1")] == ["yhat", "a3", "z3", "a2", "z2", "a1", "z1"]
    assert back[-1] in ("W1", "b1")
    assert sweep.gradient_value("W1") == pytest.approx(sweep.gradient_value("z1") * 0.5)
    # 6. W <- W - alpha dL/dW, 7. forward again, loss again
    step = sweep.update(0.1)
    assert {n: step.parameters[n] for n in sweep.wrt} == pytest.approx(
        {n: sweep.value(n) - 0.1 * sweep.gradient_value(n) for n in sweep.wrt}
    )
    assert step.values["L"] < sweep.value("L")
    assert backprop(LAYERS, at=dict(step.parameters)).value("L") == pytest.approx(step.values["L"])


@pytest.mark.parametrize(
    ("lang", "titles"),
    [
        (
            "en",
            [
                "Forward pass",
                "Backward pass",
                "Reverse table",
                "Dynamic programming",
                "Update",
                "Forward pass with the new parameters",
                "Checked",
            ],
        ),
        ("ko", ["순전파", "역전파", "역전파 표", "동적 계획법", "학습률 0.1", "다시 순전파", "검증"]),
    ],
)
def test_the_page_has_the_steps_in_order(lang: str, titles: list[str]) -> None:
    text = backprop(LAYERS).text(lang, rate=0.1)
    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert "W₃ ← W₃ − α · ∂L/∂W₃" in " ".join(text.split())


def test_the_product_written_short_is_zero_and_the_right_one_stands_beside_it() -> None:
    sweep = backprop(LAYERS, "W3,Wout")
    found = literal(sweep, "W3")
    assert found is not None
    wrong, inner, right = found
    assert write(wrong) == "D(L, yhat)*D(yhat, Wout)*D(Wout, W3)"
    assert write(inner) == "D(Wout, W3)"
    assert write(right) == "D(L, yhat)*D(yhat, a3)*D(a3, z3)*D(z3, W3)"
    assert literal(sweep, "Wout") is None


@pytest.mark.parametrize(("lang", "said"), [("en", "∂Wout/∂W₃ = 0"), ("ko", "∂Wout/∂W₃ = 0이므로")])
def test_a_student_is_told_that_the_short_product_is_zero(lang: str, said: str) -> None:
    text = " ".join(backprop(LAYERS, "W3,Wout").text(lang).split())
    assert "∂L/∂W₃ = ∂L/∂yhat · ∂yhat/∂a₃ · ∂a₃/∂z₃ · ∂z₃/∂W₃" in text
    assert "∂L/∂yhat · ∂yhat/∂Wout · ∂Wout/∂W₃" in text
    assert said in text


def test_the_right_product_beside_the_short_one_is_the_derivative() -> None:
    sweep = backprop("h = w*x; p = u*h; q = v*h; L = p + q", "w,u,v")
    assert "∂L/∂w = ∂L/∂p · ∂p/∂h · ∂h/∂w\n" not in sweep.text()


def test_the_short_product_is_about_parameters_of_the_layer() -> None:
    assert literal(backprop("(x + y)*z"), "y") is None


def test_no_gradient_is_said_to_be_itself_and_more() -> None:
    text = backprop("a = x^2; L = a*x", "x").text()
    assert "+ dL/dx" not in text


def test_the_right_product_is_the_derivative() -> None:
    sweep = backprop(LAYERS, "W3,Wout")
    a3, a2 = sweep.value("a3"), sweep.value("a2")
    product = 2 * (sweep.value("yhat") - 1) * 1.5 * a3 * (1 - a3) * a2
    assert sweep.gradient_value("W3") == pytest.approx(product)


@pytest.mark.parametrize(
    ("node", "gradient"), [("a", -13), ("b", -3), ("c", -5), ("d", -1), ("w1", -6), ("w2", -10), ("w3", -2), ("w4", -4)]
)
def test_the_toy_graph_by_any_node(node: str, gradient: float) -> None:
    sweep = backprop(TOY, node, at={"a": 2, "w1": 1, "w2": 2, "w3": 3, "w4": 5})
    assert sweep.verdict == "PASS"
    assert sweep.gradient_value(node) == gradient


def test_what_is_stored_and_how_often_it_is_used_again() -> None:
    sweep = backprop(TOY)
    found, at = saved(sweep), sweep.graph.at
    assert {n: found.reads[at[n]] for n in "dcb"} == {"d": 4, "c": 2, "b": 2}
    assert {n: found.visits[at[n]] for n in "dcb"} == {"d": 6, "c": 2, "b": 2}
    assert (found.stored, found.unstored) == (8, 10)
    assert "Multiplications: 8 with storing, 10 without" in sweep.text()
    assert "저장하면 8번, 저장하지 않으면 10번" in sweep.text("ko")


def test_without_storing_the_cost_of_a_deep_net_grows_with_its_paths() -> None:
    """Two units in each of twelve layers: 2^12 paths from the first to the last."""
    lines = ["p0 = w*x", "q0 = v*x"]
    lines += [f"p{i} = tanh(p{i - 1} + q{i - 1}); q{i} = sin(p{i - 1} - q{i - 1})" for i in range(1, 13)]
    sweep = backprop("\n".join([*lines, "L = p12 + q12"]), "x")
    found = saved(sweep)
    assert sweep.verdict == "PASS"
    assert found.paths[sweep.graph.at["x"]] == 2**13
    assert found.stored < 60
    assert found.unstored == 2**13 * 13
