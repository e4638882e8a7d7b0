"""The description of a worksheet in TOML. What is wrong in it is said with its line, what was expected, and what may be meant."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from derivx.errors import DerivxError, UsageError
from derivx.render.sentences import Own, Said, Sentence
from derivx.words import LANGUAGES
from derivx.worksheet.draw import Draw
from derivx.worksheet.lines import gapped
from derivx.worksheet.own import own
from derivx.worksheet.sheet import Row, Sheet
from derivx.worksheet.variants import problem_of

MOST_VARIANTS, MOST_PROBLEMS, MOST_LINES = 10_000, 200, 40
FIELDS = ("name", "number", "class", "date", "score")
_LANGS = {"en": ("en",), "ko": ("ko",), "both": LANGUAGES}
_HEADER = re.compile(r"\s*\[\[\s*problem\s*\]\]")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[.=]")

Reader = Callable[[Any], Any]  # of a value of TOML; raises ``ValueError`` for one that does not fit


def read_sheet(text: str, name: str = "sheet.toml") -> Sheet:
    """The sheet that a description in TOML says; ``name`` is what errors call it. Raises ``UsageError`` with the line at fault."""
    places = _Places(text, name)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as bad:
        raise places.broken(bad) from bad
    head = places.read(table, _SHEET, ())
    rows = head.pop("problem", None)
    if not rows:
        raise UsageError("sheet_empty", where=name)
    if "title" not in head:
        raise UsageError("sheet_missing", where=name, name="title")
    if "lang" in head:
        head["langs"] = head.pop("lang")
    defaults: dict[str, Any] = {key: head.pop(key) for key in ("space", "points", "choices", "hints") if key in head}
    found = tuple(_row(places, i, row, defaults) for i, row in enumerate(rows))
    if sum(row.count for row in found) > MOST_PROBLEMS:
        raise UsageError("sheet_long", where=name, limit=str(MOST_PROBLEMS))
    return Sheet(**{"fields": _fields(["name", "number", "date"]), **head}, rows=found, name=name, text=text)


def _row(places: _Places, at: int, given: Any, defaults: Mapping[str, Any]) -> Row:
    """A problem: a kind with its level, or one of the teacher's own."""
    found = {**defaults, **places.read(given, _PROBLEM, ("problem", at))}
    where = places.where(("problem", at))
    sources = [key for key in ("kind", *SOURCES) if key in found]
    if len(sources) != 1:
        raise places.error("sheet_source", ("problem", at), there=", ".join(f"`{s}`" for s in sources) or "–")
    shared = {key: found.pop(key) for key in ("points", "choices", "space", "hints", "blank") if key in found}
    if sources == ["kind"]:
        for key in found:
            if key not in ("kind", "level", "count"):
                raise places.error("sheet_of_own", ("problem", at, key), name=key)
        return _filled(Row(_kind(places, at, found), found.get("level", (1,)), found.get("count", 1), where=where, **shared))
    for key in ("level", "count"):
        if key in found:
            raise places.error("sheet_of_kind", ("problem", at, key), name=key)
    fixed = {"text": found.pop(sources[0]), **found, **({"ask": (found["ask"],)} if "ask" in found else {})}
    row = Row(fixed={"hints" if key == "hint" else key: value for key, value in fixed.items()}, where=where, **shared)
    problem_of(row, 1, Draw())  # what cannot be read or derived is said at once
    return _filled(row)


def _filled(row: Row) -> Row:
    """The row, once it is known that there are lines for its gaps."""
    if row.blank and row.choices:
        raise UsageError("sheet_gaps_or_choices", where=row.where)
    for level in dict.fromkeys(row.levels) if row.blank else ():
        try:
            gapped(problem_of(row, level, Draw("gaps")).solution, row.blank)
        except DerivxError as bad:
            bad.where = row.where
            raise
    return row


def _kind(places: _Places, at: int, found: Mapping[str, Any]) -> str:
    """The name of a kind that has the levels asked for."""
    from derivx.worksheet.kinds import KINDS, kind

    name = str(found["kind"])
    try:
        levels = kind(name).levels
    except UsageError as bad:
        bad.hint = _near(name, KINDS)
        raise places.placed(bad, ("problem", at, "kind")) from None
    if set(found.get("level", levels[:1])) - set(levels):
        raise places.error("sheet_level", ("problem", at, "level"), name=name, levels=", ".join(map(str, levels)))
    return name


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), 1)), "")


