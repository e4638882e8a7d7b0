"""The ways of telling a derivative over arrays: the pullback (as it is solved), by differentials, by indices; each with its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derivx.check.differentials import check_differentials
from derivx.check.indices import check_index_proof
from derivx.check.verdict import Check, Verdict
from derivx.derive.matrix.differentials import Differentials, differentials
from derivx.derive.matrix.engine import Answer, Question
from derivx.derive.matrix.indices import IndexProof, index_proofs
from derivx.errors import NotSupported, UsageError
from derivx.render.document import Note, Part
from derivx.render.json import check_dict
from derivx.render.methods import by, differential_parts, index_parts, passed, passed_on, why_of
from derivx.render.sentences import Said, sentence
from derivx.shape import Shape
from derivx.syntax import write
from derivx.words import LANGUAGES

METHODS = ("pullback", "differential", "index")


@dataclass(frozen=True)
class Telling:
    """A derivation by differentials or by indices; ``checks`` number its lines. The pullback is the answer's own steps."""

    question: Question
    lines: Differentials | None = None
    proofs: tuple[IndexProof, ...] = ()
    passed: tuple[IndexProof, ...] = ()  # steps that pass on what they receive, one line each
    checks: tuple[Check, ...] = ()

    def parts(self) -> list[Part]:
        """The parts of the page; nothing of what a referee rejected."""
        if any(check.verdict is Verdict.FAIL for check in self.checks):
            return [Note(Said("ui.method_rejected"), plain=True)]
        if self.lines is not None:
            return differential_parts(self.question, self.lines, self.checks)
        return [*index_parts(self.question, self.proofs, self.checks), *passed_on(self.question, self.passed, self.checks, self._count())]

    @property
    def method(self) -> str:
        """Its name."""
        return "differential" if self.lines is not None else "index"

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of the names it introduces."""
        return {name: shape for proof in self.proofs for name, shape in proof.shapes.items()}

    def steps(self) -> list[dict[str, Any]]:
        """The lines for JSON."""
        found = self._differential_steps() if self.lines is not None else self._index_steps()
        return [{**step, "checks": [check_dict(c) for c in self.checks if c.step == i]} for i, step in enumerate(found)]

    def _count(self) -> int:
        return sum(len(proof.lines) + 1 for proof in self.proofs)

    def _differential_steps(self) -> list[dict[str, Any]]:
        assert self.lines is not None
        return [
            {
                "rule": ",".join(dict.fromkeys(key for key, _ in row.rules)),
                "before": write(row.before),
                "after": write(row.after),
                "names": {name: write(e) for name, e in row.names.items()},
                "text": _both(why_of(row)),
            }
            for row in self.lines.lines
        ]

    def _index_steps(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        for proof in self.proofs:
            part = {
                "part": write(proof.part),
                "by": write(proof.arg),
                "names": {
                    proof.value.name: write(proof.node),
                    proof.upstream.name: f"partial({self.question.label}, {proof.value.name})",
                    **{name: write(e) for name, e in proof.stands.items()},
                },
                "shapes": {name: list(shape) for name, shape in proof.shapes.items()},
            }
            rows = [(line.rule, line.before, line.after) for line in proof.lines]
            rows.append(("i_law" if proof.lines else "i_none", by(self.question, proof), proof.law))
            for rule, before, after in rows:
                said = Said(f"reason.{rule}", {"value": proof.value} if rule == "i_chain" else {})
                out.append({"rule": rule, **part, "before": write(before), "after": write(after), "text": _both(said)})
        for proof in self.passed:
            before, after = passed(self.question, proof)
            part = {"part": write(proof.part), "by": write(proof.arg), "names": {}, "shapes": {}}
            out.append({"rule": "i_passed", **part, "before": write(before), "after": write(after), "text": _both(Said("reason.add"))})
        return out


def _both(said: Said) -> dict[str, str]:
    return {lang: sentence(said, lang).replace("\u00a0", " ") for lang in LANGUAGES}


def telling(question: Question, found: Answer, method: str, part: str | None, detail: str, *, check: bool) -> Telling | None:
    """The derivation by a method; nothing for the pullback. Raises ``NotSupported`` and ``UsageError``."""
    if method not in METHODS:
        raise UsageError("bad_option", option="method", value=method)
    if part is not None and method != "index":
        raise UsageError("bad_option", option="part", value=part)
    if method == "pullback":
        return None
    if method == "differential":
        lines = differentials(question, found)
        return Telling(question, lines, checks=tuple(check_differentials(question, found, lines)) if check else ())
    every = index_proofs(question)
    proofs = every if part is None else _chosen(question, every, part)
    told = [p for p in proofs if p.law != p.upstream] if part is None and detail == "brief" else proofs
    checks: list[Check] = []
    for proof in told if check else ():
        at = len(checks)
        checks += [replace(c, step=at + i) for i, c in enumerate(check_index_proof(proof))]
    silent = [p for p in proofs if p not in told]
    for proof in silent if check else ():
        checks.append(replace(check_index_proof(proof)[-1], step=len(checks)))
    return Telling(question, None, tuple(told), tuple(silent), tuple(checks))


def forward(question: Question, found: Answer, detail: str, *, check: bool) -> Telling | None:
    """The lines by differentials of what no pullback tells, a Jacobian or a Hessian; none where there are none, or a wrong one."""
    try:
        told = telling(question, found, "differential", None, detail, check=check)
    except NotSupported:
        return None
    return None if told is None or any(c.verdict is Verdict.FAIL for c in told.checks) else told


def _chosen(question: Question, proofs: Sequence[IndexProof], part: str) -> list[IndexProof]:
    """The proofs of one step, given as its formula or by the name it has in the program."""
    bare = part.replace(" ", "")
    found = [p for p in proofs if bare in (write(p.part).replace(" ", ""), p.value.name if p.value.name in dict(question.let) else "")]
    if not found:
        there = "; ".join(dict.fromkeys(write(p.part) for p in proofs))
        raise UsageError("no_such_part", part=part, there=there)
    return found
