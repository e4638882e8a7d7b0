"""A backward pass over arrays for many names at once as a chapter: forward, adjoints with names, gradients, update, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derivx.check.verdict import Check, Verdict
from derivx.derive.matrix.engine import Answer, Question
from derivx.expr import Diff, Expr, Sym, add, children, is_op, mul, neg, postorder
from derivx.render.adjoints import Adjoint, Backward
from derivx.render.document import Chain, Document, Note, Part, Section, Summary, Values, overall, summary
from derivx.render.matrix import shapes_table
from derivx.render.numbers import Cells
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.shape import written
from derivx.words import LANGUAGES


@dataclass(frozen=True)
class Numbers:
    """One step of learning in numbers: before it by names, the gradients and the new parameters by the parameters' names."""

    values: Mapping[str, Cells]
    gradients: Mapping[str, Cells]
    updated: Mapping[str, Cells]
    loss: tuple[str, str]
    seed: int


@dataclass(frozen=True)
class NetworkPage:
    """What the chapter is made of; ``intro`` is what is said first."""

    question: Question
    answers: Mapping[str, Answer]
    checks: Mapping[str, Sequence[Check]]
    rate: float
    intro: Said | None = None
    numbers: Numbers | None = None
    lines: Mapping[str, Adjoint] = field(default_factory=dict)


def network_page(chapter: NetworkPage, lang: str = "en") -> Document:
    """The page."""
    first = next(iter(chapter.answers.values()))
    shown = [i for i, step in enumerate(first.steps) if step.called or step.name in chapter.answers]
    backward = Backward(chapter.question.label, first, shown=shown)
    parts = [*_intro(chapter), *_forward(chapter, first), *_backward(chapter, backward), *_update(chapter)]
    parts += _numbers(chapter, first) if chapter.numbers else []
    formulas = [item for part in parts if isinstance(part, Chain) for item in part.items]
    if any(is_op(node, "sum", "mean") and len(children(node)) > 1 for formula in formulas for node in postorder(formula)):
        parts.append(Note(Said("ui.axes"), plain=True))
    checks = [check for found in chapter.checks.values() for check in found]
    if checks:
        parts.append(Summary(overall(checks), summary(checks)))
    style = Style(frozenset([*first.shapes, chapter.question.label]), False, ranks=tuple(backward.ranks.items()))
    return Document(tuple(parts), LANGUAGES if lang == "both" else (lang,), style)


def _intro(chapter: NetworkPage) -> list[Part]:
    table = shapes_table(chapter.question)
    return [Section(Said("ui.network")), Note(chapter.intro, plain=True), *table] if chapter.intro else table


def _forward(chapter: NetworkPage, first: Answer) -> list[Part]:
    parts: list[Part] = [Section(Said("ui.forward"))]
    parts += [Chain((Sym(n), f), remark=Said("ui.shape", {"shape": written(first.shapes[n])})) for n, f in chapter.question.let]
    return [*parts, Chain((Sym(chapter.question.label), chapter.question.output))]


def _backward(chapter: NetworkPage, backward: Backward) -> list[Part]:
    adjoints: list[Part] = []
    gradients: list[Part] = []
    for line in backward.lines:
        step = backward.steps[line.number]
        chain = Chain(line.items, "", line.reason, _verdict(chapter.checks.get(step.called or step.name, ())))
        (adjoints if step.called else gradients).append(chain)
    before: list[Part] = [Section(Said("ui.backward")), *adjoints] if adjoints else []
    return [*before, Section(Said("ui.gradients")), *gradients]


def _verdict(checks: Sequence[Check]) -> Verdict | None:
    return overall(checks) if checks else None


def _update(chapter: NetworkPage) -> list[Part]:
    output = Sym(chapter.question.label)

    def moved(name: str) -> Expr:
        return add(Sym(name), neg(mul(Sym("alpha"), Diff(output, Sym(name)))))

    rows = [Chain((Sym(name), moved(name)), sign="<-") for name in chapter.answers]
    return [Section(Said("ui.update", {"rate": f"{chapter.rate:g}"})), *rows]


def _numbers(chapter: NetworkPage, first: Answer) -> list[Part]:
    found, label = chapter.numbers, chapter.question.label
    assert found is not None
    drawn = [name for name in found.values if name in chapter.question.shapes]
    forward = [name for name, _ in chapter.question.let if name in found.values]
    adjoints = [Values(Sym(name), found.values[name]) for name in first.where if name in found.values]
    gradients = [Values(Diff(Sym(label), Sym(name)), rows) for name, rows in found.gradients.items()]
    return [
        Section(Said("ui.numbers_drawn", {"seed": str(found.seed)})),
        *(Values(Sym(name), found.values[name]) for name in drawn),
        Section(Said("ui.forward")),
        *(Values(Sym(name), found.values[name]) for name in forward),
        Values(Sym(label), ((found.loss[0],),)),
        Section(Said("ui.backward")),
        *adjoints,
        *gradients,
        Section(Said("ui.updated", {"rate": f"{chapter.rate:g}"})),
        *(Values(Sym(name), rows) for name, rows in found.updated.items()),
        Values(Sym(label), ((found.loss[1],),)),
    ]
