"""Presentation tree to LaTeX mathematics, for amsmath or MathJax: on one line (``tex``), or over several (``tex_rows``).

Nothing of a name reaches LaTeX unescaped: letters, digits and what the tables here spell out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from derivx.render import layout as lay
from derivx.render.breaking import Pen, broken, short_exponent
from derivx.render.layout import Node, Sign, fold
from derivx.render.tex_text import spelt
from derivx.syntax.chars import GREEK

CHAINED = {"<-": r"\gets", "~": r"\approx"}  # what stands between the items of a chain, beside =
_SIGNS: dict[Sign, str] = {
    "+": " + ", "-": " - ", "*": r" \cdot ", " ": r"\,", "": " ",
    "=": " = ", ">": " > ", "<": " < ", ">=": r" \ge ", "<=": r" \le ", "!=": r" \ne ",
    "o": r" \odot ", "x": r" \otimes ", ",": ",", ";": r";\ ", "&": r",\ ",
}  # fmt: skip
_FENCES = {
    "(": ("(", ")"),
    "[": ("[", "]"),
    "|": ("|", "|"),
    "floor": (r"\lfloor ", r"\rfloor "),
    "ceil": (r"\lceil ", r"\rceil "),
    "norm": (r"\lVert ", r"\rVert "),
    "angle": (r"\langle ", r"\rangle"),
}
_GREEK = frozenset(GREEK.values()) - {"omicron"}
_TALL = (r"\frac", r"\begin", r"\left")


@dataclass(frozen=True, slots=True)
class Math:
    """How mathematics is set: the word for the last case of a piecewise function."""

    otherwise: str = "otherwise"


def tex(node: Node, math: Math | None = None) -> str:
    """The formula on one line, without dollar signs."""
    chosen = math or Math()
    return fold(node, lambda part, kids: _TEX[type(part)](part, kids, chosen))


# One function a kind of node.


def _number(node: lay.Number, _kids: list[str], _math: Math) -> str:
    mantissa, power, exponent = node.text.partition("e")
    if not power:
        return node.text
    return rf"10^{{{exponent}}}" if mantissa == "1" else rf"{mantissa} \cdot 10^{{{exponent}}}"


def _plain(node: lay.Plain, _kids: list[str], _math: Math) -> str:
    return _mono(node.text)


def _mono(text: str) -> str:
    return rf"\texttt{{{spelt(text)}}}"


def _name(node: lay.Name, _kids: list[str], _math: Math) -> str:
    base = _bold(node.base) if node.bold else _word(node.base)
    if node.accent:
        base = rf"\{node.accent}{{{base}}}"
    subs = ", ".join(_word(s) for s in node.subs)
    return base + (rf"_{{{subs}}}" if subs else "") + "'" * node.primes


def _word(text: str) -> str:
    """A letter, a Greek letter, a number, or a word set upright; anything else as text."""
    if (len(text) == 1 and text.isascii() and text.isalpha()) or (text.isascii() and text.isdecimal()):
        return text
    if text in _GREEK:
        return rf"\{text}"
    return rf"\mathrm{{{text}}}" if text.isascii() and text.isalnum() else rf"\text{{{spelt(text)}}}"


def _bold(text: str) -> str:
    """A letter of an array; a word or anything else as it is."""
    if len(text) == 1 and text.isascii() and text.isalpha():
        return rf"\mathbf{{{text}}}"
    return rf"\boldsymbol{{\{text}}}" if text in _GREEK else _word(text)


def _function(node: lay.Function, _kids: list[str], _math: Math) -> str:
    return node.latex or rf"\operatorname{{{spelt(node.text)}}}"


def _infix(node: lay.Infix, kids: list[str], _math: Math) -> str:
    first = "-" if node.signs[0] == "-" else ""
    return first + kids[0] + "".join(_SIGNS[sign] + kid for sign, kid in zip(node.signs[1:], kids[1:], strict=True))


def _frac(_node: lay.Frac, kids: list[str], _math: Math) -> str:
    return rf"\frac{{{kids[0]}}}{{{kids[1]}}}"


def _sup(node: lay.Sup, kids: list[str], _math: Math) -> str:
    base = kids[0]
    if lay.compound(node.base):
        base = _in_fence(base, "(")
    elif isinstance(node.base, lay.Name) and node.base.primes:
        base = f"{{{base}}}"
    return rf"{base}^{{{kids[1]}}}"


def _sub(_node: lay.Sub, kids: list[str], _math: Math) -> str:
    return rf"{kids[0]}_{{{kids[1]}}}"


def _indexed(node: lay.Indexed, kids: list[str], _math: Math) -> str:
    """An entry of an array is a number: its letter is not bold."""
    base = kids[0]
    if isinstance(node.base, lay.Name) and not node.base.subs:
        base = tex(replace(node.base, bold=False))
    elif not isinstance(node.base, lay.Apply | lay.Function | lay.Fenced):
        base = _in_fence(base, "(")
    return rf"{base}_{{{' '.join(kids[1:])}}}"


def _total(_node: lay.Total, kids: list[str], _math: Math) -> str:
    return rf"\sum_{{{', '.join(kids[:-1])}}} {kids[-1]}"


def _differential(node: lay.Differential, kids: list[str], _math: Math) -> str:
    body = kids[0] if isinstance(node.body, lay.Name | lay.Fenced) else _in_fence(kids[0], "(")
    return f"d{body}" if body.startswith(("(", "\\")) else f"d {body}"


def _exp(node: lay.Exp, kids: list[str], _math: Math) -> str:
    return rf"e^{{{kids[0]}}}" if short_exponent(node.body) else r"\exp" + _in_fence(kids[0], "(")


def _root(node: lay.Root, kids: list[str], _math: Math) -> str:
    return rf"\sqrt{f'[{node.index}]' if node.index else ''}{{{kids[0]}}}"


def _fenced(node: lay.Fenced, kids: list[str], _math: Math) -> str:
    return _in_fence(kids[0], node.kind)


def _in_fence(body: str, kind: str) -> str:
    left, right = _FENCES[kind]
    grow = any(t in body for t in _TALL) or kind == "|"
    return rf"\left{left}{body}\right{right}" if grow else f"{left}{body}{right}"


def _apply(_node: lay.Apply, kids: list[str], _math: Math) -> str:
    return kids[0] + _in_fence(", ".join(kids[1:]), "(")


def _operator(node: lay.Operator, kids: list[str], _math: Math) -> str:
    d = r"\partial" if node.partial else "d"
    times = rf"^{{{node.order}}}" if node.order > 1 else ""
    under = r"\,".join(_by(d, name, n) for name, n in node.under)
    over = f"{d}{times}" + (f" {kids[0]}" if node.over is not None else "")
    return rf"\frac{{{over}}}{{{under}}}" + (rf" {kids[0]}" if node.body is not None else "")


def _by(d: str, name: Node, times: int) -> str:
    return f"{d} {tex(name)}" + (rf"^{{{times}}}" if times > 1 else "")


def _cases(node: lay.Cases, kids: list[str], math: Math) -> str:
    count = len(node.values)
    tests = [*(rf"& {t}" for t in kids[count:]), rf"& \text{{{spelt(math.otherwise)}}}"]
    lines = r" \\ ".join(f"{v}, {t}" for v, t in zip(kids[:count], tests, strict=True))
    return rf"\begin{{cases}} {lines} \end{{cases}}"


_TEX: dict[type, Callable[[Any, list[str], Math], str]] = {
    lay.Number: _number, lay.Plain: _plain, lay.Name: _name, lay.Function: _function, lay.Infix: _infix, lay.Frac: _frac, lay.Sup: _sup,
    lay.Sub: _sub, lay.Exp: _exp, lay.Root: _root, lay.Fenced: _fenced, lay.Apply: _apply, lay.Operator: _operator, lay.Cases: _cases,
    lay.Indexed: _indexed, lay.Total: _total, lay.Differential: _differential,
}  # fmt: skip


def tex_rows(node: Node, width: int, math: Math | None = None) -> list[str]:
    """The formula over rows of about ``width`` letters; see ``derivx.render.breaking``."""
    chosen = math or Math()
    first, *more = broken(node, width, Pen(lambda part: tex(part, chosen), _SIGNS, _mono, r"\bigl(", r"\bigr)", r" \big/ "))
    return [first, *(("{}" + row) for row in more)]
