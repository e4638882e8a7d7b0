"""The quality of a derivation, judged from its JSON alone: the bar Q1-Q15, each finding with its number.

The values of lines come from ``tests/reference.py``; a cited rule is applied again from its table. ``judge`` returns what is
wrong, an empty list for a derivation that passes.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import mpmath
from mpmath import mpf

import derivx
from derivx import ops
from derivx.derive.board import Board, put
from derivx.derive.look import Look
from derivx.derive.rules import RULES
from derivx.derive.tidy import MOVES, rewrite
from derivx.expr import Call, Diff, Expr, Num, Path, Sym, at, children, names, neg, postorder, substitute
from tests.reference import DIGITS, Meaning

Row = Mapping[str, Any]

CALCULUS = frozenset(r.id for r in RULES) | {"implicit"}
DEEP = frozenset({"expand", "factor", "common_denominator", "cancel", "recognise", "share", "rationalise"})
NAMING = frozenset({"name", "substitute"})
ALGEBRA = frozenset(m.id for m in MOVES) | DEEP | NAMING | {"tidy"}
AGREE = 1e-12  # central differences of nested derivatives are right to 16 digits and more
LONGEST = 200
_BOXES = ((0.3, 0.95), (1.1, 2.5), (-1.6, -0.2), (0.05, 0.6), (2.2, 4.0), (-3.0, 3.0))
_POINTS = 3


def judge(row: Row, case: Row | None = None, *, detail: str = "normal") -> list[str]:
    """Everything that is wrong with a derivation, e.g. ``"Q7 line 3: no effect"``; ``case`` holds the question as typed."""
    return list(Judge(row, case or {}, detail).findings())


class Judge:
    """One derivation under judgement."""

    def __init__(self, row: Row, case: Row, detail: str) -> None:
        self.row, self.case, self.detail = json.loads(json.dumps(row)), case, detail
        self.steps: Sequence[Row] = self.row["steps"]

    def findings(self) -> Iterator[str]:
        """Parse-back first: what cannot be read cannot be judged."""
        unreadable = list(self.parses_back())
        yield from unreadable
        if unreadable:
            return
        for look in (
            self.typed, self.joined, self.equal, self.applied, self.nothing_dropped, self.one_at_a_time, self.context_kept,
            self.algebra_named, self.effects, self.lengths, self.textbook, self.fresh, self.stated, self.words,
        ):  # fmt: skip
            yield from look()

    # Reading.

    @cached_property
    def where(self) -> dict[str, Expr]:
        """Every name beyond the question's that any line uses."""
        found = {n: derivx.read(t) for step in self.all_steps() for n, t in step["names"].items()}
        return {**found, **{n: derivx.read(t) for n, t in self.row["where"].items()}}

    @cached_property
    def curve(self) -> tuple[str, Expr] | None:
        y = self.case.get("implicit")
        if not y:
            return None
        text = self.case["expr"]
        left, equals, right = text.partition("=")
        return y, derivx.read(f"{left} - ({right})" if equals else text)

    @cached_property
    def question(self) -> Expr:
        return derivx.read(self.row["question"])

    def all_steps(self, steps: Sequence[Row] | None = None) -> Iterator[Row]:
        """Lines and the lines folded into them."""
        for step in self.steps if steps is None else steps:
            yield step
            yield from self.all_steps(step["substeps"])

    def formulas(self) -> Iterator[str]:
        yield from (self.row["question"], self.row["answer"], *self.row["where"].values())
        for step in self.all_steps():
            yield from (step["before"], step["after"], *step["names"].values())
            yield from (side for c in step["conditions"] for side in _sides(c))
        yield from (side for k in self.row["kinks"] for side in _sides(k))

    # The findings.

    def parses_back(self) -> Iterator[str]:
        """Q13."""
        for text in dict.fromkeys(self.formulas()):
            try:
                again = derivx.write(derivx.read(text))
            except derivx.DerivxError as error:
                yield f"Q13 {text!r} cannot be read: {error.key}"
                continue
            if again != text:
                yield f"Q13 {text!r} is written back as {again!r}"
        for i, step in enumerate(self.all_steps()):
            before = derivx.read(step["before"])
            start, end = step["span"]
            try:
                part = derivx.write(at(before, tuple(step["path"])))
            except IndexError:
                yield f"Q13 step {i}: no path {step['path']} in {step['before']!r}"
                continue
            if re.sub("^- ", "-", step["before"][start:end]) != part:  # a negation in a sum is a subtraction
                yield f"Q13 step {i}: span {step['before'][start:end]!r} is not the part {part!r}"

    def typed(self) -> Iterator[str]:
        """Q15."""
        if not self.steps or self.steps[0]["before"] != self.row["question"]:
            yield "Q15 the first line is not the question"
        text = self.case.get("expr")
        if not text:
            return
        if self.curve:
            wanted = Diff(Sym(self.curve[0]), Sym(self.row["wrt"].split(",")[0]))
        else:
            wanted = derivx.read(text)
            if not isinstance(wanted, Diff):
                for name in self.row["wrt"].split(","):
                    wanted = Diff(wanted, Sym(name))
        if self.question != wanted:
            yield f"Q15 {derivx.write(self.question)} is not what was typed: {text}"
        if len(self.row["wrt"].split(",")) != self.row["order"]:
            yield "Q15 order does not count wrt"

    def joined(self) -> Iterator[str]:
        """Q1, the frame: each line begins with the line above."""
        lines = [self.row["question"], *(s["after"] for s in self.steps)]
        for i, (step, above) in enumerate(zip(self.steps, lines, strict=False)):
            if step["before"] != above:
                yield f"Q1 line {i + 1}: does not begin with the line above"
        if lines[-1] != self.row["answer"]:
            yield "Q1 the last line is not the answer"
        if any(_can_be_carried_out(n) for n in postorder(derivx.read(self.row["answer"]))):
            yield "Q1 the answer still has a derivative to carry out"
        if self.row["verdict"] not in ("PASS", "KINK"):
            yield f"Q1 verdict {self.row['verdict']}"

    def equal(self) -> Iterator[str]:
        """Q1: every line has the question's value."""
        with mpmath.workdps(DIGITS):
            points = self.points()
            if not points:
                yield "Q1 no point found at which the question is defined"
            for at_point in points:
                here = Meaning(at_point, self.where, self.curve)
                first = here.real(self.question)
                for i, step in enumerate(self.steps):
                    value = here.real(derivx.read(step["after"]))
                    scale = max(abs(first), mpf(10) ** -12)
                    if value is None or abs(value - first) > AGREE * scale:
                        shown = {n: mpmath.nstr(v, 4) for n, v in at_point.items()}
                        yield f"Q1 line {i + 1}: {step['after']!r} is {value and mpmath.nstr(value, 8)}, not {mpmath.nstr(first, 8)} at {shown}"
                        break

    def points(self) -> list[dict[str, Any]]:
        """Points at which the question and the stated conditions hold."""
        body, draw = self.question, random.Random(self.row["question"])
        free = [n for n in names(body, *([self.curve[1]] if self.curve else [])) if n not in ("e", "pi")]
        conditions = list(dict.fromkeys(c for s in self.steps for c in s["conditions"]))
        whole = {m.group(1) for c in conditions if (m := re.fullmatch(r"(\w+) = floor\(\1\)", c))}
        found: list[dict[str, Any]] = []
        for _ in range(400):
            point = {n: mpf(draw.randint(1, 3)) if n in whole else mpf(draw.uniform(*draw.choice(_BOXES))) for n in free}
            if self.curve and not self.on_curve(point):
                continue
            here = Meaning(point, self.where, self.curve)
            value = here.real(body)
            if value is not None and abs(value) < 1e12 and all(_holds(c, here) for c in conditions):
                found.append(point)
            if len(found) == _POINTS:
                break
        return found

    def on_curve(self, point: dict[str, Any]) -> bool:
        """Move y to the curve, if a root is near."""
        assert self.curve
        y, curve = self.curve
        try:
            root = mpmath.findroot(lambda t: Meaning({**point, y: t}).value(curve), (point[y], point[y] * mpf("1.1")))
        except (ValueError, ZeroDivisionError, TypeError):
            return False
        point[y] = mpmath.re(root)
        return bool(mpmath.im(root) == 0)

    def applied(self) -> Iterator[str]:
        """Q2: the cited rule gives the line."""
        for i, step in enumerate(self.steps):
            for leaf in _leaves(step):
                if not self.rule_gives(leaf):
                    yield f"Q2 line {i + 1}: {leaf['rule']} at {leaf['path']} of {leaf['before']!r} does not give {leaf['after']!r}"
            folded = step["substeps"]
            if folded and ([step["before"], *(s["after"] for s in folded)] != [*(s["before"] for s in folded), step["after"]]):
                yield f"Q2 line {i + 1}: the folded lines do not lead from before to after"

    def rule_gives(self, step: Row) -> bool:
        """Apply the rule of one unfolded line again."""
        before, after, path = derivx.read(step["before"]), derivx.read(step["after"]), tuple(step["path"])
        part, rule = at(before, path), step["rule"]
        own = {n: derivx.read(t) for n, t in step["names"].items()}
        if rule == "implicit" and self.curve:
            return bool(after == neg(Call("div", (Diff(self.curve[1], part.wrt), Diff(self.curve[1], Sym(self.curve[0]))))))  # type: ignore[attr-defined]
        if isinstance(part, Diff) and rule in CALCULUS | {"substitute"}:
            return after in [put(before, path, new) for new in self.by_rule(rule, part, before, own)]
        if rule in {m.id for m in MOVES} and after in [put(before, path, new) for new in self.by_move(rule, part)]:
            return True
        if rule in NAMING:
            return alike(*(self.in_full(e) for e in self.without_local(before, after)))
        if rule in ("recognise", "share"):
            return self.same_function(before, after)
        return rule in DEEP and self.by_sympy(rule, before, after, path)

    def by_rule(self, rule: str, part: Diff, before: Expr, own: Mapping[str, Expr]) -> Iterator[Expr]:
        board = _Replay(before, self.where, own)
        body = part.body
        if rule == "substitute" and isinstance(body, Sym) and body.name in self.where:
            yield Diff(self.where[body.name], part.wrt)
        looked_through = self.where.get(body.name, body) if isinstance(body, Sym) and body.name != part.wrt.name else body
        for row in RULES:
            move = row.apply(looked_through, part.wrt, board) if row.id == rule else None
            if move is not None:
                yield move.new

    def by_move(self, rule: str, part: Expr) -> Iterator[Expr]:
        """A move of the table; which names count as values or as moving is not in the JSON, so each reading is tried."""
        used, every = frozenset(self.row["where"]), frozenset(self.where)
        by = set(self.row["wrt"].split(","))
        for variables in (by, *({v} for v in by)):
            moving = frozenset(n for n in names(part) if variables & set(names(self.in_full(Sym(n)))))
            for late in (used, every, frozenset(n for n in every if n[0] in "spqga"), frozenset[str]()):
                yield from (rewrite(m, part, Look(late, moving)) for m in MOVES if m.id == rule)

    def by_sympy(self, rule: str, before: Expr, after: Expr, path: Path) -> bool:
        from derivx.algebra.deep import candidates
        from derivx.derive.polish import common_factor

        part = at(before, path)
        found = [new for name, new in (*candidates(part), *common_factor(part)) if name == rule] if isinstance(part, Call) else []
        return any(alike(after, put(before, path, new), turned=True) for new in found)

    def same_function(self, before: Expr, after: Expr) -> bool:
        """Equal by SymPy, over the definitions."""
        from derivx.algebra.door import by_definition, symbols
        from derivx.algebra.normal import is_zero

        a, b = self.in_full(before), self.in_full(after)
        values = symbols(names(a, b))
        return bool(is_zero(by_definition(a, values) - by_definition(b, values)))

    def without_local(self, *lines: Expr) -> list[Expr]:
        """The lines with every derivative by a name as a mark: inside it the name stays."""
        local = {n for e in lines for n in postorder(e) if isinstance(n, Diff) and n.wrt.name in self.where}
        marks: dict[Expr, Expr] = {d: Sym(f"local{i}_") for i, d in enumerate(sorted(local, key=derivx.write))}
        return [substitute(e, marks) for e in lines]

    def in_full(self, expr: Expr) -> Expr:
        """Names written out, except the variable of a pending derivative and what is differentiated by it."""
        for _ in range(len(self.where) + 1):
            bound = {n.wrt.name for n in postorder(expr) if isinstance(n, Diff)}
            table: dict[Expr, Expr] = {Sym(n): self.where[n] for n in names(expr) if n in self.where and n not in bound}
            if not table:
                break
            expr = substitute(expr, table)
        return expr

    def nothing_dropped(self) -> Iterator[str]:
        """Q3: a pending derivative is still there in the next line, or the cited rule consumed it."""
        for i, step in enumerate(self.steps):
            for leaf in _leaves(step):
                whole = derivx.read(leaf["before"])
                inside = _inside(whole, tuple(leaf["path"]))
                before, after = at(whole, inside), at(derivx.read(leaf["after"]), inside)
                gone = _derivatives(before) - _derivatives(after)
                part = at(whole, tuple(leaf["path"]))
                if leaf["rule"] in CALCULUS or isinstance(part, Diff):
                    gone -= Counter({part: 1})
                elif leaf["rule"] in NAMING:
                    plain = [_derivatives(self.in_full(e)) for e in self.without_local(before, after)]
                    gone = plain[0] - plain[1]
                else:  # like terms make one of two
                    gone = Counter(set(_derivatives(before)) - set(_derivatives(after)))
                for lost in gone:
                    yield f"Q3 line {i + 1}: {derivx.write(lost)} is dropped"

    def one_at_a_time(self) -> Iterator[str]:
        """Q4."""
        most = 3 if self.detail == "brief" else 1
        for i, step in enumerate(self.steps):
            whole = derivx.read(step["before"])
            inside = _inside(whole, tuple(step["path"]))
            before, after = at(whole, inside), at(derivx.read(step["after"]), inside)
            consumed = sum((_derivatives(before) - _derivatives(after)).values())
            if consumed > most and step["rule"] not in NAMING:
                yield f"Q4 line {i + 1}: {consumed} derivatives consumed"
            if self.detail != "brief" and sum(leaf["rule"] in CALCULUS for leaf in _leaves(step)) > 1:
                yield f"Q4 line {i + 1}: several rules in one line"

    def context_kept(self) -> Iterator[str]:
        """Q5: outside the path nothing changes."""
        for i, step in enumerate(self.steps):
            before, after = derivx.read(step["before"]), derivx.read(step["after"])
            if not _same_context(before, after, tuple(step["path"])):
                yield f"Q5 line {i + 1}: changes outside {step['path']}: {step['before']!r} -> {step['after']!r}"

    def algebra_named(self) -> Iterator[str]:
        """Q6: a line is calculus or algebra, by a known name; algebra leaves derivatives alone (Q2 sees that calculus does no algebra)."""
        for i, step in enumerate(self.steps):
            for leaf in self.all_steps([step]):
                if leaf["rule"] not in CALCULUS | ALGEBRA:
                    yield f"Q6 line {i + 1}: unknown rule {leaf['rule']}"
                if leaf["rule"] == "tidy" and not leaf["substeps"]:
                    yield f"Q6 line {i + 1}: a bare simplification"
            kinds = {leaf["rule"] in CALCULUS for leaf in _leaves(step)}
            if len(kinds) > 1 and self.detail != "brief":
                yield f"Q6 line {i + 1}: calculus and algebra in one line"

    def effects(self) -> Iterator[str]:
        """Q7: every line says something new."""
        seen = {self.row["question"]: 0}
        for i, step in enumerate(self.steps):
            if step["before"] == step["after"]:
                yield f"Q7 line {i + 1}: no effect"
            elif step["after"] in seen:
                yield f"Q7 line {i + 1}: back to line {seen[step['after']]}"
            seen[step["after"]] = i + 1

    def lengths(self) -> Iterator[str]:
        """Q8."""
        for i, step in enumerate(self.steps):
            if len(step["after"]) > LONGEST:
                yield f"Q8 line {i + 1}: {len(step['after'])} characters"

    def textbook(self) -> Iterator[str]:
        """Q9: the textbook's answer up to the order of terms and factors, and names."""
        wanted = self.case.get("answer")
        if wanted is None:
            return
        defined = {n: derivx.read(t) for n, t in self.case.get("where", {}).items()}
        theirs = substitute(derivx.read(wanted), {Sym(n): v for n, v in defined.items()})
        ours = self.in_full(derivx.read(self.row["answer"]))
        if not alike(ours, theirs):
            yield f"Q9 {self.row['answer']!r} (where {self.row['where']}) is not {wanted!r}"

    def fresh(self) -> Iterator[str]:
        """Q10: names beyond the question's are defined and clash with nothing."""
        given = {n for n in names(self.question) if n not in self.where}
        if self.curve:
            given |= set(names(self.curve[1]))
        applied = {n.op for n in postorder(self.question) if isinstance(n, Call)}
        for name in self.where:
            if name in names(self.question) or name in applied or name in ("e", "pi", "D") or name in ops.spellings():
                yield f"Q10 the name {name} is taken"
        for i, step in enumerate(self.steps):
            strange = set(names(derivx.read(step["after"]))) - given - set(self.where) - {"e", "pi"}
            if strange:
                yield f"Q10 line {i + 1}: {sorted(strange)} have no definition"
        missing = (set(names(derivx.read(self.row["answer"]))) & set(self.where)) - set(self.row["where"])
        if missing:
            yield f"Q10 the answer's names {sorted(missing)} are not in where"

    def stated(self) -> Iterator[str]:
        """Q11: the kinks of the file, and the domain of what is differentiated."""
        for kink in self.case.get("kinks", ()):
            if kink not in self.row["kinks"]:
                yield f"Q11 the kink {kink} is not stated"
        if self.case.get("answer") and not self.case.get("kinks") and self.row["kinks"]:
            yield f"Q11 there is no kink: {self.row['kinks']}"
        conditions = {
            _in_order(self.in_full(derivx.read(a)), s, self.in_full(derivx.read(b))) for c in self.conditions() for a, s, b in [_parts(c)]
        }
        by = set(self.row["wrt"].split(","))
        for needed in domain(self.question if not self.curve else self.curve[1], by):
            if needed not in conditions:
                yield f"Q11 {derivx.write(needed[0])} {needed[1]} {derivx.write(needed[2])} is not stated"

    def conditions(self) -> list[str]:
        return [c for s in self.steps for c in s["conditions"] if not c.startswith("kink")]

    def words(self) -> Iterator[str]:
        """Q12."""
        for i, step in enumerate(self.all_steps()):
            en, ko = step["text"].get("en", ""), step["text"].get("ko", "")
            if not en.strip() or not ko.strip() or en == ko or not re.search("[가-힣]", ko):
                yield f"Q12 step {i}: words missing: {step['text']}"
            if re.search(r"\{\w*\}|None|Call\(|Sym\(|Num\(", f"{en} {ko}"):
                yield f"Q12 step {i}: unfilled words: {step['text']}"


