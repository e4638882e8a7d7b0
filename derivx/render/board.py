"""Presentation tree to text: a block as on a board (``rows``), or one line (``flat``), in Unicode or in ASCII alone.

Rows are never wider than asked: a formula too wide is broken before its signs, and a word only where nothing else helps.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from derivx.render import layout as lay
from derivx.render.block import Block, beside, columns, cut, fenced, line, pad, raised, stacked
from derivx.render.layout import Node, fold
from derivx.render.typeset import greek
from derivx.syntax.chars import SUBSCRIPTS, SUPERSCRIPTS

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_UP = {**{c: s for s, c in SUPERSCRIPTS.items()}, "−": "⁻", "ᵀ": "ᵀ", "⁺": "⁺"}
_DOWN = {c: s for s, c in SUBSCRIPTS.items()}
_HATS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_UNICODE = {
    "+": " + ", "-": " − ", "*": " · ", " ": " ", "": "",
    "=": " = ", ">": " > ", "<": " < ", ">=": " ≥ ", "<=": " ≤ ", "!=": " ≠ ", "o": " ⊙ ", "x": " ⊗ ", ",": ",", ";": "; ", "&": ", ",
}  # fmt: skip
_ASCII = {
    "+": " + ", "-": " - ", "*": "*", " ": "*", "": "*",
    "=": " = ", ">": " > ", "<": " < ", ">=": " >= ", "<=": " <= ", "!=": " != ", "o": " * ", "x": " kron ", ",": ",", ";": "; ", "&": ", ",
}  # fmt: skip
_FENCES = {"(": "()", "[": "[]", "|": "||", "floor": "⌊⌋", "ceil": "⌈⌉", "norm": "‖‖", "angle": "⟨⟩"}
_INLINE = 8  # columns of a part up to which a fraction stays on one line


@dataclass(frozen=True, slots=True)
class Board:
    """How text is set: ``ascii`` alone, and the word for the last case of a piecewise function."""

    ascii: bool = False
    otherwise: str = "otherwise"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A part set twice, as a block and as one line; ``level`` is how tightly the line binds."""

    block: Block
    flat: str
    level: int = _ATOM


def flat(node: Node, board: Board | None = None) -> str:
    """The formula on one line."""
    return _set(node, board or Board()).flat


def rows(node: Node, width: int, board: Board | None = None, *, display: bool = False) -> list[Block]:
    """The formula as blocks of at most ``width`` columns, one below the other; ``display`` sets d/dx upright."""
    board = board or Board()
    cell = _set(node, board)
    if display and isinstance(node, lay.Operator) and not board.ascii:
        upright = _upright(node, cell, board)
        cell = _Cell(upright, cell.flat) if upright.width <= width else cell
    if cell.block.width <= width:
        return [cell.block]
    if isinstance(node, lay.Infix) and not board.ascii:
        return _packed(node, width, board)
    return [line(text) for text in broken(cell.flat, width)]


def _set(node: Node, board: Board) -> _Cell:
    return fold(node, lambda part, kids: _cell(part, kids, board))


def _cell(node: Node, kids: list[_Cell], board: Board) -> _Cell:
    cell = _CELLS[type(node)](node, kids, board)
    return _Cell(line(cell.flat), cell.flat, cell.level) if board.ascii and cell.block.lines != (cell.flat,) else cell


def _text(text: str, level: int = _ATOM) -> _Cell:
    return _Cell(line(text), text, level)


# One function a kind of node.


def _number(node: lay.Number, _kids: list[_Cell], _board: Board) -> _Cell:
    return _text(node.text)


def _plain(node: lay.Plain, _kids: list[_Cell], board: Board) -> _Cell:
    return _text(_ascii(node.text) if board.ascii else printable(node.text), _SUM)


def _name(node: lay.Name, _kids: list[_Cell], board: Board) -> _Cell:
    if board.ascii:
        words = [node.accent] if node.accent else []
        digits = node.subs[0] if node.subs and node.subs[0].isdecimal() and not node.accent else ""
        tail = "".join(f"_{w}" for w in [*words, *(node.subs[1:] if digits else node.subs)])
        return _text(_ascii(node.base) + digits + tail + "'" * node.primes)
    base = printable(greek(node.base))
    if node.accent:
        base = unicodedata.normalize("NFC", base + _HATS[node.accent])
    down = "".join(_down(w, first=i == 0) for i, w in enumerate(node.subs))
    return _text(base + down + "′" * node.primes)


