"""Worksheets on pdfLaTeX, XeLaTeX and LuaLaTeX: they compile, nothing leaves the page, and what a teacher types is printed, never run."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import derivx
from derivx.apps.main import cli
from derivx.expr import Sym
from derivx.render import to_latex
from derivx.render.document import Document
from derivx.render.document import Question as Asked
from derivx.render.exercise import Choices, Exercise, Hints, Masthead, Space
from derivx.render.sentences import Own
from derivx.render.tex_text import spelt
from tests.render.sheets import sheet
from tests.render.test_sheets import EVIL, LATEX, MARKDOWN, gaps, hostile

ENGINES = ("pdflatex", "xelatex", "lualatex")
TOOLS = (*ENGINES, "kpsewhich", "pdftotext")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
if not MISSING and not subprocess.run(["kpsewhich", "kotex.sty"], capture_output=True, check=False).stdout:
    MISSING.append("kotex")
pytestmark = [pytest.mark.tex, pytest.mark.slow, pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")]
WIDE = re.compile(r"Overfull \\[hv]box \((\d+\.\d+)pt")
RIGHT = 595.3 - 22 * 72 / 25.4 + 10  # points from the left edge of the paper: the margin, and a little


def compiled(text: str, engine: str, folder: Path, runs: int = 1) -> str:
    """The log of a document that compiles."""
    (folder / "page.tex").write_text(text, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    for _ in range(runs):
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False, timeout=300)
        assert done.returncode == 0, done.stdout[-2000:]
    assert {path.suffix for path in folder.iterdir()} <= {".tex", ".aux", ".log", ".pdf"}
    return (folder / "page.log").read_text(encoding="utf-8", errors="replace")


def printed(folder: Path, *options: str) -> str:
    """The text of the pages without their numbers at the foot."""
    command = ["pdftotext", *options, "-x", "0", "-y", "0", "-W", "596", "-H", "785", "page.pdf", "-"]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout


def right_ends(folder: Path) -> list[float]:
    """Where the words of all pages end: what takes no width for TeX is measured on the page."""
    found = subprocess.run(["pdftotext", "-bbox", "page.pdf", "-"], cwd=folder, capture_output=True, encoding="utf-8", check=True).stdout
    ends = [float(end) for end in re.findall(r'<word [^>]*xMax="([\d.]+)"', found)]
    assert len(ends) > 20
    return ends


def flat(text: str) -> str:
    """The letters of a text without what a line or a font changes: spaces, hyphens, ligatures, curved quotes."""
    straight = unicodedata.normalize("NFKC", text).translate(str.maketrans("‘’“”−–—", "''\"\"---"))
    return re.sub(r"[\s\-\u00ad]|\.{3}", "", straight)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("key", [False, True])
def test_a_sheet_with_every_part_compiles(engine: str, lang: str, key: bool, tmp_path: Path) -> None:
    log = compiled(to_latex(sheet(lang, key=key), standalone=True), engine, tmp_path, runs=2)
    assert not [width for width in WIDE.findall(log) if float(width) > 10]
    assert "Missing character" not in log
    assert "undefined references" not in log
    assert max(right_ends(tmp_path)) < RIGHT
    text = flat(printed(tmp_path))
    assert flat("연쇄 법칙과 역전파" if lang != "en" else "Chain rule and back-propagation") in text
    numbers = subprocess.run(["pdftotext", "page.pdf", "-"], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True).stdout
    pages = numbers.count("\f")
    assert f"{pages}/{pages}" in flat(numbers)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_question_stands_alone_at_the_foot_of_a_page(engine: str, tmp_path: Path) -> None:
    """Whatever is above, the question and the first part behind it are on one page."""
    ask, label = Own({"en": ("Find the slope.",), "ko": ("기울기를 구하여라.",)}), Sym("here")
    options = tuple(Own({"en": (f"option {i} of some length, so that each has a line",)}) for i in range(4))
    answers = [(Choices(options),), (Space(9, label),), (Space(5, label, ruled=True),), (Asked(Sym("here")), Space(4))]
    pages = [Document((Exercise(i, (ask,), "2"), *answers[i % 4]), ("en", "ko")) for i in range(1, 60)]
    compiled(to_latex(pages, standalone=True), engine, tmp_path)
    for page in printed(tmp_path).split("\f")[:-1]:
        last = page.rstrip().split("\n")[-1]
        assert "slope" not in last, page
        assert "기울기를" not in last, page


@pytest.mark.parametrize("blank", ["formula", "rule"])
@pytest.mark.parametrize("lang", ["ko", "both"])
@pytest.mark.parametrize("full", [False, True])
def test_a_page_with_gaps_compiles(blank: str, lang: str, full: bool, tmp_path: Path) -> None:
    log = compiled(to_latex(gaps(blank, lang, full=full), standalone=True), "pdflatex", tmp_path)
    assert not [width for width in WIDE.findall(log) if float(width) > 10]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_typed_is_printed_and_never_run(engine: str, tmp_path: Path) -> None:
    texts = [text[:300] for text in EVIL]
    pages = [Document((Exercise(i, (Own({"en": (text,)}),)), Hints((Own({"en": ("end of text",)}),)))) for i, text in enumerate(texts)]
    compiled(to_latex(pages, standalone=True), engine, tmp_path)
    found = flat(printed(tmp_path, "-raw"))
    assert "root:" not in found
    for text in texts:
        plain = "".join(c if spelt(c) != "?" else "?" for c in unicodedata.normalize("NFC", text))
        assert flat(plain) in found, text


@pytest.mark.parametrize("engine", ENGINES)
def test_hostile_titles_names_labels_and_cells_compile(engine: str, tmp_path: Path) -> None:
    texts = [text for text in [*LATEX, *MARKDOWN] if text.strip() and len(text) < 100]
    log = compiled(to_latex([page for text in texts for page in hostile(text)], standalone=True), engine, tmp_path)
    assert "Missing character" not in log
    assert "root:" not in printed(tmp_path)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_letter_that_is_let_through_has_a_glyph(engine: str, tmp_path: Path) -> None:
    letters = [
        chr(c)
        for c in [
            *range(0x20, 0x180),
            *range(0x370, 0x400),
            *range(0x2000, 0x2400),
            *range(0x25A0, 0x2610),
            *range(0x3000, 0x3220),
            *range(0xFF01, 0xFF5F),
        ]
    ]
    known = [c for c in letters if c == "?" or spelt(c) != "?"]
    assert len(known) > 600
    page = Document(
        (
            Masthead(Own({"en": ("Letters",)})),
            Exercise(1, tuple(Own({"en": (" ".join(known[i : i + 30]),)}) for i in range(0, len(known), 30))),
        )
    )
    log = compiled(to_latex(page, standalone=True), engine, tmp_path)
    assert "Missing character" not in log


EXERCISES = [
    ("sigmoid(w*x + b)", {"blank": "formulas", "rubric": "10"}),
    ("exp(-(x - m)^2/(2*s^2))*tanh(w_1*x + w_2*x^2)", {"blank": "rules", "rubric": "auto", "full": True}),
    ("x^2*sin(x)^3 + exp(2*x)", {"blank": "chain", "rubric": "12.5"}),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize(("typed", "options"), EXERCISES)
def test_an_exercise_made_of_a_derivation_compiles_as_it_is(typed: str, options: dict[str, Any], lang: str, tmp_path: Path) -> None:
    log = compiled(
        derivx.explain(typed, "x" if "w_1" in typed or "sin" in typed else "w", check=False).latex(lang, standalone=True, **options),
        "pdflatex",
        tmp_path,
    )
    assert not [width for width in WIDE.findall(log) if float(width) > 10]
    assert max(right_ends(tmp_path)) < RIGHT


SHEETS = sorted((Path(__file__).parents[2] / "docs" / "worksheets").glob("*.toml"))


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_the_sheets_of_the_docs_stay_within_the_margins(path: Path, tmp_path: Path) -> None:
    built = CliRunner().invoke(
        cli, ["worksheet", "build", str(path), "--variants", "1", "--workers", "0", "--format", "latex", "-o", str(tmp_path / "out")]
    )
    assert built.exit_code == 0, built.output
    sources = sorted((tmp_path / "out").rglob("*.tex"))
    assert len(sources) == 2
    for engine in ENGINES:
        for source in sources:
            folder = tmp_path / engine / source.stem
            folder.mkdir(parents=True)
            log = compiled(source.read_text(encoding="utf-8"), engine, folder)
            assert not [width for width in WIDE.findall(log) if float(width) > 10], (engine, source.stem)
            assert "Missing character" not in log
            assert max(right_ends(folder)) < RIGHT, (engine, source.stem)
