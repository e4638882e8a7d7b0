"""Sums over indices: as products of matrices where they are such, else as they were written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from derivx.derive.matrix.make import ALL, Maker
from derivx.derive.matrix.shapes import dim_expr
from derivx.expr import Call, Expr, Num, text_leaf, text_of
from derivx.shape import subscripts

_Row = tuple[str, Expr]  # the letters of an operand, and the operand


def contracted(m: Maker, args: Sequence[Expr]) -> Expr:
    """``einsum("ij,jk->ik", A, B)`` is A @ B, ``"ii->"`` the trace; what is no product of matrices and vectors stays."""
    text, *parts = args
    inputs, out = subscripts(text_of(text))
    scalars: list[Expr] = []
    arrays: list[Expr] = []
    for part in parts:
        front, array = m.apart(part) if not m.is_scalar(part) else ([part], part)
        scalars += front
        arrays.append(Num(1) if m.is_scalar(part) else array)
    kept = [(row, a) for row, a in zip(inputs, arrays, strict=True) if row]
    found = _merged(m, kept, out) if kept else Num(1)
    if found is None:
        left = ",".join(row for row, _ in kept)
        found = Call("einsum", (text_leaf(f"{left}->{out}"), *(a for _, a in kept)))
    return m.prod(*scalars, found) if scalars else found


def _merged(m: Maker, rows: list[_Row], out: str) -> Expr | None:
    """The operands joined two by two as long as that is a product of matrices or of entries."""
    while True:
        reduced = [_alone(m, row, _others(rows, i, out)) for i, row in enumerate(rows)]
        if any(r is None for r in reduced):
            return None
        rows = [r for r in reduced if r is not None]
        if len(rows) == 1:
            return _oriented(m, rows[0], out)
        pair = next(((i, j, joined) for i, j in permutations(range(len(rows)), 2) if (joined := _pair(m, rows, i, j, out))), None)
        if pair is None:
            return None
        i, j, joined = pair
        rows = [joined if k == min(i, j) else row for k, row in enumerate(rows) if k != max(i, j)]


def _others(rows: list[_Row], i: int, out: str) -> set[str]:
    """The letters that are used outside of an operand."""
    return set(out).union(*(row for k, (row, _) in enumerate(rows) if k != i))


def _alone(m: Maker, row: _Row, used: set[str]) -> _Row | None:
    """An operand with the letters summed that nobody else has, and its diagonal for a letter that comes twice."""
    letters, e = row
    if len(set(letters)) < len(letters):
        if len(letters) != 2:
            return None
        letters, e = letters[0], m.diagonal(e) if letters[0] in used else m.tr(e)
        if letters not in used:
            return "", e
    for letter in [c for c in letters if c not in used]:
        e = m.sum(e, Num(letters.index(letter)) if len(letters) > 1 else ALL)
        letters = letters.replace(letter, "")
    return letters, e


def _oriented(m: Maker, row: _Row, out: str) -> Expr | None:
    letters, e = row
    if letters == out:
        return e
    return m.T(e) if letters == out[::-1] and len(out) == 2 else None


def _pair(m: Maker, rows: list[_Row], i: int, j: int, out: str) -> _Row | None:
    """Two operands as one, or nothing."""
    (a, x), (b, y) = rows[i], rows[j]
    if not a or not b:
        return a + b, m.prod(x, y)
    if max(len(a), len(b)) > 2:
        return None
    rest = set(out).union(*(row for k, (row, _) in enumerate(rows) if k not in (i, j)))
    shared = set(a) & set(b)
    if not shared:
        whole = len(rows) == 2 and len(a) == len(b) == 1
        return (a + b, m.outer(x, y)) if whole and out == a + b else None
    summed = shared - rest
    if len(shared) == 1 and summed:
        return _product(m, rows[i], rows[j], *shared)
    if set(a) == set(b):
        return a, m.prod(x, y if a == b else m.T(y))
    if len(a) == 2 and len(b) == 1:  # a row or a column times its number
        return a, m.prod(x, y if b == a[1] else m.column(y))
    return None


def _product(m: Maker, left: _Row, right: _Row, inner: str) -> _Row:
    """The sum over one letter: a matrix product."""
    (a, x), (b, y) = left, right
    x = m.T(x) if len(a) == 2 and a[0] == inner else x
    y = m.T(y) if len(b) == 2 and b[1] == inner else y
    return a.replace(inner, "") + b.replace(inner, ""), m.mm(x, y)


def pulled(m: Maker, node: Call, i: int, g: Expr) -> Expr:
    """The adjoint of an operand: the same sum with the gradient in its place."""
    text, *parts = node.args
    inputs, out = subscripts(text_of(text))
    own = inputs[i - 1]
    shape = m.shape(parts[i - 1])
    rows = [(out, g), *((row, p) for k, (row, p) in enumerate(zip(inputs, parts, strict=True)) if k != i - 1)]
    known = set("".join(row for row, _ in rows))
    spare = iter(c for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" if c not in set("".join(inputs)))
    asked = ""
    for letter, d in zip(own, shape, strict=True):
        name = letter
        if letter in asked:  # an entry of the diagonal: zero elsewhere
            name = next(spare)
            rows.append((letter + name, Call("eye", (dim_expr(d),))))
        elif letter not in known:  # it was summed over this operand alone
            rows.append((letter, Call("ones", (dim_expr(d),))))
        asked += name
    text = text_leaf(",".join(row for row, _ in rows) + "->" + asked)
    return contracted(m, [text, *(p for _, p in rows)])