def _down(word: str, *, first: bool) -> str:
    return "".join(_DOWN[c] for c in word) if first and word.isdecimal() else f"_{word}"


def _function(node: lay.Function, _kids: list[_Cell], board: Board) -> _Cell:
    return _text(_ascii(node.text) if board.ascii else node.sign or printable(node.text))


def _infix(node: lay.Infix, kids: list[_Cell], board: Board) -> _Cell:
    texts = _signs(node, board)
    lead = texts[0] + " " if texts[0] and kids[0].block.height > 1 else texts[0]
    parts = [part for sign, kid in zip([lead, *texts[1:]], kids, strict=True) for part in (line(sign), kid.block)]
    single = len(kids) == 1 and not texts[0]
    product = all(s in ("*", " ", "", "o", "x", ",") for s in node.signs)
    level = _ATOM if single else _PRODUCT if product else _SUM
    shown = [_bracketed(k, _PRODUCT) if product else k.flat for k in kids]
    return _Cell(beside(parts), "".join(s + k for s, k in zip(texts, shown, strict=True)), level)


def _signs(node: lay.Infix, board: Board) -> list[str]:
    table = _ASCII if board.ascii else _UNICODE
    first = {"-": table["-"].strip(), "": ""}[node.signs[0]]
    return [first, *(table[s] for s in node.signs[1:])]


def _bracketed(cell: _Cell, least: int) -> str:
    return f"({cell.flat})" if cell.level < least else cell.flat


def _frac(_node: lay.Frac, kids: list[_Cell], board: Board) -> _Cell:
    top, bottom = kids
    text = f"{_bracketed(top, _PRODUCT)}/{_bracketed(bottom, _POWER)}"
    if board.ascii or (_inline(top, _PRODUCT) and _inline(bottom, _POWER)):
        return _text(text, _PRODUCT)
    return _Cell(stacked(top.block, bottom.block, "─"), text, _PRODUCT)


def _inline(cell: _Cell, least: int) -> bool:
    simple = cell.block.height == 1 and not {" ", "/"} & set(cell.flat)
    return simple and cell.level >= least and columns(cell.flat) <= _INLINE


def _sup(_node: lay.Sup, kids: list[_Cell], board: Board) -> _Cell:
    base, exponent = kids
    high = _high(exponent.flat, board)
    below = _bracketed(base, _ATOM)
    if high:
        block = fenced(base.block, "(", "(", ")") if base.level < _ATOM else base.block
        rows = [pad(t, block.width) + (high if i == 0 else " " * columns(high)) for i, t in enumerate(block.lines)]
        return _Cell(Block(tuple(rows), block.base), below + high, _POWER)
    text = f"{below}^{_bracketed(exponent, _ATOM)}"
    block = fenced(base.block, "(", "(", ")") if base.level < _ATOM else base.block
    return _Cell(raised(block, line(exponent.flat)), text, _POWER)


def _high(text: str, board: Board) -> str:
    """The text in raised characters, or nothing where there are none for it."""
    packed = text.replace(" + ", "+").replace(" − ", "−")
    return "".join(_UP[c] for c in packed) if not board.ascii and len(packed) <= 8 and all(c in _UP for c in packed) else ""


def _sub(_node: lay.Sub, kids: list[_Cell], board: Board) -> _Cell:
    base, index = kids
    if board.ascii:
        return _text(base.flat + index.flat)
    if index.flat[0] == "[":  # an index as in NumPy
        return _text(base.flat + index.flat)
    return _text(base.flat + (f"_({index.flat})" if " " in index.flat else _down(index.flat, first=True)))


