"""Back-propagation beside SymPy, CasADi and JAX: the full gradient, ours with the records of every step.

    python benchmarks/backprop.py [--fast]

Prints, from one run, medians of CPU time over repeats, their ratios, how they grow, the characters of explanation a node, and the
check of all steps beside one forward evaluation. A library that is not installed is left out, and said to be.

Ours: expressions built, graph, sweep. CasADi: SX expressions built and ``gradient``. JAX: ``make_jaxpr(grad(f))``. SymPy:
``diff`` of the written-out expression by every parameter. All start from Python, none from text.
"""

from __future__ import annotations

import argparse
import gc
import math
import random
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from derivx.check.sweep import one_pass
from derivx.check.values import forward, forward_tape, valued
from derivx.derive.backprop import Sweep, backprop
from derivx.expr import TWO, Call, Expr, Sym, add, div, mul, neg, power
from derivx.graph.graph import graph
from derivx.render.sweep import SweepPage, page
from derivx.render.text import to_text
from derivx.syntax.program import program_of

Model = tuple[str, int, Callable[[Any], tuple[Any, list[Any]]]]


class Ours:
    """Builds a program, equation by equation."""

    def __init__(self) -> None:
        self.equations: dict[str, Expr] = {}

    def sym(self, name: str) -> Expr:
        return Sym(name)

    def dot(self, ws: list[Expr], xs: list[Expr], b: Expr) -> Expr:
        return self.named("z", add(*[mul(w, x) for w, x in zip(ws, xs, strict=True)], b))

    def sigmoid(self, z: Expr) -> Expr:
        return self.named("a", Call("sigmoid", (z,)))

    def loss(self, a: Expr, y: Expr) -> Expr:
        return self.named("L", div(power(add(a, neg(y)), TWO), TWO))

    def named(self, letter: str, formula: Expr) -> Expr:
        name = f"{letter}{len(self.equations)}"
        self.equations[name] = formula
        return Sym(name)


class Plain:
    """The same over the operators of a library."""

    def __init__(self, sym: Callable[[str], Any], exp: Callable[[Any], Any]) -> None:
        self.sym, self.exp = sym, exp

    def dot(self, ws: list[Any], xs: list[Any], b: Any) -> Any:
        total = b
        for w, x in zip(ws, xs, strict=True):
            total = total + w * x
        return total

    def sigmoid(self, z: Any) -> Any:
        return 1 / (1 + self.exp(-z))

    def loss(self, a: Any, y: Any) -> Any:
        return (a - y) ** 2 / 2


def chain(n: int) -> Callable[[Any], tuple[Any, list[Any]]]:
    """N sigmoid layers of one unit."""

    def build(m: Any) -> tuple[Any, list[Any]]:
        a, params = m.sym("x"), []
        for i in range(n):
            w, b = m.sym(f"w{i}"), m.sym(f"b{i}")
            params += [w, b]
            a = m.sigmoid(m.dot([w], [a], b))
        return m.loss(a, m.sym("y")), params

    return build


def network(*sizes: int) -> Callable[[Any], tuple[Any, list[Any]]]:
    """A dense network of sigmoid units, weight by weight."""

    def build(m: Any) -> tuple[Any, list[Any]]:
        a, params = [m.sym(f"x{i}") for i in range(sizes[0])], []
        for layer, n in enumerate(sizes[1:]):
            out = []
            for j in range(n):
                ws, b = [m.sym(f"w{layer}_{j}_{i}") for i in range(len(a))], m.sym(f"b{layer}_{j}")
                params += [*ws, b]
                out.append(m.sigmoid(m.dot(ws, a, b)))
            a = out
        return m.loss(a[0], m.sym("y")), params

    return build


def recurrent(steps: int) -> Callable[[Any], tuple[Any, list[Any]]]:
    """A recurrent cell unrolled: h <- sigmoid(w*h + u*x_t + b), the weights shared by all steps."""

    def build(m: Any) -> tuple[Any, list[Any]]:
        w, u, b = params = [m.sym("w"), m.sym("u"), m.sym("b")]
        h = m.sym("h0")
        for t in range(steps):
            h = m.sigmoid(m.dot([w, u], [h, m.sym(f"x{t}")], b))
        return m.loss(h, m.sym("y")), params

    return build


MODELS: tuple[Model, ...] = (
    ("chain n=20", 20, chain(20)),
    ("chain n=200", 200, chain(200)),
    ("chain n=2000", 2000, chain(2000)),
    ("network 8-8-8-1", 0, network(8, 8, 8, 1)),
    ("network 32-32-32-1", 0, network(32, 32, 32, 1)),
    ("RNN, 100 steps", 0, recurrent(100)),
)


def sweep_of(build: Callable[[Any], tuple[Any, list[Any]]]) -> Sweep:
    """Ours: build, graph, sweep with the record of every step."""
    ours = Ours()
    _, params = build(ours)
    return backprop(graph(program_of(ours.equations)), [p.name for p in params])


