"""How the shape of a result follows from those of the operands: one rule for each name in the cards' ``shape``.

A rule gets the call and the shapes of its arguments, and raises ``UsageError`` where they do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derivx import ops
from derivx.derive.matrix.sizes import Sizes, dim, is_last, misfit, span, unfit
from derivx.errors import UsageError
from derivx.expr import Call, Expr, Num, Sym, is_op, is_text, text_of
from derivx.shape import SCALAR, Dim, Shape, indices, minus, plus, product, quotient, subscripts, times, written

Shapes = Sequence[Shape]
Rule = Callable[[Sizes, Call, Shapes], Shape]


def axis_of(e: Call, shape: Shape) -> int | None:
    """The axis that an operation works along, from 0; ``None`` for all entries. Raises ``UsageError``."""
    axis: Expr = e.args[1] if len(e.args) > 1 else Sym(ops.card(e.op).defaults["axis"])
    return None if axis == Sym("all") else _axis(axis, shape, e)


def _axis(axis: Expr, shape: Shape, e: Call) -> int:
    negative = is_op(axis, "neg") and isinstance(axis, Call)
    number = axis.args[0] if negative and isinstance(axis, Call) else axis
    if is_last(axis):
        at = len(shape) - 1
    elif isinstance(number, Num) and isinstance(number.value, int):
        at = len(shape) - number.value if negative else number.value
    else:
        at = -1
    if not 0 <= at < len(shape):
        raise unfit("no_axis", e, shape)
    return at


def keeps(e: Call) -> bool:
    """Whether a sum or the like keeps its axis with the size 1."""
    return len(e.args) > 2 and e.args[2] != Num(0)


def _needs(e: Call, shape: Shape, rank: int, operand: Expr | None = None) -> None:
    if len(shape) != rank:
        raise unfit("needs_matrix" if rank == 2 else "needs_vector", e, shape, operand)


def _matmul(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    out, left = shapes[0], e.args[0]
    for arg, right in zip(e.args[1:], shapes[1:], strict=True):
        found = product(s.sames(out), s.sames(right))
        if found is None and out and right and s.unify(out[-1:], right[:1]):
            found = product(s.sames(out), s.sames(right))
        if found is None:
            raise misfit(e, left, out, arg, right)
        out, left = found, arg
    return out


def _transpose(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    if len(shapes[0]) > 2:
        raise unfit("needs_matrix", e, shapes[0])
    return shapes[0][::-1]


def _matrix_turned(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 2)
    return shapes[0][::-1]


def _square(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    shape = s.sames(shapes[0])
    if len(shape) == 2 and shape[0] != shape[1]:
        s.unify(shape[:1], shape[1:])
        shape = s.sames(shapes[0])
    if len(shape) != 2 or shape[0] != shape[1]:
        raise unfit("needs_square", e, shape)
    return shape


def _square_scalar(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _square(s, e, shapes)
    return SCALAR


def _reduce(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    shape = shapes[0]
    axis = axis_of(e, shape) if shape else None
    if axis is None:
        return tuple(1 for _ in shape) if keeps(e) else SCALAR
    return (*shape[:axis], *((1,) if keeps(e) else ()), *shape[axis + 1 :])


def _same_axis(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    if not shapes[0]:
        raise unfit("needs_array", e, shapes[0])
    axis_of(e, shapes[0])
    return shapes[0]


def _cumulative(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    if len(shapes[0]) > 1 and len(e.args) == 1:
        raise unfit("needs_axis", e, shapes[0])
    return _same_axis(s, e, shapes)


def _diag(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 1)
    return shapes[0] * 2


def _diagonal(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    return _square(s, e, shapes)[:1]


def _outer(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    for arg, shape in zip(e.args, shapes, strict=True):
        _needs(e, shape, 1, arg)
    return (*shapes[0], *shapes[1])


def _kron(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    for arg, shape in zip(e.args, shapes, strict=True):
        _needs(e, shape, 2, arg)
    return tuple(map(times, shapes[0], shapes[1]))


def _conv(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    for arg, shape in zip(e.args, shapes, strict=True):
        _needs(e, shape, 1, arg)
    rest = plus(minus(shapes[0][0], shapes[1][0]), 1)
    if not s.possible(rest):
        raise misfit(e, e.args[0], shapes[0], e.args[1], shapes[1])
    return (rest,)


def _conv_transpose(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    for arg, shape in zip(e.args, shapes, strict=True):
        _needs(e, shape, 1, arg)
    return (plus(shapes[0][0], shapes[1][0], -1),)


def _im2col(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 1)
    width = dim(e.args[1])
    rows = plus(minus(shapes[0][0], width), 1)
    if not s.possible(rows):
        raise unfit("no_index", e, shapes[0])
    return (rows, width)


def _col2im(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 2)
    return (plus(*shapes[0], -1),)


def _sized(_s: Sizes, e: Call, _shapes: Shapes) -> Shape:
    return tuple(map(dim, e.args))


def _eye(_s: Sizes, e: Call, _shapes: Shapes) -> Shape:
    return (dim(e.args[0]),) * 2


def _spread(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    full = tuple(map(dim, e.args[1:]))
    if s.together(shapes[0], full, e, e.args[0], e) != s.sames(full):
        raise misfit(e, e.args[0], shapes[0], e, full)
    return full


def _column(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 1)
    return (*shapes[0], 1)


def _row(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 1)
    return (1, *shapes[0])


def _commutation(_s: Sizes, e: Call, _shapes: Shapes) -> Shape:
    return (times(*map(dim, e.args)),) * 2


def _solve(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _square(s, e, shapes)
    return _matmul(s, e, shapes)


def _vec(_s: Sizes, e: Call, shapes: Shapes) -> Shape:
    _needs(e, shapes[0], 2)
    return (times(*shapes[0]),)


def _reshape(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    whole, sizes = s.same(times(1, *shapes[0])), [dim(a) for a in e.args[1:]]
    if -1 in sizes:
        rest = quotient(whole, times(1, *(d for d in sizes if d != -1)))
        if rest is None or sizes.count(-1) > 1:
            raise misfit(e, e.args[0], shapes[0], e, tuple(sizes))
        sizes[sizes.index(-1)] = rest
    asked = s.same(times(1, *sizes))
    if asked != whole and not s.unify((whole,), (asked,)):
        raise misfit(e, e.args[0], shapes[0], e, tuple(sizes))
    return tuple(sizes)


def _slice(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    return _taken(s, e, shapes[0], text_of(e.args[1]))


def _taken(s: Sizes, e: Call, shape: Shape, text: str) -> Shape:
    """The shape of what an index takes from an array."""
    places = indices(text)
    if len(places) > len(shape):
        raise unfit("no_index", e, shape)
    out: list[Dim] = []
    for (start, stop, stays), full in zip(places, shape, strict=False):
        begin, count = span(start, stop, full)
        last = plus(begin, count, -1) if stays else begin
        if not all(map(s.possible, (plus(begin, 1), count if stays else 1, minus(full, last)))):
            raise unfit("no_index", e, shape)
        out += [s.same(count)] if stays else []
    return (*out, *shape[len(places) :])


def _place(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    full = tuple(map(dim, e.args[2:]))
    taken = _taken(s, e, full, text_of(e.args[1]))
    if s.together(taken, shapes[0], e, e, e.args[0]) != s.sames(taken):
        raise misfit(e, e.args[0], shapes[0], e, taken)
    return full


def _concat(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    first, *others = shapes[:-1]
    axis = _axis(e.args[-1], first, e)
    total = first[axis]
    for arg, shape in zip(e.args[1:-1], others, strict=True):
        rest = (*shape[:axis], first[axis], *shape[axis + 1 :])
        if len(shape) != len(first) or s.sames(rest) != s.sames(first):
            raise misfit(e, e.args[0], first, arg, shape)
        total = plus(total, shape[axis])
    return (*first[:axis], s.same(total), *first[axis + 1 :])


def _stack(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    first, *others = shapes[:-1]
    for arg, shape in zip(e.args[1:-1], others, strict=True):
        if s.sames(shape) != s.sames(first):
            raise misfit(e, e.args[0], first, arg, shape)
    axis = _axis(e.args[-1], (*first, 1), e)
    return (*first[:axis], len(shapes) - 1, *first[axis:])


def _einsum(s: Sizes, e: Call, shapes: Shapes) -> Shape:
    if not is_text(e.args[0]):
        raise UsageError("einsum", what=written(shapes[0]))
    inputs, out = subscripts(text_of(e.args[0]))
    sizes: dict[str, tuple[Dim, Expr, Shape]] = {}
    if len(inputs) != len(e.args) - 1 or len(set(out)) != len(out) or not set(out) <= set("".join(inputs)):
        raise UsageError("einsum", what=text_of(e.args[0]))
    for row, arg, shape in zip(inputs, e.args[1:], shapes[1:], strict=True):
        if len(row) != len(shape):
            raise unfit("einsum_axes", e, shape, arg)
        for letter, d in zip(row, shape, strict=True):
            known, other, theirs = sizes.setdefault(letter, (d, arg, shape))
            if s.same(known) != s.same(d) and not s.unify((known,), (d,)):
                raise misfit(e, other, theirs, arg, shape)
    return tuple(s.same(sizes[letter][0]) for letter in out)


def _scalar(_s: Sizes, _e: Call, _shapes: Shapes) -> Shape:
    return SCALAR


RULES: dict[str, Rule] = {
    "matmul": _matmul, "transpose": _transpose, "matrix_turned": _matrix_turned, "square": _square, "square_scalar": _square_scalar,
    "scalar": _scalar, "reduce": _reduce, "same_axis": _same_axis, "cumulative": _cumulative, "diag": _diag, "diagonal": _diagonal,
    "outer": _outer, "kron": _kron, "conv1d": _conv, "conv1d_transpose": _conv_transpose, "im2col": _im2col, "col2im": _col2im,
    "sized": _sized, "eye": _eye, "spread": _spread, "column": _column, "row": _row, "commutation": _commutation,
    "solve": _solve, "vec": _vec,
    "reshape": _reshape, "slice": _slice, "place": _place, "concat": _concat, "stack": _stack, "einsum": _einsum,
    # Of explanations alone.
    "differential": lambda _s, _e, shapes: shapes[0], **dict.fromkeys(("inner", "entry", "index_sum", "kdelta"), _scalar),
}  # fmt: skip
