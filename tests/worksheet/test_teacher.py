"""A teacher's own kinds: one short file, in TOML or in Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from derivx.apps.worksheet import worksheet
from derivx.errors import DerivxError, UsageError
from derivx.render.sentences import sentence
from derivx.worksheet import teacher
from derivx.worksheet.draw import Draw
from derivx.worksheet.kinds import KINDS, drawn
from derivx.worksheet.stress import stress

TOML = """
name = "cooling"
topic = "learning"

[[template]]
expr = "T = {a}*exp(-t/{k}) {b:+}"
wrt = "t"
ranges = { a = "20..80", k = [2, 5, 10], b = "10..25" }
ask = { en = "How fast does $T = {a}*exp(-t/{k}) {b:+}$ cool down?", ko = "$T = {a}*exp(-t/{k}) {b:+}$가 식는 빠르기를 구하시오." }
hint = ["Only one term depends on $t$."]

[[template]]
level = 2
expr = "L = (w*x - t)^2"
wrt = "w"
at = { w = "-3..3", x = [1, 2], t = [0.5, 1.5] }
"""
PYTHON = """
from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

KIND = kind_of("cubes", "differentiation", Template("{a}*x^3", "x", ranges={"a": "2..9"}))
"""
SHEET = 'title = "Cooling"\n[[problem]]\nkind = "cooling"\nlevel = [1, 2]\ncount = 4\n'


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    known, loaded = dict(KINDS), dict(teacher._LOADED)
    yield
    for now, before in ((KINDS, known), (teacher._LOADED, loaded)):
        now.clear()
        now.update(before)  # type: ignore[arg-type]


def test_toml(tmp_path: Path) -> None:
    file = tmp_path / "cooling.toml"
    file.write_text(TOML, encoding="utf-8")
    (of,) = teacher.load(file)
    assert teacher.load(file) == (of,)
    assert (of.name, of.topic, of.levels) == ("cooling", "learning", (1, 2))
    assert stress(20, kinds=[of]).good
    problem = drawn(of, 1, Draw("x"))
    for lang in ("en", "ko"):
        assert "{" not in sentence(problem.ask[0], lang)
        assert "exp(-t/" in sentence(problem.ask[0], lang)
    assert sentence(problem.hints[0], "en") == "Only one term depends on t."


def test_python(tmp_path: Path) -> None:
    file = tmp_path / "cubes.py"
    file.write_text(PYTHON, encoding="utf-8")
    teacher.load(file)
    assert stress(7, kinds=[KINDS["cubes"]]).good


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "cooling.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "sheet.toml").write_text(SHEET, encoding="utf-8")
    args = ["build", str(tmp_path / "sheet.toml"), "--variants", "2", "--workers", "0", "--format", "text", "-o", str(tmp_path / "out")]
    assert CliRunner().invoke(worksheet, args).exit_code != 0
    done = CliRunner().invoke(worksheet, [*args, "--kinds", str(tmp_path / "cooling.toml")])
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "out").glob("key-*.txt"))) == 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name = ", "bad_kind_file"),
        ('title = "x"', "bad_kind_field"),
        ('name = "my kind"\n[[template]]\nexpr = "x"', "bad_kind_field"),
        ('name = "k"', "bad_kind_field"),
        ('name = "k"\n[[template]]\nwrt = "x"', "bad_kind_field"),
        ('name = "k"\n[[template]]\nexpr = 3', "bad_kind_field"),
        ('name = "k"\n[[template]]\nexpr = "x^2"\nlevle = 1', "bad_kind_field"),
        ('name = "k"\n[[template]]\nexpr = "x^2"\nask = { en = 1 }', "bad_kind_field"),
        ('name = "k"\n[[template]]\nexpr = "{a}*x^2"', "no_range"),
        ('name = "k"\n[[template]]\nexpr = "{a}*x^2"\nranges = { a = [] }', "bad_value"),
        ('name = "k"\n[[template]]\nexpr = "{a}*x^2"\nranges = { a = "0..0" }', "bad_value"),
        ('name = "k"\n[[template]]\nexpr = "{a.b}*x^2"\nranges = { a = "2..3" }', None),
        ('name = "k"\n[[template]]\nexpr = "1*x^2"', "no_draw"),
        ('name = "derivative"\n[[template]]\nexpr = "3*x^2"', "kind_taken"),
    ],
)  # fmt: skip
def test_faults_are_said(tmp_path: Path, text: str, key: str | None) -> None:
    file = tmp_path / "kind.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DerivxError) as caught:
        teacher.load(file)
    assert key is None or caught.value.key == key
    assert all(caught.value.message(lang) for lang in ("en", "ko"))


@pytest.mark.parametrize("text", ["1/0", "x = 3", "KIND = 4", "import nothing_of_that_name"])
def test_python_that_fails(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        teacher.load(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        teacher.load(tmp_path / "none.toml")


def documented(mark: str) -> str:
    text = (Path(__file__).parents[2] / "docs" / "worksheets.md").read_text(encoding="utf-8")
    return re.split(r"\n```", text[text.index(mark) :])[0]


@pytest.mark.parametrize("name", ["cooling.toml", "cubes.py"])
def test_documented_kinds_are_kinds(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_text(documented(f"# {name}\n"), encoding="utf-8")
    assert stress(6, kinds=teacher.load(file)).good


def test_every_kind_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "worksheets.md").read_text(encoding="utf-8")
    assert {name for name in KINDS if f"| `{name}` |" not in text} == set()
