"""Formulas and pages as Typst: what is written; that it compiles is tested beside, where the package ``typst`` is installed."""

from __future__ import annotations

import re

import pytest

from derivx.render import layout as lay
from derivx.render import to_typst
from derivx.render.breaking import columns_of
from derivx.render.document import Chain, Document, Heading, Line, Note, Question, Section
from derivx.render.exercise import Choices, Exercise, Hints, Masthead, Space
from derivx.render.sentences import Own, Said
from derivx.render.typeset import Style, style_of, typeset
from derivx.render.typst_math import escape_typst, literal, number_typst, typst, typst_rows
from derivx.syntax import read

FORMULAS = [
    ("x^2",                      "x^2"),
    ("x^(2*n)",                  "x^(2 n)"),
    ("w1*x + b",                 "w_1 thin x + b"),
    ("x/(1 + x^2)",              "(x)/(1 + x^2)"),
    ("sin(x)^2",                 "sin^2 (x)"),
    ("exp(-x)",                  "e^(-x)"),
    ("exp(-(x - m)^2/(2*s^2))",  "exp(-((x - m)^2)/(2 s^2))"),
    ("sqrt(x) + cbrt(y)",        "sqrt(x) + root(3, y)"),
    ("abs(x - 1)",               "abs(x - 1)"),
    ("D(L, w)",                  "(partial L)/(partial w)"),
    ("alpha*y_hat",              "α thin hat(y)"),
    ("loss_in - 1",              'word("loss")_(word("in")) - 1'),
    ("max(x, y)",                r"max (x\, y)"),
    ("where(x > 0, x, -x)",      r'cases(x\, & x > 0, -x\, & word("otherwise"))'),
    ("sigmoid(u)*(1 - relu(u))", 'σ (u) thin (1 - op("relu") (u))'),
    ("1e-30*x",                  "10^(-30) x"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "expected"), FORMULAS)
def test_formulas(typed: str, expected: str) -> None:
    expr = read(typed)
    assert typst(typeset(expr, style_of(expr))) == expected


NUMBERS = [
    ("2", "2"), ("-0.25", "-0.25"), ("1e-05", "10^(-5)"), ("-1.2e+30", "-1.2 dot 10^(30)"),
    ("nan", 'word("nan")'), ("inf", 'word("inf")'), ("...", "dots"), ("#read(1)", 'word("#read(1)")'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers(text: str, expected: str) -> None:
    assert number_typst(text) == expected


ESCAPED = [
    ("plain words, 한글 (yes)!", "plain words, 한글 (yes)!"),
    ('#read("/etc/passwd")', r"\#read(\"\/etc\/passwd\")"),
    ("$x$ *b* _i_ `c`", r"\$x\$ \*b\* \_i\_ \`c\`"),
    ("<l> @x [y] {z} \\", r"\<l\> \@x \[y\] \{z\} \\"),
    ("// no comment, /* none */", r"\/\/ no comment, \/\* none \*\/"),
    ("1. no list", r"1\. no list"),
    ("- nor + = here", r"\- nor \+ \= here"),
    ("a\nb\tc\x07", "a b c?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), ESCAPED)
def test_text_is_no_markup(text: str, expected: str) -> None:
    assert escape_typst(text) == expected


def test_a_literal_ends_where_it_should() -> None:
    assert literal('a"b\\c\n#d') == r'"a\"b\\c #d"'
    assert literal("a\nb", rows=True) == r'"a\nb"'


def test_a_long_formula_is_broken_before_signs() -> None:
    node = typeset(read(" + ".join(f"a{i}*sin(b{i})" for i in range(30))))
    rows = typst_rows(node, 60)
    assert len(rows) > 3
    assert all(row.startswith('"" +') for row in rows[1:])
    assert columns_of(node) > 60
    assert typst_rows(typeset(read("x + y")), 60) == ["x + y"]


def test_brackets_that_are_broken_open_do_not_pair() -> None:
    node = lay.Apply(lay.Function("sin", r"\sin"), (typeset(read(" + ".join(f"a{i}*b{i}" for i in range(30)))),))
    text = " ".join(typst_rows(node, 60))
    assert text.count(r"\(") == text.count(r"\)") == 1


def line(**more: object) -> Line:
    return Line(1, read("2*x"), Said("rule.power"), Said("why.power"), **more)  # type: ignore[arg-type]


def printed(*parts: object, langs: tuple[str, ...] = ("en",)) -> str:
    body = to_typst(Document(tuple(parts), langs, Style()))  # type: ignore[arg-type]
    return body[body.index("#let space") :].partition("\n\n")[2]


def test_a_sheet() -> None:
    title, name = Own({"en": ("Sheet #1",)}), Said("sheet.field_name")
    text = printed(
        Masthead(title, (Own({"en": ("CS 101",)}),), (name,)),
        Exercise(1, (Own({"en": ("Find $", read("x^2"), ".")}),), "5"),
        Space(3, read("D(y, x)")),
    )
    assert r"= Sheet \#1" in text
    assert "[Name #gap(1fr)]" in text
    assert "#exercise[1.][#small[(5 points)]][" in text
    assert r'Find \$#eq("x squared", $x^2$);.' in text
    assert "#pad(left: 1.8em)[\n#display(" in text
    assert "$ (d y)/(d x) = $)\n\n#space(3, false)\n]" in text


def test_choices_and_their_key() -> None:
    options = (read("x"), Own({"en": ("none",)}))
    assert "true" not in printed(Choices(options))
    assert 'option("B", true)[none #small[(right)]]' in printed(Choices(options, right=1))


def test_hints_in_both_languages() -> None:
    said = Own({"en": ("Begin.",), "ko": ("시작하라.",)})
    assert printed(Hints((said,)), langs=("en",)).strip() == "#small[Hint 1: Begin.]"
    assert "#ko[시작하라.]" in printed(Hints((said,)), langs=("en", "ko"))


@pytest.mark.parametrize(("blank", "there"), [("formula", "$ = #gap(12em) $"), ("rule", "#gap(1fr)"), ("", "$ = 2 x $")])
def test_gaps_and_points(blank: str, there: str) -> None:
    text = printed(Question(read("D(x^2, x)")), line(blank=blank, points="2"))
    assert there in text
    assert "(2 points)" in text
    assert ("power" in text) == (blank != "rule")
    assert ("2 x" in text) == (blank != "formula")


def test_headings_begin_at_the_first_level() -> None:
    assert printed(Section(Said("ui.forward"))).startswith("= Forward pass")
    assert "\n== Forward pass" in printed(Heading("T"), Section(Said("ui.forward")))


def test_the_left_side_is_read_once() -> None:
    text = printed(Chain((read("a"), read("b*c")), "0.5"))
    assert "$ a $, $ = b thin c = 0.5 $)" in text
    assert '..pair(2, "a equals b c equals 0.5", ' in text


def test_words_of_the_other_language_are_marked() -> None:
    text = printed(Note(Said("ui.axes"), plain=True), langs=("en", "ko"))
    assert len(re.findall(r"#ko\[", text)) == 1
