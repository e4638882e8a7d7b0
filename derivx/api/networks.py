"""A dense network as a chapter: forward pass, adjoints of the weighted sums, gradients of the parameters, the update."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from derivx.api.derivations import SCHEMA
from derivx.api.matrices import question_of
from derivx.check.matrix import check_matrix, draw
from derivx.check.verdict import Check
from derivx.derive.matrix.engine import Answer, Question, solve_all
from derivx.derive.matrix.spelling import spelt
from derivx.errors import UsageError
from derivx.expr import Diff, Expr, Sym, add, mul, neg
from derivx.networks.layers import Network
from derivx.numeric import COMPLEX, space
from derivx.numeric.array_value import array_value
from derivx.render import to_latex, to_markdown, to_text
from derivx.render.document import Chain, Document, Part, Section, Summary, Table, overall, summary, verdict_of
from derivx.render.json import check_dict
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.shape import written
from derivx.syntax import write
from derivx.syntax.program import Program, read_program
from derivx.words import LANGUAGES


@dataclass(frozen=True)
class Chapter:
    """The gradients of a network by all its parameters, with named adjoints."""

    program: str
    question: Question
    answers: Mapping[str, Answer]
    checks: tuple[Check, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    rate: float = 0.1

    @property
    def adjoints(self) -> dict[str, Expr]:
        """The named adjoints, from the output back."""
        return dict(next(iter(self.answers.values())).where)

    @property
    def verdict(self) -> str:
        """What the referees say."""
        return str(overall(self.checks)) if self.checks else "SKIPPED"

    def page(self, lang: str = "en") -> Document:
        """The page that the printers print."""
        first = next(iter(self.answers.values()))
        output = Sym(self.question.label)
        parts: list[Part] = [Section(Said("ui.forward"))]
        parts += [Chain((Sym(n), f), self._number(n), Said("ui.shape", {"shape": written(first.shapes[n])})) for n, f in self.question.let]
        parts.append(Chain((output, self.question.output), self._number(self.question.label)))
        parts.append(Section(Said("ui.backward")))
        for name, formula in first.where.items():
            of = next((n for n, _ in self.question.let if _adjoint_of(name, n)), "")
            items = (Sym(name), Diff(output, Sym(of)), formula) if of else (Sym(name), formula)
            parts.append(Chain(items, self._number(name)))
        for i, (name, answer) in enumerate(self.answers.items()):
            remark = Said("ui.shape", {"shape": written(answer.shape)})
            parts.append(Chain((Diff(output, Sym(name)), answer.formula), "", remark, verdict_of(i, self.checks)))
        parts.append(Section(Said("ui.update", {"rate": f"{self.rate:g}"})))
        for name in self.answers:
            parts.append(Chain((Sym(name), add(Sym(name), neg(mul(Sym("alpha"), Diff(output, Sym(name)))))), sign="<-"))
        if self.numbers:
            rows = tuple((Sym(n), _short(self.numbers[n])) for n in (*self.answers, *(f"d{n}" for n in self.answers)) if n in self.numbers)
            parts += [Section(Said("ui.numbers")), Table((Said("ui.table_node"), Said("ui.table_value")), rows)]
            loss = f"{self.numbers[self.question.label]:.6g}", f"{self.numbers['after']:.6g}"
            parts.append(Chain((output,), f"{loss[0]} -> {loss[1]}"))
        if self.checks:
            parts.append(Summary(overall(self.checks), summary(self.checks)))
        ranks = {**{n: len(s) for n, s in first.shapes.items()}}
        style = Style(frozenset([*first.shapes, self.question.label]), False, ranks=tuple(ranks.items()))
        return Document(tuple(parts), LANGUAGES if lang == "both" else (lang,), style)

    def _number(self, name: str) -> str:
        value = self.numbers.get(name)
        return "" if value is None or np.ndim(value) else f"{float(np.real(value)):.6g}"

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
        gradients = [self._gradient(i, name, a) for i, (name, a) in enumerate(self.answers.items())]
        first = next(iter(self.answers.values()))
        return {
            "schema": SCHEMA,
            "program": self.program,
            "shapes": {n: list(s) for n, s in first.shapes.items() if s},
            "where": {n: write(e) for n, e in first.where.items()},
            "gradients": gradients,
            "numbers": {n: np.asarray(np.real(v)).tolist() for n, v in self.numbers.items()},
            "verdict": self.verdict,
        }

    def _gradient(self, i: int, name: str, a: Answer) -> dict[str, Any]:
        checks = [check_dict(c) for c in self.checks if c.step == i]
        return {"wrt": name, "answer": write(a.formula), "numpy": spelt(a.formula), "shape": list(a.shape), "checks": checks}

    def __str__(self) -> str:
        return self.text()


def explain_network(network: Network, *, check: bool = True, seed: int | None = None, rate: float = 0.1) -> Chapter:
    """The gradients of a network by all its parameters in one backward pass."""
    return explain_program(read_program(network.program()), network.parameters, text=network.program(), check=check, seed=seed, rate=rate)


def explain_program(
    program: Program, wrt: Sequence[str], *, text: str = "", check: bool = True, seed: int | None = None, rate: float = 0.1
) -> Chapter:
    """The gradients of a program over arrays by several names in one backward pass. Raises ``UsageError`` and ``NotSupported``."""
    unknown = next((n for n in wrt if n not in program.inputs and n not in program.declarations), None)
    if unknown is not None or not wrt:
        raise UsageError("no_such_variable", name=unknown or "")
    question = question_of(program, wrt[0])
    answers = solve_all(question, wrt)
    checks: list[Check] = []
    if check:
        for i, (name, answer) in enumerate(answers.items()):
            _, whole = check_matrix(replace(question, wrt=name, kind="gradient"), answer, most=_MOST)
            checks += [Check(i, c.referee, c.verdict, c.digits, c.reason) for c in whole]
    numbers = {} if seed is None else _numbers(question, answers, seed, rate)
    shown = text or "\n".join(f"{e.name} = {write(e.formula)}" for e in program.equations)
    return Chapter(shown, question, answers, tuple(checks), numbers, rate)


_MOST = 7  # a layer wider than this is checked at this width: the formulas are the same


def _numbers(question: Question, answers: Mapping[str, Answer], seed: int, rate: float) -> dict[str, Any]:
    """A forward pass, the gradients, the update and the loss after it, at drawn parameters and data."""
    first = next(iter(answers.values()))
    env = draw(question, first, 0, seed)
    for name, shape in question.shapes.items():
        if name[0] in "Wb" and len(shape) == 2:
            env[name] = env[name] / np.sqrt(np.shape(env[name])[-1])
    found = _run(question, first.where, env)
    gradients = {name: np.real(array_value(a.formula, found, space(COMPLEX))) for name, a in answers.items()}
    after = _run(question, {}, {**env, **{n: env[n] - rate * g for n, g in gradients.items()}})
    shown = {n: v for n, v in found.items() if n in question.shapes or n in dict(question.let) or n in first.where or n == question.label}
    return {**shown, **{f"d{n}": g for n, g in gradients.items()}, "after": float(np.real(after[question.label]))}


def _run(question: Question, where: Mapping[str, Expr], env: Mapping[str, Any]) -> dict[str, Any]:
    here = dict(env)
    for name, formula in (*question.let, (question.label, question.output), *where.items()):
        here[name] = np.real(array_value(formula, here, space(COMPLEX)))
    return here


def _adjoint_of(delta: str, name: str) -> bool:
    return delta in (f"delta{name.lstrip('zZ')}", f"delta_{name}")


def _short(value: Any) -> str:
    text = np.array2string(np.asarray(value), precision=4, separator=", ", threshold=12, edgeitems=2).replace("\n", " ")
    return " ".join(text.split())
