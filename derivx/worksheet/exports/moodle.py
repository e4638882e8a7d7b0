"""Moodle XML: choices, numbers, formulas for STACK; what no question type can compare is an essay with its key.

Where there are several variants, those of an exercise stand in a category of their own, so that a quiz draws one for each student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.expr import Expr
from derivx.words import say
from derivx.worksheet.exports import maxima
from derivx.worksheet.exports.pack import Number, Pack, decimal_points, digest, feedback, mistaken, number_of, over_numbers, worth
from derivx.worksheet.exports.page import hint, option, paragraphs, question, solution, text
from derivx.worksheet.exports.xml import HEAD, cdata, el, leaf, lines
from derivx.worksheet.problem import Asked
from derivx.worksheet.sheet import Item, Variant

Mistaken = tuple[str, Expr, dict[str, str]]  # a wrong answer in Maxima, as a formula, its hint by language
_STACK = (  # the options of a question, in the order of STACK's own exports
    ("questionsimplify", "1"), ("assumepositive", "0"), ("assumereal", "0"),
)  # fmt: skip
_STACK_FEEDBACK = ("prtcorrect", "prtpartiallycorrect", "prtincorrect")
_STACK_SHOWN = (
    ("decimals", "."), ("scientificnotation", "*10"), ("multiplicationsign", "dot"), ("sqrtsign", "1"), ("complexno", "i"),
    ("inversetrig", "cos-1"), ("logicsymbol", "lang"), ("matrixparens", "["), ("isbroken", "0"), ("variantsselectionseed", ""),
)  # fmt: skip
_INPUT = (
    ("boxsize", "30"), ("strictsyntax", "1"), ("insertstars", "1"), ("syntaxhint", ""), ("syntaxattribute", "0"), ("forbidwords", ""),
)  # fmt: skip
_INPUT_MORE = (
    ("forbidfloat", "0"), ("requirelowestterms", "0"), ("checkanswertype", "0"), ("mustverify", "1"), ("showvalidation", "1"),
    ("options", ""),
)  # fmt: skip


def moodle(pack: Pack) -> dict[str, bytes]:
    """One file for Moodle's question bank."""
    several = len(pack.variants) > 1
    out = [_category(pack, 0)]
    for number, pool in enumerate(pack.by_exercise(), 1):
        out += [_category(pack, number)] if several else []
        out += [_question(pack, variant, item) for variant, item in pool]
    return {"moodle.xml": (HEAD + el("quiz", lines(*out)) + "\n").encode()}


def _category(pack: Pack, number: int) -> str:
    """A category, of all questions or of the variants of one."""
    inside = [say("export.exercise", pack.langs[0], number=str(number))] if number else []
    path = "/".join(["$course$", "top", *(_level(name) for name in (pack.titled(), *inside))])
    return el(
        "question",
        lines(el("category", leaf("text", path)), el("info", el("text"), format="html"), el("idnumber")),
        type="category",
    )


def _level(name: str) -> str:
    """A slash in a name is doubled, since a single one begins a category inside; a space keeps one at an end apart from it."""
    doubled = name.replace("/", "//")
    return f"{' ' * doubled.startswith('/')}{doubled}{' ' * doubled.endswith('/')}"


def _question(pack: Pack, variant: Variant, item: Item) -> str:
    problem = item.problem
    numbers = [number_of(asked) for asked in problem.asked]
    if problem.choices is not None:
        return _head(pack, variant, item, "multichoice", question(pack, item), _choices(pack, item))
    if len(numbers) == 1 and numbers[0] is not None:
        return _head(pack, variant, item, "numerical", question(pack, item), _numerical(numbers[0]))
    if all(numbers):
        share = worth(item) / len(numbers)
        weight = share.numerator if share.denominator == 1 else 1
        gaps = "".join(f"<p>{_name(pack, item, a)} {_gap(n, weight)}</p>" for a, n in zip(problem.asked, numbers, strict=True) if n)
        return _head(pack, variant, item, "cloze", question(pack, item) + gaps, "")
    if all(over_numbers(asked) and maxima.written(asked.value) for asked in problem.asked):
        return _stack(pack, variant, item)
    return _head(pack, variant, item, "essay", question(pack, item), _essay(pack, item))


