"""Particles follow what a reader hears: of Hangul, letters, digits, Greek names, powers, fractions."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivx import ops
from derivx.expr import Sym
from derivx.render.sentences import Said, sentence
from derivx.syntax import read
from derivx.words import say
from derivx.words.josa import Korean, content, particle
from derivx.words.ko import KO
from derivx.words.reading import number, word

CASES = [
    # word,          을/를,  이/가, 은/는, 으로/로
    ("값",            "을",   "이",  "은",  "으로"),
    ("함수",          "를",   "가",  "는",  "로"),
    ("시그모이드 함수", "를",  "가",  "는",  "로"),
    ("법칙",          "을",   "이",  "은",  "으로"),
    ("줄",            "을",   "이",  "은",  "로"),     # after ㄹ: 로
    ("x",             "를",   "가",  "는",  "로"),     # 엑스
    ("l",             "을",   "이",  "은",  "로"),     # 엘
    ("m",             "을",   "이",  "은",  "으로"),   # 엠
    ("n",             "을",   "이",  "은",  "으로"),   # 엔
    ("r",             "을",   "이",  "은",  "로"),     # 알
    ("L",             "을",   "이",  "은",  "로"),
    ("0",             "을",   "이",  "은",  "으로"),   # 영
    ("1",             "을",   "이",  "은",  "로"),     # 일
    ("2",             "를",   "가",  "는",  "로"),     # 이
    ("3",             "을",   "이",  "은",  "으로"),   # 삼
    ("6",             "을",   "이",  "은",  "으로"),   # 육
    ("7",             "을",   "이",  "은",  "로"),     # 칠
    ("8",             "을",   "이",  "은",  "로"),     # 팔
    ("9",             "를",   "가",  "는",  "로"),     # 구
    ("10",            "을",   "이",  "은",  "으로"),   # 십
    ("100",           "을",   "이",  "은",  "으로"),   # 백
    ("w1",            "을",   "이",  "은",  "로"),     # 더블유 일
    ("w₁",            "을",   "이",  "은",  "로"),
    ("alpha",         "를",   "가",  "는",  "로"),
    ("epsilon",       "을",   "이",  "은",  "으로"),   # 엡실론
    ("ε",             "을",   "이",  "은",  "으로"),
    ("σ",             "를",   "가",  "는",  "로"),
    ("y_hat",         "을",   "이",  "은",  "으로"),   # 와이 햇
    ("ŷ",             "을",   "이",  "은",  "으로"),
    ("x^2",           "을",   "이",  "은",  "으로"),   # 엑스 제곱
    ("x²",            "을",   "이",  "은",  "으로"),
    ("x^(-1)",        "을",   "이",  "은",  "으로"),
    ("1/2",           "을",   "이",  "은",  "로"),     # 이분의 일
    ("f'",            "을",   "이",  "은",  "으로"),   # 에프 프라임
    ("w*x + b",       "를",   "가",  "는",  "로"),
    ("sin",           "을",   "이",  "은",  "으로"),
    ("softmax",       "를",   "가",  "는",  "로"),     # 소프트맥스
    ("sigmoid",       "를",   "가",  "는",  "로"),     # 시그모이드
    ("log",           "를",   "가",  "는",  "로"),     # 로그
    ("f(x)",          "를",   "가",  "는",  "로"),
    ("",              "를",   "가",  "는",  "로"),
]  # fmt: skip

PAIRS = {
    "을/를",
    "이/가",
    "은/는",
    "과/와",
    "으로/로",
    "이라면/라면",
    "이라는/라는",
    "이나/나",
    "이란/란",
    "이고/고",
    "이며/며",
    "이므로/므로",
}
READINGS = [  # what is printed, as it is read
    *zip("abcdefghijklmnopqrstuvwxyz", "에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트".split(), strict=True),
    *zip("αβγδεζηθικλμνξοπρστυφχψω", "알파 베타 감마 델타 엡실론 제타 에타 세타 요타 카파 람다 뮤 뉴 크사이 오미크론 파이 로 시그마 타우 입실론 피 카이 프사이 오메가".split(), strict=True),
    *zip("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon phi chi psi omega".split(),
         "알파 베타 감마 델타 엡실론 제타 에타 세타 요타 카파 람다 뮤 뉴 크사이 오미크론 파이 로 시그마 타우 입실론 피 카이 프사이 오메가".split(), strict=True),
    *zip("0123456789", "영일이삼사오육칠팔구", strict=True),
    ("10", "십"), ("11", "십일"), ("20", "이십"), ("100", "백"), ("110", "백십"), ("1000", "천"), ("2026", "이천이십육"), ("10000", "만"), ("10001", "만 일"),
    ("100000000", "일억"), ("0.5", "영 점 오"), ("0.1", "영 점 일"), ("2.50", "이 점 오영"), ("1e-5", "십의 마이너스 오 제곱"), ("3e8", "삼 곱하기 십의 팔 제곱"),
    ("-3", "마이너스 삼"), ("−2", "마이너스 이"), ("1/2", "이분의 일"), ("2/3", "삼분의 이"), ("a/b", "비 분의 에이"), ("x/2", "이 분의 엑스"), ("3*x/2", "이 분의 엑스"),
    ("f'", "에프 프라임"), ("f''", "에프 프라임 프라임"), ("f′", "에프 프라임"), ("x'", "엑스 프라임"), ("ŷ", "와이 햇"), ("y\u0302", "와이 햇"), ("ȳ", "와이 바"), ("ỹ", "와이 틸데"),
    ("y_hat", "와이 햇"), ("x_bar", "엑스 바"), ("x_i", "엑스 아이"), ("x_in", "엑스 인"), ("w_out", "더블유 아웃"), ("x1", "엑스 일"), ("x₁₀", "엑스 십"), ("w12", "더블유 십이"),
    ("x^2", "엑스 제곱"), ("x²", "엑스 제곱"), ("x^n", "엑스의 엔 제곱"), ("x^(-1)", "엑스의 마이너스 일 제곱"), ("Xᵀ", "엑스 전치"), ("X⊤", "엑스 전치"), ("e^x", "이의 엑스 제곱"),
    ("f(x)", "에프 엑스"), ("f(n)", "에프 엔"), ("(n, d)", "엔 디"), ("|x|", "엑스"), ("[m]", "엠"), ("`m`", "엠"), ("w*x + b", "비"), ("x - 1", "엑스 빼기 일"),
    ("sin", "사인"), ("cos", "코사인"), ("tan", "탄젠트"), ("log", "로그"), ("exp", "지수함수"), ("sigmoid", "시그모이드"), ("relu", "렐루"), ("softmax", "소프트맥스"),
    ("tanh", "쌍곡탄젠트"), ("max", "맥스"), ("min", "민"), ("loss", "로스"), ("net", "넷"), ("step", "스텝"), ("dx", "디엑스"), ("dl", "디엘"), ("total", "토털"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "heard"), READINGS)
def test_a_particle_follows_what_is_heard(printed: str, heard: str) -> None:
    """The same particles behind a formula and behind its reading, whose last syllable says which they are."""
    jong = (ord(heard[-1]) - ord("가")) % 28
    forms = ("을", "이", "은", "과") if jong else ("를", "가", "는", "와")
    for text in (printed, printed.upper() if len(printed) == 1 and printed.isascii() else printed):
        assert tuple(particle(text, pair) for pair in ("을/를", "이/가", "은/는", "과/와")) == forms
        assert particle(text, "으로/로") == ("으로" if jong not in (0, 8) else "로")


@pytest.mark.parametrize("op", [*ops.cards(), *ops.array_cards()], ids=lambda op: op.name)
def test_the_names_of_operations(op: ops.Op) -> None:
    """Their Korean names are Hangul at the end, or end in something with a reading."""
    last = op.names.ko.rstrip(") ")[-1]
    heard = last if "가" <= last <= "힣" else (number(last) if last.isdecimal() else word(last))[-1]
    assert "가" <= heard <= "힣"
    assert particle(op.names.ko, "을/를") == ("을" if (ord(heard) - ord("가")) % 28 else "를")


def _specs(text: str) -> list[tuple[str, str]]:
    return [(name, spec.removeprefix("-")) for _, name, spec, _ in string.Formatter().parse(text) if name is not None and spec]


def test_only_particles_that_exist_and_in_their_order() -> None:
    """A consonant's form first; 와/과 would be the wrong way round."""
    assert {spec for text in KO.values() for _, spec in _specs(text)} <= PAIRS


