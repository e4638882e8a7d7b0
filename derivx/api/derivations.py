"""What ``derivx.explain`` returns: a derivation, its checks and its printers joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from derivx.api.printed import Printed, PrintedAll
from derivx.check.verdict import Check, Verdict
from derivx.derive.byhand import answer, derive, derive_implicit, variables
from derivx.derive.fold import DETAILS, folded
from derivx.derive.step import Derivation as Lines
from derivx.errors import CheckFailed, DerivxError, NotSupported, UsageError
from derivx.expr import Diff, Expr, Sym, names, pending, postorder, transform, written_out
from derivx.ops import Names, Op, register
from derivx.render import document, to_dict, to_latex, to_markdown, to_text
from derivx.render.document import Document, overall
from derivx.render.gaps import Gaps, exercise
from derivx.render.json import SCHEMA
from derivx.render.sentences import name_of, sentence
from derivx.syntax import Reading, read, read_question, write
from derivx.syntax.program import Program
from derivx.words import LANGUAGES, say

if TYPE_CHECKING:
    from derivx.check.lines import Report

Question = Any  # text, an expression of ours, or one of SymPy's

__all__ = ["SCHEMA", "Derivation", "Derivations", "define", "explain", "read", "write"]


@dataclass(frozen=True, slots=False)
class Derivation(Printed, Lines):
    """A derivation with its checks.

    ``.answer`` is the last line (refused with ``CheckFailed`` where a referee rejects it), ``.steps`` the lines, ``.where`` the
    names, ``.verdict`` what the referees say, ``.kinks`` the points where the derivative is a convention.
    """

    checks: tuple[Check, ...] = ()
    kinks: tuple[tuple[Expr, Expr], ...] | None = None
    numbers: tuple[tuple[Expr, float], ...] = field(default=())

    @property
    def answer(self) -> Expr:
        """The last line. Raises ``CheckFailed`` where a referee rejected a line."""
        if self.verdict == "FAIL":
            failed = next(c for c in self.checks if c.verdict is Verdict.FAIL)
            raise CheckFailed("check_failed", referee=failed.referee)
        return Lines.answer.fget(self)  # type: ignore[attr-defined,no-any-return]

    @property
    def verdict(self) -> str:
        """``PASS``, ``FAIL``, ``UNDEFINED`` where no referee could measure anything, ``SKIPPED`` without checks."""
        return str(overall(self.checks)) if self.checks else "SKIPPED"

    def page(self, lang: str = "en", *, blank: str | Gaps = "", rubric: str = "", **options: Any) -> Document:
        """The page that the printers print; options as ``derivx.render.document``.

        ``blank`` makes gaps (``formulas``, ``rules``, ``2,4``, ``chain``), ``rubric`` gives points to lines (``auto``, or their sum).
        """
        page = document(_plain(self), self.checks, lang=lang, numbers=self.numbers or None, kinks=self.kinks, **options)
        return exercise(page, blank, rubric)

    def text(self, lang: str = "en", *, width: int = 80, color: bool = False, ascii: bool = False, **options: Any) -> str:  # noqa: A002
        """The derivation for a terminal, at most ``width`` columns wide."""
        return to_text(self.page(lang, **options), width=width, color=color, ascii=ascii)

    def hint(self, step: int, lang: str = "en") -> str:
        """What to do next: the name of the rule of line ``step`` (from 1), without the line."""
        said = name_of(self.steps[step - 1])
        langs = LANGUAGES if lang == "both" else (lang,)
        return "\n".join(f"  {say('ui.hint', one)} {step}: {sentence(said, one)}" for one in langs)

    def latex(self, lang: str = "en", *, standalone: bool = False, **options: Any) -> str:
        """The derivation as LaTeX: a fragment, or a document that compiles."""
        return to_latex(self.page(lang, **options), standalone=standalone)

    def markdown(self, lang: str = "en", **options: Any) -> str:
        """The derivation as Markdown with mathematics between dollars."""
        return to_markdown(self.page(lang, **options))

    def to_dict(self) -> dict[str, Any]:
        """The derivation as plain data (one entry of ``derivations`` in the JSON)."""
        return to_dict(_plain(self), self.checks, self.kinks)

    def sympy(self) -> Any:
        """The answer as a SymPy expression, its names written out, our functions as ``derivx.functions``."""
        from derivx.algebra.door import by_vocabulary
        from derivx.algebra.functions import functions

        return by_vocabulary(written_out(self.answer, self.where), None, functions())

    def equations(self) -> list[Any]:
        """Each line as a SymPy ``Eq`` with the line before it, derivatives unevaluated."""
        from sympy import Eq

        from derivx.algebra.door import by_vocabulary, symbols
        from derivx.algebra.functions import functions

        table, named = symbols(names(self.question, *self.where.values())), functions()
        lines = [self.question, *(s.after for s in self.steps)]
        words = [by_vocabulary(_undefer(line, self.where), table, named) for line in lines]
        return [Eq(a, b, evaluate=False) for a, b in pairwise(words)]

    def __str__(self) -> str:
        return self.text()


class Derivations(PrintedAll, tuple[Derivation, ...]):
    """Several derivations of one question, one for each variable; the printers print them one after the other."""

    __slots__ = ()

    @property
    def verdict(self) -> str:
        """The weightiest verdict of all."""
        found = [d.verdict for d in self]
        return next((v for v in ("FAIL", "UNDEFINED", "SKIPPED") if v in found), "PASS")

    def text(self, lang: str = "en", **options: Any) -> str:
        """All of them for a terminal."""
        return "\n\n".join(d.text(lang, **options) for d in self)

    def markdown(self, lang: str = "en", **options: Any) -> str:
        """All of them as Markdown."""
        return "\n\n".join(d.markdown(lang, **options) for d in self)

    def latex(self, lang: str = "en", *, standalone: bool = False, **options: Any) -> str:
        """All of them as LaTeX."""
        return to_latex([d.page(lang, **options) for d in self], standalone=standalone)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: ``{"schema": "derivx/1", "derivations": [...]}``."""
        return {"schema": SCHEMA, "derivations": [d.to_dict() for d in self]}

    def __str__(self) -> str:
        return self.text()


