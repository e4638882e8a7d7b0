"""Korean particles: 을/를, 이/가, 은/는, 과/와, 으로/로 follow the final consonant of the word before them.

Letters, digits and Greek names are read as Korean reads them aloud (엘, 육, 엡실론).
"""

from __future__ import annotations

# The final consonant with which a Latin letter, a digit or a Greek name is read; no entry means none.
_FINAL = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ", "0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ"}
_GREEK_FINAL = {"epsilon": "ㄴ", "omicron": "ㄴ", "upsilon": "ㄴ", "ε": "ㄴ", "ο": "ㄴ", "υ": "ㄴ"}
_GREEK = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega "
    "epsilon omicron upsilon"
).split()
_ENGLISH_FINAL = {"relu": "", "sigmoid": "ㄷ", "tanh": "", "softmax": "ㅅ", "log": "ㄱ", "sin": "ㄴ", "cos": "ㄴ", "tan": "ㄴ"}


def final_consonant(word: str) -> str:
    """The final consonant a reader hears at the end of a word, a name or a formula; ``""`` for a vowel."""
    stem = word.rstrip(" )]}'\"`.,_")
    if not stem:
        return ""
    if "^" in stem and stem[stem.rindex("^") + 1 :].strip("({").isalnum():
        return "ㅂ"  # x^2 is read 엑스 제곱
    last = stem[-1]
    if "가" <= last <= "힣":
        jong = (ord(last) - ord("가")) % 28
        return "ㄹ" if jong == 8 else "x" if jong else ""
    tail = stem.lower()
    run = len(tail) - len(tail.rstrip("abcdefghijklmnopqrstuvwxyz"))
    name = tail[len(tail) - run :] if run else last
    if name in _ENGLISH_FINAL:
        return _ENGLISH_FINAL[name]
    if name in _GREEK_FINAL:
        return _GREEK_FINAL[name]
    if name in _GREEK:
        return ""
    return _FINAL.get(last.lower(), "")


def particle(word: str, pair: str) -> str:
    """The form of a particle that fits: ``pair`` is ``consonant/vowel``, as in ``을/를`` or ``으로/로``."""
    after_consonant, after_vowel = pair.split("/")
    final = final_consonant(word)
    if after_consonant == "으로" and final == "ㄹ":
        return after_vowel
    return after_consonant if final else after_vowel


class Korean(str):
    """A string whose format ``{x:을/를}`` adds the fitting particle; ``{x}`` adds nothing."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self) + (particle(self, spec) if "/" in spec else "")
