"""Pieces of code: text that knows how tightly it binds. Python's operators on them write Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from derivx.errors import NotSupported
from derivx.syntax import decimal_text

_COMPARE, _SUM, _MINUS, _PRODUCT, _POWER, _ATOM = 10, 20, 25, 30, 40, 50
_NUMBER = re.compile(r"\d+(\.\d*)?(e[+-]?\d+)?")
_WHOLE = re.compile(r"-?\d+(\.0*)?")
_WIDE = 2**31  # whole numbers from here on are written as floats: JAX takes no wider ones, NumPy's functions none over 2**63


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """An expression of Python: ``names`` are the variables in it (a constant has none), ``steps`` counts its operations.

    ``negated`` is what a leading minus stands before, so that a sum with it is a subtraction.
    """

    text: str
    level: int = _ATOM
    names: tuple[str, ...] = ()
    steps: int = 0
    negated: Code | None = None

    @property
    def whole(self) -> bool:
        """Whether it is a whole number in digits."""
        return _WHOLE.fullmatch(self.text) is not None

    def within(self, level: int) -> str:
        """The text, in brackets where it binds less tightly than its place asks."""
        return self.text if self.level >= level else f"({self.text})"

    def as_float(self) -> Code:
        """A whole number as a float: NumPy has no powers below zero of whole ones."""
        if self.negated is not None:
            return -self.negated.as_float()
        return Code(f"{self.text}.0") if self.text.isdecimal() else self

    def __bool__(self) -> bool:
        raise TypeError("code has no truth value yet")  # a card that asks cannot be written over arrays either

    def __neg__(self) -> Code:
        return _joined(f"-{self.within(_PRODUCT)}", _MINUS, self, negated=self)

    def __add__(self, other: Any) -> Code:
        right = code(other)
        if right.negated is not None:
            return _joined(f"{self.within(_SUM)} - {right.negated.within(_PRODUCT)}", _SUM, self, right)
        return _joined(f"{self.within(_SUM)} + {right.within(_PRODUCT)}", _SUM, self, right)

    def __sub__(self, other: Any) -> Code:
        return self + -code(other)

    def __mul__(self, other: Any) -> Code:
        return _joined(f"{self.within(_PRODUCT)}*{code(other).within(_POWER)}", _PRODUCT, self, code(other))

    def __truediv__(self, other: Any) -> Code:
        return _joined(f"{self.within(_PRODUCT)}/{code(other).within(_POWER)}", _PRODUCT, self, code(other))

    def __pow__(self, other: Any) -> Code:
        right = code(other)
        plain = right.negated is not None and right.negated.level == _ATOM  # x**-2
        return _joined(f"{self.as_float().within(_ATOM)}**{right.text if plain else right.within(_ATOM)}", _POWER, self, right)

    def __radd__(self, other: Any) -> Code:
        return code(other) + self

    def __rsub__(self, other: Any) -> Code:
        return code(other) - self

    def __rmul__(self, other: Any) -> Code:
        return code(other) * self

    def __rtruediv__(self, other: Any) -> Code:
        return code(other) / self


def _joined(text: str, level: int, *parts: Code, negated: Code | None = None) -> Code:
    names = parts[0].names if len(parts) == 1 else tuple(dict.fromkeys(n for p in parts for n in p.names))
    return Code(text, level, names, 1 + sum(p.steps for p in parts), negated)


def code(value: Any) -> Code:
    """A piece of code, or a number as one."""
    if isinstance(value, Code):
        return value
    return number(value) if value >= 0 else -number(-value)


def number(value: float | str | Decimal) -> Code:
    """A number with the digits it was typed with."""
    text = decimal_text(value) if isinstance(value, int | Decimal) else str(value)
    if not _NUMBER.fullmatch(text):
        raise NotSupported("not_supported", what=text)
    return Code(f"{text}.0" if text.isdecimal() and int(text) >= _WIDE else text)


def variable(name: str, *names: str) -> Code:
    """A variable; ``names`` are those it stands for, itself if none are told."""
    return Code(name, names=names or (name,))


def call(head: str, *args: Code) -> Code:
    """A function called."""
    return _joined(f"{head}({', '.join(a.text for a in args)})", _ATOM, *args)


def compare(a: Any, sign: str, b: Any) -> Code:
    """A comparison."""
    left, right = code(a), code(b)
    return _joined(f"{left.within(_SUM)} {sign} {right.within(_SUM)}", _COMPARE, left, right)
