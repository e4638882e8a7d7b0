"""Ways of pulling a gradient ``g`` back wrongly through an edge, for the table of mistakes over arrays.

Each takes an edge and gives functions of ``g``, one for each place or order in which the mistake can be made there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations, permutations
from typing import Any

import numpy as np

from derivx.expr import Call, Num, Sym, names, postorder, substitute
from derivx.grading.mistakes.backward import Edge, Pull
from derivx.grading.mistakes.formula import outer_key, ready
from derivx.grading.mistakes.table import Mutation
from derivx.grading.stacks import Stacks, turned
from derivx.numeric import REAL, space
from derivx.syntax.reader import read
from derivx.syntax.tokens import Limits

Ways = Iterator[Pull]
_MOST_PIECES = 3
_PAIR = 2
_LINEAR = ("matmul", "add", "neg", "mul", "div", "transpose", "sum", "mean", "tr", "diag", "diagonal")
_ARRAYS = Limits(arrays=True)


def _wide(x: Any, deep: int) -> Any:
    """A value with axes in front, so that it broadcasts over one with more."""
    return x.reshape(x.shape[0], *(1,) * (deep - x.ndim), *x.shape[1:]) if x.ndim < deep else x


def _gathered(g: Any, like: Any) -> Any:
    """Summed over what was broadcast."""
    while g.ndim > like.ndim:
        g = g.sum(1)
    for axis in range(1, like.ndim):
        if like.shape[axis] == 1 < g.shape[axis]:
            g = g.sum(axis, keepdims=True)
    return g


def _times(*parts: Any) -> Any:
    deep = max(p.ndim for p in parts)
    total = parts[0]
    total = _wide(total, deep)
    for p in parts[1:]:
        total = total * _wide(p, deep)
    return total


# Products: the pieces that stand around g, in the right order.


class Pieces:
    """``left g right``, with a sign: of a factor of a matrix product, of an inverse."""

    def __init__(self, edge: Edge) -> None:
        self.sign, self.back = 1.0, edge.x.shape
        if edge.node.op == "inv":
            self.left, self.right, self.sign = [turned(edge.y)], [turned(edge.y)], -1.0
            self.size = edge.y.shape[1], edge.y.shape[2]
            self.square = [edge.square[0]] * 2
            return
        last = len(edge.args) - 1
        factors = [a if a.ndim == 3 else a[:, None, :] if j == 0 else a[:, :, None] for j, a in enumerate(edge.args)]
        self.left = [turned(factors[j]) for j in range(edge.i - 1, -1, -1)]
        self.right = [turned(factors[j]) for j in range(last, edge.i, -1)]
        self.size = factors[0].shape[1], factors[-1].shape[2]
        self.square = [edge.square[j] for j in (*range(edge.i - 1, -1, -1), *range(last, edge.i, -1))]

    @property
    def at(self) -> int:
        """Where g stands."""
        return len(self.left)

    def product(self, g: Any, order: Sequence[int], flips: Sequence[int] = ()) -> Any:
        """The pieces in an order, some of them transposed."""
        matrix = g if g.ndim == 3 else g.reshape(len(g), *self.size)
        pieces = [*self.left, matrix, *self.right]
        total = None
        for k in order:
            piece = turned(pieces[k]) if k in flips else pieces[k]
            total = piece if total is None else total @ piece
        assert total is not None
        total = self.sign * total
        return total.reshape(self.back) if len(self.back) == 2 else total


def _ways(edge: Edge, wanted: Callable[[tuple[int, ...], tuple[int, ...], int], bool]) -> Ways:
    """Every order and every choice of transposes that is wanted."""
    pieces = Pieces(edge)
    n = len(pieces.square) + 1
    right = tuple(range(n))
    orders = list(permutations(right)) if n <= _MOST_PIECES else [right, *(_swapped(right, k) for k in range(n - 1))]
    for order in orders:
        for count in range(n + 1):
            for flips in combinations(right, count):
                if (order != right or flips) and wanted(order, flips, pieces.at):
                    yield partial(pieces.product, order=order, flips=flips)


def _swapped(order: tuple[int, ...], k: int) -> tuple[int, ...]:
    return (*order[:k], order[k + 1], order[k], *order[k + 2 :])


def one_transpose(edge: Edge) -> Ways:
    return _ways(edge, lambda order, flips, at: order == tuple(sorted(order)) and len(flips) == 1 and flips[0] != at)


def more_transposes(edge: Edge) -> Ways:
    return _ways(edge, lambda order, flips, at: order == tuple(sorted(order)) and (len(flips) > 1 or flips == (at,)))


def swaps(edge: Edge) -> Ways:
    return _ways(edge, lambda order, flips, _: order != tuple(sorted(order)) and not flips)


def swaps_and_transposes(edge: Edge) -> Ways:
    return _ways(edge, lambda order, flips, _: order != tuple(sorted(order)) and bool(flips))


def as_symmetric(edge: Edge) -> Ways:
    """A square matrix of the question, or its inverse, taken as its own transpose."""
    pieces = Pieces(edge)
    n = len(pieces.square) + 1
    for k, square in enumerate(pieces.square):
        if square:
            yield partial(pieces.product, order=range(n), flips=(k if k < pieces.at else k + 1,))


def factor_lost(edge: Edge) -> Ways:
    """One factor, or all of them."""
    pieces = Pieces(edge)
    n = len(pieces.square) + 1
    for k in range(n):
        if k != pieces.at:
            yield partial(pieces.product, order=[j for j in range(n) if j != k])
    if n > _PAIR:
        yield partial(pieces.product, order=[pieces.at])


def after_hadamard(edge: Edge) -> Ways:
    """An entry-wise factor that comes after the matrix product instead of before it."""
    slopes = [s for up in edge.above if (s := _slope(up)) is not None]
    for count in range(1, len(slopes) + 1):
        yield partial(_moved_out, edge.pull, np.prod(slopes[:count], axis=0))
        if count > 1:
            yield partial(_moved_out, edge.pull, slopes[count - 1])
    for slope in slopes:
        yield partial(_as_product, edge.pull, slope)


def _moved_out(pull: Pull, slope: Any, g: Any) -> Any:
    return _times(pull(g / slope), slope)


def _as_product(pull: Pull, slope: Any, g: Any) -> Any:
    return pull((g / slope) @ slope)


def _slope(edge: Edge) -> Any:
    """The entry-wise factor of an edge."""
    slope = edge.pull(np.ones_like(edge.y))
    return slope if slope.shape == edge.y.shape and not np.all(slope == slope.ravel()[0]) else None


# Sums, multiples, quotients.


def nothing(edge: Edge) -> Ways:
    yield lambda _: np.zeros_like(edge.x)


def term_lost(edge: Edge) -> Ways:
    if sum(edge.moves) > 1:
        yield from nothing(edge)


def regulariser(edge: Edge) -> Ways:
    """A term of fewer names than the others: the variable and a number, beside terms with data."""
    own = set(names(edge.part))
    others = {n for j, a in enumerate(edge.node.args) if j != edge.i for n in names(a)}
    if sum(edge.moves) > 1 and not isinstance(edge.part, Sym) and len(others) > len(own):
        yield from nothing(edge)


def opposite(edge: Edge) -> Ways:
    yield lambda g: -edge.pull(g)


def difference(edge: Edge) -> Ways:
    """The order of a difference: y - yhat and yhat - y."""
    if len(edge.moves) == 2 and sum(edge.moves) == 1:
        yield lambda g: -edge.pull(g)


def unsummed(edge: Edge) -> Ways:
    if edge.x.shape != edge.y.shape:
        yield lambda g: np.broadcast_to(g, edge.y.shape)


def averaged(edge: Edge) -> Ways:
    if edge.x.shape != edge.y.shape:
        yield lambda g: edge.pull(g) * (edge.x.size / edge.y.size)


def first_only(edge: Edge) -> Ways:
    """The row of one sample alone."""
    for axis in range(1, edge.y.ndim):
        if edge.x.ndim == edge.y.ndim and edge.x.shape[axis] == 1 < edge.y.shape[axis]:
            yield partial(_first, edge.y.shape, axis)


def _first(shape: tuple[int, ...], axis: int, g: Any) -> Any:
    return np.take(np.broadcast_to(g, shape), [0], axis=axis)


def inner_number(edge: Edge) -> Ways:
    """A number within a constant factor left out: lam/2 as lam."""
    for j, arg in enumerate(edge.node.args):
        if not edge.moves[j] and isinstance(arg, Call):
            for number in dict.fromkeys(float(e.value) for e in postorder(arg) if isinstance(e, Num) and e.value not in (0, 1)):
                yield partial(_scaled, edge.pull, number)
                yield partial(_scaled, edge.pull, 1 / number)


def _scaled(pull: Pull, factor: float, g: Any) -> Any:
    return pull(g) * factor


def without(edge: Edge, chosen: Callable[[Edge, int], bool]) -> Ways:
    """One of the other factors left out."""
    others = [j for j in range(len(edge.args)) if j != edge.i]
    for j in others:
        if chosen(edge, j):
            rest = [edge.args[k] for k in others if k != j]
            yield partial(_multiplied, edge, rest)


def _multiplied(edge: Edge, factors: Sequence[Any], g: Any) -> Any:
    return _gathered(_times(np.broadcast_to(g, edge.y.shape), *factors), edge.x)


def is_number(edge: Edge, j: int) -> bool:
    return isinstance(edge.node.args[j], Num)


def is_size(edge: Edge, j: int) -> bool:
    """How many samples there are, or a part of it: n, 1/n."""
    arg = edge.node.args[j]
    bottom = arg.args[1] if isinstance(arg, Call) and arg.op == "div" else arg
    return not edge.moves[j] and isinstance(bottom, Sym) and (edge.plain[j] or bottom is not arg)


def is_letter(edge: Edge, j: int) -> bool:
    return not edge.moves[j] and edge.args[j].ndim == 1 and not edge.plain[j]


def is_weight(edge: Edge, j: int) -> bool:
    return not edge.moves[j] and edge.args[j].ndim > 1


def is_moving(edge: Edge, j: int) -> bool:
    return edge.moves[j]


def below(edge: Edge, how: Callable[[Any, Any], Any]) -> Ways:
    """Another use of what stands below."""
    bottom = _wide(edge.args[1], edge.y.ndim)
    yield lambda g: _gathered(how(np.broadcast_to(g, edge.y.shape), bottom), edge.x)


def reciprocal(edge: Edge, how: Callable[[Any, Any, Any], Any]) -> Ways:
    """Another derivative of a/b by b."""
    if edge.i == 1:
        a, b = (_wide(v, edge.y.ndim) for v in edge.args)
        yield lambda g: _gathered(np.broadcast_to(g, edge.y.shape) * how(a, b, edge.y), edge.x)


def mean_of(edge: Edge, power: int) -> Ways:
    yield lambda g: edge.pull(g) * (edge.y.size / edge.x.size) ** power


def local(text: str) -> Callable[[Edge], Ways]:
    """A formula of ``g``, the part ``x`` and the node's value ``y``, as arrays."""
    formula = read(text, names=("g", "x", "y"), limits=_ARRAYS)

    def ways(edge: Edge) -> Ways:
        y, written = _back(edge.y, edge), edge.axis
        own = formula if written is None else substitute(formula, {Sym("last"): written})

        def way(g: Any) -> Any:
            env = {"g": _back(np.broadcast_to(g, edge.y.shape), edge), "x": edge.x, "y": y}
            return np.broadcast_to(Stacks(env, space(REAL)).value(own), edge.x.shape)

        yield way

    return ways


