"""A derivation made into an exercise: lines with gaps to be filled in, and points for each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

from derivx.check.verdict import Verdict
from derivx.derive.rules import RULES
from derivx.errors import NotSupported, UsageError
from derivx.render.document import Answer, Document, Line, Note, Part, Summary, Worked
from derivx.render.exercise import Space
from derivx.render.sentences import Said

_LIGHT = frozenset({"constant", "identity", "sum", "constant_multiple", "grouping"})
_CALCULUS = frozenset(rule.id for rule in RULES) | {"implicit"}
_VARIANTS = ("", "_again", "_paths")  # the chain rule is told otherwise over several paths
_UNITS = (Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(1, 20), Fraction(1, 100))
_POINTS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


def rules_of(line: Line) -> list[str]:
    """The rules of a line, by their ids."""
    return [said.key.removeprefix("rule.") for said in (line.rule, *line.rule.more)]


# Gaps.


@dataclass(frozen=True, slots=True)
class Gaps:
    """Which lines have gaps: items, each a number, a range or a rule (none: every line); in place of ``rules``, or else of formulas."""

    where: tuple[str, ...]
    rules: bool = False


def exercise(page: Document, blank: str | Gaps = "", rubric: str = "") -> Document:
    """The page with gaps and with points, as they are asked for; ``rubric`` is ``auto`` or the points of all lines."""
    scored = with_points(page, "" if rubric == "auto" else rubric) if rubric else page
    return with_gaps(scored, gaps([page], blank) if isinstance(blank, str) else blank) if blank else scored


def gaps(pages: Sequence[Document], text: str) -> Gaps:
    """What is said as ``formulas``, ``rules``, ``2,4-6``, ``chain`` or ``rules,chain``.

    A number is a line, a rule means every line that it makes; without either all lines are meant. A gap takes the place of the formula,
    with ``rules`` that of the reason. Raises ``UsageError`` where nothing answers to an item, ``NotSupported`` where there are no lines.
    """
    items = [item for item in re.split(r"[\s,]+", text.strip().lower()) if item]
    what = {item for item in items if item in ("formulas", "rules")}
    if len(what) > 1 or not items:
        raise UsageError("bad_option", option="--blank", value=text)
    lines = [line for page in pages for line in _lines(page)]
    where = [item for item in items if item not in what]
    for item in where:
        if not any(_meant(line, item) for line in lines):
            there = ", ".join(dict.fromkeys(rule for line in lines for rule in rules_of(line)))
            raise UsageError("no_such_gap", found=item, count=str(max(line.number for line in lines)), there=there)
    return Gaps(tuple(where), "rules" in what)


def _lines(page: Document) -> list[Line]:
    found = [part for part in page.parts if isinstance(part, Line) and part.depth == 0]
    if not found:
        raise NotSupported("no_lines")
    return found


def _meant(line: Line, item: str) -> bool:
    """Whether an item, a number, a range of numbers or a rule, means a line."""
    if numbers := re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", item):
        return int(numbers[1]) <= line.number <= int(numbers[2] or numbers[1])
    return any(rule in [item + variant for variant in _VARIANTS] for rule in rules_of(line))


def with_gaps(page: Document, asked: Gaps) -> Document:
    """The page without what would tell: the answer where the last line is a gap, numbers put in, marks of checks that passed."""
    last, rules = _lines(page)[-1], asked.rules
    told = {line.number for line in _lines(page) if asked.where and not any(_meant(line, item) for item in asked.where)}
    parts: list[Part] = []
    for part in page.parts:
        match part:
            case Line():
                gap = part.number not in told
                mark = part.verdict if part.verdict is Verdict.FAIL else None
                parts.append(replace(part, verdict=mark, blank=("rule" if rules else "formula") if gap else ""))
            case Answer() if not rules and last.number not in told:
                parts.append(Space(1, part.asked, ruled=True))
            case Summary(verdict) if verdict is not Verdict.FAIL:
                pass
            case Worked() if not rules:
                pass
            case _:
                parts.append(part)
    return replace(page, parts=tuple(parts))


# Points.


def with_points(page: Document, total: str = "") -> Document:
    """The page with points for each line: a rule of differentiation is worth more than a simple one, and that more than tidying.

    ``total`` points are spread over the lines, whole where they can be. Raises ``UsageError`` where they are no points, or too few.
    """
    lines = _lines(page)
    weights = [_weight(line) for line in lines]
    shares = _spread(total, weights) if total else [Fraction(w) for w in weights]
    worth = {line.number: _decimal(share) for line, share in zip(lines, shares, strict=True)}
    parts: list[Part] = [replace(p, points=worth[p.number]) if isinstance(p, Line) and p.depth == 0 else p for p in page.parts]
    behind = next(i for i, part in enumerate(parts) if isinstance(part, Line) and part.depth == 0 and part.number == lines[-1].number)
    parts.insert(behind + 1, Note(Said("sheet.in_all", {"points": _decimal(sum(shares, Fraction(0)))}), plain=True))
    return replace(page, parts=tuple(parts))


def _weight(line: Line) -> int:
    """1 for algebra, 2 for a simple rule, 3 for another, at most 4 for several in one line."""
    found = [rule for rule in rules_of(line) if rule.removesuffix("_again").removesuffix("_paths") in _CALCULUS or rule.startswith("d_")]
    return min(4, 1 + sum(1 if rule in _LIGHT else 2 for rule in found))


def _spread(total: str, weights: Sequence[int]) -> list[Fraction]:
    """So many points over the lines by their weights, in the largest unit in which no line goes empty and a heavier one never gets less."""
    if not _POINTS.fullmatch(total) or not Fraction(total):
        raise UsageError("bad_option", option="--rubric", value=total)
    for unit in _UNITS:
        units = Fraction(total) / unit
        if units.denominator == 1 and units >= len(weights):
            shares = _shares(int(units), weights)
            light, heavy = ([s for s, w in zip(shares, weights, strict=True) if (w == 1) is one] for one in (True, False))
            if not light or not heavy or max(light) < min(heavy):
                return [share * unit for share in shares]
    raise UsageError("few_points", points=total, count=str(len(weights)))


def _shares(units: int, weights: Sequence[int]) -> list[int]:
    """Whole shares, each one at least: rounded down, and what is left over to those that lost most by it, the heavier first."""
    whole = sum(weights)
    shares = [max(1, units * w // whole) for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % whole), -weights[i], i))
    for k in count():
        left = units - sum(shares)
        if left == 0:
            return shares
        at = order[k % len(order)] if left > 0 else max(range(len(shares)), key=lambda i: (shares[i], -weights[i]))
        shares[at] += 1 if left > 0 else -1
    return shares


def _decimal(points: Fraction) -> str:
    return f"{float(points):g}" if points.denominator > 1 else str(points.numerator)
