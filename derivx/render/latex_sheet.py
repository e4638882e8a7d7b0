r"""The parts of a worksheet as LaTeX: head, exercises, choices, drawings, room for answers, hints. Plain ``article`` with ``tikz``.

What belongs together stays on one page: a question with its choices or its room, which are boxes behind a ``\\nopagebreak``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from derivx.expr import Expr
from derivx.render.document import Answer, Line, Part, Section
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, SheetPart, Space
from derivx.render.sentences import Own, Said, Sentence
from derivx.render.tex_text import escape
from derivx.render.text_sheet import worth
from derivx.words import say

FOOT = r"""\makeatletter\def\@oddfoot{\hfil\small\thepage\ / \pageref{derivx-last}\hfil}\makeatother
"""
LAST = "\\label{derivx-last}"
# At the right end of the line, or where it does not fit at that of the next one.
_RIGHT = r"\unskip\nobreak\hfill\penalty50\hskip1em\hbox{}\nobreak\hfill\mbox{%s}"
_GAP = r"\underline{\hspace{%s}}"
_TALL = r"\rule[-2.4ex]{0pt}{6ex}"  # keeps the fractions of two rows apart
_LINE, _KEPT = 8, 12  # millimetres of a line to write on, and lines that stay on one page


@dataclass(frozen=True, slots=True)
class Tools:
    """How the printer of a page shows what stands in it."""

    langs: tuple[str, ...]
    formula: Callable[[Expr], str]
    words: Callable[[Sentence, str], str]
    wide: Callable[[Expr | Sentence], int]  # in letters, about

    def said(self, sentence: Sentence) -> str:
        """A short text, in every language of the page."""
        return " / ".join(dict.fromkeys(self.words(sentence, lang) for lang in self.langs))


def sheet_part(part: SheetPart, tools: Tools) -> str:
    """A part of a worksheet; that of an exercise is its first item, the list around it is the page's."""
    match part:
        case Masthead():
            return _masthead(part, tools)
        case Exercise():
            return _exercise(part, tools)
        case Choices():
            return _choices(part, tools)
        case Figure(drawing):
            return _figure(drawing.drawn("tikz", tools.langs[0] if len(tools.langs) == 1 else "both").rstrip("\n"))
        case Space():
            return _space(part, tools)
        case Hints(hints):
            return "\n\n".join(_hint(i, hint, tools) for i, hint in enumerate(hints, 1))


def apart(parts: Sequence[Part]) -> str:
    """What stands above a page that follows another.

    An exercise that does not fit on the rest of a sheet of paper begins the next one; one with its solution where little is left empty.
    """
    if not any(isinstance(part, Exercise) for part in parts):
        return "\n\\bigskip\n\n"
    room = r".05\textheight" if any(isinstance(part, Section | Line | Answer) for part in parts) else "1fil"
    return f"\n\\vskip 0pt plus {room}\\penalty-200\\vskip 0pt plus -{room}\\bigskip\n\n"


def gap(wide: str, tall: str = "4ex") -> str:
    """A line to write on in place of a formula or of words."""
    return rf"\rule{{0pt}}{{{tall}}}" + _GAP % wide


def _masthead(part: Masthead, tools: Tools) -> str:
    titles = dict.fromkeys(tools.words(part.title, lang) for lang in tools.langs)
    rows = [rf"{{\{'Large' if i == 0 else 'large'}\bfseries {title}\par}}" for i, title in enumerate(titles)]
    rows += [rf"\smallskip {{{tools.said(line)}\par}}" for line in part.lines]
    out = ["\\begin{center}\n" + "\n".join(rows) + "\n\\end{center}"]
    wide = 0.3 if max(map(tools.wide, part.fields), default=0) <= 16 and len(part.fields) != 2 else 0.46
    fields = [rf"\makebox[{wide}\linewidth][l]{{\rule{{0pt}}{{6mm}}{tools.said(field)}\enspace\hrulefill}}" for field in part.fields]
    if fields:
        out.append("\\noindent\n" + "\\hfill\n".join(fields) + "\n\n\\medskip")
    return "\n\n".join(out)


