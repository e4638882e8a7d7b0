"""Presentation tree to Typst mathematics: on one line (``typst``), or over several (``typst_rows``).

Nothing of a name or a text is ever read as code: it is a letter, a number, or a string literal. Commas and semicolons, which mean
something inside a call, stand behind a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from derivx.render import layout as lay
from derivx.render.breaking import Pen, broken, short_exponent
from derivx.render.layout import Node, Sign, fold
from derivx.render.typeset import greek

_SIGNS: dict[Sign, str] = {
    "+": " + ", "-": " - ", "*": " dot ", " ": " thin ", "": " ",
    "=": " = ", ">": " > ", "<": " < ", ">=": " >= ", "<=": " <= ", "!=": " != ",
    "o": " ⊙ ", "x": " ⊗ ", ",": r"\, ", ";": r"\; ", "&": r"\, ",
}  # fmt: skip
_FENCES = {
    "(": ("(", ")"), "[": ("[", "]"), "|": ("abs(", ")"), "norm": ("norm(", ")"),
    "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉"), "angle": ("⟨", "⟩"),
}  # fmt: skip
_COMMA = r"\, "
_ACCENTS = {"hat": "hat", "bar": "macron", "tilde": "tilde"}
_CARD = re.compile(r"\\operatorname\{(\w+)\}|_\{\\?([A-Za-z]+)\}|\\([A-Za-z]+)")  # the words of a card's LaTeX
_LETTERS = {"ᵀ": "⊤", "⁺": "+", "…": "dots"}  # signs that Typst raises itself, or knows by name
_KNOWN = frozenset(
    "arccos arcsin arctan cos cosh cot coth csc det dim exp lim ln log max min sec sech sin sinh tan tanh".split()
)  # operators that Typst has by that name
_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
_MARKUP = re.compile(r"""[\\`*_{}\[\]<>#|$~'"@/=+^-]|(?<=[\d.])\.""")


def literal(text: str, *, rows: bool = False) -> str:
    """Text as a string literal of Typst, on ``rows`` if it has them; what cannot be shown is a question mark."""
    lines = text.split("\n") if rows else [text]
    return '"' + r"\n".join(_shown(line).replace("\\", r"\\").replace('"', r"\"") for line in lines) + '"'


def escape_typst(text: str) -> str:
    """Text in which nothing is markup."""
    return _MARKUP.sub(lambda sign: "\\" + sign[0], _shown(text))


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\u00a0" else " " if c.isspace() else "?" for c in text)


def typst(node: Node, otherwise: str = "otherwise") -> str:
    """The formula on one line, without dollar signs; ``otherwise`` is the word for the last case of a piecewise function."""
    return fold(node, lambda part, kids: _cases(part, kids, otherwise) if isinstance(part, lay.Cases) else _TYPST[type(part)](part, kids))


def typst_rows(node: Node, width: int, otherwise: str = "otherwise") -> list[str]:
    """The formula over rows of about ``width`` letters; see ``derivx.render.breaking``."""
    first, *more = broken(node, width, Pen(lambda part: typst(part, otherwise), _SIGNS, _mono, r"\(", r"\)", r" \/ "))
    return [first, *('"" ' + row.lstrip() for row in more)]  # behind nothing a sign is still one between two parts


def is_number(text: str) -> bool:
    """Whether a text is a decimal number, perhaps with an exponent."""
    return _NUMBER.fullmatch(text) is not None


def number_typst(text: str) -> str:
    """A number as it is printed: ``1.2e-05`` as a power of ten; what is none (``nan``, ``...``) as a word."""
    if not is_number(text):
        return "dots" if text == "..." else f"word({literal(text)})"
    mantissa, power, exponent = text.partition("e")
    if not power:
        return text
    return f"10^({int(exponent)})" if mantissa == "1" else f"{mantissa} dot 10^({int(exponent)})"


# One function a kind of node.


def _number(node: lay.Number, _kids: list[str]) -> str:
    return number_typst(node.text)


def _plain(node: lay.Plain, _kids: list[str]) -> str:
    return _mono(node.text)


def _mono(text: str) -> str:
    return f"mono({literal(text)})"


def _name(node: lay.Name, _kids: list[str]) -> str:
    base = _word(node.base)
    if node.bold and _letter(node.base):
        base = f"bold({base})" if greek(node.base) != node.base else f"upright(bold({base}))"
    if node.accent:
        base = f"{_ACCENTS[node.accent]}({base})"
    subs = _COMMA.join(_word(s) for s in node.subs)
    return base + _moved("_", subs) + "'" * node.primes


def _word(text: str) -> str:
    """A letter, a Greek letter, a number; anything else upright as text."""
    return _letter(text) or (text if text.isascii() and text.isdecimal() else f"word({literal(text)})")


def _letter(text: str) -> str:
    """The letter of the alphabet, or the Greek one, that a name is, if it is one."""
    letter = greek(text)
    return letter if len(letter) == 1 and letter.isalpha() and (letter.isascii() or letter != text) else ""


def _moved(where: str, what: str) -> str:
    """An index or a power: one letter or digit as it is, more in brackets, which Typst does not show."""
    return "" if not what else f"{where}{what}" if len(what) == 1 else f"{where}({what})"


def _function(node: lay.Function, _kids: list[str]) -> str:
    if node.sign:
        return _LETTERS.get(node.sign, node.sign)
    found = list(_CARD.finditer(node.latex))
    if not found or "".join(part[0] for part in found) != node.latex:
        return _operation(node.text)
    words = [("_" if part[0].startswith("_") else " ") + _operation(part[1] or part[2] or part[3]) for part in found]
    return "".join(words).strip()


def _operation(text: str) -> str:
    return text if text in _KNOWN else _letter(text) or f"op({literal(text)})"


def _infix(node: lay.Infix, kids: list[str]) -> str:
    first = "-" if node.signs[0] == "-" else ""
    return first + kids[0] + "".join(_SIGNS[sign] + kid for sign, kid in zip(node.signs[1:], kids[1:], strict=True))


def _frac(_node: lay.Frac, kids: list[str]) -> str:
    return f"({kids[0]})/({kids[1]})"


def _sup(node: lay.Sup, kids: list[str]) -> str:
    base = f"({kids[0]})" if lay.compound(node.base) else kids[0]
    return base + _moved("^", kids[1])


def _sub(_node: lay.Sub, kids: list[str]) -> str:
    return kids[0] + _moved("_", kids[1])


def _indexed(node: lay.Indexed, kids: list[str]) -> str:
    """An entry of an array is a number: its letter is not bold."""
    base = kids[0]
    if isinstance(node.base, lay.Name) and not node.base.subs:
        base = typst(replace(node.base, bold=False))
    elif not isinstance(node.base, lay.Apply | lay.Function | lay.Fenced):
        base = f"({base})"
    return base + _moved("_", " ".join(kids[1:]))


def _total(_node: lay.Total, kids: list[str]) -> str:
    return "sum" + _moved("_", _COMMA.join(kids[:-1])) + " " + kids[-1]


def _differential(node: lay.Differential, kids: list[str]) -> str:
    return f"d {kids[0]}" if isinstance(node.body, lay.Name | lay.Fenced) else f"d ({kids[0]})"


def _exp(node: lay.Exp, kids: list[str]) -> str:
    return "e" + _moved("^", kids[0]) if short_exponent(node.body) else f"exp({kids[0]})"


def _root(node: lay.Root, kids: list[str]) -> str:
    return f"root({node.index}, {kids[0]})" if node.index else f"sqrt({kids[0]})"


def _fenced(node: lay.Fenced, kids: list[str]) -> str:
    left, right = _FENCES[node.kind]
    return f"{left}{kids[0]}{right}"


def _apply(_node: lay.Apply, kids: list[str]) -> str:
    return f"{kids[0]} ({_COMMA.join(kids[1:])})"


def _operator(node: lay.Operator, kids: list[str]) -> str:
    d = "partial" if node.partial else "d"
    under = " thin ".join(f"{d} {_by(name, n)}" for name, n in node.under)
    over = d + (_moved("^", str(node.order)) if node.order > 1 else "") + (f" {kids[0]}" if node.over is not None else "")
    return f"({over})/({under})" + (f" {kids[0]}" if node.body is not None else "")


def _by(name: Node, times: int) -> str:
    return typst(name) + (_moved("^", str(times)) if times > 1 else "")


def _cases(node: lay.Cases, kids: list[str], otherwise: str) -> str:
    count = len(node.values)
    tests = [*kids[count:], f"word({literal(otherwise)})"]
    rows = (f"{value}{_COMMA}& {test}" for value, test in zip(kids[:count], tests, strict=True))
    return f"cases({', '.join(rows)})"


_TYPST: dict[type, Callable[[Any, list[str]], str]] = {
    lay.Number: _number, lay.Plain: _plain, lay.Name: _name, lay.Function: _function, lay.Infix: _infix, lay.Frac: _frac, lay.Sup: _sup,
    lay.Sub: _sub, lay.Exp: _exp, lay.Root: _root, lay.Fenced: _fenced, lay.Apply: _apply, lay.Operator: _operator,
    lay.Indexed: _indexed, lay.Total: _total, lay.Differential: _differential,
}  # fmt: skip
