"""Names that keep lines short: intermediate values of a long question, and factors built so far."""

from __future__ import annotations

from derivx import ops
from derivx.derive.board import Board, put
from derivx.derive.step import Step
from derivx.expr import Call, Diff, Expr, Path, Sym, at, children, is_op, pending, postorder, replace_at, substitute, with_children
from derivx.syntax import write

_LONG_QUESTION = 135
_LONG_LINE = 170
_CHUNK = 90
_SHORT_BODY = 24


def name_parts(board: Board) -> None:
    """A question too long for a line is first written over named intermediate values, innermost first."""
    if _length(board.line) <= _LONG_QUESTION:
        return
    wrt: list[Sym] = []
    body = board.line
    while isinstance(body, Diff):
        wrt.append(body.wrt)
        body = body.body
    if pending(body):
        return
    found: dict[str, Expr] = {}
    new = _named(body, board, found)
    for variable in reversed(wrt):
        new = Diff(new, variable)
    if found:
        board.steps.append(Step(board.line, new, "name", (), {}, dict(found)))
        board.line = new


def _named(body: Expr, board: Board, found: dict[str, Expr]) -> Expr:
    """The expression over names: every function value, and every run of terms or factors that is long."""
    done: dict[int, Expr] = {}
    values: dict[Expr, Sym] = {}
    last = body
    for node in postorder(body):
        kids = tuple(done[id(k)] for k in children(node))
        new = with_children(node, kids) if kids else node
        if isinstance(new, Call):
            new = _chunked(new, board, found)
            if node is not last and _worth_a_name(new):
                new = _name(new, board, found, values)
        done[id(node)] = new
    return done[id(last)]


def _worth_a_name(node: Call) -> bool:
    function = not ops.known(node.op) or ops.card(node.op).notation in ("call", "sqrt", "bars", "where")
    compare = ops.known(node.op) and ops.card(node.op).notation == "compare"
    return not compare and (function or _length(node) > _CHUNK)


def _name(value: Expr, board: Board, found: dict[str, Expr], values: dict[Expr, Sym]) -> Sym:
    if value not in values:
        name = board._fresh("layer")
        board.define({name: value}, "layer")
        found[name] = value
        values[value] = Sym(name)
    return values[value]


def _chunked(node: Call, board: Board, found: dict[str, Expr]) -> Call:
    """A long sum or product over named runs of its terms."""
    while node.op in ("add", "mul") and len(node.args) > 4 and _length(node) > _CHUNK:
        groups: list[list[Expr]] = [[]]
        for a in node.args:
            if groups[-1] and _length(Call(node.op, (*groups[-1], a))) > _CHUNK - 30:
                groups.append([])
            groups[-1].append(a)
        if len(groups) in (1, len(node.args)):
            break
        names = [_name(Call(node.op, tuple(g)), board, found, {}) if len(g) > 1 else g[0] for g in groups]
        node = Call(node.op, tuple(names))
    return node


def shorten(board: Board) -> None:
    """Where the line grows beyond a board's width, the factor built so far is given a name."""
    for _ in range(8):
        part = board.part
        if _length(part) <= _LONG_LINE:
            return
        path, group = _largest_group(part)
        if _name_body(board, 0 if group is None else sum(_length(children(at(part, path))[i]) for i in group)):
            continue
        if group is None:
            return
        value = at(part, path)
        assert isinstance(value, Call)
        chosen = tuple(value.args[i] for i in group)
        whole = Call(value.op, chosen) if len(chosen) > 1 else chosen[0]
        name = board._fresh("factor")
        board.define({name: whole}, "value")
        rest = [a for i, a in enumerate(value.args) if i not in group]
        kept = [a for i, a in enumerate(value.args[: group[0]]) if i not in group]
        new = Call(value.op, (*kept, Sym(name), *rest[len(kept) :])) if rest else Sym(name)
        after = put(board.line, (*board.focus, *path), new)
        board.steps.append(Step(board.line, after, "name", (*board.focus, *path), {"u": Sym(name)}, {name: whole}))
        board.line = after


def _name_body(board: Board, finished: int) -> bool:
    """Where little is finished yet, the longest expression still to be differentiated gets a name."""
    part = board.part
    waiting = [n for n in postorder(part) if isinstance(n, Diff) and isinstance(n.body, Call) and n.wrt.name not in board.where]
    longest = max(waiting, key=lambda n: _length(n.body), default=None)
    if longest is None or _length(longest.body) < max(_SHORT_BODY, finished) or pending(longest.body):
        return False
    name, new = board.name_for(longest.body, "layer")
    after = replace_at(board.line, board.focus, substitute(part, {longest: Diff(name, longest.wrt)}))
    board.steps.append(Step(board.line, after, "name", board.focus, {"u": name, "inner": longest.body}, new))
    board.line = after
    return True


def _largest_group(part: Expr) -> tuple[Path, list[int] | None]:
    """The longest run of finished factors or terms (no derivative pending in them)."""
    best: tuple[int, Path, list[int] | None] = (0, (), None)
    todo: list[tuple[Expr, Path]] = [(part, ())]
    while todo:
        node, path = todo.pop()
        if not isinstance(node, Call):
            continue
        ready = [i for i, a in enumerate(node.args) if not pending(a) and not isinstance(a, Sym)]
        if is_op(node, "add", "mul"):
            ready = [i for i, a in enumerate(node.args) if not pending(a)]
            whole = len(ready) == 1 and _length(node.args[ready[0]]) > _SHORT_BODY
            group = ready if (len(ready) > 1 or whole) and len(ready) < len(node.args) else []
        else:
            group = ready[:1] if len(node.args) > 1 and pending(node) else []
        size = sum(_length(node.args[i]) for i in group)
        if size > max(best[0], 12) and not (len(group) == 1 and isinstance(node.args[group[0]], Sym)):
            best = (size, path, group)
        todo.extend((a, (*path, i)) for i, a in enumerate(node.args))
    return best[1], best[2]


def _length(expr: Expr) -> int:
    return len(write(expr)) if expr.size < 2000 else expr.size


__all__ = ["name_parts", "replace_at", "shorten"]
