"""What ``derivx.backprop`` returns: a backward sweep with its numbers, its checks and its printers joined."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, ClassVar

from derivx import ops
from derivx.api.derivations import Derivation
from derivx.api.printed import Printed
from derivx.check.sweep import SweepReport, check_sweep
from derivx.check.values import Scaled, valued
from derivx.check.verdict import Verdict
from derivx.derive import backprop as derive
from derivx.derive.collapse import collapses
from derivx.derive.step import Derivation as Lines
from derivx.errors import CheckFailed, UsageError
from derivx.expr import Call, Expr, postorder
from derivx.graph.graph import graph
from derivx.numeric import REAL, Scope, UnknownValue, evaluate, space
from derivx.picture.diagram import Diagram
from derivx.picture.sweeps import Graph, diagram_of
from derivx.render import to_latex, to_markdown, to_text
from derivx.render.document import Document, overall
from derivx.render.exercise import Figure
from derivx.render.json import SCHEMA
from derivx.render.sentences import Said
from derivx.render.sweep import Numbers, SweepPage, Update, page, program_text, saved
from derivx.render.sweep_json import sweep_dict
from derivx.syntax import read, write
from derivx.syntax.program import Program, entry_name, program_of, read_program

Question = Any  # text of a program, a program, formulas by name, an expression of ours, or one of SymPy's
_MOST_DRAWN = 400  # nodes of a drawing in the terminal


@dataclass(frozen=True)
class Sweep(Printed, derive.Sweep):
    """The back-propagation of a program: every gradient computed once, named, used again, and checked.

    ``.gradients`` are the derivatives asked for, over names; ``.value(name)`` and ``.gradient_value(name)`` the numbers, where
    all inputs have one; ``.lines(name)`` derives one gradient line by line; ``.verdict`` is what the referees say.
    """

    titled: ClassVar[Said] = Said("ui.page_backprop")

    program: Program = field(default_factory=lambda: program_of({}))
    given: Mapping[str, float] = field(default_factory=dict)
    report: SweepReport | None = None

    @property
    def verdict(self) -> str:
        """``PASS``, ``FAIL``, ``UNDEFINED`` where no referee could measure anything, ``SKIPPED`` without checks."""
        return str(overall(self.report.checks)) if self.report else "SKIPPED"

    @property
    def gradients(self) -> dict[str, Expr]:
        """The derivative of the output by each name asked for. Raises ``CheckFailed`` where a referee rejected one."""
        self._must_hold()
        return {name: self.gradient(name) for name in self.wrt}

    def _must_hold(self) -> None:
        if self.verdict == "FAIL":
            assert self.report is not None
            failed = next(c for c in self.report.checks if c.verdict is Verdict.FAIL)
            raise CheckFailed("check_failed", referee=failed.referee)

    # Numbers.

    @cached_property
    def numbers(self) -> Numbers | None:
        """Values and gradients where every input has a value; else nothing."""
        if any(self.graph.nodes[i].name not in self.given for i in self.graph.inputs) or self._undefined:
            return None
        found = valued(self, self.given)
        return Numbers({n: float(v) for n, v in found.values.items()}, {at: _float(a) for at, a in found.adjoints.items()})

    @cached_property
    def _undefined(self) -> str:
        """An undefined function, which has no value, if there is one."""
        calls = (n for f in self.graph.definitions.values() for n in postorder(f) if isinstance(n, Call))
        return next((n.op for n in calls if not ops.known(n.op)), "")

    def value(self, name: str) -> float:
        """The value of a node. Raises ``UsageError`` where an input has none, or for an unknown name."""
        return self._numbers().values[self._known(name)]

    def _known(self, name: str) -> str:
        if name not in self.graph.at and name not in self.program.values and name not in self.program.declarations:
            raise UsageError("no_such_variable", name=name)
        return name

    def gradient_value(self, name: str) -> float:
        """The number that the derivative of the output by a name is. Raises ``UsageError`` where an input has no value."""
        at = self.graph.at.get(self._known(name), -1)
        numbers = self._numbers()
        return numbers.gradients[at].plain if at in numbers.gradients else 0.0

    def _numbers(self) -> Numbers:
        if self.numbers is None:
            inputs = (self.graph.nodes[i].name for i in self.graph.inputs)
            raise UsageError("missing_value", name=next((n for n in inputs if n not in self.given), self._undefined))
        return self.numbers

    def update(self, rate: float) -> Update:
        """One step of gradient descent on the names asked for: W <- W - rate * dL/dW, and the forward pass again."""
        new = {n: self.value(n) - rate * self.gradient_value(n) for n in self.wrt if n in self.graph.at}
        again = valued(self, {**self.given, **new})
        return Update(rate, new, {n: float(v) for n, v in again.values.items()})

    def derivation(self, name: str) -> Derivation:
        """One gradient line by line, as ``derivx.explain`` returns it."""
        lines = self.lines(self.graph.at[self._known(name)])
        return Derivation(**{f.name: getattr(lines, f.name) for f in fields(Lines)})

    # Printers.

    def page(
        self,
        lang: str = "en",
        *,
        detail: str = "normal",
        paths: Sequence[str] | None = None,
        rate: float | None = None,
        digits: int = 6,
        drawing: str = "",
    ) -> Document:
        """The page that the printers print; ``paths``: names whose paths are listed, ``rate``: a step of gradient descent."""
        numbers = replace(self.numbers, digits=digits) if self.numbers else None
        if rate is not None and numbers is None:
            self._numbers()
        data = frozenset(n for n, d in self.program.declarations.items() if d.role == "data")
        shown = SweepPage(
            numbers,
            None if rate is None else self.update(rate),
            self.report,
            [Said(key, params) for key, params in self.program.notes],
            self.kinks,
            list(collapses(self.graph, data)),
            self._walked() if paths is None else [self._known(name) for name in paths],
            drawing,
        )
        return page(self, shown, lang=lang, detail=detail)

    def _walked(self) -> list[str]:
        """The asked names whose paths are listed without being asked for: a few, where there are a few paths."""
        found = saved(self).paths
        several = [n for n in self.wrt if 1 < found.get(self.graph.at.get(n, -1), 0) <= 4]
        return several if len(several) <= 1 or len(self.graph.nodes) <= 12 else []

    @cached_property
    def kinks(self) -> tuple[tuple[Expr, Expr], ...]:
        """Where a gradient is a convention."""
        from derivx.check.draw import stated

        return tuple(stated(self)[1])

    def pages(self, lang: str = "en", **options: Any) -> Sequence[Document]:
        """The page, with the drawing of the graph before the passes."""
        shown = self.page(lang, **options)
        if len(self.graph.nodes) > _MOST_DRAWN:
            return [shown]
        roles = {n: d.role for n, d in self.program.declarations.items()}
        drawing = Graph(self, replace(self.numbers, digits=4) if self.numbers else None, roles)
        return [replace(shown, parts=(Figure(drawing, Said("told.graph", {"output": self.output})), *shown.parts))]

    def text(self, lang: str = "en", *, width: int = 80, color: bool = False, ascii: bool = False, **options: Any) -> str:  # noqa: A002
        """The sweep for a terminal; options as ``page``."""
        return to_text(self.page(lang, **options), width=width, color=color, ascii=ascii)

    def latex(self, lang: str = "en", *, standalone: bool = False, **options: Any) -> str:
        """The sweep as LaTeX."""
        return to_latex(self.page(lang, **options), standalone=standalone)

    def markdown(self, lang: str = "en", **options: Any) -> str:
        """The sweep as Markdown."""
        return to_markdown(self.page(lang, **options))

    def to_dict(self, rate: float | None = None) -> dict[str, Any]:
        """The JSON object: ``{"schema": "derivx/1", "program": ..., "shapes": ..., "sweep": {...}, "verdict": ...}``."""
        found = sweep_dict(self, self.numbers, self.report, self.update(rate) if rate is not None else None)
        kinks = [f"{write(a)} = {write(b)}" for a, b in self.kinks]
        shapes = {name: list(d.shape) for name, d in self.program.declarations.items() if d.shape}
        return {"schema": SCHEMA, "program": program_text(self), "shapes": shapes, "sweep": found, "kinks": kinks, "verdict": self.verdict}

    def diagram(self, lang: str = "en", *, digits: int = 4) -> Diagram:
        """The computational graph as a picture's data: values above, gradients below."""
        numbers = replace(self.numbers, digits=digits) if self.numbers else None
        return diagram_of(self, numbers, {n: d.role for n, d in self.program.declarations.items()}, lang)

    def svg(self, lang: str = "en") -> str:
        """The computational graph as SVG."""
        from derivx.picture.svg import to_svg

        return to_svg(self.diagram(lang))

    def tikz(self, lang: str = "en", *, standalone: bool = False) -> str:
        """The computational graph as TikZ."""
        from derivx.picture.tikz import to_tikz

        return to_tikz(self.diagram(lang), standalone=standalone)

    def drawing(self, lang: str = "en", *, width: int = 80, ascii: bool = False) -> str:  # noqa: A002
        """The computational graph in text."""
        from derivx.picture.text import to_text as drawn

        return drawn(self.diagram(lang), width=width, ascii=ascii)

    def code(self, library: str = "numpy") -> str:
        """The gradient as a function in Python: for ``numpy``, ``torch`` or ``jax``."""
        from derivx.codegen import to_code

        self._must_hold()
        return to_code(self, library)

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (self.program, self.wrt, len(self.graph.nodes), dict(self.given), self.report)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {**super()._repr_mimebundle_(), "image/svg+xml": self.svg()}

    def __str__(self) -> str:
        return self.text()


