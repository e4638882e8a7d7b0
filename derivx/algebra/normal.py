"""Is an expression identically zero? Decided by algebra alone: over exponentials, roots and trigonometric kernels.

Everything is written over exp, sin, cos, log and roots; the numerator is expanded; sin^2 = 1 - cos^2 and r^q = b for a root
r = b^(1/q); signs of the pieces (abs, sign, where) are taken case by case. A ``True`` is a proof; ``False`` only means that
none was found.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations
from typing import Any

import sympy as sp

from derivx.numeric.proof_space import Side

_MOST_CASES = 64
_MOST_OPS = 400
_MOST_TERMS = 500
_MOST_SUMMANDS = 3
_MOST_UNDER_ROOTS = 30
_KEPT = 1024  # the same few signs and roots are asked for in every case of a proof


def is_zero(value: Any) -> bool:
    """Whether the value is proved to be zero wherever it is defined (almost everywhere, for pieces)."""
    return value == 0 or _zero_in_cases(value, {}, [_MOST_CASES])


def _zero_in_cases(value: Any, case: dict[Any, int], left: list[int]) -> bool:
    """One sign after the other is put in, those inside others first; ``left`` counts the cases that may still be opened."""
    if value == 0:
        return True
    found = _innermost(value)
    if found is None:
        merged = _merge_roots(value)
        if merged is not value and merged.has(sp.Abs):  # sqrt(a/g^2) = sqrt(a)/|g| has brought a sign in
            return _zero_in_cases(merged, case, left)
        return _zero(merged) or _impossible(case)
    if found in case:
        return _zero_in_cases(_put_sign(value, found, case[found]), case, left)
    left[0] -= 2
    if left[0] < 0:
        return False
    return all(_zero_in_cases(_put_sign(value, found, s), {**case, found: s}, left) for s in (1, -1))


def _innermost(value: Any) -> Any:
    """What decides a piece and holds no piece itself: an expression up to a positive factor; ``None`` without pieces."""
    atoms = sorted(value.atoms(Side, sp.Abs, sp.sign), key=_size)
    return next((_canonical(a.args[0])[0] for a in atoms if not a.args[0].has(Side, sp.Abs, sp.sign)), None)


def _put_sign(value: Any, base: Any, sign: int) -> Any:
    """The value where ``base`` has the sign."""

    def fits(e: Any) -> bool:
        return isinstance(e, (Side, sp.Abs, sp.sign)) and not e.args[0].has(Side, sp.Abs, sp.sign) and _canonical(e.args[0])[0] == base

    def plain(e: Any) -> Any:
        s = sign * _canonical(e.args[0])[1]
        return sp.Integer(s > 0) if isinstance(e, Side) else s * e.args[0] if isinstance(e, sp.Abs) else sp.Integer(s)

    return _put(value, {e: plain(e) for e in value.atoms(Side, sp.Abs, sp.sign) if fits(e)})


def _put(e: Any, table: dict[Any, Any]) -> Any:
    """``xreplace``; but a product with 0 is not built, for SymPy would ask whether its other factors are finite."""
    if e in table:
        return table[e]
    args = [_put(a, table) for a in e.args]
    if all(a is b for a, b in zip(args, e.args, strict=True)):
        return e
    if e.is_Mul and sp.S.Zero in args and not any(a.has(sp.zoo, sp.nan, sp.oo) for a in args):
        return sp.S.Zero
    return e.func(*args)


@lru_cache(maxsize=_KEPT)
def _size(e: Any) -> Any:
    """By operations, then in SymPy's own order: the same in every process."""
    return e.count_ops(), sp.default_sort_key(e)


