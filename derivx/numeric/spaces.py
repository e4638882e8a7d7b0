"""The namespaces, each made once, when first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

REAL, COMPLEX, AUTOGRAD, MPMATH, SYMPY = "real", "complex", "autograd", "mpmath", "sympy"
TORCH, JAX, PROOF, ENTRIES = "torch", "jax", "proof", "entries"
_PLACES = {
    REAL: ("derivx.numeric.numpy_space", "Real"),
    COMPLEX: ("derivx.numeric.numpy_space", "Complex"),
    AUTOGRAD: ("derivx.numeric.autograd_space", "Autograd"),
    MPMATH: ("derivx.numeric.mpmath_space", "Mpmath"),
    TORCH: ("derivx.numeric.torch_space", "Torch"),
    JAX: ("derivx.numeric.jax_space", "Jax"),
    SYMPY: ("derivx.numeric.sympy_space", "Sympy"),
    PROOF: ("derivx.numeric.proof_space", "Proof"),
    ENTRIES: ("derivx.numeric.entries_space", "Entries"),
}


@cache
def space(name: str) -> Any:
    """A namespace by name. Raises ``ImportError`` when its library is not installed."""
    module, kind = _PLACES[name]
    return getattr(import_module(module), kind)()
