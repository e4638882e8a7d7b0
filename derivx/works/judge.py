"""The verdict on each line: against the line before, against the question, and with earlier errors carried forward."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derivx import ops
from derivx.expr import (
    ONE,
    ZERO,
    Call,
    Diff,
    Expr,
    Sym,
    add,
    div,
    mul,
    names,
    neg,
    postorder,
    substitute,
    transform,
    written_out,
)
from derivx.works.blame import culprit, mended
from derivx.works.result import LineVerdict
from derivx.works.setup import Setup
from derivx.works.sheet import Statement
from derivx.works.text import sides
from derivx.works.world import (
    ROUNDED,
    World,
    agree,
    closure,
    is_number,
    literals,
    slack,
    with_names,
)

RIGHT, GIVEN, CARRIED, WRONG = LineVerdict.RIGHT, LineVerdict.GIVEN, LineVerdict.CARRIED, LineVerdict.WRONG
TOO_FAR, UNREAD, UNDECIDED = LineVerdict.TOO_FAR, LineVerdict.UNREAD, LineVerdict.UNDECIDED
_REPAIRS = 3


@dataclass
class Found:
    """What is found of a statement: its verdict, and for a wrong one what stood before, what was written, and its unknown names."""

    verdict: LineVerdict
    before: Expr | None = None
    after: Expr | None = None
    missing: tuple[str, ...] = ()
    base: Expr | None = None  # what its chain stands for
    main: bool = False  # whether that is the answer to the question


@dataclass
class Chain:
    """Lines joined by equals signs: what they stand for, the last of them, whether all were right, whether they answer the question."""

    base: Expr
    before: Expr
    main: bool = False
    names: bool = False  # what a new name stands for
    sound: bool = True


@dataclass
class Judgement:
    """What is found of every statement; names whose definition is wrong, with what they should be; whether the answer was reached."""

    found: list[Found] = field(default_factory=list)
    blamed: dict[str, Expr] = field(default_factory=dict)
    answer: bool = False
    ended: bool = False
    last: Expr | None = None  # the last line of the derivation
    answers: list[tuple[int, Any]] = field(default_factory=list)  # sides that answer the question, by the place of their statement


class Judge:
    """Judges the statements of a work in the world that the setup found."""

    def __init__(self, setup: Setup, max_skip: int | None = None, seed: int | str = 0) -> None:
        self.setup, self.problem, self.max_skip, self.seed = setup, setup.problem, max_skip, seed
        self.sheet = setup.sheet
        self.truth: World = setup.world
        self.others: list[World] = [self._with(name, body) for name, body in setup.wrong_copies.items()]
        self.blamed: dict[str, Expr] = {n: setup.definitions[n] for n in setup.wrong_copies}
        numbers = {n: World({}, [{}]).values(e)[0] for n, e in self.sheet.numbers.items() if is_number(e)}
        self.given = {n: v for n, v in numbers.items() if v is not None}
        told = (*self.sheet.numbers.values(), self.problem.body, *self.problem.definitions.values())
        self.exact = {str(n.value) for e in told for n in literals(e)}

    def run(self) -> Judgement:
        """Judge all; where a line is wrong because of a name that was defined wrongly, blame the definition and judge again."""
        for _ in range(_REPAIRS):
            judgement = self._once()
            if not self._blame(judgement):
                break
        judgement.blamed = self.blamed
        return judgement

    def _with(self, name: str, body: Expr) -> World:
        return with_names(self.truth.having({name: body}), keep=[name])

    # One pass.

    def _once(self) -> Judgement:
        self.claims: list[tuple[Diff, Expr]] = []
        target = self.problem.targets[0]
        self.here = Chain(target, target, main=True)
        self.chains = [self.here]
        self.lost = False  # whether the chain that is continued began on a line that cannot be read
        out = Judgement()
        for statement in self.sheet.statements:
            out.found.append(self._statement(statement, out))
        return out

    def _statement(self, s: Statement, out: Judgement) -> Found:
        if s.error is not None:
            rows = sides(s.text)
            self.lost = self.lost or (len(rows) > 1 and bool(rows[0]))
            return Found(UNREAD)
        try:
            return self._judged(s, out)
        except Exception:  # noqa: BLE001 - no value to be had, or a fault of the checker: a person decides
            return Found(UNDECIDED)

    def _judged(self, s: Statement, out: Judgement) -> Found:
        everything = [*([s.left] if s.left is not None else []), *s.parts]
        missing = tuple(dict.fromkeys(n for e in everything for n in (*self.truth.unknown(e), *self._strange(e))))
        if s.gives:
            return Found(GIVEN)
        if missing:
            self.lost = self.lost or s.left is not None
            return Found(UNREAD, missing=missing)
        verdict, parts = RIGHT, s.parts
        if s.defines:
            verdict, parts = self._definition(s)
        elif s.left is not None:
            self._start(Chain(s.left, s.left, self._is_target(s.left)))
        elif self._restates(s):
            return Found(RIGHT)
        elif not self._continue(s.parts[0]):
            return Found(UNDECIDED)
        worst = Found(verdict, self.blamed.get(s.defines) if verdict is WRONG else None, s.parts[0], base=s.left)
        for part in parts:
            found = self._link(part)
            if _rank(found.verdict) > _rank(worst.verdict):
                worst = found
            self.here.before, self.here.sound = part, self.here.sound and found.verdict in (RIGHT, TOO_FAR)
        if s.left is not None and parts:
            self._claim(s.left, parts[-1])
        if self.here.main:
            last = self.here.before
            sure = not any(n in self.blamed for n in closure(last, self.truth.definitions))
            out.answers += [(len(out.found), part) for part in parts]
            out.last, out.ended = last, not self._waiting(last)
            out.answer = out.ended and sure and worst.verdict in (RIGHT, GIVEN, TOO_FAR)
        return worst

    def _strange(self, e: Expr) -> list[str]:
        """The functions in an expression that neither the question nor the work has."""
        calls = (n.op for n in postorder(e) if isinstance(n, Call) and not ops.known(n.op))
        return [op for op in calls if op.rstrip("'") not in self.problem.functions]

    def _waiting(self, e: Expr, most: int = 20) -> bool:
        """Whether a derivative is still to be carried out, here or on a line before (that of an undefined function cannot be)."""
        for n in postorder(e):
            if isinstance(n, Sym) and n.name in self.sheet.uncarried:
                return True
            if isinstance(n, Diff) and (not isinstance(n.body, Call) or ops.known(n.body.op)):
                told = [claim for d, claim in self.claims if d == n and n not in postorder(claim)]
                if not most or not told or all(self._waiting(claim, most - 1) for claim in told):
                    return True
        return False

    def _start(self, chain: Chain) -> None:
        self.here, self.lost = chain, False
        self.chains.append(chain)

    def _continue(self, part: Expr) -> bool:
        """Which chain a line without a left side continues: the last one, or after definitions the one before them; or nobody knows."""
        open_ = [c for i, c in enumerate(reversed(self.chains)) if i == 0 or c.main or not c.names]
        last = next((i for i, c in enumerate(open_) if not c.names), 0)
        open_ = [*open_[: last + 1], *(c for c in open_[last + 1 :] if c.main)][:4]
        follows = next((c for c in open_ if self.holds(c.base, part) or (not c.sound and self.holds(c.before, part))), None)
        if follows is None and self.lost:
            return False
        self.here = follows or next((c for c in open_ if not c.names), self.here)
        return True

    def _claim(self, left: Expr, part: Expr) -> None:
        """What a line says of a derivative: of the left side itself, or of the one that stands in it (``y'/y = ...``)."""
        links = list(dict.fromkeys(n for n in postorder(left) if isinstance(n, Diff)))
        if isinstance(left, Diff):
            self.claims.append((left, part))
        elif len(links) == 1:
            zero, one = (substitute(left, {links[0]: n}) for n in (ZERO, ONE))
            self.claims.append((links[0], div(add(part, neg(zero)), add(one, neg(zero)))))

    def _definition(self, s: Statement) -> tuple[LineVerdict, tuple[Expr, ...]]:
        """A new name: what it stands for begins a chain of its own."""
        name = Sym(s.defines)
        self._start(Chain(name, s.parts[0], self._is_target(name), names=True))
        if s.defines in self.blamed:
            self.here.sound = False
            return WRONG, s.parts[1:]
        if s.defines in self.setup.aliases or self.here.main:
            return RIGHT, s.parts[1:]
        return GIVEN, s.parts[1:]

    def _is_target(self, e: Expr) -> bool:
        for t in self.problem.targets:
            if e == t or (self._same_question(e, t) if self.truth.zero(t) else self.truth.same(t, e) is True):
                return True
        return False

    def _same_question(self, e: Expr, target: Expr) -> bool:
        """Whether two derivatives are of the same thing by the same names: what tells them apart where both are zero."""
        while isinstance(e, Diff) and isinstance(target, Diff) and e.wrt == target.wrt:
            e, target = e.body, target.body
        return not isinstance(e, Diff) and not isinstance(target, Diff) and self.truth.same(e, target) is True

    def _restates(self, s: Statement) -> bool:
        """Whether a line only writes the question down again, before its derivative is begun on a line to come."""
        first = self.here.before is self.here.base and self.here.base == self.problem.targets[0]
        if not first or not self._is_question(s.parts[0]) or self.truth.same(self.here.base, s.parts[0]) is not False:
            return False
        to_come = self.sheet.statements[self.sheet.statements.index(s) + 1 :]
        return any(t.left is not None or not t.parts or not self._is_question(t.parts[-1]) for t in to_come)

    def _is_question(self, part: Expr) -> bool:
        return self.truth.same(self.problem.body, part) is True

    # One link of a chain.

    def _link(self, part: Expr) -> Found:
        right = self.holds(self.here.base, part)
        if right is None:
            return Found(UNDECIDED, self.here.before, part)
        if right:
            far = self.max_skip is not None and _work(self.here.before) - _work(part) > self.max_skip
            return Found(TOO_FAR if far else RIGHT, self.here.before, part)
        if self.holds(self.here.before, part) and (not self.here.sound or is_number(part)):
            return Found(RIGHT if self.here.sound else CARRIED, self.here.before, part)
        if self._abuse(part):
            return Found(RIGHT, self.here.before, part)
        if self._carried(part):
            return Found(CARRIED, self.here.before, part)
        return Found(WRONG, self.here.before, part, base=self.here.base, main=self.here.main)

    def _abuse(self, part: Expr) -> bool:
        """``y = x^2`` on one line and ``= 2*x`` on the next: an equals sign that means "derived"."""
        target = self.problem.targets[0]
        if self.truth.same(self.here.base, self.problem.body) and self.holds(target, part):
            self.here.base, self.here.main = target, True
            return True
        return False

    def holds(self, a: Expr, b: Expr) -> bool | None:
        """Whether two sides are the same."""
        return self._equal(self.truth, a, b)

    def _equal(self, world: World, a: Expr, b: Expr) -> bool | None:
        """Whether two sides are the same in a world; with the numbers of the work put in, as far as their decimals go."""
        same = world.same(a, b)
        if same is not False or not self.sheet.numbers or not self._fewer_names(a, b):
            return same
        here = World(world.definitions, self._numbered(world))
        x, y = here.values(a), here.values(b)
        if agree(x, y) is not False:
            return agree(x, y)
        spread = [p + q for p, q in zip(slack(a, here, self.exact), slack(b, here, self.exact), strict=True)]
        rows = [(p, q, s) for p, q, s in zip(x, y, spread, strict=True) if p is not None]
        return all(q is not None and abs(p - q) <= ROUNDED * s for p, q, s in rows) if rows else None

    def _fewer_names(self, a: Expr, b: Expr) -> bool:
        """Whether numbers were put in between two sides."""
        inputs = [{n for n in closure(e, self.truth.definitions) if n in self.problem.inputs} for e in (a, b)]
        return is_number(b) or is_number(a) or inputs[1] != inputs[0]

    def _numbered(self, world: World) -> list[dict[str, Any]]:
        """The points with the numbers of the work put in."""
        points = [{**p, **self.given} for p in world.points]
        return points[:1] if set(self.problem.inputs) <= set(self.given) else points

    # Errors carried forward.

    def _carried(self, part: Expr) -> bool:
        """Whether the line is right for somebody who believes the wrong lines before it."""
        for world in self.others:
            for e in (self.here.base, self.here.before):
                if world.knows(e) and world.knows(part) and self._equal(world, e, part):
                    return True
        wrong = [(d, claim) for d, claim in self.claims if self.holds(d, claim) is False]
        for e in (self.here.base, self.here.before):
            believed = transform(e, lambda n: next((c for d, c in reversed(wrong) if d == n), n)) if wrong else e
            if believed != e and self._equal(self.truth, believed, part):
                return True
        return any(self._believing(d, claim, part) for d, claim in reversed(wrong))

    def _believing(self, claim_of: Diff, claim: Expr, part: Expr) -> bool:
        """Whether the line follows from a wrong ``D(u, x)`` (used by what stands on u) or ``D(L, a)`` (used by what a stands on)."""
        base = self.here.base
        if not isinstance(base, Diff) or not isinstance(base.body, (Sym, Call)):
            return False
        u, x = claim_of.body, claim_of.wrt.name
        if base.wrt == claim_of.wrt and isinstance(u, Sym) and x in self.problem.inputs:
            # u as the line through its value whose slope is the claim: all that stands on it moves as the writer believes
            there = self._with_line(u, claim, x)
            line = add(Sym("baseq"), mul(Sym("riseq"), add(claim_of.wrt, neg(Sym("startq")))))
            return there is not None and self._equal(there.having({u.name: line}), base, part) is True
        if (base.body == u or self.truth.same(base.body, u)) and x in self.truth.definitions:
            # the output as one that moves with a as the writer believes, and with all else as it does
            a = claim_of.wrt
            others = {n: e for n, e in self.truth.definitions.items() if n != a.name}
            frozen = substitute(written_out(base.body, others), {a: Sym("baseq")})
            there = self._with_line(a, claim, "")
            output = add(frozen, mul(Sym("riseq"), add(a, neg(Sym("baseq")))))
            return there is not None and self._equal(there, Diff(output, base.wrt), part) is True
        return False

    def _with_line(self, name: Sym, slope: Expr, x: str) -> World | None:
        """The true world with the value of a name as ``u0``, a slope as ``k0``, and where the input is as ``at0``."""
        points = self._numbered(self.truth) if is_number(slope) and self.given else list(self.truth.points)
        here = World(self.truth.definitions, points)
        value, slopes = here.values(name), here.values(slope)
        if None in value or None in slopes:
            return None
        rows = zip(points, value, slopes, strict=True)
        return World(self.truth.definitions, [{**p, "baseq": v, "riseq": k, "startq": p.get(x)} for p, v, k in rows])

    # Wrong definitions.

    def _blame(self, judgement: Judgement) -> bool:
        """Whether a definition was the mistake; then it is mended."""
        rows = [(s, f.verdict) for s, f in zip(self.sheet.statements, judgement.found, strict=True)]
        found = culprit(self.truth, self.setup, self.blamed, rows)
        if found is None:
            return False
        name, right = found
        self.blamed[name] = right
        self.others.append(self.truth)
        self.truth = mended(self.truth, self.problem, name, right)
        return True


def _rank(verdict: LineVerdict) -> int:
    return (RIGHT, GIVEN, TOO_FAR, CARRIED, UNDECIDED, UNREAD, WRONG).index(verdict)


def _work(e: Expr) -> int:
    """How many operations wait inside derivatives: what a line still has to do."""
    inside: dict[int, None] = {}
    for node in postorder(e):
        if isinstance(node, Diff):
            inside.update((id(n), None) for n in postorder(node.body) if isinstance(n, Call) and node.wrt.name in names(n))
    return len(inside)
