"""Programs as they are typed: declarations, values, arrays and their entries, equations, and what is refused where."""

from __future__ import annotations

import pickle
from random import Random

import pytest

from derivx.api import backprop
from derivx.errors import DerivxError, LimitError, ReadError, UsageError
from derivx.expr import Sym, mul
from derivx.syntax import Limits, write
from derivx.syntax.program import Program, is_program, program_of, read_program
from tests.conftest import share

# text, equations, inputs, names differentiated by
READ = [
    ("L = w*x", ["L = w*x"], "w x", "w x"),
    ("w*x", ["L = w*x"], "w x", "w x"),
    ("z = w*x\nL = (z - y)^2", ["z = w*x", "L = (z - y)^2"], "w x y", "w x y"),
    ("z = w*x; z^2; ", ["z = w*x", "L = z^2"], "w x", "w x"),
    ("L = w*x; L^2", ["L = w*x", "L1 = L^2"], "w x", "w x"),
    ("# the loss\nL = w*x # of it; L = 3 (\n\n# end", ["L = w*x"], "w x", "w x"),
    ("z = (w +\n  x)\nL = z^2", ["z = w + x", "L = z^2"], "w x", "w x"),
    ("z = max(w,\n\n  x); L = z", ["z = max(w, x)", "L = z"], "w x", "w x"),
    # declarations
    ("param w, b\nL = w*x + b", ["L = w*x + b"], "w x b", "w b"),
    ("data x: (n)\nL = w*x", ["L = w*x"], "w x", "w"),
    ("y: onehot (c)\nt: positive\nL = w*y*t", ["L = w*y*t"], "w y t", "w y t"),
    ("param w = 0.5; data x = 2; L = w*x*c", ["L = w*x*c"], "w x c", "w"),
    ("param w\nL = v*x", ["L = v*x"], "v x", "v x"),
    ("param = 3; L = param*w", ["L = param*w"], "param w", "param w"),
    ("data = 3*w; L = data^2", ["data = 3*w", "L = data^2"], "w", "w"),
    ("data x: (2)\nparam w: (2)\nL = w[0]*x[0] + w[1]*x[1]", ["L = w0*x0 + w1*x1"], "w0 x0 w1 x1", "w0 w1"),
    # arrays
    ("x = [1, 2]\nL = w*x[0] + x[1]", ["L = w*x0 + x1"], "w x0 x1", "w x0 x1"),
    ("X = [[1, 2], [3, 4]]; L = X[1, 0]*w", ["L = X1_0*w"], "X1_0 w", "X1_0 w"),
    ("param w = [\n 1,\n 2]\ndata x = [3, 4]; L = w[0]*x[ 1 ]", ["L = w0*x1"], "w0 x1", "w0"),
    ("x1 = [1, 2]; L = x1[1]*w", ["L = x1_1*w"], "x1_1 w", "x1_1 w"),
    ("x[0] = 3*u; L = x[0]*w[1]", ["x0 = 3*u", "L = x0*w1"], "u w1", "u w1"),
    # names of the program win
    ("e = y - t; L = e^2", ["e = y - t", "L = e^2"], "y t", "y t"),
    ("L = e^2*w", ["L = e^2*w"], "w", "w"),
    ("pi = 3; L = w*pi", ["L = w*pi"], "w pi", "w pi"),
    ("param e; L = e^2", ["L = e^2"], "e", "e"),
    ("gamma = a*b; L = gamma^2", ["gamma = a*b", "L = gamma^2"], "a b", "a b"),
    ("sin = w*x; L = sin^2", ["sin = w*x", "L = sin^2"], "w x", "w x"),
    ("f = w*x; L = f(3)", ["f = w*x", "L = f*3"], "w x", "w x"),
    ("D = w*x; L = D^2", ["D = w*x", "L = D^2"], "w x", "w x"),
    ("ŷ = σ(z); L = (ŷ - y)²", ["y_hat = sigmoid(z)", "L = (y_hat - y)^2"], "z y", "z y"),
    (r"z = w*x; \alpha = z^2; \frac{\alpha}{2}", ["z = w*x", "alpha = z^2", "L = alpha/2"], "w x", "w x"),
]


