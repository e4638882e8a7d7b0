"""The pictures of the documentation: each is shown somewhere, is text, small, and draws nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)]*)\)")
TAGS = {"svg", "g", "defs", "symbol", "use", "path", "rect", "clipPath"}


def shown(page: Path) -> dict[Path, str]:
    """The pictures in a page, with their words."""
    return {(page.parent / link).resolve(): words for words, link in SHOWN.findall(page.read_text(encoding="utf-8"))}


def test_every_picture_is_shown_and_every_one_shown_is_there() -> None:
    found = {page: shown(page) for page in PAGES}
    assert len(PICTURES) >= 3
    assert {path for paths in found.values() for path in paths} == set(PICTURES)
    assert all(len(words) > 30 for paths in found.values() for words in paths.values())  # for who does not see it
    assert found[ROOT / "README.md"]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_small_text_that_needs_nothing_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 200_000
    tree = ET.fromstring(text)
    assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= TAGS
    names = {element.get("id") for element in tree.iter()}
    links = [value for element in tree.iter() for key, value in element.attrib.items() if key.rpartition("}")[2] in ("href", "src")]
    inner = [*links, *re.findall(r"url\(([^)]*)\)", text)]
    assert links
    assert all(link[0] == "#" and link[1:] in names for link in inner)
    assert not any(key.startswith("on") for element in tree.iter() for key in element.attrib)
