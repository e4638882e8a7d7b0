"""The chain rule over named intermediates: local derivatives, and their products along the paths."""

from __future__ import annotations

from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

_N = {"a": "2..6", "b": "-6..6", "n": "2..4", "k": "2..5", "f": ("exp", "sin", "cos", "tanh", "sigmoid"), "g": ("sigmoid", "tanh")}

KIND = kind_of(
    "chain",
    "chain",
    *(
        Template(text, "x", ranges=_N)
        for text in (
            "u = {a}*x {b:+}\ny = u^{n}",
            "u = {a}*x^2 {b:+}\ny = {f}(u)",
            "u = {f}(x)\ny = u^{n} {b:+}*u",
            "u = x^{n} {b:+}*x\ny = log(u)",
        )
    ),
    *(
        Template(text, wrt, ranges=_N, level=2)
        for text, wrt in (
            ("z = w*x + b\na = {g}(z)", "w, b"),
            ("p = w*x {b:+}\ne = p - t\nL = e^2", "w"),
            ("u = {a}*x {b:+}\nv = {f}(u)\ny = v^{n}", "x"),
            ("z = {a}*w {b:+}\na = {g}(z)\nL = (a - t)^2", "w"),
            ("u = x^2 + {k}\nv = sqrt(u)\ny = {a}*v", "x"),
        )
    ),
    *(
        Template(text, wrt, ranges=_N, level=3)
        for text, wrt in (
            ("z = w*x + b\na = sigmoid(z)\nL = (a - t)^2", "w"),
            ("z = w*x + b\na = tanh(z)\nL = (a - t)^2/2", "b"),
            ("u = x^2\nv = {a}*x {b:+}\ny = u*v", "x"),
            ("u = {f}(x)\nv = x^{n}\ny = u*v {b:+}*u", "x"),
            ("h = {g}(w*x)\np = v*h\nL = (p - t)^2", "v, w"),
            ("b = w1*a\nc = w2*a\nd = w3*b + w4*c\nL = {k} - d", "a"),
        )
    ),
)