def explain(
    question: Question,
    wrt: str | Sequence[str] | None = None,
    *,
    order: int = 1,
    mixed: bool = False,
    implicit: str | None = None,
    names: Sequence[str] = (),
    at: Mapping[str, float] | None = None,
    detail: str = "normal",
    check: bool = True,
    also: Sequence[str] = (),
    shapes: Mapping[str, Any] | None = None,
    layout: str = "gradient",
    vec: bool = False,
    method: str = "pullback",
    part: str | None = None,
) -> Derivation | Derivations:
    """Derive the derivative of a question line by line, and check every line.

    ``question``: text (``"sigmoid(w*x + b)"``, ``"y = w*x + b"``, LaTeX), an expression, or a SymPy expression. ``wrt``: a
    name, or several (one derivation each); without it every variable in the order written. ``order``: how many times.
    ``mixed``: differentiate by the names of ``wrt`` one after the other. ``implicit``: the name that the equation defines.
    ``names`` declares variables (with them ``wx`` is ``w*x``). ``at``: numbers for a worked example. ``detail``: ``brief``,
    ``normal`` or ``full``. ``also``: further referees (``torch``, ``jax``).

    Where a name is an array, by a declaration in the text (``X: (N, d)``) or in ``shapes``, the derivative is a closed form over
    arrays, in the ``layout`` asked for; ``vec``: of a matrix by a matrix, as a matrix of the stacked columns. ``method``: how that is
    told, by ``pullback``, ``differential`` or ``index``; the latter for every step, or for the ``part`` given as its formula or name.

    Returns a ``Derivation``, or ``Derivations`` when there are several variables.

    Raises ``ReadError``, ``LimitError``, ``NotSupported`` or ``UsageError``, all of them ``DerivxError``.
    """
    arrays = _arrays(question, shapes)
    if arrays is not None:
        from derivx.api.matrices import MatrixDerivations, explain_arrays

        asked = list(arrays.wrt) if wrt is None else [w.strip() for w in wrt.split(",")] if isinstance(wrt, str) else list(wrt)
        how: dict[str, Any] = {"layout": layout, "vec": vec, "method": method, "part": part}
        found = explain_arrays(arrays, asked, order=order, detail=detail, check=check, **how)
        return found[0] if len(found) == 1 else MatrixDerivations(found)  # type: ignore[return-value]
    if detail not in DETAILS:
        raise UsageError("bad_option", option="detail", value=detail)
    if not 1 <= order <= 9:
        raise UsageError("bad_option", option="order", value=str(order))
    if bad := next((name for name in also if name not in ("torch", "jax")), None):
        raise UsageError("bad_option", option="also", value=bad)
    reading = _reading(question, names)
    wanted = _wanted(reading, wrt, implicit)
    reading = _with_notes(reading, wanted)
    lines = _lines(reading, wanted, order, mixed, implicit)
    done = [_joined(folded(d, detail), at, check, also) for d in lines]
    several = len(done) > 1 or (wrt is not None and not isinstance(wrt, str) and not mixed)
    return Derivations(done) if several else done[0]


def _arrays(question: Question, shapes: Mapping[str, Any] | None) -> Program | None:
    """The program, where a name in it is an array."""
    if not isinstance(question, str) or not (shapes or ":" in question):
        return None
    from derivx.api.matrices import has_arrays

    return has_arrays(question, shapes)


