"""The exact referee: SymPy proves that a line equals the line before it.

What the two lines have in common is left aside, names stand for arbitrary functions where that is enough, and the proof is
of a small identity; the cards' derivatives are not looked at, only their values.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from derivx import ops
from derivx.check.definitions import Definitions
from derivx.check.verdict import Verdict
from derivx.derive.board import CONSTANTS
from derivx.derive.step import Derivation, Step
from derivx.derive.tidy import sites
from derivx.expr import Call, Diff, Expr, Sym, add, at, children, is_op, mul, names, postorder, substitute
from derivx.numeric import COMPLEX, Scope, Unavailable, UnknownValue, evaluate, space
from derivx.ops import Op

_MOST_NODES = 400
_MOST_COST = 500  # nodes, doubled for every piece that must be taken case by case: measured, 0.1 s
_LOOKS = ((0.3, 0.9), (0.05, 0.6), (1.1, 1.9), (0.3, 1.6), (1.2, 3.0), (0.1, 0.4))
_MANY, _SIGNS = 300, (1, 1, 1, -1)
Result = tuple[Verdict, str]


def prove_step(step: Step, derivation: Derivation, positive: frozenset[str]) -> Result:
    """``PASS``, or ``SKIPPED`` with a reason: SymPy found no proof, or was not asked because the line is too large."""
    if only_named(step):
        return Verdict.PASS, ""
    path = sites(step.before, step.after)
    return prove(at(step.before, path), at(step.after, path), derivation, positive)


def only_named(step: Step) -> bool:
    """Whether a line does nothing but write names for their definitions: exact by the definitions themselves."""
    path = sites(step.before, step.after)
    before, after = without_common(at(step.before, path), at(step.after, path))
    return step.rule == "name" and substitute(before, {value: Sym(n) for n, value in step.names.items()}) == after


def prove(before: Expr, after: Expr, derivation: Derivation, positive: frozenset[str]) -> Result:
    """The same for two expressions."""
    before, after = without_common(before, after)
    reason = "too_large"
    for p, q in _attempts(before, after, derivation):
        if p == q:
            return Verdict.PASS, ""
        if p.size + q.size > _MOST_NODES or _cost(p, q) > _MOST_COST:
            continue
        reason = "not_proved"
        if _proved(*_neutral_names(p, q, _used(derivation, p, q), positive)):
            return Verdict.PASS, ""
    return Verdict.SKIPPED, reason


def prove_implicit(derivation: Derivation) -> Result:
    """The answer of an implicit derivative against SymPy's ``idiff`` of the curve."""
    assert derivation.curve is not None
    import sympy as sp

    from derivx.algebra.door import by_definition, symbols
    from derivx.algebra.normal import is_zero

    y, curve = derivation.curve
    if curve.size > _MOST_NODES:
        return Verdict.SKIPPED, "too_large"
    values = symbols(names(curve, derivation.question))
    try:
        theirs = sp.idiff(by_definition(curve, values), values[y], values[derivation.wrt[0]])
        ours = by_definition(derivation.answer, values, derivation.where)
        return (Verdict.PASS, "") if is_zero(theirs - ours) else (Verdict.SKIPPED, "not_proved")
    except (Unavailable, UnknownValue, NotImplementedError, TypeError, ValueError, AttributeError):
        return Verdict.SKIPPED, "not_proved"


def _used(derivation: Derivation, *parts: Expr) -> list[tuple[str, frozenset[str]]]:
    """The names that stand for functions in the parts, with the variables of differentiation each depends on."""
    wrt = {n.wrt.name for p in parts for n in postorder(p) if isinstance(n, Diff)}
    rows = []
    known = _definitions(derivation)
    for name in names(*parts):
        if name in derivation.where:
            rows.append((name, frozenset(w for w in wrt if w != name and known.depends(name, w))))
        elif name.startswith("part_"):
            rows.append((name, frozenset(wrt)))
    return rows


_latest: list[Definitions] = []


def _definitions(derivation: Derivation) -> Definitions:
    """The definitions of the derivation at hand, looked through once."""
    if not _latest or _latest[0].where is not derivation.where:
        _latest[:] = [Definitions(derivation.where)]
    return _latest[0]


