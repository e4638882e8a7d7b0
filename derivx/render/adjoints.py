"""Which adjoints of a derivation over arrays a page shows, and what it says of each.

As on a board: a part that only passes on what it receives, or whose gradient is a constant, goes without saying, and in brief
what is done entry by entry is done in one line.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from derivx import ops
from derivx.derive.matrix.calculus import Use
from derivx.derive.matrix.engine import Answer, Step
from derivx.derive.matrix.make import Maker
from derivx.derive.matrix.transposed import Moved, moved
from derivx.expr import Call, Diff, Expr, Num, Sym, add, is_op, names
from derivx.render.sentences import Said

_PASSING = frozenset({"add", "spread", "column", "row"})
_REDUCING = frozenset({"sum", "mean", "tr"})
_MOST = 6  # ways that are told
_SILENT = frozenset({"reason.add", "reason.neg", "reason.scale"})  # said where there is nothing else to say
_SPOKEN = frozenset({
    "transpose", "inv", "det", "logdet", "tr", "norm2", "softmax", "log_softmax", "logsumexp", "diag", "diagonal", "norm1", "kron",
    "cumsum", "revcumsum", "prod", "amax", "amin", "reshape", "vec", "slice", "place", "concat", "stack", "einsum", "pinv", "cholesky",
    "half_tril", "conv1d", "conv1d_transpose", "im2col", "col2im", "matrix_power", "trace_of_power", "det_of_power",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adjoint:
    """A line: the step (by its number) that it shows, what stands left, what that equals one after the other, and why."""

    number: int
    items: tuple[Expr, ...]
    reason: Said


class Backward:
    """The backward pass of an answer as lines; ``shown`` are the steps that have one."""

    def __init__(self, output: str, found: Answer, detail: str = "brief", shown: Collection[int] | None = None) -> None:
        self.output, self.found, self.steps = output, found, found.steps
        self.maker = Maker(found.shapes, {})
        lets = dict(found.let)
        self.at = {(s.within, id(s.part)): i for i, s in enumerate(found.steps) if not s.name}
        self.at |= {(s.name, id(lets[s.name])): i for i, s in enumerate(found.steps) if s.name in lets}
        self.shown = frozenset(self._shown(detail) if shown is None else shown)

    @property
    def lines(self) -> list[Adjoint]:
        """The lines that are shown, from the output back."""
        return [Adjoint(i, self._items(self.steps[i]), self.reason(i)) for i in sorted(self.shown)]

    @cached_property
    def ranks(self) -> dict[str, int]:
        """How many axes the names have, those of the reasons included."""
        every = dict(self.found.shapes)
        for step in self.steps:
            for use in step.uses:
                identity = self._moved(use)
                every = {**identity.shapes, **every} if identity else every
        return {name: len(shape) for name, shape in every.items()}

    def _items(self, step: Step) -> tuple[Expr, ...]:
        """A name that is used several times: what it receives from each use, then their sum."""
        left = Diff(Sym(self.output), step.part) if isinstance(step.part, Sym) else Call("partial", (Sym(self.output), step.part))
        received = tuple(use.formula for use in step.uses)
        terms = step.formula.args if is_op(step.formula, "add") and isinstance(step.formula, Call) else ()
        several = bool(step.name) and len(received) > 1 and {*received} != {*terms}
        head = (Sym(step.called), left) if step.called else (left,)
        return (*head, add(*received), step.formula) if several else (*head, step.formula)

    # What is shown.

    def _shown(self, detail: str) -> set[int]:
        if detail == "full":
            return set(range(len(self.steps)))
        groups: dict[int, list[int]] = {}
        first: dict[int, int] = {}
        for i, step in enumerate(self.steps):
            above = self.user(step.uses[0]) if len(step.uses) == 1 and not step.name else None
            alike = above is not None and self.steps[above].formula == step.formula
            first[i] = first[above] if alike and above is not None else i
            groups.setdefault(first[i], []).append(i)
        return {k for k, group in groups.items() if self.steps[k].name or any(self._telling(self.steps[i], detail) for i in group)}

    def user(self, use: Use) -> int | None:
        """The step of the value that this use belongs to."""
        return self.at.get((use.within, id(use.by)))

    def _telling(self, step: Step, detail: str) -> bool:
        """Whether a part deserves a line of its own."""
        if step.name:
            return True
        arrays = any(self.found.shapes.get(n) for n in names(step.formula))
        if detail != "brief" or not arrays:
            return arrays
        if not step.shape or not isinstance(step.part, Call):
            return False
        arrives = any(not _entrywise(use.by.op) and use.by.op not in _REDUCING for use in step.uses)
        return len(step.uses) > 1 or (step.part.op != "transpose" and (arrives or not _entrywise(step.part.op)))

    # What is said.

    def reason(self, i: int) -> Said:
        """How an adjoint came: the operations since the last line that is shown, the last of them as an identity."""
        said = {str(one): one for way in self._ways(i) for one in self._told(way)}
        spoken = [s for s in said.values() if s.key not in _SILENT] or list(said.values())[:1] or [Said("reason.add")]
        return replace(spoken[0], more=tuple(spoken[1:]))

    def _ways(self, i: int) -> list[list[Use]]:
        """The uses from the values that are shown (or the output) down to a step, one list for each way there."""
        out: list[list[Use]] = []
        for use in self.steps[i].uses:
            above = self.user(use)
            before = self._ways(above) if above is not None and above not in self.shown else [[]]
            out += [[*way, use] for way in before]
        return out[:_MOST]

    def _moved(self, use: Use) -> Moved | None:
        """The identity of a use in a product; of a transpose, with the product in which that stands."""
        above = self.user(use)
        step = self.steps[above] if above is not None else None
        outer = step.uses[0] if step and use.by.op == "transpose" and len(step.uses) == 1 else None
        named = "" if step is None or outer else step.called or (step.formula.name if isinstance(step.formula, Sym) else "")
        identity = moved(use, self.found.shapes, outer, named)
        return identity if identity and self.maker.shape(outer.by if outer else use.by) else None

    def _told(self, way: Sequence[Use]) -> list[Said]:
        """What is said of the operations one after the other: of the last one as an identity where it has one."""
        identity = self._moved(way[-1])
        out: list[Said] = []
        for i, use in enumerate(way):
            if use.by.op == "norm2" and i and _squares(way[i - 1]):
                out[-1] = Said("reason.norm2_squared")
            elif i == len(way) - 1 and identity is not None:
                out = out[:-1] if use.by.op == "transpose" else out  # said with the product in which the transpose stands
                inside = {"moved": identity.moved, "back": identity.back, "step": identity.step}
                out.append(Said("reason.product", {"upstream": identity.upstream, **inside}))
            elif i == len(way) - 1 and use.by.op in _SPOKEN:
                out.append(Said(f"reason.{use.by.op}"))
            elif said := self._named(use):
                out.append(said)
        return out

    def _named(self, use: Use) -> Said | None:
        """An operation by its name; nothing for one that only passes on what it receives."""
        shape = self.maker.shape
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


def _entrywise(op: str) -> bool:
    return op in _PASSING or not ops.known(op) or ops.card(op).shape == "elementwise"


def _squares(use: Use) -> bool:
    return is_op(use.by, "pow") and use.by.args[1] == Num(2)


def reasons(output: str, found: Answer) -> list[Said]:
    """The sentence of every step, each for itself."""
    every = Backward(output, found, "full")
    return [every.reason(i) for i in range(len(found.steps))]
