"""What no teacher would set: x^1, 0 times something, the same term twice, an answer that is the question, ugly numbers, endless keys.

One judge for every problem: drawn ones are drawn again, of a teacher's own ones the teacher is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from derivx.expr import ONE, ZERO, Diff, Expr, Num, children, is_op, mul, postorder
from derivx.render.document import Answer, Chain, Line
from derivx.render.sentences import Said
from derivx.syntax import write
from derivx.worksheet.numbers import FIGURES, PLACES, floats
from derivx.worksheet.problem import Asked, Problem

MOST_LINES = 16  # of a key, for each thing asked
WIDEST = 110  # characters of a line of a key
_LONGEST = 100  # of an answer
_SMALL, _LARGE = 10.0 ** (1 - PLACES), 10.0**FIGURES


def faults(problem: Problem) -> tuple[Said, ...]:
    """What is wrong with a problem, each thing once; nothing with a good one."""
    found = [*_of_question(problem), *_of_answers(problem), *_alike(problem), *_of_key(problem), *_of_choices(problem)]
    return tuple({(said.key, str(said.params)): said for said in found}.values())


def _of_question(problem: Problem) -> Iterator[Said]:
    for expr in _shown(problem):
        for node in postorder(expr):
            key = trivial(node)
            if key:
                yield Said(key, {"part": node})
            if isinstance(node, Num) and _figures(node.value) > FIGURES:
                yield Said("taste.digits", {"part": node})


def _shown(problem: Problem) -> list[Expr]:
    """The formulas of the question, and of the sentences that ask."""
    chains = [part for part in problem.parts if isinstance(part, Chain)]
    said = [value for one in problem.ask if isinstance(one, Said) for value in one.params.values()]
    each = [item for value in said for item in (value if isinstance(value, tuple) else (value,))]
    return [item for chain in chains for item in chain.items] + [item for item in each if isinstance(item, Expr)]


def trivial(node: Expr) -> str:
    """What a teacher would not leave standing in this part of a formula: the key of a sentence, or nothing."""
    kids = children(node)
    if is_op(node, "pow") and kids[1] in (ZERO, ONE):
        return "taste.power"
    if is_op(node, "mul", "matmul") and any(k in (ZERO, ONE) for k in kids):
        return "taste.factor"
    if is_op(node, "div") and (kids[1] == ONE or kids[0] in (ZERO, kids[1])):
        return "taste.factor"
    if is_op(node, "add") and ZERO in kids:
        return "taste.zero"
    if is_op(node, "neg") and (is_op(kids[0], "neg") or kids[0] == ZERO):
        return "taste.signs"
    if is_op(node, "add") and max(Counter(map(_likeness, kids)).values()) > 1:
        return "taste.like"
    return ""


def _likeness(term: Expr) -> Expr:
    """A term without its number and sign: what it is collected by."""
    while is_op(term, "neg"):
        (term,) = children(term)
    if isinstance(term, Num):
        return ONE
    factors = [k for k in children(term) if not isinstance(k, Num) and not (is_op(k, "neg") and isinstance(children(k)[0], Num))]
    return mul(*factors) if is_op(term, "mul") and factors else term


def _of_answers(problem: Problem) -> Iterator[Said]:
    for asked in problem.asked:
        if asked.value == ZERO and not _may_be_zero(problem, asked):
            yield Said("taste.answer_zero", {"what": asked.name})
        if any(asked.value == shown for shown in _shown(problem)) and not isinstance(asked.value, Num):
            yield Said("taste.answer_same", {"what": asked.name})
        if _ugly(asked):
            yield Said("taste.number", {"what": asked.name, "value": asked.value})
        if len(write(asked.value)) > _LONGEST:
            yield Said("taste.answer_long", {"what": asked.name})


def _alike(problem: Problem) -> Iterator[Said]:
    """Two units of the same value, other than on or off: the second says nothing new."""
    values = [(a.name, a.value) for a in problem.asked if not isinstance(a.name, Diff) and a.value not in (ZERO, ONE)]
    for i, (what, value) in enumerate(values):
        yield from (Said("taste.alike", {"what": what, "other": other}) for other, same in values[:i] if same == value)


def _may_be_zero(problem: Problem, asked: Asked) -> bool:
    """One answer of several may be 0, as the output of a unit; the only one, or a derivative, may not."""
    return len(problem.asked) > 1 and not isinstance(asked.name, Diff) and any(a.value != ZERO for a in problem.asked)


def _ugly(asked: Asked) -> bool:
    """A number that is too large, too small, or too long."""
    if not is_number(asked.value):
        return False
    size = abs(floats({"value": asked.value})["value"])
    rounded = "tolerance" in asked.grading
    return not (size == 0 or _SMALL <= size < (_LARGE / 10 if rounded else _LARGE))


def is_number(value: Expr) -> bool:
    """Whether an answer is a number as a sheet writes it: whole, a decimal, a fraction."""
    return all(isinstance(node, Num) or is_op(node, "neg", "div") for node in postorder(value))


def _figures(number: int | Decimal) -> int:
    return len(str(number).replace(".", "").strip("0"))


def _of_key(problem: Problem) -> Iterator[Said]:
    lines = sum(isinstance(part, Line | Chain) for part in problem.solution)
    if lines > MOST_LINES * max(1, len(problem.asked)):
        yield Said("taste.lines", {"lines": str(lines)})
    widest = max((len(write(item)) for item in _written(problem.solution)), default=0)
    if widest > WIDEST:
        yield Said("taste.width", {"width": str(widest)})


def _written(parts: Iterable[object]) -> Iterator[Expr]:
    for part in parts:
        match part:
            case Chain():
                yield from part.items
            case Line() | Answer():
                yield part.formula
            case _:
                pass


def _of_choices(problem: Problem) -> Iterator[Said]:
    if problem.choices is None:
        return
    options = problem.choices.options
    if len(options) < 2 or (len(options) < 3 and isinstance(options[0], Expr)):
        yield Said("taste.few")
    shown = [write(o) if isinstance(o, Expr) else repr(o) for o in options]
    if len(set(shown)) < len(shown):
        yield Said("taste.twice")
