"""Constructors that keep an expression over arrays in textbook form as it is built: nine tenths of the simplification.

A product is a number, scalars and entry-wise factors with exponents; a matrix product is one flat chain with its scalars in front; a
sum has each term once. Transposes stand on names and inverses; ones and identities vanish; ``(a bᵀ)`` is ``outer(a, b)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from derivx.derive.factors import number
from derivx.derive.matrix.shapes import Shapes, axis_of, dim_expr, keeps
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, postorder
from derivx.shape import SCALAR, Shape

ALL, LAST_AXIS = Sym("all"), Sym("last")
_SYMMETRIC = ("symmetric", "spd", "diagonal")


@dataclass
class Factors:
    """number * product of base**exponent, entry by entry; ``shape`` is the broadcast shape of all."""

    number: Fraction = Fraction(1)
    powers: dict[Expr, Fraction] = field(default_factory=dict)

    def times(self, base: Expr, exponent: Fraction = Fraction(1)) -> None:
        total = self.powers.get(base, Fraction(0)) + exponent
        if total:
            self.powers[base] = total
        else:
            self.powers.pop(base, None)


class Maker:
    """Builds expressions over arrays; ``flags`` says what is known of names (``symmetric``, ``onehot``, ...)."""

    def __init__(self, shapes: Mapping[str, Shape], flags: Mapping[str, str]) -> None:
        self.shapes, self.flags = Shapes(shapes), dict(flags)
        self.standing: set[Expr] = set()
        self.opposite: dict[Expr, Expr] = {}

    def shape(self, e: Expr) -> Shape:
        return self.shapes.of(e)

    def is_scalar(self, e: Expr) -> bool:
        return self.shape(e) == SCALAR

    # Products entry by entry.

    def factors(self, *parts: Expr) -> Factors:
        """Take products, quotients and powers apart."""
        out = Factors()
        todo: list[tuple[Expr, Fraction]] = [(p, Fraction(1)) for p in reversed(parts)]
        while todo:
            e, n = todo.pop()
            if isinstance(e, Num) and (n == int(n) or e.value == 1):
                out.number *= Fraction(e.value) ** int(n) if e.value or n > 0 else Fraction(1)
            elif is_op(e, "neg") and isinstance(e, Call) and n == int(n):
                out.number *= -1 if int(n) % 2 else 1
                todo.append((e.args[0], n))
            elif is_op(e, "mul") and isinstance(e, Call) and n == int(n):
                todo.extend((a, n) for a in reversed(e.args))
            elif is_op(e, "div") and isinstance(e, Call) and n == int(n):
                todo += [(e.args[1], -n), (e.args[0], n)]
            elif is_op(e, "pow") and isinstance(e, Call) and (k := _rational(e.args[1])) is not None and n == int(n):
                todo.append((e.args[0], n * k))
            elif is_op(e, "sqrt") and isinstance(e, Call) and n == int(n):
                todo.append((e.args[0], n / 2)) if not is_op(e.args[0], "mul", "neg", "div") else out.times(e, n)
            elif e in self.opposite and n == int(n):
                out.number *= -1 if int(n) % 2 else 1
                out.times(self.opposite[e], n)
            else:
                out.times(e, n)
        return out

    def prod(self, *parts: Expr) -> Expr:
        """The entry-wise product."""
        if any(p == ZERO for p in parts):
            return ZERO
        full: Shape = SCALAR
        for p in parts:
            full = self._wider(full, self.shape(p))
        found = self.factors(*parts)
        return self._whole(self.join(self._bare(found, full)), full)

    def _wider(self, a: Shape, b: Shape) -> Shape:
        from derivx.shape import broadcast

        return broadcast(tuple(map(self.shapes.same, a)), tuple(map(self.shapes.same, b))) or a

    def _diagonal_only(self, found: Factors) -> Factors:
        """Times the identity, a matrix and its transpose are the same."""
        if not any(is_op(b, "eye") for b in found.powers):
            return found
        return Factors(found.number, {b.args[0] if is_op(b, "T") and isinstance(b, Call) else b: n for b, n in found.powers.items()})

    def _bare(self, found: Factors, full: Shape) -> Factors:
        """Ones, and what only spreads a smaller array, are not written where another factor has the whole shape."""
        found = self._diagonal_only(found)
        others = [b for b in found.powers if not is_op(b, "ones", "spread") and self.shape(b) == full]
        out = Factors(found.number)
        for base, n in found.powers.items():
            if is_op(base, "ones") and (others or self._covered(found, base)):
                continue
            if is_op(base, "spread") and isinstance(base, Call) and others:
                inner = self.factors(base.args[0])
                out.number *= inner.number ** int(n)
                for b, k in inner.powers.items():
                    if not is_op(b, "ones"):
                        out.times(b, n * k)
                continue
            out.times(base, n)
        return out

    def _covered(self, found: Factors, one: Expr) -> bool:
        return any(b is not one and self._wider(self.shape(b), self.shape(one)) == self.shape(b) for b in found.powers)

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

    def column(self, v: Expr) -> Expr:
        """A vector as a matrix of one column."""
        if is_op(v, "ones", "spread") and isinstance(v, Call):
            return self.spread(v.args[0] if v.op == "spread" else ONE, (*self.shape(v), 1))
        scalars, array = self.apart(v)
        return self.prod(*scalars, Call("column", (array,))) if scalars else Call("column", (array,))

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
            if e == ZERO:
                continue
            full = self._wider(full, self.shape(e))
            found = self.factors(e)
            n, found.number = found.number, Fraction(1)
            core = self.join(found)
            key = self.key(core)
            table[key] = (table[key][0] + n, table[key][1]) if key in table else (n, core)
        rows = [(n, core) for n, core in table.values() if n]
        if not rows:
            return ZERO
        rows.sort(key=lambda row: row[0] < 0) if rows[0][0] < 0 else None
        unspread = any(self.shape(self._small(core)) == full for _, core in rows)
        out = [self.scaled(n, self._small(core) if unspread else core) for n, core in rows]
        if len(out) > 1 and all(n < 0 for n, _ in rows):
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
            back = self.chain(*(self.T(a) for a in reversed(b.args)))
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

    def chain(self, *parts: Expr) -> Expr:
        flat = [q for p in parts for q in (p.args if is_op(p, "matmul") and isinstance(p, Call) else (p,))]
        return flat[0] if len(flat) == 1 else Call("matmul", tuple(flat))

    def mm(self, *parts: Expr) -> Expr:
        """The matrix product, scalars in front, identities gone, outer products kept as such."""
        if any(p == ZERO for p in parts):
            return ZERO
        outside: list[Expr] = []
        flat: list[Expr] = []
        for i, p in enumerate(parts):
            scalars, array = self.apart(p)
            outside += scalars
            if not is_op(array, "matmul") or not isinstance(array, Call):
                flat.append(array)
            elif self.is_scalar(array):
                outside.append(array)
            elif len(self.shape(array)) == 1 and i + 1 < len(parts):
                flat += (self.T(a) for a in reversed(array.args))  # a column used as a row
            else:
                flat += array.args
        if not flat:
            return self.prod(*outside)
        core = self._product(flat)
        return self.prod(*outside, core) if outside else core

    def apart(self, e: Expr) -> tuple[list[Expr], Expr]:
        """The scalars of a product (what all terms of a sum share counts too), and its array part."""
        if is_op(e, "add"):
            return self._shared(e)
        if not is_op(e, "mul", "div", "neg"):
            return [], e
        found = self.factors(e)
        scalars = Factors(found.number, {b: n for b, n in found.powers.items() if self.is_scalar(b)})
        arrays = Factors(Fraction(1), {b: n for b, n in found.powers.items() if not self.is_scalar(b)})
        front = self.join(scalars)
        return ([] if front == ONE else [front]), self._whole(self.join(arrays), self.shape(e))

    def _shared(self, e: Expr) -> tuple[list[Expr], Expr]:
        """The scalars and the number that all terms of a sum share, and the sum without them."""
        assert isinstance(e, Call)
        split = [self.factors(a) for a in e.args]
        first = split[0]
        scalars = {b: n for b, n in first.powers.items() if self.is_scalar(b) and all(s.powers.get(b) == n for s in split)}
        size = abs(first.number)
        lead = size if size != 1 and all(abs(s.number) == size for s in split) else Fraction(1)
        if (lead == 1 and not scalars) or any(set(s.powers) <= set(scalars) for s in split):
            return [], e
        rest = [self.join(Factors(s.number / lead, {b: n for b, n in s.powers.items() if b not in scalars})) for s in split]
        return [self.join(Factors(lead, scalars))], Call("add", tuple(rest))

    def _product(self, flat: list[Expr]) -> Expr:
        out: list[Expr] = []
        todo = list(reversed(flat))
        while todo:
            right = todo.pop()
            merged = self._pair(out[-1], right) if out else None
            if merged is None:
                out.append(right)
                continue
            out.pop()
            scalars, array = self.apart(merged)
            if scalars or (self.is_scalar(merged) and (out or todo)):
                rest = [array] if not self.is_scalar(merged) else []
                left = [*out, *rest, *reversed(todo)]
                return self.prod(*(scalars or [merged]), self._product(left) if left else ONE)
            todo.extend(reversed(array.args if is_op(array, "matmul") and isinstance(array, Call) else (array,)))
        if len(out) > 1 and len(self.shape(out[0])) == 1 and len(self.shape(out[-1])) == 2:
            return self.mm(*(self.T(m) for m in reversed(out[1:])), out[0])  # v @ A is A.T @ v
        return self._vector(self.chain(*out))

    def _vector(self, e: Expr) -> Expr:
        return e

    def _pair(self, a: Expr, b: Expr) -> Expr | None:
        """Two neighbours that are less than a product."""
        if is_op(a, "eye"):
            return b
        if is_op(b, "eye"):
            return a
        if isinstance(a, Call) and a.op == "outer":
            u, v = a.args
            return self.prod(self.mm(v, b), u) if len(self.shape(b)) == 1 else self.outer(u, self.mm(self.T(b), v))
        if isinstance(b, Call) and b.op == "outer":
            u, v = b.args
            return self.prod(self.mm(a, u), v) if len(self.shape(a)) == 1 else self.outer(self.mm(a, u), v)
        if isinstance(a, Call) and a.op == "diag" and len(self.shape(b)) == 1:
            return self.prod(a.args[0], b)
        if isinstance(b, Call) and b.op == "diag" and len(self.shape(a)) == 1:
            return self.prod(a, b.args[0])
        if isinstance(a, Call) and isinstance(b, Call) and a.op == b.op == "diag":
            return self.diag(self.prod(a.args[0], b.args[0]))
        if is_op(a, "ones") and len(self.shape(a)) == 2 and isinstance(a, Call):
            return self._pair(Call("outer", (Call("ones", a.args[:1]), Call("ones", a.args[1:]))), b)
        if is_op(b, "ones") and len(self.shape(b)) == 2 and isinstance(b, Call):
            return self._pair(a, Call("outer", (Call("ones", b.args[:1]), Call("ones", b.args[1:]))))
        if self._inverse_of(a, b):
            return Call("eye", (dim_expr(self.shape(a)[0]),))
        if is_op(a, "ones", "spread") and len(self.shape(a)) == 1 and len(self.shape(b)) >= 1 and isinstance(a, Call):
            summed = self.sum(b, Num(0)) if len(self.shape(b)) == 2 else self.sum(b)
            return self.prod(a.args[0], summed) if a.op == "spread" else summed
        if is_op(b, "ones", "spread") and len(self.shape(b)) == 1 and isinstance(b, Call):
            summed = self.sum(a, Num(1)) if len(self.shape(a)) == 2 else self.sum(a)
            return self.prod(b.args[0], summed) if b.op == "spread" else summed
        return None

    def _inverse_of(self, a: Expr, b: Expr) -> bool:
        def pair(x: Expr, y: Expr) -> bool:
            return isinstance(x, Call) and x.op == "inv" and x.args[0] == y

        return pair(a, b) or pair(b, a) or (is_op(a, "T") and is_op(b, "T") and self._inverse_of(a.args[0], b.args[0]))  # type: ignore[attr-defined]

    def outer(self, a: Expr, b: Expr) -> Expr:
        """The matrix a bᵀ."""
        if ZERO in (a, b):
            return ZERO
        (sa, u), (sb, v) = self.apart(a), self.apart(b)
        core = Call("outer", (u, v))
        return self.prod(*sa, *sb, core) if sa or sb else core

    def diag(self, v: Expr) -> Expr:
        if v == ZERO:
            return ZERO
        scalars, array = self.apart(v)
        core = Call("eye", (dim_expr(self.shape(array)[0]),)) if is_op(array, "ones") else Call("diag", (array,))
        if is_op(array, "spread") and isinstance(array, Call):
            return self.prod(*scalars, array.args[0], Call("eye", (dim_expr(self.shape(array)[0]),)))
        return self.prod(*scalars, core) if scalars else core

    # Transposes.

    def T(self, e: Expr) -> Expr:  # noqa: N802
        """The transpose, pushed to names and inverses."""
        if len(self.shape(e)) < 2 or self.symmetric(e):
            return e
        assert isinstance(e, Call | Sym)
        if isinstance(e, Sym):
            return Call("T", (e,))
        match e.op:
            case "T":
                return e.args[0]
            case "matmul":
                return self.mm(*(self.T(a) for a in reversed(e.args)))
            case "outer":
                return Call("outer", (e.args[1], e.args[0]))
            case "kron":
                return Call("kron", tuple(map(self.T, e.args)))
            case "ones":
                return Call("ones", e.args[::-1])
            case "commutation":
                return Call("commutation", e.args[::-1])
            case "spread" if self.is_scalar(e.args[0]):
                return Call("spread", (e.args[0], *e.args[:0:-1]))
            case "inv" if is_op(e.args[0], "matmul"):
                return self.inv(self.T(e.args[0]))
            case "neg" | "mul" | "div":
                return self._transposed_product(e)
            case "add" if all(self.shape(a) == self.shape(e) for a in e.args):
                pushed = self.add(*map(self.T, e.args))
                return pushed if pushed.size <= e.size + 1 else Call("T", (e,))
        return Call("T", (e,))

    def _transposed_product(self, e: Call) -> Expr:
        found = self.factors(e)
        scalars = {b: n for b, n in found.powers.items() if self.is_scalar(b)}
        arrays = {b: n for b, n in found.powers.items() if b not in scalars}
        inner: Expr
        if all(self.shape(b) == self.shape(e) for b in arrays):
            pushed = self.join(Factors(Fraction(1), {self.T(b): n for b, n in arrays.items()}))
            plain = self.join(Factors(Fraction(1), arrays))
            inner = pushed if pushed.size <= plain.size + 1 else Call("T", (plain,))
        else:
            inner = Call("T", (self.join(Factors(Fraction(1), arrays)),))
        return self.prod(self.join(Factors(found.number, scalars)), inner)

    def symmetric(self, e: Expr) -> bool:
        """Whether a matrix equals its transpose by its form."""
        if isinstance(e, Sym):
            return self.flags.get(e.name, "") in _SYMMETRIC
        if not isinstance(e, Call) or len(self.shape(e)) < 2:
            return False
        match e.op:
            case "eye" | "diag":
                return True
            case "inv" | "T" | "matrix_power":
                return self.symmetric(e.args[0])
            case "add":
                return all(self.shape(a) == self.shape(e) and self.symmetric(a) for a in e.args) or self._paired(e)
            case "neg" | "mul" | "div":
                return all(self.is_scalar(b) or self.symmetric(b) for b in self.factors(e).powers)
            case "outer":
                return e.args[0] == e.args[1]
            case "matmul":
                half, middle = len(e.args) // 2, len(e.args) % 2
                mirrored = all(self._mirror(e.args[i], e.args[-1 - i]) for i in range(half))
                return mirrored and (not middle or self.symmetric(e.args[half]))
        return False

    def _mirror(self, a: Expr, b: Expr) -> bool:
        if self.symmetric(a):
            return a == b
        return Call("T", (a,)) == b or Call("T", (b,)) == a

    def _paired(self, e: Call) -> bool:
        return len(e.args) == 2 and (Call("T", (e.args[0],)) == e.args[1] or Call("T", (e.args[1],)) == e.args[0])

    # Functions of whole arrays.

    def inv(self, e: Expr) -> Expr:
        if is_op(e, "inv") and isinstance(e, Call):
            return e.args[0]
        if is_op(e, "matmul") and isinstance(e, Call) and all(map(self.invertible, e.args)):
            return self.mm(*(self.inv(a) for a in reversed(e.args)))
        if is_op(e, "T") and isinstance(e, Call):
            return Call("T", (Call("inv", e.args),))
        return e if is_op(e, "eye") else Call("inv", (e,))

    def invertible(self, e: Expr) -> bool:
        """Whether a matrix is known to have an inverse."""
        if is_op(e, "T", "inv") and isinstance(e, Call):
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
        if is_op(array, "T") and isinstance(array, Call):
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
        if is_op(array, "T") and isinstance(array, Call) and axis in (ZERO, ONE):
            array, axis = array.args[0], ONE if axis == ZERO else ZERO
            if keep != ZERO:
                return Call("T", (self.sum(array, axis, keep),))
            shape = self.shape(array)
        call = Call("sum", (array, *((axis, *((keep,) if keep != ZERO else ())) if axis != ALL or keep != ZERO else ())))
        at = axis_of(call, shape)
        lost = [d for i, d in enumerate(shape) if at in (None, i)]
        if is_op(array, "ones"):
            return self._counted(ONE, lost, shape, call)
        if is_op(array, "spread") and isinstance(array, Call):
            inner = array.args[0]
            if self.is_scalar(inner):
                return self._counted(inner, lost, shape, call)
            return self._summed_spread(array, inner, at, keep, call)
        if is_op(array, "eye") and at is not None and keep == ZERO and isinstance(array, Call):
            return Call("ones", array.args)
        if self._always_one(array, at, shape):
            return Call("ones", tuple(map(dim_expr, self.shape(call)))) if self.shape(call) else ONE
        if is_op(array, "add") and isinstance(array, Call) and self.centred:
            terms = [self.sum(a if self.shape(a) == shape else self.spread(a, shape), axis, keep) for a in array.args]
            if ZERO in terms:
                return self.add(*terms)
        if self._vanishes(array, at):
            return ZERO
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

    def _vanishes(self, e: Expr, at: int | None) -> bool:
        """Whether a name is known to have the sum 0 along the axis: what is left when its mean is taken away."""
        return isinstance(e, Sym) and self.flags.get(e.name, "") == f"centred {at}"

    def _counted(self, e: Expr, lost: Iterable[object], shape: Shape, call: Call) -> Expr:
        whole = self.prod(e, *(dim_expr(d) for d in lost))  # type: ignore[arg-type]
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
        return call if keep != ZERO else Call("sum", (array, Num(at)))

    def _always_one(self, e: Expr, at: int | None, shape: Shape) -> bool:
        """Whether the entries along the axis are known to add up to one."""
        whole = (len(shape) == 1 and at in (None, 0)) or (len(shape) == 2 and at == 1)
        if not whole:
            return False
        if is_op(e, "softmax"):
            return True
        return isinstance(e, Sym) and self.flags.get(e.name, "") in ("onehot", "onehot_rows")

    def diagonal(self, e: Expr) -> Expr:
        scalars, array = self.apart(e)
        if scalars:
            return self.prod(*scalars, self.diagonal(array))
        if is_op(array, "diag") and isinstance(array, Call):
            return array.args[0]
        if is_op(array, "outer") and isinstance(array, Call):
            return self.prod(*array.args)
        return Call("diagonal", (array,)) if e != ZERO else ZERO


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
