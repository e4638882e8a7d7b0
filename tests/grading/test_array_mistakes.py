"""Wrong answers over arrays are explained by mistakes of the table, and nothing is said of answers to other questions."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivx.grading import Question
from derivx.grading.mistakes.array_rows import PULLBACKS, STOPS
from derivx.grading.mistakes.arrays import NOTHING, QUESTIONS
from derivx.grading.mistakes.closed import CLOSED
from derivx.grading.mistakes.table import GROUP_OF, Mutation
from derivx.words import LANGUAGES

ROWS = json.loads((Path(__file__).parents[1] / "data" / "answers.json").read_text())["matrix"]
TABLE: tuple[Mutation, ...] = (*PULLBACKS, *STOPS, *CLOSED, *QUESTIONS, *NOTHING)
N, D = ("n", "d"), ("d", 1)
LEAST = {"X": N, "w": D, "y": ("n", 1)}
LAYER = {"X": N, "W": ("d", "k"), "b": (1, "k"), "Y": ("n", "k")}
ASKED: dict[str, dict[str, Any]] = {
    "least": {"problem": "L = sum((X@w-y)^2)", "wrt": "w", "shapes": LEAST},
    "mean": {"problem": "L = mean((X@w-y)^2)", "wrt": "w", "shapes": LEAST},
    "plain": {"problem": "L = sum((X@w-y)^2)", "wrt": "w", "shapes": {"X": N, "w": ("d",), "y": ("n",)}},
    "form": {"problem": "L = x.T@A@x", "wrt": "x", "shapes": {"x": ("n", 1), "A": ("n", "n")}},
    "form_b": {"problem": "L = x.T@A@x + b.T@x", "wrt": "x", "shapes": {"x": ("n", 1), "A": ("n", "n"), "b": ("n", 1)}},
    "bilinear": {"problem": "L = a.T@W@b", "wrt": "W", "shapes": {"a": ("n", 1), "W": ("n", "m"), "b": ("m", 1)}},
    "norm": {"problem": "L = norm2(A@x - b)", "wrt": "x", "shapes": {"A": ("m", "n"), "x": ("n", 1), "b": ("m", 1)}},
    "trace": {"problem": "L = tr(A@X@B)", "wrt": "X", "shapes": {"A": ("p", "n"), "X": ("n", "m"), "B": ("m", "p")}},
    "inverse": {"problem": "L = a.T@inv(X)@b", "wrt": "X", "shapes": {"a": ("n", 1), "X": ("n", "n"), "b": ("n", 1)}},
    "det": {"problem": "L = det(X)", "wrt": "X", "shapes": {"X": ("n", "n")}},
    "layer": {"problem": "L = sum((sigmoid(X@W+b)-Y)^2)/2", "wrt": "W", "shapes": LAYER, "let": {"P": "sigmoid(X@W+b)"}},
    "bias": {"problem": "L = sum((sigmoid(X@W+b)-Y)^2)/2", "wrt": "b", "shapes": LAYER, "let": {"P": "sigmoid(X@W+b)"}},
    "tanh": {"problem": "L = sum(G*tanh(X@W))", "wrt": "W", "shapes": {**LAYER, "G": ("n", "k")}, "let": {"t": "tanh(X@W)"}},
    "two": {
        "problem": "L = sum((relu(X@W)@V-Y)^2)/n", "wrt": "W",
        "shapes": {"X": N, "W": ("d", "h"), "V": ("h", "k"), "Y": ("n", "k")}, "let": {"H": "relu(X@W)", "M": "step(X@W)"},
    },
    "entropy": {"problem": "L = -sum(Y*log_softmax(X@W))", "wrt": "W", "shapes": LAYER, "let": {"P": "softmax(X@W)"}},
    "second": {"problem": "L = sum((relu(X@W)@V-Y)^2)", "wrt": "V",
        "shapes": {"X": N, "W": ("d", "h"), "V": ("h", "k"), "Y": ("n", "k")}, "let": {"H": "relu(X@W)"}},
    "shares": {"problem": "L = -sum(Y*log(softmax(X@W)))", "wrt": "W", "shapes": LAYER, "let": {"P": "softmax(X@W)"}},
    "jacobian": {"problem": "z = sigmoid(A@x)", "wrt": "x", "shapes": {"A": ("m", "n"), "x": ("n", 1)}, "let": {"s": "sigmoid(A@x)"}},
    "softmax": {"problem": "p = softmax(z)", "wrt": "z", "shapes": {"z": ("n",)}, "let": {"q": "softmax(z)"}},
    "hessian": {"problem": "L = x @ A @ x", "wrt": "x", "order": 2, "shapes": {"x": ("n",), "A": ("n", "n")}},
    "scalar": {"problem": "L = sum((X@w)^2)*c^3", "wrt": "c", "shapes": {**LEAST, "c": ()}},
    "ridge": {"problem": "L = 0.5*sum((X@w-y)^2) + lam/2*sum(w^2)", "wrt": "w", "shapes": {**LEAST, "lam": ()}},
    "frobenius": {"problem": "L = sum((X - U@V)^2)", "wrt": "U", "shapes": {"X": N, "U": ("n", "r"), "V": ("r", "d")}},
    "rayleigh": {"problem": "L = (x.T@A@x)/(x.T@x)", "wrt": "x", "shapes": {"x": ("n", 1), "A": ("n", "n")}},
    "logdet": {"problem": "L = logdet(S)/2", "wrt": "S", "shapes": {"S": ("n", "n")}},
    "scores": {"problem": "L = sum(logsumexp(X@W))", "wrt": "W", "shapes": LAYER, "let": {"P": "softmax(X@W)"}},
    "product": {"problem": "L = sum(a*x)*sum(b*x)", "wrt": "x", "shapes": {"a": D, "b": D, "x": D}},
    "average": {"problem": "L = (1/n)*sum(G*(X@W))", "wrt": "W", "shapes": {**LAYER, "G": ("n", "k")}},
    "flipped": {"problem": "L = sum(A*X.T)", "wrt": "X", "shapes": {"A": ("n", "n"), "X": ("n", "n")}},
}  # fmt: skip
WRONG = [
    ("least", "2 X X^T w - 2 X^T y", "matrix_order_swapped"),
    ("least", "2 X^T X w", "term_lost"),
    ("least", "2 X^T (X w + y)", "sign_error"),
    ("least", "(X w - y)^2", "forward_value_for_derivative"),
    ("least", "2 X^T (X w - y)^2", "power_not_lowered"),
    ("least", "2 X^T X w + 2 X^T y", "sign_error"),
    ("least", "2 X^T X w - 2 X y", "missing_transpose"),
    ("mean", "2 X^T (X w - y)", "missing_1_over_N"),
    ("plain", "X^T (X w - y)", "lost_coefficient_or_constant"),
    ("plain", "2 (X w - y)", "forgot_inner_derivative"),
    ("form", "2 A x", "assumed_symmetric"),
    ("form", "A x", "product_term_lost"),
    ("form", "A^T x", "product_term_lost"),
    ("form", "x^T (A + A^T)", "layout_transposed"),
    ("form_b", "(A + A^T) x", "term_lost"),
    ("form_b", "2 A x + b", "assumed_symmetric"),
    ("form_b", "(A + A^T) x - b", "sign_error"),
    ("bilinear", "b a^T", "layout_transposed"),
    ("bilinear", "a^T b", "missing_transpose"),
    ("norm", "A^T (A x - b)", "sqrt_dropped"),
    ("norm", "2 A^T (A x - b)", "sqrt_dropped"),
    ("norm", "(A x - b) / norm2(A x - b)", "forgot_inner_derivative"),
    ("norm", "A (A x - b) / norm2(A x - b)", "missing_transpose"),
    ("trace", "A B", "missing_transpose"),
    ("trace", "B A", "layout_transposed"),
    ("trace", "B^T A^T", "matrix_order_swapped"),
    ("inverse", "X^{-T} a b^T X^{-T}", "sign_error"),
    ("inverse", "-X^{-1} a b^T X^{-1}", "missing_transpose"),
    ("inverse", "-X^{-T} b a^T X^{-T}", "missing_transpose"),
    ("det", "X^{-T}", "lost_coefficient_or_constant"),
    ("det", "det(X) X^{-1}", "missing_transpose"),
    ("layer", "X^T (P - Y)", "forgot_activation_derivative"),
    ("layer", "X^T ((P - Y) ∘ P)", "sigma_prime_as_sigma"),
    ("layer", "X^T ((Y - P) ∘ P ∘ (1 - P))", "y_minus_yhat_sign"),
    ("layer", "X ((P - Y) ∘ P ∘ (1 - P))", "missing_transpose"),
    ("layer", "(P - Y) ∘ P ∘ (1 - P)", "weight_lost_in_chain"),
    ("layer", "X^T (P ∘ (1 - P))", "power_rule_other"),
    ("bias", "(P - Y) ∘ P ∘ (1 - P)", "bias_not_summed_over_batch"),
    ("bias", "ones(1, n) ((P - Y) ∘ P ∘ (1 - P)) / n", "mean_instead_of_sum"),
    ("bias", "0", "dropped_bias_gradient"),
    ("bias", "ones(1, n) (P - Y)", "forgot_activation_derivative"),
    ("tanh", "X^T (G ∘ t ∘ (1 - t))", "sigmoid_formula_for_tanh"),
    ("tanh", "X^T (G ∘ (1 + t ∘ t))", "sign_error"),
    ("tanh", "X^T (G ∘ t)", "sigma_prime_as_sigma"),
    ("two", "(2/n) X^T ((H V - Y) V^T)", "relu_gate_lost"),
    ("two", "2 X^T (((H V - Y) V^T) ∘ M)", "missing_1_over_N"),
    ("two", "(2/n) X^T (((H V - Y) V) ∘ M)", "missing_transpose"),
    ("two", "(2/n) X^T ((H V - Y) ∘ M)", "weight_lost_in_chain"),
    ("two", "(2/n) H^T (H V - Y)", "wrong_variable"),
    ("entropy", "X^T (P - Y)", "one_hot_assumed"),
    ("entropy", "X (P ∘ sum(Y, axis=1, keepdims=True) - Y)", "missing_transpose"),
    ("entropy", "X^T (Y - P ∘ sum(Y, axis=1, keepdims=True))", "sign_error"),
    ("jacobian", "A", "forgot_activation_derivative"),
    ("jacobian", "diag(s) A", "sigma_prime_as_sigma"),
    ("jacobian", "diag(s ∘ (1 - s))", "forgot_inner_derivative"),
    ("form", "2 x", "weight_lost_in_chain"),
    ("second", "2 X^T (H V - Y)", "input_instead_of_activation"),
    ("second", "2 (X W)^T (H V - Y)", "input_instead_of_activation"),
    ("shares", "X^T (P - Y)", "one_hot_assumed"),
    ("softmax", "diag(q ∘ (1 - q))", "softmax_jacobian_diagonal_only"),
    ("softmax", "diag(q)", "softmax_numerator_only"),
    ("hessian", "2 A", "assumed_symmetric"),
    ("hessian", "A", "product_term_lost"),
    ("hessian", "(A + A^T) x", "wrong_order_of_derivative"),
    ("scalar", "c^2 sum((X w)^2)", "lost_coefficient_or_constant"),
    ("scalar", "3 c^3 sum((X w)^2)", "power_not_lowered"),
    ("ridge", "X^T (X w - y) + lam", "power_rule_other"),
    ("frobenius", "2 (X - U V) V^T", "sign_error"),
    ("frobenius", "-2 (X - U V) V", "missing_transpose"),
    ("frobenius", "-2 V^T (X - U V)", "matrix_order_swapped"),
    ("frobenius", "-2 (X - U V)", "weight_lost_in_chain"),
    ("least", "-2 X (X w - y)", "missing_transpose"),
    ("least", "X (X w - y)", "lost_coefficient_or_constant"),
    ("layer", "-X^T (P - Y)", "forgot_activation_derivative"),
    ("rayleigh", "(A + A^T) x / (x^T x) + 2 (x^T A x) x / (x^T x)^2", "quotient_sign"),
    ("rayleigh", "(A + A^T) x / (x^T x)", "product_term_lost"),
    ("rayleigh", "2 A x / (x^T x) - 2 (x^T A x) x / (x^T x)^2", "assumed_symmetric"),
    ("logdet", "S^{-1} / 2", "missing_transpose"),
    ("logdet", "S^{-T}", "lost_coefficient_or_constant"),
    ("scores", "X P", "missing_transpose"),
    ("scores", "P", "weight_lost_in_chain"),
    ("product", "sum(b∘x) a", "product_term_lost"),
    ("product", "a ∘ b", "product_as_product_of_derivatives"),
    ("average", "X^T G", "missing_1_over_N"),
    ("average", "X G / n", "missing_transpose"),
    ("flipped", "A", "missing_transpose"),
]


@cache
def asked(name: str) -> Question:
    return Question(**ASKED[name])


@cache
def of_row(i: int) -> Question:
    row = ROWS[i]
    return Question(row["program"], row["wrt"], shapes=row["shapes"], let=row["let"])


def groups(q: Question, answer: str) -> list[str]:
    return [GROUP_OF[m.tag] for m in q.grade(answer).mistakes]


@pytest.mark.parametrize("name", ASKED)
def test_the_backward_pass_gives_the_right_answer(name: str) -> None:
    """Edge by edge as in one step, before any edge is mistaken."""
    found = asked(name).judge.diagnosis  # type: ignore[attr-defined]
    value = found.arranged(found.backward, found.backward.sweep({}))
    assert value.reshape(found.place.right.shape) == pytest.approx(found.place.right, rel=1e-9, abs=1e-9)


def test_the_mistake_of_every_open_row_is_among_three() -> None:
    wrong = [i for i, row in enumerate(ROWS) if row["verdict"] == "wrong"]
    missed = [ROWS[i]["id"] for i in wrong if GROUP_OF[ROWS[i]["tag"]] not in groups(of_row(i), ROWS[i]["raw"])]
    assert not missed


@pytest.mark.parametrize(("name", "answer", "tag"), WRONG, ids=[f"{n}-{a}" for n, a, _ in WRONG])
def test_named(name: str, answer: str, tag: str) -> None:
    result = asked(name).grade(answer)
    assert result.word == "wrong", result.message["en"]
    assert GROUP_OF[tag] in [GROUP_OF[m.tag] for m in result.mistakes], [m.tag for m in result.mistakes]


def test_at_most_three_each_of_its_own_group_with_hints_and_a_step() -> None:
    for name, answer, _ in WRONG:
        q = asked(name)
        found = q.grade(answer).mistakes
        assert len(found) == len({GROUP_OF[m.tag] for m in found}) <= 3
        for mistake in found:
            assert {lang for lang in mistake.hint if mistake.hint[lang]} == set(LANGUAGES)
            steps = q.judge.asked.answer.steps if q.judge.asked.answer else ()  # type: ignore[attr-defined]
            assert 0 <= mistake.step <= len(steps)


def test_nothing_is_said_of_answers_to_other_questions() -> None:
    """Answers that say something of the same names, and explain nothing."""
    others = [
        "X^T X X^T y", "3 X^T X w + y^T y w", "X^T (X w ∘ X w ∘ y)", "sin(w)", "exp(X^T y)", "w w^T w", "X^T X X^T X w", "7 w + 5",
        "X^T tanh(X w)", "X^T y / norm2(y)", "X^T (X w) / (1 + y^T y)", "w ∘ w + w", "X^T log(1 + (X w)^2)", "tr(X^T X) w", "X^T 1 - 3 w",
    ]  # fmt: skip
    for name in ("least", "mean"):
        for answer in others:
            result = asked(name).grade(answer)
            assert (result.word, result.mistakes) == ("wrong", ()), answer


CASES = json.loads((Path(__file__).parents[1] / "data" / "matrix.json").read_text())["cases"]
KINDS = ("gradient", "jacobian", "hessian", "dscalar")


def mistyped(answer: str) -> Iterator[tuple[str, str]]:
    """Textbook answers with a transpose, a sign, a 2 or a mean lost."""
    yield "sign_error", answer[1:] if answer.startswith("-") else f"-({answer})"
    for tag, sign, other in (("missing_transpose", ".T", ""), ("sign_error", " - ", " + "), ("sign_error", " + ", " - ")):
        yield from ((tag, answer[: m.start()] + other + answer[m.end() :]) for m in re.finditer(re.escape(sign), answer))
    if answer.startswith("2 * "):
        yield "lost_coefficient_or_constant", answer[4:]
    if answer.endswith((" / N", " / n")):
        yield "missing_1_over_N", answer[:-4]


def test_mistaken_answers_of_the_books_are_named() -> None:
    wrong, missed = 0, []
    for case in [c for c in CASES if c["kind"] in KINDS and not c["consts"]][1::3]:
        declared = "".join(f"{n}: {known} ({', '.join(map(str, case['vars'][n]))})\n" for n, known in case["assume"].items())
        problem = declared + "".join(f"{n} = {f}\n" for n, f in case["let"]) + f"J = {case['expr']}"
        shapes = {n: s for n, s in case["vars"].items() if n not in case["assume"]}
        order = 2 if case["kind"] == "hessian" else 1
        q = Question(problem, case["wrt"], order=order, shapes=shapes, let=dict(case["answer_let"]))
        for tag, answer in mistyped(case["answer"]):
            result = q.grade(answer)
            if result.word == "wrong":
                wrong += 1
                if GROUP_OF[tag] not in [GROUP_OF[m.tag] for m in result.mistakes]:
                    missed.append((case["id"], tag, answer, [m.tag for m in result.mistakes]))
    assert wrong > 100
    assert len(missed) <= wrong // 20, missed


def fired() -> set[str]:
    """The rows of the table that make a mistaken answer of some question."""
    return {h.mutation.id for name in ASKED for rows, _ in asked(name).judge.diagnosis.fingerprints.values() for h in rows}  # type: ignore[attr-defined]


def test_every_row_of_an_operation_on_arrays_makes_a_mistaken_answer() -> None:
    """Formulas of functions are the scalar table's, and tested there."""
    scalar = {m.id for m in (*PULLBACKS, *STOPS) if {"function", "power", "exponential", "chain"} & {m.rule} and m.on}
    assert {m.id for m in (*PULLBACKS, *STOPS, *CLOSED, *QUESTIONS)} - scalar <= fired()


