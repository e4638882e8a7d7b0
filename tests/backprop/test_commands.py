"""``derivx backprop`` and ``derivx graph`` as a user types them: where programs and numbers come from, formats, errors, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import derivx
from derivx import ops
from derivx.api import backprop
from derivx.apps.main import cli
from derivx.render.block import columns
from derivx.syntax import read

TOY = "b = w1*a; c = w2*a; d = w3*b + w4*c; L = 10 - d"
LINE = "param w, b\ndata x, y\nz = w*x + b\nL = (z - y)^2\n"
AT = "w=0.5,b=1,x=2,y=3"
DOT = "z = w[0]*x[0] + w[1]*x[1]; L = (z - y)^2"


def run(command: str, *args: str, stdin: str | None = None) -> Result:
    known = {op.name for op in ops.cards()}
    try:
        return CliRunner(env={"COLUMNS": "80"}).invoke(cli, [command, *args], input=stdin)
    finally:  # in its own process a command leaves nothing behind
        for name in {op.name for op in ops.cards()} - known:
            ops.unregister(name)


ANSWERS = [
    # typed                                                     in the output
    ([TOY, "--wrt", "a"], "∂L/∂a = ∂L/∂b · ∂b/∂a + ∂L/∂c · ∂c/∂a = −(w₃ w₁ + w₄ w₂)"),
    ([TOY, "--wrt", "a"], "Paths from a to L: 2"),
    ([TOY, "--wrt", "a", "--ascii"], "dL/da = dL/db*db/da + dL/dc*dc/da = -(w3*w1 + w4*w2)"),
    ([TOY, "--wrt", "a", "--lang", "ko"], "a에서 L까지의 경로: 2개"),
    ([TOY, "--wrt", "a", "--lang", "both"], "Backward pass / 역전파"),
    ([TOY, "--wrt", "a", "--no-check"], "∂L/∂d = −1"),
    ([TOY, "--wrt", "b,c"], "∂L/∂c = ∂L/∂d · ∂d/∂c = −w₄"),
    ([TOY, "--paths", "w1"], "Paths from w₁ to L: 1"),
    (["(x + y)*z", "--at", "x=-2,y=5,z=-4"], "∂L/∂z  = q₁ = 3"),
    (["(x + y)*z", "--at", "x=-2", "--at", "y=5;z=-4"], "∂L/∂z  = q₁ = 3"),
    (["-x^2", "--at", "x=3"], "dL/dx"),
    (["wx", "--names", "w,x"], "∂L/∂w = x"),
    (["z = sw(w*x); L = z^2", "--define", "sw(x) = x*sigmoid(3*x)"], "✓ Checked"),
    (["L = (x + y)*z", "--nodes", "equations"], "L = (x + y) z"),
    (["a = x + y; L = sin(x + y)*z", "--nodes", "operations"], "q₁ = sin(a)"),
    ([LINE, "--at", AT, "--rate", "0.1"], "w ← w − α · ∂L/∂w = 0.9"),
    ([LINE, "--at", "w=pi,b=1/2,x=2,y=3"], "3.14159"),
    ([LINE, "--at", AT, "--digits", "3", "--detail", "brief"], "∂L/∂w = 2 (z − y) x = −4"),
    ([LINE, "--detail", "full"], "∂z/∂w"),
]


@pytest.mark.parametrize(("args", "shown"), ANSWERS)
def test_answers(args: list[str], shown: str) -> None:
    result = run("backprop", *args)
    assert result.exit_code == 0, result.output
    assert shown in result.output
    assert max(map(columns, result.output.split("\n"))) <= 80
    assert result.stderr == ""


ERRORS = [
    # typed                                           code  said
    (["L = sgmoid(x)"], 3, "did you mean `sigmoid`?"),
    (["z = w*x; L = (z - 1"], 3, "this bracket is never closed"),
    (["x = 3"], 3, "this program has no equation"),
    ([""], 3, "there is nothing to read"),
    (["L = z; z = w*x"], 3, "`z` is used before the line that defines it"),
    (["x = [1, 2]; L = x*w"], 3, "`x` is an array"),
    (["x = [1, 2]; L = x[2]*w"], 3, "no such entry"),
    (["w^2 + x^2 = 25"], 3, "a line of a program gives one name its formula"),
    (["L = D(w^2, w)"], 3, "a derivative cannot stand in a program"),
    ([TOY, "--wrt", "q"], 2, "`q` does not occur"),
    ([TOY, "--at", "q=3"], 2, "`q` does not occur"),
    ([TOY, "--at", "a"], 2, "is not a value for `a`"),
    ([TOY, "--at", "a=foo"], 2, "`foo` is not a value for `a`"),
    ([TOY, "--rate", "0.1"], 2, "needs a value"),
    ([TOY, "--at", "no/such.csv"], 2, "no/such.csv"),
    ([TOY, "--format", "docx"], 2, "--format"),
    ([TOY, "--define", "x^2"], 2, "--define"),
    ([TOY, "-o", "no/such/folder/file.txt"], 2, "no/such/folder/file.txt"),
    (["x = 1/0; L = w*x"], 2, "is not a value for `x`"),
    (["L = x^2 + " + "x" * 200_000], 5, "at most 100000 are read"),
]


@pytest.mark.parametrize(
    ("command", "args", "code", "said"),
    [(command, *row) for command in ("backprop", "graph") for row in ERRORS if command == "backprop" or "--rate" not in row[0]],
)
def test_errors(command: str, args: list[str], code: int, said: str) -> None:
    result = run(command, *args)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_what_has_no_rule_ends_with_code_4() -> None:
    result = run("backprop", "L = polygamma(n, x)", "--wrt", "n")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "cannot differentiate" in result.stderr or "no rule" in result.stderr


def test_an_error_shows_the_line_and_the_place() -> None:
    result = run("backprop", "z = w*x\n  L = sgmoid(z)\n")
    assert result.stderr.startswith("there is no function `sgmoid`\n\n    L = sgmoid(z)\n        ^^^^^^\n")
    assert run("backprop", "L = sgmoid(z)", "--lang", "both").stderr.count("^^^^^^") == 2


def test_errors_as_json() -> None:
    result = run("backprop", "z = w*x\nL = sgmoid(z)", "--format", "json")
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, result.stderr) == (3, "")
    assert (error["kind"], error["line"], error["column"], error["hint"]) == ("unknown_function", 2, 5, "sigmoid")


# Where programs come from.


def test_a_program_is_an_argument_a_file_or_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    path.write_text(LINE, encoding="utf-8")
    shown = [run("backprop", LINE).output, run("backprop", str(path)).output, run("backprop", "-", stdin=LINE).output]
    assert shown[0] == shown[1] == shown[2]
    assert "∂L/∂w" in shown[0]
    assert run("backprop", "-", stdin="").exit_code == 3


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "line.bin"
    path.write_bytes(b"\xff\xfe\x00L")
    result = run("backprop", str(path))
    assert result.exit_code in (2, 3)
    assert not isinstance(result.exception, UnicodeDecodeError)


# Where numbers come from.

WRITTEN: dict[str, Any] = {
    "rows.csv": "w,x,y\n1,3,2\n2,4,2\n",
    "one.csv": "w0, w1, x0, x1, y\n1, 2, 3, 4, 2\n",
    "bom.csv": "\ufeffw0,w1,x0,x1,y\r\n1,2,3,4,2\r\n",
    "all.json": '{"w": [1, 2], "x": [3, 4], "y": 2}',
}


@pytest.mark.parametrize("name", ["one.csv", "bom.csv", "all.json"])
def test_numbers_from_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(WRITTEN[name], encoding="utf-8")
    result = run("backprop", DOT, "--at", str(path))
    assert result.exit_code == 0, result.output
    assert "= 81" in result.output  # (3 + 8 - 2)^2


def test_arrays_from_npz_and_npy_and_csv_columns(tmp_path: Path) -> None:
    np.savez(tmp_path / "all.npz", w=[1.0, 2.0], x=[3, 4], y=2)
    assert "= 81" in run("backprop", DOT, "--at", str(tmp_path / "all.npz")).output
    np.save(tmp_path / "w.npy", [1.0, 2.0])
    (tmp_path / "x.csv").write_text("x\n3\n4\n", encoding="utf-8")
    args = ["--at", str(tmp_path / "w.npy"), "--at", str(tmp_path / "x.csv"), "--at", "y=2"]
    assert "= 81" in run("backprop", DOT, *args).output


def test_later_numbers_win_over_earlier_ones_and_over_the_program(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text('{"w": 2, "x": 3}', encoding="utf-8")
    assert "L = w x = 30" in run("backprop", "w = 1; x = 1; L = w*x", "--at", str(path), "--at", "w=10").output
    assert "L = w x = 1" in run("backprop", "w = 1; x = 1; L = w*x").output


BAD_FILES = {
    "text.json": '{"w": "many"}',
    "list.json": "[1, 2]",
    "broken.json": "{",
    "nan.json": '{"w": NaN}',
    "words.csv": "w\none\n",
    "short.csv": "w,x\n1\n",
    "empty.csv": "",
    "no.npz": "no",
    "no.npy": "no",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_without_numbers_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(BAD_FILES[name], encoding="utf-8")
    result = run("backprop", "L = w*x", "--at", str(path))
    assert result.exit_code == 2, result.exception
    assert result.stderr
    assert isinstance(result.exception, SystemExit)


def test_objects_in_a_file_are_never_loaded(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert run("backprop", "L = w*x", "--at", str(tmp_path / "w.npy")).exit_code == 2


# Formats.

STARTS = {"text": "  Forward pass", "latex": "\\", "markdown": "", "json": '{\n "schema": "derivx/1"', "svg": "<svg", "tikz": "\\"}


@pytest.mark.parametrize("fmt", STARTS)
@pytest.mark.parametrize("lang", ["en", "ko", "both"])
def test_formats(fmt: str, lang: str, tmp_path: Path) -> None:
    shown = run("backprop", LINE, "--at", AT, "--format", fmt, "--lang", lang)
    assert shown.exit_code == 0, shown.output
    assert shown.output.startswith(STARTS[fmt]) or lang != "en"
    path = tmp_path / "out.txt"
    assert run("backprop", LINE, "--at", AT, "--format", fmt, "--lang", lang, "-o", str(path)).output == ""
    assert path.read_text(encoding="utf-8") == shown.output
    assert any("가" <= c <= "힣" for c in shown.output) == (lang != "en" and fmt != "json") or fmt in ("svg", "tikz")


@pytest.mark.parametrize("fmt", ["latex", "tikz"])
def test_standalone(fmt: str) -> None:
    shown = run("backprop", LINE, "--format", fmt, "--standalone").output
    assert shown.count(r"\begin{document}") == shown.count(r"\end{document}") == 1


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_code(library: str) -> None:
    result = run("backprop", LINE, "--format", library)
    assert result.exit_code == 0, result.output
    compile(result.output, "code", "exec")
    assert "def gradient(w, x, b, y):" in result.output


@pytest.mark.parametrize("library", ["numpy", "torch", "jax"])
def test_code_of_a_function_names_its_library(library: str) -> None:
    assert library in run("backprop", "L = exp(w*x)", "--format", library).output


def test_numpy_code_gives_the_same_gradients() -> None:
    scope: dict[str, Any] = {}
    exec(run("backprop", LINE, "--format", "numpy").output, scope)
    assert scope["gradient"](w=0.5, b=1.0, x=2.0, y=3.0) == (1, {"w": -4, "b": -2})


@pytest.mark.parametrize("fmt", ["text", "svg", "tikz"])
def test_graph(fmt: str) -> None:
    result = run("graph", LINE, "--at", AT, "--format", fmt)
    assert result.exit_code == 0, result.output
    assert any(minus + "4" in result.output for minus in ("−", r"\ensuremath{-}"))
    if fmt == "svg":
        assert ET.fromstring(result.output).tag.endswith("svg")
    if fmt == "text":
        assert max(map(columns, result.output.split("\n"))) <= 80


# JSON.

NODE = {"name", "formula", "value", "adjoint", "adjoint_value", "uses", "checks"}


@pytest.mark.parametrize("text", [TOY, LINE, DOT, "1/(1 + exp(-(w*x + b)))", "L = where(x > 0, x^2, -x)*w", "L = f(w*x)*g(w)"])
def test_json_has_the_promised_fields_and_formulas_that_read_back(text: str) -> None:
    data = json.loads(run("backprop", text, "--format", "json").output)
    assert (data["schema"], data["verdict"]) == ("derivx/1", "PASS")
    sweep = data["sweep"]
    assert set(sweep) >= {"output", "wrt", "nodes", "gradient", "multiplications", "checks"}
    names = [node["name"] for node in sweep["nodes"]]
    assert len(set(names)) == len(names)
    for node in sweep["nodes"]:
        assert set(node) >= NODE
        for formula in (node["formula"], node["adjoint"], *(link["local"] for link in node["links"])):
            assert formula is None or read(formula).size >= 1
        assert (node["adjoint"] is None) == (not node["checks"])
        assert {c["verdict"] for c in node["checks"]} <= {"PASS", "SKIPPED"}
    assert set(sweep["gradient"]) == set(sweep["wrt"])
    assert all(read(g).size >= 1 for g in sweep["gradient"].values())
    again = backprop(data["program"], list(sweep["wrt"]), operations=False)
    assert {n: str(g) for n, g in again.gradients.items()} == {n: str(read(g)) for n, g in sweep["gradient"].items()}


def test_json_carries_values_and_the_update() -> None:
    data = json.loads(run("backprop", LINE, "--at", AT, "--rate", "0.1", "--format", "json").output)
    nodes = {n["name"]: n for n in data["sweep"]["nodes"]}
    assert (nodes["z"]["value"], nodes["L"]["value"], nodes["w"]["adjoint_value"], nodes["b"]["adjoint_value"]) == (2, 1, -4, -2)
    assert (nodes["x"]["adjoint"], nodes["z"]["uses"]) == (None, 2)
    update = data["sweep"]["update"]
    assert update["parameters"] == {"w": pytest.approx(0.9), "b": pytest.approx(1.2)}
    assert update["loss"] == {"before": 1, "after": pytest.approx(0)}


@pytest.mark.parametrize(("text", "at"), [("L = log(w)*x", "w=-1,x=2"), ("L = x/w", "w=0,x=1")])
def test_json_is_json_where_values_are_undefined(text: str, at: str) -> None:
    shown = run("backprop", text, "--at", at, "--format", "json").output

    def refuse(word: str) -> None:
        raise ValueError(word)

    json.loads(shown, parse_constant=refuse)


# Looks.

LONG = "; ".join(f"a{i} = sigmoid(weight_{i}*a{i - 1} + bias_{i})*tanh(a{i - 1})" for i in range(1, 9))


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
def test_text_keeps_to_eighty_columns(lang: str, detail: str) -> None:
    for text, more in ((LONG, ["--paths", "weight_1"]), (TOY, []), (LINE, ["--at", AT, "--rate", "0.1", "--digits", "12"])):
        output = run("backprop", text, "--lang", lang, "--detail", detail, *more).output
        assert max(map(columns, output.split("\n"))) <= 80
        assert run("backprop", text, "--ascii", "--detail", detail, *more).output.isascii()
        assert run("graph", text, "--ascii").output.isascii()


HOSTILE = ["<script>alert(1)</script>", "]]>&\"'", r"\input{/etc/passwd}", "\x1b[2J", "$(rm -rf)", "a|b`c`"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_refused_in_text_and_harmless_in_python(name: str) -> None:
    result = run("backprop", f"{name} = w*x; L = {name}*w")
    assert result.exit_code == 3
    assert "\x1b" not in result.output
    sweep = derivx.backprop({name: read("w*x"), "L": derivx.expr.Call("mul", (derivx.expr.Sym(name), read("w")))})
    root = ET.fromstring(sweep.svg())
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= {"svg", "title", "desc", "style", "g", "rect", "path", "text", "tspan"}
    for shown in (sweep.text(), sweep.drawing(), sweep.latex(), sweep.tikz()):
        assert "\x1b" not in shown
    assert r"\input{" not in sweep.latex() + sweep.tikz()
    assert "<script>" not in sweep.markdown() + sweep.svg()


def test_a_process_says_what_the_function_says() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "derivx", "backprop", "-", "--wrt", "a"], input=TOY, capture_output=True, encoding="utf-8", check=False
    )
    inside = run("backprop", TOY, "--wrt", "a")
    assert (done.returncode, done.stdout, done.stderr) == (0, inside.stdout, "")


def test_help() -> None:
    for command in ("backprop", "graph"):
        assert run(command, "--help").output.startswith("Usage: ")
