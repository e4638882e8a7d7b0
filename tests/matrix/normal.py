"""A normal form of formulas in the syntax of ``tests/data/matrix.json``, and their size, independent of the deriving code.

Two formulas have one normal form if they differ only in

- the order of terms, of scalar and of entry-wise factors; brackets of + * @; numbers written otherwise (1/2, 0.5);
- where a number, a scalar or a sign stands in a product, a matmul chain or a linear function (-(a - b) = b - a, too);
- transposes: X.T.T, (A @ B).T, (A + B).T, inv(A).T and the like, of symmetric names, of vectors;
- vectors: a @ b = b @ a, x @ A = A.T @ x, A @ outer(b, c) = outer(A @ b, c), outer(b, c) @ x = b * (c @ x);
- a/b or a * (1/b), x*x or x**2;
- names: ``let``, ``answer_let`` and ``where`` are written out.

No product is multiplied out, no like terms are collected, and no function is rewritten to another.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from hashlib import sha256

from tests.matrix.language import DEFAULT_DIMS, Case, Malformed, names, need, parse

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Node:
    """A formula in normal form. ``rank``: 0 scalar, 1 vector, 2 matrix. Two are equal if their keys are.

    ``parts`` of a "product" are its factors, with ``powers``, times ``coef``; a "chain" is matrices, and a last vector if its rank
    is 1; an "inner" is a vector, matrices, a vector.
    """

    head: str
    parts: tuple[Node, ...] = ()
    rank: int = 0
    coef: Fraction = ONE
    powers: tuple[Fraction, ...] = ()
    symmetric: bool = False
    key: str = field(init=False, compare=False, default="")

    def __post_init__(self) -> None:
        inside = ",".join(p.key for p in self.parts)
        powers = "^" + ",".join(map(str, self.powers)) if self.powers else ""
        key = f"{self.head}:{self.coef}({inside}){powers}"
        object.__setattr__(self, "key", key if len(key) < 2_000 else sha256(key.encode()).hexdigest())


def number(value: Fraction | int) -> Node:
    return Node("number", coef=Fraction(value))


# ---- products: a number times powers of factors ----------------------------------------------------------------------


def product(factors: Iterable[tuple[Node, Fraction]]) -> Node:
    """Factors to powers, entry by entry; numbers gathered, powers of one base added."""
    coef = ONE
    found: dict[str, tuple[Node, Fraction]] = {}
    stack = list(factors)[::-1]
    while stack:
        base, power = stack.pop()
        if base.head in {"number", "product"} and power.denominator == 1:
            need(base.coef or power > 0, "division by zero")
            coef *= base.coef ** int(power)
            stack.extend((f, p * power) for f, p in zip(base.parts, base.powers, strict=True))
        else:
            found[base.key] = base, found.get(base.key, (base, Fraction(0)))[1] + power
    if any(base.head == "nothing" for base, _ in found.values()):
        coef = abs(coef)
    kept = [found[key] for key in sorted(found) if found[key][1] or found[key][0].rank]
    if not kept:
        return number(coef)
    if coef == 1 and len(kept) == 1 and kept[0][1] == 1:
        return kept[0][0]
    return Node("product", tuple(f for f, _ in kept), max(f.rank for f, _ in kept), coef, tuple(p for _, p in kept))


def times(*factors: Node) -> Node:
    return product([(f, ONE) for f in factors])


def scaled(coef: Fraction, node: Node) -> Node:
    return times(number(coef), node)


def power(base: Node, exponent: Node) -> Node:
    if exponent.head == "number":
        return product([(base, exponent.coef)])
    return Node("**", (base, exponent), max(base.rank, exponent.rank))


def split(node: Node) -> tuple[Node, Node]:
    """A vector or a matrix as a scalar times the rest."""
    if node.head != "product" or node.rank == 0:
        return number(1), node
    parts = list(zip(node.parts, node.powers, strict=True))
    scalars = [(f, p) for f, p in parts if f.rank == 0]
    return product([(number(node.coef), ONE), *scalars]), product([(f, p) for f, p in parts if f.rank])


def unsigned(node: Node) -> tuple[Fraction, Node]:
    """The number in front, and the rest."""
    if node.head == "number":
        return node.coef, number(1)
    return node.coef, product(zip(node.parts, node.powers, strict=True)) if node.head == "product" else node


# ---- sums ------------------------------------------------------------------------------------------------------------


def _terms(node: Node, sign: Fraction) -> list[Node]:
    coef, rest = unsigned(node)
    if rest.head in {"sum", "nothing"} and abs(coef) == 1:
        return [t for part in rest.parts for t in _terms(part, sign * coef)]
    return [scaled(sign, node)]


def total(terms: Iterable[Node]) -> Node:
    """Terms in order, and the whole with the sign that makes the first ones positive."""
    flat = [t for term in terms for t in _terms(term, ONE)]
    constant = sum((t.coef for t in flat if t.head == "number"), Fraction(0))
    flat = [t for t in flat if t.head != "number"] + ([number(constant)] if constant else [])
    if len(flat) < 2:
        return flat[0] if flat else number(0)
    return _signed(flat)


def _signed(flat: Sequence[Node]) -> Node:
    def ordered(sign: int) -> list[tuple[str, Fraction, Node]]:
        rows = [(unsigned(t)[1].key, sign * unsigned(t)[0], t) for t in flat]
        return sorted(rows, key=lambda row: row[:2])

    plus, minus = ordered(1), ordered(-1)
    ups, downs = [c for _, c, _ in plus], [c for _, c, _ in minus]
    sign = 1 if ups >= downs else -1
    rows = plus if sign == 1 else minus
    head = "sum" if ups != downs else "nothing"  # x - x, which is its own opposite
    node = Node(head, tuple(scaled(Fraction(sign), t) for _, _, t in rows), max(t.rank for t in flat))
    return scaled(Fraction(sign), node)


# ---- transposes and matmul chains --------------------------------------------------------------------------------------

_ENTRYWISE = {"exp", "log", "sqrt", "abs", "sign", "sin", "cos", "sigmoid", "tanh", "relu", "step", "g", "dg"}
_TURNED = {"inv", "pinv", "kron", *_ENTRYWISE}  # f(A).T = f(A.T)
_LINEAR = {"diag": 1, "tr": 1, "diagonal": 1, "row": 1, "sum": 1, "mean": 1, "kron": 2, "conv1d": 2, "conv1d_transpose": 2, "im2col": 1}
_EVEN = {"norm1", "norm2", "abs"}


def transposed(node: Node) -> Node:
    if node.rank < 2 or node.symmetric:
        return node
    scalar, core = split(node)
    if scalar.key != number(1).key:
        return times(scalar, transposed(core))
    match core:
        case Node(head="T", parts=(inside,)):
            return inside
        case Node(head="product", parts=parts, powers=powers) if all(f.rank == 2 for f in parts):
            return product(zip(map(transposed, parts), powers, strict=True))
        case Node(head="sum", parts=parts) if all(t.rank != 1 for t in parts):
            return total(map(transposed, parts))
        case Node(head="chain", parts=parts):
            return reduce(matmul, map(transposed, reversed(parts)))
        case Node(head="outer", parts=(a, b)):
            return outer(b, a)
        case Node(head=head, parts=parts) if head in _TURNED:
            return call(head, [transposed(p) for p in parts])
        case Node(head="matrix_power", parts=(base, exponent)):
            return call("matrix_power", [transposed(base), exponent])
        case Node(head="ones" | "commutation" as head, parts=parts):
            return call(head, parts[::-1])
        case Node(head="diag" | "eye"):
            return core
    return Node("T", (core,), 2)


def outer(a: Node, b: Node) -> Node:
    need(a.rank == b.rank == 1, "outer of no vectors")
    (s, a), (t, b) = split(a), split(b)
    return times(s, t, Node("outer", (a, b), 2))


def _links(node: Node) -> tuple[Node, ...]:
    return node.parts if node.head == "chain" else (node,)


def matmul(a: Node, b: Node) -> Node:
    need(a.rank and b.rank, "@ of a scalar")
    (s, a), (t, b) = split(a), split(b)
    match a.rank, b.rank:
        case 1, 1:
            return times(s, t, inner(a, b))
        case 1, _:
            return times(s, t, matmul(transposed(b), a))
    if a.head == "outer":
        return times(s, t, applied(a, b))
    if b.head == "outer":
        return times(s, t, outer(matmul(a, b.parts[0]), b.parts[1]))
    return times(s, t, Node("chain", (*_links(a), *_links(b)), b.rank))


def applied(a: Node, b: Node) -> Node:
    """outer(u, v) @ b."""
    u, v = a.parts
    if b.rank == 1:
        return times(matmul(v, b), u)
    return outer(u, matmul(transposed(b), v))


def inner(a: Node, b: Node) -> Node:
    """The product a @ b of two vectors: from one to the other, or back."""
    (*left, u), (*right, v) = _links(a), _links(b)
    one, two = _between(u, [*map(transposed, reversed(left)), *right], v), _between(v, [*map(transposed, reversed(right)), *left], u)
    return min(one, two, key=lambda node: unsigned(node)[1].key)


def _between(u: Node, links: Sequence[Node], v: Node) -> Node:
    if not links:
        return Node("inner", (u, v))
    scalar, core = split(reduce(matmul, links))
    if core.head == "outer":
        return times(scalar, matmul(u, core.parts[0]), matmul(core.parts[1], v))
    return times(scalar, Node("inner", (u, *_links(core), v)))


# ---- functions ---------------------------------------------------------------------------------------------------------

_RANKS: dict[str, int | Callable[[Sequence[Node]], int]] = {
    **dict.fromkeys(["inv", "pinv", "matrix_power", "kron", "diag", "eye", "commutation", "im2col", "row"], 2),
    **dict.fromkeys(["det", "logdet", "tr", "norm1", "norm2"], 0),
    **dict.fromkeys(["diagonal", "conv1d", "conv1d_transpose"], 1),
    **dict.fromkeys([*_ENTRYWISE, "softmax"], lambda args: args[0].rank),
    "ones": len,
    "logsumexp": lambda args: args[0].rank - 1,
}


def call(name: str, args: Sequence[Node]) -> Node:
    need(name in _RANKS and args, f"unknown function {name}")
    need(args[0].rank or name not in {"softmax", "logsumexp"}, f"{name} of a scalar")
    if name in _EVEN:
        args = [scaled(-ONE, args[0]) if unsigned(args[0])[0] < 0 else args[0]]
    ranks = _RANKS[name]
    rank = ranks if isinstance(ranks, int) else ranks(args)
    return _pulled(name, args, lambda inside: Node(name, tuple(inside), rank))


def _pulled(name: str, args: Sequence[Node], build: Callable[[Sequence[Node]], Node]) -> Node:
    """The function with the scalars of its linear arguments in front."""
    linear = _LINEAR.get(name, 0)
    pairs = [split(a) if i < linear else (number(1), a) for i, a in enumerate(args)]
    return times(*(s for s, _ in pairs), build([a for _, a in pairs]))


def reduced(name: str, x: Node, axis: int | None, keepdims: bool) -> Node:
    """The sum or mean, with axes counted from the front; a vector has but one."""
    if axis is not None:
        need(-x.rank <= axis < x.rank, "no such axis")
        axis = None if x.rank == 1 else axis % x.rank
    rank = x.rank if keepdims else 0 if axis is None else x.rank - 1
    head = f"{name}[{axis},{keepdims}]"
    return _pulled(name, [x], lambda inside: Node(head, tuple(inside), rank))


# ---- reading -----------------------------------------------------------------------------------------------------------


def normal(text: str, env: Mapping[str, Node]) -> Node:
    """The normal form of a formula, where ``env`` gives the names; others are sizes."""
    return _read(parse(text), env)


def _read(node: ast.expr, env: Mapping[str, Node]) -> Node:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return number(Fraction(str(value)))
        case ast.Name(id=name):
            need(name in env, f"unknown name {name}")
            return env[name]
        case ast.UnaryOp(op=ast.USub(), operand=x):
            return scaled(-ONE, _read(x, env))
        case ast.UnaryOp(op=ast.UAdd(), operand=x):
            return _read(x, env)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _read(left, env), _read(right, env)
            match op:
                case ast.Add():
                    return total([a, b])
                case ast.Sub():
                    return total([a, scaled(-ONE, b)])
                case ast.Mult():
                    return times(a, b)
                case ast.Div():
                    return product([(a, ONE), (b, -ONE)])
                case ast.Pow():
                    return power(a, b)
                case ast.MatMult():
                    return matmul(a, b)
        case ast.Attribute(value=x, attr="T"):
            return transposed(_read(x, env))
        case ast.Call(func=ast.Name(id="sum" | "mean" as name), args=[x, *rest], keywords=keywords):
            given = dict(zip(("axis", "keepdims"), rest, strict=False)) | {k.arg: k.value for k in keywords if k.arg}
            options = {k: ast.literal_eval(v) for k, v in given.items()}
            return reduced(name, _read(x, env), options.get("axis"), bool(options.get("keepdims", False)))
        case ast.Call(func=ast.Name(id="outer"), args=[a, b], keywords=[]):
            return outer(_read(a, env), _read(b, env))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return call(name, [_read(a, env) for a in args])
    raise Malformed(f"not of the syntax: {ast.unparse(node)}")


def _names(case: Case) -> dict[str, Node]:
    """The names that a case gives: sizes, constants and variables."""
    env = {name: Node(f"${name}") for name in [*DEFAULT_DIMS, *case["dims"], *case["consts"]]}
    for name, shape in case["vars"].items():
        same = case["assume"].get(name) in {"symmetric", "spd", "diagonal"}
        env[name] = Node(f"${name}", rank=len(shape), symmetric=same)
    return env


def normal_of(case: Case, answer: str, definitions: Iterable[tuple[str, str]]) -> Node:
    """The normal form of an answer with all names written out."""
    env = _names(case)
    for name, text in [*case["let"], *definitions]:
        env[name] = normal(text, env)
    return normal(answer, env)


def same(case: Case, answer: str, where: Mapping[str, str]) -> bool:
    """Is the answer one of the file's forms, up to what the normal form forgets?"""
    try:
        got = normal_of(case, answer, where.items()).key
    except (Malformed, ZeroDivisionError, RecursionError):
        return False
    return got in {normal_of(case, form, case["answer_let"]).key for form in (case["answer"], *case["alt_answers"])}


# ---- size --------------------------------------------------------------------------------------------------------------


def size(text: str) -> int:
    """How many operations, functions, names and numbers a formula has."""
    tree = parse(text)
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    counted = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Call, ast.Attribute)
    return sum(isinstance(n, counted) and id(n) not in called for n in ast.walk(tree))


def full_size(case: Case, answer: str, definitions: Mapping[str, str]) -> int:
    """The size of an answer and of each definition that it uses, save those that the question itself names."""
    given = set(dict(case["let"])) | set(case["vars"])
    used, stack = set[str](), [answer]
    while stack:
        for name in names(stack.pop()) & (set(definitions) - given - used):
            used.add(name)
            stack.append(definitions[name])
    return size(answer) + sum(size(definitions[name]) for name in used)


def ratio(case: Case, answer: str, where: Mapping[str, str]) -> float:
    """The size of an answer over that of the file's smallest form."""
    best = min(full_size(case, form, dict(case["answer_let"])) for form in (case["answer"], *case["alt_answers"]))
    return full_size(case, answer, where) / best