class _Places:
    """Where the keys of a description stand in its text, and errors that say so."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name
        self._starts: dict[tuple[str | int, ...], tuple[int, int]] = {}
        at, row, quoted = 0, -1, ""
        for line in text.split("\n"):
            if not quoted:
                row = self._line(line, at, row)
            for mark in re.findall(r'"""|\'\'\'', line):
                quoted = mark if not quoted else "" if mark == quoted else quoted
            at += len(line) + 1

    def _line(self, line: str, at: int, row: int) -> int:
        """Note the keys of a line; the number of the problem that it stands in."""
        if _HEADER.match(line):
            self._starts["problem", row + 1] = at + len(line) - len(line.lstrip()), at + len(line.rstrip())
            return row + 1
        key = _KEY.match(line)
        if key:
            place = (key[1],) if row < 0 else ("problem", row, key[1])
            self._starts.setdefault(place, (at + key.start(1), at + len(line.rstrip())))
        return row

    def read(self, table: Any, known: Mapping[str, tuple[Reader, str]], place: tuple[str | int, ...]) -> dict[str, Any]:
        """The fields of a table, each as its reader has it."""
        if not isinstance(table, dict):
            raise self.error("sheet_value", place, name=str(place[0]), expected="problems")
        out: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                raise self.error("sheet_field", (*place, key), name=key, hint=_near(key, known))
            read, expected = known[key]
            try:
                out[key] = read(value)
            except DerivxError as bad:
                bad.where = self.where((*place, key))
                raise
            except (ValueError, TypeError, ZeroDivisionError):
                raise self.error("sheet_value", (*place, key), name=key, expected=expected) from None
        return out

    def where(self, place: tuple[str | int, ...]) -> str:
        """``sheet.toml, 12``: the file and the line, where it is known."""
        start = self._start(place)
        return self.name if start is None else f"{self.name}:{self.text.count(chr(10), 0, start[0]) + 1}"

    def _start(self, place: tuple[str | int, ...]) -> tuple[int, int] | None:
        return next((self._starts[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self._starts), None)

    def error(self, key: str, place: tuple[str | int, ...], **more: Any) -> UsageError:
        """An error at a key; without its place in the text where that is not found."""
        return self.placed(UsageError(key, **more), place)

    def placed(self, error: UsageError, place: tuple[str | int, ...]) -> UsageError:
        """The error with its place."""
        start = self._start(place)
        error.where = self.where(place)
        if start is not None:
            error.text, (error.start, error.end) = self.text, start
        return error

    def broken(self, bad: tomllib.TOMLDecodeError) -> UsageError:
        """What is no TOML at all."""
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(bad))
        reason = str(bad).partition(" (at ")[0]
        if found is None:
            return UsageError("sheet_toml", where=self.name, reason=reason)
        lines = self.text.split("\n")
        start = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
        return UsageError("sheet_toml", where=f"{self.name}:{found[1]}", reason=reason, text=self.text, start=min(start, len(self.text)))


# Values of fields.


def _whole(low: int, high: int) -> Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError(value)
        return value

    return read


def _levels(value: Any) -> tuple[int, ...]:
    found = tuple(value) if isinstance(value, list) else (value,)
    if not found or any(type(level) is not int for level in found):
        raise ValueError(value)
    return found


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(value)
    return value


def _points(value: Any) -> Fraction:
    """``2``, ``2.5`` or ``"1/3"``, exactly as written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not 0 <= (found := Fraction(str(value))) <= 1000:
        raise ValueError(value)
    return found


def _seed(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(value)
    return value


def _langs(value: Any) -> tuple[str, ...]:
    if value not in _LANGS:
        raise ValueError(value)
    return _LANGS[value]


def _own(value: Any) -> Own:
    texts = list(value.values()) if isinstance(value, dict) else [value]
    if not texts or not all(isinstance(text, str) for text in texts) or not all(text.strip() for text in texts):
        raise ValueError(value)
    return own(value)


def _hints(value: Any) -> tuple[Own, ...]:
    return tuple(map(_own, value)) if isinstance(value, list) else (_own(value),)


def _fields(value: Any) -> tuple[Sentence, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(Said(f"sheet.field_{one}") if one in FIELDS else _own(one) for one in value)


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value


def _names(value: Any) -> tuple[str, ...]:
    names = [_name(one).strip() for one in value] if isinstance(value, list) else [one.strip() for one in _name(value).split(",")]
    if not all(names):
        raise ValueError(value)
    return tuple(names)


def _numbers(value: Any) -> dict[str, float | str]:
    if not isinstance(value, dict) or not all(isinstance(v, int | float | str) and not isinstance(v, bool) for v in value.values()):
        raise ValueError(value)
    return value


def _shapes(value: Any) -> dict[str, tuple[int | str, ...]]:
    if not isinstance(value, dict) or not all(isinstance(d, int | str) for dims in value.values() for d in dims):
        raise ValueError(value)
    return {name: tuple(dims) for name, dims in value.items()}


def _rows(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


_SHARED: Mapping[str, tuple[Reader, str]] = {
    "points": (_points, "points"),
    "choices": (lambda value: value if value == 0 and type(value) is int else _whole(2, 6)(value), "choices"),
    "space": (_whole(0, MOST_LINES), "lines"),
    "hints": (_flag, "flag"),
}
_SHEET: Mapping[str, tuple[Reader, str]] = {
    "title": (_own, "words"),
    "course": (_own, "words"),
    "intro": (_own, "words"),
    "lang": (_langs, "language"),
    "fields": (_fields, "fields"),
    "variants": (_whole(1, MOST_VARIANTS), "count"),
    "seed": (_seed, "seed"),
    "shuffle": (_flag, "flag"),
    "problem": (_rows, "problems"),
    **_SHARED,
}
SOURCES: Mapping[str, tuple[Reader, str]] = {"expr": (_name, "expression"), "program": (_name, "definition")}
_PROBLEM: Mapping[str, tuple[Reader, str]] = {
    "kind": (_name, "kind"),
    "level": (_levels, "level"),
    "count": (_whole(1, MOST_PROBLEMS), "count"),
    **SOURCES,
    "ask": (_own, "words"),
    "wrt": (_names, "variable"),
    "at": (_numbers, "numbers"),
    "blank": (_name, "gaps"),
    "shapes": (_shapes, "shapes"),
    "hint": (_hints, "words"),
    **_SHARED,
}
