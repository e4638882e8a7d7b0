"""A student's answer to a tree: the one grammar under tight limits, over declared names only, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from derivx import ops
from derivx.errors import ReadError
from derivx.expr import Call, Diff, Expr, Sym, postorder, substitute
from derivx.syntax.reader import Reading, read_question
from derivx.syntax.spelling import CONSTANTS
from derivx.syntax.tokens import Limits

# ∇_w L =, d/dw =, or nothing but the sign
_D = r"(?:d|∂|\\partial)"
_BY = rf"{_D}\s*\\?\w{{1,20}}"
_NABLA = re.compile(
    r"^\s*(?:(?:∇|\\nabla)\s*(?:_\s*(?:\{[^{}=]{1,40}\}|\\?\w{1,20}))?\s*(?:\\?\w{1,20})?\s*(?:\([^()=]{0,40}\))?\s*"
    rf"|{_D}\s*/\s*{_BY}\s*|\\[dt]?frac\s*\{{\s*{_D}\s*\}}\s*\{{\s*{_BY}\s*\}}\s*)?=(?!=)"
)
_AROUND = re.compile(rf"^\s*(?:=|∇|\\nabla|{_D}\s*/|\\[dt]?frac\s*\{{\s*{_D}\s*\}})|[.;\r]\s*$")
ANSWER = Limits(chars=2000, tokens=600, depth=100, name=40, digits=30, exponent=300)
CONVENTION, REFUSE = "convention", "refuse"
_ACCENT = re.compile(r"([A-Za-z])(hat|bar|tilde)")  # yhat, typed as ŷ
_LETTERS = {"lam": "lambda", "lambd": "lambda", "eps": "epsilon", "sig": "sigma", "th": "theta"}
# where a text can be read in two ways and the reader follows a convention: `sin 2x`, `1/2x`, `tan^-1 x`
TWO_READINGS = ("note.snug", "note.over_product", "note.inverse")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an answer may use: names with values, and the undefined functions of the question."""

    names: frozenset[str]
    functions: frozenset[str] = frozenset()
    also: Mapping[Expr, Expr] = field(default_factory=dict)  # a Greek letter or an accent for its usual spelling in programs

    @classmethod
    def of(cls, names: Iterable[str], *exprs: Expr) -> Vocabulary:
        """The names given, and the undefined functions in the expressions (with their derivatives)."""
        calls = {n.op.rstrip("'") for e in exprs for n in postorder(e) if isinstance(n, Call) and not ops.known(n.op)}
        known = frozenset(names)
        spelt = {**_LETTERS, **{n: f"{m[1]}_{m[2]}" for n in known if (m := _ACCENT.fullmatch(n))}}
        also: dict[Expr, Expr] = {Sym(typed): Sym(name) for name, typed in spelt.items() if name in known and typed not in known}
        return cls(known, frozenset(calls), also)


def read_answer(text: str, vocabulary: Vocabulary, *, ambiguous: str = CONVENTION, limits: Limits = ANSWER) -> Reading:
    """The reading of an answer: an expression, perhaps behind ``dL/dw =``.

    ``ambiguous``: ``"convention"`` follows the reader's stated conventions, ``"refuse"`` asks for a rewrite. Raises ``ReadError``
    with the place and a suggestion, ``LimitError`` over a budget.
    """
    reading = accepted(read_typed(text, vocabulary.names, limits), text, vocabulary, ambiguous)
    check_words(reading.expr, text, vocabulary)
    return reading


def bare(text: Any) -> Any:
    """An answer without what is only said around it: ``∇L =`` or ``=`` before it, a full stop or line end behind. Places stay the same.

    What is no text is given back as it is.
    """
    if not isinstance(text, str) or len(text) > ANSWER.chars or _AROUND.search(text) is None:
        return text
    text = _NABLA.sub(lambda m: " " * len(m[0]), text, count=1).rstrip()
    return text[:-1] if text.endswith((".", ";")) else text


def read_typed(text: str, names: Iterable[str], limits: Limits) -> Reading:
    """The reading of what stands in an answer. A known function with a prime is a derivative still to be carried out."""
    try:
        return read_question(bare(text), names, limits)
    except ReadError as error:
        name = str(error.params.get("name", ""))
        if error.key != "unknown_function" or not name.endswith("'") or name.rstrip("'") != error.hint:
            raise
        raise ReadError("not_carried_out", text=text, start=error.start, end=error.end, expected="expression") from None


def accepted(reading: Reading, text: str, vocabulary: Vocabulary, ambiguous: str) -> Reading:
    """A reading that is an answer, in the question's own names. Raises ``ReadError`` for equations, and where it was to be asked back."""
    if reading.equation is not None and isinstance(reading.equation[0], Diff):  # d/dx (x^2) = 2*x
        reading = replace(reading, expr=reading.equation[1], equation=None)
    if reading.equation is not None or (reading.label in vocabulary.names and not reading.arguments):
        raise ReadError("equation", text=text, start=max(text.find("="), 0), expected="expression")
    if ambiguous == REFUSE:
        for key, params in reading.notes:
            if key in TWO_READINGS:
                raise ReadError("two_readings", text=text, end=len(text), expected="argument", hint=params.get("read", "a/(b*c)"))
    return replace(reading, expr=substitute(reading.expr, vocabulary.also)) if vocabulary.also else reading


def check_words(e: Expr, text: str, vocabulary: Vocabulary) -> None:
    """Refuse names and functions that the question does not have, and derivatives that are still to be carried out."""
    names, functions = vocabulary.names, vocabulary.functions
    todo = [e]
    while todo:
        node = todo.pop()
        if isinstance(node, Sym):
            if node.name not in names and node.name not in CONSTANTS:
                raise unknown_name(node.name, text, vocabulary)
        elif isinstance(node, Call):
            if not ops.known(node.op) and node.op.rstrip("'") not in functions:
                start = max(text.find(node.op), 0)
                raise ReadError("unknown_function", text=text, start=start, end=start + len(node.op), expected="function", name=node.op)
            todo.extend(node.args)
        elif isinstance(node, Diff):
            raise ReadError("not_carried_out", text=text, end=len(text), expected="expression")


def unknown_name(name: str, text: str, vocabulary: Vocabulary) -> ReadError:
    """The refusal of a name that the question does not have."""
    start = max(text.find(name), 0)
    hint = _nearest(name, vocabulary.names)
    return ReadError("unknown_name", text=text, start=start, end=start + len(name), expected="declared", hint=hint, name=name)


def _nearest(name: str, known: frozenset[str]) -> str:
    """A declared name that the typed one probably means: products of declared letters, or the same letter otherwise written."""
    if 1 < len(name) <= 4 and all(c in known for c in name):
        return "*".join(name)
    folded = {n.lower(): n for n in sorted(known)}
    return folded.get(name.lower(), "")
