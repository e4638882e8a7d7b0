"""Problems about programs over arrays: the gradient as a closed form in the shape of the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from derivx.check.matrix import check_matrix
from derivx.check.verdict import Verdict
from derivx.derive.matrix.asked import has_arrays, question_of
from derivx.derive.matrix.engine import Answer, Question, solve
from derivx.errors import CheckFailed, DerivxError
from derivx.expr import Diff, Expr, Sym, postorder, substitute
from derivx.render.document import Chain, Part, Summary, overall
from derivx.render.matrix import matrix_page, shapes_table
from derivx.render.typeset import Style
from derivx.syntax import write
from derivx.syntax.program import Program
from derivx.worksheet.frame import Frame, find, identity, said
from derivx.worksheet.problem import Asked, Claim, Problem

Shapes = Mapping[str, Sequence[int | str]]
_KEPT = 512


@dataclass(frozen=True, slots=True)
class _Key:
    question: Question
    found: Answer
    parts: tuple[Part, ...]
    style: Style


def over_arrays(program: Program, text: str, shapes: Shapes, wrt: Sequence[str], frame: Frame) -> Problem:
    """The gradients of a program's output by the names of ``wrt``."""
    given = tuple((name, tuple(shape)) for name, shape in shapes.items())
    keys = {name: _key(text, given, name) for name in wrt}
    first = next(iter(keys.values()))
    asked = tuple(_asked(text, shapes, name, key) for name, key in keys.items())
    parts = (*(Chain((Sym(e.name), e.formula)) for e in program.equations), *shapes_table(first.question))
    solution = tuple(part for key in keys.values() for part in key.parts)
    hints = frame.hints or (said("clue.shape"), said("clue.differential"))
    same = identity(frame.kind, *(f"{e.name}={write(e.formula)}" for e in program.equations), *wrt, given)
    ask = frame.ask or find(a.name for a in asked)
    return Problem(
        frame.kind, frame.level, ask, asked, solution, same, parts, hints=hints, style=first.style,
        alone=lambda i: over_arrays(program, text, shapes, (wrt[i],), frame),
    )  # fmt: skip


@lru_cache(maxsize=_KEPT)
def _key(text: str, shapes: tuple[tuple[str, tuple[int | str, ...]], ...], wrt: str) -> _Key:
    program = has_arrays(text, dict(shapes))
    assert program is not None
    question = question_of(program, wrt).of_kind(1, vec=False)
    found = solve(question)
    steps, whole = check_matrix(question, found)
    if overall([*steps, *whole]) is not Verdict.PASS:
        raise CheckFailed("check_failed", referee="complex_step")
    page = matrix_page(question, found, found.formula, "gradient", steps, whole, shape=found.shape)
    before = 2 + len(question.let) + len(shapes_table(question))  # a title, the equations, the shapes
    parts = tuple(part for part in page.parts[before:] if not isinstance(part, Summary))
    return _Key(question, found, parts, page.style)


def _plain(found: Answer) -> Expr:
    """The closed form in the question's own names; those it introduces have shapes."""
    formula = found.formula
    while names := [node for node in postorder(formula) if isinstance(node, Sym) and node.name in found.where]:
        formula = substitute(formula, {node: found.where[node.name] for node in names})
    return formula


def _asked(text: str, shapes: Shapes, name: str, key: _Key) -> Asked:
    value = _plain(key.found)
    grading = {"problem": text, "wrt": name, "shapes": {n: tuple(s) for n, s in shapes.items()}}

    def holds(answer: Expr) -> bool:
        """Measured along drawn directions, for two assignments of sizes."""
        try:
            with np.errstate(all="ignore"):
                _, whole = check_matrix(key.question, replace(key.found, formula=answer, steps=(), where={}))
        except (DerivxError, ValueError, ArithmeticError):
            return False
        return overall(whole) is Verdict.PASS

    return Asked(Diff(Sym(key.question.label), Sym(name)), value, grading, (Claim(holds=holds),))


__all__ = ["has_arrays", "over_arrays"]
