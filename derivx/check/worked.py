"""A worked example: the lines with numbers put in, and their values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from derivx.check import measure
from derivx.check.sample import variables
from derivx.derive.step import Derivation
from derivx.errors import UsageError
from derivx.expr import Diff, Expr, Sym, names, num, pending, postorder, substitute
from derivx.numeric import COMPLEX, Unavailable, evaluate, space

_FIGURES = 6


def worked(derivation: Derivation, at: Mapping[str, float]) -> tuple[tuple[Expr, float], ...]:
    """Question and lines with numbers put in, each with its value.

    Raises ``UsageError`` where a name of the question has no number, or the value is not defined there.
    """
    wanted = variables(derivation)
    missing = [n for n in wanted if n not in at]
    if missing:
        raise UsageError("missing_value", name=missing[0])
    unknown = [n for n in at if n not in wanted]
    if unknown:
        raise UsageError("no_such_variable", name=unknown[0])
    points = {n: np.array([float(v)]) for n, v in at.items()}
    here = measure.scope(derivation, points, space(COMPLEX))
    lines = [derivation.question, *(s.after for s in derivation.steps)]
    return tuple((_with_numbers(line, here), _value(line, derivation, points, here)) for line in lines)


def _value(line: Expr, derivation: Derivation, points: Mapping[str, Any], here: Any) -> float:
    try:
        value = float(np.ravel(measure.complex_value(line, here))[0])
    except Unavailable:
        value = measure.mpmath_value(line, derivation, points)
    if not np.isfinite(value):
        raise UsageError("undefined_there")
    return value


def _with_numbers(line: Expr, here: Any) -> Expr:
    """Names and pending derivatives replaced by their values, to six figures."""
    table: dict[Expr, Expr] = {}
    for node in postorder(line):
        if isinstance(node, Diff):
            try:
                table[node] = _number(evaluate(node, here))
            except Unavailable:
                continue
    for name in names(line):
        if name not in ("e", "pi") or name in here.given:
            table[Sym(name)] = _number(here.value(name))
    return _replace(line, table)


def _replace(line: Expr, table: dict[Expr, Expr]) -> Expr:
    """Derivatives first, whole: their variables are no numbers."""
    marks: dict[Expr, Expr] = {d: Sym(f"d{i}_") for i, d in enumerate(d for d in table if isinstance(d, Diff))}
    line = substitute(line, marks)
    if not pending(line):
        line = substitute(line, {k: v for k, v in table.items() if not isinstance(k, Diff)})
    return substitute(line, {m: table[d] for d, m in marks.items()})


def _number(value: Any) -> Expr:
    number = float(np.real(np.ravel(value)[0]))
    if not np.isfinite(number):
        raise UsageError("undefined_there")
    text = f"{number:.{_FIGURES}g}"
    return num(int(text)) if text.lstrip("-").isdecimal() else num(Decimal(text))


def constant(name: str, text: str) -> float:
    """The value of a number as it is typed after ``--at name=``: ``0.5``, ``-2``, ``pi/4``. Raises ``UsageError``."""
    from derivx.errors import DerivxError
    from derivx.numeric import Scope, UnknownValue
    from derivx.syntax import read

    try:
        value = float(np.real(evaluate(read(text), Scope({}, {}, space(COMPLEX)))))
    except (DerivxError, UnknownValue, Unavailable) as bad:
        raise UsageError("bad_value", name=name, value=text) from bad
    if not np.isfinite(value):
        raise UsageError("bad_value", name=name, value=text)
    return value