@pytest.mark.parametrize(("text", "equations", "inputs", "wrt"), READ)
def test_programs_are_read(text: str, equations: list[str], inputs: str, wrt: str) -> None:
    program = read_program(text)
    assert [f"{e.name} = {write(e.formula)}" for e in program.equations] == equations
    assert program.inputs == tuple(inputs.split())
    assert program.wrt == tuple(wrt.split())
    assert program.output == equations[-1].split(" = ")[0]


def test_declarations_say_role_shape_and_property() -> None:
    said = read_program("param w, b\ndata x: (n, 3)\ny: onehot (c)\nt: positive\nL = w*x").declarations
    assert [(d.name, d.role, d.shape, d.property) for d in said.values()] == [
        ("w", "param", (), ""),
        ("b", "param", (), ""),
        ("x", "data", ("n", 3), ""),
        ("y", "", ("c",), "onehot"),
        ("t", "", (), "positive"),
    ]


def test_values_are_expressions_of_numbers() -> None:
    program = read_program("w = 1/2; x = [sqrt(2), -3]; X = [[1, 2, 3]]; L = w*x[0]*X[0, 2]")
    assert {n: write(v) for n, v in program.values.items()} == {
        "w": "1/2", "x0": "sqrt(2)", "x1": "-3", "X0_0": "1", "X0_1": "2", "X0_2": "3",
    }  # fmt: skip
    assert program.arrays == {"x": (2,), "X": (1, 3)}
    assert backprop(program, check=False).value("L") == pytest.approx(0.5 * 2**0.5 * 3)


def test_a_name_given_as_a_number_is_that_number() -> None:
    assert backprop("pi = 3; L = w*pi", at={"w": 2}).value("L") == 6
    assert backprop("e = 3; L = w*e", at={"w": 2}).gradient_value("w") == 3
    assert backprop("L = w*e", at={"w": 2}).gradient_value("w") == pytest.approx(2.718281828459045)


def test_a_name_that_elsewhere_is_a_constant_has_a_gradient() -> None:
    sweep = backprop("e = y - t; pi = 3*e; L = pi^2", at={"y": 2, "t": 1})
    assert sweep.verdict == "PASS"
    assert [sweep.gradient_value(n) for n in ("y", "t", "e", "pi")] == [18, -18, 18, 6]


def test_equations_know_their_lines() -> None:
    program = read_program("# note\nparam w\n\nz = (w*\n\n x)\nq = z; L = q^2 # end\n")
    assert [(e.name, e.line) for e in program.equations] == [("z", 4), ("q", 7), ("L", 7)]


@pytest.mark.parametrize(("text", "several"), [("w*x", False), ("L = w*x # c", False), ("z = w; z", True), ("param w\nw^2", True)])
def test_several_statements_are_a_program(text: str, several: bool) -> None:
    assert is_program(text) == several


