"""Nothing a student types is run: no event of Python's audit hooks but looking at identities; nothing escapes; threads do not mix."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from derivx.errors import ReadError
from derivx.grading import GradeResult, Question
from derivx.words import LANGUAGES
from tests.syntax.test_fuzz import DATA, corpus, hostile

# A hook cannot be taken off again, so that this is a process of its own. Everything is graded once, in all ways, before the hook looks.
AUDIT = """
import json, sys
from derivx.grading import Question

texts, planted = json.load(sys.stdin)
questions = [
    Question("x^2", "x", variables=("y", "z", "w", "b", "I", "S"), form="factored"),
    Question("sigmoid(w*x + b)", "w", partial={"near_miss": 0.5}, tolerance=0.001),
    Question("relu(x)*log(x)", "x", domain={"x": (0.1, 2)}, form="simplified"),
    Question("sum((X @ w - y)^2)", "w", shapes={"X": ("n", "d"), "w": ("d", 1), "y": ("n", 1)}),
]
warm = ("2*x", "2*x + 1e-13", "3*x", "where(x > 0, 2*x, 2*x)", "2*(x", "\\\\frac{1}{x}", "2*X^T*(X*w - y) + 1e-13*w", "X^T", "gamma(x)")
for question in questions:
    for text in warm:
        question.grade(text).text("both")
seen, watch = [], True

def hook(event, args):
    if watch and event not in ("builtins.id", "object.__getattr__"):
        seen.append([event, str(args)[:200]])

sys.addaudithook(hook)
for question in questions:
    for text in texts:
        result = question.grade(text)
        result.text("both"), result.to_json(), result.to_qti(text), result.to_gradescope(text), result.to_edx()
if planted:
    eval("1 + 1")
    open("/dev/null").close()
watch = False
print(json.dumps(seen))
"""


def audited(texts: list[str], *, planted: bool = False) -> list[list[str]]:
    given = json.dumps([texts, planted])
    done = subprocess.run([sys.executable, "-c", AUDIT], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def test_nothing_is_run_opened_started_or_imported() -> None:
    assert audited([*corpus(), *(text for _, text in hostile())]) == []


def test_the_audit_would_see_it() -> None:
    assert {event for event, _ in audited(["2*x"], planted=True)} >= {"compile", "exec", "open"}


@pytest.mark.parametrize("error", [RecursionError("deep"), MemoryError(), ZeroDivisionError(), AttributeError("x"), OverflowError("big")])
@pytest.mark.parametrize("where", ["read", "compare", "mistakes"])
def test_no_error_of_the_grader_escapes(error: Exception, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    question = Question("x^2", "x")

    def broken(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(question.judge, where, broken)
    result = question.grade("3*x")
    expected = "refused" if isinstance(error, RecursionError | MemoryError) else "undecided"
    assert (result.word, result.score) == (expected, 0.0)
    assert all(result.message[lang] for lang in LANGUAGES)
    assert (result.evidence.get("fault") is None) == (expected == "refused")


@pytest.mark.parametrize(
    "answer",
    ["exit()", "raise SystemExit", "quit()", "sys.exit(1)", "(" * 1999, "-" * 1999 + "x", "x" + "'" * 1900, "f(" * 600, "dix**²2,x)"],
)
def test_nothing_ends_the_process(answer: str) -> None:
    assert Question("x^2", "x").grade(answer).word == "refused"


def test_functions_are_not_followed_for_ever() -> None:
    """Of a polygamma of -1e300, the recurrence of mpmath would take 1e300 steps."""
    assert Question("x^2", "x").grade("polygamma(1, x - 1e300)").word == "wrong"
    assert Question("x: (2)\nf = sum(x^2)", "x").grade("polygamma(1, x - 1e300)").word == "wrong"


def test_a_constant_divides_as_a_number_does() -> None:
    assert Question("x^2", "x").grade("asec(e - e)").word == "wrong"


def test_a_thread_with_a_small_stack_is_enough() -> None:
    deep = "(" * 98 + "x" + ")" * 98
    sines, found = "sin(" * 98 + "x" + ")" * 98, list[GradeResult]()
    before = threading.stack_size(512 * 1024)
    try:
        question = Question("x^2", "x")
        thread = threading.Thread(target=lambda: found.extend(question.grade(t) for t in (deep, sines, "2*x")))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert [r.word for r in found] == ["wrong", "wrong", "correct"]


def test_threads_give_the_same_results() -> None:
    rows = json.loads((DATA / "answers.json").read_text("utf-8"))["scalar"][:60]
    questions = [Question(r["problem"], r["wrt"], order=r.get("order", 1), variables=r["variables"], seed="k") for r in rows]
    pairs = [(q, r["student_raw"]) for q, r in zip(questions, rows, strict=True)] * 4

    def work(pair: tuple[Question, str]) -> GradeResult:
        return replace(pair[0].grade(pair[1]), ms=0.0)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, pairs)) == [work(pair) for pair in pairs]


def test_errors_of_the_question_are_raised() -> None:
    with pytest.raises(ReadError):
        Question("x^2(", "x")
