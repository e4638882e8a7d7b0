"""The rules of differentiation: each looks at a pending derivative and writes the line that follows.

``RULES`` is a table in the order in which a teacher would try them. A rule returns ``None`` where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.derive.board import Board, spread
from derivx.derive.step import Param
from derivx.expr import ONE, TWO, ZERO, Call, Diff, Expr, Num, Sym, add, div, is_op, mul, names, neg, num, postorder, power, substitute
from derivx.syntax.formulas import arguments


@dataclass(frozen=True)
class Move:
    """What a rule found: the new part, the parameters of its sentence, names it brought in, calls whose domain it states."""

    new: Expr
    params: Mapping[str, Param] = field(default_factory=dict)
    names: Mapping[str, Expr] = field(default_factory=dict)
    about: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A licence to rewrite: ``apply(body, variable, board)``."""

    id: str
    statement: str
    apply: Callable[[Expr, Sym, Board], Move | None]


def _constant(body: Expr, x: Sym, board: Board) -> Move | None:
    return None if board.depends(body, x.name) else Move(ZERO, {"c": body})


def _identity(body: Expr, x: Sym, board: Board) -> Move | None:
    return Move(ONE, {"x": x}) if body == x else None


def _opposite(body: Expr, x: Sym, board: Board) -> Move | None:
    return Move(neg(Diff(body.args[0], x)), {"c": num(-1)}) if isinstance(body, Call) and body.op == "neg" else None


def _sum(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "add"):
        return None
    parts = [neg(Diff(a.args[0], x)) if isinstance(a, Call) and a.op == "neg" else Diff(a, x) for a in body.args]
    return Move(add(*parts))


def _constant_multiple(body: Expr, x: Sym, board: Board) -> Move | None:
    if isinstance(body, Call) and body.op == "div" and not board.depends(body.args[1], x.name):
        top, bottom = body.args
        return Move(div(Diff(top, x), bottom), {"c": div(ONE, bottom)}, about=(body,))
    if isinstance(body, Call) and body.op == "div":
        return _constants_below(body, x, board)
    if not (isinstance(body, Call) and body.op == "mul"):
        return None
    fixed = [a for a in body.args if not board.depends(a, x.name)]
    if not fixed:
        return None
    moving = [a for a in body.args if board.depends(a, x.name)]
    return Move(mul(*fixed, Diff(mul(*moving), x)), {"c": mul(*fixed)})


def _constants_below(body: Call, x: Sym, board: Board) -> Move | None:
    """Constant factors of a denominator stay below: D(f/(c*g)) = D(f/g)/c."""
    top, bottom = body.args
    below = list(bottom.args) if isinstance(bottom, Call) and bottom.op == "mul" else [bottom]
    fixed = [b for b in below if not board.depends(b, x.name)]
    if not fixed or not board.depends(top, x.name):
        return None
    moving = [b for b in below if board.depends(b, x.name)]
    constant = mul(*fixed)
    return Move(div(Diff(div(top, mul(*moving)), x), constant), {"c": div(ONE, constant)}, about=(body,))


def _product(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "mul"):
        return None
    terms = [mul(*(Diff(b, x) if i == j else b for j, b in enumerate(body.args))) for i in range(len(body.args))]
    return Move(add(*terms))


def _reciprocal(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "div") or board.depends(body.args[0], x.name):
        return None
    top, bottom = body.args
    change = Diff(bottom, x)
    numerator = change if top == ONE else mul(top, change)
    return Move(neg(div(numerator, power(bottom, TWO))), {"v": bottom}, about=(body,))


def _quotient(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "div"):
        return None
    u, v = body.args
    top = add(spread("mul", [Diff(u, x), v]), neg(spread("mul", [u, Diff(v, x)])))
    return Move(div(top, power(v, TWO)), {"u": u, "v": v}, about=(body,))


def _power(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "pow") or board.depends(body.args[1], x.name) or body.args[0] != x:
        return None
    n = body.args[1]
    lower = _less_one(n)
    new = mul(n, x) if lower == ONE else mul(n, power(x, lower))
    return Move(new, {"n": n}, about=(body,))


