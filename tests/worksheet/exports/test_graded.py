"""What the systems grade with derivx: rows of plain data, Gradescope's autograder, PrairieLearn's functions; right, wrong and hostile answers."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from derivx.errors import DerivxError
from derivx.grading.autograder import run
from derivx.grading.rows import graded
from derivx.worksheet.exports import exported
from derivx.worksheet.exports.gradescope import RUN, SETUP
from derivx.worksheet.exports.pack import answers
from derivx.worksheet.exports.prairielearn import PAGE, SERVER
from derivx.worksheet.problem import Problem
from tests.worksheet.exports import made

ROOT = Path(__file__).parents[3]


def rows(problem: Problem) -> dict[str, Any]:
    pack = made.pack((problem,))
    return json.loads(json.dumps(pack.rows(pack.variants[0].items[0])))


@pytest.mark.parametrize("problem", made.ALL, ids=lambda p: p.identity)
def test_the_key_is_right_and_a_hostile_answer_is_refused(problem: Problem) -> None:
    keys = ["b."] if problem.choices else made.right(problem)
    for key, (name, row) in zip(keys, rows(problem).items(), strict=True):
        result = graded(row, key)
        assert (result.word, result.score) == ("correct", result.max_score), (name, key, result.text())
        assert graded(row, "C" if problem.choices else f"2 + {key}").word == "wrong"
        for text in ("__import__('os').mkdir('derivx_marker_m')", "<script>", ""):
            assert graded(row, text).word == "refused"
    assert sum(graded(row, "").max_score for row in rows(problem).values()) == 2.0


@pytest.mark.parametrize("answer", ["B", "b", " (b) ", "B.", "b)"])
def test_a_letter_as_it_is_ticked(answer: str) -> None:
    assert graded({"choice": {"right": "B", "of": 3}}, answer).correct


@pytest.mark.parametrize("answer", ["D", "BB", "1", "Б", "B C"])
def test_what_is_no_letter_of_a_choice(answer: str) -> None:
    result = graded({"choice": {"right": "B", "of": 3, "points": 2, "lang": "ko"}}, answer)
    assert (result.word, result.max_score, result.lang) == ("refused", 2.0, "ko")
    assert "C" in result.text()


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"choice": {"right": "D", "of": 3}},
        {"choice": {"right": "A", "of": 0}},
        {"question": {"problem": "x", "wrt": "x", "x": 1}},
        {"question": "x"},
    ],
)
def test_what_is_no_row(row: Mapping[str, Any]) -> None:
    with pytest.raises(DerivxError, match="row"):
        graded(row, "A")


# Gradescope.


def autograder(
    folder: Path, text: str | None, user: Mapping[str, Any] | None = None, names: tuple[str, ...] = ("ann", "bob")
) -> dict[str, Any]:
    """A folder as Gradescope lays it out, run as Gradescope runs it."""
    pack = made.pack((made.NUMBER, made.CHOICE), (made.FORMULA, made.SIGMOID), names=names)
    for path, data in exported(pack, "gradescope").items():
        if path.startswith("gradescope/"):
            target = folder / "source" / path.removeprefix("gradescope/")
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(data)
    for name in ("submission", "results"):
        (folder / name).mkdir()
    if text is not None:
        (folder / "submission" / "answers.txt").write_text(text, encoding="utf-8")
    if user is not None:
        (folder / "submission_metadata.json").write_text(json.dumps({"users": [user]}), encoding="utf-8")
    run(folder)
    found: dict[str, Any] = json.loads((folder / "results" / "results.json").read_text(encoding="utf-8"))
    return found


BOB = {"email": "Bob@example.edu", "id": 1, "name": "Bob B."}
OF_BOB = "q1: x^2*3*e^(3x) + 2x e^(3x)\nQ2a: 1\nq2b: 2(sigmoid(w*x+b)-y)*sigmoid(w*x+b)*(1-sigmoid(w*x+b))\n"


@pytest.mark.parametrize(
    ("text", "user", "scores"),
    [
        (OF_BOB, BOB, [2.0, 0.0, 1.0]),
        (OF_BOB, {"email": "", "name": "BOB", "id": 2}, [2.0, 0.0, 1.0]),
        (f"variant: ann\n{OF_BOB}", BOB, [2.0, 0.0, 1.0]),  # another's variant cannot be chosen
        (f"\ufeffvariant: bob\r\n{OF_BOB}", None, [2.0, 0.0, 1.0]),
        (f"variant: bob\n{OF_BOB}", {"email": "eve@example.edu"}, [2.0, 0.0, 1.0]),
        ("q1: 12\nq2: b\n", {"sid": "ann"}, [2.0, 2.0]),
        ("q1: __import__('os').mkdir('derivx_marker_m')\nq2: =1+1\n", {"email": "ann@x"}, [0.0, 0.0]),
        (None, {"email": "ann@x"}, [0.0, 0.0]),
        ("", BOB, [0.0, 0.0, 0.0]),
    ],
)
def test_gradescope(text: str | None, user: Mapping[str, Any] | None, scores: list[float], tmp_path: Path) -> None:
    found = autograder(tmp_path, text, user)
    assert ([t["score"] for t in found["tests"]], found["score"]) == (scores, sum(scores))
    assert sum(t["max_score"] for t in found["tests"]) == 4.0
    assert not list(tmp_path.rglob("derivx_marker*"))


def test_gradescope_says_that_it_does_not_know_the_variant(tmp_path: Path) -> None:
    (test,) = autograder(tmp_path, "variant: eve\nq1: 12\n", {"email": "eve@x"})["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (0.0, 4.0, "failed")
    assert "variant:" in test["output"]


def test_gradescope_folder(tmp_path: Path) -> None:
    autograder(tmp_path, "q1: 12")
    done = subprocess.run(["bash", "-n", "setup.sh"], cwd=tmp_path / "source", check=False)
    assert done.returncode == 0
    script = tmp_path / "run_autograder"
    script.write_bytes((tmp_path / "source" / "run_autograder").read_bytes())
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    subprocess.run([sys.executable, str(script)], cwd="/", env={"PYTHONPATH": str(ROOT)}, check=True, timeout=100)
    blank = exported(made.pack((made.NUMBERS, made.CHOICE)), "gradescope")["gradescope-students/answers.txt"].decode()
    assert blank == "q1a: \nq1b: \nq2: \n"


def test_the_folder_in_docs_is_the_one_that_is_exported() -> None:
    folder = ROOT / "docs" / "gradescope"
    assert (folder / "run_autograder").read_text(encoding="utf-8") == RUN
    written = (folder / "setup.sh").read_text(encoding="utf-8")
    assert re.sub(r"==[\d.]+", "==%s", written) == SETUP


# PrairieLearn.


def course(folder: Path, *papers: tuple[Problem, ...], **more: Any) -> list[Path]:
    for path, data in exported(made.pack(*papers, **more), "prairielearn").items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return sorted(p.parent for p in folder.rglob("info.json"))


class Server:
    """``server.py`` as PrairieLearn's worker calls it: compiled, run in a fresh namespace, its functions given ``data``."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.functions: dict[str, Any] = {}
        exec(compile((folder / "server.py").read_text(encoding="utf-8"), "server.py", "exec"), self.functions)
        self.data: dict[str, Any] = {
            "params": {}, "correct_answers": {}, "variant_seed": seed, "options": {"question_path": str(folder)}, "submitted_answers": {},
            "raw_submitted_answers": {}, "format_errors": {}, "partial_scores": {}, "score": 0, "feedback": {},
        }  # fmt: skip
        self.call("generate")

    def call(self, name: str) -> None:
        self.functions[name](self.data)
        self.data = json.loads(json.dumps(self.data))  # between phases the data is kept as JSON

    def answered(self, *texts: str) -> float:
        names = [row["name"] for row in self.data["params"]["inputs"]]
        self.data["submitted_answers"] = dict(zip(names, texts, strict=True))
        self.call("parse")
        if not self.data["format_errors"]:
            self.call("grade")
        return float(self.data["score"])


