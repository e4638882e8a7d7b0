"""The check of index proofs: every line evaluated for all values of its indices at small sizes, against what the operation does.

Each index is an axis, a sum over an index the sum along its axis. The derivative of an operation by an entry of an argument is
measured by the complex step; nothing of the derivation is used.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derivx import ops
from derivx.check.matrix import compared, drawn, sizes_of
from derivx.check.matrix import worst as verdict
from derivx.check.verdict import Check
from derivx.derive.matrix.indices import IndexProof
from derivx.expr import Call, Expr, Num, Sym
from derivx.numeric import COMPLEX, Unavailable, UnknownValue, space
from derivx.numeric.array_value import array_value
from derivx.shape import Shape, letters

_STEP = 1e-30
_POWERS = ("matrix_power", "trace_of_power", "det_of_power")  # by a whole number
_SIZES = (5, 4, 3, 2)  # of letters, in turn: what slides along an array is shorter
Env = dict[str, Any]


def check_index_proof(proof: IndexProof, seeds: int = 2) -> list[Check]:
    """The verdict on each line of a proof, and on its law."""
    errors = [_errors(proof, seed) for seed in range(seeds)]
    return [verdict([e[i] for e in errors], i) for i in range(len(proof.lines) + 1)]


def _errors(proof: IndexProof, seed: int) -> list[float]:
    try:
        return _Indices(proof, seed).errors()
    except (np.linalg.LinAlgError, UnknownValue, Unavailable):
        return [float("nan")] * (len(proof.lines) + 1)


class _Indices:
    def __init__(self, proof: IndexProof, seed: int) -> None:
        self.proof, self.xp = proof, space(COMPLEX)
        self.sizes = _sizes(proof, seed)
        rng = np.random.default_rng(seed)
        self.env: Env = dict(self.sizes)
        made = (proof.value.name, proof.upstream.name)
        for name, shape in proof.shapes.items():
            if name not in made and name not in self.sizes:
                self.env[name] = drawn(rng, sizes_of(shape, self.sizes), proof.flags.get(name, "") or self.usual(shape))
        self.env |= {e.name: 3 for e in proof.node.args[1:] if isinstance(e, Sym) and proof.node.op in _POWERS and not proof.shapes[e.name]}
        value = self.env[proof.value.name] = array_value(proof.node, self.env, self.xp)
        self.env[proof.upstream.name] = drawn(rng, list(np.shape(value)), "positive")
        self.env |= {
            d: n for d, n in zip(proof.shapes[proof.value.name], np.shape(value), strict=True) if isinstance(d, str) and d.isidentifier()
        }
        self.arrays: dict[Expr, Any] = {}
        sizes = [round(float(np.real(array_value(n, self.env, self.xp)))) for n in proof.dims.values()]
        self.axes = {
            i: np.arange(n).reshape([n if k == at else 1 for k in range(len(sizes))])
            for at, (i, n) in enumerate(zip(proof.dims, sizes, strict=True))
        }
        self.local = self.measured()
        over = tuple(range(np.ndim(self.env[proof.value.name])))
        self.gradient = np.tensordot(self.env[proof.upstream.name], self.local, (over, over))

    def usual(self, shape: Shape) -> str:
        """Operations on whole matrices need a determinant above 0, entry by entry positive values always do."""
        square = len(shape) == 2 and shape[0] == shape[1]
        return (
            "posdef_nonsym"
            if square and ops.known(self.proof.node.op) and ops.card(self.proof.node.op).shape != "elementwise"
            else "positive"
        )

    def measured(self) -> Any:
        """The derivative of every entry of the value by every entry of the argument."""
        name = self.proof.by.name
        x = np.asarray(self.env[name], dtype=complex)
        columns = []
        for at in np.ndindex(x.shape):
            moved = x.copy()
            moved[at] += 1j * _STEP
            columns.append(np.imag(array_value(self.proof.node, {**self.env, name: moved}, self.xp)) / _STEP)
        value = np.stack([np.broadcast_to(c, np.shape(self.env[self.proof.value.name])) for c in columns], axis=-1)
        return value.reshape(*value.shape[:-1], *x.shape)

    def errors(self) -> list[float]:
        lines = [compared(*np.broadcast_arrays(self.number(line.before), self.number(line.after))) for line in self.proof.lines]
        law = self.array(self.proof.law)  # a gradient of 0 has no shape of its own
        return [*lines, compared(np.broadcast_to(law, np.shape(self.gradient)) if not np.ndim(law) else law, self.gradient)]

    def number(self, e: Expr) -> Any:
        """The values for all values of the indices."""
        if isinstance(e, Sym) and e.name in self.axes:
            return self.axes[e.name]
        if not isinstance(e, Call):
            return np.real(array_value(e, self.env, self.xp))
        match e.op:
            case "index_sum":
                return self.sum(*e.args)
            case "entry":
                return self.array(e.args[0])[self.places(e.args[1:])]
            case "kdelta":
                return 1.0 * (self.number(e.args[0]) == self.number(e.args[1]))
            case "partial":
                return self.partial(*e.args)
        kids = {f"k{n}_": self.number(a) for n, a in enumerate(e.args)}
        return np.real(array_value(Call(e.op, tuple(Sym(n) for n in kids)), {**self.env, **kids}, self.xp))

    def places(self, idx: tuple[Expr, ...]) -> tuple[Any, ...]:
        return tuple(np.asarray(self.number(i)).astype(int) for i in idx)

    def sum(self, body: Expr, i: Expr, n: Expr) -> Any:
        """Along the axis of the index; what does not depend on it counts as often as it runs."""
        assert isinstance(i, Sym)
        axis, count = list(self.axes).index(i.name), round(float(self.number(n)))
        values = np.asarray(self.number(body))
        values = values.reshape((1,) * (len(self.axes) - values.ndim) + values.shape)
        return np.sum(values, axis=axis, keepdims=True) * (count if values.shape[axis] == 1 else 1)

    def partial(self, of: Expr, by: Expr) -> Any:
        """What was measured: of an entry of the value, or of the output through it."""
        at = self.places(by.args[1:]) if isinstance(by, Call) else ()
        row = self.places(of.args[1:]) if isinstance(of, Call) else ()
        return self.local[(*row, *at)] if isinstance(of, Call) or of == self.proof.value else self.gradient[at]

    def array(self, e: Expr) -> Any:
        if e not in self.arrays:
            self.arrays[e] = np.real(array_value(e, self.env, self.xp))
        return self.arrays[e]


def _sizes(proof: IndexProof, seed: int) -> dict[str, int]:
    """Small sizes, different letters different."""
    found: dict[str, int] = {}
    numbers = {e.value for e in proof.dims.values() if isinstance(e, Num)}
    operands = [proof.shapes[e.name] for e in proof.node.args if isinstance(e, Sym) and e.name in proof.shapes]
    dims = [d for shape in (*operands, *proof.shapes.values()) for d in shape]
    for letter in (letter for d in dims for letter in sorted(letters([d]))):
        if letter not in found:
            found[letter] = next(k for k in (*_SIZES[seed:], *_SIZES, *range(6, 99)) if k not in found.values() and k not in numbers)
    return found
