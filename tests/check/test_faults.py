"""Planted faults: every formula on every card changed, one at a time, and every line changed: a referee must catch each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

import derivx
from derivx import ops
from derivx.algebra import local_derivatives
from derivx.check import exact
from derivx.check.lines import check
from derivx.derive import derive
from derivx.derive.step import Derivation, Step
from derivx.expr import Call, Diff, Expr, Num, Sym, add, at, mul, names, neg, postorder, replace_at
from derivx.ops import Op
from derivx.syntax import partials, read, write
from derivx.syntax.formulas import arguments
from derivx.syntax.tokens import Limits
from tests.generate import DOMAIN
from tests.reference import Meaning

pytestmark = pytest.mark.slow  # one long table

TEMPLATE = Limits(template=True)
# what a card's rule writes; arithmetic has rules of its own that do not read the card
SPELT_BY_RULES = {"add", "neg", "mul", "div", "pow", "where"}
CARDS = [c for c in ops.cards() if c.notation != "compare" and c.name not in SPELT_BY_RULES]


# Changes of a formula.


def places(expr: Expr) -> list[tuple[tuple[int, ...], Expr]]:
    """Every part of an expression with its path."""
    found: list[tuple[tuple[int, ...], Expr]] = []
    todo: list[tuple[tuple[int, ...], Expr]] = [((), expr)]
    while todo:
        path, node = todo.pop()
        found.append((path, node))
        if isinstance(node, Call):
            todo.extend(((*path, i), a) for i, a in enumerate(node.args))
    return found


def mutants(formula: Expr, known: list[str]) -> Iterator[tuple[str, Expr]]:
    """The formula with one fault: a coefficient times 1.001, a sign turned, a name swapped, a factor dropped, a number changed."""
    slope = Num(Decimal("1.001"))
    yield "coefficient", mul(slope, formula)
    yield "sign", neg(formula)
    yield "constant", add(formula, Num(Decimal("0.001")))
    for path, node in places(formula):
        if isinstance(node, Num):
            yield f"number {node.value} at {path}", replace_at(formula, path, Num(node.value + 1))
        if isinstance(node, Sym):
            for other in known:
                if other != node.name:
                    yield f"{other} for {node.name} at {path}", replace_at(formula, path, Sym(other))
        if isinstance(node, Call) and node.op in ("mul", "add"):
            for i in range(len(node.args)):
                rest = node.args[:i] + node.args[i + 1 :]
                yield f"part {i} dropped at {path}", replace_at(formula, path, rest[0] if len(rest) == 1 else Call(node.op, rest))
        if isinstance(node, Call) and node.op == "neg":
            yield f"minus dropped at {path}", replace_at(formula, path, node.args[0])


def question(card: Op, index: int) -> Expr:
    """A call of the card whose argument ``index`` is x, the others w, b, ...; defaults given."""
    others = iter(("w", "b", "t"))
    args: list[Expr] = [Sym("x") if i == index else Sym(next(others)) for i in range(len(card.params))]
    if card.name == "polygamma":
        args[0] = Num(1)
    return Call(card.name, tuple(args))


@contextmanager
def substituted(card: Op, d: str) -> Iterator[None]:
    """The registry with a faulty card; everything that was remembered of cards is forgotten before and after."""
    ops._CARDS[card.name] = replace(card, d=d)
    forget()
    try:
        yield
    finally:
        ops._CARDS[card.name] = card
        forget()


def forget() -> None:
    for remembered in (partials, local_derivatives, exact._proved):
        remembered.cache_clear()


def differential(card: Op, index: int, formula: Expr) -> str:
    """The card's ``d`` with the partial of one argument replaced."""
    found = dict(partials(card) or {})
    found[card.params[index]] = formula
    return " + ".join(f"({write(f)})*d{p}" for p, f in found.items())


def worth(card: Op, index: int, before: Expr, after: Expr) -> bool:
    """Whether the fault changes the value anywhere in the card's domain (x for abs(x) may not)."""
    asked = question(card, index)
    assert isinstance(asked, Call)
    values = arguments(card, asked.args)
    table = {**{k.name: v for k, v in values.items() if isinstance(k, Sym)}, "y": asked}
    rng = np.random.default_rng(3)
    for _ in range(60):
        point = {n: float(rng.choice([-1, 1]) * rng.uniform(0.1, 3)) for n in ("x", "w", "b", "t")}
        here = Meaning(point, {})
        inside = Meaning({n: here.real(v) for n, v in table.items()}, {})
        a, b = inside.real(before), inside.real(after)
        if a is not None and (b is None or abs(a - b) > 1e-9 * (1 + abs(a))):
            return True
    return False


