"""Pages of HTML: one file, nothing from outside, no script, every language marked, nothing of a user's is markup."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import derivx
from derivx.expr import Sym
from derivx.picture.sweeps import Graph
from derivx.render import html_fragment, to_html
from derivx.render.document import Chain, Document, Note, Section
from derivx.render.exercise import Exercise, Figure, Hints
from derivx.render.sentences import Own, Said
from derivx.syntax import read
from tests.render.pages import HOSTILE, PAGES, SHEETS, page, sheet

VOID = {"meta", "input", "wbr", "br", "rect", "path"}
TITLE = Said("ui.page_derivation")


class Outline(HTMLParser):
    """The elements of a page with their attributes; raises where one is not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), (tag, attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.words.append((self.open[-1], data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.parametrize("name", [*PAGES, *SHEETS])
def test_one_file_that_needs_nothing_else(name: str) -> None:
    text = page(name)
    assert len(text.encode()) <= 150_000
    assert "�" not in text
    found = Outline(text)
    outside = [v for _, attrs in found.elements for k, v in attrs.items() if k in ("src", "href", "srcset", "action", "data", "xlink:href")]
    assert outside == []
    assert {url[:5] for url in re.findall(r"url\(([^)]*)\)", text)} == {"data:"}
    assert "@import" not in text
    assert not [tag for tag, _ in found.elements if tag in ("script", "iframe", "object", "link", "base", "form")]


def test_a_long_derivation() -> None:
    """Sixty lines are in one file that is still small; most of it are formulas, and what is said of them."""
    told = derivx.explain("L = (sigmoid(w*x + b) - y)^2 + log(1 + exp(w*x))", "w,b,x", detail="full")
    text = told.html("both")
    assert text.count("<li><input") >= 60
    assert len(text.encode()) <= 200_000


def test_bold_letters_come_with_their_font() -> None:
    faces = {name: page(name).count("@font-face") for name in ("explain_en", "matrices")}
    assert faces == {"explain_en": 1, "matrices": 2}


@pytest.mark.parametrize("name", [*PAGES, *SHEETS])
def test_the_policy_allows_our_style_and_nothing_else(name: str) -> None:
    found = Outline(page(name))
    policy = next(a["content"] for tag, a in found.elements if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    styles = [words for tag, words in found.words if tag == "style"]
    assert len(styles) == 1
    hashed = b64encode(sha256(styles[0].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{hashed}'; font-src data:; base-uri 'none'; form-action 'none'"
    assert not [a for _, a in found.elements if "style" in a or any(name.startswith("on") for name in a)]


@pytest.mark.parametrize("name", [*PAGES, *SHEETS])
def test_buttons_headings_and_landmarks(name: str) -> None:
    found = Outline(page(name))
    tags = [tag for tag, _ in found.elements]
    ids = [a["id"] for _, a in found.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["for"] for tag, a in found.elements if tag == "label" and "for" in a} <= set(ids)
    assert tags.count("main") == 1
    assert "h1" in tags
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(b <= a + 1 for a, b in pairwise(levels)), levels
    groups = {a["name"] for tag, a in found.elements if tag == "input"}
    checked = [a["name"] for tag, a in found.elements if tag == "input" and "checked" in a]
    assert sorted(checked) == sorted(groups)  # everything is shown until a step is chosen


@pytest.mark.parametrize(("name", "langs"), [("explain_en", ["en"]), ("explain_ko", ["ko"]), ("explain_both", ["en", "ko"])])
def test_languages(name: str, langs: list[str]) -> None:
    found = Outline(page(name))
    assert found.elements[0] == ("html", {"lang": langs[0]})
    marked = {a["lang"] for _, a in found.elements[1:] if "lang" in a}
    assert marked == (set(langs) if len(langs) > 1 else set())
    boxes = [a["id"] for tag, a in found.elements if tag == "input" and a["name"] == "language"]
    assert boxes == (["show-en", "show-ko", "show-all"] if len(langs) > 1 else [])


def test_every_formula_is_said() -> None:
    found = Outline(page("explain_ko"))
    maths = [a for tag, a in found.elements if tag == "math"]
    assert any("엑스 제곱" in (a.get("aria-label") or "") for a in maths)
    text = re.sub(r"<span aria-hidden=true>.*?</span>", "", page("explain_ko"))  # parts of a wide formula, which is said before them
    alone = [inner for inner in re.findall(r"<math>(.*?)</math>", text) if not re.fullmatch(r"<m[in]>\w</m[in]>", inner)]
    assert alone == ["<mo>=</mo><mn>0</mn>"][: len(alone)]


def test_what_is_said_is_in_the_language_of_its_sentence() -> None:
    sentences = re.findall(r"<p lang=ko>.*?</p>", page("sheet_both"))
    assert any('aria-label="엑스 제곱"' in text for text in sentences)
    assert not any("squared" in text for text in sentences)


def test_a_line_has_its_rule_its_sentence_and_its_mark() -> None:
    text = page("explain_en")
    step = text[text.index("<ol class=steps>") :].split("</li>")[0]
    assert "<summary>chain rule</summary><p>" in step
    assert "<span class=mark role=img title=verified>✓</span>" in step
    assert 'aria-label="Up to step 1"' in step
    assert "<th scope=row>complex step</th>" in text


def test_steps_follow_the_graph() -> None:
    text = page("backprop_both")
    key = re.search(r"<article id=([^>]*)>", text)
    assert key is not None
    rules = dict(re.findall(rf"#{key[1]} \.([vgd][\d-]+)\{{--own:(\d+)\}}", text))
    boxes = set(re.findall(r'<text class="[mw] ?[vg]? ?([vgd][\d-]+)"', text))
    assert set(rules) == {mark for mark in boxes if mark in rules}
    inputs = {"v0", "v1", "v2", "v3", "v4", "v5", "v6"} - set(rules)
    assert len(inputs) == 4  # w, x, b, y stand there from the beginning
    order = [int(at) for mark, at in rules.items() if mark[0] == "v"]
    assert max(order) < min(int(at) for mark, at in rules.items() if mark[0] in "gd")
    for at in rules.values():
        assert f"#{key[1]}:has(#{key[1]}-{at}:checked){{--now:{at}}}" in text


def test_what_an_exercise_gives_is_no_step_of_its_solution() -> None:
    given, step = Chain((Sym("z"), read("x^2"))), Chain((Sym("a"), read("2*x")))
    asked = Document((Exercise(1, (Own({"en": ("?",)}),)), given, given))
    assert "type=radio" not in to_html(asked, TITLE)
    solved = Document((*asked.parts, Section(Said("ui.backward")), step, step, step))
    assert to_html(solved, TITLE).count("type=radio") == 4  # all steps, the first, the second, the third
    short = Document(solved.parts[:-1])
    assert "type=radio" not in to_html(short, TITLE)  # two lines are read at a glance


def test_hints_stand_one_in_the_other() -> None:
    text = to_html(Document((Hints(tuple(Own({"en": (f"hint {i}",)}) for i in range(3))),)), TITLE)
    hints = text[text.index("<div class=hints>") :]
    assert re.sub(r"<(?!/?details)[^>]*>", "", hints).count("</details></details></details>") == 1
    assert hints.index("hint 0") < hints.index("hint 1") < hints.index("hint 2")


def test_a_fragment_has_no_font() -> None:
    sweep = derivx.backprop("z = w*x; L = z^2", at={"w": 1, "x": 2})
    shown = sweep._repr_mimebundle_()["text/html"]
    assert shown == html_fragment(sweep.pages())
    assert "data:font" not in shown
    assert len(shown) < 30_000
    Outline(shown)
    other = derivx.explain("x^2")._repr_mimebundle_()["text/html"]
    names = [set(re.findall(r"<input type=radio name=([^ ]*)", text)) for text in (shown, other)]
    assert not names[0] & names[1]  # two outputs of a notebook do not share their buttons


def test_a_drawing_without_numbers_has_no_gradients() -> None:
    sweep = derivx.backprop("z = w*x; L = z^2")
    text = to_html(Document((Figure(Graph(sweep, None), Own({"en": ("a graph",)})), Note(Own({"en": ("x",)})))), TITLE)
    assert 'aria-label="a graph"' in text
    assert not re.findall(r'class="w [vg] ', text)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_user_is_markup(text: str) -> None:
    langs = ("en", "ko")
    plain, found = Outline(to_html(sheet("harmless", langs), TITLE)), Outline(to_html(sheet(text, langs), TITLE))
    maths = {"mrow", "mi", "mo", "mn", "msub", "msup", "mtext", "math", "span", "wbr", "mover", "msubsup", "th", "td"}

    def frame(outline: Outline) -> list[str]:
        return [tag for tag, _ in outline.elements if tag not in maths]

    assert frame(found) == frame(plain)
    known = {key for _, attrs in plain.elements for key in attrs} | {"stretchy", "accent", "form", "rspace", "mathvariant", "aria-hidden"}
    assert {key for _, attrs in found.elements for key in attrs} <= known
