"""Text to tokens: numbers, names, signs. Digits end a name, so ``w1x1`` is ``w1`` and ``x1``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from derivx.errors import LimitError, ReadError
from derivx.ops import spellings
from derivx.syntax.chars import GREEK, SUBSCRIPTS, SUPERSCRIPTS, Folded


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of the reader: characters, tokens, levels of the tree, letters of a name, digits and exponent of a number."""

    chars: int = 100_000
    tokens: int = 50_000
    depth: int = 12_000
    name: int = 100
    digits: int = 60
    exponent: int = 300
    template: bool = False  # a card's formula, where a name may stand for a comparison
    arrays: bool = False  # matrix products, transposes, operations on whole arrays
    places: frozenset[str] | None = None  # the letters that may stand in an index of the dialect; any where none are given
    dialect: bool = False  # what stands side by side is a `juxt`, ∘ a `hadamard`: which product that is, shapes tell later


class Token(NamedTuple):
    """A piece of text: its ``kind``, what it says (``text``), its place, and whether a space stands before it."""

    kind: str
    text: str
    start: int
    end: int
    spaced: bool = False


_GREEK = "".join(GREEK)
_GREEK_NAMES = frozenset(GREEK.values())
_SUB = "".join(SUBSCRIPTS)
_SUP = re.escape("".join(SUPERSCRIPTS))
_INDEX = rf"(?:\d+|[A-Za-z]+(?:\d+|[{_SUB}]+)?|[{_GREEK}]\d*)"
TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<num>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>"[\w,:>+* -]*"|'[A-Za-z, ]*->[A-Za-z ]*')
    |(?P<post>\.T(?![A-Za-z0-9_])|')
    |(?P<name>(?:[A-Za-z]+|[{_GREEK}])(?:\d+|[{_SUB}]+)?(?:_(?:{_INDEX}|\{{{_INDEX}\}}))*'*)
    |(?P<sup>[{_SUP}]+)
    |(?P<op>\*\*|\.\*\*?|\.\^|\./|<=|>=|==|!=|[-+*/^=<>(),|{{}}√∂@;\[\]:\#∘⊙])
    """,
    re.VERBOSE,
)
# most of a text needs no pattern: signs that begin no longer one, and a single letter or digit before one of these
_ALONE = frozenset("+-/^(),@")
_LETTERS = dict.fromkeys("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "name") | dict.fromkeys("0123456789", "num")
_ENDS = frozenset(["", " ", *"+-*/^(),"])
TOKEN_NAME = re.compile(rf"[A-Za-z]+\d*(?:_{_INDEX})*")
_SUM = re.compile(r"[+-]?(?:\d+[a-z]*|[a-z]+)(?:[+-](?:\d+[a-z]*|[a-z]+))*")
_NOT_DECIMAL = re.compile(r"0[xXbBoO][0-9A-Fa-f]|0\d")  # 0x1F is neither 31 nor 0*x1*F, 007 neither 7 nor octal: refused


def tokenize(folded: Folded, limits: Limits) -> list[Token]:
    """The tokens of a text. Raises ``ReadError`` or ``LimitError`` with the place."""
    text, tokens, at, spaced = folded.text, list[Token](), 0, False
    scan, put, place, whole = TOKEN.match, tokens.append, folded.place, len(text)
    new = tuple.__new__  # half the time of Token(...)
    plain = text is folded.original  # every character stands for itself, in its place
    while at < whole:
        sign = text[at]
        kind = "op" if sign in _ALONE else _LETTERS.get(sign, "") if text[at + 1 : at + 2] in _ENDS else ""
        if kind and plain:
            put(new(Token, (kind, sign, at, at + 1, spaced)))
            at, spaced = at + 1, False
            continue
        match = scan(text, at)
        if match is None:
            raise ReadError("unexpected", text=folded.original, start=place(at), expected="operand", found=text[at])
        kind, end = match.lastgroup or "", match.end()
        if kind == "space":
            spaced, at = True, end
            continue
        piece = match[0]
        if kind == "name":
            if piece[-1].isdecimal():
                piece = _name_piece(piece, text, at)
                end = at + len(piece)
            if end - at > limits.name:
                raise LimitError("too_long", text=folded.original, start=place(at), limit=limits.name, size=len(piece))
        elif kind == "num":
            check_number(folded, at, end)
        elif kind == "sup" and (power := _raised(piece)):
            for part in power:
                put(Token(part[0], part[1], place(at), place(end)))
            at, spaced = end, False
            continue
        put(new(Token, (kind, piece, at, end, spaced) if plain else (kind, piece, place(at), place(end), spaced)))
        at, spaced = end, False
    if len(tokens) > limits.tokens:  # no more than the characters, which are limited too
        raise LimitError("too_many_tokens", text=folded.original, start=tokens[limits.tokens].start, limit=limits.tokens)
    return tokens


def _raised(piece: str) -> list[tuple[str, str]]:
    """The tokens of a raised product or sum, ``²ˣ`` or ``ⁿ⁺¹``; nothing for a number or a letter, which is a power by itself."""
    plain = "".join(SUPERSCRIPTS[c] for c in piece)
    if re.fullmatch(r"[+-]?(\d+|[a-z])", plain) or not _SUM.fullmatch(plain):
        return []
    parts = [("num" if p[0].isdecimal() else "name" if p.isalpha() else "op", p) for p in re.findall(r"\d+|.", plain)]
    return [("op", "^"), ("op", "("), *parts, ("op", ")")]


def check_number(folded: Folded, start: int, end: int) -> None:
    """Refuse what only looks like a number: ``1.5.2``, ``0x1F``, ``007``."""
    text = folded.text
    if text[end : end + 1] == ".":
        raise ReadError("unexpected", text=folded.original, start=folded.place(end), expected="operator", found=".")
    if _NOT_DECIMAL.match(text, start):
        place = folded.place(start)
        raise ReadError(
            "unexpected", text=folded.original, start=place, end=folded.place(end), expected="operand", found=text[start : end + 1]
        )


def _name_piece(piece: str, text: str, at: int) -> str:
    """Cut a name where a card's name ends (``sin2x`` is ``sin`` and ``2x``), but not ``log1p``, ``sin2`` or ``sigma1``."""
    end = at + len(piece)
    if not piece[-1].isdecimal() or not text[end : end + 1].isalpha():
        return piece
    known = spellings()
    longer = _with_digits_inside(known).match(text, at)
    if longer:
        return longer.group()
    stem = piece.rstrip("0123456789")
    return stem if piece not in known and stem in known and stem not in _GREEK_NAMES else piece


@lru_cache(maxsize=4)
def _with_digits_inside(known: frozenset[str]) -> re.Pattern[str]:
    """The names that do not end where their digits end: ``log1p``."""
    longer = sorted((s for s in known if re.search(r"\d[A-Za-z]", s)), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(longer)})(?![A-Za-z0-9_])" if longer else r"(?!)")


_TRAILING_INDEX = re.compile(r"([A-Za-z]+(?:_[A-Za-z]+)*)_(\d+)('*)")


def canonical(name: str) -> str:
    """One spelling of a name: Greek letters by name, ``x_1`` and ``x₁`` as ``x1``, ``x_{in}`` as ``x_in``."""
    if name.isascii() and name.isalnum():
        return name
    name = "".join(SUBSCRIPTS.get(c, GREEK.get(c, c)) for c in name).replace("{", "").replace("}", "")
    match = _TRAILING_INDEX.fullmatch(name)
    return "".join(match.groups()) if match else name


def number(token: Token, text: str, limits: Limits) -> int | Decimal:
    """The value of a number token, exactly."""
    if token.text.isdecimal() and len(token.text) <= limits.digits:
        return int(token.text)
    mantissa, _, exponent = token.text.lower().partition("e")
    if len(mantissa) > limits.digits or (exponent and abs(int(exponent[:8])) > limits.exponent):
        raise LimitError("number_too_long", text=text, start=token.start, end=token.end, limit=limits.digits)
    return Decimal(token.text)
