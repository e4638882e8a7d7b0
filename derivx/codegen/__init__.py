"""Derived gradients as readable functions of NumPy, PyTorch and JAX."""

from derivx.codegen.module import to_code

__all__ = ["to_code"]
