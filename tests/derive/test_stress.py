"""Random questions over every card: nothing breaks, every verdict is PASS, and the numbers agree with an independent derivative."""

from __future__ import annotations

import random
import zlib
from collections import Counter
from functools import cache
from typing import Any

import mpmath
import pytest
from mpmath import mpf

import derivx
from derivx import ops
from derivx.expr import Diff, Expr, Sym, names
from tests.conftest import share
from tests.generate import DOMAIN, scalar_question
from tests.reference import DIGITS, Meaning

pytestmark = pytest.mark.slow  # one long table

COUNT = share(1_000)
CARDS = [c for c in ops.cards() if c.notation != "compare"]


@cache
def question(seed: int) -> Expr:
    """Each seed has a card of its own to begin with, so that all are drawn."""
    return scalar_question(random.Random(seed))


@cache
def derivation(seed: int) -> Any:
    return derivx.explain(question(seed), wrt="x")


each = pytest.mark.parametrize("seed", range(COUNT))


@each
def test_the_referees_pass_it(seed: int) -> None:
    found = derivation(seed)
    assert found.verdict in {"PASS", "UNDEFINED"}, derivx.write(question(seed))


def test_few_are_undefined() -> None:
    verdicts = Counter(derivation(seed).verdict for seed in range(COUNT))
    assert verdicts["UNDEFINED"] <= COUNT / 100


def test_sympy_judges_nearly_every_line() -> None:
    judged = [c.verdict.value for seed in range(COUNT) for c in derivation(seed).checks if c.referee == "sympy" and c.step is not None]
    assert judged.count("SKIPPED") <= 0.05 * len(judged)


def points(seed: int, count: int = 4) -> list[dict[str, Any]]:
    draw = random.Random(zlib.crc32(f"{seed}".encode()))
    return [{n: mpf(draw.uniform(*box)) for n, box in DOMAIN.items()} for _ in range(count)]


@each
def test_the_answer_is_the_slope(seed: int) -> None:
    """By central differences of the textbooks' values, at points away from kinks."""
    found = derivation(seed)
    compared = 0
    with mpmath.workdps(DIGITS):
        for at in points(seed):
            here = Meaning(at, found.where)
            kinks = [(here.real(a), here.real(b)) for s in found.steps for a, b in s.kinks]
            if any(a is not None and b is not None and abs(a - b) < 1e-9 for a, b in kinks):
                continue
            slope, answer = here.real(Diff(question(seed), Sym("x"))), here.real(found.answer)
            if slope is None:
                continue
            assert answer is not None, (derivx.write(question(seed)), derivx.write(found.answer))
            assert abs(slope - answer) <= 1e-14 * max(1, abs(slope)), (derivx.write(question(seed)), derivx.write(found.answer))
            compared += 1
    assert compared or found.verdict == "UNDEFINED" or found.answer is not None


@each
def test_every_level_has_the_same_answer(seed: int) -> None:
    for options in ({"detail": "brief"}, {"detail": "full"}, {"detail": "normal"}):
        assert derivx.explain(question(seed), wrt="x", check=False, **options).answer == derivation(seed).answer  # type: ignore[arg-type]


@each
def test_lines_join_and_read_back(seed: int) -> None:
    row = derivation(seed).to_dict()
    line = row["question"]
    for step in row["steps"]:
        assert step["before"] == line
        line = step["after"]
        assert derivx.write(derivx.read(line)) == line
    assert line == row["answer"]
    known = {*names(question(seed)), *row["where"], "e", "pi"}
    assert set(names(derivx.read(line))) <= known


@pytest.mark.parametrize("card", CARDS, ids=lambda c: c.name)
def test_every_card_is_asked(card: ops.Op) -> None:
    """A question over the card and the arithmetic alone."""
    few = [card, ops.card("mul"), ops.card("add")]
    rng = random.Random(card.name)
    for _ in range(share(30)):
        asked = scalar_question(rng, few)
        found = derivx.explain(asked, wrt="x")
        assert found.verdict in ("PASS", "UNDEFINED"), derivx.write(asked)
