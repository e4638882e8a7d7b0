"""Mistaken worlds: where a matrix is symmetric, an activation has another derivative, a term of the output is not there.

A line that is right there shows which mistake was made, however far from where it was made the line stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from derivx.expr import ONE, Call, Expr, Sym, add, mul, neg, substitute
from derivx.grading.mistakes.formula import written_out
from derivx.grading.mistakes.functions import FUNCTIONS
from derivx.works.array_world import ArrayWorld, Values, agree, elementwise

_MOST = 4
_VALUE, _ARGUMENT, _SLOPE, _TERM = "valueq", "argumentq", "slopeq", "termq"
Link = tuple[str, str]


def mistaken(world: ArrayWorld, link: Link, line: Expr, right: Values) -> Iterator[str]:
    """The mistakes under which a line is the derivative asked for."""
    found = world.values(line)
    if _symmetric(world, link, line):
        yield "assumed_symmetric"
    yield from _terms(world, link, found, right)
    for node in elementwise(world)[:_MOST]:
        for tag, slope in _slopes(node.op):
            there = _with_slope(world, node, slope)
            if there is not None and agree(there.derivative(*link), found):
                yield tag


# Symmetric.


def _symmetric(world: ArrayWorld, link: Link, line: Expr) -> bool:
    square = [n for n, s in world.question.shapes.items() if len(s) == 2 and s[0] == s[1] != 1]
    if not square:
        return False
    given = [n for n in world.question.shapes if n in world.envs[0]]
    places = [{n: v for n, v in env.items() if n in given or not np.ndim(v)} for env in world.envs]
    for env in places:
        for n in square:
            env[n] = (env[n] + env[n].swapaxes(-1, -2)) / 2
    there = world.at(places)
    return agree(there.values(line), there.derivative(*link))


# Terms.


def _terms(world: ArrayWorld, link: Link, found: Values, right: Values) -> Iterator[str]:
    """Whether what is missing is the derivative of a term of the output."""
    output = world.definitions[world.label]
    fit = all(a is not None and b is not None and a.shape == b.shape for a, b in zip(found, right, strict=True))
    if not fit or not isinstance(output, Call) or output.op != "add":
        return
    missing = tuple(b - a for a, b in zip(found, right, strict=True))
    for term in output.args:
        there = world.at(world.envs)
        there.define(_TERM, term, ())
        if agree(there.derivative(_TERM, link[1]), missing):
            yield "regulariser_dropped"


# Slopes.


def _slopes(op: str) -> Iterator[tuple[str, Expr]]:
    """The mistaken derivatives of a function, in ``u`` and ``y``."""
    for row in sorted(FUNCTIONS, key=lambda m: m.rank):
        if row.on not in (op, "activation") or not isinstance(row.wrong, str) or not row.wrong.endswith("du") or row.given is not None:
            continue
        formula = written_out(row.wrong, op)
        if formula is not None:
            yield row.tag, substitute(formula, {Sym("du"): ONE})


def _with_slope(world: ArrayWorld, node: Call, slope: Expr) -> ArrayWorld | None:
    """The world in which a function moves with another slope, and has the same value."""
    (inner,) = node.args
    ys, us = world.values(node), world.values(inner)
    there = world.at(world.envs)
    for env, y, u in zip(there.envs, ys, us, strict=True):
        s = there.value(slope, {"u": u, "y": y}) if y is not None and u is not None else None
        if s is None:
            return None
        env |= {_VALUE: y, _ARGUMENT: u, _SLOPE: _whole(s, u)}
    moved = add(Sym(_VALUE), mul(Sym(_SLOPE), add(inner, neg(Sym(_ARGUMENT)))))
    there.definitions = {n: substitute(body, {node: moved}) for n, body in there.definitions.items()}
    return there


def _whole(s: Any, like: Any) -> Any:
    return np.broadcast_to(s, np.shape(like)) if not np.ndim(s) else s