def _reading(question: Question, declared: Sequence[str]) -> Reading:
    if isinstance(question, Expr):
        return Reading(question)
    if isinstance(question, str):
        return read_question(question, declared)
    if type(question).__module__.startswith(("sympy.", "derivx.functions")):
        from derivx.algebra.door import from_sympy

        return Reading(from_sympy(question))
    raise UsageError("bad_option", option="question", value=type(question).__name__)


def _with_notes(reading: Reading, wanted: list[str]) -> Reading:
    """A variable that does not occur is said: the answer 0 is often a typing mistake."""
    found = names(reading.expr)
    absent = [w for w in wanted if w not in found and found and reading.expr.size > 1]
    rows = tuple(("note.absent", {"name": w}) for w in dict.fromkeys(absent))
    return replace(reading, notes=(*reading.notes, *rows))


def _wanted(reading: Reading, wrt: str | Sequence[str] | None, implicit: str | None) -> list[str]:
    """The variables asked for, in their order."""
    if wrt is not None:
        asked = [w.strip() for w in wrt.split(",")] if isinstance(wrt, str) else list(wrt)
        bad = next((w for w in asked if not w or not isinstance(_name(w), Sym)), None)
        if bad is not None:
            raise UsageError("bad_wrt", name=bad)
        return [write(_name(w)) for w in asked]
    found = list(reading.arguments) or variables(reading.expr)
    if implicit is not None:
        found = [n for n in found if n != implicit]
    return found or ["x"]


def _name(text: str) -> Expr:
    try:
        return read(text, names=[text] if text.isidentifier() and text.isascii() else [])
    except DerivxError:
        raise UsageError("bad_wrt", name=text) from None


def _lines(reading: Reading, wanted: list[str], order: int, mixed: bool, implicit: str | None) -> list[Lines]:
    if implicit is not None:
        if implicit not in names(reading.expr):
            raise UsageError("no_such_variable", name=implicit)
        if order > 1:
            raise NotSupported("not_supported", what="--implicit --order")
        return [derive_implicit(reading.expr, implicit, w, notes=reading.notes) for w in wanted]
    if reading.equation is not None:
        raise UsageError("needs_implicit", name=wanted[-1])
    options: dict[str, Any] = {"label": reading.label, "notes": reading.notes}
    if pending(reading.expr):
        wrt = tuple(dict.fromkeys(n.wrt.name for n in postorder(reading.expr) if isinstance(n, Diff)))
        return [answer(reading.expr, wrt, **options)]
    if mixed:
        return [derive(reading.expr, wanted * order, **options)]
    return [derive(reading.expr, [w] * order, **options) for w in wanted]


def _joined(lines: Lines, at: Mapping[str, float] | None, check: bool, also: Sequence[str]) -> Derivation:
    """The lines with their checks and numbers."""
    given = {f.name: getattr(lines, f.name) for f in fields(Lines)}
    joined = Derivation(**given)
    if check:
        from derivx.check.lines import check as judge

        report: Report = judge(lines, also)
        joined = replace(joined, checks=report.checks, kinks=report.kinks)
    if at is not None:
        from derivx.check.worked import worked

        joined = replace(joined, numbers=worked(lines, at))
    return joined


def _plain(joined: Derivation) -> Lines:
    return Lines(**{f.name: getattr(joined, f.name) for f in fields(Lines)})


def _undefer(line: Expr, where: Mapping[str, Expr]) -> Expr:
    """A line without names beyond the question's: D(e, u) by a name is written as the local derivative at its value."""

    def plain(node: Expr) -> Expr:
        if isinstance(node, Diff) and node.wrt.name in where:
            return derive(node.body, [node.wrt.name]).answer
        return node

    return written_out(transform(line, plain), where)


def define(text: str) -> Op:
    """Register an operation of one's own from a line such as ``swish2(x) = x*sigmoid(2*x)``; SymPy derives its derivative.

    Raises ``ReadError`` for an unreadable line and ``UsageError`` where the name is taken.
    """
    reading = read_question(text)
    if not reading.label or not reading.arguments:
        raise UsageError("bad_option", option="--define", value=text)
    unknown = [n for n in variables(reading.expr) if n not in reading.arguments]
    if unknown:
        raise UsageError("no_such_variable", name=unknown[0])
    args = ", ".join(reading.arguments)
    name = reading.label
    return register(
        Op(
            name,
            args,
            write(reading.expr),
            latex=rf"\operatorname{{{name.replace('_', '')}}}",
            names=Names(f"function {name}", f"함수 {name}"),
            source="user",
        )
    )
