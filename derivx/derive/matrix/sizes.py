"""Sizes that meet: equal ones have one spelling, and a size that is worked out gets the letter that it meets."""

from __future__ import annotations

from derivx.errors import UsageError
from derivx.expr import Call, Expr, Num, Sym, is_op, is_text, names, num, postorder, text_of
from derivx.shape import Dim, Shape, Terms, broadcast, indices, letters, minus, plus, put, terms, times, written
from derivx.syntax.write import write

_SHOWN = 60  # characters of a formula in a message
_SIZES_FROM = {"eye": 0, "ones": 0, "zeros": 0, "commutation": 0, "spread": 1, "reshape": 1, "im2col": 1, "place": 2}
_INDEXED = ("slice", "place")


class Sizes:
    """``defined``: the letters that stand for a size worked out, r for n - q + 1; ``positive``: worked sizes that must be at least 1."""

    def __init__(self) -> None:
        self.defined: dict[str, Dim] = {}
        self.positive: dict[Dim, None] = {}

    def possible(self, dim: Dim) -> bool:
        """Whether a size can be at least 1; one with letters then has to be."""
        if isinstance(dim, int):
            return dim >= 1
        if not dim.isidentifier():
            self.positive[put(dim, self.defined)] = None
        return True

    @property
    def needed(self) -> tuple[Dim, ...]:
        """The sizes that must be at least 1, in the letters that are free."""
        return tuple(put(dim, self.defined) for dim in self.positive)

    def same(self, dim: Dim) -> Dim:
        """The one spelling of a size: the letter it is called by, if it has one."""
        if isinstance(dim, int) or (not self.defined and dim.isidentifier()):
            return dim
        worked = put(dim, self.defined)
        return next((letter for letter, value in self.defined.items() if value == worked), worked)

    def sames(self, shape: Shape) -> Shape:
        return tuple(map(self.same, shape))

    def together(self, a: Shape, b: Shape, e: Call, left: Expr, right: Expr) -> Shape:
        """The broadcast shape. Raises ``UsageError``."""
        found = broadcast(self.sames(a), self.sames(b))
        if found is None and self.unify(a, b):
            return self.together(a, b, e, left, right)
        if found is None:
            raise misfit(e, left, a, right, b)
        return found

    def unify(self, a: Shape, b: Shape) -> bool:
        """Whether a size that is worked out, n - q + 1 or n*m, gets the letter it meets."""
        for x, y in zip(reversed(self.sames(a)), reversed(self.sames(b)), strict=False):
            for worked, letter in ((x, y), (y, x)):
                if x == y or not isinstance(worked, str) or worked.isidentifier() or not isinstance(letter, str):
                    continue
                if letter.isidentifier() and letter not in self.defined and letter not in letters([put(worked, self.defined)]):
                    self.defined[letter] = put(worked, self.defined)
                    return True
        return False


def misfit(e: Call, left: Expr, a: Shape, right: Expr, b: Shape) -> UsageError:
    """The error of two operands whose shapes do not fit."""
    return UsageError("misfit", what=short(e), first=short(left), left=written(a), second=short(right), right=written(b))


def unfit(key: str, e: Call, shape: Shape, operand: Expr | None = None) -> UsageError:
    """The error of one operand that an operation does not take."""
    return UsageError(key, what=short(e), first=short(operand if operand is not None else e.args[0]), left=written(shape))


def short(e: Expr) -> str:
    """A formula in a message."""
    text = write(e)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


# Sizes as expressions.


def size_names(*formulas: Expr) -> dict[str, None]:
    """The names that stand for sizes and places in formulas: k in ``x[:k]`` and in ``ones(k)``."""
    found: dict[str, None] = {}
    for node in postorder(*formulas):
        if not isinstance(node, Call):
            continue
        if node.op in _INDEXED and is_text(node.args[1]):
            places = [d for start, stop, _ in indices(text_of(node.args[1])) for d in (start, stop) if d is not None]
            found |= dict.fromkeys(sorted(letters(places)))
        for size in node.args[_SIZES_FROM[node.op] :] if node.op in _SIZES_FROM else ():
            found |= dict.fromkeys(sorted(names(size)))
    return found


def dim(e: Expr) -> Dim:
    """A size as it is written in ``eye(n)``. Raises ``UsageError`` for what is none."""
    match e:
        case Num(value=int() as value):
            return value
        case Sym(name=name):
            return name
        case Call(op="add", args=args):
            return plus(*map(dim, args))
        case Call(op="neg", args=(arg,)):
            return times(-1, dim(arg))
        case Call(op="mul", args=args):
            return times(*map(dim, args))
        case Call(op="pow", args=(base, Num(value=int() as power))) if 0 < power < 10:
            return times(*[dim(base)] * power)
    raise UsageError("no_size", what=short(e))


def dim_expr(d: Dim) -> Expr:
    """A size as an expression."""
    if isinstance(d, int):
        return num(d)
    return Sym(d) if d.isidentifier() else _sum(terms(d))


def _sum(rows: Terms) -> Expr:
    parts: list[Expr] = []
    for row, n in sorted(rows.items(), key=lambda row: (not row[0], row[1] < 0, -len(row[0]), row[0])):
        factors: list[Expr] = [*([Num(abs(n))] if abs(n) != 1 or not row else []), *map(Sym, row)]
        term = factors[0] if len(factors) == 1 else Call("mul", tuple(factors))
        parts.append(Call("neg", (term,)) if n < 0 else term)
    return parts[0] if len(parts) == 1 else Call("add", tuple(parts))


def span(start: Dim, stop: Dim | None, full: Dim) -> tuple[Dim, Dim]:
    """Where a slice begins, and how many entries it has."""
    begin = plus(full, start) if isinstance(start, int) and start < 0 else start
    end = full if stop is None else plus(full, stop) if isinstance(stop, int) and stop < 0 else stop
    return begin, minus(end, begin)


def is_last(axis: Expr) -> bool:
    """Whether an axis is written as the last one."""
    return axis == Sym("last") or (is_op(axis, "neg") and isinstance(axis, Call) and axis.args[0] == Num(1))
