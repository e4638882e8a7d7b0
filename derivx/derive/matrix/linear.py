"""The matrix of a linear map: from a differential that is linear in dx to the Jacobian, or in dX to its vec form."""

from __future__ import annotations

from derivx.derive.matrix.calculus import Calculus
from derivx.derive.matrix.final import finished
from derivx.derive.matrix.linearity import linear_slots
from derivx.derive.matrix.shapes import dim_expr
from derivx.derive.matrix.transposes import column_wise
from derivx.errors import NotSupported
from derivx.expr import ZERO, Call, Expr, Sym, is_op, names, substitute
from derivx.ops import Op


class Chained(Calculus):
    """Differentials of vectors as J dx, the matrix of an operation that mixes entries (softmax, say) before that of what stands in it."""

    def _by_card(self, op: Op, node: Call, moves: list[Expr], value: Expr) -> Expr:
        """The card's differential; of a vector by one vector that moves, as a matrix times the move."""
        moving = [i for i, d in enumerate(moves) if d != ZERO]
        if len(moving) != 1 or len(self.m.shape(node)) != 1 or len(self.m.shape(moves[moving[0]])) != 1:
            return super()._by_card(op, node, moves, value)
        (at,) = moving
        step, own = Sym("move_", self.m.shape(moves[at])), Sym("own_", self.m.shape(node))  # own: so that the value's length does not count
        alone = super()._by_card(op, node, [*moves[:at], step, *moves[at + 1 :]], own)
        matrix = finished(self.m, coefficient(self, alone, step))
        return self.m.mm(substitute(matrix, {own: value}), moves[at])


def coefficient(c: Calculus, e: Expr, dx: Sym) -> Expr:
    """J with e = J dx, for vectors e and dx."""
    m = c.m
    if dx.name not in names(e):
        return ZERO
    if e == dx:
        return Call("eye", (dim_expr(m.shape(dx)[0]),))
    assert isinstance(e, Call)
    match e.op:
        case "add":
            return m.add(*(_spread_row(c, a, e, dx) if m.is_scalar(a) else coefficient(c, a, dx) for a in e.args))
        case "matmul":
            at = next(i for i, a in enumerate(e.args) if dx.name in names(a))
            inner = coefficient(c, e.args[at], dx)
            return m.mm(*e.args[:at], inner) if at else inner
        case "spread":
            return m.outer(Call("ones", e.args[1:]), _row(c, e.args[0], dx))
        case "neg" | "mul" | "div":
            found = m.factors(e)
            moving = [b for b in found.powers if dx.name in names(b)]
            if len(moving) != 1 or found.powers[moving[0]] != 1:
                raise NotSupported("not_supported", what="vec")
            (base,) = moving
            rest = type(found)(found.number, {b: n for b, n in found.powers.items() if b is not base})
            factor = m.join(rest)
            if m.is_scalar(base):
                return m.outer(factor, _row(c, base, dx))
            inner = coefficient(c, base, dx)
            return m.prod(factor, inner) if m.is_scalar(factor) else m.mm(m.diag(factor), inner)
    if e.op == "conv1d" and dx.name not in names(e.args[0]):
        return m.mm(Call("im2col", (e.args[0], dim_expr(m.shape(e.args[1])[0]))), coefficient(c, e.args[1], dx))
    if e.op == "concat":
        return _below_each_other(c, e, dx)
    if 0 in linear_slots(e) and dx.name not in names(*e.args[1:]):
        whole = column_wise(m, e, coefficient(c, e.args[0], dx)) if len(m.shape(e.args[0])) == 1 else None
        if whole is not None:
            return whole
    raise NotSupported("not_supported", what=e.op)


def _below_each_other(c: Calculus, e: Call, dx: Sym) -> Expr:
    """The matrix of vectors that are joined: theirs, one below the other."""
    rows: list[Expr] = []
    for part in e.args[:-1]:
        block = coefficient(c, part, dx)
        rows.append(block if block != ZERO else Call("zeros", (*map(dim_expr, c.m.shape(part)), *map(dim_expr, c.m.shape(dx)))))
    return c.m.rearranged("concat", (*rows, ZERO))


def _spread_row(c: Calculus, a: Expr, e: Expr, dx: Sym) -> Expr:
    """A number added to every entry: the same row everywhere."""
    if dx.name not in names(a):
        return ZERO
    return c.m.outer(Call("ones", tuple(map(dim_expr, c.m.shape(e)))), _row(c, a, dx))


def _row(c: Calculus, e: Expr, dx: Sym) -> Expr:
    """The gradient of a scalar that is linear in dx."""
    return c.m.add(*c.pull(e, dim_expr(1), {dx.name: dx.shape})[dx.name])


def kronecker(c: Calculus, e: Expr, dx: Sym) -> Expr:
    """The matrix of vec(e) by vec(dX): a sum of A dX B is B.T kron A, of A dX.T B that times a commutation matrix."""
    m = c.m
    if len(m.shape(dx)) != 2 or not m.shape(e):
        raise NotSupported("not_supported", what="vec")
    terms = e.args if is_op(e, "add") and isinstance(e, Call) else (e,)
    out: list[Expr] = []
    for term in terms:
        scalars, array = m.apart(term)
        array = array.args[0] if is_op(array, "vec") and isinstance(array, Call) else array  # the columns are stacked already
        chain = array.args if is_op(array, "matmul") and isinstance(array, Call) else (array,)
        at = next((i for i, a in enumerate(chain) if dx.name in names(a)), None)
        if at is None:
            raise NotSupported("not_supported", what="vec")
        middle = chain[at]
        if len(m.shape(middle)) != 2:
            raise NotSupported("not_supported", what="vec")
        n, k = (dim_expr(d) for d in m.shape(dx))
        left = m.mm(*chain[:at]) if at else Call("eye", (dim_expr(m.shape(middle)[0]),))
        right = m.mm(*chain[at + 1 :]) if at + 1 < len(chain) else Call("eye", (dim_expr(m.shape(middle)[1]),))
        left = left if len(m.shape(left)) == 2 else Call("row", (left,))
        sandwich = Call("kron", (m.T(right) if len(m.shape(right)) == 2 else Call("row", (right,)), left))
        plain = is_op(left, "eye") and is_op(right, "eye")
        if middle == dx:
            core: Expr = sandwich
        elif is_op(middle, "transpose") and isinstance(middle, Call) and middle.args[0] == dx:
            swap = Call("commutation", (n, k))
            core = swap if plain else Call("matmul", (sandwich, swap))
        else:
            raise NotSupported("not_supported", what="vec")
        out.append(m.prod(*scalars, core) if scalars else core)
    return m.add(*out)
