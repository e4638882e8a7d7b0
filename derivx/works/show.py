"""The right chain of derivatives in place of a wrong one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from derivx.expr import Diff, Expr, Sym, add, mul, names, postorder
from derivx.syntax import write
from derivx.works.sheet import helper

_MOST_PATHS = 4


def chain_of(statement: Any, judge: Any) -> str:
    """For a wrong product of derivatives: the product along the paths that there are."""
    left, part = statement.left, statement.parts[0] if statement.parts else None
    if not isinstance(left, Diff) or not isinstance(left.body, Sym) or part is None:
        return ""
    links = [n for n in postorder(part) if isinstance(n, Diff) and isinstance(n.body, Sym)]
    if len(links) < 2:
        return ""
    found = paths(left.body.name, left.wrt.name, judge.truth.definitions)
    if not 0 < len(found) <= _MOST_PATHS:
        return ""
    return f"{write(left)} = {write(add(*(_product(p) for p in found)))}"


def _product(path: tuple[str, ...]) -> Expr:
    return mul(*(Diff(Sym(a), Sym(b)) for a, b in pairwise(path)))


def paths(output: str, wrt: str, definitions: Mapping[str, Expr]) -> list[tuple[str, ...]]:
    """The ways down from one name to another, through the definitions; at most a few more than are shown."""
    found: list[tuple[str, ...]] = []
    todo: list[tuple[str, ...]] = [(output,)]
    for _ in range(10_000):
        if not todo or len(found) > _MOST_PATHS:
            break
        path = todo.pop()
        if path[-1] == wrt:
            found.append(path)
            continue
        below = [n for n in names(definitions[path[-1]]) if not helper(n)] if path[-1] in definitions else []
        todo += [(*path, n) for n in reversed(below) if n not in path]
    return found
