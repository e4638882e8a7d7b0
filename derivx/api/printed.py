"""What everything with a page has: its printers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, cast

from derivx.render import to_speech
from derivx.render.document import Document


class HasPage(Protocol):
    """What can be printed."""

    def page(self, lang: str = "en", **options: Any) -> Document:
        """The page that the printers print."""


class Printed:
    """One page, every printer."""

    __slots__ = ()

    def speech(self, lang: str = "en", **options: Any) -> str:
        """The page as it is read aloud, line by line."""
        return to_speech(cast("HasPage", self).page(lang, **options))


class PrintedAll:
    """Several pages, one after the other."""

    __slots__ = ()

    def speech(self, lang: str = "en", **options: Any) -> str:
        """All of them as they are read aloud."""
        return "\n".join(to_speech(one.page(lang, **options)) for one in cast("Iterable[HasPage]", self))
