"""Programs: declarations and named equations, one a line (or between semicolons), the output last.

``param w, b`` and ``data x: (n)`` declare; ``x = 0.5`` and ``X = [[32, 3], [33, 3]]`` give values; ``z = w*x + b`` defines.
An entry of an array is a scalar: ``x[0]`` is the name ``x0`` and ``X[0, 1]`` the name ``X0_1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from derivx.errors import DerivxError, LimitError, ReadError
from derivx.expr import Call, Diff, Expr, Sym, names, pending
from derivx.shape import SCALAR, Shape
from derivx.syntax.reader import LIMITS, Reading, read_question
from derivx.syntax.spelling import CONSTANTS
from derivx.syntax.tokens import Limits, canonical

_NAME = r"[^\W\d_](?:\w|['{}])*"
_DECLARED = re.compile(rf"(?:(param|data)\s+)?({_NAME}(?:\s*,\s*{_NAME})*)\s*(?::\s*([a-z_0-9]+)?\s*(\([^()]*\))?\s*)?")
_ASSIGNED = re.compile(rf"\s*(?:(?:param|data)\s+)?({_NAME})\s*=(?!=)")
_ROLE = re.compile(r"(param|data)\s+(?==|[^\W\d])")
_ENTRY = re.compile(rf"({_NAME})\s*\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
PROPERTIES = (
    "symmetric", "spd", "posdef_nonsym", "invertible", "posdet", "diagonal", "positive", "small", "wide", "large", "pm1", "binary",
    "onehot", "onehot_rows",
)  # fmt: skip
_OPEN, _CLOSED = "([{", ")]}"
OUTPUT = "L"  # what an expression without a name is called


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said of a name: its role (``param``, ``data`` or nothing), its shape, a property such as ``positive``."""

    name: str
    role: str = ""
    shape: Shape = SCALAR
    property: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """``name = formula``, and the line (from 1) on which it stands."""

    name: str
    formula: Expr
    line: int = 0
    uses: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, formula: Expr, line: int = 0) -> Equation:
        """The equation with the names its formula uses, in order of appearance. Raises ``ReadError`` for a derivative in it."""
        found: dict[str, None] = {}
        todo, seen = [formula], set[int]()
        while todo:
            node = todo.pop()
            if isinstance(node, Sym):
                found[node.name] = None
            elif isinstance(node, Call) and id(node) not in seen:
                seen.add(id(node))
                todo.extend(reversed(node.args))
            elif isinstance(node, Diff):
                raise ReadError("derivative_in_program", expected="expression")
        return cls(name, formula, line, tuple(found))


