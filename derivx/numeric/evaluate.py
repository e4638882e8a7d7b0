"""The value of an expression: cards' values over a namespace, names from a scope, pending derivatives by the namespace.

``D(e, v)`` means: expand the definitions in ``e`` down to ``v`` and no further, differentiate, put ``v``'s value back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Protocol

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Sym, children, names
from derivx.ops import Op
from derivx.syntax import definition
from derivx.syntax.formulas import arguments

Value = Any


class Unavailable(Exception):
    """The namespace lacks something that a value needs; the message is a key of the word tables."""


class UnknownValue(Exception):
    """A name has no value."""


class Namespace(Protocol):
    """What ``value(xp, ...)`` of a card and the evaluator may ask of a library."""

    pi: Value
    e: Value

    def number(self, value: Any) -> Value:
        """An exact number (an ``int``, or the text of a decimal) as a value."""

    def diff(self, f: Callable[[Value], Value], at: Value, height: int) -> Value:
        """The derivative of ``f`` at a point; ``height`` counts the derivatives nested inside ``f``, plus one."""

    def undefined(self, name: str, args: tuple[Value, ...]) -> Value:
        """The value of an undefined function ``f``, or of its derivative ``f'``."""


class Scope:
    """Values by name: some given, others by definition, computed when first asked for and kept."""

    def __init__(self, given: Mapping[str, Value], definitions: Mapping[str, Expr], xp: Any, *, curve: Any = None) -> None:
        self.given, self.definitions, self.xp, self.curve = dict(given), definitions, xp, curve
        self.known: dict[str, Value] = {}
        self.levels: Mapping[str, int] = _levels(definitions) if definitions else {}
        self._above: Scope | None = None  # where the values are that a moved name does not touch
        self._level = 0
        self._inside: dict[str, Scope] = {}
        self._values: dict[Expr, Value] = {}

    def value(self, name: str) -> Value:
        """The value of a name. Raises ``UnknownValue``."""
        if name in self.given:
            return self.given[name]
        if self._above is not None and self._untouched(name):
            return self._above.value(name)
        if name not in self.known and name in self.definitions:
            self._need(name)
        if name in self.known:
            return self.known[name]
        if name in ("e", "pi"):
            return getattr(self.xp, name)
        raise UnknownValue(name)

    def _untouched(self, name: str) -> bool:
        """Whether a name keeps its value when the moved name changes: it is the question's, or no deeper than the moved one."""
        return self.levels.get(name, 0) <= self._level

    def _waits(self, name: str) -> bool:
        """Whether a name is defined and not yet computed here."""
        here = self._above is None or not self._untouched(name)
        return here and name in self.definitions and name not in self.given and name not in self.known

    def _need(self, name: str) -> None:
        """Compute a defined name and those it stands on, without recursion."""
        todo = [name]
        while todo:
            top = todo[-1]
            missing = [n for n in names(self.definitions[top]) if self._waits(n)]
            if missing:
                todo.extend(missing)
                continue
            todo.pop()
            if top not in self.known:
                self.known[top] = evaluate(self.definitions[top], self)

    def moved(self, name: str, value: Value) -> Scope:
        """The scope in which ``name`` has another value: what stands on it is computed anew."""
        scope = Scope({name: value}, {}, self.xp, curve=self.curve)
        scope.definitions, scope.levels = self.definitions, self.levels
        scope._above, scope._level = self, self.levels.get(name, 0)
        return scope

    def derivative(self, node: Diff, height: int) -> Value:
        """The value of a pending derivative, kept for the next line that has it."""
        if node not in self._values:
            self._values[node] = self._derivative(node, height)
        return self._values[node]

    def _derivative(self, node: Diff, height: int) -> Value:
        name, body = node.wrt.name, node.body
        if self.curve is not None and body == Sym(self.curve[0]):
            return self.curve[2](self, name)
        shift = getattr(self.xp, "shift", None)
        if shift is not None and height == 1:
            # one perturbed scope serves every derivative by the same name
            if name not in self._inside:
                self._inside[name] = self.moved(name, shift(self.value(name)))
            return self.xp.read_shift(evaluate(body, self._inside[name]))
        return self.xp.diff(lambda t: evaluate(body, self.moved(name, t)), self.value(name), height)


def _levels(definitions: Mapping[str, Expr]) -> dict[str, int]:
    """How many definitions deep each name stands; a name cannot depend on one of its own level."""
    levels: dict[str, int] = {}
    for first in definitions:
        todo = [first]
        while todo:
            top = todo[-1]
            used = [n for n in names(definitions[top]) if n in definitions]
            missing = [n for n in used if n not in levels]
            if missing and len(todo) <= len(definitions):
                todo.extend(missing)
                continue
            todo.pop()
            levels[top] = 1 + max((levels.get(n, 0) for n in used), default=0)
    return levels


def evaluate(root: Expr, scope: Scope) -> Value:
    """The value of an expression in a scope. Shared parts are computed once; nothing recurses but nested ``D``.

    Raises ``UnknownValue`` for a name without a value and ``Unavailable`` where the library lacks a function.
    """
    xp = scope.xp
    done: dict[int, Value] = {}
    heights: dict[int, int] = {}
    for node in _order(root, heights):
        if isinstance(node, Num):
            done[id(node)] = xp.number(node.value)
        elif isinstance(node, Sym):
            done[id(node)] = scope.value(node.name)
        elif isinstance(node, Diff):
            done[id(node)] = scope.derivative(node, heights[id(node)])
        else:
            assert isinstance(node, Call)
            done[id(node)] = apply(node, [done[id(a)] for a in node.args], scope)
    return done[id(root)]


def _order(root: Expr, heights: dict[int, int]) -> list[Expr]:
    """The parts to be valued, leaves first, derivatives not entered; and how deep derivatives nest in each."""
    out: list[Expr] = []
    seen: set[int] = set()
    todo: list[tuple[Expr, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            out.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            if isinstance(node, Diff):
                heights[id(node)] = diff_height(node)
            else:
                todo.extend((kid, False) for kid in reversed(children(node)))
    return out


def diff_height(root: Expr) -> int:
    """How many derivatives are nested in one another."""
    best = 0
    todo: list[tuple[Expr, int]] = [(root, 0)]
    seen: set[tuple[int, int]] = set()
    while todo:
        node, above = todo.pop()
        if (id(node), above) in seen:
            continue
        seen.add((id(node), above))
        here = above + isinstance(node, Diff)
        best = max(best, here)
        todo.extend((kid, here) for kid in children(node))
    return best


def apply(node: Call, args: list[Value], scope: Scope) -> Value:
    """The value of one call over the values of its arguments."""
    xp = scope.xp
    if not ops.known(node.op):
        return xp.undefined(node.op, tuple(args))
    op = ops.card(node.op)
    return card_value(op, node, args, scope)


def card_value(op: Op, node: Call, args: list[Value], scope: Scope) -> Value:
    """A card's value over a namespace: a function, or a formula of the user's own."""
    xp = scope.xp
    if op.nary:
        assert callable(op.value)
        value = op.value
        return reduce(lambda a, b: value(xp, a, b), args)
    args += [evaluate(arguments(op, node.args)[Sym(name)], scope) for name in op.params[len(args) :]]
    formula = definition(op)
    if formula is None:
        assert callable(op.value)
        return op.value(xp, *args)
    return evaluate(formula, Scope(dict(zip(op.params, args, strict=True)), {}, xp))
