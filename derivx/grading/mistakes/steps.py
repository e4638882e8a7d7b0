"""Which line of the explanation a mistake breaks."""

from __future__ import annotations

from derivx.derive.step import Derivation, Step
from derivx.expr import Call, Diff, Expr, at, written_out

_MOST_NODES = 300


def step_of(derivation: Derivation, at_the_end: bool, rule: str, part: Expr | None) -> int:
    """The line (from 1) that uses the rule on the part; 0 where there is no line at all, the last for slips in the answer."""
    steps = derivation.steps
    if not steps:
        return 0
    if at_the_end:
        return len(steps)
    if not rule or part is None:
        return 1
    fits = [_fit(step, rule, part, derivation) for step in steps]
    best = max(fits)
    return fits.index(best) + 1 if best else 1


def _fit(step: Step, rule: str, part: Expr, derivation: Derivation) -> int:
    """How well a line fits: the rule, the operation, the very part."""
    node = at(step.before, step.path)
    body = node.body if isinstance(node, Diff) else None
    if body is None:
        return 0
    same_op = isinstance(body, Call) and isinstance(part, Call) and body.op == part.op
    whole = written_out(body, derivation.where, _MOST_NODES) == part
    return 4 * (step.rule == rule) + 2 * whole + same_op if step.rule == rule or whole else 0
