"""Which name stands on which, through the definitions of a derivation; each question answered without walking them all."""

from __future__ import annotations

from collections.abc import Mapping

from derivx.expr import Expr, names


class Definitions:
    """The names of a derivation, each with the question's variables it stands on and its depth."""

    def __init__(self, where: Mapping[str, Expr]) -> None:
        self.where = where
        self.used: dict[str, list[str]] = {n: names(e) for n, e in where.items()}
        self.free: dict[str, frozenset[str]] = {}
        self.level: dict[str, int] = {}
        for first in where:
            self._enter(first)

    def _enter(self, first: str) -> None:
        todo = [first]
        while todo:
            top = todo[-1]
            missing = [n for n in self.used[top] if n in self.where and n not in self.level]
            if missing:
                todo.extend(missing)
                continue
            todo.pop()
            parts = self.used[top]
            self.level[top] = 1 + max((self.level.get(n, 0) for n in parts), default=0)
            self.free[top] = frozenset[str]().union(*(self.free[n] if n in self.where else {n} for n in parts))

    def depends(self, name: str, on: str) -> bool:
        """Whether a defined name stands on a variable, or on another name."""
        if on not in self.where:
            return on in self.free[name]
        todo, seen = [name], set[str]()
        while todo:
            for n in self.used[todo.pop()]:
                if n == on:
                    return True
                # a definition is deeper than every name it uses
                if n in self.where and n not in seen and self.level[n] > self.level[on]:
                    seen.add(n)
                    todo.append(n)
        return False
