"""Formulas in Maxima's syntax: read by Maxima itself where it is installed, they have the values that they have here."""

from __future__ import annotations

import re
import subprocess

import pytest

from derivx import ops
from derivx.expr import Call, Expr, Sym
from derivx.grading.precise import settled
from derivx.syntax import read
from derivx.worksheet.exports.maxima import DEFINED, defined, words, written

AT = {"x": 0.4375, "y": 1.375, "w1": 0.8125, "alpha": 2.0, "t": 0.25, "z": -0.5}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x^2*e^x", "x^2*%e^x"),
        ("2*pi*x", "2*%pi*x"),
        ("log(x, 2)", "log(x)/log(2)"),
        ("0.25*x", "1/4*x"),
        ("x^0.5", "x^(1/2)"),
        ("-x^2", "-x^2"),
        ("x - (y - z)", "x - (y - z)"),
        ("x/(y*z)", "x/(y*z)"),
        ("2^3^x", "2^(3^x)"),
        ("(-x)^2", "(-x)^2"),
        ("sigmoid(w1*x + alpha)", "sigmoid(w1*x + alpha)"),
        ("relu(x)", None),
        ("max(x, y)", None),
        ("cbrt(x)", None),
        ("f(x)", None),
        ("D(x^2, x)", None),
        ("i*x", None),
        ("lambda*x", None),
    ],
)
def test_written(text: str, shown: str | None) -> None:
    assert written(read(text)) == shown


def test_what_maxima_is_told_and_a_student_may_type() -> None:
    e = read("sigmoid(w1*x)*log2(alpha) + sin(x)")
    assert defined(e) == ["sigmoid", "log2"]
    assert words(e) == ["w1", "alpha", "sigmoid", "log2"]


def test_definitions_are_of_operations() -> None:
    for name, text in DEFINED.items():
        match = re.fullmatch(r"(\w+)\(([\w,]+)\):=(.+)", text)
        assert match is not None
        assert match[1] == name == ops.card(name).name
        assert len(match[2].split(",")) == len(ops.card(name).params)


def samples() -> list[Expr]:
    """Every operation that Maxima has or is told of, at arguments inside its domain, and the ways of putting them together."""
    found: list[Expr] = [
        read(t) for t in ("x^2*e^x", "-x^2 + 2^3^x", "x - (y - w1)/(x*y)", "0.25*x^0.5", "(-x)^2*pi", "log(alpha, 3)", "-(x - y)*-x")
    ]
    inside = {"acosh": "alpha", "acoth": "alpha", "asec": "alpha", "acsc": "alpha"}
    for card in ops.cards():
        args = tuple(Sym(inside.get(card.name, "x")) if i == 0 else Sym("t") for i in range(len(card.params)))
        e = Call(card.name, args)
        if card.notation == "call" and card.shape == "elementwise" and written(e) is not None:
            found.append(e)
    return found


def test_the_samples_are_many() -> None:
    assert len(samples()) > 45


@pytest.mark.maxima
def test_values() -> None:
    rows = samples()
    put = ", ".join(f"{name}={value!r}" for name, value in AT.items())
    lines = [f"{text};" for text in DEFINED.values()]
    lines += [f'printf(true, "VALUE ~,16e~%", float(ev({written(e)}, {put})));' for e in rows]
    batch = "display2d:false$\n" + "\n".join(lines)
    done = subprocess.run(["maxima", "--very-quiet", "--batch-string", batch], capture_output=True, text=True, check=False, timeout=300)
    found = [float(v.replace("d", "e")) for v in re.findall(r"^VALUE +(\S+)$", done.stdout, re.MULTILINE)]
    assert len(found) == len(rows), done.stdout[-2000:]
    for e, value in zip(rows, found, strict=True):
        assert value == pytest.approx(float(settled(e, AT)), rel=1e-12), e


@pytest.mark.maxima
def test_other_forms_of_the_sigmoid_are_equal_there() -> None:
    pairs = [("sigmoid(x)*(1 - sigmoid(x))", "exp(-x)/(1 + exp(-x))^2"), ("softplus(x) - x", "softplus(-x)"), ("sin(x)^2", "1 - cos(x)^2")]
    lines = [f"{text};" for text in DEFINED.values()]
    lines += [f'print("ZERO", is(trigsimp(radcan(({written(read(a))}) - ({written(read(b))}))) = 0));' for a, b in pairs]
    done = subprocess.run(
        ["maxima", "--very-quiet", "--batch-string", "\n".join(lines)], capture_output=True, text=True, check=False, timeout=300
    )
    assert re.findall(r"^ZERO (\w+)", done.stdout, re.MULTILINE) == ["true"] * len(pairs), done.stdout[-2000:]
