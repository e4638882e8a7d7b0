"""From the raw derivative to the form a teacher writes: names put back, structural algebra, then SymPy where it is deep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from derivx.derive import factors as fx
from derivx.derive.board import Board
from derivx.derive.look import PLAIN, Look, measure
from derivx.derive.patterns import recognise
from derivx.derive.tidy import MOVES, Known, rewrite, sites
from derivx.expr import (
    ONE,
    Call,
    Diff,
    Expr,
    Path,
    Sym,
    add,
    at,
    children,
    div,
    is_op,
    mul,
    names,
    neg,
    pending,
    postorder,
    substitute,
    transform,
)
from derivx.syntax import write

_LONGEST = 150  # a line with its names put back may be this long
_ROUNDS = 80
_MOST_VALUES = 40
_SUM_COST = 6  # a bracket that stands on the board, such as 1 - s, is not opened for little
_TERM_COST = 3  # between two forms, a product is preferred to a sum


def polish(board: Board) -> None:
    """Write the lines that bring the part in focus to its final form."""
    put_back(board)
    call_by_name(board)
    seen = {board.part}
    for _ in range(_ROUNDS):
        structural(board)
        if not (recognise(board, _told) or deepen(board)) or board.part in seen:
            break
        seen.add(board.part)


def structural(board: Board) -> None:
    """The moves of the table, in their order, until none applies."""
    look = looking(board)
    seen = {board.part}
    known: dict[str, Known] = {move.id: {} for move in MOVES}
    for _ in range(_ROUNDS):
        for move in MOVES:
            new = rewrite(move, board.part, look, known[move.id])
            if new != board.part and new not in seen:
                path = sites(board.part, new)
                while path and rewrite(move, at(board.part, path), look) != at(new, path):
                    path = path[:-1]  # the move acts above the smallest part that differs
                board.write(move.id, path, at(new, path))
                seen.add(board.part)
                break
        else:
            return


def looking(board: Board) -> Look:
    """What the moves may know of the names on the board."""
    variable = board.variable
    found = frozenset(n for n in names(board.part) if variable and board.depends(Sym(n), variable))
    return Look(board.values, found)


def drop_neutral(board: Board, path: Path) -> None:
    """Terms 0 and factors 1 of a sum are dropped as soon as no constant (and no variable alone) waits in it."""
    whole = board.part
    while path and not is_op(at(whole, path), "add"):
        path = path[:-1]
    part = at(whole, path)
    if not is_op(part, "add") or any(_in_the_head(n, board) for n in postorder(part)):
        return
    new = rewrite(MOVES[0], part)
    if new != part:
        board.write(MOVES[0].id, path, new)


def _in_the_head(node: Expr, board: Board) -> bool:
    """A derivative that is 0 or 1 at sight."""
    return isinstance(node, Diff) and (node.body == node.wrt or not board.depends(node.body, node.wrt.name))


def put_back(board: Board) -> None:
    """Inner functions that were named for the chain rule get their formulas back, where the line stays readable."""
    part = board.part
    inner: dict[Expr, Expr] = {Sym(n): board.where[n] for n in names(part) if board.roles.get(n) == "inner"}
    waiting = {d.wrt for d in postorder(part) if isinstance(d, Diff)}
    inner = {u: value for u, value in inner.items() if u not in waiting}
    new = part
    for _ in range(len(inner)):  # a definition may use another inner name
        wider = substitute(new, inner)
        if wider == new or len(write(wider)) > _LONGEST:
            break
        new = wider
    new, _ = by_name(new, board)
    if new != part and inner:
        first = next(iter(inner))
        path = sites(part, new)
        board.write("substitute", path, at(new, path), {"u": first, "inner": by_name(inner[first], board, part)[0]})


def call_by_name(board: Board) -> None:
    """A value that has a name is called by it everywhere."""
    new, told = by_name(board.part, board)
    if told:
        value, name = told[0]
        path = sites(board.part, new)
        board.write("name", path, at(new, path), {"u": name, "inner": value})


def by_name(expr: Expr, board: Board, context: Expr | None = None) -> tuple[Expr, list[tuple[Expr, Sym]]]:
    """The expression over the names of values that stand in it (or in ``context``), and what was replaced.

    The body of a derivative by a name is left alone: there the name's own function is what is differentiated.
    """
    present = set(names(expr if context is None else context))
    kept = [n for n in board.where if board.roles[n] in ("value", "share", "layer")]
    if len(kept) > _MOST_VALUES:
        return expr, []
    values = {board.full(board.where[n]): Sym(n) for n in kept if n in present}
    heads = {k.op for k in values if isinstance(k, Call)}
    told: list[tuple[Expr, Sym]] = []

    def call(node: Expr) -> Expr:
        name = values.get(board.full(node)) if isinstance(node, Call) and node.op in heads else None
        if name is None:
            return node
        told.append((node, name))
        return name

    local: dict[Expr, Expr] = {}
    for node in postorder(expr):
        if isinstance(node, Diff) and node.wrt.name in board.where and node not in local:
            local[node] = Sym(f"local{len(local)}_")
    new = transform(substitute(expr, local), call)
    return substitute(new, {mark: node for node, mark in local.items()}), told


def tidied(expr: Expr, look: Look = PLAIN) -> Expr:
    """The structural normal form, without telling the lines."""
    seen = {expr}
    known: dict[str, Known] = {move.id: {} for move in MOVES}
    for _ in range(_ROUNDS):
        for move in MOVES:
            new = rewrite(move, expr, look, known[move.id])
            if new != expr and new not in seen:
                expr = new
                seen.add(new)
                break
        else:
            break
    return expr


# SymPy, on the smallest part where it helps.


def deepen(board: Board) -> bool:
    """One move of SymPy's on the first part that it makes smaller."""
    part = board.part
    for path, node in _promising(part):
        from derivx.algebra.deep import candidates

        best: tuple[int, str, Expr] | None = None
        standing = {n for n in postorder(node) if is_op(n, "add") and n is not node and board.values & set(names(n))}
        for name, new in (*candidates(node), *common_factor(node)):
            oriented = _set_out(_oriented(in_order(new, part), part), looking(board))
            final = tidied(oriented, looking(board))
            cost = measure(final)[0] + _TERM_COST * (len(fx.terms(final)) - 1)
            scattered = name == "expand" and len(fx.terms(final)) > len(fx.terms(node)) and 5 * measure(final)[0] > 4 * measure(node)[0]
            lost = len(standing - set(postorder(final)))
            smaller = measure(final)[0] + _SUM_COST * lost < measure(node)[0] if lost else measure(final) < measure(node)
            if smaller and not scattered and (best is None or cost < best[0]):
                best = (cost, name, oriented)
        if best is not None:
            board.write(best[1], path, best[2])
            return True
    return False


