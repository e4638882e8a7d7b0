"""A worksheet with every part, and its key, for the printers to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import derivx
from derivx.picture.drawing import GraphDrawing
from derivx.render.document import Document, Line, Part
from derivx.render.document import Question as Asked
from derivx.render.exercise import Choices, Exercise, Figure, Hints, Masthead, Space
from derivx.render.sentences import Own, Said, Sentence
from derivx.syntax import read
from derivx.words import LANGUAGES
from tests.picture.samples import product

WIDE = "tanh(w_1*x_1 + w_2*x_2 + w_3*x_3 + b_1)^2 + exp(-(x_1 - m_1)^2/(2*s_1^2))*sigmoid(w_1*x_1 + w_2*x_2 + w_3*x_3 + b_1)*log(1 + x_2^2)"


def own(en: str, ko: str = "") -> Own:
    """A sentence of a teacher: formulas between dollars."""
    pieces = {"en": en, "ko": ko or en}
    return Own({lang: tuple(read(t) if i % 2 else t for i, t in enumerate(text.split("$")) if t) for lang, text in pieces.items()})


FIELDS = (Said("sheet.field_name"), Said("sheet.field_number"), Said("sheet.field_class"))
HEAD = Masthead(
    own("Chain rule and back-propagation", "연쇄 법칙과 역전파"),
    (own("Deep learning, autumn term", "딥러닝, 가을 학기"), Said("sheet.variant", {"number": "3"})),
    FIELDS,
)


def sheet(lang: str = "en", *, key: bool = False) -> list[Document]:
    """The head and an exercise of every sort; in the key with steps, the right choice, points a line and hints."""
    langs = LANGUAGES if lang == "both" else (lang,)
    exercises = [*_derive(key), *_choose(key), *_graph(key)]
    return [Document((HEAD,), langs), *(replace(page, langs=langs) for page in exercises)]


def _derive(key: bool) -> Sequence[Document]:
    out = []
    asks = [
        own("Differentiate $L$ with respect to $w$. Name the intermediate values.", "$L$을 $w$에 대하여 미분하여라. 중간값에 이름을 붙여라."),
        own("A long one, which does not fit on a line of the page; give every step and its reason, and say which rule of differentiation you use.",
            "한 줄에 들어가지 않는 긴 식이다. 모든 단계와 이유를 적고, 어떤 미분법을 썼는지 밝혀라."),
    ]  # fmt: skip
    for i, (text, ask) in enumerate(zip(["L = (sigmoid(w*x + b) - y)^2", f"L = {WIDE}"], asks, strict=True), 1):
        page = derivx.explain(text, "w" if i == 1 else "w_1", check=False, detail="brief").page()  # type: ignore[union-attr]
        first: tuple[Part, ...] = (Exercise(i, (ask,), str(10 * i)),)
        if key:
            lines: list[Part] = [replace(p, points=str(1 + k % 3)) if isinstance(p, Line) else p for k, p in enumerate(page.parts)]
            out.append(replace(page, parts=(*first, *lines, Hints((own("Begin outside.", "밖에서부터."), own("Use $u$.", "$u$를 써라."))))))
        else:
            question = next(p for p in page.parts if isinstance(p, Asked))
            out.append(replace(page, parts=(*first, question, Space(8), Space(1, read("D(L, w)")))))
    return out


def _choose(key: bool) -> Sequence[Document]:
    short: tuple[Sentence, ...] = (own("Which is $D(sin(x)^2, x)$?", "$D(sin(x)^2, x)$의 값은?"),)
    options = tuple(read(t) for t in ("2*sin(x)*cos(x)", "2*sin(x)", "cos(x)^2", "x/(1 + x^2)"))
    words = (
        own(
            "It is at most 1/4, so a product over many layers shrinks geometrically.",
            "최댓값이 1/4이어서 여러 층의 곱이 기하급수적으로 줄어든다.",
        ),
        own("It is always larger than one.", "언제나 1보다 크다."),
        own("It depends on the weights of the next layer alone, not on the activation.", "활성함수가 아니라 다음 층의 가중치만 따른다."),
    )
    why = (own("Why does the derivative of the sigmoid make gradients vanish?", "시그모이드의 도함수 때문에 기울기가 소실되는 까닭은?"),)
    return [
        Document((Exercise(3, short, "1"), Choices(options, 0 if key else None))),
        Document((Exercise(4, why, "5"), Choices(words, 0 if key else None))),
    ]


def _graph(key: bool) -> Sequence[Document]:
    figure = Figure(GraphDrawing(product()), own("A graph: q = x + y, f = q z.", "그래프: q = x + y, f = q z."))
    ask = (own("Back-propagate through the graph.", "그래프를 따라 역전파하여라."), own("Write each gradient below its box."))
    room = () if key else (Space(4, ruled=True), Space(2, read("D(f, x)"), ruled=True), Space(20))
    return [Document((Exercise(5, ask), figure, *room))]
