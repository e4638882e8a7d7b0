"""SVG, TikZ and text: well-formed, harmless whatever the names are, within the width, and as they were when they were looked at.

``DERIVX_GOLDEN=1 pytest tests/picture/test_printers.py -k golden`` writes the golden files again: look at them before they are kept.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from derivx.expr import Call, Sym
from derivx.picture.diagram import Arrow, Box, Diagram
from derivx.picture.mathline import cut_runs, math_runs, width_of
from derivx.picture.svg import to_svg
from derivx.picture.text import to_text
from derivx.picture.tikz import to_tikz
from derivx.render.block import columns
from derivx.render.typeset import typeset
from derivx.syntax import read

_SPEC = importlib.util.spec_from_file_location("picture_samples", Path(__file__).with_name("samples.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(samples)

GOLDEN = Path(__file__).with_name("golden")
PRINTERS = {"svg": to_svg, "tex": to_tikz, "txt": to_text}
ENGINES = ("pdflatex", "xelatex", "lualatex")
HOSTILE = ["<script>alert(1)</script>", '"><g onload="x', "a&b", "]]>", r"\input{/etc/passwd}", "$x$ %", "\x1b[31m\x00", "행렬", "#_{^}~"]


def hostile(lang: str = "en") -> Diagram:
    boxes = [Box(Sym(n), "data", None, n, n) for n in HOSTILE]
    boxes.append(Box(Sym("f"), "output", Call("add", tuple(Sym(n) for n in HOSTILE)), "<b>", "&", "s"))
    return Diagram(boxes, [Arrow(i, len(HOSTILE), Sym(n)) for i, n in enumerate(HOSTILE)], "<title> & \\title", lang)


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("name", samples.ALL)
def test_svg_is_well_formed_and_self_contained(name: str, lang: str) -> None:
    text = to_svg(samples.ALL[name](lang=lang))
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert [e.tag.rpartition("}")[2] for e in root[:2]] == ["title", "desc"]
    assert "prefers-color-scheme" in text
    assert not re.search(r"<script|href|url\(|<image|@import", text)
    assert bool(re.search("[가-힣]", text)) == (lang != "en")
    assert text == to_svg(samples.ALL[name](lang=lang))


def test_names_are_never_markup() -> None:
    root = ET.fromstring(to_svg(hostile()))
    allowed = {"svg", "title", "desc", "style", "g", "rect", "path", "text", "tspan"}
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= allowed
    assert not [k for e in root.iter() for k in e.attrib if k.startswith("on")]
    assert "<script>alert(1)</script>" in "".join(root.itertext())


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("name", samples.ALL)
@pytest.mark.parametrize("width", [80, 50])
def test_text_keeps_to_the_width(name: str, lang: str, width: int) -> None:
    for ascii_ in (False, True):
        text = to_text(samples.ALL[name](lang=lang), width=width, ascii=ascii_)
        assert max(map(columns, text.splitlines())) <= width
        assert not ascii_ or lang != "en" or text.isascii()


def test_text_of_hostile_names() -> None:
    text = to_text(hostile())
    assert "\x1b" not in text
    assert max(map(columns, text.splitlines())) <= 80
    assert to_text(hostile(), ascii=True).replace("행렬", "").isascii()


def test_small_graphs_are_drawn_and_larger_ones_listed() -> None:
    assert "▶║ f = q z ║" in to_text(samples.product())
    assert "▼" in to_text(samples.neuron())
    assert "Layer 3" in to_text(samples.two_two_two())
    assert "→ z₁, z₂" in to_text(samples.two_two_two())


def test_numbers_and_words() -> None:
    assert "1998 more like this" in to_svg(samples.chain(2000))
    assert "같은 꼴 1998개 더" in to_svg(samples.chain(2000, "ko"))
    assert ">−12<" in to_svg(samples.product())
    assert ">기울기<" in to_svg(samples.product("ko"))


def test_mathematics_on_a_line() -> None:
    runs = math_runs(typeset(read("y_hat + alpha^2*sin(x1)")))
    assert "".join(r.text for r in runs) == "ŷ + α2 sin(x1)"
    assert [r.text for r in runs if r.italic] == ["ŷ", "α", "x"]
    assert [(r.text, r.rise > 0) for r in runs if r.size < 1] == [("2", True), ("1", False)]


@pytest.mark.parametrize(
    "typed",
    [
        "exp(-x^2)",
        "sqrt(x + 1)",
        "(a + b)/(c*d)",
        "abs(x)",
        "where(x > 0, x, -x)",
        "log2(x)",
        "exp(x^2/(2*s^2 + t)) + cbrt(x)",
        "d/dx sin(x)",
    ],
)
def test_formulas_of_every_kind(typed: str) -> None:
    runs = math_runs(typeset(read(typed)))
    assert width_of(runs) > 1
    assert width_of(cut_runs(runs, 3)) <= 3.5


def test_golden() -> None:
    for name, diagram in (("product_en", samples.product()), ("toy_ko", samples.toy("ko"))):
        for kind, printer in PRINTERS.items():
            path = GOLDEN / f"{name}.{kind}"
            if os.environ.get("DERIVX_GOLDEN"):
                path.write_text(printer(diagram), encoding="utf-8")
            assert printer(diagram) == path.read_text(encoding="utf-8")


@pytest.mark.tex
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("diagram", [samples.toy(), samples.dense([8, 8, 8, 1], "ko"), hostile("both")], ids=["toy", "dense", "hostile"])
def test_tikz_compiles(engine: str, diagram: Diagram, tmp_path: Path) -> None:
    (tmp_path / "picture.tex").write_text(to_tikz(diagram, standalone=True), encoding="utf-8")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "picture.tex"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
