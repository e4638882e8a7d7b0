"""The right answer of a question over numbers: derived once by hand, measured at the points, and judged by the complex step."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from derivx.derive.byhand import derive
from derivx.derive.step import Derivation
from derivx.errors import CheckFailed, LimitError, NotSupported, UsageError
from derivx.expr import Diff, Expr, Sym, names, postorder, substitute
from derivx.grading.budget import DERIVING, too_costly
from derivx.grading.compare import Reference
from derivx.grading.points import FAR, INSIDE, Interval, draw
from derivx.grading.precise import precise, settled
from derivx.grading.values import JITTER, Table, values
from derivx.numeric import COMPLEX, Scope, Unavailable, evaluate, space
from derivx.syntax import write
from derivx.syntax.spelling import CONSTANTS

_TINY, _HUGE = 1e-290, 1e290
_NOISY = 1e-13  # relative rounding beyond which a value is worked out with 60 digits
_ROUNDING = 1e-15
_DRAWS = 40  # candidates for each point wanted
_LEAST_SEEN = 1e-12
_DENSE = 400
_LEAST = 4
_JITTERS = 3


def prepare(
    problem: Expr, wrt: Sequence[str], declared: Sequence[str], domain: Mapping[str, Interval], rng: random.Random
) -> tuple[Reference, Derivation]:
    """The reference of ``d problem / d wrt``, and the derivation it comes from.

    Raises ``NotSupported`` where derivx cannot derive it, ``UsageError`` where the problem has no value in the domain,
    ``CheckFailed`` where a referee rejects the answer.
    """
    derivation, expr = derived(problem, wrt)
    known = [*dict.fromkeys([*(n for n in names(problem) if n not in CONSTANTS), *wrt, *declared])]
    with np.errstate(all="ignore"):
        table, inside, right = _points(problem, expr, known, domain, rng)
        dense, dense_right = _between(problem, expr, known, domain, rng)
        _, run = values(expr, table, len(right))
    ref = Reference(expr, {}, table, inside, right, run.pieces, dense, dense_right, run.hidden or _underflows(expr, table, right[:inside]))
    _verify(problem, wrt, ref)
    return ref, derivation


def derived(problem: Expr, wrt: Sequence[str]) -> tuple[Derivation, Expr]:
    """The derivation within the budget of a question, and its answer in the question's own names.

    Raises ``NotSupported`` where something cannot be derived, ``LimitError`` where it costs too much.
    """
    try:
        derivation = derive(problem, wrt, budget=DERIVING)
    except LimitError as error:
        raise (too_costly(problem) if error.key == "costly_question" else error) from None
    expr = written_out(derivation)
    left = next((node for node in postorder(expr) if isinstance(node, Diff)), None)
    if left is not None:
        raise NotSupported("no_rule", found=write(left.body))
    return derivation, expr


def written_out(derivation: Derivation) -> Expr:
    """The answer in the question's own names; equal parts stay one object."""
    found: dict[Expr, Expr] = {}
    for name, e in derivation.where.items():
        found[Sym(name)] = substitute(e, found)
    return substitute(derivation.answer, found)


def _points(problem: Expr, expr: Expr, known: Sequence[str], domain: Mapping[str, Interval], rng: random.Random) -> tuple[Table, int, Any]:
    """The points where both the problem and its derivative have moderate values: those of the domain first, then those far out.

    Points at which float64 has all digits come first; where there are not enough, the values of the others are worked out with more.
    """
    border, size = INSIDE * _DRAWS, INSIDE * _DRAWS + FAR * _DRAWS // 4
    table = draw(known, domain, rng, border, size - border)
    defined, sharp, right = _moderate(problem, expr, table, size)
    inner = np.flatnonzero(sharp[:border])[:INSIDE]
    if len(inner) < _LEAST:
        inner = np.flatnonzero(defined[:border])[:INSIDE]
    if len(inner) < _LEAST:
        raise UsageError("undefined_there")
    chosen = np.concatenate([inner, border + np.flatnonzero(sharp[border:])[:FAR]])
    points, found = {n: v[chosen] for n, v in table.items()}, right[chosen]
    for i in np.flatnonzero(~sharp[chosen]):
        value = settled(expr, {n: float(v[i]) for n, v in points.items()})
        found[i] = np.nan if value is None else float(value)
    return points, len(inner), found


def _underflows(expr: Expr, table: Table, right: Any) -> bool:
    """Whether a value is 0 in float64 alone."""
    zeros = np.flatnonzero(right == 0)[:2]
    return any(settled(expr, {n: float(v[i]) for n, v in table.items()}) for i in zeros)


def _between(problem: Expr, expr: Expr, known: Sequence[str], domain: Mapping[str, Interval], rng: random.Random) -> tuple[Table, Any]:
    table = draw(known, domain, rng, _DENSE, 0)
    _, sharp, right = _moderate(problem, expr, table, _DENSE)
    return {n: v[sharp] for n, v in table.items()}, right[sharp]


def _moderate(problem: Expr, expr: Expr, table: Table, size: int) -> tuple[Any, Any, Any]:
    """Where the problem is defined and its derivative is neither lost nor huge; where float64 has all its digits, too; and its values."""
    of_problem, _ = values(problem, table, size)
    right, _ = values(expr, table, size)
    sizes, noise = np.abs(right), np.zeros(size)
    for shift in range(_JITTERS):
        moved, _ = values(expr, table, size, jitter=1 + shift)
        noise = np.maximum(noise, np.abs(moved - right) * (_ROUNDING / JITTER))
    moderate = np.isfinite(of_problem) & np.isfinite(right) & ((sizes == 0) | ((sizes > _TINY) & (sizes < _HUGE)))
    return moderate, moderate & (noise <= _NOISY * sizes), right


def _verify(problem: Expr, wrt: Sequence[str], ref: Reference) -> None:
    """The referees: the complex step for a first derivative, 60-digit differences for a higher one."""
    question = problem
    for name in wrt:
        question = Diff(question, Sym(name))
    if len(wrt) == 1:
        xp = space(COMPLEX)
        try:
            with np.errstate(all="ignore"):
                found = np.real(evaluate(question, Scope({n: v + 0j for n, v in ref.table.items()}, {}, xp)))
        except Unavailable:
            return
        found = np.broadcast_to(found, (ref.size,))
        with np.errstate(all="ignore"):
            apart = np.abs(found - ref.values) > 1e-8 * np.maximum(np.abs(found), np.abs(ref.values)) + _TINY
        wrong = np.flatnonzero(apart[: ref.inside] & np.isfinite(found[: ref.inside]))
        # the complex step itself may overflow: what it rejects is looked at with many digits
        if len(wrong) > ref.inside // 2 and not _by_digits(question, ref, wrong[:2]):
            raise CheckFailed("check_failed", referee="complex_step")
        return
    if not _by_digits(question, ref, range(min(2, ref.inside))):
        raise CheckFailed("check_failed", referee="mpmath")


def _by_digits(question: Expr, ref: Reference, points: Iterable[int]) -> bool:
    """Whether differences with 180 digits agree with the reference, wherever they have a value."""
    for i in points:
        value, _ = precise(question, ref.points[i], 180)
        if value is not None and abs(value - ref.values[i]) > 1e-8 * max(abs(value), abs(ref.values[i])) + _LEAST_SEEN:
            return False
    return True


def describe(problem: Expr, wrt: Sequence[str]) -> str:
    """What keys the seed: the question as written."""
    return f"{write(problem)}|{','.join(wrt)}"
