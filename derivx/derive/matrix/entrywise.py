"""Operations entry by entry: Z[i, j] as sums over indices, what it is by one entry of an argument, and Kronecker deltas put in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import product

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.derive.matrix.calculus import Calculus
from derivx.derive.matrix.shapes import axis_of, dim_expr, keeps
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, names
from derivx.shape import Dim, Shape
from derivx.syntax.formulas import arguments

Index = tuple[Expr, ...]
LETTERS = ("i", "j", "k", "l", "r", "s", "p", "t", "u", "v", "a", "h")


class Entrywise:
    """Writes entries over the shapes of one calculus; ``taken`` are names that no index may have."""

    def __init__(self, calculus: Calculus, taken: Iterable[str]) -> None:
        self.c, self.m = calculus, calculus.m
        self.free: Iterator[str] = (n for n in (*LETTERS, *(f"i{k}" for k in range(1, 99))) if n not in set(taken))
        self.preferred: list[tuple[Sym, Dim]] = []
        self.known: dict[Expr, Expr] = {}  # entries that have a name: the derivative of a function may be written with its value

    def index(self, dim: Dim) -> Sym:
        """A fresh index over a dimension."""
        for k, (name, known) in enumerate(self.preferred):
            if known == dim:
                del self.preferred[k]
                return name
        return Sym(next(self.free))

    def indices(self, shape: Shape) -> Index:
        return tuple(self.index(d) for d in shape)

    def at(self, e: Expr, idx: Index) -> Expr:
        """An entry as it is written."""
        if isinstance(e, Call) and e.op == "neg":
            return self.m.neg(self.at(e.args[0], idx))
        return Call("entry", (e, *idx)) if idx else e

    def total(self, body: Expr, over: Iterable[tuple[Expr, Dim]]) -> Expr:
        """Sums over indices, the first outermost."""
        for i, d in reversed(list(over)):
            body = Call("index_sum", (body, i, dim_expr(d)))
        return body

    def aligned(self, shape: Shape, idx: Index, full: Shape) -> Index:
        """The indices of an operand that is broadcast."""
        lead = len(full) - len(shape)
        return tuple(Num(0) if small == 1 and large != 1 else i for small, large, i in zip(shape, full[lead:], idx[lead:], strict=True))

    # Entries of an operation over those of its arguments.

    def form(self, e: Expr, idx: Index, leaf: Callable[[Expr, Index], Expr] | None = None) -> Expr | None:
        """The entry of one operation, ``None`` where there is no index form; ``leaf`` writes the entries of the arguments."""
        if not isinstance(e, Call):
            return None
        write = leaf or self.at
        if e.op in ("softmax", "log_softmax", "logsumexp"):
            return self._shares(e, idx, write)
        table: dict[str, Callable[[], Expr]] = {
            "matmul": lambda: self._product(e, idx, write),
            "transpose": lambda: write(e.args[0], idx[::-1]),
            "sum": lambda: self._sum(e, idx, write),
            "mean": lambda: self._sum(e, idx, write),
            "outer": lambda: self.m.prod(write(e.args[0], idx[:1]), write(e.args[1], idx[1:])),
            "tr": lambda: self._trace(e, write),
            "diag": lambda: self.m.prod(write(e.args[0], idx[:1]), Call("kdelta", idx)),
            "diagonal": lambda: write(e.args[0], (*idx, *idx)),
            "norm2": lambda: self._norm(e, write),
            "norm1": lambda: self._norm(e, write),
            "spread": lambda: write(e.args[0], self.aligned(self.m.shape(e.args[0]), idx, self.m.shape(e))),
            "column": lambda: write(e.args[0], idx[:1]),
            "row": lambda: write(e.args[0], idx[1:]),
            "ones": lambda: ONE,
            "eye": lambda: Call("kdelta", idx),
        }
        if e.op in table:
            return table[e.op]()
        if ops.known(e.op) and ops.card(e.op).shape != "elementwise":
            return None
        full = self.m.shape(e)
        return self.c.call(e.op, tuple(write(a, self.aligned(self.m.shape(a), idx, full)) for a in e.args))

    def _product(self, e: Call, idx: Index, write: Callable[[Expr, Index], Expr]) -> Expr:
        left = list(idx)
        shapes = [self.m.shape(a) for a in e.args]
        row: Index = (left.pop(0),) if len(shapes[0]) == 2 else ()
        factors: list[Expr] = []
        over: list[tuple[Expr, Dim]] = []
        for k, (arg, shape) in enumerate(zip(e.args, shapes, strict=True)):
            if k == len(shapes) - 1:
                factors.append(write(arg, (*row, *left)))
                break
            bound = self.index(shape[-1])
            over.append((bound, shape[-1]))
            factors.append(write(arg, (*row, bound) if len(shape) == 2 or not row else row))
            row = (bound,)
        return self.total(self.m.prod(*factors), over)

    def _sum(self, e: Call, idx: Index, write: Callable[[Expr, Index], Expr]) -> Expr:
        shape = self.m.shape(e.args[0])
        axis = axis_of(e, shape)
        over = [(self.index(d), d) for k, d in enumerate(shape) if axis in (None, k)]
        left, bound = [i for k, i in enumerate(idx) if not (keeps(e) and axis in (None, k))], [i for i, _ in over]
        inner = tuple(bound.pop(0) if axis in (None, k) else left.pop(0) for k in range(len(shape)))
        total = self.total(write(e.args[0], inner), over)
        return total if e.op == "sum" else self.m.over(total, self.m.prod(*(dim_expr(d) for _, d in over)))

    def _trace(self, e: Call, write: Callable[[Expr, Index], Expr]) -> Expr:
        d = self.m.shape(e.args[0])[0]
        i = self.index(d)
        return self.total(write(e.args[0], (i, i)), [(i, d)])

    def _norm(self, e: Call, write: Callable[[Expr, Index], Expr]) -> Expr:
        shape = self.m.shape(e.args[0])
        idx = self.indices(shape)
        inner = write(e.args[0], idx)
        over = list(zip(idx, shape, strict=True))
        if e.op == "norm1":
            return self.total(Call("abs", (inner,)), over)
        return Call("sqrt", (self.total(self.m.power(inner, Num(2)), over),))

    def _shares(self, e: Call, idx: Index, write: Callable[[Expr, Index], Expr]) -> Expr | None:
        if len(e.args) != 1:
            return None
        shape, inner = self.m.shape(e.args[0]), e.args[0]
        row = idx[: len(shape) - 1]
        k = self.index(shape[-1])
        total = self.total(Call("exp", (write(inner, (*row, k)),)), [(k, shape[-1])])
        if e.op == "logsumexp":
            return Call("log", (total,))
        here = write(inner, idx)
        if e.op == "softmax":
            return Call("div", (Call("exp", (here,)), total))
        return Call("add", (here, Call("neg", (Call("log", (total,)),))))

    def whole(self, e: Expr, idx: Index) -> Expr:
        """The entry of a closed form, transposes, inverses and names left as they are."""
        if isinstance(e, Num) or (not idx and isinstance(e, Sym)):
            return e
        if is_op(e, "transpose", "softmax", "log_softmax", "logsumexp", "norm2"):
            return self.at(e, idx)
        return self.form(e, idx, self.whole) or self.at(e, idx)

    # By one entry of an argument.

    def by_entry(self, node: Call, form: Expr, value: Expr, idx: Index, x: Sym, at: Index) -> Expr:
        """The derivative of an entry of an operation by an entry of ``x``; that of a softmax as it is known."""
        if node.op in ("softmax", "log_softmax", "logsumexp"):
            share = value if node.op == "softmax" else Call("softmax", node.args)
            same = self.deltas(idx[: len(at) - 1], at[:-1])
            other = Call("entry", (share, *at[:-1], at[-1]))
            if node.op == "logsumexp":
                return self.m.prod(*same, other)
            pair = Call("kdelta", (idx[-1], at[-1]))
            here = Call("add", (pair, Call("neg", (other,))))
            return self.m.prod(*([Call("entry", (share, *idx))] if node.op == "softmax" else []), here, *same)
        self.known = {form: self.at(value, idx)}
        return self.derivative(form, x, at)

    def deltas(self, a: Index, b: Index) -> list[Expr]:
        return [Call("kdelta", (i, j)) for i, j in zip(a, b, strict=True)]

    def derivative(self, e: Expr, x: Sym, at: Index) -> Expr:
        """By the entry of ``x`` at an index: sums term by term, products by the product rule, functions by the chain rule."""
        m = self.m
        if x.name not in names(e):
            return ZERO
        if e == x:
            return ONE
        assert isinstance(e, Call)
        if e.op == "entry":
            return m.prod(*self.deltas(e.args[1:], at)) if e.args[0] == x else ZERO
        if e.op == "index_sum":
            inner = self.derivative(e.args[0], x, at)
            return inner if inner == ZERO else Call("index_sum", (inner, *e.args[1:]))
        inner_of = [self.derivative(a, x, at) for a in e.args]
        if e.op in ("add", "neg"):
            return m.add(*inner_of) if e.op == "add" else m.neg(inner_of[0])
        if e.op == "mul":
            return m.add(*(m.prod(*e.args[:k], d, *e.args[k + 1 :]) for k, d in enumerate(inner_of) if d != ZERO))
        terms = [m.prod(self.c.build(f, values), d) for d, f, values in self._chain(e, inner_of)]
        return m.add(*terms)

    def _chain(self, e: Call, moved: list[Expr]) -> Iterator[tuple[Expr, Expr, dict[str, Expr]]]:
        if not ops.known(e.op):
            yield moved[0], Call(f"{e.op}'", (Sym("x"),)), {"x": e.args[0]}
            return
        op = ops.card(e.op)
        table = local_derivatives(op)
        values = {key.name: v for key, v in arguments(op, e.args).items() if isinstance(key, Sym)} | {"y": self.known.get(e, e)}
        for p, d in zip(op.params, moved, strict=False):
            if d != ZERO and p in table:
                yield d, table[p], values

    # Kronecker deltas.

    def put(self, e: Expr) -> Expr:
        """The same with every delta that meets a sum used: of the sum one term is left."""
        out = [self._used(over, factors) for over, factors in self._terms(e)]
        return self.m.add(*out)

    def _terms(self, e: Expr) -> list[tuple[list[tuple[Expr, Expr]], list[Expr]]]:
        """Sums of products of factors, each with the indices that it is summed over."""
        if not any(is_op(n, "kdelta", "index_sum") for n in _nodes(e)):
            return [([], [e])]
        assert isinstance(e, Call)
        match e.op:
            case "add":
                return [t for a in e.args for t in self._terms(a)]
            case "neg":
                return [(over, [Call("neg", (ONE,)), *factors]) for over, factors in self._terms(e.args[0])]
            case "index_sum":
                return [([(e.args[1], e.args[2]), *over], factors) for over, factors in self._terms(e.args[0])]
            case "div":
                below = Call("div", (ONE, e.args[1]))
                return [(over, [*factors, below]) for over, factors in self._terms(e.args[0])]
            case "mul":
                found = product(*(self._terms(a) for a in e.args))
                return [([o for over, _ in one for o in over], [f for _, factors in one for f in factors]) for one in found]
        return [([], [e])]

    def _used(self, over: list[tuple[Expr, Expr]], factors: list[Expr]) -> Expr:
        while True:
            bound = [i for i, _ in over]
            delta = next((f for f in factors if isinstance(f, Call) and f.op == "kdelta" and any(a in bound for a in f.args)), None)
            if delta is None:
                break
            gone = next(a for a in reversed(delta.args) if a in bound) if delta.args[1] in bound else delta.args[0]
            stays = delta.args[0] if gone == delta.args[1] else delta.args[1]
            factors = [_renamed(f, gone, stays) for f in factors if f is not delta]
            over = [(i, n) for i, n in over if i != gone]
        factors = [ONE if is_op(f, "kdelta") and isinstance(f, Call) and f.args[0] == f.args[1] else f for f in factors]
        used = {n for f in factors for n in names(f)}
        counts = [n for i, n in over if isinstance(i, Sym) and i.name not in used]
        left = [(i, n) for i, n in over if isinstance(i, Sym) and i.name in used]
        inside = [f for f in factors if {i.name for i, _ in left} & set(names(f))]
        outside = [f for f in factors if not any(f is g for g in inside)]
        body = self.m.prod(*inside)
        for i, n in reversed(left):
            body = Call("index_sum", (body, i, n))
        return self.m.prod(*counts, *outside, body)


def _renamed(e: Expr, old: Expr, new: Expr) -> Expr:
    """An index by another name, except where a sum has its own of that name."""
    if e == old:
        return new
    if not isinstance(e, Call) or (e.op == "index_sum" and e.args[1] == old):
        return e
    return Call(e.op, tuple(_renamed(a, old, new) for a in e.args))


def _nodes(e: Expr) -> Iterator[Expr]:
    todo = [e]
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, Call):
            todo.extend(node.args)