def _merge_roots(value: Any) -> Any:
    """sqrt(a)*sqrt(b) and sqrt(a*b), sqrt(a/g^2) and sqrt(a)/|g|, made one where all the roots are real."""
    found = {p.base for p in value.atoms(sp.Pow) if p.exp.is_Rational and p.exp.q == 2 and not p.base.is_Number}
    bases = sorted(found, key=_size)
    if not 2 <= len(bases) <= 4 or sum(b.count_ops() for b in bases) > _MOST_UNDER_ROOTS:
        return value
    for b in reversed(bases):
        for parts in [[a] for a in bases if a is not b] + [
            [a, c] for a in bases for c in bases if a is not b and c is not b and a is not c
        ]:
            g = _root_of_quotient(b, tuple(parts))
            if not any(q.exp.is_Rational and q.exp.q == 2 for q in g.atoms(sp.Pow)):
                root = sp.Abs(sp.cancel(g)) * sp.Mul(*(sp.sqrt(a) for a in parts))
                return value.replace(
                    lambda e, old=b: e.is_Pow and e.base == old and e.exp.is_Rational and e.exp.q == 2,
                    lambda e, new=root: new ** (2 * e.exp),
                )
    return value


@lru_cache(maxsize=_KEPT)
def _root_of_quotient(b: Any, parts: tuple[Any, ...]) -> Any:
    return sp.sqrt(sp.factor(sp.cancel(b / sp.Mul(*parts))))


@lru_cache(maxsize=_KEPT)
def _canonical(e: Any) -> tuple[Any, int]:
    """An expression up to a positive factor, and the sign taken out."""
    e = sp.factor_terms(sp.expand(e))
    negative = e.could_extract_minus_sign()
    e = -e if negative else e
    content, primitive = e.as_content_primitive()
    return (primitive if content.is_positive else e), (-1 if negative else 1)


def _impossible(case: dict[Any, int]) -> bool:
    """Whether no point has these signs: three positive expressions cannot sum to 0; else decided for one variable."""
    positive = [s * e for e, s in case.items()]
    if any(sp.expand(sum(some)) == 0 for n in (2, 3) for some in combinations(positive, n)):
        return True
    free = set().union(*(e.free_symbols for e in case))
    if len(free) != 1 or not all(e.is_polynomial(*free) for e in case):
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
    if _terms(value, common=True) > 8 * _MOST_TERMS or _large(value):
        return False
    top = sp.fraction(sp.together(value))[0]
    if _large(top):
        return False
    top = _reduce(sp.expand(top), roots)
    if top == 0:
        return True
    for opened in (_open_sums, sp.expand_log):
        top = opened(top)
        if _large(top):
            return False
        top = _reduce(sp.expand(top), roots)
    return bool(top == 0 or sp.fraction(sp.together(sp.powsimp(top)))[0] == 0)


def _large(value: Any) -> bool:
    """Whether the expression, or a part of it (an argument, a denominator), would be long when expanded."""
    if value.count_ops() > 4 * _MOST_OPS:
        return True
    parts = (p.base**-p.exp if p.is_Pow and p.exp.is_negative else p for p in sp.preorder_traversal(value))
    return any(_terms(part) > _MOST_TERMS for part in parts)


def _terms(value: Any, *, common: bool = False) -> int:
    """About how many terms the expression has when it is expanded (``common``: over a common denominator)."""
    if value.is_Add:
        counts = [_terms(a, common=common) for a in value.args]
        bottoms = [_terms(b, common=common) for b in {sp.fraction(a)[1] for a in value.args}] if common else []
        return min(sum(counts) * math.prod(bottoms), 10**9)
    if value.is_Mul:
        return min(math.prod(_terms(a, common=common) for a in value.args), 10**9)
    if value.is_Pow and value.exp.is_Integer:
        n, count = abs(int(value.exp)), _terms(value.base, common=common)
        return math.comb(count + n - 1, n) if value.exp > 0 and n < 40 and count < 1000 else 1 if value.exp < 0 else 10**9
    return 1


def _open_sums(value: Any) -> Any:
    """sin(a + b) by the sines and cosines of a and b, for short sums: each term doubles what is written."""
    table = {f: sp.expand_trig(f) for f in value.atoms(sp.sin, sp.cos) if len(sp.Add.make_args(f.args[0])) <= _MOST_SUMMANDS}
    return value.xreplace(table)


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
    for base, q in sorted(found.items(), key=lambda kv: _size(kv[0])):
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
