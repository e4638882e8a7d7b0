"""Problems made by hand, one of each sort that an export treats in a way of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from derivx.derive import derive
from derivx.expr import Call, Diff, Expr, Num, Sym, num, written_out
from derivx.grading import Question
from derivx.grading.mistakes.distractors import distractors
from derivx.render.document import Chain, Listing, Part, Table, Values, document
from derivx.render.exercise import Choices, Figure, Form
from derivx.render.sentences import Own, Said
from derivx.syntax import read, write
from derivx.worksheet.exports import Pack
from derivx.worksheet.problem import Asked, Problem
from derivx.worksheet.sheet import Item, Row, Sheet, Taker, Variant

HOSTILE = [
    ("".join(text * times for text, times in row["parts"]) if row["input"] is None else row["input"])[:2000]
    for row in json.loads((Path(__file__).parents[2] / "data" / "hostile.json").read_text(encoding="utf-8"))
]
HOSTILE += [
    "]]>", "]]>]]&gt;<x/>", "{@1+1@}", "{#ta1#}", "[[input:ans1]]", "[[jsxgraph]]alert(1)[[/jsxgraph]]", "{1:SHORTANSWER:=x}", "\\(\\href{javascript:alert(1)}{x}\\)",
    "$$\\href{javascript:alert(1)}{x}$$", "{{{params.solution}}}", "<pl-code>", "{{c1::x}}", "[sound:x.mp3]", "[latex]\\input{/etc/passwd}[/latex]", "'''\nimport os\n'''",
    '"""\nimport os\n"""', "### END HIDDEN TESTS\nimport os", "=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\r=1", "a\tb\nc", "|cmd", "<!ENTITY x SYSTEM 'file:///etc/passwd'>", "&x;", "%x;",
    "`import os`", "![x](javascript:alert(1))", "' onload='alert(1)", '" onload="alert(1)', "../../x", "/etc/x", "con", "a\x00b",
]  # fmt: skip


class Picture:
    """A drawing as a figure holds it."""

    def drawn(self, form: Form, lang: str) -> str:
        return f'<svg xmlns="http://www.w3.org/2000/svg"><title>{form} {lang}</title></svg>'


def key(text: str, name: str) -> tuple[Expr, tuple[Part, ...]]:
    found = derive(read(text), name)
    return written_out(found.answer, found.where), document(found).parts


def asking(what: Expr, of: str) -> tuple[Own, ...]:
    return (Own({"en": ("Find ", what, " of ", read(of), "."), "ko": (read(of), "의 ", what, "을 구하라.")}),)


def formula(text: str, *names: str, kind: str = "partial") -> Problem:
    rows = {name: key(text, name) for name in names}
    asked = tuple(Asked(Diff(Sym("L"), Sym(n)), found, {"problem": text, "wrt": n}) for n, (found, _) in rows.items())
    solution = tuple(part for _, parts in rows.values() for part in parts)
    hints = (Said("rule.chain"), Own({"en": ("Look at ", read(text), ".")}))
    parts = (Chain((Sym("L"), read(text))),)
    return Problem(kind, 2, asking(asked[0].name, text), asked, solution, f"{kind} {text} {names}", parts, hints=hints)


def number(text: str, name: str, tolerance: float = 0.0, **at: str) -> Asked:
    where = {"problem": text, "wrt": name, "at": at}
    value = Question(**where).judge.value  # type: ignore[attr-defined, arg-type]
    shown = read(f"{value:.3f}") if tolerance else num(int(value))
    return Asked(Diff(Sym("L"), Sym(name)), shown, {**where, **({"tolerance": tolerance} if tolerance else {})})


def numbers(*asked: Asked) -> Problem:
    text = str(asked[0].grading["problem"])
    figure = Figure(Picture(), Own({"en": ('a "graph" & more',)}))
    table = Table((Said("rule.chain"), Said("rule.sum")), ((Sym("w"), "2"), ("x < y", Said("rule.product"))))
    parts = (figure, Listing("a = w*x\n  b = a + 1"), table, Values(Sym("W"), (("1", "-2.5"), ("3e-05", "4"))))
    return Problem(
        "gradient", 1, asking(asked[0].name, text), asked, (Chain((asked[0].name, asked[0].value)),), f"gradient {text} {len(asked)}", parts
    )


def choice(text: str, name: str) -> Problem:
    problem = formula(text, name, kind="derivative")
    wrong = [found.answer for found in distractors(Question(text, name), 3)]
    options = (*wrong[:1], problem.asked[0].value, *wrong[1:])
    assert len(options) == 4
    return replace(problem, choices=Choices(options, 1))


def own(text: str) -> Problem:
    """A teacher's own text everywhere a text can stand."""
    said = Own({"en": (text, read("x^2"), text), "ko": (text,)})
    base = formula("x^3", "x")
    parts = (Listing(text), Table((Said("rule.chain"),), ((text,),)), Figure(Picture(), said))
    options = Choices((said, read("3*x^2"), Own({"en": (text + "!",)})), 1)
    return replace(base, kind=text or "x", ask=(said,), parts=parts, hints=(said,), identity=text, choices=options)


