"""Every export of every problem, and every hostile text in every place of it: shown as text, run nowhere."""

from __future__ import annotations

import ast
import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from derivx.api.worksheets import build_worksheet, draw_worksheet, read_sheet
from derivx.errors import UsageError
from derivx.grading.rows import graded
from derivx.grading.safe import plain
from derivx.syntax import write
from derivx.words import LANGUAGES
from derivx.worksheet.draw import Draw
from derivx.worksheet.exports import EXPORTS, Pack, exported
from derivx.worksheet.exports.pack import answers, slug, slugs
from derivx.worksheet.exports.xml import cdata, el
from derivx.worksheet.kinds import KINDS, drawn
from derivx.worksheet.problem import Problem
from tests.worksheet.exports import made
from tests.worksheet.exports.schemas import harmless, unzipped, valid

TITLES = list(dict.fromkeys(text for text in made.HOSTILE if text.strip()))
ACTIVE = (
    "\\(",
    "\\[",
    "$",
    "`",
    "[[",
    "{@",
    "{#",
    "{{",
    "{1:",
    "<!",
    "<?",
    "[latex]",
    "[sound",
    "![",
    "\n",
    "\t",
    "\r",
)  # in HTML, for any of the systems


@cache
def hostile() -> Pack:
    """Each text as a student's name, as a teacher's text, as an option, in a table, in a program, as the words for a drawing."""
    return made.pack(*((made.own(text), made.sums(made.own(text))) for text in TITLES), names=tuple(TITLES), title="x")


@pytest.mark.parametrize("name", EXPORTS)
def test_the_same_bytes_each_time(name: str) -> None:
    pack = made.pack(made.ALL, made.ALL[::-1], langs=LANGUAGES)
    assert exported(pack, name) == exported(made.pack(made.ALL, made.ALL[::-1], langs=LANGUAGES), name) != {}


def test_no_such_format() -> None:
    with pytest.raises(UsageError, match="pdf"):
        exported(made.pack((made.NUMBER,)), "pdf")


@pytest.mark.parametrize("name", EXPORTS)
def test_paths_are_plain(name: str) -> None:
    for title in TITLES:
        for path in exported(made.pack((made.NUMBER,), title=title, names=(title,)), name):
            assert re.fullmatch(r"[\w가-힣.-]+(/[\w가-힣.-]+)*", path), path
            assert len(path) < 200
            assert not {".", "..", "con"} & set(path.lower().split("/"))
    files = exported(hostile(), name)
    assert len({path.lower() for path in files}) == len(files)


def test_slugs() -> None:
    assert [slug(t) for t in ("Sheet 1", "../etc/passwd", "CON", "", "과제 1", "a" * 99)] == [
        "Sheet-1",
        "etc-passwd",
        "CON-",
        "x",
        "과제-1",
        "a" * 60,
    ]
    assert len({name.lower() for name in slugs(["a b", "a-b", "A/B", "c"])}) == 4
    assert slugs(["a b", "c"]) == ["a-b", "c"]


def texts(problem_text: str) -> str:
    """What a reader sees of a text."""
    return "".join(plain(problem_text).split())


def fragments(root: Any) -> Iterator[str]:
    """The HTML in Moodle's XML."""
    yield from (node.findtext("text") or "" for node in root.iter() if node.get("format") == "html")


# Moodle and QTI.


def test_moodle_shows_text_as_text() -> None:
    root = valid(exported(hostile(), "moodle")["moodle.xml"], "moodle.rng")
    calm = valid(exported(made.pack((made.own("x"), made.sums(made.own("x"))), names=("x",)), "moodle")["moodle.xml"], "moodle.rng")
    kinds = ("multichoice", "stack")
    baseline = {q.get("type"): [_active(f) for f in fragments(q)] for q in calm if q.get("type") in kinds}
    questions = [q for q in root if q.get("type") != "category"]
    assert [q.get("type") for q in questions] == [kind for kind in kinds for _ in TITLES]
    for question, text in zip(questions, [*TITLES, *TITLES], strict=True):
        assert [_active(f) for f in fragments(question)] == baseline[question.get("type")], text
        shown = harmless(question.findtext("questiontext/text"))
        assert texts(text) in "".join(shown.split())
        assert all(harmless(f) is not None for f in fragments(question))


def _active(html: str) -> dict[str, int]:
    """How often what acts in some system stands there; what is base64 or typed by STACK's own fields is the same for all texts."""
    bare = re.sub(r'src="[^"]*"', "", html)
    return {mark: bare.count(mark) for mark in ACTIVE}


