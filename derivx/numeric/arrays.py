"""Operations on whole arrays, for namespaces over NumPy or a module that looks like it.

Nothing conjugates, so that a complex step passes through: a norm is the root of the sum of squares.
"""

from __future__ import annotations

from string import ascii_letters
from typing import Any

import numpy as np

from derivx.shape import subscripts

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
        out, count = np.eye(len(x)), _whole(r)
        base = self.np.linalg.inv(x) if count < 0 else x
        for _ in range(abs(count)):
            out = self.np.matmul(out, base)
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

    def softmax(self, x: Any, axis: Any = LAST) -> Any:
        return self.np.exp(self.log_softmax(x, axis))

    def log_softmax(self, x: Any, axis: Any = LAST) -> Any:
        return x - self.logsumexp(x, axis, 1)

    def logsumexp(self, x: Any, axis: Any = LAST, keep: Any = 0) -> Any:
        at = _axis(axis)
        top = np.max(np.real(_plain(x)), axis=at, keepdims=True)
        rest = self.np.log(self.np.sum(self.np.exp(x - top), axis=at, keepdims=True)) + top
        return rest if keep else self.np.sum(rest, axis=at)

    def prod(self, x: Any, axis: Any = ALL, keep: Any = 0) -> Any:
        return self.np.prod(x, axis=_axis(axis), keepdims=bool(keep))

    def amax(self, x: Any, axis: Any = ALL, keep: Any = 0) -> Any:
        """The largest entry by its real part; of several the first."""
        return self.np.sum(x * _first(np.real(_plain(x)), _axis(axis)), axis=_axis(axis), keepdims=bool(keep))

    def amin(self, x: Any, axis: Any = ALL, keep: Any = 0) -> Any:
        return -self.amax(-x, axis, keep)

    def is_max(self, x: Any, axis: Any = ALL) -> Any:
        """Equal entries share the 1, so that what is tied by symmetry (max(X + X.T)) still has its gradient."""
        real = np.real(_plain(x))
        found = 1.0 * (real == np.max(real, axis=_axis(axis), keepdims=True))
        return found / np.sum(found, axis=_axis(axis), keepdims=True)

    def is_min(self, x: Any, axis: Any = ALL) -> Any:
        return self.is_max(-x, axis)

    def cumsum(self, x: Any, axis: Any = LAST) -> Any:
        return self.np.cumsum(x, axis=_axis(axis))

    def revcumsum(self, x: Any, axis: Any = LAST) -> Any:
        at = range(np.ndim(_plain(x)))[_axis(axis) or 0]
        back = (*[slice(None)] * at, slice(None, None, -1))
        return self.np.cumsum(x[back], axis=at)[back]

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

    def col2im(self, g: Any) -> Any:
        """The transpose of ``im2col``: every entry of the windows added where it came from."""
        r, q = g.shape
        place = np.array([[[float(k == i + j) for j in range(q)] for i in range(r)] for k in range(r + q - 1)])
        return self.np.sum(self.np.sum(place * g[None, :, :], axis=2), axis=1)

    def column(self, x: Any) -> Any:
        return x[:, None]

    def row(self, x: Any) -> Any:
        return x[None, :]

    def spread(self, x: Any, *sizes: Any) -> Any:
        return x * np.ones(tuple(map(_whole, sizes)))

    # The same numbers in other places.

    def reshape(self, x: Any, *sizes: Any) -> Any:
        return self.np.reshape(x, tuple(map(_whole, sizes)))

    def vec(self, x: Any) -> Any:
        return self.np.reshape(self.np.transpose(x), (-1,))

    def slice(self, x: Any, at: Any) -> Any:
        return x[at]

    def place(self, g: Any, at: Any, *sizes: Any) -> Any:
        """Zeros with g at an index."""
        full = tuple(map(_whole, sizes))
        if self.np is np:
            out = np.zeros(full, dtype=np.result_type(g, float))
            out[at] = g
            return out
        taken = np.reshape(np.arange(int(np.prod(full))), full)[at]
        chosen = 1.0 * (np.arange(int(np.prod(full)))[:, None] == np.ravel(taken)[None, :])
        return self.np.reshape(self.np.matmul(chosen, self.np.reshape(g * np.ones(np.shape(taken)), (-1,))), full)

    def concat(self, *parts: Any) -> Any:
        return self.np.concatenate(parts[:-1], axis=_axis(parts[-1]))

    def stack(self, *parts: Any) -> Any:
        return self.np.stack(parts[:-1], axis=_axis(parts[-1]))

    def einsum(self, s: str, *parts: Any) -> Any:
        """A letter that an operand has twice is spelt out by the identity: autograd cannot trace it."""
        inputs, out = subscripts(s)
        spare = iter(sorted(set(ascii_letters) - set(s)))
        operands: list[Any] = []
        rows: list[str] = []
        for row, part in zip(inputs, parts, strict=True):
            letters = ""
            for letter, size in zip(row, np.shape(_plain(part)), strict=True):
                letters += next(spare) if letter in letters else letter
                if letters[-1] != letter:
                    rows.append(letter + letters[-1])
                    operands.append(np.eye(size))
            rows.append(letters)
            operands.append(part)
        return self.np.einsum(",".join(rows) + "->" + out, *operands)

    def zeros(self, *sizes: Any) -> Any:
        return np.zeros(tuple(map(_whole, sizes)))

    # Inverses and factors.

    def pinv(self, x: Any) -> Any:
        """Of a matrix of full rank; without conjugation, for the complex step."""
        turned = self.np.transpose(x)
        if x.shape[0] >= x.shape[1]:
            return self.np.matmul(self.np.linalg.inv(self.np.matmul(turned, x)), turned)
        return self.np.matmul(turned, self.np.linalg.inv(self.np.matmul(x, turned)))

    def solve(self, a: Any, b: Any) -> Any:
        return self.np.linalg.solve(a, b)

    def cholesky(self, a: Any) -> Any:
        """The lower triangle L with L L.T the symmetric part of a; without conjugation."""
        a = (a + self.np.transpose(a)) / 2
        if self.np is not np:
            return self.np.linalg.cholesky(a)
        out = np.zeros_like(a)
        for j in range(len(a)):
            rest = a[j:, j] - out[j:, :j] @ out[j, :j]
            if not np.real(rest[0]) > 0:
                raise np.linalg.LinAlgError("not positive definite")
            out[j:, j] = rest / np.sqrt(rest[0])
        return out

    def half_tril(self, x: Any) -> Any:
        return x * (np.tril(np.ones(np.shape(_plain(x)))) - np.eye(len(x)) / 2)


def _first(x: Any, axis: int | None) -> Any:
    """1 at the first largest entry along an axis, else 0; a number is its own largest."""
    if not np.ndim(x):
        return 1.0
    if axis is None:
        return np.reshape(np.arange(x.size) == np.argmax(x), x.shape) * 1.0
    places = np.reshape(np.arange(x.shape[axis]), [-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])
    return 1.0 * (places == np.expand_dims(np.argmax(x, axis=axis), axis))


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
