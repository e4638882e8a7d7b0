"""The cards of arrays: random programs over all of them by the independent judge, closed forms, shapes that do not fit, values."""

from __future__ import annotations

import time
from random import Random
from typing import Any

import numpy as np
import pytest

from derivx import backprop, explain, ops
from derivx.api.matrices import MatrixDerivation
from derivx.check.matrix import check_matrix
from derivx.derive.matrix.engine import Solver, solve
from derivx.derive.matrix.spelling import spelt
from derivx.errors import DerivxError, ReadError, UsageError
from derivx.expr import Call, postorder
from derivx.numeric import AUTOGRAD, COMPLEX, REAL, space
from derivx.numeric.array_value import array_value
from derivx.syntax import Limits, read, write
from tests.conftest import share
from tests.matrix import wide
from tests.matrix.judge import close, is_right_everywhere
from tests.matrix.language import WIDE, evaluate
from tests.matrix.programs import random_program
from tests.matrix.test_engine import RUNNER

ARRAYS = Limits(arrays=True)


def one(text: str, **options: Any) -> MatrixDerivation:
    found = explain(text, **options)
    assert isinstance(found, MatrixDerivation)
    return found


# ---- random programs over all cards ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_random_programs_over_all_cards_are_right(part: int) -> None:
    seconds = []
    for i in range(share(500)):
        case = random_program(Random(1_000 * part + i))
        question = RUNNER.question(case)
        start = time.process_time()
        found = solve(question)
        seconds.append(time.process_time() - start)
        where = {name: spelt(e) for name, e in found.where.items()}
        assert is_right_everywhere(case, spelt(found.formula), where), case
    assert sorted(seconds)[int(0.95 * len(seconds))] < 0.1


@pytest.mark.slow
def test_every_line_of_random_programs_is_measured() -> None:
    for i in range(share(1_000)):
        case = random_program(Random(50_000 + i))
        question = RUNNER.question(case)
        steps, whole = check_matrix(question, solve(question))
        verdicts = [str(c.verdict) for c in (*steps, *whole)]
        assert "FAIL" not in verdicts, case
        assert verdicts.count("PASS") > len(verdicts) / 2, case


def test_random_programs_use_all_cards() -> None:
    used: set[str] = set()
    for i in range(1_000):
        solver = Solver(RUNNER.question(random_program(Random(i))))
        typed = (solver.q.output, *(f for _, f in solver.q.let), solver.output, *solver.let.values())
        used |= {n.op for f in typed for n in postorder(f) if isinstance(n, Call)}
    assert {op.name for op in ops.array_cards()} <= used


@pytest.mark.parametrize("program", ["X: (n, n); L = max(X + X.T)", "X: (n, m); L = min(X @ X.T - 3)", "x: (n); L = max(stack(x, x))"])
def test_ties_that_are_always_there_are_measured(program: str) -> None:
    found = one(program, wrt=program[0])
    assert {str(c.verdict) for c in found.checks if c.step is None and c.referee in ("complex_step", "autograd")} == {"PASS"}


# ---- closed forms ------------------------------------------------------------------------------------------------------

