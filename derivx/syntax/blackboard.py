"""What a blackboard, MATLAB and NumPy write otherwise, in the signs of the language: for answers over arrays.

Square brackets group where they can be no index, ``1[Z > 0]`` and ``1_{Z > 0}`` are ones and zeros, ``np.dot(A, b)`` and ``A.dot(b)``
products.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derivx import ops
from derivx.syntax.chars import Folded
from derivx.syntax.tokens import Limits, Token

_LIBRARY = re.compile(r"(?<![\w.])(?:np|numpy|jnp|torch|tf|K)\.(?=[a-z]{2})")
_FLIPPED, _PRODUCT = re.compile(r"\.(?:transpose|t)\(\s*\)"), re.compile(r"\.(?:dot|matmul|mm)\(")
_WHERE = re.compile(r"(?:(?<=(?<![\w.])1)|(?<=[ {]1)|(?<=[ {]1\})|(?<=ones))_ ?\{(?=[^{}]{0,200}(?:[<>]|\\[gl](?:eq?|t)(?![a-z])))")
_COMPARED = frozenset(("<", ">", "<=", ">=", "==", "!="))
_INDEX = frozenset((":", ",", "+", "-", "*"))
_SHARED = frozenset((",", ":"))
_CLOSER = {"[": "]", "{": "}", "(": ")"}


def respelled(folded: Folded) -> Folded:
    """The text with the names of libraries left out and methods as operators; every character keeps its place."""
    text = folded.text
    if "." not in text and "_" not in text:
        return folded
    text = _LIBRARY.sub(lambda m: " " * len(m[0]), text)
    text = _FLIPPED.sub(lambda m: ".T".ljust(len(m[0])), text)
    text = _PRODUCT.sub(lambda m: " @" + "(".rjust(len(m[0]) - 2), text)
    text = _WHERE.sub(lambda m: "{".rjust(len(m[0])), text)
    return folded if text == folded.text else Folded(text, folded.places, folded.original)


def grouped(tokens: list[Token], limits: Limits) -> list[Token]:
    """Round brackets for the square and curly ones that only group, and 1 for a sign of ones before a comparison."""
    out = [t._replace(text=".^") if t.text == ".**" else t for t in tokens]
    open_ = list[int]()
    for i, token in enumerate(tokens):
        if token.text in _CLOSER:
            open_.append(i)
        elif open_ and token.text == _CLOSER[tokens[open_[-1]].text]:
            _settle(out, open_.pop(), i, limits)
    return out


def _settle(out: list[Token], first: int, last: int, limits: Limits) -> None:
    """One bracket, those inside it settled."""
    inside = _at_the_top(out[first + 1 : last])
    compared = any(t.text in _COMPARED for t in inside)
    if compared and first and out[first - 1].text == "ones":
        out[first - 1] = out[first - 1]._replace(kind="num", text="1")
    bracket = out[first].text
    if (bracket == "{" and compared) or (bracket == "[" and not _is_list(out, first, inside, limits)):
        out[first], out[last] = out[first]._replace(text="("), out[last]._replace(text=")")


def _is_list(out: Sequence[Token], first: int, inside: Sequence[Token], limits: Limits) -> bool:
    """Whether a square bracket is an index, or a list of arguments."""
    if any(t.text in _SHARED for t in inside):
        return True
    before = out[first - 1] if first else None
    if before is None or not (before.kind in ("name", "post", "sup") or before.text in (")", "]", "}")):
        card = ops.find(out[first - 2].text) if first > 1 and out[first - 1].text == "(" else None
        return card is not None and card.nary
    places = limits.places
    return all(t.kind == "num" or t.text in _INDEX or (t.kind == "name" and (places is None or t.text in places)) for t in inside)


def _at_the_top(tokens: Sequence[Token]) -> list[Token]:
    """The tokens inside no further bracket; such a bracket stands for itself."""
    deep, found = 0, list[Token]()
    for token in tokens:
        deep -= token.text in _CLOSER.values()
        if deep == 0:
            found.append(token)
        deep += token.text in _CLOSER
    return found
