"""Presentation tree to words: a formula as a teacher reads it aloud, in English and Korean.

No two formulas sound the same: a part that is more than a name or a number is said with its end (``... end root``), unless
nothing that follows could be taken for a part of it. Upper case is said only where the formula has the letter in both cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

from derivx import ops
from derivx.expr import Expr
from derivx.render import layout as lay
from derivx.render.arrays import PSEUDO, TRANSPOSED
from derivx.render.layout import Node, fold
from derivx.render.typeset import Style, style_of, typeset
from derivx.syntax.chars import GREEK
from derivx.words import has, say
from derivx.words.reading import number, word

_SIGNS = {
    "+": "plus", "-": "minus", "*": "times", "o": "entrywise", "x": "kronecker", ",": "comma", "&": "and", ";": "below",
}  # fmt: skip
_COMPARE = {"=": "eq", ">": "gt", "<": "lt", ">=": "ge", "<=": "le", "!=": "ne"}
_LONG = {"|": "abs", "norm": "norm", "floor": "floor", "ceil": "ceil"}
_INVERSE = lay.Infix(("-",), (lay.Number("1"),))
_RAISED: dict[Node, str] = {
    lay.Number("2"): "squared", lay.Number("3"): "cubed", TRANSPOSED: "transpose", PSEUDO: "pseudo",
    lay.Infix(("-",), (TRANSPOSED,)): "inverse_transpose",
}  # fmt: skip
_GREEK = frozenset(GREEK.values())
_PART, _PREFIX, _ATOM = 0, 1, 2  # what a part is: of several words, a prefix and its part (sine of x), one name or number


@dataclass(frozen=True, slots=True)
class Spoken:
    """A part read aloud: as it stands, as it stands where something follows it, and what it is (``_PART`` ...)."""

    text: str
    closed: str
    kind: int = _PART
    within: str = ""  # as it stands in a fraction, where every other fraction has an end; nothing where it has none
    when: str = ""  # a comparison as the condition of a case


@dataclass(frozen=True, slots=True)
class Voice:
    """A language, and the letters whose upper case must be said, because there are both."""

    lang: str = "en"
    both: frozenset[str] = frozenset()

    def say(self, key: str, **params: str) -> str:
        """A phrase of the tables."""
        return say(f"speech.{key}", self.lang, **params)


def spoken(node: Node, lang: str = "en", *, voice: Voice | None = None) -> str:
    """The formula as it is read aloud. ``voice``: that of all formulas of a page, so that a letter is called alike on all of it."""
    chosen = voice or voice_of([node], lang)
    return fold(node, lambda part, kids: _SPEECH[type(part)](part, kids, chosen)).text


def spoken_expr(expr: Expr, lang: str = "en", *, style: Style | None = None, voice: Voice | None = None) -> str:
    """An expression as it is read aloud."""
    return spoken(typeset(expr, style or style_of(expr)), lang, voice=voice)


def voice_of(nodes: Iterable[Node], lang: str = "en") -> Voice:
    """The voice that tells the letters of these formulas apart."""
    found: set[str] = set()

    def names(node: Node, _kids: list[None]) -> None:
        if isinstance(node, lay.Name):
            found.update((node.base, *node.subs))
        elif isinstance(node, lay.Operator):
            for name, _ in node.under:
                fold(name, names)

    for node in nodes:
        fold(node, names)
    return Voice(lang, frozenset(name for name in found if name != name.lower() and name.lower() in found))


# Names and numbers.


def _atom(text: str) -> Spoken:
    return Spoken(text, text, _ATOM)


def _part(text: str) -> Spoken:
    return Spoken(text, text)


def _read(text: str, voice: Voice) -> str:
    """A letter, a number or a word of a name."""
    if voice.lang == "ko":
        plain = word(text)
        said = voice.say("letter", a=plain) if text in ("e", "E", "o", "O") else plain
    else:
        said = voice.say("word", a=text) if text in _reserved() and text not in _GREEK else text
    return voice.say("capital", a=said.lower() if text in _GREEK or text.lower() in _GREEK else said) if text in voice.both else said


_RESERVED: set[str] = set()


def _reserved() -> set[str]:
    """The words of English speech, which no name may be taken for."""
    if not _RESERVED:
        from derivx.words.en_speech import SPEECH

        _RESERVED.update(w for text in SPEECH.values() for w in re.findall(r"[A-Za-z]{2,}", text))
    return _RESERVED


def _number(node: lay.Number, _kids: list[Spoken], voice: Voice) -> Spoken:
    mantissa, power, exponent = node.text.partition("e")
    figure = number if voice.lang == "ko" else str
    if not power:
        return _atom(figure(mantissa))
    n = figure(exponent.lstrip("+-"))
    n = voice.say("negative", a=n) if exponent.startswith("-") else n
    return _part(voice.say("scientific_one", n=n) if mantissa == "1" else voice.say("scientific", a=figure(mantissa), n=n))


def _name(node: lay.Name, _kids: list[Spoken], voice: Voice) -> Spoken:
    text = voice.say("euler") if node.base == "e" and not node.bold else _read(node.base, voice)
    if node.accent:
        text = voice.say(node.accent, a=text)
    for i, sub in enumerate(node.subs):
        text = voice.say("sub_number" if i == 0 and sub.isdecimal() else "sub", a=text, index=_read(sub, voice))
    for _ in range(node.primes):
        text = voice.say("prime", a=text)
    return _atom(text)


def figure(text: str, lang: str) -> str:
    """A number that was worked out, with its sign (``-1.2e-05``); any other text as it is."""
    shown = re.fullmatch(r"([-−]?)(\d+(?:\.\d+)?)(?:e([-+]?)0*(\d+))?", text)
    if not shown:
        return text
    sign, mantissa, minus, exponent = shown.groups()
    said = spoken(lay.Number(mantissa + (f"e{minus.strip('+')}{exponent}" if exponent else "")), lang)
    return say("speech.negative", lang, a=said) if sign else said


def _plain(node: lay.Plain, _kids: list[Spoken], _voice: Voice) -> Spoken:
    return _part(node.text)


def _function(node: lay.Function, _kids: list[Spoken], voice: Voice) -> Spoken:
    return _atom(_called(node.text, voice.lang))


def _called(text: str, lang: str) -> str:
    """What an operation is called: by the tables, by its card, word by word, or as it is spelt."""
    key, card = f"speech.op.{text}", ops.find(text)
    if has(key):
        return say(key, lang)
    if card is not None and getattr(card.names, lang):
        return re.sub(r" (function|함수|loss|손실함수)$", "", getattr(card.names, lang))
    if len(words := re.split(r"[ _]", text)) > 1:
        return " ".join(_called(w, lang) for w in words if w)
    return word(text) if lang == "ko" else text


# Sums, products, comparisons.


def _bracket(text: str, voice: Voice) -> str:
    return voice.say("bracket", a=text)


def _infix(node: lay.Infix, kids: list[Spoken], voice: Voice) -> Spoken:
    if len(kids) == 1 and node.signs[0] == "":
        return kids[0]
    if len(kids) == 2 and node.signs[1] in _COMPARE:
        pair, name = {"a": kids[0].text, "b": kids[1].text}, _COMPARE[node.signs[1]]
        text = voice.say(name, **pair)
        return Spoken(text, _bracket(text, voice), when=voice.say(f"if_{name}", **pair))
    if len(kids) > 2 and all(sign in _COMPARE for sign in node.signs[1:]):  # a = b = c: one comparison after the other
        said = (voice.say(_COMPARE[s], a=a.text, b=b.text) for s, (a, b) in zip(node.signs[1:], pairwise(kids), strict=True))
        text = reduce(lambda a, b: voice.say("also", a=a, b=b), said)
        return Spoken(text, _bracket(text, voice))
    loose = [*map(_stands, node.signs[1:], node.items), True]
    first = [voice.say("negative", a="").strip()] if node.signs[0] == "-" else []
    joints = [first, *(_joint(sign, *pair, voice) for sign, pair in zip(node.signs[1:], pairwise(node.items), strict=True))]

    def joined(said: Callable[[Spoken], str]) -> str:
        return " ".join(
            piece for joint, kid, one in zip(joints, kids, loose, strict=True) for piece in (*joint, said(kid) if one else kid.closed)
        )

    text = joined(lambda kid: kid.text)
    return Spoken(text, _bracket(text, voice), within=joined(_within))


def _within(kid: Spoken) -> str:
    return kid.within or kid.text


def _stands(after: str, item: Node) -> bool:
    """Whether a part needs no end before a sign: any in a sum, unless it is a derivative or a sum itself; in a product no prefix."""
    if after in ("+", "-"):
        return not isinstance(item, lay.Total | lay.Operator | lay.Differential)
    return isinstance(item, lay.Infix) and all(s not in ("+", "-", *_COMPARE) for s in item.signs)


def _joint(sign: str, left: Node, right: Node, voice: Voice) -> list[str]:
    """The word for a sign; of two factors side by side none, but where those could be taken for something else."""
    if sign not in ("", " "):
        return [voice.say(_SIGNS.get(sign) or _COMPARE[sign])]
    below = isinstance(left, lay.Indexed | lay.Sub) or (isinstance(left, lay.Name) and any(not s.isdecimal() for s in left.subs[:1]))
    below = below or (isinstance(left, lay.Name) and (len(left.subs) > 1 or left.base == "d"))
    raised = isinstance(left, lay.Exp) or (isinstance(left, lay.Sup) and left.exponent not in _RAISED and not _inverse(left))
    return [voice.say("times")] if below or raised or isinstance(right, lay.Fenced) else []


# Fractions, powers, roots, indices.


def _frac(node: lay.Frac, kids: list[Spoken], voice: Voice) -> Spoken:
    if (node.top, node.bottom) == (lay.Number("1"), lay.Number("2")):
        return _part(voice.say("half"))
    pair = {"top": _within(kids[0]), "bottom": _within(kids[1])}
    long = voice.say("over_long", **pair)
    simple = kids[0].kind == kids[1].kind == _ATOM
    return Spoken(voice.say("over", **pair) if simple else long, long, within=long)


def _sup(node: lay.Sup, kids: list[Spoken], voice: Voice) -> Spoken:
    compound = isinstance(node.base, lay.Exp | lay.Sup | lay.Infix | lay.Operator | lay.Frac | lay.Differential | lay.Total)
    compound = compound or (isinstance(node.base, lay.Number) and kids[0].kind != _ATOM)
    base = _bracket(kids[0].text, voice) if compound else kids[0].closed
    key = _RAISED.get(node.exponent)
    if _inverse(node):
        key = "inverse"
    if key:
        return _part(voice.say(key, a=base))
    return _part(_power(base, node.exponent, kids[1], voice))


def _inverse(node: lay.Sup) -> bool:
    """Of a matrix, or of a product or function of matrices, which no number is raised like."""
    return node.exponent == _INVERSE and isinstance(node.base, lay.Name) and node.base.bold


def _power(base: str, exponent: Node, said: Spoken, voice: Voice) -> str:
    negative = isinstance(exponent, lay.Infix) and exponent.signs == ("-",) and isinstance(exponent.items[0], lay.Name | lay.Number)
    return voice.say("power" if said.kind == _ATOM or negative else "power_long", a=base, n=said.text)


def _exp(node: lay.Exp, kids: list[Spoken], voice: Voice) -> Spoken:
    return _part(_power(voice.say("euler"), node.body, kids[0], voice))


def _prefix(key: str, body: Spoken, voice: Voice) -> Spoken:
    """``the square root of x``, with its end behind anything longer."""
    long = voice.say(f"{key}_long", a=body.text)
    return Spoken(long if body.kind == _PART else voice.say(key, a=body.text), long, _PREFIX)


def _root(node: lay.Root, kids: list[Spoken], voice: Voice) -> Spoken:
    return _prefix("cube_root" if node.index else "root", kids[0], voice)


def _fenced(node: lay.Fenced, kids: list[Spoken], voice: Voice) -> Spoken:
    if node.kind in _LONG:
        return _prefix(_LONG[node.kind], kids[0], voice)
    return _part(voice.say({"(": "bracket", "[": "square_bracket", "angle": "angle_long"}[node.kind], a=kids[0].text))


def _sub(node: lay.Sub, kids: list[Spoken], voice: Voice) -> Spoken:
    base, index = node.base, kids[1]
    if isinstance(base, lay.Fenced) and base.kind == "norm":  # the 1-norm, the Frobenius norm
        body = fold(base.body, lambda part, inner: _SPEECH[type(part)](part, inner, voice))
        return _prefix("norm_1" if node.index == lay.Number("1") else "norm_F", body, voice)
    if isinstance(node.index, lay.Function) and node.index.text.startswith("["):
        return _atom(voice.say("index", a=kids[0].closed, index=_indices(node.index.text, voice)))
    simple = index.kind == _ATOM
    if isinstance(base, lay.Function) and base.text == "log":
        return _atom(voice.say("base" if simple else "base_long", a=kids[0].text, index=index.text))
    return _atom(voice.say("sub" if simple else "sub_long", a=kids[0].closed, index=index.text))


def _indices(text: str, voice: Voice) -> str:
    """An index as in NumPy, or the letters of an einsum, sign by sign."""
    signs = {":": "sign_colon", ",": "comma", "→": "sign_arrow", "−": "minus"}
    found = re.findall(r"\d+|[A-Za-z]|[:,→−]", text)
    return " ".join(voice.say(signs[t]) if t in signs else _read(t, voice) if voice.lang == "ko" else t for t in found)


def _indexed(node: lay.Indexed, kids: list[Spoken], voice: Voice) -> Spoken:
    """An entry: its indices one after the other where all are letters, else told from what they are of."""
    base = kids[0].text if isinstance(node.base, lay.Name | lay.Function | lay.Fenced) else _bracket(kids[0].text, voice)
    plain = all(isinstance(item, lay.Name) and not item.subs for item in node.items)
    if plain and not (isinstance(node.base, lay.Name) and node.base.subs):
        return _atom(voice.say("sub", a=base, index=" ".join(kid.text for kid in kids[1:])))
    index = f" {voice.say('comma')} ".join(kid.text for kid in kids[1:])
    return _part(voice.say("entry", a=base, index=index))


# Functions, derivatives, sums over indices, cases.


def _apply(node: lay.Apply, kids: list[Spoken], voice: Voice) -> Spoken:
    head, args = kids[0].text, kids[1:]
    text = f" {voice.say('comma')} ".join(arg.text for arg in args)
    long = voice.say("of_long", head=head, args=text)
    if len(args) != 1 or args[0].kind == _PART:
        return Spoken(long, long)
    return Spoken(voice.say("call" if isinstance(node.head, lay.Name) else "of", head=head, args=text), long, _PREFIX)


def _operator(node: lay.Operator, kids: list[Spoken], voice: Voice) -> Spoken:
    d = voice.say("partial" if node.partial else "d")
    if node.body is not None and node.order == 1:
        key, name = ("partial_derivative" if node.partial else "derivative"), spoken(node.under[0][0], voice.lang, voice=voice)
        closed = kids[0].text if isinstance(node.body, lay.Fenced) else _bracket(kids[0].text, voice)
        return Spoken(voice.say(key, name=name, a=kids[0].text), voice.say(key, name=name, a=closed))
    top, under = _times(d, node.order, voice), " ".join(_by(d, name, times, voice) for name, times in node.under)
    if node.over is not None:
        over = kids[0].text if kids[0].kind == _ATOM else _bracket(kids[0].text, voice)
        top = voice.say("by", d=top, a=over)
        text = voice.say("ratio", top=top, under=under)
        return Spoken(text, text, within=voice.say("over_long", top=top, bottom=under))
    closed = kids[0].text if isinstance(node.body, lay.Fenced) else _bracket(kids[0].text, voice)
    return Spoken(voice.say("operator", top=top, under=under, a=kids[0].text), voice.say("operator", top=top, under=under, a=closed))


def _by(d: str, name: Node, times: int, voice: Voice) -> str:
    return _times(voice.say("by", d=d, a=spoken(name, voice.lang, voice=voice)), times, voice)


def _times(text: str, times: int, voice: Voice) -> str:
    if times == 1:
        return text
    key = {2: "squared", 3: "cubed"}.get(times)
    figure = number(str(times)) if voice.lang == "ko" else str(times)
    return voice.say(key, a=text) if key else voice.say("power", a=text, n=figure)


def _differential(node: lay.Differential, kids: list[Spoken], voice: Voice) -> Spoken:
    body = kids[0].text if isinstance(node.body, lay.Name | lay.Fenced) else _bracket(kids[0].text, voice)
    return _part(voice.say("by", d=voice.say("d"), a=body))


def _total(node: lay.Total, kids: list[Spoken], voice: Voice) -> Spoken:
    index = f" {voice.say('comma')} ".join(kid.text for kid in kids[:-1])
    long = voice.say("total_long", index=index, a=kids[-1].text)
    loose = isinstance(node.body, lay.Fenced | lay.Name | lay.Indexed | lay.Apply) or _flat_product(node.body)
    return Spoken(voice.say("total", index=index, a=kids[-1].text) if loose else long, long, within=long)


def _flat_product(node: Node) -> bool:
    return isinstance(node, lay.Infix) and all(sign in ("", " ", "*") for sign in node.signs)


def _cases(node: lay.Cases, kids: list[Spoken], voice: Voice) -> Spoken:
    count = len(node.values)
    tests = [kid.when or voice.say("if_true", a=kid.text) for kid in kids[count:]]
    rows = [voice.say("case", value=v.text, test=t) for v, t in zip(kids[: count - 1], tests, strict=True)]
    return _part(voice.say("cases", rows=", ".join(rows), last=kids[count - 1].text))


_SPEECH: dict[type, Callable[[Any, list[Spoken], Voice], Spoken]] = {
    lay.Number: _number, lay.Plain: _plain, lay.Name: _name, lay.Function: _function, lay.Infix: _infix, lay.Frac: _frac, lay.Sup: _sup,
    lay.Sub: _sub, lay.Exp: _exp, lay.Root: _root, lay.Fenced: _fenced, lay.Apply: _apply, lay.Operator: _operator, lay.Cases: _cases,
    lay.Indexed: _indexed, lay.Total: _total, lay.Differential: _differential,
}  # fmt: skip