def sums(problem: Problem) -> Problem:
    """The same without choices."""
    return replace(problem, choices=None)


CHOICE = choice("sin(x^2)", "x")
NUMBER = numbers(number("x^2*y", "x", x="2", y="3"))
ROUNDED = numbers(number("exp(x)/3", "x", 1e-3, x="1"))
NUMBERS = numbers(number("w*x^2", "x", x="2", w="0.5"), number("w*x^2", "w", x="2", w="0.5"))
FORMULA = formula("x^2*exp(3*x)", "x")
SIGMOID = formula("(sigmoid(w*x + b) - y)^2", "w", "b")
KINK = formula("relu(w*x)^2", "w")
_RESIDUE = Call("add", (Call("matmul", (Sym("X"), Sym("w"))), Call("neg", (Sym("y"),))))
GRADIENT = Call("mul", (Num(2), Call("matmul", (Call("transpose", (Sym("X"),)), _RESIDUE))))
MATRIX = Problem(
    "matrix", 3, asking(Diff(Sym("L"), Sym("w")), "L"),
    (Asked(Diff(Sym("L"), Sym("w")), GRADIENT,
           {"problem": "sum((X @ w - y)^2)", "wrt": "w", "shapes": {"X": ("n", "d"), "w": ("d", 1), "y": ("n", 1)}}),),
    (), "least squares",
)  # fmt: skip
VECTOR = Problem(
    "matrix", 1, asking(Diff(Sym("L"), Sym("w")), "L"), (Asked(Diff(Sym("L"), Sym("w")), read("2*(w - y)"), {"problem": "sum((w - y)^2)", "wrt": "w",
    "shapes": {"w": ("n",), "y": ("n",)}}),), (), "distance",
)  # fmt: skip
ALL = (CHOICE, NUMBER, ROUNDED, NUMBERS, FORMULA, SIGMOID, KINK, MATRIX, VECTOR)


def pack(
    *papers: tuple[Problem, ...], title: str = "Sheet 1", langs: tuple[str, ...] = ("en",), names: tuple[str, ...] = (), **more: Any
) -> Pack:
    rows = Row(points=Fraction(2))
    sheet = Sheet(Own({"en": (title,)}), (rows,), langs=langs, **more)
    takers = [Taker(name, student=True) for name in names] or [Taker(str(i)) for i in range(1, len(papers) + 1)]
    items = [tuple(Item(n, rows, problem) for n, problem in enumerate(paper, 1)) for paper in papers]
    return Pack(tuple(Variant(sheet, taker, found) for taker, found in zip(takers, items, strict=True)), seed="secret")


def right(problem: Problem) -> list[str]:
    return [write(asked.value) for asked in problem.asked]
