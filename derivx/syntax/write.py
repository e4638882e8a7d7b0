"""A tree to text, in the plain ASCII core of the language: ``read(write(e)) == e`` for every expression."""

from __future__ import annotations

from decimal import Decimal

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Path, Sym, children, is_text, text_of
from derivx.ops import Op
from derivx.syntax.chars import GREEK

# How tightly a piece of text binds; an argument is bracketed when it binds less tightly than its place asks.
_SUBTRACT = -1  # the place of a negation in a sum, where it is a subtraction
_COMPARE, _SUM, _MINUS, _PRODUCT, _POWER, _ATOM = 10, 20, 25, 30, 40, 50
_SIGNS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!="}
_LEVEL = {
    "add": _SUM,
    "neg": _MINUS,
    "mul": _PRODUCT,
    "div": _PRODUCT,
    "matmul": _PRODUCT,
    "pow": _POWER,
    **dict.fromkeys(_SIGNS, _COMPARE),
}

_BY_NAME = ("axis", "keepdims")

Piece = str | tuple[Expr, int, int]  # text, or a child: what it must bind by, and which child it is


def write(expr: Expr) -> str:
    """The expression as plain text."""
    return _write(expr, None)[0]


def write_span(expr: Expr, path: Path) -> tuple[str, tuple[int, int]]:
    """The text, and where in it the part at ``path`` stands (brackets around it not counted)."""
    return _write(expr, path)


def decimal_text(value: int | Decimal) -> str:
    """A number as it is read back: ``0.002``, ``1e-30``."""
    if isinstance(value, int):
        return str(value)
    return str(value).lower().replace("e+", "e")


def level(node: Expr) -> int:
    """How tightly the text of a node binds."""
    return _LEVEL.get(node.op, _ATOM) if isinstance(node, Call) else _ATOM


def _write(expr: Expr, wanted: Path | None) -> tuple[str, tuple[int, int]]:
    out: list[str] = []
    length, start, end = 0, 0, 0
    # with each part: how many steps of the wanted path lead to it, or -1 when it lies elsewhere
    todo: list[str | tuple[Expr, int, int] | None] = [(expr, 0, -1 if wanted is None else 0)]
    while todo:
        piece = todo.pop()
        if piece is None:
            end = length
        elif isinstance(piece, str):
            out.append(piece)
            length += len(piece)
        else:
            node, asked, steps = piece
            bracket = level(node) < asked
            inner: list[str | tuple[Expr, int, int] | None] = []
            for part in _pieces(node, asked):
                on = not isinstance(part, str) and wanted is not None and 0 <= steps < len(wanted) and wanted[steps] == part[2]
                inner.append(part if isinstance(part, str) else (part[0], part[1], steps + 1 if on else -1))
            if wanted is not None and steps == len(wanted):
                start = length + bracket
                inner.append(None)
            if bracket:
                inner = ["(", *inner, ")"]
            todo.extend(reversed(inner))
    text = "".join(out)
    return text, (start, end if wanted is not None else len(text))


def _pieces(node: Expr, asked: int) -> list[Piece]:
    """The text of one node, with its children still to be written and what each must bind by."""
    if isinstance(node, Num):
        return [decimal_text(node.value)]
    if isinstance(node, Sym):
        return [node.name]
    kids = children(node)
    if isinstance(node, Diff):
        return ["D(", (kids[0], _SUM, 0), ", ", (kids[1], 0, 1), ")"]
    assert isinstance(node, Call)
    match node.op:
        case "add" if len(kids) > 1:
            return _sum(kids)
        case "mul" if len(kids) > 1:
            return _product(kids)
        case "neg":
            return ["- " if asked == _SUBTRACT else "-", (kids[0], _PRODUCT, 0)]
        case "div":
            below = _POWER if not _differential(kids[1]) else _ATOM + 1  # dL/(dw) is a quotient of names
            return [(kids[0], _PRODUCT, 0), "/", (kids[1], below, 1)]
        case "pow":
            return [(kids[0], _ATOM, 0), "^", (kids[1], _ATOM, 1)]
        case "matmul":
            return [piece for i, kid in enumerate(kids) for piece in ([" @ "] if i else []) + [(kid, _POWER if i else _PRODUCT, i)]]
        case "transpose":
            return [(kids[0], _ATOM, 0), ".T"]
        case op if op in _SIGNS:
            return [(kids[0], _SUM, 0), f" {_SIGNS[op]} ", (kids[1], _SUM, 1)]
        case "slice" if len(kids) == 2:
            return [(kids[0], _ATOM, 0), f"[{text_of(kids[1])}]"]
    return [node.op] if is_text(node) else _applied(node, ops.card(node.op) if ops.known(node.op) else None)


def _applied(node: Call, card: Op | None) -> list[Piece]:
    """A function and its arguments; an axis is written by its name, and not at all where it is the usual one of an n-ary operation."""
    name, kids = card.text if card is not None else node.op, node.args
    keys = dict(enumerate(card.params)) if card is not None and not card.nary else {}
    if card is not None and card.nary and card.defaults:
        keys = {len(kids) - 1: "axis"}
        kids = kids[:-1] if kids[-1] == Num(0) else kids
    out: list[Piece] = [f"{name}("]
    for i, kid in enumerate(kids):
        out += [", "] if i else []
        key = keys.get(i, "")
        out += [f"{key}="] if key in _BY_NAME else []
        out.append((kid, 0, i) if key != "keepdims" or not isinstance(kid, Num) else ("True" if kid.value else "False"))
    return [*out, ")"]


def _differential(node: Expr) -> bool:
    """Whether the text of a divisor begins like ``dx``, so that the quotient would be read as a derivative."""
    while _is(node, "pow"):
        node = children(node)[0]
    head = node.name if isinstance(node, Sym) else node.op if isinstance(node, Call) and not ops.known(node.op) else ""
    return head.startswith("d") and len(head) > 1 and head not in GREEK.values()


def _is(node: Expr, op: str) -> bool:
    return isinstance(node, Call) and node.op == op


def _sum(kids: tuple[Expr, ...]) -> list[Piece]:
    out: list[Piece] = [(kids[0], _MINUS, 0)]
    for i, kid in enumerate(kids[1:], 1):
        if _is(kid, "neg"):
            out += [" ", (kid, _SUBTRACT, i)]
        else:
            out += [" + ", (kid, _PRODUCT, i)]
    return out


def _product(kids: tuple[Expr, ...]) -> list[Piece]:
    first = _POWER if _is(kids[0], "mul") else _PRODUCT
    out: list[Piece] = [(kids[0], first, 0)]
    for i, kid in enumerate(kids[1:], 1):
        out += ["*", (kid, _POWER, i)]
    return out
