"""Constructors that keep an expression over arrays in textbook form as it is built: nine tenths of the simplification."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derivx.derive.matrix.chains import ALL
from derivx.derive.matrix.entries import Factors
from derivx.derive.matrix.parts import Parts
from derivx.derive.matrix.shapes import axis_of, dim_expr, keeps
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, text_leaf, text_of
from derivx.shape import Dim, Shape

LAST_AXIS = Sym("last")
__all__ = ["ALL", "LAST_AXIS", "Factors", "Maker"]


class Maker(Parts):
    """Builds expressions over arrays: functions of whole arrays, above products and sums."""

    def column(self, v: Expr) -> Expr:
        """A vector as a matrix of one column."""
        if is_op(v, "ones", "spread") and isinstance(v, Call):
            return self.spread(v.args[0] if v.op == "spread" else ONE, (*self.shape(v), 1))
        scalars, array = self.apart(v)
        return self.prod(*scalars, Call("column", (array,))) if scalars else Call("column", (array,))

    def row(self, v: Expr) -> Expr:
        """A vector as a matrix of one row."""
        if is_op(v, "ones", "spread") and isinstance(v, Call):
            return self.spread(v.args[0] if v.op == "spread" else ONE, (1, *self.shape(v)))
        scalars, array = self.apart(v)
        return self.prod(*scalars, Call("row", (array,))) if scalars else Call("row", (array,))

    def inv(self, e: Expr) -> Expr:
        if is_op(e, "inv") and isinstance(e, Call):
            return e.args[0]
        if is_op(e, "matmul") and isinstance(e, Call) and all(map(self.invertible, e.args)):
            return self.mm(*(self.inv(a) for a in reversed(e.args)))
        if is_op(e, "transpose") and isinstance(e, Call):
            return Call("transpose", (Call("inv", e.args),))
        return e if is_op(e, "eye") else Call("inv", (e,))

    def invertible(self, e: Expr) -> bool:
        """Whether a matrix is known to have an inverse."""
        if is_op(e, "transpose", "inv") and isinstance(e, Call):
            return self.invertible(e.args[0])
        return isinstance(e, Sym) and self.flags.get(e.name, "") in ("invertible", "posdet", "spd", "posdef_nonsym")

    def tr(self, e: Expr) -> Expr:
        """The trace: of a sum term by term, of an outer product the inner one."""
        if e == ZERO:
            return ZERO
        scalars, array = self.apart(e)
        if scalars:
            return self.prod(*scalars, self.tr(array))
        if is_op(array, "add") and isinstance(array, Call):
            full = self.shape(array)
            return self.add(*(self.tr(self.spread(a, full)) for a in array.args))
        if is_op(array, "spread") and isinstance(array, Call):
            inner = array.args[0]
            return self.prod(inner, array.args[1]) if self.is_scalar(inner) else self.sum(inner)
        if is_op(array, "ones") and isinstance(array, Call):
            return array.args[0]
        if is_op(array, "outer") and isinstance(array, Call):
            return self.mm(array.args[0], array.args[1])
        if is_op(array, "eye") and isinstance(array, Call):
            return array.args[0]
        if is_op(array, "transpose") and isinstance(array, Call):
            return self.tr(array.args[0])
        if is_op(array, "kron") and isinstance(array, Call):
            return self.prod(*map(self.tr, array.args))
        return Call("tr", (array,))

    def sum(self, e: Expr, axis: Expr = ALL, keep: Expr = ZERO) -> Expr:
        """The sum of entries: scalars in front, of a sum term by term, of a product of two vectors the inner product."""
        shape = self.shape(e)
        if e == ZERO or not shape:
            return e
        if len(shape) == 1:
            axis, keep = ALL, ZERO  # a number spreads as an array of one entry does
        scalars, array = self.apart(e)
        if scalars:
            return self.prod(*scalars, self.sum(array, axis, keep))
        if is_op(array, "transpose") and isinstance(array, Call) and axis in (ZERO, ONE):
            array, axis = array.args[0], ONE if axis == ZERO else ZERO
            if keep != ZERO:
                return Call("transpose", (self.sum(array, axis, keep),))
            shape = self.shape(array)
        call = Call("sum", (array, *((axis, *((keep,) if keep != ZERO else ())) if axis != ALL or keep != ZERO else ())))
        at = axis_of(call, shape)
        known = self._known_sum(array, at, keep, call)
        if known is not None:
            return known
        found = self.factors(array)
        still = [b for b in found.powers if at is not None and self._still(b, at, shape)]
        if still and len(still) < len(found.powers):
            moving = Factors(Fraction(1), {b: n for b, n in found.powers.items() if b not in still})
            inner = self.sum(self._whole(self.join(moving), shape), axis, keep)
            return self.prod(inner, self._along(Factors(Fraction(1), {b: found.powers[b] for b in still}), call))
        if len(shape) == 1 and not keeps(call) and sum(1 for b in found.powers if self.shape(b) == shape) > 1:
            first, *rest = [Factors(Fraction(1), {b: n}) for b, n in found.powers.items()]
            return self.mm(self.join(first), self.prod(*map(self.join, rest)))
        return call

    def _known_sum(self, array: Expr, at: int | None, keep: Expr, call: Call) -> Expr | None:
        """The sum of an array of which it is known by its form."""
        shape = self.shape(array)
        lost = [d for i, d in enumerate(shape) if at in (None, i)]
        if self._always_one(array, at, shape):
            return Call("ones", tuple(map(dim_expr, self.shape(call)))) if self.shape(call) else ONE
        if self.sums_to_zero(array, at):
            return ZERO
        if not isinstance(array, Call):
            return None
        inner = array.args[0]
        match array.op:
            case "ones":
                return self._counted(ONE, lost, call)
            case "spread":
                return self._counted(inner, lost, call) if self.is_scalar(inner) else self._summed_spread(array, inner, at, keep, call)
            case "column" | "row":
                if at is not None and (at == 1) == (array.op == "column"):  # the axis that it has by name alone
                    return array if keep != ZERO else inner
                return self.spread(self.sum(inner), self.shape(call))
            case "place":
                return self._sum_of_place(array, at, call)
            case "kron" if not self.shape(call):
                return self.prod(*map(self.sum, array.args))
            case "eye" if at is not None and keep == ZERO:
                return Call("ones", array.args)
            case "add" if self.centred:
                terms = [self.sum(a if self.shape(a) == shape else self.spread(a, shape), *call.args[1:]) for a in array.args]
                return self.add(*terms) if ZERO in terms else None
        return None

    def _sum_of_place(self, array: Call, at: int | None, call: Call) -> Expr | None:
        """The sum of what stands among zeros: along an axis of one place that itself, placed along the others."""
        inner, index = array.args[0], text_of(array.args[1])
        if at is None:
            return self.sum(inner) if not self.shape(call) else None
        if keeps(call):
            if len(self.shape(array)) != 2:
                return None
            total = self.sum(array, Num(at))
            return self.column(total) if at == 1 else self.row(total)
        pieces = [p.strip() for p in index.split(",")]
        pieces += [":"] * (len(self.shape(array)) - len(pieces))
        if ":" in pieces[at]:
            axis = sum(":" in p for p in pieces[:at])
            inner = self.sum(inner, Num(axis)) if len(self.shape(inner)) > 1 else self.sum(inner)
        rest = ", ".join(p for i, p in enumerate(pieces) if i != at)
        return self.rearranged("place", (inner, text_leaf(rest), *map(dim_expr, self.shape(call))))

    def _still(self, b: Expr, at: int, shape: Shape) -> bool:
        """Whether a factor is the same all along an axis."""
        small = self.shape(b)
        lead = len(shape) - len(small)
        return at < lead if at < lead or not small else small[at - lead] == 1 and shape[at] != 1

    def _along(self, found: Factors, call: Call) -> Expr:
        """Factors that stand outside of a sum: a column is a vector where the axis is gone."""
        e = self.join(found)
        return e if len(self.shape(e)) <= len(self.shape(call)) else Call("sum", (e, *call.args[1:]))

    @property
    def centred(self) -> bool:
        """Whether any name is known to have a mean of 0."""
        return any(flag.startswith("centred") for flag in self.flags.values())

    def sums_to_zero(self, e: Expr, at: int | None) -> bool:
        """Whether the sum along the axis is known to be 0: what is left when the mean is taken away."""
        if isinstance(e, Sym):
            return self.flags.get(e.name, "") == f"centred {at}"
        if not (is_op(e, "add") and isinstance(e, Call) and len(e.args) == 2 and is_op(e.args[1], "neg")):
            return False
        whole, taken = e.args[0], e.args[1].args[0]  # type: ignore[attr-defined]
        mean = self.means.get(taken.name, taken) if isinstance(taken, Sym) else taken
        if not (is_op(mean, "mean") and isinstance(mean, Call) and mean.args[0] == whole):
            return False
        shape = self.shape(whole)
        axis = axis_of(mean, shape) if len(shape) > 1 else None
        return axis == at and (keeps(mean) or axis in (None, 0))  # else it is taken away along another axis

    def _counted(self, e: Expr, lost: Iterable[Dim], call: Call) -> Expr:
        whole = self.prod(e, *(dim_expr(d) for d in lost))
        return self.spread(whole, self.shape(call)) if self.shape(call) else whole

    def _summed_spread(self, array: Call, inner: Expr, at: int | None, keep: Expr, call: Call) -> Expr:
        shape, small = self.shape(array), self.shape(inner)
        lead = len(shape) - len(small)
        if at is None:
            lost = [d for i, d in enumerate(shape) if i < lead or small[i - lead] != d]
            return self.prod(self.sum(inner), *map(dim_expr, lost))
        if at < lead or small[at - lead] == 1:
            whole = self.prod(inner, dim_expr(shape[at]))
            return whole if self.shape(whole) == self.shape(call) else self.spread(whole, self.shape(call))
        return self.spread(self.sum(inner, Num(at - lead), keep), self.shape(call))

    def _always_one(self, e: Expr, at: int | None, shape: Shape) -> bool:
        """Whether the entries along the axis are known to add up to one."""
        if at is None and len(shape) > 1:
            return False
        if is_op(e, "softmax") and isinstance(e, Call):
            return axis_of(e, shape) == (at or 0)
        if (at or 0) != len(shape) - 1:
            return False
        return isinstance(e, Sym) and self.flags.get(e.name, "") in ("onehot", "onehot_rows", "shares")

    def diagonal(self, e: Expr) -> Expr:
        scalars, array = self.apart(e)
        if scalars:
            return self.prod(*scalars, self.diagonal(array))
        if is_op(array, "diag") and isinstance(array, Call):
            return array.args[0]
        if is_op(array, "outer") and isinstance(array, Call):
            return self.prod(*array.args)
        return Call("diagonal", (array,)) if e != ZERO else ZERO
