"""How a sheet looks in Typst: the page, its letters, and the few functions that the pages of ``typst`` call."""

from __future__ import annotations

import re

from derivx.render.typst_math import literal

_LATIN, _KOREAN = "New Computer Modern", "Noto Sans CJK KR"
_BOLD = "#show strong: set text(stroke: 0.03em)\n#show heading: set text(stroke: 0.03em)\n"  # the subset has one weight
_STYLE = """\
#set document(title: TITLE, date: none)
#set page(paper: "a4", margin: (x: 22mm, y: 20mm), numbering: "1 / 1")
#set text(size: SIZE, lang: "LANG", font: (FONTS))
#set par(leading: 0.75em, spacing: 1.1em)
#show heading: set text(size: 11.5pt)
#show heading: set block(above: 1.7em, below: 1em)
#show math.equation: set text(MATHfont: ("New Computer Modern Math", "Noto Sans CJK KR"))
BOLDTOP#show math.equation.where(block: true): set align(left)
#show math.equation.where(block: true): set block(breakable: true)
#set table(stroke: none, inset: (x: 6pt, y: 5pt), align: left + horizon)

#let word = math.class.with("normal") // a name of several letters
#let eq(alt, body) = box(math.equation(alt: alt, body))
#let long(alt, body) = math.equation(alt: alt, body) // may be broken between rows of a text
#let tall(alt, body) = box(math.equation(alt: alt, math.display(body))) // in a row, as large as alone
#let display(alt, body) = math.equation(alt: alt, block: true, body)
#let seen(body) = pdf.artifact(display("", body)) // what the equation beside it says as well
#let strut(body) = box(width: 0pt, box(width: 99cm, hide($#math.display(body)$)))
#let pair(n, alt, left, right) = (seen($ #left.body #strut(right.body) $), grid.cell(colspan: n, display(alt, right)))
#let pairs(alt, left, first, ..rows) = (grid.cell(align: top, seen($ #left.body #strut(first.body) $)),
  grid.cell(colspan: 2, align: top, display(alt, (first, ..rows.pos()).map(row => row.body).join(linebreak()))))
#let rows(columns, gutters: (), ..cells) = grid(columns: columns, column-gutter: (..gutters, 1.2em), row-gutter: 0.9em,
  align: left + horizon, ..cells)
#let wide(n, body) = grid.cell(colspan: n, body)
#let small(body) = text(size: 0.88em, fill: luma(25%), body)
#let head(body) = block(above: 1.3em, sticky: true, strong(body))
#let ko(body) = text(lang: "ko", body)
#let boxed(body) = block(stroke: (left: 1.6pt + luma(55%)), inset: (left: 9pt, y: 3pt), above: 1.2em, body)
#let gap(width) = box(width: width, height: 0.9em, stroke: (bottom: 0.5pt))
#let exercise(number, worth, body) = block(above: 2em, sticky: true, grid(
  columns: (1.8em, 1fr, auto), column-gutter: (0pt, 1em), strong(number), body, worth))
#let whole(more, body) = block(above: 2em, breakable: false, sticky: more, body)
#let option(letter, right, body) = grid(columns: (2em, 1fr), align: left + horizon,
  box(circle(radius: 0.72em, inset: 0pt, stroke: 0.6pt, fill: if right { black }, align(center + horizon,
    text(size: 0.85em, fill: if right { white } else { black }, letter)))), body)
#let answer(alt, body) = block(breakable: false, above: 1em, below: 1.4em,
  grid(columns: (auto, 60%), column-gutter: 0.4em, align: left + bottom, tall(alt, body),
  box(width: 100%, height: 8mm, stroke: (bottom: 0.4pt + luma(60%)))))
#let space(n, ruled) = if ruled {
  let row = box(width: 100%, height: 8.5mm, stroke: (bottom: 0.4pt + luma(60%)))
  block(width: 100%, above: 0.6em, ((row,) * n).join(linebreak()))
} else { // at the foot of a page the last of it may be missing
  block(height: calc.min(n, 2) * 8.5mm, above: 0.6em) + v(calc.max(n - 2, 0) * 8.5mm)
}
"""


def style(title: str, langs: tuple[str, ...], *, top: bool) -> str:
    """The beginning of a document in these languages; ``top``: headings of the first level are titles of the whole.

    Where there is Korean, Latin letters too are of the Korean font.
    """
    latin = langs == ("en",)
    fonts = ", ".join(map(literal, (_LATIN, _KOREAN) if latin else (_KOREAN, _LATIN)))
    given = {"TITLE": literal(title), "LANG": langs[0], "FONTS": fonts, "SIZE": "10.5pt" if latin else "10pt"}
    given |= {"MATH": "", "BOLD": ""} if latin else {"MATH": "size: 1.12em, ", "BOLD": _BOLD}
    given["TOP"] = "#show heading.where(level: 1): set text(size: 15pt)\n" if top else ""
    return re.sub("|".join(given), lambda name: given[name[0]], _STYLE)
