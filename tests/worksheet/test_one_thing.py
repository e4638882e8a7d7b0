"""Multiple choice asks for one thing in one sentence, and its key derives only that; what is rounded is so in question and key alike."""

from __future__ import annotations

import re
from typing import Any

import pytest

from derivx.errors import CheckFailed, UsageError
from derivx.expr import Call, Diff, Expr, Num, Sym, names
from derivx.render.document import Answer, Chain, Note
from derivx.render.exercise import Figure
from derivx.render.sentences import Said, sentence
from derivx.syntax import read, write
from derivx.words import LANGUAGES
from derivx.worksheet import circuit, keys
from derivx.worksheet.check import check, degenerate
from derivx.worksheet.choices import with_choices
from derivx.worksheet.describe import read_sheet
from derivx.worksheet.draw import Draw
from derivx.worksheet.fixed import fixed
from derivx.worksheet.kinds import KINDS, drawn
from derivx.worksheet.numbers import floats, written
from derivx.worksheet.own import own
from derivx.worksheet.problem import Problem
from derivx.worksheet.stress import stress
from derivx.worksheet.taste import is_number
from derivx.worksheet.variants import numbered

EVERY = [(name, level) for name, of in KINDS.items() for level in of.levels]
NO_ORDER = re.compile(r"\b(Find|Compute)\b|구하시오|나타내시오")


def as_choice(name: str, level: int, i: int) -> Problem | None:
    try:
        return drawn(KINDS[name], level, Draw("one thing", i), choices=3)
    except UsageError:
        return None


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_a_choice_asks_for_one_thing(name: str, level: int) -> None:
    for i in range(4):
        problem = as_choice(name, level, i)
        if problem is None or not problem.asked:
            continue
        (asked,) = problem.asked
        for said in problem.ask:
            assert isinstance(said, Said)
            assert said.params.get("what", (asked.name,)) == (asked.name,)
            for lang in LANGUAGES:
                assert not NO_ORDER.search(sentence(said, lang)), sentence(said, lang)
        # Whatever ends in an answer is the answer asked for, or on the way to it.
        answers = [part.asked for part in problem.solution if isinstance(part, Answer)]
        if isinstance(asked.name, Diff) and answers and not any(isinstance(part, Chain) for part in problem.solution):
            assert answers == [asked.name]


@pytest.mark.parametrize(
    ("text", "wrt", "more"),
    [
        ("z = x^2*y - 3*x", "x,y", {}),
        ("x^2*y - 3*x", "x,y", {"at": {"x": 2, "y": 3}}),
        ("h = sigmoid(w*x)\nL = (v*h - t)^2", "v,w", {}),
        ("h = sigmoid(w*x)\nL = (v*h - t)^2", "v,w", {"at": {"w": 1, "x": 2, "v": -1, "t": 1}}),
        ("L = sum((X @ w + b - y)^2)", "w,b", {"shapes": {"X": ("n", "d"), "w": ("d",), "b": ("n",), "y": ("n",)}}),
    ],
)
def test_a_key_derives_what_is_asked(text: str, wrt: str, more: dict[str, Any]) -> None:
    problem = fixed(text, wrt, **more)
    for i in range(6):
        found = with_choices(problem, Draw("alone", i))
        (asked,) = found.asked
        others = {a.name for a in problem.asked if isinstance(a.name, Diff)} - {asked.name}
        shown = [part.asked if isinstance(part, Answer) else part.items[0] for part in found.solution if isinstance(part, Answer | Chain)]
        assert asked.name in shown
        assert not others & set(shown)
        assert found.identity == problem.identity  # else a sheet could ask for both parts of the same problem


def test_a_teachers_own_words_say_which() -> None:
    problem = fixed("z = x^2*y", "x,y", ask=(own("Find both partial derivatives."),))
    *_, last = with_choices(problem, Draw("own")).ask
    assert isinstance(last, Said)
    assert last.key == "which.find"


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_no_option_is_impossible(name: str, level: int) -> None:
    for i in range(4):
        problem = as_choice(name, level, i)
        if problem is None or not problem.asked or not problem.asked[0].positive or problem.choices is None:
            continue
        for option in problem.choices.options:
            assert isinstance(option, Expr)
            assert not is_number(option) or option == problem.asked[0].value or floats({"o": option})["o"] > 0


# Rounding.


