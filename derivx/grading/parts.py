"""Parts of an answer over arrays, and the products and sums of them that their shapes allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from derivx.derive.matrix.shapes import dim_expr
from derivx.errors import ReadError, UsageError
from derivx.expr import ONE, Call, Expr, is_op
from derivx.shape import SCALAR, Dim, Shape, broadcast, product, written
from derivx.syntax import write

COLUMN, ROW, EITHER = "column", "row", "either"


class Misfit(UsageError):
    """Two parts whose shapes do not fit: the answer is wrong, not unreadable."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer and its shape.

    ``turn``: of a vector of one dimension, whether it stands as a column or as a row (``either`` where NumPy does not say).
    ``fits``: ``I``, or ``column`` or ``row`` of ones, whose size is still to come; ``expr`` is then the number before it.
    """

    expr: Expr
    shape: Shape = SCALAR
    turn: str = ""
    fits: str = ""

    @property
    def scalar(self) -> bool:
        """Whether this is a number."""
        return not self.shape and not self.fits


class Products:
    """Sums and products of parts. ``text`` is the answer as typed."""

    def __init__(self, text: str) -> None:
        self.text, self.programming = text, False  # whether matrix products are written @, as in programs

    def two_ways(self, first: str, second: str) -> ReadError:
        """What shapes leave open, with the ways of writing it."""
        return ReadError("two_readings", text=self.text, end=len(self.text), expected="argument", hint=f"{first} / {second}")

    # Parts whose size is still to come.

    def sized(self, part: Part, size: Dim) -> Part:
        """``I`` or a vector of ones at its size."""
        n = dim_expr(size)
        expr: Expr = Call("eye", (n,)) if part.fits == "I" else Call("ones", (n, ONE) if part.fits == COLUMN else (ONE, n))
        shape: Shape = (size, size) if part.fits == "I" else (size, 1) if part.fits == COLUMN else (1, size)
        return Part(expr if part.expr == ONE else Call("mul", (part.expr, expr)), shape)

    # Sums and entry by entry.

    def together(self, op: str, a: Part, b: Part) -> Part:
        """Two parts entry by entry, by NumPy's broadcasting."""
        if a.fits and b.fits:
            if a.fits != b.fits:
                raise self.misfit(a, b)
            return Part(Call(op, (a.expr, b.expr)), fits=a.fits)
        if a.fits or b.fits:
            return self.together(op, *self.fitted(a, b))
        a, b = (self.number(p, q) for p, q in ((a, b), (b, a)))
        shape = broadcast(a.shape, b.shape)
        if shape is None or {a.turn, b.turn} == {COLUMN, ROW}:
            raise self.misfit(a, b)
        return Part(_joined(op, a.expr, b.expr), shape, (a.turn or b.turn) if len(shape) == 1 else "")

    def fitted(self, a: Part, b: Part) -> tuple[Part, Part]:
        """Two parts of which one takes its size from the other's shape."""
        open_, other = (a, b) if a.fits else (b, a)
        if open_.fits == "I" and not (len(other.shape) == 2 and other.shape[0] == other.shape[1]):
            raise self.misfit(a, b)
        if open_.fits != "I" and not other.shape:
            raise self.misfit(a, b)
        size = other.shape[0] if open_.fits == COLUMN else other.shape[-1]
        return (self.sized(a, size), b) if a.fits else (a, self.sized(b, size))

    def number(self, part: Part, beside: Part) -> Part:
        """A matrix of one entry is a number, beside what is no such matrix."""
        if part.shape != (1, 1) or beside.shape == (1, 1):
            return part
        return Part(Call("sum", (part.expr,)))

    def misfit(self, a: Part, b: Part) -> Misfit:
        sides = [written(p.shape) if not p.fits else p.fits for p in (a, b)]
        return Misfit("shapes", what=f"({said(a.expr)}) · ({said(b.expr)})", left=sides[0], right=sides[1])

    # Products.

    def star(self, a: Part, b: Part) -> Part:
        """``*``: of numbers and arrays a multiple, of arrays whichever product the shapes allow; beside ``@``, entry by entry."""
        if a.fits or b.fits or {a.shape, b.shape} & {SCALAR, (1, 1)}:
            return self.matrix_product(a, b)
        found = [p for p in (self.tried(self.entrywise, a, b), self.tried(self.matrix_product, a, b)) if p is not None]
        if not found:
            raise self.misfit(a, b)
        one_line = 1 in a.shape and 1 in b.shape and a.shape != b.shape  # a column times a row: both products are the same
        if len(found) == 2 and not one_line and not self.programming:
            left, right = bracketed(a.expr), bracketed(b.expr)
            raise self.two_ways(f"{left} @ {right}", f"{left} ∘ {right}")
        return found[0]

    def entrywise(self, a: Part, b: Part) -> Part:
        return self.together("mul", a, b)

    def tried(self, way: Callable[[Part, Part], Part], a: Part, b: Part) -> Part | None:
        """A product, or nothing where the shapes do not allow it."""
        try:
            return way(a, b)
        except Misfit:
            return None

    def chain(self, parts: Sequence[Part]) -> Part:
        """Parts side by side: from the left, and where that does not fit from the right."""
        try:
            return reduce(self.matrix_product, parts)
        except Misfit:
            if len(parts) == 2:
                raise
        return reduce(lambda b, a: self.matrix_product(a, b), reversed(parts))

    def matrix_product(self, a: Part, b: Part, *, typed: bool = False) -> Part:
        """``a b``; ``typed`` with ``@``, where two vectors of one dimension have an inner product as in NumPy."""
        if a.fits or b.fits:
            return self.open_product(a, b)
        if b.expr == ONE and len(a.shape) == 2 and a.shape != (1, 1):  # X^T 1: the vector of ones
            b = self.sized(Part(ONE, fits=COLUMN), a.shape[1])
        if a.scalar or b.scalar:
            other = b if a.scalar else a
            return Part(_joined("mul", a.expr, b.expr), other.shape, other.turn)
        if len(a.shape) == len(b.shape) == 2:
            return self.of_matrices(a, b)
        return self.with_vectors(a, b, typed=typed)

    def of_matrices(self, a: Part, b: Part) -> Part:
        shape = product(a.shape, b.shape)
        if shape is not None:
            return Part(_matmul(a, b), shape)
        for p, q in ((a, b), (b, a)):
            if p.shape == (1, 1):
                return Part(Call("mul", (Call("sum", (p.expr,)), q.expr)), q.shape)
        raise self.misfit(a, b)

    def with_vectors(self, a: Part, b: Part, *, typed: bool) -> Part:
        """Products with vectors of one dimension: a row times a column is a number, a column times a row a matrix."""
        for p, q in ((a, b), (b, a)):
            if p.shape == (1, 1):
                return Part(Call("mul", (Call("sum", (p.expr,)), q.expr)), q.shape, q.turn)
        if len(a.shape) == len(b.shape) == 1:
            if a.turn == COLUMN and b.turn == ROW:
                return Part(Call("outer", (a.expr, b.expr)), (*a.shape, *b.shape))
            if a.shape == b.shape and (typed or a.turn == ROW or EITHER in (a.turn, b.turn)):
                return Part(_matmul(a, b))
        elif len(a.shape) == 1 and len(b.shape) == 2:
            if a.shape[0] == b.shape[0] and (typed or a.turn != COLUMN):
                return Part(_matmul(a, b), b.shape[1:], EITHER if typed else ROW)
            if b.shape[0] == 1 and a.turn != ROW:
                return Part(Call("matmul", (Call("column", (a.expr,)), b.expr)), (*a.shape, b.shape[1]))
        elif len(a.shape) == 2 and len(b.shape) == 1:
            if a.shape[1] == b.shape[0] and (typed or b.turn != ROW):
                return Part(_matmul(a, b), a.shape[:1], EITHER if typed else COLUMN)
            if a.shape[1] == 1 and b.turn != COLUMN:
                return Part(Call("matmul", (a.expr, Call("row", (b.expr,)))), (a.shape[0], *b.shape))
        raise self.misfit(a, b)

    def open_product(self, a: Part, b: Part) -> Part:
        """Products with ``I`` and with ones whose size is still to come."""
        if a.scalar or b.scalar:
            number, other = (a, b) if a.scalar else (b, a)
            return Part(number.expr if other.expr == ONE else Call("mul", (number.expr, other.expr)), fits=other.fits)
        if a.fits == "I" or b.fits == "I":
            one, other = (a, b) if a.fits == "I" else (b, a)
            return self.open_product(Part(one.expr), other) if other.fits else self.matrix_product(Part(one.expr), other)
        if a.fits and b.fits:
            raise self.misfit(a, b)
        if a.fits == ROW and b.shape:
            return self.matrix_product(self.sized(a, b.shape[0]), b, typed=True) if len(b.shape) == 2 else Part(Call("sum", (b.expr,)))
        if b.fits == COLUMN and a.shape:
            return self.matrix_product(a, self.sized(b, a.shape[-1])) if len(a.shape) == 2 else Part(Call("sum", (a.expr,)))
        raise self.misfit(a, b)


