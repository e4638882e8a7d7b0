"""QTI 2.1: an item for each exercise of each variant, a test that draws one variant of each, and the manifest, in one zip.

Choices and numbers are graded by response processing; a formula is a text that a person, or derivx, grades by the key.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivx.expr import Expr
from derivx.render.sentences import Sentence
from derivx.words import say
from derivx.worksheet.exports.pack import Pack, decimal_points, digest, feedback, number_of, worth
from derivx.worksheet.exports.page import MATHML, hint, option, question, solution
from derivx.worksheet.exports.xml import HEAD, el, leaf, lines, zipped
from derivx.worksheet.problem import Asked
from derivx.worksheet.sheet import Item, Variant

_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_SPACE = {"xmlns": _QTI, "xmlns__xsi": "http://www.w3.org/2001/XMLSchema-instance",
          "xsi__schemaLocation": f"{_QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"}  # fmt: skip
_CONTENT = "http://www.imsglobal.org/xsd/imscp_v1p1"


@dataclass(frozen=True, slots=True)
class _Response:
    """One interaction: what is declared, what stands in the body, how it is scored."""

    declared: str
    body: str
    scored: str
    hints: str = ""


def qti(pack: Pack) -> dict[str, bytes]:
    """One package: ``imsmanifest.xml``, ``test.xml``, and the items."""
    pools = pack.by_exercise()
    files = {
        _href(n, i): _item(pack, variant, item, _name(n, i)) for n, pool in enumerate(pools, 1) for i, (variant, item) in enumerate(pool, 1)
    }
    written = {"imsmanifest.xml": _manifest(pack, list(files)), "test.xml": _test(pack), **files}
    return {"qti.zip": zipped({name: (HEAD + xml + "\n").encode() for name, xml in written.items()})}


def _name(number: int, variant: int) -> str:
    return f"q{number}-{variant}"


def _href(number: int, variant: int) -> str:
    return f"items/{_name(number, variant)}.xml"


def _manifest(pack: Pack, items: list[str]) -> str:
    resources = [
        el(
            "resource",
            lines(el("file", href="test.xml"), *(el("dependency", identifierref=_stem(href)) for href in items)),
            identifier="test", type="imsqti_test_xmlv2p1", href="test.xml",
        ),
        *(el("resource", el("file", href=href), identifier=_stem(href), type="imsqti_item_xmlv2p1", href=href) for href in items),
    ]  # fmt: skip
    about = el("metadata", lines(leaf("schema", "QTIv2.1 Package"), leaf("schemaversion", "1.0.0")))
    identity = digest("qti", pack.titled(), pack.seed, *items)[:16]
    return el(
        "manifest", lines(about, el("organizations"), el("resources", lines(*resources))), xmlns=_CONTENT, identifier=f"derivx-{identity}"
    )


def _stem(href: str) -> str:
    return href.removeprefix("items/").removesuffix(".xml")


def _test(pack: Pack) -> str:
    """A section for each exercise, of which one variant is drawn."""
    sections = []
    for n, pool in enumerate(pack.by_exercise(), 1):
        drawn = el("selection", select="1") if len(pool) > 1 else ""
        refs = (el("assessmentItemRef", identifier=_name(n, i), href=_href(n, i)) for i in range(1, len(pool) + 1))
        title = say("export.exercise", pack.langs[0], number=str(n))
        sections.append(el("assessmentSection", lines(drawn, *refs), identifier=f"s{n}", title=title, visible="true"))
    part = el("testPart", lines(*sections), identifier="part", navigationMode="nonlinear", submissionMode="individual")
    return el("assessmentTest", part, **_SPACE, identifier="test", title=pack.titled())


def _item(pack: Pack, variant: Variant, item: Item, name: str) -> str:
    responses = _responses(pack, item)
    key = el("rubricBlock", _xhtml(solution(pack, item, MATHML)), view="scorer tutor")
    title = " · ".join(filter(None, (pack.titled(), f"{item.number}", pack.label(variant))))
    return el(
        "assessmentItem",
        lines(
            *(r.declared for r in responses),
            _outcome("SCORE", "float", "0"),
            _outcome("MAXSCORE", "float", decimal_points(worth(item))),
            el("outcomeDeclaration", identifier="FEEDBACK", cardinality="single", baseType="identifier")
            if any(r.hints for r in responses)
            else "",
            el("itemBody", lines(key, _xhtml(f"<div>{question(pack, item, MATHML)}</div>"), *(r.body for r in responses))),
            el("responseProcessing", lines(*(r.scored for r in responses))) if any(r.scored for r in responses) else "",
            *(r.hints for r in responses),
        ),
        **_SPACE,
        identifier=name,
        title=title,
        adaptive="false",
        timeDependent="false",
        xml__lang=pack.langs[0],
    )


def _xhtml(html: str) -> str:
    """The language of a paragraph as XML says it; the attribute is ours, text has its quotes spelt out."""
    return html.replace('<p lang="', '<p xml:lang="')


def _outcome(name: str, kind: str, value: str) -> str:
    return el("outcomeDeclaration", el("defaultValue", leaf("value", value)), identifier=name, cardinality="single", baseType=kind)


def _declared(name: str, kind: str, *values: str) -> str:
    right = el("correctResponse", lines(*(leaf("value", value) for value in values))) if values else ""
    return el("responseDeclaration", *([right] if right else []), identifier=name, cardinality="single", baseType=kind)


def _responses(pack: Pack, item: Item) -> list[_Response]:
    if item.problem.choices is not None:
        return [_choice(pack, item)]
    points = decimal_points(worth(item) / (len(item.problem.asked) or 1))
    return [_typed(pack, item, f"RESPONSE_{i}", asked, points) for i, asked in enumerate(item.problem.asked, 1)]


def _choice(pack: Pack, item: Item) -> _Response:
    choices, style = item.problem.choices, item.problem.style
    assert choices is not None
    assert choices.right is not None
    shown = (el("simpleChoice", _xhtml(option(o, pack.langs, style, MATHML)), identifier=f"C{i}") for i, o in enumerate(choices.options))
    interaction = el("choiceInteraction", lines(*shown), responseIdentifier="RESPONSE", shuffle="true", maxChoices="1")
    right = el("match", lines(el("variable", identifier="RESPONSE"), el("correct", identifier="RESPONSE")))
    hints = [(f"C{i}", _hints(pack, o, item)) for i, o in enumerate(choices.options) if i != choices.right]
    told = el("setOutcomeValue", el("variable", identifier="RESPONSE"), identifier="FEEDBACK")
    modal = lines(
        *(el("modalFeedback", html, outcomeIdentifier="FEEDBACK", identifier=name, showHide="show") for name, html in hints if html)
    )
    scored = lines(_condition(right, decimal_points(worth(item))), told if modal else "")
    return _Response(_declared("RESPONSE", "identifier", f"C{choices.right}"), interaction, scored, modal)


def _hints(pack: Pack, shown: Expr | Sentence, item: Item) -> str:
    asked = item.problem.asked
    return hint(pack, feedback(shown, asked[0]) if asked else {})


def _typed(pack: Pack, item: Item, name: str, asked: Asked, points: str) -> _Response:
    """A number in a line, or a formula in a box."""
    label = f"{option(asked.name, pack.langs, item.problem.style, MATHML)} = "
    number = number_of(asked)
    if number is None:
        box = el("extendedTextInteraction", _xhtml(f"<prompt>{label}</prompt>"), responseIdentifier=name, expectedLines="3")
        return _Response(_declared(name, "string"), box, "")
    field = el("textEntryInteraction", responseIdentifier=name, expectedLength="12")
    operands = lines(el("variable", identifier=name), el("correct", identifier=name))
    how = (
        {"toleranceMode": "exact"}
        if number.tolerance == "0"
        else {"toleranceMode": "absolute", "tolerance": f"{number.tolerance} {number.tolerance}"}
    )
    return _Response(
        _declared(name, "float", number.text), f"<div><p>{label}{field}</p></div>", _condition(el("equal", operands, **how), points)
    )


def _condition(test: str, points: str) -> str:
    """Points that are added where a test holds."""
    added = el("sum", lines(el("variable", identifier="SCORE"), leaf("baseValue", points, baseType="float")))
    return el("responseCondition", el("responseIf", lines(test, el("setOutcomeValue", added, identifier="SCORE"))))
