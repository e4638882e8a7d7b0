"""A page as Markdown for GitHub and notebooks: formulas between dollar signs, the lines as a table."""

from __future__ import annotations

from collections.abc import Sequence

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.render.document import (
    Answer,
    Chain,
    Document,
    Heading,
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
    lines_of,
    together,
)
from derivx.render.found import found_by
from derivx.render.latex import scientific
from derivx.render.markdown_sheet import GAP, Tools, escape_markdown, fenced, sheet_blocks
from derivx.render.marks import MARKS
from derivx.render.numbers import matrix_tex
from derivx.render.sentences import Said, Sentence, sentence, told_in
from derivx.render.tex import CHAINED, Math, tex
from derivx.render.typeset import typeset
from derivx.words import say

_SIGNS = {"=": "=", ">": r"\gt", "<": r"\lt", ">=": r"\ge", "<=": r"\le", "!=": r"\ne"}


def to_markdown(page: Document) -> str:
    """The page as Markdown, ending in a newline."""
    return "\n\n".join(_Markdown(page).run()) + "\n"


class _Markdown:
    def __init__(self, page: Document) -> None:
        self.page = page
        self.math = Math(say("ui.cases_otherwise", page.lang))
        self.tools = Tools(page.langs, self.inline, self.words)

    def run(self) -> list[str]:
        out: list[str] = []
        runs = together(self.page)
        for part in self.page.parts:
            match part:
                case Heading(text):
                    out.append(f"## {escape_markdown(text)}")
                case Question():
                    out += [self.display(part.formula), *([self.display(part.curve, " = 0")] if part.curve is not None else [])]
                    lines = lines_of(self.page, part)
                    out += [self.table(lines)] if lines else []
                case Answer():
                    out += self.answer(part)
                case Summary(verdict, rows):
                    shown = "; ".join(", ".join(texts) for texts in found_by(rows, self.page.lang))
                    head = say("ui.checked" if verdict is Verdict.PASS else "ui.not_verified", self.page.lang)
                    out.append(f"{MARKS[verdict]} {head}: {escape_markdown(shown)}")
                case Worked():
                    out.append(self.worked(part))
                case Note(said, plain):
                    out += [
                        f"{'' if plain else say('ui.note', lang) + ': '}{self.words(said, lang)}" for lang in told_in(said, self.page.langs)
                    ]
                case Section(title):
                    out.append(f"### {' / '.join(self.words(title, lang) for lang in self.page.langs)}")
                case Chain():
                    group = runs.get(id(part), [])
                    out += ["\n".join(map(self.chain, group))] if group else []
                case Values(item, cells):
                    out.append(f"$$\n{self.formula(item)} = {matrix_tex(cells)}\n$$")
                case Table():
                    out.append(self.columns(part))
                case Points(kinks):
                    out += self.kinks(kinks)
                case Listing(text):
                    out.append(fenced(text))
                case Line():
                    pass  # the lines stand in the table
                case _:
                    out += sheet_blocks(part, self.tools)
        return out

    def formula(self, expr: Expr) -> str:
        """LaTeX that survives Markdown and HTML: no bare ``<``, ``>`` or ``|``, no emphasis, no end of a link."""
        text = tex(typeset(expr, self.page.style), self.math)
        return text.replace("|", r"\vert ").replace("<", r"\lt ").replace(">", r"\gt ").replace("](", "]{}(").replace("*", "∗")

    def inline(self, expr: Expr) -> str:
        return f"${self.formula(expr)}$"

    def display(self, expr: Expr, behind: str = "") -> str:
        return f"$$\n{self.formula(expr)}{behind}\n$$"

    def words(self, said: Sentence, lang: str) -> str:
        return sentence(said, lang, self.inline, escape_markdown)

    def relation(self, left: Expr, sign: str, right: Expr) -> str:
        return f"${self.formula(left)} {_SIGNS[sign]} {self.formula(right)}$"

    def table(self, lines: list[Line]) -> str:
        """The lines, a column of reasons a language; points where there are some."""
        worth = any(part.points for part in lines)
        points = [say("sheet.table_points", self.page.lang)] if worth else []
        head = [" ", say("ui.table_formula", self.page.lang), *(say("ui.table_reason", lang) for lang in self.page.langs), *points, " "]
        rows = [head, ["--:", "---", *["---"] * len(self.page.langs), *(["--:"] if worth else []), ":-:"]]
        for part in lines:
            mark = MARKS[part.verdict] if part.verdict else " "
            number = str(part.number) if part.depth == 0 else " "
            shown = f"$=$ {GAP}" if part.blank == "formula" else f"$= {self.formula(part.formula)}$"
            reasons = (self.reason(part, lang) for lang in self.page.langs)
            rows.append([number, shown, *reasons, *([escape_markdown(part.points) or " "] if worth else []), mark])
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)

    def reason(self, part: Line, lang: str) -> str:
        head = GAP if part.blank == "rule" else self.words(part.reason if self.page.full else part.rule, lang)
        more = [self.relation(Sym(name), "=", value) for name, value in part.names.items()]
        more += [say("ui.condition", lang, condition=self.relation(a, sign, b)) for a, sign, b in part.conditions]
        more += [say("ui.kink", lang, point=self.relation(a, "=", b)) for a, b in part.kinks]
        return f"{head} ({', '.join(more)})" if more and self.page.full else ", ".join([head, *more])

    def answer(self, part: Answer) -> list[str]:
        key = "ui.rejected" if part.verdict is Verdict.FAIL else "ui.answer"
        head = " / ".join(say(key, lang) for lang in self.page.langs)
        out = [f"**{head}**", f"$$\n{self.formula(part.asked)} = {self.formula(part.formula)}\n$$"]
        if part.where:
            shown = ", ".join(self.relation(Sym(name), "=", value) for name, value in part.where.items())
            out.append(f"{say('ui.where', self.page.lang)} {shown}")
        return out + (self.kinks(part.kinks) if part.kinks else [])

    def kinks(self, kinks: Sequence[Kink]) -> list[str]:
        points = ", ".join(self.relation(a, "=", b) for a, b in kinks)
        return [f"{say('ui.kink', lang, point=points)}. {say('ui.convention', lang)}" for lang in self.page.langs]

    def chain(self, part: Chain) -> str:
        first, *others = [self.formula(item) for item in part.items]
        first = "" if part.continued else first
        others += [scientific(part.value)] if part.value else []
        remark = ", ".join(self.words(part.remark, lang) for lang in self.page.langs) if part.remark else ""
        signs = [CHAINED.get(sign, sign) for sign in part.signs]
        shown = " ".join([first, *(f"{sign} {other}" for sign, other in zip(signs, others, strict=True))]).strip()
        return f"- ${shown}$" + (f" ({remark})" if remark else "")

    def columns(self, part: Table) -> str:
        rows = [[self.cell(cell) for cell in part.heads], ["---"] * len(part.heads), *([self.cell(c) for c in row] for row in part.rows)]
        return "\n".join("| " + " | ".join(cell or " " for cell in row) + " |" for row in rows)

    def cell(self, cell: Expr | str | Said) -> str:
        if isinstance(cell, Said):
            return " / ".join(self.words(cell, lang) for lang in self.page.langs)
        return (f"${scientific(cell)}$" if cell else "") if isinstance(cell, str) else self.inline(cell)

    def worked(self, part: Worked) -> str:
        head = f"**{say('ui.numbers', self.page.lang)}**\n\n"
        if part.value is None:
            return head + "\n".join(f"- ${self.formula(expr)} = {value:.6g}$" for expr, value in part.rows)
        chain = [*(self.formula(expr) for expr, _ in part.rows), f"{part.value:.6g}"]
        lead = ("\\begin{aligned}\n& " + " \\\\\n&= ".join(chain) + "\n\\end{aligned}") if len(chain) > 1 else chain[0]
        return f"{head}$$\n{lead}\n$$"
