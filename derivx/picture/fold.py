"""Repetition made readable: parameters of one box, units of a layer and runs of equal blocks fold; nothing else does.

A fold remembers every box it stands for, so that it can say how many they are, and what stays visible stays as it was.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from derivx.expr import Expr
from derivx.picture.diagram import Arrow, Diagram
from derivx.picture.layers import layers, neighbours
from derivx.render.typeset import name_node

WHOLE = 40  # boxes up to which a picture is drawn whole
_PARAMS, _UNITS, _BLOCKS = 4, 6, 5  # how many alike there must be before they fold
_PERIOD, _ROUNDS = 40, 6  # layers of a block, and how far away boxes are compared


@dataclass(frozen=True, slots=True)
class Item:
    """What is drawn: a ``box``, the parameters of a box as one (``group``), or a fold of so many ``times`` alike (``more``).

    ``boxes`` are the positions in the diagram that it stands for, ``ends`` the first and the last of them to be named.
    """

    boxes: tuple[int, ...]
    ends: tuple[int, int]
    role: Literal["box", "group", "more"] = "box"
    times: int = 1


@dataclass(frozen=True, slots=True)
class Folded:
    """Items in place of boxes, so ordered that arrows (positions of items) go forward."""

    items: Sequence[Item]
    arrows: Sequence[Arrow]


Merge = tuple[list[int], Literal["group", "more"], int, tuple[int, int]]  # items, times, and which of the items are named


def folded(diagram: Diagram) -> Folded:
    """The diagram as it is drawn: whole when small, else folded where it repeats itself."""
    arrows = {(a.tail, a.head): a for a in reversed(diagram.arrows)}
    now = Folded([Item((i,), (i, i)) for i in range(len(diagram.boxes))], list(reversed(arrows.values())))
    if len(diagram.boxes) <= WHOLE:
        return now
    now = _merged(now, _groups(diagram, now))
    now = _merged(now, _units(diagram, now, private=False))
    now = _merged(now, _units(diagram, now, private=True))
    return _merged(now, _runs(diagram, now))


def _merged(now: Folded, merges: Sequence[Merge]) -> Folded:
    """Each of the merges becomes one item; arrows are drawn once, and carry a derivative only between boxes."""
    if not merges:
        return now
    items: list[Item] = []
    part = [-1] * len(now.items)
    for members, role, times, (a, b) in merges:
        for m in members:
            part[m] = len(items)
        boxes = sorted(i for m in members for i in now.items[m].boxes)
        items.append(Item(tuple(boxes), (now.items[a].ends[0], now.items[b].ends[1]), role, times))
    for i, item in enumerate(now.items):
        if part[i] < 0:
            part[i] = len(items)
            items.append(item)
    arrows: dict[tuple[int, int], Expr | None] = {}
    for arrow in now.arrows:
        tail, head = part[arrow.tail], part[arrow.head]
        if tail != head:
            seen = items[tail].role == items[head].role == "box"
            arrows[tail, head] = arrows.get((tail, head)) or (arrow.local if seen else None)
    place = _forward(items, arrows)
    ordered = sorted(range(len(items)), key=place.__getitem__)
    return Folded([items[i] for i in ordered], [Arrow(place[t], place[h], local) for (t, h), local in arrows.items()])


def _forward(items: Sequence[Item], arrows: Iterable[tuple[int, int]]) -> list[int]:
    """A place for every item, as near to the order of the diagram as the arrows allow."""
    before, after = neighbours(len(items), arrows)
    missing = [len(b) for b in before]
    ready = [(items[i].ends[0], i) for i, m in enumerate(missing) if m == 0]
    heapq.heapify(ready)
    place, done = [-1] * len(items), 0
    while ready:
        _, i = heapq.heappop(ready)
        place[i], done = done, done + 1
        for j in after[i]:
            missing[j] -= 1
            if missing[j] == 0:
                heapq.heappush(ready, (items[j].ends[0], j))
    return place


def _look(diagram: Diagram, item: Item) -> tuple[Hashable, ...]:
    """What an item looks like without its names; a box whose shape is not known looks like no other."""
    box = diagram.boxes[item.ends[0]]
    known = box.shape or box.formula is None
    return (box.kind, box.shape if known else item.boxes, item.role, item.times, len(item.boxes))


def _groups(diagram: Diagram, now: Folded) -> list[Merge]:
    """Many parameters of one letter that feed the same boxes: the weights of a unit."""
    _, after = neighbours(len(now.items), ((a.tail, a.head) for a in now.arrows))
    found: dict[Hashable, list[int]] = defaultdict(list)
    for i, item in enumerate(now.items):
        box = diagram.boxes[item.ends[0]]
        if box.kind == "param" and after[i]:
            found[name_node(box.name.name).base, tuple(after[i])].append(i)
    return [(members, "group", len(members), (members[0], members[-1])) for members in found.values() if len(members) >= _PARAMS]


def _units(diagram: Diagram, now: Folded, *, private: bool) -> list[Merge]:
    """Boxes of one layer, of equal shape and wired alike: all but the first two and the last, with what feeds nothing else.

    ``private`` says whether inputs of a single box are looked at, or all others.
    """
    before, after = neighbours(len(now.items), ((a.tail, a.head) for a in now.arrows))
    level = layers(before, after)
    colour = _numbered([(level[i], _look(diagram, item)) for i, item in enumerate(now.items)])
    for _ in range(_ROUNDS):
        around = [(c, tuple(colour[u] for u in before[i]), tuple(sorted(colour[w] for w in after[i]))) for i, c in enumerate(colour)]
        finer = _numbered(around)
        if max(finer) == max(colour):
            break
        colour = finer
    found: dict[int, list[int]] = defaultdict(list)
    for i, c in enumerate(colour):
        alone = not before[i] and len(after[i]) == 1
        if alone is private and now.items[i].role != "more":
            found[c].append(i)
    hidden = [members[2:-1] for members in found.values() if len(members) >= _UNITS]
    owner = {m: k for k, members in enumerate(hidden) for m in members}
    fed: dict[int, list[int]] = defaultdict(list)
    for i in range(len(now.items)):
        to = {owner.get(w, -1) for w in after[i]}
        if not before[i] and i not in owner and len(to) == 1 and to != {-1}:
            fed[to.pop()].append(i)
    return [([*members, *fed[k]], "more", len(members), (members[0], members[-1])) for k, members in enumerate(hidden)]


def _numbered(keys: Sequence[Hashable]) -> list[int]:
    table: dict[Hashable, int] = {}
    return [table.setdefault(k, len(table)) for k in keys]


def _runs(diagram: Diagram, now: Folded) -> list[Merge]:
    """Runs of equal blocks along depth: all but the first and the last block. An input belongs to the box it feeds."""
    before, after = neighbours(len(now.items), ((a.tail, a.head) for a in now.arrows))
    level = layers(before, after)
    deep = max(level) + 1
    first = [min((level[w] for w in ws), default=level[i]) for i, ws in enumerate(after)]
    wide = [4 * (max((level[w] for w in ws), default=0) - first[i]) > deep for i, ws in enumerate(after)]  # used all along
    rows: list[list[int]] = [[] for _ in range(deep)]
    for i in range(len(now.items)):
        level[i] = level[i] if before[i] else first[i]
        if before[i] or not wide[i]:
            rows[level[i]].append(i)
    rank = {i: r for row in rows for r, i in enumerate(u for u in row if before[u])}
    rank |= {i: r for row in rows for r, i in enumerate(u for u in row if not before[u])}

    def look(i: int) -> Hashable:
        kind, *rest = _look(diagram, now.items[i])
        return ("node" if kind == "output" else kind, *rest)

    def wired(i: int) -> Hashable:
        return tuple((-1, u) if wide[u] else (level[i] - level[u], rank[u]) for u in before[i])

    signs = _numbered([tuple((look(i), wired(i)) for i in row) for row in rows])
    loose = _numbered([tuple(look(i) for i in row if before[i]) for row in rows])
    out = list[Merge]()
    for start, period, blocks in _repeats(signs):
        begun = start >= period and loose[start - period : start] == loose[start : start + period]  # the block before is one, too
        hidden = range(start if begun else start + period, start + period * (blocks - 1))
        named = [i for k in hidden for i in rows[k] if before[i]]
        out.append(([i for k in hidden for i in rows[k]], "more", len(hidden) // period, (named[0], named[-1])))
    return out


def _repeats(signs: Sequence[int]) -> list[tuple[int, int, int]]:
    """Of every run of equal blocks: where it starts, how many layers a block has, and how many blocks there are."""
    deep = len(signs)
    best = [(0, 0, 0)] * deep  # layers that can be hidden, period (negative), blocks
    for period in range(1, min(_PERIOD, deep // _BLOCKS) + 1):
        equal = 0
        for i in range(deep - period - 1, -1, -1):
            equal = equal + 1 if signs[i] == signs[i + period] else 0
            blocks = equal // period + 1
            if blocks >= _BLOCKS:
                best[i] = max(best[i], (period * (blocks - 2), -period, blocks))
    out, i = list[tuple[int, int, int]](), 0
    while i < deep:
        _, period, blocks = best[i]
        if blocks:
            out.append((i, -period, blocks))
        i += -period * blocks or 1
    return out
