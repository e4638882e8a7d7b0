"""More functions for random programs than the file of textbook cases has: parts of arrays, joins, sums over indices, factors.

As in ``language.py``, of which this is the wider table, everything is written with operations that autograd can differentiate, and
by the definition of each rather than by the function of NumPy that derivx uses.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np


def _must(condition: object, why: str) -> None:
    if not condition:
        raise ValueError(why)


def _best(pick: Callable[..., Any]) -> Callable[..., Any]:
    def over(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
        _must(axis is None or -x.ndim <= axis < x.ndim, "no such axis")
        return pick(x, axis=axis, keepdims=keepdims)

    return over


def _softmax(x: Any, axis: int = -1) -> Any:
    top = anp.exp(x - anp.max(x, axis=axis, keepdims=True))
    return top / anp.sum(top, axis=axis, keepdims=True)


def _logsumexp(x: Any, axis: int | None = -1, keepdims: bool = False) -> Any:
    top = anp.max(x, axis=axis, keepdims=True)
    out = anp.log(anp.sum(anp.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else anp.sum(out, axis=axis)


def _col2im(g: Any) -> Any:
    """Of the windows of a vector, each entry added where it came from."""
    r, q = g.shape
    place = np.arange(r)[:, None] + np.arange(q)
    return anp.sum((np.arange(r + q - 1)[:, None, None] == place) * g, axis=(1, 2))


def _index(text: str) -> Any:
    """``1:3, 0`` as an index."""
    slices = ast.parse(f"x[{text}]", mode="eval").body.slice  # type: ignore[attr-defined]

    def part(node: ast.expr | None) -> Any:
        if isinstance(node, ast.Slice):
            return slice(part(node.lower), part(node.upper))
        return None if node is None else ast.literal_eval(node)

    return tuple(part(node) for node in (slices.elts if isinstance(slices, ast.Tuple) else [slices]))


def _place(g: Any, at: str, *sizes: int) -> Any:
    """Zeros with g at an index."""
    whole = int(np.prod(sizes))
    taken = np.arange(whole).reshape(sizes)[_index(at)]
    chosen = 1.0 * (np.arange(whole)[:, None] == np.ravel(taken))
    return anp.reshape(anp.dot(chosen, anp.ravel(g * np.ones(np.shape(taken)))), sizes)


def _einsum(text: str, *operands: Any) -> Any:
    """The sum over indices by its definition: the product at every value of every letter, summed over the letters not asked for."""
    left, arrow, out = text.replace(" ", "").partition("->")
    rows = left.split(",")
    _must(arrow and len(rows) == len(operands), "subscripts that do not fit")
    sizes: dict[str, int] = {}
    for row, x in zip(rows, operands, strict=True):
        for c, n in zip(row, np.shape(x), strict=True):
            _must(sizes.setdefault(c, n) == n, "subscripts that do not fit")
    letters = [*out, *sorted(set(sizes) - set(out))]
    grid = dict(zip(letters, np.indices([sizes[c] for c in letters]), strict=True))
    terms: Any = 1.0
    for row, x in zip(rows, operands, strict=True):
        terms = terms * (x[tuple(grid[c] for c in row)] if row else x)
    return anp.sum(terms, axis=tuple(range(len(out), len(letters))))


def _cumsum(x: Any, axis: int | None = None) -> Any:
    _must(x.ndim == 1 or axis is not None, "cumsum without an axis")
    n = x.shape[axis or 0]
    below = np.tril(np.ones((n, n)))
    return anp.dot(below, x) if (axis or 0) % x.ndim == 0 else anp.dot(x, below.T)


def _revcumsum(x: Any, axis: int | None = None) -> Any:
    return anp.sum(x, axis=axis or 0, keepdims=True) - _cumsum(x, axis) + x


def _shared(best: Callable[..., Any]) -> Callable[..., Any]:
    """1 at the best entry, shared by equal ones."""

    def shared(x: Any, axis: int | None = None) -> Any:
        found = 1.0 * (x == best(x, axis=axis, keepdims=True))
        return found / anp.sum(found, axis=axis, keepdims=True)

    return shared


def _half_tril(x: Any) -> Any:
    return x * (np.tril(np.ones(x.shape)) - np.eye(len(x)) / 2)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "norm_fro": lambda x: anp.sqrt(anp.sum(x * x)),
    "prod": _best(anp.prod),
    "max": _best(anp.max),
    "min": _best(anp.min),
    "is_max": _shared(anp.max),
    "is_min": _shared(anp.min),
    "softmax": _softmax,
    "log_softmax": lambda x, axis=-1: x - _logsumexp(x, axis, True),
    "logsumexp": _logsumexp,
    "cumsum": _cumsum,
    "revcumsum": _revcumsum,
    "reshape": anp.reshape,
    "vec": lambda x: anp.ravel(x.T),
    "column": lambda x: x[:, None],
    "spread": lambda x, *sizes: x * np.ones(sizes),
    "zeros": lambda *sizes: np.zeros(sizes),
    "concatenate": anp.concatenate,
    "stack": anp.stack,
    "einsum": _einsum,
    "place": _place,
    "col2im": _col2im,
    "where": anp.where,
    "tril": anp.tril,
    "half_tril": _half_tril,
    "cholesky": lambda x: anp.linalg.cholesky((x + x.T) / 2),
    "solve": lambda a, b: anp.linalg.inv(a) @ b,
}
