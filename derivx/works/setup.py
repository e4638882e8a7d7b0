"""From a question and a work to a world: which name stands for the question, what the others stand for, where all is measured."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, islice, pairwise, product
from typing import Any

from derivx import ops
from derivx.errors import UsageError
from derivx.expr import Call, Diff, Expr, Sym, add, contains, names, neg, postorder, written_out
from derivx.grading.points import Interval, draw, generator
from derivx.grading.precise import precise_space
from derivx.syntax import write
from derivx.syntax.program import PROPERTIES, Program, is_program, read_program
from derivx.syntax.reader import read_question
from derivx.syntax.spelling import CONSTANTS
from derivx.works.implicit import of_curve, on_curve
from derivx.works.sheet import Problem, Sheet, Statement, helper
from derivx.works.world import DIGITS, ROUNDED, World, agree, closure, is_number, literals, ordered, slack, with_names

_POINTS, _LEAST, _DRAWS = 4, 2, 60
_TAME, _MOST_LOOKED_AT = 300, 60  # at points where a value is beyond this, exponentials of it have none
_MOST_GUESSES = 60
_USUAL, _PLAINLY = ("y", "f", "L", "F", "J", "E", "C", "g", "z", "h"), 7  # names of questions; the first say nothing else
_ANY = ("real", "any", "nonzero", "scalar")
_POSITIVE: Interval = (0.3, 1.7)
_BOUND = re.compile(r"\s*(?:(-?[\d.]+)\s*<=?\s*)?([^\W\d]\w*)\s*(?:(<=?|>=?)\s*(-?[\d.]+))?\s*")


def read_problem(text: str, wrt: str | Sequence[str], variables: Sequence[str] = (), assume: Any = None) -> Problem | Program:
    """The question of a work; a ``Program`` as it is where it is over arrays. Raises ``ReadError``, ``UsageError``."""
    by = names_of(wrt)
    for name, what in assume.items() if isinstance(assume, Mapping) else ():
        if what in PROPERTIES:
            text = re.sub(rf"(?<![\w]){re.escape(str(name))}\s*:\s*\(", f"{name}: {what} (", text)
    if is_program(text):
        program = read_program(text, variables)
        return program if program.over_arrays else _of_program(program, by)
    reading = read_question(text, variables)
    if reading.equation is not None:
        return of_curve(reading.expr, by, variables)
    by = by or tuple(n for n in names(reading.expr) if n not in CONSTANTS)[:1]
    if not by:
        raise UsageError("bad_wrt", name="")
    inputs = tuple(dict.fromkeys([*(n for n in names(reading.expr) if n not in CONSTANTS), *by, *variables]))
    whole: Expr = reading.expr
    for name in by:
        whole = Diff(whole, Sym(name))
    targets = (whole, *(Diff(reading.expr, Sym(n)) for n in dict.fromkeys(by) if len(set(by)) > 1))
    return Problem(reading.expr, targets, {}, inputs, reading.label, by)


def names_of(wrt: str | Sequence[str]) -> tuple[str, ...]:
    """The names that are differentiated by, of ``"x, y"`` too."""
    return tuple(n.strip() for n in wrt.split(",") if n.strip()) if isinstance(wrt, str) else tuple(wrt)


def _of_program(program: Program, by: tuple[str, ...]) -> Problem:
    by = by or program.wrt
    output = Sym(program.output)
    targets: tuple[Expr, ...] = tuple(Diff(output, Sym(n)) for n in dict.fromkeys(by))
    if len(set(by)) < len(by):
        whole: Expr = output
        for name in by:
            whole = Diff(whole, Sym(name))
        targets = (whole,)
    inputs = tuple(dict.fromkeys([*program.inputs, *program.values, *(n for n in by if n not in program.definitions)]))
    return Problem(output, targets, program.definitions, inputs, program.output, by, program.values, program=True)


def assumed(domain: Any, assume: Any) -> dict[str, Interval]:
    """Where the names lie: stated intervals, and assumptions such as ``x > 0`` or ``{"x": "positive"}``; a domain may be said so, too."""
    found: dict[str, Interval] = {}
    for said in (assume, domain):
        for name, what in said.items() if isinstance(said, Mapping) else _assumptions(said):
            box = _box(str(name), what, strict=said is domain)
            if box is not None:
                found[str(name)] = box
    return found


def _box(name: str, what: Any, *, strict: bool) -> Interval | None:
    """An interval, of ``(0.1, 2)``, ``(0, None)``, ``"positive"`` or ``"> 1"``; ``strict``: anything else is refused."""
    if isinstance(what, str):
        word = what.strip().lower()
        if re.search(r"[<>]", word):
            rows = dict(_assumptions([what if re.search(r"[^\W\d]", what) else f"{name} {what}"]))
            return _box(name, rows[name], strict=strict) if name in rows and not isinstance(rows[name], str) else None
        return None if word in _ANY or word in set(PROPERTIES) - {"positive"} else (-1.7, -0.3) if word == "negative" else _POSITIVE
    if isinstance(what, Sequence) and len(what) == 2:
        low, high = (None if v is None or abs(float(v)) == math.inf else float(v) for v in what)
        low, high = (high - 2 if high is not None else -2.0) if low is None else low, high if high is not None else (low or 0.0) + 2
        if low < high:
            return low, high
    if strict:
        raise UsageError("bad_value", value=what, name=name)
    return None


def _assumptions(assume: Any) -> Iterable[tuple[str, Any]]:
    texts = re.split(r"[,;]|\band\b", assume) if isinstance(assume, str) else assume or ()
    for text in texts:
        match = _BOUND.fullmatch(str(text))
        if match and match[3] and match[3][0] == ">" and not match[1]:
            low = float(match[4])
            yield match[2], (low + 0.3, low + 1.7)
        elif match and match[1] and match[4]:
            yield match[2], (float(match[1]), float(match[4]))
        elif match and match[3]:
            high = float(match[4])
            yield match[2], (high - 1.7, high - 0.3)
        else:
            word = str(text).split()
            if len(word) > 1:
                yield word[0], word[-1]


def drawn(problem: Problem, domain: Mapping[str, Interval], seed: int | str) -> list[dict[str, Any]]:
    """Points at which the question and its derivatives have values. Raises ``UsageError`` where there are too few."""
    rng = generator(seed, write(problem.body), ",".join(problem.wrt))
    table = draw(problem.inputs, domain, rng, _DRAWS, 0)
    number = precise_space(DIGITS).ctx.mpf
    found: list[dict[str, Any]] = []
    wild: list[dict[str, Any]] = []
    nodes = dict.fromkeys(n for e in (problem.body, *problem.definitions.values()) for n in postorder(e) if isinstance(n, Call))
    kinked = [n for n in nodes if has_kinks(n)]
    seen = set[tuple[bool, ...]]()
    for i in range(_DRAWS):
        if len(found) >= _POINTS and not kinked:
            break
        point = {n: number(float(v[i])) for n, v in table.items()}
        if problem.curve is not None:
            above = on_curve(problem, point, rng.uniform(*domain.get(problem.curve[0], (0.3, 3.0))))
            if above is None:
                continue
            point = above
        world = World(problem.definitions, [point])
        if None in [v for e in (problem.body, *problem.targets) for v in world.values(e)]:
            continue
        if any(v is not None and abs(v) > _TAME for n in list(nodes)[:_MOST_LOOKED_AT] for v in world.values(n)):
            wild.append(point)
            continue
        sides = tuple(v is not None and v > 0 for n in kinked for e in _borders(n) for v in world.values(e))
        if len(found) < _POINTS or (sides not in seen and len(found) < 2 * _POINTS):
            found.append(point)
        seen.add(sides)
    if len(found) < _LEAST:
        found += wild[:_POINTS]
    if len(found) < _LEAST:
        raise UsageError("undefined_there")
    return found


def has_kinks(node: Call) -> bool:
    """Whether a function has a kink."""
    return ops.known(node.op) and bool(ops.card(node.op).kinks)


def _borders(node: Call) -> list[Expr]:
    """What changes its sign where a function has a kink: an argument, or the difference of two."""
    return [*node.args[:1], *([add(node.args[0], neg(node.args[1]))] if len(node.args) == 2 else [])]


def parts_of(problem: Problem) -> list[Expr]:
    """What an intermediate of the question may be: its named values, its parts, and the gradients on the way; the largest first."""
    whole = written_out(problem.body, problem.definitions)
    found: dict[Expr, None] = {Sym(n): None for n in problem.definitions}
    nodes = sorted((n for n in postorder(whole) if isinstance(n, Call) and names(n)), key=lambda n: -n.size)
    for node in nodes[:40]:
        found[node] = None
        if node.op in ("add", "mul") and 2 < len(node.args) <= 5:
            for size in range(2, len(node.args)):
                found.update((Call(node.op, some), None) for some in combinations(node.args, size))
    for n in problem.definitions:
        found[Diff(problem.body, Sym(n))] = None
    return [e for e in found if e != problem.body]


class Setup:
    """The true world of a work, the statements that give names a wrong meaning, and what the names of the question are."""

    def __init__(self, sheet: Sheet, points: Sequence[Mapping[str, Any]], domain: Mapping[str, Interval]) -> None:
        self.sheet, self.problem, self.points, self.domain = sheet, sheet.problem, points, domain
        self.wrong_copies: dict[str, Expr] = {}  # names that were to be the question and are not, and what was written
        self.aliases: list[str] = []
        self.guessed: dict[str, Expr] = {}
        self.definitions = dict(sheet.definitions)
        if not ordered(self.definitions):
            self._break_circles()
        self._reckoned()
        self._name_question()
        self._guess()
        self.world = with_names(World(self.definitions, points))

    def _break_circles(self) -> None:
        """A definition that leads back to itself defines nothing."""
        kept: dict[str, Expr] = {}
        for name, body in self.definitions.items():
            if ordered({**kept, name: body}):
                kept[name] = body
        for statement in self.sheet.statements:
            if statement.defines and statement.defines not in kept:
                statement.defines = ""
        self.definitions = kept

    def _reckoned(self) -> None:
        """Names that stand for numbers, worked out from the numbers of the work: those of the question's parts."""
        given = {n: World({}, [{}]).values(e)[0] for n, e in self.sheet.numbers.items() if is_number(e)}
        if not given:
            return
        here = World(self.problem.definitions, [given])
        told = {str(n.value) for e in (*self.sheet.numbers.values(), self.problem.body) for n in literals(e)}
        parts = [e for e in (self.problem.body, *parts_of(self.problem)) if here.knows(e) and here.values(e)[0] is not None]
        for s in self.sheet.statements:
            if s.defines and all(is_number(e) for e in s.parts):
                found = [e for e in parts if all(_near(e, p, here, told) for p in s.parts)]
                if found:
                    first = s.parts[0]
                    self.definitions[s.defines] = min(found, key=lambda e: (_head(e) != _head(first), e.size))
                    s.defines = ""

    def _own(self) -> list[str]:
        return [n for n in self.definitions if n not in self.problem.definitions and not helper(n)]

    def _name_question(self) -> None:
        if self.problem.program:
            self.aliases = [self.problem.label]
            return
        world = World(self.definitions, self.points)
        right = world.values(self.problem.body)
        known = [n for n in self._own() if world.knows(Sym(n)) and agree(right, world.values(Sym(n)))]
        self.aliases = known
        if self.problem.label:
            self.definitions[self.problem.label] = self.problem.body
            self.aliases.append(self.problem.label)
        elif known:
            name = self._unsaid(world)
            if name in _USUAL[:_PLAINLY]:  # a second name for the question: y' after f(x) = ...
                self.definitions[name] = self.problem.body
                self.aliases.append(name)
        else:
            name = self._unsaid(world) or self._mistaken(world)
            if name and name in self.definitions and self._part_miscopied(name):
                self.aliases.append(name)
            elif name:
                if name in self.definitions:
                    self.wrong_copies[name] = self.definitions[name]
                self.definitions[name] = self.problem.body
                self.aliases.append(name)

    def _part_miscopied(self, name: str) -> bool:
        """Whether ``y = sin(u)`` would be the question, were ``u`` another of its parts: then the mistake is in ``u``."""
        right = World({}, self.points).values(self.problem.body)
        for part in self._own():
            if part == name or part not in closure(self.definitions[name], self.definitions):
                continue
            for e in parts_of(self.problem):
                new = {**self.definitions, part: e}
                if agree(right, World(new, self.points).values(Sym(name))):
                    self.wrong_copies[part] = self.definitions[part]
                    self.definitions = new
                    return True
        return False

    def _unsaid(self, world: World) -> str:
        """The name that stands for the question without a word: ``y`` in ``y' = ...``."""
        missing = self._missing(world)
        heads = [n for s in self.sheet.statements if s.left is not None for n in _differentiated(s.left) if n in missing]
        heads += [n for s in self.sheet.statements if s.left is not None for n in names(s.left) if n in missing]
        by = {n.wrt.name for s in self.sheet.statements for e in _sides(s) for n in postorder(e) if isinstance(n, Diff)}
        bodies = [n for s in self.sheet.statements for e in _sides(s) for n in _differentiated(e) if n in missing]
        first = [n for n in heads if n not in by] or heads or [n for n in bodies if n not in by]
        both = "y" in first  # where there is a y, f and g are parts
        counted = sorted(dict.fromkeys(first), key=lambda n: (n != "y" if both else n not in _USUAL, first.index(n)))
        return counted[0] if counted else ""

    def _mistaken(self, world: World) -> str:
        """A defined name that the last derivative is of, where nothing else is the question: the question, miscopied."""
        targets = [world.values(t) for t in self.problem.targets]
        last = ""
        for s in self.sheet.statements:
            if s.left is None or not world.knows(s.left):
                continue
            if any(agree(t, world.values(s.left)) for t in targets):
                return ""
            found = [n for n in _differentiated(s.left) if n in self.definitions and not helper(n)]
            last = found[-1] if found and isinstance(s.left, Diff) and s.left.wrt.name in self.problem.wrt else last
        return last

    def _missing(self, world: World) -> list[str]:
        found = (n for s in self.sheet.statements for e in _sides(s) for n in world.unknown(e))
        return list(dict.fromkeys(n for n in found if n not in self.sheet.bodies))

    # Names that are used and never said.

    def _guess(self) -> None:
        """Give names that the work never says the meaning under which most of it is true."""
        world = World(self.definitions, self.points)
        missing = self._missing(world)
        if not missing or len(missing) > 3:
            return
        parts = [e for e in parts_of(self.problem) if world.knows(e)]
        depth = {1: 30, 2: 8, 3: 4}[len(missing)]
        links = [
            pair
            for s in self.sheet.statements
            for pair in _links(s, self.problem.targets[0])
            if any(contains(e, Sym(n)) for e in pair for n in missing)
        ]
        best, most = None, 0
        for some in islice(product(parts[:depth], repeat=len(missing)), _MOST_GUESSES):
            there = with_names(world.having(dict(zip(missing, some, strict=True))))
            count = sum(there.knows(a) and there.knows(b) and there.same(a, b) is True for a, b in links)
            if count > most:
                best, most = some, count
            if count == len(links):
                break
        if best is None:
            stand_in = [Call(f"any_{n}", (Sym(self.problem.wrt[0]),)) for n in missing]
            there = world.having(dict(zip(missing, stand_in, strict=True)))
            if not any(there.knows(a) and there.knows(b) and there.same(a, b) for a, b in links):
                return
            best = tuple(stand_in)
        self.guessed = dict(zip(missing, best, strict=True))
        self.definitions.update(self.guessed)


def _near(e: Expr, number: Expr, here: World, told: set[str]) -> bool:
    """Whether a part has a value, as far as its decimals go."""
    value, shown = here.values(e)[0], here.values(number)[0]
    return shown is not None and abs(value - shown) <= ROUNDED * slack(number, here, told)[0] + 1e-30 * abs(value)


def _head(e: Expr) -> str:
    return e.op if isinstance(e, Call) else ""


def _links(s: Statement, base: Expr) -> list[tuple[Expr, Expr]]:
    row = [s.left if s.left is not None else base, *s.parts]
    return list(pairwise(row))


def _sides(s: Statement) -> list[Expr]:
    return [*([s.left] if s.left is not None and not s.gives else []), *(s.parts if not s.gives else ())]


def _differentiated(e: Expr) -> list[str]:
    """The names whose derivatives stand in an expression."""
    found: list[str] = []
    for node in postorder(e):
        body = node
        while isinstance(body, Diff):
            body = body.body
        if body is not node and isinstance(body, Sym):
            found.append(body.name)
    return found
