"""What a question over arrays may cost to prepare: the entries of every part, for all that it is differentiated by and every draw."""

from __future__ import annotations

import math

from derivx.derive.matrix.columns import all_shapes
from derivx.derive.matrix.engine import Question
from derivx.errors import DerivxError
from derivx.expr import Call, Expr, Num, children, postorder
from derivx.grading.budget import too_costly
from derivx.shape import Dim, Shape, letters, put

_LETTER = 8  # a letter is a small size
_NUMBERS = 30_000_000
_AT_ONCE = 4_000_000  # numbers in one part
_CUBIC, _POWERS = frozenset("inv det logdet solve pinv cholesky".split()), frozenset("matrix_power trace_of_power det_of_power".split())
_EXPONENT = 100


def afford_arrays(question: Question, draws: int) -> None:
    """Raises ``LimitError`` where the parts of a question over arrays have too many entries for all of them to be measured."""
    try:
        shapes = all_shapes([*question.let, ("", question.output)], question.shapes)
    except DerivxError:
        return  # what is wrong with the question is said elsewhere
    times = draws * entries(shapes.given[question.wrt]) if question.wrt in shapes.given else draws
    total, seen = 0, set[Expr]()
    for formula in (*(f for _, f in question.let), question.output):
        for node in postorder(formula):
            if not isinstance(node, Call) or node in seen:
                continue
            seen.add(node)
            shape = shapes.of(node)
            cost = max([entries(shape), *(_cubic(node, shapes.of(a)) for a in node.args)])
            if node.op in _POWERS and (cost := cost * _exponent(node.args[1])) > _NUMBERS:
                raise too_costly(node)
            total += cost
            if draws * cost > _AT_ONCE or times * total > _NUMBERS:
                raise too_costly(node)


def entries(shape: Shape) -> int:
    """About how many entries there are; letters are small sizes."""
    return math.prod(map(_small, shape))


def _small(d: Dim) -> int:
    """A size, its letters small numbers."""
    found = d if isinstance(d, int) else put(d, dict.fromkeys(letters([d]), _LETTER))
    return max(found, 1) if isinstance(found, int) else _LETTER


def _cubic(node: Call, shape: Shape) -> int:
    return entries(shape) * max(map(_small, shape)) if node.op in _CUBIC and shape else entries(shape)


def _exponent(e: Expr) -> int:
    """A bound of an exponent: the product of the numbers in it."""
    numbers = [int(n.value) + 1 for n in postorder(e) if isinstance(n, Num)]
    return math.prod(numbers) if children(e) else max(numbers, default=_EXPONENT)
