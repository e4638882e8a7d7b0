"""Many formulas valued in one pass: a list of operations, each over positions of values already there.

What ``evaluate`` does for one formula with ``D`` in it, a tape does for a program without: no table of names, no recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Sym
from derivx.numeric.evaluate import Scope, Unavailable, UnknownValue, Value, evaluate
from derivx.syntax.formulas import arguments, definition

_SHARED = 200  # nodes from which on a part is looked for a second time
_Run = Callable[[Any, list[Value]], Value]


@dataclass(frozen=True)
class Tape:
    """The operations of named formulas: ``steps`` are (operation, positions of its arguments, or a number)."""

    inputs: tuple[str, ...]
    constants: tuple[tuple[int, Any], ...]
    steps: tuple[tuple[int, _Run, tuple[int, ...]], ...]
    positions: Mapping[str, int]
    size: int
    parts: Mapping[str, tuple[int, int]]  # which of the steps compute a name
    waits: Mapping[str, tuple[str, ...]]  # the derivatives by name that a formula uses

    def run(self, xp: Any, given: Mapping[str, Value], shift: Mapping[str, Value] | None = None) -> list[Value]:
        """The values of all positions. ``shift`` is added to the named values before others use them.

        Raises ``UnknownValue`` for an input without a value.
        """
        values = self.start(xp, given)
        moved = {self.positions[n]: by for n, by in (shift or {}).items()}
        for at in moved.keys() & {self.positions[n] for n in self.inputs}:
            values[at] = values[at] + moved[at]
        if not moved:
            for at, f, args in self.steps:
                values[at] = f(xp, [values[a] for a in args])
            return values
        for at, f, args in self.steps:
            value = f(xp, [values[a] for a in args])
            values[at] = value + moved[at] if at in moved else value
        return values

    def start(self, xp: Any, given: Mapping[str, Value]) -> list[Value]:
        """The values before any operation: numbers and inputs."""
        values: list[Value] = [None] * self.size
        for at, number in self.constants:
            values[at] = xp.number(number)
        for name in self.inputs:
            if name not in given and name not in ("e", "pi"):
                raise UnknownValue(name)
            values[self.positions[name]] = given[name] if name in given else getattr(xp, name)
        return values

    def step(self, name: str, xp: Any, values: list[Value]) -> Value:
        """The value of one name from those it stands on; it is put among the values."""
        first, last = self.parts[name]
        for at, f, args in self.steps[first:last]:
            values[at] = f(xp, [values[a] for a in args])
        return values[self.positions[name]]


def tape(formulas: Iterable[tuple[str, Expr]]) -> Tape:
    """The tape of formulas by name, each over inputs and the names before it.

    A derivative ``D(L, z)`` of one name by another counts as a name, ``D(L, z)``. Raises ``Unavailable`` for any other.
    """
    positions: dict[str, int] = {}
    inputs: list[str] = []
    constants: dict[Any, int] = {}
    steps: list[tuple[int, _Run, tuple[int, ...]]] = []
    parts: dict[str, tuple[int, int]] = {}
    waits: dict[str, tuple[str, ...]] = {}
    count = 0
    for name, formula in formulas:
        at: dict[int, int] = {}
        first, used = len(steps), list[str]()
        for node in _outermost(formula):
            if isinstance(node, Call):
                steps.append((count, _operation(node), tuple([at[id(a)] for a in node.args])))
                at[id(node)] = count
                count += 1
            elif isinstance(node, Num):
                if node.value not in constants:
                    constants[node.value] = count
                    count += 1
                at[id(node)] = constants[node.value]
            else:
                known = adjoint_name(node) if isinstance(node, Diff) else node.name  # type: ignore[attr-defined]
                if isinstance(node, Diff):
                    used.append(known)
                if known not in positions:
                    positions[known] = count
                    inputs.append(known)
                    count += 1
                at[id(node)] = positions[known]
        last = at[id(formula)]
        if len(steps) > first and steps[-1][0] == last:
            positions[name] = last
        else:  # another name for a value
            steps.append((count, _same, (last,)))
            positions[name] = count
            count += 1
        parts[name] = first, len(steps)
        if used:
            waits[name] = tuple(dict.fromkeys(used))
    return Tape(tuple(inputs), tuple((i, n) for n, i in constants.items()), tuple(steps), positions, count, parts, waits)


def adjoint_name(node: Diff) -> str:
    """What a derivative of one name by another is called on a tape. Raises ``Unavailable`` for a derivative of anything else."""
    if not isinstance(node.body, Sym):
        raise Unavailable("pending")
    return f"D({node.body.name}, {node.wrt.name})"


def _outermost(formula: Expr) -> list[Expr]:
    """The parts, arguments before what uses them; derivatives are not entered, and a large shared part comes once."""
    out, todo = list[Expr](), [formula]
    if formula.size > _SHARED:
        return _once(formula)
    while todo:
        node = todo.pop()
        out.append(node)
        if isinstance(node, Call):
            todo.extend(node.args)
    return out[::-1]


def _once(formula: Expr) -> list[Expr]:
    out, seen = list[Expr](), set[int]()
    todo = [(formula, False)]
    while todo:
        node, ready = todo.pop()
        if ready or not isinstance(node, Call):
            out.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo.extend((arg, False) for arg in reversed(node.args))
    return out


def _same(_xp: Any, args: Sequence[Value]) -> Value:
    return args[0]


def _operation(node: Call) -> _Run:
    if not ops.known(node.op):
        return lambda xp, args: xp.undefined(node.op, tuple(args))
    return _whole(node.op, len(node.args)) or _with_defaults(node)


@cache
def _whole(name: str, count: int) -> _Run | None:
    """A card's value over all of its arguments; ``None`` where some are left out."""
    op = ops.card(name)
    formula, value = definition(op), op.value
    if not op.nary and count < len(op.params):
        return None
    if formula is not None:
        return lambda xp, args: evaluate(formula, Scope(dict(zip(op.params, args, strict=True)), {}, xp))
    assert callable(value)
    if op.nary:
        return lambda xp, args: reduce(lambda a, b: value(xp, a, b), args)
    return lambda xp, args: value(xp, *args)


def _with_defaults(node: Call) -> _Run:
    op = ops.card(node.op)
    missing = [arguments(op, node.args)[Sym(name)] for name in op.params[len(node.args) :]]
    whole = _whole(op.name, len(op.params))
    assert whole is not None
    return lambda xp, args: whole(xp, [*args, *(evaluate(m, Scope({}, {}, xp)) for m in missing)])
