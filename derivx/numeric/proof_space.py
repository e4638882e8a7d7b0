"""SymPy for proofs almost everywhere: pieces over a sign whose derivative is 0, so that SymPy sorts no cases while it builds.

``sign`` of the difference decides every comparison; ``where(c, a, b)`` is c*a + (1 - c)*b. ``algebra.normal`` puts the signs in.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from derivx.numeric.sympy_space import Sympy


class Side(sp.Function):  # type: ignore[misc]
    """1 where the argument is positive, else 0."""

    nargs = 1
    is_extended_real = True

    @classmethod
    def eval(cls, d: Any) -> Any:
        return sp.Integer(int(bool(d > 0))) if d.is_number and d.is_comparable else None

    def _eval_derivative(self, s: Any) -> Any:
        return sp.Integer(0)


class Floor(sp.Function):  # type: ignore[misc]
    """The whole part; its derivative is 0."""

    nargs = 1
    is_extended_real = True

    @classmethod
    def eval(cls, d: Any) -> Any:
        return sp.floor(d) if d.is_number and d.is_comparable else None

    def _eval_derivative(self, s: Any) -> Any:
        return sp.Integer(0)


class Proof(Sympy):
    """The cards' definitions with one kernel for every kind of piece."""

    floor = Floor

    # by exponentials: asked for the sign of a nested cosh, SymPy takes minutes
    def sinh(self, x: Any) -> Any:
        return (sp.exp(x) - sp.exp(-x)) / 2

    def cosh(self, x: Any) -> Any:
        return (sp.exp(x) + sp.exp(-x)) / 2

    def tanh(self, x: Any) -> Any:
        return 1 - 2 / (sp.exp(2 * x) + 1)

    def gt(self, a: Any, b: Any) -> Any:
        return Side(a - b)

    def lt(self, a: Any, b: Any) -> Any:
        return Side(b - a)

    def ge(self, a: Any, b: Any) -> Any:
        return 1 - Side(b - a)

    def le(self, a: Any, b: Any) -> Any:
        return 1 - Side(a - b)

    def eq(self, a: Any, b: Any) -> Any:
        return 1 - self.ne(a, b)

    def ne(self, a: Any, b: Any) -> Any:
        return Side(a - b) + Side(b - a)

    def sign(self, x: Any) -> Any:
        return Side(x) - Side(-x)

    def abs(self, x: Any) -> Any:
        return sp.Abs(x) if x.is_number else x * self.sign(x)

    def where(self, c: Any, a: Any, b: Any) -> Any:
        if c in (0, 1):
            return a if c == 1 else b
        a, b = (sp.Integer(int(v)) if v in (1.0, 0.0) else v for v in (a, b))
        return c * a + (1 - c) * b
