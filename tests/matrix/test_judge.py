"""The judge of matrix derivatives is itself judged: on the file's answers, on wrong ones, and on the same ones written otherwise."""

from __future__ import annotations

import ast
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from autograd import grad

from tests.conftest import share
from tests.matrix import language
from tests.matrix.generate import random_case
from tests.matrix.judge import FLOOR, cases, close, forms, is_right, is_right_everywhere, second_opinion, truth
from tests.matrix.language import DEFAULT_DIMS, FUNCTIONS, Case, Malformed, draw, evaluate, sizes_of, with_definitions
from tests.matrix.mutate import mutants, paths, replaced
from tests.matrix.normal import Node, full_size, normal, normal_of, ratio, same, size
from tests.matrix.score import main, mark, report

pytestmark = pytest.mark.slow  # one long table

CASES = {case["id"]: case for case in cases()}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
META = json.loads((Path(__file__).parents[1] / "data" / "matrix.json").read_text(encoding="utf-8"))["meta"]


def made(**fields: Any) -> dict[str, Any]:
    """A case with the fields given, and empty ones."""
    empty = {"assume": {}, "let": [], "answer_let": [], "alt_answers": [], "dims": {}, "consts": {}, "id": "made", "kind": "gradient"}
    return empty | fields


# ---- the language ------------------------------------------------------------------------------------------------------

V, W3 = np.array([1.0, 2.0, 4.0]), np.array([10.0, 1.0])
M = np.array([[2.0, 1.0, 0.0], [0.5, 3.0, -1.0], [1.0, 0.0, 2.0]])
GIVEN = {"v": V, "w": W3, "M": M, "B": M[:2], "t": np.asarray(3.0), "n": 3, "r": 2}

