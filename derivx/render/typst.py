"""Pages as a Typst document that compiles as it stands, on A4, as PDF/UA-1: every formula carries its words for a screen reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.render import layout as lay
from derivx.render.block import columns
from derivx.render.board import flat
from derivx.render.breaking import columns_of
from derivx.render.document import (
    Answer,
    Chain,
    Document,
    Heading,
    Kink,
    Line,
    Listing,
    Measured,
    Note,
    Part,
    Points,
    Question,
    Section,
    Summary,
    Table,
    Values,
    Worked,
    lines_of,
    together,
)  # fmt: skip
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, Space
from derivx.render.found import found_by
from derivx.render.height import whole
from derivx.render.layout import Node, Sign
from derivx.render.sentences import Sentence, sentence, told_in
from derivx.render.speech import Voice, spoken
from derivx.render.typeset import typeset
from derivx.render.typst_math import escape_typst, is_number, literal, number_typst, typst, typst_rows
from derivx.render.typst_style import style
from derivx.render.voices import page_voice
from derivx.words import say

_TITLE = 52  # letters on one row; a longer title has a row for each language
_CHAINED = {"~": "approx"}
_WIDE, _BESIDE, _REASON = 76, 46, 32  # letters of a row alone, of one with a reason beside it, and of a reason on one row
_RELATIONS: dict[str, Sign] = {"=": "=", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "!=": "!="}
_LEFT = 24  # letters of the left side of an equation beside which the right side stands


def to_typst(page: Document | Sequence[Document]) -> str:
    """The page, or several one after the other, as a Typst document, ending in a newline."""
    pages = [page] if isinstance(page, Document) else list(page)
    langs = pages[0].langs if pages else ("en",)
    top = any(isinstance(part, Heading | Masthead) for one in pages for part in one.parts)
    voice = page_voice(pages, langs[0])
    bodies = ["\n\n".join(_Typst(one, 2 if top else 1, voice).run()) + "\n" for one in pages]
    return style(_title(pages), langs, top=top) + "\n" + "\n#v(1.6em, weak: true)\n".join(bodies)


def _title(pages: Sequence[Document]) -> str:
    """What the window of a reader shows: the title of the sheet, or the first question."""
    for page in pages:
        for part in page.parts:
            match part:
                case Heading(text):
                    return text
                case Masthead(title) | Section(title):
                    return sentence(title, page.lang)
                case Question(formula):
                    return flat(typeset(formula, page.style))
    return "derivx"


class _Typst:
    def __init__(self, page: Document, level: int, voice: Voice) -> None:
        self.page = page
        self.voice = voice
        self.level = level  # of the title of a section
        self.otherwise = say("ui.cases_otherwise", page.lang)

    def run(self) -> list[str]:
        out: list[str] = []
        runs = together(self.page)
        for i, part in enumerate(self.page.parts):
            if isinstance(part, Chain):
                out += [self.chains(runs[id(part)])] if id(part) in runs else []
            elif isinstance(part, Exercise):  # what is behind it belongs to it
                return [*out, *self.belonging(part, self.page.parts[i + 1 :])]
            else:
                out += self.part(part)
        return out

    def belonging(self, part: Exercise, behind: tuple[Part, ...]) -> list[str]:
        """An exercise and its parts: those that are asked on one page, as far as they fit on one."""
        told = next((n for n, p in enumerate(behind) if isinstance(p, Section | Question)), len(behind))
        kept = whole((part, *behind[:told]), self.page.langs) - 1
        begin = [self.exercise(part), *self.inside(behind[:kept])]
        more = str(kept < len(behind)).lower()
        return ["#whole(" + more + ")[\n" + "\n\n".join(begin) + "\n]", *self.inside(behind[kept:])]

    def inside(self, parts: tuple[Part, ...]) -> list[str]:
        """Parts that belong to an exercise."""
        page = Document(parts, self.page.langs, self.page.style, self.page.full)
        body = "\n\n".join(_Typst(page, self.level, self.voice).run())
        return [f"#pad(left: 1.8em)[\n{body}\n]"] if body else []

    def part(self, part: Any) -> list[str]:
        match part:
            case Heading(text):
                return [f"= {escape_typst(text)}"]
            case Question():
                return self.question(part)
            case Answer():
                return [self.answer(part)]
            case Summary(verdict, rows):
                return [self.summary(verdict, rows, lang) for lang in self.page.langs]
            case Worked():
                return [self.worked(part)]
            case Note(said, plain):
                langs = told_in(said, self.page.langs)
                heads = ["" if plain else f"{escape_typst(say('ui.note', lang))}: " for lang in langs]
                told = [self.words(said, lang) for lang in langs]
                return [f"#small[{head}{words}{_stop(words)}]" for head, words in zip(heads, told, strict=True)]
            case Section(title):
                return [f"{'=' * self.level} {self.all(title)}"]
            case Values(item, cells):
                return [self.values(item, cells)]
            case Table():
                return [self.table(part)]
            case Points(kinks):
                return self.kinks(kinks)
            case Listing(text):
                return [f"#raw(block: true, {literal(text, rows=True)})"]
        return self.sheet(part)

    def sheet(self, part: Any) -> list[str]:
        match part:
            case Masthead():
                return self.masthead(part)
            case Choices():
                return [self.choices(part)]
            case Figure(drawing, alt):
                lang = self.page.lang if len(self.page.langs) == 1 else "both"
                return [f"#figure(alt: {literal(sentence(alt, self.page.lang))})[\n{drawing.drawn('typst', lang)}]"]
            case Space():
                return self.space(part)
            case Hints(hints):
                return [self.hint(i, said) for i, said in enumerate(hints, 1)]
        return []  # the lines stand under the question

    def space(self, part: Space) -> list[str]:
        """Room to write; one line behind what it is the value of."""
        room = f"#space({part.lines}, {str(part.ruled).lower()})"
        if part.label is None:
            return [room]
        alt, label = literal(self.aloud(self.set(part.label))), self.math(self.set(part.label))
        if part.lines == 1:
            return [f"#answer({alt}, ${label} =$)"]
        return [f"#display({alt}, $ {label} = $)", room]

    def summary(self, verdict: Verdict, rows: Sequence[Measured], lang: str) -> str:
        head = say("ui.checked" if verdict is Verdict.PASS else "ui.not_verified", lang)
        shown = "; ".join(", ".join(texts) for texts in found_by(rows, lang))
        return f"#small[{self.marked(escape_typst(f'{head}: {shown}'), lang)}.]"

    # Formulas and words.

    def set(self, expr: Expr) -> Node:
        return typeset(expr, self.page.style)

    def aloud(self, *nodes: Node) -> str:
        """A formula as it is read aloud; several as equal one to the next."""
        first, *others = [spoken(node, self.page.lang, voice=self.voice) for node in nodes]
        for other in others:
            first = say("speech.eq", self.page.lang, a=first, b=other)
        return first

    def math(self, node: Node) -> str:
        return typst(node, self.otherwise)

    def inline(self, found: Expr | Node) -> str:
        node = self.set(found) if isinstance(found, Expr) else found
        return f"#{'eq' if columns_of(node) <= _REASON else 'long'}({literal(self.aloud(node))}, ${self.math(node)}$);"

    def equation(self, node: Node, lead: str = "", equals: str = "") -> str:
        """A formula on lines of its own, in code: on several rows where it is wide; and the number that it equals."""
        rows = typst_rows(node, _WIDE, self.otherwise)
        told = self.aloud(node, *([number_node(equals)] if equals else []))
        behind = f" = {number_typst(equals)}" if equals else ""
        return f"display({literal(lead + told)}, $ {lead}{_rows(rows)}{behind} $)"

    def relation(self, left: Expr, sign: str, right: Expr) -> str:
        return self.inline(lay.Infix(("", _RELATIONS[sign]), (self.set(left), self.set(right))))

    def words(self, said: Sentence, lang: str) -> str:
        return self.marked(sentence(said, lang, self.inline, escape_typst), lang)

    def marked(self, words: str, lang: str) -> str:
        """Words of the second language of a page, for a voice that changes with it."""
        return words if lang == self.page.lang else f"#{lang}[{words}]"

    def all(self, said: Sentence) -> str:
        return " / ".join(self.words(said, lang) for lang in told_in(said, self.page.langs))

    def stacked(self, said: Sentence) -> str:
        return " #linebreak() ".join(self.words(said, lang) for lang in told_in(said, self.page.langs))

    def labelled(self, key: str, lang: str, name: str, formula: str) -> str:
        """A label with one formula in it."""
        before, after = map(escape_typst, say(key, lang, **{name: "@@"}).split("@@"))
        return before + formula + after

    # A derivation.

    def question(self, question: Question) -> list[str]:
        cells = [f"wide(2, {self.equation(self.set(question.formula))})"]
        for part in lines_of(self.page, question):
            cells += self.line(part)
        curve = [f"#{self.equation(self.set(question.curve), equals='0')}"] if question.curve is not None else []
        return [*curve, _grid("(auto, 1fr)", cells)]

    def line(self, part: Line) -> list[str]:
        node = self.set(part.formula)
        lead = "= " if part.depth == 0 else "quad = "
        worth = f" {'' if part.blank == 'rule' else '#h(1fr) '}{self.worth(part.points)}" if part.points else ""
        reasons = [self.reason(part, lang) for lang in self.page.langs] if part.blank != "rule" else ["#gap(1fr)"]
        reason = f"small[{' #linebreak() '.join(reasons)}{worth}]"
        formula = self.equation(node, lead) if part.blank != "formula" else f"display({literal(lead)}, $ {lead}#gap(12em) $)"
        if not self.page.full and (part.blank == "formula" or columns_of(node) <= _BESIDE):
            return [formula, reason]
        return [f"wide(2, {formula})", f"wide(2, pad(left: 2em, {reason}))"]

    def reason(self, part: Line, lang: str) -> str:
        head = sentence(part.reason if self.page.full else part.rule, lang, self.inline, escape_typst)
        more = [] if self.page.full and part.rule.key in ("rule.chain", "rule.name") else self.names(part.names)
        more += [self.labelled("ui.condition", lang, "condition", self.relation(a, sign, b)) for a, sign, b in part.conditions]
        more += [self.labelled("ui.kink", lang, "point", self.relation(a, "=", b)) for a, b in part.kinks]
        return self.marked(f"{head} ({', '.join(more)})" if more and self.page.full else ", ".join([head, *more]), lang)

    def names(self, names: Mapping[str, Expr]) -> list[str]:
        return [self.relation(Sym(name), "=", value) for name, value in names.items()]

    def answer(self, part: Answer) -> str:
        key = "ui.rejected" if part.verdict is Verdict.FAIL else "ui.answer"
        node, label = self.set(part.formula), self.set(part.asked)
        if columns_of(label) <= _LEFT and columns_of(node) <= _WIDE:
            node = lay.Infix(("", "="), (label, node))
        head = " / ".join(self.marked(escape_typst(say(key, lang)), lang) for lang in self.page.langs)
        out = [f"#head[{head}]", f"#{self.equation(node)}"]
        if part.where:
            out.append(f"{escape_typst(say('ui.where', self.page.lang))} {', '.join(self.names(part.where))}.")
        return "#boxed[\n" + "\n\n".join(out + (self.kinks(part.kinks) if part.kinks else [])) + "\n]"

    def kinks(self, kinks: Sequence[Kink]) -> list[str]:
        points = ", ".join(self.relation(a, "=", b) for a, b in kinks)
        told = [
            f"{self.labelled('ui.kink', lang, 'point', points)}. {escape_typst(say('ui.convention', lang))}" for lang in self.page.langs
        ]
        return [f"#small[{self.marked(words, lang)}]" for words, lang in zip(told, self.page.langs, strict=True)]

    # Equations one below the other.

    def chains(self, parts: Sequence[Chain]) -> str:
        return _grid("(auto, auto, 1fr), gutters: (0.4em,)", [cell for part in parts for cell in self.chain(part)])

    def chain(self, part: Chain) -> list[str]:
        """The left side (which the equation beside it says too), the right sides in as many rows as they need, a remark."""
        left, *others = [self.set(item) for item in part.items]
        if not others and not part.value:
            return [f"wide(3, {self.equation(left)})"]
        told = [*([] if part.continued else [left]), *others]
        alt = literal(self.aloud(*told, *([number_node(part.value)] if part.value else [])))
        rows, wide = self.right_sides(others, part.value, [_CHAINED.get(sign, sign) for sign in part.signs])
        above = columns_of(left) > _LEFT and not part.continued
        first = "$$" if part.continued or above else f"$ {self.math(left)} $"
        remark = f"small[{self.stacked(part.remark)}]" if part.remark else ""
        beside = remark and len(rows) == 1 and wide <= _BESIDE
        both = f"..pair({1 if beside else 2}, " if len(rows) == 1 else "..pairs("
        cells = [f"wide(3, seen($ {self.math(left)} $))"] if above else []
        cells.append(f"{both}{alt}, {first}, {', '.join(f'${row} $' for row in rows)})")
        return [*cells, *([remark if beside else f"wide(3, pad(left: 3em, {remark}))"] if remark else [])]

    def right_sides(self, nodes: Sequence[Node], value: str, signs: Sequence[str]) -> tuple[list[str], int]:
        """The right sides, each with its sign, on rows; and how wide the last row is."""
        found = [(_rows(typst_rows(n, _WIDE - 12, self.otherwise)), min(columns_of(n), _WIDE - 12)) for n in nodes]
        found += [(number_typst(value), len(value))] if value else []
        rows, wide = [""], 0
        for i, (shown, width) in enumerate(found):
            if rows[-1] and wide + width > _WIDE - 16:
                rows.append("")
                wide = 0
            rows[-1] += f" {signs[i]} {shown}"
            wide += width + 3
        return rows, wide

    def values(self, item: Expr, cells: Sequence[Sequence[str]]) -> str:
        node = self.set(item)
        shown = [[number_typst(cell) for cell in row] for row in cells]
        single = len(shown) == len(shown[0]) == 1
        right = shown[0][0] if single else f'mat(delim: "[", {"; ".join(", ".join(row) for row in shown)})'
        alt = f"{self.aloud(node)} = {cells[0][0] if single else '[' + '; '.join(', '.join(row) for row in cells) + ']'}"
        return f"#display({literal(alt)}, $ {self.math(node)} = {right} $)"

    def worked(self, part: Worked) -> str:
        head = " / ".join(self.marked(escape_typst(say("ui.numbers", lang)), lang) for lang in self.page.langs)
        rows = []
        for i, (expr, value) in enumerate(part.rows):
            each = f"{value:.6g}" if part.value is None else ""
            rows.append(self.equation(self.set(expr), "= " if i and part.value is not None else "", each))
        if part.value is not None:
            rows.append(self.equation(number_node(f"{part.value:.6g}"), "= " if rows else ""))
        return f"#head[{head}]\n\n" + _grid("1fr", rows)

    def table(self, part: Table) -> str:
        heads = ", ".join(f"[{self.cell(cell)}]" for cell in part.heads)
        rows = "".join("  " + "".join(f"[{self.cell(cell)}], " for cell in row).rstrip() + "\n" for row in part.rows)
        return f"#table(columns: {len(part.heads)},\n  table.header({heads}), table.hline(stroke: 0.5pt),\n{rows})"

    def cell(self, cell: Expr | str | Sentence) -> str:
        if isinstance(cell, str):
            node = number_node(cell)
            return escape_typst(cell) if isinstance(node, lay.Plain) else self.inline(node)
        return self.inline(cell) if isinstance(cell, Expr) else self.stacked(cell)

    # A sheet.

    def masthead(self, part: Masthead) -> list[str]:
        lines = [f"#small[{self.all(line)}]" for line in part.lines]
        fields = ", ".join(f"[{self.all(field)} #gap(1fr)]" for field in part.fields)
        row = f"#grid(columns: ({'1fr, ' * len(part.fields)}), gutter: 1.5em, {fields})" if fields else ""
        wide = sum(columns(sentence(part.title, lang)) for lang in told_in(part.title, self.page.langs)) > _TITLE
        title = self.stacked(part.title) if wide else self.all(part.title)
        body = [f"= {title}", *([" #h(1fr) ".join(lines)] if lines else []), *([row] if row else [])]
        return [*body, "#line(length: 100%, stroke: 0.6pt)"]

    def exercise(self, part: Exercise) -> str:
        asked = "\n\n".join(" ".join(self.words(said, lang) for said in part.ask) for lang in self.page.langs)
        return f"#exercise[{part.number}.][{self.worth(part.points)}][\n{asked}\n]"

    def worth(self, points: str) -> str:
        if not points:
            return ""
        key = "sheet.point" if points == "1" else "sheet.points"
        return f"#small[({' / '.join(escape_typst(say(key, lang, points=points)) for lang in self.page.langs)})]"

    def choices(self, part: Choices) -> str:
        options = [self.option(self.set(o)) if isinstance(o, Expr) else self.stacked(o) for o in part.options]
        short = all(isinstance(o, Expr) and columns_of(self.set(o)) <= _REASON for o in part.options)
        if part.right is not None:
            right = " / ".join(self.marked(escape_typst(say("sheet.right", lang)), lang) for lang in self.page.langs)
            options[part.right] += f" #small[({right})]"
        cells = [f'option("{chr(65 + i)}", {str(i == part.right).lower()})[{option}]' for i, option in enumerate(options)]
        return f"#block(breakable: false)[{_grid('(1fr, 1fr)' if short else '1fr', cells)}]"

    def option(self, node: Node) -> str:
        if columns_of(node) > _REASON:
            return f"#{self.equation(node)}"
        return f"#tall({literal(self.aloud(node))}, ${self.math(node)}$);"

    def hint(self, number: int, said: Sentence) -> str:
        told = [f"{escape_typst(say('ui.hint', lang))} {number}: {self.words(said, lang)}" for lang in self.page.langs]
        return f"#small[{' #linebreak() '.join(told)}]"


def number_node(text: str) -> Node:
    """A number as it is printed, as a formula; plain text where it is none."""
    if not is_number(text):
        return lay.Plain(text)
    mantissa, power, exponent = text.lstrip("-").partition("e")
    node = lay.Number(mantissa + (f"e{int(exponent)}" if power else ""))
    return lay.Infix(("-",), (node,)) if text.startswith("-") else node


def _grid(columns: str, cells: Sequence[str]) -> str:
    return f"#rows({columns},\n" + "".join(f"  {cell},\n" for cell in cells) + ")"


def _rows(rows: Sequence[str]) -> str:
    return " \\ quad ".join(rows)


def _some(text: str) -> list[str]:
    return [text] if text else []


def _stop(words: str) -> str:
    return "" if words.rstrip("]").endswith(".") else "."
