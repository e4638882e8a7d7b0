"""Formulas read aloud: as a teacher would, in both languages, and no two of them alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from derivx import ops
from derivx.expr import Call, Diff, Expr, Num, Sym
from derivx.render import layout as lay
from derivx.render.board import flat
from derivx.render.speech import spoken, spoken_expr, voice_of
from derivx.render.tex import tex
from derivx.render.typeset import Style, style_of, typeset
from derivx.syntax import read
from derivx.words import LANGUAGES
from tests.generate import expression

READ = [
    # typed,                 English,                                                            Korean
    ("w*x + b",              "w x plus b",                                                       "더블유 엑스 더하기 비"),
    ("sigmoid(w*x + b)",     "sigmoid of open bracket w x plus b close bracket",                 "시그모이드 괄호 열고 더블유 엑스 더하기 비 괄호 닫고"),
    ("sigmoid(w*x) + b",     "sigmoid of open bracket w x close bracket plus b",                 "시그모이드 괄호 열고 더블유 엑스 괄호 닫고 더하기 비"),
    ("sin(x)",               "sine of x",                                                        "사인 엑스"),
    ("log(sin(x))",          "log of sine of x",                                                 "로그 사인 엑스"),
    ("sin(x)^2",             "sine squared of x",                                                "사인 제곱 엑스"),
    ("sin(x^2)",             "sine of open bracket x squared close bracket",                     "사인 괄호 열고 엑스 제곱 괄호 닫고"),
    ("f(x)^2",               "f of open bracket x close bracket squared",                        "에프 괄호 열고 엑스 괄호 닫고 제곱"),
    ("f'(x)",                "f prime of x",                                                     "에프 프라임 괄호 열고 엑스 괄호 닫고"),
    ("x^2 + x^3",            "x squared plus x cubed",                                           "엑스 제곱 더하기 엑스 세제곱"),
    ("x^n*y",                "x to the n times y",                                               "엑스의 엔 제곱 곱하기 와이"),
    ("x^(2*n)",              "x to the power 2 n, end power",                                    "엑스의 지수 시작 이 엔 지수 끝 제곱"),
    ("x^(-1)",               "x to the minus 1",                                                 "엑스의 마이너스 일 제곱"),
    ("exp(-x)",              "e to the minus x",                                                 "자연상수 이의 마이너스 엑스 제곱"),
    ("1/2",                  "one half",                                                         "이분의 일"),
    ("a/b",                  "a over b",                                                         "비 분의 에이"),
    ("(a + 1)/b",            "the fraction a plus 1 over b, end fraction",                       "분수 시작 비 분의 에이 더하기 일 분수 끝"),
    ("a + 1/b",              "a plus 1 over b",                                                  "에이 더하기 비 분의 일"),
    ("sqrt(x) + 1",          "the square root of x plus 1",                                      "루트 엑스 더하기 일"),
    ("sqrt(x + 1)",          "the square root of x plus 1, end root",                            "루트 시작 엑스 더하기 일 루트 끝"),
    ("abs(x)",               "the absolute value of x",                                          "절댓값 엑스"),
    ("D(L, w)",              "partial L over partial w",                                         "라운드 엘 라운드 더블유"),
    ("D(x^2 + 1, x)",        "the derivative with respect to x of open bracket x squared plus 1 close bracket", "디 디 엑스 괄호 열고 엑스 제곱 더하기 일 괄호 닫고"),
    ("w1*x1 + w2*x2",        "w sub 1 x sub 1 plus w sub 2 x sub 2",                             "더블유 일 엑스 일 더하기 더블유 이 엑스 이"),
    ("W*w",                  "capital W w",                                                      "대문자 더블유 더블유"),
    ("s*(1 - s)",            "s times open bracket 1 minus s close bracket",                     "에스 곱하기 괄호 열고 일 빼기 에스 괄호 닫고"),
    ("theta_new",            "theta sub new",                                                    "세타 서브 새 값"),
    ("y_hat",                "y hat",                                                            "와이 햇"),
    ("log2(x)",              "log base 2 of x",                                                  "밑이 이인 로그 엑스"),
    ("where(x > 0, x, 0)",   "the cases x if x is greater than 0, otherwise 0, end cases",       "경우 나누기 엑스가 영보다 큰 경우 엑스, 그 밖의 경우 영, 경우 끝"),
    ("12.5*x",               "12.5 x",                                                           "십이 점 오 엑스"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "en", "ko"), READ)
def test_read_aloud(typed: str, en: str, ko: str) -> None:
    style = Style(frozenset("wL")) if typed == "D(L, w)" else None
    assert [spoken_expr(read(typed), lang, style=style) for lang in LANGUAGES] == [en, ko]


X, Y, N = Sym("x"), Sym("y"), Sym("n")


def _grown(parts: list[Expr], heads: tuple[str, ...]) -> Iterator[Expr]:
    """Every expression one operation larger."""
    for op in heads:
        count = len(ops.card(op).params) if ops.known(op) else 1
        for args in product(parts, repeat=count):
            if not (op == "pow" and isinstance(args[0], Num)):
                yield Call(op, args)
    yield from (Diff(part, X) for part in parts)


SMALL = ("add", "mul", "neg", "div", "pow")
HEADS = ("add", "mul", "neg", "div", "pow", "sin", "f", "sqrt", "abs", "exp", "sigmoid", "floor")


def _alike(found: list[Expr], lang: str) -> list[tuple[str, str, str]]:
    """Formulas that print differently and sound the same."""
    heard: dict[str, tuple[str, str]] = {}
    out = []
    for e in found:
        node = typeset(e, style_of(e))
        text, printed = spoken(node, lang), tex(node)
        prints = printed.casefold(), flat(node).casefold()
        other = heard.setdefault(text.casefold(), prints)
        if other[0] != prints[0] and other[1] != prints[1]:
            out.append((text, other[1], prints[1]))
    return out


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("heads", [SMALL, HEADS])
def test_no_two_small_formulas_sound_the_same(lang: str, heads: tuple[str, ...]) -> None:
    """Every formula of one operation, and a great many of two and of three."""
    leaves: list[Expr] = [X, Y, Num(2)]
    one = [*leaves, *_grown(leaves, heads)]
    two = [*one, *_grown(one if heads is SMALL else Random(3).sample(one, 40), heads)]
    three = [*two, *_grown(Random(5).sample(two, 40), heads)]
    assert _alike(list(dict.fromkeys(three)), lang) == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_random_formulas_sound_the_same(lang: str) -> None:
    rng = Random(11)
    assert _alike([expression(rng, rng.randint(2, 9)) for _ in range(3000)], lang) == []


def test_a_long_formula_is_spoken_without_recursion() -> None:
    deep: Expr = X
    for _ in range(90):
        deep = Call("sin", (deep,))
    assert spoken_expr(deep) == "sine of " * 90 + "x"
    assert spoken_expr(Call("add", (X,) * 1000)).count("plus") == 999


def test_upper_case_is_said_where_the_page_has_both() -> None:
    large, small = lay.Name("W"), lay.Name("w")
    assert spoken(large) == "W"
    assert spoken(large, voice=voice_of([large, small])) == "capital W"
    assert spoken(large, "ko", voice=voice_of([large, small], "ko")) == "대문자 더블유"


@pytest.mark.parametrize(
    ("signs", "lang", "heard"),
    [
        (("", "=", "="), "en", "x equals 1, and 1 equals y"),
        (("", "<", "<="), "en", "x is less than 1, and 1 is less than or equal to y"),
        (("", "<", "<"), "ko", "엑스는 일보다 작다, 그리고 일은 와이보다 작다"),
    ],
)
def test_a_chain_of_comparisons(signs: tuple[lay.Sign, ...], lang: str, heard: str) -> None:
    assert spoken(lay.Infix(signs, (lay.Name("x"), lay.Number("1"), lay.Name("y"))), lang) == heard
