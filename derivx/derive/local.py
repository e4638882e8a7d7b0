"""Local derivatives of a formula by each name in it: what one node of a graph contributes to the chain rule.

Sums and products of names, and one operation on names, are differentiated at once from the cards; any other formula by hand,
once for each structure: a template over neutral names, which are then renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.derive import factors as fx
from derivx.derive.byhand import derive
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Sym, mul, names, neg, postorder, substitute, transform
from derivx.syntax import definition

_TEMPLATES = 2048  # structures that are remembered


def local(formula: Expr, own: Sym | None = None) -> dict[str, Expr]:
    """The derivative of a formula by each of its names, by which ``own`` (its own name) may be used.

    Raises ``NotSupported`` where no rule applies.
    """
    found = _linear(formula)
    if found is None:
        found = _one_operation(formula, own)
    return _by_hand(formula, own) if found is None else found


def _linear(formula: Expr) -> dict[str, Expr] | None:
    """A sum of products of names and numbers, each name once."""
    if isinstance(formula, Sym):
        return {formula.name: ONE}
    if not isinstance(formula, Call) or formula.op not in ("add", "mul", "neg"):
        return None
    found: dict[str, Expr] = {}
    for term in formula.args if formula.op == "add" else (formula,):
        minus = isinstance(term, Call) and term.op == "neg"
        body = term.args[0] if minus and isinstance(term, Call) else term
        if isinstance(body, Call) and body.op == "mul":
            parts = body.args
        elif isinstance(body, Call):
            return None
        else:
            parts = (body,)
        for i, part in enumerate(parts):
            if isinstance(part, Sym):
                if part.name in found:
                    return None
                rest = (*parts[:i], *parts[i + 1 :])
                value = ONE if not rest else rest[0] if len(rest) == 1 else mul(*rest)
                found[part.name] = neg(value) if minus else value
            elif not isinstance(part, Num):
                return None
    return found


def _one_operation(formula: Expr, own: Sym | None) -> dict[str, Expr] | None:
    """One operation on one name: the formula on its card."""
    if not isinstance(formula, Call) or not ops.known(formula.op) or own is None:
        return None
    args, op = formula.args, ops.card(formula.op)
    if len(args) != 1 or len(op.params) != 1 or definition(op) is not None:
        return None
    (arg,) = args
    table = _card(formula.op)
    if not isinstance(arg, Sym) or not table:
        return None
    return {arg.name: _put(table[op.params[0]], op.params[0], arg, own)}


@lru_cache(maxsize=512)
def _card(name: str) -> Mapping[str, Expr] | None:
    return local_derivatives(ops.card(name))


def _put(template: Expr, param: str, arg: Sym, own: Sym) -> Expr:
    """A template over one argument and the value, filled in."""
    if isinstance(template, Sym):
        return arg if template.name == param else own if template.name == "y" else template
    return Call(template.op, tuple([_put(k, param, arg, own) for k in template.args])) if isinstance(template, Call) else template


def _by_hand(formula: Expr, own: Sym | None) -> dict[str, Expr]:
    """Any formula: by hand on neutral names, in their order, and renamed."""
    found = names(formula)
    table: dict[Expr, Expr] = {Sym(name): Sym(f"v{i}") for i, name in enumerate(found)}
    back: dict[Expr, Expr] = {v: k for k, v in table.items()}
    template = _template(substitute(formula, table))
    if own is not None:
        back[Sym("y0")] = own
    else:
        back[Sym("y0")] = formula
    return {found[i]: substitute(partial, back) for i, partial in template.items()}


@lru_cache(maxsize=_TEMPLATES)
def _template(formula: Expr) -> dict[int, Expr]:
    """For each name ``v0``, ``v1``, ... of a formula the derivative by it; ``y0`` stands for the formula's value."""
    out: dict[int, Expr] = {}
    for name in names(formula):
        if name in ("e", "pi"):
            continue
        lines = derive(formula, [name])
        where = dict(lines.where)
        whole: dict[Expr, Expr] = {Sym(n): Sym("y0") for n, value in where.items() if _full(value, where) == formula}
        value = transform(_full(substitute(lines.answer, whole), where), _primed)
        out[int(name[1:])] = transform(value, lambda node: Sym("y0") if node == formula else node)
    return out


def _primed(node: Expr) -> Expr:
    """The derivative of an undefined function of one name is written with a prime."""
    if not isinstance(node, Diff) or not isinstance(node.body, Call) or node.body.args != (node.wrt,):
        return node
    return Call(f"{node.body.op}'", node.body.args)


def _full(expr: Expr, where: Mapping[str, Expr]) -> Expr:
    """Every name written out."""
    for _ in where:
        table: dict[Expr, Expr] = {Sym(n): where[n] for n in names(expr) if n in where}
        if not table:
            break
        expr = substitute(expr, table)
    return expr


def product(*parts: Expr) -> Expr:
    """A product in the order of its parts, signs in front, ones dropped; numbers and fractions put in order where there are any."""
    if len(parts) == 2:  # the usual links of a graph
        first, second = parts
        if second is ONE:
            return first
        if first is ZERO or second is ZERO:
            return ZERO
        if isinstance(second, Sym) and isinstance(first, Sym | Diff) and first is not second and first != second:
            return Call("mul", parts)
    minus, flat, plain = False, list[Expr](), True
    todo = list(reversed(parts))
    while todo:
        part = todo.pop()
        if isinstance(part, Call):
            if part.op == "neg":
                minus = not minus
                todo.append(part.args[0])
                continue
            if part.op == "mul":
                todo.extend(reversed(part.args))
                continue
            plain = plain and part.op not in ("div", "pow")
        elif isinstance(part, Num):
            if part.value == 1:
                continue
            if part.value == 0:
                return ZERO
            plain = False
        flat.append(part)
    if len(flat) > 1 and (not plain or len(set(flat)) < len(flat)):
        return _joined(flat, minus)
    whole = flat[0] if len(flat) == 1 else mul(*flat) if flat else ONE
    return neg(whole) if minus else whole


def _joined(parts: list[Expr], minus: bool) -> Expr:
    """Numbers in front, one fraction, equal bases gathered; the rest in the order it stands."""
    split = fx.split(mul(*parts))
    if any(n.denominator != 1 for n in split.powers.values()) and any(
        isinstance(p, Call) and p.op == "sqrt" for p in postorder(mul(*parts))
    ):
        whole = fx.join(split)
        return neg(whole) if minus else whole
    if minus:
        split.coefficient = -split.coefficient
    return fx.join(split, order=False)


def total(parts: list[Expr]) -> Expr:
    """A sum over paths; where every term is negative, the sign stands in front."""
    if len(parts) == 1:
        return parts[0]
    if len(parts) > 1 and all(isinstance(p, Call) and p.op == "neg" for p in parts):
        return neg(fx.sum_of([p.args[0] for p in parts if isinstance(p, Call)]))
    flat = [q for p in parts for q in (p.args if isinstance(p, Call) and p.op == "add" else (p,))]
    return fx.sum_of(flat)