# text, key, line, column, what the caret covers, expected, hint
REFUSED = [
    ("", "empty", 1, 1, "", "expression", "sigmoid(w*x + b)"),
    ("x = 3", "no_equation", 1, 1, "x", "equation", "L = (w*x - y)^2"),
    ("param w, b", "no_equation", 1, 1, "p", "equation", "L = (w*x - y)^2"),
    ("x = [1, 2]", "no_equation", 1, 1, "x", "equation", "L = (w*x - y)^2"),
    ("z = w*x\n\nL = z +", "ends_early", 3, 7, "+", "operand", ""),
    ("z = w*x\nL = sgmoid(z)", "unknown_function", 2, 5, "sgmoid", "function", "sigmoid"),
    ("z = w*x; L = sgmoid(z)", "unknown_function", 1, 14, "sgmoid", "function", "sigmoid"),
    ("z = w*x\nL = (z - y", "not_closed", 2, 5, "(", "closing", ")"),
    ("z = w*x\nL = z)", "not_opened", 2, 6, ")", "operator", ""),
    ("param w = 2 + * 3; L = w", "unexpected", 1, 15, "*", "operand", ""),
    ("param w, b = 3; L = w", "unexpected", 1, 8, ",", "operator", ""),
    ("z = w*x; z == 3", "unexpected", 1, 12, "==", "no_comparison", ""),
    ("z = w*x\n  z = w + 1", "given_twice", 2, 3, "z", "new_name", ""),
    ("x = 1; L = w*x; x = 3", "given_twice", 1, 17, "x", "new_name", ""),
    ("x = [1]\nx = [2]; L = x[0]", "given_twice", 2, 1, "x", "new_name", ""),
    ("x0 = w; x = [5]; L = x[0]*x0", "given_twice", 1, 9, "x ", "new_name", ""),
    ("a = 1\nL = w + z*a\nz = w*x", "used_before", 2, 9, "z", "defined_above", ""),
    ("w^2 + x^2 = 25", "not_a_definition", 1, 11, "=", "definition", "z = w*x + b"),
    ("f(x) = x^2; f(3)", "not_a_definition", 1, 6, "=", "definition", "z = w*x + b"),
    ("L = L*w", "not_a_definition", 1, 3, "=", "definition", "z = w*x + b"),
    ("= [1]; L = w", "unexpected", 1, 1, "=", "operand", ""),
    ("data x: (2.5)\nL = w*x", "bad_dimension", 1, 10, "2.5", "dimension", ""),
    ("L = w\nx: (n, 3k)", "bad_dimension", 2, 8, "3k", "dimension", ""),
    ("X = [[1, 2], [3, 4]]\nL = w + X[1, 2]", "bad_index", 2, 9, "X[1, 2]", "index", ""),
    ("X = [[1, 2], [3, 4]]; L = w*X[1]", "bad_index", 1, 29, "X[1]", "index", ""),
    ("x = [1, 2]; L = w*x", "whole_array", 1, 19, "x", "index", ""),
    ("w = 1\nx = [[1, 2], [3]]", "ragged_array", 2, 16, "]", "row", ""),
    ("x = [1, 2,]; L = w", "ragged_array", 1, 11, "]", "row", ""),
    ("x = []; L = w", "ragged_array", 1, 6, "]", "row", ""),
    ("x = [1]]; L = w", "ragged_array", 1, 8, "]", "row", ""),
    ("w = 2\nx = [1, a]", "unexpected", 2, 9, "a", "number", ""),
    ("x = [1,  2 3]; L = w", "unexpected", 1, 12, "3", "number", ""),
]


