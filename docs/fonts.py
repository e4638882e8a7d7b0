"""Makes the font subsets in ``derivx/fonts`` again: ``python docs/fonts.py FONT [SOURCE]``, with fonttools installed.

``korean`` is cut from ``NotoSansCJK-Regular.ttc`` of Debian's ``fonts-noto-cjk`` (1:20220127+repack1-1; ``apt-get download`` and
``dpkg-deb -x`` will do): the 2,350 syllables of KS X 1001, ASCII and Latin-1, the signs of a text, and every character of our words.

``maths`` is cut from the one ``.woff2`` of npm's ``@fontsource/stix-two-math`` 5.3.0 (``npm pack``, ``tar xzf``):
what our formulas are made of, with the table by which fractions and brackets grow, and in files of their own the bold letters of arrays,
which most pages do without; needs brotli too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from derivx.render.webpage import BOLD
from derivx.words import TABLES

FONTS = Path(__file__).parents[1] / "derivx" / "fonts"
SIGNS = "–—‘’“”…·•′″→←↑↓⇒⇔√∂∑∏−×÷≤≥≠≈±∞∈①②③④⑤⑥⑦⑧⑨⑩□■○●△▲▽▼◇◆★☆✓「」『』、。ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
GREEK = "αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ"

MATHS = "\u00a0·×÷±′″‴…⋯⋮⋱−¯∂∇√∑∏∞≤≥≠≈←→∈⊙⊗⊤⟨⟩‖⌊⌋⌈⌉ℎ\u2061\u2062\u2063"
ASCII = set(range(0x20, 0x7F)) - set(map(ord, "\"#$%&'@\\`}"))  # no formula has these
LEANING = ((0x1D434, 0x1D454), (0x1D456, 0x1D467), (0x1D6FC, 0x1D71B))  # Latin, small Greek
SIZES = (0, 1, 2, 3, 5, 7, 9, 12)  # of the thirteen of a bracket; a taller one is made of pieces


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
    """STIX Two Math with its MATH table, for pages that stand alone, about 20 KB, and its bold letters, about 5 KB each."""
    _cut_maths(source, letters_of_formulas(), "stix-two-math.woff2")
    for face, letters in BOLD.items():
        _cut_maths(source, _all(letters), f"stix-two-math-{face}.woff2")


def _cut_maths(source: Path, letters: set[int], name: str) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = TTFont(source, recalcTimestamp=False)
    if letters & set(map(ord, "()")):
        maths = font["MATH"].table
        maths.MathGlyphInfo.MathKernInfo = None  # no browser looks at it
        for grows in maths.MathVariants.VertGlyphConstruction:
            sizes = grows.MathGlyphVariantRecord
            grows.MathGlyphVariantRecord = [sizes[at] for at in SIZES] if len(sizes) > max(SIZES) else sizes
    else:
        del font["MATH"]
    options = subset.Options(flavor="woff2", hinting=False, layout_features=[], name_IDs=[0, 1, 2, 4, 6, 13, 14])
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "gasp"]
    cut = subset.Subsetter(options)
    cut.populate(unicodes=letters)
    cut.subset(font)
    subset.save_font(font, str(FONTS / name), options)


def letters_of_formulas() -> set[int]:
    """Every character that a formula of ours is made of, but for the bold ones: letters that stand alone lean."""
    return {*ASCII, *map(ord, MATHS), *(ord(letter) for letter in GREEK if letter.isupper()), *_all(LEANING)}


def _all(ranges: Iterable[tuple[int, int]]) -> set[int]:
    return {code for first, last in ranges for code in range(first, last + 1)}


RECIPES: dict[str, tuple[Callable[[Path], None], str]] = {
    "korean": (korean, "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    "maths": (maths, "package/files/stix-two-math-latin-400-normal.woff2"),
}

if __name__ == "__main__":
    make, default = RECIPES[sys.argv[1]]
    make(Path(sys.argv[2] if len(sys.argv) > 2 else default))
