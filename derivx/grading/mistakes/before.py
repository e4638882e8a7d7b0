"""Mistakes in the algebra, before differentiating or after: each row yields mistaken versions of one node.

The same rows are tried on the problem (and the mistaken problem is differentiated rightly) and on the answer as a teacher writes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from derivx.expr import ONE, Call, Expr, Num, add, div, is_op, mul, neg, power
from derivx.grading.mistakes.forms import exponent
from derivx.grading.mistakes.table import BEFORE, Mutation

_FUNCTIONS = frozenset(
    "sin cos tan sec csc cot asin acos atan sinh cosh tanh sigmoid relu softplus silu gelu elu erf exp log sqrt abs sech csch coth".split()
)


def _args(node: Expr, *op: str) -> tuple[Expr, ...]:
    return node.args if isinstance(node, Call) and node.op in op else ()


def _function(node: Expr) -> tuple[str, Expr] | None:
    """The name and the argument of a function of one argument."""
    return (node.op, node.args[0]) if isinstance(node, Call) and len(node.args) == 1 and node.op in _FUNCTIONS else None


def _power_split(node: Expr) -> Iterator[Expr]:
    """(a + b)^n = a^n + b^n."""
    base, *n = _args(node, "pow") or (ONE,)
    if n and is_op(base, "add"):
        yield add(*[_signed(a, lambda x: power(x, n[0])) for a in _args(base, "add")])


def _signed(term: Expr, change: object) -> Expr:
    inner = _args(term, "neg")
    return neg(change(inner[0])) if inner else change(term)  # type: ignore[operator]


def _each(op: str) -> object:
    def split(node: Expr) -> Iterator[Expr]:
        inner = _args(node, op)
        if inner and is_op(inner[0], "add"):
            yield add(*[_signed(a, lambda x: Call(op, (x,))) for a in _args(inner[0], "add")])

    return split


def _functions_split(node: Expr) -> Iterator[Expr]:
    """sin(a + b) = sin(a) + sin(b)."""
    found = _function(node)
    if found is not None and found[0] not in ("log", "sqrt", "exp", "abs") and is_op(found[1], "add"):
        yield add(*[_signed(a, lambda x: Call(found[0], (x,))) for a in _args(found[1], "add")])


def _exponential_split(node: Expr) -> Iterator[Expr]:
    """e^(a + b) = e^a + e^b."""
    found = _args(node, "pow") or _args(node, "exp")
    inner = found[-1] if found and not isinstance(found[-1], Num) else ONE
    if is_op(inner, "add"):
        yield add(*[Call(node.op, (*found[:-1], a)) for a in _args(inner, "add")])  # type: ignore[attr-defined]


def _fraction_split(node: Expr) -> Iterator[Expr]:
    """a/(b + c) = a/b + a/c."""
    top, *bottom = _args(node, "div") or (ONE,)
    if bottom and is_op(bottom[0], "add"):
        yield add(*[_signed(b, lambda x: div(top, x)) for b in _args(bottom[0], "add")])


def _fraction_of_one(node: Expr) -> Iterator[Expr]:
    """(a + b)/c = a + b/c: the divisor reaches one term alone."""
    top, *bottom = _args(node, "div") or (ONE,)
    terms = _args(top, "add")
    if bottom and terms:
        for i in range(len(terms)):
            yield add(*[_signed(t, lambda x: div(x, bottom[0])) if i == j else t for j, t in enumerate(terms)])


def _cancelled(node: Expr) -> Iterator[Expr]:
    """(a + b)/a = b: a term is cancelled as if it were a factor."""
    top, *bottom = _args(node, "div") or (ONE,)
    terms = _args(top, "add")
    if bottom:
        for i, t in enumerate(terms):
            if t == bottom[0]:
                rest = add(*terms[:i], *terms[i + 1 :])
                yield rest
                yield add(ONE, rest)
        below = _args(bottom[0], "add")
        for i, b in enumerate(below):
            if b == top:
                yield div(ONE, add(*below[:i], *below[i + 1 :]))
                yield div(ONE, add(ONE, *below[:i], *below[i + 1 :]))


def _log_product(node: Expr) -> Iterator[Expr]:
    """log(a*b) = log(a)*log(b), log(a/b) = log(a)/log(b)."""
    inner = _args(node, "log")
    if inner and is_op(inner[0], "mul", "div"):
        yield Call(inner[0].op, tuple(Call("log", (a,)) for a in inner[0].args))  # type: ignore[attr-defined]


def _log_power(node: Expr) -> Iterator[Expr]:
    """log(x)^n = n*log(x), log(x^n) = log(x)^n."""
    base, *n = _args(node, "pow") or (ONE,)
    if n and is_op(base, "log"):
        yield mul(n[0], base)
    inner = _args(node, "log")
    if inner and is_op(inner[0], "pow"):
        base, exponent_ = _args(inner[0], "pow")
        yield power(Call("log", (base,)), exponent_)


def _square_inside(node: Expr) -> Iterator[Expr]:
    """f(x)^n = f(x^n)."""
    base, *n = _args(node, "pow") or (ONE,)
    found = _function(base)
    if n and found is not None:
        yield Call(found[0], (power(found[1], n[0]),))


def _square_outside(node: Expr) -> Iterator[Expr]:
    """f(x^n) = f(x)^n."""
    found = _function(node)
    if found is not None and is_op(found[1], "pow"):
        base, n = _args(found[1], "pow")
        yield power(Call(found[0], (base,)), n)


def _power_dropped(node: Expr) -> Iterator[Expr]:
    base, *n = _args(node, "pow") or (ONE,)
    if n and isinstance(n[0], Num):
        yield base


def _root_of_square(node: Expr) -> Iterator[Expr]:
    """sqrt(x^2) = x."""
    inner = _args(node, "sqrt")
    if inner and is_op(inner[0], "pow") and _args(inner[0], "pow")[1] == Num(2):
        yield _args(inner[0], "pow")[0]
    base, *n = _args(node, "pow") or (ONE,)
    if n and is_op(base, "abs", "sqrt"):
        yield power(_args(base, "abs", "sqrt")[0], n[0])


def _root_dropped(node: Expr) -> Iterator[Expr]:
    inner = _args(node, "sqrt")
    if inner:
        yield inner[0]


def _bars_dropped(node: Expr) -> Iterator[Expr]:
    inner = _args(node, "abs")
    if inner:
        yield inner[0]


def _factor_power(node: Expr) -> Iterator[Expr]:
    """(a*b)^n = a*b^n: the exponent reaches one factor alone."""
    base, *n = _args(node, "pow") or (ONE,)
    if n and is_op(base, "mul", "div"):
        parts = _args(base, "mul", "div")
        for i in range(len(parts)):
            yield Call(base.op, tuple(power(p, n[0]) if i == j else p for j, p in enumerate(parts)))  # type: ignore[attr-defined]


def _powers_added(node: Expr) -> Iterator[Expr]:
    """(a^m)^n = a^(m + n)."""
    base, *n = _args(node, "pow") or (ONE,)
    if n and is_op(base, "pow"):
        inner, m = _args(base, "pow")
        yield power(inner, add(m, n[0]))


def _factor_out(node: Expr) -> Iterator[Expr]:
    """f(k*x) = k*f(x)."""
    found = _function(node)
    if found is not None and is_op(found[1], "mul"):
        parts = _args(found[1], "mul")
        for i, k in enumerate(parts):
            yield mul(k, Call(found[0], (mul(*parts[:i], *parts[i + 1 :]),)))


def _function_of_product(node: Expr) -> Iterator[Expr]:
    """e^(a*b) = e^a*e^b."""
    found = exponent(node)
    if found is not None and is_op(found, "mul"):
        yield mul(*[Call(node.op, (*_args(node, "pow")[:1], a)) for a in _args(found, "mul")])  # type: ignore[attr-defined]


def _distributed_once(node: Expr) -> Iterator[Expr]:
    """c*(a + b) = c*a + b."""
    parts = _args(node, "mul")
    for i, total in enumerate(parts):
        terms = _args(total, "add")
        if terms:
            c = mul(*parts[:i], *parts[i + 1 :])
            for j in range(len(terms)):
                yield add(*[mul(c, t) if j == m else t for m, t in enumerate(terms)])


def _sign_distributed_once(node: Expr) -> Iterator[Expr]:
    """-(a + b) = -a + b."""
    inner = _args(node, "neg")
    terms = _args(inner[0], "add") if inner else ()
    if terms:
        yield add(neg(terms[0]), *terms[1:])


def _sign_lost(node: Expr) -> Iterator[Expr]:
    """A sum with the sign of one term turned; an opposite without its sign."""
    terms = _args(node, "add")
    for i, t in enumerate(terms):
        yield add(*terms[:i], _args(t, "neg")[0] if is_op(t, "neg") else neg(t), *terms[i + 1 :])
    inner = _args(node, "neg")
    if inner:
        yield inner[0]


def _negative_exponent(node: Expr) -> Iterator[Expr]:
    """u^(-n) = -u^n, and u^(-n) = u^n."""
    base, *n = _args(node, "pow") or (ONE,)
    if n and is_op(n[0], "neg"):
        positive = power(base, _args(n[0], "neg")[0])
        yield neg(positive)
        yield positive


def _constant_dropped(node: Expr) -> Iterator[Expr]:
    """A number or a letter of a sum or product that is lost on the way."""
    parts = _args(node, "add", "mul")
    for i, part in enumerate(parts):
        if not isinstance(part, Call) or (is_op(part, "neg") and not isinstance(part.args[0], Call)):
            yield Call(node.op, (*parts[:i], *parts[i + 1 :])) if len(parts) > 2 else parts[1 - i]  # type: ignore[attr-defined]
    quotient = _args(node, "div")
    if quotient and not isinstance(quotient[1], Call):
        yield quotient[0]


def _turned(node: Expr) -> Iterator[Expr]:
    """a/b = b/a."""
    parts = _args(node, "div")
    if parts and parts[0] != ONE:
        yield div(parts[1], parts[0])


def _branches(node: Expr) -> Iterator[Expr]:
    """The other branch, or one branch everywhere."""
    parts = _args(node, "where")
    if parts:
        yield Call("where", (parts[0], parts[2], parts[1]))
        yield from parts[1:]
    parts = _args(node, "max", "min")
    yield from parts
    if parts:
        yield Call("min" if is_op(node, "max") else "max", parts)
    yield from _args(node, "relu", "leaky_relu", "abs")[:1]


def _table(*rows: tuple[str, str, object, int]) -> tuple[Mutation, ...]:
    return tuple(Mutation(f"algebra.{name}", tag, "", BEFORE, wrong, rank) for name, tag, wrong, rank in rows)  # type: ignore[arg-type]


ALGEBRA: tuple[Mutation, ...] = _table(
    ("power_split", "power_of_sum_split", _power_split, 3),
    ("root_split", "sqrt_split_sum", _each("sqrt"), 3),
    ("log_split", "log_split_sum", _each("log"), 3),
    ("function_split", "algebra_slip", _functions_split, 5),
    ("exponential_split", "algebra_slip", _exponential_split, 5),
    ("fraction_split", "algebra_slip", _fraction_split, 5),
    ("divisor_on_one_term", "algebra_slip", _fraction_of_one, 6),
    ("term_cancelled", "extra_factor_cancelled", _cancelled, 4),
    ("log_of_product", "log_split_sum", _log_product, 4),
    ("log_power", "log_power_confused", _log_power, 3),
    ("square_inside", "square_on_argument", _square_inside, 3),
    ("square_outside", "square_on_argument", _square_outside, 4),
    ("power_dropped", "power_rule_other", _power_dropped, 6),
    ("root_of_square", "sqrt_square_cancelled", _root_of_square, 3),
    ("root_dropped", "sqrt_dropped", _root_dropped, 4),
    ("bars_dropped", "sqrt_square_cancelled", _bars_dropped, 5),
    ("power_of_one_factor", "algebra_slip", _factor_power, 5),
    ("powers_added", "algebra_slip", _powers_added, 5),
    ("factor_out", "algebra_slip", _factor_out, 5),
    ("exponential_of_product", "algebra_slip", _function_of_product, 6),
    ("one_term_multiplied", "algebra_slip", _distributed_once, 5),
    ("sign_of_bracket", "sign_error", _sign_distributed_once, 5),
    ("sign_lost", "sign_error", _sign_lost, 5),
    ("negative_exponent", "sign_error", _negative_exponent, 6),
    ("constant_lost", "constant_lost_inside", _constant_dropped, 4),
    ("turned", "algebra_slip", _turned, 7),
    ("branches", "relu_gate_lost", _branches, 3),
)  # fmt: skip