def backprop(
    program: Question,
    wrt: str | Sequence[str] | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    operations: bool | None = None,
    names: Sequence[str] = (),
    check: bool = True,
    also: Sequence[str] = (),
) -> Sweep:
    """Back-propagate through a program: forward sweep, every gradient once, from the output back; all of them checked.

    ``program``: text (``"z = w*x + b; L = (sigmoid(z) - y)^2"``), formulas by name, an expression, or a SymPy expression.
    ``wrt``: names of inputs or intermediates; without it the parameters declared, or else every input. ``at``: numbers (or arrays,
    whose entries are ``x0``, ``x1``, ...). ``operations``: a node for each operation, not for each equation; by default where
    the program is a single expression. ``also``: further referees (``torch``, ``jax``).

    Raises ``ReadError``, ``LimitError``, ``NotSupported`` or ``UsageError``, all of them ``DerivxError``.
    """
    found = _program(program, names)
    if found.over_arrays:
        from derivx.api.networks import explain_program

        names_ = list(found.wrt) if wrt is None else [w.strip() for w in wrt.split(",")] if isinstance(wrt, str) else list(wrt)
        return explain_program(found, [n for n in names_ if n not in found.sizes], check=check)  # type: ignore[return-value]
    split = operations if operations is not None else len(found.equations) == 1
    asked = list(found.wrt) if wrt is None else [w.strip() for w in wrt.split(",")] if isinstance(wrt, str) else list(wrt)
    if bad := next((name for name in also if name not in ("torch", "jax")), None):
        raise UsageError("bad_option", option="also", value=bad)
    given = {**_constants(found), **_entries(at or {})}
    arrays = tuple(n for n, d in found.declarations.items() if d.shape)
    known = {*found.inputs, *found.values, *found.declarations}
    unknown = next((n for n in given if n not in known and not _is_entry(n, arrays)), None)
    if unknown is not None and at and unknown in _entries(at):
        raise UsageError("no_such_variable", name=unknown)
    sweep = derive.backprop(graph(found, operations=split), [_canonical(w) for w in asked])
    joined = Sweep(sweep.graph, sweep.wrt, sweep.adjoints, sweep.shown, found, given)
    return replace(joined, report=check_sweep(joined, given, also=also)) if check else joined


