"""QTI 2.1: structure, what is scored, the draw of variants, the same bytes each time."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from derivx.render.typeset import Style, typeset
from derivx.syntax import read
from derivx.worksheet.exports import exported
from derivx.worksheet.exports.page import MATHML
from tests.worksheet.exports import made
from tests.worksheet.exports.schemas import schema, unzipped, valid

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


def package(*papers: Any, **more: Any) -> dict[str, bytes]:
    return unzipped(exported(made.pack(*papers, **more), "qti")["qti.zip"])


def items(files: dict[str, bytes]) -> list[Any]:
    return [valid(data, "qti.xsd") for name, data in files.items() if name.startswith("items/")]


class Processor:
    """The operators of response processing that are used, as the specification defines them."""

    def __init__(self, item: Any, answers: dict[str, str]) -> None:
        self.right = {r.get("identifier"): r.findtext(f"{Q}correctResponse/{Q}value") for r in item.iter(f"{Q}responseDeclaration")}
        self.kinds = {r.get("identifier"): r.get("baseType") for r in item if r.get("baseType")}
        self.values: dict[str, Any] = {
            o.get("identifier"): o.findtext(f"{Q}defaultValue/{Q}value") for o in item.iter(f"{Q}outcomeDeclaration")
        }
        self.values |= answers
        for rule in item.find(f"{Q}responseProcessing"):
            test, *then = rule[0] if rule.tag == f"{Q}responseCondition" else (None, rule)
            if test is None or self.value(test):
                for setter in then:
                    self.values[setter.get("identifier")] = self.value(setter[0])

    def value(self, node: Any) -> Any:
        kind = self.kinds.get(node.get("identifier"))
        match node.tag.removeprefix(Q):
            case "variable":
                return self.typed(self.values.get(node.get("identifier")), kind)
            case "correct":
                return self.typed(self.right[node.get("identifier")], kind)
            case "baseValue":
                return self.typed(node.text, node.get("baseType"))
            case "sum":
                return sum(self.value(kid) for kid in node)
            case "match":
                return self.value(node[0]) == self.value(node[1])
            case "equal":
                given, right = map(self.value, node)
                if given is None:
                    return None
                below, above = map(float, node.get("tolerance", "0 0").split())
                assert (node.get("toleranceMode") == "exact") == (node.get("tolerance") is None)
                return right - below <= given <= right + above
        raise AssertionError(node.tag)

    @staticmethod
    def typed(text: Any, kind: str | None) -> Any:
        return float(text) if kind == "float" and text is not None else text


def score(problem: Any, *answers: str | None) -> float:
    (item,) = items(package((problem,)))
    names = [r.get("identifier") for r in item.iter(f"{Q}responseDeclaration")]
    return float(Processor(item, {n: a for n, a in zip(names, answers, strict=True) if a is not None}).values["SCORE"])


@pytest.mark.parametrize(
    ("problem", "answers", "points"),
    [
        (made.CHOICE, ["C1"], 2),
        (made.CHOICE, ["C0"], 0),
        (made.CHOICE, [None], 0),
        (made.NUMBER, ["12"], 2),
        (made.NUMBER, ["12.001"], 0),
        (made.NUMBER, [None], 0),
        (made.ROUNDED, ["0.9064"], 2),
        (made.ROUNDED, ["0.91"], 0),
        (made.NUMBERS, ["2", "4"], 2),
        (made.NUMBERS, ["2", "5"], 1),
        (made.NUMBERS, [None, "4.0"], 1),
    ],
)
def test_scores(problem: Any, answers: list[str | None], points: float) -> None:
    assert score(problem, *answers) == points


@pytest.mark.parametrize("langs", [("en",), ("ko",), ("en", "ko")])
def test_structure(langs: tuple[str, ...]) -> None:
    files = package(made.ALL, made.ALL, langs=langs)
    found = items(files)
    assert len(found) == 2 * len(made.ALL)
    interactions = {node.tag.removeprefix(Q) for item in found for node in item.iter() if str(node.tag).endswith("Interaction")}
    assert interactions == {"choiceInteraction", "textEntryInteraction", "extendedTextInteraction"}
    for item in found:
        declared = [r.get("identifier") for r in item.iter(f"{Q}responseDeclaration")]
        assert [n.get("responseIdentifier") for n in item.iter() if n.get("responseIdentifier")] == declared
        assert item.find(".//{http://www.w3.org/1998/Math/MathML}math") is not None
        assert item.find(f"{Q}itemBody/{Q}rubricBlock") is not None
    assert [p.get("{http://www.w3.org/XML/1998/namespace}lang") for p in found[0].find(f"{Q}itemBody/{Q}div")][:1] == (
        [langs[0]] if len(langs) > 1 else [None]
    )


def test_a_wrong_choice_shows_its_mistake() -> None:
    (item,) = items(package((made.CHOICE,)))
    assert Processor(item, {"RESPONSE": "C0"}).values["FEEDBACK"] == "C0"
    assert [m.get("identifier") for m in item.iter(f"{Q}modalFeedback")] == ["C0", "C2", "C3"]


def test_manifest_and_draw() -> None:
    files = package((made.NUMBER, made.CHOICE), (made.ROUNDED, made.CHOICE), title="한글 & <b>")
    manifest = valid(files["imsmanifest.xml"], "imscp.xsd")
    hrefs = {f.get("href") for f in manifest.iter("{http://www.imsglobal.org/xsd/imscp_v1p1}file")}
    assert hrefs == set(files) - {"imsmanifest.xml"}
    test = valid(files["test.xml"], "qti.xsd")
    assert test.get("title") == "한글 & <b>"
    assert [s.get("select") for s in test.iter(f"{Q}selection")] == ["1", "1"]
    assert [r.get("href") for r in test.iter(f"{Q}assessmentItemRef")] == [
        "items/q1-1.xml",
        "items/q1-2.xml",
        "items/q2-1.xml",
        "items/q2-2.xml",
    ]


@pytest.mark.parametrize(
    "text", ["relu(x)/2", "sqrt(x) + cbrt(y)", "exp(x**2/y)", "abs(x) - 3e-05", "x_hat*sigma", "-w_1*max(x, y)", "(x + 1)**(1/5)"]
)
def test_formulas_are_mathml_2(text: str) -> None:
    for write in (MATHML.inline, MATHML.full):
        valid(write(typeset(read(text), Style()), "otherwise").encode(), "mathml2.xsd")
    valid(MATHML.matrix((("1", "-2.5"), ("...", "3e-05"))).encode(), "mathml2.xsd")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<itemBody>", "<itemBody>Text"),
        ("<itemBody>", '<itemBody><textEntryInteraction responseIdentifier="RESPONSE_1"/>'),
        (
            '<rubricBlock view="scorer tutor">',
            '<rubricBlock view="scorer tutor"><p><textEntryInteraction responseIdentifier="RESPONSE_1"/></p>',
        ),
        ('<correct identifier="RESPONSE_1"/>', ""),
        ('<correct identifier="RESPONSE_1"/>', '<correct identifier="RESPONSE_2"/>'),
        ('<setOutcomeValue identifier="SCORE">', '<setOutcomeValue identifier="POINTS">'),
        ('display="inline">', 'display="inline" displaystyle="true">'),
    ],
)
def test_the_schema_is_strict(old: str, new: str) -> None:
    item = package((made.NUMBER,))["items/q1-1.xml"].decode()
    assert old in item
    assert not schema("qti.xsd").validate(etree.fromstring(item.replace(old, new, 1).encode()))
