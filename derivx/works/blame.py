"""A wrong line may be right by itself: the mistake is then in what a name was said to stand for."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import pairwise

from derivx import ops
from derivx.derive.byhand import derive
from derivx.errors import DerivxError
from derivx.expr import ONE, Call, Diff, Expr, Sym, mul, names, postorder, substitute
from derivx.grading.reference import written_out
from derivx.works.result import LineVerdict
from derivx.works.setup import Setup, parts_of
from derivx.works.sheet import Problem, Statement
from derivx.works.slopes import INNER, slope_of
from derivx.works.world import World, agree, before_functions, closure, is_delta, with_names

_MOST = 80
Rows = Sequence[tuple[Statement, LineVerdict]]


def culprit(world: World, setup: Setup, blamed: Container[str], rows: Rows) -> tuple[str, Expr] | None:
    """A name whose definition, mended, makes the first wrong line right, and what it should stand for."""
    wrong = next((s for s, verdict in rows if verdict is LineVerdict.WRONG and s.defines not in blamed), None)
    if wrong is None:
        return None
    used = {n for e in (wrong.left, *wrong.parts) if e is not None for n in closure(e, world.definitions)}
    own = [s.defines for s, _ in rows if s.defines in used and s.defines not in blamed and s.defines not in setup.aliases]
    for name in sorted(own, key=lambda n: _anchored(n, world, setup.problem)):  # those that are no part of the question first
        right = _mended(name, wrong, world, setup.problem, rows)
        if right is not None:
            return _deeper(name, right, world, setup, [n for n in own if n != name]) or (name, right)
    return None


def mended(world: World, problem: Problem, name: str, e: Expr) -> World:
    """The world where a name stands for something else; what the program says is not written with what the name stood for."""
    return with_names(world.having({**problem.definitions, name: e}), keep=[name])


def _deeper(name: str, right: Expr, world: World, setup: Setup, own: Sequence[str]) -> tuple[str, Expr] | None:
    """A ``delta`` that the blamed name is made of, where the mistake was made already."""
    problem = setup.problem
    inside = (n for n in own if n in closure(world.definitions[name], world.definitions) and is_delta(n))
    for inner in (n for n in inside if not _anchored(n, world, problem)):
        values = world.values(Sym(inner))
        for e in _deltas(problem)[:_MOST]:
            if not agree(values, world.values(e)) and agree(mended(world, problem, inner, e).values(Sym(name)), world.values(right)):
                return inner, e
    return None


def _mended(name: str, wrong: Statement, world: World, problem: Problem, rows: Rows) -> Expr | None:
    """What a name should stand for; ``None`` where no part of the question mends the wrong line."""
    anchored = _anchored(name, world, problem)
    if anchored and _only_about(wrong.left, name):
        return None
    own = world.values(Sym(name))
    broken = [s for s, verdict in rows if verdict is LineVerdict.WRONG and s is not wrong]
    good = [s for s, verdict in rows if verdict is LineVerdict.RIGHT and not s.defines and _uses(s, name, world)]
    parts = [e for e in parts_of(problem) if world.knows(e)]
    for e in [*(_deltas(problem) if is_delta(name) else []), *parts][:_MOST]:
        if name in closure(e, {**world.definitions, **problem.definitions}) or agree(own, world.values(e)):
            continue
        there = mended(world, problem, name, e)
        if not _holds(wrong, there, problem):
            continue
        # a name that is a part of the question is not blamed for one line
        if not anchored or (all(_holds(s, there, problem) for s in good) and any(_holds(s, there, problem) for s in broken)):
            return e
    return None


def _anchored(name: str, world: World, problem: Problem) -> bool:
    """Whether a name is a part of the question, or a derivative on the way; ``delta1`` only one by what goes into a function."""
    parts = _deltas(problem) if is_delta(name) else [e for e in parts_of(problem) if world.knows(e)]
    own = world.values(Sym(name))
    return any(agree(own, world.values(e)) for e in parts)


def _deltas(problem: Problem) -> list[Expr]:
    """The derivatives by what goes into a function, named or not, and by what stands last."""
    known = problem.definitions
    found: list[Expr] = [Diff(problem.body, Sym(n)) for n in before_functions(known)]
    for name, body in known.items():
        if isinstance(body, Call) and len(body.args) == 1 and body.op != "neg" and not isinstance(body.args[0], Sym) and ops.known(body.op):
            slope = substitute(slope_of(body.op), {Sym(INNER): body.args[0]})
            found.append(mul(Diff(problem.body, Sym(name)), slope))
    if problem.label in known:
        found += [e for part in _before_output(problem) if (e := _by_part(known[problem.label], part)) is not None]
    return found or [Diff(problem.body, Sym(n)) for n in known]


def _before_output(problem: Problem) -> list[Expr]:
    """What has no name and goes into the output, ``w*h - y`` of ``(w*h - y)^2``; not where it moves as the value of a function does."""
    known = problem.definitions
    output = known[problem.label]
    values = [n for n, e in known.items() if isinstance(e, Call) and len(e.args) == 1 and e.op != "neg"]
    nodes = dict.fromkeys(n for n in postorder(output) if isinstance(n, Call) and n is not output)
    own = [n for n in nodes if any(v in known for v in names(n))]
    return [n for n in own if not any(v in names(n) and _slope(n, v) == ONE for v in values)]


def _slope(e: Expr, by: str) -> Expr | None:
    try:
        return written_out(derive(e, (by,)))
    except DerivxError:
        return None


def _by_part(e: Expr, part: Expr) -> Expr | None:
    slope = _slope(substitute(e, {part: Sym(INNER)}), INNER)
    return substitute(slope, {Sym(INNER): part}) if slope is not None else None


def _holds(s: Statement, world: World, problem: Problem) -> bool:
    row = [s.left if s.left is not None else problem.targets[0], *s.parts]
    return all(world.same(a, b) is True for a, b in pairwise(row))


def _only_about(left: Expr | None, name: str) -> bool:
    """Whether a statement is about a derivative of the name alone: ``du/dx = ...``."""
    return isinstance(left, Diff) and left.body == Sym(name)


def _uses(s: Statement, name: str, world: World) -> bool:
    return any(name in closure(e, world.definitions) for e in (s.left, *s.parts) if e is not None)
