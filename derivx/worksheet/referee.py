"""Does an answer satisfy a claim? Measured on the question's own expression, never with the code that derived the answer."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from derivx.derive import variables
from derivx.expr import Expr
from derivx.numeric import COMPLEX, MPMATH, Scope, Unavailable, UnknownValue, evaluate, space
from derivx.syntax import write
from derivx.worksheet.numbers import PLACES, floats, written
from derivx.worksheet.problem import Asked, Claim, Option

_BOXES = ((0.3, 1.7), (-1.7, -0.3), (0.05, 0.95), (1.1, 3.0), (2.0, 6.0), (-3.0, 3.0))
_POINTS, _ENOUGH = 24, 3
_SAME, _NOTHING = 1e-8, 1e-11
_DIGITS, _EXACT = 180, 1e-12  # of arithmetic at a point, which differences need; what is left of them
_FAILS = (Unavailable, UnknownValue, ArithmeticError, ValueError, TypeError)


def satisfies(answer: Option, claims: Sequence[Claim]) -> bool:
    """Whether an answer satisfies every claim; there must be one."""
    return bool(claims) and all(_satisfied(claim, answer) for claim in claims)


def right(asked: Asked, answer: Expr) -> bool:
    """Whether an answer is right."""
    return satisfies(answer, asked.claims)


def _satisfied(claim: Claim, answer: Any) -> bool:
    if claim.holds is not None:
        return claim.holds(answer)
    assert claim.left is not None
    if not isinstance(answer, Expr):
        return False
    free = [n for n in variables(claim.left) if n not in claim.at and n not in claim.where]
    try:
        return _along(claim, answer, free) if free else _there(claim, answer)
    except _FAILS:
        return False


def _there(claim: Claim, answer: Expr) -> bool:
    """At one point, in many digits: derivatives by differences of the expression."""
    import mpmath

    assert claim.left is not None
    with mpmath.workdps(_DIGITS):
        xp = space(MPMATH)
        point = {name: evaluate(value, Scope({}, {}, xp)) for name, value in claim.at.items()}
        found, said = (mpmath.mpmathify(evaluate(e, Scope(point, claim.where, xp))) for e in (claim.left, answer))
        if not (mpmath.isfinite(found) and mpmath.isfinite(said)):
            return False
        return bool(abs(found - said) <= (claim.tolerance + _EXACT) * max(abs(found), _EXACT))


def _along(claim: Claim, answer: Expr, free: Sequence[str]) -> bool:
    """At drawn points, derivatives by the complex step."""
    assert claim.left is not None
    rng = np.random.default_rng(zlib.crc32(write(claim.left).encode()))
    fixed = floats(claim.at)
    names = dict.fromkeys([*free, *(n for n in variables(answer) if n not in fixed and n not in claim.where)])
    boxes = [_BOXES[i % len(_BOXES)] for i in range(_POINTS)]
    points = {n: np.array([rng.uniform(*box) for box in boxes]) for n in names}
    with np.errstate(all="ignore"):
        scope = Scope({**points, **fixed}, claim.where, space(COMPLEX))
        found, said = (np.broadcast_to(np.real(evaluate(e, scope)), (_POINTS,)) for e in (claim.left, answer))
    fine = np.isfinite(found)
    size = np.maximum(np.abs(found), np.abs(said))
    close = np.abs(found - said) <= _SAME * size + _NOTHING
    return int(fine.sum()) >= _ENOUGH and bool(close[fine].all())


def number_of(answer: Any) -> float | None:
    """The number that an answer is, if it is one: for claims that measure in a way of their own."""
    try:
        return floats({"answer": answer})["answer"] if isinstance(answer, Expr) else None
    except _FAILS:
        return None


def is_whole(answer: Any, number: int) -> bool:
    """Whether an answer is this whole number."""
    return number_of(answer) == number


def is_close(answer: Any, number: float) -> bool:
    """Whether an answer is this number, as a sheet writes it."""
    said, wanted = number_of(answer), written(number)
    return said is not None and abs(said - number) <= (wanted.tolerance + _EXACT) * max(abs(number), 10**-PLACES)
