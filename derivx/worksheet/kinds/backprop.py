"""Back-propagation by hand: a small graph with numbers, the value and the gradient of its nodes."""

from __future__ import annotations

from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

_W = "-3..3"
_TOY = "b = w1*a\nc = w2*a\nd = w3*b + w4*c\nL = {k} - d"  # the lecture's graph
_NET = """h1 = {f}(w1*x1 + w2*x2)
h2 = {f}(w3*x1 + w4*x2)
p = v1*h1 + v2*h2
L = (p - t)^2"""  # two inputs, two hidden units, one output
_HALF = (-1, -0.5, 0.5, 1)

KIND = kind_of(
    "backprop",
    "backprop",
    Template(_TOY, "w1, w2, a, d", at={"a": "1..3", "w1": _W, "w2": _W, "w3": _W, "w4": _W}, ranges={"k": (8, 10, 12, 20)}),
    Template("u = x*y\nv = u + z\nL = {k}*v", "x, y, z, u", at={"x": _W, "y": _W, "z": _W}, ranges={"k": "2..4"}),
    Template("z = w*x + b\ne = z - t\nL = e^2", "w, b, e", at={"w": _W, "x": _W, "b": _W, "t": _W}),
    Template("u = x + y\nv = x*y\nL = u*v", "x, y, u, v", at={"x": _W, "y": _W}, level=2),
    Template("z = w*x + b\na = relu(z)\nL = (a - t)^2", "w, b, z, a", at={"w": _W, "x": "1..3", "b": _W, "t": "1..4"}, level=2),
    Template(
        "h = relu(w1*x)\np = w2*h + b\nL = (p - t)^2",
        "w1, w2, b, h",
        at={"x": "1..3", "w1": "1..3", "w2": _W, "b": _W, "t": _W},
        level=2,
    ),
    Template(
        "z = w*x + b\na = sigmoid(z)\nL = (a - t)^2",
        "w, b, z, a",
        at={"w": _HALF, "x": (1, 2), "b": _HALF, "t": (0, 1)},
        level=2,
    ),
    Template(
        _NET,
        "w1, w4, v1, v2",
        at={**dict.fromkeys(("w1", "w2", "w3", "w4", "v1", "v2"), _W), "x1": "1..3", "x2": "1..3", "t": "1..5"},
        ranges={"f": ("relu",)},
        level=3,
    ),
    Template(
        _NET,
        "w1, w4, v1, v2",
        at={**dict.fromkeys(("w1", "w2", "w3", "w4", "v1", "v2"), _HALF), "x1": (1, 2), "x2": (1, 2), "t": (0, 1)},
        ranges={"f": ("sigmoid", "tanh")},
        level=3,
    ),
)
