"""A question about arrays and its closed form: gradient, Jacobian, Hessian, derivative by a scalar, vec form, structured matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from derivx import ops
from derivx.derive.matrix.calculus import Calculus
from derivx.derive.matrix.final import finished, last, named, size
from derivx.derive.matrix.linear import coefficient, kronecker
from derivx.derive.matrix.make import Factors, Maker
from derivx.derive.matrix.shapes import axis_of
from derivx.errors import NotSupported
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, names
from derivx.shape import Shape, written

_LONG = 12  # an adjoint longer than this gets a name; that of a weighted sum (z1) always has one


@dataclass(frozen=True)
class Question:
    """An output over names with shapes: ``let`` are the intermediates in order, ``flags`` what is assumed of names."""

    shapes: Mapping[str, Shape]
    output: Expr
    wrt: str
    kind: str = "gradient"
    let: tuple[tuple[str, Expr], ...] = ()
    flags: Mapping[str, str] = field(default_factory=dict)
    consts: Mapping[str, float] = field(default_factory=dict)
    label: str = "L"

    def of_kind(self, order: int = 1, *, vec: bool = False) -> Question:
        """The question with its kind, which follows from the shapes. Raises ``NotSupported`` and ``UsageError``."""
        solver = _Solver(self)
        output, by = solver.m.shape(solver.output), solver.m.shapes.given[self.wrt]
        flag = self.flags.get(self.wrt, "")
        if vec:
            kind = "vec_hessian" if order == 2 else "vec_jacobian"
        elif order == 2:
            if output or len(by) != 1:
                raise NotSupported("not_supported", what=f"order 2, {written(output)} by {written(by)}")
            kind = "hessian"
        elif not by:
            kind = "dscalar"
        elif not output:
            kind = "gradient_diag" if flag == "diagonal" else "gradient_symproj" if flag in ("symmetric", "spd") else "gradient"
        elif len(output) == len(by) == 1:
            kind = "jacobian"
        else:
            raise NotSupported("needs_vec", what=f"{written(output)} by {written(by)}")
        return replace(self, kind=kind)


@dataclass(frozen=True)
class Step:
    """The adjoint of one part of a formula: ``formula`` is the derivative of the output by the value of ``part``.

    ``rule`` is the operation through which it came, ``name`` that of the part where it is an intermediate of the program.
    """

    part: Expr
    formula: Expr
    rule: str
    name: str = ""
    shape: Shape = ()
    differential: str = ""


@dataclass(frozen=True)
class Answer:
    """A closed form, the names it uses beyond the question's, and the steps that led there."""

    formula: Expr
    where: Mapping[str, Expr]
    steps: tuple[Step, ...]
    alias: Mapping[Any, Any] = field(default_factory=dict)
    output: Expr = ZERO  # the question's formulas in textbook form: the steps' parts stand in these
    let: tuple[tuple[str, Expr], ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    output_shape: Shape = ()
    shape: Shape = ()
    independent: Expr | None = None  # by a symmetric matrix: the gradient by its independent entries


def solve_all(question: Question, wrt: Sequence[str]) -> dict[str, Answer]:
    """The gradients by several names in one backward pass; the adjoints of intermediates are named (``delta2``) and used again."""
    solver = _Solver(replace(question, wrt=wrt[0]))
    if shape := solver.m.shape(solver.output):
        raise NotSupported("needs_scalar", name=question.label, shape=written(shape))
    return solver.all(wrt)


def solve(question: Question) -> Answer:
    """The derivative in closed form. Raises ``NotSupported`` and ``UsageError``."""
    return _Solver(question).run()


class _Solver:
    def __init__(self, question: Question) -> None:
        self.q = question
        self.m = Maker(question.shapes, dict(question.flags))
        self.c = Calculus(self.m)
        self.let: dict[str, Expr] = {}
        for name, formula in question.let:
            self.let[name] = self.c.build(formula)
            self.m.shapes.given[name] = self.m.shape(self.let[name])
            self._know(name)
        self.output = self.c.build(question.output)
        self.m.shape(self.output)  # says where shapes do not fit
        for formula in (*self.let.values(), self.output):
            self.m.stand(formula)
        self.steps: list[Step] = []

    def _know(self, name: str) -> None:
        """What follows for a name from its definition: symmetric, or centred along an axis."""
        e = self.let[name]
        if len(self.m.shape(e)) == 2 and self.m.symmetric(e):
            self.m.flags[name] = "symmetric"
        if is_op(e, "add") and isinstance(e, Call) and len(e.args) == 2 and is_op(e.args[1], "neg"):
            taken = e.args[1].args[0] if isinstance(e.args[1], Call) else e
            if is_op(taken, "mean") and isinstance(taken, Call) and taken.args[0] == e.args[0] and len(self.m.shape(e)) >= 1:
                self.m.flags[name] = f"centred {axis_of(taken, self.m.shape(e))}"

    def run(self) -> Answer:
        kind = self.q.kind
        if kind.startswith("gradient"):
            found = self._structured(self._peeled(), kind)
        elif kind == "dscalar":
            found = self._by_scalar()
        elif kind in ("jacobian", "vec_jacobian"):
            found = self.forward(self.output, kind)
        elif kind in ("hessian", "vec_hessian"):
            found = self.forward(finished(self.m, self._peeled()), "jacobian" if kind == "hessian" else "vec_jacobian")
        else:
            raise NotSupported("not_supported", what=kind)
        formula, where = named(self.m, last(self.m, finished(self.m, found), self.let), {*self.m.shapes.given})
        independent = None
        if kind == "gradient_symproj":
            independent = finished(self.m, self._structured(self._peeled(), "gradient_sym"))
        return Answer(
            formula,
            where,
            tuple(self.steps) if kind != "gradient_symproj" else tuple(self.steps[: len(self.steps) // 2]),
            dict(self.m.shapes.alias),
            self.output,
            tuple(self.let.items()),
            dict(self.m.shapes.given),
            self.m.shape(self.output),
            self.m.shape(formula),
            independent,
        )

    def _peeled(self) -> Expr:
        """The gradient; a number before the whole output stays before the whole gradient."""
        if not is_op(self.output, "mul", "neg", "div"):
            return self.gradient(self.output)
        found = self.m.factors(self.output)
        number = abs(found.number)
        found.number /= number
        inner = finished(self.m, self.gradient(self.m.join(found)))
        lead = self.m.join(Factors(number))
        self.steps = [replace(step, formula=self.m.prod(lead, step.formula)) for step in self.steps]
        scalars, array = self.m.apart(inner)
        return self.m.prod(self.m.join(Factors(number)), *scalars, array)

    def _by_scalar(self) -> Expr:
        """By a scalar: the differential, or where it is shorter the pullback of a scalar."""
        forward = finished(self.m, self.forward(self.output, "dscalar"))
        if not self.m.is_scalar(self.output):
            return forward
        reverse = finished(self.m, self._peeled())
        return forward if 4 * size(forward) <= 5 * size(reverse) else reverse

    # Reverse.

    def all(self, wrt: Sequence[str]) -> dict[str, Answer]:
        """One pass for all names, every adjoint of an intermediate under a name of its own."""
        m = self.m
        targets = {**{n: m.shapes.given[n] for n in wrt}, **{n: m.shapes.given[n] for n in self.let}}
        received: dict[str, list[Expr]] = {n: [] for n in targets}
        where: dict[str, Expr] = {}
        self._receive(received, self.c.pull(self.output, ONE, targets))
        for name in reversed(self.let):
            if not received[name]:
                continue
            adjoint = finished(m, m.add(*received[name]))
            if size(adjoint) > (1 if name[0] in "zZ" else _LONG):
                delta = self._delta(name, where)
                m.shapes.given[delta] = m.shapes.given[name]
                where[delta] = adjoint
                self.steps.append(Step(Sym(name), adjoint, "name", name, m.shapes.given[name]))
                adjoint = Sym(delta)
            self._receive(received, self.c.pull(self.let[name], adjoint, targets, Sym(name)))
        return {n: self._answer(finished(m, m.add(*received[n])) if received[n] else ZERO, where, n) for n in wrt}

    def _delta(self, name: str, where: Mapping[str, Expr]) -> str:
        """delta2 for z2; for other names delta_name."""
        index = name.lstrip("zZ")
        wanted = f"delta{index}" if index.isdigit() and index != name else f"delta_{name}"
        return next(n for n in (wanted, *(f"{wanted}_{i}" for i in range(1, 99))) if n not in self.m.shapes.given and n not in where)

    def _answer(self, formula: Expr, where: Mapping[str, Expr], wrt: str) -> Answer:
        m = self.m
        if formula != ZERO and m.shape(formula) != m.shapes.given[wrt]:
            formula = m.spread(formula, m.shapes.given[wrt])
        lets = tuple(self.let.items())
        return Answer(formula, dict(where), (), dict(m.shapes.alias), self.output, lets, dict(m.shapes.given), (), m.shapes.given[wrt])

    def gradient(self, output: Expr) -> Expr:
        """The adjoint of ``wrt``: from the output back through the intermediates, each adjoint simplified once."""
        wrt = self.q.wrt
        targets = {wrt: self.m.shapes.given[wrt], **{n: self.m.shapes.given[n] for n in self.let}}
        received: dict[str, list[Expr]] = {n: [] for n in targets}
        self._receive(received, self.c.pull(output, ONE, targets, told=self._tell))
        for name in reversed(self.let):
            if name == wrt or not received[name]:
                continue
            adjoint = finished(self.m, self.m.add(*received[name]))
            self.steps.append(Step(Sym(name), adjoint, "name", name, self.m.shapes.given[name]))
            self._receive(received, self.c.pull(self.let[name], adjoint, targets, Sym(name), self._tell))
        shape = self.m.shapes.given[wrt]
        total = self.m.add(*received[wrt]) if received[wrt] else ZERO
        return total if total == ZERO or self.m.shape(total) == shape else self.m.spread(total, shape)

    def _tell(self, part: Call, adjoint: Expr, rule: str) -> None:
        text = ops.card(rule).d or "" if ops.known(rule) else ""
        self.steps.append(Step(part, adjoint, rule, "", self.m.shape(part), text))

    def _receive(self, received: dict[str, list[Expr]], found: Mapping[str, list[Expr]]) -> None:
        for name, parts in found.items():
            received[name] += reversed(parts)

    def _structured(self, g: Expr, kind: str) -> Expr:
        """The gradient by a matrix that is known to be symmetric or diagonal."""
        m = self.m
        if kind == "gradient":
            return g
        eye = Call("eye", (Sym(str(m.shapes.given[self.q.wrt][0])),))
        if kind == "gradient_diag":
            return m.prod(g, eye)
        g = finished(m, g)
        if kind == "gradient_symproj":
            return m.prod(Call("div", (ONE, Num(2))), m.add(g, m.T(g)))
        return m.add(g, m.T(g), m.neg(m.prod(g, eye)))

    # Forward.

    def forward(self, output: Expr, kind: str) -> Expr:
        """The differential along ``wrt``, and the matrix of that linear map."""
        wrt = self.q.wrt
        shape = self.m.shapes.given[wrt]
        step: Expr = ONE if kind == "dscalar" else Sym(f"d{wrt}_", shape)
        moved: dict[str, Expr] = {wrt: step}
        for name, formula in self.let.items():
            if name != wrt and any(n in moved for n in names(formula)):
                moved[name] = finished(self.m, self.c.differential(formula, moved, Sym(name)))
        d = self.c.differential(output, moved)
        if kind == "dscalar":
            return d if d == ZERO or self.m.shape(d) == self.m.shape(output) else self.m.spread(d, self.m.shape(output))
        assert isinstance(step, Sym)
        return coefficient(self.c, d, step) if kind == "jacobian" else kronecker(self.c, finished(self.m, d), step)
