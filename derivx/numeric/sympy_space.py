"""SymPy expressions as values: the cards' definitions in SymPy's own vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp


class Sympy:
    """Exact symbolic values; decimals are taken as the fractions they are written as."""

    pi, e = sp.pi, sp.E
    exp, log = sp.exp, sp.log
    sqrt = staticmethod(sp.sqrt)
    sin, cos = sp.sin, sp.cos
    asin, acos, atan = sp.asin, sp.acos, sp.atan
    sinh, cosh, tanh = sp.sinh, sp.cosh, sp.tanh
    asinh, acosh, atanh = sp.asinh, sp.acosh, sp.atanh
    erf, gamma, lgamma, polygamma = sp.erf, sp.gamma, sp.loggamma, sp.polygamma
    abs, sign, floor = sp.Abs, sp.sign, sp.floor
    gt, lt, ge, le, eq, ne = sp.Gt, sp.Lt, sp.Ge, sp.Le, sp.Eq, sp.Ne
    power = sp.Pow

    def number(self, value: Any) -> Any:
        return sp.Integer(value) if isinstance(value, int) else sp.Rational(str(value))

    def undefined(self, name: str, args: tuple[Any, ...]) -> Any:
        base = name.rstrip("'")
        order = len(name) - len(base)
        if not order:
            return sp.Function(base)(*args)
        point = sp.Dummy("xi")
        return sp.Subs(sp.Derivative(sp.Function(base)(point), (point, order)), point, args[0]).doit()

    def log1p(self, x: Any) -> Any:
        return sp.log(1 + x)

    def expm1(self, x: Any) -> Any:
        return sp.exp(x) - 1

    def softplus(self, x: Any) -> Any:
        return sp.log(1 + sp.exp(x))

    def where(self, c: Any, a: Any, b: Any) -> Any:
        if a in (1.0, 0.0):
            a = int(a)
        if b in (1.0, 0.0):
            b = int(b)
        return sp.Piecewise((a, c), (b, True))

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        """SymPy's derivative by a fresh symbol, with the value put back."""
        point = at if isinstance(at, sp.Symbol) else sp.Dummy("v", real=True)
        result = sp.diff(f(point), point)
        return result if point is at else result.subs(point, at)
