"""Values of expressions over a namespace of functions: NumPy (real and complex), autograd, mpmath, SymPy.

Each namespace imports its library when it is made, and not before.
"""

from derivx.numeric.evaluate import Namespace, Scope, Unavailable, UnknownValue, evaluate
from derivx.numeric.spaces import AUTOGRAD, COMPLEX, MPMATH, PROOF, REAL, SYMPY, space

__all__ = [
    "AUTOGRAD",
    "COMPLEX",
    "MPMATH",
    "PROOF",
    "REAL",
    "SYMPY",
    "Namespace",
    "Scope",
    "Unavailable",
    "UnknownValue",
    "evaluate",
    "space",
]
