"""Each card's data: names, source, LaTeX, arguments, and formulas that can be read. A new card has its tests already."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivx import ops
from derivx.errors import UsageError
from derivx.expr import Call, Num, Sym, names
from derivx.ops import Names, Op
from derivx.syntax import Limits, conditions, definition, kink_equations, partials, read, write
from derivx.syntax.formulas import arguments

CARDS = list(ops.cards())
DIFFERENTIABLE = [c for c in CARDS if c.notation != "compare"]
WITHOUT_SLOPE = {"sign", "step", "floor", "ceil", "gt", "lt", "ge", "le", "eq", "ne"}
NOT_BY = {("polygamma", "n"), ("where", "c")}  # a whole number, and a comparison: nothing to differentiate by

each = pytest.mark.parametrize("card", CARDS, ids=lambda c: c.name)
each_differentiable = pytest.mark.parametrize("card", DIFFERENTIABLE, ids=lambda c: c.name)


@each
def test_names_in_both_languages(card: Op) -> None:
    assert card.names.en.strip() == card.names.en != ""
    assert card.names.en.isascii()
    assert card.names.ko.strip() == card.names.ko != ""
    assert re.search(r"[가-힣]", card.names.ko)


@each
def test_source_and_latex(card: Op) -> None:
    assert len(card.source) >= 5
    assert card.latex
    assert card.latex.count("{") == card.latex.count("}")


@each
def test_arguments(card: Op) -> None:
    assert card.params
    assert all(p.isidentifier() and p not in ("y", "e", "pi") for p in card.params)
    assert all(isinstance(read(text), Num) for text in card.defaults.values())
    assert card.nary == card.args.endswith("...")
    count = len(card.params)
    assert card.takes(count)
    assert card.takes(count - len(card.defaults))
    assert not card.takes(0)
    assert card.takes(count + 1) == card.nary
    assert callable(card.value) or isinstance(card.value, str)


@each
def test_found_by_each_name(card: Op) -> None:
    for text in (card.text, card.name, *card.names.aliases):
        found = ops.find(text, len(card.params))
        assert found is not None
        assert found.name == card.name, f"{text} is also {found.name}"


@each_differentiable
def test_a_partial_for_every_argument(card: Op) -> None:
    found = partials(card)
    assert found is not None
    assert set(found) == {p for p in card.params if (card.name, p) not in NOT_BY}
    for formula in found.values():
        assert set(names(formula)) <= {*card.params, "y", "e", "pi"}
        assert read(write(formula), ["y", *card.params], Limits(template=True)) == formula


@pytest.mark.parametrize("card", [c for c in DIFFERENTIABLE if c.name in WITHOUT_SLOPE], ids=lambda c: c.name)
def test_no_slope_where_there_is_none(card: Op) -> None:
    assert partials(card) == {"x": Num(0)} or write(next(iter((partials(card) or {}).values()))) == "0"


@each_differentiable
def test_domain_and_kinks_can_be_read(card: Op) -> None:
    args = tuple(Sym(p) for p in card.params)
    if card.name == "where":
        args = (Call("gt", (Sym("x"), Num(0))), *args[1:])
    call = Call(card.name, args)
    known = {*card.params, "x", "e", "pi"}
    for left, sign, right in conditions(call):
        assert sign in {">", "<", ">=", "<=", "!=", "="}
        assert set(names(left, right)) <= known
    for left, right in kink_equations(call):
        assert names(left, right)
        assert set(names(left, right)) <= known
    assert bool(kink_equations(call)) == bool(card.kinks)


@each
def test_definition_only_where_the_value_is_a_formula(card: Op) -> None:
    assert (definition(card) is None) == callable(card.value)


def test_names_are_unique() -> None:
    assert len({c.name for c in CARDS}) == len(CARDS)
    assert len({c.names.en for c in CARDS}) == len(CARDS)
    assert len({c.names.ko for c in CARDS}) == len(CARDS)


def test_a_card_is_at_most_ten_lines() -> None:
    calls = [
        node
        for path in Path(ops.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Op"
    ]
    assert len(calls) == len(CARDS) + len(list(ops.array_cards()))
    assert all((call.end_lineno or 0) - call.lineno < 10 for call in calls)


def test_a_users_card_is_read_at_once_and_can_be_taken_back() -> None:
    assert write(read("swish2*x")) == "swish2*x"
    op = ops.register(Op("swish2", "x", "x*sigmoid(2*x)", names=Names("swish of slope 2", "기울기 2의 swish", ("sw2x",))))
    try:
        assert write(read("swish2(x + 1)")) == "swish2(x + 1)"
        assert write(read("sw2x(t)")) == "swish2(t)"
        assert definition(op) == read("x*sigmoid(2*x)")
        assert partials(op) is None
    finally:
        ops.unregister("swish2")
    assert not ops.known("swish2")
    assert ops.find("sw2x") is None
    assert write(read("swish2*x")) == "swish2*x"


@pytest.mark.parametrize(
    ("name", "key"), [("sigmoid", "op_taken"), ("2x", "op_name"), ("제곱", "op_name"), ("a-b", "op_name"), ("", "op_name")]
)
def test_a_name_that_cannot_be_taken(name: str, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        ops.register(Op(name, "x", "x"))
    assert caught.value.key == key
    assert len(list(ops.cards())) == len(CARDS)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("log(w*x)", ["w*x > 0"]),
        ("log(2)", []),
        ("x^2", []),
        ("x^(-1)", ["x != 0"]),
        ("x^0.5", ["x > 0"]),
        ("x^y", ["x > 0"]),
        ("e^y", []),
        ("2^y", []),
        ("1/x", ["x != 0"]),
        ("x/2", []),
        ("log(x, b)", ["x > 0", "b > 0", "b != 1"]),
        ("log(x, 10)", ["x > 0"]),
        ("bce(p, 1)", ["p > 0", "p < 1"]),
        ("huber(p, t)", []),
        ("huber(p, t, k)", ["k > 0"]),
        ("asin(x)", ["abs(x) < 1"]),
    ],
)
def test_conditions(text: str, rows: list[str]) -> None:
    call = read(text)
    assert isinstance(call, Call)
    assert [f"{write(a)} {sign} {write(b)}" for a, sign, b in conditions(call)] == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("relu(w*x)", ["w*x = 0"]),
        ("hard_sigmoid(x)", ["x = 3", "x = -3"]),
        ("max(x, y)", ["x = y"]),
        ("max(x, y, 0)", ["x = y", "x = 0", "y = 0"]),
        ("max(0, x)", ["x = 0"]),
        ("where(x > y, 1, 2)", ["x = y"]),
        ("where(0 < x, 1, 2)", ["x = 0"]),
        ("where(x != 0, 1, 2)", []),
        ("abs(2)", []),
        ("hinge(p, t)", ["t*p = 1"]),
    ],
)
def test_kinks(text: str, rows: list[str]) -> None:
    call = read(text)
    assert isinstance(call, Call)
    assert [f"{write(a)} = {write(b)}" for a, b in kink_equations(call)] == rows


def test_defaults_are_filled_in() -> None:
    values = arguments(ops.card("leaky_relu"), (Sym("z"),))
    assert {write(k): write(v) for k, v in values.items()} == {"x": "z", "a": "0.01"}


@given(st.text(max_size=12), st.integers(0, 6))
def test_find_never_fails(text: str, count: int) -> None:
    found = ops.find(text, count)
    assert found is None or found.takes(count)
