"""What preparing a question may cost: about a second and 300 MB. Whoever writes a question need not be trusted with the grader's machine.

Costs are counted, not measured in time, so that a question is taken or refused on every machine alike: for a derivation the sizes of
its lines, over arrays the entries of every part of the question, for every entry that it is differentiated by and every draw.
"""

from __future__ import annotations

from derivx.errors import LimitError
from derivx.expr import Expr
from derivx.syntax import write

DERIVING = 300_000  # of a line of n nodes n*sqrt(n): finding what to name in it costs as much
NAMES = 1000
_SHOWN = 40


def too_costly(what: Expr | None = None, text: str = "") -> LimitError:
    """The refusal of a question, with the part that costs too much."""
    said = text or ("" if what is None else write(what))
    return LimitError("costly_question", what=said if len(said) <= _SHOWN else f"{said[: _SHOWN - 3]}...")


def afford_names(count: int) -> None:
    """Raises ``LimitError`` for more names than a question can have."""
    if count > NAMES:
        raise too_costly(text=f"{count} names")
