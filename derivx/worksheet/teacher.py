"""A teacher's own kinds of problems: a TOML file of templates, or a Python file that the person at the keyboard names.

TOML is read, never run. A Python file is run, and so is only ever taken from the command line, never from a sheet.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from derivx.errors import DerivxError, UsageError
from derivx.worksheet.draw import Draw
from derivx.worksheet.kinds import KINDS, drawn
from derivx.worksheet.kinds.table import kind_of
from derivx.worksheet.problem import Kind
from derivx.worksheet.template import Template

_FIELDS = {"expr": str, "wrt": str, "at": dict, "ranges": dict, "shapes": dict, "level": int, "ask": (str, dict), "hint": list}
_MOST = 100  # templates of a file
_LOADED: dict[Path, tuple[Kind, ...]] = {}


def load(path: str | Path) -> tuple[Kind, ...]:
    """The kinds of a file, each tried once, and known by their names from now on.

    Raises ``UsageError`` for a file that cannot be read, or whose kinds cannot be drawn.
    """
    file = Path(path).resolve()
    if file in _LOADED:
        return _LOADED[file]
    found = from_python(file) if file.suffix == ".py" else (from_toml(_text(file), file.name),)
    for of in found:
        if of.name in KINDS:
            raise UsageError("kind_taken", name=of.name)
        for level in of.levels:
            drawn(of, level, Draw("trial", of.name, level))
    KINDS.update({of.name: of for of in found})
    _LOADED[file] = found
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as bad:
        raise UsageError("bad_kind_file", name=file.name, found=type(bad).__name__) from bad


def from_toml(text: str, name: str = "kind.toml") -> Kind:
    """The kind that a table of templates is: ``name``, ``topic`` and ``[[template]]``, whose fields are those of ``Template``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        raise UsageError("bad_kind_file", name=name, found=str(bad)) from bad
    unknown = next((key for key in table if key not in ("name", "topic", "template")), None)
    if unknown is not None:
        raise UsageError("bad_kind_field", name=unknown, where=name)
    called, rows = table.get("name"), table.get("template")
    if not isinstance(called, str) or not called.isidentifier():
        raise UsageError("bad_kind_field", name="name", where=name)
    if not isinstance(rows, list) or not 0 < len(rows) <= _MOST:
        raise UsageError("bad_kind_field", name="template", where=name)
    return kind_of(called, str(table.get("topic", called)), *(_template(row, name) for row in rows))


def _template(row: Any, name: str) -> Template:
    """A template. Raises ``UsageError`` for a field that is unknown or of the wrong type."""
    if not isinstance(row, dict) or "expr" not in row:
        raise UsageError("bad_kind_field", name="expr", where=name)
    for key, value in row.items():
        if key not in _FIELDS or not isinstance(value, _FIELDS[key]) or isinstance(value, bool):  # type: ignore[arg-type]
            raise UsageError("bad_kind_field", name=key, where=name)
    given = {key: value for key, value in row.items() if key not in ("ask", "hint")}
    return Template(**given, asks=_words(row.get("ask", {}), name), clues=tuple(_words(hint, name) for hint in row.get("hint", [])))


def _words(said: Any, name: str) -> Mapping[str, str]:
    """Words by language; ``""`` stands for every language."""
    found: Any = {"": said} if isinstance(said, str) else said
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise UsageError("bad_kind_field", name="ask", where=name)
    return found


def from_python(file: Path) -> tuple[Kind, ...]:
    """The ``KIND`` or ``KINDS`` of a Python file, which is run. Raises ``UsageError`` where it fails."""
    spec = importlib.util.spec_from_file_location(f"derivx_kind_{file.stem}", file)
    try:
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found: Sequence[Any] = getattr(module, "KINDS", None) or (module.KIND,)
    except DerivxError:
        raise
    except Exception as bad:  # whatever the file does
        raise UsageError("bad_kind_file", name=file.name, found=f"{type(bad).__name__}: {bad}"[:200]) from bad
    if not all(isinstance(of, Kind) for of in found):
        raise UsageError("bad_kind_file", name=file.name, found="KIND")
    return tuple(found)
