"""The check of a derivation: every line by SymPy and the complex step, question and answer by all referees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivx.check import measure
from derivx.check.exact import only_named, prove, prove_implicit, prove_step, without_common
from derivx.check.kinks import Kink, real_kinks, stated
from derivx.check.sample import Points, points
from derivx.check.verdict import Check, Verdict
from derivx.derive.step import Derivation, Step
from derivx.derive.tidy import sites
from derivx.expr import ZERO, Diff, Expr, Sym, at, pending, postorder, transform
from derivx.numeric import COMPLEX, Scope, Unavailable, UnknownValue, space
from derivx.syntax import write

ENOUGH = 12.0  # digits that the complex step must show
_ENOUGH_EXACT = 20.0  # and 180-digit arithmetic
_ENOUGH_DIFFERENCE = 6.0
_TINY = 1e-240


@dataclass(frozen=True)
class Report:
    """The checks of a derivation, and the kinks that are real."""

    checks: tuple[Check, ...]
    kinks: tuple[Kink, ...]

    @property
    def rejected(self) -> Check | None:
        """The first check that failed."""
        return next((c for c in self.checks if c.verdict is Verdict.FAIL), None)


def check(derivation: Derivation, also: Sequence[str] = (), *, exact: bool = True) -> Report:
    """Judge every line of a derivation and its answer; ``also`` names further referees of the answer (``torch``, ``jax``).

    Without ``exact`` the lines are measured, and not proved: a tenth of the time.
    """
    where = points(derivation)
    checks: list[Check] = []
    if where is None:
        checks += [Check(i, "complex_step", Verdict.UNDEFINED, reason="no_point") for i in range(len(derivation.steps))]
    else:
        checks += _complex_steps(derivation, where)
    checks += _proofs(derivation) if exact else []
    checks += _answer(derivation, where, also)
    kinks = real_kinks(derivation) if where is not None else stated(derivation)
    checks += [Check(None, "finite_difference", Verdict.KINK, at=f"{write(a)} = {write(b)}") for a, b in kinks]
    return Report(tuple(checks), tuple(kinks))


def positive_names(derivation: Derivation) -> frozenset[str]:
    """The names that the stated domain makes positive."""
    rows = (c for s in derivation.steps for c in s.conditions)
    return frozenset(left.name for left, sign, right in rows if sign == ">" and right == ZERO and isinstance(left, Sym))


def _complex_steps(derivation: Derivation, where: Points) -> list[Check]:
    """Each line against the line before it."""
    here = measure.scope(derivation, where, space(COMPLEX))
    values: list[Any] = []
    for line in (derivation.question, *(s.after for s in derivation.steps)):
        try:
            values.append(measure.complex_value(line, here))
        except (Unavailable, UnknownValue) as missing:
            values.append(missing)
    out: list[Check] = []
    precise = measure.Precise(derivation, where)
    for i, step in enumerate(derivation.steps):
        a, b = values[i], values[i + 1]
        if isinstance(a, Exception) or isinstance(b, Exception):
            out += _precise(i, step.before, step.after, precise, Check(i, "complex_step", Verdict.SKIPPED, reason="pending"))
            continue
        scale = np.maximum(np.abs(a), np.abs(b))
        if float(np.min(scale)) <= _TINY and only_named(step):
            out.append(Check(i, "complex_step", Verdict.SKIPPED, reason="definition"))
            continue
        if float(np.min(scale)) <= _TINY and (local := _local(step, here)) is not None:
            a, b, scale = local
        shared = measure.digits(a, b, scale)
        if shared < ENOUGH:
            shared = measure.digits(a, b, np.maximum(measure.size(step.before, here), measure.size(step.after, here)))
        if shared >= ENOUGH and float(np.min(scale)) > _TINY:
            out.append(Check(i, "complex_step", Verdict.PASS, shared))
        elif shared >= ENOUGH:
            out.append(_zero(i, step.before, step.after, precise, shared))
        elif math.isnan(shared):
            lost = bool(np.isfinite(a).any()) and precise.defined(step.before) and not precise.defined(step.after)
            out.append(Check(i, "complex_step", Verdict.FAIL if lost else Verdict.UNDEFINED, reason="no_point"))
        else:
            doubt = Check(i, "complex_step", Verdict.ILL_CONDITIONED, shared)
            out += _precise(i, step.before, step.after, precise.at(measure.worst(a, b)), doubt)
    return out


def _local(step: Step, here: Scope) -> tuple[Any, Any, Any] | None:
    """The values of the part that changes, where a whole line is too small for a float: a segment of a long chain.

    dz/dx = dz/da * da/dx is measured with da/dx set to 1. ``None`` where the part is too small as well.
    """
    path = sites(step.before, step.after)
    before, after = without_common(at(step.before, path), at(step.after, path))
    links = [n for n in postorder(after) if isinstance(n, Diff)]
    links = [n for n in links if isinstance(n.body, Sym) and n.body.name in here.definitions]
    for before_, after_ in [(before, after), *((_from(before, d), _from(after, d)) for d in links[:1])]:
        a, b = measure.complex_value(before_, here), measure.complex_value(after_, here)
        scale = np.maximum(np.abs(a), np.abs(b))
        if float(np.min(scale)) > _TINY:
            return a, b, scale
    return None


def _from(expr: Expr, link: Diff) -> Expr:
    """Derivatives by x as derivatives by the name whose own derivative is the link."""
    assert isinstance(link.body, Sym)
    name = link.body
    return transform(expr, lambda n: Diff(n.body, name) if isinstance(n, Diff) and n.wrt == link.wrt else n)


def _zero(i: int, before: Expr, after: Expr, precise: measure.Precise, shared: float) -> Check:
    """A line whose value is zero, or too small for a float to tell: zero is proved in 180 digits."""
    try:
        exact = precise.digits(before, after)
    except (Unavailable, UnknownValue):
        exact = math.nan
    if exact >= _ENOUGH_EXACT:
        return Check(i, "complex_step", Verdict.PASS, shared)
    return Check(i, "complex_step", Verdict.FAIL if not math.isnan(exact) else Verdict.ILL_CONDITIONED, exact)


def _precise(i: int, before: Expr, after: Expr, precise: measure.Precise, doubt: Check) -> list[Check]:
    """Any doubt is settled in 180 digits."""
    try:
        shared = precise.digits(before, after)
    except (Unavailable, UnknownValue) as missing:
        return [doubt, Check(i, "mpmath", Verdict.SKIPPED, reason=str(missing))]
    if math.isnan(shared):
        return [doubt, Check(i, "mpmath", Verdict.UNDEFINED, reason="no_point")]
    if shared >= _ENOUGH_EXACT or (shared >= ENOUGH and doubt.verdict is Verdict.SKIPPED):
        return [doubt, Check(i, "mpmath", Verdict.PASS, shared)]
    return [Check(i, doubt.referee, Verdict.FAIL, doubt.digits), Check(i, "mpmath", Verdict.FAIL, shared)]


def _proofs(derivation: Derivation) -> list[Check]:
    """SymPy on every line, and on question and answer."""
    positive = positive_names(derivation)
    out: list[Check] = []
    for i, step in enumerate(derivation.steps):
        first = derivation.curve is not None and i == 0
        verdict, reason = prove_implicit(derivation) if first else prove_step(step, derivation, positive)
        out.append(Check(i, "sympy", verdict, reason=reason))
    whole = derivation.curve is None
    verdict, reason = prove(derivation.question, derivation.answer, derivation, positive) if whole else prove_implicit(derivation)
    return [*out, Check(None, "sympy", verdict, reason=reason)]


def _answer(derivation: Derivation, where: Points | None, also: Sequence[str]) -> list[Check]:
    """The numeric referees on question and answer."""
    if where is None:
        return [Check(None, r, Verdict.UNDEFINED, reason="no_point") for r in ("autograd", *also, "finite_difference")]
    return [*(_automatic(derivation, where, name) for name in ("autograd", *also)), _differences(derivation, where)]


def _values(derivation: Derivation, where: Points) -> object:
    return measure.complex_value(derivation.answer, measure.scope(derivation, where, space(COMPLEX)))


def _automatic(derivation: Derivation, where: Points, library: str) -> Check:
    """The question by numeric automatic differentiation, against the answer's value."""
    try:
        ours = _values(derivation, where)
        theirs = measure.automatic_value(derivation, where, library)
    except Unavailable as missing:
        return Check(None, library, Verdict.SKIPPED, reason=str(missing))
    except ImportError:
        return Check(None, library, Verdict.SKIPPED, reason="not_installed")
    return _compared(library, ours, theirs, derivation, where, ENOUGH - 2)


