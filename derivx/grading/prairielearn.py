"""The three functions of a PrairieLearn question: which variant is shown, what can be read, what is right.

The variants lie in ``variants.json`` beside ``server.py``, on the server alone; a page is given texts of it, never code.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from derivx.grading.rows import graded

Data = MutableMapping[str, Any]


def generate(data: Data) -> None:
    """Draw the variant from PrairieLearn's seed, and say what the page shows."""
    variants = _variants(data)
    number = random.Random(int(data["variant_seed"])).randrange(len(variants))
    data["params"]["variant"] = number
    data["params"] |= variants[number]["shown"]


def parse(data: Data) -> None:
    """Refuse what cannot be read: that costs no attempt."""
    for name, result in _results(data).items():
        if result.word == "refused":
            result.to_prairielearn(data, name)


def grade(data: Data) -> None:
    """Write the scores of the answers, and the score of the whole by their points."""
    rows = _rows(data)
    for name, result in _results(data).items():
        result.to_prairielearn(data, name)
        if name in data["partial_scores"]:
            data["partial_scores"][name]["weight"] = result.max_score
    weights = {name: _points(row) for name, row in rows.items()}
    scored = data["partial_scores"]
    earned = sum((scored[name].get("score") or 0.0) * weight for name, weight in weights.items() if name in scored)
    data["score"] = earned / sum(weights.values()) if weights else 0.0


def _results(data: Data) -> dict[str, Any]:
    """Of the answers that were submitted and that PrairieLearn's own elements do not grade."""
    submitted = data.get("submitted_answers") or {}
    rows = {name: row for name, row in _rows(data).items() if "question" in row}
    return {name: graded(row, str(submitted[name])) for name, row in rows.items() if submitted.get(name) is not None}


def _rows(data: Data) -> Mapping[str, Any]:
    rows: Mapping[str, Any] = _variants(data)[int(data["params"]["variant"])]["rows"]
    return rows


def _variants(data: Data) -> list[Any]:
    path = Path(data.get("options", {}).get("question_path", ".")) / "variants.json"
    found: list[Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _points(row: Mapping[str, Any]) -> float:
    return float(next(iter(row.values())).get("points", 1.0))
