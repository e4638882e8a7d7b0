"""Two affine layers with nothing between them are one: o = c*(a*x + b) + d = (a*c)*x + (b*c + d)."""

from __future__ import annotations

from collections.abc import Iterator

from derivx.derive.local import local, product
from derivx.derive.polish import tidied
from derivx.expr import ZERO, Expr, Sym, add, mul, names, substitute
from derivx.graph.graph import Graph


def collapses(graph: Graph, data: frozenset[str] = frozenset()) -> Iterator[tuple[Expr, ...]]:
    """For each node that is affine in another that is affine in the data: the node, its formula, put in, and collected.

    ``data``: the names that count as data; without any, those that begin with x.
    """
    for node in graph.nodes:
        if node.formula is None:
            continue
        for arg in node.args:
            inner = graph.nodes[arg]
            x = next((n for n in names(inner.formula) if n in data or (not data and n[0] == "x")), None) if inner.formula else None
            if inner.formula is None or x is None or len(graph.users[arg]) != 1:
                continue
            outer, below = _affine(node.formula, inner.name), _affine(inner.formula, x)
            if outer is None or below is None or not (names(outer[0]) and names(below[0])):
                continue
            (c, d), (a, b) = outer, below
            slope = mul(product(a, c), Sym(x))
            rest = [part for part in (product(b, c) if b != ZERO else ZERO, d) if part != ZERO]
            written = substitute(node.formula, {Sym(inner.name): inner.formula})
            yield Sym(node.name), node.formula, written, add(slope, add(*rest)) if rest else slope


def _affine(formula: Expr, name: str) -> tuple[Expr, Expr] | None:
    """Slope and intercept of a formula in a name, where it is affine in it and not only a multiple of a number."""
    slope = local(formula).get(name)
    if slope is None or name in names(slope):
        return None
    return slope, tidied(substitute(formula, {Sym(name): ZERO}))