def _head(pack: Pack, variant: Variant, item: Item, kind: str, body: str, own: str) -> str:
    """What every question has, then what is its own, hints and tags."""
    problem = item.problem
    name = " · ".join(filter(None, (pack.titled(), f"{item.number}", pack.label(variant))))
    return el(
        "question",
        lines(
            el("name", leaf("text", name[:250])),
            _html("questiontext", body),
            _html("generalfeedback", solution(pack, item)),
            leaf("defaultgrade", decimal_points(worth(item))) if kind != "cloze" else "",
            leaf("penalty", "0.3333333"),
            leaf("hidden", "0"),
            leaf("idnumber", digest("moodle", pack.titled(), pack.label(variant), str(item.number), problem.identity)[:24]),
            own,
            *(_html("hint", paragraphs([one], pack.langs, problem.style)) for one in problem.hints if kind != "stack"),
            el("tags", lines(*(el("tag", leaf("text", tag)) for tag in ("derivx", problem.kind, f"level {problem.level}")))),
        ),
        type=kind,
    )


def _html(name: str, html: str) -> str:
    return el(name, el("text", cdata(html)) if html else el("text"), format="html")


def _name(pack: Pack, item: Item, asked: Asked) -> str:
    """What is asked, before its answer: dL/dw =."""
    return f"{option(asked.name, pack.langs, item.problem.style)} ="


# Choices and numbers.


def _choices(pack: Pack, item: Item) -> str:
    problem = item.problem
    assert problem.choices is not None
    asked = problem.asked[0] if problem.asked else None
    answers = []
    for i, shown in enumerate(problem.choices.options):
        right = i == problem.choices.right
        hints = {} if right or asked is None else feedback(shown, asked)
        answers.append(_answer("100" if right else "0", option(shown, pack.langs, problem.style), hint(pack, hints)))
    said = ("correct", "partiallycorrect", "incorrect")
    return lines(
        leaf("single", "true"),
        leaf("shuffleanswers", "true"),
        leaf("answernumbering", "ABCD"),
        leaf("showstandardinstruction", "0"),
        *(_html(f"{word}feedback", "") for word in said),
        *answers,
    )


def _answer(fraction: str, shown: str, said: str, *more: str, form: str = "html") -> str:
    return el("answer", lines(el("text", cdata(shown)), _html("feedback", said), *more), fraction=fraction, format=form)


def _numerical(number: Number) -> str:
    answer = el("answer", lines(leaf("text", number.text), _html("feedback", ""), leaf("tolerance", number.tolerance)), fraction="100",
                format="moodle_auto_format")  # fmt: skip
    units = (("unitgradingtype", "0"), ("unitpenalty", "0.1000000"), ("showunits", "3"), ("unitsleft", "0"))
    return lines(answer, *(leaf(key, value) for key, value in units))


def _gap(number: Number, weight: int) -> str:
    return f"{{{weight}:NUMERICAL:={number.text}:{number.tolerance}}}"


def _essay(pack: Pack, item: Item) -> str:
    """Nothing can compare this: a person grades it by the key, which stands before them."""
    settings: tuple[tuple[str, str], ...] = (
        ("responseformat", "editor"),
        ("responserequired", "1"),
        ("responsefieldlines", "10"),
        ("minwordlimit", ""),
    )
    settings += (("maxwordlimit", ""), ("attachments", "0"), ("attachmentsrequired", "0"), ("maxbytes", "0"), ("filetypeslist", ""))
    return lines(*(leaf(k, v) for k, v in settings), _html("graderinfo", solution(pack, item)), _html("responsetemplate", ""))


# STACK.


def _stack(pack: Pack, variant: Variant, item: Item) -> str:
    problem = item.problem
    asked = list(enumerate(problem.asked, 1))
    fields = "".join(f"<p>{_name(pack, item, a)} [[input:ans{i}]] [[validation:ans{i}]]</p>" for i, a in asked)
    formulas = [a.value for _, a in asked]
    wrong = {i: _distractors(a) for i, a in asked}
    known = maxima.defined(*formulas, *(e for rows in wrong.values() for _, e, _ in rows))
    variables = [*(maxima.DEFINED[name] for name in known), *(f"ta{i}:{maxima.written(a.value)}" for i, a in asked)]
    own = lines(
        el("stackversion", leaf("text", "")),
        el("questionvariables", leaf("text", "".join(f"{line};\n" for line in variables))),
        _html("specificfeedback", "".join(f"<p>[[feedback:prt{i}]]</p>" for i, _ in asked)),
        el("questionnote", el("text", cdata(text(problem.identity))), format="html"),
        el("questiondescription", el("text"), format="html"),
        *(leaf(k, v) for k, v in _STACK),
        *(_html(name, "") for name in _STACK_FEEDBACK),
        *(leaf(k, v) for k, v in _STACK_SHOWN),
        *(_input(i, maxima.words(*formulas)) for i, _ in asked),
        *(_tree(pack, i, a, wrong[i]) for i, a in asked),
        *_trials(len(asked), wrong),
    )
    return _head(pack, variant, item, "stack", question(pack, item) + fields, own)


