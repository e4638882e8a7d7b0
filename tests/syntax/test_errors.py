"""What is refused: the key, the place in the original text, what was expected, and the suggestion."""

from __future__ import annotations

import pickle

import pytest

from derivx.errors import DerivxError, LimitError, ReadError
from derivx.syntax import Limits, read, read_question

# text, key, start, end, expected, hint
ROWS = [
    ("", "empty", 0, 1, "expression", "sigmoid(w*x + b)"),
    ("   ", "empty", 0, 1, "expression", "sigmoid(w*x + b)"),
    ("x +", "ends_early", 2, 3, "operand", ""),
    ("x =", "ends_early", 2, 3, "operand", ""),
    ("= x", "unexpected", 0, 1, "operand", ""),
    ("x = y = z", "two_equals", 6, 7, "operator", ""),
    ("*x", "unexpected", 0, 1, "operand", ""),
    ("x ** * y", "unexpected", 5, 6, "operand", ""),
    ("(x", "not_closed", 0, 1, "closing", ")"),
    ("sin(x", "not_closed", 0, 3, "closing", ")"),
    ("2 + |x", "not_closed", 4, 5, "closing", "|"),
    ("x^{2", "not_closed", 2, 3, "closing", "}"),
    ("x)", "not_opened", 1, 2, "operator", ""),
    ("(x}", "unexpected", 2, 3, "operator", ""),
    ("()", "unexpected", 1, 2, "operand", ""),
    ("sin()", "unexpected", 4, 5, "operand", ""),
    ("x!", "unexpected", 1, 2, "operand", ""),
    ("x % 2", "unexpected", 2, 3, "operand", ""),
    ("x @ y", "unexpected", 2, 3, "operator", "*"),
    ("x; y", "unexpected", 1, 2, "operator", ","),
    ("x[0]", "unexpected", 1, 2, "operator", ""),
    ("x # note", "unexpected", 2, 3, "operator", ""),
    ("x, y", "unexpected", 1, 2, "operator", ""),
    ("x > 0", "unexpected", 2, 3, "no_comparison", ""),
    ("2 3", "unexpected", 2, 3, "operator", "2*3"),
    ("1.5.2", "unexpected", 3, 4, "operator", ""),
    ("1..2", "unexpected", 2, 3, "operator", ""),
    ("0x1F", "unexpected", 0, 1, "operand", ""),
    ("x + 007", "unexpected", 4, 7, "operand", ""),
    ("5½", "unexpected", 1, 2, "operator", "+ 1/2"),
    ("x_", "unexpected", 1, 2, "operand", ""),
    ("__x__", "unexpected", 0, 1, "operand", ""),
    ("(x)'", "unexpected", 3, 4, "operator", ""),
    ("siggmoid(x)", "unknown_function", 0, 8, "function", "sigmoid"),
    ("1 + sigmiod(x)", "unknown_function", 4, 11, "function", "sigmoid"),
    ("leakyrelu(x)", "unknown_function", 0, 9, "function", "leaky_relu"),
    ("log_3(x)", "unknown_function", 0, 5, "function", "log(x, 3)"),
    ("sin'(x)", "unknown_function", 0, 4, "function", "sin"),
    ("w(x+1)", "product_or_function", 0, 1, "function", "w*(...)"),
    ("foo(1)", "product_or_function", 0, 3, "function", "foo*(...)"),
    ("γ(x)", "product_or_function", 0, 1, "function", "gamma*(...)"),
    ("sigmoid", "needs_argument", 0, 7, "argument", "sigmoid(x)"),
    ("2 + sin*x", "needs_argument", 4, 7, "argument", "sin(x)"),
    ("sin^2", "needs_argument", 0, 3, "argument", "sin(x)^2"),
    ("sin^n(x)", "power_of_function", 0, 3, "argument", "(sin(x))^n"),
    ("sin^--2(x)", "power_of_function", 0, 3, "argument", "(sin(x))^n"),
    ("exp^-1(x)", "power_of_function", 0, 3, "argument", "1/exp(x)"),
    ("f^2(x)", "power_of_function", 0, 1, "argument", "f(x)^2"),
    ("sin x y", "ambiguous_argument", 0, 7, "argument", "sin(...)*..."),
    ("d/dx (x) y", "ambiguous_argument", 0, 10, "argument", "d/dx (...) * ..."),
    ("max(x)", "arguments", 0, 3, "argument", "max(a, b, ...)"),
    ("sin(x, y)", "arguments", 0, 3, "argument", "sin(x)"),
    ("x + where(y, 1, 0)", "where_condition", 4, 9, "comparison", "where(x > 0, x, 0)"),
    ("where(x > 0 > 1, x, 0)", "unexpected", 12, 13, "no_comparison", ""),
    ("where(x = 0, x, 0)", "unexpected", 8, 9, "operator", "=="),
    ("D(x^2)", "derivative_of", 0, 6, "variable", "D(x^2, x)"),
    ("1 + D(x, 2)", "derivative_of", 4, 11, "variable", "D(x^2, x)"),
    ("d^2L/dw", "derivative_order", 0, 1, "variable", ""),
    ("dy^2/dx^2", "derivative_order", 0, 2, "variable", ""),
    ("data/dim", "derivative_or_quotient", 0, 8, "variable", "D(ata, im)"),
    ("df(x)/dx", "derivative_or_quotient", 0, 8, "variable", "D(f(x), x)"),
    ("x + ∂", "unexpected", 4, 5, "operand", ""),
    ("x⁺", "unexpected", 1, 2, "exponent", ""),
    ("2*х", "character", 2, 3, "ascii", ""),
    ("si\u200bn(x)", "character", 2, 3, "ascii", ""),
    ("𝘰(x)", "character", 0, 1, "ascii", "o"),
    ("ᴬ", "character", 0, 1, "ascii", "A"),
    ("ᵀ", "unexpected", 0, 1, "operand", ""),
    ("f ∘ g", "unexpected", 2, 3, "operator", ""),
    ("\ud800x", "character", 0, 1, "ascii", ""),
    # places are those of the text as typed, whatever its characters stand for
    ("ŷ½ + @", "unexpected", 5, 6, "operand", "*"),
    ("x̂ + ŷ + sin", "needs_argument", 9, 12, "argument", "sin(x)"),
    ("x\n + y\n + )", "not_opened", 10, 11, "operator", ""),
]


