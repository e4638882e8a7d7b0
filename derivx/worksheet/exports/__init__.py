"""Sheets for other systems: one file a system, one row here. Each makes files by name; nothing is written by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from derivx.errors import UsageError
from derivx.worksheet.exports.cards import anki, spreadsheet
from derivx.worksheet.exports.gradescope import gradescope
from derivx.worksheet.exports.moodle import moodle
from derivx.worksheet.exports.nbgrader import nbgrader
from derivx.worksheet.exports.pack import Pack
from derivx.worksheet.exports.prairielearn import prairielearn
from derivx.worksheet.exports.qti import qti

__all__ = ["EXPORTS", "Export", "Pack", "exported"]


@dataclass(frozen=True, slots=True)
class Export:
    """A system: the name of the format, what it is called, the files of all variants together."""

    name: str
    title: str
    files: Callable[[Pack], dict[str, bytes]]


EXPORTS: Mapping[str, Export] = {
    row.name: row
    for row in (
        Export("moodle", "Moodle XML with STACK", moodle),
        Export("qti", "QTI 2.1", qti),
        Export("nbgrader", "nbgrader", nbgrader),
        Export("prairielearn", "PrairieLearn", prairielearn),
        Export("gradescope", "Gradescope", gradescope),
        Export("anki", "Anki", anki),
        Export("csv", "CSV", spreadsheet),
    )
}


def exported(pack: Pack, name: str) -> dict[str, bytes]:
    """The files of a format by their paths. Raises ``UsageError`` for a format that there is not."""
    if name not in EXPORTS:
        raise UsageError("bad_option", option="format", value=name)
    return EXPORTS[name].files(pack)
