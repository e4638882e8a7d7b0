"""What everything with a page has: its printers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Protocol, cast

from derivx.errors import UsageError
from derivx.render import html_fragment, mimebundle, to_html, to_latex, to_markdown, to_pdf, to_speech, to_text, to_typst
from derivx.render.document import Document
from derivx.render.sentences import Said


class HasPage(Protocol):
    """What can be printed."""

    def page(self, lang: str = "en", **options: Any) -> Document:
        """The page that the printers print."""


class Sheets:
    """What is printed on sheets of paper and shown by a browser, whether it is one page or several."""

    __slots__ = ()
    titled: ClassVar[Said] = Said("ui.page_derivation")  # what stands above a page of HTML

    def pages(self, lang: str = "en", **options: Any) -> Sequence[Document]:
        """The pages, with their drawings."""
        raise NotImplementedError

    def html(self, lang: str = "en", **options: Any) -> str:
        """All of it as one file of HTML that needs nothing else; its steps can be shown one by one."""
        return to_html(self.pages(lang, **options), self.titled)

    def typst(self, lang: str = "en", **options: Any) -> str:
        """All of it as a Typst document that compiles."""
        return to_typst(self.pages(lang, **options))

    def pdf(self, lang: str = "en", *, engine: str = "typst", **options: Any) -> bytes:
        """All of it as PDF/UA-1, by the package ``typst``; or by the ``engine`` ``latex``, with the TeX that is installed.

        Raises ``RendererMissing`` where that is not installed.
        """
        if engine not in ("typst", "latex"):
            raise UsageError("bad_option", option="engine", value=engine)
        return to_pdf(self.pages(lang, **options), engine)


class Printed(Sheets):
    """One page, every printer."""

    __slots__ = ()

    def pages(self, lang: str = "en", **options: Any) -> Sequence[Document]:
        """The page alone."""
        return [cast("HasPage", self).page(lang, **options)]

    def speech(self, lang: str = "en", **options: Any) -> str:
        """The page as it is read aloud, line by line."""
        return to_speech(cast("HasPage", self).page(lang, **options))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {**mimebundle(cast("HasPage", self).page()), "text/html": html_fragment(self.pages())}


class PrintedAll(Sheets):
    """Several pages, one after the other."""

    __slots__ = ()

    def pages(self, lang: str = "en", **options: Any) -> Sequence[Document]:
        """All the pages."""
        return [one.page(lang, **options) for one in cast("Iterable[HasPage]", self)]

    def speech(self, lang: str = "en", **options: Any) -> str:
        """All of them as they are read aloud."""
        return "\n".join(to_speech(one.page(lang, **options)) for one in cast("Iterable[HasPage]", self))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        pages = [one.page() for one in cast("Iterable[HasPage]", self)]
        text, marked = ("\n\n".join(map(printed, pages)) for printed in (to_text, to_markdown))
        return {"text/plain": text, "text/html": html_fragment(pages), "text/markdown": marked, "text/latex": to_latex(pages)}
