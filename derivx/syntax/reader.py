"""Reading: characters, tokens, names, tree. One pipeline for plain text and LaTeX, for questions and answers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from derivx import ops
from derivx.errors import LimitError, ReadError
from derivx.expr import Call, Diff, Expr, Num, Sym, add, children, depth, names, neg, postorder
from derivx.syntax.blackboard import grouped, respelled
from derivx.syntax.chars import fold
from derivx.syntax.parse import parse
from derivx.syntax.resolve import Item, Notes, resolve
from derivx.syntax.tokens import Limits, Token, tokenize

LIMITS = Limits()
_LAYER = re.compile(r"\^\s*\{\s*[(\[]")  # `z^{(1)}`: LaTeX even where no command stands
_TOO_LARGE = 300 * math.log(10)
_LARGE_SIGNS = re.compile(r"\^|\*\*|\d{3}|\.0|[^\x00-\x7f]|\\")  # where none of these stands, no number is large
_FEW, _LARGE = 100, 1000  # so few numbers below this have no product that is too large
_OPEN, _CLOSED = frozenset("({["), frozenset(")}]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: its expression, the name it is given (``y = ...``), its arguments (``f(x) = ...``), notes.

    ``equation`` is set when the text is an equation between two expressions; ``expr`` is then left minus right.
    """

    expr: Expr
    label: str = ""
    arguments: tuple[str, ...] = ()
    notes: tuple[tuple[str, dict[str, str]], ...] = ()
    equation: tuple[Expr, Expr] | None = None


def read(text: str, names: Iterable[str] = (), limits: Limits = LIMITS) -> Expr:
    """The expression a text says, exactly as written.

    ``names`` declares variables; with them ``wx`` is ``w*x``. Raises ``ReadError`` with the place, what was
    expected and a suggestion, or ``LimitError``.
    """
    reading, place = _read(text, names, limits)
    if reading.equation is not None:
        raise ReadError("equation", text=text, start=place, expected="expression")
    return reading.expr


def read_question(text: str, names: Iterable[str] = (), limits: Limits = LIMITS) -> Reading:
    """The same for a question or an answer: ``y = ...``, ``f(x) = ...``, ``y' = ...``, ``dL/dw = ...`` are taken."""
    return _read(text, names, limits)[0]


def _read(text: str, names: Iterable[str], limits: Limits) -> tuple[Reading, int]:
    """The reading, and the place of its equals sign."""
    if not isinstance(text, str):
        raise ReadError("not_text", text="", expected="expression", found=type(text).__name__)
    if len(text) > limits.chars:
        raise LimitError("too_long", text=text[:200], start=0, limit=limits.chars, size=len(text))
    declared, notes = frozenset(names), Notes()
    tokens = _tokens(text, limits)
    if not tokens:
        raise ReadError("empty", text=text, expected="expression", hint="sigmoid(w*x + b)")
    items = resolve(tokens, text, declared, limits, notes)
    equals = _equals(items) if "=" in text or not text.isascii() else []
    if not equals:
        return Reading(_tree(items, text, limits, notes), notes=notes.all()), 0
    first = items[equals[0]]
    if len(equals) > 1:
        second = items[equals[1]]
        raise ReadError("two_equals", text=text, start=second.start, end=second.end, expected="operator")
    left, right = items[: equals[0]], items[equals[0] + 1 :]
    if not left:
        raise ReadError("unexpected", text=text, start=first.start, end=first.end, expected="operand", found="=")
    return _equation(left, right, text, limits, notes), first.start


def _tokens(text: str, limits: Limits) -> list[Token]:
    folded = respelled(fold(text)) if limits.dialect else fold(text)
    if "\\" in text or ("$" in text and text.lstrip().startswith("$")) or ("{" in text and _LAYER.search(text)):
        from derivx.syntax.latex import tokenize_latex

        tokens = tokenize_latex(folded, limits)
    else:
        tokens = tokenize(folded, limits)
    return grouped(tokens, limits) if limits.dialect else tokens


def _equals(items: list[Item]) -> list[int]:
    """Where an equals sign stands outside brackets (inside them it is a mistake that the parser reports)."""
    found, deep = list[int](), 0
    for i, item in enumerate(items):
        deep += (item.kind in _OPEN) - (item.kind in _CLOSED)
        if item.kind == "=" and deep <= 0:
            found.append(i)
    return found


def _tree(items: list[Item], text: str, limits: Limits, notes: Notes) -> Expr:
    return _checked(parse(items, text, notes, template=limits.template, arrays=limits.arrays, dialect=limits.dialect), text, limits)


