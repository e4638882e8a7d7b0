"""The runners of typed forms and of hostile inputs, on the open rows: read right, refused, graded, in time, and nothing acts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from derivx.grading import Question

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"


def ran(name: str, cases: Path, out: Path) -> tuple[int, str, list[dict[str, Any]]]:
    """The exit code, the summary and the rows of a runner."""
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), str(cases), "--jsonl", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=out.parent)
    assert not done.stderr
    return done.returncode, done.stdout, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def only(name: str, kept: tuple[str, ...], path: Path) -> Path:
    """The case file with these fields alone."""
    rows = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps([{k: v for k, v in row.items() if k in kept} for row in rows]), encoding="utf-8")
    return path


def test_typed_forms(tmp_path: Path) -> None:
    code, summary, rows = ran("typed_forms", DATA / "typed_forms.json", tmp_path / "out.jsonl")
    assert code == 0, summary
    assert summary.splitlines()[1] == "scored  66   right 66"
    assert all(set(row) == {"id", "read", "status"} for row in rows)
    blind = only("typed_forms", ("id", "typed", "vars"), tmp_path / "blind.json")
    assert ran("typed_forms", blind, tmp_path / "blind.jsonl")[2] == rows


def test_a_form_that_is_misread_is_told(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "typed": "1/2x", "vars": ["x"], "meaning": "1/(2*x)"},
        {"id": 2, "typed": "x(", "vars": ["x"], "meaning": "x"},
        {"id": 3, "typed": "2*z", "vars": ["x"], "meaning": "2*x"},
    ]
    (tmp_path / "f.json").write_text(json.dumps(rows))
    code, summary, found = ran("typed_forms", tmp_path / "f.json", tmp_path / "out.jsonl")
    assert code == 1
    assert "1: misread\n2: refused\n3: refused" in summary
    assert [row["status"] for row in found] == ["Ok", "SyntaxRejected", "UnknownName"]
    assert [row["read"] for row in found] == ["1/2*x", None, None]


@pytest.mark.skipif(sys.platform == "win32", reason="the children are forked")
def test_hostile_inputs(tmp_path: Path) -> None:
    code, summary, rows = ran("hostile", DATA / "hostile.json", tmp_path / "out.jsonl")
    assert code == 0, summary
    assert "fit     158\n" in summary
    assert all(set(row) == {"id", "status", "ms", "rss_mb"} for row in rows)
    assert {p.name for p in tmp_path.iterdir()} == {"out.jsonl"}
    blind = only("hostile", ("id", "channel", "input", "parts"), tmp_path / "blind.json")
    again = ran("hostile", blind, tmp_path / "blind.jsonl")[2]
    assert [row["status"] for row in again] == [row["status"] for row in rows]


@pytest.mark.skipif(sys.platform == "win32", reason="the children are forked")
def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "channel": "expr", "input": "2*x", "expected": "graded wrong"},
        {"id": "b", "channel": "expr", "input": "2*x", "expected": "LimitExceeded"},
        {"id": "c", "channel": "expr", "input": "2*x(", "expected": "graded"},
        {"id": "d", "channel": "expr", "input": "2*x(", "expected": "UnknownName"},
        {"id": "e", "channel": "config", "input": '{"answer": "2*x", "problem": "x^2", "wrt": "x"}', "expected": "refused"},
    ]
    (tmp_path / "h.json").write_text(json.dumps(rows))
    code, summary, _ = ran("hostile", tmp_path / "h.json", tmp_path / "out.jsonl")
    assert code == 1
    assert [line[0] for line in summary.splitlines()[3:]] == ["a", "b", "c", "e"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2*х", "ConfusableRejected"),
        ("٣*x", "ConfusableRejected"),
        ("si\u200bn(x)", "ConfusableRejected"),
        ("\u202ex*2", "ConfusableRejected"),
        ("\ud800x", "SyntaxRejected"),
        ("x → 2", "SyntaxRejected"),
        ("x $ 2", "SyntaxRejected"),
        ("x = 2", "SyntaxRejected"),
        ("y = 2*x", "Ok"),
        ("x' = 2*x", "Ok"),
        ("f(x) = 2*x", "Ok"),
    ],
)
def test_the_status_says_what_is_wrong(text: str, status: str) -> None:
    assert Question("x^2", "x").grade(text).status == status
