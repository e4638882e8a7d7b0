"""The last pass: multiply out where that cancels, collect what terms share, accepted only if smaller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from itertools import combinations, product

from derivx.derive.matrix.make import Factors, Maker
from derivx.derive.matrix.shapes import axis_of, dim_expr
from derivx.expr import ONE, Call, Expr, Num, Sym, is_op, names, postorder, substitute, transform

_MOST_TERMS, _MOST_NAMES = 24, 6
_MANY = 3  # transposes that one around a whole sum must save
_NAMED = {
    "sigmoid": "s", "softmax": "p", "tanh": "t", "exp": "u", "add": "r", "mul": "v", "matmul": "h", "relu": "a", "inv": "M", "sqrt": "q",
}  # fmt: skip
_ROUNDS = 6


def finished(m: Maker, e: Expr) -> Expr:
    """The expression in its final form: the smallest that multiplying out and collecting lead to."""
    best = collected(m, e)
    if _may_cancel(m, e):
        opened = expanded(m, e)
        if opened is not None and opened != e:
            other = collected(m, opened)
            if size(other) < size(best):
                best = other
    return best


def last(m: Maker, e: Expr, let: Mapping[str, Expr]) -> Expr:
    """What is done once, at the end: means for sums over their count, values by the names they have, one transpose around many."""
    if any(is_op(n, "mean") for formula in (e, *let.values()) for n in postorder(formula)):
        e = collected(m, _means(m, expanded(m, e) or e))
    e = collected(m, _by_let(m, e, let))
    scalars, array = m.apart(e) if not is_op(e, "add") else ([], e)
    turned = m.T(array) if len(m.shape(array)) == 2 and not is_op(array, "transpose") else array
    saved = size(array) - size(turned) - 1
    return m.prod(*scalars, Call("transpose", (turned,))) if saved >= (1 if is_op(array, "matmul") else _MANY) else e


def _means(m: Maker, e: Expr) -> Expr:
    """sum(x, axis)/n is mean(x, axis); so is sum(x)/n of n entries, and x @ y/n where it is not the only mean."""
    found = _with_means(m, e, inner=True)
    return found if len({n for n in postorder(found) if is_op(n, "mean")}) > 1 else _with_means(m, e, inner=False)


def _with_means(m: Maker, e: Expr, *, inner: bool) -> Expr:
    def change(node: Expr) -> Expr:
        if not is_op(node, "div", "mul", "neg"):
            return node
        found = m.factors(node)
        for base, n in list(found.powers.items()):
            mean, count = _mean(m, base) if n == 1 and (inner or is_op(base, "sum")) else (None, ONE)
            if mean is None:
                continue
            if isinstance(count, Num) and found.number.denominator % int(count.value) == 0:
                found.number *= int(count.value)
            elif found.powers.get(count) == -1:
                found.times(count)
            else:
                continue
            found.powers = {mean if b is base else b: k for b, k in found.powers.items()}
            return m.join(found)
        return node

    return transform(e, change) if any(is_op(n, "sum", "matmul") for n in postorder(e)) else e


def _mean(m: Maker, e: Expr) -> tuple[Expr | None, Expr]:
    """The mean that a sum is when it is divided by its count, and the count."""
    if is_op(e, "sum") and isinstance(e, Call):
        shape = m.shape(e.args[0])
        axis = axis_of(e, shape) if len(e.args) > 1 else 0 if len(shape) == 1 else None
        return (Call("mean", e.args), dim_expr(shape[axis])) if axis is not None else (None, ONE)
    if is_op(e, "matmul") and isinstance(e, Call) and m.is_scalar(e) and len(e.args) == 2 and len(m.shape(e.args[0])) == 1:
        return Call("mean", (m.prod(*e.args),)), dim_expr(m.shape(e.args[0])[0])
    return None, ONE


def _by_let(m: Maker, e: Expr, let: Mapping[str, Expr]) -> Expr:
    """A value that an intermediate has is called by its name: U/s is Xh."""
    for name, formula in let.items():
        want = m.factors(formula)
        if is_op(formula, "add") or len(want.powers) < 2:
            e = substitute(e, {formula: Sym(name)}) if isinstance(formula, Call) else e
            e = transform(e, lambda n, f=formula, name=name: _within_chain(m, n, f, name)) if is_op(formula, "matmul") else e  # type: ignore[misc]
            continue

        def change(node: Expr, want: Factors = want, name: str = name) -> Expr:
            return _with_name(m, node, want, name)

        e = transform(e, change)
    return e


def _within_chain(m: Maker, node: Expr, want: Expr, name: str) -> Expr:
    """A product of matrices with a name for some neighbours: A (B x) is A z."""
    assert isinstance(want, Call)
    if not is_op(node, "matmul") or not isinstance(node, Call):
        return node
    k = len(want.args)
    at = next((i for i in range(len(node.args) - k + 1) if node.args[i : i + k] == want.args), None)
    return node if at is None else m.mm(*node.args[:at], Sym(name), *node.args[at + k :])


def _with_name(m: Maker, node: Expr, want: Factors, name: str) -> Expr:
    if not is_op(node, "mul", "div", "neg"):
        return node
    found = m.factors(node)
    for base, n in list(found.powers.items()):  # what is constant along an axis may stand inside of a mean
        if n == 1 and is_op(base, "mean", "sum") and isinstance(base, Call):
            inner = m.factors(base.args[0])
            moved = {b: k for b, k in want.powers.items() if b not in inner.powers and found.powers.get(b, 0) * k >= k * k and k < 0}
            if len(base.args) == 1 and not all(map(m.is_scalar, moved)):
                continue
            if moved and all(inner.powers.get(b) == k for b, k in want.powers.items() if b not in moved):
                for b, k in moved.items():
                    found.times(b, -k)
                    inner.times(b, k)
                for b, k in want.powers.items():
                    inner.times(b, -k)
                found.number /= want.number
                inner.times(Sym(name))
                found.powers = {(Call(base.op, (m.join(inner), *base.args[1:])) if b is base else b): k for b, k in found.powers.items()}
    if all(found.powers.get(b, 0) * k >= k * k for b, k in want.powers.items()):
        for b, k in want.powers.items():
            found.times(b, -k)
        found.number /= want.number
        found.times(Sym(name))
    return m.join(found)


def named(m: Maker, e: Expr, taken: set[str]) -> tuple[Expr, dict[str, Expr]]:
    """Parts that come again get a name, where that makes the whole shorter: s for a sigmoid, p for a softmax, r for a difference."""
    where: dict[str, Expr] = {}
    names_ = {*taken, *(n for n in names(e))}
    for _ in range(_MOST_NAMES):
        counts: Counter[Call] = Counter()
        todo = [e]
        while todo:
            node = todo.pop()
            if isinstance(node, Call):
                counts[node] += 1
                todo.extend(node.args)
        gains = [(k * size(part) - k - size(part), part) for part, k in counts.items() if k > 1 and part.op in _NAMED and size(part) > 1]
        best = max(gains, key=lambda row: row[0], default=None)
        if best is None or best[0] <= 0:
            break
        part = best[1]
        letter = _NAMED[part.op] if len(m.shape(part)) < 2 else _NAMED[part.op].upper()
        name = next(n for n in (letter, *(f"{letter}{i}" for i in range(1, 99))) if n not in names_)
        names_.add(name)
        m.shapes.given[name] = m.shape(part)
        where[name] = part
        e = substitute(e, {part: Sym(name, m.shape(part))})
        if part.op == "mul":  # in longer products too
            e = transform(e, partial(_with_name, m, want=m.factors(part), name=name))
    return e, where


def size(e: Expr) -> int:
    """How long a formula is to read: names, numbers and signs."""
    total, todo = 0, [e]
    while todo:
        node = todo.pop()
        if not isinstance(node, Call):
            total += 1
            continue
        total += len(node.args) - 1 if node.op in ("add", "mul", "matmul") else 0 if node.op == "neg" else 1
        todo.extend(node.args)
    return total


def _may_cancel(m: Maker, e: Expr) -> bool:
    """Whether multiplying out may lead to less: terms with sums beside other terms, or a fraction in a sum times what is below it."""
    if is_op(e, "add") and isinstance(e, Call):
        return any(_has_sum(m, a) for a in e.args)
    if not is_op(e, "mul", "div", "neg", "matmul"):
        return False
    for base, n in m.factors(e).powers.items():
        if n != 1 or not isinstance(base, Call):
            continue
        parts = base.args if base.op == "matmul" else (base,)
        for part in parts:
            if is_op(part, "add") and isinstance(part, Call):
                inside = [m.factors(a) for a in part.args]
                if any(k < 0 for f in inside for k in f.powers.values()) or (
                    base.op == "matmul" and any(is_op(a, "eye", "outer") for a in part.args)
                ):
                    return True
    return False


def _has_sum(m: Maker, term: Expr) -> bool:
    return any(is_op(b, "add") or (is_op(b, "matmul") and any(is_op(a, "add") for a in b.args)) for b in m.factors(term).powers)  # type: ignore[attr-defined]


def expanded(m: Maker, e: Expr) -> Expr | None:
    """Products multiplied out; ``None`` where there would be too many terms."""
    terms: list[Expr] = []
    todo = [e]
    while todo:
        term = todo.pop()
        if is_op(term, "add") and isinstance(term, Call):
            todo.extend(reversed(term.args))
            continue
        opened = _opened(m, term)
        if opened is None:
            terms.append(term)
        else:
            todo.extend(reversed(opened))
        if len(terms) + len(todo) > _MOST_TERMS:
            return None
    return m.add(*terms)


def _opened(m: Maker, term: Expr) -> list[Expr] | None:
    """The terms of a product with a sum in it, or nothing."""
    found = m.factors(term)
    full = m.shape(term)
    for base, n in found.powers.items():
        if is_op(base, "add") and isinstance(base, Call) and n == 1:
            rest = m.join(Factors(found.number, {b: k for b, k in found.powers.items() if b is not base}))
            parts = [m.prod(rest, a) for a in base.args]
            return [p if m.shape(p) == full else m.spread(p, full) for p in parts]
        if is_op(base, "matmul", "outer") and isinstance(base, Call) and n == 1:
            choices = [a.args if is_op(a, "add") and isinstance(a, Call) and _plain(m, a) else (a,) for a in base.args]
            if any(len(c) > 1 for c in choices):
                rest = m.join(Factors(found.number, {b: k for b, k in found.powers.items() if b is not base}))
                build = m.mm if base.op == "matmul" else m.outer
                return [m.prod(rest, build(*row)) for row in product(*choices)]
    return None


def _plain(m: Maker, e: Call) -> bool:
    """A sum whose terms all have its shape: nothing is broadcast in it."""
    return all(m.shape(a) == m.shape(e) for a in e.args)


def collected(m: Maker, e: Expr) -> Expr:
    """Terms that share a factor, or an end of a matrix product, written with it once, where that is smaller."""
    if is_op(e, "neg") and isinstance(e, Call):
        return m.neg(collected(m, e.args[0]))
    for _ in range(_ROUNDS):
        if not is_op(e, "add") or not isinstance(e, Call):
            return e
        best: tuple[int, int, int, Expr] | None = None
        sizes = [size(a) for a in e.args]
        for (i, a), (j, b) in combinations(enumerate(e.args), 2):
            joined = _together(m, a, b, alone=len(e.args) == 2)
            if joined is not None and (best is None or sizes[i] + sizes[j] - size(joined) > best[0]):
                best = sizes[i] + sizes[j] - size(joined), i, j, joined
        if best is None:
            return e
        new = m.add(*(x for k, x in enumerate(e.args) if k not in best[1:3]), best[3])
        if size(new) >= size(e):
            return e
        e = new
    return e


def _together(m: Maker, a: Expr, b: Expr, *, alone: bool) -> Expr | None:
    """Two terms as one product, or nothing; ``alone``: there are no others beside them."""
    fa, fb = m.factors(a), m.factors(b)
    shared = {k: n for k, n in fa.powers.items() if fb.powers.get(k) == n}
    if shared or abs(fa.number) == abs(fb.number) != 1:  # then what is below both is shared, too
        shared |= {k: max(n, fb.powers[k]) for k, n in fa.powers.items() if k not in shared and n < 0 and fb.powers.get(k, 0) < 0}
    ra, rb = _less(fa, shared), _less(fb, shared)
    common = Factors(Fraction(1), shared)
    if abs(ra.number) == abs(rb.number) != 1 and shared:
        common.number = abs(ra.number)
        ra.number, rb.number = ra.number / common.number, rb.number / common.number
    full = m.shape(a)
    inner = _chains(m, ra, rb, alone=alone)
    if inner is None and shared and any(not m.is_scalar(k) or len(ra.powers) for k in shared):
        inner = m.add(m.join(ra), m.join(rb))
    if inner is None:
        return None
    whole = m.prod(m.join(common), inner)
    return whole if m.shape(whole) == full else None


def _less(f: Factors, shared: dict[Expr, Fraction]) -> Factors:
    out = Factors(f.number)
    for k, n in f.powers.items():
        out.times(k, n)
    for k, n in shared.items():
        out.times(k, -n)
    return out


def _chains(m: Maker, ra: Factors, rb: Factors, *, alone: bool) -> Expr | None:
    """P A S + P B S as P (A + B) S."""
    la, lb = _chain(m, ra), _chain(m, rb)
    if la is None or lb is None:
        return None
    (na, pa), (nb, pb) = la, lb
    found = _ends(m, na, pa, nb, pb, alone=alone)
    if found is None and len(pb) > 1 and m.is_scalar(m.chain(*pb)):
        found = _ends(m, na, pa, nb, [m.T(x) for x in reversed(pb)], alone=alone)
    return found


def _chain(m: Maker, f: Factors) -> tuple[Expr, list[Expr]] | None:
    """The scalars of a term, and the parts of its one matrix product."""
    arrays = [k for k, n in f.powers.items() if not m.is_scalar(k) or is_op(k, "matmul")]
    if len(arrays) != 1 or f.powers[arrays[0]] != 1:
        return None
    (core,) = arrays
    rest = m.join(Factors(f.number, {k: n for k, n in f.powers.items() if k is not core}))
    return rest, list(core.args) if is_op(core, "matmul") and isinstance(core, Call) else [core]


def _ends(m: Maker, na: Expr, a: list[Expr], nb: Expr, b: list[Expr], *, alone: bool) -> Expr | None:
    """What is common at the ends written once; middles of unlike lengths, or long ones beside other terms, are left as they are."""
    head = 0
    while head < min(len(a), len(b)) - 1 and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    if not head and not tail:
        return None
    ma, mb = a[head : len(a) - tail], b[head : len(b) - tail]
    if max(len(ma), len(mb)) > 1 and (len(ma) != len(mb) or not alone):
        return None
    if not ma or not mb:
        missing = m.shape(a[head])[0] if head < len(a) else None
        known = next((x for x in (ma, mb) if x), None)
        if known is None or missing is None or len(known) > 1 or len(m.shape(known[0])) != 2:
            return None
        eye = Call("eye", (_dim(m, known),))
        ma, mb = ma or [eye], mb or [eye]
    middle = m.add(m.prod(na, m.mm(*ma)), m.prod(nb, m.mm(*mb)))
    return m.mm(*a[:head], middle, *(a[len(a) - tail :] if tail else []))


def _dim(m: Maker, chain: list[Expr]) -> Expr:
    return dim_expr(m.shape(m.chain(*chain))[0])