def _revived(program: Program, wrt: tuple[str, ...], count: int, given: Mapping[str, float], report: SweepReport | None) -> Sweep:
    made = graph(program)
    if len(made.nodes) != count:
        made = graph(program, operations=True)
    sweep = derive.backprop(made, wrt)
    return Sweep(sweep.graph, sweep.wrt, sweep.adjoints, sweep.shown, program, given, report)


def _program(question: Question, names: Sequence[str]) -> Program:
    if isinstance(question, Program):
        return question
    if isinstance(question, str):
        return read_program(question, names)
    if isinstance(question, Mapping):
        return program_of({name: read(f) if isinstance(f, str) else f for name, f in question.items()})
    if isinstance(question, Expr):
        return program_of({"L": question})
    if type(question).__module__.startswith(("sympy.", "derivx.functions")):
        from derivx.algebra.door import from_sympy

        return program_of({"L": from_sympy(question)})
    raise UsageError("bad_option", option="program", value=type(question).__name__)


def _canonical(name: str) -> str:
    from derivx.syntax.tokens import canonical

    return canonical(name)


def _is_entry(name: str, arrays: Sequence[str]) -> bool:
    """Whether a name is that of an entry of a declared array."""
    return any(name.startswith(a) and name[len(a) :].replace("_", "").isdecimal() for a in arrays)


def _constants(program: Program) -> dict[str, float]:
    """The numbers that the program itself gives."""
    import numpy as np

    out: dict[str, float] = {}
    for name, formula in program.values.items():
        try:
            with np.errstate(all="ignore"):
                out[name] = float(evaluate(formula, Scope({}, {}, space(REAL))))
        except (UnknownValue, ArithmeticError) as bad:
            raise UsageError("bad_value", name=name, value=write(formula)) from bad
        if not math.isfinite(out[name]):
            raise UsageError("bad_value", name=name, value=write(formula))
    return out


def _entries(at: Mapping[str, Any]) -> dict[str, float]:
    """Numbers by name; an array gives a number to each of its entries."""
    import numpy as np

    out: dict[str, float] = {}
    for name, value in at.items():
        try:
            array = np.asarray(value, dtype=float)
        except (ValueError, TypeError) as bad:
            raise UsageError("bad_value", name=name, value=str(value)[:40]) from bad
        for index in np.ndindex(array.shape):
            out[entry_name(_canonical(name), index) if index else _canonical(name)] = float(array[index])
    return out


def _float(scaled: Scaled) -> Scaled:
    return Scaled(float(scaled.value), scaled.exponent)
