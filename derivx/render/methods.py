"""The two other ways of telling a derivative over arrays, as parts of a page: by differentials, and by indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derivx.check.verdict import Check
from derivx.derive.matrix.differentials import Differentials, Rule
from derivx.derive.matrix.differentials import Line as Row
from derivx.derive.matrix.engine import Question
from derivx.derive.matrix.indices import IndexProof
from derivx.expr import Call, Diff, Expr, Num, Sym
from derivx.render.document import Chain, Line, Note, Part, Section, verdict_of
from derivx.render.document import Question as Asked
from derivx.render.sentences import Said
from derivx.syntax.write import write


def asked(question: Question) -> Expr:
    """What the answer is the value of."""
    output, wrt = Sym(question.label), Sym(question.wrt)
    stacked = Call("vec", (wrt,))
    match question.kind:
        case "hessian":
            return Diff(Diff(output, wrt), wrt)
        case "vec_hessian":
            return Call("partial", (output, stacked, Num(2)))
        case "vec_jacobian":
            return Call("partial", (Call("vec", (output,)), Call("transpose", (stacked,))))
    return Diff(output, wrt)


# By differentials.


def differential_parts(question: Question, found: Differentials, checks: Sequence[Check]) -> list[Part]:
    """dL, its lines, and what is read off."""
    if not found.lines:
        return []
    start = _started(question)
    parts: list[Part] = [Section(Said("ui.differentials")), Asked(Call("eq", (start, found.lines[0].before)))]
    for i, row in enumerate(found.lines):
        rule, why = rule_of(row), why_of(row)
        parts.append(Line(i + 1, row.after, rule, why, row.names, verdict=verdict_of(i, checks)))
    if question.kind != "gradient_sym":
        parts.append(Note(Said("ui.read_off", {"definition": Call("eq", (start, _definition(question)))}), plain=True))
    return parts


def rule_of(row: Row) -> Said:
    """The names of the rules of a line."""
    return _said(row, "rule")


def why_of(row: Row) -> Said:
    """The sentences of the rules of a line."""
    return _said(row, "why")


def _said(row: Row, kind: str) -> Said:
    first, *more = [Said(f"{kind}.{key}", _params(row, (key, params))) for key, params in row.rules]
    return Said(first.key, first.params, tuple(more))


def _params(row: Row, rule: Rule) -> Mapping[str, Expr | str]:
    key, params = rule
    return {"names": ", ".join(f"{n} = {write(e)}" for n, e in row.names.items()), **params} if key == "name" else params


def _started(question: Question) -> Expr:
    """The differential of the output, or of its gradient."""
    output: Expr = Sym(question.label)
    if question.kind in ("hessian", "vec_hessian"):
        output = Diff(output, Sym(question.wrt))
    start = Call("differential", (output,))
    return Call("vec", (start,)) if question.kind in ("vec_jacobian", "vec_hessian") else start


def _definition(question: Question) -> Expr:
    """What the differential is by definition of what is asked."""
    step: Expr = Call("differential", (Sym(question.wrt),))
    whole = asked(question)
    if question.kind.startswith("gradient"):
        return Call("inner", (whole, step))
    if question.kind == "dscalar":
        return Call("mul", (whole, step))
    return Call("matmul", (whole, Call("vec", (step,)) if question.kind in ("vec_jacobian", "vec_hessian") else step))


# By indices.


def index_parts(question: Question, proofs: Sequence[IndexProof], checks: Sequence[Check]) -> list[Part]:
    """A section for each step; ``checks`` number the lines of all of them, and of each its law at the end."""
    parts: list[Part] = []
    at = 0
    for proof in proofs:
        parts += _one(question, proof, checks, at)
        at += len(proof.lines) + 1
    return parts


def passed_on(question: Question, proofs: Sequence[IndexProof], checks: Sequence[Check], at: int) -> list[Part]:
    """The steps whose gradient is the one that comes in, one line each."""
    if not proofs:
        return []
    chains = [Chain(passed(question, proof), verdict=verdict_of(at + i, checks)) for i, proof in enumerate(proofs)]
    return [Section(Said("ui.index_passed")), *chains]


def passed(question: Question, proof: IndexProof) -> tuple[Expr, Expr]:
    """The gradients by the argument and by the value, which are equal."""
    output = Sym(question.label)
    return Call("partial", (output, proof.arg)), Call("partial", (output, proof.part))


def _one(question: Question, proof: IndexProof, checks: Sequence[Check], at: int) -> Iterator[Part]:
    equation = Call("eq", (proof.value, proof.node))
    yield Section(Said("ui.index_step", {"step": equation, "wrt": proof.by}))
    for name, stood in {**proof.stands, **_output(question, proof)}.items():
        yield Chain((Sym(name), stood))
    if not proof.lines:
        yield Note(Said("ui.index_none"), plain=True)
    last: Expr | None = None
    for i, line in enumerate(proof.lines):
        said = Said(f"reason.{line.rule}", {"value": proof.value} if line.rule == "i_chain" else {})
        yield Chain((line.before, line.after), "", said, verdict_of(at + i, checks), continued=line.before == last)
        last = line.after
    reason = Said("reason.i_law" if proof.lines else "reason.i_none")
    yield Chain((by(question, proof), proof.law), "", reason, verdict_of(at + len(proof.lines), checks))
    if proof.dims:
        yield Note(Said("ui.index_ranges", {"ranges": _ranges(proof)}), plain=True)


def _ranges(proof: IndexProof) -> str:
    """The indices with their sizes, those of one size together."""
    alike: dict[str, list[str]] = {}
    for name, n in proof.dims.items():
        alike.setdefault(write(n), []).append(name)
    return "; ".join(f"{', '.join(names)} = 1, …, {n}" for n, names in alike.items())


def _output(question: Question, proof: IndexProof) -> dict[str, Expr]:
    """What the name of the gradient that comes in stands for."""
    return {proof.upstream.name: Call("partial", (Sym(question.label), proof.value))}


def by(question: Question, proof: IndexProof) -> Expr:
    """The gradient by the argument."""
    return Call("partial", (Sym(question.label), proof.by))