class _Replay(Board):
    """A board that calls a value by the name the line gave it."""

    def __init__(self, line: Expr, where: dict[str, Expr], own: Mapping[str, Expr]) -> None:
        super().__init__(line)
        self.own = own
        waiting = dict(where)
        while waiting:  # a definition after those it stands on
            ready = {n: v for n, v in waiting.items() if not waiting.keys() & set(names(v))}
            for name, value in ready.items():
                self.define({name: value}, "value")
                del waiting[name]

    def name_for(self, value: Expr, role: str) -> tuple[Sym, dict[str, Expr]]:
        full = self.full(value)
        for table in (self.own, self.where):
            name = next((n for n, v in table.items() if self.full(v) == full), None)
            if name:
                return Sym(name), {}
        return super().name_for(value, role)


# Comparing expressions up to order.


def alike(a: Expr, b: Expr, *, turned: bool = False) -> bool:
    """Equal up to the order of terms and factors, brackets of the same kind, and where a minus stands in a product.

    ``turned``: also up to turning differences round, and to how a fraction is bracketed.
    """
    return _Form(turned).of(a) == _Form(turned).of(b)


class _Form:
    """A form of an expression in no order."""

    def __init__(self, turned: bool) -> None:
        self.turned = turned

    def of(self, expr: Expr) -> Any:
        sign, inner = self.signed(expr)
        return ("-", inner) if sign < 0 else inner

    def signed(self, expr: Expr) -> tuple[int, Any]:
        if isinstance(expr, Num):
            return 1, float(expr.value)
        if isinstance(expr, Sym):
            return 1, expr.name
        if isinstance(expr, Diff):
            return 1, ("D", self.of(expr.body), expr.wrt.name)
        assert isinstance(expr, Call)
        if expr.op == "neg":
            sign, inner = self.signed(expr.args[0])
            return -sign, inner
        if expr.op == "add":
            return self.sum(expr)
        if expr.op in ("mul", "div"):
            return self.product(expr)
        if expr.op == "pow" and self.turned and isinstance(expr.args[1], Num):
            sign, base = self.signed(expr.args[0])
            n = expr.args[1].value
            if n == int(n):
                return sign ** int(n), ("pow", base, float(n))
        return 1, (expr.op, *(self.of(a) for a in expr.args))

    def sum(self, expr: Call) -> tuple[int, Any]:
        parts = sorted((self.signed(t) for t in _flat(expr, "add")), key=lambda p: repr(p[1]))
        sign = parts[0][0] if self.turned else 1
        return sign, ("add", *((s * sign, inner) for s, inner in parts))

    def product(self, expr: Call) -> tuple[int, Any]:
        above: list[tuple[int, Any]] = []
        below: list[tuple[int, Any]] = []
        self.gather(expr, above, below)
        sign = -1 if sum(s < 0 for s, _ in above + below) % 2 else 1
        top, bottom = (sorted((p for _, p in parts if p != 1.0), key=repr) for parts in (above, below))
        return sign, top[0] if len(top) == 1 and not bottom else ("mul", tuple(top), tuple(bottom))

    def gather(self, expr: Expr, above: list[tuple[int, Any]], below: list[tuple[int, Any]]) -> None:
        if isinstance(expr, Call) and expr.op == "neg":
            above.append((-1, 1.0))
            self.gather(expr.args[0], above, below)
        elif isinstance(expr, Call) and expr.op == "mul":
            for a in expr.args:
                self.gather(a, above, below)
        elif isinstance(expr, Call) and expr.op == "div":
            self.gather(expr.args[0], above, below)
            self.gather(expr.args[1], below, above)
        else:
            above.append(self.signed(expr))