def common_factor(node: Call) -> Iterator[tuple[str, Expr]]:
    """What all terms of a sum have in common, before it, with nothing opened."""
    if node.op != "add":
        return
    split = [fx.split(t) for t in node.args]
    if any(t.decimal for t in split):
        return
    shared = {b: min(t.powers[b] for t in split) for b in split[0].powers if all(t.powers.get(b, 0) > 0 for t in split)}
    if not shared:
        return
    rest = [fx.Product(t.coefficient, False, {b: n - shared.get(b, 0) for b, n in t.powers.items() if n != shared.get(b)}) for t in split]
    yield "factor", mul(fx.join(fx.Product(Fraction(1), False, shared)), add(*map(fx.join, rest)))


def _set_out(new: Expr, look: Look) -> Expr:
    """Signs and order of factors as on a board: how SymPy's form is written down is no step of its own."""
    for move in (m for m in MOVES if m.id in ("arrange", "signs", "brackets")):
        new = rewrite(move, new, look)
    return new


def in_order(new: Expr, context: Expr) -> Expr:
    """Sums and products as they already stand on the board, and new products in order of first appearance."""
    standing = {(n.op, frozenset(n.args)): n for n in postorder(context) if isinstance(n, Call) and n.op in ("add", "mul")}
    place = {name: i for i, name in enumerate(names(context))}

    def first(node: Expr) -> int:
        return min((place.get(n, len(place)) for n in names(node)), default=-1)

    typed_e = any(is_op(n, "pow") and children(n)[0] == Sym("e") for n in postorder(context))
    by_power = typed_e and not any(is_op(n, "exp") for n in postorder(context))

    def arrange(node: Expr) -> Expr:
        if by_power and is_op(node, "exp"):
            return Call("pow", (Sym("e"), children(node)[0]))
        if not isinstance(node, Call) or node.op not in ("add", "mul"):
            return node
        known = standing.get((node.op, frozenset(node.args)))
        if known is not None and len(known.args) == len(node.args):
            return known
        return Call("mul", tuple(sorted(node.args, key=first))) if node.op == "mul" else node

    return transform(new, arrange)


