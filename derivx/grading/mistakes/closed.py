"""Mistaken versions of a closed form over arrays: of each part, what one may write for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations, product

import numpy as np

from derivx.expr import Call, Expr, Num, Path, Sym, children, is_op, names, neg, replace_at, substitute, transform
from derivx.grading.mistakes.table import AFTER, Mutation

Edits = Iterator[Expr]
_TERMS = 8
_MOST_EDITS = 400
_MOST = 4  # factors of a product that are put in every order


def _args(e: Expr, op: str) -> tuple[Expr, ...]:
    return e.args if isinstance(e, Call) and e.op == op else ()


def expanded(e: Expr) -> Expr:
    """A product with a sum written out: A (B + C) as A B + A C."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Call) or node.op not in ("matmul", "mul", "neg", "transpose"):
            return node
        sums = [_args(a, "add") or (a,) for a in node.args]
        if all(len(s) == 1 for s in sums) or np.prod([len(s) for s in sums]) > _TERMS:
            return node
        return Call("add", tuple(Call(node.op, _flat(node.op, parts)) for parts in product(*sums)))

    return transform(e, change)


def _flat(op: str, parts: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return tuple(p for part in parts for p in ((_args(part, op) or (part,)) if op in ("matmul", "mul") else (part,)))


def _made(op: str, parts: tuple[Expr, ...]) -> Edits:
    """A sum or a product of what is left."""
    if parts:
        yield Call(op, parts) if len(parts) > 1 else parts[0]


def _lost(op: str, wanted: Callable[[Expr, Expr], bool] = lambda _, __: True) -> Callable[[Expr], Edits]:
    """One part of a sum or a product left out."""

    def edits(e: Expr) -> Edits:
        args = _args(e, op)
        for i, arg in enumerate(args):
            if wanted(e, arg):
                yield from _made(op, (*args[:i], *args[i + 1 :]))

    return edits


def _transpose_lost(e: Expr) -> Edits:
    yield from _args(e, "transpose")


def _as_symmetric(e: Expr) -> Edits:
    """A^T taken as A, of a matrix or its inverse."""
    for inner in _args(e, "transpose"):
        if len(names(inner)) == 1:
            yield inner


def _transpose_added(e: Expr) -> Edits:
    if isinstance(e, Sym) or is_op(e, "inv"):
        yield Call("transpose", (e,))


def _whole_transposed(e: Expr) -> Edits:
    if is_op(e, "matmul"):
        yield Call("transpose", (e,))


def _swapped(e: Expr) -> Edits:
    args = _args(e, "matmul")
    for i in range(len(args) - 1):
        yield Call("matmul", (*args[:i], args[i + 1], args[i], *args[i + 2 :]))


def _other_order(e: Expr) -> Edits:
    args = _args(e, "matmul")
    if len(args) <= _MOST:
        for order in list(permutations(args))[1:]:
            yield Call("matmul", order)


def _entrywise(e: Expr) -> Edits:
    args = _args(e, "matmul")
    for i in range(len(args) - 1):
        yield from _made("matmul", (*args[:i], Call("mul", args[i : i + 2]), *args[i + 2 :]))


def _after(e: Expr) -> Edits:
    """A^T (g ∘ s) written as (A^T g) ∘ s."""
    args = _args(e, "matmul")
    for i, arg in enumerate(args):
        for j, factor in enumerate(_args(arg, "mul")):
            rest = tuple(a for k, a in enumerate(_args(arg, "mul")) if k != j)
            for kept in _made("mul", rest):
                yield Call("mul", (Call("matmul", (*args[:i], kept, *args[i + 1 :])), factor))


def _other_sign(e: Expr) -> Edits:
    args = _args(e, "add")
    for i, arg in enumerate(args):
        yield Call("add", (*args[:i], arg.args[0] if isinstance(arg, Call) and arg.op == "neg" else neg(arg), *args[i + 1 :]))


def _sign_lost(e: Expr) -> Edits:
    yield from _args(e, "neg")


def _undivided(e: Expr) -> Edits:
    yield from _args(e, "div")[:1]


def _squared_lost(e: Expr) -> Edits:
    yield from _args(e, "pow")[:1]


def _inverse_lost(e: Expr) -> Edits:
    yield from _args(e, "inv")


def _number(_: Expr, part: Expr) -> bool:
    return isinstance(part, Num)


def _other(e: Expr, part: Expr) -> bool:
    return not _number(e, part)


def _fewer_names(e: Expr, part: Expr) -> bool:
    """Whether a term has fewer names than the others: lam w beside X^T (X w - y)."""
    others = {n for a in _args(e, "add") if a is not part for n in names(a)}
    return 1 < len(names(part)) < len(others)


def _halved(e: Expr) -> Edits:
    """2/n as 1/n."""
    args = _args(e, "div")
    if args and isinstance(args[0], Num) and args[0].value != 1:
        yield Call("div", (Num(1), args[1]))
    if args and is_op(args[0], "mul"):
        yield from (Call("div", (kept, args[1])) for kept in _lost("mul", _number)(args[0]))


def _row(name: str, tag: str, wrong: Callable[[Expr], Edits], rank: int) -> Mutation:
    return Mutation(f"closed.{name}", tag, "", AFTER, wrong, rank)


CLOSED: tuple[Mutation, ...] = (
    _row("as_symmetric", "assumed_symmetric", _as_symmetric, 2),
    _row("transpose_lost", "missing_transpose", _transpose_lost, 3),
    _row("transpose_added", "missing_transpose", _transpose_added, 4),
    _row("product_transposed", "missing_transpose", _whole_transposed, 5),
    _row("swapped", "matrix_order_swapped", _swapped, 3),
    _row("commuted", "matrices_commuted", _other_order, 4),
    _row("after_hadamard", "hadamard_after_matmul", _after, 3),
    _row("entrywise", "hadamard_after_matmul", _entrywise, 5),
    _row("regulariser", "regulariser_dropped", _lost("add", _fewer_names), 2),
    _row("term_lost", "term_lost", _lost("add"), 3),
    _row("other_sign", "sign_error", _other_sign, 4),
    _row("sign_lost", "sign_error", _sign_lost, 4),
    _row("factor_lost", "weight_lost_in_chain", _lost("matmul"), 4),
    _row("number_lost", "lost_coefficient_or_constant", _lost("mul", _number), 3),
    _row("number_above_lost", "lost_coefficient_or_constant", _halved, 3),
    _row("undivided", "missing_1_over_N", _undivided, 3),
    _row("entrywise_factor_lost", "sigma_prime_factor_missing", _lost("mul", _other), 5),
    _row("power_lost", "power_rule_other", _squared_lost, 6),
    _row("inverse_lost", "other", _inverse_lost, 6),
)


def mistaken(root: Expr) -> Iterator[tuple[Mutation, Expr, Expr]]:
    """Every closed form with one mistake, at one place or wherever the same part stands: (mutation, the part, the form)."""
    places: dict[Expr, list[Path]] = {}
    _gather(root, (), places)
    count = 0
    for part, paths in places.items():
        for mutation in CLOSED:
            assert callable(mutation.wrong)
            for new in mutation.wrong(part):
                wrong = [replace_at(root, path, new) for path in paths]
                yield from ((mutation, part, e) for e in wrong)
                if len(paths) > 1:
                    yield mutation, part, substitute(root, {part: new})
                count += len(paths)
                if count > _MOST_EDITS:
                    return


def _gather(e: Expr, path: Path, places: dict[Expr, list[Path]]) -> None:
    places.setdefault(e, []).append(path)
    for i, kid in enumerate(children(e)):
        _gather(kid, (*path, i), places)
