"""Matrix derivatives from a file of cases: a row for each with the answer in the file's own syntax.

    python benchmarks/matrix_cases.py FILE.json --jsonl OUT

Reads the question's fields only: vars, assume, let, expr, wrt, kind, dims, consts.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from derivx.check.matrix import check_matrix
from derivx.derive.matrix.engine import Answer, Question, solve
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


@dataclass
class Solved:
    """What was asked, what was found, and the CPU milliseconds that took without checks."""

    id: str
    asked: Question | None
    found: Answer | None
    ms: float = 0.0
    error: str = ""


def derived(case: dict[str, Any]) -> Solved:
    """The derivation of one case, in the file's own syntax too."""
    start = time.process_time()
    try:
        asked = question(case)
        found = solve(asked)
        in_syntax(found)
    except DerivxError as error:
        return Solved(case["id"], None, None, error=str(error))
    return Solved(case["id"], asked, found, (time.process_time() - start) * 1e3)


def in_syntax(found: Answer) -> dict[str, Any]:
    """The answer in the file's own syntax."""
    return {"answer": spelt(found.formula), "where": {name: spelt(e) for name, e in found.where.items()}}


def row(solved: Solved) -> dict[str, Any]:
    """The answer of one case, checked."""
    nothing = {"id": solved.id, "answer": None, "where": {}}
    if solved.asked is None or solved.found is None:
        return {**nothing, "steps": 0, "verdict": "REFUSED", "closed": False, "ms": 0.0, "error": solved.error}
    try:
        steps, whole = check_matrix(solved.asked, solved.found)
        verdict, error = str(overall([*steps, *whole])), {}
    except DerivxError as failed:
        verdict, error = "FAIL", {"error": str(failed)}
    # what a referee rejects is not shown as an answer
    shown = nothing if verdict == "FAIL" else {"id": solved.id, **in_syntax(solved.found)}
    found = {"steps": len(solved.found.steps) + 1, "verdict": verdict, "closed": verdict != "FAIL", "ms": round(solved.ms, 3)}
    return {**shown, **found, **error}


def main() -> None:
    """Write the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--jsonl", type=Path, required=True)
    options = parser.parse_args()
    cases = json.loads(options.file.read_text(encoding="utf-8"))["cases"]
    with options.jsonl.open("w", encoding="utf-8") as out:
        for solved in [derived(case) for case in cases]:  # no derivation is timed between checks
            out.write(json.dumps(row(solved)) + "\n")


if __name__ == "__main__":
    main()