@pytest.mark.parametrize("title", TITLES, ids=range(len(TITLES)))
def test_titles(title: str) -> None:
    pack = made.pack((made.NUMBERS,), title=title)
    root = valid(exported(pack, "moodle")["moodle.xml"], "moodle.rng")
    assert len(root) == 2
    files = unzipped(exported(pack, "qti")["qti.zip"])
    assert valid(files["test.xml"], "qti.xsd").get("title") == pack.titled()
    assert "".join(pack.titled().split()) == texts(title)


def test_qti_shows_text_as_text() -> None:
    files = unzipped(exported(hostile(), "qti")["qti.zip"])
    for n, text in enumerate(TITLES, 1):
        item = valid(files[f"items/q1-{n}.xml"], "qti.xsd")
        body = item.find("{http://www.imsglobal.org/xsd/imsqti_v2p1}itemBody")
        assert texts(text) in "".join("".join(body.itertext()).split())
        names = {etree.QName(node).localname for node in item.iter() if isinstance(node.tag, str)}
        assert not names & {"script", "object", "a", "svg", "include"}


@pytest.mark.parametrize("text", ["]]>", "]]]]>>", "<![CDATA[x]]>", "a\x00b\ufffe", "&x;", "", "\ud800"])
def test_a_section_cannot_be_ended(text: str) -> None:
    root = etree.fromstring(el("a", el("text", cdata(text)), b=text).encode())
    assert (root.findtext("text"), root.get("b"), len(root), len(root[0])) == (plain(text), plain(text), 1, 0)


# Notebooks and PrairieLearn.


def test_no_text_becomes_code_in_a_notebook() -> None:
    calm = next(iter(exported(made.pack((made.own("x"), made.sums(made.own("x"))), names=("x",)), "nbgrader").values()))
    shape = [_shape(cell) for cell in json.loads(calm)["cells"]]
    for text, data in zip(TITLES, exported(hostile(), "nbgrader").values(), strict=True):
        book = json.loads(data)
        assert [_shape(cell) for cell in book["cells"]] == shape, text
        shown = "".join(harmless(re.sub(r"\$[^$]*\$", "", c["source"])) for c in book["cells"] if c["cell_type"] == "markdown")
        assert texts(text) in "".join(shown.split())
        assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])


def _shape(cell: dict[str, Any]) -> str:
    """The code of a cell but for what its constants say; of text, what could act in it."""
    if cell["cell_type"] != "code":
        return str(_active(cell["source"]))
    tree = ast.parse(cell["source"])
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = None
    return ast.dump(tree)


def test_no_text_becomes_code_in_prairielearn() -> None:
    calm = exported(made.pack((made.own("x"), made.sums(made.own("x"))), names=("x",)), "prairielearn")
    files = exported(hostile(), "prairielearn")
    for name in ("server.py", "question.html"):
        assert {data for path, data in files.items() if path.endswith(name)} == {data for path, data in calm.items() if path.endswith(name)}
    for path, data in files.items():
        if path.endswith("variants.json"):
            for text, variant in zip(TITLES, json.loads(data), strict=True):
                assert texts(text) in "".join(harmless(variant["shown"]["body"]).split())
                assert all(harmless(o["shown"]) is not None for c in variant["shown"]["choices"] for o in c["options"])
                assert _active(variant["shown"]["body"])["{{"] == 0


# Cards.


def notes(pack: Pack) -> list[list[str]]:
    lines = exported(pack, "anki")["cards.txt"].decode().split("\n")
    assert lines[:5] == ["#separator:tab", "#html:true", "#guid column:1", "#tags column:4", "#columns:GUID\tFront\tBack\tTags"]
    assert lines[-1] == ""
    return [line.split("\t") for line in lines[5:-1]]


def test_no_text_acts_on_a_card() -> None:
    rows = notes(hostile())
    assert len(rows) == len(TITLES)  # an exercise with choices and without is the same to a learner
    calm = notes(made.pack((made.own("x"),)))[0]
    for text, (_, front, back, tags) in zip(TITLES, rows, strict=True):
        assert texts(text) in "".join(harmless(front).split())
        assert harmless(back)
        assert (_active(front), _active(back)) == (_active(calm[1]), _active(calm[2])), text
        assert re.fullmatch(r"derivx( derivx::[^\s:]+)( derivx::[^\s:]+::\d)", tags), tags


