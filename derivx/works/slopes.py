"""Derivatives of the functions of one argument, as ``sigma'(u)`` stands for them."""

from __future__ import annotations

from functools import cache

from derivx.derive.byhand import derive
from derivx.expr import Call, Expr, Sym
from derivx.grading.reference import written_out

INNER = "baseq"


@cache
def slope_of(op: str, order: int = 1) -> Expr:
    """The derivative of a function by its argument, that is called ``INNER``. Raises ``DerivxError``."""
    return written_out(derive(Call(op, (Sym(INNER),)), (INNER,) * order))
