"""Expression to presentation tree: every decision about how a teacher writes a formula on the board stands here.

Products are juxtaposed where that cannot be misread; brackets stand where they are needed and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Sym, depth, is_op, names, postorder
from derivx.render import layout as lay
from derivx.render.arrays import array_node, binds
from derivx.render.layout import Node, Sign
from derivx.syntax.chars import GREEK
from derivx.syntax.resolve import UNDEFINED
from derivx.syntax.spelling import CONSTANTS
from derivx.syntax.write import decimal_text, level, write

DEEP, LARGE = 100, 6_000  # levels and nodes beyond which nobody reads a formula: plain text then
_PRODUCT, _POWER, _ATOM = 30, 40, 50
_COMPARE: dict[str, Sign] = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "=", "ne": "!="}
_ACCENTS = ("hat", "bar", "tilde")
_NAME = re.compile(r"([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)('*)")
_POWER_ON_NAME = frozenset(("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "sech", "csch"))
_LETTERS = {name: letter for letter, name in reversed(GREEK.items())}
_SIGMOID_LIKE = re.compile(r"\\([A-Za-z]+)")


@dataclass(frozen=True, slots=True)
class Style:
    """``partials``: the names by which one differentiates with ∂, because the question has several variables."""

    partials: frozenset[str] = frozenset()
    single: bool = False  # the question has one variable: d for everything, also for names that stand on it
    totals: frozenset[str] = frozenset()  # names that are functions of one variable: dy/dx
    ranks: tuple[tuple[str, int], ...] = ()  # the names of arrays, with the number of their axes


def style_of(question: Expr, also: Iterable[str] = ()) -> Style:
    """∂ where the question has more than one variable, d where it has one."""
    variables = [n for n in dict.fromkeys([*names(question), *also]) if n not in CONSTANTS]
    return Style(frozenset(variables if len(variables) > 1 else ()), len(variables) == 1)


def typeset(expr: Expr, style: Style | None = None) -> Node:
    """The presentation tree of an expression; ``Plain`` text for one that is too deep or too large to be typeset."""
    return _typeset(expr, style or Style(), ops.spellings())


@lru_cache(maxsize=500)
def _typeset(expr: Expr, style: Style, _operations: frozenset[str]) -> Node:
    """A page shows, measures and reads aloud the same formula: it is kept for a while, as long as the same operations are known."""
    if expr.size > LARGE or depth(expr) > DEEP:
        return lay.Plain(write(expr))
    setter = _Setter(style)
    for node in postorder(expr):
        setter.done[id(node)] = setter.set(node)
    return setter.done[id(expr)]


def name_node(name: str) -> lay.Name:
    """``w1`` is w with the subscript 1, ``y_hat`` is y with a hat, ``x_in`` has a word below, ``f'`` a prime."""
    match = _NAME.fullmatch(name)
    if match is None:
        return lay.Name(name)
    base, digits, rest, primes = match.groups()
    words = [w for w in rest.split("_") if w]
    accent = words.pop(0) if words and words[0] in _ACCENTS and not digits and (len(base) == 1 or base in _LETTERS) else ""
    return lay.Name(base, accent, (*([digits] if digits else []), *words), len(primes))


def greek(name: str) -> str:
    """The Greek letter of a name (``alpha`` is α), or the name."""
    return _LETTERS.get(name, name)


def function_node(op: str) -> Node:
    """The name of an operation as the card has it, or of an undefined function."""
    if not ops.known(op):
        return name_node(op)
    card = ops.card(op)
    based = re.fullmatch(r"\\log_\{(\d+)\}", card.latex)
    if based:
        return lay.Sub(lay.Function("log", r"\log"), lay.Number(based[1]))
    single = _SIGMOID_LIKE.fullmatch(card.latex)
    sign = _LETTERS.get(single[1], "") if single else ""
    word = re.fullmatch(r"\\(?:operatorname\{(\w+)\}|(arc\w+))", card.latex)
    text = (word[1] or word[2]) if word and ops.find(word[1] or word[2]) is card else card.text
    return lay.Function(text, card.latex, sign)


