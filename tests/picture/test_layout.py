"""Layouts of graphs made by chance: boxes apart, arrows forward and around the boxes, every time the same."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from derivx.picture.layers import layers, neighbours
from derivx.picture.layout import Edge, Routed, arrange, route


def drawn(seed: int, count: int = 40, *, labels: bool = False) -> tuple[list[tuple[float, float]], Routed, list[Edge]]:
    rng = random.Random(seed)
    sizes = [(rng.randint(20, 120) * 1.0, rng.randint(20, 80) * 1.0) for _ in range(count)]
    pairs = {(rng.randrange(i), i) for i in range(1, count) for _ in range(rng.randint(0, 3))}
    edges = [Edge(t, h, rng.choice([0.01, 1.0]), (30.0, 20.0) if labels and rng.random() < 0.5 else None) for t, h in sorted(pairs)]
    return sizes, route(arrange(sizes, edges, gap=12, thin=6), [s[0] for s in sizes], space=40), edges


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("labels", [False, True])
def test_boxes_are_apart_and_arrows_go_around_them(seed: int, labels: bool) -> None:
    sizes, found, edges = drawn(seed, labels=labels)
    frames = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in zip(found.places, sizes, strict=True)]
    for i, a in enumerate(frames):
        for b in frames[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] + 11 <= b[1] or b[3] + 11 <= a[1]
    for edge, points in zip(edges, found.routes, strict=True):
        assert points == sorted(points, key=lambda p: p[0])
        assert points[0][0] == pytest.approx(frames[edge.tail][2])
        assert points[-1][0] == pytest.approx(frames[edge.head][0])
        for (x, y), (x2, y2) in pairwise(points):
            for k, (left, top, right, bottom) in enumerate(frames):
                if k not in (edge.tail, edge.head) and y == y2:
                    assert not (x < right and left < x2 and top < y < bottom)
    for edge, at in zip(edges, found.labels, strict=True):
        assert (at is None) == (edge.label is None)


def test_the_same_every_time() -> None:
    assert drawn(3)[1] == drawn(3)[1]


def test_nothing() -> None:
    assert route(arrange([], [], gap=1, thin=1), [], space=1).size == (0.0, 0.0)


def test_inputs_stand_before_their_first_use_and_branches_stay_near() -> None:
    # x -> a -> b -> c -> end; w -> c; a -> loss -> end
    arrows = [(0, 1), (1, 2), (2, 4), (3, 4), (1, 5), (4, 6), (5, 6)]
    assert layers(*neighbours(7, arrows)) == [0, 1, 2, 2, 3, 2, 4]


def test_two_lines_cross_only_where_they_must() -> None:
    edges = [Edge(0, 3), Edge(0, 4), Edge(1, 3), Edge(2, 4)]
    grid = arrange([(10.0, 10.0)] * 5, edges, gap=4, thin=2)
    assert grid.rows[0].index(0) == 1


def test_a_chain_is_straight() -> None:
    edges = [Edge(0, 2), Edge(1, 2, 0.003), Edge(2, 4), Edge(3, 4, 0.003), Edge(4, 5)]
    found = route(arrange([(10.0, 10.0)] * 6, edges, gap=4, thin=2), [10.0] * 6, space=40)
    assert max(found.places[i][1] for i in (0, 2, 4, 5)) - min(found.places[i][1] for i in (0, 2, 4, 5)) < 0.2
