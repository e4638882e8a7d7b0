r"""Parts of a page as HTML for learning systems: formulas as the system wants them, no script, no style, nothing from outside.

Text is spelt in entities wherever any of the systems could take it for markup of its own: tags, ``\(`` and ``$`` of MathJax, ``[[``
and ``{@`` of STACK, ``{1:`` of Moodle's gaps, ``{{`` of PrairieLearn's and Anki's templates.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.grading.safe import plain
from derivx.render import layout as lay
from derivx.render.document import (
    Answer,
    Chain,
    Document,
    Kink,
    Line,
    Listing,
    Note,
    Points,
    Question,
    Section,
    Summary,
    Table,
    Values,
    Worked,
)
from derivx.render.exercise import Figure, Hints
from derivx.render.found import found_by
from derivx.render.layout import Node
from derivx.render.mathml import mathml
from derivx.render.mathml import matrix as mathml_matrix
from derivx.render.numbers import matrix_tex
from derivx.render.sentences import Said, Sentence, sentence
from derivx.render.speech import spoken_expr
from derivx.render.tex import Math, tex
from derivx.render.typeset import Style, typeset
from derivx.words import say
from derivx.worksheet.exports.pack import Pack
from derivx.worksheet.sheet import Item

_APART = {"\\": "<span>&#92;</span>", "$": "<span>&#36;</span>", "`": "<span>&#96;</span>"}
_ENTITIES = {c: f"&#{ord(c)};" for c in "&<>\"'[]{}@#"} | _APART
_SIGNS: dict[str, lay.Sign] = {"=": "=", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Formulas:
    """How a system takes formulas: in a sentence, with fractions of full size, on a line of their own, and numbers in brackets."""

    inline: Callable[[Node, str], str]
    full: Callable[[Node, str], str]
    block: Callable[[Node, str], str]
    matrix: Callable[[Sequence[Sequence[str]]], str]


def _latex(node: Node, otherwise: str) -> str:
    return escape(tex(node, Math(otherwise)), quote=True).replace("[[", "[ [")


LATEX = Formulas(
    lambda node, otherwise: rf"\({_latex(node, otherwise)}\)",
    lambda node, otherwise: rf"\(\displaystyle {_latex(node, otherwise)}\)",
    lambda node, otherwise: rf"<p>\[{_latex(node, otherwise)}\]</p>",
    lambda cells: rf"\({escape(matrix_tex(tuple(map(tuple, cells))))}\)",
)


def _dollar(node: Node, otherwise: str) -> str:
    """For Jupyter, which takes formulas out before it looks at tags."""
    return tex(node, Math(otherwise)).replace("<", r"\lt ").replace(">", r"\gt ")


def _math(inner: str, *, display: str = "inline", full: bool = False) -> str:
    """MathML 2, which QTI 2.1 takes: there ``mstyle`` says that fractions are of full size, ``math`` cannot."""
    shown = f'<mstyle displaystyle="true">{inner}</mstyle>' if full else inner
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="{display}">{shown}</math>'


NOTEBOOK = Formulas(
    lambda node, otherwise: f"${_dollar(node, otherwise)}$",
    lambda node, otherwise: rf"$\displaystyle {_dollar(node, otherwise)}$",
    lambda node, otherwise: f"<p>$${_dollar(node, otherwise)}$$</p>",
    lambda cells: f"${matrix_tex(tuple(map(tuple, cells)))}$",
)
MATHML = Formulas(
    lambda node, otherwise: _math(mathml(node, otherwise)),
    lambda node, otherwise: _math(mathml(node, otherwise), full=True),
    lambda node, otherwise: f"<p>{_math(mathml(node, otherwise), display='block')}</p>",
    lambda cells: _math(mathml_matrix(cells)),
)


def text(raw: str) -> str:
    """Text that no system takes for anything else."""
    return "".join(_ENTITIES.get(c, c) for c in plain(raw)).replace("\n", "<br/>")


def prose(raw: str) -> str:
    """Text of ours in which what is typed stands between grave accents."""
    return "".join(f"<code>{text(piece)}</code>" if i % 2 else text(piece) for i, piece in enumerate(raw.split("`")))


def solution(pack: Pack, item: Item, formulas: Formulas = LATEX) -> str:
    """The worked solution; where there is none, what is asked with its value."""
    problem = item.problem
    parts = problem.solution or tuple(Chain((asked.name, asked.value)) for asked in problem.asked)
    return page(pack.document(problem, parts), formulas)


def question(pack: Pack, item: Item, formulas: Formulas = LATEX) -> str:
    """What is asked, and what stands below it."""
    problem = item.problem
    return paragraphs(problem.ask, pack.langs, problem.style, formulas) + page(pack.document(problem, problem.parts), formulas)


def hint(pack: Pack, hints: Mapping[str, str]) -> str:
    """A hint in the languages of the pack."""
    return "".join(f"<p>{prose(hints[lang])}</p>" for lang in pack.langs if lang in hints)


def page(document: Document, formulas: Formulas = LATEX) -> str:
    """The parts of a page, without choices and room for answers: these are the system's own."""
    return "".join(_Page(document, formulas).run())


