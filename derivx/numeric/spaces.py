"""The namespaces, each made once, when first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

REAL, COMPLEX, AUTOGRAD, MPMATH, SYMPY = "real", "complex", "autograd", "mpmath", "sympy"
_PLACES = {
    REAL: ("derivx.numeric.numpy_space", "Real"),
    COMPLEX: ("derivx.numeric.numpy_space", "Complex"),
    AUTOGRAD: ("derivx.numeric.autograd_space", "Autograd"),
    MPMATH: ("derivx.numeric.mpmath_space", "Mpmath"),
    SYMPY: ("derivx.numeric.sympy_space", "Sympy"),
}


@cache
def space(name: str) -> Any:
    """A namespace by name. Raises ``ImportError`` when its library is not installed."""
    module, kind = _PLACES[name]
    return getattr(import_module(module), kind)()