def _exercise(part: Exercise, tools: Tools) -> str:
    asked = [" ".join(tools.words(one, lang) for one in part.ask) for lang in tools.langs]
    text = "\n\n\\nopagebreak\n".join(dict.fromkeys(asked))
    behind = _RIGHT % escape(worth(part.points, tools.langs)) if part.points else ""
    return rf"\item[\textbf{{{part.number}.}}] {text}{behind}"


def _choices(part: Choices, tools: Tools) -> str:
    """The options in four columns, two or one, as they are wide."""
    shown = [_option(option, tools) for option in part.options]
    most = max(map(tools.wide, part.options), default=0)
    count = 4 if most <= 11 and len(shown) >= 4 else 2 if most <= 28 and len(shown) > 2 else 1
    tall = _TALL if any(r"\frac" in text for text in shown) else ""
    cells = [_lettered(i, text, right=i == part.right) for i, text in enumerate(shown)]
    rows = [" & ".join(cells[i : i + count]) + tall for i in range(0, len(cells), count)]
    column = rf"p{{{0.98 / count:.3f}\linewidth}}"
    body = " \\\\\n".join(rows)
    setting = r"{\setlength{\tabcolsep}{0pt}\renewcommand{\arraystretch}{1.4}"
    return f"{setting}\n\\begin{{tabular}}{{{column * count}}}\n{body}\n\\end{{tabular}}}}"


def _option(option: Expr | Sentence, tools: Tools) -> str:
    return tools.said(option) if isinstance(option, Said | Own) else rf"$\displaystyle {tools.formula(option)}$"


def _lettered(place: int, text: str, *, right: bool) -> str:
    letter = f"({chr(ord('A') + place)})"
    return rf"\textbf{{{letter}}}~{text}~$\checkmark$" if right else f"{letter}~{text}"


def _figure(tikz: str) -> str:
    """The drawing in the middle, made smaller where it is wider than the line or higher than a page."""
    return (
        f"\\smallskip\n{{\\centering\\sbox2{{%\n{tikz}%\n}}%\n"
        "\\ifdim\\wd2>\\linewidth\\sbox2{\\resizebox{\\linewidth}{!}{\\usebox2}}\\fi\n"
        "\\ifdim\\dimexpr\\ht2+\\dp2>.75\\textheight\\sbox2{\\resizebox{!}{.75\\textheight}{\\usebox2}}\\fi\n"
        "\\usebox2\\par}"
    )


def _space(part: Space, tools: Tools) -> str:
    """Lines to write on, or room without them: in boxes of a dozen lines, between which a page may end."""
    label = rf"$\displaystyle {tools.formula(part.label)} =$" if part.label is not None else ""
    if part.lines <= 1:
        return rf"{_strut(1)}{label} " + _GAP % rf"{'.6' if label else '.98'}\linewidth"
    rows = [f"{_strut(1)}{label if i == 0 else ''} \\hrulefill" for i in range(part.lines)] if part.ruled else []
    boxes = [min(_KEPT, part.lines - i) for i in range(0, part.lines, _KEPT)]
    if not part.ruled:
        return "\n\n".join([label] * bool(label) + [_strut(n) for n in boxes])
    return "\n\n".join("\\parbox{\\linewidth}{" + " \\\\\n".join(rows[_KEPT * i :][:n]) + "}" for i, n in enumerate(boxes))


def _strut(lines: int) -> str:
    return rf"\rule{{0pt}}{{{lines * _LINE}mm}}"


def _hint(place: int, hint: Sentence, tools: Tools) -> str:
    heads = [f"{escape(say('ui.hint', lang))} {place}" for lang in tools.langs]
    told = [rf"\textbf{{{head}.}} {tools.words(hint, lang)}" for head, lang in zip(heads, tools.langs, strict=True)]
    return rf"{{\small {' '.join(told)}\par}}"
