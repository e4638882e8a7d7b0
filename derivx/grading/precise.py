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
_ENOUGH = 20  # digits that have to be shared where rounding is what parts two values
_BIT = math.log10(2)
_TURNS = 2000  # bits of an angle
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
        for name in ("exp", "expm1", "sinh", "cosh", "gamma"):
            setattr(xp, name, bounded(getattr(xp, name)))
        for name in ("sin", "cos"):
            setattr(xp, name, _turned(getattr(xp, name)))
        xp.power = lambda a, b: power(a, _bounded(b, b * ctx.log(abs(a)) if a else 0))
        spaces[digits] = xp
    return spaces[digits]


def _turned(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """An angle of so many turns that taking them off costs more digits than there are is not looked at."""

    def turned(x: Any) -> Any:
        if x and x.context.mag(x) > _TURNS:
            raise TooDear
        return f(x)

    return turned


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
    """One evaluation; ``lost`` is set where a part is so small beside another, or so near 1, that the digits do not show it;
    ``gone`` counts the digits that terms take from each other.
    """

    def __init__(self, given: Mapping[str, Any], digits: int) -> None:
        self.xp = precise_space(digits)
        self.scope = Scope({n: self.xp.ctx.mpf(v) for n, v in given.items()}, {}, self.xp)
        self.least = self.xp.ctx.mpf(10) ** (_SPARE - digits)
        self.lost, self.gone = False, 0.0
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
            if total:
                self.gone += max(0.0, self.xp.ctx.mag(most) - self.xp.ctx.mag(total)) * _BIT
            elif most:
                self.gone = math.inf
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
    value, hidden, _ = _evaluated(e, given, digits)
    return value, hidden


def settled(e: Expr, given: Mapping[str, float]) -> Any:
    """The value at a point with the fewest digits that leave enough of them."""
    value = None
    for digits in LEVELS:
        value, _, gone = _evaluated(e, given, digits)
        if value is None or digits - gone >= _ENOUGH:
            break
    return value


def _evaluated(e: Expr, given: Mapping[str, float], digits: int) -> tuple[Any, bool, float]:
    """The value, whether a part is hidden, and how many digits cancellation may have taken."""
    run = _Run(given, digits)
    try:
        value = run.value(e)
        if isinstance(value, run.xp.ctx.mpc):
            return None, False, 0.0
        value = run.xp.ctx.mpf(value)
    except TooDear:
        return None, True, 0.0
    except (ArithmeticError, ValueError, TypeError, Unavailable, UnknownValue):
        return None, False, 0.0
    return (value, run.lost, run.gone) if run.xp.ctx.isfinite(value) else (None, False, 0.0)


def agreement(answer: Expr, right: Expr, given: Mapping[str, float], effort: Effort) -> tuple[str, float]:
    """Whether two expressions have one value at a point, and to how many digits.

    ``"equal"``; ``"different"``; ``"nowhere"`` (the right one has no value); ``"undefined"`` (only the answer has none); ``"lost"``: no
    number of digits shows, or the effort is spent. A gap that more digits do not make smaller is a difference, one that they do is
    rounding; values that cancellation leaves few digits say nothing.
    """
    before, fewer, shared = math.inf, 0, -math.inf
    for digits in LEVELS:
        if not effort.spend(digits):
            break
        (ours, hidden, gone), (theirs, unknown, also) = _evaluated(answer, given, digits), _evaluated(right, given, digits)
        if theirs is None or ours is None:
            return "lost" if unknown or hidden else "nowhere" if theirs is None else "undefined", 0.0
        left = digits - _SPARE - max(gone, also)
        gap, size = _magnitude(ours - theirs), max(_magnitude(ours), _magnitude(theirs))
        vanish = size < -digits / 2  # two zeros, up to rounding
        shared = min(size - gap, digits) if gap > -math.inf else float(digits)
        # a zero beside what is no zero may be rounding, or far below it: more digits tell
        sure = shared >= left >= _ENOUGH and (gap == -math.inf or (ours != 0 and theirs != 0))
        rounding = fewer > 0 and gap <= before - (digits - fewer) + 2 * _SPARE
        if (sure or (rounding and (shared >= _ENOUGH or vanish))) and not hidden:
            return "equal", shared if shared > 0 else float(digits)
        if not sure and not rounding and fewer and left >= _ENOUGH:
            return "different", max(shared, 0.0)
        before, fewer = gap, digits
    return "lost", shared


def _magnitude(value: Any) -> float:
    """The power of ten of a value."""
    return float(value.context.log10(abs(value))) if value else -math.inf
