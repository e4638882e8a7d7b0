"""What every export is made from: papers with their exercises, and each answer as the outside system will know it. Data only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from derivx import ops
from derivx.errors import DerivxError
from derivx.expr import Call, Expr, names, postorder
from derivx.grading import Question
from derivx.grading.mistakes.distractors import distractors
from derivx.grading.precise import settled
from derivx.grading.rows import LETTERS, Row
from derivx.grading.safe import plain
from derivx.render.document import Document, Part
from derivx.render.sentences import Sentence, sentence
from derivx.syntax import write
from derivx.syntax.spelling import CONSTANTS
from derivx.worksheet.problem import Asked, Problem
from derivx.worksheet.sheet import Item, Sheet, Variant

_SHORT = 6  # significant digits of a number that has to be met exactly
_THIRD, _SHARE, _LITTLE = (
    5e-4,
    1e-3,
    1e-2,
)  # how near a number with no end must be: its third decimal, and as a share of large and small ones


@dataclass(frozen=True, slots=True)
class Pack:
    """What is exported: the variants of one sheet, and the words from which the grader's points are drawn."""

    variants: tuple[Variant, ...]
    seed: str = ""

    @property
    def sheet(self) -> Sheet:
        """The sheet that they were drawn from."""
        return self.variants[0].sheet

    @property
    def langs(self) -> tuple[str, ...]:
        """Its languages."""
        return self.sheet.langs

    @property
    def lang(self) -> str:
        """The language in which a grader answers."""
        return self.langs[0] if len(self.langs) == 1 else "both"

    def titled(self, lang: str = "") -> str:
        """The title as plain text, in one language."""
        return " ".join(plain(sentence(self.sheet.title, lang or self.langs[0], write)).split()) or "derivx"

    def label(self, variant: Variant) -> str:
        """Whose variant it is; nothing where there is only one, for everybody."""
        return variant.taker.id if len(self.variants) > 1 or variant.taker.student else ""

    def by_exercise(self) -> list[list[tuple[Variant, Item]]]:
        """The exercises of all variants that have the same number, together: each list is a pool of variants of one question."""
        most = max((len(variant.items) for variant in self.variants), default=0)
        return [[(variant, variant.items[i]) for variant in self.variants if i < len(variant.items)] for i in range(most)]

    def document(self, problem: Problem, parts: Sequence[Part]) -> Document:
        """Parts of a problem as a page."""
        return Document(tuple(parts), self.langs, problem.style)

    def row(self, item: Item, asked: Asked | None) -> Row:
        """An answer as plain data for ``derivx.grading.rows``."""
        if asked is None:
            choices = item.problem.choices
            assert choices is not None
            assert choices.right is not None
            right = LETTERS[choices.right]
            return {"choice": {"right": right, "of": len(choices.options), "points": float(worth(item)), "lang": self.lang}}
        points = worth(item) / len(item.problem.asked)
        own = {"points": float(points), "lang": self.lang, "seed": f"{self.seed}/{item.problem.identity}"}
        return {"question": {**own, **_plain(asked.grading)}}

    def rows(self, item: Item) -> dict[str, Row]:
        """All answers of an exercise by name."""
        return {name: self.row(item, asked) for name, asked in answers(item)}


def worth(item: Item) -> Fraction:
    """The points of an exercise; 1, where the sheet says nothing of points."""
    return Fraction(1) if item.points is None else item.points


def answers(item: Item) -> Iterator[tuple[str, Asked | None]]:
    """What is to be answered, by name: ``q2`` for all of exercise 2, ``q2a`` and ``q2b`` for its parts; ``None`` for a choice."""
    problem = item.problem
    if problem.choices is not None or len(problem.asked) == 1:
        yield f"q{item.number}", None if problem.choices is not None else problem.asked[0]
        return
    for letter, asked in zip(_letters(len(problem.asked)), problem.asked, strict=True):
        yield f"q{item.number}{letter}", asked


