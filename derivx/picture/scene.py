"""What SVG and TikZ draw: pieces with their words and places, and arrows with their points, in units of a pixel."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from derivx.expr import Expr
from derivx.picture.diagram import Box, Diagram
from derivx.picture.fold import Item, folded
from derivx.picture.layout import Edge, Point, arrange, route
from derivx.picture.mathline import Run, cut_runs, math_runs, width_of
from derivx.render import layout as lay
from derivx.render.board import printable
from derivx.render.breaking import columns_of
from derivx.render.layout import Node
from derivx.render.typeset import Style, name_node, style_of, typeset
from derivx.words import LANGUAGES, say

FONT, SMALL = 16.0, 13.0  # letters of formulas, and of numbers and words
HIGH = 34.0  # of a box
_CUT = 9.0  # how much of the corners of a parameter is cut off
MOST, SHORT = 19.0, 12.0  # widest formula in a box, in letters: of a picture, and of a very large one
LEGEND = {
    "data": "ui.picture_data", "param": "ui.picture_param", "node": "ui.picture_node", "output": "ui.picture_output",
    "value": "ui.picture_value", "gradient": "ui.picture_gradient",
}  # fmt: skip
_PULL = {"param": 0.003, "data": 0.3}  # how strongly an arrow from it wants to be straight
_NUMBER = re.compile(r"-(?=[\d.]|inf)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A box or a fold in its place: ``node`` is its formula, or ``words`` are its lines; the box is ``wide`` and ``high``."""

    item: Item
    box: Box
    node: Node
    runs: list[Run]
    words: list[str]
    wide: float
    high: float
    place: Point = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow: points in pairs (see ``layout.Routed``), and what stands on it, above its middle."""

    points: list[Point]
    local: Expr | None
    at: Point | None
    folded: bool  # an end of it is a fold
    ends: tuple[int, int] = (0, 0)  # the boxes it goes from and to


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture to be printed."""

    pieces: list[Piece]
    lines: list[Line]
    size: Point


def said(key: str, lang: str, **params: object) -> str:
    """The words in a language; in ``both``, one after the other."""
    return " · ".join(say(key, one, **params) for one in (LANGUAGES if lang == "both" else (lang,)))


def caption(box: Box) -> Node:
    """``q = x + y``, or the name alone."""
    name = name_node(box.name.name)
    return name if box.formula is None else lay.Infix(("", "="), (name, typeset(box.formula, Style())))


def ends(diagram: Diagram, item: Item) -> tuple[Node, Node]:
    """The names of the first and the last box that an item stands for."""
    first, last = (name_node(diagram.boxes[i].name.name) for i in item.ends)
    return first, last


def fold_words(item: Item, lang: str) -> list[str]:
    """What stands on an item that is not a box: how many it is, and how many boxes, where those are more."""
    key = "ui.picture_params" if item.role == "group" else "ui.picture_more"
    lines = [said(key, lang, n=item.times)]
    return lines + ([said("ui.picture_boxes", lang, n=len(item.boxes))] if len(item.boxes) > item.times else [])


def number(text: str) -> str:
    """A number as it is printed: with a minus, and harmless."""
    return _NUMBER.sub("−", printable(text))


def small(text: str) -> float:
    """About how wide a number or a few words are."""
    return SMALL * width_of([Run(text)])


def scene(diagram: Diagram) -> Scene:
    """The diagram, folded and laid out from left to right."""
    shown = folded(diagram)
    pieces = [_piece(diagram, item, MOST if len(shown.items) < 80 else SHORT) for item in shown.items]
    edges = []
    for a in shown.arrows:
        label = None if a.local is None else (FONT * width_of(local_runs(a.local)) + 12, 2.6 * SMALL)
        edges.append(Edge(a.tail, a.head, _PULL.get(pieces[a.tail].box.kind, 1.0), label))
    numbers = 20.0 if any(b.value or b.gradient for b in diagram.boxes) else 0.0
    sizes = [(max(p.wide, small(p.box.value), small(p.box.gradient)), p.high + 2 * numbers * (p.item.role == "box")) for p in pieces]
    routed = route(arrange(sizes, edges, gap=18.0, thin=8.0), [p.wide for p in pieces], space=46.0)
    placed = [Piece(p.item, p.box, p.node, p.runs, p.words, p.wide, p.high, place) for p, place in zip(pieces, routed.places, strict=True)]
    lines = [
        Line(
            points,
            a.local,
            at,
            "more" in (shown.items[a.tail].role, shown.items[a.head].role),
            (shown.items[a.tail].ends[0], shown.items[a.head].ends[0]),
        )
        for a, points, at in zip(shown.arrows, routed.routes, routed.labels, strict=True)
    ]
    return Scene(placed, lines, routed.size)