@pytest.mark.parametrize(("text", "key", "line", "column", "covered", "expected", "hint"), REFUSED)
def test_what_is_refused_and_where(text: str, key: str, line: int, column: int, covered: str, expected: str, hint: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_program(text)
    error = caught.value
    assert (error.key, error.text, error.line, error.column) == (key, text, line, column)
    assert (error.expected, error.hint) == (expected, hint)
    assert error.text[error.start : error.end] == covered
    if text:
        shown, caret = error.caret().split("\n")
        assert shown == text.split("\n")[line - 1]
        assert caret.index("^") == column - 1


@pytest.mark.parametrize("row", REFUSED, ids=[row[1] for row in REFUSED])
def test_refusals_are_said_in_both_languages(row: tuple[str, ...]) -> None:
    with pytest.raises(ReadError) as caught:
        read_program(row[0])
    english, korean = caught.value.message("en"), caught.value.message("ko")
    assert english.isascii()
    assert any("가" <= c <= "힣" for c in korean)
    assert "{" not in english + korean


@pytest.mark.parametrize("text", ["L = w*x; M = D(L, w)", "z = w*x\nL = d/dw (z^2)"])
def test_a_derivative_cannot_stand_in_a_program(text: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_program(text)
    assert (caught.value.key, caught.value.line) == ("derivative_in_program", text.count("\n") + 1)


@pytest.mark.parametrize(
    ("text", "limits", "key"),
    [
        ("L = w*x", Limits(chars=5), "too_long"),
        ("z = w; L = w+x+z+w", Limits(tokens=8), "too_many_tokens"),
        ("z = w; L = sin(sin(sin(z)))", Limits(depth=3), "too_deep"),
        ("z = w; L = 9^9^9*z", Limits(), "number_too_large"),
        ("x = [1e400]; L = x[0]", Limits(), "number_too_long"),
    ],
)
def test_budgets(text: str, limits: Limits, key: str) -> None:
    with pytest.raises(LimitError) as caught:
        read_program(text, limits=limits)
    assert caught.value.key == key


@pytest.mark.parametrize("text", ["x = 1/0; L = w*x", "x = [1/0]; L = w*x[0]", "x = log(-1); L = w*x"])
def test_a_value_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        backprop(text)
    assert caught.value.key == "bad_value"


def test_formulas_by_name_are_a_program() -> None:
    program = program_of({"z": mul(Sym("w"), Sym("x")), "L": mul(Sym("z"), Sym("z"))})
    assert (program.output, program.inputs) == ("L", ("w", "x"))
    with pytest.raises(ReadError) as caught:
        program_of({"L": Sym("z"), "z": Sym("w")})
    assert (caught.value.key, caught.value.params) == ("used_before", {"name": "z"})


@pytest.mark.parametrize("text", [row[0] for row in READ])
def test_programs_travel_between_processes(text: str) -> None:
    program = read_program(text)
    again = pickle.loads(pickle.dumps(program))
    assert again == program
    assert (again.inputs, again.wrt, again.output) == (program.inputs, program.wrt, program.output)


def test_refusals_travel_between_processes() -> None:
    with pytest.raises(ReadError) as caught:
        read_program("z = w*x\nL = sgmoid(z)")
    assert vars(pickle.loads(pickle.dumps(caught.value))) == vars(caught.value)


SIGNS = [
    *"=;\n#()[]{},:.+-*/^0123wxyzL'_\\",
    *("param ", "data ", "param", "x[0]", "X[0, 1]", "[1, 2]", "[[1, 2], [3, 4]]", ": (n)", ": onehot (3)", " = ", "sin(", "D(", "e", "ŷ"),
    *(r"\frac", "1e400", "²", "\ud800", "\t", "\r\n"),
]


def mangled(rng: Random) -> str:
    """A program with pieces dropped, doubled, exchanged, put in or taken from another; or signs at random."""
    if rng.random() < 0.3:
        return "".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 25)))
    texts = [*(row[0] for row in READ), *(row[0] for row in REFUSED)]
    text = rng.choice(texts)
    for _ in range(rng.randint(1, 4)):
        i, j = sorted(rng.randint(0, len(text)) for _ in range(2))
        other = rng.choice(texts)
        put = rng.choice(("", rng.choice(SIGNS), text[i:j] * 2, other[: rng.randint(0, 12)], text[i:j][::-1]))
        text = (text[:i] + put + text[min(j, i + 4) :])[:300]
    return text


def attempt(text: str) -> Program | None:
    refused: DerivxError | None = None
    try:
        return read_program(text)
    except DerivxError as error:
        refused = error
    assert 0 <= refused.start <= len(text)
    assert refused.message("ko")
    return None


def test_random_texts_are_read_or_refused() -> None:
    rng = Random(11)
    read = [p for p in (attempt(mangled(rng)) for _ in range(share(30_000))) if p is not None]
    assert len(read) > share(30_000) / 50
    for program in read:
        known: set[str] = set(program.inputs)
        for equation in program.equations:
            assert known.issuperset(set(equation.uses) - {"e", "pi"})
            known.add(equation.name)


@pytest.mark.slow
def test_random_programs_are_propagated_or_refused() -> None:
    rng = Random(12)
    done = 0
    for _ in range(share(3_000)):
        program = attempt(mangled(rng))
        try:
            done += program is not None and backprop(program).verdict != "FAIL"
        except DerivxError:
            continue
    assert done > share(3_000) / 50
