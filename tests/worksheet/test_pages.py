"""A drawn sheet as pages: what the student sees and what only the teacher sees; points of lines, gaps, room to write."""

from __future__ import annotations

from fractions import Fraction

import pytest

from derivx.errors import DerivxError
from derivx.render.document import Answer, Document, Line, Part
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, Space
from derivx.render.sentences import Said, sentence
from derivx.worksheet.describe import read_sheet
from derivx.worksheet.pages import key_pages, sheet_pages
from derivx.worksheet.sheet import Taker
from derivx.worksheet.variants import drawn

NEURON = '[[problem]]\nexpr = "sigmoid(w*x + b)"\nwrt = "w, b"\npoints = 10\n'


def pages(rows: str, taker: Taker | None = None, head: str = "") -> tuple[list[Document], list[Document]]:
    """The sheet and the key."""
    variant = drawn(read_sheet(f'title = "t"\n{head}{rows}'), taker or Taker("1"))
    return sheet_pages(variant), key_pages(variant)


def parts(found: list[Document], kind: type[Part]) -> list[Part]:
    return [part for page in found for part in page.parts if isinstance(part, kind)]


def test_only_the_key_has_what_is_asked_for() -> None:
    sheet, key = pages(NEURON)
    assert not parts(sheet, Line)
    assert not parts(sheet, Answer)
    assert not parts(sheet, Hints)
    assert len(parts(key, Answer)) == 2
    assert parts(key, Hints)


def test_choices() -> None:
    sheet, key = pages(NEURON + "choices = 4\n")
    (shown,), (told,) = parts(sheet, Choices), parts(key, Choices)
    assert isinstance(shown, Choices)
    assert isinstance(told, Choices)
    assert (shown.options, shown.right) == (told.options, None)
    assert told.right is not None
    assert not parts(sheet, Space)


@pytest.mark.parametrize(("space", "lines"), [(0, []), (1, [1, 1]), (2, [1, 1]), (7, [5, 1, 1])])
def test_room_to_write(space: int, lines: list[int]) -> None:
    sheet, _ = pages(NEURON + f"space = {space}\n")
    found = [part for part in parts(sheet, Space) if isinstance(part, Space)]
    assert [part.lines for part in found] == lines
    assert [part.label is None for part in found] == [n > 1 for n in lines]


def test_hints_on_the_sheet() -> None:
    sheet, key = pages(NEURON + 'hints = true\nhint = ["One.", "Two."]\n')
    assert parts(sheet, Hints) == parts(key, Hints) == [Hints(parts(key, Hints)[0].hints)]  # type: ignore[union-attr]


def test_a_drawing_stands_once_in_the_key() -> None:
    program = '[[problem]]\nprogram = "z = w*x; L = z^2"\nat = { w = 2, x = 3 }\nwrt = "w"\n'
    sheet, key = pages(program)
    assert len(parts(sheet, Figure)) == len(parts(key, Figure)) == 1
    assert parts(sheet, Figure) != parts(key, Figure)


@pytest.mark.parametrize(
    ("taker", "line", "asked"),
    [
        (Taker("03"), "Variant 03", ["field_name", "field_number", "field_date"]),
        (Taker("7", student=True), "Student 7", ["field_name", "field_date"]),
        (Taker("7", "Kim", student=True), "Kim (7)", ["field_date"]),
    ],
)
def test_whose_sheet_it_is(taker: Taker, line: str, asked: list[str]) -> None:
    sheet, _ = pages(NEURON, taker, 'course = "c"\n')
    (head,) = parts(sheet, Masthead)
    assert isinstance(head, Masthead)
    assert [sentence(said, "en") for said in head.lines] == ["c", line, "10 points in all"]
    assert [f.key.removeprefix("sheet.") for f in head.fields if isinstance(f, Said)] == asked


@pytest.mark.parametrize("points", ["4", "10", "2.5", '"1/3"', "0.06", "0.4"])
def test_points_of_lines_are_those_of_the_exercise(points: str) -> None:
    _, key = pages(NEURON.replace("10", points))
    (exercise,) = parts(key, Exercise)
    assert isinstance(exercise, Exercise)
    worth = [Fraction(line.points) for line in parts(key, Line) if isinstance(line, Line) and line.points]
    assert worth == [] or sum(worth) == Fraction(exercise.points)
    assert bool(worth) == (points in ("4", "10", "2.5"))


@pytest.mark.parametrize("more", ["at = { x = 2 }", "choices = 3"])
def test_points_are_not_shared_where_numbers_follow_or_one_thing_is_chosen(more: str) -> None:
    _, key = pages(f'[[problem]]\nexpr = "x^3*exp(2*x)"\nwrt = "x"\n{more}\npoints = 10\n')
    assert not any(line.points for line in parts(key, Line) if isinstance(line, Line))


@pytest.mark.parametrize(
    ("blank", "gaps"), [("formulas", {"formula"}), ("rules", {"rule"}), ("chain", {"formula", ""}), ("1", {"formula", ""})]
)
def test_gaps(blank: str, gaps: set[str]) -> None:
    sheet, key = pages(NEURON + f'blank = "{blank}"\nspace = 5\n')
    assert {line.blank for line in parts(sheet, Line) if isinstance(line, Line)} == gaps
    assert {line.blank for line in parts(key, Line) if isinstance(line, Line)} == {""}
    assert bool(parts(sheet, Answer)) == (blank != "formulas")


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (NEURON + 'blank = "quotient"\n', "no_such_gap"),
        (NEURON + 'blank = "9"\n', "no_such_gap"),
        (NEURON + 'blank = "formulas"\nchoices = 4\n', "sheet_gaps_or_choices"),
        ('[[problem]]\nexpr = "x^2"\nat = { x = 2 }\nblank = "rules"\n', "no_lines"),
        ('[[problem]]\nkind = "loss"\nblank = "rules"\n', "no_lines"),
    ],
)
def test_gaps_that_cannot_be(row: str, key: str) -> None:
    with pytest.raises(DerivxError) as found:
        pages(row)
    assert (found.value.key, found.value.where) == (key, "sheet.toml:2")
