"""The check of a derivative over arrays: at two assignments of sizes and three seeds, by the complex step and by autograd.

Along a drawn direction R the output moves by <R, G>: for each adjoint on the way too, with R added to the value it belongs to.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from derivx.check.verdict import Check, Verdict
from derivx.derive.matrix.engine import Answer, Question, Step
from derivx.derive.matrix.sizes import size_names
from derivx.expr import Expr, Sym, names, substitute
from derivx.numeric import AUTOGRAD, COMPLEX, Unavailable, UnknownValue, space
from derivx.numeric.array_value import ROUNDING, array_value
from derivx.shape import Dim, letters, put, terms

_STEP = 1e-30
_ENOUGH = 1e-9
_NOTHING = 1e-6  # times _ENOUGH: below this a derivative is taken for 0, where the answer says 0
_ROUNDING, _SAME = 1e-14, 0.01
_USUAL = {"n": 4, "m": 3, "p": 5, "q": 2, "N": 6, "d": 4, "h": 5, "k": 3, "c": 3, "T": 5}
_OTHERS = (5, 3, 6, 4, 7)  # of letters that are not usual
_SIZES = (0, 2)  # added to each, and one more to every second
_SEEDS = 3
_TRIES = 8
Env = dict[str, Any]


def check_matrix(question: Question, answer: Answer) -> tuple[list[Check], list[Check]]:
    """The verdicts on each step, and on the answer."""
    with np.errstate(all="ignore"):
        return _checked(question, answer)


def points(question: Question, answer: Answer) -> list[Env]:
    """Sizes and values: two assignments of sizes, three seeds each."""
    with np.errstate(all="ignore"):
        return [_point(question, answer, more, seed) for more in _SIZES for seed in range(_SEEDS)]


def _checked(question: Question, answer: Answer) -> tuple[list[Check], list[Check]]:
    drawn = points(question, answer)
    steps = [
        worst([measured(partial(_step_error, question, answer, step), env) for env in drawn], i) for i, step in enumerate(answer.steps)
    ]
    asked = _of_gradient(question, answer) if question.kind in _SECOND else question
    whole = [worst([measured(partial(_error, asked, answer), env) for env in drawn], None)]
    try:
        whole.append(worst([measured(partial(_traced, question, answer), env) for env in drawn[::_SEEDS]], None, AUTOGRAD))
    except Unavailable as missing:
        whole.append(Check(None, AUTOGRAD, Verdict.SKIPPED, reason=str(missing)))
    return steps, whole


_SECOND = {"hessian": "jacobian", "vec_hessian": "vec_jacobian"}


def _of_gradient(question: Question, answer: Answer) -> Question:
    """A Hessian as the Jacobian of the gradient, which the last step states and the check of that step proves."""
    return replace(question, output=answer.steps[-1].formula, kind=_SECOND[question.kind])


def measured(error: Callable[[Env], float], env: Env) -> float:
    """An error at a point; not a number where it is one of rounding, as that of 1 - sigmoid(x) for a large x is.

    Then it changes with larger rounding errors of all operations; the error of a wrong formula stays.
    """
    far = error(env)
    if not _ENOUGH < far < math.inf:
        return far
    rng = np.random.default_rng(0)

    def rounded(value: Any) -> Any:
        return value * (1 + _ROUNDING * rng.uniform(-1, 1, np.shape(value)))

    again = error({**env, ROUNDING: rounded})
    return far if abs(again - far) <= _SAME * far else math.nan


def worst(errors: list[float], step: int | None, referee: str = "complex_step") -> Check:
    """The verdict of the largest error; points at which nothing could be measured do not count."""
    known = [e for e in errors if not math.isnan(e)]
    if not known:
        return Check(step, referee, Verdict.UNDEFINED, reason="no_point")
    largest = max(known)
    digits = 16.0 if largest < 1e-16 else max(0.0, -math.log10(largest))
    return Check(step, referee, Verdict.PASS if largest <= _ENOUGH else Verdict.FAIL, digits)


# Points.


def _point(question: Question, answer: Answer, more: int, seed: int) -> Env:
    """A point in the domain: where none is found among a few, one with all that is not declared otherwise positive."""
    for attempt in range(_TRIES):
        env = draw(question, answer, more, seed + _SEEDS * attempt)
        if attempt > _TRIES // 2:
            env |= {n: np.abs(env[n]) + 0.1 for n in question.shapes if not question.flags.get(n)}
        if defined(question, env):
            return env
    return env


def defined(question: Question, env: Env) -> bool:
    """Whether all values of the program are real and finite."""
    try:
        here = with_lets(question, env)
        values = [here[n] for n, _ in question.let] + [array_value(question.output, here, space(COMPLEX))]
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return False
    return all(bool(np.all(np.isfinite(v)) and np.all(np.imag(v) == 0)) for v in values)


def draw(question: Question, answer: Answer, more: int, seed: int) -> Env:
    """Sizes and values for all names, as their flags ask."""
    sizes: dict[str, int] = {}
    declared = [d for shape in question.shapes.values() for d in shape]
    written = [
        d for d in size_names(*(f for _, f in question.let), question.output) if d not in question.consts and d not in question.shapes
    ]
    for d in (*declared, *written):
        if isinstance(d, str) and d not in sizes:
            usual = _USUAL.get(d, _OTHERS[len(sizes) % len(_OTHERS)])
            size = usual + more + (more and usual > 3)
            sizes[d] = next(s for s in count(size) if s not in sizes.values())  # different letters, different sizes
    for worked in (*answer.positive, *answer.alias.values()):
        if letters([worked]) <= sizes.keys():  # else all sizes are to be the same
            _enlarge(sizes, worked)
    sizes |= {letter: sizes_of([worked], sizes)[0] for letter, worked in answer.alias.items() if letters([worked]) <= sizes.keys()}
    rng = np.random.default_rng([seed, more])
    env: Env = {str(d): n for d, n in sizes.items()}
    env |= dict(question.consts)
    for name, shape in question.shapes.items():
        known = question.flags.get(name, "")
        square = len(shape) == 2 and shape[0] == shape[1]  # every third point suits a logarithm of a determinant
        flag = known or ("posdef_nonsym" if square and seed % 3 == 0 else "")
        env[name] = drawn(rng, sizes_of(shape, sizes), flag)
    return env


def _enlarge(sizes: dict[str, int], worked: Dim) -> None:
    """Sizes for which a size that is worked out from them, n - q + 1, is at least 1."""
    more = [k[0] for k, n in terms(worked).items() if n > 0 and len(k) == 1]
    short = 1 - sizes_of([worked], sizes)[0]
    if more and short > 0:
        sizes[more[0]] += short


def sizes_of(shape: Sequence[Dim], sizes: Mapping[str, int]) -> list[int]:
    """A shape as numbers."""
    return [int(put(d, sizes)) for d in shape]


def drawn(rng: Any, shape: list[int], flag: str) -> Any:
    """Values as a flag asks."""
    x = rng.uniform(-1.2, 1.2, shape)
    x = np.where(np.abs(x) < 0.05, 0.3, x)
    match flag:
        case "symmetric":
            return (x + x.T) / 2
        case "spd":
            return x @ x.T + len(x) * np.eye(len(x))
        case "posdef_nonsym":
            return x @ x.T + len(x) * np.eye(len(x)) + (x - x.T) / 3
        case "invertible" | "posdet":
            return x / 3 + 2 * np.eye(len(x))
        case "diagonal":
            return np.diag(1 + np.abs(np.diagonal(x)))
        case "positive":
            return 0.3 + np.abs(x)
        case "small":
            return 1e-2 + 1e-2 * np.abs(x)
        case "wide":
            return 2 + np.abs(x)
        case "large":
            return 20 + np.abs(x)
        case "pm1":
            return np.where(x > 0, 1.0, -1.0)
        case "binary":
            return np.where(x > 0, 1.0, 0.0)
        case "onehot":
            return np.eye(shape[0])[int(rng.integers(shape[0]))]
        case "onehot_rows":
            return np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
    return x


# The measure.


def _moved(question: Question, env: Env, name: str, by: Any) -> Any:
    """The output where a name is moved by a complex step."""
    xp = space(COMPLEX)
    here: Env = {n: (v + 1j * _STEP * by if n == name else v) for n, v in env.items()}
    with np.errstate(all="ignore"):
        for let, formula in question.let:
            value = array_value(formula, here, xp)
            here[let] = value + 1j * _STEP * by if let == name else value
        return array_value(question.output, here, xp)


def direction(question: Question, shape: tuple[int, ...], seed: int) -> Any:
    """A drawn direction, as symmetric or diagonal as the name is."""
    r = np.random.default_rng(seed).uniform(-1, 1, shape)
    if question.kind in ("gradient_sym", "gradient_symproj"):
        return (r + r.T) / 2
    return np.diag(np.diagonal(r)) if question.kind == "gradient_diag" else r


def with_lets(question: Question, env: Env) -> Env:
    here = dict(env)
    for let, formula in question.let:
        here[let] = array_value(formula, here, space(COMPLEX))
    return here


def _value(answer: Answer, formula: Expr, question: Question, env: Env) -> Any:
    here = with_lets(question, env)
    with np.errstate(all="ignore"):
        for name, e in answer.where.items():
            here[name] = array_value(e, here, space(COMPLEX))
        return np.real(array_value(formula, here, space(COMPLEX)))


def _error(question: Question, answer: Answer, env: Env) -> float:
    """How far the answer is from the derivative along a direction, for its size."""
    x = np.asarray(env[question.wrt])
    r = direction(question, x.shape, len(question.wrt))
    try:
        theirs = np.imag(_moved(question, env, question.wrt, r)) / _STEP
        ours = _value(answer, answer.formula, question, env)
        found = _along(question.kind, ours, r)
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return math.nan
    except ValueError:  # shapes that do not fit
        return math.inf
    return _apart(found, theirs, ours, r) if _structured(question.kind, ours) else math.inf


def _structured(kind: str, ours: Any) -> bool:
    """Whether the answer by a structured matrix has that structure, which no direction of that structure can tell."""
    if kind not in ("gradient_sym", "gradient_symproj", "gradient_diag"):
        return True
    like = np.diag(np.diagonal(ours)) if kind == "gradient_diag" else np.transpose(ours)
    return bool(np.allclose(ours, like, rtol=_ENOUGH, atol=_ENOUGH * float(np.max(np.abs(ours), initial=0.0))))


def _along(kind: str, ours: Any, r: Any) -> Any:
    """How far the output moves along a direction."""
    if kind == "dscalar":
        return ours * r
    if kind in ("jacobian", "hessian"):
        return ours @ r
    if kind in ("vec_jacobian", "vec_hessian"):
        return ours @ r.T.ravel()
    if kind == "gradient_sym":
        return np.sum(np.triu(ours * r))
    return np.sum(ours * r)


def _apart(found: Any, theirs: Any, ours: Any, r: Any) -> float:
    theirs = np.asarray(theirs)
    if np.ndim(theirs) == 2 and np.ndim(found) == 1:
        theirs = theirs.T.ravel()
    if np.shape(found) != np.shape(theirs):
        return math.inf
    scale = float(np.max(np.abs(theirs))) + 1e-3 * float(np.sum(np.abs(ours))) * float(np.max(np.abs(r), initial=0)) + 1e-300
    if not np.any(ours):  # the rounding of what is 0
        scale += _NOTHING
    worst = float(np.max(np.abs(found - theirs))) / scale
    return worst if math.isfinite(worst) else math.nan


def compared(found: Any, theirs: Any) -> float:
    """How far two values are apart, for their size."""
    if np.shape(found) != np.shape(theirs):
        return math.inf
    scale = float(np.max(np.abs(theirs), initial=0)) + 1e-12 * float(np.max(np.abs(found), initial=0))
    if not scale:
        return 0.0
    far = float(np.max(np.abs(found - theirs))) / scale
    return far if math.isfinite(far) else math.nan


def _traced(question: Question, answer: Answer, env: Env) -> float:
    """The answer against automatic differentiation; of a Hessian along a direction."""
    from autograd import grad

    xp = space(AUTOGRAD)

    def output(x: Any) -> Any:
        here = {**env, question.wrt: x}
        for let, formula in question.let:
            here[let] = array_value(formula, here, xp)
        return array_value(question.output, here, xp)

    def total(x: Any) -> Any:  # of the gradient along r, or of the output weighed by c
        return xp.np.sum(c * (grad(output)(x) if question.kind in _SECOND else output(x)))

    x = np.asarray(env[question.wrt], dtype=float)
    r = direction(question, x.shape, 3)
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Output seems independent of input")  # then the derivative is 0
            ours = _value(answer, answer.formula, question, env)
            shape = x.shape if question.kind in _SECOND else np.shape(output(x))
            c = np.random.default_rng(4).uniform(0.5, 1.5, shape) if shape else 1.0
            stacked = np.ravel(np.transpose(c)) if question.kind.startswith("vec") else c
            return _apart(np.sum(stacked * _along(question.kind, ours, r)), np.sum(grad(total)(x) * r), ours, r)
    except (np.linalg.LinAlgError, UnknownValue, TypeError, NotImplementedError):
        return math.nan
    except ValueError:
        return math.inf


def _step_error(question: Question, answer: Answer, step: Step, env: Env) -> float:
    """The adjoint of one part: the output moves by <R, adjoint> where the part's value moves by R."""
    mark = "part_"
    put = {step.part: Sym(mark)}  # where the part stands in another equation, that is another use
    let = tuple((n, substitute(f, put) if n == step.within else f) for n, f in answer.let)
    output = answer.output if step.within else substitute(answer.output, put)
    asked = Question(question.shapes, output, mark, "gradient", let, question.flags)
    try:
        here = with_lets(question, env)
        value = array_value(step.part, here, space(COMPLEX))
        r = np.random.default_rng(1).uniform(-1, 1, np.shape(value))
        if step.name:  # a name of the program
            r = direction(question, np.shape(value), 1) if step.name == question.wrt else r
            theirs = np.imag(_moved(question, env, step.name, r)) / _STEP
        else:
            theirs = np.imag(_inside(asked, env, mark, value, r, step.part)) / _STEP
        ours = np.real(array_value(step.formula, here, space(COMPLEX)))
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return math.nan
    return _apart(np.sum(ours * r), theirs, ours, r)


def _inside(asked: Question, env: Env, mark: str, value: Any, by: Any, part: Expr) -> Any:
    """The output where a part of a formula is moved."""
    xp = space(COMPLEX)
    here: Env = dict(env)
    needed = names(part)
    waiting = {n for n, _ in asked.let}
    with np.errstate(all="ignore"):
        if not any(n in waiting for n in needed):
            here[mark] = value + 1j * _STEP * by
        for let, formula in asked.let:
            here[let] = array_value(formula, here, xp)
            if mark not in here and all(n in here for n in needed if n in waiting):
                here[mark] = value + 1j * _STEP * by
        return array_value(asked.output, here, xp)
