"""A backward sweep as a module: the imports it needs, a helper for each card the library lacks, and the function.

The helpers are not written by hand: a card's value runs over a namespace that writes (see ``libraries``).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Container, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from derivx import ops
from derivx.codegen.code import Code, call, code, number, variable
from derivx.codegen.libraries import LIBRARIES, Library
from derivx.derive.backprop import Sweep
from derivx.errors import NotSupported, UsageError
from derivx.expr import Call, Diff, Expr, Num, Sym, children, postorder
from derivx.ops import Op
from derivx.syntax import definition, write
from derivx.syntax.formulas import arguments

_WIDE = 100  # a part longer than this gets a line of its own, also because Python reads no more than 200 nested brackets
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*'*")


def to_code(sweep: Sweep, library: str = "numpy", function: str = "gradient") -> str:
    """A module with a function of the inputs that returns the output and its derivative by each name asked for.

    ``library`` is ``numpy``, ``torch`` or ``jax``. Raises ``NotSupported`` for what has no code, ``UsageError`` for an option.
    """
    if library not in LIBRARIES:
        raise UsageError("bad_option", option="library", value=library)
    kind = LIBRARIES[library]
    if not _NAME.fullmatch(function) or "'" in function or _reserved(function, kind.lines):
        raise UsageError("bad_option", option="function", value=function)
    module = _Module(kind(), function)
    return module.text(_function(sweep, module))


def _reserved(name: str, others: Container[str]) -> bool:
    return keyword.iskeyword(name) or ops.known(name) or name in others


class _Names:
    """Names for the variables of one function: valid, all different, and no card's."""

    def __init__(self, *reserved: str) -> None:
        self.taken = set(reserved)

    def take(self, wish: str) -> str:
        """The name itself, or with underscores behind it. Raises ``NotSupported`` for what no program could say."""
        if not _NAME.fullmatch(wish):
            raise NotSupported("not_supported", what=repr(wish))
        name = wish.replace("'", "_prime")
        while _reserved(name, self.taken):
            name += "_"
        self.taken.add(name)
        return name


class _Helper(NamedTuple):
    """A function for a card: its text, and the sets of its arguments of which one must be a tensor."""

    text: str
    needs: list[set[int]]


class _Module:
    """The helpers made so far, each behind those it calls."""

    def __init__(self, library: Library, function: str) -> None:
        self.library, self.function = library, function
        self.helpers: dict[str, _Helper] = {}

    def names(self) -> _Names:
        """Names for one function."""
        return _Names(self.function, *self.library.lines)

    def text(self, last: str) -> str:
        """The module, with the lines at its top that its functions need."""
        body = "\n\n\n".join([*(h.text for h in self.helpers.values()), last])
        groups: list[list[str]] = [[], [], []]  # the standard library, other libraries, functions of one line
        for name, line in reversed(list(self.library.lines.items())):
            if re.search(rf"(?<![\w.]){name}(\.\w|\()", "\n".join([body, *groups[2]])):
                groups[0 if line == "import math" else 1 if "import " in line else 2].insert(0, line)
        top = "\n\n".join("\n".join(group) for group in groups if group)
        return f"{top}\n\n\n{body}\n" if top else f"{body}\n"

    def helper(self, op: Op) -> _Helper:
        """The function for a card, written when it is first called."""
        if op.name not in self.helpers:
            library, chosen = self.library, self.names()
            if keyword.iskeyword(op.name) or op.name in chosen.taken:
                raise NotSupported("not_supported", what=op.name)
            params = [variable(chosen.take(p)) for p in op.params]
            outside, library.needs = library.needs, set()
            body = _Body(self, chosen, dict(zip(map(Sym, op.params), params, strict=True)), helper=True)
            formula = definition(op)
            value = body.write(formula) if formula is not None else body.traced(op, params)
            lines = [f"def {op.name}({', '.join(p.text for p in params)}):", *body.lines, f"return {value.text}"]
            at = {p.text: i for i, p in enumerate(params)}
            needs = [{at[n] for n in need} for need in library.needs if need and need <= at.keys()]
            library.needs = outside
            self.helpers[op.name] = _Helper("\n    ".join(lines), needs)
        return self.helpers[op.name]


