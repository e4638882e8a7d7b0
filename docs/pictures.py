"""Draws the pictures of the pages as SVG: ``python docs/pictures.py``, with the package typst, Chromium, and pdftocairo of poppler-utils.

A sheet and its key as Typst sets them, a page as Chromium prints it; each cut off below what is worth showing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

import derivx
from derivx.worksheet.build import Plan, build
from derivx.worksheet.variants import numbered

PICTURES = Path(__file__).parent / "pictures"
FONTS = Path(derivx.__file__).parent / "fonts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TOP = 30  # of the margin, not shown
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)[a-z]*" height="([\d.]+)[a-z]*"[^>]*>')
_LONG = re.compile(r"-?\d+\.\d{3,}")
_ID = re.compile(r' id="([^"]*)"')
_NAMED = re.compile(r'( id="|href="#|url\(#)([^")]*)(?=["\)])')
_DEFAULT = re.compile(
    r' (?:fill="#000000"|(?:fill|clip)-rule="nonzero"|y="0"|stroke-linecap="butt"|stroke-linejoin="miter"|stroke-miterlimit="4")'
    r'| style="stroke:none;"|(?<=;)fill-opacity:1;'
)


def main() -> None:
    """Every picture."""
    (made,) = build(Plan(derivx.read_sheet(PICTURES / "sheet.toml"), ("typst",)), numbered(1), 0)
    files = dict(made.files)
    for name, height in (("sheet", 612), ("key", 620)):
        with TemporaryDirectory() as empty:
            drawn = typst.compile(files[f"{name}-01.typ"], root=empty, format="svg", font_paths=[FONTS], ignore_system_fonts=True)
        write(name, (drawn if isinstance(drawn, bytes) else drawn[0]).decode(), height)
    sweep = derivx.backprop("z = w*x + b; p = sigmoid(z); L = (p - y)^2", "w,b", at={"w": 0.5, "x": 2, "b": 1, "y": 1})
    write("page", printed(sweep.html()), 690)


def printed(page: str) -> str:
    """The first sheet of paper of a page of HTML."""
    browser = next(filter(None, map(shutil.which, BROWSERS)))
    with TemporaryDirectory() as place:
        html, pdf = Path(place) / "page.html", Path(place) / "page.pdf"
        html.write_text(page, encoding="utf-8")
        run = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={place}/user", "--no-pdf-header-footer"]
        subprocess.run([*run, f"--print-to-pdf={pdf}", html.as_uri()], check=True, capture_output=True, timeout=120)
        run = ["pdftocairo", "-svg", "-f", "1", "-l", "1", str(pdf), "-"]
        return subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout


def write(name: str, svg: str, height: int) -> None:
    """Cut off at a height, on white paper, with short names, and numbers no finer than the eye."""
    found = _SIZE.search(svg)
    assert found is not None
    size = f'width="{float(found[1]):g}" height="{min(float(found[2]), height) - TOP:g}"'
    box = f"0 {TOP} {float(found[1]):g} {min(float(found[2]), height) - TOP:g}"
    drawn = _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), svg[found.end() :])
    ids = {old: f"g{at:x}" for at, old in enumerate(dict.fromkeys(_ID.findall(drawn)))}
    drawn = _NAMED.sub(lambda named: named[1] + ids.get(named[2], named[2]), _DEFAULT.sub("", drawn))
    start = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{box}">'
    (PICTURES / f"{name}.svg").write_text(f'{start}\n<rect y="{TOP}" {size} fill="#fff"/>{drawn.strip()}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
