"""The exact referee of a sweep: SymPy proves each adjoint equal to the sum over its links of adjoint times derivative.

The derivative of a node's formula is SymPy's own; adjoints of other nodes stand as symbols. A structure is proved once.
"""

from __future__ import annotations

from functools import lru_cache

from derivx import ops
from derivx.check.exact import prove
from derivx.check.verdict import Check, Verdict
from derivx.derive.backprop import Sweep
from derivx.derive.step import Derivation
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Sym, add, contains, mul, names, postorder, substitute
from derivx.syntax import conditions
from derivx.syntax.spelling import CONSTANTS

_MOST_NODES = 400


def prove_adjoint(sweep: Sweep, at: int) -> Check:
    """The verdict of SymPy on one adjoint: ``PASS``, or ``SKIPPED`` with a reason."""
    verdict, reason = _prove(sweep, at)
    return Check(None, "sympy", verdict, reason=reason)


def _prove(sweep: Sweep, at: int) -> tuple[Verdict, str]:
    adjoint, nodes = sweep.adjoints[at], sweep.graph.nodes
    if at == sweep.graph.output:
        return (Verdict.PASS, "") if adjoint.formula == ONE else (Verdict.SKIPPED, "not_proved")
    where: dict[str, Expr] = {}
    terms: list[Expr] = []
    for link in adjoint.links:
        user = nodes[link.user]
        assert user.formula is not None
        where[user.name] = user.formula
        upstream = sweep.shown[link.user]
        if isinstance(upstream, Diff) and not contains(adjoint.formula, upstream):
            upstream = sweep.adjoints[link.user].formula  # it was written out
        terms.append(mul(upstream, Diff(user.formula, Sym(nodes[at].name))))
    if sum(t.size for t in terms) + adjoint.formula.size > _MOST_NODES:
        return Verdict.SKIPPED, "too_large"
    return _neutral(add(*terms) if terms else ZERO, adjoint.formula, where, frozenset(CONSTANTS) - sweep.graph.at.keys())


def _neutral(question: Expr, answer: Expr, where: dict[str, Expr], constants: frozenset[str]) -> tuple[Verdict, str]:
    """The same on names of its own, so that one proof serves every place of the same structure."""
    waiting = dict.fromkeys(n for n in postorder(answer, question) if isinstance(n, Diff) and isinstance(n.body, Sym))
    marks: dict[Expr, Expr] = {node: Sym(f"g{i}_") for i, node in enumerate(waiting)}
    question, answer = substitute(question, marks), substitute(answer, marks)
    found = [n for n in names(question, answer, *where.values(), *map(Sym, where)) if n not in constants]
    table: dict[Expr, Expr] = {Sym(n): Sym(f"v{i}") for i, n in enumerate(found)}
    used = {n for n in where if n in names(answer)}
    rows = tuple((str(table[Sym(n)]), substitute(e, table)) for n, e in where.items() if n in used)
    return _proved(substitute(question, table), substitute(answer, table), rows)


@lru_cache(maxsize=4096)
def _proved(question: Expr, answer: Expr, where: tuple[tuple[str, Expr], ...]) -> tuple[Verdict, str]:
    calls = [n for n in postorder(question) if isinstance(n, Call) and ops.known(n.op)]
    rows = [c for call in calls for c in conditions(call)]
    positive = frozenset(left.name for left, sign, right in rows if sign == ">" and right == ZERO and isinstance(left, Sym))
    return prove(question, answer, Derivation(question, (), (), dict(where)), positive)
