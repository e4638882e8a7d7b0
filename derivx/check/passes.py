"""The check of one backward pass over arrays, at a cost that grows with the network and not with its square.

All parameters and all intermediates with a named adjoint move at once by the complex step, each along a direction of its own that weighs
it by the size of its gradient, so that a vanishing gradient counts as much as any. Where that fails, each is measured by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from derivx.check.matrix import Env, defined, points, worst
from derivx.check.verdict import Check, Verdict
from derivx.derive.matrix.engine import Answer, Question
from derivx.expr import Expr, Num, postorder
from derivx.numeric import AUTOGRAD, COMPLEX, Unavailable, UnknownValue, space
from derivx.numeric.array_value import array_value
from derivx.shape import Dim

_STEP = 1e-100  # over the size of a gradient, which vanishes in deep networks
_LARGE = 10**7  # entries: beyond, the sizes themselves are not tried
_CHOSEN = (0, 3)  # the points that autograd is asked at too: one of each assignment of sizes


def check_pass(question: Question, answers: Mapping[str, Answer], most: int = 0) -> dict[str, list[Check]]:
    """The verdicts on the gradient of each name, and on each adjoint that has a name, by that name.

    Sizes above ``most`` (0: none) are checked at a smaller one, if the same formulas hold there too.
    """
    first = next(iter(answers.values()))
    formulas = [*first.where.values(), *(answer.formula for answer in answers.values())]
    smaller = _capped(question, formulas, most) if most else question
    with np.errstate(all="ignore"):
        if smaller != question:
            found = _checked(smaller, answers, first, alone=False)
            if not any(check.verdict is Verdict.FAIL for checks in found.values() for check in checks):
                return found
            if sum(math.prod(d for d in shape if isinstance(d, int)) for shape in question.shapes.values()) > _LARGE:
                return found
        return _checked(question, answers, first)


def _capped(question: Question, formulas: Sequence[Expr], most: int) -> Question:
    """The question at sizes of about ``most``, different ones staying different; what stands in a formula as a number stays."""
    numbers = {int(n.value) for formula in formulas for n in postorder(formula) if isinstance(n, Num) and n.value == int(n.value)}
    sizes = {d for shape in question.shapes.values() for d in shape if isinstance(d, int)}
    large = sorted(d for d in sizes if d > most and d not in numbers)
    free = (i for i in count(most) if i in large or i not in sizes)
    table: dict[Dim, int] = dict(zip(large, free, strict=False))
    return replace(question, shapes={n: tuple(table.get(d, d) for d in shape) for n, shape in question.shapes.items()})


def _checked(question: Question, answers: Mapping[str, Answer], first: Answer, *, alone: bool = True) -> dict[str, list[Check]]:
    """The verdicts; where not all is right, each name is measured ``alone``, to say which is wrong."""
    adjoints = {step.called: step.name for step in first.steps if step.called}
    moving = {**{name: name for name in answers}, **adjoints}
    drawn = [_calm(question, answers, env, seed) for seed, env in enumerate(points(question, first))]
    valued = [_valued(question, answers, first, env) for env in drawn]
    whole = [_error(question, env, found, moving, [*moving]) for env, found in zip(drawn, valued, strict=True)]
    check = worst(whole, None)
    each = alone and check.verdict is Verdict.FAIL
    checks = {key: [_alone(question, drawn, valued, moving, key) if each else check] for key in moving}
    traced = [_traced(question, env, [*answers]) for env in (drawn[i] for i in _CHOSEN)]
    for name in answers:
        checks[name].append(_compared(name, [valued[i] for i in _CHOSEN], traced))
    return checks


def started(question: Question, names: Iterable[str], env: Env, seed: int) -> Env:
    """The point with weights as at the start of learning, drawn for the width of the layer before; biases are small."""
    rng = np.random.default_rng(seed)
    new: Env = {}
    for name in names:
        shape = np.shape(env[name])
        if shape and not question.flags.get(name):
            width = shape[0 if "X" in env else -1] if len(shape) == 2 else 100
            new[name] = rng.normal(0, 1 / math.sqrt(width), shape)
    return {**env, **new}


def _calm(question: Question, names: Iterable[str], env: Env, seed: int) -> Env:
    """A point at which deep networks are not saturated, if the program has a value there."""
    found = started(question, names, env, seed)
    return found if defined(question, found) else env


def _valued(question: Question, answers: Mapping[str, Answer], first: Answer, env: Env) -> Env | None:
    """Our adjoints and gradients at a point, by the names of the adjoints and of what is differentiated by."""
    here = dict(env)
    try:
        for name, formula in (*question.let, *first.where.items()):
            here[name] = array_value(formula, here, space(COMPLEX))
        found = {name: here[name] for name in first.where}
        found |= {name: array_value(answer.formula, here, space(COMPLEX)) for name, answer in answers.items()}
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return None
    return {name: np.real(value) for name, value in found.items()}


def _error(question: Question, env: Env, ours: Env | None, moving: Mapping[str, str], keys: Sequence[str]) -> float:
    """How far the output's move is from the sum of <direction, gradient>, for the number of these."""
    if ours is None:
        return math.nan
    xp = space(COMPLEX)
    steps: dict[str, Any] = {}
    expected = 0.0
    for i, key in enumerate(keys):
        size = float(np.linalg.norm(np.atleast_1d(ours[key]).ravel()))
        r = np.random.default_rng(i).uniform(-1, 1, np.shape(ours[key])) / (size or 1.0)
        steps[moving[key]] = 1j * _STEP * r
        expected += float(np.sum(ours[key] * r))
    here: Env = {name: value + steps[name] if name in steps else value for name, value in env.items()}
    try:
        for name, formula in question.let:
            here[name] = array_value(formula, here, xp) + steps.get(name, 0)
        moved = float(np.imag(array_value(question.output, here, xp))) / _STEP
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return math.nan
    far = abs(moved - expected) / max(1.0, math.sqrt(len(keys)))
    return far if math.isfinite(far) else math.nan


