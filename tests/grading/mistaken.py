"""Wrong answers with the tag of their mistake: the open rows, and the same kinds in other problems."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from derivx.grading import Question
from derivx.grading.mistakes.answered import SIGNS
from derivx.grading.mistakes.hypotheses import ALGEBRA, ANSWERS, LOCAL, QUESTIONS
from derivx.grading.mistakes.table import Mutation

DATA = json.loads((Path(__file__).parents[1] / "data" / "answers.json").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = [row for row in DATA["scalar"] if row["verdict"] == "wrong"]
TABLE: tuple[Mutation, ...] = (*LOCAL, *ALGEBRA, *ANSWERS, *QUESTIONS, *SIGNS)


@cache
def question(problem: str, wrt: str, order: int = 1, variables: str = "", domain: str = "{}") -> Question:
    return Question(problem, wrt, order=order, variables=variables.split(), domain=json.loads(domain))


def of_row(row: dict[str, Any]) -> Question:
    return question(row["problem"], row["wrt"], row["order"], " ".join(row["variables"]), json.dumps(row["domain"]))


FURTHER = [
    line.split(";")
    for line in (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