FAULTS = [
    pytest.param(card, i, what, formula, mutant, id=f"{card.name}-{p}-{what}")
    for card in CARDS
    for i, p in enumerate(card.params)
    if (formula := (partials(card) or {}).get(p)) is not None
    for what, mutant in mutants(formula, [q for q in (*card.params, "y") if q != "y" or "y" in names(formula)])
]


@pytest.mark.parametrize(("card", "index", "what", "formula", "mutant"), FAULTS)
def test_a_faulty_card_is_caught(card: Op, index: int, what: str, formula: Expr, mutant: Expr) -> None:  # noqa: ARG001
    try:
        read(write(mutant), [*card.params, "y"], TEMPLATE)
    except derivx.DerivxError:
        pytest.skip("the fault is no formula: the card cannot be read")
    if not worth(card, index, formula, mutant):
        pytest.skip("the fault changes no value")
    with substituted(card, differential(card, index, mutant)):
        found = derivx.explain(question(card, index), wrt="x")
        assert isinstance(found, derivx.Derivation)
        assert found.verdict in ("FAIL", "UNDEFINED"), write(found.steps[-1].after)
        assert found.verdict == "FAIL"
        with pytest.raises(derivx.CheckFailed):
            _ = found.answer
    assert derivx.explain(question(card, index), wrt="x").verdict == "PASS"


# Faults in lines.

QUESTIONS = [
    "sigmoid(w*x + b)",
    "x^2*sin(x)/(x + 1)",
    "log(1 + exp(w*x))",
    "x^x",
    "(w*x + b - y)^2/2",
    "where(x > 0, x^2, sin(x))",
    "f(x^2)",
]


def faulty_lines(text: str) -> Iterator[Any]:
    lines = derive(read(text), ["x"])
    rng = random.Random(text)
    for i, step in enumerate(lines.steps):
        whole = [(p, n) for p, n in places(step.after) if isinstance(n, Num | Sym | Call)]
        for path, node in rng.sample(whole, min(4, len(whole))):
            yield pytest.param(lines, i, replace_at(step.after, path, mul(Num(Decimal("1.0000001")), node)), id=f"{text}-{i}-{path}")
        yield pytest.param(lines, i, neg(step.after), id=f"{text}-{i}-sign")


LINES = [case for text in QUESTIONS for case in faulty_lines(text)]


def with_fault(lines: Derivation, i: int, after: Expr) -> Derivation:
    """The line, and the next one's beginning, changed."""
    steps = list(lines.steps)
    steps[i] = replace(steps[i], after=after)
    if i + 1 < len(steps):
        steps[i + 1] = Step(
            after, steps[i + 1].after, steps[i + 1].rule, (), steps[i + 1].params, steps[i + 1].names, steps[i + 1].conditions
        )
    return replace(lines, steps=tuple(steps))


@pytest.mark.parametrize(("lines", "i", "after"), LINES)
def test_a_faulty_line_is_caught(lines: Derivation, i: int, after: Expr) -> None:
    before = lines.steps[i].after
    found = check(with_fault(lines, i, after))
    here = [c for c in found.checks if c.step == i]
    exactly = [c.verdict.value for c in here if c.referee == "sympy"]
    numeric = [c.verdict.value for c in here if c.referee != "sympy"]
    if same_value(before, after, lines):
        return
    assert "FAIL" in numeric, (write(before), write(after))
    assert exactly in (["SKIPPED"], ["FAIL"])


def same_value(before: Expr, after: Expr, lines: Derivation) -> bool:
    """Where the line is 0 a factor changes nothing; an exponent 0 or a branch not taken neither."""
    rng = np.random.default_rng(5)
    for _ in range(12):
        free = {n for e in (before, after, *lines.where.values()) for n in names(e)} - set(lines.where)
        point = {n: float(rng.uniform(*DOMAIN.get(n, (0.3, 0.9)))) * (-1 if rng.random() < 0.5 else 1) for n in sorted(free)}
        a, b = (Meaning(point, lines.where).real(e) for e in (before, after))
        if a is not None and b is not None and abs(a - b) > 1e-12:
            return False
    return True


def test_the_lines_as_they_are_pass() -> None:
    for text in QUESTIONS:
        found = check(derive(read(text), ["x"]))
        assert found.rejected is None
        assert all(isinstance(at(s.before, s.path), Expr) for s in derive(read(text), ["x"]).steps)
        assert not any(isinstance(n, Diff) for n in postorder(derive(read(text), ["x"]).answer) if "f" not in text)
