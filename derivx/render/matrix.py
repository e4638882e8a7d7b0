"""A derivative over arrays as a page: the program with its shapes, every adjoint from the output back, the closed form. Data only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.check.verdict import Check
from derivx.derive.matrix.engine import Answer, Question
from derivx.expr import Call, Expr, Num, Sym, children, is_op, postorder
from derivx.render.adjoints import Backward
from derivx.render.dims import with_dims
from derivx.render.document import Answer as AnswerPart
from derivx.render.document import Chain, Document, Note, Part, Section, Summary, Table, overall, summary, verdict_of
from derivx.render.methods import asked
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
_GIVEN = ("G", "H", "G_1", "H_1", "G_2")  # names for the answer
Told = tuple[Sequence[Part], Mapping[str, Shape], Sequence[Check]]  # its parts, the shapes of its names, the verdicts on its lines
_SHORT = 24  # nodes of a formula by independent entries that is written out


def matrix_page(
    question: Question,
    found: Answer,
    answer: Expr,
    layout: str,
    steps: Sequence[Check],
    whole: Sequence[Check],
    *,
    lang: str = "en",
    shape: Shape,
    detail: str = "brief",
    told: Told | None = None,
    alone: bool = True,
    dims: bool = False,
) -> Document:
    """The page; ``told`` is the derivation by another method, ``alone`` or after the backward pass; ``dims`` says the sizes of factors."""
    parts: list[Part] = [Section(Said("ui.program"))]
    typed = [*question.let, (question.label, question.output)]
    parts += [Chain((Sym(name), f), remark=_shape(found.shapes.get(name, found.output_shape))) for name, f in typed]
    parts += shapes_table(question)
    backward = Backward(question.label, found, detail)
    lines = [*([] if told and alone else _backward(backward, steps)), *(told[0] if told else [])]
    parts += with_dims(lines, {**found.shapes, **(told[1] if told else {})}) if dims else lines
    steps = [*steps, *(told[2] if told else ())]
    parts.append(AnswerPart(answer, asked(question), dict(found.where), (), overall([*steps, *whole]) if whole else None))
    if found.shape:
        parts.append(Note(_layout(question, layout, shape), plain=True))
    shown = [item for part in parts if isinstance(part, Chain) for item in part.items] + [answer, *found.where.values()]
    if any(is_op(n, "sum", "mean") and len(children(n)) > 1 for e in shown for n in postorder(e)):
        parts.append(Note(Said("ui.axes"), plain=True))
    ties = dict.fromkeys(n for _, f in typed for n in postorder(f) if isinstance(n, Call) and n.op in ("amax", "amin"))
    parts += [Note(Said("ui.tie_max" if n.op == "amax" else "ui.tie_min", {"formula": n.args[0]}), plain=True) for n in ties]
    if found.independent is not None:
        parts.append(Note(_independent(found.independent, question), plain=True))
    if whole:
        parts.append(Summary(overall([*steps, *whole]), summary([*steps, *whole])))
    given = {**dict.fromkeys(_GIVEN, 2), question.label: len(found.output_shape)}
    ranks = {**given, **{name: len(s) for name, s in (told[1] if told else {}).items()}, **backward.ranks}
    style = Style(frozenset([*found.shapes, question.label]), False, ranks=tuple(ranks.items()))
    return Document(tuple(parts), LANGUAGES if lang == "both" else (lang,), style)


def _backward(backward: Backward, steps: Sequence[Check]) -> list[Part]:
    """The adjoints from the output back."""
    lines = [Chain(a.items, "", a.reason, verdict_of(a.number, steps)) for a in backward.lines]
    return [Section(Said("ui.backward")), *lines] if lines else []


def _layout(question: Question, layout: str, shape: Shape) -> Said:
    """Which way round the answer stands."""
    output, wrt, said = Sym(question.label), Sym(question.wrt), {"shape": written(shape)}
    match question.kind:
        case "dscalar":
            return Said("ui.layout_scalar", {**said, "output": output})
        case "hessian" | "vec_hessian":
            return Said("ui.layout_hessian", {**said, "wrt": wrt})
        case "jacobian" | "vec_jacobian":
            vec = question.kind == "vec_jacobian"
            names = {"output": Call("vec", (output,)), "wrt": Call("vec", (wrt,))} if vec else {"output": output, "wrt": wrt}
            return Said("ui.layout_columns" if layout == "denominator" else "ui.layout_rows", {**said, **names})
    return Said(_LAYOUTS[layout], said)


def _independent(formula: Expr, question: Question) -> Said:
    """The other convention by a symmetric matrix: 2 G - G * I, where G is the answer, if that is shorter."""
    if formula.size <= _SHORT:
        return Said("ui.independent", {"formula": formula})
    g = Sym(next(n for n in _GIVEN if n not in question.shapes))
    size = Sym(str(question.shapes[question.wrt][0]))
    twice = Call("add", (Call("mul", (Num(2), g)), Call("neg", (Call("mul", (g, Call("eye", (size,)))),))))
    return Said("ui.independent_of", {"formula": twice, "answer": g})


def shapes_table(question: Question) -> list[Part]:
    """The names with their shapes, and where something is assumed of one, what."""
    names = [(name, shape) for name, shape in question.shapes.items() if shape]
    heads = (Said("ui.table_name"), Said("ui.table_shape"), Said("ui.table_flag"))
    rows = [(Sym(name), written(shape), _property(question.flags.get(name, ""))) for name, shape in names]
    count = 3 if any(row[2] for row in rows) else 2
    return [Table(heads[:count], tuple(row[:count] for row in rows))] if rows else []


def _property(flag: str) -> Said | str:
    return Said(f"property.{flag}") if flag else ""


def _shape(shape: tuple[int | str, ...]) -> Said | None:
    return Said("ui.shape", {"shape": written(shape)}) if shape else None
