"""``derivx explain`` as a user types it: outputs, options, errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derivx import ops
from derivx.apps.main import cli
from derivx.render.block import columns

ANSWERS = [
    # typed                                                       in the output
    (["x^2"], "d/dx (x²) = 2x"),
    (["-x^2"], "−2x"),
    (["-x^2", "--ascii"], "= -2*x"),
    (["--ascii", "-x^2", "--wrt", "x"], "= -2*x"),
    (["--", "-x^2"], "−2x"),
    (["y = w*x + b", "--wrt", "w"], "∂y/∂w = x"),
    (["f(x) = x^2"], "df/dx = 2x"),
    (["f(x^2)"], "2 x f′(x²)"),
    ([r"\sigma(wx+b)", "--wrt", "w"], "x s (1 − s)"),
    (["wx"], "`wx` was read as one name; if `w*x` is meant, write it so"),
    (["wx", "--names", "w,x", "--wrt", "w"], "∂/∂w (w x) = x"),
    (["w^2*b^3", "--mixed", "w,b"], "6 w b²"),
    (["x^4", "--order", "3"], "24x"),
    (["x^2 + y^2 = 25", "--implicit", "y"], "dy/dx = −x/y"),
    (["D(x^3, x)"], "3x²"),
    (["swish9(x)", "--define", "swish9(x) = x*sigmoid(9*x)"], "✓ Checked"),
    (["abs(x)"], "kink at x = 0"),
    (["sin(x)", "--at", "x=pi/2", "--lang", "ko"], "수를 넣으면"),
    (["x^2", "--lang", "ko"], "거듭제곱의 미분법"),
    (["x^2", "--lang", "both"], "Answer / 답"),
    (["x^2", "--full-sentences"], "the exponent 2 comes down as a factor"),
    (["x^2", "--no-check"], "= 2x   power rule"),
    (["x*sin(x)", "--upto", "1"], "product rule"),
]
ERRORS = [
    # typed                                     code  said
    (["sgmoid(x)"], 3, "did you mean `sigmoid`?"),
    (["(x+1"], 3, "this bracket is never closed"),
    (["3 4"], 3, "did you mean `3*4`?"),
    ([""], 3, "there is nothing to read"),
    (["x^2 + y^2 = 25"], 2, "as in --implicit y"),
    (["sin(x)", "--at", "x=foo"], 2, "`foo` is not a value for `x`"),
    (["sin(x)", "--at", "x"], 2, "is not a value for `x`"),
    (["w*x", "--at", "w=2"], 2, "`x` needs a value"),
    (["sin(x)", "--wrt", "3"], 2, "a name of a variable is needed"),
    (["x^2", "--implicit", "y"], 2, "`y` does not occur"),
    (["x^2", "--order", "0"], 2, "--order"),
    (["x^2", "--define", "x^2"], 2, "--define"),
    (["x^2", "--define", "sin(x) = x"], 2, "`sin(x) = x` does not fit the option `--define`"),
    (["x^2", "-o", "no/such/folder/file.txt"], 2, "no/such/folder/file.txt"),
    (["x" * 200_000], 5, "at most 100000 are read"),
    (["x^2 + y^2 = 1", "--implicit", "y", "--order", "2"], 4, "cannot differentiate"),
]


@pytest.fixture(autouse=True)
def _clean() -> object:
    before = {op.name for op in ops.cards()}
    yield
    for op in [op for op in ops.cards() if op.name not in before]:
        ops.unregister(op.name)


def run(*args: str, stdin: str | None = None, **env: str) -> Result:
    return CliRunner(env={"COLUMNS": "80", **env}).invoke(cli, ["explain", *args], input=stdin)


@pytest.mark.parametrize(("args", "shown"), ANSWERS)
def test_answers(args: list[str], shown: str) -> None:
    result = run(*args)
    assert result.exit_code == 0, result.output
    assert shown in result.output
    assert max(map(columns, result.output.split("\n"))) <= 80


@pytest.mark.parametrize(("args", "code", "said"), ERRORS)
def test_errors(args: list[str], code: int, said: str) -> None:
    result = run(*args)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_an_error_shows_the_place() -> None:
    assert run("2*sigmod(x)").stderr == (
        "there is no function `sigmod`\n\n  2*sigmod(x)\n    ^^^^^^\n\nexpected the name of a function\ndid you mean `sigmoid`?\n"
    )
    assert run("2*sigmod(x)", "--lang", "ko").stderr.startswith("`sigmod`")
    assert run("2*sigmod(x)", "--lang", "both").stderr.count("^^^^^^") == 2


def test_a_note_stands_before_the_lines() -> None:
    assert run("wx").output.startswith("  Note: `wx`")


def test_json() -> None:
    data = json.loads(run("w*x", "--format", "json").output)
    assert data["schema"] == "derivx/1"
    assert [d["wrt"] for d in data["derivations"]] == ["w", "x"]
    assert [d["wrt"] for d in json.loads(run("w*x", "--mixed", "w,x", "--format", "json").output)["derivations"]] == ["w,x"]
    kink = next(c for c in json.loads(run("relu(x)", "--format", "json").output)["derivations"][0]["checks"] if c["verdict"] == "KINK")
    assert (kink["at"], kink["scope"]) == ("x = 0", "answer")
    unchecked = json.loads(run("x^2", "--no-check", "--format", "json").output)["derivations"][0]
    assert (unchecked["checks"], unchecked["verdict"]) == ([], "SKIPPED")


def test_errors_as_json() -> None:
    result = run("2*sigmod(x)", "--format", "json")
    assert result.exit_code == 3
    assert result.stderr == ""
    assert json.loads(result.stdout) == {
        "schema": "derivx/1",
        "error": {
            "kind": "unknown_function",
            "line": 1,
            "column": 3,
            "expected": "the name of a function",
            "hint": "sigmoid",
            "text": "there is no function `sigmod`",
        },
    }


@pytest.mark.parametrize(("fmt", "start"), [("latex", r"\begin{flalign*}"), ("markdown", "$$\n"), ("json", '{\n "schema"')])
def test_formats(fmt: str, start: str, tmp_path: Path) -> None:
    shown = run("x/(1 + x^2)", "--format", fmt)
    assert shown.output.startswith(start)
    path = tmp_path / "out.txt"
    assert run("x/(1 + x^2)", "--format", fmt, "-o", str(path)).output == ""
    assert path.read_text(encoding="utf-8") == shown.output


def test_standalone() -> None:
    shown = run("w*x", "--format", "latex", "--standalone", "--lang", "both").output
    assert shown.count(r"\begin{document}") == shown.count(r"\end{document}") == 1
    assert shown.count(r"\begin{flalign*}") == 2
    assert "kotex" in shown


def test_standard_input() -> None:
    assert "= 2x" in run("-", stdin="x^2\n").output
    assert run("-", stdin="").exit_code == 3


def test_levels_of_detail_have_one_answer() -> None:
    shown = [run("(3*x + 1)^2", "--detail", level).output for level in ("brief", "normal", "full")]
    assert len({text.split("Answer")[1] for text in shown}) == 1
    counts = [text.count("\n    = ") for text in shown]
    assert counts == sorted(counts)


def test_hints_reveal_one_line_at_a_time() -> None:
    whole = run("sin(x^2)", "--hint", stdin="\n" * 20).output
    assert "Answer" in whole
    assert "Hint 1: chain rule\n" in whole
    assert whole.count("Hint ") == whole.count("\n    = ")
    stopped = run("sin(x^2)", "--hint", stdin="\n").output
    assert "Answer" not in stopped
    assert stopped.count("Hint ") == 2
    assert "힌트 1: 거듭제곱의 미분법" in run("x^2", "--hint", "--lang", "ko", stdin="").output


@pytest.mark.parametrize("width", [40, 60, 120])
def test_width(width: int) -> None:
    text = run("exp(-(x - m)^2/(2*s^2))", "--wrt", "x", "--width", str(width)).output
    assert max(map(columns, text.split("\n"))) <= width


def test_ascii() -> None:
    assert run("sqrt(x)/(1 + x^2)", "--ascii").output.isascii()


@pytest.mark.parametrize("text", ["x^2", "sgmoid(x)"])
def test_a_process(text: str) -> None:
    done = subprocess.run([sys.executable, "-m", "derivx", "explain", text], capture_output=True, encoding="utf-8", check=False)
    inside = run(text)
    assert (done.returncode, done.stdout, done.stderr) == (inside.exit_code, inside.stdout, inside.stderr)


def test_a_reader_that_goes_away_is_no_error() -> None:
    shell = f'"{sys.executable}" -m derivx explain "sigmoid(w*x+b)" --no-check | head -n 1'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("args", "absent"),
    [
        (["--help"], {"sympy", "numpy", "derivx.ops", "derivx.syntax", "derivx.render", "derivx.words.en", "derivx.words.ko"}),
        (["--version"], {"sympy", "numpy", "derivx.ops"}),
        (["explain", "sigmoid(w*x+b)", "--no-check"], {"sympy", "numpy", "autograd", "mpmath"}),
        (["explain", "sgmoid(x)"], {"sympy", "numpy", "autograd", "mpmath"}),
        (["ops", "sigmoid"], {"sympy", "numpy"}),
    ],
)
def test_what_is_not_loaded(args: list[str], absent: set[str]) -> None:
    code = (
        "import sys; from derivx.apps.main import cli\n"
        f"try: cli({args!r})\nexcept SystemExit: pass\n"
        f"print('LOADED', *(set(sys.modules) & {absent!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.stdout.strip().split("\n")[-1] == "LOADED", done.stderr
