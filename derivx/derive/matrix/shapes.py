"""The shape of every expression, from the shapes of its names."""

from __future__ import annotations

from collections.abc import Mapping

from derivx import ops
from derivx.derive.matrix.rules import RULES, axis_of, keeps
from derivx.derive.matrix.sizes import Sizes, dim, dim_expr
from derivx.expr import Call, Expr, Num, Sym
from derivx.shape import SCALAR, Shape

__all__ = ["Shapes", "axis_of", "dim", "dim_expr", "keeps"]


class Shapes(Sizes):
    """The shapes of expressions, each computed once."""

    def __init__(self, given: Mapping[str, Shape]) -> None:
        super().__init__()
        self.given = dict(given)
        self.known: dict[Expr, Shape] = {}

    def of(self, e: Expr) -> Shape:
        """The shape. Raises ``UsageError`` with both operands where they do not fit."""
        if isinstance(e, Num):
            return SCALAR
        if isinstance(e, Sym):
            return self.given.get(e.name, e.shape)
        todo = [e]
        while todo:  # no recursion: a chain may be long
            node = todo[-1]
            if not isinstance(node, Call) or node in self.known:
                todo.pop()
            elif waiting := [a for a in node.args if isinstance(a, Call) and a not in self.known]:
                todo.extend(waiting)
            else:
                self.known[node] = self._call(node)
        return self.known[e]

    def _call(self, e: Call) -> Shape:
        rule = RULES.get(ops.card(e.op).shape if ops.known(e.op) else e.op)
        shapes = [self.of(a) for a in e.args]
        if rule is not None:
            return self.sames(rule(self, e, shapes))
        out, widest = shapes[0] if shapes else SCALAR, e.args[:1]
        for arg, shape in zip(e.args[1:], shapes[1:], strict=True):  # entry by entry
            full = self.together(out, shape, e, widest[0], arg)
            out, widest = full, widest if full == out else (arg,)
        return out

    def unify(self, a: Shape, b: Shape) -> bool:
        """Whether a size got a name; then every shape is to be said anew."""
        found = super().unify(a, b)
        if found:
            self.known.clear()
        return found
