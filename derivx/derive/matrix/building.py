"""Building: what was read, in textbook form."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derivx import ops
from derivx.derive.matrix.einsum import contracted
from derivx.derive.matrix.linearity import jointly, linear_slots
from derivx.derive.matrix.make import ALL, LAST_AXIS, Maker
from derivx.derive.matrix.shapes import axis_of, dim, dim_expr
from derivx.errors import NotSupported
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Sym, is_op, is_text, postorder, transform

_BILINEAR = ("matmul", "outer", "kron", "conv1d", "conv1d_transpose")
_PARTS = {"slice", "place", "reshape", "concat", "stack"}


class Building:
    """Builds expressions with one maker."""

    def __init__(self, maker: Maker) -> None:
        self.m = maker
        self.parts: dict[Expr, Expr] = {}

    def build(self, e: Expr, values: Mapping[str, Expr] | None = None) -> Expr:
        """The expression through the constructors; ``values`` stand for names."""
        done: dict[int, Expr] = {}
        for node in postorder(e):
            if isinstance(node, Sym):
                done[id(node)] = (values or {}).get(node.name, node)
            elif isinstance(node, Call):
                done[id(node)] = self.call(node.op, tuple(done[id(a)] for a in node.args))
            elif isinstance(node, Diff):
                raise NotSupported("not_supported", what="D")
            else:
                done[id(node)] = node
        return self.shared(done[id(e)])

    def shared(self, e: Expr) -> Expr:
        """The same expression, equal parts one object: each is differentiated once."""
        return transform(e, lambda node: self.parts.setdefault(node, node))

    def call(self, op: str, args: tuple[Expr, ...]) -> Expr:
        """One operation over built arguments; what is simpler keeps its shape, but no one knows that of what did not move.

        Raises ``UsageError`` where shapes do not fit.
        """
        if op in _BILINEAR and ZERO in args:
            return ZERO
        plain = Call(op, args)
        shape = self.m.shape(plain)
        made = plain if is_text(plain) else self.made(op, args)
        if made == ZERO and shape:
            return Call("spread", (ZERO, *map(dim_expr, shape)))
        return made if is_text(made) or self.m.shape(made) == shape else self.m.spread(made, shape)  # X + x - X is x, repeated

    def made(self, op: str, args: tuple[Expr, ...]) -> Expr:
        """One operation over built arguments, or zero."""
        m = self.m
        args = self._axes(op, args)
        direct: dict[str, Callable[..., Expr]] = {
            "add": m.add, "mul": m.prod, "neg": m.neg, "div": m.over, "pow": m.power, "matmul": m.mm, "transpose": m.T, "inv": m.inv,
            "sum": m.sum, "outer": m.outer, "diag": m.diag, "diagonal": m.diagonal, "tr": self._trace, "log": self._log, "column": m.column,
            "spread": lambda x, *sizes: m.spread(x, tuple(map(dim, sizes))), "zeros": lambda *_: ZERO, "mean": self._mean,
            "matrix_power": self._power, "solve": lambda a, b: m.mm(m.inv(a), b), "einsum": lambda *parts: contracted(m, parts),
        }  # fmt: skip
        if op in direct:
            return direct[op](*args)
        if op in _PARTS:
            return m.rearranged(op, args)
        inner = args[0]
        if op == "sqrt" and not is_op(inner, "add"):
            return m.power(inner, Call("div", (ONE, Num(2))))
        if op == "det" and is_op(inner, "matrix_power") and isinstance(inner, Call):
            return Call("det_of_power", inner.args)
        if op == "logdet" and is_op(inner, "inv") and isinstance(inner, Call):
            return m.neg(Call("logdet", inner.args))
        call = Call(op, args)
        return call if jointly(call) else m.linear(op, args, linear_slots(call))

    def _axes(self, op: str, args: tuple[Expr, ...]) -> tuple[Expr, ...]:
        """An axis in its one spelling, from 0; not written where it is the usual one, and never of a vector."""
        card = ops.card(op) if ops.known(op) else None
        if card is None or card.nary or "axis" not in card.params or len(args) < 2 or not (shape := self.m.shape(args[0])):
            return args
        usual = card.defaults["axis"]
        at = axis_of(Call(op, args), shape)
        axis: Expr = ALL if at is None else Num(at)
        if len(shape) == 1 or (at == len(shape) - 1 and usual == LAST_AXIS.name and card.shape != "cumulative"):
            axis = Sym(usual)
        rest = args[2:] if args[2:] != (ZERO,) else ()
        return (args[0], *((axis,) if axis != Sym(usual) or rest else ()), *rest)

    def _trace(self, e: Expr) -> Expr:
        return Call("trace_of_power", e.args) if is_op(e, "matrix_power") and isinstance(e, Call) else self.m.tr(e)

    def _power(self, base: Expr, r: Expr) -> Expr:
        """X^r: of a negative number that of the inverse."""
        if is_op(r, "neg") and isinstance(r, Call):
            return self._power(self.m.inv(base), r.args[0])
        if r == ZERO:
            return Call("eye", (dim_expr(self.m.shape(base)[0]),))
        return base if r == ONE else Call("matrix_power", (base, r))

    def _mean(self, *args: Expr) -> Expr:
        scalars, array = self.m.apart(args[0])
        call = Call("mean", (array, *args[1:]))
        return self.m.prod(*scalars, call) if scalars else call

    def _log(self, e: Expr) -> Expr:
        """The logarithms that have a function of their own."""
        if is_op(e, "softmax") and isinstance(e, Call):
            return Call("log_softmax", e.args)
        if is_op(e, "slice") and isinstance(e, Call) and is_op(e.args[0], "softmax"):
            return self.m.rearranged("slice", (self._log(e.args[0]), e.args[1]))
        if is_op(e, "det") and isinstance(e, Call):
            return self.call("logdet", e.args)
        if is_op(e, "add") and isinstance(e, Call) and len(e.args) == 2 and ONE in e.args:
            other = e.args[0] if e.args[1] == ONE else e.args[1]
            if is_op(other, "exp") and isinstance(other, Call):
                return Call("softplus", other.args)
        return Call("log", (e,))
