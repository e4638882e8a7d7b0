"""A page as text for a terminal: formulas as on a board, reasons in a column beside them, the answer set apart.

No line is wider than asked. Colour and ASCII are the caller's choice (``NO_COLOR``, ``isatty`` and the encoding are his to ask).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from derivx.check.verdict import Verdict
from derivx.expr import Expr, Sym
from derivx.render.block import Block, beside, columns, line, pad, wrap
from derivx.render.board import Board, broken, flat, printable, rows
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
    together,
)
from derivx.render.found import found_by
from derivx.render.marks import ASCII, MARKS, Row, decimal, kept_together, led
from derivx.render.numbers import bracketed
from derivx.render.sentences import Said, Sentence, sentence, told_in
from derivx.render.text_sheet import Tools, gap, sheet_rows
from derivx.render.typeset import typeset
from derivx.words import say

_DIM, _BOLD, _GREEN, _RED, _YELLOW, _OFF = "\x1b[2m", "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[0m"
_COLOURS = {"✓": _GREEN, "✗": _RED, "!": _YELLOW, "~": _YELLOW}
_INDENT, _FORMULA = 4, 40  # columns before a line, and of the widest formula that a reason stands beside


def to_text(page: Document, *, width: int = 80, color: bool = False, ascii: bool = False) -> str:  # noqa: A002
    """The page as text of at most ``width`` columns (40 at least), ending in a newline.

    With ``ascii`` formulas and signs are ASCII only; a Korean page still has its Korean words.
    """
    printer = _Printer(page, max(40, width), ascii=ascii, color=color)
    lines = list[str]()
    for text in printer.run():
        lines += [text.rstrip()] if text.strip() or (lines and lines[-1]) else []
    return "\n".join(lines).strip("\n") + "\n"


class _Printer:
    def __init__(self, page: Document, width: int, *, ascii: bool, color: bool) -> None:  # noqa: A002
        self.page, self.width, self.ascii, self.color = page, width, ascii, color
        self.board = Board(ascii, say("ui.cases_otherwise", page.lang))
        self.lines = [part for part in page.parts if isinstance(part, Line)]
        self.tools = Tools(page.langs, width, self.inline, self.words, self.plain)
        self.marked = any(part.verdict for part in self.lines)
        self.column = self._column()
        self.room = self.width - self.column - (2 if self.marked else 0)

    # Formulas and words.

    def blocks(self, expr: Expr, width: int, *, display: bool = False) -> list[Block]:
        return rows(typeset(expr, self.page.style), width, self.board, display=display)

    def inline(self, expr: Expr) -> str:
        return flat(typeset(expr, self.page.style), self.board)

    def words(self, said: Sentence, lang: str) -> str:
        return self.plain(sentence(said, lang, self.inline, printable))

    def kept(self, said: Said, lang: str) -> str:
        """The same, where no line breaks inside a short formula, nor inside a short one of several reasons."""
        pieces = [replace(said, more=()), *said.more] if said.key.startswith("reason.") else [said]
        found = (self.plain(sentence(one, lang, lambda e: kept_together(self.inline(e), self.width // 2), printable)) for one in pieces)
        return ", ".join(
            kept_together(piece, self.width // 2) if len(pieces) > 1 or columns(piece) < self.width // 3 else piece for piece in found
        )

    def plain(self, text: str) -> str:
        """The text with its signs in ASCII, where that is asked."""
        return "".join(ASCII.get(c, c) for c in text) if self.ascii else text

    def say(self, key: str, **params: str) -> str:
        """A label, in every language of the page."""
        return self.plain(" / ".join(say(key, lang, **params) for lang in self.page.langs))

    def equation(self, left: Expr, right: Expr, sign: str = "=") -> str:
        shown = sign if self.ascii else {">=": "≥", "<=": "≤", "!=": "≠"}.get(sign, sign)
        return f"{self.inline(left)} {shown} {self.inline(right)}"

    # The page.

    def run(self) -> list[str]:
        out: list[Row] = []
        last: object = None
        for part in self.page.parts:
            here = self.part(part)
            alike = type(part) is type(last) and isinstance(part, Line | Note | Chain | Values)
            if last is not None and not alike and not isinstance(last, Section):
                out.append(Row(""))
            out += here
            last = part
        return [self.coloured(row) for row in out]

    def part(self, part: Part) -> list[Row]:
        match part:
            case Heading(text):
                return [Row("  " + t, bold=True) for t in wrap(self.plain(printable(text)), self.width - 2)]
            case Question():
                return self.question(part)
            case Line():
                return self.line(part)
            case Answer():
                return self.answer(part)
            case Summary():
                return self.summary(part)
            case Worked():
                return self.worked(part)
            case Note(said, plain):
                langs = told_in(said, self.page.langs)
                heads = ["" if plain else f"{say('ui.note', lang)}: " for lang in langs]
                return self.paragraph([head + self.words(said, lang) for head, lang in zip(heads, langs, strict=True)])
            case Section(title):
                return [
                    Row("  " + t, bold=True) for t in wrap(" / ".join(self.words(title, lang) for lang in self.page.langs), self.width - 2)
                ]
            case Chain():
                return self.chain(part)
            case Table():
                return self.table(part)
            case Values(item, cells):
                return [Row(" " * _INDENT + t) for t in bracketed(self.inline(item), cells, ascii=self.ascii)]
            case Points(kinks):
                return self.kinks(kinks, _INDENT)
            case Listing(text):
                return [Row("  " + t) for t in text.split("\n")]
            case _:
                return list(sheet_rows(part, self.tools))

    def paragraph(self, texts: Sequence[str], indent: int = 2) -> list[Row]:
        return [Row(" " * indent, "", t) for text in texts for t in wrap(text, self.width - indent)]

    def question(self, part: Question) -> list[Row]:
        out = [Row("  " + t) for block in self.blocks(part.formula, self.width - 2, display=True) for t in block.lines]
        if part.curve is not None:
            head, tail = line(f"{self.say('ui.curve')}  "), line(" = 0")
            curve = self.blocks(part.curve, self.width - 4 - head.width - tail.width)
            curve[0] = beside([head, curve[0]])
            curve[-1] = beside([curve[-1], tail])
            out += [Row(""), *(Row("  " + t) for block in curve for t in block.lines)]
        return out

    # A line: formula, mark, reason.

    def _column(self) -> int:
        """Where the reasons begin: behind the widest formula that leaves room for them."""
        most = min(_FORMULA, self.width // 2)
        widths = [self.formula(part)[0].width for part in self.lines if len(self.formula(part)) == 1]
        fitting = [w for w in widths if w <= most]
        return _INDENT + max(fitting, default=20) + 3

    def formula(self, part: Line) -> list[Block]:
        """The formula behind an equals sign; further rows stand below it, a little further in."""
        lead = "= " if part.depth == 0 else "  = "
        room = self.width - _INDENT - columns(lead)
        if part.blank == "formula":
            return [line(lead + gap(columns(self.inline(part.formula))))]
        found = self.blocks(part.formula, room)
        if len(found) > 1:
            found = self.blocks(part.formula, room - 2)
        inner = " " * (columns(lead) + 2)
        return [beside([line(inner if i else lead), block]) for i, block in enumerate(found)]

    def line(self, part: Line) -> list[Row]:
        blocks = self.formula(part)
        texts = [(" " * _INDENT + t).rstrip() for block in blocks for t in block.lines]
        mark = self.plain(_mark(part.verdict)) if self.marked else ""
        base, column, reason = self.place(texts, blocks[0].base, self.reasons(part))
        out: list[Row] = []
        for i in range(max(len(texts), base + len(reason))):
            left, k = texts[i] if i < len(texts) else "", i - base
            here = 0 <= k < len(reason)
            out.append(Row(pad(left, column), mark if k == 0 else " " * len(mark), reason[k]) if here else Row(left))
        air = [Row("")] if any(block.height > 1 for block in blocks) or self.page.full else []
        return [*air, *out, *self.sentences(part), *air]

    def place(self, texts: list[str], base: int, reasons: list[str]) -> tuple[int, int, list[str]]:
        """The row and column where the reason begins, and its lines.

        In the column beside the equals sign if that is free, else right behind the formula, else in the column on the
        first free row or below.
        """
        reason = [t for text in reasons for t in wrap(text, self.room)]
        widths = [columns(t) for t in texts]
        behind = max(widths[base : base + len(reasons)]) + 3
        ends = behind + max(map(columns, reasons)) + self.width - self.column - self.room
        if behind > self.column + 1 and ends <= self.width:
            return base, behind, [t.replace("\u00a0", " ") for t in reasons]
        free = (i for i in range(base, len(texts)) if all(w + 2 <= self.column for w in widths[i : i + len(reason)]))
        return next(free, len(texts)), self.column, reason

    def reasons(self, part: Line) -> list[str]:
        """The name of the rule in each language; behind it the new names, and where the line holds."""
        room = self.room - 1
        added = [kept_together(self.equation(Sym(name), value), room) for name, value in part.names.items()]
        out = list[str]()
        for lang in self.page.langs:
            head = gap(0) if part.blank == "rule" else self.words(part.rule, lang)
            head = f"[{say('sheet.worth', lang, points=printable(part.points))}] {head}" if part.points and lang == self.page.lang else head
            where = [say("ui.condition", lang, condition=kept_together(self.equation(a, b, sign), room)) for a, sign, b in part.conditions]
            where += [say("ui.kink", lang, point=kept_together(self.equation(*kink), room)) for kink in part.kinks]
            out.append(", ".join([head, *added, *map(self.plain, where)]))
        return out

    def sentences(self, part: Line) -> list[Row]:
        if not self.page.full or part.blank == "rule":
            return []
        return self.paragraph([self.words(part.reason, lang) for lang in self.page.langs], _INDENT + 2)

    # What stands below the lines.

    def answer(self, part: Answer) -> list[Row]:
        rejected = part.verdict is Verdict.FAIL
        head = self.say("ui.rejected" if rejected else "ui.answer") + "  "
        out = [Row(t, bold=True) for t in self.result("  " + head, part)]
        indent = 2 + columns(head)
        where = [self.equation(Sym(name), value) for name, value in part.where.items()]
        if where:
            out += self.hanging(self.plain(say("ui.where", self.page.lang)) + " ", where, indent)
        return out + (self.kinks(part.kinks, indent) if part.kinks else [])

    def kinks(self, points: Sequence[Kink], indent: int) -> list[Row]:
        """Where the derivative is a convention, and which."""
        told = [say("ui.kink", lang, point=", ".join(self.equation(*k) for k in points)) for lang in self.page.langs]
        return self.paragraph([f"{k}. {say('ui.convention', lang)}" for k, lang in zip(told, self.page.langs, strict=True)], indent)

    # A sweep: equations one after the other, and tables.

    def chain(self, part: Chain) -> list[Row]:
        """Its items behind equals signs, one below the other where they do not fit; the first ones of a page stand in a column."""
        first, *others = [self.inline(item) for item in part.items]
        first = "" if part.continued else first
        signs = [{"<-": "<-" if self.ascii else "←", "~": "~" if self.ascii else "≈"}.get(sign, sign) for sign in part.signs]
        column = max(columns(first), min(self.heads.get(id(part), 0), self.width // 4))
        long = column > self.width // 2  # a long left side is broken too, and what it equals stands below it
        lines = [" " * _INDENT + t for t in (broken(first, self.width - _INDENT) if long else [pad(first, column)])]
        inner = " " * (_INDENT + (4 if long else column))
        width = self.width - (3 if part.verdict else 0)  # the mark stands behind the last line
        room = width - len(inner) - 3
        whole = True  # what is broken ends its line
        for i, text in enumerate([*others, *([self.plain(part.value.replace("-", "−"))] if part.value else [])]):
            lead = f" {signs[i]} "
            if (i == 0 and not long) or (whole and columns(lines[-1]) + columns(lead + text) <= width):
                fitting = broken(text, room) if i == 0 else [text]
                lines[-1] += lead + fitting[0]
                lines += [inner + "   " + t for t in fitting[1:]]
            else:
                fitting = broken(text, room)
                lines += [inner + (lead if k == 0 else "   ") + t for k, t in enumerate(fitting)]
            whole = len(fitting) == 1
        remark = " / ".join(self.kept(part.remark, lang) for lang in self.page.langs) if part.remark else ""
        mark = self.plain(_mark(part.verdict)) if part.verdict else ""
        if columns(lines[-1]) + columns(remark) + 6 > self.width:
            return [
                *(Row(t) for t in lines[:-1]),
                Row(lines[-1] + "  " if mark else lines[-1], mark),
                *self.paragraph([remark] if remark else [], len(inner) + 3),
            ]
        behind = "  " if mark or remark else ""
        return [*(Row(t) for t in lines[:-1]), Row(lines[-1] + behind, mark, remark.replace("\u00a0", " "))]

    @cached_property
    def heads(self) -> dict[int, int]:
        """For each chain the widest first item among those it stands with."""
        found: dict[int, int] = {}
        for group in together(self.page).values():
            widths = [columns(self.inline(part.items[0])) for part in group if not part.continued]
            found.update(dict.fromkeys(map(id, group), max(widths, default=0)))
        return found

    def table(self, part: Table) -> list[Row]:
        """Columns as wide as their cells, or where they do not fit the widest ones broken."""
        cells = [[self.cell(cell) for cell in row] for row in (part.heads, *part.rows)]
        widths = [max(columns(row[i]) for row in cells) for i in range(len(part.heads))]
        least = self.least(part, cells)
        while sum(widths) + 2 * len(widths) > self.width - _INDENT and max(widths) > 3:
            wide = [w if w > low else 0 for w, low in zip(widths, least, strict=True)]
            chosen = wide if any(wide) else widths
            widths[chosen.index(max(chosen))] -= 1
        out = list[Row]()
        for k, row in enumerate(cells):
            stacks = [broken(text, w) if text else [""] for text, w in zip(row, widths, strict=True)]
            for j in range(max(map(len, stacks))):
                texts = [pad(stack[j] if j < len(stack) else "", w) for stack, w in zip(stacks, widths, strict=True)]
                line_ = " " * _INDENT + "  ".join(texts).rstrip()
                out.append(Row("", "", line_) if k == 0 else Row(line_))
        return out

    def least(self, part: Table, cells: list[list[str]]) -> list[int]:
        """The width below which a column would cut a number or a word of its title."""
        words = [max(map(columns, head.split()), default=0) for head in cells[0]]
        numbers = [max((columns(t) for t, c in zip(texts, whole, strict=True) if isinstance(c, str)), default=0)
                   for texts, whole in zip(zip(*cells[1:], strict=True), zip(*part.rows, strict=True), strict=True)]  # fmt: skip
        return [max(pair) for pair in zip(words, numbers or [0] * len(words), strict=True)]

    def cell(self, cell: Expr | str | Said) -> str:
        if isinstance(cell, Said):
            return " / ".join(self.words(cell, lang) for lang in self.page.langs)
        return self.plain(cell.replace("-", "−")) if isinstance(cell, str) else self.inline(cell)

    def result(self, head: str, part: Answer) -> list[str]:
        """What was asked (where that is short) equals the answer; a long answer begins on the next line."""
        asked = self.blocks(part.asked, self.width)
        short = len(asked) == 1 and asked[0].height == 1 and asked[0].width <= 24
        lead = f"{head}{asked[0].lines[0]} = " if short else head
        blocks = self.blocks(part.formula, self.width - columns(lead))
        if len(blocks) == 1:
            return list(beside([line(lead), blocks[0]]).lines)
        return [lead, *(" " * _INDENT + t for block in self.blocks(part.formula, self.width - _INDENT) for t in block.lines)]

    def hanging(self, head: str, texts: Sequence[str], indent: int) -> list[Row]:
        """Texts one below the other, behind a word."""
        room = self.width - indent - columns(head)
        cut = [t for text in texts for t in wrap(text, room)]
        return [Row(" " * indent + (head if i == 0 else " " * columns(head)) + t) for i, t in enumerate(cut)]

    def summary(self, part: Summary) -> list[Row]:
        """Exact proofs, measured digits, and what was not judged: a row of each, behind one word."""
        head = self.say("ui.checked" if part.verdict is Verdict.PASS else "ui.not_verified") + "  "
        mark, room = self.plain(MARKS[part.verdict]), self.width - 4 - columns(head)
        rows = [self.plain(" · ").join(kept_together(self.plain(t), room) for t in texts) for texts in found_by(part.rows, self.page.lang)]
        texts = [t for row in rows for t in wrap(row, room)]
        return [Row("  ", " " if i else mark, (" " * columns(head) if i else head) + t) for i, t in enumerate(texts)]

    def worked(self, part: Worked) -> list[Row]:
        """A chain of equal lines down to the value, or where they differ each line with its own."""
        out = [Row("  " + self.say("ui.numbers"))]
        if part.value is not None:
            shown = [(self.blocks(expr, self.width - _INDENT - 2), "= " if i else "  ") for i, (expr, _) in enumerate(part.rows)]
            out += [Row(" " * _INDENT + t) for blocks, sign in shown for t in led(blocks, sign)]
            return [*out, Row(" " * _INDENT + ("= " if shown else "  ") + self.plain(decimal(part.value)))]
        for expr, value in part.rows:
            blocks = self.blocks(expr, self.width - _INDENT - 16)
            blocks[-1] = beside([blocks[-1], line(f" = {self.plain(decimal(value))}")])
            out += [Row(" " * _INDENT + t) for b in blocks for t in b.lines]
        return out

    def coloured(self, row: Row) -> str:
        gap = " " if row.mark and row.dim else ""
        if not self.color:
            return row.left + row.mark + gap + row.dim
        left = f"{_BOLD}{row.left}{_OFF}" if row.bold else row.left
        mark = f"{_COLOURS[row.mark]}{row.mark}{_OFF}" if row.mark in _COLOURS else row.mark
        return left + mark + gap + (f"{_DIM}{row.dim}{_OFF}" if row.dim else "")


def _mark(verdict: Verdict | None) -> str:
    return MARKS[verdict] if verdict else " "