def test_prairielearn_grades(tmp_path: Path) -> None:
    (folder,) = course(tmp_path, (made.SIGMOID,))
    right = made.right(made.SIGMOID)
    assert Server(folder, 1).answered(*right) == 1.0
    assert Server(folder, 1).answered(right[0], "x") == 0.5
    assert Server(folder, 1).answered("x", "w") == 0.0
    wrong = Server(folder, 1)
    wrong.answered(right[0], right[1].replace("2*", ""))
    assert wrong.data["partial_scores"]["q1b"]["score"] == 0.0
    assert wrong.data["partial_scores"]["q1b"]["feedback"]


@pytest.mark.parametrize("text", ["__import__('os').mkdir('derivx_marker_m')", "<script>alert(1)</script>", "2x cos(", ""])
def test_what_prairielearn_cannot_read_costs_no_attempt(text: str, tmp_path: Path) -> None:
    (folder,) = course(tmp_path, (made.FORMULA,))
    server = Server(folder, 1)
    assert server.answered(text) == 0.0
    assert list(server.data["format_errors"]) == ["q1"]
    assert "<script" not in server.data["format_errors"]["q1"]
    assert server.data["partial_scores"] == {}


def test_prairielearn_draws_a_variant_from_its_seed(tmp_path: Path) -> None:
    (folder,) = course(tmp_path, (made.NUMBER,), (made.FORMULA,), (made.CHOICE,))
    drawn = [Server(folder, seed).data["params"] for seed in range(30)]
    assert {params["variant"] for params in drawn} == {0, 1, 2}
    assert drawn == [Server(folder, seed).data["params"] for seed in range(30)]


