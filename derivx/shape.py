"""Shapes of values: a shape is a tuple of dimensions, and a scalar is the shape ``()``.

A dimension is a number or a letter (``n``); letters stand for sizes that are not known yet.
"""

from __future__ import annotations

Dim = int | str
Shape = tuple[Dim, ...]

SCALAR: Shape = ()
