"""Differentials and pullbacks over whole arrays: one table of differentials (the cards'), and their transposes.

A differential is linear in dX. Its pullback is the transpose of that linear map, worked out here from the linear operations it is
made of: <G, d(X)> = <pullback(G), dX> is the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.derive.matrix.final import finished
from derivx.derive.matrix.make import ALL, LAST_AXIS, Maker
from derivx.derive.matrix.shapes import axis_of, dim_expr, keeps
from derivx.errors import NotSupported
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Sym, children, is_op, names, postorder, transform
from derivx.ops import Op
from derivx.shape import SCALAR, Shape
from derivx.syntax.formulas import arguments
from derivx.syntax.reader import read
from derivx.syntax.tokens import Limits

_VALUE = "y"
_BILINEAR = ("matmul", "outer", "kron", "conv1d", "conv1d_transpose")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a value: argument ``index`` of the operation ``by``, what the value's gradient receives from there, and the equation."""

    by: Call
    index: int
    formula: Expr
    within: str = ""


Tell = Callable[[Expr, Expr, Sequence[Use]], None]


class Calculus:
    """Builds, differentiates and pulls back expressions with one maker."""

    def __init__(self, maker: Maker) -> None:
        self.m = maker
        self.parts: dict[Expr, Expr] = {}

    # Building: what was read, in textbook form.

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
        """One operation over built arguments; a zero keeps its shape, but no one knows that of what did not move."""
        if op in _BILINEAR and ZERO in args:
            return ZERO
        made = self._made(op, args)
        if made == ZERO and (shape := self.m.shape(Call(op, args))):
            return Call("spread", (ZERO, *map(dim_expr, shape)))
        return made

    def _made(self, op: str, args: tuple[Expr, ...]) -> Expr:
        m = self.m
        direct: dict[str, Callable[..., Expr]] = {
            "add": m.add, "mul": m.prod, "neg": m.neg, "div": m.over, "pow": m.power, "matmul": m.mm, "transpose": m.T, "inv": m.inv,
            "sum": m.sum, "outer": m.outer, "diag": m.diag, "diagonal": m.diagonal, "tr": self._trace, "log": self._log,
        }  # fmt: skip
        if op in direct:
            return direct[op](*args)
        inner = args[0]
        if op == "sqrt" and not is_op(inner, "add"):
            return m.power(inner, Call("div", (ONE, Num(2))))
        if op == "mean":
            return self._mean(args)
        if op == "det" and is_op(inner, "matrix_power") and isinstance(inner, Call):
            return Call("det_of_power", inner.args)
        if op == "logdet" and is_op(inner, "inv") and isinstance(inner, Call):
            return m.neg(Call("logdet", inner.args))
        return Call(op, args)

    def _trace(self, e: Expr) -> Expr:
        return Call("trace_of_power", e.args) if is_op(e, "matrix_power") and isinstance(e, Call) else self.m.tr(e)

    def _less(self, args: tuple[Expr, ...]) -> Expr:
        """X^(r - 1)."""
        base, r = args
        if isinstance(r, Num):
            return base if r.value == 2 else Call("matrix_power", (base, Num(r.value - 1)))
        return Call("matrix_power", (base, self.m.add(r, Call("neg", (ONE,)))))

    def _mean(self, args: tuple[Expr, ...]) -> Expr:
        scalars, array = self.m.apart(args[0])
        call = Call("mean", (array, *args[1:]))
        return self.m.prod(*scalars, call) if scalars else call

    def _log(self, e: Expr) -> Expr:
        """The logarithms that have a function of their own."""
        if is_op(e, "softmax") and isinstance(e, Call):
            return Call("log_softmax", e.args)
        if is_op(e, "det") and isinstance(e, Call):
            return self.call("logdet", e.args)
        if is_op(e, "add") and isinstance(e, Call) and len(e.args) == 2 and ONE in e.args:
            other = e.args[0] if e.args[1] == ONE else e.args[1]
            if is_op(other, "exp") and isinstance(other, Call):
                return Call("softplus", other.args)
        return Call("log", (e,))

    # Differentials.

    def differential(self, e: Expr, moved: Mapping[str, Expr], own: Expr | None = None) -> Expr:
        """De where the names in ``moved`` move by the given amounts; ``own`` is the name of e's value."""
        done: dict[int, Expr] = {}
        for node in postorder(e):
            if isinstance(node, Sym):
                done[id(node)] = moved.get(node.name, ZERO)
            elif isinstance(node, Call):
                parts = [done[id(a)] for a in node.args]
                value = own if node is e and own is not None else node
                done[id(node)] = self._step(node, parts, value) if any(p != ZERO for p in parts) else ZERO
            else:
                done[id(node)] = ZERO
        return done[id(e)]

    def _step(self, node: Call, moves: list[Expr], value: Expr) -> Expr:
        """The differential of one operation from those of its arguments."""
        m, args = self.m, node.args
        match node.op:
            case "add":
                full = m.shape(node)
                return m.add(*(m.spread(d, full) if d != ZERO and m.shape(d) != full else d for d in moves))
            case "neg":
                return m.neg(moves[0])
            case "mul":
                return self._shaped(m.add(*(m.prod(*args[:i], d, *args[i + 1 :]) for i, d in enumerate(moves) if d != ZERO)), node)
            case "matmul":
                return m.add(*(m.mm(*args[:i], d, *args[i + 1 :]) for i, d in enumerate(moves) if d != ZERO))
            case "spread":
                return m.spread(moves[0], m.shape(node))
            case "trace_of_power":
                return m.prod(args[1], m.tr(m.mm(self._less(args), moves[0])))
            case "det_of_power":
                return m.prod(args[1], value, m.tr(m.mm(m.inv(args[0]), moves[0])))
            case "column" | "row":
                return Call(node.op, (moves[0],))
            case "matrix_power":
                return self._power_differential(node, moves[0])
        if ops.known(node.op) and ops.card(node.op).shape != "elementwise":
            return self._by_card(ops.card(node.op), node, moves, value)
        terms = [m.prod(d, self.build(f, self._entry_values(node, value))) for d, f in self._partials(node, moves)]
        return self._shaped(m.add(*terms), node)

    def local(self, node: Call, moves: list[Expr], value: Expr) -> Expr:
        """The same as it is told: what is known before what moves, f'(x) * dx."""
        if ops.known(node.op) and (ops.card(node.op).shape != "elementwise" or node.op in ("add", "neg", "mul")):
            return self._step(node, moves, value)
        terms = [self.m.prod(self.build(f, self._entry_values(node, value)), d) for d, f in self._partials(node, moves)]
        return self._shaped(self.m.add(*terms), node)

    def _shaped(self, e: Expr, like: Expr) -> Expr:
        full = self.m.shape(like)
        return e if e == ZERO or self.m.shape(e) == full else self.m.spread(e, full)

    def _partials(self, node: Call, moves: list[Expr]) -> list[tuple[Expr, Expr]]:
        """The moving arguments of an entry-wise operation, each with its local derivative from the card."""
        if not ops.known(node.op):
            if len(node.args) == 1:  # a function g of one argument: its derivative is called dg
                return [(moves[0], Call(f"d{node.op}", (Sym("x"),)))]
            raise NotSupported("not_supported", what=node.op)
        op = ops.card(node.op)
        table = local_derivatives(op)
        found = [(d, table[p]) for p, d in zip(op.params, moves, strict=False) if d != ZERO and p in table]
        if node.op == "pow" and moves[1] != ZERO and moves[0] == ZERO:
            return [(moves[1], read("y*log(a)"))]
        return found

    def _entry_values(self, node: Call, value: Expr) -> dict[str, Expr]:
        if not ops.known(node.op):
            return {"x": node.args[0]}
        table = {key.name: e for key, e in arguments(ops.card(node.op), node.args).items() if isinstance(key, Sym)}
        return {**table, _VALUE: value}

    def _by_card(self, op: Op, node: Call, moves: list[Expr], value: Expr) -> Expr:
        """The card's differential with the arguments put in."""
        if op.name in ("sum", "mean"):
            return self.call(op.name, (moves[0], *node.args[1:]))
        values: dict[str, Expr] = dict(zip(op.params, node.args, strict=False))
        marks = {f"d{p}": d for p, d in zip(op.params, moves, strict=False)}
        template = differential_of(op)
        if template is None:
            raise NotSupported("not_supported", what=op.name)
        values = {**values, **marks, _VALUE: value}
        return self.build(template, values)

    def _power_differential(self, node: Call, move: Expr) -> Expr:
        base, r = node.args
        if not isinstance(r, Num) or not 1 <= int(r.value) <= 12:
            raise NotSupported("not_supported", what="matrix_power")
        k = int(r.value)
        return self.m.add(*(self.m.mm(*[base] * i, move, *[base] * (k - 1 - i)) for i in range(k)))

    # Pullbacks.

    def pull(
        self, e: Expr, g: Expr, targets: Mapping[str, Shape], own: Expr | None = None, told: Tell | None = None
    ) -> dict[str, list[Expr]]:
        """What each target name receives from the adjoint ``g`` of ``e``: the transposed differential.

        ``told`` hears of every part on the way, its adjoint, and the uses from which that came.
        """
        order = list(postorder(e))
        moving: dict[int, bool] = {}
        for node in order:
            moving[id(node)] = (isinstance(node, Sym) and node.name in targets) or any(moving[id(k)] for k in children(node))
        adjoint: dict[int, list[Expr]] = {id(node): [] for node in order}
        adjoint[id(e)] = [g]
        found: dict[str, list[Expr]] = {name: [] for name in targets}
        came: dict[int, list[Use]] = {}
        for node in reversed(order):
            if not moving[id(node)] or not adjoint[id(node)]:
                continue
            here = finished(self.m, self.m.add(*reversed(adjoint[id(node)])))
            if here == ZERO:
                continue
            if told is not None and node is not e:
                told(node, here, came[id(node)][::-1])
            if isinstance(node, Sym):
                found[node.name].append(here)
            elif isinstance(node, Call):
                value = own if node is e and own is not None else node
                for i, arg in reversed(list(enumerate(node.args))):
                    if moving[id(arg)]:
                        part = self.pull_one(node, i, here, value)
                        adjoint[id(arg)].append(part)
                        came.setdefault(id(arg), []).append(Use(node, i, part, own.name if isinstance(own, Sym) else ""))
        return found

    def pull_one(self, node: Call, i: int, g: Expr, value: Expr) -> Expr:
        """The adjoint of argument ``i`` of one operation with the adjoint ``g``."""
        m, args = self.m, node.args
        arg = args[i]
        match node.op:
            case "add" | "spread":
                return self.gather(g, m.shape(arg), m.shape(node))
            case "mul":
                return self.gather(m.prod(g, *args[:i], *args[i + 1 :]), m.shape(arg), m.shape(node))
            case "matmul":
                return self._pull_product(args, i, g)
            case "outer":
                return m.mm(g, args[1]) if i == 0 else m.mm(m.T(g), args[0])
            case "conv1d":
                return Call("conv1d", (args[0], g)) if i == 1 else Call("conv1d_transpose", (g, args[1]))
        simple = self._simple(node, g, value)
        if simple is not None:
            return simple
        if ops.known(node.op) and ops.card(node.op).shape != "elementwise":
            return self._pull_nonlinear(node, i, g, value)
        moves: list[Expr] = [ZERO] * len(args)
        moves[i] = ONE
        ((_, local),) = self._partials(node, moves) or [(ONE, ZERO)]
        return self.gather(m.prod(g, self.build(local, self._entry_values(node, value))), m.shape(arg), m.shape(node))

    def _simple(self, node: Call, g: Expr, value: Expr) -> Expr | None:
        """The adjoint of the first argument of a linear operation, or of a trace or determinant of a power."""
        m, args = self.m, node.args
        pulled: dict[str, Callable[[], Expr]] = {
            "neg": lambda: m.neg(g),
            "transpose": lambda: m.T(g),
            "sum": lambda: self._pull_sum(node, g),
            "mean": lambda: self._pull_mean(node, g),
            "tr": lambda: m.prod(g, Call("eye", (dim_expr(m.shape(args[0])[0]),))),
            "trace_of_power": lambda: m.prod(g, args[1], m.T(self._less(args))),
            "det_of_power": lambda: m.prod(g, args[1], value, m.T(m.inv(args[0]))),
            "diag": lambda: m.diagonal(g),
            "diagonal": lambda: m.diag(g),
        }
        return pulled[node.op]() if node.op in pulled else None

    def _pull_product(self, args: tuple[Expr, ...], i: int, g: Expr) -> Expr:
        """Of A @ B: G Bᵀ and Aᵀ G; with vectors the outer products that these are."""
        m = self.m
        left = m.mm(*args[:i]) if i else None
        right = m.mm(*args[i + 1 :]) if i + 1 < len(args) else None
        shape = m.shape(args[i])
        if len(shape) == 1:  # at one end of the chain
            if left is None:
                return m.prod(g, right) if right is not None and m.is_scalar(g) else m.mm(right, g) if right is not None else g
            return m.prod(g, left) if m.is_scalar(g) else m.mm(m.T(left), g)
        if left is None:
            return m.outer(g, right) if right is not None and len(m.shape(right)) == 1 else m.mm(g, m.T(right or ONE))
        if right is None:
            return m.outer(left, g) if len(m.shape(left)) == 1 else m.mm(m.T(left), g)
        if len(m.shape(left)) == 1 and len(m.shape(right)) == 1:
            return m.prod(g, m.outer(left, right))
        if len(m.shape(left)) == 1:
            return m.outer(left, m.mm(right, g))
        if len(m.shape(right)) == 1:
            return m.outer(m.mm(m.T(left), g), right)
        return m.mm(m.T(left), g, m.T(right))

    def _pull_sum(self, node: Call, g: Expr) -> Expr:
        shape = self.m.shape(node.args[0])
        axis = axis_of(node, shape)
        if axis is not None and not keeps(node) and axis == len(shape) - 1 and len(shape) == 2:
            g = g if self.m.is_scalar(g) else self.m.column(g)
        return self.m.spread(g, shape)

    def _pull_mean(self, node: Call, g: Expr) -> Expr:
        shape = self.m.shape(node.args[0])
        axis = axis_of(node, shape)
        count = [dim_expr(d) for i, d in enumerate(shape) if axis in (None, i)]
        return self.m.over(self._pull_sum(node, g), self.m.prod(*count))

    def _pull_nonlinear(self, node: Call, i: int, g: Expr, value: Expr) -> Expr:
        """The transpose of the card's differential."""
        mark = Sym("dX_", self.m.shape(node.args[i]))
        if node.op == "softmax":
            return self._pull_softmax(g, value)
        moves: list[Expr] = [ZERO] * len(node.args)
        moves[i] = mark
        linear = self._step(node, moves, value)
        return self.m.add(*self.pull(linear, g, {mark.name: mark.shape})[mark.name])

    def _pull_softmax(self, g: Expr, p: Expr) -> Expr:
        """p*(g - sum(p*g)): the Jacobian diag(p) - p pᵀ is symmetric."""
        m = self.m
        total = m.sum(m.prod(p, g), *((LAST_AXIS, ONE) if len(m.shape(p)) > 1 else (ALL,)))
        return m.prod(p, m.add(g, m.neg(total))) if total != ZERO else m.prod(p, g)

    def gather(self, g: Expr, shape: Shape, full: Shape) -> Expr:
        """The adjoint of an operand that was broadcast: summed over the axes along which it was repeated."""
        m = self.m
        g = g if m.shape(g) == full else m.spread(g, full)
        if shape == full:
            return g
        if shape == SCALAR:
            return m.sum(g)
        lead = len(full) - len(shape)
        for axis in range(lead):
            g = m.sum(g, Num(axis))
        for axis, (small, large) in enumerate(zip(shape, full[lead:], strict=True)):
            if small == 1 and large != 1:
                g = m.sum(g, Num(axis), ONE)
        return g


@cache
def differential_of(op: Op) -> Expr | None:
    """The card's ``d`` as a template over its arguments, ``dX``, ... and ``y``."""
    if not op.d:
        return None
    declared = [*op.params, *(f"d{p}" for p in op.params), _VALUE]
    return read(op.d, names=declared, limits=Limits(template=True, arrays=True))


def used(e: Expr) -> list[str]:
    """The names in an expression."""
    return names(e)
