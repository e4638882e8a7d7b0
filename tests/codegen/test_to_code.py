"""The gradient as code: it runs, and says what the sweep says, for every card and in every library."""

from __future__ import annotations

import importlib.util
import math
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from derivx import ops
from derivx.check.values import Numbers, forward, valued
from derivx.codegen import to_code
from derivx.derive.backprop import Sweep, backprop
from derivx.errors import NotSupported, UsageError
from derivx.expr import Call, Expr, Num, Sym, add, mul
from derivx.graph.graph import graph
from derivx.ops import Op
from derivx.syntax.program import Program, program_of, read_program
from tests.conftest import share
from tests.generate import scalar_question

GOLDEN = Path(__file__).parent / "golden"
EXAMPLE = "z = w*x + b; a = sigmoid(z); L = (a - y)^2/2"
NETWORK = """param w11, w12, w21, w22, v1, v2, b1, b2, c
data x1, x2, t
h1 = tanh(w11*x1 + w12*x2 + b1)
h2 = tanh(w21*x1 + w22*x2 + b2)
p1 = sigmoid(v1*h1 + v2*h2 + c)
p2 = sigmoid(v2*h1 - v1*h2)
L = bce(p1, t) + (p2 - 0.5)^2"""
PROGRAMS = {
    "example": EXAMPLE,
    "network": NETWORK,
    "relu": "h = relu(w*x + b); k = max(h, x, 2*w, 0.1); L = where(k > x*y, k^2, min(x, y)) + where(x < y, 1, 0.25)*w",
    "hostile": "lambda = 2*def + np; x' = sum*lambda; sigmoid1 = x'^2; math = exp(-x'); part1 = torch*math; L = part1 + special*sigmoid1",
    "numbers": "L = 100000000000000000000*x^2 + 12.50*x - 1e-3*x^(1/3) + 2^x + x^y + e^-x*pi + where(x > 1, 2, 3)^-1*y + erf(sqrt(2))*y",
    "brackets": "L = x - (y - (w - x)) - -x/(y*w)/(-w) + (x/y)^2^2*(-x)^3 - (-x^2) + (x*y)/(w/x) - 2*(-(x + y)) + x^-y",
    "constants": "L = gelu(2)*x + bce(0.5, y) + log(x, 3) + elu(x) + huber(x, 2) + sign(3)*y + max(1, x) + where(x > y, 2, 5)",
    "nothing": "a = 3; q = x*y; L = x + y",
    "twice": "a = w*x; b = sin(a)*a + a^2; L = exp(b)*a - w*exp(b)",
    "deep": "data x; u = " + "sin(" * 300 + "x" + ")" * 300 + "; L = y*u",
    "wide": "data x; u = x" + "".join(f" + x^{i % 7}*cos({i}*x)" for i in range(300)) + "; L = y*u",
}
AT = {"x": 0.37, "y": 0.62, "w": 1.3, "a": 0.61, "b": 1.42, "p": 0.35, "t": 0.8, "z": 0.9, "k": 1.3, "n": 2.0, "c": 0.2}
FAR = {"asec": 1.7, "acsc": 1.7, "acosh": 1.7, "acoth": 1.7}
LIBRARIES = [
    "numpy",
    *(
        pytest.param(
            name, marks=[pytest.mark.torch, pytest.mark.skipif(not importlib.util.find_spec(name), reason=f"{name} is not installed")]
        )
        for name in ("torch", "jax")
    ),
]


def _sweep(program: str | Program) -> Sweep:
    program = read_program(program) if isinstance(program, str) else program
    return backprop(graph(program), program.wrt)


def _card(op: Op) -> Program:
    args: tuple[Expr, ...] = tuple(Sym(p) for p in op.params)
    if op.name == "polygamma":
        args = (Num(2), Sym("x"))
    elif op.name == "where":
        args = (Call("gt", (Sym("a"), Sym("b"))), Sym("a"), Sym("b"))
    call: Expr = Call(op.name, args)
    if op.notation == "compare":
        call = Call("where", (call, Sym("a"), mul(Sym("a"), Sym("b"))))
    return program_of({"u": call, "L": add(mul(Sym("u"), Sym("u")), Sym("u"))})


def _points(sweep: Sweep, name: str = "") -> list[dict[str, float]]:
    inputs = [sweep.graph.nodes[i].name for i in sweep.graph.inputs]
    spread = {n: AT.get(n, 0.3 + 0.07 * i) for i, n in enumerate(inputs)}
    if name in FAR:
        return [dict.fromkeys(inputs, FAR[name] * by) for by in (1, 1.3)]
    return [{n: v * by for n, v in spread.items()} for by in (1, 0.83, 1.19)]


def _expected(sweep: Sweep, point: dict[str, float]) -> Numbers:
    """Values and adjoints; the constants are told, since a backward sweep may have them where the forward one has none."""
    return valued(sweep, point, {"pi": math.pi, "e": math.e, **forward(sweep, point)})


def _runs(text: str, library: str, point: dict[str, float]) -> tuple[float, dict[str, float]]:
    """The written function, run on numbers of its library."""
    scope: dict[str, Any] = {}
    exec(compile(text, f"<{library}>", "exec"), scope)
    function = scope["gradient"]
    if library == "torch":
        import torch

        result, found = function(*(torch.tensor(v, dtype=torch.float64) for v in point.values()))
        assert all(torch.is_tensor(v) and v.dtype == torch.float64 for v in (result, *found.values()))
    elif library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        result, found = jax.jit(function)(*point.values())
    else:
        result, found = function(*point.values())
    return float(result), {n: float(v) for n, v in found.items()}


