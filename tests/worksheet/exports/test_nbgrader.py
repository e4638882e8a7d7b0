"""Notebooks inside nbgrader: its validation, the version for students, right, wrong and hostile submissions."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from derivx.worksheet.exports import exported
from tests.grading.test_frameworks import no_marker, ran
from tests.worksheet.exports import made

PAPER = (made.CHOICE, made.NUMBERS, made.SIGMOID)
HOSTILE = "__import__('os').mkdir('derivx_marker_m')"


def book(title: str = "ps1") -> dict[str, Any]:
    (data,) = exported(made.pack(PAPER, title=title), "nbgrader").values()
    found: dict[str, Any] = json.loads(data)
    return found


def test_every_answer_has_a_cell_and_a_hidden_test() -> None:
    cells = {c["metadata"]["nbgrader"]["grade_id"]: c for c in book()["cells"]}
    names = ["q1", "q2a", "q2b", "q3a", "q3b"]
    assert [name for name in cells if name.endswith("-answer")] == [f"{n}-answer" for n in names]
    tests = [cells[f"{n}-test"] for n in names]
    assert [t["metadata"]["nbgrader"]["points"] for t in tests] == [2, 1, 1, 1, 1]
    for cell in cells.values():
        about = cell["metadata"]["nbgrader"]
        assert about["schema_version"] == 3
        assert about["locked"] is not about["solution"]
        assert about["cell_type"] == cell["cell_type"]
    for test in tests:
        lines = test["source"].split("\n")
        assert (lines[0], lines[-1]) == ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


def submitted(folder: Path, released: dict[str, Any], answers: dict[str, str]) -> None:
    """The version that a student got, with answers filled in."""
    for cell in released["cells"]:
        name = cell["metadata"]["nbgrader"]["grade_id"].removesuffix("-answer")
        if name in answers and cell["metadata"]["nbgrader"]["solution"]:
            cell["source"] = f"answer_{name[1:]} = {answers[name]!r}"
    folder.mkdir(parents=True)
    (folder / "ps1.ipynb").write_text(json.dumps(released), encoding="utf-8")


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("nbgrader") is None, reason="nbgrader is not installed")
def test_nbgrader(tmp_path: Path) -> None:
    for path, data in exported(made.pack(PAPER, title="ps1", langs=("en", "ko")), "nbgrader").items():
        target = tmp_path / path.removeprefix("nbgrader/")
        target.parent.mkdir(parents=True)
        target.write_bytes(data)
    check = "import sys\nfrom nbgrader.nbgraderformat import read\nread('source/ps1/ps1.ipynb', as_version=4)"
    ran("-c", check, cwd=tmp_path)
    ran("-m", "nbgrader", "generate_assignment", "ps1", cwd=tmp_path)
    released = (tmp_path / "release" / "ps1" / "ps1.ipynb").read_text(encoding="utf-8")
    assert "graded(" not in released
    right = dict(zip(("q2a", "q2b", "q3a", "q3b"), (*made.right(made.NUMBERS), *made.right(made.SIGMOID)), strict=True))
    students = {
        "right": {"q1": "b", **right},
        "half": {"q1": "A", **right, "q3b": "x"},
        "hostile": dict.fromkeys(("q1", *right), HOSTILE),
    }
    for who, answers in students.items():
        submitted(tmp_path / "submitted" / who / "ps1", json.loads(released), answers)
    ran("-m", "nbgrader", "autograde", "ps1", cwd=tmp_path)
    read = (
        "import json\nfrom nbgrader.api import Gradebook\nwith Gradebook('sqlite:///gradebook.db') as book:\n"
        "    print(json.dumps({s.student.id: [s.score, s.max_score] for s in book.assignment_submissions('ps1')}))"
    )
    assert json.loads(ran("-c", read, cwd=tmp_path)) == {"right": [6, 6], "half": [3, 6], "hostile": [0, 6]}
    no_marker(tmp_path)
