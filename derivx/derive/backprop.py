"""Back-propagation: every derivative of the output by a node computed once, named, and used again.

The adjoint of a node is the sum, over the nodes that use it, of their adjoint times the local derivative: the chain rule on a
graph, and dynamic programming. ``D(L, z)`` is the name of the adjoint of ``z``; a short one is written out instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from derivx import ops
from derivx.derive.board import Board
from derivx.derive.local import local, product, total
from derivx.derive.look import measure
from derivx.derive.polish import polish
from derivx.derive.step import Derivation, Step
from derivx.errors import UsageError
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Sym, add, mul, names, postorder, substitute
from derivx.graph.graph import Graph
from derivx.syntax import conditions, kink_equations

_SHORT = 6  # nodes of an adjoint that is written out wherever it is used
_CLOSED = 60  # nodes up to which an adjoint without others in it is merged with the next


class Link(NamedTuple):
    """One path's last step: the node that uses this one, and its local derivative."""

    user: int
    local: Expr


class Adjoint(NamedTuple):
    """The derivative of the output by a node: links to the nodes that use it, and a simplified formula over other adjoints' names."""

    at: int
    links: tuple[Link, ...]
    formula: Expr


@dataclass(frozen=True)
class Sweep:
    """A backward sweep: the adjoints of the nodes between the output and the names asked for, from the output back."""

    graph: Graph
    wrt: tuple[str, ...]
    adjoints: Mapping[int, Adjoint]
    shown: Mapping[int, Expr]  # what stands for an adjoint in others: its name, or itself where it is short

    @property
    def output(self) -> Sym:
        """The name of the result."""
        return Sym(self.graph.nodes[self.graph.output].name)

    def name(self, at: int) -> Diff:
        """The name of an adjoint, ``D(L, z)``."""
        return Diff(self.output, Sym(self.graph.nodes[at].name))

    def gradient(self, name: str) -> Expr:
        """The adjoint of a name; 0 where the output does not depend on it."""
        at = self.graph.at.get(name, -1)
        return self.adjoints[at].formula if at in self.adjoints else ZERO

    @cached_property
    def formulas(self) -> dict[Expr, Expr]:
        """The adjoints by name."""
        return {self.name(at): a.formula for at, a in self.adjoints.items()}

    def factor(self, at: int, link: Link) -> Expr:
        """What a link contributes beside the adjoint of its user: ``D(u, z)``, or the local derivative where z reaches u otherwise too.

        ``D(u, z)`` is the whole derivative of u by z; along one link among several only the direct part of it counts.
        """
        if link.user in self._reached_twice(at):
            return link.local
        return Diff(Sym(self.graph.nodes[link.user].name), Sym(self.graph.nodes[at].name))

    def _reached_twice(self, at: int) -> set[int]:
        """The users of a node that it reaches through other users, too."""
        users = {link.user for link in self.adjoints[at].links}
        found: set[int] = set()
        if len(users) < 2:
            return found
        todo, seen, last = list(users), set[int](), max(users)
        while todo:
            here = todo.pop()
            for user in self.graph.users[here]:
                if user <= last and user not in seen:
                    seen.add(user)
                    todo.append(user)
        return users & seen

    def lines(self, at: int) -> Derivation:
        """The adjoint of a node line by line: the chain rule along its links, local derivatives, stored values, algebra."""
        return _Lines(self, at).run()


def backprop(graph: Graph, wrt: Sequence[str]) -> Sweep:
    """The backward sweep over a graph. Raises ``UsageError`` for an unknown name, ``NotSupported`` where no rule applies."""
    unknown = next((name for name in wrt if name not in graph.at and name not in graph.values), None)
    if unknown is not None:
        raise UsageError("no_such_variable", name=unknown)
    order = graph.between(tuple(graph.at[name] for name in wrt if name in graph.at))
    asked = set(order)
    nodes, output = graph.nodes, Sym(graph.nodes[graph.output].name)
    links: dict[int, list[Link]] = {at: [] for at in order}
    adjoints: dict[int, Adjoint] = {}
    shown: dict[int, Expr] = {}
    opened = set[int]()  # nodes whose adjoint has the name of another in it
    for at in order:
        node = nodes[at]
        mine = tuple(reversed(links[at]))  # in the order of the forward sweep
        formula = ONE if at == graph.output else total([product(shown[link.user], link.local) for link in mine] or [ZERO])
        closed = not any(isinstance(shown[link.user], Diff) for link in mine)
        if len(mine) == 1 and mine[0].user not in opened and (merged := _merged(adjoints[mine[0].user].formula, mine[0].local, formula)):
            formula, closed = merged, True
        if not closed:
            opened.add(at)
        adjoints[at] = Adjoint(at, mine, formula)
        written = (closed and formula.size <= _SHORT) or isinstance(formula, Diff)
        shown[at] = formula if written else Diff(output, Sym(node.name))
        if node.formula is None or asked.isdisjoint(node.args):
            continue
        table = local(node.formula, Sym(node.name))
        for arg in node.args:
            if arg in asked:
                links[arg].append(Link(at, table[nodes[arg].name]))
    return Sweep(graph, tuple(wrt), adjoints, shown)


