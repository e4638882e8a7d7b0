"""Text for LaTeX: what every character of a user's words becomes, on pdfLaTeX, XeLaTeX and LuaLaTeX alike."""

from __future__ import annotations

import re
import unicodedata

from derivx.syntax.chars import GREEK

_COMMANDS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "–": "--", "—": "---", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "\u00a0": "~", "…": r"\ldots{}",
    "[": "{[}", "]": "{]}", "*": "{*}",
    "\n": " ", "\t": " ", "\r": " ", "\u00ad": r"\-", "\u200c": r"\mbox{}",
}  # fmt: skip
_MATHS = {
    "·": r"\cdot", "−": "-", "≠": r"\ne", "⟨": r"\langle", "⟩": r"\rangle", "‖": r"\Vert", "⊙": r"\odot", "∘": r"\circ", "ᵀ": r"^{\top}",
    "⊤": r"\top", "⁻": "^{-}", "¹": "^{1}", "²": "^{2}", "³": "^{3}", "×": r"\times", "÷": r"\div", "±": r"\pm", "⊗": r"\otimes",
    "𝟏": r"\mathbf{1}", "→": r"\rightarrow", "←": r"\leftarrow", "⇒": r"\Rightarrow", "↦": r"\mapsto", "≤": r"\le", "≥": r"\ge",
    "≈": r"\approx", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "√": r"\surd",
    "∈": r"\in", "ℝ": r"\mathbb{R}", "′": r"^{\prime}", "✓": r"\checkmark",
}  # fmt: skip
_ESCAPES = _COMMANDS | {c: rf"\ensuremath{{{text}}}" for c, text in _MATHS.items()}
_ESCAPES |= {c: rf"\ensuremath{{\{name}}}" for c, name in GREEK.items() if len(c) == 1 and name != "omicron"}
_LATIN = re.compile("[ -~¡-ķĹ-ňŊ-ťŨ-ž‘’“”•€™]")  # what the fonts of LaTeX have
_KOREAN = re.compile("[ㄱ-ㅣ가-힣一-鿿ぁ-んァ-ヶ、。〈-】①-⑳㈀-㈜㉠-㉻㎀-㏝！-～※☆★○●◎△▲□■◇◆]")  # what those of kotex have besides
_LIGATURE = re.compile(r"([-,'?!`<>])(?=[-,'`<>])")
_WORDS = re.compile(r"\s+|\S+")
_LONG, _PIECE = 32, 8  # letters of a word that is broken, and between two places where it is


def escape(text: str) -> str:
    """Text for LaTeX, as ``spelt``; a word that is longer than a line may break anywhere."""
    return "".join(_broken(piece) if len(piece) > _LONG else spelt(piece) for piece in _WORDS.findall(text))


def spelt(text: str) -> str:
    """The letters of a text: each that means something to LaTeX is spelt out, each unknown one replaced, ligatures (``--``) kept apart."""
    whole = _LIGATURE.sub("\\1\u200c", unicodedata.normalize("NFC", text))
    return "".join(_ESCAPES.get(c, c if _known(c) else "?") for c in whole)


def needs_kotex(text: str) -> bool:
    """Whether the text has letters that LaTeX has no fonts for without ``kotex``."""
    return _KOREAN.search(text) is not None


def _broken(word: str) -> str:
    return r"\allowbreak{}".join(spelt(word[i : i + _PIECE]) for i in range(0, len(word), _PIECE))


def _known(char: str) -> bool:
    return _LATIN.match(char) is not None or _KOREAN.match(char) is not None
