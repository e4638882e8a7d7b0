"""The transposes of the linear operations: what an adjoint G becomes on its way back through one, <G, op(dX)> = <transpose(G), dX>.

Every other pullback follows from these, by the card's differential.
"""

from __future__ import annotations

from collections.abc import Callable

from derivx.derive.matrix import einsum
from derivx.derive.matrix.make import Maker
from derivx.derive.matrix.parts import share
from derivx.derive.matrix.shapes import axis_of, dim_expr, keeps
from derivx.expr import ONE, Call, Expr, Num, is_op, text_leaf, text_of
from derivx.shape import SCALAR, Shape, indices

Transpose = Callable[[Maker, Call, int, Expr], Expr]


def gather(m: Maker, g: Expr, shape: Shape, full: Shape) -> Expr:
    """The adjoint of an operand that was broadcast: summed over the axes along which it was repeated."""
    g = g if m.shape(g) == full else m.spread(g, full)
    if shape == full:
        return g
    if shape == SCALAR:
        return m.sum(g)
    lead = len(full) - len(shape)
    for _ in range(lead):
        g = m.sum(g, Num(0))
    for axis, (small, large) in enumerate(zip(shape, full[lead:], strict=True)):
        if small == 1 and large != 1:
            g = m.sum(g, Num(axis), ONE)
    return g


def _sum(m: Maker, node: Call, _i: int, g: Expr) -> Expr:
    shape = m.shape(node.args[0])
    axis = axis_of(node, shape) if shape else None
    if axis is not None and not keeps(node) and 0 < axis < len(shape) and not m.is_scalar(g):
        g = m.column(g) if len(shape) == 2 else m.rearranged("reshape", (g, *map(dim_expr, (*shape[:axis], 1, *shape[axis + 1 :]))))
    return m.spread(g, shape)


def _mean(m: Maker, node: Call, i: int, g: Expr) -> Expr:
    shape = m.shape(node.args[0])
    axis = axis_of(node, shape) if shape else None
    count = [dim_expr(d) for k, d in enumerate(shape) if axis in (None, k)]
    return m.over(_sum(m, node, i, g), m.prod(*count)) if count else g


def _kron(m: Maker, node: Call, i: int, g: Expr) -> Expr:
    """Of the gradient times the other matrix, each block (or what stands at one place of all blocks) added up."""
    a, b = node.args
    (n, k), (p, q) = (tuple(map(dim_expr, m.shape(x))) for x in node.args)
    if i == 0:
        left, right = Call("kron", (_eye(n), _ones(ONE, p))), Call("kron", (_eye(k), _ones(q, ONE)))
        return m.mm(left, m.prod(g, Call("kron", (_ones(n, k), b))), right)
    left, right = Call("kron", (_ones(ONE, n), _eye(p))), Call("kron", (_ones(k, ONE), _eye(q)))
    return m.mm(left, m.prod(g, Call("kron", (a, _ones(p, q)))), right)


def _eye(n: Expr) -> Expr:
    return Call("eye", (n,))


def _ones(*sizes: Expr) -> Expr:
    return Call("ones", sizes)


def _column(m: Maker, _node: Call, _i: int, g: Expr) -> Expr:
    scalars, array = m.apart(g)
    inner = array.args[0] if is_op(array, "column") and isinstance(array, Call) else m.sum(array, Num(1))
    return m.prod(*scalars, inner)


def _row(m: Maker, _node: Call, _i: int, g: Expr) -> Expr:
    scalars, array = m.apart(g)
    inner = array.args[0] if is_op(array, "row") and isinstance(array, Call) else m.sum(array, Num(0))
    return m.prod(*scalars, inner)


def _vec(m: Maker, node: Call, _i: int, g: Expr) -> Expr:
    return m.T(m.rearranged("reshape", (g, *map(dim_expr, reversed(m.shape(node.args[0]))))))


def _place(m: Maker, node: Call, _i: int, g: Expr) -> Expr:
    taken = m.shape(Call("slice", (g, node.args[1])))
    return gather(m, m.rearranged("slice", (g, node.args[1])), m.shape(node.args[0]), taken)


def _joined(m: Maker, node: Call, i: int, g: Expr) -> Expr:
    return m.rearranged("slice", (g, text_leaf(share(m, node, i))))


def column_wise(m: Maker, node: Call, jacobian: Expr) -> Expr | None:
    """The matrix of a linear operation on a vector whose own matrix is ``jacobian``: the operation on every column of it."""
    match node.op:
        case "cumsum" | "revcumsum":
            return m.linear(node.op, (jacobian, Num(0)), (0,))
        case "slice":
            return m.rearranged("slice", (jacobian, node.args[1]))
        case "place" if all(stays for _, _, stays in indices(text_of(node.args[1]))):
            width = dim_expr(m.shape(jacobian)[1])
            return m.rearranged("place", (jacobian, node.args[1], *node.args[2:], width))
        case "reshape":
            return jacobian
    return None


def _swap(other: str) -> Transpose:
    """The transpose of an operation that has another as its own."""
    return lambda m, node, _i, g: m.linear(other, (g, *node.args[1:]), (0,))


TRANSPOSES: dict[str, Transpose] = {
    "transpose": lambda m, _node, _i, g: m.T(g),
    "sum": _sum,
    "mean": _mean,
    "tr": lambda m, node, _i, g: m.prod(g, Call("eye", (dim_expr(m.shape(node.args[0])[0]),))),
    "diag": lambda m, _node, _i, g: m.diagonal(g),
    "diagonal": lambda m, _node, _i, g: m.diag(g),
    "outer": lambda m, node, i, g: m.mm(g, node.args[1]) if i == 0 else m.mm(m.T(g), node.args[0]),
    "kron": _kron,
    "spread": lambda m, node, _i, g: gather(m, g, m.shape(node.args[0]), m.shape(node)),
    "column": _column,
    "row": _row,
    "vec": _vec,
    "reshape": lambda m, node, _i, g: m.rearranged("reshape", (g, *map(dim_expr, m.shape(node.args[0])))),
    "slice": lambda m, node, _i, g: m.rearranged("place", (g, node.args[1], *map(dim_expr, m.shape(node.args[0])))),
    "place": _place,
    "concat": _joined,
    "stack": _joined,
    "cumsum": _swap("revcumsum"),
    "revcumsum": _swap("cumsum"),
    "half_tril": _swap("half_tril"),
    "im2col": lambda m, _node, _i, g: m.linear("col2im", (g,), (0,)),
    "col2im": lambda m, node, _i, g: m.linear("im2col", (g, dim_expr(m.shape(node.args[0])[1])), (0,)),
    "conv1d": lambda m, node, i, g: (
        m.linear("conv1d", (node.args[0], g), (0, 1)) if i else m.linear("conv1d_transpose", (g, node.args[1]), (0, 1))
    ),
    "conv1d_transpose": lambda m, node, i, g: m.linear("conv1d", (g, node.args[1 - i]), (0, 1)),
    "einsum": einsum.pulled,
}
