"""Formulas as MathML: what is in it, that it is well-formed, and that nothing of a name is markup."""

from __future__ import annotations

import json
import re
import string
import unicodedata
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest

from derivx import ops
from derivx.expr import Expr
from derivx.render import layout as lay
from derivx.render.breaking import columns_of
from derivx.render.mathml import mathml, mathml_pieces, matrix, number
from derivx.render.typeset import Style, function_node, name_node, style_of, typeset
from derivx.render.webpage import BOLD
from derivx.syntax import read
from derivx.syntax.chars import GREEK
from docs.fonts import FONTS, letters_of_formulas
from tests.generate import expression

HOSTILE = [
    case["input"]
    for case in json.loads((Path(__file__).parent.parent / "data" / "hostile.json").read_text(encoding="utf-8"))
    if case["input"]
]
T = "<mo>\u2062</mo>"
LEANS = {
    letter: unicodedata.lookup(f"MATHEMATICAL ITALIC {unicodedata.name(letter)[6:].replace('LETTER ', '')}")
    for letter in "αβγδεζηθικλμνξοπρστυφχψω"
}
THIN = '<mo rspace=".17em">\u2062</mo>'
MINUS = '<mo form="prefix">−</mo>'
OPEN, CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'


def parsed(formula: str) -> ET.Element:
    """What stands in ``<math>``."""
    return ET.fromstring(f"<math>{formula}</math>")


def expressions(count: int, seed: int) -> list[Expr]:
    rng = Random(seed)
    return [expression(rng, rng.randint(1, 30)) for _ in range(count)]


