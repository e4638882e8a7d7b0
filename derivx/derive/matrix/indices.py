"""The index proof of a step: why the gradient comes back as it does, by sums over indices and Kronecker deltas.

Each operation on the way is looked at alone, over names: Z = X w, G the gradient by Z, and the gradient by one entry of X.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from derivx import ops
from derivx.derive.matrix.calculus import Calculus
from derivx.derive.matrix.engine import Question, Solver
from derivx.derive.matrix.entrywise import Entrywise, Index
from derivx.derive.matrix.final import finished
from derivx.derive.matrix.make import Maker
from derivx.derive.matrix.shapes import dim_expr
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, is_text, names, postorder, transform
from derivx.shape import SCALAR, Shape


@dataclass(frozen=True)
class IndexLine:
    """``before = after`` for all values of the free indices, and the rule that says why."""

    before: Expr
    after: Expr
    rule: str


@dataclass(frozen=True)
class IndexProof:
    """The proof of one pullback: ``node`` over names is called ``value``, and the gradient by ``by`` is ``law`` in terms of ``upstream``.

    ``part`` and ``arg`` are what stands in the question, ``stands`` what the names stand for. Without ``lines`` there is no index form.
    """

    part: Expr
    arg: Expr
    node: Call
    value: Sym
    by: Sym
    upstream: Sym
    law: Expr
    lines: tuple[IndexLine, ...]
    stands: Mapping[str, Expr] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    dims: Mapping[str, Expr] = field(default_factory=dict)  # over which size each index runs


def index_proofs(question: Question) -> list[IndexProof]:
    """The proofs of all steps from the output back to what is differentiated by; steps between numbers need no index."""
    solver = Solver(question)
    moving = {question.wrt}
    for name, formula in solver.let.items():
        if name != question.wrt and any(n in moving for n in names(formula)):
            moving.add(name)
    out: list[IndexProof] = []
    formulas = [("", solver.output), *((n, f) for n, f in reversed(solver.let.items()) if n in moving and n != question.wrt)]
    done: set[tuple[Expr, Expr]] = set()
    letters: dict[str, int] = {}
    for name, formula in formulas:
        for node in reversed(list(postorder(formula))):
            if not isinstance(node, Call) or node.op in ("neg", "column", "row"):
                continue
            for arg in dict.fromkeys(node.args):
                shapes = solver.m.shape(node), solver.m.shape(arg) if _moves(arg, moving) else SCALAR
                if not _moves(arg, moving) or shapes == (SCALAR, SCALAR) or (node, arg) in done or isinstance(arg, Num):
                    continue
                done.add((node, arg))
                out.append(_Proof(solver, node, arg, name if node is formula else "", letters).run())
    return out


def _moves(e: Expr, moving: set[str]) -> bool:
    return any(n in moving for n in names(e))


class _Proof:
    def __init__(self, solver: Solver, node: Call, arg: Expr, name: str, letters: dict[str, int]) -> None:
        self.solver, self.part, self.arg, self.letters = solver, node, arg, letters
        self.taken = {*solver.m.shapes.given, *names(node), *(str(d) for s in solver.m.shapes.given.values() for d in s), solver.q.label}
        self.stands: dict[str, Expr] = {}
        self.shapes: dict[str, Shape] = {}
        self.by = self.stand_in(arg, "uv", "UV")
        assert isinstance(self.by, Sym)
        self.node = Call(node.op, tuple(a if self.how(a, i) else self.stand_in(a, "ab", "ABC") for i, a in enumerate(node.args)))
        shape = solver.m.shape(node)
        self.value = Sym(name) if name else Sym(self.fresh("zs", "ZS", shape))
        self.upstream = Sym(self.fresh("gq", "GQ", shape))
        self.shapes |= {self.value.name: shape, self.upstream.name: shape}
        # What is known of the value follows from what its parts are, which names that stand for them do not say.
        flags = {n: f for n, f in solver.m.flags.items() if n in self.shapes and (n != self.value.name or not self.stands)}
        sizes = {d for s in solver.m.shapes.given.values() for d in s}
        self.shapes |= {n: () for n in names(self.node) if n not in self.shapes and n not in sizes and n not in ("all", "last")}
        self.m = Maker(self.shapes, flags)
        self.m.shapes.defined.update(solver.m.shapes.defined)
        self.c = Calculus(self.m)

    def how(self, e: Expr, i: int) -> bool:
        """Whether an argument says how the operation is done: an axis, a size, an exponent, an index."""
        whole = ops.known(self.part.op) and ops.card(self.part.op).shape != "elementwise"
        return is_text(e) or (whole and i > 0 and not is_text(self.part.args[0]) and not self.solver.m.shape(e))

    def fresh(self, small: str, large: str, shape: Shape) -> str:
        """A letter that nothing else is called by, in other proofs neither unless that is as large; numbers get the last of the small."""
        letters = large if len(shape) == 2 else small if shape else small[::-1]
        every = (*letters, *(f"{letters[0]}{k}" for k in range(1, 99)))
        found: str = next(n for n in every if n not in self.taken and self.letters.get(n, len(shape)) == len(shape))
        self.taken.add(found)
        self.letters[found] = len(shape)
        return found

    def stand_in(self, e: Expr, small: str, large: str) -> Expr:
        """A name for an argument that is none."""
        if isinstance(e, Num):
            return e
        if is_op(e, "neg") and isinstance(e, Call) and isinstance(e.args[0], Sym) and e is not self.arg:
            self.shapes[e.args[0].name] = self.solver.m.shape(e)
            return e
        known = next((n for n, stood in self.stands.items() if stood == e), None)
        if known is not None:
            return Sym(known)
        shape = self.solver.m.shape(e)
        if isinstance(e, Sym):
            self.shapes[e.name] = shape
            return Sym(e.name)
        name = self.fresh(small, large, shape)
        self.stands[name], self.shapes[name] = e, shape
        return Sym(name)

    # The lines.

    def run(self) -> IndexProof:
        law = self.law()
        lines, dims = self.lines(law)
        assert isinstance(self.by, Sym)
        return IndexProof(
            self.part, self.arg, self.node, self.value, self.by, self.upstream, law, lines, self.stands, self.shapes, self.m.flags, dims
        )

    def law(self) -> Expr:
        """What is passed back to the argument: the transposed differential."""
        m, shape = self.m, self.m.shape(self.by)
        found = [self.c.pull_one(self.node, i, self.upstream, self.value) for i, a in enumerate(self.node.args) if a == self.by]
        total = finished(m, m.add(*found))
        total = total if total == ZERO or m.shape(total) == shape else m.spread(total, shape)
        return transform(total, self.with_ones)

    def with_ones(self, e: Expr) -> Expr:
        """A repeated number or row as a product with ones, as it is printed."""
        if not is_op(e, "spread") or not isinstance(e, Call):
            return e
        inner, sizes = e.args[0], e.args[1:]
        rank = len(self.m.shape(inner))
        if rank == 0:
            return Call("mul", (inner, Call("ones", sizes)))
        return Call("outer", (Call("ones", sizes[:1]), inner)) if rank == 1 and len(sizes) == 2 else e

    def lines(self, law: Expr) -> tuple[tuple[IndexLine, ...], dict[str, Expr]]:
        """Entry, entry by entry, the chain rule, the deltas put in, back to matrices."""
        w = Entrywise(self.c, self.taken)
        shape = self.m.shape(self.node)
        idx = w.indices(shape)
        form = w.form(self.node, idx)
        if form is None:
            return (), {}
        assert isinstance(self.by, Sym)
        here = self.m.shape(self.by)
        at = w.indices(here)
        entry, x = w.at(self.value, idx), w.at(self.by, at)
        local = w.by_entry(self.node, form, self.value, idx, self.by, at)
        over = list(zip(idx, shape, strict=True))
        whole = w.total(self.m.prod(w.at(self.upstream, idx), local), over)
        rows = [(Call("partial", (Sym(self.solver.q.label), x)), whole, "i_chain"), (whole, w.put(whole), "i_delta")]
        w.preferred = [(i, d) for i, d in over if isinstance(i, Sym)]
        back = w.whole(law, at)
        rows += [(rows[-1][1], back, "i_back"), (back, w.at(law, at), "i_matrix")]
        first = [IndexLine(entry, form, "i_entry"), IndexLine(Call("partial", (entry, x)), local, "i_derivative")]
        kept = [IndexLine(a, b, rule) for a, b, rule in _effective(rows)]
        return (*first, *kept), _ranges([*first, *kept], over, list(zip(at, here, strict=True)))


def _effective(rows: Iterable[tuple[Expr, Expr, str]]) -> Iterator[tuple[Expr, Expr, str]]:
    """Without lines that say the same again, up to the order of factors."""
    last: Expr = ONE
    for i, (before, after, rule) in enumerate(rows):
        if i == 0:
            last = before
        if _unordered(after) == _unordered(last) and rule != "i_matrix":
            continue
        if after != last:
            yield last, after, rule
        last = after


def _unordered(e: Expr) -> object:
    """A key under which factors and terms have no order."""
    if not isinstance(e, Call):
        return repr(e)
    kids = [_unordered(a) for a in e.args]
    return (e.op, *(sorted(kids, key=repr) if e.op in ("add", "mul") else kids))


def _ranges(lines: list[IndexLine], *free: Iterable[tuple[Expr, object]]) -> dict[str, Expr]:
    """The size that each index runs over."""
    found: dict[str, Expr] = {}
    for pairs in free:
        found |= {i.name: dim_expr(d) for i, d in pairs if isinstance(i, Sym) and isinstance(d, int | str)}
    for line in lines:
        for node in postorder(line.after):
            if isinstance(node, Call) and node.op == "index_sum" and isinstance(node.args[1], Sym):
                found.setdefault(node.args[1].name, node.args[2])
    return found


__all__ = ["Index", "IndexLine", "IndexProof", "index_proofs"]
