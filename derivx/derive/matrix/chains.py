"""Matrix products and transposes, in textbook form as they are built.

A product is one flat chain with its scalars in front; transposes stand on names and inverses; identities vanish and (a bᵀ) is
``outer(a, b)``.
"""

from __future__ import annotations

from fractions import Fraction

from derivx.derive.matrix.entries import Entries, Factors, nothing
from derivx.derive.matrix.shapes import dim_expr
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op

ALL = Sym("all")
_SYMMETRIC = ("symmetric", "spd", "diagonal")


class Chains(Entries):
    """Builds products of matrices and vectors."""

    def chain(self, *parts: Expr) -> Expr:
        flat = [q for p in parts for q in (p.args if is_op(p, "matmul") and isinstance(p, Call) else (p,))]
        return flat[0] if len(flat) == 1 else Call("matmul", tuple(flat))

    def mm(self, *parts: Expr) -> Expr:
        """The matrix product, scalars in front, identities gone, outer products kept as such."""
        if any(map(nothing, parts)):
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
        return self.chain(*out)

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
        if isinstance(a, Call) and isinstance(b, Call) and a.op == b.op == "kron":
            (left, over), (right, under) = a.args, b.args
            if self.shape(left)[1] == self.shape(right)[0] and self.shape(over)[1] == self.shape(under)[0]:
                return Call("kron", (self.mm(left, right), self.mm(over, under)))
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

        return pair(a, b) or pair(b, a) or (is_op(a, "transpose") and is_op(b, "transpose") and self._inverse_of(a.args[0], b.args[0]))  # type: ignore[attr-defined]

    def turned(self, e: Expr) -> Expr:
        return self.T(e)

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
            return Call("transpose", (e,))
        match e.op:
            case "transpose":
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
                return pushed if pushed.size <= e.size + 1 else Call("transpose", (e,))
        return Call("transpose", (e,))

    def _transposed_product(self, e: Call) -> Expr:
        found = self.factors(e)
        scalars = {b: n for b, n in found.powers.items() if self.is_scalar(b)}
        arrays = {b: n for b, n in found.powers.items() if b not in scalars}
        inner: Expr
        if all(self.shape(b) == self.shape(e) for b in arrays):
            pushed = self.join(Factors(Fraction(1), {self.T(b): n for b, n in arrays.items()}))
            plain = self.join(Factors(Fraction(1), arrays))
            inner = pushed if pushed.size <= plain.size + 1 else Call("transpose", (plain,))
        else:
            inner = Call("transpose", (self.join(Factors(Fraction(1), arrays)),))
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
            case "inv" | "transpose" | "matrix_power":
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
        return Call("transpose", (a,)) == b or Call("transpose", (b,)) == a

    def _paired(self, e: Call) -> bool:
        return len(e.args) == 2 and (Call("transpose", (e.args[0],)) == e.args[1] or Call("transpose", (e.args[1],)) == e.args[0])

    # Functions of whole arrays.

    # What stands in the file above.

    def inv(self, e: Expr) -> Expr:
        """The inverse."""
        raise NotImplementedError

    def sum(self, e: Expr, axis: Expr = ALL, keep: Expr = ZERO) -> Expr:
        """The sum of entries."""
        raise NotImplementedError
