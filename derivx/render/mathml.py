"""Presentation tree to MathML Core: what stands in ``<math>`` (``mathml``), or parts between which a browser may break a row.

No ``mrow`` stands where its content may stand by itself: a page holds hundreds of formulas.

Every text is escaped. Single letters lean by themselves, words stand upright, and the letters of arrays are the bold ones of Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape as _escape
from typing import Any

from derivx.render import layout as lay
from derivx.render.board import printable
from derivx.render.breaking import Pen, in_pieces, short_exponent
from derivx.render.layout import Node, fold
from derivx.render.typeset import greek

TIMES, CALL = "<mo>\u2062</mo>", "<mo>\u2061</mo>"  # said by a screen reader, not seen
_SIGNS: dict[lay.Sign, str] = {
    "+": "<mo>+</mo>", "-": "<mo>−</mo>", "*": "<mo>·</mo>", " ": '<mo rspace=".17em">\u2062</mo>', "": TIMES,
    "=": "<mo>=</mo>", ">": "<mo>&gt;</mo>", "<": "<mo>&lt;</mo>", ">=": "<mo>≥</mo>", "<=": "<mo>≤</mo>", "!=": "<mo>≠</mo>",
    "o": "<mo>⊙</mo>", "x": "<mo>⊗</mo>", ",": "<mo>,</mo>", "&": '<mo rspace=".3em">,</mo>', ";": '<mo rspace=".4em">;</mo>',
}  # fmt: skip
_MINUS = '<mo form="prefix">−</mo>'
_BETWEEN: dict[lay.Sign, str] = {**_SIGNS, "+": '<mo form="infix">+</mo>', "-": '<mo form="infix">−</mo>'}  # that may begin a row
_SIZE = 'minsize="1.2em" maxsize="1.2em"'  # of brackets of which each stands in a part of its own
_OPEN, _CLOSE = f"<mo {_SIZE}>(</mo>", f"<mo {_SIZE}>)</mo>"
_FENCES = {"(": "()", "[": "[]", "|": "||", "floor": "⌊⌋", "ceil": "⌈⌉", "norm": "‖‖", "angle": "⟨⟩"}
_HATS = {"hat": "^", "bar": "¯", "tilde": "~"}
_TALL = ("<mfrac", "<munder", "<mtable")  # with what brackets grow
_ATOM = re.compile(r"\\operatorname\{(?P<word>\w+)\}|\\mathbf\{(?P<bold>\w)\}|\\(?P<name>[A-Za-z]+)|(?P<plain>[A-Za-z0-9+])")
_HEAD = re.compile(rf"(?P<atom>{re.sub(r'[?]P<[a-z]+>', '', _ATOM.pattern)})(?:(?P<at>[_^])\{{(?P<index>[^{{}}]*)\}})?")


def escape(text: str) -> str:
    """Text in which nothing is markup, and no character is one that HTML forbids."""
    return _escape(printable(text))


def mathml(node: Node, otherwise: str = "otherwise") -> str:
    """The formula, to stand in ``<math>``; ``otherwise`` is said of the last case of a piecewise function."""
    return _alone(_element(node, otherwise))


def mathml_pieces(node: Node, width: int, otherwise: str = "otherwise") -> list[str]:
    """The formula in parts, each to stand in ``<math>``: one where it is at most ``width`` letters wide."""
    pen = Pen(lambda part: _inline(_element(part, otherwise)), _BETWEEN, _mono, _OPEN, _CLOSE, "<mo>/</mo>", _MINUS)
    return in_pieces(node, width, pen)


def number(text: str) -> str:
    """A number as it is printed: ``-1.2e-05`` with a minus and a power of ten."""
    if text.startswith("-"):
        return _row(f"<mo>−</mo>{number(text[1:])}")
    mantissa, power, exponent = text.partition("e")
    if not power or not exponent.lstrip("+-").isdecimal():
        return f"<mn>{escape(text)}</mn>"
    raised = f"<msup><mn>10</mn>{number(str(int(exponent)))}</msup>"
    return raised if mantissa == "1" else _row(f"<mn>{escape(mantissa)}</mn><mo>·</mo>{raised}")


def matrix(cells: Sequence[Sequence[str]]) -> str:
    """Numbers in brackets, or one of them without."""
    if len(cells) == len(cells[0]) == 1:
        return number(cells[0][0])
    rows = ("".join(f"<mtd>{'<mo>⋯</mo>' if cell == '...' else number(cell)}</mtd>" for cell in row) for row in cells)
    return _in_fence(f"<mtable>{''.join(f'<mtr>{row}</mtr>' for row in rows)}</mtable>", "[")


# One function a kind of node; each returns one element.


def _element(node: Node, otherwise: str) -> str:
    return fold(node, lambda part, kids: _MATHML[type(part)](part, kids, otherwise))


def _row(inner: str) -> str:
    return f"<mrow>{inner}</mrow>"


def _alone(element: str) -> str:
    """An element as the only one in a row that its parent makes anyway."""
    return element.removeprefix("<mrow>").removesuffix("</mrow>") if element.startswith("<mrow>") else element


def _inline(element: str) -> str:
    """An element in a row of others. What begins with a bare sign keeps its row, from which the sign has its form and its height."""
    return element if element.startswith("<mrow><mo>") else _alone(element)


def _number(node: lay.Number, _kids: list[str], _otherwise: str) -> str:
    return number(node.text)


def _plain(node: lay.Plain, _kids: list[str], _otherwise: str) -> str:
    return _mono(node.text)


def _mono(text: str) -> str:
    return f'<mtext class="p">{escape(text)}</mtext>'


def _name(node: lay.Name, _kids: list[str], _otherwise: str) -> str:
    base = _bold(node.base) if node.bold else _word(node.base)
    if node.accent:
        base = f'<mover accent="true">{base}<mo stretchy="false">{_HATS[node.accent]}</mo></mover>'
    subs = "<mo>,</mo>".join(_word(s) for s in node.subs)
    below = _row(subs) if len(node.subs) > 1 else subs
    above = f"<mo>{'′' * node.primes}</mo>" if node.primes else ""
    if below and above:
        return f"<msubsup>{base}{below}{above}</msubsup>"
    return f"<msub>{base}{below}</msub>" if below else f"<msup>{base}{above}</msup>" if above else base


def _word(text: str) -> str:
    """A letter leans, but for a capital Greek one; a number or a word stands upright."""
    letter = greek(text)
    if letter.isascii() and letter.isdecimal():
        return f"<mn>{letter}</mn>"
    upright = letter != text and letter.isupper()
    return f'<mi mathvariant="normal">{letter}</mi>' if upright else f"<mi>{escape(letter)}</mi>"


def _bold(text: str) -> str:
    """A letter of an array, in bold; a word as it is."""
    letter = greek(text)
    if len(letter) == 1 and letter.isascii() and letter.isalnum():
        return f"<mi>{unicodedata.lookup(f'MATHEMATICAL BOLD {_unicode_name(letter)}')}</mi>"
    if letter != text:
        return f"<mi>{unicodedata.lookup(f'MATHEMATICAL BOLD ITALIC {_unicode_name(letter)}')}</mi>"
    return _word(text)


def _unicode_name(letter: str) -> str:
    """``SMALL X``, ``CAPITAL SIGMA``, ``DIGIT ONE``."""
    name = unicodedata.name(letter)
    return name if name.startswith("DIGIT") else " ".join(w for w in name.split() if w not in ("LATIN", "GREEK", "LETTER", "SYMBOL"))


def _function(node: lay.Function, _kids: list[str], _otherwise: str) -> str:
    """As its card sets it in LaTeX: an operator's name, a Greek letter, words with an index."""
    out, end = list[str](), 0
    for match in _HEAD.finditer(node.latex):
        if match.start() != end:
            break
        atom, index, end = _atom(match["atom"]), match["index"], match.end()
        tag = {"_": "msub", "^": "msup", None: ""}[match["at"]]
        out.append(f"<{tag}>{atom}{_atom(index)}</{tag}>" if tag else atom)
    if out and end == len(node.latex):
        return out[0] if len(out) == 1 else _row(CALL.join(out))
    return f"<mtext>{escape(node.text.removeprefix('[').removesuffix(']'))}</mtext>"


