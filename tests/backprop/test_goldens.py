"""Numbers that are in books, and pages as they were when they were looked at.

``DERIVX_GOLDEN=1 pytest tests/backprop/test_goldens.py -k page`` writes the golden files again: look at them before they are kept.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from derivx.algebra.door import by_vocabulary
from derivx.api import Sweep, backprop
from derivx.expr import Sym
from derivx.graph.paths import walks
from derivx.render.block import columns
from derivx.render.sweep import links_of, path_product
from derivx.syntax import read, write

GOLDEN = Path(__file__).with_name("golden")

TOY = "b = w1*a; c = w2*a; d = w3*b + w4*c; L = 10 - d"
PRODUCT = "(x + y)*z"
NEURON = "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"
TWO_TWO_TWO = """
data x1 = 0.05; data x2 = 0.10; data t1 = 0.01; data t2 = 0.99
w1 = 0.15; w2 = 0.20; w3 = 0.25; w4 = 0.30; b1 = 0.35
w5 = 0.40; w6 = 0.45; w7 = 0.50; w8 = 0.55; b2 = 0.60
z1 = w1*x1 + w2*x2 + b1
z2 = w3*x1 + w4*x2 + b1
h1 = sigmoid(z1)
h2 = sigmoid(z2)
z3 = w5*h1 + w6*h2 + b2
z4 = w7*h1 + w8*h2 + b2
o1 = sigmoid(z3)
o2 = sigmoid(z4)
E1 = 1/2*(t1 - o1)^2
E2 = 1/2*(t2 - o2)^2
E = E1 + E2
"""
NINE = """
z1 = w1*x1 + w2*x2 + b1
z2 = w3*x1 + w4*x2 + b2
h1 = sigmoid(z1)
h2 = sigmoid(z2)
yhat = sigmoid(v1*h1 + v2*h2 + c)
L = (yhat - y)^2
"""
EIGHT_WEIGHTS = [f"w{i}" for i in range(1, 9)]
PARAMETERS = ["w1", "w2", "w3", "w4", "b1", "b2", "v1", "v2", "c"]


def toy() -> Sweep:
    return backprop(TOY, at={"a": 2, "w1": 1, "w2": 2, "w3": 3, "w4": 5})


def product() -> Sweep:
    return backprop(PRODUCT, at={"x": -2, "y": 5, "z": -4})


def neuron() -> Sweep:
    return backprop(NEURON, at={"w0": 2, "w1": -3, "w2": -3, "x0": -1, "x1": -2})


def two_two_two() -> Sweep:
    return backprop(TWO_TWO_TWO, EIGHT_WEIGHTS)


def nine() -> Sweep:
    return backprop(NINE, PARAMETERS)


def same(left: str, right: str) -> bool:
    """Whether two formulas agree, whatever the order of their parts."""
    return bool((by_vocabulary(read(left)) - by_vocabulary(read(right))).expand() == 0)


def test_the_toy_graph_sums_two_paths() -> None:
    sweep = backprop(TOY, "a,b,c,d,w1,w4")
    assert sweep.verdict == "PASS"
    expected = {"a": "-(w3*w1 + w4*w2)", "b": "-w3", "c": "-w4", "d": "-1", "w1": "-w3*a", "w4": "-c"}
    for name, formula in expected.items():
        assert same(write(sweep.gradients[name]), formula), name
    at = sweep.graph.at
    found = [path_product(sweep, path)[1] for path in walks(links_of(sweep), at["a"], at["L"], 9)]
    assert [write(p) for p in found] == ["-w3*w1", "-w4*w2"]
    assert "Paths from a to L: 2" in sweep.text()
    assert "∂L/∂d · ∂d/∂c · ∂c/∂a = −w₄ w₂" in sweep.text()
    assert toy().gradient_value("a") == -13


def test_cs231n_product() -> None:
    sweep = product()
    assert (sweep.value("L"), sweep.verdict) == (-12, "PASS")
    assert [sweep.gradient_value(n) for n in ("x", "y", "z")] == [-4, -4, 3]
    assert (sweep.value("q1"), sweep.gradient_value("q1")) == (3, -4)


def test_cs231n_sigmoid_neuron() -> None:
    sweep = neuron()
    assert sweep.verdict == "PASS"
    assert round(sweep.value("L"), 2) == 0.73
    shown = {"w0": -0.20, "w1": -0.39, "w2": 0.20, "x0": 0.39, "x1": -0.59}
    assert {n: round(sweep.gradient_value(n), 2) for n in shown} == shown


def test_two_two_two_before_and_after_one_step() -> None:
    sweep = two_two_two()
    assert sweep.verdict == "PASS"
    assert sweep.value("E") == pytest.approx(0.2983711088, abs=5e-11)
    assert sweep.gradient_value("w5") == pytest.approx(0.082167041, abs=5e-10)
    assert sweep.gradient_value("w1") == pytest.approx(0.000438568, abs=5e-10)
    step = sweep.update(0.5)
    assert list(step.parameters) == EIGHT_WEIGHTS
    assert step.parameters["w5"] == pytest.approx(0.35891648, abs=5e-9)
    assert step.parameters["w1"] == pytest.approx(0.149780716, abs=5e-10)
    assert step.values["E"] == pytest.approx(0.2910277737, abs=5e-11)
    text = sweep.text(rate=0.5, digits=10)
    for number in ("0.2983711088", "0.08216704056", "0.3589164797", "0.2910277737"):
        assert number in text


def test_nine_partials_fit_on_a_page() -> None:
    sweep = nine()
    text = sweep.text()
    assert sweep.verdict == "PASS"
    assert all(f"∂L/∂{Sym(n)}" in text.replace("₁", "1").replace("₂", "2").replace("₃", "3").replace("₄", "4") for n in PARAMETERS)
    lines = text.rstrip("\n").split("\n")
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 200
    assert len(text.encode()) <= 5_000


def test_no_gradient_is_written_out_that_has_a_name() -> None:
    sizes = {n: g.size for n, g in nine().gradients.items()}
    assert max(sizes.values()) <= 16


PAGES: dict[str, tuple[object, dict[str, object]]] = {
    "toy": (toy, {"rate": 0.1}),
    "product": (product, {}),
    "neuron": (neuron, {}),
    "two_two_two": (two_two_two, {"rate": 0.5, "digits": 9}),
    "nine": (nine, {}),
}
FILES = [
    *((name, lang, "txt") for name in PAGES for lang in ("en", "ko")),
    *((name, "en", kind) for name in ("toy", "nine") for kind in ("tex", "json")),
]


def printed(name: str, lang: str, kind: str) -> str:
    make, options = PAGES[name]
    sweep = make()  # type: ignore[operator]
    if kind == "tex":
        return str(sweep.latex(lang, **options))
    if kind == "json":
        found = sweep.to_dict()
        for check in (*found["sweep"]["checks"], *(c for node in found["sweep"]["nodes"] for c in node["checks"])):
            check["digits"] = None  # they are the machine's
        for node in found["sweep"]["nodes"]:
            node |= {key: node[key] and float(f"{node[key]:.12g}") for key in ("value", "adjoint_value")}
        return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    return str(sweep.text(lang, **options))


def without_digits(page: str) -> str:
    """A page without the digits to which the referees agree: they are the machine's."""
    return "\n".join(line for line in page.split("\n") if not any(w in line for w in ("complex step", "복소 증분법")))


@pytest.mark.parametrize(("name", "lang", "kind"), FILES)
def test_pages_are_as_they_were(name: str, lang: str, kind: str) -> None:
    path, now = GOLDEN / f"{name}_{lang}.{kind}", printed(name, lang, kind)
    if os.environ.get("DERIVX_GOLDEN"):
        path.write_text(now, encoding="utf-8")
    assert without_digits(now) == without_digits(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_keep_to_the_width(name: str, lang: str) -> None:
    make, options = PAGES[name]
    sweep = make()  # type: ignore[operator]
    for width, details in ((80, ("brief", "normal", "full")), (60, ("brief",)), (40, ("brief",))):
        for detail in details:
            text = sweep.text(lang, width=width, detail=detail, **options)
            assert max(map(columns, text.split("\n"))) <= width
            assert sweep.text("en", width=width, ascii=True, detail=detail, **options).isascii()


def test_tables_keep_to_a_narrow_width() -> None:
    assert max(map(columns, toy().text(width=40).split("\n"))) <= 40
