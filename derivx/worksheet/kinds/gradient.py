"""The gradient at a point, in numbers."""

from __future__ import annotations

from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

_N = {"a": "2..5", "b": "-5..5", "c": "-4..4", "k": "2..4"}
_XY = {"x": "-3..3", "y": "-3..3"}
_W = {"w": "-2..3", "x": "2..3", "b": "-2..2", "t": "-3..3"}

KIND = kind_of(
    "gradient",
    "descent",
    *(
        Template(text, "x, y", at=_XY, ranges=_N)
        for text in ("z = {a}*x^2 {b:+}*y^2", "z = x^2*y {b:+}*x", "z = {a}*x*y {b:+}*y", "z = x^2 {b:+}*x*y {c:+}*y")
    ),
    *(
        Template(text, wrt, at=at, ranges=_N, level=2)
        for text, wrt, at in (
            ("L = (w*x + b - t)^2", "w, b", _W),
            ("L = (w*x - t)^2 + {k}*w^2", "w", {n: _W[n] for n in "wxt"}),
            ("L = (w*x + b - t)^2/2", "w, b", _W),
            ("z = (x {b:+}*y)^3", "x, y", _XY),
            ("z = {a}*x/y", "x, y", {"x": "-4..4", "y": (-2, -1, 1, 2, 4)}),
        )
    ),
    *(
        Template(text, wrt, at=at, ranges=_N, level=3)
        for text, wrt, at in (
            ("y = sigmoid(w*x + b)", "w, b", {"w": (-1, 0.5, 1, 2), "x": (-1, 1, 2), "b": (-1, 0.5, 1)}),
            ("L = (tanh(w*x) - t)^2", "w", {"w": (-1, 0.5, 1), "x": (1, 2), "t": (-1, 0.5, 1)}),
            ("z = exp(-x^2/{k})*y", "x, y", {"x": (-1, 1, 2), "y": (1, 2, 3)}),
            ("z = x*log(y) {b:+}*y", "x, y", {"x": "1..4", "y": (2, 3, 4)}),
            ("L = (sigmoid(w*x + b) - t)^2", "w, b", {"w": (-1, 1, 2), "x": (1, 2), "b": (-1, 1), "t": (0, 1)}),
        )
    ),
)
