"""A formula on one line as runs of characters, raised, lowered or italic, and an estimate of how wide they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derivx.render import layout as lay
from derivx.render.block import columns
from derivx.render.board import flat, printable
from derivx.render.layout import Node, fold
from derivx.render.typeset import greek

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_SIGNS = {
    "+": " + ", "-": " − ", "*": " · ", " ": " ", "": "", ",": ", ", ", ": ", ", "o": " ⊙ ", "x": " ⊗ ",
    "=": " = ", ">": " > ", "<": " < ", ">=": " ≥ ", "<=": " ≤ ", "!=": " ≠ ",
}  # fmt: skip
_HATS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_FENCES = {"(": "()", "[": "[]", "norm": "‖‖", "angle": "⟨⟩", "|": "||", "floor": "⌊⌋", "ceil": "⌈⌉"}
_SMALL = 0.72  # size of an index against its base
_WIDTHS = {
    **dict.fromkeys(" .,:;'!|ijl′\u00a0", 0.3), **dict.fromkeys("()[]frtI/-", 0.42),
    **dict.fromkeys("mwMWQO@%—…", 0.9),
    **dict.fromkeys("+−=<>≥≤≠·∂√", 0.78),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style: ``rise`` is how far above the line, in heights of the line, ``size`` against its letters."""

    text: str
    italic: bool = False
    rise: float = 0.0
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class _Set:
    runs: tuple[Run, ...]
    level: int = _ATOM


def math_runs(node: Node) -> list[Run]:
    """The formula as runs, those of one style joined."""
    out: list[Run] = []
    for run in fold(node, _set).runs:
        if out and replace(out[-1], text="") == replace(run, text=""):
            out[-1] = replace(run, text=out[-1].text + run.text)
        else:
            out.append(run)
    return out


def width_of(runs: Sequence[Run]) -> float:
    """About how wide the runs are, in heights of the line."""
    return sum(run.size * sum(map(_wide, run.text)) for run in runs)


def cut_runs(runs: Sequence[Run], most: float) -> list[Run]:
    """The runs, ending in an ellipsis where they are wider than ``most``."""
    if width_of(runs) <= most:
        return list(runs)
    out, left = list[Run](), most - 1
    for run in runs:
        text = ""
        for char in run.text:
            left -= run.size * _wide(char)
            if left < 0:
                return [*out, replace(run, text=text), Run("…")]
            text += char
        out.append(replace(run, text=text))
    return out


def _wide(char: str) -> float:
    found = _WIDTHS.get(char)
    if found is None:
        found = columns(char) * (0.74 if char.isupper() else 0.56) if columns(char) < 2 else 1.0
    return found


def _plain(text: str, level: int = _ATOM) -> _Set:
    return _Set((Run(text),), level)


def _moved(done: _Set, by: float) -> tuple[Run, ...]:
    """An index: smaller, and off the line."""
    return tuple(replace(r, rise=by + r.rise * _SMALL, size=r.size * _SMALL) for r in done.runs)


def _least(done: _Set, level: int) -> tuple[Run, ...]:
    return done.runs if done.level >= level else (Run("("), *done.runs, Run(")"))


def _word(text: str) -> Run:
    """A single letter leans, as everywhere in mathematics; words and digits stand upright."""
    letters = [c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)]
    return Run(text, italic=len(letters) == 1 and letters[0].isalpha() and columns(text) == 1)


def _name(node: lay.Name) -> tuple[Run, ...]:
    base = printable(greek(node.base))
    if node.accent:
        base = unicodedata.normalize("NFC", base + _HATS[node.accent])
    below = [run for i, sub in enumerate(node.subs) for run in ([Run(",")] if i else []) + [_word(printable(greek(sub)))]]
    primes = (Run("′" * node.primes),) if node.primes else ()
    return (_word(base), *_moved(_Set(tuple(below)), -0.22), *primes)


def _called(head: tuple[Run, ...], args: Sequence[_Set]) -> _Set:
    inside = [run for i, a in enumerate(args) for run in ([Run(", ")] if i else []) + list(a.runs)]
    return _Set((*head, Run("("), *inside, Run(")")))


def _infix(node: lay.Infix, kids: Sequence[_Set]) -> _Set:
    product = all(s in ("*", " ", "") for s in node.signs)
    runs: list[Run] = []
    for i, (sign, kid) in enumerate(zip(node.signs, kids, strict=True)):
        text = _SIGNS[sign] if i else _SIGNS[sign].strip()
        runs += [Run(text)] if text else []
        runs += _least(kid, _PRODUCT) if product else kid.runs
    single = len(kids) == 1 and not node.signs[0]
    return _Set(tuple(runs), kids[0].level if single else _PRODUCT if product else _SUM)


def _set(node: Node, kids: list[_Set]) -> _Set:
    match node:
        case lay.Name():
            return _Set(_name(node))
        case lay.Function(text, _, sign):
            return _plain(sign or printable(text))
        case lay.Infix():
            return _infix(node, kids)
        case lay.Frac():
            return _Set((*_least(kids[0], _PRODUCT), Run("/"), *_least(kids[1], _POWER)), _PRODUCT)
        case lay.Sup():
            return _Set((*_least(kids[0], _ATOM), *_moved(kids[1], 0.4)), _POWER)
        case lay.Sub():
            return _Set((*kids[0].runs, *_moved(kids[1], -0.22)))
        case lay.Exp():
            short = width_of(kids[0].runs) < 6 and all(r.rise <= 0 for r in kids[0].runs)
            return _Set((Run("e", italic=True), *_moved(kids[0], 0.4)), _POWER) if short else _called((Run("exp"),), kids)
        case lay.Root(body, index):
            bare = isinstance(body, lay.Name | lay.Number)
            return _Set((Run("∛" if index else "√"), *_least(kids[0], _ATOM if bare else _ATOM + 1)), _POWER)
        case lay.Fenced(_, kind):
            return _Set((Run(_FENCES[kind][0]), *kids[0].runs, Run(_FENCES[kind][1])))
        case lay.Apply():
            return _called(kids[0].runs, kids[1:])
        case lay.Operator():
            return _operator(node, kids[0])
    return _plain(flat(node), _SUM if isinstance(node, lay.Plain | lay.Cases) else _ATOM)


def _operator(node: lay.Operator, body: _Set) -> _Set:
    d = "∂" if node.partial else "d"
    above = _moved(_plain(str(node.order)), 0.4) if node.order > 1 else ()
    under: list[Run] = []
    for name, times in node.under:
        under += [
            Run(d),
            *(_name(name) if isinstance(name, lay.Name) else (Run(flat(name)),)),
            *(_moved(_plain(str(times)), 0.4) if times > 1 else ()),
        ]
    if node.over is not None:
        return _Set((Run(d), *above, *body.runs, Run("/"), *under), _PRODUCT)
    return _Set((Run(d), *above, Run("/"), *under, Run(" "), *body.runs), _PRODUCT)
