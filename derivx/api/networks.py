"""A dense network as a chapter: forward pass, adjoints of the weighted sums, gradients of the parameters, the update."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from derivx.api.matrices import question_of
from derivx.api.printed import Printed
from derivx.check.matrix import draw
from derivx.check.passes import check_pass, started
from derivx.check.verdict import Check
from derivx.derive.matrix.engine import Answer, Question, solve_all
from derivx.derive.matrix.spelling import spelt
from derivx.errors import LimitError, UsageError
from derivx.expr import Expr
from derivx.networks.layers import Network
from derivx.numeric import COMPLEX, space
from derivx.numeric.array_value import array_value
from derivx.render import to_latex, to_markdown, to_text
from derivx.render.document import Document, overall
from derivx.render.json import SCHEMA, check_dict
from derivx.render.network import NetworkPage, Numbers, network_page
from derivx.render.numbers import cells
from derivx.render.sentences import Said
from derivx.syntax import write
from derivx.syntax.program import Program, read_program

_MOST_ENTRIES = 10**7  # of all arrays, in numbers
_MOST = 7  # a layer wider than this is checked at this width: the formulas are the same


@dataclass(frozen=True)
class Learning:
    """One step of gradient descent in numbers: all values before it, the gradients, the parameters and the loss after it."""

    seed: int
    values: Mapping[str, Any]
    gradients: Mapping[str, Any]
    updated: Mapping[str, Any]
    after: float


@dataclass(frozen=True)
class Chapter(Printed):
    """The gradients of a network by all its parameters, with named adjoints; ``checks`` by the name of the gradient or the adjoint."""

    titled: ClassVar[Said] = Said("ui.page_backprop")

    program: str
    question: Question
    answers: Mapping[str, Answer]
    checks: Mapping[str, Sequence[Check]] = field(default_factory=dict)
    learning: Learning | None = None
    rate: float = 0.1
    network: Network | None = None

    @property
    def adjoints(self) -> dict[str, Expr]:
        """The named adjoints, from the output back."""
        return dict(next(iter(self.answers.values())).where)

    @property
    def verdict(self) -> str:
        """What the referees say."""
        return str(overall([c for found in self.checks.values() for c in found])) if self.checks else "SKIPPED"

    def page(self, lang: str = "en", **_options: Any) -> Document:
        """The page that the printers print."""
        intro = None if self.network is None else Said("ui.layers", {"layers": self.network.spoken, "loss": self.network.loss})
        return network_page(NetworkPage(self.question, self.answers, self.checks, self.rate, intro, self._numbers()), lang)

    def _numbers(self) -> Numbers | None:
        """One step of learning as it is printed."""
        if self.learning is None:
            return None
        values, gradients, updated = (
            {name: cells(_rows(value)) for name, value in table.items()}
            for table in (self.learning.values, self.learning.gradients, self.learning.updated)
        )
        loss = f"{float(self.learning.values[self.question.label]):.6g}", f"{self.learning.after:.6g}"
        return Numbers(values, gradients, updated, loss, self.learning.seed)

    def text(self, lang: str = "en", *, width: int = 80, color: bool = False, ascii: bool = False, **_options: Any) -> str:  # noqa: A002
        """The chapter for a terminal."""
        return to_text(self.page(lang), width=width, color=color, ascii=ascii)

    def latex(self, lang: str = "en", *, standalone: bool = False, **_options: Any) -> str:
        """The chapter as LaTeX."""
        return to_latex(self.page(lang), standalone=standalone)

    def markdown(self, lang: str = "en", **_options: Any) -> str:
        """The chapter as Markdown."""
        return to_markdown(self.page(lang))

    def to_dict(self, _rate: float | None = None) -> dict[str, Any]:
        """The JSON object."""
        first = next(iter(self.answers.values()))
        return {
            "schema": SCHEMA,
            "program": self.program,
            "shapes": {n: list(s) for n, s in first.shapes.items() if s},
            "where": {n: write(e) for n, e in first.where.items()},
            "adjoints": [
                {"name": step.called, "of": step.name, "formula": write(step.formula), "checks": self._checks(step.called)}
                for step in first.steps
                if step.called
            ],
            "gradients": [self._gradient(name, answer) for name, answer in self.answers.items()],
            "numbers": self._learnt(),
            "verdict": self.verdict,
        }

    def _gradient(self, name: str, a: Answer) -> dict[str, Any]:
        return {"wrt": name, "answer": write(a.formula), "numpy": spelt(a.formula), "shape": list(a.shape), "checks": self._checks(name)}

    def _checks(self, name: str) -> list[dict[str, Any]]:
        return [check_dict(c) for c in self.checks.get(name, ())]

    def _learnt(self) -> dict[str, Any]:
        """The numbers by name; ``dW1`` is the gradient by W1, ``updated`` are the new parameters, ``after`` is the loss with these."""
        if self.learning is None:
            return {}
        found = self.learning
        gradients = {f"d{name}": value for name, value in found.gradients.items()}
        shown = {name: np.asarray(value).tolist() for name, value in {**found.values, **gradients}.items()}
        return {**shown, "updated": {n: np.asarray(v).tolist() for n, v in found.updated.items()}, "after": found.after}

    def __str__(self) -> str:
        return self.text()


def explain_network(network: Network, *, check: bool = True, seed: int | None = None, rate: float = 0.1) -> Chapter:
    """The gradients of a network by all its parameters in one backward pass."""
    text = network.program()
    return explain_program(read_program(text), network.parameters, text=text, check=check, seed=seed, rate=rate, network=network)


def explain_program(
    program: Program,
    wrt: Sequence[str],
    *,
    text: str = "",
    check: bool = True,
    seed: int | None = None,
    rate: float = 0.1,
    network: Network | None = None,
) -> Chapter:
    """The gradients of a program over arrays by several names in one backward pass. Raises ``UsageError`` and ``NotSupported``."""
    unknown = next((n for n in wrt if n not in program.inputs and n not in program.declarations), None)
    if unknown is not None or not wrt:
        raise UsageError("no_such_variable", name=unknown or "")
    question = question_of(program, wrt[0])
    answers = solve_all(question, wrt)
    checks = check_pass(question, answers, _MOST) if check else {}
    shown = text or "\n".join(f"{e.name} = {write(e.formula)}" for e in program.equations)
    learning = None if seed is None else _learning(question, answers, seed, rate)
    return Chapter(shown, question, answers, checks, learning, rate, network)


def _learning(question: Question, answers: Mapping[str, Answer], seed: int, rate: float) -> Learning:
    """A forward pass, the gradients, the update and the loss after it; weights are drawn for the width of their layer."""
    first = next(iter(answers.values()))
    entries = sum(math.prod(d for d in shape if isinstance(d, int)) for shape in question.shapes.values())
    if entries > _MOST_ENTRIES:
        raise LimitError("too_many_numbers", limit=_MOST_ENTRIES, size=entries)
    env = started(question, answers, draw(question, first, 0, seed), seed)
    found = _run(question, first.where, env)
    gradients = {name: np.real(array_value(a.formula, found, space(COMPLEX))) for name, a in answers.items()}
    updated = {name: env[name] - rate * g for name, g in gradients.items()}
    after = _run(question, {}, {**env, **updated})
    shown = {*question.shapes, *dict(question.let), *first.where, question.label}
    return Learning(seed, {n: v for n, v in found.items() if n in shown}, gradients, updated, float(after[question.label]))


def _rows(value: Any) -> list[list[float]]:
    """A value as a table: a vector is a column."""
    array = np.real(np.asarray(value, dtype=complex))
    table: list[list[float]] = (array.reshape(-1, 1) if array.ndim < 2 else array).tolist()
    return table


def _run(question: Question, where: Mapping[str, Expr], env: Mapping[str, Any]) -> dict[str, Any]:
    here = dict(env)
    for name, formula in (*question.let, (question.label, question.output), *where.items()):
        here[name] = np.real(array_value(formula, here, space(COMPLEX)))
    return here


__all__ = ["Chapter", "Learning", "explain_network", "explain_program"]