def test_a_hint_shows_the_node_and_a_lost_term_itself() -> None:
    assert "`X @ w`" in asked("least").grade("2 X (X w - y)").mistakes[0].hint["en"]
    assert "`b.T @ x`" in str([m.hint["en"] for m in asked("form_b").grade("(A + A^T) x - b").mistakes])


def test_the_rows_have_names_of_their_own_and_known_tags() -> None:
    assert max(Counter(m.id for m in TABLE).values()) == 1
    assert {m.tag for m in TABLE} <= set(GROUP_OF)


def test_the_same_answer_has_the_same_mistakes() -> None:
    row = next(r for r in ROWS if r["tag"] == "weight_lost_in_chain")
    made = [Question(row["program"], row["wrt"], shapes=row["shapes"], let=row["let"]).grade(row["raw"]) for _ in range(2)]
    assert made[0].mistakes == made[1].mistakes
    assert np.isfinite(made[0].ms)


@pytest.mark.parametrize(
    ("problem", "wrt", "shapes", "answer", "tag"),
    [
        ("L = sum(X[:, 0]*w) + sum(X[n-1, :])", "w", {"X": N, "w": ("n",)}, "-X[:, 0]", "sign_error"),
        ("L = sum(X[:, 0]*w) + sum(X[n-1, :])", "w", {"X": N, "w": ("n",)}, "2 X[:, 0]", ""),
        ("L = sum(concat(a, b)^2)", "a", {"a": ("n",), "b": ("m",)}, "a", "lost_coefficient_or_constant"),
        ("L = einsum('i,i->', a, b^2)", "b", {"a": ("n",), "b": ("n",)}, "a ∘ b", "lost_coefficient_or_constant"),
        ("L = tr(A[0:1, :] @ B)", "A", {"A": ("n", "m"), "B": ("m", 1)}, "B.T", "weight_lost_in_chain"),
    ],
)
def test_operations_with_texts_among_their_arguments(problem: str, wrt: str, shapes: Any, answer: str, tag: str) -> None:
    result = Question(problem, wrt, shapes=shapes).grade(answer)
    assert result.word == "wrong", result
    assert not tag or tag in [m.tag for m in result.mistakes]


@pytest.mark.parametrize(("layout", "right"), [("gradient", False), ("any", True)])
@pytest.mark.parametrize(
    ("problem", "projected", "independent"),
    [
        ("S: symmetric (n,n); a: (n,1); L = a.T@S@a", "a a^T", "2 a a^T - (a a^T) ∘ I"),
        ("S: spd (n,n); L = logdet(S)", "inv(S)", "2 inv(S) - inv(S) ∘ I"),
    ],
)
def test_the_gradient_by_independent_entries_is_told_apart(
    problem: str, projected: str, independent: str, layout: str, right: bool
) -> None:
    asked = Question(problem, "S", layout=layout)
    assert asked.grade(projected).correct
    found = asked.grade(independent)
    assert found.correct is right
    assert right or "independent entries" in found.message["en"]
    assert asked.grade(f"{independent} + {projected}").word == "wrong"
