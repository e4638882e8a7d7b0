"""The value of an expression at a point, by the cards' own definitions over Python's floats: for tests of reading."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym, children, postorder
from derivx.syntax.formulas import arguments


class Floats:
    """The namespace of the cards' definitions, over ``float``."""

    pi = math.pi

    def __getattr__(self, name: str) -> Any:
        return getattr(math, name)

    number = staticmethod(float)
    power = staticmethod(math.pow)
    abs = staticmethod(abs)
    gt = staticmethod(lambda a, b: a > b)
    lt = staticmethod(lambda a, b: a < b)
    ge = staticmethod(lambda a, b: a >= b)
    le = staticmethod(lambda a, b: a <= b)
    eq = staticmethod(lambda a, b: a == b)
    ne = staticmethod(lambda a, b: a != b)

    @staticmethod
    def where(test: bool, yes: float, no: float) -> float:
        return yes if test else no

    @staticmethod
    def sign(x: float) -> float:
        return math.copysign(1.0, x) if x else 0.0

    @staticmethod
    def softplus(x: float) -> float:
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))

    @staticmethod
    def polygamma(n: float, x: float) -> float:
        import mpmath

        return float(mpmath.polygamma(int(n), x))


XP = Floats()


def value(expr: Expr, at: Mapping[str, float]) -> float:
    """The value of an expression without derivatives and undefined functions."""
    known = {"e": math.e, "pi": math.pi, **at}
    done: dict[int, Any] = {}
    for node in postorder(expr):
        if isinstance(node, Num):
            done[id(node)] = float(node.value)
        elif isinstance(node, Sym):
            done[id(node)] = float(known[node.name])
        else:
            assert isinstance(node, Call)
            done[id(node)] = _call(node, [done[id(k)] for k in children(node)])
    return done[id(expr)]


def _call(node: Call, args: list[Any]) -> Any:
    op = ops.card(node.op)
    assert callable(op.value)
    if op.nary:
        result = args[0]
        for arg in args[1:]:
            result = op.value(XP, result, arg)
        return result
    if len(args) < len(op.params):
        values = arguments(op, node.args)
        args = args + [value(values[Sym(p)], {}) for p in op.params[len(args) :]]
    return op.value(XP, *args)
