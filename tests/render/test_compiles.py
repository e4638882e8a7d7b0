"""Documents compile with whatever TeX is installed, without errors and without lines that are too wide."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

import derivx

ENGINES = ("pdflatex", "xelatex", "lualatex")
DOCUMENTS = [
    ("sigmoid(w*x + b)", "en", {}),
    ("x/(1 + x^2)", "ko", {}),
    ("x^x", "both", {"full": True}),
    ("relu(w*x + b)", "both", {}),
    ("where(x > 0, x^2, -x)", "ko", {}),
    ("exp(-(x - m)^2/(2*s^2))", "both", {}),
]
WIDE = re.compile(r"Overfull \\hbox \((\d+\.\d+)pt")


@pytest.mark.tex
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("typed", "lang", "options"), DOCUMENTS)
def test_a_document_compiles(engine: str, typed: str, lang: str, options: dict[str, bool], tmp_path: Path) -> None:
    text = derivx.explain(typed, check=False).latex(lang, standalone=True, **options)
    (tmp_path / "page.tex").write_text(text, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert not [width for width in WIDE.findall(done.stdout) if float(width) > 10]
    assert "Missing character" not in (tmp_path / "page.log").read_text(encoding="utf-8", errors="replace")
