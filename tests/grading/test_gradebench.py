"""The runner of answers: rows of the form asked for, from the question's fields alone, whatever stands in a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DATA = json.loads((ROOT / "tests" / "data" / "answers.json").read_text(encoding="utf-8"))
KEPT_BACK = ("verdict", "tag", "student", "answer", "note")


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "gradebench"))
    import run

    yield run
    sys.modules.pop("run", None)


def blind(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in KEPT_BACK}


def test_rows_without_their_verdicts(runner: Any, tmp_path: Path) -> None:
    wanted = [*DATA["scalar"][::12], *DATA["matrix"][::3]]
    file, out = tmp_path / "answers.json", tmp_path / "out.jsonl"
    file.write_text(
        json.dumps({"scalar": [blind(r) for r in wanted if "program" not in r], "matrix": [blind(r) for r in wanted if "program" in r]})
    )
    assert runner.main([str(file), "--jsonl", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(r["id"], r["verdict"]) for r in rows] == [(r["id"], r["verdict"]) for r in wanted]
    assert all(len(r["mistakes"]) <= 3 and r["ms"] >= 0 for r in rows)


def test_a_bad_row_stops_nothing(runner: Any, tmp_path: Path) -> None:
    file, out = tmp_path / "answers.json", tmp_path / "out.jsonl"
    bad = [
        {"id": "1", "problem": "sin(", "wrt": "x", "student_raw": "x"},
        {"id": "2"},
        {"id": "3", "program": 4, "wrt": "x", "shapes": {}, "raw": ""},
    ]
    file.write_text(json.dumps([*bad, blind(DATA["scalar"][0])]))
    assert runner.main([str(file), "--jsonl", str(out)]) == 1
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert ["error" in r for r in rows] == [True, True, True, False]
    assert rows[-1]["verdict"] == DATA["scalar"][0]["verdict"]
