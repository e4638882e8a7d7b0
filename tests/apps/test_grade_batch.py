"""``derivx grade-batch``: order kept, resumed after a crash, killed workers' rows done again, one bad row alone is bad."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derivx.apps.main import cli
from derivx.errors import UsageError
from derivx.grading import tables

ASKED = ("--problem", "sin(x^2)", "--wrt", "x", "--no-diagnose")
ANSWERS = ["2*x*cos(x^2)", "cos(x^2)", "2x cos(x²)", "=HYPERLINK(1)", "<script>", "-2*x*cos(x^2)", "2*x*cos(x^2) + 1e-13", "\x1b[2J"]
WORDS = ["correct", "wrong", "correct", "refused", "refused", "wrong", "wrong", "refused"]


def jsonl(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def many(path: Path, count: int) -> Path:
    return jsonl(path, [{"id": f"s{i}", "answer": ANSWERS[i % 8]} for i in range(count)])


def batch(answers: Path, out: Path, *args: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["grade-batch", str(answers), "-o", str(out), *ASKED, *args])
    assert result.exit_code == code, result.output
    return result.output


def found(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def same(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"ms": 0}


def test_the_order_is_kept_whoever_works(tmp_path: Path) -> None:
    answers = many(tmp_path / "a.jsonl", 1000)
    batch(answers, tmp_path / "one.jsonl", "--workers", "0")
    rows = found(tmp_path / "one.jsonl")
    assert [r["row"] for r in rows] == list(range(1000))
    assert [r["id"] for r in rows] == [f"s{i}" for i in range(1000)]
    assert [r["word"] for r in rows] == WORDS * 125
    batch(answers, tmp_path / "two.jsonl", "--workers", "2", "--size", "100")
    assert list(map(same, found(tmp_path / "two.jsonl"))) == list(map(same, rows))


def test_one_bad_row_never_stops_the_rest(tmp_path: Path) -> None:
    rows = [
        {"answer": "2*x*cos(x^2)"},
        "{broken",
        "[1, 2]",
        '"text"',
        "null",
        "[" * 100_000,
        {"answer": None},
        {"answer": 7},
        {"answer": ["2*x"]},
        {"answer": {"a": 1}},
        {"answer": "2*x", "problem": "x^2("},
        {"answer": "2*x", "problem": "x^2", "wrt": 5},
        {"answer": "2*x", "problem": "x^2", "domain": [1]},
        {"answer": "2*x", "problem": "x^2", "domain": {"x": "ab"}},
        {"answer": "2*x", "problem": "x^2", "order": 10**9},
        {"answer": "2*x", "problem": "x^2", "tolerance": "much"},
        {"answer": "2*x", "problem": "x^2", "form": "pretty"},
        {"answer": "\ud800"},
        {"answer": "3*x^2", "problem": "x^3", "id": "last"},
    ]
    answers = jsonl(tmp_path / "a.jsonl", rows)
    batch(answers, tmp_path / "r.jsonl", "--workers", "0", code=1)
    out = found(tmp_path / "r.jsonl")
    assert len(out) == len(rows)
    assert (out[0]["word"], out[-1]["word"], out[-1]["id"]) == ("correct", "correct", "last")
    assert {r["word"] for r in out[1:-1]} == {"refused"}
    assert [i for i, r in enumerate(out) if r["status"] == "QuestionFault"] == [1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]
    assert all(r["message"]["en"] and r["message"]["ko"] for r in out)


def test_a_table_in_and_out(tmp_path: Path) -> None:
    answers = tmp_path / "a.csv"
    with answers.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "answer", "problem", "wrt", "domain", "must_contain"])
        table.writerow(["=1+1", "2*x*cos(x^2)", "", "", "", ""])
        table.writerow(["b", "1", "sqrt(x^2)", "x", '{"x": [1, 2]}', ""])
        table.writerow(["c", "6*x*y^2", "x^2*y^3", "x,y", "", "x,y"])
        table.writerow(["d", "x(", "", "", "", ""])
        table.writerow(["e", "2*x", "x^2", "x", "{", ""])
    batch(answers, tmp_path / "r.csv", "--workers", "0", "--lang", "ko", code=1)
    with (tmp_path / "r.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["word"] for r in rows] == ["correct", "correct", "correct", "refused", "refused"]
    assert [r["id"] for r in rows] == ["'=1+1", "b", "c", "d", "e"]
    assert rows[0]["message"] == "정답"
    before = (tmp_path / "r.csv").read_bytes()
    batch(answers, tmp_path / "r.csv", "--workers", "0", "--lang", "ko")
    assert (tmp_path / "r.csv").read_bytes() == before


def test_it_goes_on_after_a_crash(tmp_path: Path) -> None:
    answers, out = many(tmp_path / "a.jsonl", 600), tmp_path / "r.jsonl"
    batch(answers, out, "--workers", "0")
    whole = out.read_bytes()
    for kept in (0, 10, 5000, len(whole) - 1, len(whole)):
        out.write_bytes(whole[:kept])
        batch(answers, out, "--workers", "0", "--size", "64")
        lines = whole[:kept].count(b"\n")
        assert out.read_bytes().split(b"\n")[:lines] == whole.split(b"\n")[:lines], "what was done is not done again"
        assert list(map(same, found(out))) == [same(json.loads(line)) for line in whole.splitlines()]


def test_results_of_other_rows_are_not_touched(tmp_path: Path) -> None:
    answers, out = many(tmp_path / "a.jsonl", 20), tmp_path / "r.jsonl"
    batch(answers, out, "--workers", "0")
    before = out.read_bytes()
    assert "--fresh" in batch(answers, out, "--workers", "0", "--points", "2", code=2)
    assert "--fresh" in batch(many(tmp_path / "b.jsonl", 10), out, "--workers", "0", code=2)
    assert out.read_bytes() == before
    out.write_text("a diary\n")
    assert "a diary" in batch(answers, out, "--workers", "0", code=2)
    assert out.read_text() == "a diary\n"
    batch(answers, out, "--workers", "0", "--fresh")
    assert len(found(out)) == 20


@pytest.mark.parametrize(("name", "out"), [("a.txt", "r.jsonl"), ("a.jsonl", "r.xlsx")])
def test_unknown_files(tmp_path: Path, name: str, out: str) -> None:
    (tmp_path / name).write_text("{}\n")
    assert batch(tmp_path / name, tmp_path / out, "--workers", "0", code=2)
    assert not (tmp_path / out).exists()


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    answers = many(tmp_path / "a.jsonl", 3)
    assert "--encoding" in batch(answers, tmp_path / "r.jsonl", "--workers", "0", "--encoding", "klingon", code=2)
    for name in ("a\0b.csv", "\ud800.jsonl"):
        with pytest.raises(UsageError):
            next(tables.rows(Path(name)))
    (tmp_path / "b.csv").write_bytes(b'answer\n2*x*cos(x^2)\n\xff\xfe\x00\n"open')
    batch(tmp_path / "b.csv", tmp_path / "b.jsonl", "--workers", "0")
    assert [row["word"] for row in found(tmp_path / "b.jsonl")] == ["correct", "refused", "refused"]


def test_progress(tmp_path: Path) -> None:
    answers = many(tmp_path / "a.jsonl", 20)
    assert "20 rows" in batch(answers, tmp_path / "r.jsonl", "--workers", "0", "--progress")
    assert "20행" in batch(answers, tmp_path / "s.jsonl", "--workers", "0", "--progress", "--lang", "ko")


def children(pid: int) -> list[int]:
    """The processes under a process, however deep."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = path.read_text()
        except OSError:
            continue
        parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(path.parent.name))
    found, todo = [], [pid]
    while todo:
        todo += (below := parents.get(todo.pop(), []))
        found += below
    return found