class _Setter:
    """Sets one node over the results of its children, which stand in ``done``."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.ranks = dict(style.ranks)
        self.done: dict[int, Node] = {}

    def set(self, node: Expr) -> Node:
        match node:
            case Num():
                return lay.Number(decimal_text(node.value))
            case Sym():
                return self.name(node.name)
            case Diff():
                return self.derivative(node)
        assert isinstance(node, Call)
        return self.call(node)

    def name(self, name: str) -> lay.Name:
        """A name; that of an array is bold."""
        return replace(name_node(name), bold=True) if self.ranks.get(name) else name_node(name)

    def kid(self, node: Expr, least: int = 0) -> Node:
        """A child, in brackets where it binds less tightly than its place asks."""
        done = self.done[id(node)]
        loose = binds(node) < least or (least == _ATOM and isinstance(node, Diff))
        return lay.Fenced(done) if loose else done

    def call(self, node: Call) -> Node:
        args = node.args
        if self.ranks or (ops.known(node.op) and ops.card(node.op).shape != "elementwise"):
            found = array_node(node, self.kid, self.ranks)
            if found is not None:
                return found
        notation = ops.card(node.op).notation if ops.known(node.op) else "call"
        match notation:
            case "sum" if len(args) > 1:
                return self.sum(args)
            case "product" if len(args) > 1:
                return self.product(args)
            case "neg":
                return lay.Infix(("-",), (self.kid(args[0], _PRODUCT),))
            case "fraction":
                return lay.Frac(self.kid(args[0]), self.kid(args[1]))
            case "power":
                return self.power(*args)
            case "sqrt":
                return lay.Root(self.kid(args[0]))
            case "bars":
                return lay.Fenced(self.kid(args[0]), "|")
            case "floor" | "ceil":
                return lay.Fenced(self.kid(args[0]), notation)
            case "compare":
                return lay.Infix(("", _COMPARE[node.op]), (self.kid(args[0]), self.kid(args[1])))
            case "where":
                return self.cases(node)
        return self.applied(node)

    def applied(self, node: Call) -> Node:
        """A function before its arguments; the few that are written otherwise."""
        kids = tuple(self.kid(a) for a in node.args)
        match node.op:
            case "exp":
                return lay.Exp(kids[0])
            case "partial":  # by a part of a formula
                times = int(getattr(node.args[2], "value", 1)) if len(node.args) > 2 else 1
                return lay.Operator(((kids[1] if _bare(node.args[1]) else lay.Fenced(kids[1]), times),), over=kids[0], partial=True)
            case "cbrt":
                return lay.Root(kids[0], "3")
            case "logb" if isinstance(node.args[1], Num | Sym):
                return lay.Apply(lay.Sub(lay.Function("log", r"\log"), kids[1]), kids[:1])
            case "polygamma" if isinstance(node.args[0], Num | Sym):
                return lay.Apply(lay.Sup(function_node("digamma"), lay.Fenced(kids[0])), kids[1:])
        return lay.Apply(function_node(node.op), kids)

    def sum(self, args: tuple[Expr, ...]) -> Node:
        signs: list[Sign] = []
        items: list[Node] = []
        for i, arg in enumerate(args):
            minus = is_op(arg, "neg") and isinstance(arg, Call)
            inner = arg.args[0] if minus and isinstance(arg, Call) else arg
            signs.append("-" if minus else "+" if i else "")
            items.append(self.kid(inner, _PRODUCT))
        return lay.Infix(tuple(signs), tuple(items))

    def product(self, args: tuple[Expr, ...]) -> Node:
        after: list[Expr | None] = [*args[1:], None]
        items = [self.factor(arg, closed=_closed(right)) for arg, right in zip(args, after, strict=True)]
        signs: list[Sign] = [""]
        signs += [_joint(left, right, tight=len(args) == 2) for left, right in pairwise(args)]
        return lay.Infix(tuple(signs), tuple(items))

    def factor(self, arg: Expr, *, closed: bool) -> Node:
        """A factor: sums and products in brackets, fractions bare, cases in brackets.

        The body of a derivative is in brackets, unless it is ``closed``: nothing behind it could be taken for a part of it.
        """
        if isinstance(arg, Diff):
            return self.derivative(arg, bracket=not closed)
        if is_op(arg, "div"):
            return self.done[id(arg)]
        if is_op(arg, "index_sum") and closed:
            return self.done[id(arg)]
        return lay.Fenced(self.done[id(arg)]) if is_op(arg, "where") else self.kid(arg, _POWER)

    def power(self, base: Expr, exponent: Expr) -> Node:
        raised = self.kid(exponent)
        if isinstance(base, Call) and base.op in _POWER_ON_NAME and isinstance(exponent, Num) and isinstance(exponent.value, int):
            return lay.Apply(lay.Sup(function_node(base.op), raised), tuple(self.kid(a) for a in base.args))
        return lay.Sup(lay.Fenced(self.kid(base)) if is_op(base, "where") else self.kid(base, _ATOM), raised)

    def cases(self, node: Expr) -> Node:
        values: list[Node] = []
        tests: list[Node] = []
        while isinstance(node, Call) and node.op == "where":
            test, value, node = node.args
            values.append(self.kid(value))
            tests.append(self.kid(test))
        return lay.Cases((*values, self.kid(node)), tuple(tests))

    def derivative(self, node: Diff, *, bracket: bool = False) -> Node:
        """``du/dx`` for a name, ``d/dx (...)`` for anything else; nested ones in one sign."""
        under: list[tuple[lay.Node, int]] = []
        body: Expr = node
        while isinstance(body, Diff):
            name = self.name(body.wrt.name)
            if under and under[-1][0] == name:
                under[-1] = (name, under[-1][1] + 1)
            else:
                under.append((name, 1))
            body = body.body
        partial = len(under) > 1 or self.partial(node.wrt.name, body)
        rows = tuple(under)
        if isinstance(body, Sym):
            return lay.Operator(rows, over=self.kid(body), partial=partial)
        fenced = isinstance(body, Call) and level(body) == _ATOM and not is_op(body, "where")
        done = self.kid(body)
        return lay.Operator(rows, body=done if fenced and not bracket else lay.Fenced(done), partial=partial)

    def partial(self, wrt: str, body: Expr) -> bool:
        """∂ by a variable of a question with several, and for what depends on more than one name."""
        if isinstance(body, Sym) and body.name in self.style.totals:
            return False
        if self.style.partials or self.style.single:
            return wrt in self.style.partials
        return bool(set(names(body)) - {wrt, *CONSTANTS}) and not isinstance(body, Sym)


def _bare(part: Expr) -> bool:
    """What needs no brackets behind ∂: a name, an entry, vec(X) or its transpose."""
    inner = part.args[0] if is_op(part, "transpose") and isinstance(part, Call) else part
    return isinstance(part, Sym) or is_op(part, "entry") or is_op(inner, "vec")


def _closed(right: Expr | None) -> bool:
    """Whether what stands behind a derivative (nothing, or ``du/dx``) cannot be read as under its sign."""
    return right is None or (isinstance(right, Diff) and isinstance(right.body, Sym))


def _joint(left: Expr, right: Expr, *, tight: bool) -> Sign:
    """What stands between two factors: nothing (``2x``), a space (``w x``), or a dot where those could be misread."""
    lead = _leading(right)
    if isinstance(lead, Num) or any(isinstance(x, Diff) or is_op(x, "div") for x in (left, right)):
        return "*"
    bracketed = level(right) < _POWER or is_op(right, "where")
    if isinstance(left, Sym) and (left.name in ops.spellings() or (bracketed and _like_function(left.name))):
        return "*"
    if isinstance(left, Num) and (left.value == 1 or isinstance(right, Num)):
        return "*"
    if isinstance(left, Num):
        called = isinstance(lead, Call) and not is_op(right, "add", "neg") and not is_op(lead, "sqrt", "abs", "floor", "ceil")
        exponential = isinstance(lead, Sym) and lead.name.startswith(("e", "E"))
        return "" if tight and not called and not exponential else " "
    return " "


def _like_function(name: str) -> bool:
    return name.endswith("'") or name.rstrip("0123456789") in UNDEFINED


def _leading(node: Expr) -> Expr:
    """What the text of a factor begins with (a bracketed factor begins with its bracket)."""
    while is_op(node, "pow") and isinstance(node, Call) and level(node.args[0]) >= _ATOM:
        node = node.args[0]
    return node
