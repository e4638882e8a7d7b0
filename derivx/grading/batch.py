"""Answers by the million: rows in tasks over workers, lines of results in the order of the rows, the lost ones done again.

A task is a list of rows, its result the lines to write, as bytes: the coordinator reads, sends, and writes.
"""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any, Protocol

from derivx.errors import DerivxError, UsageError
from derivx.grading.question import Question
from derivx.grading.result import GradeResult
from derivx.grading.safe import cell, json_text
from derivx.grading.tables import FAULT, Row
from derivx.words import LANGUAGES, say

TASK = 256
_PATIENCE = 2  # tasks are sent so many times before they are taken apart
COLUMNS = ("row", "key", "id", "word", "status", "verdict", "score", "max_score", "mistakes", "message", "caret")
FAULTY, LOST = "QuestionFault", "Lost"
_KEPT = 256

Task = tuple[int, tuple[Row, ...], str]  # the number of its first row, its rows, the format of the lines

Made = tuple[bytes, int, int]  # lines, how many, and how many of them are for a person to decide


class Backend(Protocol):
    """Where tasks are done."""

    @property
    def size(self) -> int:
        """How many tasks to have in hand."""

    @property
    def lost(self) -> tuple[type[BaseException], ...]:
        """What a future raises when its worker is gone."""

    def submit(self, task: Task) -> Any:
        """A future of the lines."""

    def alone(self, task: Task) -> Made:
        """The lines of a task with nothing beside it."""


def key_of(row: Row) -> str:
    """What a line of results belongs to: the answer and its question, in a few digits."""
    return blake2b(repr(sorted(row.items())).encode("utf-8", "backslashreplace"), digest_size=6).hexdigest()


def lines(task: Task) -> Made:
    """The work: each row graded, a faulty one told as such."""
    first, rows, fmt = task
    results = [_graded(row) for row in rows]
    made = [_line(first + i, row, result, fmt) for i, (row, result) in enumerate(zip(rows, results, strict=True))]
    person = sum(r.status in (FAULTY, LOST) or r.word == "undecided" for r in results)
    return "".join(made).encode("utf-8", "backslashreplace"), len(rows), person


def _graded(row: Row) -> GradeResult:
    """The result of a row; whatever is in it, a result."""
    if FAULT in row:
        return _unread(FAULTY, {lang: say("error.bad_row", lang, found=row[FAULT]) for lang in LANGUAGES})
    given = {k: v for k, v in row.items() if k not in ("id", "answer")}
    try:
        question = _question(pickle.dumps(given))
        if isinstance(question, Question):
            return question.grade(row["answer"])
        return _unread(FAULTY, {lang: question.message(lang) for lang in LANGUAGES})
    except Exception as error:  # noqa: BLE001 - one row never stops the others
        return _unread(FAULTY, {lang: say("error.bad_row", lang, found=repr(error)[:200]) for lang in LANGUAGES})


@lru_cache(maxsize=_KEPT)
def _question(packed: bytes) -> Question | DerivxError:
    """The question of a row, or what is wrong with it."""
    try:
        return Question(**pickle.loads(packed))  # noqa: S301 - packed a few lines above
    except DerivxError as error:
        return error


def _unread(status: str, said: Mapping[str, str]) -> GradeResult:
    """No result: a person has to look at it."""
    return GradeResult(status, "", 0.0, 0.0, (), said)


def _line(number: int, row: Row, result: GradeResult, fmt: str) -> str:
    told: dict[str, Any] = {
        "row": number,
        "key": key_of(row),
        "id": row.get("id", ""),
        "word": result.word,
        "status": result.status,
        "verdict": result.verdict,
        "score": result.score,
        "max_score": result.max_score,
        "mistakes": [{"tag": m.tag, "rule": m.rule, "step": m.step, "hint": m.hint} for m in result.mistakes],
        "message": result.message,
        "caret": result.caret,
    }
    if fmt == "jsonl":
        more = {"evidence": result.evidence, "ms": round(result.ms, 3), "seed": result.seed, "version": result.version}
        return json_text(told | more) + "\n"
    told |= {
        "mistakes": " ".join(m.tag for m in result.mistakes),
        "message": result.message.get(result.lang, ""),
        "caret": result.caret.split("\n")[0],
    }
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([v if isinstance(v, int | float) else cell(str(v)) for v in told.values()])
    return out.getvalue()


def tasks(rows: Iterable[Row], fmt: str, size: int, first: int = 0) -> Iterator[Task]:
    """The rows in tasks of ``size``."""
    rest = iter(rows)
    while part := tuple(islice(rest, size)):
        yield first, part, fmt
        first += len(part)


def run(todo: Iterable[Task], backend: Backend) -> Generator[Made, None, None]:
    """What is made of each task, in order; a task whose worker is lost is done again, at last row by row."""
    waiting: deque[tuple[Task, Any]] = deque()
    coming, tries = iter(todo), 0
    while True:
        for task in islice(coming, max(0, backend.size - len(waiting))):
            waiting.append((task, backend.submit(task)))
        if not waiting:
            return
        task, future = waiting[0]
        try:
            made = future.result()
        except backend.lost:
            tries += 1
            kept = list(waiting)[1:] if tries >= _PATIENCE else list(waiting)
            waiting = deque((t, backend.submit(t) if _failed(f, backend) else f) for t, f in kept)
            if tries < _PATIENCE:
                continue
            made = _apart(task, backend)
        else:
            waiting.popleft()
        tries = 0
        yield made


def _failed(future: Any, backend: Backend) -> bool:
    return bool(future.done() and isinstance(future.exception(), backend.lost))


def _apart(task: Task, backend: Backend) -> Made:
    """A task that loses its worker, in halves, until the row is found that does."""
    first, rows, fmt = task
    try:
        return backend.alone(task)
    except backend.lost:
        if len(rows) == 1:
            said = {lang: say("grade.lost", lang) for lang in LANGUAGES}
            return _line(first, rows[0], _unread(LOST, said), fmt).encode("utf-8", "backslashreplace"), 1, 1
    half = len(rows) // 2
    a, b = _apart((first, rows[:half], fmt), backend), _apart((first + half, rows[half:], fmt), backend)
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def header(fmt: str) -> bytes:
    """What stands before the lines."""
    return (",".join(COLUMNS) + "\n").encode() if fmt == "csv" else b""


def keys(written: Iterable[bytes], fmt: str) -> Iterator[str]:
    """The keys of lines written before. Raises ``UsageError`` for what is no line of results."""
    for line in written:
        try:
            yield json.loads(line)["key"] if fmt == "jsonl" else next(csv.reader([line.decode()]))[1]
        except (ValueError, LookupError, TypeError, StopIteration):
            raise UsageError("not_results", line=line[:60].decode(errors="replace")) from None