def places(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_numbers_are_rounded_as_asked(name: str, level: int) -> None:
    for i in range(8):
        problem = drawn(KINDS[name], level, Draw("rounding", i))
        asked = [int(str(s.params["places"])) for s in problem.ask if isinstance(s, Said) and s.key == "ask.round"]
        names = {a.name for a in problem.asked}
        for part in problem.solution:
            if isinstance(part, Chain) and part.rounded and part.items[0] in names:
                assert [places(part.value)] == asked, (part.value, asked)
        if not asked:
            assert not any("tolerance" in a.grading for a in problem.asked)


def test_a_small_and_a_large_number_have_as_many_decimals() -> None:
    problem = fixed("x*exp(-y)", "x,y", {"x": 3, "y": 6})
    texts = [part.value for part in problem.solution if isinstance(part, Chain)]
    assert {places(text) for text in texts} == {6}
    assert [s.params["places"] for s in problem.ask if isinstance(s, Said) and s.key == "ask.round"] == ["6"]


def test_a_drawing_has_the_numbers_of_the_key() -> None:
    problem = fixed("h = sigmoid(w*x)\nL = h/3", "w", {"w": 1, "x": 2})
    (figure,) = (part for part in problem.solution if isinstance(part, Figure))
    drawing = figure.drawing.drawn("text", "en")
    for asked in problem.asked:
        assert written(floats({"v": asked.value})["v"]).text in drawing, write(asked.value)


def test_lines_of_a_key_are_true() -> None:
    """Numbers that are put in give the number behind them, at the decimals shown."""
    put_in = 0
    for name in ("backprop", "loss", "optimizer", "gradient", "vanishing"):
        for level in KINDS[name].levels:
            for i in range(6):
                for part in drawn(KINDS[name], level, Draw("true", i)).solution:
                    if isinstance(part, Chain) and part.value and not names(part.items[-1]) and not isinstance(part.items[-1], Diff):
                        put_in += len(part.items) > 1
                        said = floats({"said": part.items[-1]})["said"]
                        digits = places(part.value) if "/" not in part.value else 9
                        assert abs(said - floats({"v": read(part.value)})["v"]) <= 0.51 * 10**-digits, part
    assert put_in > 100


# A rejected key is told.


def rejecting(*_args: object, **_more: object) -> object:
    raise CheckFailed("check_failed", referee="complex_step")


@pytest.mark.parametrize(("module", "name", "kind"), [(keys, "derive", "derivative"), (circuit, "check_sweep", "backprop")])
def test_a_rejected_key_is_counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, kind: str) -> None:
    keys.key.cache_clear()
    monkeypatch.setattr(module, name, rejecting)
    with pytest.raises(CheckFailed):
        drawn(KINDS[kind], 1, Draw("rejected"))
    found = stress(3, kinds=[KINDS[kind]])
    assert len(found.bad) == 3
    assert {said.key for one in found.bad for said in one.wrong} == {"error.check_failed"}
    (row,) = check(read_sheet(f'title = "T"\n[[problem]]\nkind = "{kind}"\n'), numbered(2), draws=3)
    assert row.wrong == row.keys == 5


def test_a_teachers_own_degenerate_problem_is_warned_about() -> None:
    good, bad = '[[problem]]\nexpr = "x^2*y"\n', '[[problem]]\nexpr = "x^1*y + 0*x"\n'
    assert degenerate(read_sheet(f'title = "T"\n{good}')) == []
    ((where, faults),) = degenerate(read_sheet(f'title = "T"\n{good}{bad}'))
    assert where == "sheet.toml:4"
    assert {"taste.power", "taste.factor"} <= {said.key for said in faults}


# Words.


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_hints_neither_tidy_up_nor_say_the_answer(name: str, level: int) -> None:
    for i in range(4):
        problem = drawn(KINDS[name], level, Draw("hints", i))
        for hint in problem.hints:
            assert isinstance(hint, Said)
            assert len(hint.more) <= 1
            assert not any(
                isinstance(value, Expr) and value in {a.value for a in problem.asked}
                for value in hint.params.values()
                if isinstance(value, Call)
            )


@pytest.mark.parametrize("text", ["x*log(y)", "u = log(x)\ny = u^2", "log(x)/x"])
def test_the_logarithm_is_said(text: str) -> None:
    said = [part.said for part in fixed(text).parts if isinstance(part, Note)]
    assert [one.key for one in said if isinstance(one, Said)] == ["told.log"]


def test_a_particle_follows_the_right_side_of_a_comparison() -> None:
    bound = Call("le", (Call("abs", (Sym("w"),)), Num(3)))
    said = sentence(Said("ask.bound", {"weights": bound, "claim": bound, "bound": Sym("B")}), "ko")
    assert "<= 3을 만족" in said