@pytest.mark.parametrize(("text", "key", "start", "end", "expected", "hint"), ROWS)
def test_refused(text: str, key: str, start: int, end: int, expected: str, hint: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_question(text)
    error = caught.value
    assert (error.key, error.text, error.start, error.end) == (key, text, start, end)
    assert (error.expected, error.hint) == (expected, hint)


@pytest.mark.parametrize(("text", "start"), [("x^2 = 1 - y", 4), ("where(x <= 1, x, 2) = y^2", 20), (r"x^2 ＝ 1", 4), ("2 = x", 2)])
def test_an_equation_is_no_expression(text: str, start: int) -> None:
    with pytest.raises(ReadError) as caught:
        read(text)
    assert (caught.value.key, caught.value.start) == ("equation", start)


@pytest.mark.parametrize(
    ("text", "limits", "key"),
    [
        ("x" * 21, Limits(chars=20), "too_long"),
        ("x" * 101, Limits(), "too_long"),
        ("x+x+x", Limits(tokens=4), "too_many_tokens"),
        (r"\alpha+x+x", Limits(tokens=4), "too_many_tokens"),
        ("sin(sin(sin(x)))", Limits(depth=3), "too_deep"),
        ("-" * 13_000 + "x", Limits(), "too_deep"),
        ("1" * 61, Limits(), "number_too_long"),
        ("1e301", Limits(), "number_too_long"),
        ("1e-99999999999999", Limits(), "number_too_long"),
        ("9^9^9", Limits(), "number_too_large"),
        ("9**9**9**9", Limits(), "number_too_large"),
        ("x + (-7)^(10^9)", Limits(), "number_too_large"),
        ("0.1^(10^12)", Limits(), "number_too_large"),
        ("x^(10^9)", Limits(), "number_too_large"),
        ("e^1000", Limits(), "number_too_large"),
        ("1e200*1e200", Limits(), "number_too_large"),
        ("0." + "0" * 57 + "1e-300", Limits(), "number_too_large"),
    ],
)
def test_budgets(text: str, limits: Limits, key: str) -> None:
    with pytest.raises(LimitError) as caught:
        read(text, limits=limits)
    assert caught.value.key == key
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("text", ["+".join(["10"] * 1_000), "2^100", "(x + 1)^1000", "x^0.5", "10^-200", "0*x", "0.0", "e^x"])
def test_within_budgets(text: str) -> None:
    assert read(text).size >= 1


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(ReadError) as caught:
        read("w*x\n  + siggmoid(x)")
    error = caught.value
    assert (error.line, error.column) == (2, 5)
    assert error.caret() == "  + siggmoid(x)\n    ^^^^^^^^"


def test_the_message_says_place_problem_caret_expectation_and_hint() -> None:
    with pytest.raises(ReadError) as caught:
        read("1 + siggmoid(x)")
    lines = str(caught.value).split("\n")
    assert len(lines) == 5
    assert lines[0].startswith("line 1, column 5: ")
    assert lines[1:3] == ["1 + siggmoid(x)", "    ^^^^^^^^"]
    assert "`sigmoid`" in lines[4] == caught.value.hint_text()
    assert caught.value.message("ko") != caught.value.message("en")


def test_the_caret_of_a_long_line_stays_within_the_screen() -> None:
    with pytest.raises(ReadError) as caught:
        read("x + " * 200 + "@")
    shown, caret = caught.value.caret().split("\n")
    assert max(len(shown), len(caret)) <= 76
    assert shown[len(caret) - 1] == "@"


def test_control_characters_are_not_shown() -> None:
    with pytest.raises(ReadError) as caught:
        read("x + \x1b[2J")
    assert "\x1b" not in caught.value.caret()


def test_errors_travel_between_processes() -> None:
    with pytest.raises(DerivxError) as caught:
        read("siggmoid(x)")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is ReadError
    assert vars(again) == vars(caught.value)


@pytest.mark.parametrize("thing", [None, 3, b"x", ["x"]])
def test_only_text_is_read(thing: object) -> None:
    with pytest.raises(ReadError) as caught:
        read(thing)  # type: ignore[arg-type]
    assert caught.value.key == "not_text"
