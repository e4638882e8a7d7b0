"""Derivation by hand: one rule a line, the outer derivative first, algebra at the end, as on a board."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from derivx.derive.board import CONSTANTS, Board, reducible
from derivx.derive.naming import name_parts, shorten
from derivx.derive.polish import call_by_name, drop_neutral, polish
from derivx.derive.rules import carry_out
from derivx.derive.step import Derivation
from derivx.errors import LimitError, NotSupported
from derivx.expr import Diff, Expr, Path, Sym, at, children, div, names, neg, postorder

_MOST_STEPS = 1000  # and so many for each node of the question:
_STEPS_A_NODE = 40


def variables(expr: Expr) -> list[str]:
    """The names a question can be differentiated by, in the order written; ``e`` and ``pi`` are constants."""
    return [n for n in names(expr) if n not in CONSTANTS]


def derive(
    body: Expr,
    wrt: Sequence[str],
    *,
    label: str = "",
    notes: Sequence[tuple[str, Mapping[str, str]]] = (),
    budget: float = math.inf,
) -> Derivation:
    """Differentiate ``body`` by the names of ``wrt``, one after the other, line by line.

    ``budget``: what the lines may cost, n*sqrt(n) for one of n nodes. Raises ``NotSupported`` where no rule applies, ``LimitError``.
    """
    question = body
    for name in wrt:
        question = Diff(question, Sym(name))
    return answer(question, tuple(wrt), label=label, notes=notes, budget=budget)


def derive_implicit(curve: Expr, y: str, x: str, *, notes: Sequence[tuple[str, Mapping[str, str]]] = ()) -> Derivation:
    """dy/dx on the curve ``curve = 0``, by the implicit function theorem: -D(F, x)/D(F, y)."""
    board = Board(Diff(Sym(y), Sym(x)))
    board.taken |= set(names(curve))
    new = neg(div(Diff(curve, Sym(x)), Diff(curve, Sym(y))))
    board.write("implicit", (), new, {"y": Sym(y), "x": Sym(x), "curve": curve})
    board.variable = x
    _carry_out_all(board)
    polish(board)
    return Derivation(Diff(Sym(y), Sym(x)), (x,), tuple(board.steps), board.where, "", tuple(notes), (y, curve))


def answer(
    question: Expr,
    wrt: tuple[str, ...],
    *,
    label: str = "",
    notes: Sequence[tuple[str, Mapping[str, str]]] = (),
    budget: float = math.inf,
) -> Derivation:
    """Carry out every pending derivative of a question."""
    board = Board(question, budget=budget)
    _pay(board, question)
    name_parts(board)
    for focus in _levels(question):
        board.focus = focus
        node = at(board.line, focus)
        board.variable = node.wrt.name if isinstance(node, Diff) else ""
        _carry_out_all(board)
        polish(board)
    return Derivation(question, wrt, tuple(board.steps), board.where, label, tuple(notes))


def _levels(question: Expr) -> list[Path]:
    """For D(D(e, x), y): the inner derivative first, each to its final form."""
    path: Path = ()
    levels = [path]
    while isinstance(question, Diff) and isinstance(question.body, Diff):
        question, path = question.body, (*path, 0)
        levels.append(path)
    return levels[::-1]


def _carry_out_all(board: Board) -> None:
    most = _MOST_STEPS + _STEPS_A_NODE * board.size
    while (path := _next(board)) is not None:
        node = at(board.part, path)
        assert isinstance(node, Diff)
        _pay(board, board.part)
        found = carry_out(node, board)
        if found is None:
            raise NotSupported("no_rule", found=repr(node.body)[:60])
        rule, move = found
        board.write(rule, path, move.new, move.params, move.names, move.about)
        if any(board.roles[n] != "inner" for n in move.names):
            call_by_name(board)
        drop_neutral(board, path)
        shorten(board)
        if len(board.steps) > most:
            raise LimitError("too_many_steps", limit=most)


def _pay(board: Board, line: Expr) -> None:
    board.budget -= line.size * math.sqrt(line.size)
    if board.budget < 0:
        raise LimitError("costly_question", what="D(...)")


def _next(board: Board) -> Path | None:
    """The first derivative that can be carried out and holds no other that can."""
    part = board.part
    inside: dict[int, bool] = {}
    for node in postorder(part):
        below = any(inside[id(k)] for k in children(node))
        inside[id(node)] = below or (isinstance(node, Diff) and reducible(node, board.where))
    if not inside[id(part)]:
        return None
    path: list[int] = []
    node = part
    while True:
        step = next((i for i, k in enumerate(children(node)) if inside[id(k)]), None)
        if step is None:
            return tuple(path)
        path.append(step)
        node = children(node)[step]
