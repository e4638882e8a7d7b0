"""A page as LaTeX: a fragment with one ``align*`` for the derivation, or a document that compiles as it stands.

``article``, ``amsmath``, and ``kotex`` where Korean is used: pdfLaTeX, XeLaTeX and LuaLaTeX take it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.render.block import columns
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
)
from derivx.render.exercise import Choices, Exercise, Figure, Masthead, Space
from derivx.render.found import found_by
from derivx.render.latex_sheet import FOOT, LAST, Tools, apart, gap, sheet_part
from derivx.render.numbers import matrix_tex
from derivx.render.sentences import Said, Sentence, sentence, told_in
from derivx.render.tex import CHAINED, Math, tex, tex_rows
from derivx.render.tex_text import escape, needs_kotex
from derivx.render.typeset import typeset
from derivx.words import say

_SIGNS = {"=": "=", ">": ">", "<": "<", ">=": r"\ge", "<=": r"\le", "!=": r"\ne"}
_WIDE, _BESIDE, _REASON = 80, 46, 32  # letters of a row alone, of one with a reason beside it, and of a reason on one row
_HEAD = 14  # letters of a column's title on one row, where the columns are too many
_HANGS, _WORTH = 5, 8  # letters that an exercise hangs in, and that the points of a line take
_DISPLAYS = (r"\[", r"\begin{flalign", r"\begin{align")
_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=22mm]{geometry}
\usepackage{iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}\fi
\usepackage{amsmath,amssymb,longtable}
%s\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
"""


def to_latex(page: Document | Sequence[Document], *, standalone: bool = False) -> str:
    """The page, or several one after the other, as LaTeX, ending in a newline; ``standalone`` adds the preamble."""
    pages = [page] if isinstance(page, Document) else page
    body = "".join((apart(one.parts) if i else "") + _Latex(one).text() + "\n" for i, one in enumerate(pages))
    if not standalone:
        return body
    sheet = any(isinstance(part, Masthead | Exercise) for one in pages for part in one.parts)
    more = ["\\usepackage{tikz}\n"] * (r"\begin{tikzpicture}" in body) + ["\\usepackage{kotex}\n"] * needs_kotex(body) + [FOOT] * sheet
    return f"{_PREAMBLE % ''.join(more)}\n{body}{LAST if sheet else ''}\n\\end{{document}}\n"


