"""From a sheet to files: every variant and its key in every format asked for, on all processors, and what was made of what.

The same sheet, takers and seed give the same bytes, whatever the number of processes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from derivx.errors import DerivxError, UsageError
from derivx.grading.workers import Processes, WorkerLost
from derivx.render import to_html, to_latex, to_markdown, to_pdf, to_text, to_typst
from derivx.render.document import Document
from derivx.version import VERSION
from derivx.worksheet.exports import EXPORTS, Pack, exported
from derivx.worksheet.pages import key_pages, sheet_pages
from derivx.worksheet.sheet import Sheet, Taker, Variant
from derivx.worksheet.teacher import load
from derivx.worksheet.variants import drawn

_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Format:
    """What a page is printed as: the ending of its file, and its printer, which is given the pages and the engine asked for."""

    suffix: str
    printed: Callable[[Sequence[Document], str], bytes]


FORMATS: dict[str, Format] = {
    "latex": Format(".tex", lambda pages, _: to_latex(pages, standalone=True).encode()),
    "markdown": Format(".md", lambda pages, _: "\n".join(map(to_markdown, pages)).encode()),
    "html": Format(".html", lambda pages, _: to_html(pages).encode()),
    "typst": Format(".typ", lambda pages, _: to_typst(pages).encode()),
    "pdf": Format(".pdf", to_pdf),
    "text": Format(".txt", lambda pages, _: "\n".join(map(to_text, pages)).encode()),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made: of which sheet, with which seed, in which formats, with a teacher's files of ``kinds``.

    It travels to every process.
    """

    sheet: Sheet
    formats: tuple[str, ...] = ("latex",)
    seed: int | str | None = None
    engine: str = "typst"
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """The files of one taker by name, and what was drawn; or the error that stands in the way."""

    taker: Taker
    files: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[tuple[str, int, str], ...] = ()
    error: DerivxError | None = None


def build(plan: Plan, takers: Sequence[Taker], workers: int | None = None) -> Iterator[Made]:
    """What is made for each taker, in their order. ``workers``: processes, 0 for this one; one a processor, if not said."""
    for name in plan.formats:
        if name not in FORMATS and name not in EXPORTS:
            raise UsageError("bad_option", option="format", value=name)
    tasks = list(zip([plan] * len(takers), takers, stems(takers), strict=True))
    count = min(len(tasks), os.cpu_count() or 1) if workers is None else workers
    if count < 2:
        yield from map(made, tasks)
        return
    with Processes(count, made, ["derivx.worksheet.build"]) as processes:
        waiting: deque[tuple[Any, Any]] = deque()
        coming = iter(tasks)
        while True:
            waiting.extend((task, processes.submit(task)) for task in islice(coming, max(0, processes.size - len(waiting))))
            if not waiting:
                return
            yield _kept(*waiting.popleft(), processes)


def together(plan: Plan, takers: Sequence[Taker]) -> dict[str, bytes]:
    """The files of the formats that are made of all variants at once, for other systems; drawn again, which costs little."""
    wanted = [name for name in plan.formats if name not in FORMATS]
    if not wanted or not takers:
        return {}
    seed = plan.sheet.seed if plan.seed is None else plan.seed
    pack = Pack(tuple(drawn(plan.sheet, taker, plan.seed) for taker in takers), str(seed))
    return {path: data for name in wanted for path, data in exported(pack, name).items()}


def _kept(task: tuple[Plan, Taker, str], future: Any, processes: Processes) -> Made:
    """What a process made; where it was lost, another one tries once more."""
    try:
        try:
            found: Made = future.result()
        except WorkerLost:
            found = processes.alone(task)
    except WorkerLost:
        return Made(task[1], error=UsageError("sheet_lost", id=task[1].id))
    return found


def made(task: tuple[Plan, Taker, str]) -> Made:
    """The files of a taker; an error is told, not raised."""
    plan, taker, stem = task
    try:
        for path in plan.kinds:
            load(path)
        variant = drawn(plan.sheet, taker, plan.seed)
        files = {}
        for what, pages in (("sheet", sheet_pages(variant)), ("key", key_pages(variant))):
            for name in filter(FORMATS.__contains__, plan.formats):
                files[f"{what}-{stem}{FORMATS[name].suffix}"] = FORMATS[name].printed(pages, plan.engine)
    except DerivxError as error:
        return Made(taker, error=error)
    except Exception as error:  # noqa: BLE001 - the other variants are made, and this one is told
        return Made(taker, error=UsageError("sheet_failed", id=taker.id, reason=f"{type(error).__name__}: {error}"))
    return Made(taker, files, _problems(variant))


def _problems(variant: Variant) -> tuple[tuple[str, int, str], ...]:
    return tuple((item.problem.kind, item.problem.level, item.problem.identity) for item in variant.items)


def stems(takers: Sequence[Taker]) -> list[str]:
    """The names of the files of each taker: what is in the id, without what no file should be called by; no two are the same."""
    found, taken = list[str](), set[str]()
    for taker in takers:
        plain = _UNSAFE.sub("_", taker.id).strip(".")[:80] or "_"
        stem = next(s for s in (plain, *(f"{plain}-{n}" for n in range(2, len(takers) + 2))) if s.casefold() not in taken)
        taken.add(stem.casefold())
        found.append(stem)
    return found


def manifest(plan: Plan, all_made: Sequence[Made], shared: Mapping[str, bytes]) -> bytes:
    """What was made of what: version, hash of the sheet, seed; for each taker the problems and the hash of each file, then those of all."""
    rows = []
    for one in all_made:
        row: dict[str, Any] = {"id": one.taker.id}
        if one.error is not None:
            row["error"] = one.error.message("en")
        else:
            row["problems"] = [{"kind": kind, "level": level} for kind, level, _ in one.problems]
            row["files"] = _hashes(one.files)
        rows.append(row)
    out = {
        "schema": "derivx/worksheet/1",
        "derivx": VERSION,
        "sheet": {"name": plan.sheet.name, "sha256": hashlib.sha256(plan.sheet.text.encode()).hexdigest()},
        "seed": plan.sheet.seed if plan.seed is None else plan.seed,
        "formats": list(plan.formats),
        "variants": rows,
        **({"files": _hashes(shared)} if shared else {}),
    }
    return (json.dumps(out, ensure_ascii=False, indent=1) + "\n").encode()


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
