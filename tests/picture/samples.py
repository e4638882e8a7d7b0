"""Graphs as the lessons draw them, made by hand: what the pictures are tested on."""

from __future__ import annotations

import random

from derivx.expr import Sym
from derivx.picture.diagram import Arrow, Box, Diagram, Kind
from derivx.syntax import read


def graph(rows: list[tuple[str, Kind, str, str, str]], lang: str = "en", title: str = "", *, local: bool = False) -> Diagram:
    """Rows of name, kind, formula, value and gradient; arrows from the names in the formulas, with their derivatives on request."""
    from derivx.expr import Diff, names

    place = {row[0]: i for i, row in enumerate(rows)}
    boxes, arrows = [], []
    for i, (name, kind, formula, value, gradient) in enumerate(rows):
        expr = read(formula) if formula else None
        used = [n for n in names(expr) if n in place] if expr is not None else []
        shape = formula
        for n in sorted(used, key=len, reverse=True):
            shape = shape.replace(n, "#")
        boxes.append(Box(Sym(name), kind, expr, value, gradient, shape))
        arrows += [Arrow(place[n], i, Diff(Sym(name), Sym(n)) if local else None) for n in used]
    return Diagram(boxes, arrows, title, lang)


def product(lang: str = "en") -> Diagram:
    """CS231n: f = (x + y) z."""
    rows: list[tuple[str, Kind, str, str, str]] = [
        ("x", "data", "", "-2", "-4"), ("y", "data", "", "5", "-4"), ("z", "data", "", "-4", "3"),
        ("q", "node", "x + y", "3", "-4"), ("f", "output", "q*z", "-12", "1"),
    ]  # fmt: skip
    return graph(rows, lang)


def neuron(lang: str = "en") -> Diagram:
    """CS231n: a sigmoid neuron in single operations."""
    rows: list[tuple[str, Kind, str, str, str]] = [
        ("w0", "param", "", "2", "-0.196612"), ("x0", "data", "", "-1", "0.393224"), ("w1", "param", "", "-3", "-0.393224"),
        ("x1", "data", "", "-2", "-0.589836"), ("w2", "param", "", "-3", "0.196612"), ("p", "node", "w0*x0", "-2", "0.196612"),
        ("q", "node", "w1*x1", "6", "0.196612"), ("s", "node", "p + q", "4", "0.196612"), ("t", "node", "s + w2", "1", "0.196612"),
        ("u", "node", "-t", "-1", "-0.196612"), ("v", "node", "exp(u)", "0.367879", "-0.534447"),
        ("r", "node", "v + 1", "1.36788", "-0.534447"), ("f", "output", "1/r", "0.731059", "1"),
    ]  # fmt: skip
    return graph(rows, lang)


def toy(lang: str = "en") -> Diagram:
    """Two paths that meet, with the local derivatives on the arrows."""
    rows: list[tuple[str, Kind, str, str, str]] = [
        ("a", "data", "", "2", "-26"), ("w1", "param", "", "1", "-6"), ("w2", "param", "", "2", "-10"), ("w3", "param", "", "3", "-2"),
        ("w4", "param", "", "5", "-4"), ("b", "node", "w1*a", "2", "-3"), ("c", "node", "w2*a", "4", "-5"),
        ("d", "node", "w3*b + w4*c", "26", "-1"), ("L", "output", "10 - d", "-16", "1"),
    ]  # fmt: skip
    return graph(rows, lang, local=True)


def two_two_two(lang: str = "en") -> Diagram:
    """Two layers of two units with squared errors."""
    rows: list[tuple[str, Kind, str, str, str]] = [("x1", "data", "", "0.05", "0.0009"), ("x2", "data", "", "0.1", "0.0014")]
    rows += [(f"w{i}", "param", "", f"0.{10 + 5 * i}", f"0.0{i}3") for i in range(1, 9)]
    rows += [("b1", "param", "", "0.35", "0.0219"), ("b2", "param", "", "0.6", "0.1755")]
    rows += [("t1", "data", "", "0.01", "-0.7414"), ("t2", "data", "", "0.99", "0.2171")]
    rows += [
        ("z1", "node", "w1*x1 + w2*x2 + b1", "0.3775", "0.0088"), ("z2", "node", "w3*x1 + w4*x2 + b1", "0.3925", "0.01"),
        ("h1", "node", "sigmoid(z1)", "0.5933", "0.0364"), ("h2", "node", "sigmoid(z2)", "0.5969", "0.0414"),
        ("z3", "node", "w5*h1 + w6*h2 + b2", "1.1059", "0.1385"), ("z4", "node", "w7*h1 + w8*h2 + b2", "1.2249", "-0.0381"),
        ("o1", "node", "sigmoid(z3)", "0.7514", "0.7414"), ("o2", "node", "sigmoid(z4)", "0.7729", "-0.2171"),
        ("E1", "node", "1/2*(t1 - o1)^2", "0.2748", "1"), ("E2", "node", "1/2*(t2 - o2)^2", "0.0236", "1"),
        ("E", "output", "E1 + E2", "0.2984", "1"),
    ]  # fmt: skip
    return graph(rows, lang, "2-2-2")


