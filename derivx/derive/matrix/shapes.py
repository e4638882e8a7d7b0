"""The shape of every expression, from the shapes of its names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derivx.errors import NotSupported, UsageError
from derivx.expr import Call, Expr, Num, Sym, is_op
from derivx.shape import SCALAR, Dim, Shape, broadcast, product, written
from derivx.syntax.write import write

LAST = Sym("last")
Args = tuple[Expr, ...]


class Shapes:
    """The shapes of expressions, each computed once."""

    def __init__(self, given: Mapping[str, Shape]) -> None:
        self.given = dict(given)
        self.known: dict[Expr, Shape] = {}
        self.alias: dict[Dim, Dim] = {}  # a size that is worked out, n - q + 1, and the letter it is called by

    def of(self, e: Expr) -> Shape:
        """The shape. Raises ``UsageError`` with both operands where they do not fit."""
        if isinstance(e, Num):
            return SCALAR
        if isinstance(e, Sym):
            return self.given.get(e.name, e.shape)
        found = self.known.get(e)
        if found is None:
            assert isinstance(e, Call)
            found = self.known[e] = self._call(e)
        return found

    def _call(self, e: Call) -> Shape:
        rule = _RULES.get(e.op)
        if rule is not None:
            return rule(self, e)
        out: Shape = SCALAR
        for arg in e.args:  # entry by entry
            out = self.together(out, self.of(arg), e)
        return out

    def together(self, a: Shape, b: Shape, e: Call) -> Shape:
        """The broadcast shape. Raises ``UsageError``."""
        found = broadcast(tuple(map(self.same, a)), tuple(map(self.same, b)))
        if found is None and self.unify(a, b):
            return self.together(a, b, e)
        if found is None:
            raise UsageError("shapes", what=write(e), left=written(a), right=written(b))
        return found

    def same(self, dim: Dim) -> Dim:
        """The letter a size is called by."""
        return self.alias.get(dim, dim)

    def unify(self, a: Shape, b: Shape) -> bool:
        """Whether a size that was worked out, n - q + 1, gets the letter it meets; then n - r + 1 is q."""
        for x, y in zip(reversed(tuple(map(self.same, a))), reversed(tuple(map(self.same, b))), strict=False):
            for worked, letter in ((x, y), (y, x)):
                if isinstance(worked, str) and worked.endswith(" + 1") and isinstance(letter, str) and letter.isidentifier():
                    n, q = worked.removesuffix(" + 1").split(" - ")
                    self.alias[worked] = letter
                    self.alias[f"{n} - {letter} + 1"] = q
                    self.known.clear()
                    return True
        return False


def axis_of(e: Call, shape: Shape) -> int | None:
    """The axis that a sum or mean takes, from 0; ``None`` for all."""
    axis = e.args[1] if len(e.args) > 1 else Sym("all")
    if axis == Sym("all"):
        return None
    if axis == LAST:
        return len(shape) - 1
    if is_op(axis, "neg") and isinstance(axis, Call) and isinstance(axis.args[0], Num):
        return len(shape) - int(axis.args[0].value)
    if isinstance(axis, Num):
        return int(axis.value)
    raise NotSupported("not_supported", what=write(e))


def keeps(e: Call) -> bool:
    """Whether a sum or mean keeps its axis with the size 1."""
    return len(e.args) > 2 and e.args[2] != Num(0)


def dim(e: Expr) -> Dim:
    """A size as it is written in ``eye(n)``."""
    if isinstance(e, Sym):
        return e.name
    return int(e.value) if isinstance(e, Num) else write(e)


def dim_expr(d: Dim) -> Expr:
    """A size as an expression."""
    return Num(d) if isinstance(d, int) else Sym(d)


def _matmul(s: Shapes, e: Call) -> Shape:
    out = s.of(e.args[0])
    for arg in e.args[1:]:
        right = s.of(arg)
        found = product(tuple(map(s.same, out)), tuple(map(s.same, right)))
        if found is None and s.unify(out[-1:], right[:1]):
            return _matmul(s, e)
        if found is None:
            raise UsageError("shapes", what=write(e), left=written(out), right=written(right))
        out = found
    return out


def _reduce(s: Shapes, e: Call) -> Shape:
    shape = s.of(e.args[0])
    axis = axis_of(e, shape)
    if axis is None:
        return tuple(1 for _ in shape) if keeps(e) else SCALAR
    return (*shape[:axis], *((1,) if keeps(e) else ()), *shape[axis + 1 :])


def _kron(s: Shapes, e: Call) -> Shape:
    a, b = (s.of(x) for x in e.args)
    return tuple(x * y if isinstance(x, int) and isinstance(y, int) else f"{x}*{y}" for x, y in zip(a, b, strict=True))


def _conv(s: Shapes, e: Call) -> Shape:
    n, q = s.of(e.args[0])[0], s.of(e.args[1])[0]
    return (s.same(n - q + 1 if isinstance(n, int) and isinstance(q, int) else f"{n} - {q} + 1"),)


def _conv_transpose(s: Shapes, e: Call) -> Shape:
    r, q = s.of(e.args[0])[0], s.of(e.args[1])[0]
    worked = next((w for w, letter in s.alias.items() if letter == r and isinstance(w, str) and w.endswith(f" - {q} + 1")), None)
    return (str(worked).split(" - ")[0] if worked else f"{r} + {q} - 1",)


def _im2col(s: Shapes, e: Call) -> Shape:
    n, q = s.of(e.args[0])[0], dim(e.args[1])
    rows = n - q + 1 if isinstance(n, int) and isinstance(q, int) else f"{n} - {q} + 1"
    return (s.same(rows), q)


def _commutation(_s: Shapes, e: Call) -> Shape:
    return (f"{dim(e.args[0])}*{dim(e.args[1])}",) * 2


def _scalar(_s: Shapes, _e: Call) -> Shape:
    return SCALAR


_RULES: dict[str, Callable[[Shapes, Call], Shape]] = {
    "matmul": _matmul,
    "transpose": lambda s, e: s.of(e.args[0])[::-1],
    "inv": lambda s, e: s.of(e.args[0]),
    "matrix_power": lambda s, e: s.of(e.args[0]),
    "sum": _reduce,
    "mean": _reduce,
    "diag": lambda s, e: s.of(e.args[0]) * 2,
    "diagonal": lambda s, e: s.of(e.args[0])[:1],
    "outer": lambda s, e: (*s.of(e.args[0]), *s.of(e.args[1])),
    "kron": _kron,
    "differential": lambda s, e: s.of(e.args[0]),
    "softmax": lambda s, e: s.of(e.args[0]),
    "log_softmax": lambda s, e: s.of(e.args[0]),
    "logsumexp": lambda s, e: s.of(e.args[0])[:-1],
    "eye": lambda s, e: (s.same(dim(e.args[0])),) * 2,
    "ones": lambda s, e: tuple(s.same(dim(a)) for a in e.args),
    "spread": lambda s, e: tuple(s.same(dim(a)) for a in e.args[1:]),
    "column": lambda s, e: (*s.of(e.args[0]), 1),
    "row": lambda s, e: (1, *s.of(e.args[0])),
    "commutation": _commutation,
    "conv1d": _conv,
    "conv1d_transpose": _conv_transpose,
    "im2col": _im2col,
    **dict.fromkeys(("det", "logdet", "tr", "norm2", "norm1", "trace_of_power", "det_of_power"), _scalar),
    **dict.fromkeys(("inner", "entry", "index_sum", "kdelta"), _scalar),  # of explanations alone
}
