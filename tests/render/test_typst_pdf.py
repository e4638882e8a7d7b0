"""Sheets compile as PDF/UA-1, show every character, and read nothing; needs the package ``typst``, and ``pypdf`` to read them again."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import derivx
from derivx.errors import LimitError, NotSupported, RendererMissing
from derivx.expr import Sym
from derivx.render import pdf as engine
from derivx.render import to_pdf, to_typst
from derivx.render.document import Chain, Document, Heading, Listing, Note, Table
from derivx.render.exercise import Exercise, Hints, Masthead
from derivx.render.sentences import Own, Said
from derivx.render.typeset import Style
from derivx.worksheet.draw import Draw
from derivx.worksheet.kinds import KINDS, drawn
from tests.backprop import test_goldens as sweeps
from tests.matrix import test_goldens as arrays

pytestmark = [pytest.mark.pdf, pytest.mark.slow]
HOSTILE = Path(__file__).parents[1] / "data" / "hostile.json"
LANGS = ("en", "ko", "both")
TYPED = [
    "sigmoid(w*x + b)", "x/(1 + x^2)", "x^x", "relu(w*x + b)", "where(x > 0, x^2, -x)", "exp(-(x - m)^2/(2*s^2))",
    "abs(x) + floor(y) + ceil(z)", "log(x, 2) + cbrt(x)", "max(x, y)*gelu(z)", "loss_in*y_hat + alpha_1", "sin(x)^2*tanh(f(x))",
    " + ".join(f"w{i}*sigmoid(x{i})" for i in range(4)),
]  # fmt: skip
SWEEPS: dict[str, Callable[[], Any]] = {name: getattr(sweeps, name) for name in ("toy", "product", "neuron", "two_two_two", "nine")}
ARRAYS = [*arrays.PAGES, *arrays.NETWORKS]


def words(data: bytes) -> str:
    """The text of a PDF, letters of formulas as plain ones, without spaces."""
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(data)).pages
    return "".join(unicodedata.normalize("NFKC", "".join(page.extract_text() for page in pages)).split())


def standard(data: bytes) -> bool:
    from pypdf import PdfReader

    return b"<pdfuaid:part>1</pdfuaid:part>" in (PdfReader(io.BytesIO(data)).xmp_metadata.stream.get_data())  # type: ignore[union-attr]


def looks_right(data: bytes, *there: str) -> None:
    found = words(data)
    assert standard(data)
    assert "\ufffd" not in found
    for text in there:
        assert "".join(text.split()) in found


@cache
def derived(typed: str) -> Any:
    return derivx.explain(typed, check=False, detail="brief")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("typed", TYPED)
def test_derivations(typed: str, lang: str) -> None:
    said = [{"en": "Answer", "ko": "답"}[one] for one in (("en", "ko") if lang == "both" else (lang,))]
    looks_right(derived(typed).pdf(lang), *said)
    if lang == "both":
        looks_right(derived(typed).pdf(lang, full=True, folded=True), *said)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", SWEEPS)
def test_back_propagation_with_its_drawing(name: str, lang: str) -> None:
    legend = {"en": "output", "ko": "출력", "both": "output · 출력"}[lang]
    looks_right(SWEEPS[name]().pdf(lang), legend)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays(name: str, lang: str) -> None:
    looks_right(arrays.derived(name).pdf(lang))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", KINDS)
def test_problems_and_their_keys(name: str, lang: str) -> None:
    langs = ("en", "ko") if lang == "both" else (lang,)
    for level in KINDS[name].levels:
        problem = drawn(KINDS[name], level, Draw("sheet", name, level))
        key = [problem.choices] if problem.choices else []
        parts = (Exercise(level, problem.ask, "2"), *problem.parts, *key, *problem.solution, Hints(problem.hints))
        looks_right(
            to_pdf(Document(parts, langs, problem.style)),
            "(2점)" if lang == "ko" else "(2 points",
            *(["정답"] if key and lang == "ko" else []),
        )


def test_the_question_is_read_from_the_page() -> None:
    looks_right(derived("sigmoid(w*x + b)").pdf(), "∂w", "σ(wx+b)", "chain rule, u = w x + b")


def test_equal_input_gives_equal_bytes() -> None:
    script = "import derivx, hashlib; print(hashlib.sha256(derivx.explain('x^x', check=False).pdf('both')).hexdigest())"
    once, again = (subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout for _ in range(2))
    assert once == again
    assert derived("x^x").pdf("ko") == derived("x^x").pdf("ko")


def test_formulas_are_spoken_in_the_language_of_the_sheet() -> None:
    def alternatives(lang: str) -> str:
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(derived("x/(1 + x^2)").pdf(lang)))
        found = (reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1))
        return " ".join(str(one["/Alt"]) for one in found if isinstance(one, dict) and "/Alt" in one)

    assert "squared" in alternatives("en")
    assert "제곱" in alternatives("ko")
    assert "squared" not in alternatives("ko")


# Hostile text.

CLASSES = [
    '#read("/etc/passwd")', '#import "@preview/cetz:0.3.0": *', '#eval("1 + 1")', '#{ panic("no") }', '"] #panic() [', "\\", '\\"', "a \\ b",
    "*/ /* // ", "$ x $ $", "@x <x> @x", "#set page(width: 1cm)", "= no heading", "- no item", "+ no item", "/ no: term", "1. no item",
    "``` #panic() ```", "https://example.org/#x", "]", "[", "(", ")", "{", "}", "_a_ *b* `c`", "~ -- --- ... -?", "#", "\\u{41}", "a;b:c,d",
]  # fmt: skip
ROWS = [str(row["input"]) for row in json.loads(HOSTILE.read_text("utf-8")) if isinstance(row["input"], str)]
SHORT = [text for text in dict.fromkeys([*CLASSES, *ROWS]) if text.strip() and len(text) <= 300]


def page(text: str) -> list[Document]:
    """The text in every place where a user's text can stand."""
    own = Own({"en": (text, Sym(text), text)})
    parts = (
        Masthead(own, (own,), (own,)), Note(own, plain=True), Chain((Sym(text), Sym(text)), text, own), Table((Said(text),), ((text,), (own,))),
        Listing(text), Heading(text), Exercise(1, (own,), text),
    )  # fmt: skip
    return [Document(parts, ("en",), Style())]  # type: ignore[arg-type]