def _distractors(asked: Asked) -> list[Mistaken]:
    """Wrong answers that can be told apart in Maxima, with their hints."""
    if number_of(asked) is not None:
        return []
    found = [(maxima.written(e), e, hints) for e, hints in mistaken(asked)]
    return [(formula, e, hints) for formula, e, hints in found if formula is not None]


def _input(i: int, words: Sequence[str]) -> str:
    rows = [("name", f"ans{i}"), ("type", "algebraic"), ("tans", f"ta{i}"), *_INPUT, ("allowwords", ", ".join(words)), *_INPUT_MORE]
    return el("input", lines(*(leaf(k, v) for k, v in rows)))


def _tree(pack: Pack, i: int, asked: Asked, wrong: Sequence[Mistaken]) -> str:
    """Right, or else one mistake after the other."""
    number = number_of(asked)
    test, options = ("NumAbsolute", number.tolerance) if number is not None and number.tolerance != "0" else ("AlgEquiv", "")
    nodes = [_node(i, 0, (test, f"ta{i}", options), "1", "", last=not wrong)]
    nodes += [
        _node(i, n, ("AlgEquiv", formula, ""), "0", hint(pack, hints), last=n == len(wrong))
        for n, (formula, _, hints) in enumerate(wrong, 1)
    ]
    rows = (("name", f"prt{i}"), ("value", "1.0000000"), ("autosimplify", "1"), ("feedbackstyle", "1"))
    return el("prt", lines(*(leaf(k, v) for k, v in rows), el("feedbackvariables", el("text")), *nodes))


def _node(i: int, n: int, test: tuple[str, str, str], score: str, said: str, *, last: bool) -> str:
    name, against, options = test
    rows = (("name", str(n)), ("description", ""), ("answertest", name), ("sans", f"ans{i}"), ("tans", against), ("testoptions", options),
            ("quiet", "1" if n else "0"))  # fmt: skip
    true = (
        ("scoremode", "="),
        ("score", score),
        ("penalty", "0" if score == "1" else ""),
        ("nextnode", "-1"),
        ("answernote", f"prt{i}-{n}-T"),
    )
    next_node = "-1" if last else str(n + 1)
    false = (("scoremode", "="), ("score", "0"), ("penalty", ""), ("nextnode", next_node), ("answernote", f"prt{i}-{n}-F"))
    parts = [leaf(k, v) for k, v in rows]
    for word, values, html in (("true", true, said), ("false", false, "")):
        parts += [leaf(f"{word}{k}", v) for k, v in values] + [_html(f"{word}feedback", html)]
    return el("node", lines(*parts))


def _trials(count: int, wrong: Mapping[int, Sequence[Mistaken]]) -> list[str]:
    """STACK's own tests of the question: the right answers score, each mistake is told."""
    trials = [_trial(1, {i: f"ta{i}" for i in range(1, count + 1)}, {i: ("1", "0", f"prt{i}-0-T") for i in range(1, count + 1)})]
    for i, rows in wrong.items():
        for n, (formula, _, _) in enumerate(rows, 1):
            trials.append(_trial(len(trials) + 1, {i: formula}, {i: ("0", "0.3333333", f"prt{i}-{n}-T")}))
    return trials


def _trial(number: int, given: dict[int, str], expected: dict[int, tuple[str, str, str]]) -> str:
    inputs = (el("testinput", lines(leaf("name", f"ans{i}"), leaf("value", value))) for i, value in given.items())
    keys = ("expectedscore", "expectedpenalty", "expectedanswernote")
    outcomes = (
        el("expected", lines(leaf("name", f"prt{i}"), *(leaf(k, v) for k, v in zip(keys, values, strict=True))))
        for i, values in expected.items()
    )
    return el("qtest", lines(leaf("testcase", str(number)), leaf("description", ""), *inputs, *outcomes))
