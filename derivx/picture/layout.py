"""A layered drawing (Sugiyama): layers, dummy points for long arrows, few crossings, straight lines, no overlaps.

``main`` is the direction of the arrows, ``cross`` the one along a layer; a printer decides which of them is horizontal.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from derivx.picture.layers import layers, neighbours

_LONG = 30_000  # dummy points beyond which long arrows go straight through
_LARGE = 4_000  # points beyond which a few sweeps must do
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow to be laid out: how much it wants to be straight, and the size (main, cross) of what is written on it."""

    tail: int
    head: int
    weight: float = 1.0
    label: Point | None = None


@dataclass(frozen=True, slots=True)
class Arranged:
    """Points (boxes first, then dummies) in layers: ``rows`` in order, ``cross`` the middle of each.

    ``chains`` are the points each arrow runs through; ``written`` the one that holds its label.
    """

    rows: list[list[int]]
    sizes: list[Point]
    cross: list[float]
    chains: list[list[int]]
    written: list[int | None]


@dataclass(frozen=True, slots=True)
class Routed:
    """Middles of the boxes, and of each arrow: points in pairs, straight within a pair, a curve from a pair to the next."""

    places: list[Point]
    routes: list[list[Point]]
    labels: list[Point | None]
    size: Point


def arrange(sizes: Sequence[Point], edges: Sequence[Edge], *, gap: float, thin: float) -> Arranged:
    """Boxes of the given sizes (main, cross), at least ``gap`` apart across; a long arrow takes ``thin``.

    Long arrows from one box run as one line, from which they branch.
    """
    level = layers(*neighbours(len(sizes), ((e.tail, e.head) for e in edges)))
    if any(e.label for e in edges):
        level = [2 * k for k in level]
    points, row_of = list(sizes), level.copy()
    origin = list(range(len(sizes)))
    short = sum(level[e.head] - level[e.tail] - 1 for e in edges) <= _LONG
    shared: dict[tuple[int, int], int] = {}
    chains: list[list[int]] = []
    written: list[int | None] = []

    def dummy(e: Edge, row: int, size: Point) -> int:
        points.append(size)
        row_of.append(row)
        origin.append(e.tail)
        return len(points) - 1

    for e in edges:
        chain, last = [e.tail], level[e.head] - (1 if e.label else 0)
        for row in range(level[e.tail] + 1, last) if short else ():
            if (e.tail, row) not in shared:
                shared[e.tail, row] = dummy(e, row, (0.0, thin))
            chain.append(shared[e.tail, row])
        written.append(dummy(e, last, e.label) if e.label else None)
        chains.append([*chain, *([len(points) - 1] if e.label else []), e.head])
    rows: list[list[int]] = [[] for _ in range(max(row_of, default=-1) + 1)]
    for p in sorted(range(len(points)), key=lambda p: (origin[p], p)):
        rows[row_of[p]].append(p)
    links = _Links(len(points), len(sizes), edges, chains)
    _untangle(rows, links)
    return Arranged(rows, points, _settle(rows, points, links, gap), chains, written)


class _Links:
    """The neighbours of every point on either side, with how strongly each pulls: a long arrow wants to be straight.

    ``strong`` are those by which points are ordered: what merely hangs on a box (a parameter) follows it.
    """

    def __init__(self, points: int, boxes: int, edges: Sequence[Edge], chains: Sequence[list[int]]) -> None:
        pulls: dict[tuple[int, int], tuple[float, float]] = {}
        for edge, chain in zip(edges, chains, strict=True):
            for a, b in pairwise(chain):
                pulls[a, b] = (edge.weight * (1, 2, 8)[(a >= boxes) + (b >= boxes)], edge.weight)
        self.boxes = boxes
        self.left: list[list[tuple[int, float]]] = [[] for _ in range(points)]
        self.right: list[list[tuple[int, float]]] = [[] for _ in range(points)]
        most = [(0.0, 0.0)] * points
        for (a, b), (pull, weight) in pulls.items():
            self.left[b].append((a, pull))
            self.right[a].append((b, pull))
            most[b], most[a] = (max(most[b][0], weight), most[b][1]), (most[a][0], max(most[a][1], weight))
        self.strong: list[tuple[list[int], list[int]]] = [([], []) for _ in range(points)]
        for (a, b), (_, weight) in pulls.items():
            if weight == most[b][0]:
                self.strong[b][0].append(a)
            if weight == most[a][1]:
                self.strong[a][1].append(b)
        self.straight: tuple[dict[int, int], dict[int, int]] = ({}, {})  # what only goes on, goes straight on
        for a, (_, onward) in enumerate(self.strong):
            if len(onward) == 1 and self.strong[onward[0]][0] == [a]:
                self.straight[0][onward[0]], self.straight[1][a] = a, onward[0]


def _untangle(rows: list[list[int]], links: _Links) -> None:
    """Barycentre sweeps to and fro, equal ones now in their order and now reversed; the order with the fewest crossings stays."""
    place = [0.0] * len(links.left)
    for row in rows:
        _number(row, place)
    large = len(place) > _LARGE
    best, kept = (0 if large else _crossings(rows, links, place)), [row.copy() for row in rows]
    for sweep in range(2 if large else 24):
        side = sweep % 2
        for row in rows if side == 0 else reversed(rows):
            if sweep % 8 >= 4:
                row.reverse()
            row.sort(key={p: _middle(links.strong[p][side] or links.strong[p][1 - side], place, place[p]) for p in row}.__getitem__)
            _number(row, place)
        found = 0 if large else _crossings(rows, links, place)
        if found < best or large:
            best, kept = found, [row.copy() for row in rows]
    for row, good in zip(rows, kept, strict=True):
        row[:] = good


