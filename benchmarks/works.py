"""Every work of a case file, checked line by line: a row per work, and the figures of the whole.

python benchmarks/works.py WORKS.json --jsonl OUT

Reads only a question's fields (``id``, ``problem``, ``wrt``, ``lines``, ``domain``, ``assume``). A row is
``{"id", "first_wrong_line", "mistakes", "ms"}``: the first wrong line counted from 0 (``null`` where none is), and the tags of the mistakes
that explain it, the likeliest first. A question that cannot be read gives ``error`` besides.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import derivx
from derivx.errors import DerivxError

Row = dict[str, Any]


def answer(case: Mapping[str, Any]) -> Row:
    """The row of one work."""
    start = time.perf_counter()
    row: Row = {"id": case.get("id"), "first_wrong_line": None, "mistakes": []}
    options = {k: case[k] for k in ("domain", "assume") if case.get(k)}
    problem = case["problem"] if isinstance(case["problem"], str) else "\n".join(case["problem"])
    try:
        found = derivx.check_work(case["lines"], problem, case.get("wrt") or "", **options)
        row |= {"first_wrong_line": found.first_wrong_line, "mistakes": [m.tag for m in found.mistakes], "status": found.status}
    except DerivxError as error:
        row["error"] = error.message("en")
    except Exception as error:  # noqa: BLE001 - a case that breaks is reported, and the rest go on
        row["error"] = f"{type(error).__name__}: {error}"[:300]
    return row | {"ms": round((time.perf_counter() - start) * 1e3, 2)}


def summary(rows: Iterable[Row]) -> str:
    """Counts and times."""
    rows = list(rows)
    times = sorted(r["ms"] for r in rows) or [0.0]
    wrong = [r for r in rows if r["first_wrong_line"] is not None]
    return "\n".join([
        f"works   {len(rows)}   with a wrong line {len(wrong)}, its mistake named in {sum(bool(r['mistakes']) for r in wrong)}",
        f"errors  {sum('error' in r for r in rows)}",
        f"ms      median {statistics.median(times):.1f}   p95 {times[math.ceil(0.95 * len(times)) - 1]:.1f}   max {times[-1]:.1f}",
    ])  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Write the rows and print the summary; 1 when a work could not be checked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("--jsonl", metavar="OUT", required=True)
    options = parser.parse_args(argv)
    data = json.loads(Path(options.file).read_text("utf-8"))
    rows = []
    with Path(options.jsonl).open("w", encoding="utf-8") as out:
        for case in data if isinstance(data, list) else next(v for v in data.values() if isinstance(v, list)):
            rows.append(answer(case))
            print(json.dumps(rows[-1], ensure_ascii=False), file=out, flush=True)
    print(summary(rows))
    return int(any("error" in r for r in rows))


if __name__ == "__main__":
    sys.exit(main())
