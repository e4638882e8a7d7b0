"""What a problem is: parts of a page, what is to be found, and the claims on which its key stands. Data only.

A *kind* draws problems; a *problem* is one draw; an *asked* is one thing to be found in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derivx.expr import Expr
from derivx.render.document import Part
from derivx.render.exercise import Choices
from derivx.render.sentences import Sentence
from derivx.render.typeset import Style
from derivx.worksheet.draw import Draw

Option = Expr | Sentence


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer must satisfy, as something a referee can measure without the code that derived it.

    ``left`` (pending derivatives are part of it) equals the answer at ``at`` (at drawn points, where a name has no number), up to
    ``tolerance`` (0: to the digits of the referee); ``where`` defines names of ``left``. ``holds`` measures an answer in another way,
    as by a simulated descent, where there is no such equation.
    """

    left: Expr | None = None
    at: Mapping[str, Expr] = field(default_factory=dict)
    where: Mapping[str, Expr] = field(default_factory=dict)
    tolerance: float = 0.0
    holds: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to be found: its name on the sheet (dL/dw), its value, and the arguments with which ``grading.Question`` grades it.

    ``mistakes`` are values that typical mistakes lead to, where the grader knows none; ``positive``: nobody would believe another number
    (a count, a bound, a loss), so that none is offered as a choice.
    """

    name: Expr
    value: Expr
    grading: Mapping[str, Any]
    claims: tuple[Claim, ...] = ()
    mistakes: tuple[Expr, ...] = ()
    positive: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One draw of a kind.

    ``ask`` and ``parts`` are the question (sentences; then formulas, a program, a drawing), ``solution`` the worked steps of the key,
    ``hints`` from vague to plain. ``choices`` with its right option, where it is multiple choice; each wrong option is proved wrong.
    ``identity`` is equal for problems that a student would call the same; ``claims`` are those on the options, where these are no values of
    what is asked. ``alone`` makes of a problem that asks for several things the one that asks for the i-th of them alone.
    """

    kind: str
    level: int
    ask: tuple[Sentence, ...]
    asked: tuple[Asked, ...]
    solution: tuple[Part, ...]
    identity: str
    parts: tuple[Part, ...] = ()
    choices: Choices | None = None
    hints: tuple[Sentence, ...] = ()
    style: Style = field(default_factory=Style)
    claims: tuple[Claim, ...] = ()
    alone: Callable[[int], Problem] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of problem: its ``topic`` and levels, and how one is drawn.

    ``draw`` makes a problem of a level from seeded choices; it raises ``Degenerate`` for one that no teacher would set, and is asked again.
    """

    name: str
    topic: str
    draw: Callable[[Draw, int], Problem]
    levels: tuple[int, ...] = (1, 2, 3)
