"""Parts of arrays, and arrays in another shape, in textbook form as they are built."""

from __future__ import annotations

from fractions import Fraction

from derivx.derive.matrix.chains import Chains
from derivx.derive.matrix.entries import Factors, nothing
from derivx.derive.matrix.shapes import dim_expr
from derivx.derive.matrix.sizes import span
from derivx.expr import ONE, ZERO, Call, Expr, Num, is_op, text_leaf, text_of
from derivx.shape import Shape, indices, plus


class Parts(Chains):
    """Builds slices, what is placed among zeros, arrays in another shape, and arrays joined."""

    def rearranged(self, op: str, args: tuple[Expr, ...]) -> Expr:
        """``slice``, ``place``, ``reshape``, ``concat`` or ``stack``."""
        call = Call(op, args)
        shape = self.shape(call)
        if op in ("concat", "stack"):
            return ZERO if all(map(nothing, args[:-1])) else call
        if nothing(args[0]):
            return ZERO
        if op == "reshape":
            return self._reshaped(args[0], shape)
        full = self.shape(args[0]) if op == "slice" else shape
        index = self._index(text_of(args[1]), full)
        if not index:
            return args[0] if self.shape(args[0]) == shape else self.spread(args[0], shape)
        if op == "place":
            return self.linear("place", (args[0], text_leaf(index), *map(dim_expr, shape)), (0,))
        return self._part(args[0], index, shape)

    def prod(self, *parts: Expr) -> Expr:
        """The entry-wise product; of what stands among zeros only the part that meets it counts, a column times a row is outer."""
        special = [p for p in parts if is_op(p, "place", "column", "row", "mul", "neg", "div")]
        found = self.factors(*special) if special else Factors()
        column, row = (next((b for b, n in found.powers.items() if n == 1 and is_op(b, op)), None) for op in ("column", "row"))
        if isinstance(column, Call) and isinstance(row, Call):
            return self._replaced(parts, {column, row}, self.outer(column.args[0], row.args[0]))
        placed = next((b for b, n in found.powers.items() if n == 1 and is_op(b, "place")), None)
        if not isinstance(placed, Call):
            return super().prod(*parts)
        full = self.shape(placed)
        whole = self.factors(*parts)
        arrays = {b: n for b, n in whole.powers.items() if b != placed and not self.is_scalar(b)}
        beside = super().prod(self.join(Factors(Fraction(1), arrays))) if arrays else ONE
        if self.shape(beside) != full:
            return super().prod(*parts)
        inner = self.prod(placed.args[0], self.rearranged("slice", (beside, placed.args[1])))
        return self._replaced(parts, {placed, *arrays}, self.rearranged("place", (inner, *placed.args[1:])))

    def _replaced(self, parts: tuple[Expr, ...], gone: set[Expr], new: Expr) -> Expr:
        """A product with one factor for several."""
        found = self.factors(*parts)
        rest = Factors(found.number, {b: n for b, n in found.powers.items() if b not in gone})
        return self.prod(self.join(rest), new) if rest.powers or rest.number != 1 else new

    def _index(self, text: str, full: Shape) -> str:
        """An index in its one spelling: nothing for what is taken whole."""
        out: list[str] = []
        for (start, stop, stays), size in zip(indices(text), full, strict=False):
            begin, count = span(start, stop, size)
            end = plus(begin, count)
            whole = self.shapes.same(end) == self.shapes.same(size)
            out.append(str(begin) if not stays else f"{begin or ''}:{'' if whole else end}")
        while out and out[-1] == ":":
            out.pop()
        return ", ".join(out)

    def _part(self, x: Expr, index: str, shape: Shape) -> Expr:
        scalars, array = self.apart(x)
        if scalars:
            return self.prod(*scalars, self._part(array, index, shape))
        if is_op(array, "ones"):
            return self.spread(ONE, shape) if shape else ONE
        if is_op(array, "spread") and isinstance(array, Call) and self.is_scalar(array.args[0]):
            return self.spread(array.args[0], shape) if shape else array.args[0]
        if is_op(array, "place") and isinstance(array, Call) and text_of(array.args[1]) == index:
            inner = array.args[0]
            return inner if self.shape(inner) == shape else self.spread(inner, shape)
        if is_op(array, "concat", "stack") and isinstance(array, Call):
            for i, part in enumerate(array.args[:-1]):
                if self._index(share(self, array, i), self.shape(array)) == index:
                    return part
        call = Call("slice", (array, text_leaf(index)))
        if is_op(array, "mul", "div", "pow"):
            return self._part_of_product(array, index, shape, call)
        return call

    def _part_of_product(self, e: Expr, index: str, shape: Shape, call: Call) -> Expr:
        """The part of a product, where the parts of its factors are simpler."""
        found = self.factors(e)
        if any(self.shape(b) != self.shape(e) for b in found.powers):
            return call
        pushed = Factors(found.number)
        for b, n in found.powers.items():
            for base, k in self.factors(self._part(b, index, shape)).powers.items():
                pushed.times(base, n * k)
        out = self.join(pushed)
        simpler = any(not is_op(b, "slice") for b in pushed.powers)
        return out if simpler and self.shape(out) == shape else call

    def _reshaped(self, x: Expr, shape: Shape) -> Expr:
        scalars, array = self.apart(x)
        if scalars:
            return self.prod(*scalars, self._reshaped(array, shape))
        while is_op(array, "reshape", "column", "row") and isinstance(array, Call):
            array = array.args[0]
        if is_op(array, "vec") and isinstance(array, Call) and self.shape(array.args[0]) == shape[::-1]:
            return self.T(array.args[0])
        if self.shape(array) == shape:
            return array
        if is_op(array, "ones") or (is_op(array, "spread") and isinstance(array, Call) and self.is_scalar(array.args[0])):
            return self.spread(array.args[0] if isinstance(array, Call) and array.op == "spread" else ONE, shape)
        return Call("reshape", (array, *map(dim_expr, shape)))


def share(m: Chains, node: Call, i: int) -> str:
    """The index of what operand ``i`` is of arrays that were joined or stacked."""
    shapes = [m.shape(a) for a in node.args[:-1]]
    rank, last = len(m.shape(node)), node.args[-1]
    back = last.args[0] if isinstance(last, Call) else last
    at = int(back.value) if isinstance(back, Num) else rank - 1
    axis = rank - at if isinstance(last, Call) else at
    if node.op == "stack":
        return ", ".join([*([":"] * axis), str(i)])
    start = plus(0, *(s[axis] for s in shapes[:i]))
    return ", ".join([*([":"] * axis), f"{start}:{plus(start, shapes[i][axis])}"])
