"""What is shared out along an axis, where none is written: down a column of one, along the last axis else.

A column ``(n, 1)`` has one entry along its last axis, and nobody takes the softmax of one entry. The axis is written into what was read,
so that rules, referees, code and the grader follow the convention without knowing it. Only a written 1 counts, no letter that may be 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.derive.matrix.shapes import Shapes
from derivx.expr import ZERO, Call, Expr, Sym, is_op, postorder, transform
from derivx.shape import Shape

SHARED = ("softmax", "log_softmax", "logsumexp")
_UNWRITTEN = Sym("last")  # what the card has for an axis that nobody wrote


def down_column(e: Call, shape: Shape) -> Call:
    """An operation on a part of a shape, along its column where no axis is written."""
    column = len(shape) == 2 and shape[1] == 1
    unwritten = e.op in SHARED and (len(e.args) == 1 or e.args[1] == _UNWRITTEN)
    return Call(e.op, (e.args[0], ZERO, *e.args[2:])) if column and unwritten else e


def all_down_columns(equations: Sequence[tuple[str, Expr]], given: Mapping[str, Shape]) -> list[tuple[str, Expr]]:
    """The same in equations in their order. Raises ``UsageError`` where shapes do not fit."""
    if not any(is_op(node, *SHARED) for _, e in equations for node in postorder(e)):
        return list(equations)
    shapes, found = Shapes(given), list[tuple[str, Expr]]()
    for name, formula in equations:
        found.append((name, down_columns(formula, shapes)))
        shapes.given[name] = shapes.of(found[-1][1])
    return found


def all_shapes(equations: Sequence[tuple[str, Expr]], given: Mapping[str, Shape]) -> Shapes:
    """The shapes of all names of equations in their order. Raises ``UsageError``."""
    shapes = Shapes(given)
    for name, formula in equations:
        shapes.given[name] = shapes.of(formula)
    return shapes


def down_columns(e: Expr, shapes: Shapes) -> Expr:
    """The same in all of an expression. Raises ``UsageError`` where shapes do not fit."""
    return transform(e, lambda n: down_column(n, shapes.of(n.args[0])) if isinstance(n, Call) and n.op in SHARED else n)