def _promising(part: Expr) -> list[tuple[Path, Call]]:
    """The parts, smallest first, in which sums share factors or stand over one another."""
    found: list[tuple[Path, Call]] = []
    todo: list[tuple[Expr, Path]] = [(part, ())]
    while todo:
        node, path = todo.pop()
        if not isinstance(node, Call) or node.op == "where" or (path and is_op(node, "pow")):
            todo.extend((a, (*path, i)) for i, a in enumerate(children(node)) if isinstance(node, Call))
            continue
        if _shares(node) and not pending(node):
            found.append((path, node))
        todo.extend((a, (*path, i)) for i, a in enumerate(node.args))
    return sorted(found, key=lambda row: row[1].size)


def _shares(node: Call) -> bool:
    if node.op == "add":
        split = [fx.split(t) for t in node.args]
        bases = [set(s.powers) for s in split]
        below = any(n < 0 for s in split for n in s.powers.values())
        common = bool(set.intersection(*bases))
        inner = any(is_op(b, "add") for s in split for b, n in s.powers.items() if n > 0 and n.denominator == 1 and n <= 3)
        return common or below or inner
    if node.op == "div":
        top, bottom = fx.split(node.args[0]).powers, fx.split(node.args[1]).powers
        return (any(is_op(b, "add") for b in top) and bool(bottom)) or any(_compound(b) for b in bottom)
    return node.op == "mul" and sum(is_op(a, "add") for a in node.args) > 1 and _may_merge(node)


def _compound(total: Expr) -> bool:
    """A sum with a fraction in it, below a line."""
    return is_op(total, "add") and any(m < 0 for t in fx.terms(total) for m in (*fx.split(t).powers.values(), *(n for _, n in _inner(t))))


def _inner(term: Expr) -> Iterator[tuple[Expr, Fraction]]:
    """The powers inside a power of a fraction: (x/a)^2."""
    for base in fx.split(term).powers:
        if is_op(base, "div"):
            yield from fx.split(base).powers.items()


def _may_merge(node: Call) -> bool:
    """(1 - s)*(s - 1): two sums that are the same up to sign."""
    sums = [a for a in node.args if is_op(a, "add")]
    return any(set(fx.terms(_turned(a))) == set(fx.terms(b)) for i, a in enumerate(sums) for b in sums[i + 1 :])


def _turned(total: Expr) -> Expr:
    return add(*(children(t)[0] if is_op(t, "neg") else neg(t) for t in fx.terms(total)))


def _oriented(new: Expr, context: Expr) -> Expr:
    """Differences the way round they already stand on the board: 1 - s, not s - 1."""
    standing = {frozenset(fx.terms(n)): n for n in postorder(context) if is_op(n, "add")}
    sign, whole = 1, new
    while is_op(whole, "neg"):
        sign, whole = -sign, children(whole)[0]
    halves = list(children(whole)) if is_op(whole, "div") else [whole]
    for i, half in enumerate(halves):
        parts = fx.factors(half)
        for j, factor in enumerate(parts):
            turned, flip = _turned_factor(factor, standing)
            parts[j], sign = turned, sign * flip
        halves[i] = mul(*parts)
    whole = div(*halves) if len(halves) == 2 else halves[0]
    return neg(whole) if sign < 0 else whole


def _turned_factor(factor: Expr, standing: Mapping[frozenset[Expr], Expr]) -> tuple[Expr, int]:
    """A factor as it stands on the board, and the sign that turning it round costs."""
    power = factor.args[1] if isinstance(factor, Call) and factor.op == "pow" else None
    n = 1 if power is None else fx.rational(power)
    base = children(factor)[0] if power is not None else factor
    if not is_op(base, "add") or n is None or n != int(n):
        return factor, 1
    here, there = frozenset(fx.terms(base)), frozenset(fx.terms(_turned(base)))
    found = standing.get(here) or standing.get(there)
    if found is None:
        return factor, 1
    flip = -1 if here not in standing and int(n) % 2 else 1
    return (found if power is None else Call("pow", (found, power))), flip


def _told(new: Expr, part: Expr) -> Expr:
    """A form in terms of new names, in order, its differences 1 - s and not s - 1."""
    marks = [Sym(n) for n in names(new) if n.endswith("_")]
    return tidied(_oriented(in_order(new, part), add(ONE, *map(neg, marks))))
