"""A picture for the terminal: a drawing where it fits, else a list of the layers that says who feeds whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

from derivx.picture.diagram import Diagram
from derivx.picture.fold import Folded, Item, folded
from derivx.picture.layers import layers, neighbours
from derivx.picture.layout import Arranged, Edge, arrange
from derivx.picture.scene import LEGEND, caption, ends, fold_words, number, said
from derivx.render.block import center, columns, cut, pad, wrap
from derivx.render.board import Board, flat, printable
from derivx.render.typeset import style_of, typeset

_DRAWN, _MOST = 40, 26  # boxes of a drawing, and columns of a formula in it
_N, _E, _S, _W = 1, 2, 4, 8
_LINES = dict(zip(range(16), " ╵╶└╷│┌├╴┘─┴┐┤┬┼", strict=True))
_PLAIN = {0: " ", _N: "|", _S: "|", _N | _S: "|", _E: "-", _W: "-", _E | _W: "-"}
_FRAMES = {"data": "┌─┐│└┘", "param": "┏━┓┃┗┛", "node": "╭─╮│╰╯", "output": "╔═╗║╚╝", "more": "┌╌┐┆└┘"}
_ASCII = {"data": "+-+|++", "param": "*-*|**", "node": ".-.|''", "output": "#=#|##", "more": "...:.."}
_LETTERS = {"−": "-", "…": "...", "⋮": ":", "·": "/", "→": "->", "∂": "d", "±": "+-"}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A box of characters: what stands in it, and on its upper and lower edge."""

    lines: list[str]
    kind: str
    above: str = ""
    below: str = ""

    @property
    def width(self) -> int:
        return max([*(columns(t) + 4 for t in self.lines), *(columns(t) + 6 for t in (self.above, self.below) if t)]) | 1

    @property
    def height(self) -> int:
        return (len(self.lines) + 2) | 1

    def drawn(self, *, ascii: bool) -> list[str]:  # noqa: A002
        """The lines of the box with its frame."""
        a, line, b, side, c, d = tuple((_ASCII if ascii else _FRAMES)[self.kind])
        inner = self.width - 2
        edges = [f" {t} " if t else "" for t in (self.above, self.below)]
        top, bottom = (line + t + line * (inner - 1 - columns(t)) for t in edges)
        lines = [*self.lines, *([""] * (self.height - 2 - len(self.lines)))]
        return [a + top + b, *(side + center(t, inner) + side for t in lines), c + bottom + d]


def to_text(diagram: Diagram, *, width: int = 80, ascii: bool = False, titled: bool = True) -> str:  # noqa: A002
    """The picture in lines of at most ``width`` columns, ending in a newline; ``ascii`` uses no other characters in English."""
    text = _Text(diagram, folded(diagram), max(width, 24), ascii)
    lines = text.drawing() or text.listing()
    head = wrap(text.said("ui.picture_title") if not diagram.title else text.clean(diagram.title), text.width)
    return "\n".join(line.rstrip() for line in [*([*head, ""] if titled or diagram.title else []), *lines]) + "\n"