def test_no_particle_is_fixed_behind_a_parameter() -> None:
    fixed = re.compile(r"}[`'\"]?(을|를|은|는|과|와|이|가|으로|로|라면|이라면)(?=[\s,.;:]|$)")
    assert [key for key, text in KO.items() if fixed.search(text)] == []


ATOMS = [
    "x",
    "m",
    "L",
    "w1",
    "x_i",
    "y_hat",
    "alpha",
    "epsilon",
    "3",
    "10",
    "0.5",
    "1/2",
    "x^2",
    "f'(x)",
    "sin(n)",
    "-r",
    "a/b",
    "(x + l)/(y - n)",
    "sqrt(m)",
    "exp(-x)",
]


@given(st.sampled_from(list(KO)), st.data())
def test_no_message_leaves_a_particle_open(key: str, data: st.DataObject) -> None:
    names = {name for _, name, _, _ in string.Formatter().parse(KO[key]) if name}
    params = {name: data.draw(st.sampled_from(ATOMS)) for name in sorted(names)}
    said = say(key, "ko", **params)
    assert not re.search(r"을/를|이/가|은/는|과/와|와/과|으로/로|\(으\)로|을\(를\)|{|}", said)
    for name, spec in _specs(KO[key]):
        assert particle(params[name], spec) in said


