"""Worksheets in text, LaTeX and Markdown: every part is there, nothing is too wide, and nothing that a teacher types is markup."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from derivx.expr import Sym
from derivx.picture.drawing import GraphDrawing
from derivx.render import to_latex, to_markdown, to_text, to_typst
from derivx.render.block import columns
from derivx.render.document import Document, Heading, Line, Note, Part
from derivx.render.document import Question as Asked
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, Space
from derivx.render.sentences import Own, Said
from derivx.render.tex_text import escape, needs_kotex
from derivx.words import LANGUAGES
from tests.picture.samples import product
from tests.render.sheets import own, sheet

HOSTILE = [str(row["input"]) for row in json.loads((Path(__file__).parents[1] / "data" / "hostile.json").read_text(encoding="utf-8"))]
LATEX = [
    r"\input{/etc/passwd}", r"\write18{touch written}", r"\immediate\write18{touch written}", "^^5cinput{/etc/passwd}", "100% right", "}", "{", "$", "$$",
    r"\end{document}", r"\catcode`\%=12", r"\]", r"\\", "[2mm]", "*[2mm]", "a & b # c _ d ^ e ~ f", r"\begin{verbatim}", r"\openin0=/etc/passwd",
    "a\u202eb\u2066c\u2069d", "\\newcommand\u200b\\x", "a\n\nb\r\tc", "?`!`--<<,,''", "\\" * 40, "x" * 500, "%\n\\stop", r"\special{x}", "日本 漢字 é ø ŝ 🙂 \x00\x1b[2J",
]  # fmt: skip
MARKDOWN = [
    "<script>alert(1)</script>", "![x](javascript:alert(1))", "[a](javascript:alert(1))", "[a](http://evil.example)", "![x](http://evil.example/x.png)",
    "`code` ``two`` ```three", "a | b | c", "- item", "1. item", "1) item", "+ item", "* item", "# head", "> quote", "---", "===", "~~~", "    code",
    "http://evil.example www.evil.example a@evil.example", "<http://evil.example>", "&lt;b&gt; &#60;b&#62;", "*a* _b_ **c** ~~d~~", "[x]: http://evil.example",
    "a\n\n<b>c</b>", "a  \nb", "\\<script>", "<!-- x", "<![CDATA[", "]: x", "$a$ $$b$$", ":::", "|---|",
]  # fmt: skip
EVIL = [text[:1000] for text in dict.fromkeys([*LATEX, *MARKDOWN, *HOSTILE]) if not re.fullmatch(r"\w*|\s*", text)]


def hostile(text: str) -> list[Document]:
    """A sheet that says the text wherever a text can stand."""
    said, name = Own({"en": (text,)}), Sym(text)
    parts: tuple[Part, ...] = (
        Heading(text), Exercise(1, (said, Own({"en": (text, name, text)})), text[:40]), Asked(name, text), Choices((said, name, said), 1),
        Line(1, name, Said("rule.substitute", {"u": name}), Said("why.substitute", {"u": name, "inner": name}), {"u": name}, points=text[:40]),
        Space(1, name), Hints((said, said)),
    )  # fmt: skip
    return [Document((Masthead(said, (said,), (said, said)),)), Document(parts)]


# Every part is there.


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("key", [False, True])
def test_no_sheet_is_too_wide(lang: str, width: int, key: bool) -> None:
    for page in sheet(lang, key=key):
        assert max(map(columns, to_text(page, width=width).split("\n"))) <= width


def test_a_sheet_in_text() -> None:
    head, first, _, choice, *_, graph = [to_text(page) for page in sheet()]
    assert head.split("\n")[:3] == ["  Chain rule and back-propagation", "  Deep learning, autumn term", "  Variant 3"]
    assert head.count("_" * 16) == 3
    assert first.startswith("  1. Differentiate L with respect to w. Name the intermediate values.\n" + "[10 points]\n".rjust(81))
    assert first.count("  │\n") == 8
    assert "    ∂L/∂w = ______" in first
    assert "    (A) 2 sin(x) cos(x)                   (B) 2 sin(x)\n    (C) cos²(x)" in choice
    assert "[1 point]" in choice
    assert "q = x + y" in graph
    assert "Computational graph" not in graph


def test_a_key_in_text() -> None:
    _, first, _, choice, *_ = [to_text(page) for page in sheet("both", key=True)]
    assert "[1 pt] power rule" in first or "[2 pt] power rule" in first or "[3 pt] power rule" in first
    assert "점]" not in first.split("\n\n", 1)[1]  # the points of a line are said once
    assert "Hint 1: Begin outside." in first
    assert "힌트 2: u를 써라." in first
    assert "(A) 2 sin(x) cos(x) ✓" in choice
    assert choice.count("✓") == 1


def test_a_narrow_page_says_what_the_drawing_shows() -> None:
    page = sheet()[-1]
    assert "A graph: q = x + y, f = q z." in to_text(page, width=40)
    assert "A graph: q = x + y, f = q z." in to_text(page, ascii=True)
    assert to_text(page, ascii=True).isascii()


def test_a_sheet_in_latex() -> None:
    text = to_latex(sheet(), standalone=True)
    assert text.count(r"\item[\textbf{") == text.count(r"\begin{enumerate}") == text.count(r"\end{enumerate}") == 5
    assert r"\usepackage{tikz}" in text
    assert "kotex" not in text
    assert r"\mbox{{[}10 points{]}}" in text
    assert r"\pageref{derivx-last}" in text
    assert text.rstrip().endswith("\\label{derivx-last}\n\\end{document}")
    assert text.count(r"\nopagebreak") >= 6
    assert r"\checkmark" not in text
    key = to_latex(sheet("ko", key=True), standalone=True)
    assert key.count(r"\tag*{[") == sum(isinstance(part, Line) for page in sheet(key=True) for part in page.parts)
    assert key.count(r"\checkmark") == 2
    assert r"\usepackage{kotex}" in key


def test_a_page_that_is_no_sheet_has_the_page_numbers_of_its_class() -> None:
    text = to_latex(Document((Heading("x"),)), standalone=True)
    assert "derivx-last" not in text
    assert "tikz" not in text


def test_a_sheet_in_markdown() -> None:
    head, first, _, choice, *_, graph = [to_markdown(page) for page in sheet("both")]
    assert head.startswith("# Chain rule and back-propagation / 연쇄 법칙과 역전파\n")
    assert r"Name / 이름: \_\_" in head
    assert "**1.** Differentiate $L$ with respect to $w$. Name" in first
    assert r"**\[10 points / 10점\]**" in first
    assert first.count("&nbsp;") == 8
    assert r"- (A) $2\,\sin(x)\,\cos(x)$" in choice
    assert "```text\n" in graph
    key = to_markdown(sheet("en", key=True)[1])
    assert "| formula | reason | points |   |" in key
    assert "**Hint 1:** Begin outside." in key


# Gaps.


def gaps(blank: str, lang: str = "en", *, full: bool = False) -> list[Document]:
    page = replace(sheet(lang, key=True)[1], full=full)
    return [replace(page, parts=tuple(replace(p, blank=blank, points="") if isinstance(p, Line) else p for p in page.parts))]


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("full", [False, True])
def test_a_gap_hides_what_it_stands_for(lang: str, full: bool) -> None:
    (formulas,), (rules,) = gaps("formula", lang, full=full), gaps("rule", lang, full=full)
    assert "∂u/∂w" not in to_text(formulas)
    assert r"\frac{\partial u}" not in to_latex(formulas)
    assert r"\frac{\partial u}" not in to_markdown(formulas)
    for text in (to_text(rules), to_latex(rules), to_markdown(rules)):
        assert not re.search("power rule|거듭제곱|chain rule|연쇄 법칙|Power|sigmoid function", text.split("Hint")[0])
    lines = sum(isinstance(part, Line) for part in rules.parts)
    assert to_latex(formulas).count(r"\underline") == to_latex(rules).count(r"\underline") == lines


@pytest.mark.parametrize("blank", ["formula", "rule"])
def test_the_names_of_a_gap_are_kept(blank: str) -> None:
    (page,) = gaps(blank)
    assert "u = σ(w x + b) − y" in to_text(page)
    assert r"$u = \sigma(w\,x + b) - y$" in to_latex(page)


# What is typed is text.


TEXTS = [
    ("a_b", r"a\_b"), ("100%", r"100\%"), ("--", r"-\mbox{}-"), ("[a]", "{[}a{]}"), ("σ(∂)", r"\ensuremath{\sigma}(\ensuremath{\partial})"),
    ("a\n\nb", "a  b"), ("é ø ŝ", "é ø ŝ"), ("漢字", "漢字"), ("한글", "한글"), ("\u202ea", "?a"), ("🙂", "?"), ("д", "?"),
    ("x" * 40, r"\allowbreak{}".join(["x" * 8] * 5)), ("^^5c", r"\textasciicircum{}\textasciicircum{}5c"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "latex"), TEXTS)
def test_text_for_latex(text: str, latex: str) -> None:
    assert escape(text) == latex


@pytest.mark.parametrize(("text", "needed"), [("é", False), ("σ", False), ("한", True), ("漢", True), ("、", True), ("①", True)])
def test_kotex_is_asked_for_where_it_is_needed(text: str, needed: bool) -> None:
    assert needs_kotex(text) is needed


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_is_no_latex(text: str) -> None:
    """What is left when every command, brace and formula that we write is taken away has no character that TeX obeys."""
    found = escape(text)
    ours = re.sub(r"\\(text[a-z]+|ensuremath|allowbreak|ldots|mbox|[a-zA-Z]+)\b|\\[{}$&#%_\-]", "", found)
    assert not re.search(r"[\\$&#%_\n]", ours), found
    assert found.count("\\ensuremath") or not re.search(r"\^", ours)
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", re.sub(r"\\[\\{}]", "", found)):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_in_a_terminal(text: str) -> None:
    for page in hostile(text):
        shown = to_text(page)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)
        assert max(map(columns, shown.split("\n"))) <= 80


def elements(text: str, *, html: bool) -> list[str]:
    """The elements that a reader of Markdown makes of a text."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"]).parse(text)
    return [
        inner.type
        for token in tokens
        for inner in (token, *(token.children or ()))
        if inner.type not in ("text", "text_special", "softbreak")
    ]


