"""Gradescope's autograder: the answers of a submission, graded by the questions that lie beside it as JSON.

``source/questions.json`` has the rows by variant and name: ``{"variants": {"A": {"q1": row, ...}}}``. A submission has a file
``answers.txt``, one ``name: answer`` a line; where there are several variants, the student's is the one that bears the e-mail, the
name or the number that Gradescope knows them by, else the one that the line ``variant:`` names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from derivx.grading.formats import gradescope_results
from derivx.grading.rows import LETTERS, Row, graded
from derivx.grading.safe import plain
from derivx.words import LANGUAGES, say

_LONGEST = 1_000_000  # characters of a file of answers that are read
Variants = Mapping[str, Mapping[str, Row]]
__all__ = ["LETTERS", "run", "score"]


def run(folder: Path) -> None:
    """Grade what lies in Gradescope's folder (``/autograder``), and write ``results/results.json``."""
    variants = json.loads((folder / "source" / "questions.json").read_text(encoding="utf-8"))["variants"]
    try:
        with (folder / "submission" / "answers.txt").open(encoding="utf-8", errors="replace") as file:
            text = file.read(_LONGEST)
    except OSError:  # no such file: every answer is empty, and the student is told so
        text = ""
    written = json.dumps(score(variants, text, _users(folder / "submission_metadata.json")), ensure_ascii=True)
    (folder / "results" / "results.json").write_text(written, encoding="utf-8")


def score(variants: Variants, text: str, users: list[str]) -> dict[str, Any]:
    """Gradescope's results for a file of answers by one of the ``users``, as Gradescope knows them."""
    found = {name.strip().lower(): answer for name, _, answer in (line.partition(":") for line in text.removeprefix("\ufeff").splitlines())}
    chosen = _variant(variants, found.get("variant", "").strip(), users)
    if chosen is None:
        most = max(sum(_points(row) for row in rows.values()) for rows in variants.values())
        output = "\n".join(say("grade.no_variant", lang) for lang in LANGUAGES)
        test = {"name": "variant", "score": 0.0, "max_score": most, "status": "failed", "output": output, "output_format": "text"}
        return {"score": 0.0, "tests": [test]}
    return gradescope_results({plain(name): graded(row, found.get(name.lower(), "")) for name, row in variants[chosen].items()})


def _variant(variants: Variants, named: str, users: list[str]) -> str | None:
    """The one variant there is, or that of the student; what a student says of it counts only where Gradescope says nothing."""
    if len(variants) == 1:
        return next(iter(variants))
    known = {name.strip().lower(): name for name in variants}
    return next((known[user] for user in [*users, named.lower()] if user in known), None)


def _users(path: Path) -> list[str]:
    """What Gradescope calls the student: e-mail, its part before the @, name, number."""
    try:
        people = json.loads(path.read_text(encoding="utf-8"))["users"]
        texts = [str(person.get(key, "")) for person in people for key in ("email", "name", "sid", "id")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [t for text in texts for t in (text.strip().lower(), text.partition("@")[0].strip().lower()) if t]


def _points(row: Row) -> float:
    return float(next(iter(row.values())).get("points", 1.0))
