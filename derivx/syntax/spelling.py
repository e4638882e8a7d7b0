"""Runs of letters that are several names, and names that are misspelt."""

from __future__ import annotations

import re
from functools import lru_cache

from derivx import ops
from derivx.syntax.tokens import Token, canonical

CONSTANTS = ("e", "pi")
# Functions that people write without brackets before a number: `ln2`. (`log3` and `exp2` may mean something else.)
_SPOKEN = re.compile(r"(ln|sqrt|a?(?:sin|cos|tan|cot|sec|csc)h?)(\d+)")


def spoken(tokens: list[Token], declared: frozenset[str]) -> list[Token]:
    """``ln2`` and ``sqrt2`` are functions of a number, unless they are declared (or multiply a bracket)."""
    for token in tokens:
        if token.kind == "name" and token.text[-1].isdecimal():
            break
    else:
        return tokens
    out = list[Token]()
    for i, token in enumerate(tokens):
        match = _SPOKEN.fullmatch(token.text) if token.kind == "name" and token.text not in declared else None
        if match is None or (i + 1 < len(tokens) and tokens[i + 1].text == "("):
            out.append(token)
            continue
        middle = token.start + len(match[1])
        out += [Token("name", match[1], token.start, middle, token.spaced), Token("num", match[2], middle, token.end)]
    return out


def split_all(tokens: list[Token], declared: frozenset[str]) -> list[Token]:
    """With declarations, a run of letters splits into declared names: ``3xy`` is ``3*x*y``."""
    words, longest = _words(declared, ops.spellings())
    for token in tokens:
        if token.kind == "name" and token.text not in words:
            break
    else:
        return tokens
    return [part for token in tokens for part in _split(token, declared, words, longest)]


@lru_cache(maxsize=64)
def _words(declared: frozenset[str], known: frozenset[str]) -> tuple[frozenset[str], int]:
    """The words a run of letters may be cut into, and the length of the longest."""
    words = frozenset({*declared, *CONSTANTS, *known})
    return words, max(map(len, words)) + 3  # `x_1` is longer than its name


def _split(token: Token, declared: frozenset[str], words: frozenset[str], longest: int) -> list[Token]:
    text = token.text
    if token.kind != "name" or text in words or canonical(text) in words or _is_differential(text, declared):
        return [token]
    ends: list[int | None] = [None] * len(text)  # where the word that starts here ends, if the rest can be cut too
    for i in range(len(text) - 1, -1, -1):
        for end in range(min(len(text), i + longest), i, -1):
            if (end == len(text) or ends[end] is not None) and (text[i:end] in words or canonical(text[i:end]) in words):
                ends[i] = end
                break
    out, i = list[Token](), 0
    if ends[0] is None:
        return [token]
    while i < len(text):
        end = ends[i] or len(text)
        start = min(token.start + i, token.end - 1)
        out.append(Token("name", text[i:end], start, min(token.start + end, token.end), token.spaced and i == 0))
        i = end
    return out


def _is_differential(text: str, declared: frozenset[str]) -> bool:
    return text[0] == "d" and "d" not in declared and canonical(text[1:] or "?") in declared


def close(name: str) -> str | None:
    """The card's name that a misspelt one probably means: a letter more, less, other, or two exchanged."""
    if not 3 <= len(name) <= 30:
        return None
    table = _slips(ops.spellings())
    if name in ops.spellings():
        return name
    slips = _without_one(name)
    exact = table.get(name) or next((s for s in slips if s in ops.spellings() and len(s) > 2), None)
    if exact or len(name) < 5:
        return exact
    return next((table[s] for s in sorted(slips) if s in table), None)


def _without_one(name: str) -> list[str]:
    return [name[:i] + name[i + 1 :] for i in range(len(name))]


@lru_cache(maxsize=4)
def _slips(known: frozenset[str]) -> dict[str, str]:
    """Every name with one letter left out, and the name."""
    return {short: name for name in sorted(known) if len(name) > 3 for short in _without_one(name)}