def _compared(referee: str, ours: object, theirs: object, derivation: Derivation, where: Points, enough: float) -> Check:
    here = measure.scope(derivation, where, space(COMPLEX))
    scale = np.maximum(np.abs(np.asarray(ours)), np.abs(np.asarray(theirs)))
    shared = measure.digits(ours, theirs, scale)
    if shared < enough:
        shared = measure.digits(ours, theirs, np.maximum(measure.size(derivation.answer, here), scale))
    if math.isnan(shared):
        return Check(None, referee, Verdict.UNDEFINED, reason="no_point")
    if shared >= enough:
        return Check(None, referee, Verdict.PASS, shared)
    # the answer may lose digits in floating point where the derivative does not
    precise = math.nan if pending(derivation.answer) else _settled(derivation, where)
    return Check(None, referee, Verdict.ILL_CONDITIONED if precise >= ENOUGH else Verdict.FAIL, shared)


def _settled(derivation: Derivation, where: Points) -> float:
    try:
        return measure.Precise(derivation, where).digits(derivation.question, derivation.answer)
    except (Unavailable, UnknownValue):
        return math.nan


def _differences(derivation: Derivation, where: Points) -> Check:
    """Ridders' differences of the question, believed as far as their own error estimate."""
    question = derivation.question
    if not isinstance(question, Diff) or question.wrt.name not in where:
        return Check(None, "finite_difference", Verdict.SKIPPED, reason="pending")
    try:
        ours = np.asarray(_values(derivation, where), dtype=float)
        theirs, error = measure.difference(question, derivation, where)
    except Unavailable as missing:
        return Check(None, "finite_difference", Verdict.SKIPPED, reason=str(missing))
    ours = np.broadcast_to(ours, theirs.shape)
    close = np.isfinite(theirs) & np.isfinite(ours)
    if not close.any():
        return Check(None, "finite_difference", Verdict.UNDEFINED, reason="no_point")
    allowed = np.maximum(20 * error, 10**-_ENOUGH_DIFFERENCE * np.maximum(np.abs(ours), 1e-6))
    shared = measure.digits(ours[close], theirs[close], np.maximum(np.abs(ours), np.abs(theirs))[close])
    good = bool((np.abs(ours - theirs)[close] <= allowed[close]).all())
    if not good and _settled(derivation, where) >= ENOUGH:
        return Check(None, "finite_difference", Verdict.ILL_CONDITIONED, shared)
    return Check(None, "finite_difference", Verdict.PASS if good else Verdict.FAIL, shared)
