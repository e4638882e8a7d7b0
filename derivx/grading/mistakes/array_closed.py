"""Mistakes in the closed form over arrays that concern a name as a whole: a matrix left out, an input where the activation belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, Sym, names, postorder, substitute

_MATRIX = 3  # axes, that of the draws too


def left_out(closed: Expr, env: Mapping[str, Any], wrt: str) -> Iterator[Mapping[str, Any]]:
    """The values of all names where a matrix is left out of its products: it is the identity."""
    for name in names(closed):
        value: Any = env.get(name)
        if name != wrt and np.ndim(value) == _MATRIX and value.shape[1] == value.shape[2] != 1:
            yield {**env, name: np.broadcast_to(np.eye(value.shape[1]), value.shape)}


def inputs_for_values(closed: Expr, env: Mapping[str, Any]) -> Iterator[Expr]:
    """What goes into a function, or an array in it, where the function's value belongs: transposed, or everywhere."""
    for node in dict.fromkeys(n for n in postorder(closed) if isinstance(n, Call) and is_function(n)):
        assert isinstance(node, Call)
        for inside in dict.fromkeys([node.args[0], *(Sym(n) for n in names(node) if np.ndim(env.get(n, 0)) == _MATRIX)]):
            yield substitute(closed, {Call("transpose", (node,)): Call("transpose", (inside,))})
            yield substitute(closed, {node: inside})


def is_function(e: Call) -> bool:
    """Whether an operation is a function of one argument, entry by entry."""
    return ops.known(e.op) and len(e.args) == 1 and e.op != "neg" and ops.card(e.op).shape == "elementwise" and bool(names(e))