def local_runs(local: Expr) -> list[Run]:
    """What is written on an arrow."""
    return cut_runs(math_runs(typeset(local, style_of(local))), SHORT)


def _piece(diagram: Diagram, item: Item, most: float) -> Piece:
    box = diagram.boxes[item.ends[0]]
    if item.role == "box":
        node = caption(box)
        runs = cut_runs(math_runs(node), most)
        return Piece(item, box, node, runs, [], max(HIGH, FONT * width_of(runs) + 24), HIGH)
    words = fold_words(item, diagram.lang)
    wide = max(map(small, words)) + 24
    if item.role == "more":
        return Piece(item, box, lay.Plain("⋮"), [Run("⋮")], words, wide, 26.0 + 18 * len(words))
    first, last = ends(diagram, item)
    node = lay.Infix(("", " ", " "), (first, lay.Function("…", r"\ldots"), last))
    runs = math_runs(node)
    return Piece(item, box, node, runs, words, max(wide, FONT * width_of(runs) + 24), HIGH + 18)


def legend(diagram: Diagram, drawn: Scene) -> list[str]:
    """The keys of ``LEGEND`` that the picture needs."""
    found = {p.box.kind for p in drawn.pieces if p.item.role != "more"}
    numbers = {"value"} if any(b.value for b in diagram.boxes) else set[str]()
    numbers |= {"gradient"} if any(b.gradient for b in diagram.boxes) else set()
    return [sign for sign in LEGEND if sign in found | numbers]


def legend_places(diagram: Diagram, drawn: Scene) -> list[tuple[str, str, Point, float]]:
    """Below the picture, in rows: the signs that occur, their words, where each begins, and how far right it reaches."""
    out, x, y = list[tuple[str, str, Point, float]](), 0.0, drawn.size[1] + 34
    for sign in legend(diagram, drawn):
        words = said(LEGEND[sign], diagram.lang)
        if x and x + small(words) > max(drawn.size[0], 340):
            x, y = 0.0, y + 26
        right = x + (0 if sign in ("value", "gradient") else 30) + small(words)
        out.append((sign, words, (x, y), right))
        x = right + 26
    return out


def cut_formula(piece: Piece, show: Callable[[Node], str], rows: Callable[[Node, int], list[str]], dots: str) -> str:
    """The formula of a piece by a printer of mathematics; one that the box cuts off, as far as it goes."""
    node = piece.node
    whole = piece.runs[-1].text != "…" or piece.item.role == "group"
    if whole and not isinstance(node, lay.Plain):
        return show(node)
    room = int(2.4 * width_of(piece.runs))
    first = rows(node, room)[0]
    if isinstance(node, lay.Infix) and (columns_of(node.items[0]) > room or len(first) > 12 * room):
        return f"{show(node.items[0])} = {dots}"
    return f"{first} {dots}"


def corners(at: Point, wide: float, high: float) -> list[Point]:
    """The outline of a parameter: a box with cut corners."""
    (x, y), w, h, c = at, wide / 2, high / 2, min(_CUT, high / 3)
    around = [(-w + c, -h), (w - c, -h), (w, -h + c), (w, h - c), (w - c, h), (-w + c, h), (-w, h - c), (-w, -h + c)]
    return [(x + a, y + b) for a, b in around]


def bends(line: Line) -> list[tuple[Point, ...]]:
    """The parts of an arrow behind its first point: an end to which it is straight, or two points that pull it and its end."""
    (x, y), *rest = line.points
    out: list[tuple[Point, ...]] = []
    for i, (a, b) in enumerate(rest):
        mid = (x + a) / 2
        if (a, b) != (x, y):
            out.append(((mid, y), (mid, b), (a, b)) if i % 2 == 1 and abs(b - y) > 0.05 else ((a, b),))
        x, y = a, b
    return out
