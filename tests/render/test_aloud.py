"""Pages read aloud."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

import derivx
from derivx.apps.main import cli
from derivx.render import to_speech
from derivx.render.document import Answer, Chain, Document, Heading, Line, Listing, Values, Worked
from derivx.render.exercise import Choices, Exercise, Hints, Space
from derivx.render.sentences import Own, Said
from derivx.render.speech import figure
from derivx.syntax import read

CHAIN = """\
Question: the derivative with respect to x of sine of open bracket x squared close bracket.
Line 1: the derivative with respect to u of open bracket sine of u close bracket times d u over d x. chain rule, u equals x squared.
Line 2: cosine of open bracket u close bracket times d u over d x. derivative of the sine.
Line 3: cosine of open bracket u close bracket times 2 x. power rule.
Line 4: cosine of open bracket x squared close bracket times 2 x. put u back.
Line 5: 2 x cosine of open bracket x squared close bracket. order of factors.
Answer: the derivative with respect to x of sine of open bracket x squared close bracket equals 2 x cosine of open bracket x squared close bracket.
"""
CHAIN_KO = """\
문제: 디 디 엑스 사인 괄호 열고 엑스 제곱 괄호 닫고.
1번 줄: 디 디 유 괄호 열고 사인 유 괄호 닫고 곱하기 디 유 디 엑스. 연쇄 법칙, 유는 엑스 제곱.
2번 줄: 코사인 괄호 열고 유 괄호 닫고 곱하기 디 유 디 엑스. 사인 함수의 도함수.
3번 줄: 코사인 괄호 열고 유 괄호 닫고 곱하기 이 엑스. 거듭제곱의 미분법.
4번 줄: 코사인 괄호 열고 엑스 제곱 괄호 닫고 곱하기 이 엑스. 유를 원래 식으로.
5번 줄: 이 엑스 코사인 괄호 열고 엑스 제곱 괄호 닫고. 인수 순서 정리.
답: 디 디 엑스 사인 괄호 열고 엑스 제곱 괄호 닫고는 이 엑스 코사인 괄호 열고 엑스 제곱 괄호 닫고.
"""


def test_a_derivation() -> None:
    found = derivx.explain("sin(x^2)", "x", detail="brief", check=False)
    assert found.speech() == CHAIN
    assert found.speech("ko") == CHAIN_KO
    assert found.speech("both") == CHAIN + CHAIN_KO


def test_several_derivations() -> None:
    found = derivx.explain("w*x + b", check=False)
    assert found.speech().count("Answer:") == 3


def test_a_kink_and_numbers() -> None:
    page = derivx.explain("relu(x)", "x", at={"x": -0.5}).speech("ko")
    assert "엑스가 영인 점에서 미분 불가능" in page
    assert "수를 넣으면: 영." in page


SWEEP = ("z = w*x + b\na = sigmoid(z)\nL = (a - t)^2", {"w": 0.5, "x": 2, "b": -1, "t": 1})


@pytest.mark.parametrize(("lang", "line"), [
    ("en", "partial L over partial w equals partial L over partial z times partial z over partial w, which equals partial L over partial z times x, which equals minus 0.5."),
    ("ko", "라운드 엘 라운드 더블유는 라운드 엘 라운드 제트 곱하기 라운드 제트 라운드 더블유, 곧 라운드 엘 라운드 제트 곱하기 엑스, 곧 마이너스 영 점 오."),
])  # fmt: skip
def test_a_sweep(lang: str, line: str) -> None:
    assert line in derivx.backprop(SWEEP[0], at=SWEEP[1]).speech(lang).split("\n")


def test_arrays() -> None:
    found = derivx.explain("norm2(X@w - y)^2", "w", shapes={"X": ("n", "d"), "w": ("d",), "y": ("n",)}, check=False)
    assert "Answer: partial L over partial w equals 2 X transpose times open bracket X w minus y close bracket." in found.speech()
    assert "답: 라운드 엘 라운드 더블유는 이 엑스 전치 곱하기 괄호 열고 엑스 더블유 빼기 와이 괄호 닫고." in found.speech("ko")


def test_no_sign_is_left_in_korean_words() -> None:
    """A formula in Korean has neither letters nor signs."""
    page = derivx.backprop(SWEEP[0], at=SWEEP[1]).page("ko")
    assert not re.search(r"[A-Za-z∂·=+*/^]", to_speech(page).split("검증")[0])


def test_what_is_no_formula_is_read_as_it_stands() -> None:
    page = Document((Heading("Sheet 1"), Listing("x = 1"), Values(read("w"), (("1", "-2.5e-05"), ("0", "3")))))
    assert to_speech(page) == "Sheet 1\nx = 1\nw: 1, minus 2.5 times 10 to the minus 5; 0, 3.\n"


def test_a_gap_is_not_filled() -> None:
    page = derivx.explain("x^2", "x", check=False).page()
    for blank, gone in (("formula", "2 x. "), ("rule", "power rule")):
        parts = tuple(replace(part, blank=blank) if isinstance(part, Line) else part for part in page.parts if not isinstance(part, Answer))
        said = to_speech(replace(page, parts=parts))
        assert "a gap to be filled in" in said
        assert gone not in said


def test_a_sheet() -> None:
    ask = (Own({"en": ("Differentiate ", read("x^2"), ".")}),)
    parts = (Exercise(3, ask), Choices((read("2*x"), read("x/2"))), Space(2, read("w1")), Hints((Said("rule.power"),)))
    said = to_speech(Document(parts))
    assert said == "3. Differentiate x squared.\nA: 2 x.\nB: x over 2.\nw sub 1 equals a gap to be filled in.\nHint 1: power rule\n"


@pytest.mark.parametrize(("text", "ko"), [
    ("3", "삼"), ("-0.25", "마이너스 영 점 이오"), ("1e+06", "십의 육 제곱"), ("2e-10", "이 곱하기 십의 마이너스 십 제곱"), ("(n, d)", "(n, d)"),
])  # fmt: skip
def test_figures(text: str, ko: str) -> None:
    assert figure(text, "ko") == ko


@pytest.mark.parametrize("command", [
    ["explain", "x^2", "--no-check"], ["backprop", "L = (w*x - y)^2"], ["network", "2-1 sigmoid mse"],
])  # fmt: skip
def test_commands(command: list[str]) -> None:
    found = CliRunner().invoke(cli, [*command, "--format", "speech", "--lang", "ko"])
    assert found.exit_code == 0, found.output
    assert "제곱" in found.output


@pytest.mark.parametrize(
    ("chain", "lang", "heard"),
    [
        (Chain((read("y"),), "0.269", rounded=True), "en", "y is about 0.269.\n"),
        (Chain((read("y"), read("2*x")), "0.269", rounded=True), "en", "y equals 2 x, which is about 0.269.\n"),
        (Chain((read("y"), read("2*x")), "0.5"), "en", "y equals 2 x, which equals 0.5.\n"),
        (Chain((read("y"),), "0.3", rounded=True), "ko", "와이는 약 영 점 삼.\n"),
        (Chain((read("y"), read("2*x")), "0.3", rounded=True), "ko", "와이는 이 엑스, 약 영 점 삼.\n"),
    ],
)
def test_a_rounded_value_is_about(chain: Chain, lang: str, heard: str) -> None:
    assert to_speech(Document((chain,), (lang,))) == heard


def test_zero_has_no_sign() -> None:
    found = derivx.explain("-x*y", "x", at={"x": 1, "y": 0})
    for text in (found.text(), found.latex(), found.markdown(), found.html(), found.speech()):
        assert not re.search(r"(=|&=|</mo>|equals) *(-|−|minus )0(?![.0-9])", text)
    (worked,) = (part for page in found.pages() for part in page.parts if isinstance(part, Worked))
    assert [math.copysign(1, value) for _, value in worked.rows] == [1.0] * len(worked.rows)
