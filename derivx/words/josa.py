"""Korean particles: 을/를, 이/가, 은/는, 과/와, 으로/로 follow the final consonant of the word before them.

Letters, digits, Greek names and the usual function names are read as Korean reads them aloud (엘, 육, 엡실론, 사인).
"""

from __future__ import annotations

import re
from typing import Self

# The final consonant with which a letter, a digit or a word is read; no entry means none.
_LETTERS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}
_DIGITS = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
_GREEK = {"epsilon": "ㄴ", "omicron": "ㄴ", "upsilon": "ㄴ", "ε": "ㄴ", "ϵ": "ㄴ", "ο": "ㄴ", "υ": "ㄴ"}
_WORDS = {
    "sin": "ㄴ", "cos": "ㄴ", "csc": "ㄴ", "asin": "ㄴ", "acos": "ㄴ", "arcsin": "ㄴ", "arccos": "ㄴ", "min": "ㄴ", "step": "ㅂ",
    "hat": "ㅅ", "net": "ㅅ", "out": "ㅅ", "target": "ㅅ", "input": "ㅅ", "output": "ㅅ", "weight": "", "logit": "ㅅ", "sum": "ㅁ",
    "layer": "", "error": "", "huber": "", "floor": "", "str": "", "swish": "", "mish": "", "unit": "ㅅ",
}  # fmt: skip
_ACCENTS = {"\u0302": "ㅅ", "ŷ": "ㅅ", "ŵ": "ㅅ", "â": "ㅅ", "ê": "ㅅ", "ĥ": "ㅅ", "ĝ": "ㅅ", "ĉ": "ㅅ", "ŝ": "ㅅ", "ẑ": "ㅅ", "ĵ": "ㅅ"}
_SMALL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿˣʸᵏᵃᵇᵗ"
_POWER = re.compile(r"\^[({ ]*[-−]?\w+$")
_FRACTION = re.compile(r"(?<![\w.)])(\d+)/\d+$")
_TENS = re.compile(r"[1-9]\d*?(0+)$")


def final_consonant(word: str) -> str:
    """The final consonant a reader hears at the end of a word, a name or a formula; ``""`` for a vowel."""
    stem = word.rstrip(' )]}"`.,_|').translate(_SMALL)
    if not stem:
        return ""
    last = stem[-1]
    if last in _RAISED or _POWER.search(stem):
        return "ㅂ"  # x^2 is read 엑스 제곱
    if last in "'′":
        return "ㅁ"  # f' is read 에프 프라임
    if "가" <= last <= "힣":
        jong = (ord(last) - ord("가")) % 28
        return "ㄹ" if jong == 8 else "x" if jong else ""
    if last.isdecimal():
        return _final_of_number(stem)
    return _ACCENTS.get(last, _final_of_letters(stem))


def _final_of_number(stem: str) -> str:
    """1/2 is read from below, 이분의 일; 10, 100, 1000 end in 십, 백, 천."""
    fraction = _FRACTION.search(stem)
    digits = fraction[1] if fraction else stem
    run = re.search(r"\d+$", digits)
    tens = _TENS.fullmatch(run[0]) if run else None
    if tens:
        return "ㅂ" if len(tens[1]) == 1 else "ㄱ" if len(tens[1]) == 2 else "ㄴ"
    return _DIGITS.get(digits[-1], "")


def _final_of_letters(stem: str) -> str:
    match = re.search(r"[A-Za-z]+$", stem)
    name = match[0].lower() if match else stem[-1]
    known = {**_WORDS, **_GREEK}
    if name in known:
        return known[name]
    return _LETTERS.get(name[-1], "")


def particle(word: str, pair: str) -> str:
    """The form of a particle that fits: ``pair`` is ``consonant/vowel``, as in ``을/를`` or ``으로/로``."""
    after_consonant, after_vowel = pair.split("/")
    final = final_consonant(word)
    if after_consonant == "으로" and final == "ㄹ":
        return after_vowel
    return after_consonant if final else after_vowel


class Korean(str):
    """A string whose format ``{x:을/를}`` adds the fitting particle; ``{x:-을/를}`` is the particle alone.

    ``spoken`` is how it is read, where that differs from what is printed (a formula in LaTeX, say).
    """

    __slots__ = ("spoken",)
    spoken: str

    def __new__(cls, text: str, spoken: str | None = None) -> Self:
        """The string ``text``, read aloud as ``spoken``."""
        self = super().__new__(cls, text)
        self.spoken = text if spoken is None else spoken
        return self

    def __format__(self, spec: str) -> str:
        if "/" not in spec:
            return str(self)
        fitting = particle(self.spoken, spec.removeprefix("-"))
        return fitting if spec.startswith("-") else str(self) + fitting
