"""The data of a derivation: lines, each an equation between two expressions, and why each follows.

Pure data: no words, no layout, no calculus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derivx.expr import Expr, Path
from derivx.syntax.formulas import Condition

Param = Expr | str


@dataclass(frozen=True, slots=True)
class Step:
    """One line: the part of ``before`` at ``path`` is rewritten by ``rule``, giving ``after``.

    ``before`` and ``after`` are whole lines. ``params`` fill the rule's sentence (expressions, or keys of the word
    tables). ``names`` are the definitions this line introduces; ``conditions`` (left, sign, right) is where the line
    holds, ``kinks`` the equations of points where its derivative is a convention. ``substeps`` are the lines folded
    into this one.
    """

    before: Expr
    after: Expr
    rule: str
    path: Path = ()
    params: Mapping[str, Param] = field(default_factory=dict)
    names: Mapping[str, Expr] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    kinks: tuple[tuple[Expr, Expr], ...] = ()
    substeps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """A question (an expression with pending derivatives) and the lines that answer it.

    ``where`` defines every name beyond the question's, in an order in which each uses only the question's names and
    names that stand in the table too. ``curve`` is set for an implicit derivative: the expression that is zero.
    """

    question: Expr
    wrt: tuple[str, ...]
    steps: tuple[Step, ...]
    where: Mapping[str, Expr] = field(default_factory=dict)
    label: str = ""
    notes: tuple[tuple[str, Mapping[str, str]], ...] = ()
    curve: tuple[str, Expr] | None = None

    @property
    def answer(self) -> Expr:
        """The last line."""
        return self.steps[-1].after if self.steps else self.question

    @property
    def order(self) -> int:
        """How many times the question differentiates."""
        return len(self.wrt)
