"""The kinds of problems: one short file each."""

from __future__ import annotations

from derivx.errors import DerivxError, UsageError
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.kinds import derivative
from derivx.worksheet.problem import Kind, Problem
from derivx.worksheet.taste import faults

KINDS: dict[str, Kind] = {module.KIND.name: module.KIND for module in (derivative,)}
_MOST_DRAWS = 200


def kind(name: str) -> Kind:
    """The kind of a name. Raises ``UsageError`` for an unknown one."""
    if name not in KINDS:
        raise UsageError("no_such_kind", name=name, there=", ".join(KINDS))
    return KINDS[name]


def drawn(of: Kind, level: int, draw: Draw, taken: frozenset[str] = frozenset()) -> Problem:
    """A problem of a kind that a teacher would set, other than those whose identities are ``taken``: drawn again until it is one.

    Raises ``UsageError`` for a level that the kind has not, and where no such problem is found.
    """
    if level not in of.levels:
        raise UsageError("bad_value", name="level", value=level)
    for attempt in range(_MOST_DRAWS):
        try:
            problem = of.draw(draw.again(attempt), level)
        except (Degenerate, ArithmeticError):
            continue
        except DerivxError as error:
            if error.key in _OF_THE_DRAW:
                continue
            raise
        if problem.identity not in taken and not faults(problem):
            return problem
    raise UsageError("no_draw", name=of.name, level=level)


_OF_THE_DRAW = ("undefined_there", "check_failed")
