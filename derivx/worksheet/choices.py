"""Multiple choice: what typical mistakes lead to, each proved wrong by the referee, no two of them equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from derivx.errors import DerivxError
from derivx.expr import ZERO, Call, Diff, Expr, Num, Sym, is_op, neg, pending, postorder, substitute
from derivx.grading.mistakes.distractors import distractors
from derivx.grading.question import Question
from derivx.render.exercise import Choices
from derivx.render.sentences import Own, Said, Sentence
from derivx.syntax import write
from derivx.words import has
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.numbers import floats, value_of, written
from derivx.worksheet.problem import Asked, Problem
from derivx.worksheet.referee import right
from derivx.worksheet.taste import is_number

_FEWEST = 2  # wrong options
_APART = 1e-3  # of two numbers, as a share: nearer ones differ by rounding


def with_choices(problem: Problem, draw: Draw, count: int = 3) -> Problem:
    """The problem as multiple choice with at most ``count`` wrong options, in a drawn order; of several things asked one is drawn.

    The question then asks for this one alone, and the key derives nothing else; derivatives come before the values on the way to them.

    Raises ``Degenerate`` where fewer than two wrong options are known.
    """
    if problem.choices is not None:
        return problem
    several = len(problem.asked) > 1
    identity = problem.identity
    problem, asked = _one_of(problem, draw)
    wrong = list(_wrong(asked, count))
    if len(wrong) < _FEWEST:
        raise Degenerate("choices")
    options = draw.some([asked.value, *wrong], len(wrong) + 1)
    choices = Choices(tuple(options), options.index(asked.value))
    return replace(
        problem, asked=(asked,), choices=choices, ask=tuple(_which(problem.ask, asked, several=several)), identity=identity, alone=None
    )


def _one_of(problem: Problem, draw: Draw) -> tuple[Problem, Asked]:
    """One of the things asked, and the problem that asks for it alone."""
    best = [a for a in problem.asked if isinstance(a.name, Diff)] or problem.asked
    chosen = draw.one([a for a in best if a.value != ZERO] or best)  # 0 alone says little
    if problem.alone is None or len(problem.asked) == 1:
        return problem, chosen
    alone = problem.alone(problem.asked.index(chosen))
    return alone, next(a for a in alone.asked if a.name == chosen.name)


def _which(ask: Sequence[Sentence], asked: Asked, *, several: bool) -> Iterator[Sentence]:
    """The sentences that ask, as they are said above options: each has a form of its own for this, where it is no question yet.

    A teacher's own words stay; where they ask for several things, one of these is asked for behind them.
    """
    for said in ask:
        if isinstance(said, Said):
            key = said.key.replace("ask.", "which.", 1)
            narrow = {"what": (asked.name,)} if "what" in said.params else {}
            yield replace(said, key=key if has(key) else said.key, params={**said.params, **narrow})
        else:
            yield said
    if several and any(isinstance(said, Own) for said in ask):
        yield Said("which.find", {"what": (asked.name,)})


def _wrong(asked: Asked, count: int) -> Iterator[Expr]:
    taken: list[Expr] = [asked.value]
    for answer in _candidates(asked, count):
        if asked.positive and is_number(answer) and floats({"x": answer})["x"] <= 0:
            continue
        if any(_same(answer, other) for other in taken) or right(asked, answer):
            continue
        taken.append(answer)
        yield answer
        if len(taken) > count:
            return


def _same(a: Expr, b: Expr) -> bool:
    if a == b or not (is_number(a) and is_number(b)):
        return a == b
    x, y = floats({"x": a})["x"], floats({"y": b})["y"]
    return abs(x - y) <= _APART * max(abs(x), abs(y))


def _candidates(asked: Asked, count: int) -> Iterator[Expr]:
    """Wrong answers, the likeliest first."""
    yield from asked.mistakes
    if "at" not in asked.grading:
        yield from (found.answer for found in distractors(Question(**asked.grading), count))
        return
    yield from _numbers(_formulas(asked, count + 1), asked)
    if asked.value != Num(0):
        yield asked.value.args[0] if isinstance(asked.value, Call) and asked.value.op == "neg" else neg(asked.value)


def _formulas(asked: Asked, count: int) -> Iterator[Expr]:
    """Formulas with a mistake in them: of the derivative, or of the calculation."""
    claim = next((c for c in asked.claims if c.left is not None), None)
    if claim is None or claim.left is None:
        return
    if isinstance(claim.left, Diff) and not pending(claim.left.body):
        try:
            yield from (found.answer for found in distractors(Question(write(claim.left.body), claim.left.wrt.name), count))
        except DerivxError:
            return
    elif not pending(claim.left):
        yield from slips(claim.left)


def _numbers(formulas: Iterable[Expr], asked: Asked) -> Iterator[Expr]:
    at = asked.claims[0].at
    for formula in formulas:
        try:
            found = written(value_of(formula, at))
        except (ArithmeticError, ValueError, KeyError):
            continue
        if abs(found.number) < 10_000:
            yield found.expr


def slips(formula: Expr) -> Iterator[Expr]:
    """The formula with one slip of calculation: a lost sign, a square taken for a double, a lost bar, a term left out."""
    for node in dict.fromkeys(reversed(list(postorder(formula)))):
        if not isinstance(node, Call):
            continue
        (first, *others) = node.args or (node,)
        if is_op(node, "neg", "abs"):
            yield substitute(formula, {node: first})
        elif is_op(node, "pow") and isinstance(others[0], Num):
            yield substitute(formula, {node: Call("mul", (others[0], first))})
            yield substitute(formula, {node: first})
        elif is_op(node, "div"):
            yield substitute(formula, {node: Call("mul", node.args)})
            yield substitute(formula, {node: first})
        elif is_op(node, "add"):
            yield substitute(formula, {node: Call("add", (first, *map(neg, others)))})
            yield substitute(formula, {node: first})
        elif is_op(node, "mul"):
            yield substitute(formula, {node: Call("add", node.args)})
        elif isinstance(first, Sym | Call) and not others:
            yield substitute(formula, {node: first})