def _flat(expr: Expr, op: str) -> Iterator[Expr]:
    if isinstance(expr, Call) and expr.op == op:
        for a in expr.args:
            yield from _flat(a, op)
    else:
        yield expr


# Parts of lines.


def _leaves(step: Row) -> Iterator[Row]:
    if not step["substeps"]:
        yield step
    for sub in step["substeps"]:
        yield from _leaves(sub)


def _inside(line: Expr, path: Path) -> Path:
    """The path of what the innermost derivative above the path differentiates: for D(D(e, x), x), the second waits."""
    above = [n for n in range(len(path)) if isinstance(at(line, path[:n]), Diff)]
    return (*path[: above[-1]], 0) if above else ()


def _derivatives(expr: Expr) -> Counter[Expr]:
    """The pending derivatives of a line, those inside others not counted."""
    found: Counter[Expr] = Counter()
    todo = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Diff):
            found[node] += 1
        else:
            todo.extend(children(node))
    return found


def _can_be_carried_out(node: Expr) -> bool:
    """A derivative of anything but an undefined function of names."""
    while isinstance(node, Diff):
        node = node.body
        if not isinstance(node, Diff):
            return not (isinstance(node, Call) and not ops.known(node.op) and all(isinstance(a, Sym) for a in node.args))
    return False


