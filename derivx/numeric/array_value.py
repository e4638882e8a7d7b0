"""The value of an expression over arrays, at sizes given by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym, is_text, postorder, text_of
from derivx.numeric.evaluate import Scope, Unavailable, UnknownValue, card_value
from derivx.shape import Dim, indices, letters, put
from derivx.syntax.formulas import arguments

_AXES = ("all", "last")
ROUNDING = "rounding errors"  # no name: draws of an environment that has it are larger rounding errors of each operation


def array_value(e: Expr, env: Mapping[str, Any], xp: Any) -> Any:
    """The value. Raises ``UnknownValue`` for a name without one."""
    done: dict[int, Any] = {}
    for node in postorder(e):
        if isinstance(node, Num):
            done[id(node)] = xp.number(node.value)
        elif isinstance(node, Sym):
            done[id(node)] = _named(node.name, env, xp)
        elif isinstance(node, Call):
            value = _called(node, [done[id(a)] for a in node.args], env, xp)
            done[id(node)] = env[ROUNDING](value) if ROUNDING in env and not is_text(node) else value
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


def _called(node: Call, args: list[Any], env: Mapping[str, Any], xp: Any) -> Any:
    if is_text(node):
        return text_of(node)
    if node.op in ("matmul", "add", "mul"):
        pair = {"matmul": xp.matmul, "add": lambda a, b: a + b, "mul": lambda a, b: a * b}[node.op]
        return reduce(pair, args)
    if not ops.known(node.op):
        return xp.undefined(node.op, tuple(args))
    op = ops.card(node.op)
    if node.op in ("slice", "place"):
        args[1] = _index(args[1], env)
    if op.shape != "elementwise" and callable(op.value):
        defaults = [] if op.nary else [_default(arguments(op, node.args)[Sym(p)]) for p in op.params[len(args) :]]
        try:
            return op.value(xp, *args, *defaults)
        except IndexError:
            raise Unavailable("index") from None  # there is no such entry at these sizes
    return card_value(op, node, args, Scope({}, {}, xp))


def _index(text: str, env: Mapping[str, Any]) -> tuple[Any, ...]:
    """An index with its letters as numbers."""

    def at(place: Dim) -> int:
        missing = next((letter for letter in letters([place]) if letter not in env), None)
        if missing is not None:
            raise UnknownValue(missing)
        return int(put(place, {letter: round(float(env[letter])) for letter in letters([place])}))

    rows = indices(text)
    return tuple(slice(at(a), None if b is None else at(b)) if stays else at(a) for a, b, stays in rows)


def _default(e: Expr) -> Any:
    return e.name if isinstance(e, Sym) else int(e.value) if isinstance(e, Num) else 0
