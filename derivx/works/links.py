"""Mistakes that show in the graph of a work's names: a link of a chain left out, a path forgotten, a name in place of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import combinations, pairwise

from derivx import ops
from derivx.derive.byhand import derive
from derivx.errors import DerivxError
from derivx.expr import ONE, Call, Diff, Expr, Sym, add, mul, names, substitute
from derivx.grading.reference import written_out
from derivx.grading.result import Mistake
from derivx.words import both
from derivx.works.judge import Found, Judge
from derivx.works.sheet import helper
from derivx.works.show import paths
from derivx.works.world import closure

_MOST_PATHS, _MOST_LINKS, _MOST_NAMES = 4, 8, 8
Path = tuple[str, ...]


def told(tag: str) -> Mistake:
    """A mistake with the hint of its tag."""
    return Mistake(tag, "chain", 0, both(f"mistake.{tag}"))


def stray(part: Expr, judge: Judge) -> tuple[Mistake, ...]:
    """In a product of derivatives, one of a name that does not stand on what it is differentiated by."""
    factors = part.args if isinstance(part, Call) and part.op == "mul" else ()
    links = [f for f in factors if isinstance(f, Diff) and isinstance(f.body, Sym)]
    for link in links if len(links) > 1 else ():
        if link.wrt.name not in closure(link.body, judge.truth.definitions) and isinstance(link.body, Sym):
            return (Mistake("wrong_variable", "chain", 0, both("work.no_path", name=link.body.name, by=link.wrt.name)),)
    return ()


def of_links(found: Found, judge: Judge) -> Iterator[Mistake]:
    """What was left out of a derivative along the names of the work."""
    base, after = found.base if not isinstance(found.base, Sym) else found.before, found.after
    if after is None or not isinstance(base, Diff) or not isinstance(base.body, Sym):
        return
    ways = paths(base.body.name, base.wrt.name, judge.truth.definitions)
    if not 0 < len(ways) <= _MOST_PATHS or max(map(len, ways)) > _MOST_LINKS:
        return
    try:
        links = {way: [_local(a, b, judge) for a, b in pairwise(way)] for way in ways}
    except DerivxError:
        return
    if len(ways) == 1:
        yield from _left_out(ways[0], links[ways[0]], after, judge)
    products = [_product(links[way]) for way in ways]
    for count in range(1, len(ways)):
        for some in combinations(products, count):
            if judge.truth.same(add(*some), after) is True:
                yield told("path_lost")


def _local(a: str, b: str, judge: Judge) -> Expr:
    """The derivative of a name by one that it is written with, all others held."""
    return written_out(derive(judge.truth.definitions[a], (b,)))


def _product(factors: Sequence[Expr]) -> Expr:
    return reduce(mul, factors) if factors else ONE


def _left_out(way: Path, links: list[Expr], after: Expr, judge: Judge) -> Iterator[Mistake]:
    """The neighbouring links without which the product is what was written."""
    for i, j in combinations(range(len(links) + 1), 2):
        if j - i < len(links) and judge.truth.same(_product([*links[:i], *links[j:]]), after) is True:
            yield told(_kind(way, links, i, j, judge))


def _kind(way: Path, links: list[Expr], i: int, j: int, judge: Judge) -> str:
    if i == 0:
        return "only_inner_derivative"
    lost = [judge.truth.definitions[a] for a in way[i:j]]
    if any(isinstance(e, Call) and ops.known(e.op) and len(e.args) == 1 for e in lost):
        return "forgot_activation_derivative"
    inputs = set(judge.problem.inputs)
    if j < len(links) and all(set(names(e)) <= inputs for e in links[i:j]):
        return "weight_lost_in_chain"
    return "forgot_inner_derivative"


def renamed(found: Found, judge: Judge) -> Iterator[Mistake]:
    """One name in place of another."""
    right, after = found.base if found.base is not None and not isinstance(found.base, Sym) else found.before, found.after
    if right is None or after is None:
        return
    known = [n for n in (*judge.problem.inputs, *judge.truth.definitions) if not helper(n)]
    for wrong in names(after)[:_MOST_NAMES]:
        for name in known[: 2 * _MOST_NAMES]:
            if name != wrong and judge.truth.same(right, substitute(after, {Sym(wrong): Sym(name)})) is True:
                yield told("wrong_variable_name")
                return
