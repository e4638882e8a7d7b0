"""``derivx worksheet``: begin a sheet, build it, check it, as a user runs them."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derivx.apps.main import cli
from derivx.expr import Num
from derivx.worksheet import fixed as own
from derivx.worksheet.kinds import KINDS
from derivx.worksheet.problem import Problem
from derivx.worksheet.starter import toml


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["worksheet", *args], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def built() -> set[str]:
    found = run("build", "sheet.toml", "--workers", "0", "-o", "out", "--format", "latex,markdown,text")
    assert found.exit_code == 0, found.output
    return {path.name for path in Path("out").iterdir()}


FILES = {f"{what}-01.{suffix}" for what in ("sheet", "key") for suffix in ("tex", "md", "txt")} | {"manifest.json"}


@pytest.mark.parametrize(("topic", "lang"), [("", "en"), ("", "ko"), *((kind, "both") for kind in KINDS)])
def test_what_is_begun_builds_as_it_is(topic: str, lang: str) -> None:
    found = run("new", "--lang", lang, *(["--topics", topic] if topic else []))
    assert (found.exit_code, found.output) == (0, "derivx worksheet build sheet.toml -o out/\n")
    text = Path("sheet.toml").read_text(encoding="utf-8")
    assert (" ko = " in text) == (lang == "both")
    assert all(f'"{topic}"' in text for topic in [topic] if topic)
    assert built() == FILES


FROM = ["sigmoid(w*x+b)", "y = x^2", "f(x) = log(x)/x", "z = w*x + b; L = (sigmoid(z) - y)^2", "z = w*x\nL = z^2", "relu(-x1)*x2"]


@pytest.mark.parametrize("text", FROM)
def test_a_sheet_around_an_expression(text: str) -> None:
    assert run("new", "--from", text, "--lang", "both").exit_code == 0
    rows = tomllib.loads(Path("sheet.toml").read_text(encoding="utf-8"))["problem"]
    assert any("at" in row for row in rows)
    assert any("choices" in row for row in rows)
    assert built() == FILES


def test_no_file_is_lost() -> None:
    assert run("new").exit_code == 0
    before = Path("sheet.toml").read_bytes()
    found = run("new", "--topics", "derivative")
    assert found.exit_code == 2
    assert "--force" in found.output
    assert Path("sheet.toml").read_bytes() == before
    assert run("new", "--topics", "derivative", "--force").exit_code == 0
    assert Path("sheet.toml").read_bytes() != before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["new", "--topics", "chian"], 2, "chain"),
        (["new", "--from", "sin(x"], 3, "sin(x"),
        (["new", "--from", "sin(x", "--lang", "ko"], 3, "괄호"),
        (["build", "none.toml", "-o", "out"], 2, "none.toml"),
        (["build", "bad.toml", "-o", "out"], 2, "bad.toml:3"),
        (["build", "bad.toml", "-o", "out", "--lang", "ko"], 2, "`kind`를"),
        (["check", "bad.toml"], 2, "did you mean `kind`?"),
        (["build", "good.toml", "-o", "out", "--format", "docx"], 2, "docx"),
        (["build", "good.toml", "-o", "out", "--students", "empty.csv"], 2, "empty.csv"),
    ],
)
def test_what_is_wrong_is_said_once(args: list[str], code: int, said: str) -> None:
    Path("bad.toml").write_text('title = "t"\n[[problem]]\nknd = "derivative"\n', encoding="utf-8")
    Path("good.toml").write_text('title = "t"\n[[problem]]\nexpr = "x^2"\n', encoding="utf-8")
    Path("empty.csv").write_text("id\n", encoding="utf-8")
    found = run(*args)
    assert found.exit_code == code
    assert said in found.output
    assert "Traceback" not in found.output
    assert not Path("out").exists()


def test_students_and_seeds() -> None:
    Path("sheet.toml").write_text('title = "t"\n[[problem]]\nkind = "derivative"\nlevel = [1, 2, 3]\ncount = 3\n', encoding="utf-8")
    Path("r.csv").write_text("id,name\n1,Kim\n2,Lee\n", encoding="utf-8")
    for seed, out in (("7", "a"), ("7", "b"), ("spring", "c")):
        args = ["--students", "r.csv", "--seed", seed, "--format", "typst", "-o", out, "--workers", "0"]
        found = run("build", "sheet.toml", *args)
        assert found.exit_code == 0
        assert found.stdout == f"files in {out}: 4; sheets, each with its key: 2\n"
    a, b, c = ({p.name: p.read_bytes() for p in Path(out).iterdir()} for out in "abc")
    assert a == b
    assert a["key-1.typ"] != a["key-2.typ"]
    assert a["key-1.typ"] != c["key-1.typ"]
    assert b"Kim (1)" in a["sheet-1.typ"]
    assert (json.loads(a["manifest.json"])["seed"], json.loads(c["manifest.json"])["seed"]) == (7, "spring")


SHEET = 'title = "t"\nchoices = 4\n[[problem]]\nkind = "derivative"\nlevel = [1, 2]\n[[problem]]\nexpr = "sigmoid(w*x)"\nwrt = "w"\n'


@pytest.mark.parametrize(("lang", "word"), [("en", "verified"), ("ko", "확인됨"), ("both", "확인됨")])
def test_check(lang: str, word: str) -> None:
    Path("sheet.toml").write_text(SHEET, encoding="utf-8")
    found = run("check", "sheet.toml", "--draws", "6", "--lang", lang)
    assert found.exit_code == 0
    assert found.stdout.count(word) == 3


def test_a_wrong_key_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    right = own.fixed

    def wrong(text: str, *args: object, **more: object) -> Problem:
        problem = right(text, *args, **more)  # type: ignore[arg-type]
        return replace(problem, asked=(replace(problem.asked[0], value=Num(3)),))

    monkeypatch.setattr(own, "fixed", wrong)
    Path("sheet.toml").write_text(SHEET.replace("choices = 4\n", ""), encoding="utf-8")
    found = run("check", "sheet.toml", "--draws", "2")
    assert found.exit_code == 1
    assert "rejected" in found.stdout
    assert "sheet.toml:5" in found.stdout


@pytest.mark.parametrize(
    "value",
    ["plain", 'a "quote" and \\ ', "tab\tand \x7f", "two\nlines", "'''\n'''", True, 3, 0.5, ["a", 1], {"w": 0.5, "x'": [1]}, "한글"],
)
def test_what_is_written_reads_back(value: object) -> None:
    assert tomllib.loads(f"v = {toml(value)}")["v"] in (value, f"{value}\n")
