"""A million texts that nobody would type, a tenth of them in CI: each has a result, soon, and it can be shown."""

from __future__ import annotations

import gc
import json
import time
from random import Random

import pytest

from derivx.grading import GradeResult, Question
from tests.conftest import share
from tests.grading.fuzz import NAMES, guided, stream

BLOCKS = 20
SLOW = 0.025  # seconds of CPU; one text in 10,000 may take longer
QUESTIONS = [
    Question("x^2*y", "x", variables=NAMES),
    Question("sigmoid(w*x + b)", "w", variables=NAMES, form="factored", tolerance=1e-3),
    Question("tan(x)*log(x^2 + y)", "x", variables=NAMES, form="simplified"),
    Question("relu(x)*abs(y)", "x", variables=NAMES, form="expanded", domain={"x": (-2, 2)}, ambiguous="refuse"),
]
ARRAYS = Question("sum((X @ w - y)^2)", "w", shapes={"X": ("n", "d"), "w": ("d", 1), "y": ("n", 1)})
WARM = ("2*x", "2*x + 1e-13", "\\frac{1}{x}", "where(x > 0, x, 2)", "gamma(x)*digamma(x)", "gamma(1.3) + 1e-30*x", "3*x", "x(")


def graded(question: Question, text: str) -> tuple[GradeResult, float]:
    """The result, and the CPU seconds it took; measured again where it took long, since the machine may have been busy."""
    start = time.process_time()
    result = question.grade(text)
    took = time.process_time() - start
    for _ in range(3 if took > SLOW else 0):
        start = time.process_time()
        question.grade(text)
        took = min(took, time.process_time() - start)
    return result, took


def check(result: GradeResult, text: str) -> None:
    assert "fault" not in result.evidence, (text, result.evidence)
    assert result.message["en"], text
    assert result.message["ko"], text
    shown = result.text("both")
    assert shown.isprintable() or all(c == "\n" or c.isprintable() or c in "\u3000\xa0\u2009\u202f" or ord(c) > 0x7F for c in shown), text
    assert json.loads(result.to_json())["status"] == result.status, text


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.slow
def test_every_text_has_a_result_soon(block: int) -> None:
    for question in QUESTIONS:
        for text in WARM:
            question.grade(text)
    slow: list[tuple[float, str]] = []
    count = share(1_000_000) // BLOCKS
    gc.disable()
    try:
        for i, text in enumerate(stream(block, count)):
            result, took = graded(QUESTIONS[i % len(QUESTIONS)], text)
            slow += [(took, text)] if took > SLOW else []
            check(result, text)
            if not i % 1000:
                gc.collect()
    finally:
        gc.enable()
    assert len(slow) <= max(1, count // 10_000), slow


@pytest.mark.slow
def test_every_text_has_a_result_over_arrays() -> None:
    rng = Random(7)
    for text in stream(99, share(20_000)):
        typed = text.replace("z", "X").replace("b", "w") if rng.random() < 0.8 else text
        check(ARRAYS.grade(typed), typed)


@pytest.mark.slow
def test_texts_that_reach_new_lines_are_mutated_further() -> None:
    question = QUESTIONS[3]
    for text in WARM:
        question.grade(text)

    def work(text: str) -> None:
        check(question.grade(text), text)

    kept, lines = guided(5, share(20_000), work)
    assert kept > 20
    assert lines > 1000
