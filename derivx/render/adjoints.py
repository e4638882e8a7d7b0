"""Which adjoints of a derivation over arrays a page shows, and what it says of each.

As on a board: a part that only passes on what it receives, or whose gradient is a constant, goes without saying, and in brief
what is done entry by entry is done in one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from derivx import ops
from derivx.derive.matrix.calculus import Use
from derivx.derive.matrix.engine import Answer, Step
from derivx.derive.matrix.make import Maker
from derivx.derive.matrix.transposed import moved
from derivx.expr import Call, Diff, Expr, Num, Sym, is_op, names
from derivx.render.sentences import Said
from derivx.shape import Shape

_PASSING = frozenset({"add", "neg", "spread", "column", "row"})
_MOST = 6  # ways that are told
_SILENT = frozenset({"reason.add", "reason.neg", "reason.scale"})  # said where there is nothing else to say
_REDUCING = frozenset({"sum", "mean", "tr"})
_SPOKEN = frozenset({
    "transpose", "inv", "det", "logdet", "tr", "norm2", "softmax", "log_softmax", "logsumexp", "diag", "diagonal",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adjoint:
    """A line: the step (by its number) that it shows, what stands left, what that equals one after the other, and why."""

    number: int
    items: tuple[Expr, ...]
    reason: Said


def adjoints(output: str, found: Answer, detail: str = "brief") -> list[Adjoint]:
    """The lines of the backward pass."""
    steps = found.steps
    shown = _shown(found, detail)
    return [Adjoint(i, _items(output, steps[i]), reason(i, found, shown)) for i in sorted(shown)]


def by(output: str, part: Expr) -> Expr:
    """The derivative of the output by a name or by a part of a formula."""
    return Diff(Sym(output), part) if isinstance(part, Sym) else Call("partial", (Sym(output), part))


def ranks(found: Answer) -> dict[str, int]:
    """How many axes the names have, those of the reasons included."""
    every = dict(found.shapes)
    for i, step in enumerate(found.steps):
        for use in step.uses:
            identity = moved(use, found.shapes, _above(i, use, found))
            every = {**(identity.shapes if identity else {}), **every}
    return {name: len(shape) for name, shape in every.items()}


def _items(output: str, step: Step) -> tuple[Expr, ...]:
    """A name that is used several times: what it receives from each use, then their sum."""
    left = by(output, step.part)
    received = tuple(use.formula for use in step.uses)
    total = Call("add", received)
    terms = step.formula.args if isinstance(step.formula, Call) and step.formula.op == "add" else ()
    several = bool(step.name) and len(received) > 1 and {*received} != {*terms}
    return (left, total, step.formula) if several else (left, step.formula)


# What is shown.


def _shown(found: Answer, detail: str) -> set[int]:
    steps = found.steps
    if detail == "full":
        return set(range(len(steps)))
    groups: dict[int, list[int]] = {}
    first: dict[int, int] = {}
    for i, step in enumerate(steps):
        above = parent(i, found)
        alike = above is not None and not step.name and steps[above].formula == step.formula
        first[i] = first[above] if alike and above is not None else i
        groups.setdefault(first[i], []).append(i)
    return {k for k, members in groups.items() if steps[k].name or any(_telling(steps[i], found.shapes, detail) for i in members)}


def parent(i: int, found: Answer) -> int | None:
    """The step of the value that uses the part of this one, where a single one does."""
    step = found.steps[i]
    if len(step.uses) != 1:
        return None
    user, lets = step.uses[0].by, dict(found.let)
    for k, other in enumerate(found.steps):
        if (other.part is user and other.within == step.within) or (
            step.within and other.name == step.within and lets[step.within] is user
        ):
            return k
    return None


def _telling(step: Step, shapes: Mapping[str, Shape], detail: str) -> bool:
    """Whether a part deserves a line of its own."""
    if step.name:
        return True
    arrays = any(shapes.get(n) for n in names(step.formula))
    if detail != "brief" or not arrays:
        return arrays
    if not step.shape or not isinstance(step.part, Call):
        return False
    bare = step.part.op == "transpose"
    arrives = any(not _entrywise(use.by.op) and use.by.op not in _REDUCING for use in step.uses)
    return len(step.uses) > 1 or (not bare and (arrives or not _entrywise(step.part.op)))


def _entrywise(op: str) -> bool:
    return op in _PASSING or not ops.known(op) or ops.card(op).shape == "elementwise"


# What is said.


def reason(i: int, found: Answer, shown: set[int] | frozenset[int] = frozenset()) -> Said:
    """How an adjoint came: the operations since the last line that is shown, the last of them as an identity."""
    said: dict[str, Said] = {}
    for way in _ways(i, found, shown):
        for one in _told(way, found, _above(i, way[-1], found)):
            said[str(one)] = one
    spoken = [s for s in said.values() if s.key not in _SILENT] or list(said.values())[:1] or [Said("reason.add")]
    return replace(spoken[0], more=tuple(spoken[1:]))


def reasons(found: Answer) -> list[Said]:
    """The sentence of every step, each for itself."""
    every = frozenset(range(len(found.steps)))
    return [reason(i, found, every) for i in range(len(found.steps))]


def _ways(i: int, found: Answer, shown: set[int] | frozenset[int]) -> list[list[Use]]:
    """The uses from the values that are shown (or the output) down to a step, one list for each way there."""
    out: list[list[Use]] = []
    for use in found.steps[i].uses:
        above = _step_of(use, found.steps[i], found)
        hidden = above is not None and above not in shown
        before = _ways(above, found, shown) if hidden and above is not None else [[]]
        out += [[*way, use] for way in before]
    return out[:_MOST]


def _above(i: int, use: Use, found: Answer) -> Use | None:
    """The use of the value to which this use belongs, where there is a single one."""
    above = _step_of(use, found.steps[i], found)
    uses = found.steps[above].uses if above is not None else ()
    return uses[0] if len(uses) == 1 else None


def _step_of(use: Use, step: Step, found: Answer) -> int | None:
    """The step of the value that this use belongs to."""
    return next((k for k, other in enumerate(found.steps) if other.part is use.by and other is not step), None)


def _told(way: Sequence[Use], found: Answer, outer: Use | None) -> list[Said]:
    """What is said of the operations one after the other: of the last one as an identity where it has one."""
    shape = Maker(found.shapes, {}).shape
    identity = moved(way[-1], found.shapes, outer)
    out: list[Said] = []
    for i, use in enumerate(way):
        if use.by.op == "norm2" and i and _squares(way[i - 1]):
            out[-1] = Said("reason.norm2_squared")
        elif i == len(way) - 1 and identity is not None and identity.shapes[identity.upstream.name]:
            out = out[:-1] if use.by.op == "transpose" else out  # said with the product in which the transpose stands
            inside = {"moved": identity.moved, "back": identity.back, "step": identity.step}
            out.append(Said("reason.product", {"upstream": identity.upstream, **inside}))
        elif i == len(way) - 1 and use.by.op in _SPOKEN:
            out.append(Said(f"reason.{use.by.op}"))
        elif said := _named(use, shape):
            out.append(said)
    return out


def _squares(use: Use) -> bool:
    return is_op(use.by, "pow") and use.by.args[1] == Num(2)


def _named(use: Use, shape: Callable[[Expr], Shape]) -> Said | None:
    """An operation by its name; nothing for one that only passes on what it receives."""
    others = [a for k, a in enumerate(use.by.args) if k != use.index]
    if use.by.op == "neg":
        return Said("reason.neg")
    if use.by.op in _PASSING:
        return None if shape(use.by) == shape(use.by.args[use.index]) else Said("reason.broadcast")
    if (use.by.op == "mul" or (use.by.op == "div" and use.index == 0)) and not any(map(shape, others)):
        return Said("reason.scale")
    if use.by.op == "matmul":
        return Said("reason.matmul" if shape(use.by) else "reason.inner")
    return Said("reason.op", {"op": use.by.op})
