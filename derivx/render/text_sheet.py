"""The parts of a worksheet as text: head, exercises, choices, drawings, room for answers, hints. No line is wider than asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from derivx.expr import Expr
from derivx.render.block import columns, pad, wrap
from derivx.render.board import broken, printable
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, SheetPart, Space
from derivx.render.marks import Row
from derivx.render.sentences import Own, Said, Sentence
from derivx.words import say

_INDENT = 4


@dataclass(frozen=True, slots=True)
class Tools:
    """How the printer of a page shows what stands in it."""

    langs: tuple[str, ...]
    width: int
    formula: Callable[[Expr], str]
    words: Callable[[Sentence, str], str]
    plain: Callable[[str], str]

    def told(self, sentence: Sentence) -> list[str]:
        """A sentence in every language of the page, each text once."""
        return list(dict.fromkeys(self.words(sentence, lang) for lang in self.langs))


def sheet_rows(part: SheetPart, tools: Tools) -> Iterator[Row]:
    """A part of a worksheet as lines."""
    match part:
        case Masthead():
            yield from _masthead(part, tools)
        case Exercise():
            yield from _exercise(part, tools)
        case Choices():
            yield from _choices(part, tools)
        case Figure():
            yield from _figure(part, tools)
        case Space():
            yield from _space(part, tools)
        case Hints(hints):
            for i, hint in enumerate(hints, 1):
                for lang, text in zip(tools.langs, tools.told(hint), strict=False):
                    yield from _hanging(f"  {tools.plain(say('ui.hint', lang))} {i}: ", text, tools.width)


def worth(points: str, langs: tuple[str, ...]) -> str:
    """``[10 points]``."""
    key = "sheet.point" if points == "1" else "sheet.points"
    return f"[{' / '.join(dict.fromkeys(say(key, lang, points=printable(points)) for lang in langs))}]"


def gap(wide: int) -> str:
    """A line to write on, in place of something so many columns wide: the width gives little away."""
    return "_" * max(12, min(30, wide + 4))


def _hanging(head: str, text: str, width: int) -> Iterator[Row]:
    inner = columns(head)
    for i, line in enumerate(wrap(text, width - inner)):
        yield Row((head if i == 0 else " " * inner) + line)


def _masthead(part: Masthead, tools: Tools) -> Iterator[Row]:
    for title in tools.told(part.title):
        yield from (Row("  " + line, bold=True) for line in wrap(title, tools.width - 2))
    for line in part.lines:
        yield from _hanging("  ", " / ".join(tools.told(line)), tools.width)
    if part.fields:
        yield Row("")
        shown = "   ".join(" / ".join(tools.told(field)).replace(" ", "\u00a0") + "\u00a0" + "_" * 16 for field in part.fields)
        yield from _hanging("  ", shown, tools.width)


def _exercise(part: Exercise, tools: Tools) -> Iterator[Row]:
    """What is asked behind its number; the points at the right end of the last line, or below it."""
    asked = dict.fromkeys(" ".join(tools.words(one, lang) for one in part.ask) for lang in tools.langs)
    head = f"  {part.number}. "
    rows = [row for i, text in enumerate(asked) for row in _hanging(" " * len(head) if i else head, text, tools.width)]
    yield from rows[:-1]
    points = tools.plain(worth(part.points, tools.langs)) if part.points else ""
    last = rows[-1].left if rows else head
    if columns(last) + 2 + columns(points) <= tools.width:
        yield Row((pad(last, tools.width - columns(points)) + points).rstrip())
    else:
        yield from (Row(last), Row(points.rjust(tools.width - columns(points) + len(points))))


def _choices(part: Choices, tools: Tools) -> Iterator[Row]:
    """The options in four columns, two or one, as they are wide."""
    shown = [_option(i, option, tools, right=i == part.right) for i, option in enumerate(part.options)]
    room, most = tools.width - _INDENT, max(map(columns, shown), default=0) + 2
    count = next((n for n in (4, 2) if most <= room // n and len(shown) >= n), 1)
    for i in range(0, len(shown), count):
        if count == 1:
            lines = broken(shown[i], room - 4)
            yield from (Row(" " * (_INDENT + (4 if k else 0)) + line) for k, line in enumerate(lines))
        else:
            yield Row(" " * _INDENT + "".join(pad(text, room // count) for text in shown[i : i + count]).rstrip())


def _option(place: int, option: Expr | Sentence, tools: Tools, *, right: bool) -> str:
    text = " / ".join(tools.told(option)) if isinstance(option, Said | Own) else tools.formula(option)
    return f"({chr(ord('A') + place)}) {text}" + (tools.plain(" ✓") if right else "")


def _figure(part: Figure, tools: Tools) -> Iterator[Row]:
    """The drawing, or where the page is too narrow for it, what it shows in words."""
    lines = part.drawing.drawn("text", tools.langs[0] if len(tools.langs) == 1 else "both").rstrip("\n").split("\n")
    if max(map(columns, lines)) <= tools.width - 2 and tools.plain("✓") == "✓":
        yield from (Row("  " + line) for line in lines)
    else:
        for text in tools.told(part.alt):
            yield from _hanging("  ", text, tools.width)


def _space(part: Space, tools: Tools) -> Iterator[Row]:
    """Lines to write on, or a bar beside the room."""
    label = f"{tools.formula(part.label)} = " if part.label is not None else ""
    if columns(label) > tools.width // 2:
        yield from (Row(" " * _INDENT + line) for line in broken(label.rstrip(), tools.width - _INDENT))
        label = ""
    line = "_" * min(40, tools.width - _INDENT - columns(label)) if part.ruled or part.lines <= 1 else ""
    bar = tools.plain("│")
    yield Row(f"{' ' * _INDENT}{label}{line}" if label or line else f"  {bar}")
    yield from (Row(" " * _INDENT + "_" * min(40, tools.width - _INDENT)) if part.ruled else Row(f"  {bar}") for _ in range(part.lines - 1))
