"""Text to tokens: numbers, names, signs. Digits end a name, so ``w1x1`` is ``w1`` and ``x1``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from derivx.errors import LimitError, ReadError
from derivx.ops import spellings
from derivx.syntax.chars import GREEK, SUBSCRIPTS, SUPERSCRIPTS, Folded


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of the reader: characters, tokens, levels of the tree, digits and decimal exponent of a number."""

    chars: int = 100_000
    tokens: int = 50_000
    depth: int = 12_000
    digits: int = 60
    exponent: int = 300
    template: bool = False  # a card's formula, where a name may stand for a comparison


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text: its ``kind``, what it says (``text``), its place, and whether a space stands before it."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


_GREEK = "".join(GREEK)
_SUB = "".join(SUBSCRIPTS)
_SUP = re.escape("".join(SUPERSCRIPTS))
TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<num>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>(?:[A-Za-z]+|[{_GREEK}])(?:\d+|[{_SUB}]+)?(?:_(?:[A-Za-z0-9]+|\{{[A-Za-z0-9]+\}}|[{_GREEK}]))*'*)
    |(?P<sup>[{_SUP}]+)
    |(?P<op>\*\*|<=|>=|==|!=|[-+*/^=<>(),|{{}}√∂@;\[\]:\#])
    """,
    re.X,
)


def tokenize(folded: Folded, limits: Limits) -> list[Token]:
    """The tokens of a text. Raises ``ReadError`` or ``LimitError`` with the place."""
    text, tokens, at, spaced = folded.text, list[Token](), 0, False
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ReadError("unexpected", text=folded.original, start=folded.place(at), expected="operand", found=text[at])
        kind, piece = match.lastgroup or "", match.group()
        if kind == "space":
            spaced, at = True, match.end()
            continue
        if kind == "name":
            piece = _name_piece(piece)
        end = at + len(piece)
        tokens.append(Token(kind, piece, folded.place(at), folded.place(end), spaced))
        if len(tokens) > limits.tokens:
            raise LimitError("too_many_tokens", text=folded.original, start=folded.place(at), limit=limits.tokens)
        at, spaced = end, False
    return tokens


def _name_piece(piece: str) -> str:
    """Cut a run of letters where a card's longer name does not end: ``log1p`` stays whole."""
    for end in range(len(piece), 1, -1):
        if piece[:end] in spellings():
            return piece[:end] if end < len(piece) and piece[end].isdigit() else piece
    return piece


def canonical(name: str) -> str:
    """One spelling of a name: Greek letters by name, ``x_1`` and ``x₁`` as ``x1``, ``x_{in}`` as ``x_in``."""
    head = GREEK.get(name[0])
    if head:
        name = head + name[1:]
    name = "".join(SUBSCRIPTS.get(c, GREEK.get(c, c)) for c in name).replace("{", "").replace("}", "")
    return re.sub(r"_(\d+)(?=$|')", r"\1", name) if re.fullmatch(r"[A-Za-z]+_\d+'*", name) else name


def number(token: Token, text: str, limits: Limits) -> int | Decimal:
    """The value of a number token, exactly."""
    mantissa, _, exponent = token.text.lower().partition("e")
    if len(mantissa) > limits.digits or (exponent and abs(int(exponent[:8])) > limits.exponent):
        raise LimitError("number_too_long", text=text, start=token.start, end=token.end, limit=limits.digits)
    return int(token.text) if token.text.isdigit() else Decimal(token.text if mantissa != "." else "0")
