"""The local derivative of an operation that states none: SymPy's, from the card's value, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from derivx.algebra.door import by_vocabulary, from_sympy, symbol
from derivx.expr import Expr
from derivx.numeric import SYMPY, space
from derivx.ops import Op
from derivx.syntax import definition


def derive_locally(op: Op, functions: Callable[[], Mapping[str, Any]]) -> Mapping[str, Expr]:
    """``{argument: formula}`` over the names of the card's arguments; ``functions`` are those of SymPy by our names."""
    values = {p: symbol(p) for p in op.params}
    formula = definition(op)
    if formula is not None:
        value = by_vocabulary(formula, values, functions())
    else:
        assert callable(op.value)
        value = op.value(space(SYMPY), *values.values())
    return {p: from_sympy(_plain(sp.diff(value, v))) for p, v in values.items()}


def _plain(value: sp.Expr) -> sp.Expr:
    """The shorter of SymPy's derivative and its factored form."""
    factored = sp.factor(value) if value.count_ops() < 60 else value
    return min(value, factored, key=lambda e: e.count_ops())
