"""In which arguments an operation on arrays is linear, from its card's differential: ``conv1d(dx, w) + conv1d(x, dw)`` is, in both."""

from __future__ import annotations

import re
from functools import cache

from derivx import ops
from derivx.expr import Call


@cache
def _slots(name: str) -> tuple[tuple[int, ...], bool]:
    """The places of the arguments, and whether the operation is linear in all of them at once, as ``concat(da, db)``."""
    op = ops.card(name)
    terms = (op.d or "").split(" + ")
    found: list[int] = []
    for term in terms:
        inside = re.fullmatch(rf"{name}\(([^()]*)\)", "transpose(dX)" if term == "dX.T" else term)
        if inside is None:
            return (), False
        moved = [i for i, a in enumerate(inside[1].split(", ")) if a[0] == "d" and a[1:] in op.params]
        found += moved
    return tuple(found), len(found) > len(terms)


def linear_slots(node: Call) -> tuple[int, ...]:
    """The places of the arguments in which an operation is linear while the others stand still."""
    if node.op == "einsum":
        return tuple(range(1, len(node.args)))
    if not ops.known(node.op) or ops.card(node.op).shape == "elementwise":
        return ()
    slots, joint = _slots(node.op)
    return tuple(range(len(node.args) - 1)) if joint else slots


def jointly(node: Call) -> bool:
    """Whether an operation is linear in all its parts at once."""
    return ops.known(node.op) and ops.card(node.op).shape != "elementwise" and _slots(node.op)[1]
