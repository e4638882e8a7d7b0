"""The explicit character table: what each character outside ASCII means, or why it is refused.

Unicode normalisation is not used: it would fold look-alike letters into names (𝘰𝘱𝘦𝘯 into ``open``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from derivx.errors import ReadError

GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩϵϕϑµσ",
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi "
            "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega epsilon phi theta mu sigma"
        ).split(),
        strict=True,
    )
)
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣʸᶻᵏᵃᵇᵗᵘᵛʷᵐʳˢⁱʲᵖᵈᵀ", "0123456789+-()nxyzkabtuvwmrsijpdT", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx", strict=True))
ACCENTS = {"\u0302": "_hat", "\u0304": "_bar", "\u0303": "_tilde"}
_ACCENTED = {
    "ŷ": "y_hat", "ȳ": "y_bar", "ỹ": "y_tilde", "ĵ": "j_hat", "ŵ": "w_hat", "â": "a_hat", "ẑ": "z_hat",
    "ŝ": "s_hat", "ĥ": "h_hat", "ĝ": "g_hat", "ĉ": "c_hat", "ê": "e_hat", "ñ": "n_tilde", "ã": "a_tilde",
}  # fmt: skip
_SIGNS = {
    "−": "-", "–": "-", "﹣": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*", "⊙": "⊙", "∘": "∘",
    "÷": "/", "∕": "/", "⁄": "/", "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=", "′": "'", "’": "'", "‘": "'", "″": "''",
    "√": "√", "∂": "∂", "½": " (1/2)", "¼": " (1/4)", "¾": " (3/4)", "ℯ": "e", "⊤": "T", "𝟙": "ones",
    "\u00a0": " ", "\u3000": " ", "\u2009": " ", "\u202f": " ", "\t": " ",
}  # fmt: skip
_TABLE = {
    **_SIGNS,
    **_ACCENTED,
    **{chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)},  # full-width forms of a Korean keyboard
    **{c: c for c in (*GREEK, *SUPERSCRIPTS, *SUBSCRIPTS)},
}
_RAISED = re.compile(r"\^\s*\{?\s*-?\s*$")  # X^⊤ and X^{-⊤}; elsewhere the sign is raised by itself: X⊤
_ENDS_NAME = frozenset(_ACCENTED) | frozenset(ACCENTS)


@dataclass(frozen=True, slots=True)
class Folded:
    """Text over the known characters, with the place in the original of each of its characters."""

    text: str
    places: Sequence[int]
    original: str

    def place(self, index: int) -> int:
        """The place in the original of a character of the folded text."""
        return self.places[index] if index < len(self.places) else len(self.original)


def fold(original: str) -> Folded:
    """Translate the characters; raises ``ReadError`` naming the first that has no meaning here."""
    if original.isascii() and original.isprintable():
        return Folded(original, range(len(original)), original)
    out: list[str] = []
    places: list[int] = []
    for i, char in enumerate(original):
        if char in ACCENTS and out and out[-1].isascii() and out[-1].isalpha():
            _apart(out, places)
            piece = ACCENTS[char]
        elif " " <= char <= "~" or char == "\n":
            # ŷx is two names: the letters that spell the accent end at it
            piece = f" {char}" if char.isalpha() and i and original[i - 1] in _ENDS_NAME else char
        elif char in _TABLE:
            piece = _meaning(original, i)
        else:
            raise _refusal(original, i)
        out.extend(piece)
        places.extend([i] * len(piece))
    return Folded("".join(out), tuple(places), original)


def _apart(out: list[str], places: list[int]) -> None:
    """Part an accented letter from the letter before it: ``ax̂`` is two names."""
    if len(out) > 1 and out[-2].isascii() and out[-2].isalpha():
        out.insert(-1, " ")
        places.insert(-1, places[-1])


def _meaning(text: str, place: int) -> str:
    """What a character of the table stands for, in its place."""
    char, before = text[place], text[place - 1 : place]
    if char in "½¼¾" and before.isdecimal():  # 5½ is a sum, juxtaposition a product
        part = _SIGNS[char].strip(" ()")
        raise ReadError("unexpected", text=text, start=place, expected="operator", hint=f"+ {part}", found=char)
    if char in _ACCENTED and ((before.isascii() and before.isalpha()) or before in _ENDS_NAME):
        return f" {_ACCENTED[char]}"
    if char == "⊤" and not _RAISED.search(text, 0, place):
        return "ᵀ"
    return _TABLE[char]


def _refusal(text: str, place: int) -> ReadError:
    import unicodedata

    char = text[place]
    name = unicodedata.name(char, f"U+{ord(char):04X}")
    looks_like = next((word for word in name.split() if len(word) == 1 and word.isascii()), "")
    hint = looks_like.lower() if "SMALL" in name else looks_like
    return ReadError("character", text=text, start=place, expected="ascii", hint=hint, name=name.lower())
