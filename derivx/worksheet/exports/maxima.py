"""Formulas as Maxima reads them, for STACK. ``None`` where Maxima has no such function, or could not compare it.

What has a kink is left out: STACK's ``AlgEquiv`` cannot tell whether two formulas with cases are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Sym, children, names, postorder, with_children
from derivx.syntax import write
from derivx.syntax.chars import GREEK
from derivx.syntax.spelling import CONSTANTS

_STRUCTURE = frozenset(("add", "neg", "mul", "div", "pow"))
_SAME = frozenset(
    "sqrt exp log erf sin cos tan cot sec csc asin acos atan acot asec acsc "
    "sinh cosh tanh coth sech csch asinh acosh atanh acoth asech acsch abs".split()
)
# What Maxima does not have: its definition there, which stands among the variables of the question.
DEFINED: Mapping[str, str] = {
    "sigmoid": "sigmoid(x):=1/(1+exp(-x))",
    "softplus": "softplus(x):=log(1+exp(x))",
    "silu": "silu(x):=x/(1+exp(-x))",
    "mish": "mish(x):=x*tanh(log(1+exp(x)))",
    "softsign": "softsign(x):=x/(1+abs(x))",
    "log_sigmoid": "log_sigmoid(x):=-log(1+exp(-x))",
    "gelu": "gelu(x):=x*(1+erf(x/sqrt(2)))/2",
    "log1p": "log1p(x):=log(1+x)",
    "expm1": "expm1(x):=exp(x)-1",
    "log2": "log2(x):=log(x)/log(2)",
    "log10": "log10(x):=log(x)/log(10)",
    "squared_error": "squared_error(p,t):=(p-t)^2",
    "log_cosh": "log_cosh(p,t):=log(cosh(p-t))",
    "bce": "bce(p,t):=-(t*log(p)+(1-t)*log(1-p))",
    "bce_with_logits": "bce_with_logits(z,t):=log(1+exp(z))-t*z",
}
# Names that are something else in Maxima or in STACK: constants, words of its language, functions that would be applied.
_TAKEN = frozenset(
    "i j e pi inf minf und ind true false and or not if then else elseif do for from step next in thru while unless at diff del lambda "
    "sum product limit is block return go ratio unknown nounand nounor eq neq simp li ev".split()
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")


def written(e: Expr) -> str | None:
    """The formula in Maxima's syntax."""
    done: dict[int, Expr] = {}
    for node in postorder(e):
        if isinstance(node, Diff):
            return None
        made = _node(node, tuple(done[id(kid)] for kid in children(node)))
        if made is None:
            return None
        done[id(node)] = made
    return write(done[id(e)])


def defined(*formulas: Expr) -> list[str]:
    """The functions of formulas that Maxima has to be told of, by name."""
    used = {node.op for e in formulas for node in postorder(e) if isinstance(node, Call)}
    return [name for name in DEFINED if name in used]


def words(*formulas: Expr) -> list[str]:
    """What a student must be allowed to type: STACK refuses long names that it does not know."""
    found = [name for e in formulas for name in names(e) if name not in CONSTANTS and len(name) > 1]
    return list(dict.fromkeys([*found, *defined(*formulas)]))


def _node(node: Expr, kids: tuple[Expr, ...]) -> Expr | None:
    if isinstance(node, Sym):
        return _named(node)
    if isinstance(node, Num):
        return _exact(node)
    assert isinstance(node, Call)
    if node.op in _STRUCTURE:
        return with_children(node, kids)
    if node.op in _SAME or node.op in DEFINED:
        return Call(node.op, kids) if len(kids) == len(ops.card(node.op).params) else None
    if node.op == "cbrt":
        return None  # Maxima's third root of a negative number is complex
    if node.op == "logb":
        return Call("div", (Call("log", kids[:1]), Call("log", kids[1:])))
    return None


def _named(node: Sym) -> Sym | None:
    if node.name in CONSTANTS:
        return Sym(f"%{node.name}")
    greek = node.name in GREEK.values() and node.name not in _TAKEN
    return node if greek or (_NAME.fullmatch(node.name) and node.name.lower() not in _TAKEN) else None


def _exact(node: Num) -> Expr:
    """0.25 is 1/4: Maxima compares fractions exactly, and floating-point numbers as it may."""
    above, below = node.value.as_integer_ratio()
    return node if isinstance(node.value, int) else Num(above) if below == 1 else Call("div", (Num(above), Num(below)))
