"""The forms a node of a problem can have: what a mistaken rule can be applied to, and what the letters of its formula stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from derivx import ops
from derivx.expr import ONE, Call, Expr, Sym, add, is_op, mul, postorder
from derivx.syntax.formulas import arguments

_E = Sym("e")
ACTIVATIONS = frozenset(card.name for card in ops.activation.CARDS) | {"tanh"}


@dataclass(frozen=True, slots=True)
class View:
    """A node seen as one of the forms. ``parts``: values by letter; ``moves``: whose derivative a letter stands for.

    ``op``: the outer function of ``u``, where there is one. ``inside``: whether the node stands in an outer function.
    """

    node: Expr
    forms: frozenset[str]
    parts: Mapping[str, Expr]
    moves: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    op: str = ""
    inside: bool = False


Moving = Callable[[Expr], bool]


def has_activation(e: Expr) -> bool:
    """Whether an activation function stands in an expression."""
    return any(is_activation(n) for n in postorder(e))


def is_activation(e: Expr) -> bool:
    """Whether an expression is an activation function of something."""
    return isinstance(e, Call) and e.op in ACTIVATIONS


def views(node: Expr, wrt: str, moving: Moving, inside: bool) -> Iterator[View]:
    """Every form of a node that moves with ``wrt``."""
    if isinstance(node, Sym):
        yield View(node, frozenset({"variable"}), {"x": node}, {}, "", inside)
    elif isinstance(node, Call):
        make = _FORMS.get(node.op, _function)
        for view in make(node, moving, inside):
            if view.op or "power" in view.forms or "exponential" in view.forms or "reciprocal" in view.forms:
                yield _chained(view, wrt, moving)
            else:
                yield view


def _chained(view: View, wrt: str, moving: Moving) -> View:
    u = view.parts["u"]
    if u == Sym(wrt):
        return view
    fixed = [a for a in u.args if not moving(a)] if isinstance(u, Call) and u.op == "add" else []
    parts = {**view.parts, "c0": add(*fixed)} if fixed else view.parts
    return View(view.node, view.forms | {"chain"}, parts, view.moves, view.op, view.inside)


def _sum(node: Call, moving: Moving, inside: bool) -> Iterator[View]:
    for i, term in enumerate(node.args):
        rest = add(*node.args[:i], *node.args[i + 1 :])
        if moving(term):
            yield View(node, frozenset({"sum"}), {"u": term, "v": rest}, {"du": (term,), "dv": (rest,)}, "", inside)
        else:
            yield View(node, frozenset({"sum_constant"}), {"c": term, "v": rest}, {"dv": (rest,)}, "", inside)


def _opposite(node: Call, moving: Moving, inside: bool) -> Iterator[View]:  # noqa: ARG001 - a row of the table of forms
    (u,) = node.args
    yield View(node, frozenset({"opposite"}), {"u": u}, {"du": (u,)}, "", inside)


def _product(node: Call, moving: Moving, inside: bool) -> Iterator[View]:
    movers = [a for a in node.args if moving(a)]
    fixed = [a for a in node.args if not moving(a)]
    if fixed:
        whole = mul(*movers)
        for i, c in enumerate(fixed):
            k = mul(*fixed[:i], *fixed[i + 1 :]) if len(fixed) > 1 else ONE
            yield View(node, frozenset({"multiple"}), {"u": whole, "c": c, "k": k}, {"du": (whole,)}, "", inside)
        if len(fixed) > 1:
            yield View(node, frozenset({"multiple"}), {"u": whole, "c": mul(*fixed), "k": ONE}, {"du": (whole,)}, "", inside)
    if len(movers) > 1:
        k = mul(*fixed) if fixed else ONE
        for i, u in enumerate(movers):
            v = mul(*movers[:i], *movers[i + 1 :])
            moves = {"du": (u,), "dv": (v,), "pd": tuple(movers)}
            yield View(node, frozenset({"product"}), {"u": u, "v": v, "k": k}, moves, "", inside)


def _fraction(node: Call, moving: Moving, inside: bool) -> Iterator[View]:
    top, bottom = node.args
    if not moving(bottom):
        yield View(node, frozenset({"below"}), {"u": top, "c": bottom}, {"du": (top,)}, "", inside)
        return
    if not moving(top):
        yield View(node, frozenset({"reciprocal"}), {"u": bottom, "k": top}, {"du": (bottom,)}, "", inside)
    else:
        yield View(node, frozenset({"quotient"}), {"u": top, "v": bottom}, {"du": (top,), "dv": (bottom,)}, "", inside)
    yield from _recognised(node, inside)


def _recognised(node: Call, inside: bool) -> Iterator[View]:
    """1/(1 + exp(-u)) and exp(u)/(1 + exp(u)) are the sigmoid of u, exp(u)/(exp(u) + exp(v)) a share of a softmax."""
    top, bottom = node.args
    if not isinstance(bottom, Call) or bottom.op != "add":
        return
    u = _beside_one(bottom)
    if u is not None and top == ONE:
        u = u.args[0] if isinstance(u, Call) and u.op == "neg" else None
    elif u is not None:
        u = u if exponent(top) == u else None
    if u is not None:
        yield View(node, frozenset({"function", "activation", "sigmoid"}), {"u": u}, {"du": (u,)}, "sigmoid", inside)
    kernel = exponent(top)
    if kernel is not None and top in exponentials(bottom):
        yield View(node, frozenset({"softmax"}), {"u": kernel, "s": bottom}, {"du": (kernel,), "ds": (bottom,)}, "", inside)


def _beside_one(e: Expr) -> Expr | None:
    """The exponent beside a one: u in 1 + exp(u)."""
    terms = e.args if isinstance(e, Call) and e.op == "add" else ()
    return exponent(next((a for a in terms if a != ONE), ONE)) if len(terms) == 2 and ONE in terms else None


def exponentials(e: Expr) -> tuple[Expr, ...]:
    """The terms of the sum below a softmax, one of which may be 1, without that; nothing for other expressions."""
    terms = e.args if isinstance(e, Call) and e.op == "add" else ()
    found = tuple(t for t in terms if exponent(t) is not None)
    return found if len(found) > 1 and all(t in found or t == ONE for t in terms) else ()


def exponent(e: Expr) -> Expr | None:
    """What stands in the exponent of a natural exponential."""
    if is_op(e, "exp") and isinstance(e, Call):
        return e.args[0]
    return e.args[1] if isinstance(e, Call) and e.op == "pow" and e.args[0] == _E else None


def _power(node: Call, moving: Moving, inside: bool) -> Iterator[View]:
    u, n = node.args
    if not moving(n):
        yield View(node, frozenset({"power"}), {"u": u, "n": n}, {"du": (u,)}, "", inside)
    elif not moving(u):
        yield View(node, frozenset({"exponential"}), {"u": n, "a": u}, {"du": (n,)}, "", inside)
    else:
        yield View(node, frozenset({"logarithmic"}), {"u": u, "v": n}, {"du": (u,), "dv": (n,)}, "", inside)


def _exponential(node: Call, moving: Moving, inside: bool) -> Iterator[View]:  # noqa: ARG001 - a row of the table of forms
    (u,) = node.args
    yield View(node, frozenset({"exponential"}), {"u": u, "a": _E}, {"du": (u,)}, "", inside)


def _function(node: Call, moving: Moving, inside: bool) -> Iterator[View]:
    """A function on a card of one moving argument, which is the card's first."""
    if not ops.known(node.op):
        return
    card = ops.card(node.op)
    if card.notation in ("compare", "where") or not moving(node.args[0]) or any(moving(a) for a in node.args[1:]):
        return
    u = node.args[0]
    forms = {"function", node.op} | ({"activation"} if node.op in ACTIVATIONS else set())
    given = arguments(card, node.args)
    parts = {"u": u, **{p: given[Sym(p)] for p in card.params[1:]}}
    yield View(node, frozenset(forms), parts, {"du": (u,)}, node.op, inside)
    kernel = _beside_one(u) if node.op == "log" else None
    if kernel is not None:
        yield View(node, frozenset({"softplus"}), {"u": kernel}, {"du": (kernel,)}, "", inside)


_FORMS: Mapping[str, Callable[[Call, Moving, bool], Iterator[View]]] = {
    "add": _sum,
    "neg": _opposite,
    "mul": _product,
    "div": _fraction,
    "pow": _power,
    "exp": _exponential,
}
