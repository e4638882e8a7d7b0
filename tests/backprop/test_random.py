"""Random programs over every card: by hand, by back-propagation and by autograd there is one gradient."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
import pytest

from derivx.api import Sweep, backprop
from derivx.check.values import valued
from derivx.derive.byhand import derive
from derivx.derive.step import Derivation
from derivx.expr import Call, Expr, Sym, add, mul, names, substitute
from derivx.numeric import AUTOGRAD, REAL, Scope, Unavailable, evaluate, space
from derivx.syntax.program import Program, program_of
from tests.conftest import share
from tests.generate import DOMAIN, scalar_question

POINTS = 3
WRITTEN_OUT = 80  # nodes of an output that is still differentiated by hand; some of 96 do not end, see below
AGREE = 1e-8


def random_program(rng: Random) -> Program:
    """Two to five equations; each puts earlier ones, calmed down, in place of inputs, and some share a part."""
    formulas: dict[str, Expr] = {}
    shared = scalar_question(rng)
    for i in range(1, rng.randint(2, 5) + 1):
        formula = scalar_question(rng)
        if formulas:
            table: dict[Expr, Expr] = {Sym(n): Sym(rng.choice([*formulas])) for n in names(formula) if n in DOMAIN and rng.random() < 0.4}
            formula = substitute(formula, table)
        if rng.random() < 0.3:
            formula = rng.choice((add, mul))(formula, shared)
        formulas[f"u{i}"] = formula
        formulas[f"v{i}"] = add(Sym("x"), mul(Sym("w"), Call("sin", (Sym(f"u{i}"),))))
    return program_of({**formulas, "L": add(*[Sym(n) for n in formulas])})


def written_out(program: Program) -> Expr | None:
    """The output over inputs alone, where it is not too long."""
    known: dict[Expr, Expr] = {}
    for equation in program.equations:
        whole = substitute(equation.formula, known)
        if whole.size > WRITTEN_OUT:
            return None
        known[Sym(equation.name)] = whole
    return known[Sym(program.output)]


def points(rng: Random, program: Program) -> list[dict[str, float]]:
    return [{n: rng.uniform(*DOMAIN[n]) for n in program.inputs} for _ in range(POINTS)]


def value(lines: Derivation, at: Mapping[str, float]) -> float:
    with np.errstate(all="ignore"):
        return float(evaluate(lines.answer, Scope({k: np.float64(v) for k, v in at.items()}, lines.where, space(REAL))))


def by_autograd(program: Program, asked: list[str], at: Mapping[str, float]) -> list[float]:
    xp: Any = space(AUTOGRAD)

    def output(values: list[Any]) -> Any:
        table: dict[str, Any] = {**at, **dict(zip(asked, values, strict=True))}
        for equation in program.equations:
            table[equation.name] = evaluate(equation.formula, Scope(table, {}, xp))
        return table[program.output]

    with np.errstate(all="ignore"):
        return [float(g) for g in xp.gradient(output, [at[n] for n in asked])]


def apart(a: float, b: float, scale: float) -> float:
    return abs(a - b) / max(abs(a), abs(b), 1e-6 * scale, 1e-12)


def compare(program: Program, sweep: Sweep, hands: Mapping[str, Derivation], at: Mapping[str, float]) -> tuple[int, int]:
    """How many gradients were compared with those by hand, and with autograd's; they agree."""
    with np.errstate(all="ignore"):
        numbers = valued(sweep, at)
    asked = [n for n in sweep.wrt if sweep.graph.at[n] in sweep.adjoints]
    ours = [numbers.adjoints[sweep.graph.at[n]].plain for n in asked]
    values = [float(numbers.values[node.name]) for node in sweep.graph.nodes]
    if not np.isfinite([*ours, *values]).all() or max(map(abs, values)) > 1e6:
        return 0, 0
    scale, hand, traced = max(map(abs, ours), default=1.0), 0, 0
    for name, mine in zip(asked, ours, strict=True):
        if name in hands:
            other = value(hands[name], at)
            assert not np.isfinite(other) or apart(mine, other, scale) < AGREE, ("by hand", name, mine, other, at)
            hand += bool(np.isfinite(other))
    try:
        theirs = by_autograd(program, asked, at)
    except Unavailable:
        return hand, 0
    for name, mine, other in zip(asked, ours, theirs, strict=True):
        assert not np.isfinite(other) or apart(mine, other, scale) < AGREE, ("autograd", name, mine, other, at)
        traced += bool(np.isfinite(other))
    return hand, traced


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_by_hand_and_by_back_propagation_and_by_autograd_are_one(part: int) -> None:
    hand = traced = 0
    for i in range(share(200)):
        rng = Random(1_000 * part + i)
        program = random_program(rng)
        sweep = backprop(program, check=False, operations=rng.random() < 0.3)
        whole = written_out(program)
        hands = {n: derive(whole, [n]) for n in sweep.wrt} if whole is not None else {}
        for at in points(rng, program):
            a, b = compare(program, sweep, hands, at)
            hand, traced = hand + a, traced + b
    assert hand > share(100)
    assert traced > share(200)


@pytest.mark.slow
def test_by_hand_ends() -> None:
    part = "asec(tanh(squared_error(acot(sin(x)^2 + 1.5), acot(sin(x)^2 + 1.5)))^2 + 1.5)"
    code = f"import derivx; derivx.explain('{part} + (x + w*sin({part}))', 'x', check=False)"
    subprocess.run([sys.executable, "-c", code], timeout=10, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_random_programs_pass_their_checks_and_are_printed(part: int) -> None:
    """No exception, and no right gradient is rejected."""
    passed = 0
    for i in range(share(50)):
        rng = Random(50_000 + 1_000 * part + i)
        sweep = backprop(random_program(rng))
        assert sweep.verdict != "FAIL", (part, i)
        passed += sweep.verdict == "PASS"
        for lang in ("en", "ko"):
            assert sweep.text(lang)
            assert sweep.latex(lang)
        assert sweep.to_dict()["verdict"] == sweep.verdict
    assert passed >= share(50) * 0.8


def test_two_cases_are_two() -> None:
    assert backprop("u = huber(asinh(c), elu(c + b)); L = u", "c").verdict == "PASS"


@pytest.mark.slow
def test_a_value_that_is_called_by_its_name_again_ends() -> None:
    backprop(random_program(Random(6_108)), check=False)