def chain(deep: int, lang: str = "en") -> Diagram:
    """Sigmoid layers, one after the other."""
    boxes, arrows = [Box(Sym("x"), "data", None, "0.5", "0")], []
    last = 0
    for i in range(1, deep + 1):
        w = len(boxes)
        boxes.append(Box(Sym(f"w_{i}"), "param", None, "1", "0.01"))
        boxes.append(
            Box(
                Sym(f"a_{i}"),
                "output" if i == deep else "node",
                read(f"sigmoid(w_{i}*{'x' if i == 1 else f'a_{i - 1}'})"),
                "0.6",
                "0.02",
                "sigmoid(#*#)",
            )
        )
        arrows += [Arrow(w, w + 1), Arrow(last, w + 1)]
        last = w + 1
    return Diagram(boxes, arrows, "", lang)


def dense(sizes: list[int], lang: str = "en") -> Diagram:
    """A fully connected network with a squared error."""
    boxes = [Box(Sym(f"x_{i}"), "data", None, f"0.{i}", "0.1") for i in range(1, sizes[0] + 1)]
    arrows: list[Arrow] = []
    layer, mark = list(range(sizes[0])), "x"
    for k, size in enumerate(sizes[1:], 1):
        below, layer = layer, []
        for j in range(1, size + 1):
            terms, args = [], []
            for i, source in enumerate(below, 1):
                args += [len(boxes), source]
                boxes.append(Box(Sym(f"w{k}_{j}_{i}"), "param", None, "0.3", "0.01"))
                terms.append(f"w{k}_{j}_{i}*{mark}_{i}")
            args.append(len(boxes))
            boxes.append(Box(Sym(f"b{k}_{j}"), "param", None, "0", "0.02"))
            arrows += [Arrow(a, len(boxes)) for a in args]
            boxes.append(Box(Sym(f"z{k}_{j}"), "node", read(" + ".join([*terms, f"b{k}_{j}"])), "0.7", "0.03", f"dot{len(below)}"))
            arrows.append(Arrow(len(boxes) - 1, len(boxes)))
            layer.append(len(boxes))
            boxes.append(Box(Sym(f"h{k}_{j}"), "node", read(f"tanh(z{k}_{j})"), "0.6", "0.04", "tanh(#)"))
        mark = f"h{k}"
    boxes += [Box(Sym("t"), "data", None, "1", "0.8"), Box(Sym("E"), "output", read(f"(t - {mark}_1)^2"), "0.16", "1", "(#-#)^2")]
    arrows += [Arrow(len(boxes) - 2, len(boxes) - 1), Arrow(layer[0], len(boxes) - 1)]
    return Diagram(boxes, arrows, "", lang)


def recurrent(steps: int, lang: str = "en") -> Diagram:
    """One cell, its weights shared by every step, with a loss at each."""
    boxes = [Box(Sym(n), "param", None, "0.5", "0.1") for n in ("w", "u", "b")] + [Box(Sym("h_0"), "data", None, "0", "0.2")]
    arrows, last, losses = list[Arrow](), 3, []
    for t in range(1, steps + 1):
        x = len(boxes)
        boxes += [Box(Sym(f"x_{t}"), "data", None, "1", "0.1"), Box(Sym(f"y_{t}"), "data", None, "1", "0.1")]
        boxes.append(Box(Sym(f"h_{t}"), "node", read(f"tanh(w*h_{t - 1} + u*x_{t} + b)"), "0.7", "0.2", "cell"))
        boxes.append(Box(Sym(f"E_{t}"), "node", read(f"(h_{t} - y_{t})^2"), "0.1", "1", "(#-#)^2"))
        arrows += [
            Arrow(0, x + 2),
            Arrow(last, x + 2),
            Arrow(1, x + 2),
            Arrow(x, x + 2),
            Arrow(2, x + 2),
            Arrow(x + 2, x + 3),
            Arrow(x + 1, x + 3),
        ]
        last = x + 2
        losses.append(x + 3)
    arrows += [Arrow(i, len(boxes)) for i in losses]
    boxes.append(Box(Sym("E"), "output", read(" + ".join(f"E_{t}" for t in range(1, steps + 1))), "12.5", "1", "sum"))
    return Diagram(boxes, arrows, "", lang)


def scattered(count: int, seed: int = 0, lang: str = "en", most: int = 3) -> Diagram:
    """A graph with no two boxes alike, its arrows drawn by chance, mostly between near ones."""
    rng = random.Random(seed)
    boxes, arrows = list[Box](), list[Arrow]()
    for i in range(count):
        tails = sorted({max(0, i - rng.randint(1, 12)) for _ in range(rng.randint(1, most))} - {i}) if i > 3 else []
        arrows += [Arrow(t, i) for t in tails]
        formula = read(" + ".join(f"{rng.randint(2, 9)}*v{t}" for t in tails)) if tails else None
        boxes.append(
            Box(
                Sym(f"v{i}"),
                "node" if tails else "data",
                formula,
                str(rng.randint(-9, 9)),
                str(rng.randint(-9, 9)),
                f"s{i}" if tails else "",
            )
        )
    return Diagram(boxes, arrows, "", lang)


ALL = {
    "product": product, "neuron": neuron, "toy": toy, "two_two_two": two_two_two, "chain": lambda lang="en": chain(2000, lang),
    "dense": lambda lang="en": dense([8, 8, 8, 1], lang), "recurrent": lambda lang="en": recurrent(100, lang),
    "scattered": lambda lang="en": scattered(200, 0, lang),
}  # fmt: skip
