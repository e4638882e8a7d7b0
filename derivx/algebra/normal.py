"""Is an expression identically zero? Decided by algebra alone: over exponentials, roots and trigonometric kernels.

Everything is written over exp, sin, cos, log and roots; the numerator is expanded; sin^2 = 1 - cos^2 and r^q = b for a root
r = b^(1/q); signs of the pieces (abs, sign, where) are taken case by case. A ``True`` is a proof; ``False`` only means that
none was found.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import sympy as sp

_MOST_CASES = 5
_MOST_OPS = 900


def is_zero(value: Any) -> bool:
    """Whether the value is proved to be zero wherever it is defined (almost everywhere, for pieces)."""
    value = _merge_roots(_almost_everywhere(value))
    if value == 0:
        return True
    signs = _sign_expressions(value)
    if not signs:
        return _zero(value)
    if len(signs) > _MOST_CASES:
        return False
    return all(_zero_case(value, dict(zip(signs, case, strict=True))) for case in product((1, -1), repeat=len(signs)))


def _almost_everywhere(value: Any) -> Any:
    """The derivative of a step is 0 but at the jump: no delta functions, floor' = 0."""
    if value.has(sp.DiracDelta):
        value = value.replace(sp.DiracDelta, lambda *args: sp.Integer(0))
    steps = (sp.floor, sp.ceiling)
    if value.has(*steps):
        value = value.replace(lambda e: isinstance(e, sp.Subs) and isinstance(e.expr, sp.Derivative) and isinstance(e.expr.expr, steps), lambda e: sp.Integer(0))
        value = value.replace(lambda e: isinstance(e, sp.Derivative) and isinstance(e.expr, steps), lambda e: sp.Integer(0))
    return value


def _merge_roots(value: Any) -> Any:
    """sqrt(a)*sqrt(b) and sqrt(a*b), sqrt(a/g^2) and sqrt(a)/|g|, made one where all the roots are real."""
    bases = sorted({p.base for p in value.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2 and not p.base.is_Number}, key=lambda b: b.count_ops())
    if not 2 <= len(bases) <= 4:
        return value
    for b in reversed(bases):
        for parts in [[a] for a in bases if a is not b] + [[a, c] for a in bases for c in bases if a is not b and c is not b and a is not c]:
            g = sp.sqrt(sp.factor(sp.cancel(b / sp.Mul(*parts))))
            if not any(q.exp.is_Rational and q.exp.q == 2 for q in g.atoms(sp.Pow)):
                root = sp.Abs(sp.cancel(g)) * sp.Mul(*(sp.sqrt(a) for a in parts))
                return value.replace(lambda e, old=b: e.is_Pow and e.base == old and e.exp.is_Rational and e.exp.q == 2, lambda e, new=root: new ** (2 * e.exp))
    return value


def _canonical(e: Any) -> tuple[Any, int]:
    """An expression up to a positive factor, and the sign taken out."""
    e = sp.factor_terms(sp.expand(e))
    negative = e.could_extract_minus_sign()
    e = -e if negative else e
    content, primitive = e.as_content_primitive()
    return (primitive if content.is_positive else e), (-1 if negative else 1)


def _sign_expressions(value: Any) -> list[Any]:
    found: dict[Any, None] = {}
    for atom in value.atoms(sp.Abs, sp.sign):
        found[_canonical(atom.args[0])[0]] = None
    for piece in value.atoms(sp.Piecewise):
        for _, condition in piece.args:
            for relation in condition.atoms(sp.core.relational.Relational):
                found[_canonical(relation.lhs - relation.rhs)[0]] = None
    for m in value.atoms(sp.Max, sp.Min):
        for a in m.args[1:]:
            found[_canonical(m.args[0] - a)[0]] = None
    return list(found)


def _zero_case(value: Any, case: dict[Any, int]) -> bool:
    plain = _take_case(value, case)
    return _zero(plain) or _impossible(case)


def _take_case(value: Any, case: dict[Any, int]) -> Any:
    """The value where every sign expression has the sign of the case."""

    def sign_of(e: Any) -> int | None:
        if e.is_number:
            return int(sp.sign(e))
        base, flip = _canonical(e)
        return flip * case[base] if base in case else None

    def walk(e: Any) -> Any:
        if not e.args or isinstance(e, sp.core.relational.Relational):
            return e
        if isinstance(e, (sp.Abs, sp.sign)):
            inner, s = walk(e.args[0]), sign_of(e.args[0])
            if s is None:
                return e.func(inner)
            return s * inner if isinstance(e, sp.Abs) else sp.Integer(s)
        if isinstance(e, sp.Piecewise):
            for branch, condition in e.args:
                if _holds(condition, sign_of):
                    return walk(branch)
        return e.func(*(walk(a) for a in e.args))

    return walk(value)


