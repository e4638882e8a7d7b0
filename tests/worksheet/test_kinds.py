"""Every kind and level: drawn, in both languages, printed, the same for the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

import derivx
from derivx.errors import UsageError
from derivx.render.document import Document
from derivx.render.exercise import Exercise
from derivx.render.sentences import sentence
from derivx.render.text import to_text
from derivx.words import has
from derivx.words.en_problems import PROBLEMS
from derivx.worksheet.draw import Draw
from derivx.worksheet.kinds import KINDS, drawn, kind
from derivx.worksheet.kinds.learning_rate import BEHAVIOUR
from derivx.worksheet.kinds.perceptron import GATES
from derivx.worksheet.problem import Problem

SOURCE = Path(derivx.__file__).parent
EVERY = [(name, level) for name, of in KINDS.items() for level in of.levels]


def page(problem: Problem, lang: str) -> str:
    parts = (Exercise(1, problem.ask), *problem.parts, *((problem.choices,) if problem.choices else ()), *problem.solution)
    return to_text(Document(parts, (lang,), problem.style))


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_drawn(name: str, level: int) -> None:
    problem = drawn(kind(name), level, Draw("course", "student", name, level))
    again = drawn(kind(name), level, Draw("course", "student", name, level))
    assert (problem.kind, problem.level) == (name, level)
    assert problem.asked or problem.choices
    assert problem.ask
    assert problem.solution
    assert problem.hints
    for lang in ("en", "ko"):
        shown = page(problem, lang)
        assert shown == page(again, lang)
        for said in (*problem.ask, *problem.hints):
            assert "{" not in sentence(said, lang)


@pytest.mark.parametrize(("name", "level"), EVERY)
def test_another_student_has_another_problem(name: str, level: int) -> None:
    assert len({drawn(kind(name), level, Draw("course", student, name)).identity for student in range(12)}) > 2


def test_every_word_is_used() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(SOURCE.rglob("*.py")) if p.parent.name != "words")
    made = {f"option.{name}" for name in (*GATES, *BEHAVIOUR)} | {
        f"{a}.{b}" for of in KINDS.values() for a, b in (("kind", of.name), ("topic", of.topic))
    }
    made |= {k for k in PROBLEMS if k.startswith("which.") and f'"{k.replace("which.", "ask.", 1)}"' in text}  # the same above options
    unused = {k for k in PROBLEMS if f'"{k}"' not in text and not k.startswith("error.")} - made - {"kind.own"}
    assert unused == set()


def test_names_of_kinds_and_topics() -> None:
    assert {key for of in KINDS.values() for key in (f"kind.{of.name}", f"topic.{of.topic}") if not has(key)} == set()


def test_faults_are_said() -> None:
    with pytest.raises(UsageError):
        kind("nothing")
    with pytest.raises(UsageError):
        drawn(kind("derivative"), 9, Draw("x"))
