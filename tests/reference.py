"""The value of every operation over mpmath, written from the textbooks' formulas and not from the cards: a second opinion.

A value outside the real domain is complex or raises; ``real`` makes both ``None``.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import mpmath
from mpmath import mp, mpf

from derivx.expr import Call, Diff, Expr, Num, Sym, children

DIGITS = 140
_STEPS = {1: 40, 2: 22, 3: 12, 4: 8, 5: 5}  # of the central difference, by how deep derivatives nest: -log10


def _power(a: Any, b: Any) -> Any:
    return mpmath.power(a, b) if a != 0 or b > 0 else mpmath.nan


def _cbrt(x: Any) -> Any:
    return mpmath.cbrt(x) if x >= 0 else -mpmath.cbrt(-x)


def _leaky_relu(x: Any, a: Any = None) -> Any:
    return x if x > 0 else (mpf("0.01") if a is None else a) * x


def _elu(x: Any, a: Any = 1) -> Any:
    return x if x > 0 else a * (mpmath.exp(x) - 1)


def _selu(x: Any) -> Any:
    return mpf("1.0507009873554805") * _elu(x, mpf("1.6732632423543772"))


def _gelu_tanh(x: Any) -> Any:
    return x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3)))


def _hard_sigmoid(x: Any) -> Any:
    return min(max(x + 3, mpf(0)), mpf(6)) / 6


def _huber(p: Any, t: Any, k: Any = 1) -> Any:
    r = abs(p - t)
    return r**2 / 2 if r <= k else k * r - k**2 / 2


def _sigmoid(x: Any) -> Any:
    return (1 + mpmath.tanh(x / 2)) / 2


def _bce(p: Any, t: Any) -> Any:
    return -t * mpmath.log(p) - (1 - t) * mpmath.log(1 - p)


def _fold(f: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def over(first: Any, *rest: Any) -> Any:
        for x in rest:
            first = f(first, x)
        return first

    return over


def _acot(x: Any) -> Any:
    return mpmath.pi / 2 - mpmath.atan(x) if x > 0 else -mpmath.pi / 2 - mpmath.atan(x)


VALUES: Mapping[str, Callable[..., Any]] = {
    "add": _fold(lambda a, b: a + b),
    "mul": _fold(lambda a, b: a * b),
    "neg": lambda a: -a,
    "div": lambda a, b: a / b,
    "pow": _power,
    "abs": lambda x: x if x >= 0 else -x,
    "sign": lambda x: mpf((x > 0) - (x < 0)),
    "step": lambda x: mpf(x > 0),
    "max": max,
    "min": min,
    "where": lambda c, a, b: a if c else b,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "gt": lambda a, b: a > b,
    "lt": lambda a, b: a < b,
    "ge": lambda a, b: a >= b,
    "le": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "sqrt": mpmath.sqrt,
    "cbrt": _cbrt,
    "exp": mpmath.exp,
    "log": mpmath.log,
    "logb": lambda x, b: mpmath.log(x) / mpmath.log(b),
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": mpmath.log10,
    "log1p": lambda x: mpmath.log(1 + x),
    "expm1": lambda x: mpmath.exp(x) - 1,
    "erf": lambda x: 1 - mpmath.erfc(x),
    "gamma": lambda x: mpmath.factorial(x - 1),
    "lgamma": lambda x: mpmath.log(mpmath.gamma(x)),
    "digamma": mpmath.digamma,
    "polygamma": lambda n, x: mpmath.psi(int(n), x),
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "cot": mpmath.cot,
    "sec": mpmath.sec,
    "csc": mpmath.csc,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "acot": _acot,
    "asec": mpmath.asec,
    "acsc": mpmath.acsc,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "coth": mpmath.coth,
    "sech": mpmath.sech,
    "csch": mpmath.csch,
    "asinh": lambda x: mpmath.sign(x) * mpmath.log(abs(x) + mpmath.sqrt(x**2 + 1)),
    "acosh": lambda x: mpmath.log(x + mpmath.sqrt(x - 1) * mpmath.sqrt(x + 1)),
    "atanh": lambda x: mpmath.log((1 + x) / (1 - x)) / 2,
    "acoth": lambda x: mpmath.log((x + 1) / (x - 1)) / 2,
    "asech": lambda x: mpmath.log((1 + mpmath.sqrt(1 - x**2)) / x),
    "acsch": lambda x: mpmath.log(1 / x + mpmath.sqrt(1 / x**2 + 1)),
    "sigmoid": _sigmoid,
    "relu": lambda x: max(x, mpf(0)),
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "selu": _selu,
    "gelu": lambda x: x * mpmath.ncdf(x),
    "gelu_tanh": _gelu_tanh,
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "mish": lambda x: x * ((1 + mpmath.exp(x)) ** 2 - 1) / ((1 + mpmath.exp(x)) ** 2 + 1),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": _hard_sigmoid,
    "hard_swish": lambda x: x * _hard_sigmoid(x),
    "log_sigmoid": lambda x: mpmath.log(_sigmoid(x)),
    "squared_error": lambda p, t: (p - t) ** 2,
    "absolute_error": lambda p, t: abs(p - t),
    "huber": _huber,
    "log_cosh": lambda p, t: mpmath.log((mpmath.exp(p - t) + mpmath.exp(t - p)) / 2),
    "hinge": lambda p, t: max(mpf(0), 1 - t * p),
    "bce": _bce,
    "bce_with_logits": lambda z, t: _bce(_sigmoid(z), t),
}


def stand_in(name: str, args: tuple[Any, ...]) -> Any:
    """A smooth function of its own for every undefined name, with its derivatives: sin(k*x + c) + x^2/5."""
    base = name.rstrip("'")
    primes, seed = len(name) - len(base), zlib.crc32(base.encode())
    slope, phase = [mpf(7 + (seed >> i) % 9) / 10 for i in range(len(args))], mpf(seed % 17) / 7
    wave = sum((k * x for k, x in zip(slope, args, strict=True)), phase) + primes * mpmath.pi / 2
    square = sum((x**2 / 5, 2 * x / 5, mpf(2) / 5, mpf(0))[min(primes, 3)] for x in args)
    return slope[0] ** primes * mpmath.sin(wave) + square + (2 if not primes else 0)


class Meaning:
    """What an expression means at a point: names from the point or by definition, ``D`` by central differences.

    ``D(e, v)``: the definitions in ``e`` are expanded down to ``v`` and no further. On a ``curve`` (y, F), ``D(y, x)`` is the slope
    of the curve F = 0.
    """

    def __init__(
        self, point: Mapping[str, Any], definitions: Mapping[str, Expr] | None = None, curve: tuple[str, Expr] | None = None
    ) -> None:
        self.point, self.definitions, self.curve = dict(point), definitions or {}, curve

    def value(self, expr: Expr) -> Any:
        """The value, complex outside the real domain. Raises what mpmath raises at a pole."""
        return self._value(expr, {})

    def real(self, expr: Expr) -> Any:
        """The value, or ``None`` where the expression has no real and finite one, or a name no value."""
        try:
            found = self.value(expr)
        except (KeyError, ValueError, ZeroDivisionError, OverflowError, TypeError, mpmath.libmp.NoConvergence):
            return None
        if isinstance(found, mpmath.mpc) and found.imag != 0:
            return None
        found = mpmath.re(found)
        return found if mpmath.isfinite(found) else None

    def _value(self, expr: Expr, known: dict[str, Any]) -> Any:
        if isinstance(expr, Num):
            return mpf(str(expr.value))
        if isinstance(expr, Sym):
            return self._name(expr.name, known)
        if isinstance(expr, Diff):
            return self._derivative(expr)
        assert isinstance(expr, Call)
        if expr.op == "where":  # the branch not taken may be undefined
            return self._value(expr.args[1 if self._value(expr.args[0], known) else 2], known)
        args = tuple(self._value(a, known) for a in children(expr))
        return VALUES[expr.op](*args) if expr.op in VALUES else stand_in(expr.op, args)

    def _name(self, name: str, known: dict[str, Any]) -> Any:
        if name in self.point:
            return self.point[name]
        if name in self.definitions:
            if name not in known:
                known[name] = self._value(self.definitions[name], known)
            return known[name]
        return {"e": mp.e, "pi": mp.pi}[name] + 0

    def _derivative(self, node: Diff) -> Any:
        name, body = node.wrt.name, node.body
        if self.curve and body == Sym(self.curve[0]) and name != self.curve[0]:
            y, curve = self.curve
            return -self._derivative(Diff(curve, Sym(name))) / self._derivative(Diff(curve, Sym(y)))
        here = self._name(name, {})
        step = mpf(10) ** -_STEPS[_nested(node)]
        ahead, behind = (Meaning({**self.point, name: here + h}, self.definitions, self.curve)._value(body, {}) for h in (step, -step))
        return (ahead - behind) / (2 * step)


def _nested(expr: Expr) -> int:
    inside = max((_nested(k) for k in children(expr)), default=0)
    return inside + isinstance(expr, Diff)