def _same_context(before: Expr, after: Expr, path: Path) -> bool:
    """Whether ``after`` is ``before`` with only the part at the path changed (a product put into a product opens its bracket)."""
    spots = [path] + ([path[:-1]] if path else [])
    for n, spot in enumerate(spots):
        parent = at(before, spot[:-1]) if spot else None
        try:
            if put(before, spot, at(after, spot)) == after:
                return n == 0 or len(children(at(before, spot))) <= 2 or _beside(at(before, spot), at(after, spot), path[-1])
        except IndexError:
            pass
        if parent is not None:
            try:
                there = at(after, spot[:-1])
            except IndexError:
                continue
            if _beside(parent, there, spot[-1]) and put(before, spot[:-1], there) == after:
                return True
    return False


def _beside(parent: Expr, there: Expr, i: int) -> bool:
    """Whether the arguments before and after the i-th stand unchanged at both ends."""
    a, b = children(parent), children(there)
    if not (isinstance(parent, Call) and isinstance(there, Call) and parent.op == there.op):
        return False
    rest = len(a) - i - 1
    return len(b) >= len(a) - 1 and a[:i] == b[:i] and a[i + 1 :] == (b[-rest:] if rest else ())


# Conditions.


def _sides(text: str) -> list[str]:
    a, _, b = _parts(text)
    return [a, b]