def _indexed(node: lay.Indexed, kids: list[_Cell], board: Board) -> _Cell:
    """The indices below the line, or in square brackets where there are no such letters."""
    base = _bracketed(kids[0], _ATOM)
    if isinstance(node.base, lay.Name) and node.base.subs:
        base = f"({base})"
    letters = "".join(kid.flat for kid in kids[1:])
    if not board.ascii and all(c in _DOWN for c in letters):
        return _text(base + "".join(_DOWN[c] for c in letters))
    return _text(f"{base}[{', '.join(kid.flat for kid in kids[1:])}]")


def _total(_node: lay.Total, kids: list[_Cell], board: Board) -> _Cell:
    *indices, body = kids
    letters = "".join(kid.flat for kid in indices)
    if board.ascii or not all(c in _DOWN for c in letters):
        head = ", ".join(kid.flat for kid in indices)
        return _text(f"sum[{head}] {_bracketed(body, _PRODUCT)}" if board.ascii else f"Σ_({head}) {_bracketed(body, _PRODUCT)}", _PRODUCT)
    return _text(f"Σ{''.join(_DOWN[c] for c in letters)} {_bracketed(body, _PRODUCT)}", _PRODUCT)


def _differential(node: lay.Differential, kids: list[_Cell], _board: Board) -> _Cell:
    bare = isinstance(node.body, lay.Name | lay.Fenced)
    return _text(f"d{kids[0].flat}" if bare else f"d({kids[0].flat})", _POWER)


def _exp(_node: lay.Exp, kids: list[_Cell], board: Board) -> _Cell:
    high = _high(kids[0].flat, board)
    return _text("e" + high, _POWER) if high else _called("exp", kids)


def _root(node: lay.Root, kids: list[_Cell], board: Board) -> _Cell:
    body = kids[0]
    if board.ascii:
        return _called("cbrt" if node.index else "sqrt", kids)
    sign = "∛" if node.index else "√"
    if body.level == _ATOM and body.block.height == 1 and isinstance(node.body, lay.Name | lay.Number):
        return _text(sign + body.flat, _POWER)
    inner = body.block if isinstance(node.body, lay.Fenced) and node.body.kind == "(" else fenced(body.block, "(", "(", ")")
    return _Cell(beside([line(sign), inner]), f"{sign}({body.flat})", _POWER)


def _fenced(node: lay.Fenced, kids: list[_Cell], board: Board) -> _Cell:
    left, right = _FENCES[node.kind][0], _FENCES[node.kind][1]
    if node.kind == "angle":
        return _text(f"<{kids[0].flat}>" if board.ascii else left + kids[0].flat + right)
    if board.ascii and node.kind not in "([":
        return _called({"|": "abs", "norm": "norm2"}.get(node.kind, node.kind), kids)
    return _Cell(fenced(kids[0].block, node.kind, left, right), left + kids[0].flat + right)


def _apply(_node: lay.Apply, kids: list[_Cell], _board: Board) -> _Cell:
    return _called(kids[0].flat, kids[1:])


def _called(head: str, args: Sequence[_Cell]) -> _Cell:
    text = f"{head}({', '.join(a.flat for a in args)})"
    parts = [part for i, a in enumerate(args) for part in ([line(", ")] if i else []) + [a.block]]
    return _Cell(beside([line(head), fenced(beside(parts), "(", "(", ")")]), text)


def _operator(node: lay.Operator, kids: list[_Cell], board: Board) -> _Cell:
    d, times = _d(node, board), _times(node.order, board)
    if node.over is not None:
        return _text(f"{d}{times}{kids[0].flat}/{_under(node, board)}", _PRODUCT)
    body = kids[0]
    head = f"{d}{times}/{_under(node, board)} "
    inline = line(head) if body.block.height == 1 else beside([stacked(line(d + times), line(_under(node, board)), "─"), line(" ")])
    return _Cell(beside([inline, body.block]), head + body.flat, _PRODUCT)


def _upright(node: lay.Operator, cell: _Cell, board: Board) -> Block:
    """The operator as a fraction, for a question that stands alone."""
    top, under = _d(node, board) + _times(node.order, board), _under(node, board)
    inner = node.over if node.over is not None else node.body
    assert inner is not None
    body = _set(inner, board)
    if node.over is not None:
        return stacked(beside([line(top), body.block]), line(under), "─") if body.block.height == 1 else cell.block
    return beside([stacked(line(top), line(under), "─"), line(" "), body.block])