# program, what it is differentiated by, the answer
FORMS = [
    ("x: (n); a: (n); L = sum(a*cumsum(x))",                    "x", "revcumsum(a)"),
    ("X: (n, m); A: (n, m); L = sum(A*cumsum(X, axis=0))",      "X", "revcumsum(A, axis=0)"),
    ("x: (n); L = sum(x[1:3]**2)",                              "x", '2*place(x[1:3], "1:3", n)'),
    ("x: (n); L = x[0]*x[1]",                                   "x", 'x[1]*place(1, "0", n) + x[0]*place(1, "1", n)'),
    ("X: (n, m); a: (n); L = a @ X[:, 0]",                      "X", 'place(a, ":, 0", n, m)'),
    ("x: (n); y: (m); a: (k); L = concat(x, y) @ a", "x", "a[:n]"),
    ("x: (n); y: (n); L = sum(stack(x, y)**3)",                 "y", "3*y^2"),
    ("X: (n, m); A: (m, n); L = sum(A*reshape(X, m, n))",       "X", "reshape(A, n, m)"),
    ("X: (n, m); a: (k); L = a @ vec(X)",                       "X", "reshape(a, m, n).T"),
    ("A: (n, m); B: (m, p); C: (n, p); L = sum(C*einsum('ij,jk->ik', A, B))", "A", "C @ B.T"),
    ("A: (n, n); L = einsum('ii->', A @ A)",                    "A", "2*A.T"),
    ("x: (n); y: (m); A: (n, m); L = einsum('i,ij,j->', x, A, y)", "A", "outer(x, y)"),
    ("x: positive (n); L = prod(x)",                            "x", "prod(x)/x"),
    ("x: (n); L = max(x)",                                      "x", "is_max(x)"),
    ("X: (n, m); a: (n); L = a @ min(X, axis=1)",               "X", "column(a)*is_min(X, axis=1)"),
    ("A: invertible (n, n); b: (n); L = sum(solve(A, b))",      "b", "sum(inv(A), axis=0)"),
    ("A: invertible (n, n); B: (n, m); C: (n, m); L = sum(C*solve(A, B))", "B", "inv(A).T @ C"),
    ("x: (n); w: (q); g: (r); L = g @ conv1d(x, w)",            "x", "conv1d_transpose(g, w)"),
    ("x: (n); w: (q); g: (r); L = g @ conv1d(x, w)",            "w", "conv1d(x, g)"),
    ("x: (r); w: (q); g: (n); L = g @ conv1d_transpose(x, w)",  "x", "conv1d(g, w)"),
    ("x: (n); W: (r, q); L = sum(W*im2col(x, q))",              "x", "col2im(W)"),
    ("X: (n, m); Y: (n, m); L = -sum(Y*log_softmax(X, axis=0))", "X", "sum(Y, axis=0, keepdims=True)*softmax(X, axis=0) - Y"),
    ("X: (n, m); L = sum(logsumexp(X, axis=0))",                "X", "softmax(X, axis=0)"),
    ("X: (n, m); L = norm_fro(X)",                              "X", "X/norm2(X)"),
    ("x: (n); L = sum(g(x))",                                   "x", "g'(x)"),
    ("Z: (N, k); P = softmax(Z, axis=1); L = -mean(log(P[:, 0]))", "Z", '(P - place(ones(N), ":, 0", N, k))/N'),
    ("x: (n); s; c = -3*s/(1 + (x @ x)**2); L = t*c",           "x", "-4*t*h*c*x/(1 + h^2)"),
    ("X: (n, d); w: (d); h = X @ w; L = sum(h**3) + w @ X.T @ X @ w", "w", "X.T @ (2*h + 3*h^2)"),
    ("X: (n, n); x: (n); L = sum(X + x - X)",                   "x", "spread(n, n)"),
    ("A: (n, n); x: (n); L = x @ A @ x/2",                      "x", "(A + A.T) @ x/2"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "wrt", "answer"), FORMS)
def test_the_closed_form(program: str, wrt: str, answer: str) -> None:
    found = one(program, wrt=wrt)
    assert found.verdict == "PASS"
    assert write(found.answer) == answer
    assert read(write(found.answer), limits=ARRAYS) == found.answer


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("program", [row[0] for row in FORMS])
def test_a_page_for_each(program: str, lang: str) -> None:
    found = explain(program, wrt=program.split(":", maxsplit=1)[0])
    assert found.text(lang)
    assert "?" not in found.latex(lang)
    assert found.markdown(lang)


@pytest.mark.parametrize(("program", "wrt"), [row[:2] for row in FORMS])
def test_each_is_told_by_every_method_and_by_back_propagation(program: str, wrt: str) -> None:
    for method in ("differential", "pullback", "index"):
        found = one(program, wrt=wrt, method=method)
        assert found.verdict == "PASS"
        assert found.text("ko")
        assert "?" not in found.latex("en")
        assert found.to_dict()["derivations"]
    assert backprop(program, wrt=wrt).verdict == "PASS"


JACOBIANS = [
    ("x: (n); y = cumsum(x)",                               "x", "cumsum(eye(n), axis=0)"),
    ("x: (n); y = x[1:3]**2",                               "x", "2*(diag(x[1:3]) @ eye(n)[1:3])"),
    ("x: (n); y: (m); z = concat(x**2, y)",                 "x", "concat(2*diag(x), zeros(m, n))"),
    ("A: (n, m); x: (m); y = einsum('ij,j->i', A, x)",      "x", "A"),
    ("x: (n); w: (q); y = conv1d(x, w)",                    "w", "im2col(x, q)"),
    ("A: invertible (n, n); b: (n); x = solve(A, b)",       "b", "inv(A)"),
    ("x: (n); y = g(x)",                                    "x", "diag(g'(x))"),
    ("x: (n); a: (n); L = a @ cumsum(x)",                   "x", ""),
]  # fmt: skip


@pytest.mark.parametrize(("program", "wrt", "answer"), JACOBIANS)
def test_the_matrix_of_a_derivative_by_a_vector(program: str, wrt: str, answer: str) -> None:
    found = one(program, wrt=wrt) if answer else one(program, wrt=wrt, order=2)
    assert found.verdict == "PASS"
    assert write(found.answer) == answer or not answer


