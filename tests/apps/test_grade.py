"""``derivx grade``: kind words, an exit code for each outcome, and nothing of a student's that acts."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from derivx.apps.main import cli

ASKED = ("--problem", "sin(x^2)", "--wrt", "x")


def graded(*args: str, code: int, stdin: str = "") -> str:
    result = CliRunner().invoke(cli, ["grade", *args], input=stdin)
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("2x cos(x^2)", 0, "✓ right\n"),
        ("-2x cos(x^2)", 1, "✗ not right: the sign is the opposite one\n"),
        ("cos(x^2", 3, "! this bracket is never closed. did you mean `)`?\n\n    cos(x^2\n    ^^^\n"),
        ("", 3, "! "),
        ("D(sin(x^2), x)", 3, "! "),
        ("2*z", 3, "! "),
        ("+".join(["x"] * 2000), 5, "! "),
        ("__import__('os').system('echo derivx_marker_x')", 3, "! "),
        ("2x cos(x^2)\x1b[2J", 3, "! "),
    ],
)
def test_an_answer(answer: str, code: int, said: str) -> None:
    text = graded(answer, *ASKED, code=code)
    assert text.startswith(said)
    assert "\x1b" not in text


def test_languages() -> None:
    assert graded("2x cos(x^2)", *ASKED, "--lang", "ko", code=0) == "✓ 정답\n"
    assert graded("2x cos(x^2)", *ASKED, "--lang", "both", code=0) == "✓ right\n\n✓ 정답\n"


def test_an_answer_from_standard_input() -> None:
    assert graded("-", *ASKED, code=0, stdin="2*x*cos(x^2)\n") == "✓ right\n"


@pytest.mark.parametrize(
    ("options", "answer", "code"),
    [
        (("--problem", "(x+1)^3", "--wrt", "x", "--form", "expanded"), "3*(x+1)^2", 1),
        (("--problem", "(x+1)^3", "--wrt", "x", "--form", "expanded"), "3x^2 + 6x + 3", 0),
        (("--problem", "(x+1)^3", "--wrt", "x", "--must-contain", "exp"), "3*(x+1)^2", 1),
        (("--problem", "exp(x)", "--wrt", "x", "--must-not-contain", "exp"), "exp(x)", 1),
        (("--problem", "x^3", "--wrt", "x", "--order", "2"), "6x", 0),
        (("--problem", "x^2*y^3", "--wrt", "x,y"), "6*x*y^2", 0),
        (("--problem", "sqrt(x^2)", "--wrt", "x", "--domain", "x=1:2"), "1", 0),
        (("--problem", "pi*x", "--wrt", "x", "--tolerance", "0.001"), "3.1416", 0),
        (("--problem", "sin(2*x)", "--wrt", "x", "--ambiguous", "refuse"), "2 cos 2x", 3),
        (("--problem", "sin(2*x)", "--wrt", "x"), "2 cos 2x", 0),
        (("--problem", "x^2", "--wrt", "x", "--names", "k"), "2*x + 0*k", 0),
        (("--problem", "x^2", "--wrt", "x", "--seed", "s3cret"), "2*x", 0),
    ],
)
def test_the_options_of_a_question(options: tuple[str, ...], answer: str, code: int) -> None:
    graded(answer, *options, code=code)


def test_the_formats() -> None:
    found = json.loads(graded("-2x cos(x^2)", *ASKED, "--format", "json", "--partial", "up_to_sign=0.5", "--points", "4", code=1))
    assert (found["score"], found["max_score"], found["verdict"]) == (2.0, 4.0, "up_to_sign")
    found = json.loads(graded("2x cos(x^2)", *ASKED, "--format", "gradescope", code=0))
    assert found["tests"][0]["status"] == "passed"
    assert json.loads(graded("2x cos(x^2)", *ASKED, "--format", "edx", code=0))["ok"] is True
    assert graded("2x", *ASKED, "--format", "qti", code=1).startswith("<?xml")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("1", "--wrt", "x"), "the option --problem is needed"),
        (("1", "--problem", "x^2"), "the option --wrt is needed"),
        (("1", "--problem", "x^2(", "--wrt", "x"), "the expression ends too early"),
        (("1", *ASKED, "--domain", "x"), "`x` does not fit the option `--domain`"),
        (("1", *ASKED, "--domain", "x=2:1"), "x"),
        (("1", *ASKED, "--partial", "equal=0.5"), "equal=0.5"),
    ],
)
def test_a_fault_of_the_question(args: tuple[str, ...], said: str) -> None:
    assert said in graded(*args, code=2)
    graded(*args, "--lang", "both", code=2)
