"""Makes the font subsets in ``derivx/fonts`` again: ``python docs/fonts.py FONT [SOURCE]``, with fonttools installed.

``korean`` is cut from ``NotoSansCJK-Regular.ttc`` of Debian's ``fonts-noto-cjk`` (1:20220127+repack1-1; ``apt-get download`` and
``dpkg-deb -x`` will do): the 2,350 syllables of KS X 1001, ASCII and Latin-1, the signs of a text, and every character of our words.

``maths`` is cut from the one ``.woff2`` of npm's ``@fontsource/stix-two-math`` 5.3.0 (``npm pack``, ``tar xzf``):
what our formulas are made of, with the tables by which fractions and brackets grow; needs brotli too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from derivx.words import TABLES

FONTS = Path(__file__).parents[1] / "derivx" / "fonts"
SIGNS = "–—‘’“”…·•′″→←↑↓⇒⇔√∂∑∏−×÷≤≥≠≈±∞∈①②③④⑤⑥⑦⑧⑨⑩□■○●△▲▽▼◇◆★☆✓「」『』、。ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"

MATHS = "\u00a0·×÷±′″‴…⋯⋮⋱−∂∇√∛∑∏∫∞≤≥≠≈≡←→↦⇒∈∉⊙⊗⊕∘⊤⊥⟨⟩‖∥⌊⌋⌈⌉ˆˉ˜¯‾ℝℒℓℎ∝∼≪≫¬∧∨∀∃∪∩⊂∅½ϵϕϑϖϱϰ\u0302\u0303\u0304\u20d7\u2061\u2062\u2063"
LETTERS = (  # bold and italic; bold, italic, and bold italic Greek; bold digits
    (0x1D400, 0x1D454),
    (0x1D456, 0x1D467),
    (0x1D6A8, 0x1D755),
    (0x1D7CE, 0x1D7D7),
)


def korean(source: Path) -> None:
    """Noto Sans KR, regular, without hints; about 280 KB."""
    from fontTools import subset
    from fontTools.ttLib import TTCollection

    font = next(f for f in TTCollection(source).fonts if f["name"].getDebugName(6) == "NotoSansCJKkr-Regular")
    syllables = "".join(bytes((row, cell)).decode("euc_kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF))
    ascii_and_latin = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))
    words = "".join(text for table in TABLES.values() for text in table.values())
    options = subset.Options(hinting=False, notdef_outline=True, layout_features=["kern", "ccmp", "locl", "mark", "liga"])
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]  # for text from top to bottom
    font.recalcTimestamp = False
    cut = subset.Subsetter(options)
    cut.populate(text=syllables + ascii_and_latin + SIGNS + GREEK + words)
    cut.subset(font)
    font.save(FONTS / "noto-sans-kr.otf")


def maths(source: Path) -> None:
    """STIX Two Math with its MATH table, for pages that stand alone; about 45 KB."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True, layout_features=[], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14])
    cut = subset.Subsetter(options)
    cut.populate(unicodes=letters_of_formulas())
    cut.subset(font)
    subset.save_font(font, str(FONTS / "stix-two-math.woff2"), options)


def letters_of_formulas() -> set[int]:
    """Every character that a formula of ours may be made of."""
    ranges = {code for first, last in LETTERS for code in range(first, last + 1)}
    return {*range(0x20, 0x7F), *map(ord, MATHS + GREEK), *range(0x391, 0x3A2), *range(0x3A3, 0x3CA), *ranges}


RECIPES: dict[str, tuple[Callable[[Path], None], str]] = {
    "korean": (korean, "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    "maths": (maths, "package/files/stix-two-math-latin-400-normal.woff2"),
}

if __name__ == "__main__":
    make, default = RECIPES[sys.argv[1]]
    make(Path(sys.argv[2] if len(sys.argv) > 2 else default))