TABLE = [
    ("2*x",             f"<mn>2</mn>{T}<mi>x</mi>"),
    ("w*x",             f"<mi>w</mi>{THIN}<mi>x</mi>"),
    ("a - b",           "<mi>a</mi><mo>−</mo><mi>b</mi>"),
    ("-a",              '<mo form="prefix">−</mo><mi>a</mi>'),
    ("x^2",             "<msup><mi>x</mi><mn>2</mn></msup>"),
    ("1/x",             "<mfrac><mn>1</mn><mi>x</mi></mfrac>"),
    ("sqrt(x)",         "<msqrt><mi>x</mi></msqrt>"),
    ("alpha",           "<mi>α</mi>"),
    ("Sigma",           '<mi mathvariant="normal">Σ</mi>'),
    ("loss_2",          "<msub><mi>loss</mi><mn>2</mn></msub>"),
    ("y_hat",           '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
    ("exp(-x)",         '<msup><mi>e</mi><mrow><mo form="prefix">−</mo><mi>x</mi></mrow></msup>'),
    ("sin(x)",          f"<mi>sin</mi><mo>\u2061</mo>{OPEN}<mi>x</mi>{CLOSE}"),
    ("gelu_tanh(x)",    f"<msub><mi>gelu</mi><mi>tanh</mi></msub><mo>\u2061</mo>{OPEN}<mi>x</mi>{CLOSE}"),
    ("abs(x)",          "<mo>|</mo><mi>x</mi><mo>|</mo>"),
    ("D(sin(x), x)",       f"<mfrac><mi>d</mi><mrow><mi>d</mi><mi>x</mi></mrow></mfrac>{THIN}<mi>sin</mi><mo>\u2061</mo>{OPEN}<mi>x</mi>{CLOSE}"),
    ("D(y, x)",         "<mfrac><mrow><mi>∂</mi><mi>y</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac>"),
    ("-(a - b) + c^2",  f"{MINUS}{OPEN}<mi>a</mi><mo>−</mo><mi>b</mi>{CLOSE}<mo>+</mo><msup><mi>c</mi><mn>2</mn></msup>"),
    ("2*(a/b)",         "<mn>2</mn><mo>·</mo><mfrac><mi>a</mi><mi>b</mi></mfrac>"),
    ("(1 + 1/x)*y",     f"<mrow><mo>(</mo><mn>1</mn><mo>+</mo><mfrac><mn>1</mn><mi>x</mi></mfrac><mo>)</mo></mrow>{THIN}<mi>y</mi>"),
    ("y*abs(x)",        f"<mi>y</mi>{THIN}<mrow><mo>|</mo><mi>x</mi><mo>|</mo></mrow>"),
    ("sqrt(a + b)",     "<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_formulas(text: str, expected: str) -> None:
    expr = read(text)
    assert mathml(typeset(expr, style_of(expr))) == expected


def test_letters_of_arrays_are_bold_and_their_entries_are_not() -> None:
    style = Style(ranks=(("X", 2), ("mu", 1), ("loss", 1)))
    assert mathml(typeset(read("X"), style)) == "<mi>𝐗</mi>"
    assert mathml(typeset(read("mu"), style)) == "<mi>𝝁</mi>"
    assert mathml(typeset(read("loss"), style)) == "<mi>loss</mi>"
    entry = lay.Indexed(lay.Name("X", bold=True), (lay.Name("i"), lay.Name("j")))
    assert mathml(entry) == f"<msub><mi>X</mi><mrow><mi>i</mi>{T}<mi>j</mi></mrow></msub>"


def test_cases_say_otherwise_in_the_language_of_the_page() -> None:
    shown = mathml(typeset(read("where(x > 0, x, 0)")), "그 외")
    assert "<mtext>그 외</mtext>" in shown


@pytest.mark.parametrize(
    ("text", "words"),
    [("3.5", "3.5"), ("-2", "−2"), ("1.2e-05", "1.2·10−5"), ("1e+20", "1020"), ("-3e2", "−3·102"), ("inf", "inf"), ("<b>", "<b>")],
)
def test_numbers(text: str, words: str) -> None:
    assert "".join(parsed(number(text)).itertext()) == words


def test_a_matrix_of_numbers() -> None:
    assert matrix((("7",),)) == "<mn>7</mn>"
    tree = parsed(matrix((("1", "..."), ("-2", "3"))))
    assert [["".join(cell.itertext()) for cell in row] for row in tree.iter("mtr")] == [["1", "⋯"], ["−2", "3"]]


def test_every_operation_has_a_name() -> None:
    for card in [*ops.cards(), *ops.array_cards()]:
        shown = mathml(function_node(card.name))
        assert "".join(parsed(shown).itertext()), card.name
        assert "\\" not in shown, card.name


def test_any_expression_is_well_formed() -> None:
    for expr in expressions(300, seed=11):
        node = typeset(expr, style_of(expr))
        parsed(mathml(node))
        for width in (20, 60):
            parts = mathml_pieces(node, width)
            assert len(parts) == 1 or columns_of(node) > width
            for part in parts:
                parsed(part)


def test_a_broken_formula_loses_nothing() -> None:
    expr = read("sin(a + b*c - d/e)*(u + v)^2 - exp(x*y + z)*(p + q + r)*tanh(alpha + beta + gamma_1)")
    node = typeset(expr)
    whole = "".join(parsed(mathml(node)).itertext())
    assert "".join("".join(parsed(part).itertext()) for part in mathml_pieces(node, 20)) == whole
    plain = lay.Infix(("-", "*"), (lay.Fenced(lay.Plain("x" * 50)), lay.Name("b")))
    told = "".join("".join(parsed(part).itertext()) for part in mathml_pieces(plain, 20))
    assert told == f"−({'x' * 50})·b"


@pytest.mark.parametrize("text", [*HOSTILE, "</math><script>alert(1)</script>", '" onmouseover="x', "]]>", "<!--", "&lt;", "javascript:1"])
def test_nothing_of_a_name_is_markup(text: str) -> None:
    names = (
        lay.Name(text),
        lay.Name("x", subs=(text,)),
        name_node(text),
        lay.Plain(text),
        lay.Function(text, ""),
        lay.Name(text, bold=True),
    )
    for node in names:
        tree = parsed(mathml(node))
        assert {e.tag for e in tree.iter()} <= {"math", "mi", "mn", "mtext", "msub", "mrow", "mo", "msup", "mover", "msubsup"}
        assert not any(name.startswith("on") for e in tree.iter() for name in e.attrib)


def test_the_font_has_every_character_of_our_formulas() -> None:
    shown = "".join(mathml(typeset(expr, style_of(expr))) for expr in expressions(200, seed=5))
    used = {ord(LEANS.get(c, c)) for c in re.sub(r"<[^>]*>", "", shown)} - set(map(ord, "&;"))
    assert used <= letters_of_formulas()
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fonttools is not installed")
    font = ttlib.TTFont(FONTS / "stix-two-math.woff2")
    assert letters_of_formulas() <= set(font.getBestCmap())
    assert "MATH" in font
    for face, ranges in BOLD.items():
        bold = ttlib.TTFont(FONTS / f"stix-two-math-{face}.woff2")
        assert {code for first, last in ranges for code in range(first, last + 1)} <= set(bold.getBestCmap())
    assert sum((FONTS / f"stix-two-math{cut}.woff2").stat().st_size for cut in ("", *(f"-{face}" for face in BOLD))) < 32_000


def test_bold_letters_are_in_a_face_of_the_font() -> None:
    every = string.ascii_letters + string.digits + "".join(set(GREEK) - set("µ"))
    shown = "".join(mathml(lay.Name(GREEK.get(letter, letter), bold=True)) for letter in every)
    letters = set(map(ord, re.sub(r"<[^>]*>", "", shown)))
    assert len(letters) >= 26 + 26 + 10 + 30
    ranges = [pair for pairs in BOLD.values() for pair in pairs]
    assert all(any(first <= letter <= last for first, last in ranges) for letter in letters)
