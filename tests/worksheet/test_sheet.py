"""The description of a sheet: what it says, and what is wrong in it, with the line, what was expected, what may be meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivx.apps.errors import told
from derivx.errors import DerivxError
from derivx.render.sentences import Said, sentence
from derivx.words import LANGUAGES
from derivx.worksheet.describe import read_sheet
from derivx.worksheet.sheet import points_text

WHOLE = """
title = { en = "A sheet about $w$", ko = "문제지" }   # not # a comment's start
course = "Deep learning"
intro = "Show every step."
lang = "both"
fields = ["name", "class", "Signature"]
variants = 3
seed = "spring"
space = 4
points = 2
hints = true
shuffle = true

[[problem]]
kind = "derivative"
level = [1, 2]
count = 3
choices = 4

[[problem]]
program = '''
# [[problem]]
z = w*x
L = (z - y)^2
'''
wrt = "w, x"
at = { w = 0.5, x = 2, y = "1/4" }
ask = "How steep is $L$?"
hint = ["Forward first.", { en = "Then back.", ko = "다음은 뒤로." }]
points = "1/3"
space = 0
"""


def test_what_it_says() -> None:
    sheet = read_sheet(WHOLE, "mine.toml")
    assert sheet.langs == LANGUAGES
    assert [sentence(f, "en") for f in sheet.fields] == ["Name", "Class", "Signature"]
    assert (sheet.variants, sheet.seed, sheet.shuffle) == (3, "spring", True)
    first, second = sheet.rows
    assert (first.kind, first.levels, first.count, first.choices, first.points, first.space, first.hints) == (
        "derivative", (1, 2), 3, 4, Fraction(2), 4, True,
    )  # fmt: skip
    assert (second.kind, second.points, second.space, second.where) == ("", Fraction(1, 3), 0, "mine.toml:20")
    assert second.fixed["wrt"] == ("w", "x")
    assert [sentence(h, "ko") for h in second.fixed["hints"]] == ["Forward first.", "다음은 뒤로."]
    assert sheet.total == Fraction(19, 3)


def test_defaults() -> None:
    sheet = read_sheet('title = "t"\n[[problem]]\nexpr = "x^2"')
    assert (sheet.langs, sheet.variants, sheet.seed, sheet.course, sheet.total) == (("en",), 1, 0, None, None)
    assert [f.key for f in sheet.fields if isinstance(f, Said)] == ["sheet.field_name", "sheet.field_number", "sheet.field_date"]


@pytest.mark.parametrize(
    ("points", "text"),
    [(None, ""), (Fraction(2), "2"), (Fraction("2.5"), "2.5"), (Fraction(10), "10"), (Fraction("0.25"), "0.25"), (Fraction(1, 3), "1/3")],
)
def test_points(points: Fraction | None, text: str) -> None:
    assert points_text(points) == text


HEAD = 'title = "t"\n'
ROW = '[[problem]]\nexpr = "x^2"\n'
KIND = '[[problem]]\nkind = "derivative"\n'
WRONG = [
    # what stands there, the key of the error, its line, what may be meant
    ('title = "t', "sheet_toml", 0, ""),
    ("title = \n" + ROW, "sheet_toml", 1, ""),
    (HEAD, "sheet_empty", 0, ""),
    (ROW, "sheet_missing", 0, ""),
    ("titel = 'x'\n" + ROW, "sheet_field", 1, "title"),
    ("title = 3\n" + ROW, "sheet_value", 1, ""),
    ("title = ''\n" + ROW, "sheet_value", 1, ""),
    ("title = { fr = 'x' }\n" + ROW, "no_such_language", 1, ""),
    ("title = 'costs 5$'\n" + ROW, "dollar", 1, ""),
    ("title = '$x +$'\n" + ROW, "ends_early", 1, ""),
    (HEAD + "lang = 'fr'\n" + ROW, "sheet_value", 2, ""),
    (HEAD + "lang = ['en']\n" + ROW, "sheet_value", 2, ""),
    (HEAD + "fields = 'name'\n" + ROW, "sheet_value", 2, ""),
    (HEAD + "variants = 0\n" + ROW, "sheet_value", 2, ""),
    (HEAD + "seed = 1.5\n" + ROW, "sheet_value", 2, ""),
    (HEAD + "problem = 3", "sheet_value", 2, ""),
    (HEAD + "problem = [3]", "sheet_value", 2, ""),
    (HEAD + "[[problem]]\npoints = 3", "sheet_source", 2, ""),
    (HEAD + KIND + "expr = 'x'", "sheet_source", 2, ""),
    (HEAD + "[[problem]]\nkind = 'derivativ'", "no_such_kind", 3, "derivative"),
    (HEAD + KIND + "levle = 2", "sheet_field", 4, "level"),
    (HEAD + KIND + "level = 9", "sheet_level", 4, ""),
    (HEAD + KIND + "level = []", "sheet_value", 4, ""),
    (HEAD + KIND + "count = true", "sheet_value", 4, ""),
    (HEAD + KIND + "count = 150\n" + KIND + "count = 150", "sheet_long", 0, ""),
    (HEAD + KIND + "wrt = 'x'", "sheet_of_own", 4, ""),
    (HEAD + ROW + "level = 2", "sheet_of_kind", 4, ""),
    (HEAD + ROW + "choices = 1", "sheet_value", 4, ""),
    (HEAD + ROW + "space = 400", "sheet_value", 4, ""),
    (HEAD + ROW + "points = '1/0'", "sheet_value", 4, ""),
    (HEAD + ROW + "points = -1", "sheet_value", 4, ""),
    (HEAD + ROW + "points = nan", "sheet_value", 4, ""),
    (HEAD + ROW + "hints = 'yes'", "sheet_value", 4, ""),
    (HEAD + ROW + "at = 3", "sheet_value", 4, ""),
    (HEAD + ROW + "ask = 'Find $x'", "dollar", 4, ""),
    (HEAD + KIND + ROW + "count = 2", "sheet_of_kind", 6, ""),
    (HEAD + "[[problem]]\nexpr = 'sin(x'", "not_closed", 2, ")"),
    (HEAD + "[[problem]]\nexpr = 'w*x'\nat = { x = 1 }", "missing_value", 2, ""),
    (HEAD + "[[problem]]\nexpr = '1/x'\nwrt = 'x'\nat = { x = 0 }", "sheet_number", 2, ""),
]


@pytest.mark.parametrize(("text", "key", "line", "meant"), WRONG)
def test_what_is_wrong(text: str, key: str, line: int, meant: str) -> None:
    with pytest.raises(DerivxError) as found:
        read_sheet(text, "s.toml")
    error = found.value
    assert (error.key, error.where, error.hint) == (key, f"s.toml:{line}" if line else "s.toml", meant)
    for lang in LANGUAGES:
        assert error.where in told(error, lang)
        assert "{" not in error.message(lang)


def test_every_expected_value_is_said() -> None:
    for text, key, *_ in WRONG:
        if key == "sheet_value":
            with pytest.raises(DerivxError) as found:
                read_sheet(text)
            assert found.value.expected


def test_the_place_is_shown() -> None:
    with pytest.raises(DerivxError) as found:
        read_sheet(HEAD + KIND + "  levle = 2\n" + ROW)
    assert found.value.caret() == "  levle = 2\n  ^^^^^^^^^"