VALUES = [
    ("2*v - v/2",                   1.5 * V),
    ("-v**2",                       -(V**2)),
    ("2 * M.T @ v.T",               2 * M.T @ V),
    ("inv(M) @ M",                  np.eye(3)),
    ("det(M)",                      np.linalg.det(M)),
    ("logdet(M)",                   np.log(np.linalg.det(M))),
    ("tr(M)",                       7.0),
    ("matrix_power(M, r + 1)",      M @ M @ M),
    ("matrix_power(M, 0)",          np.eye(3)),
    ("matrix_power(M, -1)",         np.linalg.inv(M)),
    ("pinv(M)",                     np.linalg.pinv(M)),
    ("pinv(B)",                     np.linalg.pinv(M[:2])),
    ("pinv(B.T)",                   np.linalg.pinv(M[:2].T)),
    ("kron(M, M.T)",                np.kron(M, M.T)),
    ("outer(v, w)",                 np.outer(V, W3)),
    ("diag(v)",                     np.diag(V)),
    ("diagonal(M)",                 np.diag(M)),
    ("eye(n) + ones(n, n)",         np.eye(3) + 1),
    ("row(v)",                      V[None, :]),
    ("commutation(n, r) @ commutation(r, n)", np.eye(6)),
    ("sum(M, axis=0)",              M.sum(axis=0)),
    ("mean(M, axis=-1, keepdims=True)", M.mean(axis=1)[:, None]),
    ("norm2(M)**2",                 (M * M).sum()),
    ("norm1(-v)",                   7.0),
    ("sigmoid(v)",                  1 / (1 + np.exp(-V))),
    ("relu(v - t)",                 [0.0, 0.0, 1.0]),
    ("step(v - t)",                 [0.0, 0.0, 1.0]),
    ("softmax(M)",                  np.exp(M) / np.exp(M).sum(axis=1)[:, None]),
    ("logsumexp(M)",                np.log(np.exp(M).sum(axis=1))),
    ("im2col(v, 2)",                [[1.0, 2.0], [2.0, 4.0]]),
    ("conv1d(v, w)",                np.correlate(V, W3, "valid")),
    ("conv1d_transpose(v, w)",      np.convolve(V, W3, "full")),
    ("exp(t) + sqrt(4) + abs(-2) + sign(-t) + sin(0) + cos(0)", np.exp(3) + 2 + 2 - 1 + 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_formula_has_the_value_of_numpy(text: str, value: Any) -> None:
    assert close(evaluate(text, GIVEN), value, 1e-12)


@pytest.mark.parametrize(
    "text", ["v^2", "v @ w", "t @ v", "nosuch", "nosuch(v)", "inv(v)", "tr(outer(v, w))", "diag(M)", "outer(M, v)", "v[0]", "2 +", "M.real", "softmax(t)", "sum(v, axis=1)", "conv1d(w, v)"]
)  # fmt: skip
def test_what_is_not_of_the_language_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        evaluate(text, GIVEN)


def test_every_function_of_the_file_is_there() -> None:
    stated = {word.split("(")[0].strip() for row in META["syntax"]["functions"] for word in ([row] if "(" in row else row.split(","))}
    assert stated - {"g, dg"} <= set(FUNCTIONS) | {"g", "dg"}
    assert META["default_dims"] == DEFAULT_DIMS
    assert set(META["assume"]) == set(language._DRAWS) - {""}


def test_commutation_is_as_the_file_defines_it() -> None:
    x = np.arange(6.0).reshape(2, 3)
    assert close(FUNCTIONS["commutation"](2, 3) @ x.flatten("F"), x.T.flatten("F"), 0)


def test_the_derivative_of_the_generic_activation() -> None:
    assert grad(FUNCTIONS["g"])(0.7) == pytest.approx(FUNCTIONS["dg"](0.7), abs=1e-14)


# assumption, what must hold of a drawn matrix
HOLDS = {
    "symmetric": lambda x: np.array_equal(x, x.T),
    "spd": lambda x: np.array_equal(x, x.T) and np.linalg.eigvalsh(x).min() > 0,
    "posdef_nonsym": lambda x: not np.allclose(x, x.T) and np.linalg.eigvalsh(x + x.T).min() > 0,
    "invertible": lambda x: np.linalg.cond(x) < 10,
    "posdet": lambda x: np.linalg.det(x) > 0,
    "diagonal": lambda x: np.count_nonzero(x) == len(x) and np.all(np.diag(x)),
    "positive": lambda x: x.min() > 0,
    "small": lambda x: x.min() > 0 and x.max() < 0.1,
    "wide": lambda x: x.min() >= 2,
    "large": lambda x: x.min() >= 20,
    "pm1": lambda x: set(x.flat) == {-1.0, 1.0},
    "binary": lambda x: set(x.flat) == {0.0, 1.0},
    "onehot": lambda x: np.array_equal(np.sort(x, axis=-1), np.eye(4)[[3] * 4]),
    "onehot_rows": lambda x: np.array_equal(np.sort(x, axis=-1), np.eye(4)[[3] * 4]),
}


@pytest.mark.parametrize("assume", HOLDS)
def test_inputs_are_drawn_as_assumed(assume: str) -> None:
    case = made(vars={"A": ["n", "n"]}, assume={"A": assume})
    drawn = [draw(case, DEFAULT_DIMS, seed)["A"] for seed in range(20)]
    assert all(HOLDS[assume](a) for a in drawn)
    assert np.array_equal(drawn[3], draw(case, DEFAULT_DIMS, 3)["A"])
    if assume == "invertible":
        assert {np.sign(np.linalg.det(a)) for a in drawn} == {-1.0, 1.0}


# ---- the judge ---------------------------------------------------------------------------------------------------------


@each_case
def test_the_answers_of_the_file_are_right(case: Case) -> None:
    for form in forms(case):
        assert is_right_everywhere(case, form, dict(case["answer_let"]), 1e-11)


@each_case
def test_autograd_and_differences_agree(case: Case) -> None:
    for sizes in sizes_of(case):
        assert close(second_opinion(case, sizes, 0), truth(case, sizes, 0), 1e-7)


# kind, expression, wrt, answer, and one that is wrong only in layout or structure
KINDS = [
    ("jacobian",         "A @ x",           "x", "A",                       "A.T"),
    ("dscalar",          "t * A",           "t", "A",                       "A.T"),
    ("vec_jacobian",     "A @ X",           "X", "kron(eye(n), A)",         "kron(A, eye(n))"),
    ("vec_jacobian",     "X.T",             "X", "commutation(n, n)",       "eye(n * n)"),
    ("vec_jacobian",     "X @ x",           "X", "kron(row(x), eye(n))",    "kron(eye(n), row(x))"),
    ("vec_hessian",      "tr(X.T @ A @ X)", "X", "kron(eye(n), A + A.T)",   "kron(A + A.T, eye(n))"),
    ("hessian",          "x @ A @ x",       "x", "A + A.T",                 "2 * A"),
    ("gradient_sym",     "tr(A @ S)",       "S", "A + A.T - A * eye(n)",    "A + A.T"),
    ("gradient_symproj", "tr(A @ S)",       "S", "(A + A.T) / 2",           "A.T"),
    ("gradient_diag",    "tr(A @ S)",       "S", "A * eye(n)",              "A.T"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expr", "wrt", "answer", "wrong"), KINDS)
def test_every_kind_has_its_layout(kind: str, expr: str, wrt: str, answer: str, wrong: str) -> None:
    shapes = {"A": ["n", "n"], "X": ["n", "n"], "S": ["n", "n"], "x": ["n"], "t": []}
    case = made(
        vars=shapes, assume={"S": "diagonal" if kind == "gradient_diag" else "symmetric"}, expr=expr, wrt=wrt, kind=kind, id=kind + expr
    )
    assert is_right_everywhere(case, answer, {})
    assert not is_right_everywhere(case, wrong, {})
    assert close(second_opinion(case, DEFAULT_DIMS, 0), truth(case, DEFAULT_DIMS, 0), 1e-7)


def test_all_kinds_of_the_file_are_tried() -> None:
    assert {kind for kind, *_ in KINDS} | {"gradient"} == set(META["kinds"])


def test_conv1d_is_the_cross_correlation(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the convolution that turns its kernel round, the file's answers are false."""
    plain = FUNCTIONS["conv1d"]
    monkeypatch.setitem(FUNCTIONS, "conv1d", lambda x, w: plain(x, w[::-1]))
    for name in ("cnv-02", "cnv-03"):
        case = CASES[name]
        for sizes in sizes_of(case):
            value = evaluate(case["answer"], draw(case, sizes, 0))
            assert not close(value, truth(case, sizes, 0), 1e-3)


@pytest.mark.parametrize(
    ("answer", "where", "right"),
    [
        ("2 * p * x", {"p": "x @ x", "q": "p"}, True),
        ("y", {"y": "2 * (x @ x) * x"}, True),
        ("2 * s * x", {}, True),
        ("2 * s * x", {"s": "x @ x"}, True),  # repeats what the question says
        ("s * x", {"s": "2 * x @ x"}, False),  # takes another meaning for its name
        ("2 * x", {"x": "(x @ x) * x"}, False),
        ("2 * v * x", {"w": "v", "v": "x @ x"}, False),  # before it is there
        ("2 * z * x", {}, False),
        ("(2 * s * x) + 1e-6", {}, False),
        ("2 * s * x / 0", {}, False),
        ("2 * s", {}, False),
        ("row(2 * s * x)", {}, False),
        ("2 * x^3", {}, False),
        ("", {}, False),
    ],
)
def test_names_and_shapes_of_an_answer_count(answer: str, where: Mapping[str, str], right: bool) -> None:
    case = made(vars={"x": ["n"]}, let=[["s", "x @ x"]], expr="s**2 / 2", wrt="x")
    assert is_right_everywhere(case, answer, where) is right


def test_close_is_relative_but_not_to_nothing() -> None:
    assert close([1e6 + 1e-3, 0], [1e6, 0], 1e-8)
    assert not close([1.001e-3], [1e-3], 1e-8)
    assert close([1e-17], [0.0], 1e-8)
    assert not close([2e-8 * FLOOR], [0.0], 1e-8)
    assert not close([[1.0]], [1.0], 1e-8)
    assert not close([np.nan], [np.nan], 1e-8)


# ---- wrong answers -----------------------------------------------------------------------------------------------------


@each_case
def test_wrong_answers_are_told_from_right_ones(case: Case) -> None:
    where = dict(case["answer_let"])
    for form in forms(case):
        wrong = mutants(case, form, where)
        assert len(wrong) >= 4
        for label, answer in wrong:
            assert not is_right_everywhere(case, answer, where), (label, answer)
            assert not same(case, answer, where), (label, answer)


def test_wrong_answers_are_of_many_kinds() -> None:
    labels = {label for case in cases() for label, _ in mutants(case, case["answer"], dict(case["answer_let"]))}
    assert {"sign", "transpose", "swapped", "dropped", "coefficient", "name", "function"} <= labels


# ---- the normal form ---------------------------------------------------------------------------------------------------

ENV = {
    **{name: Node(f"${name}", rank=rank) for names, rank in (("s t n N", 0), ("x y a b", 1), ("X Y A B", 2)) for name in names.split()},
    "S": Node("$S", rank=2, symmetric=True),
}

ALIKE = [
    ("A + B - X",                    "-X + (B + A)"),
    ("x - y",                        "-(y - x)"),
    ("1 - x**2",                     "-(x*x - 1)"),
    ("0.5 * x",                      "x / 2"),
    ("2 * A.T @ (A @ x - b)",        "(A @ x - b) @ A * 2"),
    ("-X @ (2 * s * y)",             "-2 * (X @ y) * s"),
    ("s / t * x",                    "x * (1 / t) * s"),
    ("(A @ X @ B).T",                "B.T @ (X.T @ A.T)"),
    ("(A + s * B.T).T",              "A.T + s * B"),
    ("(A - B.T).T @ x",              "x @ (A - B.T)"),
    ("inv(X).T.T.T",                 "inv(X.T)"),
    ("inv(S @ X @ S).T",             "inv(S @ X.T @ S)"),
    ("inv(S).T @ x.T",               "inv(S) @ x"),
    ("x @ A @ y",                    "y.T @ A.T @ x"),
    ("x @ (A @ y)",                  "(x @ A) @ y"),
    ("x @ (A + S) @ y",              "y @ (S + A.T) @ x"),
    ("A @ outer(x, y) @ B",          "outer(A @ x, y @ B)"),
    ("outer(x, y) @ a",              "(a @ y) * x"),
    ("outer(x, y) @ outer(a, b)",    "(y @ a) * outer(x, b)"),
    ("outer(-2 * x, y).T",           "-outer(y, 2 * x)"),
    ("diag(-2 * x)",                 "-2 * diag(x)"),
    ("diag(x).T @ eye(n).T",         "diag(x) @ eye(n)"),
    ("sum(2 * X, axis=-1) * x",      "x * (2 * sum(X, 1))"),
    ("sum(x, axis=0)",               "sum(x)"),
    ("norm2(x - y)",                 "norm2(y - x)"),
    ("(2 * x * y)**2",               "4 * x**2 * y**2"),
    ("x / (y / a)",                  "x * a / y"),
    ("exp(X).T",                     "exp(X.T)"),
    ("kron(A, B).T",                 "kron(A.T, B.T)"),
    ("ones(n, N).T",                 "ones(N, n)"),
    ("matrix_power(X, n - 1).T",     "matrix_power(X.T, -1 + n)"),
    ("(X * A).T @ B",                "(A.T * X.T) @ B"),
    ("(X + x).T.T",                  "x + X"),
    ("s * s / t**3 * t",             "(s / t)**2"),
    ("x @ x * x",                    "x * (x.T @ x)"),
    ("exp(-(x - x))",                "exp(x - x.T)"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_the_normal_form_forgets(one: str, other: str) -> None:
    assert normal(one, ENV).key == normal(other, ENV).key


UNLIKE = [
    ("A @ B",              "B @ A"),
    ("A",                  "A.T"),
    ("A @ x",              "x @ A"),
    ("outer(x, y)",        "outer(y, x)"),
    ("x - y",              "y - x"),
    ("A @ x + A.T @ x",    "(A + A.T) @ x"),  # equal, but multiplied out
    ("2 * (x - y)",        "2 * x - 2 * y"),
    ("x + x",              "2 * x"),
    ("A @ diag(x) @ y",    "A @ (x * y)"),
    ("inv(A @ B)",         "inv(B) @ inv(A)"),
    ("tr(A @ B)",          "tr(B @ A)"),
    ("(X + x).T",          "X.T + x"),
    ("(X * x).T",          "X.T * x"),
    ("softmax(X).T",       "softmax(X.T)"),
    ("sum(X, axis=0)",     "sum(X, axis=1)"),
    ("sum(X, axis=1)",     "sum(X, axis=1, keepdims=True)"),
    ("sum(X)",             "mean(X)"),
    ("norm2(x)**2",        "x @ x"),
    ("norm2(x)",           "norm2(2 * x)"),
    ("x * (y @ a)",        "y * (x @ a)"),
    ("x @ A @ y",          "x @ A.T @ y"),
    ("A * B",              "A @ B"),
    ("(x**2)**0.5",        "x"),
    ("ones(n, N)",         "ones(N, n)"),
    ("kron(A, B)",         "kron(B, A)"),
    ("x / y",              "y / x"),
    ("s - 1",              "s + 1"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_what_the_normal_form_keeps(one: str, other: str) -> None:
    assert normal(one, ENV).key != normal(other, ENV).key


@pytest.mark.parametrize(
    "text", ["x^2", "2 @ x", "nosuch", "nosuch(x)", "x[0]", "outer(A, x)", "sum(x, axis=1)", "softmax(s)", "x / 0", "True"]
)
def test_what_has_no_normal_form(text: str) -> None:
    with pytest.raises(Malformed):
        normal(text, ENV)


def _rank(node: ast.expr, env: Mapping[str, Node]) -> int:
    return normal(ast.unparse(node), env).rank


def _rewritten(node: ast.expr, env: Mapping[str, Node], definitions: Mapping[str, str]) -> Iterator[str]:  # noqa: C901 - a table of laws
    """One part of a formula written otherwise, by each law that fits."""
    text = f"({ast.unparse(node)})"
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            a, b = f"({ast.unparse(left)})", f"({ast.unparse(right)})"
            match op:
                case ast.Add():
                    yield from (f"{b} + {a}", f"-(-{a} - {b})")
                case ast.Sub():
                    yield from (f"-{b} + {a}", f"-({b} - {a})")
                case ast.Mult():
                    yield from (f"{b} * {a}", f"-{a} * -{b}", f"{a} / (1 / {b})")
                case ast.Div():
                    yield from (f"{a} * (1 / {b})", f"1 / {b} * {a}")
                case ast.MatMult():
                    yield from (f"({b}.T @ {a}.T).T", f"-({a} @ -{b})", f"2 * ({a} / 2) @ {b}", f"{a} @ ({b} * n) / n")
                    if _rank(left, env) == _rank(right, env) == 1:
                        yield f"{b} @ {a}"
                    elif _rank(right, env) == 1:
                        yield f"{b} @ {a}.T"
                case ast.Pow() if b == "(2)":
                    yield f"{a} * {a}"
            match left, op:
                case ast.BinOp(left=x, op=ast.Add(), right=y), ast.Add():
                    yield f"({ast.unparse(x)}) + (({ast.unparse(y)}) + {b})"
                case ast.BinOp(left=x, op=ast.Mult(), right=y), ast.Mult():
                    yield f"({ast.unparse(x)}) * (({ast.unparse(y)}) * {b})"
                case ast.BinOp(left=x, op=ast.MatMult(), right=y), ast.MatMult() if _rank(y, env) == 2:
                    yield f"({ast.unparse(x)}) @ (({ast.unparse(y)}) @ {b})"
                case ast.BinOp(left=x, op=ast.Mult(), right=y), ast.MatMult() if _rank(x, env) == 0:
                    yield f"({ast.unparse(y)}) @ ({b} * ({ast.unparse(x)}))"
            match op, right:
                case ast.MatMult(), ast.Call(func=ast.Name(id="outer"), args=[x, y]):
                    yield f"outer({a} @ ({ast.unparse(x)}), {ast.unparse(y)})" if _rank(left, env) == 2 else text
        case ast.Call(func=ast.Name(id="outer"), args=[x, y]):
            yield f"outer({ast.unparse(y)}, {ast.unparse(x)}).T"
            yield f"outer(-({ast.unparse(x)}), -({ast.unparse(y)}))"
        case ast.Call(func=ast.Name(id="inv"), args=[x]):
            yield f"inv(({ast.unparse(x)}).T).T"
        case ast.Call(func=ast.Name(id="diag"), args=[x]):
            yield from (f"-diag(-({ast.unparse(x)}))", f"{text}.T")
        case ast.Constant(value=int() | float() as value):
            yield from (f"({value} / 1)", f"-(-{value})", f"({2 * value} / 2)")
        case ast.Name(id=name) if env[name].symmetric:
            yield f"{name}.T"
        case ast.Name(id=name) if name in definitions:
            yield f"({definitions[name]})"
    if not isinstance(node, ast.Constant):
        yield f"{text}.T.T"


def _is_size(path: tuple[Any, ...], text: str) -> bool:
    """Is the part at ``path`` (within) a size or an exponent, where only a whole number may stand?"""
    tree: Any = ast.parse(text, mode="eval").body
    for step in path:
        if isinstance(tree, ast.Call) and ast.unparse(tree.func) in {"eye", "ones", "commutation"}:
            return True
        if isinstance(tree, ast.Call) and ast.unparse(tree.func) in {"matrix_power", "im2col"} and step == ("args", 1):
            return True
        if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow) and step == "right":
            return True
        tree = getattr(tree, step) if isinstance(step, str) else getattr(tree, step[0])[step[1]]
    return False


def otherwise(case: Case, text: str, definitions: Mapping[str, str], rng: random.Random, steps: int) -> str:
    """The formula after random rewritings that keep its value and its normal form."""
    env: dict[str, Node] = {name: Node(f"${name}") for name in [*DEFAULT_DIMS, *case["consts"]]}
    for name, shape in case["vars"].items():
        env[name] = Node(f"${name}", rank=len(shape), symmetric=case["assume"].get(name) in {"symmetric", "spd", "diagonal"})
    for name, inside in definitions.items():
        env[name] = normal(inside, env)
    for _ in range(steps):
        places = [(node, path) for node, path in paths(ast.parse(text, mode="eval").body) if not _is_size(path, text)]
        node, path = rng.choice(places)
        text = replaced(text, path, ast.parse(rng.choice([*_rewritten(node, env, definitions), ast.unparse(node)]), mode="eval").body)
    return text


@each_case
def test_an_answer_written_otherwise_is_the_same(case: Case) -> None:
    rng = random.Random(case["id"])
    where = dict(case["answer_let"])
    for form in forms(case):
        for _ in range(share(60)):
            other = otherwise(case, form, dict(case["let"]) | where, rng, rng.randrange(1, 9))
            assert normal_of(case, other, where.items()).key == normal_of(case, form, where.items()).key, other
            assert is_right(case, other, where, sizes_of(case)[1], 0), other


def test_an_alternative_is_another_form() -> None:
    alternatives = [(case, alt) for case in cases() for alt in case["alt_answers"]]
    assert len(alternatives) == 9
    for case, alt in alternatives:
        where = dict(case["answer_let"])
        assert same(case, alt, where)
        assert not same({**case, "alt_answers": []}, alt, where)


@pytest.mark.parametrize(
    ("text", "nodes"),
    [("a", 1), ("A.T", 2), ("-x", 2), ("2 * A.T @ x", 6), ("sum(A, axis=0)", 3), ("outer(a, b)", 3), ("((A)) @ (x)", 3), ("x ** 2", 3)],
)
def test_the_size_of_a_formula(text: str, nodes: int) -> None:
    assert size(text) == nodes


def test_the_size_of_an_answer_counts_what_it_defines() -> None:
    case = CASES["mlp-01"]  # d1 = (W2.T @ d2) * a1 * (1 - a1), d2 = z2 - y, and a1, z2 are of the question
    where = dict(case["answer_let"])
    assert full_size(case, case["answer"], where) == 3 + 10 + 3
    assert full_size(case, case["answer"], where | {"unused": "x + x", "a1": "sigmoid(z1)"}) == 3 + 10 + 3
    assert ratio(case, case["answer"], where) == 1
    assert ratio(case, "outer((W2.T @ (z2 - y)) * a1 * (1 - a1), x)", {}) == 14 / 16
    assert ratio(CASES["tr-12"], CASES["tr-12"]["answer"], {}) == 18 / 11


# ---- random programs ---------------------------------------------------------------------------------------------------


def _drawn(seed: int, count: int) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    return [random_case(rng) for _ in range(count)]


def test_random_programs_have_values_and_gradients() -> None:
    for case in _drawn(1, share(2_000)):
        for sizes in sizes_of(case):
            env = draw(case, sizes, 1)
            value = evaluate(case["expr"], with_definitions(env, case["let"]))
            found = truth(case, sizes, 1)
            assert np.shape(value) == ()
            assert np.isfinite(value), case
            assert found.shape == env[case["wrt"]].shape
            assert np.all(np.isfinite(found)), case


def test_random_programs_are_smooth_where_they_are_drawn() -> None:
    for case in _drawn(2, share(500)):
        assert close(second_opinion(case, DEFAULT_DIMS, 0), truth(case, DEFAULT_DIMS, 0), 1e-5), case


def test_random_programs_use_the_whole_language() -> None:
    drawn = _drawn(3, 600)
    text = " ".join(" ".join([case["expr"], *(f for _, f in case["let"])]) for case in drawn)
    used = {name for name in FUNCTIONS if re.search(rf"\b{name}\(", text)}
    untried = {"pinv", "row", "commutation", "norm1", "abs", "sign", "step", "im2col", "conv1d", "conv1d_transpose", "g", "dg"}
    assert used == set(FUNCTIONS) - untried
    assert {case["kind"] for case in drawn} == {"gradient", "dscalar"}
    assert any(len(case["let"]) > 1 for case in drawn)
    assert all(part in text for part in ("axis=0", "keepdims=True", ".T", "@", "**", "/"))


def test_random_programs_repeat_by_seed_and_differ() -> None:
    assert _drawn(4, 20) == _drawn(4, 20)
    assert len({case["expr"] for case in _drawn(4, 100)}) > 80


def test_random_programs_written_otherwise_are_the_same() -> None:
    """The normal form forgets nothing that matters: equal keys, equal values."""
    rng = random.Random(5)
    for case in _drawn(5, share(1_000)):
        other = otherwise(case, case["expr"], dict(case["let"]), rng, 6)
        assert normal_of(case, other, []).key == normal_of(case, case["expr"], []).key, (case["expr"], other)
        env = with_definitions(draw(case, DEFAULT_DIMS, 0), case["let"])
        assert close(evaluate(other, env), evaluate(case["expr"], env), 1e-9), (case["expr"], other)


def test_wrong_random_programs_are_not_the_same() -> None:
    for case in _drawn(6, share(400)):
        for label, wrong in mutants(case, case["expr"], {}):
            assert normal_of(case, wrong, []).key != normal_of(case, case["expr"], []).key, (label, case["expr"], wrong)


# ---- the score ---------------------------------------------------------------------------------------------------------


def _row(name: str, answer: str | None, where: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    return {"id": name, "answer": answer, "where": where or {}, "steps": 1, "verdict": "PASS", "closed": True, "ms": 2.0} | more


# row, label
MARKS = [
    (_row("lin-02", "(A.T + A) @ x"), ""),
    (_row("lin-02", "A.T @ x + A @ x"), "larger"),
    (_row("lin-02", "A @ x + x @ A"), "larger"),
    (_row("lin-02", "(A + A.T) @ x", closed=False), "open"),
    (_row("lin-02", "2 * A @ x"), "WRONG!"),
    (_row("lin-02", "2 * A @ x", verdict="FAIL"), "wrong"),
    (_row("lin-02", "2 * A @ x", verdict="SKIPPED"), "WRONG!"),
    (_row("lin-02", "!! KeyError 'x'", verdict="REFUSED"), "no answer"),
    (_row("lin-02", "((A"), "WRONG!"),
    (_row("lin-02", None), "no answer"),
    (_row("nrm-08", "A.T @ sign(A @ x - y)"), ""),
    (_row("elt-03", "W.T @ (a * s * (1 - s))", {"s": "sigmoid(W @ x + b)"}), ""),
    (_row("elt-03", "W.T @ (a * r)", {"s": "sigmoid(W @ x + b)", "r": "s * (1 - s)"}), "larger"),
    (_row("hes-06", "eye(n) / norm2(x) - outer(x, x) / norm2(x)**3"), "other"),
]


@pytest.mark.parametrize(("row", "label"), MARKS)
def test_a_row_has_its_mark(row: dict[str, Any], label: str) -> None:
    assert mark(CASES[row["id"]], row).label == label


def test_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "cases.json", tmp_path / "out.jsonl"
    chosen = [CASES[name] for name in ("lin-01", "lin-02", "lin-03", "tr-12")]
    file.write_text(json.dumps({"meta": {}, "cases": chosen}), encoding="utf-8")
    rows = [_row("lin-01", "a"), _row("lin-02", "A @ x"), _row("tr-12", CASES["tr-12"]["answer"], ms=40.0)]
    out.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    assert main(str(file), str(out)) == 1
    text = capsys.readouterr().out.splitlines()
    assert text[0] == "4 cases: right 2, closed 2, identical 2, no larger 1, silently wrong 1, no answer 1"
    assert text[1:3] == ["max ratio 1.64 (tr-12)", "ms: median 2, p95 36, max 40 (tr-12)"]
    assert [line.split()[:2] for line in text[3:]] == [["WRONG!", "lin-02"], ["no", "answer"], ["larger", "tr-12"]]
    assert text[3].endswith("A @ x  |  (A + A.T) @ x")


def test_the_files_own_answers_have_full_marks() -> None:
    marks = [mark(case, _row(case["id"], case["answer"], dict(case["answer_let"]))) for case in cases()]
    assert all(m.right and m.identical for m in marks)
    assert [m.id for m in marks if m.ratio > 1] == ["tr-12"]
    assert report(marks).startswith("149 cases: right 149, closed 149, identical 149, no larger 148, silently wrong 0, no answer 0\n")


def test_a_case_without_an_answer_is_judged_by_value() -> None:
    case = made(vars={"x": ["n"]}, expr="x @ x", wrt="x")
    assert mark(case, _row("made", "2 * x")).label == ""
    assert mark(case, _row("made", "x")).label == "WRONG!"


def test_the_judge_imports_nothing_that_it_judges() -> None:
    for file in Path(__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        modules = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        modules += [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
        if file.name in {"language.py", "judge.py", "normal.py", "mutate.py", "generate.py", "score.py", "test_judge.py"}:
            assert not [m for m in modules if m.split(".")[0] in {"derivx", "sympy"}]