def _agrees(sweep: Sweep, library: str, name: str = "") -> None:
    text = to_code(sweep, library)
    if library == "numpy" and "scipy" in text:
        pytest.importorskip("scipy")
    # PyTorch's polygamma is good to nine digits
    close = {"rel": 1e-8 if library == "torch" and "gamma" in text else 1e-10, "abs": 1e-12}
    for point in _points(sweep, name):
        expected = _expected(sweep, point)
        result, found = _runs(text, library, point)
        assert result == pytest.approx(float(expected.values[sweep.output.name]), **close)
        assert set(found) == set(sweep.wrt)
        for wrt, value in found.items():
            at = sweep.graph.at.get(wrt, -1)
            assert value == pytest.approx(expected.adjoints[at].plain if at in expected.adjoints else 0.0, **close), (wrt, text)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("op", list(ops.cards()), ids=lambda op: op.name)
def test_every_card(op: Op, library: str) -> None:
    _agrees(_sweep(_card(op)), library, op.name)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str, library: str) -> None:
    _agrees(_sweep(PROGRAMS[name]), library)


@pytest.mark.parametrize("library", LIBRARIES)
def test_random_expressions(library: str) -> None:
    cards = [op for op in ops.cards() if op.notation != "compare" and op.name not in ("gamma", "lgamma", "digamma", "polygamma")]
    for seed in range(share(200)):
        _agrees(_sweep(program_of({"L": scalar_question(Random(f"codegen {seed}"), cards)})), library)


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_golden(library: str) -> None:
    assert to_code(_sweep(EXAMPLE), library) == (GOLDEN / f"example_{library}.txt").read_text("utf-8")


@pytest.mark.parametrize("library", LIBRARIES)
def test_arrays(library: str) -> None:
    """A point in each entry; constants are as good as arrays."""
    sweep = _sweep(NETWORK)
    points = _points(sweep)
    columns = {n: np.array([p[n] for p in points]) for n in points[0]}
    scope: dict[str, Any] = {}
    exec(to_code(sweep, library), scope)
    if library == "torch":
        import torch

        columns = {n: torch.as_tensor(v) for n, v in columns.items()}
    elif library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    _, found = scope["gradient"](**columns)
    for i, point in enumerate(points):
        expected = _expected(sweep, point)
        for wrt in sweep.wrt:
            assert float(found[wrt][i]) == pytest.approx(expected.adjoints[sweep.graph.at[wrt]].plain, rel=1e-10)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_card_of_ones_own(library: str) -> None:
    own = [
        Op("swirl", "x, lambda, k=2", "gelu(x)*lambda + log(k)*sigmoid(k*x) + e^x", None),
        Op("swirl2", "x, k=3", "swirl(x, k) + swirl(k, x, k) + " + " + ".join(f"x^{i}" for i in range(2, 60)), None),
        Op("swirl3", "x, k", "x*log(" + " + ".join(f"{i}*k" for i in range(2, 60)) + ") + erf(k)*x", None),
    ]
    for op in own:
        ops.register(op)
    try:
        _agrees(_sweep("L = swirl(x, y) + swirl2(x) + swirl(0.5, y, x)*swirl2(x, y)"), library)
        _agrees(_sweep("L = swirl3(x, 2)*y"), library)
    finally:
        for op in own:
            ops.unregister(op.name)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("x", [-0.5, -1.5, -2.5, 0.5, 4.5])
def test_gamma_below_zero(x: float, library: str) -> None:
    text = to_code(_sweep("data x; u = gamma(x); L = u*y"), library)
    assert _runs(text, library, {"x": x, "y": 1.0})[0] == pytest.approx(math.gamma(x), rel=1e-12)


def test_a_card_that_asks_python() -> None:
    """A value that branches on its argument has no code."""
    op = ops.register(Op("odd_one", "x", lambda _xp, x: 1.0 if x else 2.0, "dx"))
    try:
        with pytest.raises(NotSupported):
            to_code(_sweep("L = odd_one(x)*y"))
    finally:
        ops.unregister(op.name)


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("name", ["os.system('x')", 'x"', "x\n", "_", "a b", "é", "", "1x", "x'y"])
def test_no_name_is_code(name: str, library: str) -> None:
    with pytest.raises(NotSupported):
        to_code(_sweep(program_of({"L": mul(Sym(name), Sym("y"))})), library)
    with pytest.raises(UsageError):
        to_code(_sweep(EXAMPLE), library, name)


def test_no_number_is_code() -> None:
    with pytest.raises(NotSupported):
        to_code(_sweep(program_of({"L": mul(Num(Decimal("Infinity")), Sym("y"))})))


@pytest.mark.parametrize("text", ["L = f(x)*y", "L = x*g(x, y)"])
def test_undefined_functions(text: str) -> None:
    with pytest.raises(NotSupported):
        to_code(_sweep(text))


def test_options() -> None:
    sweep = _sweep(EXAMPLE)
    assert "\ndef step1(w, x, b, y):" in to_code(sweep, function="step1")
    for wrong in ({"library": "tensorflow"}, {"function": "def"}, {"function": "sigmoid"}, {"function": "np"}):
        with pytest.raises(UsageError):
            to_code(sweep, **wrong)
    with pytest.raises(NotSupported):
        to_code(backprop(graph(read_program("L = polygamma(n, x)")), ["x"]), "torch")


def test_lines_stay_short() -> None:
    for name in ("network", "wide", "deep"):
        assert max(map(len, to_code(_sweep(PROGRAMS[name])).splitlines())) < 350
