"""A picture as Typst: shapes and formulas at absolute places, for the figure of a page of ``derivx.render.typst``, which knows ``eq``."""

from __future__ import annotations

from collections.abc import Iterable

from derivx.picture.diagram import Diagram
from derivx.picture.layout import Point
from derivx.picture.scene import Line, Piece, bends, corners, cut_formula, legend_places, number, scene
from derivx.render.board import flat
from derivx.render.layout import Node
from derivx.render.typeset import style_of, typeset
from derivx.render.typst_math import escape_typst, literal, typst, typst_rows

_TOOLS = """\
#let px = 0.75pt
#let ink = 0.6pt + luma(35%)
#let folded = (paint: luma(35%), thickness: 0.6pt, dash: "dashed")
#let colours = (value: rgb("#00594f"), gradient: rgb("#d1430a"), word: black)
#let put(x, y, body) = place(top + left, dx: x * px, dy: y * px, body)
#let around(x, y, body) = place(top + left, dx: x * px - 9cm, dy: y * px - 3cm,
  box(width: 18cm, height: 6cm, align(center + horizon, body)))
#let words(kind, x, y, body) = around(x, y, text(size: 9.5pt, fill: colours.at(kind), top-edge: "baseline",
  bottom-edge: "baseline", stroke: if kind != "word" { 0.25pt + colours.at(kind) }, body))
#let formula(x, y, size, body) = around(x, y, text(size: size, body))
#let shape(x, y, w, h, ..more) = put(x, y, rect(width: w * px, height: h * px, ..more))
#let cut(..corners) = place(top + left, polygon(fill: luma(96%), stroke: 0.6pt, ..corners.pos().map(c => c.map(v => v * px))))
#let arrow(stroke, start, ..parts) = {
  let at(p) = p.map(v => v * px)
  place(top + left, curve(stroke: stroke, curve.move(at(start)), ..parts.pos().map(p =>
    if p.len() == 3 { curve.cubic(at(p.at(0)), at(p.at(1)), at(p.at(2))) } else { curve.line(at(p.at(0))) })))
  let (x, y) = parts.pos().last().last()
  place(top + left, polygon(fill: luma(35%), at((x, y)), at((x - 9, y - 4)), at((x - 9, y + 4))))
}
#let picture(w, h, body) = layout(size => {
  let f = calc.min(1, size.width / (w * px), 150mm / (h * px))
  scale(f * 100%, origin: top + left, reflow: true, box(width: w * px, height: h * px, body))
})
"""
_BOXES = {
    "data": "fill: luma(96%), stroke: 0.6pt",
    "node": "fill: luma(96%), stroke: 0.6pt, radius: 9pt",
    "output": "fill: luma(96%), stroke: 0.6pt, radius: 4pt",
    "more": "stroke: folded, radius: 4pt",
}


def to_typst(diagram: Diagram) -> str:
    """The picture as content of Typst, ending in a newline; a wide one is made as small as the page asks."""
    drawn = scene(diagram)
    rows = [_arrow(line) for line in drawn.lines]
    rows += [row for piece in drawn.pieces for row in _piece(piece)]
    wide, low = drawn.size[0], drawn.size[1]
    for sign, words, (x, y), right in legend_places(diagram, drawn):
        mark = [] if sign in ("value", "gradient") else _frame(sign, (x + 12, y), 24, 15)
        kind = "word" if mark else sign
        rows += [*mark, _words(kind, words, ((x + (30 if mark else 0) + right) / 2, y + 5))]
        wide, low = max(wide, right), max(low, y + 16)
    return _TOOLS + f"#picture({_n(wide)}, {_n(low)}, {{\n" + "".join(f"  {row}\n" for row in rows) + "})\n"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _at(point: Point) -> str:
    return f"({_n(point[0])}, {_n(point[1])})"


def _words(kind: str, text: str, at: Point) -> str:
    return f'words("{kind}", {_n(at[0])}, {_n(at[1])})[{escape_typst(text)}]'


def _formula(node: Node, shown: str, at: Point, size: str = "12pt") -> str:
    return f"formula({_n(at[0])}, {_n(at[1])}, {size}, eq({literal(flat(node))}, ${shown}$))"


def _piece(piece: Piece) -> Iterable[str]:
    x, y = piece.place
    top = y - piece.high / 2 + 37 if piece.item.role == "more" else y + 17
    if piece.item.role == "more":
        yield from _frame("more", piece.place, piece.wide, piece.high)
        yield _formula(piece.node, "dots.v", (x, y - piece.high / 2 + 14))
    else:
        yield from _frame(piece.box.kind, piece.place, piece.wide, piece.high)
        yield _formula(piece.node, cut_formula(piece, typst, typst_rows, "dots"), (x, y - 9 * len(piece.words)))
    for i, words in enumerate(piece.words):
        yield _words("word", words, (x, top + 18 * i))
    if piece.item.role == "box" and piece.box.value:
        yield _words("value", number(piece.box.value), (x, y - piece.high / 2 - 6))
    if piece.item.role == "box" and piece.box.gradient:
        yield _words("gradient", number(piece.box.gradient), (x, y + piece.high / 2 + 15))


def _frame(kind: str, at: Point, wide: float, high: float) -> list[str]:
    """The outline; a parameter has cut corners, the output a second line."""
    if kind == "param":
        return [f"cut({', '.join(map(_at, corners(at, wide, high)))})"]
    left, top = at[0] - wide / 2, at[1] - high / 2
    shapes = [f"shape({_n(left)}, {_n(top)}, {_n(wide)}, {_n(high)}, {_BOXES[kind]})"]
    if kind == "output":
        shapes.append(f"shape({_n(left + 3)}, {_n(top + 3)}, {_n(wide - 6)}, {_n(high - 6)}, stroke: 0.5pt, radius: 3pt)")
    return shapes


def _arrow(line: Line) -> str:
    parts = "".join(f", ({', '.join(map(_at, part))},)" for part in bends(line))
    row = f"arrow({'folded' if line.folded else 'ink'}, {_at(line.points[0])}{parts})"
    if line.local is not None and line.at is not None:
        node = typeset(line.local, style_of(line.local))
        first, *more = typst_rows(node, 19)
        row += "; " + _formula(node, first + (" dots" if more else ""), (line.at[0], line.at[1] - 14), "9.5pt")
    return row
