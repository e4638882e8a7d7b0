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
from derivx.derive.matrix.building import Building
from derivx.derive.matrix.final import finished
from derivx.derive.matrix.linearity import jointly, linear_slots
from derivx.derive.matrix.make import ALL
from derivx.derive.matrix.shapes import axis_of, dim_expr
from derivx.derive.matrix.transposes import TRANSPOSES, gather
from derivx.errors import NotSupported
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, children, is_op, postorder
from derivx.ops import Op
from derivx.shape import Shape
from derivx.syntax.formulas import arguments
from derivx.syntax.reader import read
from derivx.syntax.tokens import Limits

_VALUE = "y"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a value: argument ``index`` of the operation ``by``, what the value's gradient receives from there, and the equation."""

    by: Call
    index: int
    formula: Expr
    within: str = ""


Tell = Callable[[Expr, Expr, Sequence[Use]], None]


class Calculus(Building):
    """Builds, differentiates and pulls back expressions with one maker."""

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
            case "matrix_power":
                return self._power_differential(node, moves[0])
        if jointly(node):
            still = [self.call("zeros", tuple(map(dim_expr, m.shape(a)))) if d == ZERO else d for a, d in zip(args, moves, strict=True)]
            return self.made(node.op, (*still[:-1], args[-1]))
        if slots := linear_slots(node):
            return m.add(*(self.made(node.op, (*args[:i], moves[i], *args[i + 1 :])) for i in slots if moves[i] != ZERO))
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
            if len(node.args) == 1:  # a function g of one argument: its derivative is g'
                return [(moves[0], Call(f"{node.op}'", (Sym("x"),)))]
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
        values = {key.name: e for key, e in arguments(op, node.args).items() if isinstance(key, Sym)}
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
            case "add":
                return gather(m, g, m.shape(arg), m.shape(node))
            case "neg":
                return m.neg(g)
            case "mul":
                return gather(m, m.prod(g, *args[:i], *args[i + 1 :]), m.shape(arg), m.shape(node))
            case "matmul":
                return self._pull_product(args, i, g)
            case "softmax":
                return self._pull_softmax(node, g, value)
        if i in linear_slots(node):
            return TRANSPOSES[node.op](m, node, i, g)
        if ops.known(node.op) and ops.card(node.op).shape != "elementwise":
            return self._pull_nonlinear(node, i, g, value)
        moves: list[Expr] = [ZERO] * len(args)
        moves[i] = ONE
        ((_, local),) = self._partials(node, moves) or [(ONE, ZERO)]
        return gather(m, m.prod(g, self.build(local, self._entry_values(node, value))), m.shape(arg), m.shape(node))

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

    def _pull_nonlinear(self, node: Call, i: int, g: Expr, value: Expr) -> Expr:
        """The transpose of the card's differential."""
        mark = Sym("dX_", self.m.shape(node.args[i]))
        moves: list[Expr] = [ZERO] * len(node.args)
        moves[i] = mark
        linear = self._step(node, moves, value)
        return self.m.add(*self.pull(linear, g, {mark.name: mark.shape})[mark.name])

    def _pull_softmax(self, node: Call, g: Expr, p: Expr) -> Expr:
        """p*(g - sum(p*g)): the Jacobian diag(p) - p pᵀ is symmetric."""
        m, shape = self.m, self.m.shape(node)
        at = axis_of(node, shape)
        total = m.sum(m.prod(p, g), *((Num(at), ONE) if len(shape) > 1 and at is not None else (ALL,)))
        total = m.spread(ONE, shape) if is_op(total, "ones") else total
        return m.prod(p, m.add(g, m.neg(total))) if total != ZERO else m.prod(p, g)


@cache
def differential_of(op: Op) -> Expr | None:
    """The card's ``d`` as a template over its arguments, ``dX``, ... and ``y``."""
    if not op.d:
        return None
    declared = [*op.params, *(f"d{p}" for p in op.params), _VALUE]
    return read(op.d, names=[*declared, "all", "last"], limits=Limits(template=True, arrays=True))
