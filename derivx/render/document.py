"""A derivation as a page before it is printed: question, lines, answer, checks, notes, numbers. Data only.

Every printer walks these blocks in order; none of them looks at a derivation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile
from typing import Literal

from derivx.check.verdict import Check, Verdict
from derivx.derive.step import Derivation, Step
from derivx.expr import Call, Diff, Expr, Num, Sym, is_op, names, written_out
from derivx.render.exercise import SheetPart
from derivx.render.sentences import Said, Sentence, name_of, why
from derivx.render.typeset import Style, style_of
from derivx.syntax.formulas import Condition
from derivx.words import LANGUAGES

Kink = tuple[Expr, Expr]
Numbers = Sequence[tuple[Expr, float]]
_SHORT = 60  # nodes of an expression up to which definitions are put in


@dataclass(frozen=True, slots=True)
class Heading:
    """A title, as the user gave it."""

    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the curve of an implicit derivative (an expression that is zero)."""

    formula: Expr
    label: str = ""
    curve: Expr | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the derivation: a formula, the rule and its sentence, the names it introduces, where it holds, its checks.

    ``points``: what it is worth in a rubric. ``blank``: a gap to be filled in, in place of the ``"formula"`` or of the ``"rule"``.
    """

    number: int
    formula: Expr
    rule: Said
    reason: Said
    names: Mapping[str, Expr] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    kinks: tuple[Kink, ...] = ()
    verdict: Verdict | None = None
    depth: int = 0
    points: str = ""
    blank: Literal["", "formula", "rule"] = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The last line. ``asked`` is what it is the value of; ``where`` are the names that it uses."""

    formula: Expr
    asked: Expr
    where: Mapping[str, Expr] = field(default_factory=dict)
    kinks: tuple[Kink, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one referee found: the verdict, the digits (``None`` for an exact proof), a reason for not judging."""

    referee: str
    verdict: Verdict
    digits: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The checks of the whole, a row for each referee."""

    verdict: Verdict
    rows: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A remark, as of the reader who had to choose between two readings; ``plain`` without the word "note"."""

    said: Sentence
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Worked:
    """The lines with numbers put in, each with its value; ``value`` is that of all of them, where they have one."""

    rows: tuple[tuple[Expr, float], ...]
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A title of ours above what follows."""

    title: Said


@dataclass(frozen=True, slots=True)
class Chain:
    """One equation after the other: the first item equals the second, and so on; ``value`` is the number all of them are.

    ``sign`` stands behind the first item; ``remark`` is said behind the last; ``rounded``: the value is not exact. ``continued``: the
    first item is what the chain before ended with, and is not shown again. ``why`` is the sentence of the step, for pages that are
    stepped through; ``marks`` are the places of the drawing above that it fills in, as the drawing calls them.
    """

    items: tuple[Expr, ...]
    value: str = ""
    remark: Said | None = None
    verdict: Verdict | None = None
    sign: str = "="
    continued: bool = False
    rounded: bool = False
    why: Said | None = None
    marks: tuple[str, ...] = ()

    @property
    def signs(self) -> tuple[str, ...]:
        """What stands before each item after the first, and before the value: ``=``, ``<-``, or ``~`` for about."""
        count = len(self.items) - 1 + bool(self.value)
        signs = [self.sign, *["="] * (count - 1)][:count]
        return tuple([*signs[:-1], "~"] if self.rounded and self.value else signs)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles; a cell is a formula, a text or words."""

    heads: tuple[Expr | str | Said, ...]
    rows: tuple[tuple[Expr | str | Said, ...], ...]


@dataclass(frozen=True, slots=True)
class Values:
    """What is a number, a vector or a matrix in numbers: rows of cells as they are printed, of one row and no brackets for a number."""

    item: Expr
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Points:
    """Where the derivative is a convention."""

    kinks: tuple[Kink, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Text as it stands: a drawing or a program."""

    text: str


Part = Heading | Question | Line | Answer | Summary | Note | Worked | Section | Chain | Table | Values | Points | Listing | SheetPart


@dataclass(frozen=True, slots=True)
class Document:
    """A page: its parts in order, the languages it is said in, and whether reasons are whole sentences (``full``)."""

    parts: tuple[Part, ...]
    langs: tuple[str, ...] = ("en",)
    style: Style = field(default_factory=Style)
    full: bool = False

    @property
    def lang(self) -> str:
        """The language of the labels, where one is enough."""
        return self.langs[0]


def document(
    derivation: Derivation,
    checks: Sequence[Check] = (),
    *,
    lang: str = "en",
    full: bool = False,
    numbers: Numbers | None = None,
    title: str = "",
    folded: bool = False,
    upto: int | None = None,
    kinks: Sequence[Kink] | None = None,
) -> Document:
    """The page of a derivation.

    ``lang`` is ``en``, ``ko`` or ``both``; ``full`` gives every reason as a sentence; ``numbers`` has one row for the
    question and one for each line; ``folded`` shows the lines folded into a line; ``upto`` shows the first
    so many lines, and no answer before the last; ``kinks`` are those of the answer (of the lines, if not given).
    """
    parts: list[Part] = [Heading(title)] if title else []
    parts += [Note(Said(key if "." in key else f"note.{key}", dict(params))) for key, params in derivation.notes]
    parts.append(Question(derivation.question, derivation.label, derivation.curve[1] if derivation.curve else None))
    for i, step in enumerate(derivation.steps):
        if upto is None or i < upto:
            parts += _lines(i, step, checks, folded=folded)
    if upto is not None and upto < len(derivation.steps):
        return Document(tuple(parts), LANGUAGES if lang == "both" else (lang,), _style(derivation), full)
    parts.append(_answer(derivation, checks, kinks))
    parts += [_worked(numbers)] if numbers else []
    parts += [_summary(checks)] if checks else []
    return Document(tuple(parts), LANGUAGES if lang == "both" else (lang,), _style(derivation), full)


def _style(derivation: Derivation) -> Style:
    """How derivatives are written: dy/dx where the curve makes y a function of x alone."""
    curve = names(derivation.curve[1]) if derivation.curve else []
    style = style_of(derivation.question, [*derivation.wrt, *curve])
    alone = derivation.curve is not None and len(style.partials) == 2
    return replace(style, totals=frozenset({derivation.curve[0]})) if derivation.curve and alone else style


def _lines(number: int, step: Step, checks: Sequence[Check], *, folded: bool) -> list[Part]:
    """A line, behind those folded into it where they are wanted."""
    inner = [_line(number, sub, None, 1) for sub in step.substeps] if folded else []
    return [*inner, _line(number, step, verdict_of(number, checks), 0)]


def _line(number: int, step: Step, verdict: Verdict | None, depth: int) -> Line:
    return Line(number + 1, step.after, name_of(step), why(step), step.names, step.conditions, step.kinks, verdict, depth)


def _answer(derivation: Derivation, checks: Sequence[Check], kinks: Sequence[Kink] | None) -> Answer:
    points = kinks_of(derivation) if kinks is None else tuple(kinks)
    return Answer(derivation.answer, asked(derivation), used(derivation), points, overall(checks) if checks else None)


def together(page: Document) -> dict[int, list[Chain]]:
    """By the identity of the first of them: the chains that stand one after the other."""
    found: dict[int, list[Chain]] = {}
    for is_chain, group in groupby(page.parts, lambda part: isinstance(part, Chain)):
        if is_chain:
            chains = [part for part in group if isinstance(part, Chain)]
            found[id(chains[0])] = chains
    return found


def lines_of(page: Document, question: Question) -> list[Line]:
    """The lines that stand under a question: all up to the next one."""
    here = next(i for i, part in enumerate(page.parts) if part is question)
    behind = takewhile(lambda part: not isinstance(part, Question), page.parts[here + 1 :])
    return [part for part in behind if isinstance(part, Line)]


def asked(derivation: Derivation) -> Expr:
    """What the answer is the value of: ``dL/dw`` where the expression has a name, else the question itself."""
    body = derivation.question
    wrt: list[Sym] = []
    while isinstance(body, Diff):
        wrt.append(body.wrt)
        body = body.body
    if not wrt or not re.fullmatch(r"[A-Za-z]\w*", derivation.label):
        return derivation.question
    result: Expr = Sym(derivation.label)
    for name in reversed(wrt):
        result = Diff(result, name)
    return result


def used(derivation: Derivation) -> dict[str, Expr]:
    """The definitions that the answer needs, each after those that need it."""
    wanted, todo = dict[str, Expr](), names(derivation.answer)
    while todo:
        name = todo.pop(0)
        if name in derivation.where and name not in wanted:
            wanted[name] = derivation.where[name]
            todo += names(derivation.where[name])
    return wanted


def kinks_of(derivation: Derivation) -> tuple[Kink, ...]:
    """The kinks of all lines, each once, in order, in the names of the question."""
    found = (kink for step in derivation.steps for kink in step.kinks)
    return tuple(dict.fromkeys((written_out(a, derivation.where, _SHORT), written_out(b, derivation.where, _SHORT)) for a, b in found))


_ORDER = (Verdict.FAIL, Verdict.KINK, Verdict.ILL_CONDITIONED, Verdict.PASS, Verdict.STRUCTURAL_ZERO, Verdict.UNDEFINED, Verdict.SKIPPED)


def verdict_of(number: int, checks: Sequence[Check]) -> Verdict | None:
    """The weightiest verdict on a line (counted from 0), if any referee looked at it."""
    found = {check.verdict for check in checks if check.step == number}
    return next((v for v in _ORDER if v in found), None)


def overall(checks: Sequence[Check]) -> Verdict:
    """FAIL where any referee rejects, UNDEFINED where none could measure, else PASS."""
    found = {check.verdict for check in checks}
    if Verdict.FAIL in found:
        return Verdict.FAIL
    return Verdict.PASS if found - {Verdict.SKIPPED, Verdict.UNDEFINED} else Verdict.UNDEFINED


def _worked(numbers: Numbers) -> Worked:
    """The lines with numbers, without those that only say the number they are, or what the line above says."""
    value = numbers[-1][1] + 0.0
    same = all(math.isclose(v, value, rel_tol=1e-9, abs_tol=1e-12) for _, v in numbers)
    rows: list[tuple[Expr, float]] = []
    for expr, number in ((expr, number + 0.0) for expr, number in numbers):  # + 0.0: no minus before a zero
        bare = isinstance(expr, Num) or (is_op(expr, "neg") and isinstance(expr, Call) and isinstance(expr.args[0], Num))
        if not (same and (bare or (rows and rows[-1][0] == expr))):
            rows.append((expr, number))
    return Worked(tuple(rows), value if same else None)


def _summary(checks: Sequence[Check]) -> Summary:
    return Summary(overall(checks), summary(checks))


def summary(checks: Sequence[Check]) -> tuple[Measured, ...]:
    """A row for each referee: its checks of the whole, or else of the lines, the worst of them."""
    rows: list[Measured] = []
    for referee in dict.fromkeys(check.referee for check in checks):
        of_this = [c for c in checks if c.referee == referee]
        chosen = [c for c in of_this if c.step is None] or of_this
        judged = [c for c in chosen if c.verdict is not Verdict.SKIPPED] or chosen
        worst = min(judged, key=lambda c: (_ORDER.index(c.verdict), c.digits if c.digits is not None else 99.0))
        digits = [c.digits for c in judged if c.digits is not None]
        rows.append(Measured(referee, worst.verdict, min(digits, default=None), worst.reason))
    return tuple(rows)
