"""Values with as many digits as are asked for, and how much even they may hide."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from derivx import ops
from derivx.expr import Call, Expr, postorder
from derivx.numeric import Scope, Unavailable, UnknownValue
from derivx.numeric.evaluate import apply, evaluate

LEVELS = (60, 200, 1000)
_SPARE = 6  # digits that rounding may take
_LARGEST = 20_000  # powers of e beyond this are no answer to a homework question, and cost memory without end
_DEAREST = 200  # digits of the gamma function and its kin
HIGHEST = 50  # order of a polygamma function
_LOCAL = threading.local()


class TooDear(Exception):
    """More work than an answer is worth."""


class Effort:
    """What comparing one answer may cost, in millionths of a second of some machine; counted, not measured: the same everywhere."""

    def __init__(self, *exprs: Expr) -> None:
        self.left = _EFFORT
        self._each = sum(_COST.get(n.op, _USUAL) for e in exprs for n in postorder(e) if isinstance(n, Call))

    def spend(self, digits: int) -> bool:
        """Whether there is enough for one more evaluation of the expressions."""
        self.left -= self._each * _DEARER[digits]
        return self.left >= 0


_EFFORT = 12_000
_USUAL = 50
_COST = dict.fromkeys(("add", "mul", "neg", "div"), 12) | dict.fromkeys(("gamma", "lgamma", "digamma", "polygamma"), 700)
_DEARER = {60: 1, 200: 2, 1000: 20}


def precise_space(digits: int) -> Any:
    """This thread's namespace of numbers of so many digits; what would be over e^20000 raises ``OverflowError``."""
    spaces: dict[int, Any] = _LOCAL.__dict__.setdefault("spaces", {})
    if digits not in spaces:
        from mpmath import MPContext

        from derivx.numeric.mpmath_space import Mpmath

        ctx = MPContext()
        ctx.dps = digits
        xp: Any = Mpmath(ctx)
        power = xp.power

        def bounded(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
            return lambda x: f(_bounded(x, x))

        if digits > _DEAREST:  # a second and more, of Bernoulli numbers
            for name in ("gamma", "lgamma", "polygamma"):
                setattr(xp, name, _too_dear)
        polygamma = xp.polygamma
        xp.polygamma = lambda n, x: polygamma(_order(n), x)
        for name in ("exp", "expm1", "sinh", "cosh", "gamma", "sin", "cos"):
            setattr(xp, name, bounded(getattr(xp, name)))
        xp.power = lambda a, b: power(a, _bounded(b, b * ctx.log(abs(a)) if a else 0))
        spaces[digits] = xp
    return spaces[digits]


def _too_dear(*_: Any) -> Any:
    raise TooDear


def _order(n: Any) -> Any:
    if not 0 <= n <= HIGHEST:
        raise TooDear
    return n


def _bounded(x: Any, size: Any) -> Any:
    if abs(size) > _LARGEST:
        raise OverflowError
    return x


class _Run:
    """One evaluation; ``lost`` is set where a part is so small beside another, or so near 1, that the digits do not show it."""

    def __init__(self, given: Mapping[str, Any], digits: int) -> None:
        self.xp = precise_space(digits)
        self.scope = Scope({n: self.xp.ctx.mpf(v) for n, v in given.items()}, {}, self.xp)
        self.least = self.xp.ctx.mpf(10) ** (_SPARE - digits)
        self.lost = False
        self._done: dict[int, Any] = {}

    def value(self, node: Expr) -> Any:
        if not isinstance(node, Call):
            return evaluate(node, self.scope)
        if id(node) not in self._done:
            self._done[id(node)] = self._call(node, [self.value(a) for a in node.args])
        return self._done[id(node)]

    def _call(self, node: Call, args: list[Any]) -> Any:
        if node.op == "add":
            total = reduce(lambda a, b: a + b, args)
            most = max(map(abs, args))
            self.lost = self.lost or any(a and abs(a) < self.least * most for a in args)
            return total
        found = apply(node, list(args), self.scope)
        near_one = len(args) == 1 or node.op == "pow"
        if (
            near_one
            and ops.known(node.op)
            and not ops.card(node.op).kinks
            and abs(abs(found) - 1) < self.least
            and abs(args[-1]) not in (0, 1)
            and abs(args[0]) != 1
        ):
            self.lost = True
        return found


def precise(e: Expr, given: Mapping[str, float], digits: int) -> tuple[Any, bool]:
    """The value at a point (``None`` where it has none, or is too dear), and whether even these digits hide a part of it, or all."""
    run = _Run(given, digits)
    try:
        value = run.value(e)
        if isinstance(value, run.xp.ctx.mpc):
            return None, False
        value = run.xp.ctx.mpf(value)
    except TooDear:
        return None, True
    except (ArithmeticError, ValueError, TypeError, Unavailable, UnknownValue):
        return None, False
    return (value, run.lost) if run.xp.ctx.isfinite(value) else (None, False)


def agreement(answer: Expr, right: Expr, given: Mapping[str, float], effort: Effort) -> tuple[str, float]:
    """Whether two expressions have one value at a point, and to how many digits.

    ``"equal"``; ``"different"``; ``"nowhere"`` (the right one has no value); ``"undefined"`` (only the answer has none); ``"lost"``: no
    number of digits shows, or the effort is spent. A gap that more digits do not make smaller is a difference, one that they do is
    rounding.
    """
    before, fewer = -math.inf, 0
    for digits in LEVELS:
        if not effort.spend(digits):
            break
        (ours, hidden), (theirs, unknown) = precise(answer, given, digits), precise(right, given, digits)
        if theirs is None or ours is None:
            return "lost" if unknown or hidden else "nowhere" if theirs is None else "undefined", 0.0
        found = _digits(ours, theirs, digits)
        rounding = found >= digits - _SPARE or (fewer > 0 and found >= before + (digits - fewer) - 2 * _SPARE)
        if rounding and not hidden:
            return "equal", found
        if not rounding and fewer:
            return "different", max(found, 0.0)
        before, fewer = found, digits
    return "lost", before


def _digits(a: Any, b: Any, digits: int) -> float:
    """The digits that two values share; of two that are both nearly zero, those after the point."""
    size = max(abs(a), abs(b))
    gap = abs(a - b)
    if gap == 0 or size == 0:
        return float(digits)
    if (a == 0 or b == 0) and size < 1:
        return float(-a.context.log10(size)) - digits / 10 if size > 0 else float(digits)
    return float(a.context.log10(size) - a.context.log10(gap))
