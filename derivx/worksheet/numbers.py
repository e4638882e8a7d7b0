"""Numbers as a teacher writes them: whole, a short decimal, a short fraction, or rounded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TypeVar

import numpy as np

from derivx.expr import Expr, Sym, div, num, substitute
from derivx.numeric import REAL, Scope, evaluate, space

PLACES = 3  # decimals that are asked for, where a number has no end
FIGURES = 4  # significant digits of a number that is not rounded
_DECIMALS = 6  # of a number that has an end
_BELOW, _TOP = 12, 1000  # denominators of fractions; of 1/n
_SAME = 1e-12
Point = Mapping[str, Expr]
Name = TypeVar("Name")


class NoNumber(ArithmeticError):
    """A value that cannot be written: infinite, or none at all."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it is written: with ``places`` decimals where it is rounded (``None``: exact)."""

    number: float
    expr: Expr
    text: str
    places: int | None = None

    @property
    def tolerance(self) -> float:
        """How far the number may be from what is written, as a share of it."""
        return 0.0 if self.places is None else 0.51 * 10**-self.places / abs(self.number)


def written(number: float) -> Value:
    """A number as it is written. Raises ``NoNumber`` where it is none."""
    number = float(number) + 0.0
    if not math.isfinite(number):
        raise NoNumber(number)
    short = Decimal(repr(round(number, _DECIMALS)))
    if abs(float(short) - number) <= _SAME * max(1.0, abs(number)) and (short == int(short) or len(short.as_tuple().digits) <= FIGURES):
        return Value(number, given(str(short)), _text(short))
    close = Fraction(number).limit_denominator(_TOP)
    exact = abs(float(close) - number) <= _SAME * max(1.0, abs(number))
    if exact and (close.denominator <= _BELOW or abs(close.numerator) == 1):
        return Value(number, div(num(close.numerator), num(close.denominator)), f"{close.numerator}/{close.denominator}")
    places = max(PLACES, FIGURES - 1 - math.floor(math.log10(abs(number)))) if abs(number) < 10 ** (1 - PLACES) else PLACES
    return rounded(number, places)


def rounded(number: float, places: int) -> Value:
    """A number with so many decimals."""
    fixed = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return Value(number, num(fixed), f"{fixed:f}", places)


def alike(values: Mapping[Name, Value]) -> dict[Name, Value]:
    """The values of one question: all that are rounded have as many decimals, which the question asks for."""
    places = max((v.places for v in values.values() if v.places is not None), default=0)
    return {name: v if v.places is None else rounded(v.number, places) for name, v in values.items()}


def given(value: float | str) -> Expr:
    """A number of a question as an expression, with the digits it was given with."""
    number = Decimal(str(value))
    return num(int(number)) if number == number.to_integral() else num(Decimal(_text(number)))


def _text(number: Decimal) -> str:
    return f"{int(number)}" if number == number.to_integral() else f"{number.normalize():f}"


def put_in(expr: Expr, at: Point) -> Expr:
    """A formula with its numbers put in."""
    return substitute(expr, {Sym(name): value for name, value in at.items()})


def floats(at: Point) -> dict[str, float]:
    """The numbers of a point."""
    xp = space(REAL)
    return {name: float(evaluate(value, Scope({}, {}, xp))) for name, value in at.items()}


def value_of(expr: Expr, at: Point, where: Mapping[str, Expr] | None = None) -> float:
    """The value of an expression at a point, in floating point."""
    with np.errstate(all="ignore"):
        return float(evaluate(expr, Scope(floats(at), where or {}, space(REAL))))
