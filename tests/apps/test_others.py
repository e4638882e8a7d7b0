"""The other commands: the cards, the doctor, completion, help and version."""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import derivx
from derivx import ops
from derivx.__main__ import main
from derivx.apps.explain import progress
from derivx.apps.main import cli


def out(*args: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, list(args))
    assert result.exit_code == code, result.output
    return result.output


def test_help() -> None:
    text = out("--help")
    assert "derivx explain" in text
    for name in ("explain", "ops", "doctor", "completion"):
        assert f"  {name}" in text
        assert out(name, "--help").startswith("Usage: ")


def test_version() -> None:
    assert out("--version").strip().endswith(derivx.__version__)


def test_a_mistyped_command() -> None:
    assert "Did you mean: derivx explain" in out("explian", "x", code=2)
    assert "Did you mean: derivx explain" in out("sigmoid(x)", code=2)


def test_ops_lists_every_card() -> None:
    text = out("ops")
    for op in ops.cards():
        if op.notation != "compare":
            assert f"{op.text}({op.args})" in text


@pytest.mark.parametrize(
    ("word", "found"), [("sigm", "sigmoid(x)"), ("시그모이드", "sigmoid(x)"), ("swish", "silu(x)"), ("ReLU", "relu(x)")]
)
def test_ops_are_found_by_any_name(word: str, found: str) -> None:
    assert found in out("ops", word)
    assert "시그모이드" in out("ops", "sigmoid", "--lang", "ko")
    assert "/" in out("ops", "sigmoid", "--lang", "both")


def test_ops_as_json() -> None:
    data = json.loads(out("ops", "sigmoid", "--format", "json"))
    first = next(row for row in data["ops"] if row["name"] == "sigmoid")
    assert first["d"] == "y*(1 - y)*dx"
    assert first["names"]["ko"] == "시그모이드 함수"


def test_no_such_op() -> None:
    assert "no operation matches" in out("ops", "zzz", code=2)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_doctor(lang: str) -> None:
    text = out("doctor", "--lang", lang)
    assert derivx.__version__ in text
    for name in ("sympy", "numpy", "autograd"):
        assert name in text
    assert "PASS" in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    assert f"{shell}_source" in out("completion", shell)


@pytest.mark.parametrize(("args", "code"), [(["--version"], 0), (["explain", "sgmoid(x)"], 3), (["explain"], 2)])
def test_the_process_ends_with_the_code_of_the_command(args: list[str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(sys, "argv", ["derivx", *args])
    try:
        main()
    finally:
        gc.enable()
    assert ended == [code]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_long_work_says_what_it_does_on_a_terminal(lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    say = progress(lang)
    say("ui.loading")
    say("")
    assert ("loading" if lang == "en" else "준비") in capsys.readouterr().err


WORK = "problem: sin(x^2)\ny' = cos(x^2)\n= cos(x^2)*1\n"


def test_a_work_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "work.txt"
    file.write_text(WORK, encoding="utf-8")
    text = out("check", str(file), code=1)
    assert "2 ✗ y' = cos(x^2)" in text
    assert "3 → = cos(x^2)*1" in text
    assert "chain rule" in text
    assert "연쇄" in out("check", str(file), "--lang", "both", code=1)
    assert json.loads(out("check", str(file), "--format", "json", code=1))["first_wrong_line"] == 1
    assert "no_such" in out("check", str(tmp_path / "no_such.txt"), code=2)


@pytest.mark.parametrize(
    ("work", "options", "code"),
    [
        ("= 2*x", ["--problem", "x^2", "--wrt", "x"], 0),
        ("y' = sqrt(x)/(2*x)", ["--problem", "sqrt(x)", "--domain", "x=1:2"], 0),
        ("y' = D(x^2, x)*x + x^2*D(x, x)\n= 3*x^2", ["--problem", "x^3", "--max-skip", "0"], 1),
        ("= 2*x", [], 2),
        ("= 2*x", ["--problem", "x^2", "--domain", "x=2:1"], 2),
        ("= 2*x", ["--problem", "x^("], 3),
        ("= 2*(x", ["--problem", "x^2"], 4),
    ],
)
def test_the_exit_code_says_how_a_work_is(work: str, options: list[str], code: int) -> None:
    result = CliRunner().invoke(cli, ["check", "-", *options], input=work)
    assert result.exit_code == code, result.output
