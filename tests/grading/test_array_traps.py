"""Right answers over arrays in other forms, and answers that are wrong by next to nothing."""

from __future__ import annotations

import pytest

from tests.grading.test_arrays import RIGHT, question

SAME = [
    "({a}) + 0", "(({a})^T)^T", "2 ({a})/2", "-(-({a}))", "({a}) ∘ 1", "({a}) 3 - 2 ({a})", "({a})/pi*pi", "({a}) (sin(1)^2 + cos(1)^2)",
    "0.5 ({a}) + 0.5 ({a})", "({a}) + ({a}) ∘ 0", "({a}) (e^2 - e^2 + 1)", "({a}) log(e)",
]  # fmt: skip
TRAPS = [
    "({a}) + 1e-13", "({a}) 1.0000000000001", "({a}) + 1e-30", "({a}) + sin(1000000*pi*{w})", "({a}) + exp(-60)", "({a}) - 1e-14 ({a})",
    "({a}) + relu(abs({w}) - 9)", "({a}) tanh(25)", "({a}) cos(1e-9)", "({a}) + 0*log(-1)", "({a}) + floor(abs({w})/9)", "({a}) (1 - 1e-40)",
    "({a})^T^T + exp(-100 - {w} ∘ {w})", "({a}) + 1e-9 {w}", "({a}) 3.14159265358979/pi", "({a}) 1000000000001/1000000000000",
]  # fmt: skip
PLAIN = [(name, a) for name, rows in RIGHT.items() for a in rows if "\\" not in a and ("=" not in a or "axis" in a)]


@pytest.mark.parametrize(("name", "answer"), PLAIN)
def test_the_same_in_other_forms(name: str, answer: str) -> None:
    for form in SAME:
        typed = form.format(a=answer)
        result = question(name).grade(typed)
        assert result.correct, (typed, result.verdict, result.message["en"])


@pytest.mark.parametrize(("name", "answer"), PLAIN[::3])
def test_wrong_by_next_to_nothing(name: str, answer: str) -> None:
    wrt = question(name).judge.asked.question.wrt  # type: ignore[attr-defined]
    for trap in TRAPS:
        typed = trap.format(a=answer, w=wrt)
        assert question(name).grade(typed).word in ("wrong", "refused"), typed


def test_there_are_many_of_both() -> None:
    assert len(PLAIN) * len(SAME) >= 500
    assert len(PLAIN[::3]) * len(TRAPS) >= 500
