"""The structural moves keep the value, come to an end, and reach one normal form whatever the order of terms and factors."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf

from derivx.derive.polish import tidied
from derivx.derive.tidy import MOVES, rewrite
from derivx.expr import Call, Expr, Num, Sym, add, div, mul, neg, power, transform
from derivx.syntax import read, write
from tests.derive.metric import alike
from tests.reference import Meaning

LEAVES = st.sampled_from([Sym("x"), Sym("w"), Sym("s"), Num(0), Num(1), Num(2), Num(3), read("0.5"), read("sin(x)"), read("exp(w)")])
WHOLE = st.sampled_from([Num(0), Num(1), Num(2), Num(3), neg(Num(1))])
TREES = st.recursive(
    LEAVES,
    lambda e: st.one_of(
        st.lists(e, min_size=2, max_size=3).map(lambda a: add(*a)),
        st.lists(e, min_size=2, max_size=3).map(lambda a: mul(*a)),
        st.tuples(e, e).map(lambda a: div(*a)),
        st.tuples(e, WHOLE).map(lambda a: power(*a)),
        e.map(neg),
    ),
    max_leaves=9,
)
POINTS = [{"x": mpf("0.7"), "w": mpf("1.3"), "s": mpf("0.4")}, {"x": mpf("-1.1"), "w": mpf("0.6"), "s": mpf("0.9")}]


def agree(a: Expr, b: Expr) -> bool:
    """Equal wherever the first is defined."""
    for point in POINTS:
        before, after = Meaning(point).real(a), Meaning(point).real(b)
        if before is not None and (after is None or abs(before - after) > mpf(10) ** -9 * (1 + abs(before))):
            return False
    return True


@given(TREES)
def test_each_move_keeps_the_value(tree: Expr) -> None:
    for move in MOVES:
        assert agree(tree, rewrite(move, tree)), (move.id, write(tree), write(rewrite(move, tree)))


@given(TREES)
def test_tidying_ends_and_stays(tree: Expr) -> None:
    normal = tidied(tree)
    assert tidied(normal) == normal
    assert agree(tree, normal)


def shuffled(tree: Expr, seed: int) -> Expr:
    """The same sums and products in another order."""
    draw = random.Random(seed)

    def mix(node: Expr) -> Expr:
        if isinstance(node, Call) and node.op in ("add", "mul"):
            return Call(node.op, tuple(draw.sample(node.args, len(node.args))))
        return node

    return transform(tree, mix)


@given(TREES, st.integers(0, 5))
def test_one_normal_form(tree: Expr, seed: int) -> None:
    first, second = tidied(tree), tidied(shuffled(tree, seed))
    assert alike(first, second, turned=True), (write(tree), write(first), write(second))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x*1 + 0", "x"),
        ("3*x + 2*x", "5*x"),
        ("x*x^2", "x^3"),
        ("-(-x)", "x"),
        ("x*3*(-w)", "-3*x*w"),
        ("2*x/(4*w)", "x/(2*w)"),
        ("x/w*w", "x"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("cosh(x)^2 - sinh(x)^2", "1"),
        ("2*3 + 4", "10"),
        ("0*sin(x)", "0"),
        ("x^1", "x"),
        ("0.5*2*x", "x"),
        ("a*(b/c)", "a*b/c"),
    ],
)
def test_forms(text: str, wanted: str) -> None:
    assert write(tidied(read(text))) == wanted
