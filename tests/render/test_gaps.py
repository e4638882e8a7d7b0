"""Gaps and points: which lines are meant, what else would tell, and how points are spread."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from click.testing import CliRunner

import derivx
from derivx.api import Derivation
from derivx.apps.main import cli
from derivx.errors import NotSupported, UsageError
from derivx.render import to_latex, to_markdown, to_text
from derivx.render.document import Answer, Document, Line, Summary, Worked
from derivx.render.exercise import Space
from derivx.render.gaps import _weight, exercise, gaps, rules_of

TEXT = "x^2*sin(x)^3 + exp(2*x)"


def page(text: str = TEXT, *, check: bool = False, **options: Any) -> Document:
    found = derivx.explain(text, "x", check=check, **options)
    assert isinstance(found, Derivation)
    return found.page()


def lines(found: Document) -> list[Line]:
    return [part for part in found.parts if isinstance(part, Line)]


PLAIN = lines(page())
COUNT = len(PLAIN)
CHOSEN = [
    ("formulas", "formula", set(range(1, COUNT + 1))),
    ("rules", "rule", set(range(1, COUNT + 1))),
    ("2", "formula", {2}),
    (" 2, 4 ", "formula", {2, 4}),
    ("2-4", "formula", {2, 3, 4}),
    ("rules,3", "rule", {3}),
    ("formulas,1,3-4", "formula", {1, 3, 4}),
    ("chain", "formula", {line.number for line in PLAIN if "chain" in rules_of(line)}),
    ("RULES,Chain,1", "rule", {1} | {line.number for line in PLAIN if "chain" in rules_of(line)}),
    (f"{COUNT}-999", "formula", {COUNT}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "numbers"), CHOSEN)
def test_which_lines_have_gaps(text: str, what: str, numbers: set[int]) -> None:
    found = lines(exercise(page(), text))
    assert numbers
    assert {line.number for line in found if line.blank} == numbers
    assert {line.blank for line in found if line.blank} == {what}
    assert [line.formula for line in found] == [line.formula for line in PLAIN]


@pytest.mark.parametrize("text", ["quotient", "0", "99", "99-100", "4-2", "x", "2;3", "-1", "chain rule", "²", "1-", "١"])
def test_a_line_that_is_not_there(text: str) -> None:
    with pytest.raises(UsageError) as found:
        exercise(page(), text)
    assert found.value.key == "no_such_gap"
    assert "chain" in found.value.params["there"]


@pytest.mark.parametrize("text", ["formulas,rules", ",", " "])
def test_what_says_nothing(text: str) -> None:
    with pytest.raises(UsageError):
        exercise(page(), text)


def test_the_chain_rule_over_several_paths_is_the_chain_rule() -> None:
    found = page("x^x")
    named = [rule for line in lines(page("sigmoid(x)*sigmoid(x)^2")) + lines(found) for rule in rules_of(line)]
    assert named
    for text in ("sin(x^2)*cos(x^2)", "sigmoid(sigmoid(x))"):
        told = lines(exercise(page(text), "chain"))
        assert {line.number for line in told if line.blank} == {
            line.number for line in told if any(r.startswith("chain") for r in rules_of(line))
        }


def test_nothing_tells_what_stands_in_a_gap() -> None:
    whole = page(check=True, at={"x": 1.5})
    assert any(isinstance(part, Worked) for part in whole.parts)
    gapped = exercise(whole, "formulas")
    assert not any(isinstance(part, Answer | Worked | Summary) for part in gapped.parts)
    assert sum(isinstance(part, Space) for part in gapped.parts) == 1
    assert not any(line.verdict for line in lines(gapped))
    for shown in (to_text(gapped), to_latex(gapped), to_markdown(gapped)):
        assert "✓" not in shown
        assert not any(text in shown for text in ("2 x sin", "2x sin", r"2\,x", "3 x²", "cos"))


def test_an_answer_stays_where_the_last_line_does() -> None:
    assert any(isinstance(part, Answer) for part in exercise(page(), "1-2").parts)
    assert any(isinstance(part, Answer) for part in exercise(page(), "rules").parts)
    assert not any(isinstance(part, Answer) for part in exercise(page(), str(COUNT)).parts)


def test_several_derivatives_share_what_is_asked() -> None:
    both = derivx.explain("sigmoid(w*x + b)", check=False)
    pages = [one.page() for one in both]  # type: ignore[union-attr]
    longest = max(len(lines(one)) for one in pages)
    asked = gaps(pages, str(longest))
    assert [sum(bool(line.blank) for line in lines(exercise(one, asked))) for one in pages].count(1) >= 1


# Points.


@pytest.mark.parametrize(
    "text", ["x^2", TEXT, "x^x", "sin(x)*cos(x)/(1 + x^2)", "tanh(sin(exp(x^2)))", "where(x > 0, x^2, -x)", "3*x + 2", "log(1 + exp(x))"]
)
@pytest.mark.parametrize("total", ["1", "2", "5", "10", "7.5", "12.5", "100", "33"])
def test_points_add_up_and_a_rule_is_worth_more_than_tidying(text: str, total: str) -> None:
    plain = lines(page(text))
    found = lines(exercise(page(text), "", total))
    points = [Fraction(line.points) for line in found]
    assert sum(points) == Fraction(total)
    assert min(points) > 0
    tidying, rules = [[p for p, line in zip(points, plain, strict=True) if (_weight(line) == 1) is one] for one in (True, False)]
    assert not tidying or not rules or max(tidying) < min(rules)
    if Fraction(total) >= 3 * len(plain) and "." not in total:
        assert all(p.denominator == 1 for p in points)


def test_points_without_a_sum_are_the_weights() -> None:
    found = exercise(page(), "", "auto")
    weights = [_weight(line) for line in PLAIN]
    assert [line.points for line in lines(found)] == [str(w) for w in weights]
    assert set(weights) >= {1, 3}
    assert f"{sum(weights)} points in all" in to_text(found)


@pytest.mark.parametrize("total", ["0", "-1", "x", "1e3", "1/3", "0.001", "10.", "", "99999", "²"])
def test_what_is_no_sum_of_points(total: str) -> None:
    if total:
        with pytest.raises(UsageError):
            exercise(page(), "", total)


def test_too_few_points() -> None:
    with pytest.raises(UsageError) as found:
        exercise(page(TEXT, detail="full"), "", "0.05")
    assert found.value.key == "few_points"


# The command.


def run(*args: str) -> Any:
    return CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(cli, ["explain", *args, "--no-check"])


ROWS = [
    (("x^2*sin(x)", "--blank", "rules"), "= _"),
    (("x^2*sin(x)", "--rubric"), "[3 pt] product rule"),
    (("--rubric", "x^2*sin(x)"), "[3 pt] product rule"),
    (("--rubric", "-x^2*sin(x)"), "points in all"),
    (("--rubric", "10", "x^2*sin(x)"), "10 points in all"),
    (("--rubric=8", "x^2*sin(x)", "--lang", "ko"), "총 8점"),
    (("x^2*sin(x)", "--rubric", "--lang", "both"), "[3 pt] product rule"),
    (("X: (n, d)\nw: (d,)\ny: (n,)\nL = sum((X @ w - y)^2)", "--wrt", "w", "--method", "differential", "--rubric", "9"), "9 points in all"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "shown"), ROWS)
def test_the_options(args: tuple[str, ...], shown: str) -> None:
    found = run(*args)
    assert found.exit_code == 0, found.output
    assert shown.replace("= _", "____") in found.output


WRONG = [
    (("x^2", "--blank", "quotient"), 2), (("x^2", "--rubric", "0"), 2), (("x^2", "--blank", "1", "--format", "json"), 2),
    (("x^2", "--rubric", "--hint"), 2), (("x^2", "--blank", ""), 0),
    (("X: (n, d)\nw: (d,)\nL = sum((X @ w)^2)", "--wrt", "w", "--blank", "1"), 4),
]  # fmt: skip


@pytest.mark.parametrize(("args", "code"), WRONG)
def test_what_cannot_be_made(args: tuple[str, ...], code: int) -> None:
    found = run(*args)
    assert found.exit_code == code, found.output
    assert "Traceback" not in found.output


def test_over_arrays_without_lines() -> None:
    found = derivx.explain("X: (n, d)\nw: (d,)\nL = sum((X @ w)^2)", "w", check=False)
    with pytest.raises(NotSupported):
        found.page(blank="1")  # type: ignore[union-attr]


@pytest.mark.parametrize("fmt", ["text", "latex", "markdown", "speech", "typst"])
def test_every_format_has_gaps_and_points(fmt: str) -> None:
    plain, made = (run("tanh(x)^2", "--format", fmt, *more).output for more in ((), ("--blank", "2", "--rubric", "10")))
    assert "10" in made
    assert plain != made
