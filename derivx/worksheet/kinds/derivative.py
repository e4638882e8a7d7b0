"""The derivative of a function of one variable: sums of powers; products and quotients; chains with activations."""

from __future__ import annotations

from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.template import Template

_N = {"a": "2..9", "b": "-9..9", "c": "-9..9", "n": "3..6", "m": "1..3", "k": "2..5"}
_F = {"f": ("sigmoid", "tanh", "exp", "sin", "cos")}
_G = {"g": ("sigmoid", "tanh", "softplus", "silu")}

KIND = kind_of(
    "derivative",
    "differentiation",
    *(
        Template(text, "x", ranges=_N)
        for text in (
            "{a}*x^{n} {b:+}*x^{m}",
            "{a}*x^{n} {b:+}*x^{m} {c:+}",
            "({a}*x {b:+})^{n}",
            "{a}*x^{n} {b:+}*x^2 {c:+}*x",
        )
    ),
    *(
        Template(text, "x", ranges={**_N, **_F}, level=2)
        for text in (
            "{f}({a}*x)*x^{m}",
            "x^{m}*{f}(x)",
            "({a}*x {b:+})*{f}(x)",
            "({a}*x {b:+})/(x^2 + {k})",
            "x/({a}*x {b:+})",
            "log(x)*x^{n}",
            "{f}(x)/x",
        )
    ),
    *(
        Template(text, "x", ranges={**_N, **_F, **_G}, level=3)
        for text in (
            "{f}({a}*x^2 {b:+})",
            "{g}({a}*x {b:+})",
            "({a}*{f}(x) {b:+})^{k}",
            "log({a}*x^2 + {k})",
            "sqrt({a}*x^2 + {k})",
            "x*{g}({a}*x)",
            "exp(-x^2/{k})",
            "{f}(x^{m})^2",
        )
    ),
)
