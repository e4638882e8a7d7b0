"""What dynamic programming saves, and the paths it saves walking: exact counts over the links of a sweep. Pure data.

``links[i]`` are the nodes that use node ``i`` on the way to the output; the order is that of the sweep, from the output back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Links = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Savings:
    """Multiplications of an adjoint by a local derivative: each done once and stored, or along every path anew.

    ``reads``: how often each stored adjoint is used; ``visits``: how often it would be computed without storing.
    """

    stored: int
    unstored: int
    paths: Mapping[int, int]
    reads: Mapping[int, int]
    visits: Mapping[int, int]


def savings(links: Links, output: int, asked: Sequence[int]) -> Savings:
    """Count for a sweep whose order ``links`` has; ``asked`` are the nodes whose derivatives are wanted."""
    paths: dict[int, int] = {}
    lengths: dict[int, int] = {}  # of all paths together
    reads = dict.fromkeys(links, 0)
    for at, users in links.items():
        paths[at] = 1 if at == output else sum(paths[u] for u in users)
        lengths[at] = sum(lengths[u] + paths[u] for u in users)
        for u in users:
            reads[u] += 1
    visits = {at: int(at in asked) for at in links}
    for at in reversed(list(links)):
        for u in links[at]:
            visits[u] += visits[at]
    stored = sum(u != output for users in links.values() for u in users)
    unstored = sum(max(lengths[at] - paths[at], 0) for at in asked if at in links)
    return Savings(stored, unstored, paths, reads, visits)


def walks(links: Links, start: int, output: int, most: int) -> Iterator[tuple[int, ...]]:
    """The first ``most`` paths from a node to the output, each a row of nodes that ends in the output."""
    found = 0
    todo: list[tuple[int, tuple[int, ...]]] = [(start, (start,))]
    while todo and found < most:
        at, path = todo.pop()
        if at == output:
            found += 1
            yield path
        else:
            todo.extend((u, (*path, u)) for u in reversed(links[at]))