class _Body:
    """The body of one function: the code of what its formulas say, and the lines it takes."""

    def __init__(self, module: _Module, chosen: _Names, known: Mapping[Expr, Code], *, helper: bool = False) -> None:
        self.helper, self.module, self.library, self.names = helper, module, module.library, chosen
        self.known: dict[Expr, Code] = {Sym("e"): self.library.e, Sym("pi"): self.library.pi, **known}
        self.lines: list[str] = []
        self.parts = 0

    def assign(self, name: str, formula: Expr, like: str = "") -> None:
        """The line that gives a name to a formula."""
        self.lines.append(f"{name} = {self.library.tensor(self.write(formula), like).text}")

    def write(self, root: Expr) -> Code:
        """The code of an expression; its long parts become lines."""
        done: dict[int, Code] = {}
        for node in postorder(root):
            value = self.node(node, [done[id(kid)] for kid in children(node)])
            done[id(node)] = value if node is root else self.short(value)
        return done[id(root)]

    def node(self, node: Expr, args: list[Code]) -> Code:
        if isinstance(node, Num):
            return number(node.value)
        if isinstance(node, Call) and ops.known(node.op):
            return self.card(ops.card(node.op), node, args)
        if node not in self.known:
            raise NotSupported("not_supported", what=write(node))
        return self.known[node]

    def short(self, value: Code) -> Code:
        """The code itself, or a name for it where it is long."""
        if len(value.text) <= _WIDE or not value.steps:
            return value
        self.parts += 1
        name = self.names.take(f"part{self.parts}")
        self.lines.append(f"{name} = {value.text}")
        if not value.names:
            return Code(name)
        return variable(name, *(value.names if self.helper else ()))  # a helper's arguments may be plain numbers

    def card(self, op: Op, node: Call, args: list[Code]) -> Code:
        """One call: an operator, a function of the library, or a helper."""
        if op.nary:
            return reduce(lambda a, b: self.traced(op, [self.short(a), b]), args)
        args = [*args, *(self.write(arguments(op, node.args)[Sym(p)]) for p in op.params[len(args) :])]
        probe = [variable(p) if a.names else Code(a.text) for p, a in zip(op.params, args, strict=True)]
        if definition(op) is None and (op.notation != "call" or self.traced(op, probe).steps <= 1):
            return self.traced(op, args)
        like = next((a.names[0] for a in args if a.names), "")
        for need in self.module.helper(op).needs:
            if not any(args[i].names for i in need):
                args = [self.library.tensor(a, like) if i in need else a for i, a in enumerate(args)]
            self.library.needs.add(frozenset(n for i in need for n in args[i].names))
        return call(op.name, *args)

    def traced(self, op: Op, args: Sequence[Code]) -> Code:
        """A card's value over code."""
        native = self.library.cards.get(op.name)
        if native is not None:
            return self.library.call(native, *args)
        assert callable(op.value)
        try:
            return code(op.value(self.library, *args))
        except (AttributeError, TypeError) as error:  # it asks for more than code can say
            raise NotSupported("not_supported", what=op.name) from error


def _function(sweep: Sweep, module: _Module) -> str:
    """The function asked for: the forward pass, the adjoints that the gradient needs, and the gradient."""
    graph, chosen = sweep.graph, module.names()
    own = [chosen.take(node.name) for node in graph.nodes]
    body = _Body(module, chosen, {Sym(node.name): variable(name) for node, name in zip(graph.nodes, own, strict=True)})
    output, result = graph.nodes[graph.output].name, own[graph.output]
    body.lines.append("# forward pass")
    for at in _forward(sweep):
        formula = graph.nodes[at].formula
        if formula is not None:
            body.assign(own[at], formula)
    backward = _backward(sweep)
    body.lines += ["# backward pass"] if backward else []
    for at in backward:
        name = chosen.take(f"d{output}_d{graph.nodes[at].name}")
        body.assign(name, sweep.adjoints[at].formula, result)
        body.known[sweep.name(at)] = variable(name)
    zero, asked = module.library.tensor(number(0), result), tuple(dict.fromkeys(sweep.wrt))
    found = {name: body.known.get(Diff(sweep.output, Sym(name)), zero) for name in asked}
    title = f"{output} and its gradient by {', '.join(asked)}." if asked else f"{output}."
    return "\n    ".join(
        [
            _listed(f"def {module.function}(", [own[i] for i in graph.inputs], "):", ""),
            f'"""{title}"""' if len(title) <= _WIDE else f'"""{output} and its gradient."""',
            *body.lines,
            _listed(f"return {result}, {{", [f'"{name}": {value.text}' for name, value in found.items()], "}", "    "),
        ]
    )


def _forward(sweep: Sweep) -> list[int]:
    """The nodes that the output stands on, in order."""
    nodes, needed = sweep.graph.nodes, {sweep.graph.output}
    for at in range(sweep.graph.output, -1, -1):
        needed |= set(nodes[at].args) if at in needed else set()
    return sorted(needed)


def _backward(sweep: Sweep) -> list[int]:
    """The adjoints asked for and those whose names stand in them, in order."""
    at, needed = sweep.graph.at, {sweep.graph.at.get(name, -1) for name in sweep.wrt}
    for i, adjoint in reversed(list(sweep.adjoints.items())):
        if i in needed:
            needed |= {at[part.wrt.name] for part in postorder(adjoint.formula) if isinstance(part, Diff)}
    return [i for i in sweep.adjoints if i in needed]


def _listed(start: str, items: Sequence[str], end: str, indent: str) -> str:
    """Items between brackets, one to a line where they are too long for one."""
    line = f"{start}{', '.join(items)}{end}"
    if len(line) <= _WIDE:
        return line
    return "\n".join([start, *(f"{indent}    {item}," for item in items), f"{indent}{end}"])
