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

from derivx.check.matrix import check_matrix
from derivx.derive.matrix.engine import Question, solve
from derivx.derive.matrix.spelling import spelt
from derivx.errors import DerivxError
from derivx.render.document import overall
from derivx.syntax import Limits, read


def question(case: dict[str, Any]) -> Question:
    """A case as a question."""
    sizes = [d for shape in case["vars"].values() for d in shape]
    declared = [*case["vars"], *(name for name, _ in case["let"]), *sizes, *case.get("consts", {}), *case.get("dims", {})]

    def formula(text: str) -> Any:
        return read(text, declared, Limits(arrays=True))

    shapes = {name: tuple(shape) for name, shape in case["vars"].items()}
    let = tuple((name, formula(text)) for name, text in case["let"])
    letters = {d for shape in shapes.values() for d in shape}
    consts = {**{n: v for n, v in case.get("dims", {}).items() if n not in letters}, **case.get("consts", {})}
    return Question(shapes, formula(case["expr"]), case["wrt"], case["kind"], let, case["assume"], consts)


def row(case: dict[str, Any]) -> dict[str, Any]:
    """The answer of one case."""
    start = time.process_time()
    try:
        asked = question(case)
        found = solve(asked)
        answer, where = spelt(found.formula), {name: spelt(e) for name, e in found.where.items()}
        ms = (time.process_time() - start) * 1e3
        steps, whole = check_matrix(asked, found)
        verdict = str(overall([*steps, *whole]))
    except DerivxError as error:
        return {
            "id": case["id"],
            "answer": None,
            "where": {},
            "steps": 0,
            "verdict": "REFUSED",
            "closed": False,
            "ms": 0.0,
            "error": str(error),
        }
    row = {"id": case["id"], "answer": answer, "where": where, "steps": len(found.steps) + 1, "verdict": verdict, "closed": True}
    if verdict == "FAIL":  # what a referee rejects is not shown as an answer
        row |= {"answer": None, "where": {}, "closed": False}
    return {**row, "ms": round(ms, 3)}


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
