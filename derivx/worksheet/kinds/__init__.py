"""The kinds of problems: one short file each."""

from __future__ import annotations

from collections.abc import Collection

from derivx.errors import DerivxError, UsageError
from derivx.worksheet.choices import with_choices
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.kinds import (
    backprop,
    chain,
    collapse,
    derivative,
    gradient,
    learning_rate,
    loss,
    matrix,
    optimizer,
    partial,
    perceptron,
    shapes,
    vanishing,
)
from derivx.worksheet.numbers import NoNumber
from derivx.worksheet.problem import Kind, Problem
from derivx.worksheet.taste import faults

_IN_ORDER = (  # of the lectures
    loss, perceptron, collapse, derivative, partial, gradient, learning_rate, optimizer, chain, shapes, matrix, backprop, vanishing,
)  # fmt: skip
KINDS: dict[str, Kind] = {module.KIND.name: module.KIND for module in _IN_ORDER}
_MOST_DRAWS = 200


def kind(name: str) -> Kind:
    """The kind of a name. Raises ``UsageError`` for an unknown one."""
    if name not in KINDS:
        raise UsageError("no_such_kind", name=name, there=", ".join(KINDS))
    return KINDS[name]


def drawn(of: Kind, level: int, draw: Draw, taken: Collection[str] = (), choices: int = 0) -> Problem:
    """A problem of a kind that a teacher would set, other than those whose identities are ``taken``: drawn again until it is one.

    ``choices``: as multiple choice, with so many wrong options at most; a few problems are never anything else.

    Raises ``UsageError`` for a level that the kind has not, and where no such problem is found; ``CheckFailed`` where a referee rejects a
    key: such a draw is told, never drawn again.
    """
    if level not in of.levels:
        raise UsageError("bad_value", name="level", value=level)
    for attempt in range(_MOST_DRAWS):
        try:
            attempted = draw.again(attempt)
            problem = of.draw(attempted, level)
            if problem.identity in taken or faults(problem):
                continue
            problem = with_choices(problem, attempted, choices) if choices else problem
            if problem.identity not in taken:
                return problem
        except (Degenerate, NoNumber):
            continue
        except DerivxError as error:
            if error.key in _OF_THE_DRAW:
                continue
            raise
    raise UsageError("no_draw", name=of.name, level=level)


_OF_THE_DRAW = ("undefined_there",)  # of numbers where a formula has no value; anything else is a fault of ours
