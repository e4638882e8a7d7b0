"""A right, a wrong and a hostile answer in the form of each system, as its documentation states it."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from derivx.grading import GradeResult, Mistake, Question
from derivx.grading.formats import gradescope_results
from derivx.grading.safe import cell, json_text, markup, plain

QUESTION = Question("cos(x)", "x", points=4, partial={"up_to_sign": 0.5})
RIGHT, HALF, WRONG = (QUESTION.grade(a) for a in ("-sin(x)", "sin(x)", "tan(x)"))
HOSTILE = "x</script><script>alert(1)</script>\x1b[2J\u202e\ud800]]>&=cmd()"
REFUSED = QUESTION.grade(HOSTILE)
UNDECIDED = GradeResult(
    "Ok", "undecided", 0.0, 4.0, message={"en": "a person will look", "ko": "사람이 본다"}, evidence={"answer": float("nan")}
)
ALL = (RIGHT, HALF, WRONG, REFUSED, UNDECIDED)


def acting(text: str) -> set[str]:
    return {c for c in text if c in "\x1b\x07\x00\u202e\u2028\ud800"}


def test_the_refused_answer_is_shown_with_its_place() -> None:
    assert REFUSED.word == "refused"
    assert "x</script>" in REFUSED.text()
    assert acting(REFUSED.text()) == set()


def test_gradescope() -> None:
    for result, status, score in ((RIGHT, "passed", 4), (HALF, "failed", 2), (WRONG, "failed", 0), (REFUSED, "failed", 0)):
        report = result.to_gradescope("q1\x1b")
        (test,) = report["tests"]
        assert set(test) <= {
            "score",
            "max_score",
            "status",
            "name",
            "number",
            "output",
            "output_format",
            "tags",
            "visibility",
            "extra_data",
        }
        assert (test["status"], test["score"], test["max_score"], report["score"]) == (status, score, 4, score)
        assert test["output_format"] in {"text", "html", "simple_format", "md", "ansi"}
        assert test["visibility"] in {"hidden", "after_due_date", "after_published", "visible"}
        assert acting(test["output"] + test["name"]) == set()
    both = gradescope_results({"a": RIGHT, "b": HALF})
    assert both["score"] == 6
    assert [t["name"] for t in both["tests"]] == ["a", "b"]


def test_nbgrader_takes_points_or_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert [RIGHT.to_nbgrader(), HALF.to_nbgrader()] == [4.0, 2.0]
    for result in (WRONG, REFUSED, UNDECIDED):
        with pytest.raises(AssertionError, match=r"right|no meaning|person"):
            result.to_nbgrader()
    assert capfd.readouterr().err == ""


def test_otter_takes_true_or_an_error() -> None:
    assert RIGHT.to_otter() is True
    for result in (HALF, WRONG, REFUSED, UNDECIDED):
        with pytest.raises(AssertionError):
            result.to_otter()


def test_prairielearn() -> None:
    data: dict[str, Any] = {"partial_scores": {}, "format_errors": {}}
    for name, result in (("a", RIGHT), ("b", HALF), ("c", WRONG), ("d", REFUSED)):
        result.to_prairielearn(data, name)
    assert {n: p["score"] for n, p in data["partial_scores"].items()} == {"a": 1.0, "b": 0.5, "c": 0.0}
    assert list(data["format_errors"]) == ["d"]
    assert "<script" not in str(data)
    assert "&lt;/script&gt;" in data["format_errors"]["d"]


def test_edx() -> None:
    shares = [(r.to_edx()["ok"], r.to_edx()["grade_decimal"]) for r in (RIGHT, HALF, WRONG, REFUSED)]
    assert shares == [(True, 1.0), ("partial", 0.5), (False, 0.0), (False, 0.0)]
    for result in ALL:
        message = ET.fromstring(result.to_edx()["msg"])  # edX parses it as XML
        assert message.tag == "pre"
        assert not list(message)


@pytest.mark.parametrize("result", ALL, ids=["right", "half", "wrong", "refused", "undecided"])
def test_qti(result: GradeResult) -> None:
    root = ET.fromstring(result.to_qti('a"<'))
    space = {"q": "http://www.imsglobal.org/xsd/imsqti_result_v2p1"}
    item = root.find("q:itemResult", space)
    assert item is not None
    assert set(item.attrib) == {"identifier", "datestamp", "sessionStatus"}
    assert item.attrib["identifier"] == 'a"<'
    assert item.attrib["sessionStatus"] == ("pendingResponseProcessing" if result is UNDECIDED else "final")
    values = {o.attrib["identifier"]: o.findtext("q:value", "", space) for o in item}
    assert (float(values["SCORE"]), float(values["MAXSCORE"])) == (result.score, 4.0)
    assert {o.attrib["baseType"] for o in item} <= {"float", "identifier", "string"}


@pytest.mark.parametrize("result", ALL, ids=["right", "half", "wrong", "refused", "undecided"])
def test_json(result: GradeResult) -> None:
    text = result.to_json()
    text.encode("utf-8")
    assert "</" not in text
    assert "\n" not in text
    back = json.loads(text, parse_constant=pytest.fail)
    assert back["score"] == result.score
    assert back["status"] == result.status


def test_words_of_a_result() -> None:
    result = GradeResult(
        "Ok", "different", 0.0, 1.0, (Mistake("forgot", "chain", 2, {"en": "the inner derivative", "ko": "속미분"}), Mistake("sign_slip")),
        {"en": "not right", "ko": "오답"}, lang="both",
    )  # fmt: skip
    assert str(result) == (
        "✗ not right\n\n  Line 2 of the derivation: the inner derivative\n  sign slip\n\n✗ 오답\n\n  풀이의 2번째 줄: 속미분\n  sign slip"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(1+1)*cmd", "'@SUM(1+1)*cmd"),
        ("-x", "'-x"),
        (" +x", "' +x"),
        ("\t=x", "�=x"),
        ("x=1", "x=1"),
        ("a\nb", "a b"),
    ],
)
def test_a_cell_is_no_formula(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_what_acts_is_shown_and_does_not_act() -> None:
    assert plain("\x1b[2J\x1b]0;owned\x07") == "�[2J�]0;owned�"
    assert markup("<a href='x'>&\x00") == "&lt;a href=&#x27;x&#x27;&gt;&amp;�"
    assert json.loads(json_text({"a": (1, float("inf")), "b": "</script>\u2028\ud800"})) == {"a": [1, "inf"], "b": "</script>\u2028\ud800"}