PLAIN = [elements(to_markdown(page), html=True) for page in hostile("plain")]


@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_is_no_markdown(text: str, html: bool) -> None:
    """A hostile text makes the elements that a harmless one makes, whether or not the reader lets HTML through."""
    for page, plain in zip(hostile(text), PLAIN, strict=True):
        assert elements(to_markdown(page), html=html) == plain, to_markdown(page)


def test_a_fence_is_longer_than_any_in_the_drawing() -> None:
    class Ticks:
        def drawn(self, form: str, lang: str) -> str:
            return f"````\n<b>{form} {lang}</b>\n"

    page = Document((Figure(Ticks(), own("ticks")),), ("en", "ko"))
    assert elements(to_markdown(page), html=True) == ["fence"]
    assert "<b>text both</b>" in to_markdown(page)


# Drawings.


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
def test_a_drawing_in_every_form(lang: str) -> None:
    drawing = GraphDrawing(product("en"))
    assert "\\begin{tikzpicture}" in drawing.drawn("tikz", lang)
    assert drawing.drawn("svg", lang).startswith("<svg")
    assert "#let" in drawing.drawn("typst", lang)
    text = drawing.drawn("text", lang)
    assert ("값" in text) is (lang != "en")
    assert ("value" in text) is (lang != "ko")
    assert text.split("\n")[0].strip("┌─┐ −0123456789") == ""


@pytest.mark.parametrize("printed", [to_text, to_markdown, lambda page: to_typst([page])])
def test_a_text_for_every_language_is_said_once(printed: Callable[[Document], str]) -> None:
    once, twice = Own(dict.fromkeys(LANGUAGES, ("Bonjour",))), Own({"en": ("Hello",), "ko": ("Annyeong",)})
    page = Document((Masthead(once, (once,)), Note(once, plain=True), Note(twice, plain=True)), LANGUAGES)
    text = printed(page)
    told = text.partition("\n= Bonjour")[2] or text.partition("Bonjour")[2]  # behind the title, and what is told of it to a reader of PDF
    assert told.count("Bonjour") == 2
    assert text.count("Hello") == text.count("Annyeong") == 1
