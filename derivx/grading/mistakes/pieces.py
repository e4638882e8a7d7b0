"""The points at which mistakes are told apart: every piece of the right answer shows at some of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, postorder
from derivx.grading.compare import Reference
from derivx.grading.values import Table, values

_EACH = 3  # points of every piece
_MOST = 16  # points beside those of the reference


def points(ref: Reference) -> tuple[Table, int]:
    """The points in the domain; of an answer with pieces those far out, too, and some from between for pieces that hardly show."""
    if not ref.pieces:
        return {n: v[: ref.inside] for n, v in ref.table.items()}, ref.inside
    with np.errstate(all="ignore"):
        here, between = _pieces(ref.expr, ref.table, ref.size), _pieces(ref.expr, ref.dense, len(ref.dense_values))
    seen: dict[bytes, int] = {}
    for piece in here:
        seen[piece] = seen.get(piece, 0) + 1
    more = list[int]()
    for i, piece in enumerate(between):
        if seen.setdefault(piece, 0) < _EACH and len(more) < _MOST:
            seen[piece] += 1
            more.append(i)
    return {n: np.concatenate([v, ref.dense[n][more]]) for n, v in ref.table.items()}, ref.size + len(more)


def _pieces(answer: Expr, table: Table, size: int) -> list[bytes]:
    """For each point, in which piece it lies: the values of all steps, signs and comparisons of the answer."""
    rows: list[Any] = [values(node, table, size)[0] for node in postorder(answer) if _is_step(node)]
    return [np.asarray(column, dtype=float).tobytes() for column in np.array(rows).T] if rows else []


def _is_step(node: Expr) -> bool:
    return isinstance(node, Call) and (node.op in ("step", "sign") or (ops.known(node.op) and ops.card(node.op).notation == "compare"))
