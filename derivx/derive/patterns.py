"""Known patterns in an answer: the logistic function, and the shares of a softmax."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from derivx.derive import factors as fx
from derivx.derive.board import Board
from derivx.derive.look import measure
from derivx.expr import ONE, Call, Expr, Sym, add, children, contains, div, is_op, neg, postorder, substitute

SetOut = Callable[[Expr, Expr], Expr]  # a form, and the part it is to stand for: the form as it is written on the board
_NAME_COST = 10  # a new name must earn its definition


def recognise(board: Board, set_out: SetOut) -> bool:
    """Write exp(u)/(1 + exp(u)) as the sigmoid it is, and shares of a sum of exponentials as p."""
    part = board.part
    return any(_logistic(board, total, set_out) or _share(board, total, set_out) for total in _sums_of_exponentials(part))


def _sums_of_exponentials(part: Expr) -> Iterator[Call]:
    for node in postorder(part):
        if isinstance(node, Call) and node.op == "add" and any(is_op(t, "exp") for t in node.args) and _denominator(part, node):
            yield node


def _denominator(part: Expr, total: Expr) -> bool:
    return any(isinstance(n, Call) and n.op == "div" and contains(n.args[1], total) for n in postorder(part))


def _logistic(board: Board, total: Call, set_out: SetOut) -> bool:
    """1 + exp(-v) = 1/s and exp(-v) = (1 - s)/s, with s = sigmoid(v)."""
    if len(total.args) != 2 or not any(fx.is_number(t, 1) for t in total.args):
        return False
    kernel = next(t for t in total.args if is_op(t, "exp"))
    inner = children(kernel)[0]
    mark = Sym("s_")
    if is_op(inner, "neg"):
        value = Call("sigmoid", (children(inner)[0],))
        swaps = {total: div(ONE, mark), kernel: div(add(ONE, neg(mark)), mark)}
    else:
        value = Call("sigmoid", (inner,))
        swaps = {total: div(ONE, add(ONE, neg(mark))), kernel: div(mark, add(ONE, neg(mark)))}
    new = _in_terms_of(board.part, total, swaps, set_out)
    if new is None:
        return False
    once = sum(n == mark for n in _leaves(new)) == 1
    sym, added = (value, dict[str, Expr]()) if once else board.name_for(value, "value")
    board.write("recognise", (), substitute(new, {mark: sym}), {"op": "sigmoid", "y": value}, added)
    return True


def _share(board: Board, total: Call, set_out: SetOut) -> bool:
    """exp(z1) = p*S with S the sum of exponentials: what is left is written in the shares p."""
    kernels = [t for t in total.args if is_op(t, "exp")]
    inner = [children(k)[0] for k in kernels]
    if len(kernels) != len(total.args) or any(neg(a) in inner for a in inner):
        return False
    outside = substitute(board.part, {total: Sym("S_")})
    used = [k for k in kernels if contains(outside, k)]
    if not used:
        return False
    marks = {k: Sym(f"p{i}_") for i, k in enumerate(used)}
    swaps: dict[Expr, Expr] = {total: Sym("S_"), **{k: Call("mul", (m, Sym("S_"))) for k, m in marks.items()}}
    new = _in_terms_of(board.part, total, swaps, set_out)
    if new is None or contains(new, Sym("S_")):
        return False
    added: dict[str, Expr] = {}
    names_of: dict[Expr, Expr] = {}
    for kernel, mark in marks.items():
        sym, extra = board.name_for(div(kernel, total), "share")
        names_of[mark] = sym
        added.update(extra)
    board.write("share", (), substitute(new, names_of), {"p": next(iter(names_of.values())), "y": div(used[0], total)}, added)
    return True


def _in_terms_of(part: Expr, total: Call, swaps: dict[Expr, Expr], set_out: SetOut) -> Expr | None:
    from derivx.algebra.deep import rational_form

    # functions of other things stay closed; then the sum first, since it contains the kernels
    closed, back = _closed(part, swaps)
    outer = Sym("total_")
    shell = substitute(closed, {total: outer})
    values = {outer if k == total else k: v for k, v in swaps.items()}
    forms = [f for f in (rational_form(shell, values), substitute(shell, values)) if f is not None]
    if not forms:
        return None
    new = min((set_out(substitute(f, back), part) for f in forms), key=measure)
    cost = _NAME_COST * (len(swaps) - 1)
    return new if measure(new)[0] + cost < measure(part)[0] else None


def _closed(part: Expr, swaps: Mapping[Expr, Expr]) -> tuple[Expr, dict[Expr, Expr]]:
    """The part with every function value outside the pattern as a name, and the names' values."""
    found: dict[Expr, None] = {}
    todo = [part]
    while todo:
        node = todo.pop()
        if isinstance(node, Call) and node not in swaps:
            if node.op in ("add", "mul", "neg", "div", "pow"):
                todo.extend(node.args)
            else:
                found[node] = None
    back: dict[Expr, Expr] = {}
    for i, node in enumerate(sorted(found, key=lambda n: -n.size)):
        back[Sym(f"f{i}_")] = node
        part = substitute(part, {node: Sym(f"f{i}_")})
    return part, back


def _leaves(expr: Expr) -> Iterator[Expr]:
    todo = [expr]
    while todo:
        node = todo.pop()
        kids = children(node)
        if not kids:
            yield node
        todo.extend(kids)
