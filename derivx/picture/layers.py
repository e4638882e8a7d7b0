"""Which column of a layered drawing each box stands in."""

from __future__ import annotations

from collections.abc import Iterable

Pair = tuple[int, int]


def neighbours(count: int, arrows: Iterable[Pair]) -> tuple[list[list[int]], list[list[int]]]:
    """Of every box, the boxes before it and those after it, each once and in the order of the arrows."""
    before: list[dict[int, None]] = [{} for _ in range(count)]
    after: list[dict[int, None]] = [{} for _ in range(count)]
    for tail, head in arrows:
        before[head][tail] = None
        after[tail][head] = None
    return [list(b) for b in before], [list(a) for a in after]


def layers(before: list[list[int]], after: list[list[int]]) -> list[int]:
    """Longest paths from the left; what hangs on no such path (inputs, parameters) stands just before its first consumer.

    Boxes must be so ordered that arrows go forward. A side branch that starts at a box of a longest path stays near it, so
    that the loss of a step of a recurrent network stands with its step and not at the end.
    """
    count = len(before)
    early = [0] * count
    for v in range(count):
        early[v] = max((early[u] + 1 for u in before[v]), default=0)
    late = early.copy()
    for v in reversed(range(count)):
        late[v] = min((late[w] - 1 for w in after[v]), default=early[v])
    held = [False] * count
    for v in range(count):
        held[v] = bool(before[v]) and (late[v] == early[v] or any(held[u] for u in before[v]))
    level = early.copy()
    for v in reversed(range(count)):
        if after[v] and not held[v]:
            level[v] = min(level[w] for w in after[v]) - 1
    return level
