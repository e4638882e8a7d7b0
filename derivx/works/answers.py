"""The last line of a work is an answer, and gets the verdict of one: on both sides of every kink, however small what was added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from derivx.errors import DerivxError
from derivx.expr import Expr, Sym, names, pending, substitute
from derivx.grading.arrays import ArrayAnswer
from derivx.grading.compare import RIGHT as EQUAL
from derivx.grading.compare import Verdict
from derivx.grading.parts import Part
from derivx.grading.points import Interval
from derivx.grading.question import ScalarJudge
from derivx.grading.reading import CONVENTION
from derivx.syntax.spelling import CONSTANTS
from derivx.works.array_world import HIDDEN
from derivx.works.arrays import ArrayWork
from derivx.works.judge import CARRIED, GIVEN, WRONG, Found, Judge, Judgement
from derivx.works.judge import RIGHT as TRUE
from derivx.works.sheet import Problem

_LARGEST = 400  # nodes
_ACCEPTED = (*EQUAL, Verdict.UNDECIDED)


def graded(judge: Judge | ArrayWork, judged: Judgement) -> None:
    """Mark the last answers of a work that are no answers."""
    if not judged.answers or any(found.verdict is WRONG for found in judged.found):
        return
    accepted = _over_numbers(judge) if isinstance(judge, Judge) else _over_arrays(judge)
    if accepted is None:
        return
    refused: list[int] = []
    for i, written in reversed(judged.answers):
        if judged.found[i].verdict not in (TRUE, GIVEN) or accepted(i, written) is not False:
            break
        refused.append(i)
    for i in refused:
        old = judged.found[i]
        judged.found[i] = replace(old, verdict=WRONG, main=True) if i == refused[-1] else Found(CARRIED)
        judged.answer = False


Accepted = Callable[[int, Expr | Part], bool | None]


def _over_numbers(judge: Judge) -> Accepted | None:
    problem = judge.problem
    inner = any(n in problem.definitions for n in problem.wrt)  # by a name of the program: what stands below it is no variable of its own
    if inner or problem.curve is not None or problem.numbers or judge.given or len(problem.targets) > 1:
        return None
    asked = _asked(problem, judge.setup.domain)

    def accepted(_: int, e: Expr | Part) -> bool | None:
        assert not isinstance(e, Part)
        whole = _whole(e, judge.truth.definitions)
        if asked is None or whole is None or not {*names(whole)} <= {*asked.vocabulary.names, *CONSTANTS}:
            return None
        return asked.compare(whole).verdict in _ACCEPTED

    return accepted


def _asked(problem: Problem, domain: Mapping[str, Interval]) -> ScalarJudge | None:
    whole = _whole(problem.body, problem.definitions)
    try:
        return ScalarJudge(whole, problem.wrt, problem.inputs, domain, 0, CONVENTION) if whole is not None else None
    except DerivxError:
        return None


def _whole(e: Expr, definitions: Mapping[str, Expr]) -> Expr | None:
    """An expression in the names of the question; ``None`` where a derivative waits in it, or it grows too long."""
    for _ in range(len(definitions) + 1):
        if pending(e) or e.size > _LARGEST:
            return None
        table: dict[Expr, Expr] = {Sym(n): definitions[n] for n in names(e) if n in definitions}
        if not table:
            return e
        e = substitute(e, table)
    return None


def _over_arrays(work: ArrayWork) -> Accepted | None:
    said = work.world.definitions

    def accepted(i: int, part: Expr | Part) -> bool | None:
        assert isinstance(part, Part)
        judge, e = work.judges[work.mains[i]], part.expr
        known = judge.asked.shapes
        for _ in said:
            own = [n for n in names(e) if n in said and n not in known]
            if not own or e.size > _LARGEST:
                break
            e = substitute(e, {Sym(n): said[n] for n in own})
        if e.size > _LARGEST or any(n.startswith(HIDDEN) or (n not in known and n in work.world.shapes) for n in names(e)):
            return None
        found = judge.compare(ArrayAnswer(e, "", replace(part, expr=e)))
        return found.remark is not None or found.verdict in _ACCEPTED  # shapes were judged with the line

    return accepted
