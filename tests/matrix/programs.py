"""Random well-typed programs over all cards of ``derivx/ops/linalg.py``: those of ``generate.py``, with parts, joins, sums over indices."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.matrix.generate import Shape, Writer, random_case

_OFTEN = 0.5  # how often a formula is of the wider language
_NORMS = ("norm1", "norm_fro", "norm2")


class WideWriter(Writer):
    """Writes formulas over all cards. Sizes n > m, n > p - 2 and q < n hold wherever these are drawn, and every size is at least 2."""

    wide = True

    def scalar(self, shape: Shape, depth: int) -> str:
        return self.pick(self.scalars(depth - 1)) if depth > 0 and self.rng.random() < _OFTEN else super().scalar(shape, depth)

    def vector(self, shape: Shape, depth: int) -> str:
        return self.pick(self.vectors(shape[0], depth - 1)) if depth > 0 and self.rng.random() < _OFTEN else super().vector(shape, depth)

    def matrix(self, shape: Shape, depth: int) -> str:
        return self.pick(self.matrices(*shape, depth - 1)) if depth > 0 and self.rng.random() < _OFTEN else super().matrix(shape, depth)

    def axis(self) -> str:
        return self.rng.choice(["axis=0", "axis=1", "axis=-1"])

    def best(self) -> str:
        return self.rng.choice(["max", "min"])

    def along(self, n: str, m: str, depth: int) -> tuple[str, str]:
        """A matrix with the axis along which it is reduced to a vector of n."""
        axis = self.rng.choice([0, 1])
        return self.of((m, n) if axis == 0 else (n, m), depth), f"axis={axis}"

    def scalars(self, below: int) -> list[Callable[[], str]]:
        n, m = self.dim(), self.dim()

        def v(d: str = n) -> str:
            return self.of((d,), below)

        def mat(rows: str = n, cols: str = m) -> str:
            return self.of((rows, cols), below)

        return [
            lambda: f"{v()}[{self.rng.choice(['0', '1', '-1'])}]",
            lambda: f"{mat()}[{self.rng.choice(['0, 1', '1, 0', '-1, -1', '1, -2'])}]",
            lambda: f"{mat('n', m)}[m, {self.rng.choice('01')}]",
            lambda: f"sum({v()}[1:] * {v()}[:-1])",
            lambda: f"sum({mat()}[:, 1:] ** 2)",
            lambda: f"prod({self.name((n,))})",
            lambda: f"prod(2 + sin({mat()}))",
            lambda: f"{self.best()}({v()} + {self.name((n,))})",
            lambda: f"{self.best()}({mat()} + {self.name((n, m))})",
            lambda: f"einsum('i,i->', {v()}, {v()})",
            lambda: f"einsum('ij,ij->', {mat()}, {mat()})",
            lambda: f"einsum('ii->', {mat(n, n)})",
            lambda: f"einsum('i,ij,j->', {v()}, {mat()}, {v(m)})",
            lambda: f"einsum('ij,jk,ki->', {mat()}, {mat(m, 'p')}, {mat('p', n)})",
            lambda: f"einsum('i,i,i->', {v()}, {v()}, {v()})",
            lambda: f"sum(conv1d({v('n')}, {v('q')}) ** 2)",
            lambda: f"(vec({mat()}) @ vec({mat()}))",
            lambda: f"{self.rng.choice(_NORMS)}({mat()} - {self.name((n, m))})",
            lambda: f"tr(matrix_power({self.name((n, n))}, {self.rng.choice('23')}))",
            lambda: f"det(matrix_power({self.spd('m', below)}, 2))",
            lambda: f"logdet(inv({self.spd(n, below)}))",
            lambda: f"logsumexp({mat()}, axis=0)[0]",
            lambda: f"sum(commutation({n}, {m}) @ vec({mat()}) * {self.of((), 0)} * vec({self.name((m, n))}))",
            lambda: f"({v()} @ {self.of((n, n), below)} @ {v()})",
            lambda: f"mean(g({v()}))",
            lambda: f"sum(is_{self.best()}({self.name((n, m))}, axis=1) * {mat()})",
            lambda: f"norm2(concatenate([{v()}, {v(m)}]) + concatenate([{self.name((n,))}, {self.name((m,))}]))",
            lambda: f"sum(kron({mat()}, {self.name((m, n))})[1] ** 2)",
        ]

    def vectors(self, n: str, below: int) -> list[Callable[[], str]]:
        m = self.dim()

        def v(d: str = n) -> str:
            return self.of((d,), below)

        def mat(rows: str = n, cols: str = m) -> str:
            return self.of((rows, cols), below)

        def reduced(name: str, text: str = "{}") -> str:
            inside, axis = self.along(n, m, below)
            return f"{name}({text.format(inside)}, {axis})"

        def best() -> str:
            axis = self.rng.choice([0, 1])
            shape = (m, n) if axis == 0 else (n, m)
            return f"{self.best()}({self.of(shape, below)} + {self.name(shape)}, axis={axis})"

        return [
            lambda: f"cumsum({v()})",
            lambda: f"revcumsum({v()})",
            lambda: f"concatenate([{v()}[1:], {v()}[:1]])",
            lambda: f"concatenate([{v()}[:2], {v()}[2:]])" if n == "n" else f"concatenate(({v()}[:1], {v()}[1:]), axis=0)",
            lambda: f"{mat(m, n)}[{self.rng.choice(['0', '1', '-1'])}]",
            lambda: f"{mat(n, m)}[:, {self.rng.choice(['0', '1', '-1'])}]",
            lambda: f"{v('n')}[:m]" if n == "m" else f"vec({mat()})[:{n}]",
            lambda: f"reshape({mat()}, {n} * {m})[:{n}]",
            lambda: f'place({self.of((), below)}, "1", {n})',
            lambda: f'place({v()}[1:], "1:", {n})',
            lambda: f'place({v()}[:-1], ":-1", {n})',
            best,
            lambda: reduced("prod", "2 + sin({})"),
            lambda: reduced("logsumexp"),
            lambda: f"solve({self.spd(n, below)}, {v()})",
            lambda: f"einsum('ij,j->i', {mat()}, {v(m)})",
            lambda: f"einsum('ji,j->i', {mat(m, n)}, {v(m)})",
            lambda: f"einsum('ij,ij->i', {mat()}, {mat()})",
            lambda: f"einsum('ii->i', {mat(n, n)})",
            lambda: f"einsum('ij,jk,k->i', {mat()}, {mat(m, 'p')}, {v('p')})",
            lambda: f"log_softmax({v()})",
            lambda: f"g({v()})",
            lambda: f"stack([{v()}, {v()}])[{self.rng.choice('01')}]",
            lambda: f"sum(stack([{v()}, {v()}, {v()}], axis=1) ** 2, axis=1)",
            lambda: f"(pinv({self.name((n, 'p'))}) @ {v()})[0] * {v()}" if n != "p" else f"(row({v()}) + {mat(m, n)})[0]",
            lambda: f"conv1d_transpose(conv1d({v('n')}, {v('q')}), {v('q')})" if n == "n" else f"cumsum({v()})",
            lambda: f"col2im(im2col({v('n')}, q) * {self.number()})" if n == "n" else f"(im2col({v('n')}, {n})[0] * {v()})",
            lambda: f"sum(spread({v()}, {m}, {n}), axis=0)",
            lambda: f"sum(column({v()}) * {mat()}, axis=1)",
            lambda: f"({v()}[:, None] * {mat()})[:, 0]",
            lambda: f"(zeros({n}) + {v()})",
            lambda: f"(abs({v()} + {self.name((n,))}) * {v()})",
        ]

    def matrices(self, n: str, m: str, below: int) -> list[Callable[[], str]]:
        k = self.dim()

        def v(d: str) -> str:
            return self.of((d,), below)

        def mat(rows: str = n, cols: str = m) -> str:
            return self.of((rows, cols), below)

        other = next(d for d in "nmp" if d != n)
        square: list[Callable[[], str]] = [
            lambda: f"cholesky({self.spd(n, below)})",
            lambda: f"half_tril({mat(n, n)})",
            lambda: f"matrix_power({self.spd(n, min(below, 0))}, -1)",
            lambda: f"(pinv({self.name((other, n))}) @ {mat(other, n)})",
        ]
        return [
            lambda: f"cumsum({mat()}, {self.axis()})",
            lambda: f"revcumsum({mat()}, axis={self.rng.choice('01')})",
            lambda: f"{self.rng.choice(['softmax', 'log_softmax'])}({mat()}, {self.axis()})",
            lambda: f"reshape({mat(m, n)}, ({n}, {m}))",
            lambda: f"reshape(vec({mat()}), ({n}, {m}))",
            lambda: f"concatenate([{mat()}[:1], {mat()}[1:]])",
            lambda: f"concatenate([{mat()}[:, 1:], {mat()}[:, :1]], axis=1)",
            lambda: f"({mat()} - {self.best()}({self.name((n, m))}, {self.axis()}, keepdims=True))".replace("axis=-1", "axis=1"),
            lambda: f"({mat()} - logsumexp({mat()}, axis=0, keepdims=True))",
            lambda: f"({mat()} * prod(2 + sin({mat()}), axis=1, keepdims=True))",
            lambda: f"einsum('ij,jk->ik', {mat(n, k)}, {mat(k, m)})",
            lambda: f"einsum('ij->ji', {mat(m, n)})",
            lambda: f"einsum('ij,ik->jk', {mat(k, n)}, {mat(k, m)})",
            lambda: f"einsum('i,j->ij', {v(n)}, {v(m)})",
            lambda: f"einsum('ij,j->ij', {mat()}, {v(m)})",
            lambda: f"einsum('ik,jk,k->ij', {mat(n, k)}, {mat(m, k)}, {v(k)})",
            lambda: f"solve({self.spd(n, below)}, {mat()})",
            lambda: f'place({mat()}[1:], "1:", {n}, {m})',
            lambda: f'place({v(n)}, ":, 1", {n}, {m})',
            lambda: f'place({v(m)}, "0", {n}, {m})',
            lambda: f'place({self.of((), below)}, "1, 0", {n}, {m})',
            lambda: f"(row({v(m)}) * {mat()})",
            lambda: f"({v(n)}[:, None] * {mat()})",
            lambda: f"({v(n)}[:, None] + row({v(m)}))",
            lambda: f"stack([{mat(n, m)}[0], {mat(n, m)}[1]])[0] * {mat()}",
            lambda: f"kron({mat()}, {self.name(('m', 'p'))})[:{n}, :{m}]",
            lambda: f"g({mat()})",
            lambda: f"pinv({self.name((m, n))})" if n != m else f"(zeros({n}, {m}) - {mat()})",
            *(square if n == m else []),
        ]


def random_program(rng: random.Random) -> dict[str, Any]:
    """A case in the form of the file over all cards."""
    return random_case(rng, WideWriter)
