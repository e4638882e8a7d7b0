"""One page, then printers that know no calculus: ``document`` joins a derivation and its checks, ``to_...`` prints it.

Printing needs neither SymPy nor NumPy, and a printer is loaded when it is first used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivx.errors import DerivxError
from derivx.expr import Expr
from derivx.render.board import Board, flat, rows
from derivx.render.document import Document, document
from derivx.render.sentences import Said, Sentence, words_of
from derivx.render.typeset import style_of, typeset

__all__ = [
    "Document",
    "document",
    "error_dict",
    "formula_latex",
    "formula_lines",
    "formula_text",
    "html_fragment",
    "mimebundle",
    "text_bundle",
    "to_dict",
    "to_html",
    "to_latex",
    "to_markdown",
    "to_pdf",
    "to_speech",
    "to_text",
    "to_typst",
    "words_of",
]


def to_text(page: Document, **options: Any) -> str:
    """The page for a terminal; options as ``derivx.render.text.to_text``."""
    from derivx.render import text

    return text.to_text(page, **options)


def to_latex(page: Document | Sequence[Document], *, standalone: bool = False) -> str:
    """The page, or several, as LaTeX: a fragment, or a document that compiles."""
    from derivx.render import latex

    return latex.to_latex(page, standalone=standalone)


def to_typst(page: Document | Sequence[Document]) -> str:
    """The page, or several, as a Typst document that compiles."""
    from derivx.render import typst

    return typst.to_typst(page)


def to_pdf(page: Document | Sequence[Document], engine: str = "typst") -> bytes:
    """The page, or several, as PDF/UA-1 by the package ``typst``; or as PDF by the TeX that is installed, for the engine ``latex``."""
    from derivx.render import pdf

    return pdf.typst_pdf(to_typst(page)) if engine == "typst" else pdf.latex_pdf(to_latex(page, standalone=True))


def to_html(page: Document | Sequence[Document], title: Sentence | None = None) -> str:
    """The page, or several, as one file of HTML that needs nothing else; ``title`` stands above what has none."""
    from derivx.render import webpage

    return webpage.to_html([page] if isinstance(page, Document) else page, title or Said("ui.page_derivation"))


def html_fragment(page: Document | Sequence[Document]) -> str:
    """The page, or several, as a piece of HTML for a notebook."""
    from derivx.render import webpage

    return webpage.fragment([page] if isinstance(page, Document) else page)


def to_markdown(page: Document) -> str:
    """The page as Markdown with mathematics between dollars."""
    from derivx.render import markdown

    return markdown.to_markdown(page)


def to_speech(page: Document) -> str:
    """The page as it is read aloud."""
    from derivx.render import aloud

    return aloud.to_speech(page)


def to_dict(*args: Any) -> dict[str, Any]:
    """A derivation as plain data; arguments as ``derivx.render.json.to_dict``."""
    from derivx.render import json

    return json.to_dict(*args)


def error_dict(error: DerivxError, lang: str = "en") -> dict[str, Any]:
    """An error as plain data."""
    from derivx.render import json

    return json.error_dict(error, lang)


def formula_text(expr: Expr, *, ascii: bool = False) -> str:  # noqa: A002
    """An expression on one line, as on a board: ``x s (1 − s)``."""
    return flat(typeset(expr, style_of(expr)), Board(ascii))


def formula_lines(expr: Expr, width: int = 80, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """An expression in two dimensions, in lines of at most ``width`` columns."""
    return [text.rstrip() for block in rows(typeset(expr, style_of(expr)), width, Board(ascii)) for text in block.lines]


def formula_latex(expr: Expr) -> str:
    """An expression as LaTeX mathematics, without dollar signs."""
    from derivx.render.tex import tex

    return tex(typeset(expr, style_of(expr)))


def text_bundle(text: str) -> dict[str, str]:
    """What a notebook shows of a result in words: the text as it stands, in which nothing is markup."""
    from derivx.render.markdown_sheet import fenced

    return {"text/plain": text, "text/markdown": fenced(text)}


def mimebundle(page: Document) -> dict[str, str]:
    """What a notebook shows, for ``_repr_mimebundle_``."""
    shown = {"text/plain": to_text(page), "text/html": html_fragment(page)}
    return {**shown, "text/markdown": to_markdown(page), "text/latex": to_latex(page)}