def _atom(latex: str) -> str:
    match = _ATOM.fullmatch(latex)
    if match is None:
        return _word(latex)
    if match["bold"]:
        return _bold(match["bold"])
    word = match["name"]
    if word in ("top", "sum", "prod"):
        return f"<mo>{ {'top': '⊤', 'sum': '∑', 'prod': '∏'}[word] }</mo>"
    return "<mo>+</mo>" if latex == "+" else _word(word or match["word"] or latex)


def _infix(node: lay.Infix, kids: list[str], _otherwise: str) -> str:
    first = _MINUS if node.signs[0] == "-" else ""
    kids = [_inline(kid) for kid in kids]
    return _row(first + kids[0] + "".join(_SIGNS[sign] + kid for sign, kid in zip(node.signs[1:], kids[1:], strict=True)))


def _frac(_node: lay.Frac, kids: list[str], _otherwise: str) -> str:
    return f"<mfrac>{kids[0]}{kids[1]}</mfrac>"


def _sup(node: lay.Sup, kids: list[str], _otherwise: str) -> str:
    compound = isinstance(node.base, lay.Exp | lay.Sup | lay.Infix | lay.Operator | lay.Frac | lay.Differential | lay.Total)
    if compound or (isinstance(node.base, lay.Number) and "e" in node.base.text):
        return f"<msup>{_in_fence(kids[0], '(')}{kids[1]}</msup>"
    return f"<msup>{kids[0]}{kids[1]}</msup>"


