"""A page read aloud, a line for each of its lines: the formula in words, and its rule. A page in two languages is read twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    Part,
    Points,
    Question,
    Section,
    Summary,
    Table,
    Values,
    Worked,
)
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, SheetPart, Space
from derivx.render.found import found_by
from derivx.render.layout import Infix, Node, Number, Sign
from derivx.render.sentences import Said, Sentence, sentence
from derivx.render.speech import figure, spoken
from derivx.render.typeset import typeset
from derivx.render.voices import page_voice
from derivx.words import say

_SIGNS: dict[str, Sign] = {"=": "=", ">": ">", "<": "<", ">=": ">=", "<=": "<=", "!=": "!="}


def to_speech(page: Document) -> str:
    """The page as it is read aloud, ending in a newline."""
    return "\n".join(_Aloud(replace(page, langs=(lang,))).read() for lang in page.langs) + "\n"


class _Aloud:
    """Reads a page in its one language."""

    def __init__(self, page: Document) -> None:
        self.page = page
        self.lang = page.lang
        self.voice = page_voice([page], self.lang)

    def read(self) -> str:
        return "\n".join(line for line in self.lines() if line)

    def lines(self) -> list[str]:
        return [line for part in self.page.parts for line in self.part(part)]

    def part(self, part: Part) -> list[str]:
        match part:
            case Heading(text):
                return [text]
            case Question():
                curve = [self.relation(part.curve, "=", Number("0"))] if part.curve is not None else []
                return [self.say("speech.question", a=text) for text in (*curve, self.formula(part.formula))]
            case Line():
                return [self.line(part)]
            case Answer():
                return self.answer(part)
            case Summary(verdict, rows):
                head = self.say("ui.checked" if verdict is Verdict.PASS else "ui.not_verified")
                return [f"{head}: {'; '.join(', '.join(texts) for texts in found_by(rows, self.lang))}."]
            case Note(said, plain):
                return [("" if plain else f"{self.say('ui.note')}: ") + self.words(said)]
            case Section(title):
                return [f"{self.words(title)}."]
            case Chain():
                return [self.chain(part)]
            case Worked():
                return self.worked(part)
            case Values(item, cells):
                lines = [", ".join(figure(cell, self.lang) for cell in row) for row in cells]
                return [f"{self.formula(item)}: {'; '.join(lines)}."]
            case Table():
                heads = [self.cell(cell) for cell in part.heads]
                return ["; ".join(f"{h}: {c}" for h, c in zip(heads, map(self.cell, row), strict=True) if c) + "." for row in part.rows]
            case Points(kinks):
                return [self.kinks(kinks)] if kinks else []
            case Listing(text):
                return [text]
            case _:
                return self.sheet(part)

    def sheet(self, part: SheetPart) -> list[str]:
        """What a worksheet has beside derivations; a drawing is its words."""
        match part:
            case Masthead(title, lines, fields):
                return [f"{self.words(one)}." for one in (title, *lines, *fields)]
            case Exercise(number, ask):
                return [f"{number}. {' '.join(map(self.words, ask))}"]
            case Choices(options):
                shown = [self.formula(one) if isinstance(one, Expr) else self.words(one) for one in options]
                return [f"{chr(ord('A') + i)}: {text}." for i, text in enumerate(shown)]
            case Figure(_, alt):
                return [self.words(alt)]
            case Space(label=label) if label is not None:
                return [self.say("speech.eq", a=self.formula(label), b=self.say("speech.gap")) + "."]
            case Hints(hints):
                return [f"{self.say('ui.hint')} {i}: {self.words(one)}" for i, one in enumerate(hints, 1)]
        return []

    def say(self, key: str, **params: str) -> str:
        return say(key, self.lang, **params)

    def node(self, part: Expr | Node) -> Node:
        return typeset(part, self.page.style) if isinstance(part, Expr) else part

    def formula(self, part: Expr | Node) -> str:
        node = self.node(part)
        return spoken(node, self.lang, voice=self.voice)

    def relation(self, left: Expr, sign: str, right: Expr | Node) -> str:
        return self.formula(Infix(("", _SIGNS[sign]), (self.node(left), self.node(right))))

    def words(self, said: Sentence) -> str:
        return sentence(said, self.lang, self.formula, heard=self.formula)

    def line(self, part: Line) -> str:
        """Which line it is, its formula, then why, what the new names are, and where it holds."""
        formula = self.say("speech.gap") if part.blank == "formula" else self.formula(part.formula)
        why = [self.say("speech.gap") if part.blank == "rule" else self.words(part.reason if self.page.full else part.rule).rstrip(".")]
        why += [self.relation(Sym(name), "=", value) for name, value in part.names.items()]
        why += [self.say("ui.condition", condition=self.relation(a, sign, b)) for a, sign, b in part.conditions]
        why += [self.say("ui.kink", point=self.point(kink)) for kink in part.kinks]
        return f"{self.say('speech.line', n=str(part.number), a=formula)}. {', '.join(why)}."

    def answer(self, part: Answer) -> list[str]:
        head = self.say("ui.rejected" if part.verdict is Verdict.FAIL else "ui.answer")
        text = f"{head}: {self.relation(part.asked, '=', part.formula)}"
        where = ", ".join(self.relation(Sym(name), "=", value) for name, value in part.where.items())
        text += f", {self.say('ui.where')} {where}." if where else "."
        return [text, *([self.kinks(part.kinks)] if part.kinks else [])]

    def kinks(self, kinks: Sequence[Kink]) -> str:
        return f"{self.say('ui.kink', point=', '.join(map(self.point, kinks)))}. {self.say('ui.convention')}"

    def point(self, kink: Kink) -> str:
        return self.say("speech.at", a=self.formula(kink[0]), b=self.formula(kink[1]))

    def chain(self, part: Chain) -> str:
        text, *others = [self.formula(item) for item in part.items]
        others += [figure(part.value, self.lang)] if part.value else []
        for i, (other, sign) in enumerate(zip(others, part.signs, strict=True)):
            about = "_about" if sign == "~" else ""
            key = f"then{about}" if i else {"<-": "becomes", "~": "about"}.get(sign, "eq")
            text = self.say(f"speech.{key}", a=text, b=other)
        return text + (f", {self.words(part.remark)}" if part.remark else "") + "."

    def worked(self, part: Worked) -> list[str]:
        numbers = [figure(f"{value + 0.0:.6g}", self.lang) for _, value in part.rows]
        rows = [self.formula(expr) for expr, _ in part.rows]
        if part.value is None:
            rows = [self.say("speech.eq", a=row, b=n) for row, n in zip(rows, numbers, strict=True)]
        else:
            rows.append(figure(f"{part.value + 0.0:.6g}", self.lang))  # + 0.0: no minus before a zero
        return [f"{self.say('ui.numbers')}: {row}." for row in rows]

    def cell(self, cell: Expr | str | Said) -> str:
        if isinstance(cell, Said):
            return self.words(cell)
        return figure(cell, self.lang) if isinstance(cell, str) else self.formula(cell)
