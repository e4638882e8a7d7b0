"""Every question of a case file, derived and checked: a row per case, and the figures of the whole.

python benchmarks/expressions.py FILE.json --jsonl OUT

Reads only a question's fields (``id``, ``expr``, ``wrt``, ``order``, ``mixed``, ``implicit``). A row is the derivation object of
the JSON output with ``id`` and ``ms``, the wall time of deriving and checking; a question that fails gives ``error`` instead.
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

import derivx
from derivx.errors import DerivxError
from derivx.render.json import error_dict

Row = dict[str, Any]
WARM = ("sigmoid(w*x + b)", "log(1 + exp(x))/x", "where(x > 0, gamma(x), erf(x))")


def warm_up() -> None:
    """Import what a checked derivation imports, so that the first case is not charged for it."""
    for text in WARM:
        derivx.explain(text, wrt="x").to_dict()


def answer(case: Mapping[str, Any]) -> Row:
    """The row of one case."""
    row: Row = {"id": case.get("id")}
    start = time.perf_counter()
    try:
        found = derivx.explain(case["expr"], **_options(case))
        one = found[0] if isinstance(found, derivx.Derivations) else found
        row |= one.to_dict()
    except DerivxError as error:
        row["error"] = error_dict(error)
    except Exception as error:  # noqa: BLE001 - a case that breaks is reported, and the rest go on
        row["error"] = {"kind": type(error).__name__, "text": str(error)[:300]}
    return row | {"ms": round((time.perf_counter() - start) * 1e3, 2)}


def _options(case: Mapping[str, Any]) -> Row:
    options: Row = {k: case[k] for k in ("wrt", "order", "implicit") if case.get(k)}
    mixed = case.get("mixed")
    if mixed:
        options["mixed"] = True
        if isinstance(mixed, str):
            options["wrt"] = mixed
    return options


def summary(rows: Iterable[Row]) -> str:
    """Counts, verdicts, times and the share of lines that SymPy did not judge."""
    rows = list(rows)
    verdicts = Counter(r.get("verdict", "ERROR") for r in rows)
    times = sorted(r["ms"] for r in rows) or [0.0]
    exact = [c["verdict"] for r in rows for s in r.get("steps", ()) for c in s["checks"] if c["referee"] == "sympy"]
    skipped = sum(v == "SKIPPED" for v in exact)
    return "\n".join([
        f"cases   {len(rows)}   " + ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common()),
        f"lines   {len(exact)}   skipped by SymPy {skipped} ({skipped / max(1, len(exact)):.1%})",
        f"ms      median {statistics.median(times):.1f}   p95 {times[math.ceil(0.95 * len(times)) - 1]:.1f}   max {times[-1]:.1f}",
    ])  # fmt: skip


def cases(path: str) -> list[Row]:
    """The cases of a file: ``{"cases": [...]}``, or a list."""
    data = json.loads(Path(path).read_text("utf-8"))
    found: list[Row] = data["cases"] if isinstance(data, dict) else data
    return found


def main(argv: list[str] | None = None) -> int:
    """Write the rows and print the summary; 1 when a case fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("--jsonl", metavar="OUT", required=True)
    options = parser.parse_args(argv)
    warm_up()
    rows = []
    with Path(options.jsonl).open("w", encoding="utf-8") as out:
        for case in cases(options.file):
            rows.append(answer(case))
            print(json.dumps(rows[-1], ensure_ascii=False), file=out, flush=True)
    for row in rows:
        if row.get("verdict") not in ("PASS", "KINK"):
            print(f"{row['id']}: {row.get('verdict') or row['error']}")
    print(summary(rows))
    return int(any(row.get("verdict") not in ("PASS", "KINK") for row in rows))


if __name__ == "__main__":
    sys.exit(main())