class _Latex:
    def __init__(self, page: Document) -> None:
        self.page = page
        self.math = Math(say("ui.cases_otherwise", page.lang))
        self.tools = Tools(page.langs, self.formula, self.words, self.letters)
        self.first = next((part for part in page.parts if isinstance(part, Exercise)), None)
        self.wide = _WIDE - (_HANGS if self.first else 0)
        self.beside = _BESIDE - (_HANGS if self.first else 0) - (_WORTH if any(isinstance(p, Line) and p.points for p in page.parts) else 0)

    def text(self) -> str:
        """The parts with empty lines between them; a formula that is asked about stands in the paragraph of its question."""
        found = self.run()
        out = found[0] if found else ""
        for before, block in pairwise(found):
            asked = r"\item[" in before and block.startswith(_DISPLAYS)
            out += ("\n" if asked else "\n\n") + block
        return f"{out}\n\n\\end{{enumerate}}" if self.first else out

    def run(self) -> list[str]:
        out: list[str] = []
        runs = together(self.page)
        last: Part | None = None
        for part in self.page.parts:
            match part:
                case Heading(text):
                    out.append(rf"\section*{{{escape(text)}}}")
                case Question():
                    out += self.curve(part)
                    out.append(self.align(part))
                case Answer():
                    out.append(self.answer(part))
                case Summary(verdict, rows):
                    out.append(self.summary(verdict, rows))
                case Worked():
                    out.append(self.worked(part))
                case Note(said, plain):
                    out += self.note(said, plain=plain)
                case Section(title):
                    out.append(rf"\subsection*{{{' / '.join(self.words(title, lang) for lang in told_in(title, self.page.langs))}}}")
                case Chain():
                    group = runs.get(id(part), [])
                    out += [self.chains(group)] if group else []
                case Values(item, cells):
                    out.append(f"\\[\n{self.formula(item)} = {matrix_tex(cells)}\n\\]")
                case Table():
                    out.append(self.table(part))
                case Points(kinks):
                    out += self.kinks(kinks)
                case Listing(text):
                    out.append(text)
                case Line():
                    pass  # the lines stand under the question
                case Exercise() if part is self.first:
                    out.append("\\begin{enumerate}\n" + sheet_part(part, self.tools))
                case _:
                    apart = isinstance(last, Space) and isinstance(part, Space) and part.lines > 1
                    kept = isinstance(part, Choices | Figure | Space) and not apart
                    out.append("\\nopagebreak\n" * kept + sheet_part(part, self.tools))
            last = part
        return out

    def summary(self, verdict: Verdict, rows: Sequence[Measured]) -> str:
        head = say("ui.checked" if verdict is Verdict.PASS else "ui.not_verified", self.page.lang)
        shown = "; ".join(", ".join(texts) for texts in found_by(rows, self.page.lang))
        return rf"{{\small {escape(f'{head}: {shown}')}.}}"

    def note(self, said: Sentence, *, plain: bool) -> list[str]:
        langs = told_in(said, self.page.langs)
        heads = ["" if plain else f"{escape(say('ui.note', lang))}: " for lang in langs]
        told = [self.words(said, lang).rstrip(".") for lang in langs]
        return [rf"{{\small {head}{words}.}}" for head, words in zip(heads, told, strict=True)]

    def formula(self, expr: Expr) -> str:
        return tex(typeset(expr, self.page.style), self.math)

    def letters(self, shown: Expr | Sentence) -> int:
        """About how many letters wide a formula is, or a sentence in every language of the page."""
        return columns_of(typeset(shown, self.page.style)) if isinstance(shown, Expr) else _letters(self.tools.said(shown))

    def inline(self, expr: Expr) -> str:
        return f"${self.formula(expr)}$"

    def words(self, said: Sentence, lang: str) -> str:
        return sentence(said, lang, self.inline, escape)

    def relation(self, left: Expr, sign: str, right: Expr) -> str:
        return f"${self.formula(left)} {_SIGNS[sign]} {self.formula(right)}$"

    def curve(self, part: Question) -> list[str]:
        if part.curve is None:
            return []
        rows = tex_rows(typeset(part.curve, self.page.style), self.wide, self.math)
        return ["\\[\n" + (rows[0] if len(rows) == 1 else _aligned(rows)) + " = 0\n\\]"]

    def align(self, question: Question) -> str:
        """The question and its lines, flush left: the reasons in a column of their own, or on a row below a wide line.

        What has nothing beside it takes no width (``rlap``), so that it does not push the reasons of other lines aside.
        """
        rows = [self.asked(question)]
        for part in lines_of(self.page, question):
            rows += self.line(part)
        return "\\begin{flalign*}\n" + " \\\\\n".join(rows) + "\n\\end{flalign*}"

    def asked(self, question: Question) -> str:
        found = tex_rows(typeset(question.formula, self.page.style), self.wide, self.math)
        return f"& {_free(found[0] if len(found) == 1 else _aligned(found))} &&"

    def line(self, part: Line) -> list[str]:
        lead = "&= " if part.depth == 0 else r"&\quad = "
        reasons = list(dict.fromkeys(self.reason(part, lang) for lang in self.page.langs))
        worth = rf" \tag*{{[{escape(say('sheet.worth', self.page.lang, points=part.points))}]}}" if part.points else ""
        rows = self.rows(part)
        if len(rows) == 1 and not self.page.full:
            return [f"{lead}{rows[0]} && {_text(reasons[0])}{worth}", *(f"& && {_text(r)}" for r in reasons[1:])]
        below = [rf"&\qquad {_boxed(r)}" for r in reasons]
        return [lead + _free(rows[0]), *(rf"&\quad {_free(r)}" for r in rows[1:]), below[0] + worth, *below[1:]]

    def rows(self, part: Line) -> list[str]:
        """The formula on one row where its reason stands beside it, else over the whole width; or the gap it leaves."""
        node = typeset(part.formula, self.page.style)
        if part.blank == "formula":
            return [gap(f"{max(9, min(19, columns_of(node) // 2 + 4))}em")]
        beside = tex_rows(node, self.beside, self.math)
        return beside if len(beside) == 1 and not self.page.full else tex_rows(node, self.wide, self.math)

    def reason(self, part: Line, lang: str) -> str:
        head = self.words(part.reason if self.page.full else part.rule, lang)
        head = gap("20em" if self.page.full else "9em", "3ex") if part.blank == "rule" else head
        told = self.page.full and part.rule.key in ("rule.chain", "rule.name") and part.blank != "rule"
        more = [] if told else self.names(part.names)
        more += [self.said("ui.condition", lang, "condition", self.relation(a, sign, b)) for a, sign, b in part.conditions]
        more += [self.said("ui.kink", lang, "point", self.relation(a, "=", b)) for a, b in part.kinks]
        return f"{head} ({', '.join(more)})" if more and self.page.full else ", ".join([head, *more])

    def names(self, names: Mapping[str, Expr]) -> list[str]:
        return [self.relation(Sym(name), "=", value) for name, value in names.items()]

    def said(self, key: str, lang: str, name: str, formula: str) -> str:
        """A label with one formula in it."""
        before, after = escape(say(key, lang, **{name: "@@"})).split("@@")
        return before + formula + after

    def answer(self, part: Answer) -> str:
        key = "ui.rejected" if part.verdict is Verdict.FAIL else "ui.answer"
        node = typeset(part.formula, self.page.style)
        label = tex(typeset(part.asked, self.page.style), self.math)
        rows = tex_rows(node, self.wide, self.math)
        lead = f"{label} = " if len(label) <= 60 and len(rows) == 1 else ""
        shown = "\\[\n" + lead + (rows[0] if len(rows) == 1 else _aligned(rows)) + "\n\\]"
        out = [rf"\textbf{{{escape(say(key, self.page.lang))}}}", shown]
        if part.where:
            out.append(f"{escape(say('ui.where', self.page.lang))} {', '.join(self.names(part.where))}.")
        return "\n".join(out + (self.kinks(part.kinks) if part.kinks else []))

    def kinks(self, kinks: Sequence[Kink]) -> list[str]:
        points = ", ".join(self.relation(a, "=", b) for a, b in kinks)
        return [f"{self.said('ui.kink', lang, 'point', points)}. {escape(say('ui.convention', lang))}" for lang in self.page.langs]

    def chains(self, parts: Sequence[Chain]) -> str:
        """Equations one below the other, their first signs in a column; a wide one goes on below."""
        lead = max(columns_of(typeset(part.items[0], self.page.style)) for part in parts if not part.continued or part is parts[0])
        rows = [row for part in parts for row in self.chain(part, lead)]
        return "\\begin{flalign*}\n" + " \\\\\n".join(rows) + "\n\\end{flalign*}"

    def chain(self, part: Chain, lead: int) -> list[str]:
        """The rows of an equation whose first items take so many letters in all equations around it."""
        first, signs = "" if part.continued else self.formula(part.items[0]), [CHAINED.get(sign, sign) for sign in part.signs]
        rows, wide = [f"{first} &"], lead
        nodes = [typeset(item, self.page.style) for item in part.items[1:]]
        others = [(tex_rows(node, self.wide - 12, self.math), columns_of(node)) for node in nodes]
        value = [([scientific(part.value)], len(part.value))] if part.value else []
        for i, (pieces, width) in enumerate([*others, *value]):
            if i and wide + width > self.wide:
                rows.append("&")
                wide = lead
            rows[-1] += f" {signs[i]} {pieces[0]}"
            rows += [rf"&\quad {piece}" for piece in pieces[1:]]
            wide += (width if len(pieces) == 1 else _letters(pieces[-1])) + 3
        remark = ", ".join(self.words(part.remark, lang) for lang in self.page.langs) if part.remark else ""
        if remark and wide + min(_letters(remark), _REASON) > self.wide:
            return [*self.chain(replace(part, remark=None), lead), rf"&\qquad {_boxed(remark, max(0.4, 0.9 - lead / self.wide))}"]
        if not remark and wide > _BESIDE:  # must not push the remarks of other rows aside
            left, _, body = rows[-1].partition("&")
            rows[-1] = f"{left}&" + _free(f"{{}}{body}")
        rows[-1] += f" && {_text(remark)}" if remark else " &&"
        return rows

    def table(self, part: Table) -> str:
        heads, *rows = [[self.cell(cell) for cell in row] for row in (part.heads, *part.rows)]
        body = " \\\\\n".join(" & ".join(row) for row in rows)
        crowded = sum(max(map(_letters, column)) + 3 for column in zip(heads, *rows, strict=True)) > _WIDE
        shown = " & ".join(
            rf"\parbox[b]{{7em}}{{\raggedright {h}}}" if crowded and _letters(h) > _HEAD else rf"\shortstack[l]{{{h}}}" for h in heads
        )
        return (
            "{\\footnotesize\\renewcommand{\\arraystretch}{1.25}\n"
            f"\\begin{{longtable}}{{@{{}}{'l' * len(heads)}@{{}}}}\n{shown} \\\\ \\hline \\endhead\n{body}\n\\end{{longtable}}}}"
        )

    def cell(self, cell: Expr | str | Said) -> str:
        if isinstance(cell, Said):
            return " \\\\ ".join(self.words(cell, lang) for lang in self.page.langs)
        return (f"${scientific(cell)}$" if cell else "") if isinstance(cell, str) else self.inline(cell)

    def worked(self, part: Worked) -> str:
        head = rf"\textbf{{{escape(say('ui.numbers', self.page.lang))}}}"
        shown = [tex_rows(typeset(expr, self.page.style), self.wide, self.math) for expr, _ in part.rows]
        rows = list[str]()
        for found, (_, value) in zip(shown, part.rows, strict=True):
            behind = f" = {value:.6g}" if part.value is None else ""
            rows += [("&= " if rows and part.value is not None else "& ") + found[0], *(rf"&\quad {r}" for r in found[1:])]
            rows[-1] += behind
        rows += [("&= " if rows else "& ") + f"{part.value:.6g}"] if part.value is not None else []
        return head + "\n\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def scientific(text: str) -> str:
    """``1.2e-05`` as a power of ten."""
    mantissa, power, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if power else text


def _aligned(rows: list[str]) -> str:
    return r"\begin{aligned}[t] & " + r" \\ &\quad ".join(rows) + r" \end{aligned}"


def _letters(words: str) -> int:
    """About how many letters wide a text with LaTeX in it is."""
    return columns(re.sub(r"\\[A-Za-z]+|[{}$\\]", "", words))


def _free(formula: str) -> str:
    """A formula that takes no width."""
    return rf"\rlap{{$\displaystyle {formula}$}}"


def _text(words: str) -> str:
    """A reason beside a line, on several rows if it is long."""
    if _letters(words) <= _REASON:
        return rf"\text{{{words}}}"
    return rf"\parbox[t]{{0.38\linewidth}}{{\raggedright {words}\strut}}"


def _boxed(words: str, share: float = 0.85) -> str:
    return rf"\rlap{{\parbox[t]{{{share:.2f}\linewidth}}{{\small {words}\strut}}}}"