def started(answers: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "derivx", "grade-batch", str(answers), "-o", str(out), *ASKED, "--workers", "2", "--size", "64"]
    run = subprocess.Popen(command)
    limit = time.monotonic() + 60
    while not out.exists() or out.stat().st_size < 200_000:
        assert time.monotonic() < limit
        assert run.poll() is None
        time.sleep(0.01)
    return run


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in /proc")
def test_the_rows_of_a_killed_worker_are_done_again(tmp_path: Path) -> None:
    answers, out = many(tmp_path / "a.jsonl", 8000), tmp_path / "r.jsonl"
    run = started(answers, out)
    os.kill(max(children(run.pid)), signal.SIGKILL)
    assert run.wait(120) == 0
    assert [(r["row"], r["id"], r["word"]) for r in found(out)] == [(i, f"s{i}", WORDS[i % 8]) for i in range(8000)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="POSIX signals")
def test_it_goes_on_after_the_coordinator_is_killed(tmp_path: Path) -> None:
    answers, out = many(tmp_path / "a.jsonl", 8000), tmp_path / "r.jsonl"
    run = started(answers, out)
    left = children(run.pid)
    run.kill()
    run.wait(60)
    done = out.read_bytes().count(b"\n")
    assert 0 < done < 8000
    for pid in left:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    batch(answers, out, "--workers", "0")
    assert [(r["row"], r["word"]) for r in found(out)] == [(i, WORDS[i % 8]) for i in range(8000)]


def test_the_mistakes_are_in_the_results(tmp_path: Path) -> None:
    answers = jsonl(tmp_path / "a.jsonl", [{"answer": "cos(x^2)"}])
    for name, *more in (("with", "--diagnose"), ("without",)):
        batch(answers, tmp_path / f"{name}.jsonl", "--workers", "0", *more)
    (told,), (plain,) = found(tmp_path / "with.jsonl"), found(tmp_path / "without.jsonl")
    assert told["mistakes"][0]["hint"]["ko"]
    assert plain["mistakes"] == []