@dataclass(frozen=True)
class Program:
    """Named equations in an order in which each uses only inputs and names above it; the last is the output.

    ``values`` are the numbers the program gives to its inputs, as expressions; ``arrays`` the shapes of its array literals.
    """

    equations: tuple[Equation, ...]
    declarations: Mapping[str, Declaration] = field(default_factory=dict)
    values: Mapping[str, Expr] = field(default_factory=dict)
    arrays: Mapping[str, Shape] = field(default_factory=dict)
    notes: tuple[tuple[str, dict[str, str]], ...] = ()

    @cached_property
    def definitions(self) -> dict[str, Expr]:
        """The formulas by name."""
        return {e.name: e.formula for e in self.equations}

    def __reduce__(self) -> tuple[Any, ...]:
        """One expression for all formulas, so that parts in common and long programs are cheap to store."""
        rows = tuple((e.name, e.line, e.uses) for e in self.equations)
        return _thaw, (
            rows,
            Call("program", tuple(e.formula for e in self.equations)),
            self.declarations,
            self.values,
            self.arrays,
            self.notes,
        )

    @property
    def output(self) -> str:
        """The name of the last equation."""
        return self.equations[-1].name

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names that are used and have no equation, in order of appearance."""
        used = dict.fromkeys(n for e in self.equations for n in e.uses)
        constants = frozenset(CONSTANTS) - {*self.values, *self.declarations}
        return tuple(n for n in used if n not in self.definitions and n not in constants)

    @property
    def over_arrays(self) -> bool:
        """Whether an array is used as a whole."""
        return any(self.declarations[n].shape for n in self.inputs if n in self.declarations)

    @property
    def sizes(self) -> frozenset[str]:
        """The letters of the dimensions."""
        return frozenset(str(d) for declaration in self.declarations.values() for d in declaration.shape)

    @property
    def wrt(self) -> tuple[str, ...]:
        """What is differentiated by if nothing is said: the parameters if any are declared, else every input that is no data."""
        role = {n: d.role for n, d in self.declarations.items()}
        params = tuple(n for n in self.inputs if role.get(n, "") == "param")
        return params or tuple(n for n in self.inputs if role.get(n, "") != "data" and (n not in self.sizes or n in self.declarations))


def read_program(text: str, names: Iterable[str] = (), limits: Limits = LIMITS) -> Program:
    """The program a text says. Raises ``ReadError`` (with line and place) or ``LimitError``."""
    if len(text) > limits.chars:
        raise LimitError("too_long", text=text[:200], start=0, limit=limits.chars, size=len(text))
    reader = _Reader(_without_comments(text), frozenset(names), limits)
    try:
        return reader.run()
    except DerivxError as error:
        if error.text and error.text != reader.text and reader.at >= 0:
            error.start, error.end = error.start + reader.at, error.end + reader.at
        error.text = text if error.text else ""
        raise


def _thaw(rows: tuple[tuple[str, int, tuple[str, ...]], ...], formulas: Call, *rest: Any) -> Program:
    pairs = zip(rows, formulas.args, strict=True)
    return Program(tuple(Equation(name, formula, line, uses) for (name, line, uses), formula in pairs), *rest)


def is_program(text: str) -> bool:
    """Whether a text has several statements."""
    return sum(1 for _ in _statements(_without_comments(text))) > 1


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Where the statements begin and end: at a line's end or a semicolon outside brackets; comments are blank by now."""
    start, deep = 0, 0
    for i, char in enumerate(text + "\n"):
        deep += (char in _OPEN) - (char in _CLOSED)
        if char in "\n;" and deep <= 0:
            if text[start:i].strip():
                yield start, i
            start, deep = i + 1, 0
    if text[start:].strip():
        yield start, len(text)  # a bracket is never closed


def _without_comments(text: str) -> str:
    """The text with its comments blank: every place stays where it is."""
    return re.sub(r"#[^\n]*", lambda found: " " * len(found[0]), text)


