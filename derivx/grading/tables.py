"""Rows of answers from CSV, JSON lines or Parquet, one at a time; a row that cannot be read is a row with a fault."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from derivx.errors import RendererMissing, UsageError

_LISTS = ("variables", "must_contain", "must_not_contain")
_NUMBERS = {"order": int, "points": float, "tolerance": float}
_OBJECTS = ("domain", "partial", "shapes", "let")
_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("problem", "form", "ambiguous", "layout"), (str,)),
    **dict.fromkeys(("wrt", *_LISTS), (str, list, tuple)),
    **dict.fromkeys(_NUMBERS, (int, float)),
    **dict.fromkeys(_OBJECTS, (dict,)),
    "seed": (str, int),
}
QUESTION = tuple(_KINDS)
FAULT = "fault"
_LONGEST = 1 << 20  # characters of a cell

Row = dict[str, Any]


def rows(path: Path, encoding: str = "utf-8-sig") -> Iterator[Row]:
    """The rows of a file: ``answer``, perhaps ``id``, and the fields of a question. Raises ``UsageError`` for an unknown kind of file."""
    kind = path.suffix.lower()
    if kind == ".parquet":
        yield from map(row, _parquet(path))
    elif kind == ".csv":
        yield from map(row, _csv(path, encoding))
    elif kind in (".jsonl", ".ndjson"):
        with _opened(path, encoding) as lines:
            yield from (row(parsed(line)) for line in lines if line.strip())
    else:
        raise UsageError("bad_option", option="ANSWERS", value=path.name)


def _opened(path: Path, encoding: str, newline: str | None = None) -> TextIO:
    try:
        return path.open(encoding=encoding, errors="replace", newline=newline)
    except LookupError:
        raise UsageError("bad_option", option="--encoding", value=encoding) from None
    except ValueError:  # a name that no file can have
        raise UsageError("bad_option", option="ANSWERS", value=ascii(path.name)) from None


def _csv(path: Path, encoding: str) -> Iterator[Any]:
    csv.field_size_limit(_LONGEST)
    with _opened(path, encoding, "") as lines:
        table = csv.DictReader(lines)
        while True:
            try:
                yield next(table)
            except StopIteration:
                return
            except csv.Error as error:
                yield str(error)


def parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return str(error)[:200]


def _parquet(path: Path) -> Iterator[Any]:
    try:
        import pyarrow.parquet as pq
        from pyarrow import ArrowException
    except ImportError:
        raise RendererMissing("needs_package", package="pyarrow") from None
    try:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=1000):
            yield from batch.to_pylist()
    except (ArrowException, ValueError):
        raise UsageError("bad_option", option="ANSWERS", value=ascii(path.name)) from None


def row(found: Any) -> Row:
    """A row with the fields that are known; texts of a table become the lists, numbers and objects they stand for."""
    if not isinstance(found, Mapping):
        return {"answer": "", FAULT: found if isinstance(found, str) else f"{found!r:.60}"}
    out: Row = {"id": _id(found.get("id"))} if found.get("id") not in (None, "") else {}
    answer = found.get("answer")
    out["answer"] = "" if answer is None else answer
    for name in QUESTION:
        value = found.get(name)
        if value in (None, ""):
            continue
        out[name] = _typed(name, value)
        if not isinstance(out[name], _KINDS[name]):
            out[FAULT] = f"{name} = {value!r:.60}"
    return out


def _id(value: Any) -> Any:
    return value if isinstance(value, str | int) else str(value)


def _typed(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in _LISTS:
        return tuple(v.strip() for v in value.split(",") if v.strip())
    if name == "wrt" and "," in value:
        return tuple(v.strip() for v in value.split(","))
    with suppress(ValueError, RecursionError):
        if name in _NUMBERS:
            return _NUMBERS[name](value)
        if name in _OBJECTS:
            return json.loads(value)
    return value
