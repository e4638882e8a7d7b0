"""The structures of the systems' files, and HTML as a browser reads it."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from lxml import etree

DATA = Path(__file__).parents[2] / "data"
TAGS = {
    "p": {"lang", "xml:lang"}, "em": set(), "strong": set(), "small": set(), "span": set(), "code": set(), "br": set(), "hr": set(), "pre": set(),
    "h1": set(), "h2": set(), "h4": set(), "h5": set(), "ol": {"type"}, "li": set(), "table": set(), "thead": set(), "tbody": set(), "tr": set(), "td": set(),
    "th": set(), "img": {"alt", "src"},
}  # fmt: skip


@cache
def schema(name: str) -> Any:
    tree = etree.parse(DATA / name)
    return etree.RelaxNG(tree) if name.endswith(".rng") else etree.XMLSchema(tree)


def valid(xml: bytes, name: str) -> Any:
    """The tree of a file that fits its structure; nothing outside it is read."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    found = schema(name)
    assert found.validate(root), found.error_log
    return root


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


class Seen(HTMLParser):
    """The tags of a fragment, with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.texts += ["\n"] if tag == "br" else []
        self.open += [tag] if tag not in ("br", "hr", "img") else []

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "hr", "img"):
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def harmless(html: str) -> str:
    """The text of a fragment in which nothing can act."""
    seen = Seen(html)
    for tag, attributes in seen.tags:
        assert set(attributes) <= TAGS[tag], (tag, attributes)
        if tag == "img":
            assert str(attributes["src"]).startswith("data:image/svg+xml;base64,")
    return seen.text