def paragraphs(said: Sequence[Sentence], langs: Sequence[str], style: Style, formulas: Formulas = LATEX) -> str:
    """Sentences, a paragraph for each language."""
    writer = _Page(Document((), tuple(langs), style), formulas)
    return "".join(writer.paragraph(lang, " ".join(writer.words(one, lang) for one in said)) for lang in langs) if said else ""


def option(shown: Expr | Sentence, langs: Sequence[str], style: Style, formulas: Formulas = LATEX) -> str:
    """An option of a choice: a formula, or words in every language."""
    writer = _Page(Document((), tuple(langs), style), formulas)
    return formulas.full(writer.node(shown), writer.otherwise) if isinstance(shown, Expr) else writer.both(shown)


class _Page:
    def __init__(self, document: Document, formulas: Formulas) -> None:
        self.page, self.formulas = document, formulas
        self.otherwise = say("ui.cases_otherwise", document.lang)

    def run(self) -> list[str]:  # a row a part
        out: list[str] = []
        for part in self.page.parts:
            match part:
                case Section(title):
                    out.append(f"<h5>{self.both(title)}</h5>")
                case Question(formula, _, curve):
                    out += [self.equation(curve, lay.Number("0"))] if curve is not None else []
                    out.append(self.block(formula))
                case Line():
                    out.append(self.line(part))
                case Answer():
                    out += self.answer(part)
                case Chain():
                    out.append(self.chain(part))
                case Table(heads, rows):
                    out.append(self.table([list(heads), *map(list, rows)]))
                case Values(item, cells):
                    out.append(f"<p>{self.inline(item)} = {self.formulas.matrix(cells)}</p>")
                case Worked(rows, _):
                    out += [f"<p>{self.relation(expr, '=', f'{value:.6g}')}</p>" for expr, value in rows]
                case Note(said, bare):
                    out += [self.paragraph(lang, self.noted(said, lang, bare=bare)) for lang in self.page.langs]
                case Points(kinks):
                    out += self.kinks(kinks)
                case Listing(shown):
                    out.append(f"<pre>{text(shown.expandtabs(4)).replace('<br/>', '&#10;')}</pre>")  # a line of a file stays one
                case Figure(drawing, alt):
                    out.append(self.figure(drawing.drawn("svg", self.page.lang), alt))
                case Hints(hints):
                    out += [f"<ol>{''.join(f'<li>{self.both(hint)}</li>' for hint in hints)}</ol>"] if hints else []
                case Summary(verdict, found):
                    head = say("ui.checked" if verdict is Verdict.PASS else "ui.not_verified", self.page.lang)
                    shown = "; ".join(", ".join(texts) for texts in found_by(found, self.page.lang))
                    out.append(f"<p><small>{text(f'{head}: {shown}')}</small></p>")
                case _:
                    pass  # the head, the number, choices and room for answers are the system's own
        return out

    # Words.

    def words(self, said: Sentence, lang: str) -> str:
        return sentence(said, lang, self.inline, text)

    def both(self, said: Sentence) -> str:
        return " / ".join(dict.fromkeys(self.words(said, lang) for lang in self.page.langs))

    def paragraph(self, lang: str, inner: str) -> str:
        return f'<p lang="{lang}">{inner}</p>' if len(self.page.langs) > 1 else f"<p>{inner}</p>"

    def noted(self, said: Sentence, lang: str, *, bare: bool) -> str:
        return self.words(said, lang) if bare else f"{text(say('ui.note', lang))}: {self.words(said, lang)}"

    # Formulas.

    def node(self, expr: Expr) -> Node:
        return typeset(expr, self.page.style)

    def inline(self, expr: Expr) -> str:
        return self.formulas.inline(self.node(expr), self.otherwise)

    def block(self, expr: Expr) -> str:
        return self.formulas.block(self.node(expr), self.otherwise)

    def equation(self, left: Expr, right: Node) -> str:
        return self.formulas.block(lay.Infix(("", "="), (self.node(left), right)), self.otherwise)

    def relation(self, left: Expr, sign: str, right: Expr | str) -> str:
        shown = lay.Number(right) if isinstance(right, str) else self.node(right)
        return self.formulas.inline(lay.Infix(("", _SIGNS[sign]), (self.node(left), shown)), self.otherwise)

    def line(self, part: Line) -> str:
        reasons = [self.reason(part, lang) for lang in self.page.langs]
        equal = self.formulas.full(lay.Infix(("",), (self.node(part.formula),)), self.otherwise)
        return f"<p>= {equal} <em>{' / '.join(dict.fromkeys(reasons))}</em></p>"

    def reason(self, part: Line, lang: str) -> str:
        more = [self.relation(Sym(name), "=", value) for name, value in part.names.items()]
        more += [say("ui.condition", lang, condition=self.relation(a, sign, b)) for a, sign, b in part.conditions]
        more += [say("ui.kink", lang, point=self.relation(a, "=", b)) for a, b in part.kinks]
        return ", ".join([self.words(part.reason if self.page.full else part.rule, lang), *more])

    def answer(self, part: Answer) -> list[str]:
        head = " / ".join(say("ui.rejected" if part.verdict is Verdict.FAIL else "ui.answer", lang) for lang in self.page.langs)
        out = [f"<p><strong>{text(head)}</strong></p>", self.equation(part.asked, self.node(part.formula))]
        if part.where:
            shown = ", ".join(self.relation(Sym(name), "=", value) for name, value in part.where.items())
            out.append(f"<p>{text(say('ui.where', self.page.lang))} {shown}</p>")
        return out + (self.kinks(part.kinks) if part.kinks else [])

    def kinks(self, kinks: Sequence[Kink]) -> list[str]:
        points = ", ".join(self.relation(a, "=", b) for a, b in kinks)
        return [self.paragraph(lang, f"{say('ui.kink', lang, point=points)}. {say('ui.convention', lang)}") for lang in self.page.langs]

    def chain(self, part: Chain) -> str:
        items: list[Node] = [self.node(item) for item in part.items] + ([lay.Number(part.value)] if part.value else [])
        arrow = part.sign == "<-" and len(items) > 1
        lead = f"{self.formulas.full(items[0], self.otherwise)} ← " if arrow else "= " if part.continued else ""
        shown = items[1:] if arrow or (part.continued and len(items) > 1) else items
        formula = self.formulas.full(lay.Infix(("", *["="] * (len(shown) - 1)), tuple(shown)), self.otherwise)  # type: ignore[arg-type]
        remark = f" ({self.both(part.remark)})" if part.remark else ""
        return f"<p>{lead}{formula}{remark}</p>"

    def table(self, rows: Sequence[Sequence[Expr | str | Said]]) -> str:
        head, *body = ["".join(f"<{tag}>{self.cell(c)}</{tag}>" for c in row) for tag, row in zip(_tags(len(rows)), rows, strict=True)]
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in body)}</tbody></table>"

    def cell(self, cell: Expr | str | Said) -> str:
        if isinstance(cell, str):
            return text(cell)
        return self.inline(cell) if isinstance(cell, Expr) else self.both(cell)

    def figure(self, svg: str, alt: Sentence) -> str:
        """A drawing as an image: nothing in it can act."""
        data = base64.b64encode(svg.encode()).decode()
        told = [sentence(alt, lang, partial(spoken_expr, lang=lang, style=self.page.style)) for lang in self.page.langs]
        described = " ".join(plain(" / ".join(dict.fromkeys(told))).split())
        shown = "".join(f"&#{ord(c)};" if c in _ENTITIES else c for c in described)
        return f'<p><img alt="{shown}" src="data:image/svg+xml;base64,{data}"/></p>'


def _tags(count: int) -> list[str]:
    return ["th", *["td"] * (count - 1)]
