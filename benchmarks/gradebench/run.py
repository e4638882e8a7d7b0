"""Every answer of a case file graded: a row per answer, and the figures of the whole.

python benchmarks/gradebench/run.py ANSWERS.json --jsonl OUT

Reads only a question's fields and the answer as typed: ``problem``, ``wrt``, ``order``, ``variables``, ``domain``, ``student_raw`` of a row
over numbers, ``program``, ``wrt``, ``kind``, ``shapes``, ``let``, ``raw`` of a row over arrays. A row is
``{"id", "verdict", "mistakes", "ms"}``: ``correct``, ``wrong``, ``undecided`` or ``refused``, the tags of at most three mistakes, and the
time of this answer alone, its question being prepared once. A variable without a domain is taken from (0.3, 1.7).
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from derivx.errors import DerivxError
from derivx.grading import Question

Row = dict[str, Any]
USUAL = (0.3, 1.7)


def cases(file: str) -> list[Row]:
    """The rows of a case file: a list, or lists by name."""
    data = json.loads(Path(file).read_text("utf-8"))
    lists = [data] if isinstance(data, list) else [v for v in data.values() if isinstance(v, list)]
    return [row for rows in lists for row in rows]


def arguments(case: Mapping[str, Any]) -> Row:
    """The question of a row, as ``Question`` takes it."""
    if "program" in case:
        order = 2 if case.get("kind") == "hessian" else case.get("order", 1)
        return {"problem": case["program"], "wrt": case["wrt"], "order": order, "shapes": case["shapes"], "let": case.get("let") or {}}
    variables, domain = case.get("variables") or (), case.get("domain") or {}
    boxes = {v: tuple(domain.get(v, USUAL)) for v in dict.fromkeys((*variables, *domain))}
    return {"problem": case["problem"], "wrt": case["wrt"], "order": case.get("order", 1), "variables": variables, "domain": boxes}


def typed(case: Mapping[str, Any]) -> str:
    """The answer as it was typed."""
    return str(case["raw"] if "program" in case else case["student_raw"])


def graded(case: Mapping[str, Any], prepared: dict[str, Question]) -> Row:
    """The row of one answer."""
    row: Row = {"id": case.get("id"), "verdict": "undecided", "mistakes": []}
    try:
        asked = arguments(case)
        key = json.dumps(asked, sort_keys=True)
        if key not in prepared:
            prepared[key] = Question(**asked)
        found = prepared[key].grade(typed(case))
        row |= {"verdict": found.word, "mistakes": [m.tag for m in found.mistakes], "status": str(found.status), "ms": round(found.ms, 3)}
    except DerivxError as error:
        row |= {"error": error.message("en"), "ms": 0.0}
    except Exception as error:  # noqa: BLE001 - a case that breaks is reported, and the rest go on
        row |= {"error": f"{type(error).__name__}: {error}"[:300], "ms": 0.0}
    return row


def summary(rows: Iterable[Row], seconds: float) -> str:
    """Counts and times."""
    rows = list(rows)
    times = sorted(r["ms"] for r in rows) or [0.0]
    wrong = [r for r in rows if r["verdict"] == "wrong"]
    return "\n".join([
        f"answers  {len(rows)}   {dict(Counter(r['verdict'] for r in rows))}",
        f"wrong    {len(wrong)}, a mistake named in {sum(bool(r['mistakes']) for r in wrong)}",
        f"errors   {sum('error' in r for r in rows)}",
        f"ms       median {statistics.median(times):.2f}   p95 {times[math.ceil(0.95 * len(times)) - 1]:.2f}   max {times[-1]:.1f}",
        f"seconds  {seconds:.1f}, with the questions",
    ])  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Write the rows and print the summary; 1 when a row could not be graded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="ANSWERS.json")
    parser.add_argument("--jsonl", metavar="OUT", required=True)
    options = parser.parse_args(argv)
    rows: list[Row] = []
    prepared: dict[str, Question] = {}
    start = time.perf_counter()
    with Path(options.jsonl).open("w", encoding="utf-8") as out:
        for case in cases(options.file):
            rows.append(graded(case, prepared))
            print(json.dumps(rows[-1], ensure_ascii=False), file=out, flush=True)
    print(summary(rows, time.perf_counter() - start))
    return int(any("error" in r for r in rows))


if __name__ == "__main__":
    sys.exit(main())
