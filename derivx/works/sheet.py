"""A work as data: its statements read, the names it defines, the functions it uses. Nothing is judged here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from derivx import ops
from derivx.errors import DerivxError, LimitError, ReadError
from derivx.expr import ONE, Diff, Expr, Sym, names, num, pending, postorder, power, substitute, transform, written_out
from derivx.ops import activation
from derivx.syntax.chars import GREEK
from derivx.syntax.reader import read_question
from derivx.syntax.spelling import CONSTANTS
from derivx.syntax.tokens import Limits, canonical
from derivx.works.notation import LIMIT
from derivx.works.slopes import INNER, slope_of
from derivx.works.text import NAME, is_prose, plain, rewritten, sides, statements

LIMITS = Limits(chars=2000, tokens=600, depth=100, name=40, digits=30, exponent=300)
MOST_LINES = 300
_LABEL = re.compile(rf"\s*({NAME})\s*")
_FUNCTION = re.compile(rf"\s*({NAME})('*)\s*\(\s*({NAME})\s*\)\s*")
_PRIMED = re.compile(rf"(?<![A-Za-z0-9_\\])({NAME})'+")
_VALUED = re.compile(rf"(?<![A-Za-z0-9_\\])({NAME})'+\s*\(\s*-?\d[\d.]*\s*\)")
INCREMENT = re.compile(rf"(?<![A-Za-z0-9_\\])({NAME})\s*\(\s*({NAME})\s*\+\s*({NAME})\s*\)")  # f(x + h)
_UPPER = re.compile(rf"(?<![A-Za-z0-9_\\])(?:d|∂|\\partial\s*)\s?({NAME})\s*\}}?\s*(?:/|\{{)\s*(?:d|∂|\\partial\s*)\s?({NAME})")
_LIMIT = re.compile(rf"\s*{LIMIT}\s+({NAME})\s")
_HELPER = "argq"
_MOST_HELPERS = 100
_SMALL = 60  # digits behind the point


@dataclass(frozen=True)
class Problem:
    """The question: what is differentiated (in its own names), by what, and the numbers it gives."""

    body: Expr
    targets: tuple[Expr, ...]  # the derivatives asked for, as pending derivatives
    definitions: Mapping[str, Expr]
    inputs: tuple[str, ...]
    label: str
    wrt: tuple[str, ...]
    numbers: Mapping[str, Expr] = field(default_factory=dict)
    program: bool = False
    curve: tuple[str, Expr] | None = None  # the name that is a function, and the expression that is zero

    @property
    def functions(self) -> frozenset[str]:
        """The undefined functions of the question."""
        rows = (n.op for e in (self.body, *self.definitions.values()) for n in postorder(e) if hasattr(n, "op"))
        return frozenset(op.rstrip("'") for op in rows if not ops.known(op))


@dataclass
class Statement:
    """An equation of the work, ``left = parts[0] = parts[1] ...``, on a line; what it defines, or why it cannot be read."""

    line: int
    text: str
    left: Expr | None = None
    parts: tuple[Expr, ...] = ()
    defines: str = ""
    gives: bool = False  # a number for a name of the question
    error: DerivxError | None = None
    written: tuple[str, ...] = ()


class Sheet:
    """The statements of a work, and its names."""

    def __init__(self, problem: Problem, lines: Sequence[str], limits: Limits = LIMITS) -> None:
        self.problem, self.limits = problem, limits
        self.definitions: dict[str, Expr] = dict(problem.definitions)
        self.numbers: dict[str, Expr] = dict(problem.numbers)
        self.arguments: dict[str, str] = {}
        self.bodies: dict[str, Expr] = {}
        self.renamed: dict[str, str] = {}
        self.statements: list[Statement] = []
        self.remarks: list[int] = []
        self.valued: set[str] = set()  # names of which only y'(1) is said
        self.uncarried: set[str] = set()  # names that stand for sin'(u), which is still to be carried out
        if len(lines) > MOST_LINES:
            raise LimitError("too_many_lines", limit=MOST_LINES)
        raw = [(i, line, s) for i, line in enumerate(lines) for s in self._parted(i, line)]
        self.known = dict.fromkeys([*problem.inputs, *problem.definitions, *([problem.label] if problem.label else [])])
        self._by_plain = {plain(n): n for n in reversed(self.known)}
        self._scan([s for _, _, s in raw])
        for i, line, s in raw:
            self._statement(i, line, s)

    def _parted(self, i: int, line: str) -> list[str]:
        if len(line) > self.limits.chars:
            error = LimitError("too_long", text=line[:200], start=0, limit=self.limits.chars, size=len(line))
            self.statements.append(Statement(i, line[:200], error=error))
            return []
        found = statements(line)
        if not found or (len(found) == 1 and is_prose(found[0])):
            self.remarks.append(i)
            return []
        return found

    # Names.

    def _scan(self, texts: Sequence[str]) -> None:
        """The names that the work brings: left sides, what is differentiated, what has a prime."""
        for text in texts:
            rows = sides(text)
            head = rows[0] if len(rows) > 1 else ""
            label, function = _LABEL.fullmatch(head), _FUNCTION.fullmatch(head)
            if label and not self._differential(label[1]):
                self._add(label[1])
            if function and not self._is_card(function[1]) and canonical(function[1]) not in self.problem.functions:
                self._function(function[1], function[3])
            for found in _UPPER.finditer(text):
                for name in found.groups():
                    self._add(name)
            for found in _VALUED.finditer(text):
                if not self._is_card(found[1]) and self._own(found[1]) not in self.problem.inputs and not self.problem.program:
                    self._function(found[1], self.problem.wrt[0])
                    self.valued.add(self._own(found[1]))
            for found in INCREMENT.finditer(text):
                over, step = self._own(found[2]), self._own(found[3])
                small = step in self.problem.inputs and step not in names(self.problem.body)
                if over in self.problem.wrt and small and self._own(found[1]) not in self.known and not self._is_card(found[1]):
                    self._function(found[1], found[2])
        primed = [(text, m) for text in texts for m in _PRIMED.finditer(text)]
        for text, found in sorted(primed, key=lambda row: len(row[1][1])):
            self._primed(text, found)

    def _differential(self, name: str) -> bool:
        """Whether a name is ``du``, where ``u`` is a name."""
        return (
            len(name) > 1
            and name[0] == "d"
            and self._own(name) not in self.known
            and self._own(name[1:]) in self.known
            and not self.problem.program
        )

    def _primed(self, text: str, found: re.Match[str]) -> None:
        """``f'(x)`` is a function, ``u'`` a name, and ``uv'`` two."""
        name, applied = found[1], _FUNCTION.match(text, found.start())
        of_card = ops.find(plain(name), 1) is not None and self._own(name) not in self.known
        if canonical(name) in self.problem.functions or (of_card and re.match(r"\s*\(|\s+\w", text[found.end() :])):
            return
        if applied and not self._is_card(name):
            self._function(name, applied[3] if self._own(applied[3]) in self.known else self.problem.wrt[0])
        elif not applied:
            self._add(name[1:] if name.isalpha() and len(name) == 2 and name[0] in self.known else name)

    def _function(self, name: str, argument: str) -> None:
        self._add(name)
        self.arguments.setdefault(self._own(name), self._own(argument))

    def _add(self, name: str) -> None:
        own = self._own(name)
        if own not in self.known and own not in CONSTANTS and own not in ("d", "D") and not self._is_card(name):
            self.known[own] = None
            self._by_plain.setdefault(plain(own), own)

    def _own(self, name: str) -> str:
        """The name as the question or the work first spells it."""
        return self._by_plain.get(plain(name), canonical(name.replace("\\", "")))

    def _is_card(self, name: str) -> bool:
        own = plain(name)
        return ops.find(own) is not None and len(own) > 1 and own not in GREEK.values() and self._own(name) not in self.known

    # Statements.

    def _statement(self, i: int, line: str, text: str) -> None:
        rows = sides(text)
        new = Statement(i, text)
        self.statements.append(new)
        try:
            function = _FUNCTION.fullmatch(rows[0]) if len(rows) > 1 else None
            if function and not function[2] and self._own(function[1]) in self.arguments:
                self._define_function(new, self._own(function[1]), self._own(function[3]), rows[1])
            read = [self.read(r) for r in rows if r]
        except DerivxError as error:
            if is_prose(line):
                self.statements.pop()
                self.remarks.append(i)
            else:
                new.error = error
            return
        if not read:
            new.error = ReadError("empty", text=line, expected="expression", hint="= 2*x")
            return
        new.left, new.parts = (read[0], tuple(read[1:])) if rows[0] and len(rows) > 1 else (None, tuple(read))
        new.written = tuple(rows)
        if not new.parts:
            new.error = ReadError("empty", text=line, expected="expression", hint="= 2*x")
            return
        self._defined(new)

    def _define_function(self, new: Statement, name: str, argument: str, body: str) -> None:
        """``f(u) = sin(u)`` over an argument that has no value."""
        if argument not in self.problem.inputs and argument not in self.definitions and name not in self.bodies:
            self.known[argument] = None
            self.bodies[name] = self.read(body)
            self.arguments[name] = argument
            new.gives = True

    def _defined(self, new: Statement) -> None:
        """Whether the statement defines a name, or gives a number to one of the question."""
        if not isinstance(new.left, Sym) or new.gives:
            return
        name, body = new.left.name, new.parts[0]
        if name in self.problem.inputs:
            if not names(new.parts[-1]) and not pending(new.parts[-1]):
                self.numbers.setdefault(name, new.parts[-1])
                new.gives = True
            return
        fresh = name not in self.definitions and name != self.problem.label
        if fresh and name not in names(body) and name not in self._behind(body):
            self.definitions[name] = body
            new.defines = name

    def _behind(self, body: Expr) -> set[str]:
        found, todo = set[str](), names(body)
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += names(self.definitions[name]) if name in self.definitions else []
        return found

    # Reading.

    def read(self, text: str) -> Expr:
        """One side of an equation. Raises ``ReadError``, ``LimitError``."""
        limit = _LIMIT.match(text)
        text = text[limit.end() :] if limit is not None else text
        ready = rewritten(text, self.known, self.problem.wrt[0], self._called)
        primes = [f"{n}{p}" for n in self.known for p in ("'", "''")]
        small = [f"d{n}" for n in self.known if re.search(rf"(?<![A-Za-z0-9_/])(?<!/ )d{re.escape(n)}(?![A-Za-z0-9_]|\s*/)", ready)]
        reading = read_question(ready, [*self.known, *primes, *(small if "d" not in self.known else [])], self.limits)
        if reading.equation is not None or reading.label:
            raise ReadError("two_equals", text=text, start=max(text.find("="), 0), expected="operator")
        return self._settled(reading.expr) if limit is None else self._near(self._settled(reading.expr), self._own(limit[1]))

    def _near(self, e: Expr, name: str) -> Expr:
        """An expression where a name that goes to 0 is so small that it does not show."""
        whole = written_out(e, {n: d for n, d in self.definitions.items() if helper(n)})
        return substitute(whole, {Sym(name): power(num(10), num(-_SMALL))})

    def _settled(self, e: Expr) -> Expr:
        return transform(e, self._meant)

    def _meant(self, node: Expr) -> Expr:
        """Primes and differentials as pending derivatives, names in one spelling."""
        if not isinstance(node, Sym):
            return node
        name, wrt = node.name, self.problem.wrt[0]
        base = name.rstrip("'")
        if name != base and self._own(base) in self.known:
            found: Expr = Sym(self._own(base))
            for _ in range(len(name) - len(base)):
                found = Diff(found, Sym(wrt))
            return found
        if name not in self.known and name[0] == "d" and self._own(name[1:]) in self.known and not self.problem.program:
            own = self._own(name[1:])
            return ONE if own == wrt else Diff(Sym(own), Sym(wrt))
        own = self._own(name)
        return node if own == name or name in self.known else Sym(own) if own in self.known else node

    def _called(self, name: str, primes: str, argument: str) -> str | None:
        """What ``name'(argument)`` is written as: a function of the work, or the derivative of a known one."""
        own = self._own(name)
        if own in self.arguments and (primes or own not in self.valued):
            parameter = self.arguments[own]
            if self._own(argument) == parameter and own not in self.bodies:
                return f"D({own}, {parameter})" if len(primes) == 1 else f"D({own}{f', {parameter}' * len(primes)})" if primes else own
            return self._applied(own, primes, argument)
        card = ops.find(plain(name), 1)
        if not primes or card is None or own in self.known:
            return None
        slope = slope_of(card.name, len(primes))
        name = self._helper(substitute(slope, {Sym(INNER): self.read(argument)}))
        if card not in activation.CARDS and card.name != "tanh":
            self.uncarried.add(name)
        return name

    def _applied(self, own: str, primes: str, argument: str) -> str:
        """``f(u)`` and ``f'(u)``, as values of the function's body."""
        helper = self._helper(self.read(argument))
        body = self.bodies.get(own)
        if body is None:
            body = written_out(self.definitions.get(own, self.problem.body), self.definitions)
        inside = self._helper(substitute(body, {Sym(self.arguments[own]): Sym(helper)}))
        return f"D({inside}{f', {helper}' * len(primes)})" if primes else inside

    def _helper(self, body: Expr) -> str:
        name = next(f"{_HELPER}{i}" for i in range(1, 10_000) if f"{_HELPER}{i}" not in self.known)
        if sum(map(helper, self.definitions)) > _MOST_HELPERS:
            raise LimitError("too_deep", limit=_MOST_HELPERS)
        self.known[name] = None
        self.definitions[name] = body
        return name


def helper(name: str) -> bool:
    """Whether a name was made for the argument of a function."""
    return name.startswith(_HELPER) and name[len(_HELPER) :].isdecimal()
