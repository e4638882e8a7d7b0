"""Ten thousand draws over all kinds, a tenth of them in CI: no wrong key, none that no teacher would set, none twice on a sheet; and
the judge is no rubber stamp: errors planted in the keys of every kind are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from derivx.derive.polish import tidied
from derivx.errors import UsageError
from derivx.expr import Call, Expr, Num, add, mul, neg, num
from derivx.render.document import Chain
from derivx.render.exercise import Choices
from derivx.worksheet.draw import Draw
from derivx.worksheet.kinds import KINDS, drawn
from derivx.worksheet.problem import Problem
from derivx.worksheet.stress import judge, stress
from derivx.worksheet.taste import is_number
from tests.conftest import share

BLOCKS = 10
EVERY = [(name, level) for name, of in KINDS.items() for level in of.levels]


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_wrong_key(block: int) -> None:
    found = stress(share(10_000) // BLOCKS, f"block {block}")
    assert found.failed == ()
    assert [(b.problem.identity, b.wrong, b.faults) for b in found.bad] == []
    assert found.repeated == 0


def mutants(problem: Problem) -> Iterator[Problem]:
    """The problem with one error in its key."""
    for i, asked in enumerate(problem.asked):
        for wrong in errors(asked.value):
            if wrong != asked.value:
                yield replace(problem, asked=(*problem.asked[:i], replace(asked, value=wrong), *problem.asked[i + 1 :]))
    if problem.choices is not None:
        options, right = problem.choices.options, problem.choices.right
        for other in range(len(options)):
            if other != right:
                yield replace(problem, choices=Choices(options, other))


def errors(value: Expr) -> list[Expr]:
    if is_number(value):
        number = tidied(value)
        return [tidied(neg(number)), add(number, num(1)), mul(num(2), number)] if value != Num(0) else [num(1), num(-1)]
    if isinstance(value, Call) and value.op in ("matmul", "transpose"):
        return [mul(num(2), value), neg(value)]
    return [mul(num(2), value), neg(value)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "level"), EVERY)
def test_planted_errors_are_found(name: str, level: int) -> None:
    planted = 0
    for i in range(6):
        for choices in (0, 3):
            try:
                problem = drawn(KINDS[name], level, Draw("mutant", i), choices=choices)
            except UsageError:  # a kind that is no multiple choice
                continue
            assert judge(problem, graded=False).wrong == ()
            for wrong in mutants(problem):
                planted += 1
                assert judge(wrong, graded=False).wrong, wrong
    assert planted


def test_a_wrong_number_in_a_solution_is_found() -> None:
    problem = drawn(KINDS["gradient"], 1, Draw("solution"))
    chain = next(part for part in problem.solution if isinstance(part, Chain) and part.value)
    wrong = tuple(replace(part, value="12345") if part is chain else part for part in problem.solution)
    assert [said.key for said in judge(replace(problem, solution=wrong), graded=False).wrong] == ["judged.solution"]


def test_a_key_without_claims_is_found() -> None:
    problem = drawn(KINDS["derivative"], 1, Draw("claims"))
    bare = replace(problem, asked=tuple(replace(a, claims=()) for a in problem.asked))
    assert not judge(bare).good


def test_a_wrong_grading_is_found() -> None:
    problem = drawn(KINDS["derivative"], 1, Draw("grading"))
    other = replace(problem.asked[0], grading={"problem": "x^7 + 9", "wrt": "x"})
    assert [said.key for said in judge(replace(problem, asked=(other,))).wrong] == ["judged.refused"]
