"""Every key judged by referees that never saw how it was made, and what becomes of many draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from derivx.errors import CheckFailed, DerivxError
from derivx.expr import Expr
from derivx.grading.question import Question
from derivx.render.document import Chain
from derivx.render.sentences import Said
from derivx.syntax import read, write
from derivx.worksheet.draw import Draw
from derivx.worksheet.kinds import KINDS, drawn
from derivx.worksheet.numbers import floats
from derivx.worksheet.problem import Asked, Kind, Option, Problem
from derivx.worksheet.referee import right, satisfies
from derivx.worksheet.taste import faults, is_number

_SHEET = 10  # problems of a sheet in a stress run
_ROUNDED = 6e-4  # what a number of a key may be off by rounding


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the referees found wrong with a problem's key, and what no teacher would set; both empty for a good one."""

    problem: Problem
    wrong: tuple[Said, ...] = ()
    faults: tuple[Said, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.wrong and not self.faults


def judge(problem: Problem, *, graded: bool = True) -> Judgement:
    """Each answer of the key, each number in its solution and each option, measured; ``graded``: typed to the grader, too."""
    wrong = [*_keys(problem), *_solution(problem), *_options(problem)]
    if graded:
        wrong += list(_graded(problem))
    return Judgement(problem, tuple(wrong), faults(problem))


def _keys(problem: Problem) -> Iterator[Said]:
    for asked in problem.asked:
        if not right(asked, asked.value):
            yield Said("judged.key", {"what": asked.name, "value": asked.value})
    if not problem.asked and problem.choices is None:
        yield Said("judged.nothing")


def _solution(problem: Problem) -> Iterator[Said]:
    """The solution must end with the number in the key."""
    values = {asked.name: asked.value for asked in problem.asked if is_number(asked.value)}
    for part in problem.solution:
        if isinstance(part, Chain) and part.value and part.items[0] in values:
            key = floats({"key": values[part.items[0]], "said": read(part.value)})
            if abs(key["key"] - key["said"]) > _ROUNDED * max(1.0, abs(key["key"])):
                yield Said("judged.solution", {"what": part.items[0], "value": values[part.items[0]], "said": part.value})


def _options(problem: Problem) -> Iterator[Said]:
    """Exactly one option, the right one, satisfies the claims."""
    if problem.choices is None:
        return
    claims = problem.claims or problem.asked[0].claims
    for i, option in enumerate(problem.choices.options):
        if satisfies(option, claims) != (i == problem.choices.right):
            yield Said("judged.option", {"option": _letter(i)})
    if problem.choices.right is None:
        yield Said("judged.nothing")


def _letter(i: int) -> str:
    return chr(ord("A") + i)


def _graded(problem: Problem) -> Iterator[Said]:
    for asked in problem.asked:
        if not asked.grading:
            continue
        question = Question(**asked.grading)
        if not question.grade(write(asked.value)).correct:
            yield Said("judged.refused", {"what": asked.name, "value": asked.value})
        for option in _wrong_options(problem, asked):
            if question.grade(write(option)).correct:
                yield Said("judged.accepted", {"what": asked.name, "value": option})


def _wrong_options(problem: Problem, asked: Asked) -> list[Expr]:
    if problem.choices is None or problem.asked[:1] != (asked,):
        return []
    options: tuple[Option, ...] = problem.choices.options
    return [o for i, o in enumerate(options) if i != problem.choices.right and isinstance(o, Expr)]


def rejected(kind: str, level: int, error: CheckFailed, draw: Draw | None = None) -> Judgement:
    """What is said of a problem whose derivation a referee rejected while it was made: its key is wrong, whatever it is."""
    words = " ".join(map(str, draw.words)) if draw is not None else ""
    nobody = Problem(kind, level, (), (), (), identity=" | ".join(w for w in (kind, str(level), words) if w))
    return Judgement(nobody, (Said(f"error.{error.key}", {k: str(v) for k, v in error.params.items()}),))


@dataclass(frozen=True, slots=True)
class Stressed:
    """Many draws: how many, the judgements that are not good, and how many sheets had the same problem twice."""

    draws: int
    bad: tuple[Judgement, ...]
    repeated: int
    failed: tuple[Said, ...] = ()

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.bad and not self.repeated and not self.failed


def stress(count: int, seed: int | str = 0, kinds: Iterable[Kind] | None = None, *, graded: bool = True) -> Stressed:
    """``count`` problems over all kinds and levels in turn, every third as multiple choice, ten a sheet, each judged."""
    rows = [(of, level) for of in (KINDS.values() if kinds is None else kinds) for level in of.levels]
    bad, failed, repeated = list[Judgement](), list[Said](), 0
    sheet: list[str] = []
    for i in range(count):
        of, level = rows[i % len(rows)]
        if i % _SHEET == 0:
            repeated += len(set(sheet)) < len(sheet)
            sheet = []
        draw = Draw("stress", seed, i)
        try:
            problem = drawn(of, level, draw, sheet, choices=3 if i % 3 == 0 else 0)
        except CheckFailed as error:
            bad.append(rejected(of.name, level, error, draw))
            continue
        except DerivxError as error:
            failed.append(Said(f"error.{error.key}", {k: str(v) for k, v in error.params.items()}))
            continue
        sheet.append(problem.identity)
        found = judge(problem, graded=graded)
        if not found.good:
            bad.append(found)
    return Stressed(count, tuple(bad), repeated, tuple(failed))