def test_prairielearn_grades_choices_itself(tmp_path: Path) -> None:
    (folder,) = course(tmp_path, (made.CHOICE,))
    server = Server(folder, 1)
    ((options,),) = ([c["options"] for c in server.data["params"]["choices"]],)
    assert [o["right"] for o in options] == ["false", "true", "false", "false"]
    assert [bool(o["hint"]) for o in options] == [True, False, True, True]
    server.data["partial_scores"]["q1"] = {"score": 1, "weight": 1}  # what its element says
    server.data["submitted_answers"]["q1"] = "b"
    server.call("parse")
    server.call("grade")
    assert (server.data["score"], server.data["format_errors"]) == (1.0, {})


def test_prairielearn_folders(tmp_path: Path) -> None:
    folders = course(tmp_path, made.ALL, langs=("en", "ko"))
    assert len(folders) == len(made.ALL)
    infos = [json.loads((f / "info.json").read_text(encoding="utf-8")) for f in folders]
    assert len({info["uuid"] for info in infos}) == len(infos)
    assert all({"uuid", "title", "topic", "type"} <= set(info) and info["type"] == "v3" for info in infos)
    for folder, problem in zip(folders, made.ALL, strict=True):
        assert (folder / "server.py").read_text(encoding="utf-8") == SERVER
        params = Server(folder, 0).data["params"]
        used = set(re.findall(r"\{\{\{?(\w+)\}", PAGE))
        assert all(used <= {"name", "label", *options} for c in params["choices"] for options in c["options"])
        assert set(re.findall(r"params\.(\w+)", PAGE)) <= set(params)
        assert bool(params["choices"]) is (problem.choices is not None)
        assert len(params["inputs"]) == (0 if problem.choices else len(problem.asked))


def test_names_of_answers() -> None:
    pack = made.pack((made.CHOICE, made.NUMBERS))
    assert [name for item in pack.variants[0].items for name, _ in answers(item)] == ["q1", "q2a", "q2b"]
