"""Operations on whole arrays, for namespaces over NumPy or a module that looks like it.

Nothing conjugates, so that a complex step passes through: a norm is the root of the sum of squares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

ALL, LAST = "all", "last"  # axes that are no number


class Arrays:
    """What the cards of array operations ask for; ``np`` is the module that does it."""

    np: Any = np

    def matmul(self, a: Any, b: Any) -> Any:
        return self.np.matmul(a, b)

    def transpose(self, x: Any) -> Any:
        return self.np.transpose(x) if self.np.ndim(x) > 1 else x

    def inv(self, x: Any) -> Any:
        return self.np.linalg.inv(x)

    def det(self, x: Any) -> Any:
        return self.np.linalg.det(x)

    def logdet(self, x: Any) -> Any:
        value = self.np.linalg.det(x)
        return self.np.log(value) if np.real(_plain(value)) > 0 else value * np.nan

    def trace(self, x: Any) -> Any:
        return self.np.sum(x * np.eye(len(x)))

    def sum(self, x: Any, axis: Any = ALL, keep: Any = 0) -> Any:
        return self.np.sum(x, axis=_axis(axis), keepdims=bool(keep))

    def mean(self, x: Any, axis: Any = ALL, keep: Any = 0) -> Any:
        return self.np.mean(x, axis=_axis(axis), keepdims=bool(keep))

    def norm2(self, x: Any) -> Any:
        return self.np.sqrt(self.np.sum(x * x))

    def norm1(self, x: Any) -> Any:
        return self.np.sum(self.abs(x))  # type: ignore[attr-defined]

    def matrix_power(self, x: Any, r: Any) -> Any:
        out = np.eye(len(x))
        for _ in range(_whole(r)):
            out = self.np.matmul(out, x)
        return out

    def diag(self, x: Any) -> Any:
        return x[:, None] * np.eye(len(x))

    def diagonal(self, x: Any) -> Any:
        return self.np.sum(x * np.eye(len(x)), axis=1)

    def outer(self, a: Any, b: Any) -> Any:
        return a[:, None] * b[None, :]

    def kron(self, a: Any, b: Any) -> Any:
        (m, n), (p, q) = a.shape, b.shape
        return self.np.reshape(a[:, None, :, None] * b[None, :, None, :], (m * p, n * q))

    def softmax(self, x: Any) -> Any:
        return self.np.exp(self.log_softmax(x))

    def log_softmax(self, x: Any) -> Any:
        return x - self._logsumexp(x, keep=True)

    def logsumexp(self, x: Any) -> Any:
        return self._logsumexp(x, keep=False)

    def _logsumexp(self, x: Any, *, keep: bool) -> Any:
        top = np.max(np.real(_plain(x)), axis=-1, keepdims=True)
        rest = self.np.log(self.np.sum(self.np.exp(x - top), axis=-1, keepdims=True)) + top
        return rest if keep else rest[..., 0]

    def eye(self, n: Any) -> Any:
        return np.eye(_whole(n))

    def ones(self, *sizes: Any) -> Any:
        return np.ones(tuple(map(_whole, sizes)))

    def commutation(self, n: Any, m: Any) -> Any:
        """K with K vec(X) = vec(X.T), X n by m, columns stacked."""
        n, m = _whole(n), _whole(m)
        out = np.zeros((n * m, n * m))
        for i in range(n):
            for j in range(m):
                out[i * m + j, j * n + i] = 1
        return out

    def conv1d(self, x: Any, w: Any) -> Any:
        """y_i = sum over j of x_(i+j) w_j, as networks do."""
        return self.np.matmul(self.im2col(x, len(w)), w)

    def conv1d_transpose(self, g: Any, w: Any) -> Any:
        n = len(g) + len(w) - 1
        place = np.array([[[float(k == i + j) for j in range(len(w))] for i in range(len(g))] for k in range(n)])
        return self.np.sum(self.np.sum(place * g[None, :, None] * w[None, None, :], axis=2), axis=1)

    def im2col(self, x: Any, q: Any) -> Any:
        q = _whole(q)
        return self.np.stack([x[i : i + q] for i in range(len(x) - q + 1)])

    def column(self, x: Any) -> Any:
        return x[:, None]

    def row(self, x: Any) -> Any:
        return x[None, :]

    def spread(self, x: Any, *sizes: Any) -> Any:
        return x * np.ones(tuple(map(_whole, sizes)))


def _plain(x: Any) -> Any:
    """The array behind a traced value."""
    while hasattr(x, "_value"):
        x = x._value
    return x


def _axis(axis: Any) -> int | None:
    if isinstance(axis, str):
        return None if axis == ALL else -1
    return _whole(axis)


def _whole(n: Any) -> int:
    return round(float(np.real(n)))