def _equation(left: list[Item], right: list[Item], text: str, limits: Limits, notes: Notes) -> Reading:
    """A text with one ``=``: a name for the right side, or an equation."""
    head = _tree(left, text, limits, notes)
    body = _tree(right, text, limits, notes)
    written, rows = text[left[0].start : left[-1].end], notes.all()
    if left[0].kind in ("dL/dw", "d/d") and _is_name(_undifferentiated(head)):
        return Reading(body, label=written, notes=rows)
    if isinstance(head, Sym) and head.name not in names(body):
        return Reading(body, label=head.name, notes=rows)
    if isinstance(head, Call) and _is_name(head) and not contains_call(body, head.op):
        return Reading(body, label=head.op, arguments=tuple(a.name for a in head.args if isinstance(a, Sym)), notes=rows)
    terms = head.args if isinstance(head, Call) and head.op == "add" else (head,)
    minus = head if isinstance(body, Num) and body.value == 0 else add(*terms, neg(body))
    return Reading(minus, equation=(head, body), notes=rows)


def _undifferentiated(node: Expr) -> Expr:
    while isinstance(node, Diff):
        node = node.body
    return node


def _is_name(node: Expr) -> bool:
    """Whether a left side only names the right: ``y``, or ``f(x)`` for a function without a card."""
    return isinstance(node, Sym) or (isinstance(node, Call) and not ops.known(node.op) and all(isinstance(a, Sym) for a in node.args))


def contains_call(body: Expr, op: str) -> bool:
    """Whether an operation is called anywhere in an expression."""
    return any(isinstance(n, Call) and n.op == op for n in postorder(body))


def _checked(expr: Expr, text: str, limits: Limits) -> Expr:
    """Budgets that only the tree shows: its depth, and powers of numbers too large to be computed."""
    if expr.size > limits.depth and depth(expr) > limits.depth:
        raise LimitError("too_deep", text=text[:200], start=0, end=min(len(text), 200), limit=limits.depth)
    if expr.size <= _FEW and not (_LARGE_SIGNS.search(text) and _may_be_large(expr)):
        return expr
    logs: dict[int, float | None] = {}
    for node in postorder(expr):
        logs[id(node)] = _log_size(node, logs)
        if (logs[id(node)] or 0.0) > _TOO_LARGE:
            raise LimitError("number_too_large", text=text[:200], start=0, end=min(len(text), 200), limit="10^300")
    return expr


def _may_be_large(expr: Expr) -> bool:
    """Whether a short expression has a large number, or a power of numbers, at all."""
    todo = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Call):
            if node.op == "pow" and (_of_numbers(node.args[0]) or isinstance(node.args[1], Call)) and _of_numbers(node.args[1]):
                return True
            todo.extend(node.args)
        elif isinstance(node, Num):
            if node.value >= _LARGE or 0 < node.value * _LARGE <= 1:
                return True
        elif isinstance(node, Diff):
            todo.append(node.body)
    return False


def _of_numbers(expr: Expr) -> bool:
    """Whether no name stands in an expression (``e`` is a number)."""
    todo = [expr]
    while todo:
        node = todo.pop()
        if isinstance(node, Sym):
            if node.name != "e":
                return False
        elif not isinstance(node, Num):
            todo.extend(children(node))
    return True


def _log_size(node: Expr, logs: dict[int, float | None]) -> float | None:
    """|log| of a part made of numbers only (``None`` where a name stands)."""
    if isinstance(node, Num):
        size = float(node.value)
        return 0.0 if not node.value else abs(math.log(size)) if 0 < size < math.inf else math.inf
    if isinstance(node, Sym):
        return 0.0 if node.name == "e" else None
    kids = [logs[id(k)] for k in children(node)]
    if isinstance(node, Call) and node.op == "pow" and kids[1] is not None:
        exponent = math.exp(min(kids[1], 700.0)) if not _small(node.args[1]) else 1.0
        return None if kids[0] is None and exponent < 1e6 else (kids[0] or 1.0) * exponent
    if any(k is None for k in kids):
        return None
    sizes = [k for k in kids if k is not None]
    if isinstance(node, Call) and node.op in ("add", "neg"):
        return max(sizes) + math.log(len(sizes))
    if isinstance(node, Call) and node.op in ("mul", "div"):
        return sum(sizes)
    return 0.0


def _small(exponent: Expr) -> bool:
    return isinstance(exponent, Num) and exponent.value < 1
