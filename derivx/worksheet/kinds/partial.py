"""Partial derivatives: of polynomials, of products, of weighted sums in an activation."""

from __future__ import annotations

from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

_N = {"a": "2..7", "b": "-7..7", "c": "2..5", "n": "2..4", "m": "2..3"}
_F = {"f": ("exp", "sin", "cos", "tanh"), "g": ("sigmoid", "tanh", "softplus"), "k": "2..6"}

KIND = kind_of(
    "partial",
    "partial",
    *(
        Template(text, "x, y", ranges=_N)
        for text in (
            "z = {a}*x^{n}*y {b:+}*x",
            "z = {a}*x^{n}*y^{m}",
            "z = {a}*x^2 {b:+}*x*y + {c}*y^{m}",
            "z = ({a}*x {b:+}*y)^{n}",
        )
    ),
    *(
        Template(text, wrt, ranges={**_N, **_F}, level=2)
        for text, wrt in (
            ("z = x^{n}*{f}({a}*y)", "x, y"),
            ("z = x*y*{f}(y)", "x, y"),
            ("z = {f}({a}*x {b:+}*y)", "x, y"),
            ("z = {a}*x/(y {b:+})", "x, y"),
            ("L = (w*x {b:+})^2", "w, x"),
            ("L = ({a}*w {b:+}*v)^{n}", "w, v"),
        )
    ),
    *(
        Template(text, wrt, ranges={**_N, **_F}, level=3)
        for text, wrt in (
            ("y = {g}(w*x + b)", "w, b"),
            ("L = (w*x + b - t)^2/2", "w, b"),
            ("L = ({g}(w*x) - t)^2", "w"),
            ("L = log(1 + exp(-{k}*w*x))", "w, x"),
            ("y = {g}(w1*x1 + w2*x2 {b:+})", "w1, w2"),
            ("L = (w*x {b:+})^2 + {k}*w^2", "w, x"),
            ("z = sqrt(x^2 + {k}*y^2)", "x, y"),
        )
    ),
)
