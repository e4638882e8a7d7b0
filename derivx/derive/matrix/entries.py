"""Products and sums of arrays entry by entry, in textbook form as they are built.

A product is a number, scalars and entry-wise factors with exponents; a sum has each term once, a positive one first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derivx.derive.factors import number
from derivx.derive.matrix.shapes import Shapes, dim_expr
from derivx.expr import ONE, ZERO, Call, Expr, Num, is_op, postorder
from derivx.shape import SCALAR, Shape, broadcast


@dataclass
class Factors:
    """number * product of base**exponent, entry by entry; ``shape`` is the broadcast shape of all."""

    number: Fraction = Fraction(1)
    powers: dict[Expr, Fraction] = field(default_factory=dict)

    def times(self, base: Expr, exponent: Fraction = Fraction(1)) -> None:
        known = self.powers.get(base)
        total = exponent if known is None else known + exponent
        if total:
            self.powers[base] = total
        else:
            self.powers.pop(base, None)


def _powers(e: Call, n: Fraction) -> list[tuple[Expr, Fraction]] | None:
    k = _rational(e.args[1])
    return None if k is None else [(e.args[0], n * k)]


def _roots(e: Call, n: Fraction) -> list[tuple[Expr, Fraction]] | None:
    return None if is_op(e.args[0], "mul", "neg", "div") else [(e.args[0], n / 2)]


_ONCE = Fraction(1)
# what an operation to a whole power consists of, the first at the end
_TAKEN_APART: dict[str, Callable[[Call, Fraction], list[tuple[Expr, Fraction]] | None]] = {
    "neg": lambda e, n: [(e.args[0], n)],
    "mul": lambda e, n: [(a, n) for a in reversed(e.args)],
    "div": lambda e, n: [(e.args[1], -n), (e.args[0], n)],
    "pow": _powers,
    "sqrt": _roots,
}


class Entries:
    """Builds what is done entry by entry.

    ``flags`` says what is known of names (``symmetric``, ``onehot``, ...), ``means`` which of them are means of what.
    """

    def __init__(self, shapes: Mapping[str, Shape], flags: Mapping[str, str]) -> None:
        self.shapes, self.flags = Shapes(shapes), dict(flags)
        self.standing: set[Expr] = set()
        self.opposite: dict[Expr, Expr] = {}
        self.means: dict[str, Expr] = {}

    def shape(self, e: Expr) -> Shape:
        return self.shapes.of(e)

    def is_scalar(self, e: Expr) -> bool:
        return self.shape(e) == SCALAR

    # Linear operations, and products entry by entry.

    def linear(self, op: str, args: tuple[Expr, ...], slots: tuple[int, ...]) -> Expr:
        """A call of an operation that is linear in some arguments: their scalars stand in front."""
        outside: list[Expr] = []
        inside = list(args)
        for i in slots:
            if nothing(inside[i]):
                return ZERO
            if self.is_scalar(inside[i]) and inside[i] != ONE:
                outside.append(inside[i])
                inside[i] = ONE
            else:
                scalars, inside[i] = self.apart(inside[i])
                outside += scalars
        call = Call(op, tuple(inside))
        return self.prod(*outside, call) if outside else call

    def factors(self, *parts: Expr) -> Factors:
        """Take products, quotients and powers apart."""
        out = Factors()
        todo: list[tuple[Expr, Fraction]] = [(p, _ONCE) for p in reversed(parts)]
        while todo:
            e, n = todo.pop()
            whole = n.denominator == 1
            if isinstance(e, Num) and (whole or e.value == 1):
                if e.value != 1 and (e.value or n > 0):
                    out.number *= Fraction(e.value) ** n.numerator
            elif not whole:
                out.times(e, n)
            elif isinstance(e, Call) and e.op in _TAKEN_APART and (parts_of := _TAKEN_APART[e.op](e, n)) is not None:
                if e.op == "neg" and n.numerator % 2:
                    out.number = -out.number
                todo += parts_of
            elif e in self.opposite:
                out.number = -out.number if n.numerator % 2 else out.number
                out.times(self.opposite[e], n)
            else:
                out.times(e, n)
        return out

    def prod(self, *parts: Expr) -> Expr:
        """The entry-wise product."""
        if any(map(nothing, parts)):
            return ZERO
        full: Shape = SCALAR
        for p in parts:
            full = self._wider(full, self.shape(p))
        found = self.factors(*parts)
        return self._whole(self.join(self._bare(found, full)), full)

    def _wider(self, a: Shape, b: Shape) -> Shape:
        return broadcast(tuple(map(self.shapes.same, a)), tuple(map(self.shapes.same, b))) or a

    def _diagonal_only(self, found: Factors) -> Factors:
        """Times the identity, a matrix and its transpose are the same."""
        if not any(is_op(b, "eye") for b in found.powers):
            return found
        return Factors(
            found.number, {b.args[0] if is_op(b, "transpose") and isinstance(b, Call) else b: n for b, n in found.powers.items()}
        )

    def _bare(self, found: Factors, full: Shape) -> Factors:
        """Ones, and what only spreads a smaller array, are not written where another factor has the whole shape."""
        found = self._diagonal_only(found)
        others = [b for b in found.powers if not is_op(b, "ones", "spread") and self.shape(b) == full]
        out = Factors(found.number)
        for base, n in found.powers.items():
            if is_op(base, "ones") and (others or len(found.powers) > 1):
                continue  # the product gets its shape below
            if is_op(base, "spread") and isinstance(base, Call) and others:
                inner = self.factors(base.args[0])
                out.number *= inner.number ** int(n)
                for b, k in inner.powers.items():
                    if not is_op(b, "ones"):
                        out.times(b, n * k)
                continue
            out.times(base, n)
        return out

    def _whole(self, e: Expr, full: Shape) -> Expr:
        """The expression with the shape that was meant, spread where factors cancelled."""
        return e if self.shape(e) == full or e == ZERO else self.spread(e, full)

    def join(self, found: Factors) -> Expr:
        """A product as it is written: sign, number, scalars, arrays in order of appearance; one fraction."""
        if found.number == 0:
            return ZERO
        if found.number < 0 and (turned := self._turned(found)) is not None:
            found = turned
        above = [(b, n) for b, n in found.powers.items() if n > 0]
        below = [(b, -n) for b, n in found.powers.items() if n < 0]
        size = abs(found.number)
        upper = self._row(size.numerator, above)
        lower = self._row(size.denominator, below)
        whole = _mul(upper) if upper else ONE
        whole = Call("div", (whole, _mul(lower))) if lower else whole
        return Call("neg", (whole,)) if found.number < 0 else whole

    def _turned(self, found: Factors) -> Factors | None:
        """A minus before a difference turns it around."""
        for b, n in found.powers.items():
            if n != 1 or not is_op(b, "add") or not isinstance(b, Call) or not is_op(b.args[-1], "neg"):
                continue
            if b not in self.standing and not isinstance(b.args[0], Num):
                powers = {(flipped(b) if k is b else k): v for k, v in found.powers.items()}
                return Factors(-found.number, powers)
        return None

    def stand(self, e: Expr) -> None:
        """Remember the differences of a question: they keep the way round in which they were written."""
        for n in postorder(e):
            if isinstance(n, Call) and n.op == "add" and n not in self.opposite and n not in self.standing:
                self.standing.add(n)
                if is_op(n.args[-1], "neg"):
                    self.opposite[flipped(n)] = n

    def _row(self, lead: int, powers: list[tuple[Expr, Fraction]]) -> list[Expr]:
        scalars = [_raised(b, n) for b, n in powers if self.is_scalar(b)]
        arrays = [_raised(b, n) for b, n in powers if not self.is_scalar(b)]
        return [*([Num(lead)] if lead != 1 else []), *scalars, *arrays]

    def neg(self, e: Expr) -> Expr:
        return self.prod(Call("neg", (ONE,)), e)

    def over(self, a: Expr, b: Expr) -> Expr:
        return self.prod(a, Call("div", (ONE, b)))

    def power(self, base: Expr, n: Expr) -> Expr:
        k = _rational(n)
        if k is None or is_op(base, "add"):
            return base if k == 1 else ONE if k == 0 else Call("pow", (base, n))
        return self._whole(self.join(self._raise(self.factors(base), k)), self.shape(base))

    def _raise(self, found: Factors, k: Fraction) -> Factors:
        if k != int(k) and found.number != 1:
            return Factors(Fraction(1), {self.join(found): k})
        return Factors(found.number ** int(k) if k == int(k) else Fraction(1), {b: n * k for b, n in found.powers.items()})

    def spread(self, e: Expr, shape: Shape) -> Expr:
        """An array repeated to a larger shape; its number and scalars stay in front."""
        if self.shape(e) == shape or e == ZERO:
            return e
        if is_op(e, "spread") and isinstance(e, Call):
            e = e.args[0]
        if e == ONE or is_op(e, "ones"):
            return Call("ones", tuple(map(dim_expr, shape)))
        scalars, array = self.apart(e) if not self.is_scalar(e) else ([], e)
        if scalars:
            return self.prod(*scalars, self.spread(array, shape))
        return Call("spread", (e, *map(dim_expr, shape)))

    # Sums.

    def add(self, *terms: Expr) -> Expr:
        """The sum, each term once, a positive one first."""
        full: Shape = SCALAR
        table: dict[Expr, tuple[Fraction, Expr]] = {}
        todo = list(reversed(terms))
        while todo:
            e = todo.pop()
            if is_op(e, "add") and isinstance(e, Call):
                todo.extend(reversed(e.args))
                continue
            full = self._wider(full, self.shape(e))
            if nothing(e):
                continue
            found = self.factors(e)
            n, found.number = found.number, Fraction(1)
            core = self.join(found)
            key = self.key(core)
            table[key] = (table[key][0] + n, table[key][1]) if key in table else (n, core)
        rows = [(n, core) for n, core in table.values() if n]
        if not rows:
            return ZERO
        unspread = any(self.shape(self._small(core)) == full for _, core in rows)
        out = [self.scaled(n, self._small(core) if unspread else core) for n, core in rows]
        if is_op(out[0], "neg"):
            out.sort(key=lambda e: is_op(e, "neg"))
        if len(out) > 1 and is_op(out[0], "neg"):  # then all are
            return Call("neg", (Call("add", tuple(e.args[0] if isinstance(e, Call) else e for e in out)),))
        return self._whole(out[0] if len(out) == 1 else Call("add", tuple(out)), full)

    def _small(self, core: Expr) -> Expr:
        """What is spread, where the sum it stands in spreads it anyway."""
        if is_op(core, "ones"):
            return ONE
        found = self.factors(core)
        if not any(is_op(b, "spread", "ones") for b in found.powers):
            return core
        out = Factors(found.number)
        for b, n in found.powers.items():
            inner = (
                self.factors(b.args[0])
                if is_op(b, "spread") and isinstance(b, Call)
                else Factors(Fraction(1), {} if is_op(b, "ones") else {b: Fraction(1)})
            )
            out.number *= inner.number ** int(n)
            for base, k in inner.powers.items():
                out.times(base, n * k)
        return self.join(out)

    def key(self, core: Expr) -> Expr:
        """What two like terms share: scalars aside, an inner product is the same from either end."""
        found = self.factors(core)
        rows = sorted(((self._inner_key(b), n) for b, n in found.powers.items()), key=lambda row: (hash(row[0]), row[1]))
        return Call("key", tuple(Call("pow", (b, number(n))) for b, n in rows))

    def _inner_key(self, b: Expr) -> Expr:
        if is_op(b, "matmul") and isinstance(b, Call) and self.is_scalar(b):
            back = Call("matmul", tuple(self.turned(a) for a in reversed(b.args)))
            return min((b, back), key=hash)
        return b

    def scaled(self, n: Fraction, core: Expr) -> Expr:
        """A number times a term."""
        if n == 1:
            return core
        found = self.factors(core)
        found.number *= n
        return self.join(found)

    # Matrix products.

    # What stands in the files above.

    def apart(self, e: Expr) -> tuple[list[Expr], Expr]:
        """The scalars of a product, and its array part."""
        raise NotImplementedError

    def turned(self, e: Expr) -> Expr:
        """The transpose of one factor of an inner product."""
        raise NotImplementedError


def nothing(e: Expr) -> bool:
    """Whether an expression is zero, of whatever shape."""
    return e == ZERO or (is_op(e, "spread") and isinstance(e, Call) and e.args[0] == ZERO)


def flipped(e: Call) -> Call:
    """A difference the other way round."""
    parts = [a.args[0] if is_op(a, "neg") and isinstance(a, Call) else Call("neg", (a,)) for a in e.args]
    parts.sort(key=lambda a: is_op(a, "neg"))
    return Call("add", tuple(parts))


def _rational(e: Expr) -> Fraction | None:
    if isinstance(e, Num):
        return Fraction(e.value)
    if is_op(e, "neg") and isinstance(e, Call):
        inner = _rational(e.args[0])
        return None if inner is None else -inner
    if is_op(e, "div") and isinstance(e, Call):
        a, b = _rational(e.args[0]), _rational(e.args[1])
        return a / b if a is not None and b else None
    return None


def _raised(base: Expr, n: Fraction) -> Expr:
    if n == 1:
        return base
    return Call("sqrt", (base,)) if n == Fraction(1, 2) else Call("pow", (base, number(n)))


def _mul(parts: list[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else Call("mul", tuple(parts))