def _parts(text: str) -> tuple[str, str, str]:
    match = re.fullmatch(r"(?:kink: )?(.+?) (!=|>=|<=|=|>|<) (.+)", text)
    assert match, text
    return match.group(1), match.group(2), match.group(3)


def _holds(text: str, here: Meaning) -> bool:
    a, sign, b = _parts(text)
    left, right = here.real(derivx.read(a)), here.real(derivx.read(b))
    if left is None or right is None:
        return False
    if text.startswith("kink: "):
        return bool(abs(left - right) > 1e-3)
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right, "!=": left != right, "=": left == right}[sign]


def _in_order(left: Expr, sign: str, right: Expr) -> tuple[Expr, str, Expr]:
    return left, sign, right


def domain(expr: Expr, by: set[str]) -> Iterator[tuple[Expr, str, Expr]]:
    """What a teacher would ask of logarithms, divisors, roots and powers that are differentiated, where it is not plain."""
    zero = Num(0)
    for node in postorder(expr):
        if not isinstance(node, Call) or not by & set(names(node)):
            continue
        first = node.args[0]
        if node.op in ("log", "log2", "log10", "logb", "sqrt") and by & set(names(first)) and not positive(first):
            yield first, ">", zero
        elif node.op == "div" and by & set(names(node.args[1])) and not positive(node.args[1]):
            yield node.args[1], "!=", zero
        elif node.op == "pow" and by & set(names(first)) and not positive(first):
            yield from _of_power(first, node.args[1])


