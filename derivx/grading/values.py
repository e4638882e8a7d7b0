"""Values of an answer at all points at once in float64, and what float64 may not see in them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache, reduce
from typing import Any

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym
from derivx.numeric import REAL, Scope, Unavailable, UnknownValue, space
from derivx.numeric.evaluate import card_value

JITTER = 1e-12
_ABSORBED = 1e-9  # a term this small beside its sum may hide behind rounding
_MANY = 14  # digits in all numbers of an answer beyond which their ratio may be nearly 1
_WITNESS = (0, 1)
_CANCELS = 100.0
_LONGEST = 600  # points in one evaluation
_CONSTANTS = {"e": np.float64(np.e), "pi": np.float64(np.pi)}  # a float of Python raises where it is divided by 0
_FEW = tuple(np.float64(i) for i in range(100))  # made once

Table = Mapping[str, Any]


class Run:
    """One evaluation in float64.

    ``hidden`` is set where a part is too small, or too near 1, for float64 to show a change of it; ``pieces`` where the formula of an
    operation changes at a border; ``steady`` is lost where digits cancel, or an operation magnifies an error of its argument.
    """

    __slots__ = ("_count", "_done", "_jitter", "_xp", "digits", "hidden", "pieces", "steady", "table")

    def __init__(self, table: Table, jitter: int = 0) -> None:
        self.table, self.hidden, self.pieces, self.steady = table, False, False, True
        self._xp = space(REAL)
        self._done: dict[int, Any] = {}
        self._jitter = _noise() if jitter else None
        self._count, self.digits = 17 * jitter, 0

    def value(self, node: Expr) -> Any:
        """The value of a part at every point. The depth of what is evaluated is bounded by whoever reads it."""
        kind = type(node)
        if kind is Sym:
            return self._named(node.name)  # type: ignore[attr-defined]
        if kind is Num:
            return self._number(node.value)  # type: ignore[attr-defined]
        if kind is not Call:
            raise Unavailable("pending")
        known = self._done.get(id(node))
        if known is not None:
            return known
        found = self._call(node, [self.value(a) for a in node.args])  # type: ignore[attr-defined]
        if self._jitter is not None:
            self._count += 1
            row = self._jitter[self._count % len(self._jitter)]
            found = found * (row[: len(found)] if np.ndim(found) else row[0])
        self._done[id(node)] = found
        return found

    def _named(self, name: str) -> Any:
        value = self.table.get(name)
        if value is None:
            value = _CONSTANTS.get(name)
        if value is None:
            raise UnknownValue(name)
        return value

    def _number(self, value: Any) -> Any:
        if value.__class__ is int and value < len(_FEW):
            self.digits += 1 if value < 10 else 2
            found = _FEW[value]
        else:
            self.digits += len(str(value))
            found = np.float64(value)
        if self.digits > _MANY:
            self.hidden = True
        return found

    def _call(self, node: Any, args: list[Any]) -> Any:
        op = node.op
        if op == "add":
            return self._sum(args)
        if op == "mul":
            return reduce(_times, args)
        if op == "neg":
            return -args[0]
        if op == "div":
            return args[0] / args[1]
        if op == "pow":
            return self._power(args[0], args[1])
        return self._function(node, args)

    def _sum(self, args: list[Any]) -> Any:
        total = args[0]
        for a in args[1:]:
            total = total + a
        if self._jitter is None:
            self._weigh(args, total)
        return total

    def _weigh(self, args: list[Any], total: Any) -> None:
        """Look at the terms of a sum at two points: one may be lost beside the others, or all may cancel."""
        for i in _WITNESS:
            size = abs(_at(total, i))
            least, most = size * _ABSORBED, size * _CANCELS
            for a in args:
                term = abs(_at(a, i))
                if term < least and (term or a.__class__ is not np.float64):  # a typed 0 hides nothing
                    self.hidden = True
                elif not term <= most:
                    self.steady = False

    def _power(self, a: Any, b: Any) -> Any:
        if b.__class__ is np.float64:
            if b == 2.0:
                return a * a
            if b == 0.5:
                return np.sqrt(a)
        if self._jitter is None and 0.0 < abs(_at(b, 0)) < _ABSORBED:
            self.hidden = True
        return np.float_power(a, b)

    def _function(self, node: Any, args: list[Any]) -> Any:
        op = node.op
        if not ops.known(op):
            return self._xp.undefined(op, tuple(args))
        card = ops.card(op)
        if card.kinks:
            self.pieces = True
        if callable(card.value) and not card.nary and len(args) == len(card.params):
            found = card.value(self._xp, *args)
        else:
            found = card_value(card, node, args, Scope({}, {}, self._xp))
        if self._jitter is None and len(args) == 1:
            near, inner = abs(_at(found, 0)), abs(_at(args[0], 0))
            # tanh(20), cos(1e-9), exp(-1000): what stands inside no longer shows
            if not card.kinks and (near == 0.0 or (abs(near - 1.0) < _ABSORBED and inner not in (0.0, 1.0))):
                self.hidden = True
            if inner > _CANCELS or near * _CANCELS < 1.0:
                self.steady = False
        return found


def _times(a: Any, b: Any) -> Any:
    return a * b


def _at(value: Any, i: int) -> float:
    return float(value.item(i) if getattr(value, "ndim", 0) else value)


@cache
def _noise() -> Any:
    """Factors that put every operation off by one part in 10^12, up or down."""
    bits = np.frombuffer(random.Random(2026).randbytes(4 * 61 * _LONGEST), dtype="<u4").reshape(61, _LONGEST)
    sign, size = 1.0 - 2.0 * (bits & 1), 0.3 + 0.7 * (bits >> 1) / 2**31
    return 1 + JITTER * sign * size


def values(e: Expr, table: Table, size: int, *, jitter: int = 0) -> tuple[Any, Run]:
    """The values at ``size`` points (``nan`` where undefined; to be called where NumPy is silent), and the run that found them.

    ``jitter``: which of the noises puts every operation off by one part in 10^12; 0 is none.
    """
    run = Run(table, jitter)
    found = run.value(e)
    if getattr(found, "shape", ()) != (size,):
        found = np.broadcast_to(np.asarray(found, dtype=float), (size,))
    return found, run
