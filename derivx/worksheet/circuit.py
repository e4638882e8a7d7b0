"""Problems about a program: the chain rule over named intermediates, and the two passes of back-propagation with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise

from derivx.check.sweep import check_sweep
from derivx.check.values import Scaled, valued
from derivx.check.verdict import Verdict
from derivx.derive import backprop
from derivx.derive.backprop import Sweep
from derivx.derive.local import total
from derivx.errors import CheckFailed
from derivx.expr import Diff, Expr, Sym, children, names, postorder, substitute, written_out
from derivx.graph.graph import graph
from derivx.graph.paths import walks
from derivx.picture.sweeps import Graph
from derivx.render.document import Chain, Part, Section, overall
from derivx.render.exercise import Figure
from derivx.render.sentences import Said
from derivx.render.sweep import Numbers, SweepPage, links_of, page, path_product
from derivx.render.typeset import Style
from derivx.syntax import read, write
from derivx.syntax.program import Program
from derivx.worksheet.frame import Frame, explained, identity, point, rounding, said
from derivx.worksheet.numbers import Point, Value, alike, floats, given, rounded, written
from derivx.worksheet.problem import Asked, Claim, Problem
from derivx.worksheet.scalar import number_asked

_PLAIN = (1e-5, 1e7)  # sizes of numbers that are written out
_MOST_PATHS = 6
_WIDEST = 40  # characters of a formula with its numbers


def chained(program: Program, wrt: Sequence[str], frame: Frame) -> Problem:
    """The derivatives of a program's output as sums of products of local derivatives."""
    sweep = _swept(program, wrt, {})
    asked, solution = list[Asked](), dict[Part, None]()
    body = written_out(sweep.output, program.definitions)
    for name in wrt:
        local, rule, answer = _chain_rule(sweep, name)
        out, label = written_out(answer, program.definitions), Diff(sweep.output, Sym(name))
        solution |= dict.fromkeys([*local, Chain(tuple(dict.fromkeys((label, rule, answer, out))))])
        asked.append(Asked(label, out, {"problem": write(body), "wrt": name}, (Claim(Diff(body, Sym(name))),)))
    ask = frame.ask or (Said("ask.chain", {"what": tuple(a.name for a in asked)}),)
    hints = frame.hints or (said("clue.chain"), said("clue.local"))
    same = identity(frame.kind, *_words(program), *wrt)
    single = len(program.inputs) == 1
    style = Style(frozenset() if single else frozenset(n.name for n in sweep.graph.nodes), single)
    return Problem(
        frame.kind, frame.level, ask, tuple(asked), tuple(solution), same, explained(_equations(program)), hints=hints, style=style,
        alone=lambda i: chained(program, (wrt[i],), frame),
    )  # fmt: skip


def _chain_rule(sweep: Sweep, name: str) -> tuple[list[Part], Expr, Expr]:
    """Every local derivative on the way; the sum over the paths of their products, by name and carried out."""
    at = sweep.graph.at[name]
    paths = list(walks(links_of(sweep), at, sweep.graph.output, _MOST_PATHS))
    local: dict[tuple[int, int], Part] = {}
    for path in paths:
        for below, above in pairwise(path):
            link = next(link for link in sweep.adjoints[below].links if link.user == above)
            local[below, above] = Chain((sweep.factor(below, link), link.local))
    products = [path_product(sweep, path) for path in paths]
    rule, answer = (total([row[i] for row in products]) for i in range(2))
    return [*reversed(local.values())], rule, answer


