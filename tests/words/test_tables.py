"""Two tables, the same keys, the same placeholders, and none of the words that machine translation would use."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from derivx.check.verdict import Verdict
from derivx.derive.rules import RULES
from derivx.derive.tidy import MOVES
from derivx.words import LANGUAGES, TABLES, both, has, say
from derivx.words.en import EN
from derivx.words.ko import KO

FORBIDDEN = ["전원 규칙", "검정력 규칙", "제품 규칙", "합계 규칙", "고차 파생상품"]
TERMS = {
    "constant": "상수함수의 미분", "constant_multiple": "상수배의 미분법", "sum": "합의 미분법", "product": "곱의 미분법",
    "quotient": "몫의 미분법", "power": "거듭제곱의 미분법", "chain": "연쇄 법칙", "logarithmic": "로그미분법",
    "implicit": "음함수의 미분법", "piecewise": "구간별 미분", "like_terms": "동류항 정리", "expand": "전개",
    "factor": "인수분해", "common_denominator": "통분", "cancel": "약분",
}  # fmt: skip
SOURCE = Path(__file__).parents[2] / "derivx"


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_same_keys_in_the_same_order() -> None:
    assert list(EN) == list(KO)


@pytest.mark.parametrize("key", list(EN))
def test_same_places(key: str) -> None:
    assert places(EN[key]) == places(KO[key])
    assert EN[key].strip() == EN[key] != ""
    assert KO[key].strip() == KO[key] != ""


@pytest.mark.parametrize("key", list(EN))
def test_every_sentence_can_be_said(key: str) -> None:
    params = dict.fromkeys(places(EN[key]), "x")
    for lang in LANGUAGES:
        said = say(key, lang, **params)
        assert "{" not in said
        assert "}" not in said


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_machine_translation(word: str) -> None:
    assert not [key for key, text in KO.items() if word in text]


@pytest.mark.parametrize(("rule", "term"), TERMS.items())
def test_terms_of_korean_textbooks(rule: str, term: str) -> None:
    assert KO[f"rule.{rule}"] == term


def test_every_rule_has_a_sentence() -> None:
    assert {k[5:] for k in EN if k.startswith("rule.")} == {k[4:].removesuffix("_plain") for k in EN if k.startswith("why.")}


def test_korean_is_korean() -> None:
    latin_only = {k for k, text in KO.items() if not re.search("[가-힣]", text) and re.search("[A-Za-z가-힣]", re.sub(r"{.*?}", "", text))}
    assert latin_only == {"referee.jax", "referee.mpmath", "referee.sympy", "referee.torch"}


def test_every_error_has_words() -> None:
    pattern = re.compile(r'(?:(?:Read|Limit|Usage)Error|NotSupported|CheckFailed|RendererMissing|_error)\(\s*"([a-z_]+)"')
    expected = re.compile(r'expected="([a-z_]+)"')
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(SOURCE.rglob("*.py")))
    assert {key for key in pattern.findall(text) if not has(f"error.{key}")} == set()
    assert {key for key in expected.findall(text) if not has(f"expected.{key}")} == set()
    assert {key for key in re.findall(r'notes\.add\("([a-z_.]+)"', text) if not has(key)} == set()


def test_both() -> None:
    assert both("rule.chain") == {"en": "chain rule", "ko": "연쇄 법칙"}
    assert set(TABLES) == set(LANGUAGES)


def test_no_words_without_a_use() -> None:
    paths = [p for p in SOURCE.rglob("*.py") if p.parent.name != "words"]
    text = "".join(p.read_text(encoding="utf-8") for p in paths)
    quoted = set(re.findall(r'"([a-z_.]+)"', text)) | {"error.renderer_missing"}
    unused = {k for k in EN if k.split(".")[0] in ("ui", "error", "expected", "skip", "note") and not {k, k.partition(".")[2]} & quoted}
    assert {k for k in unused if f"{k}" not in text} == set()


def test_every_reason_for_not_judging_has_words() -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in sorted(SOURCE.rglob("*.py")))
    reasons = set(re.findall(r'reason="([a-z_]+)"', text)) | set(re.findall(r'Unavailable\("([a-z_]+)"', text))
    assert {reason for reason in reasons if not has(f"skip.{reason}")} == set()
    assert {f"verdict.{v}" for v in Verdict} <= set(EN)


def test_every_rule_of_the_tables_has_words() -> None:
    assert {rule.id for rule in (*RULES, *MOVES)} <= {k[5:] for k in EN if k.startswith("rule.")}
