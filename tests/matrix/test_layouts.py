"""Every textbook case in all four layouts, in both conventions by a structured matrix, and every step of it checked."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from derivx.api.matrices import LAYOUTS, MatrixDerivation, derived
from derivx.check.matrix import check_matrix
from derivx.check.verdict import Verdict
from derivx.derive.matrix.engine import solve
from derivx.derive.matrix.spelling import spelt
from derivx.syntax import Limits, read
from tests.matrix.judge import close, is_right_everywhere, truth, value_of
from tests.matrix.language import sizes_of
from tests.matrix.mutate import mutants
from tests.matrix.test_engine import CASES, RUNNER, row

pytestmark = pytest.mark.slow  # one long table

SQUARE = [n for n, c in CASES.items() if c["kind"] == "gradient" and len(s := c["vars"].get(c["wrt"], [])) == 2 and s[0] == s[1]]
_TRANSPOSED = {"gradient": "numerator", "jacobian": "denominator", "vec_jacobian": "denominator"}  # the other layout of each kind


def spelling(found: MatrixDerivation) -> dict[str, str]:
    return {name: spelt(e) for name, e in found.where.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CASES)
def test_a_case_in_a_layout(name: str, layout: str) -> None:
    case = CASES[name]
    found = derived(RUNNER.question(case), layout)
    turned = _TRANSPOSED.get(case["kind"].partition("_sym")[0].partition("_diag")[0]) == layout
    for sizes in sizes_of(case):
        for seed in (0, 1):
            want = truth(case, sizes, seed)
            got = value_of(case, spelt(found.laid_out), spelling(found), sizes, seed)
            assert close(got, np.transpose(want) if turned else want, 1e-8), (sizes, seed)
    assert found.verdict == "PASS"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_wrong_transpose_is_rejected(layout: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MatrixDerivation, "laid_out", property(lambda self: self.found.formula))  # nothing is transposed
    for name, kind in (("mlp-01", "gradient"), ("jac-07", "jacobian")):
        case = CASES[name]
        assert case["kind"] == kind
        assert derived(RUNNER.question(case), layout).verdict == ("FAIL" if _TRANSPOSED[kind] == layout else "PASS")


@pytest.mark.parametrize("kind", ["gradient_symproj", "gradient_sym", "gradient_diag"])
@pytest.mark.parametrize("name", SQUARE)
def test_a_case_by_a_structured_matrix(name: str, kind: str) -> None:
    case: dict[str, Any] = {**CASES[name], "kind": kind}
    wrt = case["wrt"]
    assumed = case["assume"].get(wrt, "")
    if kind == "gradient_diag" and assumed in _DEFINITE:
        return  # a drawn diagonal matrix may have a negative determinant
    structured = "diagonal" if kind == "gradient_diag" else "spd" if assumed in _DEFINITE else "symmetric"
    case["assume"] = {**case["assume"], wrt: structured}
    question = RUNNER.question(case)
    found = solve(question)
    assert is_right_everywhere(case, spelt(found.formula), {n: spelt(e) for n, e in found.where.items()})
    steps, whole = check_matrix(question, found)
    assert {c.verdict for c in [*steps, *whole]} <= {Verdict.PASS, Verdict.SKIPPED}


_DEFINITE = ("spd", "posdef_nonsym", "posdet", "invertible")


def test_every_step_of_every_case_is_checked() -> None:
    counted = 0
    for name in CASES:
        question = RUNNER.question(CASES[name])
        found = solve(question)
        steps, _ = check_matrix(question, found)
        assert [c.step for c in steps] == [*range(len(found.steps))]
        assert {c.verdict for c in steps} <= {Verdict.PASS}, name
        counted += len(steps)
    assert counted > 3 * len(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_referees_tell_wrong_answers(name: str) -> None:
    case, shown = CASES[name], row(name)
    made = mutants(case, shown["answer"], shown["where"])
    assert len(made) >= 4
    question = RUNNER.question(case)
    answer = solve(question)
    declared = [
        *case["vars"],
        *(n for n, _ in case["let"]),
        *(d for s in case["vars"].values() for d in s),
        *shown["where"],
        *case.get("consts", {}),
    ]
    for label, mutant in Random(name).sample(made, min(len(made), 6)):
        wrong = replace(answer, formula=read(mutant, declared, Limits(arrays=True)))
        found_out = {c.verdict for c in check_matrix(question, wrong)[1]}
        assert Verdict.FAIL in found_out or Verdict.PASS not in found_out, (label, mutant)