def _merged(upstream: Expr, factor: Expr, plain: Expr) -> Expr | None:
    """The product written out and simplified, if that is shorter: (p - y)/(p*(1 - p)) * p*(1 - p) is p - y."""
    if isinstance(factor, Num | Sym) or upstream.size > _CLOSED or upstream.size <= _SHORT:
        return None
    whole = mul(upstream, factor)
    found = names(whole)
    there: dict[Expr, Expr] = {Sym(name): Sym(f"v{i}") for i, name in enumerate(found)}
    back: dict[Expr, Expr] = {v: k for k, v in there.items()}
    final = substitute(_polished(substitute(whole, there)), back)
    return final if measure(final) < measure(plain) else None


@lru_cache(maxsize=1024)
def _polished(whole: Expr) -> Expr:
    board = Board(whole)
    polish(board)
    return board.line


class _Lines:
    """The lines of one adjoint."""

    def __init__(self, sweep: Sweep, at: int) -> None:
        self.sweep, self.at = sweep, at
        self.question = sweep.name(at)
        self.steps: list[Step] = []
        self.line: Expr = self.question

    def run(self) -> Derivation:
        sweep, adjoint, nodes = self.sweep, self.sweep.adjoints[self.at], self.sweep.graph.nodes
        own = Sym(nodes[self.at].name)
        if self.at == sweep.graph.output:
            self.write("identity", ONE)
        elif not adjoint.links:
            self.write("constant", ZERO)
        else:
            users = [Sym(nodes[link.user].name) for link in adjoint.links]
            factors = [sweep.factor(self.at, link) for link in adjoint.links]
            chain = [mul(Diff(sweep.output, u), f) if u != sweep.output else f for u, f in zip(users, factors, strict=True)]
            if users != [sweep.output]:
                self.write("paths" if len(users) > 1 else "backward", add(*chain), u=users[0])
            self.write("local", add(*self.terms(sweep.name)), about=[nodes[link.user].formula for link in adjoint.links])
            self.write("stored", add(*self.terms(sweep.shown.__getitem__)))
            self.polish(adjoint.formula)
        return Derivation(self.question, (own.name,), tuple(self.steps), {**sweep.graph.definitions})

    def terms(self, upstream: Callable[[int], Expr]) -> list[Expr]:
        nodes, out = self.sweep.graph, list[Expr]()
        for link in self.sweep.adjoints[self.at].links:
            parts = [upstream(link.user)] if link.user != nodes.output else []
            parts += list(link.local.args) if isinstance(link.local, Call) and link.local.op == "mul" else [link.local]
            out.append(mul(*parts))
        return out

    def polish(self, final: Expr) -> None:
        """To the simplified adjoint, by named moves where they lead there."""
        if self.line == final:
            return
        board = Board(self.line)
        polish(board)
        if board.line == final:
            self.steps += board.steps
            self.line = final
        else:
            self.write("tidy", final)

    def write(self, rule: str, new: Expr, about: Sequence[Expr | None] = (), **params: Expr) -> None:
        if new == self.line:
            return
        calls = [n for formula in about if formula is not None for n in postorder(formula) if isinstance(n, Call) and ops.known(n.op)]
        stated = tuple(dict.fromkeys(c for call in calls for c in conditions(call)))
        kinks = tuple(dict.fromkeys(k for call in calls for k in kink_equations(call)))
        self.steps.append(Step(self.line, new, rule, (), params, {}, stated, kinks))
        self.line = new
