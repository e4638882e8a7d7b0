"""Typst and LaTeX sources to PDF: in process with the package ``typst``, or with a TeX that is installed.

Neither engine can read anything but its own fonts, or write anything but the PDF. The same source gives the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from derivx.errors import LimitError, NotSupported, RendererMissing

ENGINES = ("typst", "latex")
_TEX = ("pdflatex", "xelatex", "lualatex")
_SECONDS = 60
_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')
_MISSING = re.compile(r"Missing character: There is no (\S+)")
_UNKNOWN = re.compile(r"Unicode character (\S+)")
_NO_FILE = re.compile(r"File `([\w.-]+)' not found")


def typst_pdf(source: str) -> bytes:
    """A Typst source as PDF/UA-1, ready for a screen reader.

    Raises ``RendererMissing`` without the package, ``NotSupported`` where no font has a character of the source.
    """
    compiler = _compiler()
    from typst import TypstError

    try:
        with TemporaryDirectory(prefix="derivx") as empty:
            pdf, warnings = compiler.compile_with_warnings(source.encode(), root=empty, format="pdf", pdf_standards=["ua-1"], timestamp=0)
    except TypstError as error:
        _refuse(dict.fromkeys(_GLYPH.findall(error.diagnostic)), str(error))
    _refuse({}, *(str(w) for w in warnings))
    return bytes(pdf)


@cache
def _compiler() -> Any:
    """The compiler with our fonts, kept: what one sheet has laid out is ready for the next."""
    try:
        import typst
    except ImportError:
        raise RendererMissing("no_typst") from None
    with as_file(files("derivx") / "fonts") as ours:
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[ours])
        return typst.Compiler(font_paths=fonts, ignore_system_fonts=True)


def _refuse(characters: dict[str, None], *reasons: str) -> None:
    if characters:
        raise NotSupported("no_glyph", characters=" ".join(characters))
    if reasons:
        raise NotSupported("not_compiled", reason=reasons[0])


def latex_pdf(source: str, engine: str = "") -> bytes:
    """A LaTeX source as PDF with the TeX that is installed: the ``engine`` named, or the first found.

    Raises ``RendererMissing`` without a TeX or one of its packages, ``LimitError`` where it takes too long.
    """
    program = next((found for name in ([engine] if engine else _TEX) if (found := shutil.which(name))), None)
    if program is None:
        raise RendererMissing("no_tex", engines=", ".join(_TEX))
    with TemporaryDirectory(prefix="derivx") as place:
        page = Path(place) / "page.tex"
        page.write_text(source, encoding="utf-8")
        for _ in range(2):  # columns of long tables are known in the second pass
            _run(program, page)
        return page.with_suffix(".pdf").read_bytes()


def _run(program: str, page: Path) -> None:
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", page.name]
    safe = {"openin_any": "p", "openout_any": "p", "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "1000"}
    try:
        done = subprocess.run(  # noqa: S603 -- the program is one of three names, found on the path
            command,
            cwd=page.parent,
            env={**os.environ, **safe},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LimitError("tex_too_long", seconds=str(_SECONDS)) from None
    log = done.stdout.decode("utf-8", "replace")
    if package := _NO_FILE.search(log):
        raise RendererMissing("no_tex_package", package=package[1])
    if missing := dict.fromkeys(_MISSING.findall(log) + _UNKNOWN.findall(log)):
        _refuse(missing)
    if done.returncode != 0:
        _refuse({}, next((row for row in log.splitlines() if row.startswith("!")), "TeX"))
