"""A picture as TikZ: plain nodes and paths at absolute places, for pdfLaTeX, XeLaTeX and LuaLaTeX with ``tikz`` and ``amsmath``."""

from __future__ import annotations

from collections.abc import Iterable

from derivx.picture.diagram import Diagram
from derivx.picture.layout import Point
from derivx.picture.scene import MOST, Line, Piece, bends, corners, cut_formula, legend_places, number, scene
from derivx.render.tex import tex, tex_rows
from derivx.render.tex_text import escape, needs_kotex
from derivx.render.typeset import style_of, typeset

_PREAMBLE = r"""\documentclass[border=4mm]{standalone}
\usepackage{iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}\fi
\usepackage{amsmath,amssymb,tikz}
%s\begin{document}
"""
_STYLES = r"""\definecolor{derivxvalue}{HTML}{00594F}
\definecolor{derivxgradient}{HTML}{D1430A}
\begin{tikzpicture}[x=0.75pt,y=-0.75pt,line width=0.6pt,inner sep=0pt,outer sep=0pt,
  arrow/.style={draw=black!65,->,>=latex},folded/.style={dash pattern=on 3pt off 2.4pt},
  data/.style={draw,fill=black!4},param/.style={draw,fill=black!4},node/.style={draw,fill=black!4,rounded corners=12pt},
  output/.style={draw,fill=black!4,double,double distance=1.2pt,rounded corners=4pt},more/.style={draw,folded,rounded corners=4pt},
  value/.style={text=derivxvalue,font=\small\bfseries},gradient/.style={text=derivxgradient,font=\small\bfseries},
  word/.style={font=\small}]
"""


def to_tikz(diagram: Diagram, *, standalone: bool = False) -> str:
    """The picture as a ``tikzpicture``, ending in a newline; ``standalone`` makes it a document that compiles."""
    drawn = scene(diagram)
    rows = [rf"\node[word,anchor=west] at (0,-30) {{{escape(diagram.title)}}};"] if diagram.title else []
    rows += [_arrow(line) for line in drawn.lines]
    rows += [row for piece in drawn.pieces for row in _piece(piece)]
    for sign, words, (x, y), _ in legend_places(diagram, drawn):
        if sign in ("value", "gradient"):
            rows.append(rf"\node[{sign},anchor=base west] at {_at((x, y + 5))} {{{escape(words)}}};")
        else:
            rows += [_frame(sign, (x + 12, y), 24, 15), rf"\node[word,anchor=base west] at {_at((x + 30, y + 5))} {{{escape(words)}}};"]
    body = _STYLES + "".join(f"  {row}\n" for row in rows) + "\\end{tikzpicture}\n"
    if not standalone:
        return body
    return _PREAMBLE % ("\\usepackage{kotex}\n" if needs_kotex(body) else "") + body + "\\end{document}\n"


def _at(point: Point) -> str:
    return f"({point[0]:.1f},{point[1]:.1f})"


def _piece(piece: Piece) -> Iterable[str]:
    x, y = piece.place
    if piece.item.role == "more":
        yield _frame("more", piece.place, piece.wide, piece.high)
        yield rf"\node at {_at((x, y - piece.high / 2 + 12))} {{$\vdots$}};"
        top = y - piece.high / 2 + 37
    else:
        yield _frame(piece.box.kind, piece.place, piece.wide, piece.high)
        yield rf"\node at {_at((x, y - 9 * len(piece.words)))} {{${_formula(piece)}$}};"
        top = y + 17
    for i, words in enumerate(piece.words):
        yield rf"\node[word,anchor=base] at {_at((x, top + 18 * i))} {{{escape(words)}}};"
    if piece.item.role == "box" and piece.box.value:
        yield rf"\node[value,anchor=base] at {_at((x, y - piece.high / 2 - 6))} {{{escape(number(piece.box.value))}}};"
    if piece.item.role == "box" and piece.box.gradient:
        yield rf"\node[gradient,anchor=base] at {_at((x, y + piece.high / 2 + 15))} {{{escape(number(piece.box.gradient))}}};"


def _formula(piece: Piece) -> str:
    return cut_formula(piece, tex, tex_rows, r"\cdots")


def _frame(kind: str, at: Point, wide: float, high: float) -> str:
    """The outline; a parameter has cut corners."""
    if kind == "param":
        return r"\draw[param] " + " -- ".join(map(_at, corners(at, wide, high))) + " -- cycle;"
    (x, y), w, h = at, wide / 2, high / 2
    style = f"{kind},rounded corners={high * 0.36:.1f}pt" if kind == "node" else kind
    return rf"\draw[{style}] {_at((x - w, y - h))} rectangle {_at((x + w, y + h))};"


def _arrow(line: Line) -> str:
    path = _at(line.points[0])
    for *bend, end in bends(line):
        path += f" .. controls {' and '.join(map(_at, bend))} .. {_at(end)}" if bend else f" -- {_at(end)}"
    row = rf"\draw[arrow{',folded' if line.folded else ''}] {path};"
    if line.local is not None and line.at is not None:
        local = typeset(line.local, style_of(line.local))
        shown = tex_rows(local, int(MOST))
        text = shown[0] + (r" \cdots" if len(shown) > 1 else "")
        row += rf" \node[anchor=base,font=\small] at {_at((line.at[0], line.at[1] - 6))} {{${text}$}};"
    return row
