"""Every typed form of a case file, read as an answer: a row per form, and the figures of the whole.

python benchmarks/typed_forms.py FILE.json --jsonl OUT

Reads only ``id``, ``typed`` and ``vars``. A row is ``{"id", "read", "status"}``: the form in plain text (``null`` where it is refused), and
an outcome of the grader. Where the file says what a form means, the summary counts what was read right, and what was silently misread.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import derivx
from derivx.errors import DerivxError
from derivx.grading import Question
from derivx.grading.outcome import Outcome, outcome_of
from derivx.grading.reading import Vocabulary, read_answer

Row = dict[str, Any]


def answer(case: Mapping[str, Any]) -> Row:
    """The row of one form."""
    try:
        reading = read_answer(case["typed"], Vocabulary.of(case.get("vars") or ()))
    except DerivxError as error:
        return {"id": case["id"], "read": None, "status": str(outcome_of(error))}
    return {"id": case["id"], "read": derivx.write(reading.expr), "status": str(Outcome.OK)}


def score(case: Mapping[str, Any], row: Row) -> str:
    """``right``, ``refused`` or ``misread``: a form is right when it has the values of its meaning."""
    if row["read"] is None:
        return "refused"
    names = [*case["vars"], "factor_of_the_meaning"]
    try:
        question = Question(f"({case['meaning']})*factor_of_the_meaning", "factor_of_the_meaning", variables=names, diagnose=False)
    except DerivxError:  # a meaning that is no formula, such as the name x'
        return "right" if row["read"] == case["meaning"] else "misread"
    return "right" if question.grade(row["read"]).correct else "misread"


def main(argv: list[str] | None = None) -> int:
    """Write the rows and print the summary; 1 when a form was misread."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE.json")
    parser.add_argument("--jsonl", metavar="OUT", required=True)
    options = parser.parse_args(argv)
    cases = json.loads(Path(options.file).read_text(encoding="utf-8"))
    rows = [answer(case) for case in cases]
    Path(options.jsonl).write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    print(f"forms   {len(rows)}   " + "   ".join(f"{k} {n}" for k, n in Counter(r["status"] for r in rows).most_common()))
    scores = {c["id"]: score(c, r) for c, r in zip(cases, rows, strict=True) if c.get("meaning")}
    if scores:
        print(f"scored  {len(scores)}   " + "   ".join(f"{k} {n}" for k, n in Counter(scores.values()).most_common()))
        print(*(f"{k}: {v}" for k, v in scores.items() if v != "right"), sep="\n")
    return int("misread" in scores.values())


if __name__ == "__main__":
    raise SystemExit(main())
