"""Other names of gradients: ``dz``, ``grad_w``, ``∇_w L`` and ``L_w`` for ``dL/dz`` and ``dL/dw``; layers as superscripts."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from derivx.works.text import NAME, plain

_HEAD = re.compile(rf"(?:^|[;,]|\bwhere\b|\blet\b)\s*({NAME})\s*:?=(?!=)", re.IGNORECASE)
_SMALL = re.compile(rf"(?<![A-Za-z0-9_/\\{{])(?<!/ )d({NAME})(?![A-Za-z0-9_}}(]|\s*/\s*[d∂\\])")
_NABLA = re.compile(rf"(?:∇|\\nabla\s*)\s*_\s*\{{?\s*({NAME})\s*\}}?(?:\s*({NAME}))?(?:\s*\([^()=]*\)(?=\s*=))?")
_NABLA_OF = re.compile(rf"(?:∇|\\nabla\s*)\s*_\s*\{{?\s*({NAME})\s*\}}?\s*(?=\()")
_PLAIN_NABLA = re.compile(rf"(?:∇|\\nabla\s*)\s*({NAME})(?:\s*\([^()=]*\)(?=\s*=))?|(?<![\w\\])(?:grad|gradient)(?=\s*=)")
_GRAD = re.compile(rf"(?<![A-Za-z0-9_\\])grad_?\{{?({NAME})\}}?(?![A-Za-z0-9_])")
_BY = re.compile(r"(?<![A-Za-z0-9_\\])([A-Za-z]\w*?)_\{?([A-Za-z]\w*)\}?(?![A-Za-z0-9_])")
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LAYER = re.compile(
    rf"(?<![A-Za-z0-9_\\])({NAME})\s*(?:\^\s*(?:\(\s*(\d+)\s*\)|\[\s*(\d+)\s*\]|\{{\s*[(\[]\s*(\d+)\s*[)\]]\s*\}})|⁽([⁰¹²³⁴⁵⁶⁷⁸⁹]+)⁾|([⁰¹²³⁴⁵⁶⁷⁸⁹]+)|\^\s*\{{?(\d+)\}}?)"
)


def named(lines: Sequence[str], known: Collection[str], label: str, wrt: str, definitions: Mapping[str, Collection[str]]) -> list[str]:
    """The lines with every gradient written ``dL/dz``. ``definitions``: the names of each definition of the program."""
    lines = _layered(lines, known)
    if not label:
        return lines
    heads = {plain(m[1]) for line in lines for m in _HEAD.finditer(line)}
    own = {plain(n) for n in known} - {plain(label)} | {h for h in heads if not h.startswith("d")}
    taken = {plain(n) for n in known}
    small = not _differentials(lines, plain(label), definitions)

    def gradient(name: str) -> str:
        return f" d{label}/d{name} "

    def by(m: re.Match[str]) -> str:
        ours = plain(m[1]) == plain(label) and plain(m[2]) in own and plain(m[0]) not in taken
        return gradient(m[2]) if ours else m[0]

    lines = [_NABLA_OF.sub(r"d/d\1 ", line) for line in lines]
    out = []
    for line in lines:
        text = _NABLA.sub(lambda m: gradient(m[1]) if plain(m[1]) in own and plain(m[2] or label) == plain(label) else m[0], line)
        text = _PLAIN_NABLA.sub(lambda m: gradient(wrt) if m[1] is None or plain(m[1]) == plain(label) else m[0], text)
        text = _GRAD.sub(lambda m: gradient(m[1]) if plain(m[1]) in own and plain(m[0]) not in taken else m[0], text)
        text = _BY.sub(by, text)
        if small:
            text = _SMALL.sub(lambda m: gradient(m[1]) if plain(m[1]) in own and plain(m[0]) not in taken else m[0], text)
        out.append(text)
    return out


def _differentials(lines: Sequence[str], label: str, definitions: Mapping[str, Collection[str]]) -> bool:
    """Whether ``dz`` is how ``z`` moves: where ``dL`` is written, or where ``dz`` is made of a ``dw`` that ``z`` stands on."""
    if any(plain(m[1]) == label for line in lines for m in _SMALL.finditer(line)):
        return True
    below = {plain(n): _closure(n, definitions) for n in definitions}
    for line in lines:
        head, equals, rest = line.partition("=")
        above = _SMALL.search(head) if equals else None
        if above is not None and any(plain(m[1]) in below.get(plain(above[1]), ()) for m in _SMALL.finditer(rest)):
            return True
    return False


def _closure(name: str, definitions: Mapping[str, Collection[str]]) -> set[str]:
    found, todo = set[str](), list(definitions[name])
    while todo:
        n = todo.pop()
        if plain(n) not in found:
            found.add(plain(n))
            todo += definitions.get(n, ())
    return found


def _layered(lines: Sequence[str], known: Collection[str]) -> list[str]:
    """``δ^(2)`` and ``a^{[1]}`` as ``δ2`` and ``a1``; ``δ²`` where no ``δ`` without a number is said."""
    table = {plain(n): n for n in known}
    bare = "delta" in table or any(plain(m[1]) == "delta" for line in lines for m in _HEAD.finditer(line))

    def layer(m: re.Match[str]) -> str:
        marked = m[2] or m[3] or m[4] or (m[5] or "").translate(_RAISED)
        number = marked or (m[6] or "").translate(_RAISED) or m[7]
        name = plain(m[1])
        if marked and name + number in table and name not in table:
            return table[name + number]
        if name == "delta" and not bare:
            return f"δ_{{{number}}}"
        return m[0]

    found = [_LAYER.sub(layer, line) for line in lines]
    return [re.sub(r"_\{(\d+)\}", r"\1", new) if new != old and "\\" not in new else new for old, new in zip(lines, found, strict=True)]
