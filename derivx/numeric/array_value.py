"""The value of an expression over arrays, at sizes given by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym, postorder
from derivx.numeric.evaluate import Scope, Unavailable, UnknownValue, card_value
from derivx.syntax.formulas import arguments

_AXES = ("all", "last")


def array_value(e: Expr, env: Mapping[str, Any], xp: Any) -> Any:
    """The value. Raises ``UnknownValue`` for a name without one."""
    done: dict[int, Any] = {}
    for node in postorder(e):
        if isinstance(node, Num):
            done[id(node)] = xp.number(node.value)
        elif isinstance(node, Sym):
            done[id(node)] = _named(node.name, env, xp)
        elif isinstance(node, Call):
            done[id(node)] = _called(node, [done[id(a)] for a in node.args], xp)
        else:
            raise Unavailable("pending")
    return done[id(e)]


def _named(name: str, env: Mapping[str, Any], xp: Any) -> Any:
    if name in env:
        return env[name]
    if name in _AXES:
        return name
    if name in ("e", "pi"):
        return getattr(xp, name)
    raise UnknownValue(name)


def _called(node: Call, args: list[Any], xp: Any) -> Any:
    if node.op in ("matmul", "add", "mul"):
        pair = {"matmul": xp.matmul, "add": lambda a, b: a + b, "mul": lambda a, b: a * b}[node.op]
        return reduce(pair, args)
    if node.op in ("ones", "spread"):
        return getattr(xp, node.op)(*args)
    if not ops.known(node.op):
        return xp.undefined(node.op, tuple(args))
    op = ops.card(node.op)
    if op.shape != "elementwise" and callable(op.value):
        defaults = [_default(arguments(op, node.args)[Sym(p)]) for p in op.params[len(args) :]]
        return op.value(xp, *args, *defaults)
    return card_value(op, node, args, Scope({}, {}, xp))


def _default(e: Expr) -> Any:
    return e.name if isinstance(e, Sym) else int(e.value) if isinstance(e, Num) else 0
