"""Every hostile input of a case file, each in a child process of its own: a row per input, and the figures of the whole.

python benchmarks/hostile.py FILE.json --jsonl OUT

Reads only ``id``, ``channel``, ``input`` and ``parts`` (pieces and how often each is repeated). A row is
``{"id", "status", "ms", "rss_mb"}``: what became of the input, the CPU time in ms, the growth of the memory in MB. The children are forked
from one process that has loaded the grader and graded some answers; they work in an empty folder; what they leave or print is told.

What an input is depends on its channel: ``expr`` and ``latex`` are answers to D(x^2, x), where y and each single letter that stands alone
are names too; a ``name`` is that of a question, and must not act in any output; a ``filename`` is that of a file of answers; a ``config``
is a row of such a file.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import selectors
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process with threads should not be forked

from derivx.errors import DerivxError
from derivx.grading import GradeResult, Question, batch, tables

SECONDS = 20.0
MOST_MB, MOST_MS, MOST_REFUSAL_MS = 50, 250, 50
_ALONE = re.compile(r"(?<![\w\\])[A-Za-z](?!\w)")
_ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069<>]")
Row = dict[str, Any]


def _expr(text: str) -> str:
    names = {"x", "y", *_ALONE.findall(text)}
    return _said(Question("x^2", "x", variables=sorted(names)).grade(text))


def _said(result: GradeResult) -> str:
    return result.status if result.word == "refused" else f"graded {result.word}"


def _name(text: str) -> str:
    """``Escaped`` or ``Literal``; an error where something of it would act."""
    result, data = Question("x^2", "x").grade(text), dict[str, Any]()
    result.to_prairielearn(data, "q")
    pages = [
        result.to_qti(text),
        result.to_edx()["msg"].removeprefix("<pre>").removesuffix("</pre>"),
        *data.get("format_errors", {}).values(),
    ]
    shown = [result.to_gradescope(text)["tests"][0]["name"], result.text()]
    cells = batch.lines((0, ({"id": text, "answer": text, "problem": "x^2", "wrt": "x"},), "csv"))[0].decode()
    if any(_ACTING.search(page.replace("\n", "")) for page in [re.sub("</?[a-zA-Z?][^<>]*>", "", p) for p in pages]):
        raise AssertionError("markup")
    if any(_ACTING.search(s.replace("<", "").replace(">", "")) for s in shown) or re.search(r"(^|,)\s*[=+@|%-]", cells):
        raise AssertionError("control")
    return "Escaped" if text not in cells or any(text not in page for page in pages) else "Literal"


def _filename(text: str) -> str:
    try:
        next(tables.rows(Path(text)), None)
    except (DerivxError, OSError):
        return "Refused"
    return "Read"


def _config(text: str) -> str:
    _, rows, persons = batch.lines((0, tuple(map(tables.row, (tables.parsed(text),))), "jsonl"))
    return "Refused" if persons == rows else "Read"


CHANNELS: Mapping[str, Callable[[str], str]] = {"expr": _expr, "latex": _expr, "name": _name, "filename": _filename, "config": _config}


def assembled(case: Mapping[str, Any]) -> str:
    """The input, put together from its parts where it has any."""
    return "".join(piece * times for piece, times in case["parts"]) if case.get("parts") else str(case["input"])


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _child(case: Mapping[str, Any], out: int) -> None:
    """Grade, and tell what became of it."""
    text, work = assembled(case), CHANNELS.get(case.get("channel", "expr"), _expr)
    before, start = _peak(), time.process_time()
    try:
        status = work(text)
    except BaseException as error:  # noqa: BLE001 - whatever comes out is the finding
        status = f"uncaught {type(error).__name__}"
    ms = (time.process_time() - start) * 1e3
    os.write(out, json.dumps([status, round(ms, 2), round(_peak() - before, 1)]).encode())


def answer(case: Mapping[str, Any], folder: Path) -> Row:
    """The row of one input, from a child that is killed when it takes too long."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        for fd in (1, 2):
            os.dup2(os.open("printed", os.O_CREAT | os.O_WRONLY | os.O_APPEND), fd)
        _child(case, writing)
        os._exit(0)
    os.close(writing)
    told = _told(reading, pid)
    os.waitpid(pid, 0)
    status, ms, mb = json.loads(told) if told else ("lost", SECONDS * 1e3, 0.0)
    left = [p.name for p in folder.iterdir() if p.name != "printed" or p.stat().st_size]
    for path in folder.iterdir():
        path.unlink() if path.is_file() else path.rmdir()
    return {"id": case["id"], "status": f"left {left}" if left else status, "ms": ms, "rss_mb": mb}


def _told(reading: int, pid: int) -> bytes:
    with selectors.DefaultSelector() as ready, os.fdopen(reading, "rb") as pipe:
        ready.register(pipe, selectors.EVENT_READ)
        if not ready.select(SECONDS):
            os.kill(pid, signal.SIGKILL)
        return pipe.read()


def score(case: Mapping[str, Any], row: Row) -> str:
    """Empty, or what of the row does not fit: ``expected`` names a refusal (any will do) or a verdict."""
    status, expected = row["status"], case.get("expected", "")
    graded = status.startswith("graded ")
    if status.startswith(("uncaught", "lost", "left", "Read")):
        return status
    if expected.startswith("graded wrong") and graded and status != "graded wrong":
        return f"{status}, expected {expected}"
    if graded and re.fullmatch(r"[A-Z]\w+(Rejected|Function|Name|Answer|Exceeded)", expected):
        return f"{status}, expected {expected}"
    if expected.startswith("graded") and not graded and " or " not in expected:
        return f"{status}, expected {expected}"
    limit = MOST_MS if graded else MOST_REFUSAL_MS
    slow = f"{row['ms']} ms" if row["ms"] > limit else ""
    return slow or (f"{row['rss_mb']} MB" if row["rss_mb"] > MOST_MB else "")


def warmed() -> None:
    """Load what grading loads: float64, more digits, an array of limits, the mistakes."""
    question = Question("x^2", "x")
    for text in ("2*x", "2*x + 1e-13", "3*x", "where(x > 0, 2*x, 2*x)", "2*(x"):
        question.grade(text)
    _name("<b>")


def main(argv: list[str] | None = None) -> int:
    """Write the rows and print the summary; 1 when a row does not fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("--jsonl", metavar="OUT", required=True)
    options = parser.parse_args(argv)
    cases = json.loads(Path(options.file).read_text(encoding="utf-8"))
    warmed()
    with tempfile.TemporaryDirectory() as folder:
        rows = [answer(case, Path(folder)) for case in cases]
    Path(options.jsonl).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    print(f"inputs  {len(rows)}   " + "   ".join(f"{k} {n}" for k, n in Counter(r["status"] for r in rows).most_common()))
    print(f"ms      max {max(r['ms'] for r in rows)}   MB max {max(r['rss_mb'] for r in rows)}")
    misses = {c["id"]: s for c, r in zip(cases, rows, strict=True) if (s := score(c, r))}
    print(f"fit     {len(rows) - len(misses)}", *(f"{k}: {v}" for k, v in misses.items()), sep="\n")
    return int(bool(misses))


if __name__ == "__main__":
    sys.exit(main())