def _of_power(base: Expr, exponent: Expr) -> Iterator[tuple[Expr, str, Expr]]:
    sign, n = (-1, children(exponent)[0]) if isinstance(exponent, Call) and exponent.op == "neg" else (1, exponent)
    if isinstance(n, Num) and n.value == int(n.value):
        if sign < 0:
            yield base, "!=", Num(0)
    else:
        yield base, ">", Num(0)


def positive(expr: Expr) -> bool:
    """Plainly above zero, or plainly never zero for a divisor: exp, 1 + x^2, a sum of exponentials, 2 + sin(x)."""
    if isinstance(expr, Num):
        return expr.value > 0
    if isinstance(expr, Sym):
        return expr.name in ("e", "pi")
    if not isinstance(expr, Call):
        return False
    if expr.op in ("exp", "cosh", "sech", "sigmoid", "softplus"):
        return True
    if expr.op in ("mul", "div"):
        return all(map(positive, expr.args))
    if expr.op == "add":
        return all(map(_not_negative, expr.args)) and any(map(positive, expr.args))
    return (expr.op == "pow" and positive(expr.args[0])) or (expr.op == "sqrt" and positive(expr.args[0]))


def _not_negative(expr: Expr) -> bool:
    if positive(expr):
        return True
    if isinstance(expr, Call) and expr.op in ("abs", "relu"):
        return True
    if isinstance(expr, Call) and expr.op in ("mul", "div"):
        return all(map(_not_negative, expr.args))
    return isinstance(expr, Call) and expr.op == "pow" and isinstance(expr.args[1], Num) and expr.args[1].value in (2, 4, 6)


__all__ = ["ALGEBRA", "CALCULUS", "Judge", "alike", "judge"]