def casadi(build: Callable[[Any], tuple[Any, list[Any]]]) -> Any:
    """CasADi's SX: build and gradient."""
    import casadi as ca

    loss, params = build(Plain(ca.SX.sym, ca.exp))
    return ca.gradient(loss, ca.vertcat(*params))


def jaxpr(build: Callable[[Any], tuple[Any, list[Any]]]) -> Any:
    """JAX's trace of the gradient."""
    import jax
    import jax.numpy as jnp

    found: list[str] = []
    build(Plain(lambda name: found.append(name) or 1.0, math.exp))

    def f(values: list[Any]) -> Any:
        table = dict(zip(found, values, strict=True))
        return build(Plain(lambda name: table[name], jnp.exp))[0]

    return jax.make_jaxpr(jax.grad(f))([0.5] * len(found))


def sympy_diff(build: Callable[[Any], tuple[Any, list[Any]]]) -> Any:
    """SymPy: the derivative by every parameter of the expression as it is."""
    import sympy as sp

    loss, params = build(Plain(sp.Symbol, sp.exp))
    return [sp.diff(loss, p) for p in params]


def cpu(repeats: int, f: Callable[..., Any], *args: Any) -> float:
    """The median CPU time of a call in milliseconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        f(*args)
        times.append((time.process_time() - start) * 1e3)
    return statistics.median(times)


def all_steps(sweep: Sweep, given: dict[str, float], numbers: Any, tape: Any) -> None:
    """The gradients as claimed, and the one pass that checks them."""
    one_pass(sweep, valued(sweep, given, numbers.values), tape)


def characters(sweep: Sweep) -> float:
    """The characters of the printed explanation for each node; a name counts as one."""
    import re

    text = to_text(page(sweep, SweepPage(), detail="normal"), width=200)
    return len(re.sub(r"[A-Za-zΑ-ω]+[₀-₉0-9_]*", "n", re.sub(r" +", " ", text))) / len(sweep.graph.nodes)


def exponent(small: float, large: float, times: float = 10.0) -> float:
    """How time grows between two sizes."""
    return math.log(large / small) / math.log(times)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fast", action="store_true", help="fewer repeats, and JAX and SymPy only where they are quick")
    options = parser.parse_args()
    repeats = 3 if options.fast else 7
    others = {"casadi": casadi, "jax": jaxpr}
    missing = [name for name in (*others, "sympy") if find_spec(name) is None]
    for library in (n for n in (*others, "sympy") if n not in missing):
        import_module("jax.numpy" if library == "jax" else library)
    gc.collect()
    gc.freeze()  # the collector does not walk what the libraries themselves hold, for none of us
    print(f"{'':20} {'ours ms':>9} {'casadi':>9} {'jaxpr':>9}   ours/casadi   jaxpr/ours")
    ours: dict[str, float] = {}
    for name, n, build in MODELS:
        sweep_of(build)
        ours[name] = cpu(repeats, sweep_of, build)
        row = {}
        for other, run in others.items():
            slow = other == "jax" and (options.fast and (n > 200 or "32" in name))
            row[other] = (
                cpu(1 if other == "jax" and n > 200 else max(repeats // 2, 2), run, build)
                if other not in missing and not slow
                else math.nan
            )
        ratio = f"{ours[name] / row['casadi']:10.2f}    {row['jax'] / ours[name]:10.1f}"
        print(f"{name:20} {ours[name]:9.2f} {row['casadi']:9.2f} {row['jax']:9.1f}   {ratio}")
    print(f"\ngrowth of ours: exponent {exponent(ours['chain n=20'], ours['chain n=200']):.2f} from 20 to 200,", end=" ")
    print(f"{exponent(ours['chain n=200'], ours['chain n=2000']):.2f} from 200 to 2000")
    if "sympy" not in missing:
        theirs = cpu(1, sympy_diff, chain(20))
        print(f"sympy.diff by every parameter, chain n=20: {theirs:.0f} ms, {theirs / ours['chain n=20']:.0f} x ours")
    shown = {n: characters(sweep_of(chain(n))) for n in (10, 20, 200, 2000)}
    print("characters of explanation a node:", ", ".join(f"n={n} {c:.1f}" for n, c in shown.items()))
    for name, _, build in MODELS:
        sweep = sweep_of(build)
        draws = random.Random(1)
        given = {sweep.graph.nodes[i].name: draws.uniform(-0.8, 0.8) for i in sweep.graph.inputs}
        once = cpu(repeats, forward, sweep, given)
        numbers = valued(sweep, given)
        tape = forward_tape(sweep)
        steps = cpu(repeats, all_steps, sweep, given, numbers, tape)
        print(f"check of all steps of {name}: {steps:.1f} ms, {steps / once:.1f} x one forward evaluation ({once:.1f} ms)")
    if missing:
        print("not installed:", ", ".join(missing))


if __name__ == "__main__":
    main()
