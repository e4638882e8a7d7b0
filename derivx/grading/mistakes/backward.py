"""A backward pass over numbers in which any one edge may be pulled back wrongly: what a mistaken rule makes of the whole answer.

The right pullback of every edge is measured by the complex step, so that the mistaken ones beside it need no right ones written down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym, is_text, names, postorder
from derivx.grading.mistakes.forms import ACTIVATIONS
from derivx.grading.stacks import Stacks
from derivx.numeric import COMPLEX, REAL, space

Pull = Callable[[Any], Any]
_STEP = 1e-100  # of one operation at a time, whose values may be small: the shares of a softmax
_WORDS = ("all", "last")


@dataclass(frozen=True, slots=True)
class Edge:
    """Part ``i`` of a node on the way to the variable. Values have the draws as their first axis; ``plain``: numbers, sizes and axes;
    ``square``: what can be symmetric.

    ``above``: the entry-wise edges that lead to this node, the nearest first, as long as each is the only one.
    """

    node: Call
    i: int
    args: tuple[Any, ...]
    y: Any
    forms: frozenset[str]
    moves: tuple[bool, ...]
    square: tuple[bool, ...]
    plain: tuple[bool, ...]
    pull: Pull
    above: tuple[Edge, ...] = ()

    @property
    def part(self) -> Expr:
        """The part that moves."""
        return self.node.args[self.i]

    @property
    def x(self) -> Any:
        """Its value."""
        return self.args[self.i]

    @property
    def axis(self) -> Expr | None:
        """The axis as it is written."""
        return self.node.args[1] if len(self.node.args) > 1 and self.plain[1] and "axis" in _params(self.node.op) else None

    @property
    def along(self) -> int:
        """The axis of the values, behind that of the draws."""
        number = np.nan if self.axis is None else np.ravel(self.args[1])[0]
        return -1 if np.isnan(number) else range(1, self.x.ndim)[round(number)]


def _params(op: str) -> tuple[str, ...]:
    return ops.card(op).params if ops.known(op) else ()


class Backward:
    """The graph of an expression over the values of its names; ``seeds`` run through the entries of the output."""

    def __init__(self, output: Expr, wrt: str, env: Mapping[str, Any], draws: int, square: frozenset[str] = frozenset()) -> None:
        self.root, self.wrt, self.square = output, Sym(wrt), square
        entries = int(np.prod(np.shape(Stacks(env, space(REAL)).value(output))[1:], dtype=int))
        self.draws, self.entries = draws * entries, entries
        self.env = {n: np.repeat(v, entries, axis=0) if np.ndim(v) else v for n, v in env.items()}
        self.run = Stacks(self.env, space(REAL))
        self.nodes = [n for n in dict.fromkeys(postorder(output)) if self._moves(n)]
        shape = self.value(output).shape[1:]
        self.seed = np.tile(np.eye(entries), (draws, 1)).reshape(self.draws, *shape)
        self.edges: dict[Expr, tuple[Edge, ...]] = {}
        users: dict[Expr, list[Edge]] = {}
        for node in reversed(self.nodes):
            if isinstance(node, Call) and node != self.wrt:
                self.edges[node] = self._edges(node, users.get(node, []))
                for edge in self.edges[node]:
                    users.setdefault(edge.part, []).append(edge)

    def _moves(self, e: Expr) -> bool:
        return any(n == self.wrt for n in postorder(e))

    def value(self, e: Expr) -> Any:
        """The value of a part at every draw."""
        found = np.asarray(self.run.value(e), dtype=float)
        found = found.reshape(1) if not found.ndim else found
        return np.broadcast_to(found, (self.draws, *found.shape[1:]))

    def _edges(self, node: Call, users: list[Edge]) -> tuple[Edge, ...]:
        moves = tuple(map(self._moves, node.args))
        plain = tuple(map(self._plain, node.args))
        square = tuple(bool(own := names(a)) and self.square.issuperset(own) for a in node.args)
        args = tuple(np.nan if is_text(a) or (isinstance(a, Sym) and a.name in _WORDS) else self.value(a) for a in node.args)
        only = users[0] if len(users) == 1 and {"function", "mul", "power", "neg"} & users[0].forms else None
        above = (only, *only.above) if only is not None else ()
        y = self.value(node)
        return tuple(
            Edge(node, i, args, y, _forms(node, i), moves, square, plain, self._pull(node, i, args, plain), above)
            for i, moving in enumerate(moves)
            if moving
        )

    def _plain(self, arg: Expr) -> bool:
        """Whether an argument is an axis or a number, and not a value."""
        return (
            isinstance(arg, Num)
            or is_text(arg)
            or (isinstance(arg, Sym) and (arg.name in _WORDS or not np.ndim(self.env.get(arg.name, 0))))
        )

    def _pull(self, node: Call, i: int, args: tuple[Any, ...], plain: tuple[bool, ...]) -> Pull:
        """The right pullback, by the complex step along every entry."""
        x, draws = args[i], self.draws
        shape, size = x.shape[1:], int(np.prod(x.shape[1:], dtype=int))
        units = np.eye(size).reshape(1, size, *shape)
        env = dict(self.env) | {f"_{j}": np.repeat(a, size, axis=0) for j, a in enumerate(args) if not plain[j]}
        env[f"_{i}"] = (x[:, None] + 1j * _STEP * units).reshape(draws * size, *shape)
        run = Stacks(env, space(COMPLEX))
        run.hidden = True
        out = np.asarray(run.value(Call(node.op, tuple(a if plain[j] else Sym(f"_{j}") for j, a in enumerate(node.args)))))
        whole = out.shape[1:]
        slopes = (np.imag(out) / _STEP).reshape(draws, size, -1)

        def pull(g: Any) -> Any:
            given = np.broadcast_to(g, (draws, *whole)).reshape(draws, -1, 1)
            return (slopes @ given)[:, :, 0].reshape(draws, *shape)

        return pull

    def sweep(self, wrong: Mapping[tuple[Expr, int], Pull], stop: tuple[Expr, int] | None = None) -> Any:
        """The derivative where some edges are pulled back otherwise; with ``stop``, what arrives through that edge."""
        received: dict[Expr, Any] = {self.root: self.seed}
        for node in reversed(self.nodes):
            g = received.get(node)
            if g is None or node == self.wrt:
                continue
            for edge in self.edges[node]:
                key = (node, edge.i)
                found = wrong.get(key, edge.pull)(g)
                if key == stop:
                    return found
                received[edge.part] = found if edge.part not in received else received[edge.part] + found
        return received.get(self.wrt)

    def arranged(self, g: Any) -> Any:
        """As the answer stands: a gradient by draws, a Jacobian by draws, outputs and inputs."""
        if g is None or self.entries == 1:
            return g
        draws = self.draws // self.entries
        if g.ndim == 1:  # by a number: the shape of the output
            return g.reshape(draws, *self.value(self.root).shape[1:])
        return g.reshape(draws, self.entries, -1)


def _forms(node: Call, i: int) -> frozenset[str]:
    """The names of the rules that fit an edge."""
    op = node.op
    if op == "pow":
        return frozenset({"power"} if i == 0 else {"exponential"})
    if op == "exp":
        return frozenset({"exponential", "chain", "function"})
    if op in ("add", "mul", "div", "neg") or not ops.known(op) or ops.card(op).shape != "elementwise":
        return frozenset({op, *(["below"] if op == "div" and i == 0 else [])})
    return frozenset({"function", "chain", op, *(["activation"] if op in ACTIVATIONS else [])})