def _back(v: Any, edge: Edge) -> Any:
    """A value with the axes that were summed over put back, so that it broadcasts over the part it was made of."""
    if edge.x.ndim - v.ndim == 1 and edge.axis is not None:
        return np.expand_dims(v, edge.along)
    return v.reshape(*v.shape, *(1,) * (edge.x.ndim - v.ndim)) if v.ndim < edge.x.ndim else v


def one_hot(edge: Edge) -> Ways:
    """``softmax - y`` where the targets do not add up to one: g is a multiple of the targets."""
    targets = [up.args[j] for up in edge.above[:2] for j in range(len(up.args)) if j != up.i and up.args[j].shape == edge.y.shape]
    for target in targets:
        yield partial(_minus_targets, edge, target)


def _minus_targets(edge: Edge, target: Any, g: Any) -> Any:
    share = edge.y if edge.node.op == "softmax" else np.exp(edge.y)
    g = g * share if edge.node.op == "softmax" else g  # now by the logarithm of the share
    return g - share * np.mean(g / target, axis=edge.along, keepdims=True)


# Functions: the formulas of the scalar table, entry by entry.


def by_formula(mutation: Mutation, *, stop: bool) -> Callable[[Edge], Ways]:
    """A formula that is linear in the inner derivative is a pullback of g; one without it takes no step further back."""

    def ways(edge: Edge) -> Ways:
        op = edge.node.op
        outer = outer_key(edge.forms, op if "function" in edge.forms and op != "exp" else "")
        found = ready(str(mutation.wrong), outer)
        if found is None:
            return
        function, letters = found
        if ("du" in letters) == stop or letters - {"u", "y", "du", "n", "a"}:
            return
        deep = edge.y.ndim
        at = {"u": edge.x, "y": edge.y, "n": edge.args[-1], "a": edge.args[0] if op == "pow" else np.full(len(edge.y), np.e)}
        env = {k: _wide(v, deep) for k, v in at.items()}
        if stop:
            yield lambda g: g * function(env)
        else:
            yield lambda g: function(env | {"du": g})

    return ways


def arriving(edge: Edge) -> Ways:
    """What arrives at the part, as the answer."""
    yield edge.pull


def at_argument(edge: Edge) -> Ways:
    """The same at the argument of a function that is not linear."""
    if edge.node.op not in _LINEAR:
        yield edge.pull
