"""Values of array expressions at several draws at once: the first axis of every value counts the draws.

A number that is the same at every draw may also stand alone. ``hidden`` is set where a part is too small beside its sum, or lost in a
function, for float64 to show a change of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym, is_text
from derivx.numeric import Scope, Unavailable, UnknownValue
from derivx.numeric.array_value import array_value
from derivx.numeric.evaluate import card_value

_ABSORBED = 1e-9
_FLAT = 1e-12
_LONG = 9  # digits of a number that may differ from a simpler one by less than is compared
Env = Mapping[str, Any]
# by which an expression over arrays has no value: shapes that do not fit, singular matrices, names without one
FAILS = (ValueError, IndexError, TypeError, ArithmeticError, np.linalg.LinAlgError, Unavailable, UnknownValue)


class Stacks:
    """One evaluation over a namespace. ``jitter``: factors near 1 that put every operation off."""

    __slots__ = ("_done", "_jitter", "env", "hidden", "xp")

    def __init__(self, env: Env, xp: Any, jitter: Any = None) -> None:
        self.env, self.xp, self.hidden = env, xp, False
        self._done: dict[int, tuple[Expr, Any]] = {}
        self._jitter = jitter

    def value(self, node: Expr) -> Any:
        """The value of a part. How deep this goes is bounded by whoever reads it."""
        kind = type(node)
        if kind is Num:
            return self._number(node.value)  # type: ignore[attr-defined]
        if kind is Sym:
            return self._named(node.name)  # type: ignore[attr-defined]
        known = self._done.get(id(node))
        if known is not None:
            return known[1]
        assert isinstance(node, Call)
        row = _TABLE.get(node.op)
        found = row(self, node) if row is not None else self._function(node)
        if self._jitter is not None:
            found = found * self._jitter()
        self._done[id(node)] = (node, found)
        return found

    def _number(self, value: Any) -> Any:
        if type(value) is not int or value >= 10**_LONG:
            digits = len(value.as_tuple().digits) if type(value) is not int else _LONG + 1
            self.hidden = self.hidden or digits > _LONG
        return self.xp.number(value)

    def _named(self, name: str) -> Any:
        found = self.env.get(name)
        if found is None:
            if name not in ("e", "pi"):
                raise UnknownValue(name)
            found = getattr(self.xp, name)
        return found

    def level(self, args: list[Any]) -> list[Any]:
        """Values with as many axes each, so that they broadcast behind the axis of the draws."""
        deep = [getattr(a, "ndim", 0) for a in args]
        most = max(deep)
        if all(n in (0, most) for n in deep):
            return args
        return [a if n in (0, most) else a.reshape(a.shape[0], *(1,) * (most - n), *a.shape[1:]) for a, n in zip(args, deep, strict=True)]

    def add(self, node: Call) -> Any:
        args = self.level([self.value(a) for a in node.args])
        total = args[0]
        for a in args[1:]:
            total = total + a
        if not self.hidden:
            sizes = [_largest(a) for a in args]
            if min(sizes) < _ABSORBED * max(sizes):
                self.hidden = any(0 < s < _ABSORBED * max(sizes) for s in sizes) or not all(map(_plain_zero, node.args, sizes))
        return total

    def mul(self, node: Call) -> Any:
        args = self.level([self.value(a) for a in node.args])
        total = args[0]
        for a in args[1:]:
            total = total * a
        return total

    def div(self, node: Call) -> Any:
        a, b = self.level([self.value(a) for a in node.args])
        return a / b

    def pow(self, node: Call) -> Any:
        a, b = self.level([self.value(a) for a in node.args])
        if isinstance(node.args[1], Num) and node.args[1].value == 2:
            return a * a
        return self.xp.power(a, b)

    def matmul(self, node: Call) -> Any:
        found = self.value(node.args[0])
        for arg in node.args[1:]:
            found = _product(found, self.value(arg))
        return found

    def _function(self, node: Call) -> Any:
        """An entry-wise function, or what is not written for stacks."""
        if ops.known(node.op) and ops.card(node.op).shape != "elementwise":
            return _each(self, node)
        args = self.level([self.value(a) for a in node.args])
        if not ops.known(node.op):
            return self.xp.undefined(node.op, tuple(args))
        card = ops.card(node.op)
        if callable(card.value) and not card.nary and len(args) == len(card.params):
            found = card.value(self.xp, *args)
        else:
            found = card_value(card, node, args, Scope({}, {}, self.xp))
        if not self.hidden and len(args) == 1:
            self.hidden = _lost(args[0], found)
        return found

    def rest(self, node: Call, i: int, usual: Any) -> Any:
        """A plain argument: an axis, a flag, a size."""
        if len(node.args) <= i:
            return usual
        arg = node.args[i]
        if isinstance(arg, Sym) and arg.name in ("all", "last"):
            return arg.name
        return round(float(np.real(np.ravel(self.value(arg))[0])))


def _lost(x: Any, y: Any) -> bool:
    """Whether an argument no longer shows in the value: tanh(20), cos(1e-9), exp(-1000)."""
    size, near = np.abs(x), np.abs(y)
    return bool(np.any((near == 0) & (size != 0)) or np.any((np.abs(near - 1) < _FLAT) & (size > _FLAT) & (size != 1)))


def _largest(a: Any) -> float:
    return float(np.max(np.abs(a), initial=0.0)) if getattr(a, "ndim", 0) else float(abs(a))


def _plain_zero(e: Expr, size: float) -> bool:
    """Whether a part is 0 because it is written so."""
    return size > 0 or (isinstance(e, Num) and not e.value) or (isinstance(e, Call) and e.op == "spread")


def turned(x: Any) -> Any:
    """The transpose of each draw."""
    return x.swapaxes(-1, -2) if getattr(x, "ndim", 0) > 2 else x


def _product(a: Any, b: Any) -> Any:
    if np.ndim(a) < 2 or np.ndim(b) < 2:
        raise ValueError  # a number is no factor of a matrix product
    if a.ndim == 3 and b.ndim == 3:
        return a @ b
    if a.ndim == 2 and b.ndim == 2:
        return (a * b).sum(-1)
    if a.ndim == 2:
        return (a[:, None, :] @ b)[:, 0, :]
    return (a @ b[:, :, None])[:, :, 0]


def _reduced(s: Stacks, node: Call, how: str) -> Any:
    """Sums and means along an axis, or over everything."""
    x = s.value(node.args[0])
    if not getattr(x, "ndim", 0):
        return x
    axis, keep = s.rest(node, 1, "all"), bool(s.rest(node, 2, 0))
    deep = x.ndim - 1
    if axis == "all":
        over: tuple[int, ...] = tuple(range(1, x.ndim))
    else:
        place = deep - 1 if axis == "last" else axis
        over = (place % deep + 1,) if deep else ()
    if not over:
        return x
    total = x.sum(axis=over, keepdims=keep)
    if how == "mean":
        total = total / float(np.prod([x.shape[i] for i in over]))
    return total


def _ones(s: Stacks, node: Call) -> Any:
    return np.ones((1, *(s.rest(node, i, 1) for i in range(len(node.args)))))


def _spread(s: Stacks, node: Call) -> Any:
    shape = tuple(s.rest(node, i, 1) for i in range(1, len(node.args)))
    ones = np.ones((1, *shape))
    x, ones = s.level([s.value(node.args[0]), ones])
    return x * ones


def _outer(a: Any, b: Any) -> Any:
    return a[:, :, None] * b[:, None, :]


def _trace(x: Any) -> Any:
    return np.trace(x, axis1=-2, axis2=-1)


def _eye(x: Any) -> Any:
    return np.eye(x.shape[-1])


def _along(s: Stacks, node: Call) -> tuple[Any, int]:
    """The value that an operation works on, and along which of its axes; without one, the last."""
    x, axis = np.asarray(s.value(node.args[0])), s.rest(node, 1, "last")
    return x, x.ndim - 1 if axis == "last" else range(1, x.ndim)[axis]


def _logsumexp(xp: Any, x: Any, axis: int) -> Any:
    plain = np.frompyfunc(lambda v: float(v.real), 1, 1)(x).astype(float) if x.dtype == object else np.real(x)
    top = np.max(plain, axis=axis, keepdims=True)
    return xp.log(xp.exp(x - top).sum(axis=axis, keepdims=True)) + top


def _log_softmax(s: Stacks, node: Call) -> Any:
    x, axis = _along(s, node)
    return x - _logsumexp(s.xp, x, axis)


def _reduced_logsumexp(s: Stacks, node: Call) -> Any:
    x, axis = _along(s, node)
    found = _logsumexp(s.xp, x, axis)
    return found if s.rest(node, 2, 0) else found.reshape(*found.shape[:axis], *found.shape[axis + 1 :])


def _power_of(x: Any, r: int) -> Any:
    out, base = np.broadcast_to(_eye(x), x.shape), np.linalg.inv(x) if r < 0 else x
    for _ in range(abs(r)):
        out = out @ base
    return out


def _each(s: Stacks, node: Call) -> Any:
    """An operation that is not written for stacks: one draw at a time."""
    args, values = list[Expr](), dict[str, Any]()
    for j, arg in enumerate(node.args):
        value = None if _literal(arg) else s.value(arg)
        if getattr(value, "ndim", 0):
            values[f"_{j}"] = value
        args.append(Sym(f"_{j}") if f"_{j}" in values else arg)
    call, sizes = Call(node.op, tuple(args)), {n: v for n, v in s.env.items() if not np.ndim(v)}
    draws = max(map(len, values.values()), default=1)
    return np.stack([array_value(call, {**sizes, **{n: v[i % len(v)] for n, v in values.items()}}, s.xp) for i in range(draws)])


def _literal(arg: Expr) -> bool:
    """Whether an argument is a number, an axis or a text."""
    return isinstance(arg, Num) or is_text(arg) or (isinstance(arg, Sym) and arg.name in ("all", "last"))


def _kron(a: Any, b: Any) -> Any:
    (_, m, n), (_, p, q) = a.shape, b.shape
    return (a[:, :, None, :, None] * b[:, None, :, None, :]).reshape(-1, m * p, n * q)


def _one(f: Callable[[Any], Any]) -> Callable[[Stacks, Call], Any]:
    return lambda s, node: f(s.value(node.args[0]))


def _by(f: Callable[[Any, Any], Any]) -> Callable[[Stacks, Call], Any]:
    """An operation that asks the namespace."""
    return lambda s, node: f(s.xp, np.asarray(s.value(node.args[0])))


def _two(f: Callable[[Any, Any], Any]) -> Callable[[Stacks, Call], Any]:
    return lambda s, node: f(s.value(node.args[0]), s.value(node.args[1]))


_TABLE: Mapping[str, Callable[[Stacks, Call], Any]] = {
    "add": Stacks.add,
    "mul": Stacks.mul,
    "neg": _one(lambda x: -x),
    "div": Stacks.div,
    "pow": Stacks.pow,
    "matmul": Stacks.matmul,
    "transpose": _one(turned),
    "inv": _by(lambda xp, x: xp.inv(x)),
    "det": _by(lambda xp, x: xp.det(x)),
    "logdet": _by(lambda xp, x: xp.log(xp.det(x))),
    "tr": _one(_trace),
    "sum": lambda s, node: _reduced(s, node, "sum"),
    "mean": lambda s, node: _reduced(s, node, "mean"),
    "norm2": _by(lambda xp, x: xp.sqrt((x * x).sum(axis=tuple(range(1, x.ndim))))),
    "norm1": _by(lambda xp, x: xp.abs(x).sum(axis=tuple(range(1, x.ndim)))),
    "matrix_power": lambda s, node: _power_of(s.value(node.args[0]), s.rest(node, 1, 1)),
    "trace_of_power": lambda s, node: _trace(_power_of(s.value(node.args[0]), s.rest(node, 1, 1))),
    "det_of_power": lambda s, node: s.xp.det(_power_of(s.value(node.args[0]), s.rest(node, 1, 1))),
    "diag": _one(lambda x: x[:, :, None] * _eye(x)),
    "diagonal": _one(lambda x: (x * _eye(x)).sum(-1)),
    "outer": _two(_outer),
    "kron": _two(_kron),
    "softmax": lambda s, node: s.xp.exp(_log_softmax(s, node)),
    "log_softmax": _log_softmax,
    "logsumexp": _reduced_logsumexp,
    "eye": lambda s, node: np.eye(s.rest(node, 0, 1))[None],
    "ones": _ones,
    "spread": _spread,
    "column": _one(lambda x: x[:, :, None]),
    "row": _one(lambda x: x[:, None, :]),
    "commutation": lambda s, node: s.xp.commutation(s.rest(node, 0, 1), s.rest(node, 1, 1))[None],
}
