"""Matrix derivatives from a file of cases: a row for each with the answer in the file's own syntax.

    python benchmarks/matrix_cases.py FILE.json --jsonl OUT

Reads the question's fields only: vars, assume, let, expr, wrt, kind, dims, consts.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from derivx.derive.matrix.engine import Question, solve
from derivx.derive.matrix.spelling import spelt
from derivx.errors import DerivxError
from derivx.syntax import read


def question(case: dict[str, Any]) -> Question:
    """A case as a question."""
    sizes = [d for shape in case["vars"].values() for d in shape]
    declared = [*case["vars"], *(name for name, _ in case["let"]), *sizes, *case.get("consts", {})]

    def formula(text: str) -> Any:
        return read(text, names=declared)

    shapes = {name: tuple(shape) for name, shape in case["vars"].items()}
    let = tuple((name, formula(text)) for name, text in case["let"])
    return Question(shapes, formula(case["expr"]), case["wrt"], case["kind"], let, case["assume"])


def row(case: dict[str, Any]) -> dict[str, Any]:
    """The answer of one case."""
    start = time.process_time()
    try:
        found = solve(question(case))
        answer, where = spelt(found.formula), {name: spelt(e) for name, e in found.where.items()}
        steps, verdict, closed = found.steps, "SKIPPED", True
    except (DerivxError, AssertionError, StopIteration, KeyError, AttributeError, TypeError, ValueError, IndexError) as error:
        answer, where, steps, verdict, closed = f"!! {type(error).__name__} {error}"[:300], {}, 0, "REFUSED", False
    ms = (time.process_time() - start) * 1e3
    return {"id": case["id"], "answer": answer, "where": where, "steps": steps, "verdict": verdict, "closed": closed, "ms": round(ms, 3)}


def main() -> None:
    """Write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--jsonl", type=Path, required=True)
    options = parser.parse_args()
    cases = json.loads(options.file.read_text(encoding="utf-8"))["cases"]
    with options.jsonl.open("w", encoding="utf-8") as out:
        for case in cases:
            out.write(json.dumps(row(case)) + "\n")


if __name__ == "__main__":
    main()
