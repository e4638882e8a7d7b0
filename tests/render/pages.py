"""Pages of every kind, for the printer of HTML and the browser that looks at what it prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import derivx
from derivx.expr import Sym
from derivx.render import to_html
from derivx.render.document import Chain, Document, Heading, Line, Listing, Note, Question, Section, Table, Values
from derivx.render.exercise import Choices, Exercise, Figure, Form, Hints, Masthead, Space
from derivx.render.sentences import Own, Said
from derivx.syntax import read
from derivx.worksheet.build import Plan, build
from derivx.worksheet.variants import numbered

HOSTILE = [
    *dict.fromkeys(
        case["input"]
        for case in json.loads((Path(__file__).parent.parent / "data" / "hostile.json").read_text(encoding="utf-8"))
        if case["input"]
    ),
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "</math><svg onload=alert(1)>",
    '" onmouseover="alert(1)" autofocus onfocus="alert(1)',
    "' onclick='alert(1)",
    "javascript:alert(1)",
    "]]><b>",
    "<!--",
    "--><script>alert(1)</script>",
    "&lt;script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\ue000\ue001",
    "\u202e\u0000\u2028",
    "url(http://example.com/x)",
    "@import 'http://example.com/x';",
]
PROGRAM = "z = w*x + b; p = sigmoid(z); L = -(y*log(p) + (1 - y)*log(1 - p))"
AT = {"w": 0.5, "x": 2.0, "b": 1.0, "y": 1.0}


class Box:
    """A drawing."""

    def drawn(self, form: Form, lang: str) -> str:
        assert form == "svg"
        assert lang in ("en", "ko", "both")
        return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img"><title>box</title><style>.q{fill:red}</style><rect class="q v1"/></svg>'


def sheet(text: str = "harmless", langs: tuple[str, ...] = ("en",)) -> list[Document]:
    """A page with every part in it, and a text of a user's wherever there may be one."""
    own, name = Own({"en": (text, read("x^2"), text)}), Sym(text)
    said = Said("ui.no_path", {"output": name, "name": text})
    head = Document((Masthead(own, (own, said), (own,)), Note(own)), langs)
    parts = (
        Exercise(1, (own, said), text),
        Figure(Box(), own),
        Section(Said("ui.forward")),
        Chain((name, name, read("x^2")), text, said, why=said, marks=("v1",)),
        Chain((name, read("x")), "-1.5e-7", sign="<-"),
        Choices((own, name, read("1/x")), 1),
        Space(3, name, ruled=True),
        Hints((own, said)),
        Table((Said("ui.table_node"), Said("ui.table_value")), ((name, text), (said, "2"))),
        Values(name, (("1", text), ("...", "-2"))),
        Listing(f"{text}\n{text}"),
    )
    lines = (
        Heading(text),
        Question(name, text, name),
        Line(1, name, said, said, {text: name}, ((name, ">", name),), ((name, name),), blank="rule"),
        Line(2, name, said, said, points="2", blank="formula"),
    )
    return [head, Document(parts, langs), Document(lines, langs)]


PAGES: dict[str, Callable[[], str]] = {
    "explain_en":    lambda: derivx.explain("L = sigmoid(w*x + b)^2", "w,b", at={"w": 0.5, "x": 2, "b": 1}).html(),
    "explain_ko":    lambda: derivx.explain("(x^2 + 1)/(x - 1)", "x").html("ko"),
    "explain_both":  lambda: derivx.explain("exp(-x^2)*relu(3*x)", "x").html("both"),
    "implicit":      lambda: derivx.explain("x^2 + y^2 = 25", "x", implicit="y").html(),
    "cases":         lambda: derivx.explain("where(x > 0, x^2, -x^3)*abs(x)", "x").html("ko"),
    "unchecked":     lambda: derivx.explain("x^3*sin(x)", "x", check=False, detail="full").html(full=True, folded=True),
    "backprop_en":   lambda: derivx.backprop(PROGRAM, "w,b", at=AT).html(rate=0.1),
    "backprop_both": lambda: derivx.backprop(PROGRAM, "w,b", at=AT).html("both"),
    "no_numbers":    lambda: derivx.backprop("a = x*y; b = sin(a); L = a*b + x", "x,y").html("ko"),
    "matrices":      lambda: derivx.explain("L = norm2(X@w - y)^2", "w", shapes={"X": ("N", "d"), "w": ("d",), "y": ("N",)}).html(),
    "sheet":         lambda: to_html(sheet(), Said("ui.page_derivation")),
    "sheet_both":    lambda: to_html(sheet(langs=("en", "ko")), Said("ui.page_derivation")),
}  # fmt: skip


SHEETS = [
    f"{path.stem}_{kind}"
    for path in sorted((Path(__file__).parents[2] / "docs" / "worksheets").glob("*.toml"))
    for kind in ("sheet", "key")
]


@cache
def page(name: str) -> str:
    """A page of any kind, or a sample sheet of the documentation in both languages, or its key; made once."""
    if name in PAGES:
        return PAGES[name]()
    sample, kind = name.rsplit("_", 1)
    return built(sample)[f"{kind}-01.html"].decode()


@cache
def built(sample: str) -> dict[str, bytes]:
    """The pages of the first variant."""
    described = derivx.read_sheet(Path(__file__).parents[2] / "docs" / "worksheets" / f"{sample}.toml")
    (made,) = build(Plan(replace(described, langs=("en", "ko")), ("html",)), numbered(1), 0)
    assert made.error is None
    return dict(made.files)