def without_common(before: Expr, after: Expr) -> tuple[Expr, Expr]:
    """Terms (or factors) that stand on both sides are taken away."""
    for op, join in (("add", add), ("mul", mul)):
        if is_op(before, op) or is_op(after, op):
            a = list(children(before)) if is_op(before, op) else [before]
            b = list(children(after)) if is_op(after, op) else [after]
            common = Counter(a) & Counter(b)
            rest_a, rest_b = _less(a, common), _less(b, common)
            if common and rest_a and rest_b:
                return join(*rest_a), join(*rest_b)
    return before, after


def _less(parts: list[Expr], common: Counter[Expr]) -> list[Expr]:
    left = Counter(common)
    out = []
    for p in parts:
        if left[p]:
            left[p] -= 1
        else:
            out.append(p)
    return out


def _cost(before: Expr, after: Expr) -> int:
    """What a proof may take: each function with a kink doubles the cases."""
    pieces = {n for e in (before, after) for n in postorder(e) if isinstance(n, Call) and ops.known(n.op) and _in_pieces(ops.card(n.op))}
    return (before.size + after.size) << min(len(pieces), 8)


def _in_pieces(op: Op) -> bool:
    return bool(op.kinks) or op.name in ("huber", "softsign", "asec", "acsc", "acsch", "cbrt")


def _attempts(before: Expr, after: Expr, derivation: Derivation) -> Any:
    """Pairs to be proved, from the most general to the most concrete."""
    if isinstance(before, Diff) and isinstance(after, Diff) and before.wrt == after.wrt:
        yield before.body, after.body
    where = derivation.where
    used = [n for n in names(before, after) if n in where]
    folds: dict[Expr, Expr] = {where[n]: Sym(n) for n in used if isinstance(where[n], Call)}
    p, q = _fold(before, folds), _fold(after, folds)
    if _same_derivatives(before, after):
        yield p, q
        yield _opaque(before, after)
    else:
        yield _general(p, q)
        yield p, q
    table: dict[Expr, Expr] = {Sym(n): _fold(where[n], {k: v for k, v in folds.items() if v != Sym(n)}) for n in used}
    differ = set(names(p)) ^ set(names(q))
    once: dict[Expr, Expr] = {Sym(n): table[Sym(n)] for n in used if n in differ}
    if once:
        yield _expand(before, once), _expand(after, once)
        yield _opaque(_expand(before, once), _expand(after, once))
    a, b = before, after
    for _ in range(4):
        deeper: dict[Expr, Expr] = {Sym(n): where[n] for n in names(a, b) if n in where}
        if not deeper or a.size + b.size > _MOST_NODES:
            break
        a, b = _expand(a, deeper), _expand(b, deeper)
        yield a, b


def _fold(expr: Expr, folds: Mapping[Expr, Expr]) -> Expr:
    return substitute(expr, folds) if folds else expr


def _expand(expr: Expr, table: Mapping[Expr, Expr]) -> Expr:
    """Names written out, except where one is the variable of a pending derivative."""
    bound = {n.wrt for n in postorder(expr) if isinstance(n, Diff)}
    return substitute(expr, {k: v for k, v in table.items() if k not in bound})


def _same_derivatives(before: Expr, after: Expr) -> bool:
    a, b = ({n for n in postorder(e) if isinstance(n, Diff)} for e in (before, after))
    return a == b


def _opaque(before: Expr, after: Expr) -> tuple[Expr, Expr]:
    """Pending derivatives as plain symbols: what algebra sees of them."""
    found = dict.fromkeys(n for e in (before, after) for n in postorder(e) if isinstance(n, Diff))
    swaps: dict[Expr, Expr] = {d: Sym(f"d{i}_") for i, d in enumerate(found)}
    return substitute(before, swaps), substitute(after, swaps)


def _general(before: Expr, after: Expr) -> tuple[Expr, Expr]:
    """What is differentiated on the right, as an arbitrary function on both sides: D(a + b) = D(a) + D(b) for any a and b."""
    bodies = dict.fromkeys(n.body for n in postorder(after) if isinstance(n, Diff) and isinstance(n.body, Call))
    whole = {n.body for n in postorder(before) if isinstance(n, Diff)}
    swaps: dict[Expr, Expr] = {b: Sym(f"part_{i}") for i, b in enumerate(bodies) if b not in whole}
    return substitute(before, swaps), substitute(after, swaps)


