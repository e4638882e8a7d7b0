"""Every scalar card as a SymPy function: ``derivx.functions.sigmoid(x).diff(x)``.

A card that SymPy has itself (``sin``) is SymPy's own; the others have ``fdiff``, ``evalf``, ``doit`` (their definition), LaTeX
and work in ``lambdify``.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    from derivx.algebra.functions import function

    return function(name)


def __dir__() -> list[str]:
    from derivx.algebra.functions import functions

    return sorted(functions())
