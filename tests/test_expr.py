"""The tree: kept as built, equal by structure, and never recursing."""

from __future__ import annotations

import pickle
import sys
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivx.expr import (
    ONE,
    TWO,
    ZERO,
    Call,
    Diff,
    Expr,
    Num,
    Sym,
    add,
    at,
    children,
    contains,
    depth,
    div,
    find,
    is_op,
    mul,
    names,
    neg,
    num,
    pending,
    postorder,
    power,
    replace_at,
    substitute,
    transform,
    with_children,
)
from derivx.syntax import read, write
from tests.generate import expression

X, Y, W, B = (Sym(n) for n in "xywb")
LARGE = 100_000


def chain(levels: int) -> Expr:
    node: Expr = X
    for _ in range(levels):
        node = Call("sin", (node,))
    return node


@given(seed=st.integers(0, 2**32), size=st.integers(1, 60))
def test_pickle_round_trip(seed: int, size: int) -> None:
    e = expression(Random(seed), size)
    again = pickle.loads(pickle.dumps(e))
    assert again == e
    assert hash(again) == hash(e)
    assert repr(again) == repr(e)


@given(seed=st.integers(0, 2**32))
def test_every_part_is_where_its_path_says(seed: int) -> None:
    e = expression(Random(seed), 30)
    for part in postorder(e):
        path = find(e, lambda node, part=part: node is part)
        assert path is not None
        assert at(e, path) is part
        assert replace_at(e, path, part) is e


@given(seed=st.integers(0, 2**32))
def test_size_and_depth_count_the_tree(seed: int) -> None:
    e = expression(Random(seed), 40)

    def count(node: Expr) -> tuple[int, int]:
        below = [count(k) for k in children(node)]
        return 1 + sum(n for n, _ in below), 1 + max((d for _, d in below), default=0)

    assert (e.size, depth(e)) == count(e)


@pytest.mark.parametrize("build", [chain, lambda n: Call("add", (X,) * n), lambda n: Call("mul", tuple(neg(X) for _ in range(n // 2)))])
def test_a_large_expression_needs_no_recursion(build) -> None:
    assert sys.getrecursionlimit() <= 1_000
    e = build(LARGE)
    assert e.size >= LARGE
    assert pickle.loads(pickle.dumps(e)) == e
    assert e == build(LARGE)
    assert e != add(e, X)
    assert len(repr(e)) > LARGE
    assert len(write(e)) > LARGE
    assert names(e) == ["x"]
    assert names(substitute(e, {X: Y})) == ["y"]
    assert depth(e) >= 2
    assert not pending(e)
    assert transform(e, lambda node: node) is e


def test_a_large_expression_at_a_deep_path() -> None:
    e = chain(20_000)
    path = find(e, lambda node: node == X)
    assert path == (0,) * 20_000
    assert at(replace_at(e, path, Y), path) == Y


def test_pickle_keeps_shared_parts_shared() -> None:
    part = Call("sin", (X,))
    for _ in range(200):  # 2^200 nodes as a tree
        part = add(part, part)
    again = pickle.loads(pickle.dumps(part))
    assert again == part
    assert sum(1 for _ in postorder(again)) == sum(1 for _ in postorder(part)) == 202


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (Num(2), Num(2), True),
        (Num(2), Num(Decimal("2.0")), False),
        (Num(Decimal("2.0")), Num(Decimal("2.00")), False),
        (X, Sym("x"), True),
        (X, Sym("x", ("n",)), False),
        (add(X, Y), add(Y, X), False),
        (add(X, Y, B), add(add(X, Y), B), False),
        (Diff(X, X), Diff(X, Y), False),
        (Call("f", (X,)), Call("g", (X,)), False),
        (X, "x", False),
    ],
)
def test_equality_is_structural(left: object, right: object, equal: bool) -> None:
    assert (left == right) is equal
    assert (right == left) is equal


def test_constructors_keep_what_they_are_given() -> None:
    assert write(add(X, X)) == "x + x"
    assert write(mul(ONE, X)) == "1*x"
    assert write(power(X, ZERO)) == "x^0"
    assert write(div(X, X)) == "x/x"
    assert add(X) is X
    assert mul(X) is X
    assert num(-3) == neg(Num(3))
    assert num(Decimal("-0.5")) == neg(Num(Decimal("0.5")))
    assert num(0) == ZERO


def test_names_come_in_the_order_written() -> None:
    assert names(read("w*x + b - sin(x*y)")) == ["w", "x", "b", "y"]
    assert names(read("D(b*x, w)"), read("z")) == ["b", "x", "w", "z"]


def test_helpers() -> None:
    e = read("sigmoid(w*x + b)^2")
    assert is_op(e, "mul", "pow")
    assert not is_op(X, "pow")
    assert contains(e, read("w*x"))
    assert not contains(e, read("x*w"))
    assert pending(read("1 + D(x^2, x)"))
    assert with_children(e, children(e)) is e
    assert with_children(e, (X, TWO)) == read("x^2")
    assert find(e, lambda node: node == Y) is None
    assert substitute(e, {}) is e
    assert write(substitute(read("D(x^2, x)"), {read("x^2"): Y})) == "D(y, x)"
    assert repr(read("2*x - D(y, x)")) == "add(mul(Num(2), x), neg(D(y, x)))"


@pytest.mark.parametrize("node", [Num(1), X, add(X, Y), Diff(X, X)])
def test_nodes_cannot_be_changed(node: Expr) -> None:
    with pytest.raises(AttributeError):
        node.size = 3  # type: ignore[misc]
