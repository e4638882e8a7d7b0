"""What people type, and what it means: 66 forms, each read with its names declared and compared by value."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from derivx.expr import names
from derivx.syntax import read, read_question
from tests.values import value

ROWS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "typed_forms.json").read_text("utf-8"))


def test_all_are_here() -> None:
    assert len(ROWS) == 66


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["id"])
def test_typed_form(row: dict[str, Any]) -> None:
    typed = read_question(row["typed"], row["vars"]).expr
    meant = read(row["meaning"], row["vars"])
    assert set(names(typed)) - {"e", "pi"} <= set(row["vars"])
    rng = Random(row["id"])
    for _ in range(5):
        point = {v: rng.uniform(0.2, 0.9) for v in row["vars"]}
        assert value(typed, point) == pytest.approx(value(meant, point), rel=1e-12)
