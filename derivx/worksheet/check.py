"""Every key of a sheet judged by referees that never saw how it was made: those of its variants, and of many further draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from derivx.errors import CheckFailed
from derivx.render.sentences import Said
from derivx.worksheet.draw import Draw
from derivx.worksheet.problem import Problem
from derivx.worksheet.sheet import Sheet, Taker
from derivx.worksheet.stress import Judgement, judge, rejected
from derivx.worksheet.taste import faults
from derivx.worksheet.variants import drawn, problem_of


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the keys of a kind at a level, or of a problem of the teacher's own: ``keys`` judged, and the ``bad`` ones."""

    kind: str
    level: int
    where: str
    keys: int
    bad: tuple[Judgement, ...]

    @property
    def wrong(self) -> int:
        """How many keys a referee rejects."""
        return sum(bool(found.wrong) for found in self.bad)


def check(
    sheet: Sheet,
    takers: Sequence[Taker],
    draws: int = 200,
    seed: int | str | None = None,
    told: Callable[[int, int], object] = lambda _done, _of: None,
) -> list[Checked]:
    """The keys of every taker's sheet, and ``draws`` further ones spread over the kinds and levels of the sheet.

    Raises ``DerivxError`` where a sheet cannot be drawn.
    """
    found = _problems(sheet, takers, draws, seed)
    total, done = sum(map(len, found.values())), 0
    out = list[Checked]()
    for (at, level), problems in found.items():
        bad = list[Judgement]()
        for problem in problems.values():
            judgement = judge(problem) if isinstance(problem, Problem) else problem
            bad += [] if judgement.good else [judgement]
            done += 1
            told(done, total)
        row = sheet.rows[at]
        out.append(Checked(row.kind or "own", level, row.where, len(problems), tuple(bad)))
    return out


Found = dict[tuple[int, int], dict[str, Problem | Judgement]]


def _problems(sheet: Sheet, takers: Sequence[Taker], draws: int, seed: int | str | None) -> Found:
    """By the place of a row and a level: what is drawn for the takers and beyond, each problem once; what a referee rejected is judged."""
    sorts = dict.fromkeys((at, level) for at, row in enumerate(sheet.rows) for level in (row.levels if row.kind else (1,)))
    found: Found = {sort: {} for sort in sorts}

    def refused(at: int, level: int, error: CheckFailed, draw: Draw) -> None:
        row = sheet.rows[at]
        judgement = rejected(row.kind or "own", level, error, draw)
        found[at, level if row.kind else 1][judgement.problem.identity] = judgement

    for taker in takers:
        for item in drawn(sheet, taker, seed, refused).items:
            place = sheet.rows.index(item.row), item.problem.level if item.row.kind else 1
            found[place][item.problem.identity] = item.problem
    kinds = [(at, level) for at, level in sorts if sheet.rows[at].kind]
    for n in range(draws if kinds else 0):
        at, level = kinds[n % len(kinds)]
        draw = Draw("check", at, level, n)
        try:
            problem = problem_of(sheet.rows[at], level, draw)
            found[at, level][problem.identity] = problem
        except CheckFailed as error:
            refused(at, level, error, draw)
    return found


def degenerate(sheet: Sheet) -> list[tuple[str, tuple[Said, ...]]]:
    """The teacher's own problems that a teacher would rather not set: where each stands, and why. Warnings, no errors."""
    own = [(row.where, faults(problem_of(row, 1, Draw()))) for row in sheet.rows if not row.kind]
    return [(where, found) for where, found in own if found]