def propagated(program: Program, wrt: Sequence[str], frame: Frame, at: Point) -> Problem:
    """The value of every node, and the gradient at the names of ``wrt``, with the drawing."""
    sweep = _swept(program, wrt, at)
    found = valued(sweep, floats(at))
    values = {name: written(float(found.values[name])) for name in program.definitions}
    slopes = {name: written(float(found.adjoints[sweep.graph.at[name]].plain)) for name in wrt}
    both = alike({**{("", n): v for n, v in values.items()}, **{("d", n): v for n, v in slopes.items()}})
    values, slopes = {n: both["", n] for n in values}, {n: both["d", n] for n in slopes}
    here = {**at, **{name: given(float(found.values[name])) for name in program.definitions}}
    asked = [_node(program, name, None, here, v) for name, v in values.items()]
    asked += [_node(program, name, sweep, here, slopes[name]) for name in wrt]
    first = frame.ask or (Said("ask.backprop", {"what": tuple(Diff(sweep.output, Sym(n)) for n in wrt), "point": point(at)}),)
    as_asked = partial(_as_asked, max((v.places for v in both.values() if v.places is not None), default=0))
    numbers = Numbers({n: float(v) for n, v in found.values.items()}, {i: _plain(a) for i, a in found.adjoints.items()}, written=as_asked)
    leaves = Numbers(floats(at), {}, written=as_asked)
    alt = Said("told.graph", {"output": sweep.output})
    shown = page(sweep, SweepPage(numbers))
    solution = (*_with_numbers(_passes(shown.parts), at), Figure(Graph(sweep, numbers), alt))
    parts = (*explained(_equations(program)), Figure(Graph(sweep, leaves), alt))
    hints = frame.hints or (said("clue.forward"), said("clue.backward", output=sweep.output), said("clue.paths"))
    same = identity(frame.kind, *_words(program), *wrt, *(f"{n}={write(v)}" for n, v in at.items()))
    ask = (*first, *rounding(both.values()))
    return Problem(
        frame.kind, frame.level, ask, tuple(asked), solution, same, parts, hints=hints, style=shown.style,
        alone=lambda i: propagated(program, (wrt[i - len(values)],), frame, at),
    )  # fmt: skip


def _as_asked(places: int, number: float) -> tuple[str, bool]:
    """A number of a key with the decimals that its question asks for; with more, where these say nothing; whether it is rounded."""
    if number and not _PLAIN[0] <= abs(number) < _PLAIN[1]:
        return f"{number:.4g}", True
    found = written(number)
    return (found.text, False) if found.places is None else (rounded(number, max(places, found.places)).text, True)


def _node(program: Program, name: str, sweep: Sweep | None, here: Point, found: Value) -> Asked:
    """The value of a node (its gradient, with a sweep), measured on formulas that go back to the inputs, or to the node itself."""
    if sweep is None:
        body, label, by = written_out(Sym(name), program.definitions), Sym(name), ()
    else:
        others = {n: f for n, f in program.definitions.items() if n != name}
        body, label, by = written_out(sweep.output, others), Diff(sweep.output, Sym(name)), (name,)  # type: ignore[assignment]
    used = {n: here[n] for n in dict.fromkeys((*names(body), *by)) if n in here}
    return number_asked(label, body, used, found, by)


def _swept(program: Program, wrt: Sequence[str], at: Point) -> Sweep:
    """The backward sweep, measured by the referees. Raises ``CheckFailed``."""
    sweep = backprop.backprop(graph(program), wrt)
    report = check_sweep(sweep, floats(at), exact=False)
    if overall(report.checks) is not Verdict.PASS:
        raise CheckFailed("check_failed", referee=next((c.referee for c in report.checks if c.verdict is Verdict.FAIL), "complex_step"))
    return sweep


def _passes(parts: Iterable[Part]) -> list[Part]:
    """The forward and the backward pass of a sweep's page."""
    out = list[Part]()
    for part in parts:
        if isinstance(part, Section) and part.title.key not in ("ui.forward", "ui.backward"):
            break
        out.append(part)
    return out


def _with_numbers(parts: Iterable[Part], at: Point) -> Iterable[Part]:
    """Every line with its numbers put in; a rounded one is not put in, for it would give another number."""
    values: dict[Expr, Expr] = {Sym(name): value for name, value in at.items()}
    slopes: dict[Expr, Expr] = {}
    for part in parts:
        if not isinstance(part, Chain) or not part.value:
            yield part
            continue
        filled = last = substitute(part.items[-1], slopes)
        if last not in values and not any(isinstance(node, Diff) for node in postorder(last)):
            filled = substitute(last, values)
        told = filled != part.items[-1] and not names(filled) and len(write(filled)) <= _WIDEST and len(children(filled)) > 0
        yield replace(part, items=(*part.items, filled)) if told else part
        if not part.rounded:
            (slopes if isinstance(part.items[0], Diff) else values)[part.items[0]] = read(part.value)


def _plain(found: Scaled) -> Scaled:
    return Scaled(float(found.value), found.exponent)


def _equations(program: Program) -> list[Part]:
    return [Chain((Sym(name), formula)) for name, formula in program.definitions.items()]


def _words(program: Program) -> list[str]:
    return [f"{name}={write(f)}" for name, f in program.definitions.items()]
