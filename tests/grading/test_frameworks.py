"""The adapters inside the systems themselves: a right, a wrong and a hostile answer through nbgrader's, Otter's and Gradescope's ways."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RIGHT, WRONG, OPPOSITE = "2x cos(x^2)", "cos(x^2)", "-2x cos(x^2)"
HOSTILE = "__import__('os').mkdir('derivx_marker_m')"
ASK = 'import derivx\nderivx.Question("sin(x^2)", "x", points=2, partial={"up_to_sign": 0.5}).grade(answer)'
OTTER = """from otter.test_files import test_case

OK_FORMAT = False
name = "q1"
points = 2


@test_case()
def test_answer(answer):
    import derivx

    derivx.Question("sin(x^2)", "x").grade(answer).to_otter()
"""


def ran(*command: str, cwd: Path) -> str:
    """What a program prints on stdout; it finds derivx where the tests do."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"  # nbgrader calls alembic
    env = os.environ | {"PYTHONPATH": str(ROOT), "PATH": programs}
    done = subprocess.run([sys.executable, *command], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def notebook(path: Path, *cells: tuple[str, dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [
        {"cell_type": "code", "id": f"c{i}", "execution_count": None, "outputs": [], "source": source, "metadata": meta}
        for i, (source, meta) in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


def no_marker(folder: Path) -> None:
    assert not list(folder.rglob("derivx_marker*"))


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("nbgrader") is None, reason="nbgrader is not installed")
def test_nbgrader(tmp_path: Path) -> None:
    def cell(source: str, **about: Any) -> tuple[str, dict[str, Any]]:
        return source, {"nbgrader": {"schema_version": 3, "task": False, **about}}

    def homework(path: Path, answer: str) -> None:
        solution = cell(f"answer = {answer!r}", grade=False, solution=True, locked=False, grade_id="answer")
        tests = cell(f"{ASK}.to_nbgrader()", grade=True, solution=False, locked=True, grade_id="test", points=2)
        notebook(path / "ps1" / "p1.ipynb", solution, tests)

    homework(tmp_path / "source", "")
    answers = {"right": RIGHT, "wrong": WRONG, "opposite": OPPOSITE, "hostile": HOSTILE}
    for who, answer in answers.items():
        homework(tmp_path / "submitted" / who, answer)
    ran("-m", "nbgrader", "generate_assignment", "ps1", cwd=tmp_path)
    ran("-m", "nbgrader", "autograde", "ps1", cwd=tmp_path)
    read = (
        "import json\nfrom nbgrader.api import Gradebook\nwith Gradebook('sqlite:///gradebook.db') as book:\n"
        "    print(json.dumps({s.student.id: [s.score, s.max_score] for s in book.assignment_submissions('ps1')}))"
    )
    assert json.loads(ran("-c", read, cwd=tmp_path)) == {"right": [2, 2], "wrong": [0, 2], "opposite": [1, 2], "hostile": [0, 2]}
    no_marker(tmp_path)


@pytest.mark.frameworks
@pytest.mark.skipif(find_spec("otter") is None, reason="otter-grader is not installed")
def test_otter(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").write_text(OTTER, encoding="utf-8")
    for who, answer in {"right": RIGHT, "wrong": WRONG, "hostile": HOSTILE}.items():
        notebook(tmp_path / f"{who}.ipynb", (f"answer = {answer!r}", {}))
    ran("-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip", cwd=tmp_path)
    grade = (
        "import json, sys\nfrom otter.api import grade_submission\n"
        "print('SCORES', json.dumps({w: grade_submission(f'{w}.ipynb', 'autograder.zip', quiet=True).total for w in sys.argv[1:]}))"
    )
    out = ran("-c", grade, "right", "wrong", "hostile", cwd=tmp_path)
    assert json.loads(out.split("SCORES", 1)[1]) == {"right": 2, "wrong": 0, "hostile": 0}
    no_marker(tmp_path)


@pytest.mark.parametrize(
    ("answers", "scores"),
    [
        (f"q1: {RIGHT}\nq2: x*sigmoid(w*x+b)*(1-sigmoid(w*x+b))\n", [2.0, 3.0]),
        (f"q1: {OPPOSITE}\nq2: sigmoid(w*x+b)\n", [1.0, 0.0]),
        (f"q1: {HOSTILE}\nq2: <script>alert(1)</script>\x1b[2J\n", [0.0, 0.0]),
        ("", [0.0, 0.0]),
    ],
)
def test_gradescope(answers: str, scores: list[float], tmp_path: Path) -> None:
    for folder in ("submission", "results"):
        (tmp_path / folder).mkdir()
    shutil.copytree(ROOT / "docs" / "gradescope", tmp_path / "source")
    shutil.copy(tmp_path / "source" / "run_autograder", tmp_path)
    (tmp_path / "submission" / "answers.txt").write_text(answers, encoding="utf-8")
    ran("run_autograder", cwd=tmp_path)
    found = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    assert found["score"] == sum(scores)
    assert [(t["name"], t["score"], t["max_score"]) for t in found["tests"]] == [("q1", scores[0], 2.0), ("q2", scores[1], 3.0)]
    assert all(t["status"] == ("passed" if t["score"] == t["max_score"] else "failed") for t in found["tests"])
    assert "\x1b" not in "".join(t["output"] for t in found["tests"])
    no_marker(tmp_path)
