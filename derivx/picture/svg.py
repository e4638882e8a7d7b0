"""A picture as SVG: one file without outside resources or script, readable on light and dark ground and aloud."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape as _escape

from derivx.picture.diagram import Diagram
from derivx.picture.layout import Point
from derivx.picture.mathline import Run
from derivx.picture.scene import FONT, LEGEND, SMALL, Line, Piece, Scene, caption, legend, local_runs, number, said, scene, small
from derivx.render.board import flat, printable

_MARGIN, _ROW = 24.0, 30.0
_COLOURS = {"value": " v", "gradient": " g"}
_STYLE = """
.derivx{--ink:#1c2126;--ground:#fff;--fill:#f5f7f9;--line:#5c6670;--value:#00594f;--gradient:#d1430a;color:var(--ink)}
@media (prefers-color-scheme:dark){
.derivx{--ink:#e8ebee;--ground:#15191d;--fill:#20262c;--line:#98a3ad;--value:#86ead3;--gradient:#ff7f45}}
.derivx .m{font:16px "STIX Two Text","Cambria","Latin Modern Roman","Times New Roman",serif;fill:currentColor;word-spacing:-.08em}
.derivx .w{font:13px system-ui,"Noto Sans KR","Apple SD Gothic Neo","Malgun Gothic","NanumGothic",sans-serif;fill:currentColor}
.derivx .v{fill:var(--value);font-weight:600}
.derivx .g{fill:var(--gradient);font-weight:600}
.derivx .i{font-style:italic}
.derivx .b{fill:var(--fill);stroke:currentColor;stroke-width:1.3}
.derivx .o{fill:none;stroke:currentColor;stroke-width:1}
.derivx .f{fill:var(--ground);stroke:var(--line);stroke-width:1.2;stroke-dasharray:5 4}
.derivx .a{fill:none;stroke:var(--line);stroke-width:1.3}
.derivx .d{stroke-dasharray:5 4}
.derivx .h{fill:var(--line);stroke:none}
.derivx .z{fill:var(--ground)}
.derivx .t{font-size:17px}
"""


def to_svg(diagram: Diagram) -> str:
    """The picture as one SVG element, ending in a newline."""
    drawn = scene(diagram)
    head = 34.0 if diagram.title else 0.0
    signs, low = _legend(diagram, drawn, max(drawn.size[0], 340.0))
    width = max(drawn.size[0], *(right for _, right in signs), 34 + small(diagram.title) * 1.3 if head else 0.0) + 2 * _MARGIN
    height = drawn.size[1] + head + low + 2 * _MARGIN + 14
    shift = (width - 2 * _MARGIN - drawn.size[0]) / 2 + _MARGIN
    lang = "" if diagram.lang == "both" else f' xml:lang="{diagram.lang}"'
    title = diagram.title or said("ui.picture_title", diagram.lang)
    size = f'width="{_n(width)}" height="{_n(height)}"'
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="derivx" {size} viewBox="0 0 {_n(width)} {_n(height)}" role="img"{lang}>',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(said('ui.picture_desc', diagram.lang, n=len(diagram.boxes)))}</desc>",
        f"<style>{_STYLE}</style>",
        f'<rect class="z" {size} rx="6"/>',
        *([f'<text class="w t" x="{_n(_MARGIN)}" y="38">{escape(diagram.title)}</text>'] if head else []),
        f'<g transform="translate({_n(shift)} {_n(_MARGIN + head)})">',
        *(part for line in drawn.lines for part in _arrow(line)),
        *(part for piece in drawn.pieces for part in _piece(piece)),
        "</g>",
        f'<g transform="translate({_n(_MARGIN)} {_n(_MARGIN + head + drawn.size[1] + 26)})">',
        *(part for part, _ in signs),
        "</g>",
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def escape(text: str) -> str:
    """Text for XML: nothing in it is markup, and no character is one that XML forbids."""
    return _escape(printable(text), {'"': "&quot;"})


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def math(runs: Sequence[Run], at: Point, size: float = FONT, more: str = "") -> str:
    """A formula around a point on its baseline."""
    parts, rise = list[str](), 0.0
    for run in runs:
        style = ' class="i"' if run.italic else ""
        style += f' font-size="{_n(size * run.size)}"' if run.size != 1 or size != FONT else ""
        style += f' dy="{_n((rise - run.rise) * size)}"' if run.rise != rise else ""
        text = escape(run.text).replace(" ", "\u00a0")
        parts.append(f"<tspan{style}>{text}</tspan>" if style else text)
        rise = run.rise
    return f'<text class="m{more}" text-anchor="middle" x="{_n(at[0])}" y="{_n(at[1])}">{"".join(parts)}</text>'


def _words(text: str, at: Point, more: str = "", anchor: str = "middle") -> str:
    return f'<text class="w{more}" text-anchor="{anchor}" x="{_n(at[0])}" y="{_n(at[1])}">{escape(text)}</text>'


def _piece(piece: Piece) -> Iterable[str]:
    x, y = piece.place
    if piece.item.role == "more":
        yield _frame("fold", x, y, piece.wide, piece.high)
        top = y - piece.high / 2
        yield f'<text class="m" text-anchor="middle" x="{_n(x)}" y="{_n(top + 19)}">⋮</text>'
        for i, line in enumerate(piece.words):
            yield _words(line, (x, top + 37 + 18 * i))
        return
    yield "<g>"
    yield f"<title>{escape(flat(caption(piece.box) if piece.item.role == 'box' else piece.node))}</title>"
    yield _frame(piece.box.kind, x, y, piece.wide, piece.high)
    yield math(piece.runs, (x, y + 5 - 9 * len(piece.words)))
    for i, line in enumerate(piece.words):
        yield _words(line, (x, y + 17 + 18 * i))
    at = piece.item.ends[0]  # each number has a class of its own, so that a page can show one after the other
    if piece.item.role == "box" and piece.box.value:
        yield _words(number(piece.box.value), (x, y - piece.high / 2 - 6), f" v v{at}")
    if piece.item.role == "box" and piece.box.gradient:
        yield _words(number(piece.box.gradient), (x, y + piece.high / 2 + 15), f" g g{at}")
    yield "</g>"


def _frame(kind: str, x: float, y: float, wide: float, high: float) -> str:
    """The outline tells what a box is: sharp corners, cut corners, round ends, a double line, or dashes."""
    left, top = x - wide / 2, y - high / 2
    place = f'x="{_n(left)}" y="{_n(top)}" width="{_n(wide)}" height="{_n(high)}"'
    match kind:
        case "data":
            return f'<rect class="b" {place}/>'
        case "param":
            cut = min(9.0, high / 3)
            flat_, tall = _n(wide - 2 * cut), _n(high - 2 * cut)
            c = _n(cut)
            return f'<path class="b" d="M{_n(left + cut)} {_n(top)}h{flat_}l{c} {c}v{tall}l-{c} {c}h-{flat_}l-{c} -{c}v-{tall}z"/>'
        case "output":
            inner = f'x="{_n(left + 3)}" y="{_n(top + 3)}" width="{_n(wide - 6)}" height="{_n(high - 6)}"'
            return f'<rect class="b" {place} rx="6"/><rect class="o" {inner} rx="4"/>'
        case "fold":
            return f'<rect class="f" {place} rx="8"/>'
    return f'<rect class="b" {place} rx="{_n(min(high / 2, 17))}"/>'


def _arrow(line: Line) -> Iterable[str]:
    """Straight within columns, curved between them; the head is a triangle of its own, which every renderer draws."""
    (x, y), *rest = line.points
    path = [f"M{_n(x)} {_n(y)}"]
    for i, (a, b) in enumerate(rest):
        last = i == len(rest) - 1
        end = a - 7 if last else a
        if i % 2 == 0:
            path += [f"H{_n(end)}"] if abs(end - x) > 0.05 else []
        elif abs(b - y) < 0.05:
            path.append(f"H{_n(end)}")
        else:
            mid = _n((x + a) / 2)
            path.append(f"C{mid} {_n(y)} {mid} {_n(b)} {_n(a)} {_n(b)}")
        x, y = end, b
    tip, at = line.points[-1]
    yield f'<path class="a{" d" if line.folded else ""}" d="{"".join(path)}"/>'
    yield f'<path class="h" d="M{_n(tip)} {_n(at)}l-9 -4v8z"/>'
    if line.local is not None and line.at is not None:
        yield math(local_runs(line.local), (line.at[0], line.at[1] - 6), SMALL + 1, f" d{line.ends[0]}-{line.ends[1]}")


def _legend(diagram: Diagram, drawn: Scene, width: float) -> tuple[list[tuple[str, float]], float]:
    """The signs that occur, explained, in rows; each with how far right it reaches, and how low all."""
    out, x, y = list[tuple[str, float]](), 0.0, 0.0
    for sign in legend(diagram, drawn):
        words = said(LEGEND[sign], diagram.lang)
        lead = 15.0 if sign in _COLOURS else 30.0
        wide = lead + small(words)
        if x and x + wide > width:
            x, y = 0.0, y + _ROW - 6
        out.append((_sign(sign, x, y) + _words(words, (x + lead, y), _COLOURS.get(sign, ""), "start"), x + wide))
        x += wide + 22
    return out, y + 12


def _sign(sign: str, x: float, y: float) -> str:
    """A small box, or a triangle that points up (values stand above) or down."""
    match sign:
        case "value":
            return f'<path class="v" d="M{_n(x)} {_n(y)}l5 -9l5 9z"/>'
        case "gradient":
            return f'<path class="g" d="M{_n(x)} {_n(y - 9)}l5 9l5 -9z"/>'
    return _frame(sign, x + 12, y - 4.5, 24, 15)
