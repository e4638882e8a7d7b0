"""Whole pages: the terminal, LaTeX, Markdown, JSON, in both languages; nothing too wide, nothing unescaped."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from derivx.check.verdict import Check, Verdict
from derivx.derive.step import Derivation, Step
from derivx.errors import DerivxError
from derivx.expr import Call, Diff, Expr, Sym
from derivx.render import document, error_dict, mimebundle, to_dict, to_latex, to_markdown, to_text, words_of
from derivx.render.block import columns
from derivx.syntax import read, write
from tests.render.samples import Sample, checks, quotient, relu, sigmoid

SAMPLES = [sigmoid, relu, quotient]
BOARD = """\
  ∂
  ── σ(w x + b)
  ∂w

    = d/du σ(u) · ∂u/∂w            ✓ chain rule, u = w x + b
    = s (1 − s) · ∂u/∂w            ✓ derivative of the sigmoid function,
                                     s = σ(w x + b)
    = s (1 − s) · ∂/∂w (w x + b)   ✓ put u back
    = s (1 − s) x                  ✓ constant multiple rule
    = x s (1 − s)                  ✓ order of factors

  Answer  ∂L/∂w = x s (1 − s)
          where s = σ(w x + b)

  ✓ Checked  SymPy exact
             complex step 15 · autograd 16 · finite differences 11 digits
"""
KOREAN = """\
  d
  ── relu(3x)
  dx

    = step(u) · du/dx   ! ReLU 함수의 도함수, u = 3x, 3x = 0에서 미분 불가능
    = 3 step(3x)        ✓ 상수배의 미분법

  답  d/dx relu(3x) = 3 step(3x)
      3x = 0에서 미분 불가능. 미분 불가능한 점에서는 딥러닝 라이브러리의 관례에
      따른 값을 쓴다.

  ✓ 검증  복소 증분법 15자리
