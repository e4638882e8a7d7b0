"""Derivatives by a vector or a matrix, as closed forms."""

from __future__ import annotations

from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

_N = {"k": "2..9", "c": "2..9"}
_X = {"x": ("n",)}
_AX = {"A": ("n", "n"), "x": ("n",)}
_DATA = {"X": ("N", "d"), "w": ("d",), "y": ("N",)}
_MANY = {"X": ("N", "d"), "W": ("d", "k"), "Y": ("N", "k")}
_SQUARE = {"A": ("n", "n"), "X": ("n", "n")}

KIND = kind_of(
    "matrix",
    "matrix",
    *(
        Template(text, "x", shapes=shapes, ranges=_N)
        for text, shapes in (
            ("L = {k}*a.T @ x", {"a": ("n",), "x": ("n",)}),
            ("L = {k}*x.T @ x", _X),
            ("L = {k}*x.T @ x + {c}*a.T @ x", {"a": ("n",), "x": ("n",)}),
            ("L = sum((x - {k}*a)^2)", {"a": ("n",), "x": ("n",)}),
        )
    ),
    *(
        Template(text, wrt, shapes=shapes, ranges=_N, level=2)
        for text, wrt, shapes in (
            ("L = {k}*x.T @ A @ x", "x", _AX),
            ("L = x.T @ A @ x + {k}*b.T @ x", "x", {**_AX, "b": ("n",)}),
            ("L = sum((X @ w - {k}*y)^2)", "w", _DATA),
            ("L = sum((X @ w - y)^2)/{k}", "w", _DATA),
            ("L = sum((X @ w - y)^2) + {k}*w.T @ w", "w", _DATA),
        )
    ),
    *(
        Template(text, wrt, shapes=shapes, ranges=_N, level=3)
        for text, wrt, shapes in (
            ("L = {k}*tr(A @ X)", "X", {"A": ("n", "m"), "X": ("m", "n")}),
            ("L = {k}*tr(X.T @ A @ X)", "X", {"A": ("n", "n"), "X": ("n", "m")}),
            ("L = {k}*logdet(X)", "X", {"X": ("n", "n")}),
            ("L = {k}*logdet(X) + {c}*tr(A @ X)", "X", _SQUARE),
            ("L = sum((X @ W - Y)^2)/{k}", "W", _MANY),
            ("L = {k}*a.T @ X @ b", "X", {"a": ("n",), "X": ("n", "m"), "b": ("m",)}),
            ("L = sum(sigmoid({k}*X @ w))", "w", {"X": ("N", "d"), "w": ("d",)}),
        )
    ),
)
