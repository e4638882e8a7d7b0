"""What repeats folds, what does not stays, and every box is accounted for."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from derivx.expr import Sym
from derivx.picture.diagram import Arrow, Box, Diagram
from derivx.picture.fold import Folded, folded

_SPEC = importlib.util.spec_from_file_location("picture_samples", Path(__file__).with_name("samples.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
samples = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(samples)


def visible(diagram: Diagram, found: Folded) -> set[str]:
    return {diagram.boxes[i.boxes[0]].name.name for i in found.items if i.role == "box"}


@pytest.mark.parametrize("name", samples.ALL)
def test_every_box_is_in_one_item_and_arrows_go_forward(name: str) -> None:
    diagram = samples.ALL[name]()
    found = folded(diagram)
    assert sorted(b for item in found.items for b in item.boxes) == list(range(len(diagram.boxes)))
    assert all(a.tail < a.head for a in found.arrows)
    assert len({(a.tail, a.head) for a in found.arrows}) == len(found.arrows)
    item_of = {b: i for i, item in enumerate(found.items) for b in item.boxes}
    whole = {(item_of[a.tail], item_of[a.head]) for a in diagram.arrows}
    assert {(a.tail, a.head) for a in found.arrows} == {(t, h) for t, h in whole if t != h}


@pytest.mark.parametrize("name", ["product", "neuron", "toy", "two_two_two", "scattered"])
def test_small_and_different_ones_are_drawn_whole(name: str) -> None:
    assert all(item.role == "box" for item in folded(samples.ALL[name]()).items)


def test_a_chain() -> None:
    diagram = samples.chain(2000)
    found = folded(diagram)
    assert visible(diagram, found) == {"x", "w_1", "a_1", "w_2000", "a_2000"}
    assert [(i.times, len(i.boxes)) for i in found.items if i.role == "more"] == [(1998, 3996)]


@pytest.mark.parametrize("size", [8, 32])
def test_a_network(size: int) -> None:
    diagram = samples.dense([size, size, size, 1])
    found = folded(diagram)
    assert len(found.items) <= 40
    assert {i.times for i in found.items if i.role == "more"} == {size - 3}
    assert {"x_1", "x_2", f"x_{size}", "z1_1", "z1_2", f"z1_{size}"} <= visible(diagram, found)
    assert not {"x_3", "z1_3"} & visible(diagram, found)


def test_a_recurrent_network() -> None:
    diagram = samples.recurrent(100)
    found = folded(diagram)
    assert len(found.items) <= 24
    assert {"w", "u", "b", "h_1", "h_2", "h_100", "E"} <= visible(diagram, found)
    assert [i.times for i in found.items if i.role == "more"] == [97]


def test_boxes_of_unknown_shape_do_not_fold() -> None:
    diagram = samples.chain(60)
    bare = [Box(b.name, b.kind, b.formula) for b in diagram.boxes]
    assert all(i.role != "more" for i in folded(Diagram(bare, diagram.arrows)).items)


def test_a_layer_in_which_one_is_wired_otherwise() -> None:
    boxes = [Box(Sym(f"x{i}"), "data") for i in range(60)] + [
        Box(Sym("y"), "node", Sym("x0"), shape="a"),
        Box(Sym("z"), "output", Sym("y"), shape="b"),
    ]
    arrows = [Arrow(i, 60) for i in range(59)] + [Arrow(59, 61), Arrow(60, 61)]
    found = folded(Diagram(boxes, arrows))
    assert "x59" in visible(Diagram(boxes, arrows), found)
    assert [i.times for i in found.items if i.role == "more"] == [56]