def _less_one(n: Expr) -> Expr:
    """The exponent lowered by one: a whole number is counted down, anything else is written out."""
    if isinstance(n, Num) and n.value >= 1:
        return Num(n.value - 1)
    return add(n, neg(ONE))


def _exponential(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "pow") or board.depends(body.args[0], x.name) or body.args[1] != x:
        return None
    base = body.args[0]
    natural = base == Sym("e") and "e" not in board.where
    return Move(body if natural else mul(body, Call("log", (base,))), {"a": base}, about=(body,))


def _logarithmic(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "pow"):
        return None
    base, exponent = body.args
    if not (board.depends(base, x.name) and board.depends(exponent, x.name)):
        return None
    inner = spread("mul", [exponent, Call("log", (base,))])
    return Move(mul(body, Diff(inner, x)), {"f": base, "g": exponent}, about=(body,))


def _piecewise(body: Expr, x: Sym, board: Board) -> Move | None:
    if not (isinstance(body, Call) and body.op == "where"):
        return None
    test, *branches = body.args
    return Move(Call("where", (test, *(Diff(b, x) for b in branches))), about=(body,))


def _grouping(body: Expr, x: Sym, board: Board) -> Move | None:
    """max(a, b, c) is max(max(a, b), c), and max(a, a) is a."""
    if isinstance(body, Call) and body.op in ("max", "min") and len(set(body.args)) < len(body.args):
        single = tuple(dict.fromkeys(body.args))
        return Move(Diff(Call(body.op, single) if len(single) > 1 else single[0], x), {"op": body.op})
    if not (isinstance(body, Call) and len(body.args) > 2 and body.op in ("max", "min")):
        return None
    first = Call(body.op, body.args[:-1])
    return Move(Diff(Call(body.op, (first, body.args[-1])), x), {"op": body.op})


def _function(body: Expr, x: Sym, board: Board) -> Move | None:
    """The local derivative of a card, where the only moving argument is the variable itself."""
    if not (isinstance(body, Call) and ops.known(body.op)):
        return None
    moving = [i for i, a in enumerate(body.args) if board.depends(a, x.name)]
    if len(moving) != 1 or body.args[moving[0]] != x:
        return None
    op = ops.card(body.op)
    template = local_derivatives(op).get(op.params[moving[0]])
    if template is None:
        return None
    values = arguments(op, body.args)
    y = Sym("y")
    new: dict[str, Expr] = {}
    if "y" in names(template) and "y" not in op.params:
        if _count(template, y) > 1:
            values[y], new = board.name_for(body, "value")
        else:
            values[y] = body
    found = substitute(template, values)
    found, more = _name_repeated(found, board)
    return Move(found, {"op": op.name, "y": body}, {**new, **more}, (body,))


def _name_repeated(found: Expr, board: Board) -> tuple[Expr, dict[str, Expr]]:
    """Values that a local derivative uses more than once get names: silu' = s + x*s*(1 - s)."""
    added: dict[str, Expr] = {}
    for part in [p for p in postorder(found) if _has_value_name(p) and _count(found, p) > 1]:
        sym, extra = board.name_for(part, "value")
        added.update(extra)
        found = substitute(found, {part: sym})
    return found, added


def _count(expr: Expr, part: Expr) -> int:
    todo, found = [expr], 0
    while todo:
        node = todo.pop()
        found += node == part
        todo.extend(node.args if isinstance(node, Call) else ())
    return found


def _undefined(body: Expr, x: Sym, board: Board) -> Move | None:
    """An undefined function of a named inner function: f'."""
    if not (isinstance(body, Call) and not ops.known(body.op)) or len(body.args) != 1 or body.args[0] != x or x.name not in board.where:
        return None
    return Move(Call(f"{body.op}'", body.args), {"f": body.op})