def _neutral_names(
    before: Expr, after: Expr, used: list[tuple[str, frozenset[str]]], positive: frozenset[str]
) -> tuple[Expr, Expr, frozenset[tuple[str, frozenset[str]]], frozenset[str]]:
    """The pair over neutral names in order of appearance: the same identity is proved once, whatever its names."""
    found = [n for n in dict.fromkeys([*names(before, after), *(w for _, over in used for w in sorted(over))]) if n not in CONSTANTS]
    new = {n: f"n{i}_" for i, n in enumerate(found)}
    table: dict[Expr, Expr] = {Sym(n): Sym(m) for n, m in new.items()}
    functions = frozenset((new[n], frozenset(new[w] for w in over)) for n, over in used if n in new)
    return substitute(before, table), substitute(after, table), functions, frozenset(new[n] for n in positive if n in new)


@lru_cache(maxsize=4096)
def _proved(before: Expr, after: Expr, functions: frozenset[tuple[str, frozenset[str]]], positive: frozenset[str]) -> bool:
    if not _plausible(before, after, functions):
        return False
    import sympy as sp

    from derivx.algebra.door import by_definition, symbols
    from derivx.algebra.normal import is_zero

    named = dict(functions)
    plain = [n for n in names(before, after) if n not in named and n not in CONSTANTS]
    values: dict[str, Any] = symbols(plain, positive)
    for name in sorted(named, key=lambda n: (len(named[n]), n)):
        over = [values[w] for w in sorted(named[name]) if w in values]
        values[name] = sp.Function(f"{name}_", real=True)(*over) if over else sp.Symbol(name, real=True)
    if not _sound(before, after, named):
        return False
    try:
        return is_zero(by_definition(before, values) - by_definition(after, values))
    except (Unavailable, UnknownValue, NotImplementedError, TypeError, ValueError, AttributeError, RecursionError, ZeroDivisionError):
        return False


def _plausible(before: Expr, after: Expr, functions: frozenset[tuple[str, frozenset[str]]]) -> bool:
    """A look at random points, so that no algebra is spent on an attempt that is false as it stands.

    A true identity may fail outside its domain (the asin of 1.3), a false one fails nearly everywhere: one point that agrees is enough.
    Where none of a few points is in the domain, many are tried, and functions that keep near a random value.
    """
    named = dict(functions)
    draw = random.Random(7)
    few = _agree(before, after, named, lambda: [draw.uniform(*box) for box in _LOOKS])
    if few is not None:
        return few
    return (
        _agree(before, after, named, lambda: [draw.choice(_SIGNS) * draw.uniform(*draw.choice(_LOOKS)) for _ in range(_MANY)], 0.1)
        is not False
    )


def _agree(
    before: Expr, after: Expr, named: dict[str, frozenset[str]], values: Callable[[], list[float]], swing: float = 0.0
) -> bool | None:
    """Whether both sides agree at one of the points; ``None`` where no point is in the domain of both.

    A name stands for a smooth function; with a ``swing``, for one that moves that much around a value, another at each point.
    """
    import numpy as np

    plain = sorted({*names(before, after), *(w for over in named.values() for w in over)} - CONSTANTS)
    given: dict[str, Any] = {n: np.array(values()) for n in plain if not named.get(n)}
    stand_in: dict[str, Expr] = {n: Call(f"{n}_of", tuple(Sym(w) for w in sorted(over))) for n, over in named.items() if over}
    if swing:
        given.update({f"{n}_by_": np.array(values()) for n in sorted(stand_in)}, swing_=swing)
        stand_in = {n: add(Sym(f"{n}_by_"), mul(Sym("swing_"), f)) for n, f in stand_in.items()}
    scope = Scope(given, stand_in, space(COMPLEX))
    with np.errstate(all="ignore"):
        try:
            a, b = np.real(evaluate(before, scope)), np.real(evaluate(after, scope))
        except (Unavailable, UnknownValue):
            return True
        fine = np.isfinite(a) & np.isfinite(b)
        right = fine & (np.abs(a - b) <= 1e-7 * (np.abs(a) + np.abs(b)))
    if not np.any(fine):
        return None
    # that both are zero (behind a step, where a tanh is 1) says nothing beside a point where they differ
    return bool(np.any(right & (a != 0)) or np.all(right == fine))


def _sound(before: Expr, after: Expr, named: dict[str, frozenset[str]]) -> bool:
    """An abstract name must not hide that it stands on the variable of a derivative by another name."""
    for e in (before, after):
        for node in postorder(e):
            if not isinstance(node, Diff) or node.wrt.name not in named:
                continue
            if any(node.wrt.name in named[n] for n in names(node.body) if n in named and n != node.wrt.name):
                return False
    return True
