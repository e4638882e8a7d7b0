"""The further referees: PyTorch and JAX agree with the complex step on every card. Skipped where they are not installed."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pytest

import derivx
from derivx import ops
from derivx.expr import Call, Diff, Expr, Sym
from derivx.numeric import COMPLEX, Scope, Unavailable, evaluate, space

CARDS = [op for op in ops.cards() if op.notation != "compare" and op.name != "where"]
AT = {"x": 0.37, "a": 0.61, "b": 1.42, "p": 0.35, "t": 0.8, "z": 0.9, "k": 1.3, "n": 1.0}
FAR = {"asec": 1.7, "acsc": 1.7, "acosh": 1.7, "acoth": 1.7}

LIBRARIES = [
    pytest.param(
        name, marks=[pytest.mark.torch, pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"{name} is not installed")]
    )
    for name in ("torch", "jax")
]


def _question(op: ops.Op, wrt: str) -> tuple[Expr, dict[str, float]]:
    at = {p: AT[p] for p in op.params}
    at["x" if "x" in at else op.params[0]] = FAR.get(op.name, at.get("x", at[op.params[0]]))
    return Diff(Call(op.name, tuple(Sym(p) for p in op.params)), Sym(wrt)), at


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("op", CARDS, ids=lambda op: op.name)
def test_every_card_by_every_argument(op: ops.Op, library: str) -> None:
    xp: Any = space(library)
    for wrt in op.params:
        if (op.name, wrt) == ("polygamma", "n"):
            continue
        question, at = _question(op, wrt)
        expected = np.real(evaluate(question, Scope({n: np.array([v]) for n, v in at.items()}, {}, space(COMPLEX))))
        try:
            found = xp.values(evaluate(question, Scope({n: xp.points([v]) for n, v in at.items()}, {}, xp)))
        except Unavailable:
            assert op.name in ("sign", "step", "floor", "ceil")
            continue
        # PyTorch's polygamma is good to nine digits
        assert found == pytest.approx(expected, rel=1e-8 if "gamma" in op.name else 1e-10, abs=1e-12)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("text", ["sigmoid(w*x + b)", "x^x", "relu(x)*max(x, 1)", "f(x^2)*g(x)", "where(x > 0, x^2, x)"])
@pytest.mark.parametrize("order", [1, 2])
def test_the_answer_has_one_more_referee(text: str, order: int, library: str) -> None:
    found = derivx.explain(text, "x", order=order, also=[library])
    assert isinstance(found, derivx.Derivation)
    check = next(c for c in found.checks if c.referee == library)
    nested = order == 2 and "f(" in text  # its answer holds a derivative inside a derivative
    assert (check.verdict, check.reason) == (("SKIPPED", "nested") if nested else ("PASS", "")), check


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is installed")
def test_a_referee_that_is_missing_says_so() -> None:
    found = derivx.explain("x^2", also=["torch"])
    assert isinstance(found, derivx.Derivation)
    assert [(c.verdict, c.reason) for c in found.checks if c.referee == "torch"] == [("SKIPPED", "not_installed")]


def test_an_unknown_referee_is_refused() -> None:
    with pytest.raises(derivx.UsageError, match="also"):
        derivx.explain("x^2", also=["abacus"])
