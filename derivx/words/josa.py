"""Korean particles: 을/를, 이/가, 은/는, 과/와, 으로/로 follow the final consonant of the word before them.

What stands before them is read as Korean reads it aloud (``words.reading``): 엘, 육, 엡실론, 사인, 이분의 일.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Self

from derivx.words.reading import WORDS, number, word

_LETTERS = {"l": "ㄹ", "m": "x", "n": "x", "r": "ㄹ"}  # of a word that is read in English: its last letter
_ACCENTS = {"\u0302": WORDS["hat"], "\u0304": WORDS["bar"], "\u0303": WORDS["tilde"]}
_SMALL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿˣʸᵏᵃᵇᵗ"
_TURNED = {"ᵀ": "전치", "⊤": "전치"}
_POWER = re.compile(r"\^[({ ]*[-−]?[\w.]+$")
_FRACTION = re.compile(r"(?:^|(?<=[\s(*=+−-]))(\d+|[^\W\d_]\w*)/(?:\d+|[^\W\d_]\w*)$")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[-+]?\d+)?$|\d+$")


_CLOSED = (["바닥", "함수", "끝"], ["천장", "함수", "끝"], ["괄호", "닫고"], ["대괄호", "닫고"])


def content(spoken: str) -> str:
    """A formula read aloud without what is said of its last brackets: a particle behind a *printed* formula does not follow these."""
    words = spoken.split()
    while words:
        closed = next((end for end in _CLOSED if words[-len(end) :] == end), words[-2:] if words[-1] == "끝" else [])
        if not closed:
            break
        del words[-len(closed) :]
    return " ".join(words)


def final_consonant(text: str) -> str:
    """The final consonant a reader hears at the end of a word, a name or a formula: ``ㄹ``, another, or ``""`` for a vowel."""
    last = _last_sound(text)
    if not last:
        return ""
    if not "가" <= last[-1] <= "힣":
        return _LETTERS.get(last[-1].lower(), "")
    jong = (ord(last[-1]) - ord("가")) % 28
    return "ㄹ" if jong == 8 else "x" if jong else ""


def _last_sound(text: str) -> str:
    """What is read last: x^2 is read 엑스 제곱, f' 에프 프라임, 1/2 from below, 이분의 일."""
    stem = text.rstrip(' )]}⟩"`.,_|‖').translate(_SMALL)
    if not stem:
        return ""
    if stem[-1] in _TURNED:
        return _TURNED[stem[-1]]
    if stem[-1] in _RAISED or _POWER.search(stem):
        return "제곱"
    if stem[-1] in "'′":
        return "프라임"
    if fraction := _FRACTION.search(stem):
        return _last_sound(fraction[1])
    if value := _NUMBER.search(stem):
        return number(value[0])
    plain = unicodedata.normalize("NFD", stem)
    if plain[-1] in _ACCENTS:
        return _ACCENTS[plain[-1]]
    name = re.search(r"[A-Za-z]+$", stem)
    return word(name[0] if name else stem[-1])


def particle(text: str, pair: str) -> str:
    """The form of a particle that fits: ``pair`` is ``consonant/vowel``, as in ``을/를`` or ``으로/로``."""
    after_consonant, after_vowel = pair.split("/")
    final = final_consonant(text)
    if after_consonant == "으로" and final == "ㄹ":
        return after_vowel
    return after_consonant if final else after_vowel


class Korean(str):
    """A string whose format ``{x:을/를}`` adds the fitting particle; ``{x:-을/를}`` is the particle alone.

    ``spoken`` is how it is read, where that differs from what is printed (a formula in LaTeX, say); or what says so, asked only
    where a particle follows.
    """

    __slots__ = ("spoken",)
    spoken: str | Callable[[], str]

    def __new__(cls, text: str, spoken: str | Callable[[], str] | None = None) -> Self:
        """The string ``text``, read aloud as ``spoken``."""
        self = super().__new__(cls, text)
        self.spoken = text if spoken is None else spoken
        return self

    def __format__(self, spec: str) -> str:
        if "/" not in spec:
            return str(self)
        heard = self.spoken if isinstance(self.spoken, str) else self.spoken()
        fitting = particle(heard, spec.removeprefix("-"))
        return fitting if spec.startswith("-") else str(self) + fitting
