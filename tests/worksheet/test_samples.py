"""The sample sheets of the documentation: they build in every format, compile, and their keys are right."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from derivx.api.worksheets import draw_worksheet, read_sheet
from derivx.worksheet.build import FORMATS, Plan, build
from derivx.worksheet.check import check
from derivx.worksheet.sheet import Sheet
from derivx.worksheet.variants import numbered
from tests.conftest import share

SHEETS = {path.stem: path for path in sorted((Path(__file__).parents[2] / "docs" / "worksheets").glob("*.toml"))}
WITHOUT_EXTRAS = tuple(name for name in FORMATS if name != "pdf")


def sheet(name: str) -> Sheet:
    return read_sheet(SHEETS[name])


def printed(name: str, *formats: str) -> dict[str, bytes]:
    """The files of the first variant."""
    (made,) = build(Plan(sheet(name), formats), numbered(1), 0)
    assert made.error is None
    return dict(made.files)


def test_there_are_five() -> None:
    assert len(SHEETS) >= 5
    assert {sheet(name).langs for name in SHEETS} == {("en",), ("ko",), ("en", "ko")}


@pytest.mark.parametrize("name", SHEETS)
def test_every_format(name: str) -> None:
    files = printed(name, *WITHOUT_EXTRAS)
    assert len(files) == 2 * len(WITHOUT_EXTRAS)
    assert all(len(data) > 800 for data in files.values())
    for file, data in files.items():
        assert "�" not in data.decode(), file


@pytest.mark.parametrize("name", SHEETS)
def test_every_key_is_right(name: str) -> None:
    for row in check(sheet(name), numbered(2), share(200)):
        assert row.keys
        assert not row.wrong, (row.where, row.bad)


@pytest.mark.parametrize("name", SHEETS)
def test_variants_differ(name: str) -> None:
    found = [variant.identities for variant in draw_worksheet(sheet(name), 4)]
    assert len(set(found)) == 4


def test_a_sheet_says_nothing_of_its_key() -> None:
    for name in SHEETS:
        text = printed(name, "text")["sheet-01.txt"].decode()
        assert "✓" not in text
        assert "●" not in text


@pytest.mark.pdf
@pytest.mark.parametrize("name", SHEETS)
def test_as_pdf(name: str) -> None:
    import pypdf

    for file, data in printed(name, "pdf").items():
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        assert "\ufffd" not in text, file
        assert len(text) > 300, file
