"""A page as HTML: formulas in MathML, steps that can be shown one by one, reasons that open, and no script at all.

The steps of a page are its lines and equations. Each has a radio button, and the style sheet hides what stands behind the chosen one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count, groupby
from typing import Any, cast

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.render import layout as lay
from derivx.render.board import flat
from derivx.render.document import (
    Answer,
    Chain,
    Document,
    Heading,
    Kink,
    Line,
    Listing,
    Note,
    Part,
    Points,
    Question,
    Section,
    Summary,
    Table,
    Values,
    Worked,
)
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, Space
from derivx.render.found import finding, referee
from derivx.render.layout import Node
from derivx.render.marks import MARKS, decimal
from derivx.render.mathml import escape, mathml, mathml_pieces, matrix, number
from derivx.render.sentences import Said, Sentence, sentence, told_in
from derivx.render.speech import spoken
from derivx.render.text_sheet import worth
from derivx.render.typeset import typeset
from derivx.syntax.formulas import Condition
from derivx.words import say

_WIDE = 44  # letters of a formula that is not broken; a narrower screen lets it be pushed to and fro
_SIGNS = {"=": "=", ">": "&gt;", "<": "&lt;", ">=": "≥", "<=": "≤", "!=": "≠", "<-": "←", "~": "≈"}
_SLOT = "\ue000"
_LEAST = 3  # steps that are worth being shown one by one
_BLANK = '<span class="blank" role="img" aria-label="…"></span>'


def article(page: Document, key: str) -> str:
    """The page as an ``<article>``; ``key`` is a word of its own for the names of its buttons."""
    return _Html(page, key).run()


def spans(page: Document, said: Sentence, key: str = "") -> str:
    """A sentence in the languages of the page."""
    return _Html(page, key).words(said)


def steps_css(page: Document, key: str) -> str:
    """How the drawings of the page follow the chosen step: what is filled in later is not there yet, what is new is marked."""
    steps = _steps(page)
    marked = {mark: at for at, part in enumerate(steps, 1) if isinstance(part, Chain) for mark in part.marks}
    if not marked or not any(isinstance(part, Figure) for part in page.parts):
        return ""
    rules = [f"#{key}:has(#{key}-{at}:checked){{--now:{at}}}" for at in range(1, len(steps) + 1)]
    return "\n".join([*rules, *(f"#{key} .{mark}{{--own:{at}}}" for mark, at in marked.items())])


class _Html:
    def __init__(self, page: Document, key: str) -> None:
        self.page, self.key = page, key
        self.otherwise = say("ui.cases_otherwise", page.lang)
        steps = _steps(page)
        self.steps, self.total = set(map(id, steps)), len(steps)
        self.number = count(1)
        kinds = {type(part) for part in page.parts}
        self.top = 3 if Exercise in kinds else 2  # level of the question's heading
        self.level = self.top  # of a section's; one deeper behind a question

    def run(self) -> str:
        out, picked = list[str](), False
        for kind, group in groupby(self.page.parts, _kind):
            parts = list(group)
            if kind is Line or kind is Chain:
                stepped = self.total >= _LEAST and any(id(part) in self.steps for part in parts)
                out += [self.pick()] if stepped and not picked else []
                out.append(f'<ol class="steps">{"".join(map(self.step, parts))}</ol>')
                picked = picked or stepped
            else:
                out += [_PARTS[type(part)](self, part) for part in parts]
        return f'<article id="{self.key}">\n' + "\n".join(out) + "\n</article>"

    # Formulas and words.

    def math(self, expr: Expr, lang: str = "") -> str:
        node = typeset(expr, self.page.style)
        return f"<math{self.alt(node, lang=lang)}>{mathml(node, self.otherwise)}</math>"

    def alt(self, node: Node, lead: str = "", lang: str = "") -> str:
        """The formula as it is read aloud, in the language of its sentence or the first one of the page; one sign says that itself."""
        if not lead and (isinstance(node, lay.Number) or (isinstance(node, lay.Name) and not node.bold)) and len(flat(node)) == 1:
            return ""
        return f' aria-label="{lead}{escape(spoken(node, lang or self.page.lang))}"'

    def pieces(self, expr: Expr, lead: str = "", *, begins: bool = True) -> str:
        """A formula behind a sign, in parts where it is wide: a line of the screen may end before each, and all are read aloud as one.

        ``begins``: nothing stands before the sign.
        """
        node = typeset(expr, self.page.style)
        behind = f"{lead} " if lead else ""
        space = ' lspace="0"' if begins else ""
        sign = f"<mo{space}>{lead}</mo>" if lead else ""
        first, *more = mathml_pieces(node, _WIDE, self.otherwise)
        if not more:
            return f"<math{self.alt(node, behind)}>{sign}{first}</math>"
        shown = "<wbr>".join(f"<math>{piece}</math>" for piece in [sign + first, *more])
        return f'<span class="said">{behind}{escape(spoken(node, self.page.lang))}</span><span aria-hidden="true">{shown}</span>'

    def relation(self, left: Expr, sign: str, right: Expr, lang: str = "") -> str:
        sides = typeset(left, self.page.style), typeset(right, self.page.style)
        equation = lay.Infix(("", cast("lay.Sign", sign)), sides)
        return f"<math{self.alt(equation, lang=lang)}>{mathml(equation, self.otherwise)}</math>"

    def said(self, said: Sentence, lang: str) -> str:
        return sentence(said, lang, lambda expr: self.math(expr, lang), escape)

    def every(self, tag: str, text: Callable[[str], str], more: str = "") -> str:
        """An element in each language; the language is written on it where there are two."""
        langs = self.page.langs
        marks = {lang: f' lang="{lang}"' if len(langs) > 1 else "" for lang in langs}
        return "".join(f"<{tag}{more}{mark}>{text(lang)}</{tag}>" for lang, mark in marks.items())

    def words(self, said: Sentence) -> str:
        """Words in a line, in each language."""
        langs = told_in(said, self.page.langs)
        return self.said(said, langs[0]) if len(langs) == 1 else self.every("span", lambda lang: self.said(said, lang))

    def label(self, key: str) -> str:
        return self.words(Said(key))

    def plain(self, key: str, **params: str) -> str:
        """Words for an attribute."""
        return escape(" · ".join(say(key, lang, **params) for lang in self.page.langs))

    def heading(self, inner: str, level: int) -> str:
        return f"<h{level}>{inner}</h{level}>"

    def mark(self, verdict: Verdict | None) -> str:
        if verdict is None:
            return ""
        label = self.plain(f"verdict.{verdict}")
        kind = "" if verdict is Verdict.PASS else f" {verdict.lower()}"
        return f'<span class="mark{kind}" role="img" title="{label}">{MARKS[verdict]}</span>'

    # Steps.

    def pick(self) -> str:
        every, start = self.label("ui.all_steps"), self.label("ui.steps")
        box = f'<input type="radio" name="{self.key}" id="{self.key}-0" checked>'
        return f'<p class="pick"><label>{box} {every}</label> <label class="next" for="{self.key}-1">{start}</label></p>'

    def step(self, part: Part) -> str:
        assert isinstance(part, Line | Chain)
        shown = self.line(part) if isinstance(part, Line) else self.chain(part)
        if isinstance(part, Line) and part.depth:
            return f'<li class="sub">{shown}</li>'
        if self.total < _LEAST or id(part) not in self.steps:
            return f"<li>{shown}</li>"
        at = next(self.number)
        box = f'<input type="radio" name="{self.key}" id="{self.key}-{at}" aria-label="{self.plain("ui.upto_step", n=str(at))}">'
        more = f'<label class="next" for="{self.key}-{at + 1}"></label>' if at < self.total else ""
        return f"<li>{box}{shown}{more}</li>"

    def line(self, part: Line) -> str:
        formula = f"<math><mo>=</mo></math> {_BLANK}" if part.blank == "formula" else self.pieces(part.formula, "=")
        more = [self.relation(Sym(name), "=", value) for name, value in part.names.items()]
        more += [self.condition(each) for each in part.conditions] + [self.kink([each]) for each in part.kinks]
        sentences = self.every("p", lambda lang: self.said(part.reason, lang))
        told = f"<details{' open' if self.page.full else ''}><summary>{self.words(part.rule)}</summary>{sentences}</details>"
        names = f'<p class="with">{", ".join(more)}</p>' if more else ""
        why = _BLANK if part.blank == "rule" else told
        return f'<div class="f">{formula}</div>{self.mark(part.verdict)}<div class="why">{why}{names}{self.worth(part.points)}</div>'

    def condition(self, found: Condition) -> str:
        return self._with("ui.condition", "condition", lambda lang: self.relation(*found, lang))

    def kink(self, points: Sequence[Kink]) -> str:
        return self._with("ui.kink", "point", lambda lang: ", ".join(self.relation(a, "=", b, lang) for a, b in points))

    def _with(self, key: str, name: str, formula: Callable[[str], str]) -> str:
        """A label with formulas in it, or before them: then they stand there once."""
        told = {lang: _SLOT.join(map(escape, say(key, lang, **{name: _SLOT}).split(_SLOT))) for lang in self.page.langs}
        if all(text.endswith(_SLOT) for text in told.values()):
            return self.once(lambda lang: told[lang].removesuffix(_SLOT)) + formula(self.page.lang)
        return self.once(lambda lang: told[lang].replace(_SLOT, formula(lang)))

    def chain(self, part: Chain) -> str:
        """One equation behind the other; each ends where the screen does."""
        first = [] if part.continued else [self.pieces(part.items[0])]
        signs = [_SIGNS[sign] for sign in part.signs]
        items = [*first, *(self.pieces(item, signs[i], begins=not (first or i)) for i, item in enumerate(part.items[1:]))]
        if part.value:
            kind = f' class="{part.marks[0][0]}"' if part.marks else ""
            items.append(f"<math{kind}><mo>{signs[-1]}</mo>{number(part.value)}</math>")
        remark = f'<p class="with">{self.words(part.remark)}</p>' if part.remark else ""
        why = f'<p class="told">{self.words(part.why)}</p>' if part.why else ""
        beside = f'<div class="why">{why}{remark}</div>' if why or remark else ""
        return f'<div class="f">{"<wbr>".join(items)}</div>{self.mark(part.verdict)}{beside}'

    # What stands around the steps.

    def question(self, part: Question) -> str:
        self.level = self.top + 1
        asked = f'<h{self.top} class="f">{self.pieces(part.formula)}</h{self.top}>'
        if part.curve is None:
            return asked
        return f'{asked}<p class="f">{self.label("ui.curve")} {self.pieces(part.curve)} <math><mo>=</mo><mn>0</mn></math></p>'

    def answer(self, part: Answer) -> str:
        head = self.heading(self.label("ui.rejected" if part.verdict is Verdict.FAIL else "ui.answer"), self.top + 1)
        rows = [f'<p class="f">{self.pieces(part.asked)}<wbr>{self.pieces(part.formula, "=", begins=False)}</p>']
        if part.where:
            rows.append(f"<p>{self.label('ui.where')} {', '.join(self.relation(Sym(n), '=', v) for n, v in part.where.items())}</p>")
        return f'<section class="answer">{head}{"".join(rows)}{self.kinks(part.kinks)}</section>'

    def kinks(self, kinks: Sequence[Kink]) -> str:
        return f'<p class="note">{self.kink(kinks)}. {self.label("ui.convention")}</p>' if kinks else ""

    def summary(self, part: Summary) -> str:
        head = self.label("ui.checked" if part.verdict is Verdict.PASS else "ui.not_verified")
        titles = "".join(f'<th scope="col">{self.label(key)}</th>' for key in ("ui.table_referee", "ui.table_found"))
        rows = "".join(
            f'<tr><th scope="row">{self.shown(lambda lang, r=row: referee(r, lang))}</th>'
            f"<td>{self.mark(row.verdict)} {self.shown(lambda lang, r=row: finding(r, lang))}</td></tr>"
            for row in part.rows
        )
        table = f"<table><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>"
        return f'<details class="checks" open><summary>{self.mark(part.verdict)} {head}</summary>{table}</details>'

    def shown(self, text: Callable[..., str]) -> str:
        return self.once(lambda lang: escape(text(lang)))

    def once(self, text: Callable[[str], str]) -> str:
        """Something in each language, once where it is the same."""
        told = {lang: text(lang) for lang in self.page.langs}
        return told[self.page.lang] if len(set(told.values())) == 1 else self.every("span", told.__getitem__)

    def note(self, part: Note) -> str:
        def text(lang: str) -> str:
            return ("" if part.plain else f"<strong>{say('ui.note', lang)}:</strong> ") + self.said(part.said, lang)

        return self.every("p", text, ' class="note"')

    def worked(self, part: Worked) -> str:
        rows = [self.pieces(e, "=" if i and part.value is not None else "") for i, (e, _) in enumerate(part.rows)]
        if part.value is None:
            rows = [f"{row} {self.number_(v)}" for row, (_, v) in zip(rows, part.rows, strict=True)]
        else:
            rows.append(self.number_(part.value))
        items = "".join(f'<li class="f">{row}</li>' for row in rows)
        return f'<section>{self.heading(self.label("ui.numbers"), self.top + 1)}<ul class="rows">{items}</ul></section>'

    def number_(self, value: float) -> str:
        return f"<math><mo>=</mo>{number(decimal(value).replace('−', '-'))}</math>"

    def table(self, part: Table) -> str:
        head = "".join(f'<th scope="col">{self.cell(cell)}</th>' for cell in part.heads)
        rows = "".join(f"<tr>{''.join(f'<td>{self.cell(cell)}</td>' for cell in row)}</tr>" for row in part.rows)
        return self.wide(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>", ", ".join(map(self.titled, part.heads)))

    def titled(self, head: Expr | str | Said) -> str:
        if isinstance(head, Said):
            return escape(sentence(head, self.page.lang))
        return escape(head if isinstance(head, str) else spoken(typeset(head, self.page.style), self.page.lang))

    def wide(self, inner: str, label: str) -> str:
        """What may be wider than the screen: it can be pushed to and fro, also with the keyboard."""
        return f'<div class="wide" tabindex="0" role="region" aria-label="{label}">{inner}</div>'

    def cell(self, cell: Expr | str | Said) -> str:
        if isinstance(cell, Said):
            return self.words(cell)
        return (f"<math>{number(cell)}</math>" if cell else "") if isinstance(cell, str) else self.math(cell)

    def values(self, part: Values) -> str:
        item = mathml(typeset(part.item, self.page.style), self.otherwise)
        return f'<p class="f"><math>{item}<mo>=</mo>{matrix(part.cells)}</math></p>'

    def listing(self, part: Listing) -> str:
        return self.wide(f"<pre>{chr(10).join(map(escape, part.text.splitlines()))}</pre>", self.plain("ui.program"))

    # Worksheets.

    def masthead(self, part: Masthead) -> str:
        fields = "".join(f'<span class="field">{self.words(each)} {_BLANK}</span>' for each in part.fields)
        lines = "".join(f"<p>{self.words(each)}</p>" for each in part.lines)
        return f"<h1>{self.words(part.title)}</h1>{lines}" + (f'<p class="fields">{fields}</p>' if fields else "")

    def exercise(self, part: Exercise) -> str:
        asked = "".join(self.every("p", lambda lang, a=ask: self.said(a, lang)) for ask in part.ask)  # type: ignore[misc]
        return f"<h2>{part.number}.{self.worth(part.points)}</h2>{asked}"

    def worth(self, points: str) -> str:
        return f' <span class="worth">{self.shown(lambda lang: worth(points, (lang,)))}</span>' if points else ""

    def choices(self, part: Choices) -> str:
        right = f' <span class="mark" role="img" title="{self.plain("sheet.right")}">✓</span>'
        shown = [self.math(each) if isinstance(each, Expr) else self.words(each) for each in part.options]
        items = "".join(f"<li>{text}{right if i == part.right else ''}</li>" for i, text in enumerate(shown))
        return f'<ol class="choices" type="A">{items}</ol>'

    def figure(self, part: Figure) -> str:
        lang = self.page.lang if len(self.page.langs) == 1 else "both"
        alt = escape(" · ".join(sentence(part.alt, each) for each in self.page.langs))
        return f'<figure tabindex="0" role="group" aria-label="{alt}">{part.drawing.drawn("svg", lang).strip()}</figure>'

    def space(self, part: Space) -> str:
        label = f'<p class="f">{self.pieces(part.label)} <math><mo>=</mo></math></p>' if part.label is not None else ""
        rows = f'<div class="{"ruled" if part.ruled else "free"}"></div>' * part.lines
        return f'{label}<div class="space" aria-hidden="true">{rows}</div>'

    def hints(self, part: Hints) -> str:
        """Each hint stands in the one before, so that no second one is seen before the first."""
        inner = ""
        for at, hint in reversed(list(enumerate(part.hints, 1))):
            text = self.every("p", lambda lang, h=hint: self.said(h, lang))  # type: ignore[misc]
            inner = f"<details><summary>{self.label('ui.hint')} {at}</summary>{text}{inner}</details>"
        return f'<div class="hints">{inner}</div>'


def _steps(page: Document) -> list[Part]:
    """What is shown one after the other: lines and equations, of an exercise only those of its solution, which has a heading."""
    starts = [i for i, part in enumerate(page.parts) if isinstance(part, Section)] or [len(page.parts)]
    first = starts[0] if any(isinstance(part, Exercise) for part in page.parts) else 0
    return [part for part in page.parts[first:] if isinstance(part, Chain) or (isinstance(part, Line) and part.depth == 0)]


def _kind(part: Part) -> Any:
    """Lines that follow one another are one list, and so are equations."""
    return type(part) if isinstance(part, Line | Chain) else id(part)


_PARTS: dict[type, Callable[[_Html, Any], str]] = {
    Heading: lambda html, part: html.heading(escape(part.text), 1),
    Section: lambda html, part: html.heading(html.words(part.title), html.level),
    Points: lambda html, part: html.kinks(part.kinks),
    Question: _Html.question, Answer: _Html.answer, Summary: _Html.summary, Note: _Html.note, Worked: _Html.worked, Table: _Html.table,
    Values: _Html.values, Listing: _Html.listing, Masthead: _Html.masthead, Exercise: _Html.exercise, Choices: _Html.choices,
    Figure: _Html.figure, Space: _Html.space, Hints: _Html.hints,
}  # fmt: skip
