"""Numbers from a file for ``--at``: names with their values, never code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from derivx.errors import UsageError


def from_file(path: Path) -> dict[str, Any]:
    """Arrays and numbers by name: an object in JSON, the arrays of an npz, the columns of a CSV under their titles.

    A CSV with one row gives numbers. Raises ``UsageError`` for anything that is no number.
    """
    kind = path.suffix.lower()
    try:
        if kind == ".json":
            import json

            table = json.loads(path.read_text(encoding="utf-8"))
            return {str(name): _numeric(name, value) for name, value in table.items()}
        if kind == ".npz":
            with np.load(path, allow_pickle=False) as found:
                return {name: _numeric(name, found[name]) for name in found.files}
        if kind == ".npy":
            return {path.stem: _numeric(path.stem, np.load(path, allow_pickle=False))}
        return _columns(path)
    except (ValueError, AttributeError, EOFError, IndexError) as bad:
        raise UsageError("bad_file", name=path.name) from bad


def _columns(path: Path) -> dict[str, Any]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        heads, *rows = [[cell.strip() for cell in row] for row in csv.reader(file) if row]
    table = {head: _numeric(head, [row[i] for row in rows]) for i, head in enumerate(heads)}
    return {head: column[0] if len(rows) == 1 else column for head, column in table.items()}


def _numeric(name: object, value: Any) -> Any:
    found = np.asarray(value, dtype=float)
    if not np.isfinite(found).all():
        raise UsageError("bad_value", name=str(name), value=str(value)[:40])
    return found
