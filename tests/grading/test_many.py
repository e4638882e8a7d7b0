"""Many answers: order kept, any executor, the same results in threads and processes, a coordinator with little to do."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest

from derivx.grading import GradeResult, Question

QUESTION = Question("sin(x^2)", "x", seed="s3cret", domain={"x": (0.2, 1.5)})
ANSWERS = ["2*x*cos(x^2)", "cos(x^2)", "2x cos(x²)", "2*x*cos(x^2", "-2*x*cos(x^2)", "2*x*cos(x^2) + 1e-13", "", "2*z"]


def same(result: GradeResult) -> GradeResult:
    return replace(result, ms=0.0)


EXPECTED = [same(QUESTION.grade(a)) for a in ANSWERS]


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


class Backwards(Executor):
    """An executor that ends its tasks in no order."""

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        future: Future[object] = Future()
        threading.Timer(0.05 / (1 + len(args[1][0])), lambda: future.set_result(fn(*args, **kwargs))).start()
        return future


@pytest.mark.parametrize("chunk", [1, 3, 256])
def test_the_order_is_kept(chunk: int) -> None:
    for executor in (None, Backwards()):
        assert [same(r) for r in QUESTION.grade_many(ANSWERS, executor, chunk)] == EXPECTED


def test_processes_give_the_same(pool: ProcessPoolExecutor) -> None:
    results = QUESTION.grade_many(ANSWERS * 40, pool, 64)
    assert len(results) == 320
    assert [same(r) for r in results] == EXPECTED * 40
    assert same(results[-1]) == same(results[319]) == EXPECTED[-1]
    assert [same(r) for r in results[62:67]] == (EXPECTED * 40)[62:67]
    with pytest.raises(IndexError):
        results[320]
    assert len(QUESTION.grade_many([], pool)) == 0


def test_threads_give_the_same() -> None:
    with ThreadPoolExecutor(8) as threads:
        assert [same(r) for r in QUESTION.grade_many(ANSWERS * 125, threads, 10)] == EXPECTED * 125


def test_a_thousand_repeats_give_the_same() -> None:
    assert [same(QUESTION.grade(ANSWERS[i % 8])) for i in range(1000)] == EXPECTED * 125


def test_a_question_is_rebuilt_from_its_arguments_once() -> None:
    packed = pickle.dumps(QUESTION)
    assert len(packed) < 1000
    again = pickle.loads(packed)
    assert [same(again.grade(a)) for a in ANSWERS] == EXPECTED
    assert pickle.loads(packed) is again
    assert pickle.loads(pickle.dumps(Question("x^2", "x"))) is not again


def test_changing_the_arguments_afterwards_changes_nothing() -> None:
    domain = {"x": [0.2, 1.5]}
    question = Question("sin(x^2)", "x", seed="s3cret", domain=domain)
    domain["x"][0] = 99.0
    assert [same(pickle.loads(pickle.dumps(question)).grade(a)) for a in ANSWERS] == EXPECTED


def test_the_coordinator_has_little_to_do(pool: ProcessPoolExecutor) -> None:
    answers = ANSWERS[:5] * 800
    list(QUESTION.grade_many(answers[:512], pool))
    start = time.process_time()
    QUESTION.grade_many(answers, pool)
    ours = time.process_time() - start
    start = time.process_time()
    QUESTION.grade_many(answers)
    theirs = time.process_time() - start
    assert ours <= theirs / 16
