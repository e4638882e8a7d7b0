"""A question about arrays and its closed form: gradient, Jacobian, Hessian, derivative by a scalar, vec form, structured matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from derivx import ops
from derivx.derive.matrix.calculus import Calculus, Tell, Use
from derivx.derive.matrix.final import finished, last, named, size
from derivx.derive.matrix.linear import Chained, coefficient, kronecker
from derivx.derive.matrix.make import Factors, Maker
from derivx.derive.matrix.shapes import axis_of, dim_expr
from derivx.errors import NotSupported, UsageError
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, children, is_op, names, postorder
from derivx.shape import Dim, Shape, written
from derivx.syntax import write

LONG = 12  # an adjoint longer than this gets a name; that of a weighted sum (z1) always has one


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
        solver = Solver(self)
        output, by = solver.m.shape(solver.output), solver.m.shapes.given[self.wrt]
        flag = self.flags.get(self.wrt, "")
        if order < 1:
            raise UsageError("bad_option", option="order", value=str(order))
        if order > 2:
            raise NotSupported("order_of_arrays", order=str(order))
        if vec and len(by) == 2 and (output or order == 2):  # of vectors and numbers vec is what they are
            kind = "vec_hessian" if order == 2 else "vec_jacobian"
        elif order == 2:
            if output or len(by) != 1:
                key = "needs_vec" if not output and len(by) == 2 else "order_of_arrays"
                raise NotSupported(key, what=f"{written(output)} by {written(by)}", order="2")
            kind = "hessian"
        elif not by:
            kind = "dscalar"
        elif not output:
            kind = "gradient_diag" if flag == "diagonal" else "gradient_symproj" if flag in ("symmetric", "spd") else "gradient"
        elif len(output) == len(by) == 1:
            kind = "jacobian"
        else:
            raise NotSupported("needs_vec", what=f"{written(output)} by {written(by)}", hint=_product_meant(solver))
        return replace(self, kind=kind)


def _product_meant(solver: Solver) -> str:
    """A matrix times a vector entry by entry is rarely meant: the matrix product, as it is typed."""
    for node in postorder(solver.q.output):
        arrays = [a for a in children(node) if solver.m.shape(a)] if is_op(node, "mul") else []
        if {len(solver.m.shape(a)) for a in arrays} == {1, 2}:
            return write(Call("matmul", tuple(arrays)))
    return ""


@dataclass(frozen=True)
class Step:
    """The adjoint of one part of a formula: ``formula`` is the derivative of the output by the value of ``part``.

    ``rule`` is the operation through which it came (``name`` where it came through several), ``uses`` are all of them, and ``within``
    the equation in which the part stands. ``name`` is that of the part where it is a name of the program, ``called`` that of the adjoint
    where it has one (``delta2``).
    """

    part: Expr
    formula: Expr
    rule: str
    name: str = ""
    shape: Shape = ()
    differential: str = ""
    uses: tuple[Use, ...] = ()
    within: str = ""
    called: str = ""


@dataclass(frozen=True)
class Answer:
    """A closed form, the names it uses beyond the question's, and the steps that led there."""

    formula: Expr
    where: Mapping[str, Expr]
    steps: tuple[Step, ...]
    alias: Mapping[str, Dim] = field(default_factory=dict)  # the letters of sizes that are worked out: r is n - q + 1
    output: Expr = ZERO  # the question's formulas in textbook form: the steps' parts stand in these
    let: tuple[tuple[str, Expr], ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    output_shape: Shape = ()
    shape: Shape = ()
    independent: Expr | None = None  # by a symmetric matrix: the gradient by its independent entries
    positive: tuple[Dim, ...] = ()  # sizes that are worked out, and must be at least 1: n - 3 of x[3:]


def solve_all(question: Question, wrt: Sequence[str]) -> dict[str, Answer]:
    """The gradients by several names in one backward pass; the adjoints of intermediates are named (``delta2``) and used again."""
    solver = Solver(replace(question, wrt=wrt[0]))
    if shape := solver.m.shape(solver.output):
        raise NotSupported("needs_scalar", name=question.label, shape=written(shape))
    return solver.all(wrt)


def solve(question: Question) -> Answer:
    """The derivative in closed form. Raises ``NotSupported`` and ``UsageError``."""
    return Solver(question).run()


class Solver:
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
        self.uses: dict[str, list[Use]] = {}

    def _know(self, name: str) -> None:
        """What follows for a name from its definition: symmetric, or centred along an axis."""
        e = self.let[name]
        if len(self.m.shape(e)) == 2 and self.m.symmetric(e):
            self.m.flags[name] = "symmetric"
        shape = self.m.shape(e)
        if is_op(e, "softmax") and isinstance(e, Call) and axis_of(e, shape) == len(shape) - 1:
            self.m.flags[name] = "shares"
        if is_op(e, "mean"):
            self.m.means[name] = e
        axes = range(len(self.m.shape(e))) if is_op(e, "add") else ()
        flag = next((f"centred {at}" for at in (*axes, None) if self.m.sums_to_zero(e, at)), "") if axes else ""
        if flag:
            self.m.flags[name] = flag

    def run(self) -> Answer:
        kind, m = self.q.kind, self.m
        independent = None
        if kind.startswith("gradient"):
            g = self.peeled()
            found = self._structured(g, kind)
            independent = finished(m, self._structured(g, "gradient_sym")) if kind == "gradient_symproj" else None
        elif kind == "dscalar":
            found = self._by_scalar()
        elif kind in ("jacobian", "vec_jacobian"):
            found = self.forward(self.output, kind)
        elif kind in ("hessian", "vec_hessian"):
            found = self.forward(finished(m, self.peeled()), "jacobian" if kind == "hessian" else "vec_jacobian")
        else:
            raise NotSupported("not_supported", what=kind)
        taken = {*m.shapes.given, *(str(d) for shape in m.shapes.given.values() for d in shape)}
        formula, where = named(m, last(m, finished(m, found), self.let), taken)
        lets, given = tuple(self.let.items()), dict(m.shapes.given)
        shapes = given, m.shape(self.output), m.shape(formula)
        return Answer(formula, where, tuple(self.steps), dict(m.shapes.defined), self.output, lets, *shapes, independent, m.shapes.needed)

    def peeled(self) -> Expr:
        """The gradient; a number before the whole output stays before the whole gradient."""
        lead: Expr = ONE
        output = self.output
        if is_op(output, "mul", "neg", "div"):
            found = self.m.factors(output)
            lead = self.m.join(Factors(abs(found.number)))
            found.number /= abs(found.number)
            output = self.m.join(found)
        g = self.gradient(output)
        if output is not self.output:
            scalars, array = self.m.apart(finished(self.m, g))
            g = self.m.prod(lead, *scalars, array)
        self.steps = [self._scaled(step, lead) for step in self.steps]
        self._tell_named(self.q.wrt, last(self.m, finished(self.m, g), self.let), [self._led(use, lead) for use in self.uses[self.q.wrt]])
        return g

    def _scaled(self, step: Step, lead: Expr) -> Step:
        if lead == ONE:
            return step
        uses = tuple(self._led(use, lead) for use in step.uses)
        return replace(step, formula=self.m.prod(lead, step.formula), uses=uses)

    def _led(self, use: Use, lead: Expr) -> Use:
        return replace(use, formula=self.m.prod(lead, use.formula))

    def _by_scalar(self) -> Expr:
        """By a scalar: the differential, or where it is shorter the pullback of a scalar."""
        forward = finished(self.m, self.forward(self.output, "dscalar"))
        if not self.m.is_scalar(self.output):
            return forward
        reverse = finished(self.m, self.peeled())
        return forward if 4 * size(forward) <= 5 * size(reverse) else reverse

    # Reverse.

    def all(self, wrt: Sequence[str]) -> dict[str, Answer]:
        """One pass for all names, every adjoint of an intermediate under a name of its own; each answer has the steps of all."""
        m = self.m
        received, targets = self._targets(wrt)
        where: dict[str, Expr] = {}
        self._receive(received, self.c.pull(self.output, ONE, targets, told=self._teller("")))
        for name in reversed(self.let):
            if not received.get(name):
                continue
            adjoint = finished(m, m.add(*received[name]))
            step = self._step_of(Sym(name), adjoint, self.uses[name], name)
            if size(adjoint) > (1 if name[0] in "zZ" else LONG):
                delta = self.delta(name, where)
                m.shapes.given[delta] = m.shapes.given[name]
                where[delta] = adjoint
                step, adjoint = replace(step, called=delta), Sym(delta)
            self.steps.append(step)
            self._receive(received, self.c.pull(self.let[name], adjoint, targets, Sym(name), self._teller(name)))
        found = {n: self._whole(received[n], n) for n in wrt}
        self.steps += [self._step_of(Sym(n), formula, self.uses[n], n) for n, formula in found.items()]
        sizes = m.shapes
        known = dict(sizes.defined), self.output, tuple(self.let.items()), dict(sizes.given)
        first = Answer(ZERO, where, tuple(self.steps), *known, positive=sizes.needed)
        return {n: replace(first, formula=formula, shape=m.shapes.given[n]) for n, formula in found.items()}

    def _targets(self, wrt: Sequence[str]) -> tuple[dict[str, list[Expr]], dict[str, Shape]]:
        """What the names between ``wrt`` and the output receive (nothing yet), and their shapes."""
        on_the_way = {*wrt}
        for name, formula in self.let.items():
            if not on_the_way.isdisjoint(names(formula)):
                on_the_way.add(name)
        targets = {n: self.m.shapes.given[n] for n in (*wrt, *self.let) if n in on_the_way}
        self.uses = {n: [] for n in targets}
        return {n: [] for n in targets}, targets

    def _whole(self, received: Sequence[Expr], name: str) -> Expr:
        """The sum of what a name receives, in its shape."""
        shape = self.m.shapes.given[name]
        total = finished(self.m, self.m.add(*received)) if received else ZERO
        return total if total == ZERO or self.m.shape(total) == shape else self.m.spread(total, shape)

    def delta(self, name: str, where: Mapping[str, Expr]) -> str:
        """delta2 for z2; for other names delta_name."""
        index = name.lstrip("zZ")
        wanted = f"delta{index}" if index.isdecimal() and index != name else f"delta_{name}"
        return next(n for n in (wanted, *(f"{wanted}_{i}" for i in range(1, 99))) if n not in self.m.shapes.given and n not in where)

    def gradient(self, output: Expr) -> Expr:
        """The adjoint of ``wrt``: from the output back through the intermediates, each adjoint simplified once."""
        wrt, m = self.q.wrt, self.m
        received, targets = self._targets([wrt])
        self._receive(received, self.c.pull(output, ONE, targets, told=self._teller("")))
        for name in reversed(self.let):
            if name == wrt or not received.get(name):
                continue
            adjoint = finished(m, m.add(*received[name]))
            self._tell_named(name, adjoint, self.uses[name])
            self._receive(received, self.c.pull(self.let[name], adjoint, targets, Sym(name), self._teller(name)))
        shape = m.shapes.given[wrt]
        total = m.add(*received[wrt]) if received[wrt] else ZERO
        return total if total == ZERO or m.shape(total) == shape else m.spread(total, shape)

    def _teller(self, within: str) -> Tell:
        """Who hears of the adjoints of the parts of one equation: steps for the parts, uses of the names."""

        def tell(part: Expr, adjoint: Expr, uses: Sequence[Use]) -> None:
            if isinstance(part, Sym):
                self.uses[part.name] += uses
            else:
                self.steps.append(self._step_of(part, adjoint, uses, within=within))

        return tell

    def _tell_named(self, name: str, adjoint: Expr, uses: Sequence[Use]) -> None:
        self.steps.append(self._step_of(Sym(name), adjoint, uses, name))

    def _step_of(self, part: Expr, adjoint: Expr, uses: Sequence[Use], name: str = "", within: str = "") -> Step:
        rules = {use.by.op for use in uses}
        rule = rules.pop() if len(rules) == 1 else "name"
        text = (ops.card(rule).d or "") if ops.known(rule) else ""
        return Step(part, adjoint, rule, name, self.m.shape(part), text, tuple(uses), within)

    def _receive(self, received: dict[str, list[Expr]], found: Mapping[str, list[Expr]]) -> None:
        for name, parts in found.items():
            received[name] += reversed(parts)

    def _structured(self, g: Expr, kind: str) -> Expr:
        """The gradient by a matrix that is known to be symmetric or diagonal."""
        m = self.m
        if kind == "gradient":
            return g
        eye = Call("eye", (dim_expr(m.shapes.given[self.q.wrt][0]),))
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
        c = Chained(self.m) if kind == "jacobian" else self.c
        moved: dict[str, Expr] = {wrt: step}
        for name, formula in self.let.items():
            if name != wrt and any(n in moved for n in names(formula)):
                moved[name] = finished(self.m, c.differential(formula, moved, Sym(name)))
        d = c.differential(output, moved)
        if kind == "dscalar":
            return d if d == ZERO or self.m.shape(d) == self.m.shape(output) else self.m.spread(d, self.m.shape(output))
        assert isinstance(step, Sym)
        if kind != "jacobian":
            return kronecker(self.c, finished(self.m, d), step)
        found = coefficient(self.c, d, step)
        return found if found != ZERO else Call("spread", (ZERO, *map(dim_expr, (*self.m.shape(output), *shape))))
