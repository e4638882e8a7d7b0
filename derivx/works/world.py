"""What the names of a work stand for, and the values of its expressions at drawn points, with 180 digits.

``D(e, v)`` is measured: everything that stands on ``v`` is worked out again with ``v`` moved. Where ``e`` is not written with ``v``
but moves with it (``y = sin(x^2)``, ``u = x^2``), equal parts are first written with the name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any

from derivx.expr import Call, Diff, Expr, Num, Sym, children, div, names, num, pending, postorder, substitute, transform, with_children
from derivx.grading.precise import precise_space
from derivx.numeric import Scope, Unavailable, UnknownValue, evaluate
from derivx.numeric.evaluate import diff_height
from derivx.syntax.spelling import CONSTANTS

DIGITS = 180
_AGREE, _NOTHING = 1e-30, 1e-40
_MOST_HEIGHT = 4
ROUNDED = 2.5  # times the change that rounding the shown decimals can make
Definitions = Mapping[str, Expr]
Point = Mapping[str, Any]
Values = tuple[Any, ...]


def closure(e: Expr, definitions: Definitions) -> dict[str, None]:
    """The names an expression stands on, through the definitions."""
    found: dict[str, None] = {}
    todo = names(e)
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = None
            todo += names(definitions[name]) if name in definitions else []
    return found


def ordered(definitions: Definitions) -> bool:
    """Whether no name is defined by itself."""
    return all(n not in closure(e, definitions) for n, e in definitions.items())


class World:
    """Definitions, and values at the points."""

    def __init__(self, definitions: Definitions, points: Sequence[Point]) -> None:
        self.definitions, self.points = dict(definitions), points
        self.xp = precise_space(DIGITS)
        self._scopes: list[Scope] | None = None
        self._values: dict[Expr, Values] = {}
        self._prepared: dict[Expr, Expr] = {}

    def having(self, new: Definitions) -> World:
        """The world in which some names stand for something else."""
        return World({**self.definitions, **new}, self.points)

    def knows(self, e: Expr) -> bool:
        """Whether every name in an expression has a value."""
        return not self.unknown(e)

    def unknown(self, e: Expr) -> list[str]:
        """The names without a value, in order of appearance."""
        given = self.points[0] if self.points else {}
        wrt = {n.wrt.name for n in postorder(e) if isinstance(n, Diff)}
        return [n for n in names(e) if n not in given and n not in self.definitions and n not in CONSTANTS and n not in wrt] + [
            n for n in sorted(wrt) if n not in given and n not in self.definitions
        ]

    def values(self, e: Expr) -> Values:
        """The values at the points; ``None`` where there is none."""
        if e not in self._values:
            ready = self.prepared(e)
            self._values[e] = tuple(self.value(ready, i) for i in range(len(self.points)))
        return self._values[e]

    def value(self, e: Expr, i: int) -> Any:
        """The value at a point of an expression that is prepared."""
        if self._scopes is None:
            self._scopes = [Scope(p, self.definitions, self.xp) for p in self.points]
        try:
            found = evaluate(e, self._scopes[i])
        except (ArithmeticError, ValueError, TypeError, Unavailable, UnknownValue):
            return None
        number = found if not hasattr(found, "imag") or not found.imag else None
        return number if number is not None and self.xp.ctx.isfinite(number) else None

    def same(self, a: Expr, b: Expr) -> bool | None:
        """Whether two expressions have the same values; ``None`` where this cannot be told."""
        return agree(self.values(a), self.values(b))

    def zero(self, e: Expr) -> bool:
        """Whether an expression is zero at every point."""
        return all(v is not None and abs(v) < _NOTHING for v in self.values(e))

    # Pending derivatives.

    def prepared(self, e: Expr) -> Expr:
        """The expression with every pending derivative in a form that can be measured."""
        if not pending(e):
            return e
        if e not in self._prepared:
            self._prepared[e] = transform(e, self._measurable)
        found = self._prepared[e]
        if diff_height(found) > _MOST_HEIGHT:
            raise Unavailable("nested")
        return found

    def _measurable(self, node: Expr) -> Expr:
        if not isinstance(node, Diff):
            return node
        node = Diff(self._carried(node.body), node.wrt)
        v = node.wrt.name
        if v not in self.definitions or v in closure(node.body, self.definitions):
            return node
        return self._quotient(node) or node

    def _carried(self, body: Expr) -> Expr:
        """Inside a derivative, names that stand for derivatives are written out, so that their number is seen."""
        for _ in range(_MOST_HEIGHT):
            table: dict[Expr, Expr] = {
                Sym(n): self.definitions[n]
                for n in names(body)
                if n in self.definitions
                and any(pending(self.definitions[m]) for m in closure(Sym(n), self.definitions) if m in self.definitions)
            }
            if not table:
                break
            body = substitute(body, table)
        return body

    def _quotient(self, node: Diff) -> Expr | None:
        """``D(y, u)`` as ``D(y, x)/D(u, x)``, where ``y`` moves with ``u`` whichever input is moved."""
        given = self.points[0]
        inputs = [n for n in (closure(node.body, self.definitions) | closure(node.wrt, self.definitions)) if n in given]
        pairs = [(Diff(node.body, Sym(n)), Diff(node.wrt, Sym(n))) for n in inputs]
        if diff_height(node) > 2 or not pairs:
            return None
        moved = [(self._raw(a), self._raw(b)) for a, b in pairs]
        first = next((i for i, (_, b) in enumerate(moved) if all(v is not None and abs(v) > _NOTHING for v in b)), None)
        if first is None:
            return None
        top, low = moved[first]
        if any(None in a or None in b or not agree(_times(a, low), _times(b, top)) for a, b in moved):
            return None
        return div(*pairs[first])

    def _raw(self, e: Expr) -> Values:
        return tuple(self.value(e, i) for i in range(len(self.points)))


def _times(a: Values, b: Values) -> Values:
    return tuple(x * y for x, y in zip(a, b, strict=True))


def agree(a: Values, b: Values) -> bool | None:
    """Whether the second has the values of the first, wherever the first has any; ``None`` where it has none."""
    seen = False
    for x, y in zip(a, b, strict=True):
        if x is None:
            continue
        if y is None:
            return False
        seen = True
        if abs(x - y) > _AGREE * max(abs(x), abs(y)) + _NOTHING:
            return False
    return True if seen else None


# Parts that have a name.


def with_names(world: World, keep: Iterable[str] = ()) -> World:
    """The world in which definitions are written with the names of their parts: ``y = sin(x^2)`` with ``u = x^2`` is ``sin(u)``."""
    values = {n: world.values(Sym(n)) for n in world.definitions}
    named = {n: v for n, v in values.items() if None not in v and not pending(world.definitions[n]) and not _plain(world.definitions[n])}
    found = dict(world.definitions)
    for name, body in world.definitions.items():
        if name in keep or pending(body):
            continue
        others = {n: v for n, v in named.items() if n != name and not agree(v, values[name])}
        new = written_with(body, world, others)
        if new is not body and ordered({**found, name: new}):
            found[name] = new
    return World(found, world.points)


def _plain(e: Expr) -> bool:
    return not isinstance(e, Call) or not names(e)


def written_with(body: Expr, world: World, others: Mapping[str, Values]) -> Expr:
    """An expression in which every part that has the values of a name is that name; the largest parts first."""
    if not others or body.size > 400:
        return body

    def name_of(node: Expr) -> str | None:
        value = world.values(node)
        return next((n for n, v in others.items() if agree(v, value) and agree(value, v)), None) if None not in value else None

    return named(body, name_of)


def named(node: Expr, name_of: Callable[[Expr], str | None]) -> Expr:
    """An expression with names in place of its parts, the largest first."""
    if not isinstance(node, Call):
        return node
    name = name_of(node)
    if name is not None:
        return Sym(name)
    if node.op in ("add", "mul") and 2 < len(node.args) <= 6:
        for size in range(len(node.args) - 1, 1, -1):
            for some in combinations(range(len(node.args)), size):
                name = name_of(Call(node.op, tuple(node.args[i] for i in some)))
                if name is not None:
                    rest = tuple(named(a, name_of) for i, a in enumerate(node.args) if i not in some)
                    return Call(node.op, (Sym(name), *rest))
    return with_children(node, tuple(named(k, name_of) for k in children(node)))


# Names with a meaning of their own.


def is_delta(name: str) -> bool:
    """Whether a name is that of a derivative by a pre-activation: ``delta1``, ``δ_2``."""
    return name.lower().startswith(("delta", "δ"))


def before_functions(definitions: Definitions, *, last: bool = True) -> list[str]:
    """The names that go into a function of one argument; ``last``: and the last that goes into nothing but the output."""
    calls = [n for e in definitions.values() for n in postorder(e) if isinstance(n, Call) and len(n.args) == 1 and n.op != "neg"]
    used = {n.args[0].name for n in calls if isinstance(n.args[0], Sym)}
    final = [n for n in list(definitions)[-2:-1] if last and definitions[n] not in calls]
    return [n for n in definitions if n in used or n in final]


# Numbers.


def is_number(e: Expr) -> bool:
    """Whether an expression is made of numbers only."""
    return not [n for n in names(e) if n not in CONSTANTS]


def literals(e: Expr) -> list[Num]:
    """The numbers with decimals in an expression."""
    return [n for n in postorder(e) if isinstance(n, Num) and not isinstance(n.value, int)]


def slack(e: Expr, world: World, exact: set[str]) -> list[Any]:
    """How far rounding the decimals in an expression can have moved it, point by point."""
    total: list[Any] = [0 for _ in world.points]
    values = world.values(e)
    for literal in literals(e):
        if str(literal.value) in exact or not isinstance(literal.value, Decimal):
            continue
        half = num(literal.value + Decimal(5).scaleb(int(literal.value.as_tuple().exponent) - 1))
        moved = world.values(substitute(e, {literal: half}))
        total = [t + (abs(m - v) if m is not None and v is not None else 0) for t, m, v in zip(total, moved, values, strict=True)]
    return total
