"""The differential method: dL line by line, down to <G, dX>, and the gradient is read off.

A pending differential is a node ``differential(e)``, so that every line is an equation. Differentials are pushed inwards until only
those of names are left; then dX is moved to the right end, by the trace where that goes, else by <G, A dX> = <A.T G, dX>.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from derivx import ops
from derivx.derive.matrix.calculus import Calculus
from derivx.derive.matrix.engine import LONG, Answer, Question, Solver
from derivx.derive.matrix.final import finished, size
from derivx.derive.matrix.linearity import jointly, linear_slots
from derivx.derive.matrix.make import Maker
from derivx.derive.matrix.shapes import dim_expr
from derivx.derive.matrix.traces import Traces
from derivx.derive.matrix.transposes import gather
from derivx.expr import ONE, ZERO, Call, Expr, Sym, is_op, names, postorder, substitute, transform
from derivx.shape import Shape

Rule = tuple[str, Mapping[str, Expr | str]]
_CONSTANT_OPS = ("neg", "spread", "column", "row")
_MOVES = ("matmul", "transpose", "mul", "sum", "mean", "tr", "diag", "diagonal", "outer", "spread")


@dataclass(frozen=True)
class Line:
    """``before = after``, the rules that say why, and the names it introduces."""

    before: Expr
    after: Expr
    rules: tuple[Rule, ...]
    names: Mapping[str, Expr] = field(default_factory=dict)


@dataclass(frozen=True)
class Differentials:
    """The lines from the differential of the output to the linear map; ``start`` is what the first line differentiates."""

    start: Expr
    lines: tuple[Line, ...]
    where: Mapping[str, Expr]


def differentials(question: Question, answer: Answer) -> Differentials:
    """The derivation of an answer by differentials. Raises ``NotSupported``."""
    return _Writer(question, answer).run()


class _Writer:
    """``pairs`` are the inner products <G, T> whose sum is the differential; in T a mark stands for each pending differential."""

    def __init__(self, question: Question, answer: Answer) -> None:
        self.q, self.answer = question, answer
        self.solver = Solver(question)
        self.m: Maker = self.solver.m
        self.c: Calculus = self.solver.c
        self.moving = {question.wrt}
        for name, formula in self.solver.let.items():
            if name != question.wrt and self.moves(formula):
                self.moving.add(name)
        self.of: dict[str, Expr] = {}  # of which expression a mark is the differential
        self.own: dict[Expr, Expr] = {formula: Sym(name) for name, formula in self.solver.let.items()}
        self.pairs: list[tuple[Expr, Expr]] = []
        self.lines: list[Line] = []
        self.where: dict[str, Expr] = {}
        self.vec = question.kind in ("vec_jacobian", "vec_hessian")
        self.free = False  # whether the end is J dx, not <G, dX>
        self.last: Expr = ZERO

    def moves(self, e: Expr) -> bool:
        return any(n in self.moving for n in names(e))

    # Marks and lines.

    def mark(self, e: Expr) -> Sym:
        """The mark of a differential."""
        name = next((n for n, known in self.of.items() if known == e), f"d{len(self.of)}_")
        self.of[name] = e
        return Sym(name, self.m.shape(e))

    def settled(self, name: str) -> bool:
        """Whether a mark is the differential of a name."""
        return isinstance(self.of[name], Sym)

    def marks(self, e: Expr) -> list[str]:
        return [n for n in names(e) if n in self.of]

    def shown(self) -> Expr:
        """The sum of the pairs as it is written."""
        terms: list[Expr] = []
        for g, t in self.pairs:
            scalar = self.m.is_scalar(t)
            term = t if g == ONE and (scalar or self.free) else self.m.prod(g, t) if scalar else Call("inner", (g, t))
            terms += term.args if is_op(term, "add") and isinstance(term, Call) else (term,)
        return self.written(terms[0] if len(terms) == 1 else Call("add", tuple(terms)) if terms else ZERO)

    def written(self, e: Expr) -> Expr:
        """With the differentials in the place of their marks; stacked, where that is asked."""
        table: dict[Expr, Expr] = {n: Call("differential", (self.of[n.name],)) for n in _syms(e) if n.name in self.of}
        found = substitute(e, table)
        return Call("vec", (found,)) if self.vec else found

    def emit(self, rules: Iterable[Rule], shown: Expr | None = None, new: Mapping[str, Expr] | None = None) -> None:
        """A line, if it says something new."""
        after = self.shown() if shown is None else shown
        if after != self.last:
            told = {(key, *params.values()): (key, params) for key, params in rules}
            self.lines.append(Line(self.last, after, tuple(told.values()), new or {}))
        self.last = after

    # The whole.

    def run(self) -> Differentials:
        """Push inwards, name by name; move dX to the end; read the map off."""
        q, m = self.q, self.m
        start = finished(m, self.solver.peeled()) if q.kind in ("hessian", "vec_hessian") else self.solver.output
        self.free = not m.is_scalar(start) or q.kind == "dscalar" or start == ZERO
        self.pairs = [(ONE, self.mark(start))] if self.moves(start) else []
        first = Call("differential", (start,))
        self.last = Call("vec", (first,)) if self.vec else first
        self.emit([("d_constant", {})])
        self.push()
        if self.free:
            self.forward()
        else:
            self.reverse()
        return Differentials(start, tuple(self.lines), dict(self.where))

    # Pushing differentials inwards.

    def pending(self) -> list[str]:
        return [n for _, t in self.pairs for n in self.marks(t) if not self.settled(n)]

    def push(self, rules: Iterable[Rule] = ()) -> None:
        """All that is linear in one line, then one operation a line."""
        told = list(rules)
        while waiting := self.pending():
            kinds = {n: self.kind(self.of[n]) for n in waiting}
            linear = [n for n in waiting if kinds[n][1]]
            if linear:
                self.expand(linear)
                told += [rule for n in linear for rule in kinds[n][0]]
                continue
            if told:
                self.emit(told)
                told = []
            op = self.operation(waiting[0])
            chosen = [n for n in waiting if self.operation(n) == op]
            self.expand(chosen)
            self.emit([rule for n in chosen for rule in kinds[n][0]])
        self.emit(told)

    def operation(self, name: str) -> str:
        e = self.of[name]
        assert isinstance(e, Call)
        return e.op

    def expand(self, marks: list[str]) -> None:
        """Take one operation of each differential apart."""
        values: dict[str, Expr] = {}
        for name in marks:
            node = self.of[name]
            assert isinstance(node, Call)
            moves: list[Expr] = [self.mark(a) if self.moves(a) else ZERO for a in node.args]
            values[name] = self.c.local(node, moves, self.own.get(node, node))
        self.pairs = [(g, self.c.build(t, values)) for g, t in self.pairs]

    def kind(self, node: Expr) -> tuple[list[Rule], bool]:
        """The rules of the differential of one operation, and whether that is linear."""
        assert isinstance(node, Call)
        op, moving = node.op, [i for i, a in enumerate(node.args) if self.moves(a)]
        slots = (0,) if op in _CONSTANT_OPS else tuple(range(len(node.args))) if op in ("mul", "matmul") else linear_slots(node)
        if op == "add":
            return [("d_sum", {})], True
        if op == "div" and moving == [0]:
            return [("d_constant", {})], True
        if op == "div":
            return [("d_quotient", {})], False
        if not slots or not set(moving) <= set(slots):
            return [self.known(op)], False
        if op in _CONSTANT_OPS:
            return [("d_constant" if op == "neg" else "d_copies", {})], True
        if len(slots) == 1 or jointly(node):
            return [("d_linear", {"op": op})], True
        return ([("d_constant", {})], True) if len(moving) == 1 else ([("d_product", {})], False)

    def known(self, op: str) -> Rule:
        """The rule of an operation by its card."""
        if not ops.known(op):
            return "undefined", {"f": op}
        return ("d_entry" if ops.card(op).shape == "elementwise" else "d_function"), {"op": op}

    # Of a number: dX to the right end, name by name.

    def reverse(self) -> None:
        by_trace = Traces(self.m, self.of).lines(self.pairs)
        if by_trace is not None:
            for rules, shown, pairs in by_trace:
                self.pairs = pairs
                self.emit(rules, self.written(shown))
        else:
            self.peel()
        for name, formula in reversed(self.solver.let.items()):
            if name == self.q.wrt or name not in self.moving:
                continue
            self.collect()
            at = next((i for i, (_, t) in enumerate(self.pairs) if self.of[_name(t)] == Sym(name)), None)
            if at is not None:
                self.through(at, name, formula)
        self.collect()
        self.read_off()

    def through(self, at: int, name: str, formula: Expr) -> None:
        """One intermediate: its adjoint gets a name if it is long, and its own differential is put in."""
        g = self.pairs[at][0]
        if size(g) > LONG:
            delta = self.solver.delta(name, self.where)
            self.m.shapes.given[delta] = self.m.shape(g)
            self.where[delta] = self.written(g)
            g = Sym(delta)
            self.pairs[at] = (g, self.pairs[at][1])
            self.emit([("name", {})], new={delta: self.where[delta]})
        self.pairs[at] = (g, self.mark(formula))
        self.push([("d_put", {"u": Sym(name)})])
        self.peel()

    def peel(self) -> None:
        """<G, A T> = <A.T G, T>: one operation a line, until every T is the differential of a name."""
        while True:
            rules: list[Rule] = []
            self.pairs = [p for pair in self.pairs for p in self.apart(*pair, rules)]
            if all(_name(t) in self.of for _, t in self.pairs):
                self.emit(rules or [("d_move_scalar", {})])
                return
            self.pairs = [pair if _name(pair[1]) in self.of else self.outside(*pair, rules) for pair in self.pairs]
            self.pairs = [p for pair in self.pairs for p in self.apart(*pair, [])]
            if rules:
                self.emit(rules)

    def apart(self, g: Expr, t: Expr, rules: list[Rule]) -> list[tuple[Expr, Expr]]:
        """A sum term by term, constant scalars to the left."""
        out: list[tuple[Expr, Expr]] = []
        todo = [(g, t)]
        while todo:
            g, t = todo.pop()
            if is_op(t, "add") and isinstance(t, Call):
                rules.append(("d_move_add", {}))
                shape = self.m.shape(t)
                todo += [(g, a if self.m.shape(a) == shape else self.m.spread(a, shape)) for a in reversed(t.args) if self.marks(a)]
            elif isinstance(t, Call) and jointly(t) and sum(bool(self.marks(a)) for a in t.args) > 1:
                rules.append(("d_move_add", {}))
                todo += [(g, self.alone(t, i)) for i, a in reversed(list(enumerate(t.args))) if self.marks(a)]
            elif is_op(t, "mul", "div", "neg"):
                base, rest = self.factor(t)
                if self.m.is_scalar(rest) and self.m.shape(base) == self.m.shape(t):
                    todo.append((self.m.prod(rest, g), base))
                else:
                    out.append((g, t))
            else:
                out.append((g, t))
        return out

    def alone(self, t: Call, i: int) -> Expr:
        """Arrays joined of which one moves: zeros in the place of the others."""
        still = [Call("zeros", tuple(map(dim_expr, self.m.shape(a)))) for a in t.args[:-1]]
        return Call(t.op, (*still[:i], t.args[i], *still[i + 1 :], t.args[-1]))

    def factor(self, t: Expr) -> tuple[Expr, Expr]:
        """The factor of a product that has a mark, and the rest."""
        found = self.m.factors(t)
        base = next(b for b in found.powers if self.marks(b))
        rest = type(found)(found.number, {b: n for b, n in found.powers.items() if b is not base})
        return base, self.m.join(rest)

    def outside(self, g: Expr, t: Expr, rules: list[Rule]) -> tuple[Expr, Expr]:
        """The outermost operation moved over to the left."""
        m = self.m
        assert isinstance(t, Call)
        op = t.op
        if is_op(t, "mul", "div", "neg"):
            inner, rest = self.factor(t)
            moved, op = gather(m, m.prod(g, rest), m.shape(inner), m.shape(t)), "mul"
        else:
            i = next(i for i, a in enumerate(t.args) if self.marks(a))
            moved, inner = self.c.pull_one(t, i, g, t), t.args[i]
        if op not in ("column", "row"):
            rules.append((f"d_move_{op}", {}) if op in _MOVES else ("d_move", {"op": op}))
        if m.shape(moved) != m.shape(inner):
            moved = m.spread(moved, m.shape(inner))
        if op == "sum" and m.is_scalar(g) and is_op(inner, "mul", "div"):
            return self.outside(moved, inner, rules)  # sum(A * B) is <A, B>
        return finished(m, moved), inner

    def collect(self) -> None:
        """One inner product for each differential."""
        kept: dict[str, list[Expr]] = {}
        for g, t in self.pairs:
            kept.setdefault(_name(t), []).append(g)
        rules: list[Rule] = [("d_collect", {})] if len(kept) < len(self.pairs) else [("tidy", {})]
        found = {name: finished(self.m, self.m.add(*gs)) for name, gs in kept.items()}
        self.pairs = [(g, self.mark(self.of[name])) for name, g in found.items() if g != ZERO]
        self.emit(rules)

    def read_off(self) -> None:
        """The answer before dX; of a matrix that is known to be symmetric or diagonal, by what is known of dX."""
        kind, d = self.q.kind, Call("differential", (Sym(self.q.wrt),))
        end = Call("inner", (self.answer.formula, d)) if self.answer.formula != ZERO else ZERO
        flat: Shape = self.m.shapes.given[self.q.wrt]
        if not flat and end != ZERO:
            end = Call("mul", (self.answer.formula, d))
        rules: list[Rule] = [("substitute", {"u": Sym(n), "inner": e}) for n, e in self.where.items()] or [("tidy", {})]
        structured = {"gradient_symproj": "d_symmetric", "gradient_diag": "d_diagonal"}
        rules = [(structured[kind], {})] if kind in structured else rules
        if kind == "gradient_sym":
            return  # by the independent entries: no matrix of which dX is the differential
        if self.lines and kind == "gradient" and _orderless(self.last) == _orderless(end):
            self.lines[-1] = replace(self.lines[-1], after=end)
        else:
            self.emit(rules, end, dict(self.answer.where))
        self.where.update(self.answer.where)

    # Of an array: everything that stands before dx.

    def forward(self) -> None:
        for name, formula in reversed(self.solver.let.items()):
            if any(self.of[n] == Sym(name) for _, t in self.pairs for n in self.marks(t)) and name != self.q.wrt:
                mark = self.mark(Sym(name))
                values: dict[str, Expr] = {mark.name: self.mark(formula)}
                self.pairs = [(g, self.c.build(t, values)) for g, t in self.pairs]
                self.push([("d_put", {"u": Sym(name)})])
        self.pairs = [(g, finished(self.m, t)) for g, t in self.pairs]
        self.emit([("tidy", {})])
        d: Expr = Call("differential", (Sym(self.q.wrt),))
        if self.q.kind == "dscalar":
            rule, end = "d_scalar", Call("mul", (self.answer.formula, d))
        else:
            rule = "d_vec" if self.vec else "d_jacobian"
            end = Call("matmul", (self.answer.formula, Call("vec", (d,)) if self.vec else d))
        self.emit([(rule, {})], end if self.answer.formula != ZERO else ZERO, dict(self.answer.where))
        self.where.update(self.answer.where)


def _orderless(e: Expr) -> Expr:
    """The same expression with the terms of its sums in one order."""
    return transform(e, lambda n: Call("add", tuple(sorted(n.args, key=repr))) if is_op(n, "add") and isinstance(n, Call) else n)


def _name(e: Expr) -> str:
    return e.name if isinstance(e, Sym) else ""


def _syms(e: Expr) -> list[Sym]:
    return [n for n in postorder(e) if isinstance(n, Sym)]