def _chain(body: Expr, x: Sym, board: Board) -> Move | None:
    """Name the inner functions; one path for each (the multivariable chain rule when there are several)."""
    if not isinstance(body, Call):
        return None
    moving = [i for i, a in enumerate(body.args) if board.depends(a, x.name)]
    args, new, inner = list(body.args), dict[str, Expr](), list[Sym]()
    for i in moving:
        if args[i] == x and len(moving) == 1:
            return None
        known = args[i]
        if isinstance(known, Sym) and known.name in board.where:
            sym, added = known, dict[str, Expr]()
        else:
            sym, added = board.name_for(known, _role(known))
        if sym in inner:  # two arguments of one value are still two paths
            sym, added = board.another_name(known)
        new.update(added)
        inner.append(sym)
        args[i] = sym
    for k, i in enumerate(moving):  # a name on which another argument stands would be two paths at once
        if inner[k].name not in new and any(board.depends(other, inner[k].name) for other in inner if other != inner[k]):
            sym, added = board.another_name(inner[k])
            new.update(added)
            inner[k] = args[i] = sym
    outer = Call(body.op, tuple(args))
    paths = [mul(Diff(outer, u), Diff(u, x)) for u in dict.fromkeys(inner)]
    rule_params: dict[str, Param] = {"u": inner[0], "inner": body.args[moving[0]]}
    return Move(add(*paths), rule_params, new, (body,) if body.op in ("pow", "div") else ())


def _role(inner: Expr) -> str:
    """What the name of an inner function is for: a value that its derivative uses again, a share of a softmax, or nothing more."""
    if isinstance(inner, Call) and inner.op == "div" and is_op(inner.args[0], "exp") and is_op(inner.args[1], "add"):
        total = inner.args[1]
        if isinstance(total, Call) and inner.args[0] in total.args and all(is_op(t, "exp") for t in total.args):
            return "share"
    return "value" if _has_value_name(inner) else "inner"


def _has_value_name(inner: Expr) -> bool:
    """Whether the derivative of the inner function will use its value again (sigmoid: s*(1 - s))."""
    if not (isinstance(inner, Call) and ops.known(inner.op)) or ops.card(inner.op).d is None:
        return False
    return any(_count(t, Sym("y")) > 1 for t in local_derivatives(ops.card(inner.op)).values())


RULES = (
    Rule("constant", "D(c, x) = 0", _constant),
    Rule("identity", "D(x, x) = 1", _identity),
    Rule("constant_multiple", "D(-f, x) = -D(f, x)", _opposite),
    Rule("sum", "D(f + g, x) = D(f, x) + D(g, x)", _sum),
    Rule("constant_multiple", "D(c*f, x) = c*D(f, x)", _constant_multiple),
    Rule("product", "D(f*g, x) = D(f, x)*g + f*D(g, x)", _product),
    Rule("reciprocal", "D(1/g, x) = -D(g, x)/g^2", _reciprocal),
    Rule("quotient", "D(f/g, x) = (D(f, x)*g - f*D(g, x))/g^2", _quotient),
    Rule("power", "D(x^n, x) = n*x^(n - 1)", _power),
    Rule("exponential", "D(a^x, x) = a^x*log(a)", _exponential),
    Rule("logarithmic", "D(f^g, x) = f^g*D(g*log(f), x)", _logarithmic),
    Rule("piecewise", "D(where(c, f, g), x) = where(c, D(f, x), D(g, x))", _piecewise),
    Rule("grouping", "max(f, g, h) = max(max(f, g), h)", _grouping),
    Rule("function", "D(op(x), x) by its table", _function),
    Rule("undefined", "D(f(u), u) = f'(u)", _undefined),
    Rule("chain", "D(f(g), x) = D(f(u), u)*D(u, x), u = g", _chain),
)


def carry_out(node: Diff, board: Board) -> tuple[str, Move] | None:
    """The first rule that applies to a pending derivative, and what it gives. A name is looked through to its definition."""
    body, x = node.body, node.wrt
    if isinstance(body, Sym) and body.name != x.name and body.name in board.where and board.depends(body, x.name):
        body = board.where[body.name]
    for rule in RULES:
        move = rule.apply(body, x, board)
        if move is not None:
            return rule.id, move
    return None


def is_trivial(rule: str) -> bool:
    """Whether a teacher would do this line in the head."""
    return rule in ("constant", "identity", "constant_multiple", "sum")


__all__ = ["RULES", "Move", "Rule", "carry_out", "is_op", "is_trivial"]