class _Text:
    def __init__(self, diagram: Diagram, shown: Folded, width: int, ascii: bool) -> None:  # noqa: A002
        self.diagram, self.shown, self.width, self.ascii = diagram, shown, width, ascii
        self.board = Board(ascii)
        self.numbers = [k for k in ("value", "gradient") if any(getattr(b, k) for b in diagram.boxes)]

    def clean(self, text: str) -> str:
        """A text without characters that a terminal would obey, and in ASCII where that is asked (Hangul stays)."""
        text = printable(text)
        return "".join(_LETTERS.get(c, c if c.isascii() or "가" <= c <= "힣" else "?") for c in text) if self.ascii else text

    def said(self, key: str, **params: object) -> str:
        return self.clean(said(key, self.diagram.lang, **params))

    def short(self, text: str, most: int) -> str:
        dots = self.clean("…")
        return text if columns(text) <= most else cut(text, most - len(dots))[0].rstrip(" ,.…") + dots

    # What stands on an item.

    def name(self, item: Item) -> str:
        first, last = (flat(n, self.board) for n in ends(self.diagram, item))
        return first if item.role == "box" else f"{first} {self.clean('…')} {last}"

    def cell(self, item: Item) -> _Cell:
        box = self.diagram.boxes[item.ends[0]]
        if item.role == "box":
            text = self.short(flat(caption(box), self.board), _MOST)
            return _Cell([text], box.kind, self.short(self.clean(number(box.value)), 14), self.short(self.clean(number(box.gradient)), 14))
        words = [self.clean(w) for w in fold_words(item, self.diagram.lang)]
        return _Cell([self.clean("⋮"), *words], "more") if item.role == "more" else _Cell([self.name(item), *words], box.kind)

    # The drawing.

    def drawing(self) -> list[str] | None:
        """From left to right, or else from top to bottom, if that fits."""
        if len(self.shown.items) > _DRAWN:
            return None
        cells = [self.cell(item) for item in self.shown.items]
        found = self.drawn(cells, down=False) or self.drawn(cells, down=True)
        return found and [*found, *self.locals(), "", *self.legend()]

    def drawn(self, cells: Sequence[_Cell], *, down: bool) -> list[str] | None:
        sizes = [(float(c.height), float(c.width)) if down else (float(c.width), float(c.height)) for c in cells]
        pull = [{"param": 0.003, "data": 0.3}.get(c.kind, 1.0) for c in cells]
        edges = [Edge(a.tail, a.head, pull[a.tail]) for a in self.shown.arrows]
        grid = arrange(sizes, edges, gap=2.0 if down else 0.0, thin=1.0)
        canvas = _Canvas(grid, len(cells), down=down)
        if not canvas.wire():
            return None
        return canvas.picture([c.drawn(ascii=self.ascii) for c in cells], self.width, ascii=self.ascii)

    def locals(self) -> list[str]:
        """The derivatives that would stand on the arrows."""
        out = list[str]()
        for a in self.shown.arrows:
            if a.local is not None:
                head, tail = (self.name(self.shown.items[i]) for i in (a.head, a.tail))
                d = self.clean("∂")
                value = flat(typeset(a.local, style_of(a.local)), self.board)
                out.append(self.short(f"{d}{head}/{d}{tail} = {value}", self.width))
        return ["", *out] if out else []

    def legend(self) -> list[str]:
        kinds = {self.diagram.boxes[i.ends[0]].kind for i in self.shown.items if i.role != "more"}
        frames = _ASCII if self.ascii else _FRAMES
        words = [f"{frames[k][:3]} {self.said(LEGEND[k])}".replace(" ", "\u00a0") for k in LEGEND if k in kinds]
        rows = wrap("  ".join(words).replace("  ", " "), self.width)
        return rows + (wrap(self.said("ui.picture_edges"), self.width) if self.numbers else [])

    # The list.

    def listing(self) -> list[str]:
        """Layer by layer: the formula, the numbers, and what the box feeds."""
        items = self.shown.items
        before, after = neighbours(len(items), ((a.tail, a.head) for a in self.shown.arrows))
        rows = defaultdict[int, list[int]](list)
        for i, k in enumerate(layers(before, after)):
            rows[k].append(i)
        size = min(11, self.width // 8)
        room = max(8, (self.width - 4 - (size + 1) * len(self.numbers)) * 3 // 5)
        titles = " ".join(pad(self.short(self.said(LEGEND[k]), size), size) for k in self.numbers)
        out = [pad("", 2 + room + 1) + self.short(f"{titles} {self.clean('→')} {self.said('ui.picture_feeds')}", self.width - room - 3)]
        for k in sorted(rows):
            out += ["", self.said("ui.picture_layer", n=k + 1)]
            out += [line for i in rows[k] for line in self.row(i, after[i], room, size)]
        return out + (["", *self.locals()[1:]] if self.locals() else [])

    def row(self, i: int, feeds: Sequence[int], room: int, size: int) -> list[str]:
        item = self.shown.items[i]
        box = self.diagram.boxes[item.ends[0]]
        if item.role == "box":
            text = flat(caption(box), self.board)
            shown = [pad(self.short(self.clean(number(getattr(box, k))), size), size) for k in self.numbers]
        else:
            text, shown = f"{self.name(item)} ({', '.join(self.clean(w) for w in fold_words(item, self.diagram.lang))})", []
            room += (size + 1) * len(self.numbers)
        left = "  " + " ".join([pad(self.short(text, room), room), *shown]) + " "
        names = [self.name(self.shown.items[j]) for j in feeds[:4]] + ([self.clean("…")] if len(feeds) > 4 else [])
        return [left + self.short(f"{self.clean('→')} {', '.join(names)}", self.width - columns(left))] if names else [left]


class _Canvas:
    """Wires between layers: each box has one line in a gap, which leaves its middle, turns on a track of its own, and ends at heads.

    Coordinates are (along, across); where lines of two boxes cross, the one that runs down the page stays whole.
    """

    def __init__(self, grid: Arranged, boxes: int, *, down: bool) -> None:
        self.grid, self.boxes, self.down = grid, boxes, down
        middles = [floor(c + 0.5) for c in grid.cross]  # all sizes are odd
        tops = [m - int(s[1]) // 2 for m, s in zip(middles, grid.sizes, strict=True)]
        low = min(tops, default=0)
        self.tops = [t - low for t in tops]
        self.at = [m - low for m in middles]
        self.tracks: list[dict[int, int]] = []
        row_of = {p: k for k, row in enumerate(grid.rows) for p in row}
        self.nets: list[dict[int, set[int]]] = [defaultdict(set) for _ in grid.rows]
        for chain in grid.chains:
            for a, b in pairwise(chain):
                self.nets[row_of[a]][a].add(b)

    def wire(self) -> bool:
        """A track for every line that bends, so ordered that no two run on one another; whether there are such."""
        for nets in self.nets:
            bent = {a: heads for a, heads in nets.items() if {self.at[b] for b in heads} != {self.at[a]}}
            earlier = {a: {c for c in bent if c != a and self.at[c] in {self.at[b] for b in bent[a]}} for a in bent}
            order: list[int] = []
            while len(order) < len(bent):
                free = [a for a in bent if a not in order and earlier[a] <= set(order)]
                if not free:
                    return False
                order.append(min(free, key=lambda a: (-abs(self.at[a] - sum(self.at[b] for b in bent[a]) / len(bent[a])), self.at[a])))
            self.tracks.append({a: i for i, a in enumerate(order)})
        return True

    def picture(self, cells: Sequence[list[str]], width: int, *, ascii: bool) -> list[str] | None:  # noqa: A002
        """The lines of the drawing, or nothing if it is too wide."""
        starts, at = list[int](), 0
        lengths = [int(max(self.grid.sizes[p][0] for p in row)) for row in self.grid.rows]
        margin = 1 if self.down else 2
        for k, length in enumerate(lengths):
            starts.append(at)
            at += length + (len(self.tracks[k]) + margin + 1 if k + 1 < len(lengths) else 0)
        across = max((t + int(s[1]) for t, s in zip(self.tops, self.grid.sizes, strict=True)), default=0)
        if (across if self.down else at) > width:
            return None
        marks: dict[tuple[int, int], int] = {}
        for k, nets in enumerate(self.nets):
            for a, heads in nets.items():
                for spot, bits in self.net(k, a, heads, starts, lengths).items():
                    marks[spot] = _joined(marks.get(spot, 0), bits)
        rows = [[" "] * (across if self.down else at) for _ in range(at if self.down else across)]
        for (x, y), bits in marks.items():
            rows[y][x] = _PLAIN.get(bits, "+") if ascii else _LINES[bits]
        for row in self.grid.rows:
            for p in row:
                if p < self.boxes:
                    self.paste(rows, p, cells[p], starts, ascii=ascii)
        return ["".join(row) for row in rows]

    def net(self, k: int, a: int, heads: set[int], starts: list[int], lengths: list[int]) -> dict[tuple[int, int], int]:
        """The characters of the line of one box in a gap, as the sides they touch."""
        marks: dict[tuple[int, int], int] = defaultdict(int)
        end = starts[k + 1]
        begin = starts[k] + int(self.grid.sizes[a][0]) if a < self.boxes else starts[k]
        turn = starts[k] + lengths[k] + self.tracks[k].get(a, 0) + (0 if self.down else 1)
        here = self.at[a]

        def along(lo: int, hi: int, y: int) -> None:
            for x in range(lo, hi + 1):
                self.mark(marks, x, y, (_W if x > lo else 0) | (_E if x < hi else 0))

        along(begin, turn, here)
        self.mark(marks, begin, here, _W)
        for b in heads:
            there = self.at[b]
            along(turn, end - 1, there)
            self.mark(marks, end - 1, there, _E)
            for y in range(min(here, there), max(here, there) + 1):
                self.mark(marks, turn, y, (_N if y > min(here, there) else 0) | (_S if y < max(here, there) else 0))
        return marks

    def mark(self, marks: dict[tuple[int, int], int], x: int, y: int, bits: int) -> None:
        """Sides touched, on the page: in a drawing from top to bottom the axes change places."""
        if self.down:
            x, y = y, x
            bits = sum(new for old, new in ((_N, _W), (_W, _N), (_S, _E), (_E, _S)) if bits & old)
        marks[x, y] |= bits

    def paste(self, rows: list[list[str]], p: int, lines: Sequence[str], starts: list[int], *, ascii: bool) -> None:  # noqa: A002
        """A box into its place, with the points of its arrows. A wide character leaves the next place empty."""
        k = next(k for k, row in enumerate(self.grid.rows) if p in row)
        x, y = (self.tops[p], starts[k]) if self.down else (starts[k], self.tops[p])
        for j, line in enumerate(lines):
            spot = x
            for char in line:
                rows[y + j][spot] = char
                rows[y + j][spot + 1 : spot + columns(char)] = [""] * (columns(char) - 1)
                spot += columns(char)
        if any(chain[-1] == p for chain in self.grid.chains):
            tip = (self.at[p], y - 1) if self.down else (x - 1, self.at[p])
            rows[tip[1]][tip[0]] = ("v" if self.down else ">") if ascii else ("▼" if self.down else "▶")


def _joined(old: int, new: int) -> int:
    """Two lines on one spot: crossing, the one down the page stays whole; else they meet."""
    across, down = _E | _W, _N | _S
    return down if {old, new} == {across, down} else old | new
