"""The trace trick: a sum of numbers that are linear in dX as tr(M dX), line by line.

A number is its own trace, sum(A * B) = tr(A.T B), tr(A) = tr(A.T) and tr(A B) = tr(B A): so dX gets to the right end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from derivx.derive.matrix.final import finished
from derivx.derive.matrix.make import Factors, Maker
from derivx.derive.matrix.shapes import dim_expr
from derivx.expr import ONE, Call, Expr, Sym, is_op, names

Rule = tuple[str, Mapping[str, Expr | str]]
Pairs = list[tuple[Expr, Expr]]


@dataclass(frozen=True)
class _Term:
    """scalar * tr(left dX right), or with dX.T; ``rule`` says how it became a trace."""

    scalar: Expr
    left: tuple[Expr, ...]
    mark: Sym
    right: tuple[Expr, ...]
    turned: bool
    rule: str = ""


class Traces:
    """Works with one maker; ``marks`` are the names that stand for differentials."""

    def __init__(self, maker: Maker, marks: Mapping[str, Expr]) -> None:
        self.m, self.of = maker, marks

    def lines(self, pairs: Pairs) -> list[tuple[list[Rule], Expr, Pairs]] | None:
        """The lines, each with its rules and the pairs that it is; ``None`` where the differential is no sum of traces."""
        if len(pairs) != 1 or pairs[0][0] != ONE:
            return None
        whole = pairs[0][1]
        parts = list(whole.args if is_op(whole, "add") and isinstance(whole, Call) else (whole,))
        opened = [q for part in parts for q in self.opened(part)]
        found = [self.term(t) for t in opened]
        terms = [t for t in found if t is not None]
        if len(terms) < len(found):
            return None
        out: list[tuple[list[Rule], Expr, Pairs]] = [([("expand", {})], _joined(opened), pairs)] if len(opened) > len(parts) else []
        out.append(([(t.rule, {}) for t in terms if t.rule] or [("arrange", {})], self.sum(terms), pairs))
        if any(t.turned for t in terms):
            terms = [self.upright(t) for t in terms]
            out.append(([("d_trace_transpose", {})], self.sum(terms), pairs))
        if any(t.right for t in terms):
            terms = [replace(t, left=(*t.right, *t.left), right=()) for t in terms]
            out.append(([("d_trace_cycle", {})], self.sum(terms), pairs))
        return [*out, *self.gathered(terms, pairs)]

    def gathered(self, terms: list[_Term], pairs: Pairs) -> list[tuple[list[Rule], Expr, Pairs]]:
        """tr(M dX) for each name, and the same as inner products."""
        m = self.m
        before: dict[Sym, list[Expr]] = {}
        for t in terms:
            before.setdefault(t.mark, []).append(m.prod(t.scalar, self.chain(t.left, t.mark)))
        found = {mark: finished(m, m.add(*parts)) for mark, parts in before.items()}
        joined = [self.trace(*m.apart(e), mark) for mark, e in found.items()]
        rule = "d_trace_collect" if len(found) < len(terms) else "tidy"
        ends: Pairs = [(finished(m, m.T(e)), mark) for mark, e in found.items()]
        inner: list[Expr] = [Call("inner", pair) for pair in ends]
        return [([(rule, {})], _joined(joined), pairs), ([("d_inner", {})], _joined(inner), ends)]

    def chain(self, parts: tuple[Expr, ...], mark: Sym) -> Expr:
        return self.m.mm(*parts) if parts else Call("eye", (self.size(mark),))

    def size(self, mark: Sym) -> Expr:
        return dim_expr(mark.shape[0])

    def trace(self, scalars: list[Expr], e: Expr, mark: Sym) -> Expr:
        chain = e.args if is_op(e, "matmul") and isinstance(e, Call) else (e,)
        inside: Expr = mark if is_op(e, "eye") else Call("matmul", (*chain, mark))
        return self.m.prod(*scalars, Call("tr", (inside,))) if scalars else Call("tr", (inside,))

    def sum(self, terms: list[_Term]) -> Expr:
        """The terms as they stand."""
        out: list[Expr] = []
        for t in terms:
            middle: Expr = Call("transpose", (t.mark,)) if t.turned else t.mark
            chain = [q for p in (*t.left, middle, *t.right) for q in (p.args if is_op(p, "matmul") and isinstance(p, Call) else (p,))]
            trace = Call("tr", (chain[0] if len(chain) == 1 else Call("matmul", tuple(chain)),))
            out.append(trace if t.scalar == ONE else self.m.prod(t.scalar, trace))
        return _joined(out)

    def upright(self, t: _Term) -> _Term:
        """tr(A dX.T B) is tr(B.T dX A.T)."""
        if not t.turned:
            return t
        flip = self.m.T
        return replace(t, left=tuple(map(flip, reversed(t.right))), right=tuple(map(flip, reversed(t.left))), turned=False)

    def opened(self, e: Expr) -> list[Expr]:
        """A trace of a product in which a sum moves, term by term."""
        m = self.m
        found = m.factors(e)
        base = next((b for b in found.powers if self.has(b)), e)
        if not is_op(base, "tr") or not isinstance(base, Call):
            return [e]
        inner = base.args[0]
        chain = inner.args if is_op(inner, "matmul") and isinstance(inner, Call) else (inner,)
        at = next((i for i, a in enumerate(chain) if is_op(a, "add") and self.has(a)), None)
        if at is None:
            return [e]
        scalar = m.join(Factors(found.number, {b: n for b, n in found.powers.items() if b is not base}))
        terms = chain[at].args if isinstance(chain[at], Call) else ()  # type: ignore[attr-defined]
        full = m.shape(chain[at])
        if any(m.shape(t) != full for t in terms):  # a term that is broadcast is no factor of the chain
            return [e]
        split = (m.prod(scalar, m.tr(m.mm(*chain[:at], t, *chain[at + 1 :]))) for t in terms)
        return [q for t in split for q in self.opened(t)]

    # One term as a trace.

    def term(self, e: Expr) -> _Term | None:
        m = self.m
        found = m.factors(e)
        bases = [b for b in found.powers if self.has(b)]
        if len(bases) != 1 or found.powers[bases[0]] != 1:
            return None
        (base,) = bases
        scalar = m.join(Factors(found.number, {b: n for b, n in found.powers.items() if b is not base}))
        if not isinstance(base, Call) or not m.is_scalar(base):
            return None
        if base.op == "tr":
            return self.inside(scalar, base.args[0], ())
        if base.op == "matmul":
            return self.between_vectors(scalar, base)
        if base.op == "sum" and len(base.args) == 1:
            return self.entries(scalar, base.args[0])
        return None

    def has(self, e: Expr) -> bool:
        return any(n in self.of for n in names(e))

    def inside(self, scalar: Expr, e: Expr, before: tuple[Expr, ...], rule: str = "") -> _Term | None:
        """A chain of matrices under the trace."""
        scalars, array = self.m.apart(e)
        if any(map(self.has, scalars)):
            return None
        chain = array.args if is_op(array, "matmul") and isinstance(array, Call) else (array,)
        at = next((i for i, a in enumerate(chain) if self.has(a)), None)
        if at is None:
            return None
        middle = chain[at]
        turned = is_op(middle, "transpose")
        mark = middle.args[0] if isinstance(middle, Call) and turned else middle
        if not isinstance(mark, Sym) or len(mark.shape) != 2 or any(len(self.m.shape(a)) != 2 for a in chain):
            return None
        return _Term(self.m.prod(scalar, *scalars), (*before, *chain[:at]), mark, chain[at + 1 :], turned, rule)

    def between_vectors(self, scalar: Expr, e: Call) -> _Term | None:
        """a.T dX b is its own trace, and that is tr(b a.T dX)."""
        m, chain = self.m, e.args
        at = next((i for i, a in enumerate(chain) if self.has(a)), 0)
        middle = chain[at]
        turned = is_op(middle, "transpose")
        mark = middle.args[0] if isinstance(middle, Call) and turned else middle
        if at in (0, len(chain) - 1) or not isinstance(mark, Sym) or len(mark.shape) != 2:
            return None
        left, right = m.mm(*chain[:at]), m.mm(*chain[at + 1 :])
        left = m.mm(m.T(chain[at - 1]), *(m.T(a) for a in reversed(chain[1 : at - 1])), chain[0]) if at > 1 else left
        return _Term(scalar, (m.outer(right, left),), mark, (), turned, "d_trace_scalar")

    def entries(self, scalar: Expr, e: Expr) -> _Term | None:
        """sum(A * B) is tr(A.T B)."""
        m = self.m
        found = m.factors(e)
        moving = [b for b in found.powers if self.has(b)]
        if len(moving) != 1 or found.powers[moving[0]] != 1 or m.shape(moving[0]) != m.shape(e):
            return None
        rest = m.join(Factors(found.number, {b: n for b, n in found.powers.items() if b is not moving[0]}))
        if m.shape(rest) != m.shape(e) or is_op(rest, "ones", "spread"):
            return None
        scalars, array = m.apart(rest)
        return self.inside(m.prod(scalar, *scalars), moving[0], (m.T(array),), "d_trace_sum")


def _joined(terms: list[Expr]) -> Expr:
    flat = [q for t in terms for q in (t.args if is_op(t, "add") and isinstance(t, Call) else (t,))]
    return flat[0] if len(flat) == 1 else Call("add", tuple(flat))
