"""From a sheet to files: the same bytes whatever builds them, a manifest that is true, a failing variant that stops no other."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from derivx.api.worksheets import build_worksheet, draw_worksheet, read_sheet
from derivx.errors import UsageError
from derivx.version import VERSION
from derivx.worksheet import build as building
from derivx.worksheet.build import FORMATS, Made, Plan, build, made, stems
from derivx.worksheet.sheet import Taker
from derivx.worksheet.variants import numbered

TEXT = """
title = { en = "Derivatives", ko = "미분" }
lang = "both"
seed = 3
space = 4
[[problem]]
kind = "derivative"
level = [1, 2]
count = 2
points = 2
[[problem]]
expr = "w*x + b"
wrt = "w"
points = 0.5
"""
SHEET = read_sheet(TEXT)
PLAN = Plan(SHEET, ("latex", "markdown", "text"))


def files(found: list[Made]) -> dict[str, bytes]:
    assert [one.error for one in found] == [None] * len(found)
    return {name: data for one in found for name, data in one.files.items()}


def test_processes_make_what_one_makes() -> None:
    alone = list(build(PLAN, numbered(3), 0))
    assert files(alone) == files(list(build(PLAN, numbered(3), 2)))
    assert len(files(alone)) == 3 * 2 * 3
    assert [one.taker.id for one in alone] == ["01", "02", "03"]


def test_another_interpreter_makes_the_same(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(TEXT, encoding="utf-8")
    for seed in ("1", "2"):
        command = [
            sys.executable,
            "-m",
            "derivx",
            "worksheet",
            "build",
            "s.toml",
            "--workers",
            "0",
            "-o",
            seed,
            "--format",
            "latex,markdown",
        ]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / seed).iterdir()} for seed in ("1", "2"))
    assert one == two
    assert set(one) == {"sheet-01.tex", "key-01.tex", "sheet-01.md", "key-01.md", "manifest.json"}


def test_the_manifest_says_what_was_made(tmp_path: Path) -> None:
    built = build_worksheet(SHEET, tmp_path, variants=2, seed="s", formats=("text",))
    said = json.loads((tmp_path / "manifest.json").read_bytes())
    assert (said["derivx"], said["seed"], said["formats"]) == (VERSION, "s", ["text"])
    assert said["sheet"]["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    listed = {name: sha for row in said["variants"] for name, sha in row["files"].items()}
    assert listed == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.iterdir() if p.name != "manifest.json"}
    assert [p["kind"] for p in said["variants"][0]["problems"]] == ["derivative", "derivative", "own"]
    assert [p.name for p in built.files][-1] == "manifest.json"
    assert built.errors == ()


def test_students(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("학번,이름\n2024001,김민수\n../../etc/x,O'Neil\n", encoding="utf-8")
    built = build_worksheet(SHEET, tmp_path / "out", students=tmp_path / "r.csv", formats=("text",))
    names = sorted(p.name for p in built.files)
    assert names == ["key-2024001.txt", "key-_.._etc_x.txt", "manifest.json", "sheet-2024001.txt", "sheet-_.._etc_x.txt"]
    assert {p.parent for p in built.files} == {tmp_path / "out"}
    ids = [variant.taker.id for variant in draw_worksheet(SHEET, students=["a", "b"])]
    assert ids == ["a", "b"]


def test_names_of_files() -> None:
    ids = ["a", "A", "a b", "a/b", "", ".", "ㄱ가", "x" * 300, "a-2"]
    found = stems([Taker(one) for one in ids])
    assert found == ["a", "A-2", "a_b", "a_b-2", "_", "_-2", "ㄱ가", "x" * 80, "a-2-2"]


def test_an_unknown_format() -> None:
    with pytest.raises(UsageError) as found:
        list(build(Plan(SHEET, ("docx",)), numbered(1), 0))
    assert found.value.key == "bad_option"


def breaks(_task: object, mark: Path, how: str) -> Made:
    """A variant that loses its process, or raises what nobody expects; the second one only."""
    plan, taker, stem = _task  # type: ignore[misc]
    if taker.id == "02" and (how != "once" or not mark.exists()):
        mark.touch()
        if how != "raise":
            os.kill(os.getpid(), signal.SIGKILL)
        raise RuntimeError("no such luck")
    return made((plan, taker, stem))


@pytest.mark.parametrize(("how", "key"), [("once", None), ("always", "sheet_lost")])
def test_a_lost_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str, key: str | None) -> None:
    monkeypatch.setattr(building, "made", partial(breaks, mark=tmp_path / "mark", how=how))
    found = list(build(replace(PLAN, formats=("text",)), numbered(3), 2))
    assert [one.error.key if one.error else None for one in found] == [None, key, None]
    assert [len(one.files) for one in found] == [2, 0 if key else 2, 2]


def test_a_variant_that_cannot_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def printed(*_: object) -> bytes:
        raise RuntimeError("no such luck")

    monkeypatch.setitem(FORMATS, "broken", building.Format(".x", printed))
    built = build_worksheet(SHEET, tmp_path, variants=2, formats=("broken",))
    assert [error.key for error in built.errors] == ["sheet_failed", "sheet_failed"]
    assert "RuntimeError: no such luck" in built.errors[0].message("ko")
    assert "error" in json.loads((tmp_path / "manifest.json").read_bytes())["variants"][1]
