"""Works over vectors and matrices: read in the dialect of blackboards, every side compared with what its chain stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from derivx import ops
from derivx.derive.matrix.columns import down_columns
from derivx.derive.matrix.shapes import Shapes
from derivx.errors import DerivxError, LimitError, NotSupported, ReadError
from derivx.expr import Call, Diff, Expr, Num, Sym, names, postorder, substitute, transform
from derivx.grading.arrays import ArrayJudge
from derivx.grading.dialect import Dialect
from derivx.grading.parts import Misfit, Part
from derivx.grading.points import Interval
from derivx.grading.reading import ANSWER, Vocabulary
from derivx.shape import Shape
from derivx.syntax.program import Program
from derivx.syntax.reader import read_question
from derivx.syntax.tokens import Limits, canonical
from derivx.works.array_sheet import ArraySheet, Chain, Wrong
from derivx.works.array_world import INSIDE, LINK, PART, ArrayWorld, Values, agree
from derivx.works.judge import CARRIED, GIVEN, RIGHT, UNDECIDED, UNREAD, WRONG, Found, Judgement
from derivx.works.sheet import MOST_LINES, Statement
from derivx.works.slopes import INNER, slope_of
from derivx.works.text import NAME, called, closing, is_prose, links, operators, plain, sides, statements
from derivx.works.world import closure

_LIMITS = Limits(
    chars=ANSWER.chars, tokens=ANSWER.tokens, depth=ANSWER.depth, name=ANSWER.name, digits=ANSWER.digits, exponent=ANSWER.exponent,
    arrays=True, dialect=True,
)  # fmt: skip
_PLAIN = replace(_LIMITS, dialect=False)
_LABEL = re.compile(rf"\s*({NAME})\s*")
_PENDING, _BY = re.compile(r"(?<![A-Za-z0-9_])D\(\("), re.compile(rf"\s*,\s*({NAME})\s*\)")
_NEW = re.compile(rf"\s*({NAME})\s*=")
_MOVES = re.compile(r"(?<![A-Za-z0-9_/])(?<!/ )d\s?(?=\()\(")


class ArrayWork:
    """Judges the lines of a work over arrays."""

    def __init__(self, program: Program, by: Sequence[str], domain: Mapping[str, Interval], seed: int | str, lines: Sequence[str]) -> None:
        by = tuple(by) or program.wrt[:1]
        if len(set(by)) < len(by):
            raise NotSupported("not_supported", what=", ".join(by))
        self.judges = {n: ArrayJudge(program, (n,), domain=domain, seed=seed) for n in by}
        first = self.judges[by[0]]
        self.program, self.by = program, by
        question = first.asked.question
        self.label = question.label or "L"
        shapes = {**first.asked.shapes, self.label: first.asked.output}
        self.world = ArrayWorld(question, self.label, shapes, first.places)
        self._name_insides()
        self.lines, self.sheet = lines, ArraySheet()
        self.links: dict[tuple[str, str], str] = {}
        self.claims: dict[str, Values] = {}
        self.wrong: dict[int, Wrong] = {}
        self.mains: dict[int, str] = {}  # by what a statement that answers the question is a derivative
        self.defined: dict[str, tuple[int, Expr, Part]] = {}  # names of the work: the statement, as typed, as read
        self.vocabulary = first.vocabulary
        self._by_plain = {plain(n): n for n in shapes}

    def _name_insides(self) -> None:
        """What goes into a function has a name from the start: ``delta`` is the derivative by it."""
        shapes = Shapes(dict(self.world.shapes))
        nodes = (n for body in list(self.world.definitions.values()) for n in postorder(body) if isinstance(n, Call) and len(n.args) == 1)
        calls = (n for n in nodes if isinstance(n.args[0], Call) and n.op not in ("neg", "transpose") and names(n.args[0]))
        insides = [n.args[0] for n in calls if shapes.of(n) == shapes.of(n.args[0]) != ()]
        for i, inside in enumerate(dict.fromkeys(insides)):
            self.world.add(f"{INSIDE}{i + 1}", inside, shapes.of(inside))

    # Names.

    def own(self, name: str) -> str:
        """The name as the question or the work first spells it."""
        return self._by_plain.get(plain(name), canonical(name.replace("\\", "")))

    def _link(self, above: str, below: str) -> str | None:
        """The name that stands for ``D(above, below)`` in what is read."""
        pair = self.own(above), self.own(below)
        if any(n not in self.world.shapes for n in pair):
            return None
        if pair not in self.links:
            self.links[pair] = f"{LINK}{len(self.links) + 1}"
            shape = self.world.shape_of(*pair)
            if shape is not None:
                name = self.links[pair]
                self.world.shapes[name] = shape
                for env, value in zip(self.world.envs, self.world.derivative(*pair), strict=True):
                    if value is not None:
                        env[name] = value
        return self.links[pair]

    # Reading.

    def read(self, text: str, limits: Limits = _LIMITS) -> Expr:
        """One side as typed. Raises ``DerivxError``."""
        ready = self._moved(links(called(text, self._sloped), self._link))
        arrays = [n for n, s in self.world.shapes.items() if s]
        typed = {*self.world.shapes, *self.vocabulary.names, *(f"{n}'" for n in arrays), "T", "I"}
        if "d" not in self.world.shapes:
            typed.discard("d")
        small = self._differentials(ready)
        e = read_question(ready, {*typed, *small}, limits).expr
        return transform(e, lambda n: self._linked(n, text) if isinstance(n, Diff) else n)

    def _sloped(self, name: str, primes: str, argument: str) -> str | None:
        """``sigma'(Z)`` as the name of its values."""
        card = ops.find(plain(name), 1) if primes and self.own(name) not in self.world.shapes else None
        if card is None:
            return None
        inner = self.settled(self.read(argument), argument, ())
        part = Part(substitute(slope_of(card.name, len(primes)), {Sym(INNER): inner.expr}), inner.shape)
        return self._part(part)

    def _part(self, part: Part) -> str:
        name = f"{PART}{len(self.world.shapes)}"
        self.world.define(name, part.expr, part.shape)
        return name

    def _moved(self, text: str) -> str:
        """``d(X w - y)`` as the name of how that moves."""
        while (found := _MOVES.search(text)) is not None and (end := closing(text, found.end() - 1)) > 0:
            inner = text[found.end() : end]
            part = self.settled(self.read(inner), inner, ())
            text = f"{text[: found.start()]} d{self._part(part)} {text[end + 1 :]}"
        return text

    def _carried_out(self, text: str) -> str:
        """``d/dx (x^T A x)`` as the name of that derivative."""
        text = operators(text)
        while (found := _PENDING.search(text)) is not None and (end := closing(text, found.end() - 1)) > 0:
            inner, by = text[found.end() : end], _BY.match(text, end + 1)
            part = self.settled(self.read(inner), inner, ())
            whole = agree(self.world.values(part.expr), self.world.values(Sym(self.label)))
            name = self._link(self.label if whole else self._part(part), by[1]) if by is not None else None
            if name is None or by is None:
                raise ReadError("not_carried_out", text=text, end=len(text), expected="expression")
            text = f"{text[: found.start()]} {name} {text[by.end() :]}"
        return text

    def _linked(self, node: Diff, text: str) -> Expr:
        """``D(L, W)`` as the name that stands for it."""
        name = self._link(node.body.name, node.wrt.name) if isinstance(node.body, Sym) else None
        if name is None:
            raise ReadError("not_carried_out", text=text, end=len(text), expected="expression")
        return Sym(name)

    def _differentials(self, text: str) -> set[str]:
        """``dL``, ``dX``: how the names move where the variable moves some way."""
        found = {n for n in self.world.shapes if re.search(rf"(?<![A-Za-z0-9_/])d{re.escape(n)}(?![A-Za-z0-9_])", text)} - {"d"}
        for name in found:
            if f"d{name}" not in self.world.shapes:
                self.world.shapes[f"d{name}"] = self.world.shapes[name]
                for env, value in zip(self.world.envs, self.world.along(name, self.by[0]), strict=True):
                    env[f"d{name}"] = value
        return {f"d{n}" for n in found}

    def settled(self, e: Expr, text: str, shape: Shape) -> Part:
        """A side in the language of the cards. Raises ``Misfit``, ``DerivxError``."""
        vocabulary = Vocabulary(frozenset({*self.world.shapes, *self.vocabulary.names}), self.vocabulary.functions)
        dialect = Dialect(self.world.shapes, vocabulary, defined=self.judges[self.by[0]].asked.sizes.alias)
        try:
            return dialect.settle(e, text, shape)
        except ReadError as error:
            if error.key != "two_readings" or not text:
                raise
            return self._plainly(text, error)

    def _plainly(self, text: str, error: ReadError) -> Part:
        """A side in the language of programs, where ``*`` goes entry by entry, when the blackboard leaves open which product is meant."""
        try:
            shapes = Shapes(dict(self.world.shapes))
            e = down_columns(self.read(text, _PLAIN), shapes)
            return Part(e, shapes.of(e))
        except (DerivxError, IndexError, ValueError, KeyError):
            raise error from None

    # Judging.

    def run(self) -> Judgement:
        """Judge all statements in order."""
        out = Judgement()
        asked = [(self.label, n) for n in self.by]
        self.chain = self._of_link(*asked[0])
        if len(self.lines) > MOST_LINES:
            raise LimitError("too_many_lines", limit=MOST_LINES)
        for i, line in enumerate(self.lines):
            if len(line) > _LIMITS.chars:
                error = LimitError("too_long", text=line[:200], start=0, limit=_LIMITS.chars, size=len(line))
                self.sheet.statements.append(Statement(i, line[:200], error=error))
                out.found.append(Found(UNREAD))
                continue
            for text in self._in_order(statements(line)):
                if is_prose(text):
                    continue
                s = Statement(i, text)
                self.sheet.statements.append(s)
                found = self._statement(s, out)
                out.found.append(found)
        return out

    def _in_order(self, texts: list[str]) -> list[str]:
        """The statements of a line, each behind the names it uses: ``∂L/∂w = X^T r, r = X w - y``."""
        heads = {m[1] for t in texts[1:] if (m := _NEW.match(t)) and self.own(m[1]) not in self.world.shapes}
        late = {t for t in texts[1:] if (m := _NEW.match(t)) and m[1] in heads}
        used = any(re.search(rf"(?<![A-Za-z0-9_])[d∂]?{re.escape(h)}(?![A-Za-z0-9_])", texts[0]) for h in heads)
        return sorted(texts, key=lambda t: t not in late) if used else texts

    def _statement(self, s: Statement, out: Judgement) -> Found:
        rows = sides(s.text)
        try:
            rows = [self._carried_out(r) for r in rows]
            if len(rows) > 1 and rows[0]:
                verdict, rest = self._start(rows)
            else:
                verdict, rest = RIGHT, [r for r in rows if r]
            found = self._sides(s, verdict, rest)
        except DerivxError as error:
            s.error = error
            if len(rows) > 1 and rows[0]:
                self.chain = Chain((), ())  # nobody knows what the lines after it continue
            return Found(UNREAD)
        except Exception:  # noqa: BLE001 - a fault of the checker: a person decides
            return Found(UNDECIDED)
        if self.chain.main:
            last = self.chain.before
            if last is not None and found.verdict in (RIGHT, GIVEN):
                out.answers.append((len(out.found), last))
                self.mains[len(out.found)] = self.chain.link[1]
            out.ended = last is not None and not any(n.startswith(LINK) and not self._said(n) for n in names(last.expr))
            out.answer = out.ended and found.verdict in (RIGHT, GIVEN)
        return found

    def _said(self, name: str) -> bool:
        return name in self.claims

    def _start(self, rows: list[str]) -> tuple[Any, list[str]]:
        """Begin a chain at a left side; a new name is defined."""
        label = _LABEL.fullmatch(rows[0])
        ready = links(rows[0], self._link).strip()
        pairs = [pair for pair, name in self.links.items() if name == ready]
        if pairs:
            self.chain = self._of_link(*pairs[0])
            return RIGHT, rows[1:]
        if label and self.own(label[1]) not in self.world.shapes:
            return self._define(label[1], rows)
        e = self.read(rows[0])
        part = self.settled(e, rows[0], ())
        self.chain = Chain(self.world.values(part.expr), part.shape, before=part)
        return RIGHT, rows[1:]

    def _of_link(self, above: str, below: str) -> Chain:
        self._link(above, below)
        shape = self.world.shape_of(above, below)
        if shape is None:
            return Chain((), (), (above, below))
        values = self.world.values(Sym(self.links[above, below]))
        return Chain(values, shape, (above, below), main=above == self.label and below in self.by)

    def _define(self, name: str, rows: list[str]) -> tuple[Any, list[str]]:
        """A new name: what is written with its formula is written with it, but for what stands on derivatives."""
        own = self.own(name)
        typed = self.read(rows[1])
        part = self.settled(typed, rows[1], ())
        self._by_plain.setdefault(plain(own), own)
        self.defined[own] = (len(self.sheet.statements) - 1, typed, part)
        if any(n.startswith(LINK) for n in names(part.expr)):
            self.world.shapes[own] = part.shape
            for env, value in zip(self.world.envs, self.world.values(part.expr), strict=True):
                if value is not None:
                    env[own] = value
        else:
            self.world.add(own, part.expr, part.shape)
        self.chain = Chain(self.world.values(part.expr), part.shape, before=part)
        return GIVEN, rows[2:]

    def _sides(self, s: Statement, verdict: Any, rest: list[str]) -> Found:
        worst = Found(verdict)
        for text in rest:
            found = self._side(s, text)
            if found.verdict is WRONG or worst.verdict in (RIGHT, GIVEN):
                worst = found if found.verdict is not RIGHT else worst
        return worst

    def _side(self, s: Statement, text: str) -> Found:
        chain = self.chain
        e = self.read(text)
        factors = _factors(e)
        if len(factors) > 1 and all(n.startswith(LINK) for n in factors):
            return self._product(s, [pair for n in factors for pair, name in self.links.items() if name == n])
        if not chain.values:
            return Found(UNDECIDED)
        try:
            part = self.settled(e, text, chain.shape)
        except Misfit:
            return self._wrong(s, e, None)
        found = self.world.values(part.expr)
        if None in [None if v is None else 0 for v in found]:
            return Found(UNDECIDED)
        right = agree(found, chain.values) or _nothing(part, chain)
        verdict = RIGHT if right else CARRIED if self._carried(part, found) else WRONG
        if any(chain.link):
            self.claims[self.links[chain.link]] = found
        if verdict is WRONG:
            return self._wrong(s, e, part)
        chain.before, chain.sound = part, chain.sound and right
        return Found(verdict)

    def _wrong(self, s: Statement, e: Expr, part: Part | None) -> Found:
        chain = self.chain
        chain.sound = False
        if part is not None:
            chain.before = part
        self.wrong.setdefault(s.line, Wrong(chain.values, chain.shape, e, part, chain.link))
        return Found(WRONG)

    def _carried(self, part: Part, found: Values) -> bool:
        """Whether a side is right for somebody who believes the wrong sides before it."""
        chain = self.chain
        if not chain.sound and chain.before is not None and agree(self.world.values(chain.before.expr), found):
            return True
        believed = self._believed()
        if not believed:
            return False
        if chain.before is not None and agree(self.world.values(chain.before.expr, believed), found):
            return True
        above, below = chain.link
        for (output, through), name in self.links.items():
            stands = through != below and below in closure(Sym(through), self.world.definitions)
            if stands and output == above == self.label and name in believed[0]:
                pulled = self.world.pulled(through, self.claims[name], below)
                if agree(pulled, found) or agree(pulled, self.world.values(part.expr, believed)):
                    return True
        return False

    def _believed(self) -> list[dict[str, Any]]:
        """The derivatives that the work gives wrongly, by place."""
        wrong = {n: v for n, v in self.claims.items() if not agree(v, self.world.values(Sym(n)))}
        return [{n: v[i] for n, v in wrong.items()} for i in range(len(self.world.envs))] if wrong else []

    # Chains of derivatives.

    def _product(self, s: Statement, pairs: list[tuple[str, str]]) -> Found:
        """A product of derivatives as a path: each factor goes on where the one before ended."""
        here = self.chain.link
        stands = all(b in closure(Sym(a), self.world.definitions) for a, b in pairs)
        at, rest = here[0], list(pairs)
        while (step := next((p for p in rest if p[0] == at), None)) is not None:
            rest.remove(step)
            at = step[1]
        if stands and not rest and at == here[1]:
            self.chain.before = Part(Sym(self.links[pairs[0]]))
            return Found(RIGHT)
        self._wrong(s, Num(0), None)
        self.wrong[s.line].stray = not stands
        return Found(WRONG)


def _factors(e: Expr) -> list[str]:
    """The names of a product of names; none for anything else."""
    if isinstance(e, Sym):
        return [e.name]
    if getattr(e, "op", "") in ("mul", "juxt", "matmul", "hadamard"):
        rows = [_factors(a) for a in e.args]  # type: ignore[attr-defined]
        return [n for row in rows for n in row] if all(rows) else []
    return []


def _nothing(part: Part, chain: Chain) -> bool:
    return isinstance(part.expr, Num) and not part.expr.value and all(v is not None and not v.any() for v in chain.values)


__all__ = ["ArrayWork", "Wrong"]