def _holds(condition: Any, sign_of: Any) -> bool:
    if condition in (True, sp.true):
        return True
    if isinstance(condition, sp.core.relational.Relational):
        s = sign_of(condition.lhs - condition.rhs)
        return {sp.Gt: s == 1, sp.Ge: s == 1, sp.Lt: s == -1, sp.Le: s == -1}.get(condition.func, isinstance(condition, sp.Ne))
    parts = [_holds(a, sign_of) for a in condition.args]
    return all(parts) if isinstance(condition, sp.And) else any(parts) if isinstance(condition, sp.Or) else not parts[0]


def _impossible(case: dict[Any, int]) -> bool:
    """Whether no point has these signs: decided for one variable."""
    free = set().union(*(e.free_symbols for e in case))
    if len(free) != 1:
        return False
    relations = [e > 0 if s > 0 else e < 0 for e, s in case.items()]
    if any(r in (False, sp.false) for r in relations):
        return True
    try:
        region = sp.reduce_inequalities(relations, list(free))
    except (NotImplementedError, TypeError, ValueError):
        return False
    return bool(region == sp.false)


def _zero(value: Any) -> bool:
    """The algebra, for an expression without pieces."""
    if value == 0:
        return True
    if value.has(sp.zoo, sp.nan, sp.oo):
        return False
    if value.count_ops() > _MOST_OPS:
        return False
    value = _open_exponents(_one_vocabulary(value))
    value, roots = _roots_as_symbols(value)
    top = sp.fraction(sp.together(value))[0]
    top = _reduce(sp.expand(top), roots)
    if top == 0:
        return True
    top = _reduce(sp.expand(sp.expand_log(_reduce(sp.expand(sp.expand_trig(top)), roots))), roots)
    return bool(top == 0 or sp.fraction(sp.together(sp.powsimp(top)))[0] == 0)


def _one_vocabulary(value: Any) -> Any:
    """Hyperbolic functions by exp; tan, cot, sec, csc by sin and cos."""
    hyperbolic = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)
    if value.has(*hyperbolic):
        value = value.replace(lambda e: isinstance(e, hyperbolic), lambda e: e.rewrite(sp.exp))
    circular = (sp.tan, sp.cot, sp.sec, sp.csc)
    if value.has(*circular):
        value = value.replace(lambda e: isinstance(e, circular), _by_sine)
    return value


def _open_exponents(value: Any) -> Any:
    """b^(n + 2) as k*b^2 with k for b^n, so that powers with a symbol in the exponent meet."""
    marks: dict[tuple[Any, Any], Any] = {}

    def opened(e: Any) -> Any:
        constant, rest = e.exp.as_coeff_Add()
        whole = sp.floor(constant)
        key = (e.base, rest + constant - whole)
        mark = marks.setdefault(key, sp.Dummy("k", positive=True))
        return mark * e.base**whole

    return value.replace(lambda e: e.is_Pow and not e.exp.is_number and e.base is not sp.E, opened)


def _by_sine(e: Any) -> Any:
    s, c = sp.sin(e.args[0]), sp.cos(e.args[0])
    return {sp.tan: s / c, sp.cot: c / s, sp.sec: 1 / c, sp.csc: 1 / s}[e.func]


def _roots_as_symbols(value: Any) -> tuple[Any, dict[Any, tuple[Any, int]]]:
    """Fractional powers b^(p/q) as r^p with r = b^(1/q)."""
    roots: dict[Any, tuple[Any, int]] = {}
    found: dict[Any, int] = {}
    for p in value.atoms(sp.Pow):
        if p.exp.is_Rational and not p.exp.is_Integer and not p.base.is_Number:
            found[p.base] = sp.ilcm(found.get(p.base, 1), p.exp.q)
    for base, q in sorted(found.items(), key=lambda kv: kv[0].count_ops()):
        r = sp.Dummy("r", positive=True)
        roots[r] = (base, int(q))
        value = value.replace(
            lambda e, b=base: e.is_Pow and e.base == b and e.exp.is_Rational,
            lambda e, root=r, n=q: root ** (e.exp * n),
        )
    return value, roots


def _reduce(value: Any, roots: dict[Any, tuple[Any, int]]) -> Any:
    """sin^2 = 1 - cos^2, and r^q = b."""
    for r, (base, q) in roots.items():
        value = value.replace(
            lambda e, root=r, n=q: e.is_Pow and e.base == root and e.exp.is_Integer and abs(e.exp) >= n,
            lambda e, root=r, b=base, n=q: b ** (e.exp // n) * root ** (e.exp % n),
        )
    if value.has(sp.sin):
        value = value.replace(
            lambda e: e.is_Pow and isinstance(e.base, sp.sin) and e.exp.is_Integer and e.exp >= 2,
            lambda e: (1 - sp.cos(e.base.args[0]) ** 2) ** (e.exp // 2) * e.base ** (e.exp % 2),
        )
    return sp.expand(value)