class _Reader:
    def __init__(self, text: str, declared: frozenset[str], limits: Limits) -> None:
        self.text, self.limits = text, limits
        self.equations: dict[str, Equation] = {}
        self.declarations: dict[str, Declaration] = {}
        self.values: dict[str, Expr] = {}
        self.arrays: dict[str, Shape] = {}
        self.notes: dict[str, tuple[str, dict[str, str]]] = {}
        self.used: set[str] = set()
        self.at = -1
        self.places = list(_statements(text))
        found = (_ASSIGNED.match(text[start:end]) for start, end in self.places)
        self.assigned = frozenset(canonical(m[1]) for m in found if m)
        self.declared = declared | self.assigned
        if any(m[4] and m[4].strip("() ") for m in map(_DECLARED.fullmatch, (text[a:b].strip() for a, b in self.places)) if m):
            self.limits = replace(limits, arrays=True)

    @cached_property
    def indexed(self) -> bool:
        """Whether ``x[0]`` is a part of an array: some declared array is used as a whole, or its size is a letter.

        Else its entries are numbers with names, ``x0``.
        """
        arrays = [d for d in self.declarations.values() if d.shape]
        if any(isinstance(size, str) for d in arrays for size in d.shape):
            return True
        formulas = [self.text[a:b].partition("=")[2] for a, b in self.places if not _DECLARED.fullmatch(self.text[a:b].strip())]
        whole = [_ENTRY.sub(" ", formula) for formula in formulas]
        return any(re.search(rf"(?<![^\W\d_]){re.escape(d.name)}(?![\w'])", text) for d in arrays for text in whole)

    def run(self) -> Program:
        if not self.places:
            read_question("")  # says that there is nothing
        line, counted = 1, 0
        for start, end in self.places:
            line, counted = line + self.text.count("\n", counted, start), start
            self.at = start
            self.statement(self.text[start:end], line)
        if not self.equations:
            raise ReadError("no_equation", text=self.text, start=0, expected="equation", hint="L = (w*x - y)^2")
        return Program(tuple(self.equations.values()), self.declarations, self.values, self.arrays, tuple(self.notes.values()))

    def statement(self, text: str, line: int) -> None:
        found = _DECLARED.fullmatch(text.strip())
        if found and (found[1] or found[3] or found[4] or self.alone(found)):
            self.declare(found, text)
            return
        role = _ROLE.match(text.lstrip())
        if role and text.lstrip()[role.end() :].startswith("="):
            role = None
        if role:
            width = len(text) - len(text.lstrip()) + role.end(1)
            text = " " * width + text[width:]
        name, sign, right = text.partition("=")
        if sign and re.fullmatch(_NAME, name.strip()) and right.lstrip().startswith("[") and right.rstrip().endswith("]"):
            self.array(canonical(name.strip()), text, role[1] if role else "")
            return
        reading = read_question(text if self.indexed else _ENTRY.sub(self.entry, text), self.declared, self.limits)
        self.notes.update({str(row): row for row in reading.notes})
        self.define(reading, text, line, role[1] if role else "")

    def alone(self, found: re.Match[str]) -> bool:
        """Whether names without more before the last statement are declared: ``t; y = t*x``."""
        return self.at != self.places[-1][0] and not any(canonical(n.strip()) in self.assigned for n in found[2].split(","))

    def declare(self, found: re.Match[str], text: str) -> None:
        dims = tuple(d.strip() for d in (found[4] or "()")[1:-1].split(",") if d.strip())
        bad = next((d for d in dims if not (d.isdecimal() or d.isidentifier())), None)
        if bad is not None:
            place = text.index(bad)
            raise ReadError("bad_dimension", text=text, start=place, end=place + len(bad), expected="dimension", found=bad)
        if found[3] and found[3] not in PROPERTIES:
            place = text.index(found[3], text.index(":"))
            raise ReadError("no_such_property", text=text, start=place, end=place + len(found[3]), expected="property", found=found[3])
        shape: Shape = tuple(int(d) if d.isdecimal() else d for d in dims)
        for name in (canonical(n.strip()) for n in found[2].split(",")):
            self.declarations[name] = Declaration(name, found[1] or "", shape, found[3] or "")
            self.declared |= {name}

    def entry(self, found: re.Match[str]) -> str:
        """``X[0, 1]`` as a name of the same width."""
        name, indices = canonical(found[1]), tuple(int(i) for i in found[2].split(","))
        declared = self.declarations.get(name)
        known = declared.shape if declared is not None and all(isinstance(d, int) for d in declared.shape) else ()
        shape = self.arrays.get(name) or known or None
        if shape is not None and (len(shape) != len(indices) or any(i >= int(n) for i, n in zip(indices, shape, strict=True))):
            start = found.start()
            raise ReadError("bad_index", text=found.string, start=start, end=found.end(), expected="index", name=name, shape=_shown(shape))
        entry, whole = entry_name(name, indices), self.declarations.get(name)
        if whole is not None and entry not in self.declarations:
            self.declarations[entry] = Declaration(entry, whole.role, (), whole.property)
        return entry.ljust(len(found[0]))

    def array(self, name: str, text: str, role: str) -> None:
        """An array literal: a value for each entry."""
        self.fresh(name, text)
        rows, shape = _literal(text)
        self.arrays[name] = shape
        for indices, value in rows:
            entry = entry_name(name, indices)
            self.fresh(entry, text)
            self.values[entry] = value
            self.declarations[entry] = Declaration(entry, role)
        self.declared |= {entry_name(name, indices) for indices, _ in rows}

    def define(self, reading: Reading, text: str, line: int, role: str) -> None:
        if reading.equation is not None or reading.arguments:
            place = text.index("=")
            raise ReadError("not_a_definition", text=text, start=place, expected="definition", hint="z = w*x + b")
        name = reading.label or self.free_output(names(reading.expr))
        self.fresh(name, text)
        if pending(reading.expr):
            raise ReadError("derivative_in_program", text=text, start=text.find("=") + 1, expected="expression")
        used = names(reading.expr)
        for key, expected, wrong in (
            ("whole_array", "index", next((n for n in used if n in self.arrays), None)),
            ("used_before", "defined_above", next((n for n in used if n in self.assigned and not self.known(n)), None)),
        ):
            if wrong is not None:
                place = max(text.find(wrong, text.find("=") + 1), 0)
                raise ReadError(key, text=text, start=place, end=place + len(wrong), expected=expected, name=wrong)
        if used or not reading.label:
            self.equations[name] = Equation(name, reading.expr, line, tuple(used))
            self.used.update(used)
        else:
            self.values[name] = reading.expr
        if role:
            self.declarations[name] = Declaration(name, role)

    def known(self, name: str) -> bool:
        return name in self.equations or name in self.values

    def fresh(self, name: str, text: str) -> None:
        """A name is given once, before it is used."""
        if self.known(name) or name in self.used or name in self.arrays:
            start = len(text) - len(text.lstrip())
            raise ReadError("given_twice", text=text, start=start, end=start + len(name), expected="new_name", name=name)

    def free_output(self, own: Iterable[str]) -> str:
        taken = {*self.declared, *self.used, *self.values, *own}
        return next(n for n in (OUTPUT, *(f"{OUTPUT}{i}" for i in range(1, len(taken) + 2))) if n not in taken)


