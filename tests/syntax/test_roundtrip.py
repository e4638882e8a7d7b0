"""``read(write(e)) == e``: plain text out is text in, for every expression."""

from __future__ import annotations

import string
import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivx import ops
from derivx.expr import Call, Expr, Sym, add, at, children, mul, neg
from derivx.syntax import Limits, decimal_text, read, write, write_span
from tests.conftest import share
from tests.generate import DOMAIN, expression, scalar_question
from tests.values import value

SEEDS = st.integers(0, 2**32)
WIDE = Limits(chars=10_000_000, tokens=1_000_000, depth=200_000)
ASCII_CORE = set(string.ascii_letters + string.digits + "_'.+-*/^(), <>=!")


@given(seed=SEEDS, size=st.integers(1, 80))
def test_read_undoes_write(seed: int, size: int) -> None:
    e = expression(Random(seed), size)
    text = write(e)
    assert read(text) == e
    assert set(text) <= ASCII_CORE


@given(seed=SEEDS)
def test_each_span_reads_back_to_its_part(seed: int) -> None:
    e = expression(Random(seed), 25)
    todo: list[tuple[Expr, tuple[int, ...]]] = [(e, ())]
    while todo:
        node, path = todo.pop()
        text, (start, end) = write_span(e, path)
        assert text == write(e)
        if not (isinstance(node, Call) and ops.known(node.op) and ops.card(node.op).notation == "compare"):
            assert read(text[start:end]) == node == at(e, path)
        todo += [(kid, (*path, i)) for i, kid in enumerate(children(node))]


@given(seed=SEEDS)
def test_spaces_mean_nothing_between_signs(seed: int) -> None:
    text = write(expression(Random(seed), 20))
    assert read(text.replace(" ", "")) == read(text) == read(text.replace("*", " * ").replace(",", " , "))


@pytest.mark.parametrize("card", list(ops.cards()), ids=lambda c: c.name)
def test_every_card_is_written_and_read(card: ops.Op) -> None:
    if card.notation == "compare":
        e: Expr = Call("where", (Call(card.name, (Sym("x"), Sym("y"))), Sym("a"), Sym("b")))
    elif card.name == "where":
        e = Call("where", (Call("gt", (Sym("x"), Sym("y"))), Sym("a"), Sym("b")))
    else:
        e = Call(card.name, tuple(Sym(n) for n in "xyzw"[: len(card.params)]))
    assert read(write(e)) == e


@pytest.mark.parametrize("build", ["add", "mul", "chain", "minus"])
@pytest.mark.slow
def test_a_hundred_thousand_nodes(build: str) -> None:
    assert sys.getrecursionlimit() <= 1_000
    n, e = 100_000, Sym("x")
    node: Expr = e
    if build in ("add", "mul"):
        node = {"add": add, "mul": mul}[build](*[e] * n)
    for _ in range(0 if build in ("add", "mul") else n):
        node = neg(node) if build == "minus" else Call("sigmoid", (node,))
    assert read(write(node), limits=WIDE) == node


@pytest.mark.parametrize("seed", range(share(3_000)))
def test_questions_have_values_on_their_domain(seed: int) -> None:
    rng = Random(seed)
    question = scalar_question(rng)
    assert read(write(question)) == question
    values = [value(question, {n: rng.uniform(*span) for n, span in DOMAIN.items()}) for _ in range(3)]
    assert all(abs(v) < 1e4 for v in values)


def test_questions_reach_every_card() -> None:
    seen: set[str] = set()
    for seed in range(3_000):
        todo = [scalar_question(Random(seed))]
        while todo:
            node = todo.pop()
            seen |= {node.op} if isinstance(node, Call) else set()
            todo += children(node)
    assert {c.name for c in ops.cards()} <= seen


# What brackets are needed for: the text of a tree, to the letter.
WRITTEN = [
    ("w*x + b", "w*x + b"),
    ("(x + y) + z", "(x + y) + z"),
    ("x + (y + z)", "x + (y + z)"),
    ("(x*y)*z", "(x*y)*z"),
    ("x - (y - z)", "x - (y - z)"),
    ("x - (-y)", "x - (-y)"),
    ("(-x)^2", "(-x)^2"),
    ("-x^2", "-x^2"),
    ("(-x)*y", "(-x)*y"),
    ("-(x*y)", "-x*y"),
    ("x*(-y)", "x*(-y)"),
    ("x/y/z", "x/y/z"),
    ("x/(y/z)", "x/(y/z)"),
    ("x/(y*z)", "x/(y*z)"),
    ("x*y/z", "x*y/z"),
    ("x*(y/z)", "x*(y/z)"),
    ("(x^y)^z", "(x^y)^z"),
    ("x^y^z", "x^(y^z)"),
    ("x^(-1)", "x^(-1)"),
    ("e^(-x)", "e^(-x)"),
    ("(x/y)^2", "(x/y)^2"),
    ("D(x + y, x)", "D(x + y, x)"),
    ("dL/(dw)", "dL/(dw)"),
    ("dL/dw", "D(L, w)"),
    ("a*dL/(dw)^2", "a*dL/(dw^2)"),
    ("x/delta", "x/delta"),
    ("1/digamma(x)", "1/digamma(x)"),
    ("where(x > 0, x, -x)", "where(x > 0, x, -x)"),
    ("log(x, 10)", "log(x, 10)"),
    ("2e-3*x", "0.002*x"),
    ("1e-30", "1e-30"),
    ("2.50", "2.50"),
]


@pytest.mark.parametrize(("typed", "written"), WRITTEN)
def test_written(typed: str, written: str) -> None:
    assert write(read(typed)) == written
    assert read(written) == read(typed)


def test_span_leaves_brackets_out() -> None:
    text, (start, end) = write_span(read("(x + 1)*(y - 2)"), (1, 1))
    assert text[start:end] == "- 2"
    text, (start, end) = write_span(read("(x + 1)*y"), (0,))
    assert text[start:end] == "x + 1"


def test_numbers_keep_their_digits() -> None:
    assert [decimal_text(read(t).value) for t in ("3", "0.10", "1e-9", "2e5", "5.")] == ["3", "0.10", "1e-9", "2e5", "5"]