def _sub(_node: lay.Sub, kids: list[str], _otherwise: str) -> str:
    return f"<msub>{kids[0]}{kids[1]}</msub>"


def _indexed(node: lay.Indexed, kids: list[str], otherwise: str) -> str:
    """An entry of an array is a number: its letter is not bold."""
    base = kids[0]
    if isinstance(node.base, lay.Name) and not node.base.subs:
        base = _element(replace(node.base, bold=False), otherwise)
    elif not isinstance(node.base, lay.Apply | lay.Function | lay.Fenced):
        base = _in_fence(base, "(")
    return f"<msub>{base}{_row(TIMES.join(kids[1:]))}</msub>"


def _total(_node: lay.Total, kids: list[str], _otherwise: str) -> str:
    return _row(f"<munder><mo>∑</mo>{_row('<mo>,</mo>'.join(kids[:-1]))}</munder>{_inline(kids[-1])}")


def _differential(node: lay.Differential, kids: list[str], _otherwise: str) -> str:
    return _row("<mi>d</mi>" + (kids[0] if isinstance(node.body, lay.Name | lay.Fenced) else _inline(_in_fence(kids[0], "("))))


def _exp(node: lay.Exp, kids: list[str], _otherwise: str) -> str:
    if short_exponent(node.body):
        return f"<msup><mi>e</mi>{kids[0]}</msup>"
    return _row(f"<mi>exp</mi>{CALL}{_inline(_in_fence(kids[0], '('))}")


def _root(node: lay.Root, kids: list[str], _otherwise: str) -> str:
    return f"<mroot>{kids[0]}<mn>{escape(node.index)}</mn></mroot>" if node.index else f"<msqrt>{_alone(kids[0])}</msqrt>"


def _fenced(node: lay.Fenced, kids: list[str], _otherwise: str) -> str:
    return _in_fence(kids[0], node.kind)


def _in_fence(body: str, kind: str) -> str:
    """Brackets grow with fractions and the like, not with a mere power; those that grow stand a little apart."""
    left, right = _FENCES[kind][0], _FENCES[kind][1]
    still = "" if kind == "|" or any(t in body for t in _TALL) else ' stretchy="false"'
    return _row(f"<mo{still}>{left}</mo>{_inline(body)}<mo{still}>{right}</mo>")


def _apply(_node: lay.Apply, kids: list[str], _otherwise: str) -> str:
    return _row(f"{_inline(kids[0])}{CALL}{_inline(_in_fence('<mo>,</mo>'.join(map(_inline, kids[1:])), '('))}")


def _operator(node: lay.Operator, kids: list[str], otherwise: str) -> str:
    d = "<mi>∂</mi>" if node.partial else "<mi>d</mi>"
    above = f"<msup>{d}<mn>{node.order}</mn></msup>" if node.order > 1 else d
    names = (_element(name, otherwise) for name, _ in node.under)
    parts = [d + (f"<msup>{name}<mn>{n}</mn></msup>" if n > 1 else name) for name, (_, n) in zip(names, node.under, strict=True)]
    top = _row(above + kids[0]) if node.over is not None else above
    fraction = f"<mfrac>{top}{_row(_SIGNS[' '].join(parts))}</mfrac>"
    return fraction if node.body is None else _row(fraction + _SIGNS["" if isinstance(node.body, lay.Fenced) else " "] + _inline(kids[0]))


def _cases(node: lay.Cases, kids: list[str], otherwise: str) -> str:
    count = len(node.values)
    values, tests = map(_inline, kids[:count]), [*map(_alone, kids[count:]), f"<mtext>{escape(otherwise)}</mtext>"]
    rows = "".join(f"<mtr><mtd>{v}<mo>,</mo></mtd><mtd>{t}</mtd></mtr>" for v, t in zip(values, tests, strict=True))
    return _row(f'<mo>{{</mo><mtable class="c">{rows}</mtable>')


_MATHML: dict[type, Callable[[Any, list[str], str], str]] = {
    lay.Number: _number, lay.Plain: _plain, lay.Name: _name, lay.Function: _function, lay.Infix: _infix, lay.Frac: _frac, lay.Sup: _sup,
    lay.Sub: _sub, lay.Exp: _exp, lay.Root: _root, lay.Fenced: _fenced, lay.Apply: _apply, lay.Operator: _operator, lay.Cases: _cases,
    lay.Indexed: _indexed, lay.Total: _total, lay.Differential: _differential,
}  # fmt: skip
