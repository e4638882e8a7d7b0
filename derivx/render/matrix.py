"""A derivative over arrays as a page: the program with its shapes, every adjoint from the output back, the closed form. Data only."""

from __future__ import annotations

from collections.abc import Sequence

from derivx.check.verdict import Check
from derivx.derive.matrix.engine import Answer, Question
from derivx.expr import Diff, Expr, Sym
from derivx.render.document import Answer as AnswerPart
from derivx.render.document import Chain, Document, Note, Part, Section, Summary, Table, overall, summary, verdict_of
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.shape import Shape, written
from derivx.words import LANGUAGES

_LAYOUTS = {
    "gradient": "ui.layout_gradient",
    "numerator": "ui.layout_numerator",
    "denominator": "ui.layout_denominator",
    "mixed": "ui.layout_mixed",
}


def matrix_page(
    question: Question,
    found: Answer,
    answer: Expr,
    layout: str,
    steps: Sequence[Check],
    whole: Sequence[Check],
    *,
    lang: str = "en",
    shape: Shape = (),
) -> Document:
    """The page."""
    output = Sym(question.label)
    parts: list[Part] = [Section(Said("ui.program"))]
    parts += [Chain((Sym(name), formula), remark=_shape(found.shapes.get(name, ()))) for name, formula in found.let]
    parts.append(Chain((output, found.output), remark=_shape(found.output_shape)))
    names = [(name, shape) for name, shape in question.shapes.items() if shape]
    rows = tuple((Sym(name), written(shape), question.flags.get(name, "")) for name, shape in names)
    if rows:
        parts.append(Table((Said("ui.table_node"), Said("ui.table_shape"), Said("ui.table_flag")), rows))
    if found.steps:
        parts.append(Section(Said("ui.backward_parts")))
        for i, step in enumerate(found.steps):
            head = Diff(output, Sym(step.name)) if step.name else step.part
            parts.append(Chain((head, step.formula), "", Said(reason_of(step.rule)), verdict_of(i, steps), "=" if step.name else ":"))
    asked: Expr = Diff(output, Sym(question.wrt))
    if question.kind == "hessian":
        asked = Diff(asked, Sym(question.wrt))
    parts.append(AnswerPart(answer, asked, dict(found.where), (), overall([*steps, *whole]) if whole else None))
    parts.append(Note(Said(_LAYOUTS[layout], {"shape": written(shape or found.shape)}), plain=True))
    if found.independent is not None:
        parts.append(Note(Said("ui.independent", {"formula": found.independent}), plain=True))
    if whole:
        parts.append(Summary(overall([*steps, *whole]), summary([*steps, *whole])))
    ranks = {name: len(shape) for name, shape in found.shapes.items()}
    style = Style(frozenset([*found.shapes, question.label]), False, ranks=tuple(ranks.items()))
    return Document(tuple(parts), LANGUAGES if lang == "both" else (lang,), style)


def _shape(shape: tuple[int | str, ...]) -> Said | None:
    return Said("ui.shape", {"shape": written(shape)}) if shape else None


def reason_of(rule: str) -> str:
    """The sentence that says how an adjoint came through an operation."""
    return {
        "add": "reason.add", "neg": "reason.neg", "mul": "reason.mul", "div": "reason.div", "matmul": "reason.matmul",
        "transpose": "reason.transpose", "inv": "reason.inv", "det": "reason.det", "logdet": "reason.logdet", "tr": "reason.tr",
        "sum": "reason.sum", "mean": "reason.mean", "norm2": "reason.norm2", "outer": "reason.outer", "diag": "reason.diag",
        "diagonal": "reason.diagonal", "softmax": "reason.softmax", "log_softmax": "reason.log_softmax",
        "logsumexp": "reason.logsumexp", "name": "reason.name",
    }.get(rule, "reason.entry")  # fmt: skip
