"""Is an answer the derivative? Judged by autograd on the expression itself, with central differences as a second opinion."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from autograd import jacobian

from tests.matrix.language import Case, Malformed, draw, evaluate, need, sizes_of, with_definitions

FILE = Path(__file__).parents[1] / "data" / "matrix.json"
FLOOR = 1e-4  # below this size an entry's error is not taken relative to it: a zero is never computed exactly

Where = Mapping[str, str]


@cache
def cases() -> tuple[Case, ...]:
    return tuple(json.loads(FILE.read_text(encoding="utf-8"))["cases"])


def _columns(x: Any, first: int) -> Any:
    """``x`` with its first axes, and the others, each stacked column by column to one: vec over the last axis slowest."""
    lead, tail = x.shape[:first], x.shape[first:]
    rows = x.reshape((*lead, -1)).transpose([*reversed(range(first)), first]).reshape((int(np.prod(lead)), *tail))
    tails = [1 + i for i in reversed(range(len(tail)))]
    return rows.transpose([0, *tails]).reshape(rows.shape[0], int(np.prod(tail)))


def _spread(theta: Any, n: int) -> Any:
    """The symmetric matrix of its n (n + 1) / 2 independent entries, as a sum of fixed matrices (so autograd sees through it)."""
    return sum(theta[k] * unit for k, unit in enumerate(_units(n)))


def _units(n: int) -> list[Any]:
    out = []
    for i, j in zip(*np.tril_indices(n), strict=True):
        unit = np.zeros((n, n))
        unit[i, j] = unit[j, i] = 1.0
        out.append(unit)
    return out


def _along(case: Case, env: Mapping[str, Any]) -> tuple[Callable[[Any], Any], Any]:
    """What is differentiated, as a function of the structured parameters of ``wrt``, and where."""
    at = env[case["wrt"]]
    n = at.shape[0] if at.ndim else 1

    def value(x: Any) -> Any:
        out = evaluate(case["expr"], with_definitions({**env, case["wrt"]: x}, case["let"]))
        return out if hasattr(out, "shape") else np.asarray(float(out))

    match case["kind"]:
        case "gradient_sym":  # by the independent entries
            return lambda theta: value(_spread(theta, n)), at[np.tril_indices(n)]
        case "gradient_symproj":  # by a matrix of which the symmetric part counts
            return lambda z: value((z + z.T) / 2), at
        case "gradient_diag":  # by the diagonal
            return lambda theta: value(theta[:, None] * np.eye(n)), np.diag(at).copy()
    return value, at


def _laid_out(case: Case, value: Any, n: int, slots: int) -> Any:
    """A derivative of shape [value's shape, parameters' shape] in the layout of its kind (``slots``: axes of the value)."""
    match case["kind"]:
        case "gradient_sym":
            return _spread(value, n)
        case "gradient_diag":
            return np.diag(value)
        case "vec_jacobian":
            return _columns(value, slots)
        case "vec_hessian":
            return _columns(value, value.ndim // 2)
    return value


_SECOND = {"hessian", "vec_hessian"}
_SCALAR = {"gradient", "gradient_sym", "gradient_symproj", "gradient_diag", *_SECOND}


def _derived(case: Case, sizes: Mapping[str, int], seed: int, derive: Callable[[Callable[[Any], Any], Any, bool], Any]) -> Any:
    env = draw(case, sizes, seed)
    function, at = _along(case, env)
    with np.errstate(all="ignore"):
        plain = np.asarray(function(at))
        need(plain.ndim == 0 or case["kind"] not in _SCALAR, "a gradient of what is no scalar")
        found = derive(function, at, case["kind"] in _SECOND)
    return _laid_out(case, np.asarray(found), env[case["wrt"]].shape[0] if at.ndim else 1, plain.ndim)


def _by_autograd(function: Callable[[Any], Any], at: Any, twice: bool) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Output seems independent of input")  # then the derivative is 0
        return jacobian(jacobian(function))(at) if twice else jacobian(function)(at)


def _differences(function: Callable[[Any], Any], at: Any, step: float) -> Any:
    """Central differences of order six, entry by entry of ``at``; the axes of ``at`` last."""
    columns = []
    for index in product(*map(range, at.shape)):
        unit = np.zeros(at.shape)
        unit[index] = 1.0
        points = [(1, 45), (2, -9), (3, 1)]
        pairs = [(w, np.asarray(function(at + k * step * unit)), function(at - k * step * unit)) for k, w in points]
        columns.append(sum(w * (after - before) for w, after, before in pairs) / (60 * step))
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape((*stacked.shape[:-1], *at.shape))


def _by_differences(function: Callable[[Any], Any], at: Any, twice: bool) -> Any:
    if twice:
        return _differences(lambda x: _differences(function, x, 5e-3), at, 5e-3)
    return _differences(function, at, 2e-4)


def truth(case: Case, sizes: Mapping[str, int], seed: int) -> Any:
    """The derivative of a case at drawn inputs, in the layout of its kind, by autograd."""
    return _derived(case, sizes, seed, _by_autograd)


def second_opinion(case: Case, sizes: Mapping[str, int], seed: int) -> Any:
    """The same by central differences of values: nothing shared but the evaluator."""
    return _derived(case, sizes, seed, _by_differences)


@cache
def _truth_of(text: str, sizes: tuple[tuple[str, int], ...], seed: int) -> Any:
    return truth(json.loads(text), dict(sizes), seed)


def close(got: Any, want: Any, tol: float) -> bool:
    """Same shape, and within ``tol`` of the largest entry; false for what is not a number."""
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    if got.shape != want.shape or not np.all(np.isfinite(got)):
        return False
    return bool(np.max(np.abs(got - want), initial=0.0) <= tol * max(FLOOR, np.max(np.abs(want), initial=0.0)))


def value_of(case: Case, answer: str, where: Where, sizes: Mapping[str, int], seed: int) -> Any:
    """What an answer says at drawn inputs. ``where`` may repeat a name of ``let``, never mean something else by a known name."""
    given = draw(case, sizes, seed)
    env = with_definitions(given, case["let"])
    for name, text in where.items():
        value = evaluate(text, env)
        taken = name in env and (name in case["vars"] or name in dict(case["let"]))
        need(not taken or close(value, env[name], 1e-9), f"{name} is redefined")
        env[name] = value
    return evaluate(answer, env)


def is_right(case: Case, answer: str, where: Where, sizes: Mapping[str, int], seed: int, tol: float = 1e-8) -> bool:
    """Does the answer have the shape and the value of the derivative there?"""
    want = _truth_of(json.dumps({k: case.get(k) for k in _JUDGED}), tuple(sorted(sizes.items())), seed)
    try:
        return close(value_of(case, answer, where, sizes, seed), want, tol)
    except Malformed:
        return False


_JUDGED = ("id", "vars", "assume", "let", "expr", "wrt", "kind", "wide")


def is_right_everywhere(case: Case, answer: str, where: Where, tol: float = 1e-8) -> bool:
    """Right at the three assignments of sizes, at two points each?"""
    return all(is_right(case, answer, where, sizes, seed, tol) for sizes in sizes_of(case) for seed in (0, 1))


def forms(case: Case) -> list[str]:
    """The answer of the file and its alternatives."""
    return [case["answer"], *case["alt_answers"]]