def entry_name(name: str, indices: Iterable[int]) -> str:
    """The name of an entry of an array: ``x0``, ``X0_1``."""
    return name + "_".join(map(str, indices)) if not name[-1].isdecimal() else name + "".join(f"_{i}" for i in indices)


def _literal(text: str) -> tuple[list[tuple[tuple[int, ...], Expr]], Shape]:
    """The entries of ``[1, 2]`` or ``[[1, 2], [3, 4]]`` with their indices, and the shape."""
    rows: list[tuple[tuple[int, ...], Expr]] = []
    shape: list[int] = []
    path: list[int] = []
    for found in re.compile(r"[\[\],]|[^\[\],]+").finditer(text, text.index("=") + 1):
        piece = found.group().strip()
        if piece == "[":
            path.append(0)
        elif piece == "]":
            depth = len(path) - 1
            size = path.pop() + 1 if path else 0
            shape += [0] * (depth + 1 - len(shape))
            if depth < 0 or shape[depth] not in (0, size):
                raise ReadError("ragged_array", text=text, start=found.start(), expected="row", size=shape[depth] if shape else 0)
            shape[depth] = size
        elif piece == "," and path:
            path[-1] += 1
        elif piece:
            value = _number(piece, text, text.index(piece, found.start()))
            rows.append((tuple(path), value))
    if path or len({len(i) for i, _ in rows}) != 1 or len(rows) != _product(shape):
        raise ReadError("ragged_array", text=text, start=max(text.rfind("]"), 0), expected="row", size=shape[-1] if shape else 0)
    return rows, tuple(shape)


def _number(piece: str, text: str, start: int) -> Expr:
    try:
        value = read_question(piece).expr
    except ReadError as error:
        raise ReadError("unexpected", text=text, start=start + error.start, expected="number", found=piece) from None
    if names(value):
        raise ReadError("unexpected", text=text, start=start, end=start + len(piece), expected="number", found=piece)
    return value


def _product(sizes: Iterable[int]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _shown(shape: Shape) -> str:
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def program_of(definitions: Mapping[str, Expr], values: Mapping[str, Expr] | None = None) -> Program:
    """A program from formulas by name, in order. Raises ``ReadError`` where one uses a name below it."""
    seen: set[str] = set()
    equations = [Equation.of(name, formula) for name, formula in definitions.items()]
    for equation in equations:
        later = next((n for n in equation.uses if n in definitions and n not in seen), None)
        if later is not None:
            raise ReadError("used_before", expected="defined_above", name=later)
        seen.add(equation.name)
    return Program(tuple(equations), values=values or {})
