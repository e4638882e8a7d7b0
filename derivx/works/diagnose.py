"""Which mistake made a line wrong.

What changed between two lines is narrowed down to a derivative that was carried out wrongly, or to a part that was rewritten wrongly. The
first is a question of its own, whose mistaken answers the table of mistakes knows; so are the question of the chain, and that of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from derivx.derive.byhand import derive
from derivx.errors import DerivxError
from derivx.expr import (
    ONE,
    ZERO,
    Call,
    Diff,
    Expr,
    Sym,
    add,
    mul,
    names,
    neg,
    pending,
    postorder,
    substitute,
    transform,
    with_children,
    written_out,
)
from derivx.grading import reference
from derivx.grading.mistakes.after import ANSWERS
from derivx.grading.mistakes.before import ALGEBRA
from derivx.grading.mistakes.hypotheses import edited
from derivx.grading.mistakes.table import GROUP_OF
from derivx.grading.points import Interval
from derivx.grading.question import ScalarJudge
from derivx.grading.reading import CONVENTION
from derivx.grading.result import Mistake
from derivx.numeric import Unavailable
from derivx.syntax.spelling import CONSTANTS
from derivx.words import both
from derivx.works.judge import Found, Judge
from derivx.works.links import of_links, renamed, stray, told
from derivx.works.sheet import helper
from derivx.works.world import World, agree, closure, is_delta, is_number, literals

MOST = 3
_LARGEST = 400  # nodes of a question
_EDITS = 120
_WIDEN = 0.05
Asked = tuple[Expr, tuple[str, ...], Expr]  # what is differentiated, by what, and the answer given


def mistakes_of(found: Found, judge: Judge) -> tuple[Mistake, ...]:
    """At most three, the likeliest first."""
    if found.before is None or found.after is None:
        return ()
    if judge.problem.curve is not None:
        return _of_curve(found, judge.problem.curve[1], judge)
    astray = stray(found.after, judge)
    if astray:
        return astray
    before, after = changed(found.before, found.after, judge)
    rewritten = not pending(before)
    likely: list[Mistake] = [*_edits(before, after, judge)] if rewritten else []
    reckoned = bool(judge.given) and is_number(found.after)  # with the numbers of the work put in
    if not reckoned:
        for question in _questions(found, before, after, judge):
            likely += _diagnosed(question, judge)[:MOST]
            if len(_chosen(likely)) >= MOST:
                break
    else:
        likely += _with_numbers(found, judge)
    if len(_chosen(likely)) < MOST:
        likely += [*of_links(found, judge), *renamed(found, judge)]
    if isinstance(found.base, Sym) or not likely:  # what a name stands for
        likely = [*_of_ratio(found.before, found.after, judge), *likely]
    if rewritten or reckoned:
        likely = [*likely[: MOST - 1], told("algebra_slip")]
    return _chosen(likely)


def _of_curve(found: Found, curve: Expr, judge: Judge) -> tuple[Mistake, ...]:
    """Differentiating an equation: the inner derivative of the name that is a function, or a sign."""
    if found.base is None or found.after is None or judge.problem.curve is None:
        return ()
    name, x = judge.problem.curve[0], judge.problem.wrt[0]
    by_x, by_y = (reference.written_out(derive(curve, (n,))) for n in (x, name))
    left = add(found.base, neg(found.after))
    turned = add(by_x, neg(mul(by_y, Diff(Sym(name), Sym(x)))))
    for tag, mistaken in (("forgot_inner_derivative", add(by_x, by_y)), ("wrong_variable", by_x), ("sign_error", turned)):
        if any(judge.truth.same(left, e) is True for e in (mistaken, neg(mistaken))):
            return (told(tag),)
    if judge.truth.same(found.base, neg(found.after)) is True:
        return (told("sign_error"),)
    return (told("algebra_slip"),) if any(c.sound and c.base != found.base and pending(c.base) for c in judge.chains[1:]) else ()


def _chosen(mistakes: Sequence[Mistake]) -> tuple[Mistake, ...]:
    """The first three, one of each group."""
    best: dict[str, Mistake] = {}
    for m in mistakes:
        best.setdefault(GROUP_OF.get(m.tag, m.tag), m)
    return tuple(best.values())[:MOST]


# What changed.


def changed(a: Expr, b: Expr, judge: Judge) -> tuple[Expr, Expr]:
    """The smallest parts of two lines that differ: what has the same value on both sides is left out."""
    while isinstance(a, Call) and isinstance(b, Call):
        if a.op in ("add", "mul") and b.op == a.op:
            rest_a, rest_b = _unmatched(list(a.args), list(b.args), judge)
            if len(rest_a) + len(rest_b) == len(a.args) + len(b.args) or not rest_a:
                break
            join, none = (add, ZERO) if a.op == "add" else (mul, ONE)
            a, b = join(*rest_a), join(*rest_b) if rest_b else none
            if len(rest_a) > 1 or len(rest_b) != 1:
                break
        elif a.op == b.op and len(a.args) == len(b.args):
            rows = [(x, y) for x, y in zip(a.args, b.args, strict=True) if judge.truth.same(x, y) is not True]
            if len(rows) != 1:
                break
            a, b = rows[0]
        else:
            break
    if isinstance(a, Diff) and isinstance(b, Diff) and a.wrt == b.wrt:
        return changed(a.body, b.body, judge)
    return a, b


def _unmatched(left: list[Expr], right: list[Expr], judge: Judge) -> tuple[list[Expr], list[Expr]]:
    kept: list[Expr] = []
    for x in left:
        twin = next((y for y in right if y == x), None) or next((y for y in right if judge.truth.same(x, y) is True), None)
        if twin is None:
            kept.append(x)
        else:
            right = [y for y in right if y is not twin]
    return kept, right


def _with_numbers(found: Found, judge: Judge) -> list[Mistake]:
    """Where numbers were put in: what the line would be, were each number with decimals the name whose value it is."""
    after, base = found.after, found.base
    if after is None or not isinstance(base, Diff):
        return []
    here = World(judge.truth.definitions, [judge.given])
    known = {n: here.values(Sym(n))[0] for n in judge.truth.definitions if not helper(n) and here.knows(Sym(n))}
    table: dict[Expr, Expr] = {}
    for literal in literals(after):
        near = Decimal(1).scaleb(int(literal.value.as_tuple().exponent)) if isinstance(literal.value, Decimal) else 0
        name = next((n for n, v in known.items() if v is not None and abs(v - here.xp.number(str(literal.value))) <= float(near)), None)
        if name is not None:
            table[literal] = Sym(name)
    if not table:
        return []
    return [m for question in _asked(base, substitute(after, table), judge) for m in _diagnosed(question, judge)]


# Questions.


def _of_ratio(before: Expr, after: Expr, judge: Judge) -> list[Mistake]:
    """What a line is of what it should be: a constant times it, or it without the derivative above it."""
    right, written = judge.truth.values(before), judge.truth.values(after)
    if None in right or None in written or not all(right) or not all(written):
        return []
    ratios = tuple(a / b for a, b in zip(right, written, strict=True))
    if agree(ratios, ratios[:1] * len(ratios)):
        return [told("sign_error" if agree(ratios, (-1,) * len(ratios)) else "lost_coefficient_or_constant")]
    above = [n for n in judge.truth.definitions if is_delta(n)]
    return [told("only_inner_derivative")] if any(agree(ratios, judge.truth.values(Sym(n))) for n in above) else []


def _questions(found: Found, before: Expr, after: Expr, judge: Judge) -> Iterator[Asked]:
    """What may have been answered wrongly: the part that changed, the chain's question, the work's question."""
    if isinstance(before, Diff):
        yield from _asked(before, after, judge)
    base, whole = found.base, found.after
    if base is None or whole is None:
        return
    for chain in judge.chains:
        for by in _variables(judge):
            if chain.sound and chain.base != base and pending(base) and judge.holds(Diff(chain.base, Sym(by)), base):
                yield from _asked(Diff(chain.before, Sym(by)), whole, judge)
    if isinstance(base, Diff):
        yield from _asked(base, whole, judge)
    target = judge.problem.targets[0]
    if found.main and base != target:
        yield from _asked(target, whole, judge)


def _variables(judge: Judge) -> tuple[str, ...]:
    return tuple(dict.fromkeys(judge.problem.wrt))[:2]


def _asked(derivative: Expr, answer: Expr, judge: Judge) -> Iterator[Asked]:
    """A derivative and what was written for it, in the names below the variable, or else in those of the question."""
    by: list[str] = []
    body = derivative
    while isinstance(body, Diff):
        by.append(body.wrt.name)
        body = body.body
    if not by or len(set(by)) > 1:
        return
    ready = _carried_out(answer, judge)
    if ready is None:
        return
    for deep in (False, True):
        question, given = (_in_names(e, by[0], judge, deep=deep) for e in (body, ready))
        if not pending(question) and by[0] in names(question) and max(question.size, given.size) <= _LARGEST:
            yield question, tuple(by), given
            return


def _in_names(e: Expr, v: str, judge: Judge, *, deep: bool) -> Expr:
    """An expression with every name written out that stands on the variable; ``deep``: every name."""
    if pending(e):
        return e
    known = judge.truth.definitions
    table = {n: d for n, d in known.items() if n != v and not pending(d) and (deep or v in closure(d, known))}
    return written_out(e, table, 20 * _LARGEST)


def _carried_out(e: Expr, judge: Judge) -> Expr | None:
    """A line with its pending derivatives carried out rightly."""
    try:
        return transform(judge.truth.prepared(e), lambda n: _derived(n, judge) if isinstance(n, Diff) else n)
    except (DerivxError, Unavailable, RecursionError):
        return None


def _derived(node: Diff, judge: Judge) -> Expr:
    body = _in_names(node.body, node.wrt.name, judge, deep=False)
    return reference.written_out(derive(body, (node.wrt.name,)))


def _diagnosed(asked: Asked, judge: Judge) -> tuple[Mistake, ...]:
    body, by, answer = asked
    known = [n for n in dict.fromkeys([*names(body), *names(answer)]) if n not in CONSTANTS]
    domain = {n: box for n in known if (box := _range(n, judge)) is not None}
    try:
        one = ScalarJudge(body, by, known, domain, judge.seed, CONVENTION)
        return tuple(Mistake(m.tag, m.rule, 0, m.hint) for m in one.diagnosis.mistakes(answer))
    except (DerivxError, Unavailable, RecursionError, ArithmeticError):
        return ()


def _range(name: str, judge: Judge) -> Interval | None:
    """Where a name lies: its domain, or for an intermediate what its values are."""
    if name in judge.setup.domain:
        return judge.setup.domain[name]
    if name not in judge.truth.definitions:
        return None
    found = [float(v) for v in judge.truth.values(Sym(name)) if v is not None]
    if not found:
        return None
    low, high = min(found), max(found)
    margin = _WIDEN * max(high - low, abs(low), 1e-3)
    return low - margin * (low < 0 or low > margin), high + margin


# What was rewritten.


def _edits(before: Expr, after: Expr, judge: Judge) -> list[Mistake]:
    """The slips that turn one part into the other."""
    if is_number(before) or before.size > _LARGEST // 4:
        return []
    found: list[tuple[int, str]] = []
    if judge.truth.same(neg(before), after) is True:
        found.append((1, "sign_error"))
    for mutation, part, new in edited(before, (*ALGEBRA, *ANSWERS), _EDITS):
        if judge.truth.same(_replaced(before, part, new), after) is True:
            found.append((mutation.rank, mutation.tag))
    return [Mistake(tag, "", 0, both(f"mistake.{tag}")) for _, tag in sorted(found)]


def _replaced(e: Expr, part: Expr, new: Expr) -> Expr:
    """An expression with a part replaced, where it first stands."""
    if e == part:
        return new
    if not any(n == part for n in postorder(e)):
        return e
    kids: list[Any] = [*e.args] if isinstance(e, Call) else []
    for i, kid in enumerate(kids):
        other = _replaced(kid, part, new)
        if other is not kid:
            kids[i] = other
            break
    return with_children(e, tuple(kids)) if kids else e
