"""Which mistake made a line over arrays wrong: the change of the line that makes it right says what was wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import combinations

from derivx.errors import DerivxError
from derivx.expr import Call, Expr, Sym, names, neg, postorder, substitute
from derivx.grading.arrays import ArrayAnswer
from derivx.grading.compare import Comparison, Verdict
from derivx.grading.mistakes.table import GROUP_OF
from derivx.grading.result import Mistake
from derivx.works.array_mutants import mistaken
from derivx.works.array_world import HIDDEN, agree, constant_ratio, elementwise
from derivx.works.arrays import ArrayWork, Wrong
from derivx.works.links import told
from derivx.works.slopes import INNER, slope_of
from derivx.works.world import closure

_PRODUCTS = ("juxt", "matmul", "mul", "hadamard")
_MOST = 3
_NODES = 40
_NAMES, _FACTORS = 16, 5
_ONE = 1e-6
_ROWS = 3  # draws, rows, columns


def array_mistakes(wrong: Wrong, work: ArrayWork) -> tuple[Mistake, ...]:
    """At most three, the likeliest first."""
    found = {GROUP_OF[m.tag]: m for m in _of_question(wrong, work)}
    for tag in _tags(wrong, work):
        found.setdefault(GROUP_OF[tag], told(tag))
        if len(found) == _MOST:
            break
    return tuple(found.values())[:_MOST]


def _of_question(wrong: Wrong, work: ArrayWork) -> tuple[Mistake, ...]:
    """What the table of mistakes knows of a line that answers the question in its own names."""
    above, below = wrong.link
    if above != work.label or below not in work.judges or wrong.stray:
        return ()
    typed = wrong.typed
    for _ in work.defined:
        typed = substitute(typed, {Sym(n): work.defined[n][1] for n in names(typed) if n in work.defined})
    judge = work.judges[below]
    if any(n in work.links.values() for n in names(typed)):
        return ()
    found = judge.mistakes(ArrayAnswer(typed, "", None), Comparison(Verdict.DIFFERENT))
    return tuple(Mistake(m.tag, m.rule, 0, m.hint) for m in found)


def _tags(wrong: Wrong, work: ArrayWork) -> Iterator[str]:
    if wrong.stray:
        yield "wrong_variable"
        return
    values = work.world.values(wrong.part.expr) if wrong.part is not None else ()
    if values and agree(values, wrong.right, turned=True):
        yield "layout_transposed"
        return
    if _unsummed(wrong, work):
        yield "bias_not_summed_over_batch"
    ratio = constant_ratio(values, wrong.right) if values else None
    if ratio is not None:
        yield from _of_ratio(ratio)
    nodes = list(postorder(wrong.typed))
    if len(nodes) <= _NODES:
        for tag, other in (*_edits(wrong.typed), *_activations(wrong.typed, work), *_renamed(wrong.typed, work), *_fewer(wrong.typed)):
            if _right(other, wrong, work):
                yield tag
    if values and any(wrong.link) and wrong.part is not None:
        yield from mistaken(work.world, wrong.link, wrong.part.expr, wrong.right)


def _unsummed(wrong: Wrong, work: ArrayWork) -> bool:
    """Whether the sum over the rows of what was written is right."""
    try:
        found = work.world.values(wrong.part.expr if wrong.part is not None else work.settled(wrong.typed, "", ()).expr)
    except (DerivxError, AssertionError):
        return False
    return agree(tuple(v.sum(axis=1) if v is not None and v.ndim == _ROWS and v.shape[1] > 1 else None for v in found), wrong.right)


def _of_ratio(ratio: tuple[float, ...]) -> Iterator[str]:
    same = max(ratio) - min(ratio) < _ONE * max(map(abs, ratio))
    if same and abs(ratio[0] + 1) < _ONE:
        yield "sign_error"
    else:
        yield "lost_coefficient_or_constant" if same else "missing_1_over_N"


def _right(e: Expr, wrong: Wrong, work: ArrayWork) -> bool:
    """Whether a line would be right so."""
    try:
        part = work.settled(e, "", wrong.shape)
    except (DerivxError, AssertionError):
        return False
    return agree(work.world.values(part.expr), wrong.right)


def _edits(e: Expr) -> Iterator[tuple[str, Expr]]:
    """A line with one transpose more or less, two factors exchanged, one product for the other, one sign changed."""
    yield "layout_transposed", Call("transpose", (e,))
    for node in dict.fromkeys(postorder(e)):
        for tag, new in _of_node(node):
            yield tag, substitute(e, {node: new})


def _of_node(node: Expr) -> Iterator[tuple[str, Expr]]:
    if isinstance(node, Call) and (node.op == "transpose" or (node.op == "pow" and node.args[1] == Sym("T"))):
        yield "missing_transpose", node.args[0]
    elif isinstance(node, Sym) and node.name != "T":
        yield "missing_transpose", Call("transpose", (node,))
    if not isinstance(node, Call):
        return
    if node.op in _PRODUCTS and len(node.args) > 1:
        rows = list(node.args)
        for i in range(len(rows) - 1):
            a, b = rows[i : i + 2]
            for pair in ((b, a), (_turned(b), a), (b, _turned(a)), (_turned(b), _turned(a))):
                yield "matrix_order_swapped", Call(node.op, (*rows[:i], *pair, *rows[i + 2 :]))
        if len(rows) > 2:
            yield "matrix_order_swapped", Call(node.op, tuple(reversed(rows)))
        other = "hadamard" if node.op in ("juxt", "matmul") else "matmul"
        yield "hadamard_after_matmul", reduce(lambda a, b: Call(other, (a, b)), rows)
        for i, row in enumerate(rows):
            if isinstance(row, Call):
                yield "missing_transpose", Call(node.op, (*rows[:i], Call("transpose", (row,)), *rows[i + 1 :]))
    if node.op == "add":
        for i, row in enumerate(node.args):
            yield "sign_error", Call("add", (*node.args[:i], neg(row), *node.args[i + 1 :]))


def _turned(e: Expr) -> Expr:
    return e.args[0] if isinstance(e, Call) and e.op == "transpose" else Call("transpose", (e,))


def _activations(e: Expr, work: ArrayWork) -> Iterator[tuple[str, Expr]]:
    """A line with the derivative of an activation put to one of its parts."""
    for node in elementwise(work.world):
        try:
            slope = substitute(slope_of(node.op), {Sym(INNER): node.args[0]})
        except DerivxError:
            continue
        for part in dict.fromkeys(postorder(e)):
            yield "forgot_activation_derivative", substitute(e, {part: Call("hadamard", (part, slope))})


def _renamed(e: Expr, work: ArrayWork) -> Iterator[tuple[str, Expr]]:
    """A line with one name for another."""
    shapes = work.world.shapes
    for node in dict.fromkeys(n for n in postorder(e) if isinstance(n, Sym) and n.name in shapes):
        for name in [n for n in shapes if n != node.name and not n.startswith(HIDDEN)][:_NAMES]:
            forward = node.name in closure(Sym(name), work.world.definitions)
            yield "activation_formula_on_input" if forward else "wrong_variable_name", substitute(e, {node: Sym(name)})


def _fewer(e: Expr) -> Iterator[tuple[str, Expr]]:
    """A line without some of the factors of a product entry by entry."""
    for node in dict.fromkeys(n for n in postorder(e) if isinstance(n, Call) and n.op in ("hadamard", "mul")):
        factors = _factors(node)
        for count in range(1, len(factors)) if len(factors) <= _FACTORS else ():
            for some in combinations(factors, count):
                yield "extra_activation_derivative", substitute(e, {node: reduce(lambda a, b: Call("hadamard", (a, b)), some)})


def _factors(e: Expr) -> list[Expr]:
    return [f for a in e.args for f in _factors(a)] if isinstance(e, Call) and e.op in ("hadamard", "mul") else [e]
