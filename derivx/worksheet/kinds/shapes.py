"""Shapes: of a product of matrices, of gradients by matrices, and the number of parameters of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from derivx.expr import Call, Diff, Expr, Sym, add, num, substitute
from derivx.numeric import REAL, Scope, evaluate, space
from derivx.render.document import Chain, Note, Part
from derivx.render.sentences import Said, Sentence
from derivx.render.typeset import Style
from derivx.syntax import read, write
from derivx.worksheet.draw import Draw
from derivx.worksheet.frame import identity, said
from derivx.worksheet.problem import Asked, Claim, Kind, Problem
from derivx.worksheet.referee import is_whole

Sizes = Mapping[str, tuple[int, ...]]


def matmul(a: Expr, b: Expr) -> Expr:
    return Call("matmul", (a, b))


def transpose(a: Expr) -> Expr:
    return Call("transpose", (a,))


_A, _B, _C, _G, _W, _X = (Sym(name) for name in "ABCGWX")
_PRODUCTS = (  # a formula, and which of three sizes its arrays have
    (matmul(_A, _B), (0, 1), (1, 2)),
    (matmul(transpose(_A), _B), (1, 0), (1, 2)),
    (matmul(_A, transpose(_B)), (0, 1), (2, 1)),
)
_LETTERS = ("m", "n")


def _product(draw: Draw, level: int) -> Problem:
    """The shape of a product of two matrices, one of them perhaps transposed."""
    formula, a, b = draw.one(_PRODUCTS)
    sizes = draw.some(range(2, 10), 3)
    shapes = {"A": (sizes[a[0]], sizes[a[1]]), "B": (sizes[b[0]], sizes[b[1]])}
    found = _measured(formula, shapes)
    left, right = _times(sizes[0], sizes[1]), _times(sizes[1], sizes[2])
    told = Said("told.inner_sizes", {"left": left, "right": right, "product": _times(*found)})
    question: list[Part] = [Chain((_C, formula)), *_given(shapes)]
    return _of_shape(_C, formula, shapes, found, level, question, (Note(told, plain=True),), (said("clue.sizes"),))


def _gradient(draw: Draw, level: int) -> Problem:
    """The shape of the gradient of a loss by the weights, or by the inputs, of a layer over a batch."""
    batch, inputs, outputs = draw.some(range(2, 10), 3)
    shapes = {"X": (batch, inputs), "W": (inputs, outputs), "b": (outputs,)}
    name, formula = draw.one((("W", matmul(transpose(_X), _G)), ("X", matmul(_G, transpose(_W)))))
    upstream = {**shapes, "G": (batch, outputs)}
    what = Diff(Sym("L"), Sym(name))
    question: list[Part] = [Chain((Sym("Y"), add(matmul(_X, _W), Sym("b")))), Chain((Sym("L"), read("f(Y)"))), *_given(shapes)]
    worked = (
        Note(Said("told.gradient_shape"), plain=True),
        Chain((what, substitute(formula, {_G: Diff(Sym("L"), Sym("Y"))}))),
        *_given({"D(L, Y)": upstream["G"], **{n: shapes[n] for n in ("X", "W")}}),
    )
    return _of_shape(what, formula, upstream, shapes[name], level, question, worked, (said("clue.shape"),))


def _parameters(draw: Draw, level: int) -> Problem:
    """How many weights and biases a network has."""
    sizes = [draw.whole(2, 9) for _ in range(draw.one((3, 4)))]
    counts = [(a, b) for a, b in pairwise(sizes)]

    def holds(answer: object) -> bool:
        return is_whole(answer, sum(np.zeros((b, a)).size + np.zeros(b).size for a, b in pairwise(sizes)))

    text = " + ".join(f"({b}*{a} + {b})" for a, b in counts)
    total, unit = sum(b * a + b for a, b in counts), Sym("n")
    mistakes = tuple(map(num, (sum(a * b for a, b in counts), sum(a * b + a for a, b in counts), sum(sizes))))
    asked = Asked(unit, num(total), {"problem": text, "wrt": (), "at": {}}, (Claim(holds=holds),), mistakes, positive=True)
    layers = Note(Said("told.layers", {"sizes": "–".join(map(str, sizes))}), plain=True)
    solution = (Note(Said("told.count", {"sum": read(text)}), plain=True), Chain((unit, read(text)), str(total)))
    ask = (Said("ask.parameters", {"count": unit}),)
    hints = (said("clue.parameters"),)
    return Problem("shapes", level, ask, (asked,), solution, identity("shapes", *sizes), (layers,), hints=hints)


def _of_shape(
    what: Expr,
    formula: Expr,
    shapes: Sizes,
    found: tuple[int, ...],
    level: int,
    question: list[Part],
    worked: tuple[Part, ...],
    hints: tuple[Sentence, ...],
) -> Problem:
    """Rows and columns of what a formula gives, measured on arrays of zeros."""
    others = sorted({size for shape in shapes.values() for size in shape})
    asked = []
    for axis, letter in enumerate(_LETTERS):

        def holds(answer: object, axis: int = axis) -> bool:
            return is_whole(answer, _measured(formula, shapes)[axis])

        wrong = tuple(num(size) for size in others if size != found[axis])
        grading = {"problem": str(found[axis]), "wrt": (), "at": {}}
        asked.append(Asked(Sym(letter), num(found[axis]), grading, (Claim(holds=holds),), wrong, positive=True))
    rows, cols = map(Sym, _LETTERS)
    ask = (Said("ask.shape", {"matrix": what, "rows": rows, "cols": cols, "what": (rows, cols)}),)
    answers = [Chain((Sym(letter), num(found[axis]))) for axis, letter in enumerate(_LETTERS)]
    same = identity("shapes", write(what), write(formula), *shapes.items())
    style = Style(frozenset({"L"}), ranks=tuple((name, 2) for name in (*shapes, "C", "Y")))
    whole = Problem("shapes", level, ask, tuple(asked), (*worked, *answers), same, tuple(question), hints=hints, style=style)
    return replace(whole, alone=lambda i: replace(whole, asked=(asked[i],), solution=(*worked, answers[i]), alone=None))


def _measured(formula: Expr, shapes: Sizes) -> tuple[int, ...]:
    """The shape of a formula over arrays of zeros."""
    scope = Scope({name: np.zeros(shape) for name, shape in shapes.items()}, {}, space(REAL))
    return tuple(np.shape(evaluate(formula, scope)))


def _given(shapes: Sizes) -> list[Part]:
    return [Note(Said("told.shape", {"name": read(name), "shape": _times(*shape)}), plain=True) for name, shape in shapes.items()]


def _times(*sizes: int) -> str:
    return " × ".join(map(str, sizes)) if len(sizes) > 1 else str(sizes[0])


_LEVELS = {1: _product, 2: _gradient, 3: _parameters}


def _draw(draw: Draw, level: int) -> Problem:
    return _LEVELS[level](draw, level)


KIND = Kind("shapes", "matrix", _draw)