@pytest.mark.parametrize(("formula", "subject"), [
    ("x", "x를"), ("x^2", "x^2을"), ("a/n", "a/n를"), ("n/a", "n/a을"), ("(x + n)/(y + 1)", "(x + n)/(y + 1)을"), ("sqrt(x + l)", "sqrt(x + l)을"),
    ("f(x)", "f(x)를"), ("exp(x)", "exp(x)을"), ("1 - s", "1 - s를"), ("sigmoid(z)", "sigmoid(z)를"), ("abs(m)", "abs(m)을"), ("L_1", "L1을"), ("0.1", "0.1을"),
])  # fmt: skip
def test_a_particle_behind_a_formula_follows_its_speech(formula: str, subject: str) -> None:
    """A fraction is read from below in Korean, so its top is heard last."""
    assert sentence(Said("why.trig", {"identity": read(formula)}), "ko") == f"삼각함수 항등식 {subject} 쓴다."


def test_a_bracket_that_is_only_spoken_is_not_followed() -> None:
    assert content("에프 괄호 열고 엔 괄호 닫고") == "에프 괄호 열고 엔"
    assert content("분수 시작 비 분의 에이 더하기 일 분수 끝") == "분수 시작 비 분의 에이 더하기 일"
    assert sentence(Said("why.trig", {"identity": (Sym("x"), Sym("n"))}), "ko").startswith("삼각함수 항등식 x, n을")


@pytest.mark.parametrize(("word", "object_", "subject", "topic", "by"), CASES)
def test_particles(word: str, object_: str, subject: str, topic: str, by: str) -> None:
    assert [particle(word, p) for p in ("을/를", "이/가", "은/는", "으로/로")] == [object_, subject, topic, by]


def test_format() -> None:
    assert f"{Korean('x'):을/를}" == "x를"
    assert f"`{Korean('m')}`{Korean('m'):-은/는}" == "`m`은"
    assert f"{Korean('x')}" == "x"


def test_a_formula_is_read_aloud_not_as_printed() -> None:
    assert f"{Korean('$x_{1}$', 'x1'):으로/로}" == "$x_{1}$로"
    assert f"{Korean('$m$', 'm'):을/를}" == "$m$을"