def _letters(count: int) -> list[str]:
    """a, b, ..., z, a2, b2, ..."""
    return [LETTERS[i % 26].lower() + (str(i // 26 + 1) if i >= 26 else "") for i in range(count)]


def _plain(value: Any) -> Any:
    """The same as JSON knows it: formulas as text, sequences as lists."""
    if isinstance(value, Expr):
        return write(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return float(value) if isinstance(value, Fraction | Decimal) else value


@dataclass(frozen=True, slots=True)
class Number:
    """A number as an answer: its digits, and how far an answer may be from it."""

    text: str
    tolerance: str


def number_of(asked: Asked) -> Number | None:
    """What is asked as a number; ``None`` where it is a formula."""
    if set(names(asked.value)) - set(CONSTANTS) or not over_numbers(asked):
        return None
    value = settled(asked.value, {})
    if value is None:
        return None
    size, share = abs(float(value)), float(asked.grading.get("tolerance", 0.0))
    short = f"{float(value):.{_SHORT}g}"
    if share:
        room = share * size
    elif abs(float(short) - float(value)) <= 1e-12 * size:
        room = 0.0
    else:
        room = min(max(_THIRD, _SHARE * size), _LITTLE * size)
    exact = f"{float(value):.{_SHORT if room == 0.0 else 2 * _SHORT}g}"
    return Number(_decimal(exact), _decimal(f"{room:.3g}"))


def _decimal(text: str) -> str:
    return f"{Decimal(text):f}"


def over_numbers(asked: Asked) -> bool:
    """Whether an answer is over numbers alone: no array in what is asked, none in its value."""
    if asked.grading.get("shapes") or ":" in str(asked.grading.get("problem", "")):
        return False
    calls = [node for node in postorder(asked.value) if isinstance(node, Call)]
    return all(ops.known(node.op) and ops.card(node.op).shape == "elementwise" for node in calls)


def feedback(option: Expr | Sentence, asked: Asked) -> dict[str, str]:
    """By language: the hint for a wrong option, from the mistake that leads to it; nothing where none is known."""
    grader = _grader(json.dumps(_plain(asked.grading), sort_keys=True)) if isinstance(option, Expr) else None
    mistakes = grader.grade(write(option)).mistakes if grader is not None and isinstance(option, Expr) else ()
    return dict(mistakes[0].hint) if mistakes else {}


def mistaken(asked: Asked) -> Sequence[tuple[Expr, dict[str, str]]]:
    """Wrong answers with their hints, the likeliest first."""
    return _mistaken(json.dumps(_plain(asked.grading), sort_keys=True))


@lru_cache(maxsize=16)  # the options of one question come one after the other
def _grader(arguments: str) -> Question | None:
    try:
        return Question(**json.loads(arguments))
    except (DerivxError, TypeError):  # what is asked is none of the grader's: nothing is said of mistakes
        return None


@lru_cache(maxsize=1024)  # a teacher's own problem is the same for every student
def _mistaken(arguments: str) -> tuple[tuple[Expr, dict[str, str]], ...]:
    grader = _grader(arguments)
    return tuple((found.answer, dict(found.mistake.hint)) for found in distractors(grader)) if grader is not None else ()


def slug(text: str, longest: int = 60) -> str:
    """A name for files that every system takes: letters, digits, ``-``."""
    shown = re.sub(r"[^A-Za-z0-9가-힣]+", "-", text).strip("-")[:longest].strip("-") or "x"
    return f"{shown}-" if re.fullmatch(r"(?i)con|prn|aux|nul|com\d|lpt\d", shown) else shown


def slugs(texts: Sequence[str]) -> list[str]:
    """Names for files, no two of them equal, on systems too that do not tell A from a."""
    made = [slug(text) for text in texts]
    lower = [name.lower() for name in made]
    return [name if lower.count(name.lower()) == 1 else f"{name}-{digest(text)[:8]}" for name, text in zip(made, texts, strict=True)]


def digest(*words: str) -> str:
    """Letters and digits that follow from words."""
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "backslashreplace")).hexdigest()


def decimal_points(points: Fraction) -> str:
    """Points as systems take them: ``2``, ``0.3333333``."""
    return f"{float(points):.7f}".rstrip("0").rstrip(".")