"""


def test_the_board() -> None:
    assert to_text(document(*sigmoid())) == BOARD


def test_the_board_in_korean() -> None:
    assert to_text(document(*relu(), lang="ko")) == KOREAN


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_page_is_too_wide(sample: Callable[[], Sample], lang: str, full: bool, width: int) -> None:
    text = to_text(document(*sample(), lang=lang, full=full), width=width)
    assert max(map(columns, text.split("\n"))) <= width
    assert "\n\n\n" not in text
    assert not any(line.endswith(" ") for line in text.split("\n"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_ascii_pages(sample: Callable[[], Sample]) -> None:
    text = to_text(document(*sample(), full=True), ascii=True)
    assert text.isascii()
    assert max(map(len, text.split("\n"))) <= 80


def test_colour_only_where_asked() -> None:
    page = document(*sigmoid())
    coloured = to_text(page, color=True)
    assert "\x1b[" not in to_text(page)
    assert "\x1b[32m✓" in coloured
    assert "\x1b[1m" in coloured


def test_a_rejected_answer_is_never_shown_as_right() -> None:
    derivation, found = sigmoid()
    page = document(derivation, [*found, Check(None, "sympy", Verdict.FAIL)])
    for shown in (to_text(page), to_latex(page), to_markdown(page)):
        assert "Rejected" in shown
        assert "Answer" not in shown
        assert "not verified" in shown


def test_numbers_and_notes() -> None:
    derivation, found = sigmoid()
    noted = Derivation(
        derivation.question, ("w",), derivation.steps, derivation.where, "L", (("note.one_name", {"name": "wx", "mend": "w*x"}),)
    )
    page = document(noted, found, lang="both", numbers=[(read("2*0.5"), 1.0), (read("0.25"), 0.25)], title="Week 3 <b>")
    text = to_text(page)
    assert "2 · 0.5" in text
    assert "= 0.25" in text
    assert "`wx`를 하나의 이름으로 읽었습니다" in text
    assert "<b>" not in to_markdown(page).replace(r"\<b\>", "")
    assert "0.25" in to_latex(page)


def test_a_broken_line_loses_and_repeats_nothing() -> None:
    typed = "(" + " + ".join(f"x{i}*sin(w*x{i})" for i in range(9)) + ")/x0"
    derivation = Derivation(read("D(x0, x0)"), ("x0",), (Step(read("D(x0, x0)"), read(typed), "expand"),))
    text = to_text(document(derivation)).split("Answer")[0]
    for i in range(9):
        assert text.count(f"w x{'₀₁₂₃₄₅₆₇₈'[i]})") == 1


def test_kinks_of_the_answer_are_in_the_names_of_the_question() -> None:
    question = read("D(max(x, w*x), w)")
    step = Step(question, read("step(u - x)*D(u, w)"), "chain", names={"u": read("w*x")}, kinks=((read("x"), read("u")),))
    page = to_text(document(Derivation(question, ("w",), (step,), {"u": read("w*x")})))
    assert "kink at x = w x" in page.split("Answer")[1]


def test_one_line_and_folded_lines() -> None:
    question, inner, after = read("D(x^2, x)"), read("2*x^(2 - 1)"), read("2*x")
    step = Step(question, after, "power", params={"n": read("2")}, substeps=(Step(question, inner, "power", params={"n": read("2")}),))
    derivation = Derivation(question, ("x",), (step, Step(after, read("x*2"), "arrange")))
    assert "2 x²⁻¹" in to_text(document(derivation, folded=True)).replace("2x²⁻¹", "2 x²⁻¹")
    only = to_text(document(derivation, upto=1))
    assert "power rule" in only
    assert "order of factors" not in only


def test_the_curve_of_an_implicit_derivative() -> None:
    derivation = Derivation(read("D(y, x)"), ("x",), (), curve=("y", read("x^2 + y^2 - 1")))
    for lang in ("en", "ko"):
        assert "x² + y² − 1 = 0" in to_text(document(derivation, lang=lang))
    assert r"x^{2} + y^{2} - 1 = 0" in to_latex(document(derivation))
    assert "dy/dx" in to_text(document(derivation)).replace("∂", "d")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("lang", ["en", "ko", "both"])
def test_latex_documents(sample: Callable[[], Sample], lang: str) -> None:
    shown = to_latex(document(*sample(), lang=lang, full=True), standalone=True)
    assert shown.startswith(r"\documentclass")
    assert (r"\usepackage{kotex}" in shown) == (lang != "en")
    assert shown.count("{") - shown.count(r"\{") == shown.count("}") - shown.count(r"\}")
    for name in ("flalign*", "aligned", "cases", "document"):
        assert shown.count(rf"\begin{{{name}}}") == shown.count(rf"\end{{{name}}}")
    assert "✓" not in shown
    assert "−" not in shown


def test_latex_of_hostile_names() -> None:
    bad = Sym(r"\input{/etc/passwd}")
    step = Step(Diff(bad, bad), bad, "constant_multiple", params={"c": bad, "u": r"\write18{x}"}, names={r"\input{y}": bad})
    derivation = Derivation(Diff(bad, bad), (bad.name,), (step,), {bad.name: bad}, r"\input{z}")
    for lang in ("en", "ko"):
        for full in (False, True):
            page = document(derivation, lang=lang, full=full, title=r"\input{t} & $x$")
            shown = to_latex(page, standalone=True)
            assert r"\input" not in shown.replace(r"\usepackage[utf8]{inputenc}", "")
            assert r"\write18" not in shown
            assert "<script" not in to_markdown(page)


def test_markdown_tables_are_tables() -> None:
    for sample in SAMPLES:
        rows = [line for line in to_markdown(document(*sample(), lang="both")).split("\n") if line.startswith("|")]
        assert len({row.replace(r"\|", "").count("|") for row in rows}) == 1


def test_a_bar_in_a_formula_does_not_end_a_cell() -> None:
    question = read("D(abs(x), x)")
    derivation = Derivation(question, ("x",), (Step(question, read("abs(x)/x"), "function", params={"op": "abs"}),))
    row = next(line for line in to_markdown(document(derivation)).split("\n") if line.startswith("| 1"))
    assert row.count("|") == 5


def test_json() -> None:
    derivation, found = sigmoid()
    data = json.loads(json.dumps(to_dict(derivation, found)))
    assert list(data) == ["question", "wrt", "order", "answer", "where", "steps", "checks", "kinks", "verdict"]
    assert (data["question"], data["wrt"], data["order"]) == ("D(sigmoid(w*x + b), w)", "w", 1)
    assert (data["answer"], data["verdict"]) == ("x*s*(1 - s)", "PASS")
    assert data["where"] == {"u": "w*x + b", "s": "sigmoid(w*x + b)"}
    first = data["steps"][0]
    assert list(first) == ["rule", "path", "span", "before", "after", "conditions", "text", "checks", "names", "substeps"]
    assert first["text"]["ko"] == "연쇄 법칙에 따라 u = w*x + b로 놓고, u에서의 바깥 도함수에 안쪽 도함수를 곱한다."
    assert first["checks"] == [{"referee": "complex_step", "verdict": "PASS", "digits": 15.6}]
    assert data["checks"][0] == {"referee": "sympy", "verdict": "PASS", "digits": None, "scope": "answer"}
    for step in data["steps"]:
        assert write(read(step["before"])) == step["before"]


def test_json_of_kinks_and_verdicts() -> None:
    derivation, found = relu()
    data = to_dict(derivation, found)
    assert data["kinks"] == ["3*x = 0"]
    assert data["steps"][0]["conditions"] == ["kink: 3*x = 0"]
    assert to_dict(derivation, found, ["x = 0"])["kinks"] == ["x = 0"]
    assert to_dict(derivation, [Check(0, "sympy", Verdict.FAIL)])["verdict"] == "FAIL"
    assert to_dict(derivation, [Check(0, "sympy", Verdict.SKIPPED, reason="too_large")])["verdict"] == "UNDEFINED"
    assert to_dict(derivation)["verdict"] == "SKIPPED"


def test_the_span_of_a_step() -> None:
    before = read("x*(D(x^2, x) + 1)")
    data = to_dict(Derivation(before, ("x",), (Step(before, read("x*(2*x + 1)"), "power", path=(1, 0)),)))["steps"][0]
    start, end = data["span"]
    assert data["before"][start:end] == "D(x^2, x)"


def test_errors_as_data() -> None:
    with pytest.raises(DerivxError) as caught:
        read("sigmod(x*2)")
    data = error_dict(caught.value)
    assert (data["kind"], data["line"], data["column"], data["hint"]) == ("unknown_function", 1, 1, "sigmoid")
    assert data["expected"] == "the name of a function"
    assert "없습니다" in error_dict(caught.value, "ko")["text"]


def test_words_of_a_step() -> None:
    step = Step(read("D(relu(x), x)"), read("step(x)"), "function", params={"op": "relu"})
    assert words_of(step, "en") == "This is the known derivative of the ReLU function."
    assert words_of(step, "ko") == "ReLU 함수의 알려진 도함수이다."
    bare = Step(read("x"), read("x"), "function")
    assert words_of(bare, "en") == "function"
    assert words_of(Step(read("x"), read("x"), "no_such_rule"), "en") == "no such rule"


def test_notebooks() -> None:
    shown = mimebundle(document(*sigmoid()))
    assert list(shown) == ["text/plain", "text/html", "text/markdown", "text/latex"]
    assert shown["text/plain"] == BOARD


def test_a_long_chain_is_printed() -> None:
    deep: Expr = Sym("x")
    for _ in range(2_000):
        deep = Call("sigmoid", (deep,))
    question = Diff(deep, Sym("x"))
    derivation = Derivation(question, ("x",), (Step(question, deep, "chain"),))
    page = document(derivation, checks(1), lang="both", full=True)
    assert max(map(columns, to_text(page).split("\n"))) <= 80
    assert to_latex(page)
    assert to_markdown(page)
    assert to_dict(derivation)


def test_printing_needs_no_engine() -> None:
    code = "import sys, derivx.render; sys.exit(bool({'sympy', 'numpy', 'autograd', 'mpmath'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