def transposed(part: Part) -> Part:
    """The transpose; of a vector of one dimension it only says how it stands."""
    if part.fits:
        return Part(part.expr, fits={COLUMN: ROW, ROW: COLUMN}.get(part.fits, part.fits))
    if len(part.shape) == 1:
        return Part(part.expr, part.shape, {COLUMN: ROW, ROW: COLUMN}.get(part.turn, part.turn))
    return Part(Call("transpose", (part.expr,)), part.shape[::-1]) if part.shape else part


def _matmul(a: Part, b: Part) -> Expr:
    left = a.expr.args if is_op(a.expr, "matmul") and isinstance(a.expr, Call) else (a.expr,)
    return Call("matmul", (*left, b.expr))


def _joined(op: str, a: Expr, b: Expr) -> Expr:
    """Sums and products in one node, that long ones are not deep."""
    left = a.args if op in ("add", "mul") and is_op(a, op) and isinstance(a, Call) else (a,)
    return Call(op, (*left, b))


def bracketed(e: Expr) -> str:
    """A factor as it would be typed."""
    text = said(e)
    return f"({text})" if is_op(e, "add", "neg", "mul", "div", "matmul") else text


def said(e: Expr) -> str:
    text = write(e)
    return text if len(text) <= 40 else text[:37] + "..."
