"""The one door to SymPy. Importing this room does not import SymPy: its functions do, when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from derivx.expr import Expr
from derivx.ops import Op
from derivx.syntax import partials

__all__ = ["local_derivatives"]


@lru_cache(maxsize=512)
def local_derivatives(op: Op) -> Mapping[str, Expr]:
    """The local derivative of an operation by each argument, as templates over the card's argument names (and ``y``).

    The card's textbook form where it states one (proved equal to SymPy's by the build); else SymPy derives it, once.
    """
    stated = partials(op)
    if stated is not None:
        return stated
    from derivx.algebra.functions import functions
    from derivx.algebra.local import derive_locally

    return derive_locally(op, functions)
