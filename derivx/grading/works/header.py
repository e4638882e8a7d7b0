"""What a work itself says of its question: ``problem: x^2``, or ``d/dx (x^2) = ...`` on its first line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from derivx.errors import DerivxError, UsageError
from derivx.expr import Diff, Expr, Sym, names
from derivx.grading.works.text import plain, rewritten, sides, statements
from derivx.syntax import write
from derivx.syntax.reader import read_question
from derivx.syntax.spelling import CONSTANTS

_FIELDS = {
    "problem": "problem", "question": "problem", "문제": "problem", "wrt": "wrt", "변수": "wrt",
    "domain": "domain", "범위": "domain", "assume": "assume", "가정": "assume",
}  # fmt: skip
_ROW = re.compile(rf"\s*[#%]?\s*({'|'.join(_FIELDS)})\s*[:：]\s*(.+?)\s*", re.IGNORECASE)
_INTERVAL = re.compile(r"\s*([^\W\d]\w*)\s*(?:=|in|:)\s*[\[(]?\s*(-?\d[\d.]*)\s*(?::|,|\.\.)\s*(-?\d[\d.]*)\s*[\])]?\s*")


def parted(lines: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """The fields a work states of its question, and its lines with those left empty."""
    fields: dict[str, Any] = {}
    rest: list[str] = []
    for line in lines:
        found = _ROW.fullmatch(line)
        if found is None:
            rest.append(line)
            continue
        fields.setdefault(_FIELDS[found[1].lower()], found[2])
        rest.append("")
    if "domain" in fields:
        fields["domain"] = intervals(re.split(r";|,(?=\s*[^\W\d])", fields["domain"]))
    return fields, rest


def intervals(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """``x=0.1:2`` by name. Raises ``UsageError``."""
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        match = _INTERVAL.fullmatch(text)
        ends = [float(v) for v in match.groups()[1:] if v.count(".") < 2] if match else []
        if match is None or len(ends) < 2 or not ends[0] < ends[1]:
            raise UsageError("bad_value", value=text, name="domain")
        found[match[1]] = (ends[0], ends[1])
    return found


def inferred(lines: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The question of a work that does not say it: what its first derivative is of, or what its first name stands for.

    Raises ``UsageError``.
    """
    rows = [sides(s) for line in lines for s in statements(line)]
    for row in (r for r in rows if len(r) > 1 and r[0]):
        read = _read(row[0], "x")
        by: list[str] = []
        while isinstance(read, Diff):
            by.append(read.wrt.name)
            read = read.body
        if by and not isinstance(read, Sym) and read is not None:
            return write(read), tuple(reversed(by))
        if by or read is None or not re.fullmatch(r"\w+(\(\w+\))?", row[0].replace(" ", "")):
            break
        body = _read(row[1], "x")
        own = [n for n in names(body) if n not in CONSTANTS] if body is not None else []
        defined = {plain(re.sub(r"\(.*", "", r[0]).strip()) for r in rows if len(r) > 1}
        if body is not None and len(own) == 1 and not {plain(n) for n in own} & defined:
            return write(body), (own[0],)
        break
    raise UsageError("no_question")


def _read(text: str, wrt: str) -> Expr | None:
    try:
        return read_question(rewritten(text, (), wrt, lambda *_: None)).expr
    except DerivxError:
        return None
