"""SymPy's expressions as the entries of arrays: whole numbers stay whole, nothing is shifted to avoid an overflow."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from derivx.numeric.arrays import ALL, LAST, Arrays
from derivx.numeric.evaluate import Unavailable
from derivx.numeric.sympy_space import Sympy

_SCALAR = Sympy()
_FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "gamma")
_MORE = ("lgamma", "log1p", "expm1", "softplus")

_MOST = 120  # operations in the entries of a matrix whose determinant is worked out


def _matrix(x: Any) -> Any:
    """A matrix for SymPy. Raises ``Unavailable`` where its determinant would take long."""
    found = sp.Matrix(x)
    if sum(e.count_ops() for e in found) > _MOST:
        raise Unavailable("too_large")
    return found


class Entries(Arrays):
    """Arrays of exact symbolic values."""

    pi, e = sp.pi, sp.E

    def __getattr__(self, name: str) -> Any:
        """A function of SymPy's, entry by entry."""
        if name in (*_FUNCTIONS, *_MORE):
            return np.frompyfunc(getattr(_SCALAR, name), 1, 1)
        raise AttributeError(name)

    def number(self, value: Any) -> Any:
        return _SCALAR.number(value)

    def power(self, a: Any, b: Any) -> Any:
        return a**b

    def inv(self, x: Any) -> Any:
        return np.array(_matrix(x).inv(method="ADJ").tolist(), dtype=object)

    def solve(self, a: Any, b: Any) -> Any:
        return np.matmul(self.inv(a), b)

    def det(self, x: Any) -> Any:
        return _matrix(x).det(method="berkowitz")

    def logdet(self, x: Any) -> Any:
        return sp.log(self.det(x))

    def trace(self, x: Any) -> Any:
        return np.sum(np.diagonal(x))

    def mean(self, x: Any, axis: Any = ALL, keep: Any = 0) -> Any:
        total = self.sum(x, axis, keep)
        return total / sp.Integer(np.size(x) // max(np.size(total), 1))

    def norm2(self, x: Any) -> Any:
        return sp.sqrt(np.sum(x * x))

    def matrix_power(self, x: Any, r: Any) -> Any:
        base = self.inv(x) if int(r) < 0 else x
        out = self.eye(len(x))
        for _ in range(abs(int(r))):
            out = np.matmul(out, base)
        return out

    def diag(self, x: Any) -> Any:
        return x[:, None] * self.eye(len(x))

    def diagonal(self, x: Any) -> Any:
        return np.diagonal(x)

    def logsumexp(self, x: Any, axis: Any = LAST, keep: Any = 0) -> Any:
        return self.log(self.sum(self.exp(x), -1 if axis == LAST else axis, keep))

    def softmax(self, x: Any, axis: Any = LAST) -> Any:
        powers = self.exp(x)
        return powers / self.sum(powers, -1 if axis == LAST else axis, 1)

    def eye(self, n: Any) -> Any:
        return np.eye(int(n), dtype=int).astype(object)

    def ones(self, *sizes: Any) -> Any:
        return np.ones(tuple(map(int, sizes)), dtype=int).astype(object)

    def zeros(self, *sizes: Any) -> Any:
        return 0 * self.ones(*sizes)

    def commutation(self, n: Any, m: Any) -> Any:
        return super().commutation(n, m).astype(int).astype(object)

    def spread(self, x: Any, *sizes: Any) -> Any:
        return x * self.ones(*sizes)
