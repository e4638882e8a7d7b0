"""Random well-typed programs in the syntax of ``tests/data/matrix.json``: scalars of vectors and matrices, at smooth points."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.matrix.judge import truth
from tests.matrix.language import Malformed, draw, evaluate, names, sizes_of, with_definitions

Shape = tuple[str, ...]

_NAMES = {0: "s t r z".split(), 1: "x y a b u v w f".split(), 2: "X A B W M U V Y F".split()}
_SMOOTH = ("sin", "cos", "tanh", "sigmoid")


class Writer:
    """The variables and definitions of a program, and a formula of each shape."""

    wide = False  # whether the formulas go beyond the syntax of the file

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.vars: dict[str, list[str]] = {}
        self.assume: dict[str, str] = {}
        self.let: list[tuple[str, str, Shape]] = []

    # -- names

    def name(self, shape: Shape, assume: str = "") -> str:
        """A variable of the shape: one that there is, or a new one."""
        fit = [v for v, s in self.vars.items() if tuple(s) == shape and self.assume.get(v, "") == assume]
        if fit and (len(fit) > 1 or self.rng.random() < 0.6):
            return self.rng.choice(fit)
        first = {"spd": ["S", "P", "R"], "positive": ["o", "l", "j"]}.get(assume, _NAMES[len(shape)])
        free = [v for v in [*first, *(f"{v}{i}" for i in range(1, 9) for v in first)] if v not in self.vars]
        self.vars[free[0]] = list(shape)
        if assume:
            self.assume[free[0]] = assume
        return free[0]

    def dim(self) -> str:
        return self.rng.choice("nnmp")

    def of(self, shape: Shape, depth: int) -> str:
        """A formula of the shape, perhaps one with a name."""
        known = [v for v, _, s in self.let if s == shape]
        if known and self.rng.random() < 0.25:
            return self.rng.choice(known)
        text = [self.scalar, self.vector, self.matrix][len(shape)](shape, depth)
        if depth >= 1 and len(self.let) < 3 and self.rng.random() < 0.12:
            name = f"{'cgG'[len(shape)]}{len(self.let) + 1}"
            self.let.append((name, text, shape))
            return name
        return text

    def pick(self, choices: list[Callable[[], str]]) -> str:
        return self.rng.choice(choices)()

    def number(self) -> str:
        return self.rng.choice(["2", "3", "0.5", "0.1", "1.5", "4"])

    # -- formulas

    def scalar(self, _shape: Shape, depth: int) -> str:
        if depth <= 0:
            n = self.dim()
            x = self.name((n,))
            return self.pick([lambda: self.name(()), lambda: f"({x} @ {self.name((n,))})", lambda: f"sum({x})"])
        n, m, below = self.dim(), self.dim(), depth - 1

        def s() -> str:
            return self.of((), below)

        def v() -> str:
            return self.of((n,), below)

        def mat(rows: str = n, cols: str = m) -> str:
            return self.of((rows, cols), below)

        return self.pick([
            lambda: f"({v()} @ {v()})",
            lambda: f"({self.name((n,))} @ {mat()} @ {self.of((m,), below)})",
            lambda: f"({(x := self.name((n,)))} @ {mat(n, n)} @ {x})",
            lambda: f"sum({mat()})",
            lambda: f"sum({mat()} * {mat()})",
            lambda: f"sum({v()} ** 2)",
            lambda: f"mean({v()})",
            lambda: f"mean({mat()} ** 2)",
            lambda: f"tr({mat(n, n)})",
            lambda: f"tr({mat(n, m)} @ {mat(m, n)})",
            lambda: f"tr(kron({self.name((m, m))}, {mat(n, n)}))",
            lambda: f"(norm2({v()} + {self.name((n,))}) ** 2)",  # a norm is not smooth at 0, where relu often is
            lambda: f"norm2({v()} - {self.name((n,))})",
            lambda: f"norm2({mat()} - {self.name((n, m))})",
            lambda: f"logdet({self.spd(n, below)})",
            lambda: f"det({self.spd('m', below)})",
            lambda: f"log(1 + {s()} ** 2)",
            lambda: f"sqrt(1 + {s()} ** 2)",
            lambda: f"logsumexp({v()})",
            lambda: f"sum(logsumexp({mat()}))",
            lambda: f"({s()} * {s()})",
            lambda: f"({s()} + {s()})",
            lambda: f"({s()} - {s()})",
            lambda: f"({s()} / (1 + {s()} ** 2))",
            lambda: f"({self.number()} * {s()})",
            lambda: f"(-{s()})",
            lambda: f"{self.rng.choice(_SMOOTH)}({s()})",
        ])  # fmt: skip

    def spd(self, n: str, depth: int) -> str:
        """A symmetric positive definite matrix, far from singular ones."""
        m = self.dim()
        return self.pick([
            lambda: self.name((n, n), "spd"),
            lambda: f"({self.name((n, n), 'spd')} + {self.name((), 'positive')} * eye({n}))",
            lambda: f"({(a := self.of((n, m), min(depth, 1)))} @ {a}.T + {self.number()} * eye({n}))",
            lambda: f"({self.name((n, n), 'spd')} + outer({(x := self.name((n,)))}, {x}))",
        ])  # fmt: skip

    def vector(self, shape: Shape, depth: int) -> str:
        if depth <= 0:
            return self.name(shape)
        (n,), m, below = shape, self.dim(), depth - 1

        def v() -> str:
            return self.of(shape, below)

        def mat(rows: str = n, cols: str = m) -> str:
            return self.of((rows, cols), below)

        return self.pick([
            lambda: self.name(shape),
            lambda: f"({mat()} @ {self.of((m,), below)})",
            lambda: f"({self.name((n, m))} @ {self.of((m,), below)} + {self.name(shape)})",
            lambda: f"({self.of((m,), below)} @ {mat(m, n)})",
            lambda: f"({mat(m, n)}.T @ {self.of((m,), below)})",
            lambda: f"({v()} + {v()})",
            lambda: f"({v()} - {v()})",
            lambda: f"({v()} * {v()})",
            lambda: f"({self.of((), below)} * {v()})",
            lambda: f"({v()} / (1 + {v()} ** 2))",
            lambda: f"({v()} / sqrt(1 + {self.of((), below)} ** 2))",
            lambda: f"({self.name(shape)} / norm2({self.name(shape)}))",
            lambda: f"{self.rng.choice(_SMOOTH)}({v()})",
            lambda: f"relu({self.name((n, m))} @ {self.name((m,))} + {self.name(shape)})",
            lambda: f"exp({self.number()} - {v()} ** 2)",
            lambda: f"log(1 + exp({v()}))",
            lambda: f"log({self.name(shape, 'positive')})",
            lambda: f"softmax({v()})",
            lambda: f"diagonal({mat(n, n)})",
            lambda: f"(diag({v()}) @ {self.name(shape)})",
            lambda: f"sum({mat(m, n)}, axis=0)",
            lambda: f"sum({mat(n, m)}, axis=1)",
            lambda: f"mean({mat(m, n)}, axis=0)",
            lambda: f"logsumexp({mat(n, m)})",
            lambda: f"(inv({self.spd(n, below)}) @ {v()})",
        ])  # fmt: skip

    def matrix(self, shape: Shape, depth: int) -> str:
        if depth <= 0:
            return self.name(shape)
        (n, m), k, below = shape, self.dim(), depth - 1

        def mat(rows: str = n, cols: str = m) -> str:
            return self.of((rows, cols), below)

        def v(dim: str) -> str:
            return self.of((dim,), below)

        square: list[Callable[[], str]] = [
            lambda: f"inv({self.spd(n, below)})",
            lambda: f"diag({v(n)})",
            lambda: f"({mat()} + {self.number()} * eye({n}))",
            lambda: f"matrix_power({self.name((n, n))}, {self.rng.choice('23')})",
            lambda: f"({(a := self.name((n, k)))} @ {a}.T)",
        ]
        return self.pick([
            lambda: self.name(shape),
            lambda: f"{self.name((m, n))}.T",
            lambda: f"({mat(n, k)} @ {mat(k, m)})",
            lambda: f"({mat(k, n)}.T @ {mat(k, m)})",
            lambda: f"({mat()} + {mat()})",
            lambda: f"({mat()} - {mat()})",
            lambda: f"({mat()} * {mat()})",
            lambda: f"({self.of((), below)} * {mat()})",
            lambda: f"outer({v(n)}, {v(m)})",
            lambda: f"{self.rng.choice(_SMOOTH)}({mat()})",
            lambda: f"relu({self.name((n, k))} @ {self.name((k, m))} + {self.name((m,))})",
            lambda: f"exp(1 - {mat()} ** 2)",
            lambda: f"softmax({mat()})",
            lambda: f"({mat()} + {v(m)})",
            lambda: f"({mat()} * {v(m)})",
            lambda: f"({(a := self.name(shape))} - mean({a}, axis=1, keepdims=True))",
            lambda: f"({mat()} / sqrt(1 + sum({mat()} ** 2, axis=1, keepdims=True)))",
            lambda: f"({mat()} * sum({mat()}, axis=1, keepdims=True))",
            lambda: f"({mat()} / {self.number()})",
            lambda: f"(diag({v(n)}) @ {mat()})",
            lambda: f"({mat()} * ones({n}, {m}))",
            *(square if n == m else []),
        ])  # fmt: skip


def _tidy(text: str) -> str:
    """Without needless brackets."""
    return ast.unparse(ast.parse(text, mode="eval")).replace("'", '"')


def _moderate(case: dict[str, Any]) -> bool:
    """Finite values and gradients of a moderate size at all sizes, that depend on the variable."""
    for sizes in sizes_of(case):
        try:
            value = evaluate(case["expr"], with_definitions(draw(case, sizes, 0), case["let"]))
            if np.shape(value) != () or not np.abs(value) < 1e3:
                return False
            found = truth(case, sizes, 0)
        except Malformed:
            return False
        if not np.all(np.isfinite(found)) or not 1e-5 < np.max(np.abs(found)) < 1e4:
            return False
    return True


def _used(text: str, let: list[list[str]]) -> set[str]:
    """The names that a formula uses, through its definitions."""
    used = names(text)
    for name, inside in reversed(let):
        if name in used:
            used |= names(inside)
    return used


def random_case(rng: random.Random, kind: type[Writer] = Writer) -> dict[str, Any]:
    """A case in the form of the file, without an answer: a scalar program, and one of its variables."""
    while True:
        writer = kind(rng)
        expr = _tidy(writer.scalar((), rng.choice([1, 2, 2, 3])))
        let = [[name, _tidy(text)] for name, text, _ in writer.let]
        used = _used(expr, let)
        let = [pair for pair in let if pair[0] in used]
        free = [v for v in writer.vars if v in used and writer.assume.get(v) != "spd"]
        if not free:
            continue
        wrt = rng.choice([v for v in free if writer.vars[v]] or free) if rng.random() < 0.9 else rng.choice(free)
        case = {
            "id": f"random-{rng.randrange(10**9):09d}",
            "category": "random",
            "source": "",
            "vars": {v: s for v, s in writer.vars.items() if v in used},
            "assume": {v: a for v, a in writer.assume.items() if v in used},
            "let": let,
            "expr": expr,
            "wrt": wrt,
            "kind": "gradient" if writer.vars[wrt] else "dscalar",
            "answer_let": [],
            "alt_answers": [],
            "layout": "the shape of wrt",
            "note": "",
            "dims": {},
            "consts": {},
            **({"wide": True} if writer.wide else {}),
        }
        if _moderate(case):
            return case


def main() -> None:
    """``python tests/matrix/generate.py COUNT SEED FILE.json``: random cases in a file like that of the textbook derivatives."""
    import json
    import sys
    from pathlib import Path

    count, seed, out = sys.argv[1:]
    rng = random.Random(int(seed))
    Path(out).write_text(json.dumps({"meta": {}, "cases": [random_case(rng) for _ in range(int(count))]}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