def _alone(question: Question, drawn: Sequence[Env], valued: Sequence[Env | None], moving: Mapping[str, str], key: str) -> Check:
    """The verdict of a pass in which one name moves alone."""
    return worst([_error(question, env, ours, moving, [key]) for env, ours in zip(drawn, valued, strict=True)], None)


def _traced(question: Question, env: Env, names: Sequence[str]) -> Env | str | None:
    """The gradients by automatic differentiation, in one reverse pass; or why there are none."""
    from autograd import grad

    xp = space(AUTOGRAD)

    def output(values: tuple[Any, ...]) -> Any:
        here = {**env, **dict(zip(names, values, strict=True))}
        for name, formula in question.let:
            here[name] = array_value(formula, here, xp)
        return array_value(question.output, here, xp)

    try:
        found = grad(output)(tuple(np.asarray(env[n], dtype=float) for n in names))
    except Unavailable as missing:
        return str(missing)
    except (np.linalg.LinAlgError, UnknownValue, TypeError, NotImplementedError):
        return None
    return dict(zip(names, found, strict=True))


def _compared(name: str, valued: Sequence[Env | None], traced: Sequence[Env | str | None]) -> Check:
    errors: list[float] = []
    for ours, theirs in zip(valued, traced, strict=True):
        if isinstance(theirs, str):
            return Check(None, AUTOGRAD, Verdict.SKIPPED, reason=theirs)
        if ours is None or theirs is None:
            errors.append(math.nan)
            continue
        whole = np.broadcast_to(ours[name], np.shape(theirs[name]))  # a gradient of 0 has no shape of its own
        scale = float(np.max(np.abs(theirs[name]), initial=0.0)) or 1.0
        far = float(np.max(np.abs(whole - theirs[name]), initial=0.0)) / scale
        errors.append(far if math.isfinite(far) else math.nan)
    return worst(errors, None, AUTOGRAD)
