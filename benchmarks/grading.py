"""How fast answers are graded, beside SymPy's ``simplify(a - b) == 0`` on the same answers in the same run.

    python benchmarks/grading.py [ANSWERS.json] [--seconds 20]

Typical answers: every row of the file over numbers (by default our open rows of ``tests/data/answers.json``), each against its own
question that was prepared before; 20 points each, no answer twice in a pass, CPU time of one core. Every verdict is compared with the
file's, so that nothing is skipped. SymPy is given the right derivative as well, and stops after so many seconds. mitx-grading-library runs
where it is installed. The floors are ratios and rates of one core; 1 when one is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib.util
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from derivx.grading import Question

sys.path.insert(0, str(Path(__file__).parent / "gradebench"))
import run as runner  # its questions are these

Row = dict[str, Any]
Work = list[tuple[Question, list[Row]]]
OPEN = Path(__file__).parents[1] / "tests" / "data" / "answers.json"
PASSES = 9


def prepared(cases: list[Row], *, diagnose: bool) -> Work:
    """The answers by question."""
    found: dict[str, tuple[Question, list[Row]]] = {}
    for case in cases:
        asked = runner.arguments(case)
        key = json.dumps(asked, sort_keys=True)
        if key not in found:
            found[key] = (Question(**asked, diagnose=diagnose), [])
        found[key][1].append(case)
    return list(found.values())


def graded(work: Work) -> Iterator[tuple[Row, Any]]:
    """One pass over all answers."""
    for question, cases in work:
        yield from zip(cases, question.grade_many([runner.typed(c) for c in cases]), strict=True)


def wrong_verdicts(work: Work) -> int:
    """How many verdicts are not the file's."""
    return sum(found.word != case["verdict"] for case, found in graded(work) if "verdict" in case)


def rate(work: Work) -> tuple[float, float, float]:
    """Answers a second in the median pass; the median and the 99th percentile of an answer alone, in milliseconds."""
    texts = [(question, [runner.typed(c) for c in cases]) for question, cases in work]
    count = sum(len(answers) for _, answers in texts)
    gc.collect()
    gc.freeze()  # the questions stay; what an answer leaves is collected
    times = []
    for _ in range(PASSES):
        start = time.process_time()
        for question, answers in texts:
            question.grade_many(answers)
        times.append(time.process_time() - start)
    gc.unfreeze()
    single = sorted(_alone(question, answer) for question, answers in texts for answer in answers)
    return count / statistics.median(times), statistics.median(single), single[int(0.99 * len(single))]


def _alone(question: Question, answer: str) -> float:
    """The best of three for one answer, in milliseconds of CPU: what a busy machine adds is not the answer's."""
    times = []
    for _ in range(3):
        start = time.process_time()
        question.grade(answer)
        times.append((time.process_time() - start) * 1e3)
    return min(times)


def of_peer(decide: Callable[[Row], Any], cases: list[Row], seconds: float) -> tuple[float, int]:
    """Answers a second of another grader, within so many seconds, and how many it took."""
    done, start = 0, time.process_time()
    for case in cases:
        with contextlib.suppress(Exception):  # a refusal takes its time like a verdict
            decide(case)
        done += 1
        if time.process_time() - start > seconds:
            break
    return done / (time.process_time() - start), done


def coordinator(work: Work) -> tuple[float, float]:
    """CPU microseconds an answer in the process that hands out answers, and in the worker that grades them."""
    question, cases = max(work, key=lambda row: len(row[1]))
    answers = [runner.typed(c) for c in cases] * (40_000 // len(cases))
    with ProcessPoolExecutor(1) as pool:
        list(question.grade_many(answers[:512], pool))
        before, mine = pool.submit(time.process_time).result(), time.process_time()
        question.grade_many(answers, pool)
        ours, theirs = time.process_time() - mine, pool.submit(time.process_time).result() - before
    return ours / len(answers) * 1e6, theirs / len(answers) * 1e6


def main(argv: list[str] | None = None) -> int:
    """Print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", default=str(OPEN), metavar="ANSWERS.json")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(argv)
    rows = runner.cases(options.file)
    scalar, matrix = [r for r in rows if "program" not in r], [r for r in rows if "program" in r]
    missed = 0

    def tell(name: str, value: float, floor: float, unit: str, *, most: bool = False) -> None:
        nonlocal missed
        bad = value > floor if most else value < floor
        missed += bad
        print(f"{name:52} {value:12,.3f} {unit:6} floor {'<=' if most else '>='} {floor:,g}   {'MISSED' if bad else 'ok'}", flush=True)

    verdicts = prepared(scalar, diagnose=False)
    tell("wrong verdicts", wrong_verdicts(verdicts) if scalar else 0, 0, "", most=True)
    ours, median, last = rate(verdicts)
    tell("answers a second, verdicts, one core", ours, 5_000, "/s")
    print(f"{'median of one answer':52} {median:12,.3f} ms")
    tell("99th percentile of one answer", last, 1.0, "ms", most=True)
    told, median, _ = rate(prepared(scalar, diagnose=True))
    tell("answers a second with the mistake named", told, 5_000, "/s")
    print(f"{'median of one answer':52} {median:12,.3f} ms")

    import scoreboard

    for case in scalar:
        case["right"] = scoreboard.right_answer(case)
    theirs, done = of_peer(scoreboard.by_simplify, scalar, options.seconds)
    print(f"{f'SymPy, simplify(a - b) == 0, {done} answers':52} {theirs:12,.1f} /s")
    tell("times SymPy's simplify", ours / theirs, 300, "x")
    if importlib.util.find_spec("mitxgraders"):
        theirs, done = of_peer(scoreboard.by_mitx, scalar, options.seconds)
        tell(f"times mitx-grading-library, {done} answers", ours / theirs, 100, "x")
    else:
        print(f"{'mitx-grading-library':52} not installed")
    if matrix:
        arrays = prepared(matrix, diagnose=False)
        tell("wrong verdicts over arrays", wrong_verdicts(arrays), 0, "", most=True)
        tell("answers a second over arrays", rate(arrays)[0], 2_000, "/s")
    here, there = coordinator(verdicts)
    print(f"{'coordinator / worker, CPU us an answer':52} {here:12.2f} / {there:.1f}   {os.cpu_count()} cores")
    tell("a worker's time for the coordinator's", there / here, 16, "x")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
