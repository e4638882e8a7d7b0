"""``derivx grade-batch``: a file of answers, graded by many workers."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import click

from derivx.apps.errors import exits
from derivx.apps.grade import quick
from derivx.apps.question import question_options, stated
from derivx.apps.worded import Worded


@click.command(cls=Worded)
@click.argument("answers", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@question_options
@click.option("--workers", type=click.IntRange(0))
@click.option("--dask", metavar="ADDRESS", default="")
@click.option("--size", type=click.IntRange(1))
@click.option("--fresh", is_flag=True)
@click.option("--encoding", default="utf-8-sig")
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en")
@click.option("--progress/--no-progress", default=None)
def grade_batch(answers: Path, **options: Any) -> None:
    """Grade the rows of ANSWERS (.csv, .jsonl, .parquet), in their order."""
    quick()
    with exits("text", options["lang"]):
        sys.exit(_grade_all(answers, options))


def _grade_all(answers: Path, options: dict[str, Any]) -> int:
    from derivx.errors import UsageError
    from derivx.grading import batch, tables, workers

    output: Path = options["output"]
    fmt = output.suffix.lower().lstrip(".")
    if fmt not in ("jsonl", "csv"):
        raise UsageError("bad_option", option="--output", value=output.name)
    common = stated(options) | {"lang": options["lang"]}
    rows: Iterator[Any] = ({**common, **row} for row in tables.rows(answers, options["encoding"]))
    first = next(rows, None)  # a file that cannot be read is said before anything is started
    rows = chain([] if first is None else [first], rows)
    done = 0 if options["fresh"] else _resumed(output, rows, fmt)
    size = options["size"] or (1000 if options["dask"] else batch.TASK)
    count = _processors() if options["workers"] is None else options["workers"]
    with output.open("ab" if done else "wb") as out, workers.backend(count, options["dask"]) as backend:
        if not done:
            out.write(batch.header(fmt))
        todo = batch.tasks(rows, fmt, size, done)
        with closing(batch.run(todo, backend)) as made:
            return _written(out, made, done, _teller(options))


def _processors() -> int:
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _resumed(output: Path, rows: Iterator[Any], fmt: str) -> int:
    """How many rows are done; those are taken from ``rows``, and half a line at the end from the file."""
    from derivx.errors import UsageError
    from derivx.grading import batch

    if not output.exists():
        return 0
    done, end = 0, 0
    with output.open("r+b") as file:
        if fmt == "csv":
            end = len(file.readline())
        whole = (line for line in file if line.endswith(b"\n"))
        for line, key in _keyed(whole, fmt):
            row = next(rows, None)
            if row is None or batch.key_of(row) != key:
                raise UsageError("other_results", name=output.name)
            done, end = done + 1, end + len(line)
        file.truncate(end if done else 0)
    return done


def _keyed(whole: Iterator[bytes], fmt: str) -> Iterator[tuple[bytes, str]]:
    from derivx.grading import batch

    for line in whole:
        yield line, next(batch.keys([line], fmt))


def _written(out: BinaryIO, made: Iterator[Any], done: int, tell: Any) -> int:
    """Write the lines as they come; 1 where a person is needed."""
    start, before, persons = time.monotonic(), done, 0
    for text, count, person in made:
        out.write(text)
        out.flush()
        done, persons = done + count, persons + person
        tell(done, (done - before) / max(time.monotonic() - start, 1e-9))
    tell(done, (done - before) / max(time.monotonic() - start, 1e-9), end=True)
    return int(persons > 0)


def _teller(options: dict[str, Any]) -> Any:
    from derivx.words import say

    lang = "ko" if options["lang"] == "ko" else "en"
    wanted = sys.stderr.isatty() if options["progress"] is None else options["progress"]
    last = 0.0

    def tell(done: int, speed: float, end: bool = False) -> None:
        nonlocal last
        if not wanted or (time.monotonic() - last < 0.5 and not end):
            return
        last = time.monotonic()
        line = say("grade.progress", lang, rows=f"{done:,}", speed=f"{speed:,.0f}")
        click.echo(f"\r\033[K{line}" if sys.stderr.isatty() else line, nl=end or not sys.stderr.isatty(), err=True)

    return tell