def test_ties_are_said() -> None:
    text = one("X: (n, m); L = sum(max(X, axis=1))", wrt="X").text("en")
    assert "Where two entries of X are the largest, there is no derivative" in text
    assert "가장 큰 성분이 둘 이상이면" in one("x: (n); L = max(x)", wrt="x").text("ko")


@pytest.mark.parametrize(
    ("program", "wrt", "shown"),
    [
        ("X: (n, m); a: (n); L = a @ sum(X, axis=1)",       "X", "a 𝟏_mᵀ"),
        ("X: (n, m); a: (m); L = a @ sum(X, axis=0)",       "X", "𝟏_n aᵀ"),
        ("X: (n, m); a: (n); L = a @ X[:, 1]",              "X", "a 𝐞₁ᵀ"),
        ("X: (n, m); a: (m); L = a @ X[0]",                 "X", "𝐞₀ aᵀ"),
        ("X: (n, m); a: (n); A: (n, m); L = sum(A*X*a[:, None])", "X", "A ⊙ (a 𝟏ᵀ)"),
        ("x: (n); L = x[2]*t",                              "x", "t 𝐞₂"),
        ("X: (n, m); A: spd (n, n); a: (m); L = sum(solve(A, X) @ a)", "X", "sum₁(A⁻¹) aᵀ"),
    ],
)  # fmt: skip
def test_what_is_repeated_or_placed_is_shown_by_its_shape(program: str, wrt: str, shown: str) -> None:
    text = one(program, wrt=wrt).text("en")
    assert f"Answer  ∂L/∂{wrt} = {shown}\n" in text, text


# ---- shapes that do not fit --------------------------------------------------------------------------------------------

# program, what the message must name
MISFITS = [
    ("X: (n, m); A: (p, m); L = sum(A @ X)",                ["(p, m)", "(n, m)", "A @ X"]),
    ("X: (n, m); x: (n); L = sum(X + x)",                   ["(n, m)", "(n,)", "X + x"]),
    ("X: (n, m); L = sum(inv(X))",                          ["(n, m)", "square"]),
    ("x: (n); L = sum(x.T @ inv(x))",                       ["(n,)", "square"]),
    ("X: (n, m); L = sum(cumsum(X))",                       ["(n, m)", "axis"]),
    ("X: (n, m); L = sum(X[0, 0, 0])",                      ["(n, m)", "X[0, 0, 0]"]),
    ("X: (2, 3); L = sum(X[:, 1:5])",                       ["(2, 3)", "X[:, 1:5]"]),
    ("X: (n, m); L = sum(X, axis=2)",                       ["(n, m)"]),
    ("x: (n); X: (n, m); L = sum(concat(x, X))",            ["(n,)", "(n, m)"]),
    ("x: (n); y: (m); L = sum(stack(x, y))",                ["(n,)", "(m,)"]),
    ("X: (2, 3); L = sum(reshape(X, 4, 2))",                ["(2, 3)", "(4, 2)"]),
    ("A: (n, m); B: (p, k); L = sum(einsum('ij,jk->ik', A, B))", ["(n, m)", "(p, k)"]),
    ("A: (n, m); L = sum(einsum('ijk->ik', A))",            ["(n, m)", "subscripts"]),
    ("x: (2); w: (5); L = sum(conv1d(x, w))",               ["(2,)", "(5,)"]),
    ("A: (n, m); b: (n); L = sum(solve(A, b))",             ["(n, m)", "square"]),
    ("x: (n); L = sum(pinv(x))",                            ["(n,)", "matrix"]),
    ("X: (n, m); L = sum(diag(X))",                         ["(n, m)", "vector"]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "parts"), MISFITS)
