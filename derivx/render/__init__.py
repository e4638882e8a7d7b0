"""One page, then printers that know no calculus: ``document`` joins a derivation and its checks, ``to_...`` prints it.

Printing needs neither SymPy nor NumPy.
"""

from __future__ import annotations

from derivx.expr import Expr
from derivx.render.board import Board, flat, rows
from derivx.render.document import Document, document
from derivx.render.json import error_dict, step_dict, to_dict
from derivx.render.latex import to_latex
from derivx.render.markdown import to_markdown
from derivx.render.sentences import words_of
from derivx.render.tex import tex
from derivx.render.text import to_text
from derivx.render.typeset import style_of, typeset

__all__ = [
    "Document",
    "document",
    "error_dict",
    "formula_latex",
    "formula_lines",
    "formula_text",
    "mimebundle",
    "step_dict",
    "to_dict",
    "to_latex",
    "to_markdown",
    "to_text",
    "words_of",
]


def formula_text(expr: Expr, *, ascii: bool = False) -> str:  # noqa: A002
    """An expression on one line, as on a board: ``x s (1 − s)``."""
    return flat(typeset(expr, style_of(expr)), Board(ascii))


def formula_lines(expr: Expr, width: int = 80, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """An expression in two dimensions, in lines of at most ``width`` columns."""
    return [text.rstrip() for block in rows(typeset(expr, style_of(expr)), width, Board(ascii)) for text in block.lines]


def formula_latex(expr: Expr) -> str:
    """An expression as LaTeX mathematics, without dollar signs."""
    return tex(typeset(expr, style_of(expr)))


def mimebundle(page: Document) -> dict[str, str]:
    """What a notebook shows, for ``_repr_mimebundle_``."""
    return {"text/plain": to_text(page), "text/markdown": to_markdown(page), "text/latex": to_latex(page)}
