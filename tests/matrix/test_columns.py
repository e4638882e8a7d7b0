"""Softmax and its like go down a column ``(n, 1)`` where no axis is written; any other array goes along its last axis."""

from __future__ import annotations

import pytest

import derivx
from derivx.derive.matrix.columns import SHARED, all_down_columns
from derivx.derive.matrix.shapes import Shapes
from derivx.syntax.program import read_program
from derivx.syntax.write import write

COLUMN = {"z": ("k", 1), "t": ("k", 1)}


@pytest.mark.parametrize(
    ("shape", "formula", "read"),
    [
        (("k", 1), "sum(softmax(z))", "sum(softmax(z, axis=0))"),
        (("k", 1), "sum(logsumexp(z, keepdims=1))", "sum(logsumexp(z, axis=0, keepdims=True))"),
        (("k", 1), "sum(log_softmax(2*z))", "sum(log_softmax(2*z, axis=0))"),
        (("k", 1), "sum(softmax(softmax(z)))", "sum(softmax(softmax(z, axis=0), axis=0))"),
        (("k", 1), "sum(softmax(z.T))", "sum(softmax(z.T))"),  # a row
        (("k", 1), "sum(softmax(z, axis=1))", "sum(softmax(z, axis=1))"),  # as written
        (("k", 1), "sum(softmax(z, axis=-1))", "sum(softmax(z, axis=-1))"),
        (("k", "m"), "sum(softmax(z))", "sum(softmax(z))"),  # a letter may be 1, and changes nothing
        (("k",), "sum(softmax(z))", "sum(softmax(z))"),
        ((1, 1), "sum(softmax(z))", "sum(softmax(z, axis=0))"),
    ],
)
def test_the_axis_is_written_into_what_was_read(shape: tuple[int | str, ...], formula: str, read: str) -> None:
    program = read_program(f"z: ({', '.join(map(str, shape))})\nL = {formula}")
    ((_, found),) = all_down_columns([("L", program.equations[-1].formula)], {"z": shape})
    assert write(found) == read
    assert Shapes({"z": shape}).of(found) == ()


def test_through_a_definition() -> None:
    (found,) = all_down_columns([("h", read_program("z: (k, 1)\nh = 2*z").equations[0].formula)], COLUMN)
    assert write(found[1]) == "2*z"
    answer = derivx.explain("z: (k, 1); t: (k, 1); h = 2*z; L = -sum(t*log(softmax(h)))", "z")
    assert "softmax₀" in str(answer)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("softmax", "softmax(z) ∘ (t - sum(t ∘ softmax(z)))"),
        ("log_softmax", "t - sum(t) softmax(z)"),
        ("logsumexp", "sum(t) softmax(z)"),
    ],
)
def test_every_derivation_is_proved_and_right(name: str, right: str) -> None:
    assert name in SHARED
    problem = f"L = sum(t*{name}(z))"
    assert "✓ Checked" in str(derivx.explain(f"z: (k, 1); t: (k, 1); {problem}", "z"))
    share = "(exp(z)/sum(exp(z)))"  # without the convention
    for typed in (right, right.replace("softmax(z)", share)):
        assert derivx.grade(typed, problem=problem, wrt="z", shapes=COLUMN).correct


@pytest.mark.parametrize(
    ("problem", "answer", "right", "tag"),
    [
        ("L = log(sum(exp(z))) - t.T@z", "softmax(z) - t", True, ""),
        ("L = logsumexp(z) - t.T@z", "softmax(z) - t", True, ""),
        ("L = -t.T@log(softmax(z))", "0", False, ""),
        ("L = -t.T@log(softmax(z))", "sum(t) softmax(z) - t", True, ""),
        ("L = -t.T@log_softmax(z)", "sum(t) softmax(z) - t", True, ""),
        ("L = -sum(t*log(softmax(z)))", "softmax(z) - t", False, "one_hot_assumed"),
        ("L = -sum(t*log_softmax(z))", "softmax(z) - t", False, "one_hot_assumed"),
        ("L = t.T@softmax(z)", "softmax(z) ∘ t ∘ (1 - softmax(z))", False, "softmax_jacobian_diagonal_only"),
        ("L = -sum(t*log_softmax(z))", "-t ∘ (1 - softmax(z))", False, "softmax_jacobian_diagonal_only"),
    ],
)
def test_the_grader_follows(problem: str, answer: str, right: bool, tag: str) -> None:
    found = derivx.grade(answer, problem=problem, wrt="z", shapes=COLUMN)
    assert found.correct is right
    assert not tag or found.mistakes[0].tag == tag


def test_an_axis_that_is_written_is_followed() -> None:
    shapes = {"Z": ("k", "n"), "Y": ("k", "n")}
    for axis, right in ((0, True), (1, False)):
        typed = f"softmax(Z, axis={axis}) - Y"
        assert derivx.grade(typed, problem="L = sum(logsumexp(Z, 0)) - sum(Y*Z)", wrt="Z", shapes=shapes).correct is right
