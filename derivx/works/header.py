"""What a work itself says of its question: ``problem: x^2``, or ``d/dx (x^2) = ...`` on its first line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from derivx.errors import DerivxError, UsageError
from derivx.expr import Diff, Expr, Sym, names, pending
from derivx.syntax import write
from derivx.syntax.reader import read_question
from derivx.syntax.spelling import CONSTANTS
from derivx.syntax.tokens import canonical
from derivx.works.text import NAME, plain, rewritten, sides, statements
from derivx.works.world import closure

_FIELDS = {
    "problem": "problem", "question": "problem", "문제": "problem", "wrt": "wrt", "변수": "wrt",
    "domain": "domain", "범위": "domain", "assume": "assume", "가정": "assume",
}  # fmt: skip
_ROW = re.compile(rf"\s*[#%]?\s*({'|'.join(_FIELDS)})\s*[:：]\s*(.+?)\s*", re.IGNORECASE)
_NAME = re.compile(NAME)
_D = r"(?:d|∂|\\partial\s*)\s?"
_DERIVATIVE = re.compile(rf"(?:\\[dt]?frac\s*\{{\s*)?{_D}({NAME})\s*(?:/|\}}\s*\{{)\s*{_D}({NAME})\s*\}}?")
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
    program = _program(rows)
    if program is not None:
        return program
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


def _program(rows: Sequence[Sequence[str]]) -> tuple[str, tuple[str, ...]] | None:
    """The program that the definitions of a work are, where its derivatives are of the last: ``z = w*x``, ``L = z^2``, ``dL/dw = ...``."""
    derivatives = [m for row in rows if len(row) > 1 and (m := _DERIVATIVE.fullmatch(row[0].strip()))]
    bodies: dict[str, Expr] = {}
    for row in rows:
        head = row[0].strip() if len(row) > 1 else ""
        body = _read(row[1], "x") if _NAME.fullmatch(head) and plain(head) not in bodies else None
        if body is not None and not pending(body) and not plain(head).startswith(("delta", "grad")) and canonical(head) not in names(body):
            bodies[canonical(head)] = body
    ends = [canonical(m[1]) for m in derivatives if canonical(m[1]) in bodies]
    outputs = [n for n in dict.fromkeys(ends) if not any(n in names(e) for e in bodies.values())]
    if len(outputs) != 1 or not any(n in bodies for n in names(bodies[outputs[0]])):
        return None
    order, todo = dict[str, Expr](), {n: e for n, e in bodies.items() if n == outputs[0] or n in closure(bodies[outputs[0]], bodies)}
    while ready := [n for n, e in todo.items() if not any(m in todo for m in names(e))]:
        order |= {n: todo.pop(n) for n in ready}
    if todo:  # a circle
        return None
    by = [canonical(m[2]) for m in derivatives if canonical(m[1]) == outputs[0] and canonical(m[2]) not in bodies]
    by = by or [canonical(m[2]) for m in derivatives if canonical(m[1]) == outputs[0]]
    return "; ".join(f"{n} = {write(e)}" for n, e in order.items()), (by[-1],)


def _read(text: str, wrt: str) -> Expr | None:
    try:
        return read_question(rewritten(text, (), wrt, lambda *_: None)).expr
    except DerivxError:
        return None
