"""The differential method and the index proofs: every line proved on all textbook cases and random programs; planted faults found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from derivx import explain
from derivx.api.matrices import MatrixDerivation, MatrixDerivations
from derivx.check.differentials import check_differentials
from derivx.check.entries import prove_entries
from derivx.check.indices import check_index_proof
from derivx.check.pullbacks import pullbacks
from derivx.check.verdict import Verdict
from derivx.derive.matrix.calculus import Calculus
from derivx.derive.matrix.differentials import Differentials, differentials
from derivx.derive.matrix.engine import Question, solve
from derivx.derive.matrix.indices import IndexProof, index_proofs
from derivx.errors import NotSupported, UsageError
from derivx.expr import Call, Expr, is_op, neg, postorder, transform
from derivx.syntax import Limits, read, write
from tests.conftest import share
from tests.matrix.generate import random_case
from tests.matrix.programs import random_program
from tests.matrix.test_engine import CASES, RUNNER

NO_INDEX_FORM = {"inv", "logdet", "det", "conv1d", "conv1d_transpose", "im2col", "matrix_power", "trace_of_power", "det_of_power", "kron"}


def lines_of(question: Question) -> Differentials:
    return differentials(question, solve(question))


def asked(text: str, wrt: str, shapes: dict[str, tuple[int | str, ...]], kind: str = "gradient") -> Question:
    declared = [*shapes, *(str(d) for shape in shapes.values() for d in shape)]
    return Question(shapes, read(text, declared, Limits(arrays=True)), wrt, kind)


def proved(question: Question) -> None:
    """Both methods; of the differential method, that each line begins where the last one ended and the last one holds the answer."""
    answer = solve(question)
    found = differentials(question, answer)
    assert {c.verdict for c in check_differentials(question, answer, found)} <= {Verdict.PASS}
    assert all(line.rules for line in found.lines)
    assert all(a.after == b.before for a, b in zip(found.lines, found.lines[1:], strict=False))
    assert not found.lines or question.kind == "gradient_sym" or any(n == answer.formula for n in postorder(found.lines[-1].after))
    for proof in index_proofs(question):
        assert proof.lines or proof.node.op in NO_INDEX_FORM, write(proof.node)
        assert {c.verdict for c in check_index_proof(proof)} <= {Verdict.PASS}


@pytest.mark.parametrize("name", CASES)
def test_every_line_of_a_textbook_derivative_holds(name: str) -> None:
    proved(RUNNER.question(CASES[name]))


def test_every_line_of_a_random_program_holds() -> None:
    rng = Random(20)
    for _ in range(share(800)):
        question = RUNNER.question(random_case(rng))
        try:
            solve(question)
        except NotSupported:
            continue
        proved(question)


def test_every_line_of_a_random_program_over_all_cards_holds() -> None:
    for i in range(share(800)):
        question = RUNNER.question(random_program(Random(i)))
        answer = solve(question)
        found = differentials(question, answer)
        assert Verdict.FAIL not in {c.verdict for c in check_differentials(question, answer, found)}, write(question.output)
        assert not found.lines or any(n == answer.formula for n in postorder(found.lines[-1].after)), write(question.output)
        for proof in index_proofs(question):
            assert Verdict.FAIL not in {c.verdict for c in check_index_proof(proof)}, write(proof.node)


LEAST_SQUARES = asked("sum((X@w - y)**2)/N", "w", {"X": ("N", "d"), "w": ("d",), "y": ("N",)})
PLANTED = (
    LEAST_SQUARES,
    asked("tr(A @ X @ B @ X.T)", "X", {"A": ("m", "m"), "X": ("m", "n"), "B": ("n", "n")}),
    asked("sum(tanh(X @ W + b)**2)", "W", {"X": ("N", "d"), "W": ("d", "h"), "b": ("h",)}),
    asked("softmax(A @ x)", "x", {"A": ("m", "n"), "x": ("n",)}, "jacobian"),
)


def faults(e: Expr) -> Iterator[Expr]:
    """The sign, a dropped term, a dropped or added transpose of a square factor, a sum over one index less."""
    yield neg(e)
    for node in postorder(e):
        if is_op(node, "add") and isinstance(node, Call):
            yield transform(e, lambda n, old=node: old.args[0] if n == old else n)  # type: ignore[misc]
        if is_op(node, "index_sum") and isinstance(node, Call):
            yield transform(e, lambda n, old=node: old.args[0] if n == old else n)  # type: ignore[misc]
        if is_op(node, "kdelta") and isinstance(node, Call):
            yield transform(e, lambda n, old=node: Call("add", (old, old)) if n == old else n)  # type: ignore[misc]


@pytest.mark.parametrize("question", PLANTED, ids=lambda q: write(q.output))
def test_the_referee_finds_every_planted_fault_in_a_differential(question: Question) -> None:
    answer = solve(question)
    found = differentials(question, answer)
    for i, line in enumerate(found.lines):
        for fault in faults(line.after):
            planted = replace(found, lines=(*found.lines[:i], replace(line, after=fault), *found.lines[i + 1 :]))
            verdicts = [c.verdict for c in check_differentials(question, answer, planted)]
            assert verdicts[i] is Verdict.FAIL, write(fault)


@pytest.mark.parametrize("question", PLANTED, ids=lambda q: write(q.output))
def test_the_referee_finds_every_planted_fault_in_an_index_proof(question: Question) -> None:
    for proof in index_proofs(question):
        for i, line in enumerate(proof.lines):
            for fault in faults(line.after):
                planted = replace(proof, lines=(*proof.lines[:i], replace(line, after=fault), *proof.lines[i + 1 :]))
                assert check_index_proof(planted)[i].verdict is Verdict.FAIL, write(fault)


def rows(proof: IndexProof) -> list[str]:
    return [f"{write(line.before)} = {write(line.after)}" for line in proof.lines]


def test_why_the_transpose_stands_on_the_left() -> None:
    found = index_proofs(asked("sum(tanh(A @ X))", "X", {"A": ("m", "n"), "X": ("n", "p")}))
    proof = next(p for p in found if p.node.op == "matmul")
    chain = "index_sum(index_sum(entry(G, i, j)*index_sum(entry(A, i, k)*kdelta(k, l)*kdelta(j, r), k, n), j, p), i, m)"
    assert write(proof.law) == "A.T @ G"
    assert rows(proof) == [
        "entry(Z, i, j) = index_sum(entry(A, i, k)*entry(X, k, j), k, n)",
        "partial(entry(Z, i, j), entry(X, l, r)) = index_sum(entry(A, i, k)*kdelta(k, l)*kdelta(j, r), k, n)",
        f"partial(L, entry(X, l, r)) = {chain}",
        f"{chain} = index_sum(entry(G, i, r)*entry(A, i, l), i, m)",
        "index_sum(entry(G, i, r)*entry(A, i, l), i, m) = index_sum(entry(A.T, l, i)*entry(G, i, r), i, m)",
        "index_sum(entry(A.T, l, i)*entry(G, i, r), i, m) = entry(A.T @ G, l, r)",
    ]


def test_the_trace_is_cycled_until_dx_stands_at_the_end() -> None:
    found = lines_of(PLANTED[1])
    assert [key for line in found.lines for key, _ in line.rules] == [
        "d_linear", "d_product", "d_linear", "d_trace_transpose", "d_trace_cycle", "d_trace_collect", "d_inner",
    ]  # fmt: skip
    assert write(found.lines[-2].after) == "tr((B @ X.T @ A + B.T @ X.T @ A.T) @ differential(X))"


def test_an_operation_without_an_index_form_is_named() -> None:
    found = index_proofs(asked("tr(inv(X))", "X", {"X": ("n", "n")}))
    assert [p.node.op for p in found if not p.lines] == ["inv"]


MORE = (
    "X: (n, d); L = sum(X[0, :]**2)",
    "X: (n, d); Y: (n, d); L = sum(concat(X, Y, axis=0)**2)",
    "X: (n, d); L = norm2(reshape(X, n*d))**2",
    "x: (n); L = sum(x[1:]*x[:-1])",
    "x: (n); L = sum(cumsum(x)**2)",
    "X: (n, d); L = sum(max(X, axis=1))",
    "A: invertible (n, n); b: (n); L = sum(solve(A, b)**2)",
    "A: (n, d); B: (d, h); L = sum(einsum('ij,jk->ik', A, B)**2)",
    "x: (n); w: (q); L = sum(conv1d(x, w)**2)",
    "X: (n, d); L = sum(g(X))",
    "D: diagonal (n, n); x: (n); L = x @ D @ x",
    "S: symmetric (n, n); x: (n); L = x @ S @ x",
)


@pytest.mark.parametrize("method", ["differential", "index"])
@pytest.mark.parametrize("text", MORE)
def test_every_kind_of_operation_is_told(text: str, method: str) -> None:
    found = explain(text, method=method)
    for one in found if isinstance(found, MatrixDerivations) else [found]:
        assert isinstance(one, MatrixDerivation)
        assert one.telling is not None
        assert {c.verdict for c in one.telling.checks} == {Verdict.PASS}


def test_a_size_does_not_vary() -> None:
    assert explain("X: (n, d); L = sum(X)/n").question.wrt == "X"  # type: ignore[union-attr]
    with pytest.raises(UsageError):
        explain("X: (n, d); L = sum(X)/n", wrt="n")


@pytest.mark.parametrize("name", CASES)
def test_every_pullback_is_proved_alone(name: str) -> None:
    question = RUNNER.question(CASES[name])
    answer = solve(question)
    found = pullbacks(question, answer)
    assert [p.step for p in found] == [i for i, step in enumerate(answer.steps) for _ in step.uses]
    assert {p.check.verdict for p in found if p.check} <= {Verdict.PASS}


@pytest.mark.parametrize("question", PLANTED[:3], ids=lambda q: write(q.output))
def test_a_wrong_pullback_is_found(question: Question, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, right = solve(question), Calculus.pull_one
    monkeypatch.setattr(Calculus, "pull_one", lambda *args: neg(right(*args)))
    found = pullbacks(question, answer)
    assert found
    assert {p.check.verdict for p in found if p.check} == {Verdict.FAIL}


def test_the_json_of_a_step() -> None:
    found = explain("X: (N, d); W: (d, h); L = sum((X@W)**2)", wrt="W")
    step = found.to_dict()["derivations"][0]["steps"][-1]  # type: ignore[union-attr]
    assert {k: v for k, v in step.items() if k not in ("text", "checks", "pullbacks")} == {
        "rule": "matmul", "part": "W", "before": "partial(L, W)", "after": "2*(X.T @ X @ W)", "shape": ["d", "h"], "layout": "gradient",
        "shapes": {"X": ["N", "d"], "W": ["d", "h"]}, "local_differential": "dA @ B + A @ dB",
    }  # fmt: skip
    (pullback,) = step["pullbacks"]
    assert (pullback["by"], pullback["argument"], pullback["upstream"], pullback["formula"]) == ("X @ W", 1, "G", "X.T @ G")
    assert [c["verdict"] for c in pullback["checks"]] == ["PASS"]


@pytest.mark.parametrize("method", ["pullback", "differential", "index"])
def test_the_transpose_of_the_gradient(method: str) -> None:
    found = explain("X: (N, d); W: (d, h); L = sum((X@W)**2)", wrt="W.T", method=method)
    assert isinstance(found, MatrixDerivation)
    assert found.verdict == "PASS"
    assert write(found.answer) == "2*(W.T @ X.T @ X)"
    assert "Numerator layout" in found.text()


PROVED = ("gra", "lin", "qua", "tr-0", "cls-0", "jac-0", "hes-0", "str")


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith(PROVED)])
def test_sympy_rejects_no_right_answer_and_every_mutant(name: str) -> None:
    question = RUNNER.question(CASES[name])
    answer = solve(question)
    verdict = prove_entries(question, answer).verdict
    assert verdict in (Verdict.PASS, Verdict.SKIPPED)
    if verdict is Verdict.PASS:
        assert prove_entries(question, replace(answer, formula=neg(answer.formula))).verdict is Verdict.FAIL


def test_sympy_says_why_it_did_not_judge() -> None:
    large = asked("sum((X@W)**2)", "W", {"X": (784, 128), "W": (128, 10)})
    assert prove_entries(large, solve(large)).reason == "too_large"
    kinked = asked("sum(relu(X))", "X", {"X": ("n", "d")})
    assert prove_entries(kinked, solve(kinked)).reason == "not_proved"


def test_most_textbook_derivatives_have_a_proof_by_sympy() -> None:
    some = [n for k, n in enumerate(CASES) if k % 6 == 0]
    found = [prove_entries(q, solve(q)).verdict for q in (RUNNER.question(CASES[n]) for n in some)]
    assert Verdict.FAIL not in found
    assert found.count(Verdict.PASS) >= 0.6 * len(some)
