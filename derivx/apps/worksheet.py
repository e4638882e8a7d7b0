"""``derivx worksheet``: a sheet begun, built in every format for every student, and checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from derivx.apps.errors import exits, told
from derivx.apps.explain import load_referees, progress
from derivx.apps.worded import Worded, WordedGroup

_BAR = 30  # columns of the bar
_LANG = click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True)
_SHEET = click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_WORKERS = click.option("--workers", type=click.IntRange(0))
_SEED = click.option("--seed", metavar="SEED")
_KINDS = click.option("--kinds", metavar="FILE", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group(cls=WordedGroup)
def worksheet() -> None:
    """Worksheets with keys: begin one, build its variants, check its keys."""


@worksheet.command(cls=Worded)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default="sheet.toml")
@click.option("--topics", metavar="NAMES", default="")
@click.option("--from", "start", metavar="TEXT")
@click.option("--force", is_flag=True)
@_LANG
def new(file: Path, **options: Any) -> None:
    """Begin a sheet: write FILE [default: sheet.toml], a description with comments that builds as it is."""
    with exits("text", "ko" if options["lang"] == "ko" else "en"):
        from derivx.errors import UsageError
        from derivx.worksheet.starter import around, starter

        if file.exists() and not options["force"]:
            raise UsageError("file_exists", name=str(file))
        topics = [topic.strip() for topic in options["topics"].split(",") if topic.strip()]
        text = around(options["start"], options["lang"]) if options["start"] else starter(topics, options["lang"])
        file.write_text(text, encoding="utf-8")
        click.echo(f"derivx worksheet build {file} -o out/")


@worksheet.command(cls=Worded)
@_SHEET
@click.option("--variants", type=click.IntRange(1, 10_000))
@click.option("--students", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_SEED
@click.option("--format", "fmt", metavar="FORMATS", default="latex", show_default=True)
@click.option("--engine", type=click.Choice(["typst", "latex"]), default="typst", show_default=True)
@_KINDS
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True)
@_WORKERS
@_LANG
def build(sheet: Path, **options: Any) -> None:
    """Write every variant of SHEET, a TOML file, and its key, with a manifest."""
    with exits("text", options["lang"]):
        sys.exit(_build(sheet, options))


def _read(path: Path, options: dict[str, Any]) -> Any:
    """The sheet, once the referees and the kinds that it may need are there."""
    from derivx.api.worksheets import read_sheet
    from derivx.worksheet.teacher import load

    load_referees(progress(options["lang"]))
    for file in options["kinds"]:
        load(file)
    return read_sheet(path)


def _warn(sheet: Any, lang: str) -> None:
    """Say which of the teacher's own problems a teacher would rather not set."""
    from derivx.render.sentences import sentence
    from derivx.words import LANGUAGES, say
    from derivx.worksheet.check import degenerate

    for where, faults in degenerate(sheet):
        for one in LANGUAGES if lang == "both" else (lang,):
            click.echo(f"{say('ui.note', one)}: {where}: {', '.join(sentence(fault, one) for fault in faults)}", err=True)


def _build(path: Path, options: dict[str, Any]) -> int:
    from derivx.api.worksheets import takers_of, written
    from derivx.words import LANGUAGES, say
    from derivx.worksheet.build import Plan
    from derivx.worksheet.build import build as made

    lang = options["lang"]
    sheet = _read(path, options)
    _warn(sheet, lang)
    takers = takers_of(sheet, options["variants"], options["students"])
    formats = tuple(dict.fromkeys(f.strip() for f in options["fmt"].split(",") if f.strip()))
    plan = Plan(sheet, formats, seed_of(options["seed"]), options["engine"], tuple(map(str, options["kinds"])))
    found = written(plan, made(plan, takers, options["workers"]), options["output"], len(takers), bar())
    for one in LANGUAGES if lang == "both" else (lang,):
        for error in found.errors:
            click.echo(told(error, one), err=True)
        count, folder = len(found.files) - 1, options["output"]
        click.echo(say("sheet.written", one, files=str(count), folder=str(folder), variants=str(len(takers) - len(found.errors))))
    return int(bool(found.errors))


@worksheet.command(cls=Worded)
@_SHEET
@click.option("--draws", type=click.IntRange(0, 100_000), default=200, show_default=True)
@click.option("--variants", type=click.IntRange(1, 10_000))
@_SEED
@_KINDS
@_LANG
def check(sheet: Path, **options: Any) -> None:
    """Have every key of SHEET, and of many further draws, judged by referees that never saw how it was made."""
    with exits("text", options["lang"]):
        sys.exit(_check(sheet, options))


def _check(path: Path, options: dict[str, Any]) -> int:
    from derivx.api.worksheets import takers_of
    from derivx.words import LANGUAGES
    from derivx.worksheet.check import check as judged

    lang = options["lang"]
    sheet = _read(path, options)
    _warn(sheet, lang)
    found = judged(sheet, takers_of(sheet, options["variants"]), options["draws"], seed_of(options["seed"]), bar())
    for one in LANGUAGES if lang == "both" else (lang,):
        click.echo(_table(found, one))
    return int(any(row.wrong for row in found))


def _table(found: Any, lang: str) -> str:
    """A row for each kind and level: how many keys, how many are wrong, what they say; and below what is wrong with which."""
    from derivx.render.block import columns, pad
    from derivx.render.sentences import sentence
    from derivx.words import say

    rows = [[say(f"sheet.table_{name}", lang) for name in ("place", "kind", "level", "keys", "wrong", "verdict")]]
    notes = list[str]()
    for one in found:
        verdict = "FAIL" if one.wrong else "PASS" if one.keys else "SKIPPED"
        rows.append([one.where, one.kind, str(one.level), str(one.keys), str(one.wrong), say(f"verdict.{verdict}", lang)])
        for judgement in one.bad:
            told_ = "; ".join(sentence(said, lang) for said in (*judgement.wrong, *judgement.faults))
            notes.append(f"{one.where}: {judgement.problem.identity}\n  {told_}")
    wide = [max(columns(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(pad(cell, width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def seed_of(text: str | None) -> int | str | None:
    """``7`` as a number, ``spring`` as a word."""
    return int(text) if text and text.removeprefix("-").isdecimal() else text


def bar() -> Any:
    """How far it is, on a terminal's stderr; elsewhere nothing."""

    def show(done: int, of: int) -> None:
        full = _BAR * done // max(of, 1)
        click.echo(f"\r\033[K[{'#' * full}{'.' * (_BAR - full)}] {done}/{of}", nl=done == of, err=True)

    return show if sys.stderr.isatty() else lambda _done, _of: None
