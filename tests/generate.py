"""Random expressions, seeded: any tree the language can write, and questions that have a derivative in ``x``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random

from derivx import ops as registry
from derivx.expr import Call, Diff, Expr, Num, Sym, add, div, mul, names, neg, power
from derivx.ops import Op
from derivx.syntax import read

NAMES = ("x", "y", "z", "w", "b", "t", "x1", "w12", "y_hat", "w_in", "theta", "alpha", "sigma", "lambda", "D", "E", "x'", "dx", "e", "pi")
UNDEFINED = ("f", "g", "h", "f'", "g''", "f2")
SMALL = (Num(0), Num(1), Num(2), Num(3), Num(Decimal("0.5")), Num(Decimal("2.0")))
COMPARISONS = ("gt", "lt", "ge", "le", "eq", "ne")

# Where the names of a scalar question may be sampled.
DOMAIN = {"x": (0.3, 0.9), "w": (0.4, 1.1), "b": (0.2, 0.7), "t": (0.3, 0.8)}


def expression(rng: Random, size: int, ops: Sequence[Op] | None = None) -> Expr:
    """A random expression of about ``size`` nodes over every card (or ``ops``), with names, numbers, ``D`` and ``f``."""
    if size <= 1:
        return _leaf(rng)
    cards = [c for c in ops or registry.cards() if c.notation != "compare"]
    kind = rng.random()
    if kind < 0.06:
        return Diff(expression(rng, size - 2, ops), Sym(rng.choice(NAMES)))
    if kind < 0.12:
        return Call(rng.choice(UNDEFINED), _parts(rng, size, rng.choice((1, 1, 2)), ops))
    card = rng.choice(cards)
    if kind < 0.4 and ops is None:  # what most expressions are made of
        card = registry.card(rng.choice(("add", "mul", "neg", "div", "pow")))
    if card.name == "where":
        condition = Call(rng.choice(COMPARISONS), _parts(rng, size // 3, 2, ops))
        return Call("where", (condition, *_parts(rng, 2 * size // 3, 2, ops)))
    args = _parts(rng, size, _count(rng, card), ops)
    if card.name == "pow":  # numbers stay within the reader's bound
        args = (_named(args[0]), args[1] if args[1] in SMALL else _named(args[1]))
    return Call(card.name, args)


def _count(rng: Random, card: Op) -> int:
    """How many arguments: any allowed number, the defaults given or left out."""
    most = len(card.params)
    return rng.randint(2, 4) if card.nary else rng.randint(most - len(card.defaults), most)


def _parts(rng: Random, size: int, count: int, ops: Sequence[Op] | None) -> tuple[Expr, ...]:
    left = max(size - 1, count)
    sizes = [1 + int(rng.random() * 2 * left / count) for _ in range(count)]
    return tuple(expression(rng, min(s, left), ops) for s in sizes)


def _leaf(rng: Random) -> Expr:
    kind = rng.random()
    if kind < 0.7:
        return Sym(rng.choice(NAMES))
    if kind < 0.9:
        return Num(rng.choice((0, 1, 2, 3, 7, 10, 255, 10**20)))
    return Num(Decimal(rng.choice(("0.5", "2.0", "0.044715", "1e-30", "12.50", "3e5"))))


def _named(part: Expr) -> Expr:
    return part if set(names(part)) - {"e", "pi"} else mul(part, Sym("x"))


# Questions with a derivative: each card's argument is led into the card's domain.


def scalar_question(rng: Random, ops: Sequence[Op] | None = None) -> Expr:
    """A real expression in ``x`` (and ``w``, ``b``, ``t``), defined and differentiable almost everywhere in ``DOMAIN``."""
    cards = [c for c in ops or registry.cards() if c.notation != "compare"]
    question = _tame(rng, rng.randint(1, 3), cards)
    return question if "x" in names(question) else mul(question, Sym("x"))


def _tame(rng: Random, levels: int, cards: Sequence[Op]) -> Expr:
    if levels == 0:
        return _simple(rng)
    card = rng.choice(cards)
    if card.name == "where":
        test = Call(rng.choice(COMPARISONS), (_simple(rng), _simple(rng)))
        return Call("where", (test, _tame(rng, levels - 1, cards), _tame(rng, levels - 1, cards)))
    if card.name == "pow":
        return _power(rng, _tame(rng, levels - 1, cards))
    if card.name == "polygamma":
        return Call("polygamma", (Num(rng.randint(0, 2)), _above(rng, _simple(rng))))
    count = _count(rng, card)
    lead = [_inside(card, i) for i in range(count)]
    calm = card.name in _STEEP
    return Call(card.name, tuple(go(rng, _simple(rng) if calm else _tame(rng, levels - 1, cards)) for go in lead))


_STEEP = {"exp", "expm1", "sinh", "cosh", "gamma", "lgamma", "digamma", "cbrt"}


def _simple(rng: Random) -> Expr:
    """A short expression whose values are of the size of its names."""
    x, w, b = Sym("x"), Sym(rng.choice(("w", "t"))), Sym("b")
    return rng.choice((x, x, mul(w, x), add(mul(w, x), b), add(x, neg(b)), neg(x), mul(Num(2), x), power(x, Num(2)), div(x, w)))


def _power(rng: Random, base: Expr) -> Expr:
    if rng.random() < 0.7:
        return power(base, Num(rng.randint(2, 3)))
    exponent = rng.choice((_simple(rng), neg(Num(1)), div(Num(1), Num(2))))
    return power(_above(rng, base), exponent)


def _free(_: Random, part: Expr) -> Expr:
    return part


def _above(rng: Random, part: Expr) -> Expr:
    """Above 1, whatever ``part`` is, and not large."""
    bounded = Call(rng.choice(("sin", "tanh")), (part,))
    return rng.choice((add(Num(2), bounded), add(power(bounded, Num(2)), Num(Decimal("1.5")))))


def _unit(rng: Random, part: Expr) -> Expr:
    """Between -1 and 1, and not near either."""
    return rng.choice((div(Call("tanh", (part,)), Num(2)), div(Call("sin", (part,)), Num(2))))


def _fraction(_: Random, part: Expr) -> Expr:
    """Between 0 and 1."""
    return div(add(Num(2), Call("sin", (part,))), Num(4))


def _inside(card: Op, index: int) -> Callable[[Random, Expr], Expr]:
    """What leads any value into the domain of one argument of a card."""
    name = card.params[min(index, len(card.params) - 1)]
    about = {c.replace(f"({name})", "(_)").replace(f"{name} ", "_ ") for c in card.conditions if name in _names_of(c)}
    if not about:
        return _free
    if about & {"_ < 1"}:
        return _fraction
    return _unit if about & {"abs(_) < 1", "cos(_) != 0"} else _above


def _names_of(condition: str) -> list[str]:
    left, _, right = condition.replace("!=", "=").replace(">", "=").replace("<", "=").partition("=")
    return names(read(left), read(right.strip("= ")))
