"""``check_work``: a work read, judged line by line, its mistakes named."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from derivx.errors import DerivxError, LimitError
from derivx.expr import Call, names, postorder
from derivx.grading.points import Interval
from derivx.grading.result import Mistake
from derivx.syntax.program import Program
from derivx.version import VERSION
from derivx.words import LANGUAGES, both
from derivx.works.answers import graded
from derivx.works.array_blame import blame
from derivx.works.array_diagnose import array_mistakes
from derivx.works.arrays import ArrayWork
from derivx.works.diagnose import mistakes_of
from derivx.works.gradients import named
from derivx.works.judge import Found, Judge, Judgement
from derivx.works.notation import spelled
from derivx.works.result import Line, LineVerdict, WorkResult, message, summed
from derivx.works.setup import Setup, assumed, drawn, has_kinks, names_of, read_problem
from derivx.works.sheet import INCREMENT, LIMITS, MOST_LINES, Problem, Sheet, Statement
from derivx.works.show import chain_of

ANSWER_SHARE = 0.4
_STEPS = ("h", "t", "k", "eps", "epsilon", "delta", "Δx", "dx")
_DIAGNOSED = 3  # wrong lines whose mistakes are looked for
_ORDER = ("remark", "right", "given", "too_far", "carried", "undecided", "unread", "wrong")


def check_lines(
    lines: Sequence[str],
    problem: str,
    wrt: str | Sequence[str] = "",
    *,
    domain: Mapping[str, Sequence[float]] | None = None,
    assume: Any = None,
    variables: Sequence[str] = (),
    seed: int | str = 0,
    points: float = 1.0,
    max_skip: int | None = None,
    diagnose: bool = True,
    shown: Sequence[str] | None = None,
) -> WorkResult:
    """Check the lines of a work. Raises ``DerivxError`` for the question's own faults; whatever the lines say, a result comes out.

    ``shown``: the lines as the result shows them, where some were taken off before.
    """
    start = time.perf_counter()
    question = read_problem(problem, wrt, variables, assume)
    box = assumed(domain, assume)
    if isinstance(question, Problem):
        question, box = _with_increments(question, box, lines)
    places = drawn(question, box, seed) if isinstance(question, Problem) else []
    shown = lines if shown is None else shown
    lines = _spelled(lines, question, names_of(wrt))
    judge: Judge | ArrayWork
    if not isinstance(question, Problem):
        judge = ArrayWork(question, names_of(wrt), box, seed, lines)
    try:
        if isinstance(question, Problem):
            judge = Judge(Setup(Sheet(question, lines), places, box), max_skip, seed)
        judged = judge.run()
        if isinstance(judge, ArrayWork):
            blame(judge, judged)
        graded(judge, judged)
        return _result(shown, judge, judged, points, start, seed, diagnose=diagnose)
    except DerivxError as error:
        return _refused(shown, error, points, start, seed)
    except (RecursionError, MemoryError):
        return _refused(shown, LimitError("too_deep", limit=LIMITS.depth), points, start, seed)
    except Exception:  # noqa: BLE001 - a fault of the checker: a person decides, nobody pays for it
        return _for_a_person(shown, points, start, seed)


def _with_increments(question: Problem, box: dict[str, Interval], lines: Sequence[str]) -> tuple[Problem, dict[str, Interval]]:
    """The question with the ``h`` of ``f(x + h)`` and ``h → 0`` as one more name, that is small."""
    known = (*question.inputs, *question.definitions, *question.wrt)
    found = {
        m[3] for line in lines for m in INCREMENT.finditer(line[: LIMITS.chars]) if m[2] in question.wrt and not {m[1], m[3]} & {*known}
    }
    steps = sorted(n for n in found if n in _STEPS)
    if not steps:
        return question, box
    return replace(question, inputs=(*question.inputs, *steps)), {**dict.fromkeys(steps, (0.01, 0.1)), **box}


def _spelled(lines: Sequence[str], question: Problem | Program, by: Sequence[str]) -> list[str]:
    """The lines in the notations that the rest reads; one that is too long is refused as it is."""
    arrays = not isinstance(question, Problem)
    wrt = (*by, *question.wrt, *question.inputs, "x")[0]
    label = question.output if isinstance(question, Program) else question.label if question.program else ""
    bodies = [*question.definitions.values(), *([question.body] if isinstance(question, Problem) else [])]
    kinked = any(has_kinks(n) and n.op != "abs" for e in bodies for n in postorder(e) if isinstance(n, Call))
    known = [*question.inputs, *question.definitions, *([label] if label else [])]
    short = [line if len(line) <= LIMITS.chars else "" for line in lines[:MOST_LINES]]
    definitions = {n: names(e) for n, e in question.definitions.items()}
    short = named(spelled(short, known, wrt, arrays=arrays, kinked=kinked), known, label, wrt, definitions)
    return [*(new if len(old) <= LIMITS.chars else old for new, old in zip(short, lines, strict=False)), *lines[MOST_LINES:]]


def _result(
    lines: Sequence[str], judge: Judge | ArrayWork, judged: Judgement, points: float, start: float, seed: int | str, *, diagnose: bool
) -> WorkResult:
    rows: dict[int, list[tuple[Any, Found]]] = {}
    for statement, found in zip(judge.sheet.statements, judged.found, strict=True):
        rows.setdefault(statement.line, []).append((statement, found))
    said: list[Line] = []
    for i, text in enumerate(lines):
        wrong = sum(line.verdict == LineVerdict.WRONG for line in said)
        said.append(_line(i, text, rows.get(i, []), judge, diagnose=diagnose and wrong < _DIAGNOSED))
    first = next((line.index for line in said if line.verdict == LineVerdict.WRONG), None)
    status, score = summed(said, answer=judged.answer, ended=judged.ended, points=points, share=ANSWER_SHARE)
    mistakes = next((line.mistakes for line in said if line.verdict == LineVerdict.WRONG), ())
    ms = (time.perf_counter() - start) * 1e3
    return WorkResult(status, tuple(said), first, mistakes, judged.answer, score, points, message(status, first), ms, seed, VERSION)


def _line(i: int, text: str, rows: list[tuple[Any, Found]], judge: Judge | ArrayWork, *, diagnose: bool) -> Line:
    """What is said of a line: the worst of what is said of its statements."""
    if not rows:
        return Line(i, text, LineVerdict.REMARK)
    statement, found = max(rows, key=lambda r: _ORDER.index(r[1].verdict))
    if found.verdict is LineVerdict.UNREAD:
        return _unread(i, text, statement.error, found)
    wrong = found.verdict is LineVerdict.WRONG
    mistakes = _mistakes(statement, found, judge) if wrong and diagnose else ()
    right = chain_of(statement, judge) if wrong and isinstance(judge, Judge) else ""
    return Line(i, text, found.verdict, mistakes, both(f"work.line_{found.verdict}"), right)


def _mistakes(statement: Statement, found: Found, judge: Judge | ArrayWork) -> tuple[Mistake, ...]:
    try:
        return mistakes_of(found, judge) if isinstance(judge, Judge) else array_mistakes(judge.wrong[statement.line], judge)
    except Exception:  # noqa: BLE001 - the line is wrong all the same; only why is not said
        return ()


def _unread(i: int, text: str, error: DerivxError | None, found: Found) -> Line:
    if error is None:
        return Line(i, text, LineVerdict.UNREAD, (), both("work.unknown_name", name=", ".join(found.missing)))
    said = {lang: " ".join(filter(None, (error.message(lang), error.hint_text(lang)))) for lang in LANGUAGES}
    return Line(i, text, LineVerdict.UNREAD, (), said, "", error.caret())


def _for_a_person(lines: Sequence[str], points: float, start: float, seed: int | str) -> WorkResult:
    ms = (time.perf_counter() - start) * 1e3
    shown = tuple(Line(i, text, LineVerdict.UNDECIDED, (), both("work.line_undecided")) for i, text in enumerate(lines))
    said = message("unread", None)
    return WorkResult("unread", shown, None, (), answer=False, score=0.0, max_score=points, message=said, ms=ms, seed=seed, version=VERSION)


def _refused(lines: Sequence[str], error: DerivxError, points: float, start: float, seed: int | str) -> WorkResult:
    said = {lang: error.message(lang) for lang in LANGUAGES}
    ms = (time.perf_counter() - start) * 1e3
    shown = tuple(Line(i, text[:200], LineVerdict.UNREAD) for i, text in enumerate(lines[:3]))
    return WorkResult("unread", shown, None, (), answer=False, score=0.0, max_score=points, message=said, ms=ms, seed=seed, version=VERSION)
