"""A problem from an expression or a program as it stands, as a teacher gives it in a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.derive import variables
from derivx.errors import UsageError
from derivx.expr import Call, Expr, Sym
from derivx.render.sentences import Sentence
from derivx.syntax import read
from derivx.syntax.program import Program, is_program, read_program
from derivx.syntax.reader import read_question
from derivx.worksheet import circuit, scalar
from derivx.worksheet.frame import Frame
from derivx.worksheet.matrices import has_arrays, over_arrays
from derivx.worksheet.numbers import given
from derivx.worksheet.problem import Problem

Number = float | str


def fixed(
    text: str,
    wrt: str | Sequence[str] = (),
    at: Mapping[str, Number] | None = None,
    *,
    shapes: Mapping[str, Sequence[int | str]] | None = None,
    kind: str = "own",
    level: int = 1,
    ask: Sequence[Sentence] = (),
    hints: Sequence[Sentence] = (),
) -> Problem:
    """The problem that an expression or a program is.

    An expression: its derivatives by the names of ``wrt`` (by its variables, if none is given); with ``at`` the numbers they are there;
    with ``at`` and no ``wrt`` its value. A program of several equations: the chain rule over its names, or with numbers the two
    passes. With ``shapes`` (or declarations in the text): the derivatives over arrays.

    Raises ``DerivxError`` where the text cannot be read or derived, or where a referee rejects the key.
    """
    by = tuple(w.strip() for w in wrt.split(",")) if isinstance(wrt, str) and wrt.strip() else tuple(wrt or ())
    frame = Frame(kind, level, tuple(ask), tuple(hints))
    point = {name: given_number(name, value) for name, value in (at or {}).items()}
    if shapes or ":" in text:
        program = has_arrays(text, {n: tuple(s) for n, s in (shapes or {}).items()})
        if program is not None:
            return over_arrays(program, text, shapes or {}, by or program.wrt, frame)
    if is_program(text):
        program = read_program(text)
        point = {**program.values, **point}
        if len(program.equations) > 1:
            return _of_program(program, by, point, frame)
        (equation,) = program.equations
        return _of_expression(Sym(equation.name), equation.formula, by, point, frame)
    reading = read_question(text)
    if reading.equation is not None:
        raise UsageError("needs_implicit", name=(by or tuple(variables(reading.expr)))[-1])
    name = reading.label or next(n for n in ("y", "L", "f", "g") if n not in variables(reading.expr))
    shown: Expr = Call(name, tuple(map(Sym, reading.arguments))) if reading.arguments else Sym(name)
    return _of_expression(shown, reading.expr, by or (() if point else tuple(reading.arguments)), point, frame)


def _of_expression(shown: Expr, body: Expr, wrt: tuple[str, ...], at: Mapping[str, Expr], frame: Frame) -> Problem:
    if at:
        missing = next((n for n in (*variables(body), *wrt) if n not in at), None)
        if missing is not None:
            raise UsageError("missing_value", name=missing)
    if at and not wrt:
        return scalar.value(shown, body, frame, at)
    return scalar.derivatives(shown, body, wrt or tuple(variables(body)), frame, at or None)


def _of_program(program: Program, wrt: tuple[str, ...], at: Mapping[str, Expr], frame: Frame) -> Problem:
    unknown = next((n for n in wrt if n not in program.inputs and n not in program.definitions), None)
    if unknown is not None:
        raise UsageError("no_such_variable", name=unknown)
    if not at:
        return circuit.chained(program, wrt or program.wrt, frame)
    missing = next((n for n in program.inputs if n not in at), None)
    if missing is not None:
        raise UsageError("missing_value", name=missing)
    return circuit.propagated(program, wrt or program.wrt, frame, {n: at[n] for n in program.inputs})


def given_number(name: str, value: Number) -> Expr:
    """A number of a point; as text it may be arithmetic, such as ``1/3``. Raises ``UsageError``."""
    try:
        found = read(value) if isinstance(value, str) and "/" in value else given(value)
    except (ArithmeticError, ValueError):
        raise UsageError("bad_value", name=name, value=value) from None
    if variables(found):
        raise UsageError("bad_value", name=name, value=value)
    return found