@pytest.mark.parametrize("text", SHORT)
def test_text_stays_text(text: str) -> None:
    data = to_pdf(page(text))
    shown = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text)
    expected = "".join(unicodedata.normalize("NFKC", shown).split())
    assert words(data).count(expected) >= 19


def test_hostile_text_is_a_literal_or_escaped() -> None:
    source = to_typst(page('#read("/etc/passwd")'))
    code = re.sub(r'"(?:[^"\\]|\\.)*"', "", source)
    assert r"\#read" in code
    assert not re.search(r"(?<!\\)#read", code)


def test_nothing_can_be_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(NotSupported, match=r"not found|outside|denied"):
        engine.typst_pdf(f'#read("{secret}")')


def test_a_character_without_a_glyph_is_named() -> None:
    with pytest.raises(NotSupported, match="漢") as caught:
        to_pdf(page("漢字"))
    assert caught.value.exit_code == 4


def test_without_the_package_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    engine._compiler.cache_clear()
    with pytest.raises(RendererMissing, match=r"pip install derivx-math\[pdf\]") as caught:
        derived("x^x").pdf()
    assert caught.value.exit_code == 6
    engine._compiler.cache_clear()


# The engine of TeX.


def test_without_a_tex_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(RendererMissing, match="--engine typst") as caught:
        derived("x^x").pdf(engine="latex")
    assert caught.value.exit_code == 6


@pytest.mark.tex
def test_tex_reads_nothing_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "\\documentclass{article}\\begin{document}%s\\end{document}"
    assert engine.latex_pdf(head % "x").startswith(b"%PDF")
    with pytest.raises((NotSupported, RendererMissing)):
        engine.latex_pdf(head % "\\input{/etc/passwd}")
    with pytest.raises(RendererMissing, match="nothing-there"):
        engine.latex_pdf("\\documentclass{article}\\usepackage{nothing-there}\\begin{document}x\\end{document}")
    monkeypatch.setattr(engine, "_SECONDS", 1)
    with pytest.raises(LimitError):
        engine.latex_pdf(head % "\\def\\x{\\x}\\x")
