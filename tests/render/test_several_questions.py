"""Several derivations on one page: every line stands under its own question."""

from __future__ import annotations

from dataclasses import replace

import pytest

import derivx
from derivx.render import to_latex, to_markdown
from derivx.render.document import Document
from derivx.render.typst import to_typst


@pytest.mark.parametrize("printed", [to_latex, to_markdown, to_typst])
def test_lines_stand_under_their_own_question(printed) -> None:  # type: ignore[no-untyped-def]
    pages = [derivx.explain("sin(x^2)*y", wrt=w, check=False).page() for w in ("x", "y")]
    both = replace(pages[0], parts=(*pages[0].parts, *pages[1].parts))
    assert isinstance(both, Document)
    alone = [printed(page) for page in pages]
    for reason in ("chain rule", "constant multiple rule", "derivative of the variable"):
        assert printed(both).count(reason) == sum(text.count(reason) for text in alone)