def test_a_shape_error_names_the_operands_their_shapes_and_the_place(program: str, parts: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        explain(program, wrt=program.split(":", maxsplit=1)[0])
    assert all(part in caught.value.message("en") for part in parts), caught.value.message("en")
    assert caught.value.message("ko")


@pytest.mark.parametrize(
    "formula",
    [
        "x[", "x[]", "x[1:2:3]", "x[1.5]", "x[a b]", "x[-]", "einsum(ij, x)", "einsum('i,i->', x)", 'einsum("i;i", x)', "concat()", "concat([x, x]",
        "cumsum(x, axis=x)", "cumsum(x, axes=0)", "sum(x, axis=0, axis=0)", "reshape(x, sin(n))", 'place(x, "__", n)', "x[(1)]", "stack([x], [x]", "x[1]]",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_clear_error(formula: str) -> None:
    with pytest.raises(DerivxError) as caught:
        explain(f"x: (n); L = sum({formula})", wrt="x")
    assert caught.value.message("en")
    assert caught.value.message("ko")


def test_text_in_quotes_is_never_run() -> None:
    for text in ("__import__('os')", "os.system", "i,j; import os", "{x}"):
        with pytest.raises(ReadError):
            explain(f'x: (n); L = sum(einsum("{text}", x))', wrt="x")


# ---- values ------------------------------------------------------------------------------------------------------------

V, W = np.array([1.0, 2.0, 4.0]), np.array([10.0, 1.0])
M = np.array([[2.0, 1.0, 0.0], [0.5, 3.0, -1.0], [1.0, 0.0, 2.0]])
S = M @ M.T + np.eye(3)
GIVEN: dict[str, Any] = {"v": V, "w": W, "M": M, "S": S, "B": M[:2], "n": 3}
# formula in the spelling that NumPy shares, its value
VALUES = [
    ("cumsum(v)",                           np.cumsum(V)),
    ("cumsum(M, axis=0)",                   np.cumsum(M, axis=0)),
    ("cumsum(M, axis=-1)",                  np.cumsum(M, axis=1)),
    ("revcumsum(M, axis=1)",                np.cumsum(M[:, ::-1], axis=1)[:, ::-1]),
    ("prod(v)",                             8.0),
    ("prod(M, axis=0, keepdims=True)",      M.prod(axis=0)[None, :]),
    ("max(M, axis=1)",                      M.max(axis=1)),
    ("min(M)",                              -1.0),
    ("is_max(v)",                           [0.0, 0.0, 1.0]),
    ("is_max(0*v)",                         [1 / 3, 1 / 3, 1 / 3]),
    ("is_min(M, axis=1)",                   [[0, 0, 1], [0, 0, 1], [0, 1, 0]]),
    ("v[0] + v[-1]",                        5.0),
    ("v[1:]",                               V[1:]),
    ("M[:, 0]",                             M[:, 0]),
    ("M[1]",                                M[1]),
    ("M[:2, 1:n]",                          M[:2, 1:3]),
    ("v[:, None] * M",                      V[:, None] * M),
    ("concatenate([v, w])",                 np.concatenate([V, W])),
    ("concatenate([M, B], axis=0)",         np.concatenate([M, M[:2]])),
    ("stack([v, v], axis=1)",               np.stack([V, V], axis=1)),
    ("reshape(B, (3, 2))",                  M[:2].reshape(3, 2)),
    ("vec(B)",                              M[:2].flatten("F")),
    ('einsum("ij,jk->ik", B, M)',           M[:2] @ M),
    ('einsum("ii->i", M)',                  np.diag(M)),
    ('einsum("ij->", M)',                   M.sum()),
    ('einsum("i,j->ji", v, w)',             np.outer(W, V)),
    ('place(w, "1:", 3)',                   [0, 10.0, 1.0]),
    ('place(v, ":, 1", 3, 2)',              np.stack([0 * V, V], axis=1)),
    ("pinv(B)",                             np.linalg.pinv(M[:2])),
    ("pinv(B.T)",                           np.linalg.pinv(M[:2].T)),
    ("cholesky(S)",                         np.linalg.cholesky(S)),
    ("half_tril(M)",                        (np.tril(M) + np.tril(M, -1)) / 2),
    ("solve(S, v)",                         np.linalg.solve(S, V)),
    ("solve(S, M)",                         np.linalg.solve(S, M)),
    ("col2im(B)",                           [2.0, 1.5, 3.0, -1.0]),
    ("softmax(M, axis=0)",                  np.exp(M) / np.exp(M).sum(axis=0)),
    ("log_softmax(v)",                      np.log(np.exp(V) / np.exp(V).sum())),
    ("logsumexp(M, axis=0, keepdims=True)", np.log(np.exp(M).sum(axis=0))[None, :]),
    ("norm_fro(M)",                         np.linalg.norm(M)),
    ("zeros(2, n) + ones(2, n)",            np.ones((2, 3))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_a_card_has_the_value_of_numpy_in_every_namespace_and_for_the_judge(text: str, value: Any) -> None:
    formula = read(text, [*GIVEN], ARRAYS)
    for name in (REAL, COMPLEX, AUTOGRAD):
        assert close(np.real(array_value(formula, GIVEN, space(name))), value, 1e-12)
    assert close(evaluate(text, {**GIVEN, WIDE: True}), value, 1e-12)
    assert read(write(formula), [*GIVEN], ARRAYS) == formula


def test_the_values_cover_the_judges_functions() -> None:
    text = " ".join(row[0] for row in VALUES)
    assert {name for name in wide.FUNCTIONS if f"{name}(" not in text} == {"column", "spread", "where"}
