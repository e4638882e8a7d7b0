"""Planted faults: one adjoint changed, 1,000 times over six networks with gradients down to 1e-180 and two chains below 1e-240."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from click.testing import CliRunner

from derivx.api import Sweep, backprop
from derivx.apps.main import cli
from derivx.check.sweep import check_sweep
from derivx.check.verdict import Verdict
from derivx.derive import backprop as derive
from derivx.errors import CheckFailed
from derivx.expr import ZERO, Expr, Num, mul, neg
from tests.conftest import share


def layers(depth: int, slope: str = "sigmoid", weight: float = 1.0) -> tuple[str, dict[str, float]]:
    """A chain of layers of one unit, each with a weight and a bias."""
    lines = [f"a{i} = {slope}(w{i}*a{i - 1} + b{i})" for i in range(1, depth + 1)]
    lines.append(f"L = (a{depth} - y)^2")
    rng = Random(depth)
    point = {"a0": 0.5, "y": 0.25}
    for i in range(1, depth + 1):
        point |= {f"w{i}": weight * rng.uniform(0.7, 1.3), f"b{i}": rng.uniform(-0.3, 0.3)}
    return "; ".join(lines), point


def dense() -> tuple[str, dict[str, float]]:
    """Three layers of three units with a softmax and a cross-entropy, written out."""
    lines, rng, point = [], Random(5), {f"a0_{j}": 0.2 * j for j in (1, 2, 3)}
    for k in (1, 2, 3):
        for j in (1, 2, 3):
            lines.append(f"z{k}_{j} = " + " + ".join(f"w{k}_{j}{i}*a{k - 1}_{i}" for i in (1, 2, 3)) + f" + b{k}_{j}")
            lines.append(f"a{k}_{j} = tanh(z{k}_{j})")
            point |= {f"w{k}_{j}{i}": rng.uniform(-1, 1) for i in (1, 2, 3)} | {f"b{k}_{j}": rng.uniform(-1, 1)}
    lines += ["s = exp(a3_1) + exp(a3_2) + exp(a3_3)", "L = -log(exp(a3_2)/s)"]
    return "; ".join(lines), point


NETWORKS: dict[str, tuple[str, dict[str, float]]] = {
    "toy": ("b = w1*a; c = w2*a; d = w3*b + w4*c; L = 10 - d", {"a": 2, "w1": 1, "w2": 2, "w3": 3, "w4": 5}),
    "classifier": (
        "h1 = relu(w1*x1 + w2*x2 + b1); h2 = relu(w3*x1 + w4*x2 + b1); p = sigmoid(v1*h1 + v2*h2); L = -(y*log(p) + (1 - y)*log(1 - p))",
        {"w1": 1, "w2": 2, "w3": -0.5, "w4": 1.5, "x1": 0.7, "x2": 0.4, "b1": 0.1, "v1": 1.2, "v2": -0.8, "y": 1},
    ),
    "dense": dense(),
    "recurrent": (
        "; ".join(f"h{t} = tanh(w*h{t - 1} + u*x{t})" for t in range(1, 7)) + "; L = h6^2 + h3^2",
        {"w": 0.9, "u": 0.4, "h0": 0.3} | {f"x{t}": 0.1 * t for t in range(1, 7)},
    ),
    "deep": layers(130),  # gradients to 1e-90
    "deeper": layers(180, weight=0.5),  # gradients to 1e-180
}
CHAINS = {"below floats": layers(700, weight=0.9), "tiny weights": layers(90, weight=1e-3)}
FAULTS: dict[str, Callable[[Expr], Expr]] = {
    "x 1.001": lambda e: mul(Num(Decimal("1.001")), e),
    "sign": neg,
    "zero": lambda _: ZERO,
}


def built(name: str) -> tuple[Sweep, dict[str, float]]:
    text, point = {**NETWORKS, **CHAINS}[name]
    return backprop(text, at=point, check=False), point


def faulty(sweep: Sweep, at: int, fault: str) -> Sweep:
    """The sweep with the formula of one adjoint changed; what others use of it stays."""
    old = sweep.adjoints[at]
    return replace(sweep, adjoints={**sweep.adjoints, at: old._replace(formula=FAULTS[fault](old.formula))})


def smallest(sweep: Sweep) -> float:
    numbers = sweep.numbers
    assert numbers is not None
    return min(g.log10() for g in numbers.gradients.values() if g.value)


@pytest.mark.parametrize("name", [*NETWORKS, *CHAINS])
def test_right_sweeps_pass(name: str) -> None:
    sweep, point = built(name)
    report = check_sweep(sweep, point, exact=False)
    assert report.wrong is None
    assert {c.verdict for checks in report.nodes.values() for c in checks} == {Verdict.PASS}
    assert Verdict.FAIL not in {c.verdict for c in report.whole}


def test_the_networks_reach_far_down() -> None:
    assert -185 < smallest(built("deeper")[0]) < -160
    assert smallest(built("below floats")[0]) < -400
    assert smallest(built("tiny weights")[0]) < -240


def planted(name: str, count: int) -> list[tuple[int, str]]:
    """Which nodes are changed, and how: each node as often as it can be, drawn with a seed. A gradient that is 0 is left out."""
    sweep, _ = built(name)
    numbers = sweep.numbers
    assert numbers is not None
    places = [at for at in sweep.adjoints if numbers.gradients[at].value]
    rows = [(at, fault) for at in places for fault in FAULTS]
    rng = Random(17)
    return rng.sample(rows, min(count, len(rows)))


@pytest.mark.slow
def test_every_planted_fault_is_caught_and_named() -> None:
    done = 0
    for name, most in (("toy", 27), ("classifier", 45), ("dense", 160), ("recurrent", 60), ("deep", 450), ("deeper", 450)):
        sweep, point = built(name)
        rows = planted(name, max(20, share(most)))
        for at, fault in rows:
            report = check_sweep(faulty(sweep, at, fault), point, exact=False)
            node = sweep.graph.nodes[at].name
            assert report.wrong == at, f"{name}: {fault} at {node}"
            assert report.nodes[at][0].verdict is Verdict.FAIL
        done += len(rows)
    assert done >= share(1_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_faults_in_gradients_below_the_range_of_floats_are_caught(name: str) -> None:
    sweep, point = built(name)
    for at, fault in planted(name, share(100)):
        assert check_sweep(faulty(sweep, at, fault), point, exact=False).wrong == at, (sweep.graph.nodes[at].name, fault)


@pytest.mark.parametrize("name", ["toy", "classifier", "recurrent"])
def test_sympy_never_passes_a_wrong_formula(name: str) -> None:
    sweep, point = built(name)
    for at, fault in planted(name, 12):
        report = check_sweep(faulty(sweep, at, fault), point)
        exact = next(c for c in report.nodes[at] if c.referee == "sympy")
        assert exact.verdict is not Verdict.PASS, (sweep.graph.nodes[at].name, fault)


def test_sympy_passes_the_right_ones() -> None:
    for name, left in (("toy", 0), ("recurrent", 2), ("classifier", 3)):
        sweep, point = built(name)
        found = [c.verdict for checks in check_sweep(sweep, point).nodes.values() for c in checks if c.referee == "sympy"]
        assert found.count(Verdict.PASS) >= len(sweep.adjoints) - left
        assert Verdict.FAIL not in found


def test_autograd_and_differences_reject_a_wrong_gradient() -> None:
    sweep, point = built("classifier")
    report = check_sweep(faulty(sweep, sweep.graph.at["w1"], "x 1.001"), point, exact=False)
    found = {c.referee: c.verdict for c in report.whole}
    assert found["autograd"] is Verdict.FAIL


def test_a_sweep_that_fails_shows_no_answer() -> None:
    sweep, point = built("toy")
    wrong = faulty(sweep, sweep.graph.at["b"], "sign")
    told = replace(wrong, report=check_sweep(wrong, point))
    assert told.verdict == "FAIL"
    assert "✗" in told.text()
    assert told.to_dict()["verdict"] == "FAIL"
    with pytest.raises(CheckFailed):
        _ = told.gradients
    with pytest.raises(CheckFailed):
        told.code()


@pytest.mark.parametrize("fmt", ["text", "json", "latex"])
def test_a_wrong_gradient_ends_the_command_with_code_1(fmt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = derive.backprop

    def spoilt(*args: object) -> derive.Sweep:
        sweep = right(*args)  # type: ignore[arg-type]
        at = sweep.graph.at["b"]
        return replace(sweep, adjoints={**sweep.adjoints, at: sweep.adjoints[at]._replace(formula=Num(7))})

    monkeypatch.setattr(derive, "backprop", spoilt)
    done = CliRunner().invoke(cli, ["backprop", NETWORKS["toy"][0], "--format", fmt])
    assert done.exit_code == 1
    assert "rejected" in done.stderr
    if fmt == "json":
        assert json.loads(done.stdout)["verdict"] == "FAIL"


# What cannot be measured is not called right, and not called wrong.

AT_A_KINK = [
    ("L = relu(w*x + b)", {"w": 1, "x": -1, "b": 1}),
    ("L = abs(w)", {"w": 0}),
    ("e = w*x - y; L = abs(e)", {"w": 2, "x": 3, "y": 6}),
    ("L = max(a, b)", {"a": 2, "b": 2}),
]


@pytest.mark.parametrize(("text", "point"), AT_A_KINK)
def test_a_kink_is_a_convention_and_no_fault(text: str, point: dict[str, float]) -> None:
    assert backprop(text, at=point).verdict != "FAIL"


SATURATED = [
    ("h = tanh(" + " + ".join(f"w{i}*x{i}" for i in range(20)) + "); L = h^2", None),
    ("h = sigmoid(" + " + ".join(f"w{i}*x{i}" for i in range(60)) + "); L = h^2", None),
    ("h = tanh(w*x); L = h^2", {"w": 5, "x": 5}),
]


@pytest.mark.parametrize(("text", "point"), SATURATED)
def test_a_saturated_unit_is_no_fault(text: str, point: dict[str, float] | None) -> None:
    assert backprop(text, at=point).verdict != "FAIL"


@pytest.mark.parametrize(("text", "at"), [("L = log(w)", {"w": -1}), ("L = 1/w", {"w": 0}), ("L = sqrt(w) + x", {"w": -4, "x": 1})])
def test_outside_the_domain_nothing_is_judged(text: str, at: dict[str, float]) -> None:
    sweep = backprop(text, at=at)
    assert sweep.verdict == "UNDEFINED"
    assert "not verified" in sweep.text() or "?" in sweep.text()


def test_large_values_are_checked_too() -> None:
    assert backprop("L = 30000000*w^2 + 5000000000*x").verdict == "PASS"


def test_no_check_is_skipped() -> None:
    sweep = backprop("L = w*x", check=False)
    assert (sweep.verdict, sweep.report) == ("SKIPPED", None)
    assert "✓" not in sweep.text()


def test_nothing_asked_is_nothing_wrong() -> None:
    for sweep in (backprop("u = a*b; L = w*x", "a"), backprop("L = w*x", [])):
        assert sweep.verdict != "FAIL"
        assert not sweep.adjoints


@pytest.mark.parametrize("w", [-1.0, -3.0, 0.7])
def test_a_minimum_is_no_fault(w: float) -> None:
    """Where the output is 0 and flat, differences are rounding alone: a gradient of 0 is right, another one is not."""
    swept = backprop("z = w*x + b\ne = z - t\nL = e^2", wrt="w, b", at={"w": w, "x": -1.0, "b": -3.0, "t": -w - 3.0})
    assert set(swept.gradients) == {"w", "b"}
    at, point = swept.graph.at["b"], dict(swept.given)
    wrong = replace(swept, adjoints={**swept.adjoints, at: swept.adjoints[at]._replace(formula=Num(Decimal("1e-6")))})
    assert check_sweep(wrong, point, exact=False).whole[-1].verdict is Verdict.FAIL
