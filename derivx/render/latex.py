"""A page as LaTeX: a fragment with one ``align*`` for the derivation, or a document that compiles as it stands.

``article``, ``amsmath``, and ``kotex`` where Korean is used: pdfLaTeX, XeLaTeX and LuaLaTeX take it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.render.block import columns
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
from derivx.render.numbers import matrix_tex
from derivx.render.sentences import Said, Sentence, sentence
from derivx.render.tex import CHAINED, Math, escape, tex, tex_rows
from derivx.render.typeset import typeset
from derivx.words import say

_SIGNS = {"=": "=", ">": ">", "<": "<", ">=": r"\ge", "<=": r"\le", "!=": r"\ne"}
_WIDE, _BESIDE, _REASON = 80, 46, 32  # letters of a row alone, of one with a reason beside it, and of a reason on one row
_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[margin=22mm]{geometry}
\usepackage{iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\fi
\usepackage{amsmath,amssymb,longtable}
%s\setlength{\parindent}{0pt}
\allowdisplaybreaks
\begin{document}
"""


def to_latex(page: Document | Sequence[Document], *, standalone: bool = False) -> str:
    """The page, or several one after the other, as LaTeX, ending in a newline; ``standalone`` adds the preamble."""
    pages = [page] if isinstance(page, Document) else page
    body = "\n\\bigskip\n\n".join("\n\n".join(_Latex(one).run()) + "\n" for one in pages)
    if not standalone:
        return body
    korean = any("가" <= c <= "힣" for c in body)
    preamble = _PREAMBLE % ("\\usepackage{kotex}\n" if korean else "")
    return f"{preamble}\n{body}\n\\end{{document}}\n"


class _Latex:
    def __init__(self, page: Document) -> None:
        self.page = page
        self.math = Math(say("ui.cases_otherwise", page.lang))

    def run(self) -> list[str]:
        out: list[str] = []
        runs = together(self.page)
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
                    head = say("ui.checked" if verdict is Verdict.PASS else "ui.not_verified", self.page.lang)
                    shown = "; ".join(", ".join(texts) for texts in found_by(rows, self.page.lang))
                    out.append(rf"{{\small {escape(f'{head}: {shown}')}.}}")
                case Worked():
                    out.append(self.worked(part))
                case Note(said, plain):
                    heads = ["" if plain else f"{escape(say('ui.note', lang))}: " for lang in self.page.langs]
                    told = [self.words(said, lang).rstrip(".") for lang in self.page.langs]
                    out += [rf"{{\small {head}{words}.}}" for head, words in zip(heads, told, strict=True)]
                case Section(title):
                    out.append(rf"\subsection*{{{' / '.join(self.words(title, lang) for lang in self.page.langs)}}}")
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
                case _:
                    pass  # the lines stand under the question
        return out

    def formula(self, expr: Expr) -> str:
        return tex(typeset(expr, self.page.style), self.math)

    def inline(self, expr: Expr) -> str:
        return f"${self.formula(expr)}$"

    def words(self, said: Sentence, lang: str) -> str:
        return sentence(said, lang, self.inline, escape)

    def relation(self, left: Expr, sign: str, right: Expr) -> str:
        return f"${self.formula(left)} {_SIGNS[sign]} {self.formula(right)}$"

    def curve(self, part: Question) -> list[str]:
        if part.curve is None:
            return []
        rows = tex_rows(typeset(part.curve, self.page.style), _WIDE, self.math)
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
        found = tex_rows(typeset(question.formula, self.page.style), _WIDE, self.math)
        return f"& {_free(found[0] if len(found) == 1 else _aligned(found))} &&"

    def line(self, part: Line) -> list[str]:
        node = typeset(part.formula, self.page.style)
        lead = "&= " if part.depth == 0 else r"&\quad = "
        reasons = [self.reason(part, lang) for lang in self.page.langs]
        beside = tex_rows(node, _BESIDE, self.math)
        if len(beside) == 1 and not self.page.full:
            return [f"{lead}{beside[0]} && {_text(reasons[0])}", *(f"& && {_text(r)}" for r in reasons[1:])]
        rows = tex_rows(node, _WIDE, self.math)
        return [lead + _free(rows[0]), *(rf"&\quad {_free(r)}" for r in rows[1:]), *(rf"&\qquad {_boxed(r)}" for r in reasons)]

    def reason(self, part: Line, lang: str) -> str:
        head = self.words(part.reason if self.page.full else part.rule, lang)
        more = [] if self.page.full and part.rule.key in ("rule.chain", "rule.name") else self.names(part.names)
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
        rows = tex_rows(node, _WIDE, self.math)
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
        rows = [row for part in parts for row in self.chain(part)]
        return "\\begin{flalign*}\n" + " \\\\\n".join(rows) + "\n\\end{flalign*}"

    def chain(self, part: Chain) -> list[str]:
        first, signs = "" if part.continued else self.formula(part.items[0]), [CHAINED.get(sign, sign) for sign in part.signs]
        rows, wide = [f"{first} &"], _letters(first)
        others = [tex_rows(typeset(item, self.page.style), _WIDE - 12, self.math) for item in part.items[1:]]
        for i, pieces in enumerate([*others, *([[scientific(part.value)]] if part.value else [])]):
            if i and wide + _letters("".join(pieces)) > _WIDE:
                rows.append("&")
                wide = _letters(first)
            rows[-1] += f" {signs[i]} {pieces[0]}"
            rows += [rf"&\quad {piece}" for piece in pieces[1:]]
            wide += _letters(pieces[-1]) + 3
        remark = ", ".join(self.words(part.remark, lang) for lang in self.page.langs) if part.remark else ""
        if remark and wide + min(_letters(remark), _REASON) > _WIDE:
            return [*rows[:-1], rows[-1] + " &&", rf"&\qquad {_boxed(remark)}"]
        rows[-1] += f" && {_text(remark)}" if remark else " &&"
        return rows

    def table(self, part: Table) -> str:
        heads, *rows = [[self.cell(cell) for cell in row] for row in (part.heads, *part.rows)]
        body = " \\\\\n".join(" & ".join(row) for row in rows)
        shown = " & ".join(rf"\shortstack[l]{{{head}}}" for head in heads)
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
        shown = [tex_rows(typeset(expr, self.page.style), _WIDE, self.math) for expr, _ in part.rows]
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


def _boxed(words: str) -> str:
    return rf"\rlap{{\parbox[t]{{0.85\linewidth}}{{\small {words}\strut}}}}"
