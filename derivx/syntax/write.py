"""A tree to text, in the plain ASCII core of the language: ``read(write(e)) == e`` for every expression."""

from __future__ import annotations

from decimal import Decimal

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Path, Sym, children

# How tightly a piece of text binds; an argument is bracketed when it binds less tightly than its place asks.
_COMPARE, _SUM, _MINUS, _PRODUCT, _POWER, _ATOM = 10, 20, 25, 30, 40, 50
_SIGNS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!="}
_LEVEL = {"add": _SUM, "neg": _MINUS, "mul": _PRODUCT, "div": _PRODUCT, "pow": _POWER, **dict.fromkeys(_SIGNS, _COMPARE)}

Piece = str | tuple[Expr, int, Path]


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
    todo: list[Piece | None] = [(expr, 0, ())]
    while todo:
        piece = todo.pop()
        if piece is None:
            end = length
        elif isinstance(piece, str):
            out.append(piece)
            length += len(piece)
        else:
            node, asked, path = piece
            bracket = level(node) < asked
            inner: list[Piece | None] = list(_pieces(node, path))
            if wanted is not None and path == wanted:
                start = length + bracket
                inner.append(None)
            if bracket:
                inner = ["(", *inner, ")"]
            todo.extend(reversed(inner))
    text = "".join(out)
    return text, (start, end if wanted is not None else len(text))


def _pieces(node: Expr, path: Path) -> list[Piece]:
    """The text of one node, with its children still to be written and what each must bind by."""
    if isinstance(node, Num):
        return [decimal_text(node.value)]
    if isinstance(node, Sym):
        return [node.name]
    kids = children(node)
    if isinstance(node, Diff):
        return ["D(", (kids[0], _SUM, (*path, 0)), ", ", node.wrt.name, ")"]
    assert isinstance(node, Call)
    match node.op:
        case "add" if len(kids) > 1:
            return _sum(kids, path)
        case "mul" if len(kids) > 1:
            return _product(kids, path)
        case "neg":
            return ["-", (kids[0], _PRODUCT, (*path, 0))]
        case "div":
            return [(kids[0], _PRODUCT, (*path, 0)), "/", (kids[1], _POWER, (*path, 1))]
        case "pow":
            return [(kids[0], _ATOM, (*path, 0)), "^", (kids[1], _ATOM, (*path, 1))]
        case op if op in _SIGNS:
            return [(kids[0], _SUM, (*path, 0)), f" {_SIGNS[op]} ", (kids[1], _SUM, (*path, 1))]
    name = ops.card(node.op).text if ops.known(node.op) else node.op
    out: list[Piece] = [f"{name}("]
    for i, kid in enumerate(kids):
        out += [", "] if i else []
        out.append((kid, 0, (*path, i)))
    return [*out, ")"]


def _is(node: Expr, op: str) -> bool:
    return isinstance(node, Call) and node.op == op


def _sum(kids: tuple[Expr, ...], path: Path) -> list[Piece]:
    out: list[Piece] = [(kids[0], _MINUS, (*path, 0))]
    for i, kid in enumerate(kids[1:], 1):
        if _is(kid, "neg"):
            out += [" - ", (children(kid)[0], _PRODUCT, (*path, i, 0))]
        else:
            out += [" + ", (kid, _PRODUCT, (*path, i))]
    return out


def _product(kids: tuple[Expr, ...], path: Path) -> list[Piece]:
    first = _POWER if _is(kids[0], "mul") else _PRODUCT
    out: list[Piece] = [(kids[0], first, (*path, 0))]
    for i, kid in enumerate(kids[1:], 1):
        out += ["*", (kid, _POWER, (*path, i))]
    return out
