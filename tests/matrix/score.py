"""The score of answers to matrix derivatives: ``python tests/matrix/score.py CASES.json OUT.jsonl``.

OUT.jsonl has a row per case: id, answer, where, verdict, closed, ms. First the figures, then a line for each case to look at::

    WRONG!  lin-02  2.00  A @ x  |  (A + A.T) @ x          (!: silently, the row's own verdict is not FAIL)
    other   lin-18  1.20  ...                               (right, but not of the file's form)
    larger  ...                                             (of the file's form, but written longer)
    open    ...                                             (right, but not closed)
    no answer ...                                           (none, or the verdict REFUSED)

with the ratio of sizes, our answer and the smallest of the file's forms, each with its definitions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.matrix.judge import forms, is_right_everywhere
from tests.matrix.language import Case, Malformed
from tests.matrix.normal import full_size, ratio, same


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of one case. ``silent``: wrong, and the row's own verdict did not say so."""

    id: str
    answered: bool
    right: bool
    silent: bool
    closed: bool
    identical: bool
    ratio: float
    ms: float
    ours: str
    theirs: str

    @property
    def label(self) -> str:
        if not self.answered:
            return "no answer"
        if not self.right:
            return "WRONG!" if self.silent else "wrong"
        if not self.closed:
            return "open"
        if self.theirs and not self.identical:
            return "other"
        return "larger" if self.ratio > 1 else ""


def _shown(answer: str, where: Mapping[str, str]) -> str:
    return answer + "".join(f"; {name} = {text}" for name, text in where.items())


def mark(case: Case, row: Mapping[str, Any] | None) -> Mark:
    """The mark of a row, or of a missing one. A case without an answer is judged by its value alone."""
    has = "answer" in case
    theirs = min((full_size(case, f, dict(case["answer_let"])), f) for f in forms(case))[1] if has else ""
    row = row or {}
    answered = bool(row.get("answer")) and row.get("verdict") != "REFUSED"
    said = row.get("answer") or ""
    answer = said if answered else ""
    where = dict(row.get("where") or {})
    right = answered and is_right_everywhere(case, answer, where)
    try:
        times = ratio(case, answer, where) if has and answer else 0.0
    except Malformed:
        times = 0.0
    return Mark(
        id=case["id"],
        answered=answered,
        right=right,
        silent=answered and not right and row.get("verdict") != "FAIL",
        closed=right and bool(row.get("closed")),
        identical=right and has and same(case, answer, where),
        ratio=times,
        ms=float(row.get("ms") or 0.0),
        ours=_shown(said, where),
        theirs=_shown(theirs, dict(case["answer_let"])),
    )


def report(marks: list[Mark]) -> str:
    """The figures, and a line for each case to look at."""
    times = sorted(m.ms for m in marks if m.answered) or [0.0]
    p95 = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    right = [m for m in marks if m.right]
    worst = max(right, key=lambda m: m.ratio, default=None)
    slowest = max(marks, key=lambda m: m.ms)
    counts = {
        "right": len(right),
        "closed": sum(m.closed for m in marks),
        "identical": sum(m.identical for m in marks),
        "no larger": sum(0 < m.ratio <= 1 for m in right),
        "silently wrong": sum(m.silent for m in marks),
        "no answer": sum(not m.answered for m in marks),
    }
    lines = [
        f"{len(marks)} cases: " + ", ".join(f"{name} {count}" for name, count in counts.items()),
        f"max ratio {worst.ratio:.2f} ({worst.id})" if worst else "max ratio -",
        f"ms: median {median(times):.0f}, p95 {p95:.0f}, max {times[-1]:.0f} ({slowest.id})",
    ]
    lines += [f"{m.label:9} {m.id:8} {m.ratio:.2f}  {m.ours}  |  {m.theirs}" for m in marks if m.label]
    return "\n".join(lines)


def main(cases_file: str, rows_file: str) -> int:
    cases = json.loads(Path(cases_file).read_text(encoding="utf-8"))["cases"]
    lines = [line for line in Path(rows_file).read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = {row["id"]: row for row in map(json.loads, lines)}
    marks = [mark(case, rows.get(case["id"])) for case in cases]
    sys.stdout.write(report(marks) + "\n")
    return 0 if all(m.right for m in marks) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