def test_cards_keep_their_identity() -> None:
    first, second = notes(made.pack(made.ALL)), notes(made.pack(made.ALL[::-1], title="another"))
    assert sorted(row[0] for row in first) == sorted(row[0] for row in second)
    assert len(first) == len(made.ALL)
    assert all(len(row) == 4 for row in first)


def test_no_formula_in_a_spreadsheet() -> None:
    data = exported(hostile(), "csv")["cards.csv"].decode()
    assert data.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(data.removeprefix("\ufeff"), newline="")))
    assert len(rows) == 1 + 2 * len(TITLES)
    for row in rows:
        assert len(row) == 7
        for cell in row:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "|", "%", "\t", "\r"))
            assert "\n" not in cell
            assert "\r" not in cell


def test_an_answer_with_a_minus_is_text() -> None:
    data = exported(made.pack((made.choice("cos(x^2)", "x"),)), "csv")["cards.csv"].decode()
    (_, row) = csv.reader(io.StringIO(data, newline=""))
    assert row[-1] == "'-2*x*sin(x^2)"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_spreadsheet_in_words(lang: str) -> None:
    data = exported(made.pack((made.NUMBERS,), langs=(lang,)), "csv")["cards.csv"].decode()
    heads = data.split("\r\n")[0]
    assert bool(re.search("[가-힣]", heads)) is (lang == "ko")
    assert "dL/dx = 2; dL/dw = 4" in data


# From a sheet.

SHEET = """
title = "Sheet"
lang = "both"
points = 2
[[problem]]
kind = "derivative"
level = [1, 2, 3]
count = 3
[[problem]]
expr = "(w*x + b - y)^2"
wrt = "w, b"
at = { w = 0.5, x = 2, b = -1, y = 1 }
"""


def test_built_for_all_variants_at_once(tmp_path: Path) -> None:
    sheet = read_sheet(SHEET)
    built = build_worksheet(sheet, tmp_path, variants=2, seed=7, formats=["latex", *EXPORTS])
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    pack = Pack(tuple(draw_worksheet(sheet, 2, seed=7)), "7")
    expected = {path: data for name in EXPORTS for path, data in exported(pack, name).items()}
    assert set(manifest["files"]) == set(expected) == {p.relative_to(tmp_path).as_posix() for p in built.files[4:-1]}
    for path, data in expected.items():
        assert (tmp_path / path).read_bytes() == data
        assert manifest["files"][path] == hashlib.sha256(data).hexdigest()
    assert os.access(tmp_path / "gradescope" / "run_autograder", os.X_OK)
    assert valid(expected["moodle.xml"], "moodle.rng") is not None


def test_the_key_of_every_drawn_problem_is_graded_right() -> None:
    pack = Pack(tuple(draw_worksheet(read_sheet(SHEET), 5, seed=3)), "secret")
    for variant in pack.variants:
        for item in variant.items:
            for (_, asked), row in zip(answers(item), pack.rows(item).values(), strict=True):
                assert asked is not None
                assert graded(json.loads(json.dumps(row)), write(asked.value)).correct


@cache
def of_every_kind() -> tuple[Problem, ...]:
    return tuple(drawn(kind, level, Draw("exports", kind.name, level)) for kind in KINDS.values() for level in kind.levels)


@pytest.mark.parametrize("langs", [("en",), ("ko",), ("en", "ko")])
def test_every_kind_in_every_format(langs: tuple[str, ...]) -> None:
    pack = made.pack(of_every_kind(), langs=langs)
    root = valid(exported(pack, "moodle")["moodle.xml"], "moodle.rng")
    for fragment in fragments(root):
        assert harmless(fragment) is not None
    for name, data in unzipped(exported(pack, "qti")["qti.zip"]).items():
        valid(data, "imscp.xsd" if name == "imsmanifest.xml" else "qti.xsd")
    for name in set(EXPORTS) - {"moodle", "qti"}:
        assert exported(pack, name)


def test_the_answer_of_every_kind_is_graded_right() -> None:
    pack = made.pack(of_every_kind())
    for item in pack.variants[0].items:
        for (name, asked), row in zip(answers(item), pack.rows(item).values(), strict=True):
            typed = write(asked.value) if asked is not None else row["choice"]["right"]
            assert graded(json.loads(json.dumps(row)), typed).correct, (item.problem.identity, name, typed)
