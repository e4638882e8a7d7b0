"""The board: the current line, the lines written so far, the names in use."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from derivx import ops
from derivx.derive.step import Param, Step
from derivx.expr import Call, Diff, Expr, Path, Sym, add, at, children, mul, names, postorder, replace_at, substitute, written_out
from derivx.syntax import conditions, kink_equations, write

T = TypeVar("T")
CONSTANTS = frozenset({"e", "pi"})
_INNER = ("u", "v", "r", "q")
_VALUES = ("s",)
_FACTORS = ("g",)
_SHARES = ("p", "q", "r")
_POOLS = {"inner": _INNER, "value": _VALUES, "factor": _FACTORS, "share": _SHARES, "layer": ("a",)}


@dataclass
class Board:
    """The state of a derivation by hand.

    ``focus`` is the path of the part being worked on: for ``D(D(e, x), y)`` the inner derivative comes first.
    ``roles`` says what a name is for: an ``inner`` function (put back at the end), a ``value`` used again (kept), or a
    ``factor`` that keeps a line short (kept).
    """

    line: Expr
    where: dict[str, Expr] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    focus: Path = ()
    variable: str = ""
    size: int = 0
    budget: float = math.inf  # what the lines may cost
    taken: set[str] = field(default_factory=set)
    roles: dict[str, str] = field(default_factory=dict)
    _by_value: dict[Expr, str] = field(default_factory=dict)
    _level: dict[str, int] = field(default_factory=dict)
    _count: dict[str, int] = field(default_factory=dict)
    _free: dict[int, tuple[Expr, frozenset[str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.size = self.line.size  # of the question
        self.taken |= set(names(self.line)) | {n.op for n in postorder(self.line) if isinstance(n, Call)}

    # What depends on what.

    def free(self, expr: Expr) -> frozenset[str]:
        """The question's variables an expression depends on, through the definitions of names too."""
        for node in postorder(expr):
            if id(node) in self._free:
                continue
            if isinstance(node, Sym):
                definition = self.where.get(node.name)
                found = self.free(definition) if definition is not None else frozenset({node.name})
            else:
                found = frozenset[str]().union(*(self._free[id(k)][1] for k in children(node)))
            self._free[id(node)] = (node, found)
        return self._free[id(expr)][1]

    def depends(self, expr: Expr, name: str) -> bool:
        """Whether an expression depends on a variable or a name."""
        if name not in self.where:
            return name in self.free(expr)
        todo, seen = names(expr), set[str]()
        while todo:
            used = todo.pop()
            if used == name:
                return True
            # a definition is deeper than every name it uses
            if used in self.where and used not in seen and self._level[used] > self._level[name]:
                seen.add(used)
                todo.extend(names(self.where[used]))
        return False

    # Names.

    def name_for(self, value: Expr, role: str) -> tuple[Sym, dict[str, Expr]]:
        """The name of a value: the one it has, or a fresh one with its definition."""
        full = self.written_out(value)
        known = self._by_value.get(full) or self._by_value.get(value)
        if known and (role == "inner" or self.roles[known] != "inner"):
            return Sym(known), {}
        name = self._fresh(role)
        return Sym(name), self.define({name: full}, role)

    def another_name(self, value: Expr) -> tuple[Sym, dict[str, Expr]]:
        """A fresh name for a value that has one already."""
        name = self._fresh("inner")
        value = self.where.get(value.name, value) if isinstance(value, Sym) else value  # not by the name that it has
        return Sym(name), self.define({name: self.written_out(value)}, "inner")

    @property
    def values(self) -> frozenset[str]:
        """The names of values that stay in the answer."""
        return frozenset(n for n, role in self.roles.items() if role != "inner")

    def define(self, new: Mapping[str, Expr], role: str) -> dict[str, Expr]:
        """Enter definitions on the board."""
        self.where.update(new)
        self.taken.update(new)
        self._by_value.update({value: name for name, value in new.items()})
        self.roles.update(dict.fromkeys(new, role))
        for name, value in new.items():
            self.free(value)  # known now, so that no later question walks a long chain of definitions
            self._level[name] = 1 + max((self._level.get(n, 0) for n in names(value)), default=0)
        return dict(new)

    def _fresh(self, role: str) -> str:
        pool = _POOLS[role]
        plain = next((n for n in pool if n not in self.taken), None) if role not in ("factor", "layer") else None
        if plain:
            return plain
        number = self._count.get(role, 1)
        while f"{pool[0]}{number}" in self.taken:
            number += 1
        self._count[role] = number
        return f"{pool[0]}{number}"

    def written_out(self, value: Expr) -> Expr:
        """A definition with the names in it written out, as long as it stays short enough to read (layers keep their names)."""
        used: dict[Expr, Expr] = {Sym(n): self.where[n] for n in names(value) if n in self.where and self.roles[n] != "layer"}
        if not used:
            return value
        full = substitute(value, used)
        return full if len(write(full)) <= 72 else value

    # Lines.

    @property
    def part(self) -> Expr:
        """The part of the line being worked on."""
        return at(self.line, self.focus)

    def full(self, expr: Expr) -> Expr:
        """An expression with every name written out (or not, where that grows beyond what can be compared)."""
        return written_out(expr, self.where)

    def write(
        self,
        rule: str,
        path: Path,
        new: Expr,
        params: Mapping[str, Param] | None = None,
        names: Mapping[str, Expr] | None = None,
        about: Iterable[Call] = (),
    ) -> None:
        """A new line: the part at ``path`` (below the focus) becomes ``new``. ``about``: calls whose domain and kinks it states."""
        whole = (*self.focus, *path)
        after = put(self.line, whole, new)
        stated = [c for call in about for c in conditions(call)] if about else []
        kinks = [k for call in about for k in kink_equations(call)]
        self.steps.append(Step(self.line, after, rule, whole, params or {}, names or {}, _unique(stated), _unique(kinks)))
        self.line = after


def _unique(rows: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(rows))


def put(line: Expr, path: Path, new: Expr) -> Expr:
    """Replace a part; a product put into a product, or a sum into a sum, needs no bracket."""
    if path and isinstance(new, Call) and new.op in ("mul", "add"):
        parent = at(line, path[:-1])
        if isinstance(parent, Call) and parent.op == new.op:
            args = (*parent.args[: path[-1]], *new.args, *parent.args[path[-1] + 1 :])
            return replace_at(line, path[:-1], Call(parent.op, args))
    return replace_at(line, path, new)


def spread(op: str, parts: Iterable[Expr]) -> Expr:
    """A sum or product of parts, without brackets around parts that are one themselves."""
    flat = [q for p in parts for q in (p.args if isinstance(p, Call) and p.op == op else (p,))]
    return (mul if op == "mul" else add)(*flat)


def reducible(node: Expr, where: Mapping[str, Expr]) -> bool:
    """Whether a pending derivative can be carried out: ``D(y(x), x)`` of an undefined function cannot."""
    if not isinstance(node, Diff):
        return False
    body = node.body
    while isinstance(body, Diff):
        body = body.body
    if isinstance(body, Sym) and body.name in where and isinstance(where[body.name], Call):
        body = where[body.name]  # what the name stands for
    if not isinstance(body, Call) or ops.known(body.op) or not all(isinstance(a, Sym) for a in body.args):
        return True
    return len(body.args) == 1 and isinstance(body.args[0], Sym) and body.args[0].name in where
