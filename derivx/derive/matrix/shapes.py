"""The shape of every expression, from the shapes of its names."""

from __future__ import annotations

from collections.abc import Mapping

from derivx import ops
from derivx.derive.matrix.rules import RULES, axis_of, keeps
from derivx.derive.matrix.sizes import Sizes, dim, dim_expr
from derivx.expr import Call, Expr, Sym
from derivx.shape import SCALAR, Shape

__all__ = ["Shapes", "axis_of", "dim", "dim_expr", "keeps"]


class Shapes(Sizes):
    """The shapes of expressions, each computed once."""

    def __init__(self, given: Mapping[str, Shape]) -> None:
        super().__init__()
        self.given = dict(given)
        self.known: dict[Expr, Shape] = {}
        self.met: dict[int, tuple[Expr, Shape]] = {}  # by identity: an expression is compared with its equals once

    def of(self, e: Expr) -> Shape:
        """The shape. Raises ``UsageError`` with both operands where they do not fit."""
        if isinstance(e, Sym):
            return self.given.get(e.name, e.shape)
        met = self.met.get(id(e))
        if met is not None:
            return met[1]
        todo = [e]
        while todo:  # no recursion: a chain may be long
            node = todo[-1]
            if not isinstance(node, Call) or id(node) in self.met:
                todo.pop()
                continue
            shape = self.known.get(node)
            if shape is None:
                waiting = [a for a in node.args if isinstance(a, Call) and id(a) not in self.met]
                if waiting:
                    todo.extend(waiting)
                    continue
                shape = self.known[node] = self._call(node)
            self.met[id(node)] = node, shape
        return self.met[id(e)][1] if isinstance(e, Call) else SCALAR

    def forget(self) -> None:
        """A name has another shape, or a size a name."""
        self.known.clear()
        self.met.clear()

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
            self.forget()
        return found
