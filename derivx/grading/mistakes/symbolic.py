"""Differentiation with a mistaken rule at chosen places, as expressions: for distractors, and for what is differentiated again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, add, div, is_op, mul, names, neg, power, substitute
from derivx.grading.mistakes.circuit import Place, by_leaf
from derivx.grading.mistakes.formula import outer_key, written_out
from derivx.numeric import Unavailable
from derivx.syntax.formulas import arguments

Mistaken = Mapping[Expr, tuple[Place, str]]


class Differentiation:
    """The derivative by one name; ``mistaken`` says at which nodes which formula of the table stands for the right one."""

    def __init__(self, wrt: str, mistaken: Mistaken) -> None:
        self.x, self._mistaken = Sym(wrt), mistaken
        self._found: dict[Expr, Expr] = {}

    def of(self, e: Expr) -> Expr:
        """The derivative of an expression, not tidied. Raises ``Unavailable`` where no card tells it."""
        known = self._found.get(e)
        if known is None:
            known = self._found[e] = self._wrongly(e) if e in self._mistaken else self._rightly(e)
        return known

    def _wrongly(self, e: Expr) -> Expr:
        place, text = self._mistaken[e]
        view = place.view
        formula = written_out(text, outer_key(view.forms, view.op))
        if formula is None:
            raise Unavailable("pending")
        letters: dict[Expr, Expr] = {Sym(letter): part for letter, part in view.parts.items()}
        letters[Sym("y")] = e
        for letter, parts in view.moves.items():
            letters[Sym(letter)] = product(*map(self.of, parts))
        if place.at is not None:
            letters[Sym("t")] = place.at
            if "c" in view.parts:
                taken, name = by_leaf(view.parts["c"], place.at)
                letters[Sym("dc")] = substitute(Differentiation(name, {}).of(taken), {Sym(name): place.at})
        return substitute(formula, letters)

    def _rightly(self, e: Expr) -> Expr:
        if e == self.x:
            return ONE
        if not isinstance(e, Call) or self.x.name not in names(e):
            return ZERO
        if e.op == "add":
            return total(*map(self.of, e.args))
        if e.op == "neg":
            return opposite(self.of(e.args[0]))
        inner = [self.of(a) for a in e.args]
        return total(*[product(_partial(e, k), d) for k, d in enumerate(inner) if d != ZERO])


def _partial(e: Call, k: int) -> Expr:
    """The local derivative by one argument."""
    if e.op == "mul":
        return product(*e.args[:k], *e.args[k + 1 :])
    if e.op == "div":
        return div(ONE, e.args[1]) if k == 0 else neg(div(e.args[0], power(e.args[1], Num(2))))
    if e.op == "pow":
        a, b = e.args
        return product(b, power(a, total(b, neg(ONE)))) if k == 0 else product(e, Call("log", (a,)))
    if not ops.known(e.op) or ops.card(e.op).nary:
        raise Unavailable("pending")
    card = ops.card(e.op)
    template = (local_derivatives(card) or {}).get(card.params[k])
    return ZERO if template is None else substitute(template, {**arguments(card, e.args), Sym("y"): e})


def total(*terms: Expr) -> Expr:
    """A sum without its zeros; of two numbers their sum."""
    kept = [t for t in terms if t != ZERO]
    if len(kept) == 2 and isinstance(kept[0], Num) and is_op(kept[1], "neg") and kept[1] == neg(ONE) and kept[0].value >= 1:
        return Num(kept[0].value - 1)
    return add(*kept) if kept else ZERO


def product(*factors: Expr) -> Expr:
    """A product without its ones; zero where a factor is."""
    if ZERO in factors:
        return ZERO
    kept = [f for f in factors if f != ONE]
    return mul(*kept) if kept else ONE


def opposite(e: Expr) -> Expr:
    """The opposite, without two signs on end."""
    if e == ZERO:
        return ZERO
    return e.args[0] if isinstance(e, Call) and e.op == "neg" else neg(e)


def mistaken(places: Sequence[tuple[Place, str]]) -> Mistaken:
    """Formulas at several places, by node."""
    return {place.view.node: (place, formula) for place, formula in places}
