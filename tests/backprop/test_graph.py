"""The graph and the sweep over it: equal parts once, only what is on the way, paths counted exactly, any length without recursion."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping

import pytest

from derivx.api import backprop
from derivx.expr import Call, Diff, Expr, Sym, add, mul, postorder
from derivx.graph.graph import graph
from derivx.graph.paths import savings, walks
from derivx.render.sweep import links_of, saved
from derivx.syntax import write
from derivx.syntax.program import program_of, read_program
from tests.conftest import share

TOY = "b = w1*a; c = w2*a; d = w3*b + w4*c; L = 10 - d"


def rows(text: str, *, operations: bool = False) -> list[str]:
    found = graph(read_program(text), operations=operations).definitions
    return [f"{name} = {write(formula)}" for name, formula in found.items()]


# program, nodes
SHARED = [
    ("L = (w + x)*sin(w + x)", ["q1 = w + x", "L = q1*sin(q1)"]),
    ("z = exp(w*x); L = exp(w*x) + z", ["z = exp(w*x)", "L = z + z"]),
    ("a = sin(w); b = sin(w)^2 + a", ["a = sin(w)", "b = a^2 + a"]),
    ("q1 = w; L = exp(w)*sin(exp(w))*q1", ["q1 = w", "q2 = exp(w)", "L = q2*sin(q2)*q1"]),
    ("L = -x*sin(-x)", ["L = -x*sin(-x)"]),  # a sign is no value of its own
    ("L = x^2*y + sin(x^2)", ["q1 = x^2", "L = q1*y + sin(q1)"]),
    ("L = sin(2*pi)*w + sin(2*pi)", ["L = sin(2*pi)*w + sin(2*pi)"]),  # nor is a constant
]


@pytest.mark.parametrize(("text", "nodes"), SHARED)
def test_equal_parts_are_computed_once(text: str, nodes: list[str]) -> None:
    assert rows(text) == nodes


# program, nodes of the circuit
CIRCUITS = [
    ("(x + y)*z", ["q1 = x + y", "L = q1*z"]),
    ("1/(1 + exp(-(w*x + b)))", ["q1 = w*x", "q2 = q1 + b", "q3 = exp(-q2)", "q4 = 1 + q3", "L = 1/q4"]),
    ("z = sin(w*x); L = z^2 + sin(w*x)", ["q1 = w*x", "z = sin(q1)", "q2 = z^2", "L = q2 + z"]),
    ("L = where(x > 0, x^2, -x)", ["q1 = x^2", "L = where(x > 0, q1, -x)"]),
]


@pytest.mark.parametrize(("text", "nodes"), CIRCUITS)
def test_a_circuit_has_a_node_for_each_operation(text: str, nodes: list[str]) -> None:
    assert rows(text, operations=True) == nodes
    split = backprop(text, operations=True)
    whole = backprop(text, operations=False)
    assert split.verdict == whole.verdict == "PASS"
    point = {split.graph.nodes[i].name: 0.3 + 0.2 * i for i in split.graph.inputs}
    a, b = backprop(text, operations=True, at=point), backprop(text, operations=False, at=point)
    assert [a.gradient_value(n) for n in a.wrt] == pytest.approx([b.gradient_value(n) for n in b.wrt], rel=1e-13)


def test_a_single_expression_is_a_circuit_and_a_program_is_not() -> None:
    assert len(backprop("(x + y)*z", check=False).graph.definitions) == 2
    assert len(backprop("L = (x + y)*z; L^2", check=False).graph.definitions) == 2
    assert len(backprop("L = (x + y)*z; L^2", operations=True, check=False).graph.definitions) == 3


# program, asked, nodes with a gradient (from the output back)
VISITED = [
    (TOY, "a", "L d c b a"),
    (TOY, "w1", "L d b w1"),
    (TOY, "w4", "L d w4"),
    (TOY, "d", "L d"),
    (TOY, "L", "L"),
    (TOY, "b,w2", "L d c w2 b"),
    ("L = w^x", "w", "L w"),  # else log(w) would be asked for
    ("u = log(c); z = w*u; dead = exp(z); L = z^2", "w", "L z w"),
    ("u = a*b; L = w*x", "a", ""),
]


@pytest.mark.parametrize(("text", "asked", "visited"), VISITED)
def test_only_nodes_on_the_way_are_visited(text: str, asked: str, visited: str) -> None:
    sweep = backprop(text, asked)
    assert sorted(sweep.graph.nodes[at].name for at in sweep.adjoints) == sorted(visited.split())
    assert not visited or sweep.verdict == "PASS"
    order = list(sweep.adjoints)
    for at, adjoint in sweep.adjoints.items():  # each behind all that use it
        assert all(order.index(link.user) < order.index(at) for link in adjoint.links)


def test_what_the_output_does_not_depend_on_has_the_gradient_zero() -> None:
    sweep = backprop("u = a*b; L = w*x", "a,w", at={"a": 1, "b": 2, "w": 3, "x": 4})
    assert {n: write(g) for n, g in sweep.gradients.items()} == {"a": "0", "w": "x"}
    assert (sweep.gradient_value("a"), sweep.gradient_value("w")) == (0, 4)
    assert "∂L/∂a = 0" in sweep.text()


def test_a_negative_base_with_a_constant_exponent_has_a_gradient() -> None:
    assert backprop("L = w^n", "w", at={"w": -2, "n": 3}).gradient_value("w") == 12


def test_paths_are_counted_and_walked() -> None:
    sweep = backprop(TOY)
    found, links, at = saved(sweep), links_of(sweep), sweep.graph.at
    assert {n: found.paths[at[n]] for n in ("a", "w1", "b", "d", "L")} == {"a": 2, "w1": 1, "b": 1, "d": 1, "L": 1}
    walked = [[sweep.graph.nodes[i].name for i in path] for path in walks(links, at["a"], at["L"], 9)]
    assert walked == [["a", "b", "d", "L"], ["a", "c", "d", "L"]]
    assert len(list(walks(links, at["a"], at["L"], 1))) == 1


def by_hand(links: Mapping[int, list[int]], output: int, asked: list[int]) -> tuple[int, int]:
    """Multiplications: one a link that does not end in the output; along every path one less than its links."""
    every = [path for at in asked for path in walks(links, at, output, 10**6)]
    return sum(user != output for users in links.values() for user in users), sum(len(path) - 2 for path in every)


@pytest.mark.parametrize(
    "text",
    [TOY, "L = (x + y)*z", "a = x^2; b = a*x; c = b*a + x; L = c*b*a", "h = w*x; i = w*h; j = w*i; k = w*j; L = k + h*j"],
)
def test_savings_are_what_walking_every_path_costs(text: str) -> None:
    sweep = backprop(text, check=False)
    links, output = links_of(sweep), sweep.graph.output
    asked = [sweep.graph.at[n] for n in sweep.wrt]
    found = savings(links, output, asked)
    assert (found.stored, found.unstored) == by_hand(links, output, asked)


# Sharing in Python: 2^60 paths, 61 nodes.


def doubled(join: str, levels: int = 60) -> Expr:
    node: Expr = Sym("x")
    for _ in range(levels):
        node = mul(node, node) if join == "mul" else add(node, node) if join == "add" else Call("sin", (mul(node, node),))
    return node


@pytest.mark.parametrize(("join", "split", "nodes"), [("mul", True, 61), ("add", True, 61), ("sin", True, 121), ("sin", False, 121)])
def test_shared_expressions_do_not_explode(join: str, split: bool, nodes: int) -> None:
    sweep = backprop(doubled(join), operations=split, at={"x": 1.0 if join == "mul" else 1e-3})
    verdict, count = sweep.verdict, len(sweep.graph.nodes)  # a failing line must not print the expression: it has 2^60 leaves
    assert (verdict, count) == ("PASS", nodes)
    sizes = (len(sweep.text()), len(sweep.latex()), len(str(sweep.to_dict())), len(sweep.svg()))
    assert max(sizes) < 150_000
    same = pickle.loads(pickle.dumps(sweep)).adjoints == sweep.adjoints
    assert same


@pytest.mark.parametrize(("join", "slope"), [("mul", 2.0**60), ("add", 2.0**60)])
def test_the_gradient_of_a_shared_expression(join: str, slope: float) -> None:
    assert backprop(doubled(join), at={"x": 1.0}, check=False).gradient_value("x") == slope


def test_two_to_the_sixty_paths_are_counted_exactly() -> None:
    lines = "\n".join(f"u{i} = sin(a{i - 1}); v{i} = cos(a{i - 1}); a{i} = u{i}*v{i}" for i in range(1, 61))
    sweep = backprop(lines, "a0")
    assert saved(sweep).paths[sweep.graph.at["a0"]] == 2**60
    node = next(n for n in sweep.to_dict()["sweep"]["nodes"] if n["name"] == "a0")
    assert node["paths"] == 2**60
    assert f"from a₀ to a₆₀: {2**60}" in sweep.text(paths=["a0"])
    assert f"{2**60 - 12:,} more" in sweep.text(paths=["a0"])


def test_a_condition_is_no_value_with_a_gradient() -> None:
    text, _ = CIRCUITS[3]
    sweep = backprop(text, at={"x": 2})
    assert sweep.verdict == "PASS"
    assert sweep.gradient_value("x") == 4
    assert backprop(text, at={"x": -2}).gradient_value("x") == -1


# Length: no recursion anywhere.


def chain(length: int) -> dict[str, Expr]:
    formulas: dict[str, Expr] = {}
    last = "x"
    for i in range(1, length + 1):
        formulas[f"a{i}"] = Call("tanh" if i % 3 else "sin", (Sym(last),))
        last = f"a{i}"
    return formulas


@pytest.mark.slow
def test_a_hundred_thousand_nodes_are_derived_checked_printed_and_sent() -> None:
    assert sys.getrecursionlimit() <= 1_000
    program = program_of(chain(share(100_000)))
    sweep = backprop(program, "x", at={"x": 0.5})
    assert sweep.verdict == "PASS"
    assert len(sweep.adjoints) == share(100_000) + 1
    again = pickle.loads(pickle.dumps(sweep))
    assert again.gradient("x") == sweep.gradient("x")
    found = sweep.to_dict()["sweep"]["nodes"]
    assert len(found) == share(100_000) + 1
    assert found[0]["adjoint_value"] == sweep.gradient_value("x") > 0
    assert sweep.text(detail="brief").count("✓") == share(100_000) + 1


@pytest.mark.slow
def test_a_formula_of_many_nodes_is_one_chain() -> None:
    whole: Expr = Sym("x")
    for i in range(5_000):
        whole = Call("tanh" if i % 3 else "sin", (whole,))
    sweep = backprop(whole, at={"x": 0.5})
    assert sweep.verdict == "PASS"
    assert len(sweep.graph.nodes) == 5_001
    assert backprop(program_of(chain(5_000)), "x", at={"x": 0.5}).gradient_value("x") > 0


def test_no_gradient_holds_more_than_its_own_step() -> None:
    sweep = backprop(program_of(chain(400)), "x", check=False)
    assert max(a.formula.size for a in sweep.adjoints.values()) < 40
    assert all(isinstance(n.body, Sym) for a in sweep.adjoints.values() for n in postorder(a.formula) if isinstance(n, Diff))
