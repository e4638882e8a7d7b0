"""The parts of a worksheet as Markdown, and how text is kept from being markup there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from derivx.expr import Expr
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, SheetPart, Space
from derivx.render.sentences import Own, Said, Sentence
from derivx.render.text_sheet import worth
from derivx.words import say

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~&!])")
_FIRST = re.compile(r"^(\s*)([-+](?=[-\s]|$))|^(\s*\d{1,9})([.)])")  # what begins a list or a rule
_LINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp|www)([:.])|@")  # what some readers of Markdown make a link of
_SPACES = re.compile(r"[ \n\r\t]*[\n\r\t][ \n\r\t]*| {2,}")
_FENCE = re.compile("`{3,}")
GAP = r"\_" * 16


@dataclass(frozen=True, slots=True)
class Tools:
    """How the printer of a page shows what stands in it."""

    langs: tuple[str, ...]
    formula: Callable[[Expr], str]
    words: Callable[[Sentence, str], str]

    def said(self, sentence: Sentence) -> str:
        """A short text, in every language of the page."""
        return " / ".join(dict.fromkeys(self.words(sentence, lang) for lang in self.langs))


def escape_markdown(text: str) -> str:
    """Text in which nothing is markup; control characters are replaced."""
    plain = "".join(c if c.isprintable() or c == "\u00a0" else "�" for c in _SPACES.sub(" ", text))
    apart = _LINK.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else r"\@", _SPECIAL.sub(r"\\\1", plain))
    return _FIRST.sub(r"\1\3\\\2\4", apart)


def fenced(text: str) -> str:
    """Text as it stands, between fences longer than any in it."""
    fence = "`" * max(3, *(len(found) + 1 for found in [*_FENCE.findall(text), ""]))
    return f"{fence}text\n{text}\n{fence}"


def sheet_blocks(part: SheetPart, tools: Tools) -> list[str]:
    """A part of a worksheet as blocks, between which an empty line stands."""
    match part:
        case Masthead(title, lines, fields):
            blanks = [f"{tools.said(field)}: {GAP}" for field in fields]
            return [f"# {tools.said(title)}", *map(tools.said, lines), *(["\u2003".join(blanks)] if blanks else [])]
        case Exercise():
            return _exercise(part, tools)
        case Choices():
            return ["\n".join(_option(i, option, tools, right=i == part.right) for i, option in enumerate(part.options))]
        case Figure(drawing):
            return [fenced(drawing.drawn("text", tools.langs[0] if len(tools.langs) == 1 else "both").rstrip("\n"))]
        case Space(lines, label, ruled):
            head = f"{tools.formula(label)} = " if label is not None else ""
            line = GAP * 3 if ruled or lines <= 1 else "&nbsp;"
            return [head + line, *[line] * (lines - 1)]
        case Hints(hints):
            heads = [(lang, f"**{escape_markdown(say('ui.hint', lang))} {{}}:** ") for lang in tools.langs]
            return [head.format(i) + tools.words(hint, lang) for i, hint in enumerate(hints, 1) for lang, head in heads]


def _exercise(part: Exercise, tools: Tools) -> list[str]:
    asked = list(dict.fromkeys(" ".join(tools.words(one, lang) for one in part.ask) for lang in tools.langs))
    asked[0] = f"**{part.number}.** {asked[0]}"
    if part.points:
        asked[-1] += f" **{escape_markdown(worth(part.points, tools.langs))}**"
    return asked


def _option(place: int, option: Expr | Sentence, tools: Tools, *, right: bool) -> str:
    letter = f"({chr(ord('A') + place)})"
    text = tools.said(option) if isinstance(option, Said | Own) else tools.formula(option)
    return f"- **{letter}** {text} ✓" if right else f"- {letter} {text}"
