"""Who gets which problems: the same words the same problems, another student others, none twice on a sheet."""

from __future__ import annotations

import pytest

from derivx.errors import UsageError
from derivx.worksheet.describe import read_sheet
from derivx.worksheet.fixed import fixed
from derivx.worksheet.kinds import KINDS
from derivx.worksheet.problem import Kind
from derivx.worksheet.sheet import Sheet, Taker
from derivx.worksheet.variants import drawn, numbered, roster
from tests.conftest import share

TEXT = 'title = "t"\ncourse = "c"\n[[problem]]\nkind = "derivative"\nlevel = [1, 2, 3]\ncount = 6\n'
SHEET = read_sheet(TEXT)


def identities(sheet: Sheet, taker: Taker, seed: int | str | None = None) -> tuple[str, ...]:
    return drawn(sheet, taker, seed).identities


def test_the_same_words_give_the_same_problems() -> None:
    assert identities(SHEET, Taker("7")) == identities(read_sheet(TEXT), Taker("7"))


@pytest.mark.parametrize(
    ("sheet", "taker", "seed"),
    [
        (SHEET, Taker("8"), None),
        (SHEET, Taker("7"), 1),
        (read_sheet(TEXT.replace('"c"', '"d"')), Taker("7"), None),
        (read_sheet(TEXT.replace('"t"', '"u"')), Taker("7"), None),
        (read_sheet("seed = 5\n" + TEXT), Taker("7"), None),
    ],
)
def test_other_words_give_others(sheet: Sheet, taker: Taker, seed: int | None) -> None:
    assert identities(sheet, taker, seed) != identities(SHEET, Taker("7"))


def test_a_name_changes_nothing_and_a_further_row_nothing_before_it() -> None:
    assert identities(SHEET, Taker("7", "Kim", student=True)) == identities(SHEET, Taker("7"))
    longer = read_sheet(TEXT + '[[problem]]\nexpr = "x^2"\n')
    assert identities(longer, Taker("7"))[:6] == identities(SHEET, Taker("7"))


def test_levels_one_after_the_other() -> None:
    assert [item.problem.level for item in drawn(SHEET, Taker("1")).items] == [1, 2, 3, 1, 2, 3]


def test_a_shuffled_sheet_has_the_same_problems() -> None:
    shuffled = read_sheet("shuffle = true\n" + TEXT)
    found = [identities(shuffled, taker) for taker in numbered(4)]
    assert [sorted(one) for one in found] == [sorted(identities(SHEET, taker)) for taker in numbered(4)]
    assert found != [identities(SHEET, taker) for taker in numbered(4)]
    assert [item.number for item in drawn(shuffled, Taker("1")).items] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", list(KINDS))
def test_no_problem_twice(name: str) -> None:
    levels = list(KINDS[name].levels)
    sheet = read_sheet(f'title = "t"\n[[problem]]\nkind = "{name}"\nlevel = {levels}\ncount = {2 * len(levels)}\n')
    for taker in numbered(share(30)):
        found = identities(sheet, taker)
        assert len(set(found)) == len(found)


def test_more_than_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    powers = Kind("powers", "differentiation", lambda draw, _: fixed(f"x^{draw.whole(3, 4)}", "x", kind="powers"), (1,))
    monkeypatch.setitem(KINDS, "powers", powers)
    sheet = 'title = "t"\n[[problem]]\nkind = "powers"\ncount = {}'
    assert len(set(identities(read_sheet(sheet.format(2)), Taker("1")))) == 2
    with pytest.raises(UsageError) as found:
        drawn(read_sheet(sheet.format(3)), Taker("1"))
    assert (found.value.key, found.value.where) == ("no_draw", "sheet.toml:2")


@pytest.mark.parametrize(
    ("text", "takers"),
    [
        ("id,name\n1,Kim\n2,Lee\n", [("1", "Kim"), ("2", "Lee")]),
        ("\ufeffname;student number;mail\nKim;20231;k@x\n\n", [("20231", "Kim")]),
        ("이름\t학번\n김민수\t007\n", [("007", "김민수")]),
        ("1\n2\n", [("1", ""), ("2", "")]),
        ('"a, b",Kim "the" Lee\n', [("a, b", 'Kim "the" Lee')]),
    ],
)
def test_rosters(text: str, takers: list[tuple[str, str]]) -> None:
    assert [(t.id, t.name) for t in roster(text)] == takers
    assert all(t.student for t in roster(text))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "roster_empty"),
        ("id,name\n", "roster_empty"),
        ("id,name\n,Kim\n", "roster_empty"),
        ("name\nKim\n", "roster_id"),
        ("1\n2\n1\n", "roster_again"),
    ],
)
def test_rosters_that_are_none(text: str, key: str) -> None:
    with pytest.raises(UsageError) as found:
        roster(text, "r.csv")
    assert (found.value.key, found.value.where) == (key, "r.csv")


def test_numbers() -> None:
    assert [t.id for t in numbered(3)] == ["01", "02", "03"]
    assert numbered(100)[0].id == "001"
