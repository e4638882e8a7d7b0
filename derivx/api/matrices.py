"""What ``derivx.explain`` returns for vectors and matrices: the closed form, every adjoint on the way, and its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derivx.api.methods import Telling, forward, telling
from derivx.api.printed import Printed, PrintedAll
from derivx.check.entries import prove_entries
from derivx.check.matrix import check_matrix
from derivx.check.pullbacks import Pullback, pullbacks
from derivx.check.verdict import Check, Verdict
from derivx.derive.fold import DETAILS
from derivx.derive.matrix.asked import has_arrays, question_of
from derivx.derive.matrix.engine import Answer, Question, Step, solve
from derivx.derive.matrix.make import Maker
from derivx.derive.matrix.spelling import spelt
from derivx.errors import CheckFailed, UsageError
from derivx.expr import Call, Expr, Sym, names
from derivx.render import to_latex, to_markdown, to_text
from derivx.render.adjoints import reasons
from derivx.render.document import Document, overall
from derivx.render.gaps import exercise
from derivx.render.json import SCHEMA, check_dict
from derivx.render.matrix import matrix_page
from derivx.render.sentences import Said, sentence
from derivx.shape import Shape
from derivx.syntax import write
from derivx.syntax.program import Program
from derivx.words import LANGUAGES

LAYOUTS = ("gradient", "numerator", "denominator", "mixed")
_JACOBIANS = ("jacobian", "vec_jacobian")


@dataclass(frozen=True)
class MatrixDerivation(Printed):
    """A derivative over arrays.

    ``.answer`` has the shape ``.shape`` in the layout ``.layout``; ``.where`` names what it uses; ``.steps`` are the adjoints of the
    parts on the way, from the output back; ``.telling`` the lines of another method, which follow those of the pullback where that is
    the ``.method``.
    """

    question: Question
    found: Answer
    layout: str
    detail: str = "brief"
    step_checks: tuple[Check, ...] = ()
    checks: tuple[Check, ...] = ()
    telling: Telling | None = None
    method: str = "pullback"
    pullbacks: tuple[Pullback, ...] = ()

    @property
    def every_check(self) -> list[Check]:
        """The verdicts on the adjoints, each pullback, the lines of another method, and the answer."""
        return [
            *self.step_checks,
            *(p.check for p in self.pullbacks if p.check),
            *(self.telling.checks if self.telling else ()),
            *self.checks,
        ]

    @property
    def verdict(self) -> str:
        """``PASS``, ``FAIL``, ``UNDEFINED``, or ``SKIPPED`` without checks."""
        every = self.every_check
        return str(overall(every)) if every else "SKIPPED"

    @property
    def answer(self) -> Expr:
        """The closed form. Raises ``CheckFailed`` where a referee rejected it."""
        if self.verdict == "FAIL":
            failed = next(c for c in self.every_check if c.verdict is Verdict.FAIL)
            raise CheckFailed("check_failed", referee=failed.referee)
        return self.laid_out

    @property
    def laid_out(self) -> Expr:
        """The closed form in the layout asked for."""
        if self.transposed:
            return Maker(self.found.shapes, self.question.flags).T(self.found.formula)
        return self.found.formula

    @property
    def transposed(self) -> bool:
        """Whether the layout is the other one than that in which it was derived."""
        if self.question.kind.startswith("gradient"):
            return self.layout == "numerator" and len(self.question.shapes[self.question.wrt]) == 2
        return self.question.kind in _JACOBIANS and self.layout == "denominator"

    @property
    def where(self) -> Mapping[str, Expr]:
        """The names the answer uses beyond the question's."""
        return self.found.where

    @property
    def steps(self) -> tuple[Step, ...]:
        """The adjoints on the way."""
        return self.found.steps

    @property
    def numpy(self) -> str:
        """The answer in NumPy's words."""
        return spelt(self.answer)

    def page(self, lang: str = "en", **options: Any) -> Document:
        """The page that the printers print.

        ``detail`` is ``brief`` (what a teacher writes), ``normal`` or ``full`` (every part); ``dims`` says the sizes of factors;
        ``blank`` and ``rubric`` as of ``derivx.api.derivations.Derivation.page``, where another method tells lines.
        """
        shape, detail, dims = self._shape(), options.get("detail", self.detail), bool(options.get("dims"))
        given = self.question, self.found, self.laid_out, self.layout, self.step_checks, self.checks
        told = (self.telling.parts(), self.telling.shapes, self.telling.checks) if self.telling else None
        page = matrix_page(*given, lang=lang, shape=shape, detail=detail, told=told, alone=self.method != "pullback", dims=dims)
        return exercise(page, options.get("blank", ""), options.get("rubric", ""))

    def text(self, lang: str = "en", *, width: int = 80, color: bool = False, ascii: bool = False, **options: Any) -> str:  # noqa: A002
        """The derivation for a terminal."""
        return to_text(self.page(lang, **options), width=width, color=color, ascii=ascii)

    def latex(self, lang: str = "en", *, standalone: bool = False, **options: Any) -> str:
        """The derivation as LaTeX."""
        return to_latex(self.page(lang, **options), standalone=standalone)

    def markdown(self, lang: str = "en", **options: Any) -> str:
        """The derivation as Markdown."""
        return to_markdown(self.page(lang, **options))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, with shapes and the layout."""
        lets = [f"{name} = {write(f)}" for name, f in self.question.let]
        shapes = {name: list(shape) for name, shape in self.question.shapes.items() if shape}
        one = {
            "question": f"D({write(self.question.output)}, {self.question.wrt})",
            "program": "\n".join(lets),
            "shapes": shapes,
            "wrt": self.question.wrt,
            "order": 2 if self.question.kind == "hessian" else 1,
            "kind": self.question.kind,
            "answer": write(self.laid_out),
            "numpy": spelt(self.laid_out),
            "where": {name: write(e) for name, e in self.where.items()},
            "shape": list(self._shape()),
            "layout": self.layout,
            "method": self.method,
            "steps": [*(self._steps() if self.method == "pullback" else ()), *(self.telling.steps() if self.telling else ())],
            "checks": [{**check_dict(c), "scope": "answer"} for c in self.checks],
            "verdict": self.verdict,
        }
        if self.found.independent is not None:
            one["answers"] = {"projected": write(self.found.formula), "independent": write(self.found.independent)}
        return {"schema": SCHEMA, "derivations": [one]}

    def _shape(self) -> Shape:
        return self.found.shape[::-1] if self.transposed else self.found.shape

    def _steps(self) -> list[dict[str, Any]]:
        told = reasons(self.question.label, self.found)
        return [self._step(i, *row) for i, row in enumerate(zip(self.steps, told, strict=True))]

    def _step(self, i: int, step: Step, reason: Said) -> dict[str, Any]:
        return {
            "rule": step.rule,
            "part": write(step.part),
            "before": write(Call("partial", (Sym(self.question.label), step.part))),
            "after": write(step.formula),
            "shape": list(step.shape),
            "layout": "gradient",
            "shapes": {name: list(self.found.shapes[name]) for name in names(step.formula) if self.found.shapes.get(name)},
            "pullbacks": [_pullback(p) for p in self.pullbacks if p.step == i],
            "local_differential": step.differential,
            "text": {lang: sentence(reason, lang).replace("\u00a0", " ") for lang in LANGUAGES},
            "checks": [check_dict(c) for c in self.step_checks if c.step == i],
        }

    def __str__(self) -> str:
        return self.text()


def _pullback(one: Pullback) -> dict[str, Any]:
    """<G, d(by)> = <formula, d(argument)>, where only that argument moves."""
    return {
        "by": write(one.by),
        "argument": one.index,
        "upstream": one.upstream.name,
        "formula": write(one.formula),
        "checks": [check_dict(one.check)] if one.check else [],
    }


class MatrixDerivations(PrintedAll, tuple[MatrixDerivation, ...]):
    """Several derivatives of one program, one for each name."""

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
        """The JSON object."""
        return {"schema": SCHEMA, "derivations": [one for d in self for one in d.to_dict()["derivations"]]}

    def __str__(self) -> str:
        return self.text()


def explain_arrays(
    program: Program,
    wrt: Sequence[str],
    *,
    order: int = 1,
    layout: str = "gradient",
    vec: bool = False,
    detail: str = "brief",
    method: str = "pullback",
    part: str | None = None,
    check: bool = True,
) -> list[MatrixDerivation]:
    """The derivatives of a program with shapes by the names asked for."""
    if layout not in LAYOUTS:
        raise UsageError("bad_option", option="layout", value=layout)
    if detail not in DETAILS:
        raise UsageError("bad_option", option="detail", value=detail)
    return [_one(program, name, order, layout, vec=vec, detail=detail, how=(method, part), check=check) for name in wrt]


def _one(
    program: Program, wrt: str, order: int, layout: str, *, vec: bool, detail: str, how: tuple[str, str | None], check: bool
) -> MatrixDerivation:
    transposed = wrt.endswith(".T")
    name = wrt.removesuffix(".T")
    if name not in program.inputs and name not in program.definitions:
        raise UsageError("no_such_variable", name=name)
    question = question_of(program, name).of_kind(order, vec=vec)
    found = derived(question, "numerator" if transposed and layout == "gradient" else layout, detail, how, check=check)
    return replace(found, checks=(prove_entries(question, found.found), *found.checks)) if check else found


def derived(
    question: Question,
    layout: str = "gradient",
    detail: str = "brief",
    how: tuple[str, str | None] = ("pullback", None),
    *,
    check: bool = True,
) -> MatrixDerivation:
    """The answer to a question in a layout, told by a method (of a part).

    Checked is what is shown: the answer as it is laid out, and the other convention too.
    """
    found = solve(question)
    told = telling(question, found, *how, detail, check=check)
    if how[0] == "pullback" and not question.kind.startswith("gradient"):
        told = forward(question, found, detail, check=check)
    proofs = tuple(pullbacks(question, found, check=check)) if how[0] == "pullback" else ()
    plain = MatrixDerivation(question, found, layout, detail, telling=told, method=how[0], pullbacks=proofs)
    if not check:
        return plain
    shown = replace(found, formula=Call("transpose", (plain.laid_out,))) if plain.transposed else found
    steps, whole = check_matrix(question, shown)
    if found.independent is not None:
        by_entries = replace(question, kind="gradient_sym")
        whole += check_matrix(by_entries, replace(found, formula=found.independent, steps=()))[1]
    return replace(plain, step_checks=tuple(steps), checks=tuple(whole))


__all__ = ["LAYOUTS", "MatrixDerivation", "MatrixDerivations", "explain_arrays", "has_arrays", "question_of"]
