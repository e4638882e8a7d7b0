"""Long formulas over several rows: where a row ends is decided here, for every printer of mathematics; how its parts look, by its pen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from derivx.render import layout as lay
from derivx.render.board import flat
from derivx.render.layout import Node, Sign, fold

_MONO = 20  # letters of plain text that stay together
_EXPONENT = 14  # columns of an exponent that is still read as one


@dataclass(frozen=True, slots=True)
class Pen:
    """How a printer writes the parts of a broken formula: a whole part, the signs between parts, plain text, open brackets, a slash."""

    show: Callable[[Node], str]
    signs: Mapping[Sign, str]
    plain: Callable[[str], str]
    opening: str
    closing: str
    over: str
    minus: str = "-"  # before the first part


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part that stays together, as it is printed, and how many columns it takes."""

    text: str
    width: int


@lru_cache(maxsize=500)
def columns_of(node: Node) -> int:
    """About how many letters wide a formula is when set: a fraction is as wide as its wider part."""
    return fold(node, _wide)


def _wide(node: Node, kids: list[int]) -> int:
    match node:
        case lay.Frac():
            return max(kids) + 1
        case lay.Infix(signs=signs):
            return sum(kids) + sum(3 if s in ("+", "-", "*") else 1 for s in signs)
        case lay.Sup():
            return kids[0] + max(1, kids[1] * 2 // 3)
        case lay.Exp(body):
            return max(2, kids[0] * 2 // 3 + 1) if short_exponent(body) else kids[0] + 5
        case lay.Cases(values=values):
            return max(kids[: len(values)]) + max([*kids[len(values) :], 9]) + 3
        case lay.Operator(under=under, over=over):
            below = sum(1 if isinstance(name, lay.Name) else columns_of(name) for name, _ in under) + 1
            return max(3, below, kids[0] + 1) if over is not None else sum(kids) + max(3, below) + 1
        case lay.Name(base, bold=True) if base[:1].isupper():
            return len(flat(node)) + 1  # a bold capital is wider than a letter
        case lay.Name() | lay.Number() | lay.Function() | lay.Plain():
            return len(flat(node))
    return sum(kids) + 2


def short_exponent(node: Node) -> bool:
    """Whether an exponent can be read as one: few letters, nothing tall, one power at most."""
    if len(flat(node)) > _EXPONENT:
        return False
    todo, powers = [node], 0
    while todo:
        part = todo.pop()
        if isinstance(part, lay.Frac | lay.Operator | lay.Cases) or (isinstance(part, lay.Fenced) and part.kind == "|"):
            return False
        powers += isinstance(part, lay.Sup | lay.Exp) or (isinstance(part, lay.Number) and "e" in part.text)
        todo += lay.parts(part)
    return powers < 2


def broken(node: Node, width: int, pen: Pen) -> list[str]:
    """The formula over rows of about ``width`` letters, broken before signs; brackets broken open have a fixed size."""
    if columns_of(node) <= width:
        return [pen.show(node)]
    rows: list[str] = []
    used = width + 1
    for piece in _pieces(node, width, pen):
        if used + piece.width > width:
            rows.append("")
            used = 0
        rows[-1] += piece.text
        used += piece.width
    return rows


def in_pieces(node: Node, width: int, pen: Pen) -> list[str]:
    """The formula in parts that a printer sets in rows itself: one part where it is at most ``width`` letters wide."""
    return [pen.show(node)] if columns_of(node) <= width else [piece.text for piece in _pieces(node, width, pen)]


def _pieces(root: Node, width: int, pen: Pen) -> list[_Piece]:
    """The parts of a wide formula, sums and products taken apart, also those in round brackets."""
    out: list[_Piece] = []
    todo: list[tuple[Node, str, str]] = [(root, "", "")]  # a part, with what is printed before and behind it
    while todo:
        node, before, behind = todo.pop()
        wide = columns_of(node) > width // 2
        match node:
            case lay.Plain(text) if wide:
                cut = [pen.plain(text[i : i + _MONO]) for i in range(0, len(text), _MONO)]
                cut[0], cut[-1] = before + cut[0], cut[-1] + behind
                out += [_Piece(part, _MONO) for part in cut]
            case lay.Infix(found, items) if wide and len(items) > 1:
                signs = [before + (pen.minus if found[0] == "-" else ""), *(pen.signs[s] for s in found[1:])]
                tails = [""] * (len(signs) - 1) + [behind]
                todo.extend(reversed(list(zip(items, signs, tails, strict=True))))
            case lay.Fenced(lay.Infix() | lay.Fenced() | lay.Frac() | lay.Apply() | lay.Plain() as body, "(") if wide:
                todo.append((body, before + pen.opening, pen.closing + behind))
            case lay.Apply(head, args) if columns_of(node) > width and len(args) == 1:
                todo.append((lay.Fenced(args[0]), before + pen.show(head), behind))
            case lay.Operator(body=body) if body is not None and columns_of(node) > width:
                todo += [(body, "", behind), (replace(node, body=None), before, "")]
            case lay.Frac(top, bottom) if columns_of(node) > width:
                todo += [(lay.Fenced(bottom), pen.over, behind), (lay.Fenced(top), before, "")]
            case _:
                out.append(_Piece(before + pen.show(node) + behind, columns_of(node) + 3))
    return out
