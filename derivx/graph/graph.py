"""The computational graph of a program: nodes in the order of the forward sweep, equal parts computed once. Pure data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derivx import ops
from derivx.expr import Call, Expr, Num, Sym, children, depth, names, postorder, with_children
from derivx.syntax.program import Program
from derivx.syntax.spelling import CONSTANTS

_LARGE, _DEEP = 100, 20  # nodes and levels of a formula that is taken apart into its operations
_AUTO = "q"  # the letter of the names of parts that the program does not name


@dataclass(frozen=True, slots=True)
class Node:
    """A value: an input (no formula), or a formula over other nodes, whose positions are ``args``.

    ``auto`` marks a name that the program does not have: a part that is used again, or one operation of an expression.
    """

    name: str
    formula: Expr | None = None
    args: tuple[int, ...] = ()
    auto: bool = False


@dataclass(frozen=True)
class Graph:
    """Nodes, every one behind its arguments; ``output`` is the position of the result."""

    nodes: tuple[Node, ...]
    output: int
    values: Mapping[str, Expr] = field(default_factory=dict)

    @cached_property
    def at(self) -> dict[str, int]:
        """The position of each name."""
        return {node.name: i for i, node in enumerate(self.nodes)}

    @cached_property
    def users(self) -> tuple[tuple[int, ...], ...]:
        """For each node the nodes that use it directly, in order."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for i, node in enumerate(self.nodes):
            for arg in node.args:
                found[arg].append(i)
        return tuple(map(tuple, found))

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes without a formula."""
        return tuple(i for i, node in enumerate(self.nodes) if node.formula is None)

    @cached_property
    def definitions(self) -> dict[str, Expr]:
        """The formulas by name, in order."""
        return {node.name: node.formula for node in self.nodes if node.formula is not None}

    def between(self, wrt: Mapping[str, int] | tuple[int, ...]) -> list[int]:
        """The nodes on the way from the asked nodes to the output: only these need an adjoint.

        From the output back, each behind all that use it; inputs right behind the last of these, in the order written.
        """
        wanted = set(wrt.values() if isinstance(wrt, Mapping) else wrt)
        reached = [i in wanted for i in range(len(self.nodes))]
        for i, node in enumerate(self.nodes):
            if not reached[i]:
                reached[i] = any(reached[a] for a in node.args)
        needed = [False] * len(self.nodes)
        needed[self.output] = True
        first: dict[int, int] = {}  # of each node, the first that needs it in the forward order: the last in the order back
        back: list[int] = []
        for i in range(self.output, -1, -1):
            if needed[i] and reached[i]:
                back.append(i)
                for arg in self.nodes[i].args:
                    needed[arg], first[arg] = True, i
        out: list[int] = []
        for i in back:
            if self.nodes[i].formula is None and i != self.output:
                continue
            out.append(i)
            out += [a for a in self.nodes[i].args if first[a] == i and reached[a] and self.nodes[a].formula is None]
        return out


def graph(program: Program, *, operations: bool = False) -> Graph:
    """The graph of a program: a node for each input and each equation, and for each part that is used more than once.

    ``operations``: a node for each operation, as in a circuit.
    """
    return _Builder(program, operations).run()


class _Builder:
    def __init__(self, program: Program, operations: bool) -> None:
        self.program, self.operations = program, operations
        self.nodes: list[Node] = []
        self.at: dict[str, int] = {}
        self.known: dict[Expr, str] = {}  # the name of each formula that has one
        self.shared = _shared(program)
        self.constants = frozenset(CONSTANTS) - {*program.definitions, *program.values, *program.declarations}
        self.taken = {*program.definitions, *program.inputs, *program.values}
        self.count = 0

    def run(self) -> Graph:
        for equation in self.program.equations:
            formula = self.split(equation.formula)
            self.add(equation.name, formula, equation.uses if formula is equation.formula else tuple(names(formula)))
        return Graph(tuple(self.nodes), self.at[self.program.output], self.program.values)

    def add(self, name: str, formula: Expr, uses: tuple[str, ...], *, auto: bool = False) -> None:
        args: list[int] = []
        for used in uses:
            if used in self.constants:
                continue
            if used not in self.at:
                self.at[used] = len(self.nodes)
                self.nodes.append(Node(used))
            args.append(self.at[used])
        self.at[name] = len(self.nodes)
        self.nodes.append(Node(name, formula, tuple(args), auto))
        if self.operations or self.shared:
            self.known.setdefault(formula, name)

    def split(self, formula: Expr) -> Expr:
        """The formula with every part that is a node of its own replaced by its name."""
        apart = self.operations or (formula.size > _LARGE and depth(formula) > _DEEP)
        if not apart and not self.shared:
            return formula
        done: dict[int, Expr] = {}
        for node in postorder(formula):
            kids = tuple(done[id(kid)] for kid in children(node))
            new = with_children(node, kids) if kids else node
            done[id(node)] = new if node is formula else self.part(new, node, apart=apart)
        whole = done[id(formula)]
        return Sym(self.known[whole]) if whole in self.known else whole

    def part(self, new: Expr, old: Expr, *, apart: bool) -> Expr:
        """A part of a formula: the name it has or gets, or itself."""
        if not isinstance(new, Call):
            return new
        if new in self.known:
            return Sym(self.known[new])
        if old not in self.shared and (not apart or _trivial(new)):
            return new
        name = self.fresh()
        self.add(name, new, tuple(names(new)), auto=True)
        return Sym(name)

    def fresh(self) -> str:
        while True:
            self.count += 1
            if (name := f"{_AUTO}{self.count}") not in self.taken:
                return name


def _shared(program: Program) -> set[Expr]:
    """The parts that more than one operation uses, and that are worth a value of their own."""
    uses = Counter[Expr]()
    for equation in program.equations:
        todo = [equation.formula]
        while todo:
            node = todo.pop()
            if isinstance(node, Call):
                uses[node] += 1
                if uses[node] == 1:
                    todo.extend(node.args)
    return {part for part, times in uses.items() if times > 1 and not _trivial(part)}


def _trivial(node: Expr) -> bool:
    """A number, a name, their negative, a comparison: no value of its own."""
    if isinstance(node, Call) and ops.known(node.op) and ops.card(node.op).notation == "compare":
        return True
    if isinstance(node, Call) and node.op == "neg":
        node = node.args[0]
    return isinstance(node, Num | Sym) or not any(isinstance(part, Sym) and part.name not in CONSTANTS for part in postorder(node))