def _number(row: Sequence[int], place: list[float]) -> None:
    for i, p in enumerate(row):
        place[p] = (i + 0.5) / len(row)


def _middle(around: Sequence[int], place: Sequence[float], alone: float) -> float:
    return round(sum(place[q] for q in around) / len(around), 9) if around else alone


def _crossings(rows: Sequence[Sequence[int]], links: _Links, place: Sequence[float]) -> int:
    total = 0
    for row in rows:
        seen: list[float] = []
        for p in row:
            ends = sorted(place[q] for q, _ in links.right[p])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _settle(rows: Sequence[Sequence[int]], sizes: Sequence[Point], links: _Links, gap: float) -> list[float]:
    """Where the points stand across: near their neighbours, in order, and nowhere too close."""
    cross = [0.0] * len(sizes)
    needs = [[_apart(a, b, sizes, links.boxes, gap) for a, b in pairwise(row)] for row in rows]
    turns = 6 if len(sizes) > _LARGE else 40
    for turn in range(turns + 4):
        forth = turn % 2 == 0
        both = turn >= turns // 2
        for row, need in zip(*((rows, needs) if forth else (rows[::-1], needs[::-1])), strict=True):
            wanted, weights = [], []
            for p in row:
                around = links.left[p] + links.right[p] if both else (links.left if forth else links.right)[p]
                beside = links.straight[0 if forth else 1].get(p)
                if turn >= turns:  # at last only what can be made straight moves
                    around = [] if beside is None else [(beside, 100.0)]
                weight = sum(w for _, w in around)
                wanted.append(sum(cross[q] * w for q, w in around) / weight if around else cross[p])
                weights.append(weight or (1.0 if turn >= turns else 0.001))
            for p, at in zip(row, _spread(wanted, weights, need), strict=True):
                cross[p] = at
    return cross


def _apart(a: int, b: int, sizes: Sequence[Point], boxes: int, gap: float) -> float:
    return (sizes[a][1] + sizes[b][1]) / 2 + (gap if max(a, b) < boxes else gap / 2)


def _spread(wanted: Sequence[float], weights: Sequence[float], need: Sequence[float]) -> list[float]:
    """Numbers nearest to the wanted ones (least squares) that keep the distances needed: an isotonic regression."""
    shift, shifts = 0.0, [0.0]
    for n in need:
        shift += n
        shifts.append(shift)
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for want, weight, off in zip(wanted, weights, shifts, strict=True):
        mean, total, many = want - off, weight, 1
        while pools and pools[-1][0] >= mean:
            other, heavy, more = pools.pop()
            mean, total, many = (mean * total + other * heavy) / (total + heavy), total + heavy, many + more
        pools.append((mean, total, many))
    level = [mean for mean, _, many in pools for _ in range(many)]
    return [a + b for a, b in zip(level, shifts, strict=True)]


def route(arranged: Arranged, boxes: Sequence[float], *, space: float) -> Routed:
    """Coordinates: layers in columns ``space`` apart or more; ``boxes`` are how long each box itself is along the arrows.

    Arrows run straight through columns and bend only between them, so that none passes through a box.
    """
    rows, sizes, chains = arranged.rows, arranged.sizes, arranged.chains
    low = min((c - s[1] / 2 for c, s in zip(arranged.cross, sizes, strict=True)), default=0.0)
    cross = [round(c - low, 1) for c in arranged.cross]
    lengths = [max(sizes[p][0] for p in row) for row in rows]
    row_of = {p: k for k, row in enumerate(rows) for p in row}
    steep = [0.0] * len(rows)
    for chain in chains:
        for a, b in pairwise(chain):
            steep[row_of[a]] = max(steep[row_of[a]], abs(cross[a] - cross[b]))
    starts, at = [], 0.0
    for k, length in enumerate(lengths):
        starts.append(at)
        written = any(arranged.sizes[p][0] and p >= len(boxes) for r in rows[k : k + 2] for p in r)
        at += length + (space / 2 if written else space) + min(space * 1.5, steep[k] / 6)
    middles = [starts[row_of[p]] + lengths[row_of[p]] / 2 for p in range(len(sizes))]
    routes = []
    for chain in chains:
        points: list[Point] = []
        for p in chain:
            y, k = cross[p], row_of[p]  # before a head the line is straight for a little, whatever the column
            near = middles[p] + boxes[p] / 2 if p == chain[0] else starts[k] - (10 if p == chain[-1] else 0)
            far = middles[p] - boxes[p] / 2 if p == chain[-1] else starts[k] + lengths[k]
            points += [(near, y), (far, y)]
        routes.append(points)
    places = [(middles[p], cross[p]) for p in range(len(boxes))]
    labels = [None if p is None else (middles[p], cross[p]) for p in arranged.written]
    high = max((c + s[1] / 2 for c, s in zip(cross, sizes, strict=True)), default=0.0)
    return Routed(places, routes, labels, (starts[-1] + lengths[-1] if rows else 0.0, high))