def _d(node: lay.Operator, board: Board) -> str:
    return "∂" if node.partial and not board.ascii else "d"


def _times(order: int, board: Board) -> str:
    return "" if order == 1 else _high(str(order), board) or f"^{order}"


def _under(node: lay.Operator, board: Board) -> str:
    gap = " " if board.ascii else ""
    return gap.join(f"{_d(node, board)}{flat(name, board)}{_times(times, board)}" for name, times in node.under)


def _cases(node: lay.Cases, kids: list[_Cell], board: Board) -> _Cell:
    count = len(node.values)
    values, tests = kids[:count], kids[count:]
    text = values[-1].flat
    for value, test in zip(reversed(values[:-1]), reversed(tests), strict=True):
        text = f"where({test.flat}, {value.flat}, {text})"
    width = max(columns(v.flat) for v in values) + 1
    lines = [pad(v.flat + ",", width) + "  " + w for v, w in zip(values, [*(t.flat for t in tests), board.otherwise], strict=True)]
    if len(lines) % 2 == 0:
        lines.insert(len(lines) // 2, "")
    widest = max(map(columns, lines))
    block = Block(tuple(pad(t, widest) for t in lines), len(lines) // 2)
    braces = ["⎧", *("⎨" if i == block.base else "⎪" for i in range(1, len(lines) - 1)), "⎩"]
    return _Cell(beside([Block(tuple(b + " " for b in braces), block.base), block]), text)


_CELLS: dict[type, Callable[[Any, list[_Cell], Board], _Cell]] = {
    lay.Number: _number, lay.Plain: _plain, lay.Name: _name, lay.Function: _function, lay.Infix: _infix, lay.Frac: _frac, lay.Sup: _sup,
    lay.Sub: _sub, lay.Exp: _exp, lay.Root: _root, lay.Fenced: _fenced, lay.Apply: _apply, lay.Operator: _operator, lay.Cases: _cases,
    lay.Indexed: _indexed, lay.Total: _total, lay.Differential: _differential,
}  # fmt: skip


def printable(text: str) -> str:
    """The text without characters that a terminal would obey or hide."""
    return text if text.isascii() and text.isprintable() else "".join(c if c.isprintable() or c == "\u00a0" else "�" for c in text)


def _ascii(text: str) -> str:
    return "".join(c if " " <= c <= "~" else "?" for c in text)


# Long formulas.


def _packed(node: lay.Infix, width: int, board: Board) -> list[Block]:
    """A sum or product over several lines, as many parts on each as fit, the sign at the start of a line."""
    done: list[Block] = []
    row: list[Block] = []
    for sign, item in zip(_signs(node, board), node.items, strict=True):
        cell = _set(item, board)
        here = [line(sign), cell.block]
        if row and sum(b.width for b in [*row, *here]) > width:
            done.append(beside(row))
            row = []
        lead = line(sign.strip() + " " if sign.strip() and done else "" if done else sign)
        if row:
            row += here
        elif lead.width + cell.block.width <= width:
            row = [lead, cell.block]
        else:
            done += [line(text) for text in broken(lead.lines[0] + cell.flat, width)]
    return [*done, beside(row)] if row else done


def broken(text: str, width: int) -> list[str]:
    """One line in lines of at most ``width`` columns, broken where the brackets are fewest."""
    lines = list[str]()
    while columns(text) > width:
        head, _ = cut(text, width)
        at = _best_break(text, len(head))
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text] if text else lines


def _best_break(text: str, most: int) -> int:
    """Where to break: before a sign in the second half of the line, outside brackets rather than inside, last before a slash."""
    deep, best = 0, (10**9, False, most)
    for i in range(1, most + 1):
        deep += {"(": 1, ")": -1}.get(text[i - 1], 0)
        here = text[i] == " " or text[i] in "*/"
        joined = text[i : i + 2] == " " or text[i - 1] in "+−-·*/= " or text[i : i + 2] in ("/d", "/∂")
        if here and not joined and i > most // 3 and (deep, text[i] == "/") <= best[:2]:
            best = (deep, text[i] == "/", i)
    return best[2]
