"""The judge of a derivative over arrays: read in the dialect of blackboards, settled by shapes, compared entry by entry.

A gradient has the shape of what it is taken by; its transpose is the other layout, and told apart. An answer whose shapes do not fit is
wrong, and says which two parts; it is still looked at with all sizes alike, where its mistake shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from derivx.grading.mistakes.arrays import ArrayDiagnosis

from derivx.derive.matrix.asked import has_arrays, question_of
from derivx.derive.matrix.columns import all_down_columns
from derivx.derive.matrix.engine import Question
from derivx.errors import DerivxError, NotSupported, ReadError, UsageError
from derivx.expr import Call, Diff, Expr, Num, Sym
from derivx.grading.array_doubt import far_apart, in_pieces, settle_doubt
from derivx.grading.array_precise import Exact
from derivx.grading.array_reference import Asked, Place, alike, asked, far, places, same_size
from derivx.grading.compare import Comparison, Verdict
from derivx.grading.dialect import Dialect
from derivx.grading.parts import Misfit, Part, transposed
from derivx.grading.points import Interval, generator
from derivx.grading.reading import ANSWER, Vocabulary, accepted, read_typed, unknown_name
from derivx.grading.result import Mistake
from derivx.grading.stacks import FAILS, Stacks
from derivx.numeric import REAL, Unavailable, UnknownValue, space
from derivx.shape import Shape, written
from derivx.syntax import write
from derivx.syntax.program import Program
from derivx.syntax.reader import read_question
from derivx.syntax.tokens import Limits, canonical

_LIMITS = Limits(
    chars=ANSWER.chars, tokens=ANSWER.tokens, depth=ANSWER.depth, name=ANSWER.name, digits=ANSWER.digits, exponent=ANSWER.exponent,
    arrays=True, dialect=True,
)  # fmt: skip
LAYOUTS = ("gradient", "numerator", "denominator", "any")
_BY_VERDICT = ((Verdict.SIGN, "sign_error"), (Verdict.TRANSPOSE, "layout_transposed"))
_AGREE = 1e-11
_SAME = 1e-8


@dataclass(frozen=True, slots=True)
class ArrayAnswer:
    """An answer as it was read, and in the language of the cards; or which of its parts do not fit."""

    raw: Expr
    text: str
    part: Part | None
    misfit: DerivxError | None = None


def array_judge(
    problem: str,
    by: Sequence[str],
    shapes: Mapping[str, Sequence[int | str]],
    let: Mapping[str, str],
    layout: str,
    domain: Mapping[str, Interval],
    seed: int | str,
    ambiguous: str,
) -> ArrayJudge:
    """The judge of a program with shapes, given or declared in it."""
    if layout not in LAYOUTS:
        raise UsageError("bad_value", name="layout", value=layout)
    program = has_arrays(problem, {n: tuple(s) for n, s in shapes.items()})
    if program is None:
        raise UsageError("bad_value", name="shapes", value=dict(shapes))
    return ArrayJudge(program, by, let=let, layout=layout, domain=domain, seed=seed, ambiguous=ambiguous)


class ArrayJudge:
    """Reads, compares and explains answers to one question over arrays."""

    def __init__(
        self,
        program: Program,
        by: Sequence[str],
        *,
        let: Mapping[str, str] | None = None,
        layout: str = "gradient",
        domain: Mapping[str, Interval] | None = None,
        seed: int | str = 0,
        ambiguous: str = "convention",
    ) -> None:
        order, (wrt, *_) = len(by), by
        if set(by) != {wrt}:
            raise NotSupported("not_supported", what=", ".join(by))
        question = question_of(program, wrt)
        self.asked: Asked = asked(question, _lets(question, let or {}), order, layout)
        self.exact: dict[int, Exact | None] = {}
        self.layout, self.ambiguous, self.domain = layout, ambiguous, dict(domain or {})
        about = "|".join([write(question.output), *(f"{n}={write(f)}" for n, f in question.let), wrt, str(order)])
        self._seed, self._about = seed, about
        self.places = places(self.asked, self.domain, generator(seed, about))
        sizes = {str(d) for s in self.asked.shapes.values() for d in s if isinstance(d, str)}
        self.vocabulary = Vocabulary.of({*self.asked.shapes, *sizes}, question.output, *(f for _, f in question.let))
        arrays = [n for n, s in self.asked.shapes.items() if s]
        flips = {f"{n}'" for n in arrays if not n.endswith("'")}
        self._names = frozenset({*self.vocabulary.names, *flips, "T", "I"})
        self._typed = self._names - ({"d"} if "d" not in self.asked.shapes else set())  # a size d takes nothing from dL/dw
        self._limits = replace(_LIMITS, places=frozenset(sizes))
        self.dialect = Dialect(self.asked.shapes, self.vocabulary, defined=self.asked.sizes.alias)

    @cached_property
    def same_sizes(self) -> Dialect:
        """The dialect where every size is the same."""
        sizes = {d: same_size(d) for s in self.asked.shapes.values() for d in s}
        return Dialect(self.asked.shapes, self.vocabulary, sizes)

    @cached_property
    def alike(self) -> Place | None:
        """The place where every size is the same."""
        return alike(self.asked, self.domain, generator(self._seed, self._about, "alike"))

    @cached_property
    def far(self) -> Place | None:
        """The place where values are large."""
        return far(self.asked, self.domain, generator(self._seed, self._about, "far"))

    # Reading.

    def read(self, text: str) -> ArrayAnswer:
        """The answer. Raises ``ReadError`` or ``LimitError``."""
        reading = accepted(read_typed(text, self._typed, self._limits), text, self.vocabulary, self.ambiguous)
        self._check_words(reading.expr, text)
        try:
            return ArrayAnswer(reading.expr, text, self.dialect.settle(reading.expr, text, self.asked.wanted))
        except Misfit as error:
            return ArrayAnswer(reading.expr, text, None, error)

    def _check_words(self, e: Expr, text: str) -> None:
        """Derivatives that are still to be carried out come before all else; names before shapes."""
        todo, names = [e], list[str]()
        while todo:
            node = todo.pop()
            if isinstance(node, Call):
                todo.extend(node.args)
            elif isinstance(node, Diff):
                raise ReadError("not_carried_out", text=text, end=len(text), expected="expression")
            elif isinstance(node, Sym):
                names.append(node.name)
        for name in reversed(names):
            if name not in self._names and not _is_known(name):
                raise unknown_name(name, text, self.vocabulary)

    def expression(self, answer: ArrayAnswer) -> Expr:
        """The answer in the language of the cards, or as it was typed where its shapes do not fit."""
        return answer.raw if answer.part is None else answer.part.expr

    # Comparing.

    def compare(self, answer: ArrayAnswer) -> Comparison:
        """The verdict on an answer."""
        if answer.part is None:
            return Comparison(Verdict.DIFFERENT, points=0, remark=answer.misfit)
        part, wanted = answer.part, self.asked.wanted
        if fits(part, wanted):
            return self._of_shape(part)
        flipped = part.shape == wanted[::-1] and len(wanted) == 2
        if flipped and self.layout == "any":
            return self._of_shape(transposed(part))
        if flipped and self._agrees(part, turned=True):
            return Comparison(Verdict.TRANSPOSE, points=self._entries, remark=_shape_error(part, wanted))
        return Comparison(Verdict.DIFFERENT, points=self._entries, remark=_shape_error(part, wanted))

    @cached_property
    def _entries(self) -> int:
        return sum(p.right.size for p in self.places)

    def _of_shape(self, part: Part) -> Comparison:
        """The verdict on an answer of the right shape."""
        try:
            found, hidden = self._values(part)
        except (Unavailable, UnknownValue):
            return Comparison(Verdict.UNDECIDED)
        if found is None:  # undefined where the derivative is not
            return Comparison(Verdict.DIFFERENT, points=self._entries)
        right = self._right
        with np.errstate(all="ignore"):
            gap, size = np.abs(found - right), np.maximum(np.abs(found), np.abs(right))
            agree = np.isfinite(found) & (gap <= _AGREE * size)
        if not agree.all() and self._by_independent_entries(found):
            if self.layout == "any":
                return Comparison(Verdict.EQUAL, 16.0, right.size)
            return Comparison(Verdict.DIFFERENT, points=right.size, remark=DerivxError("independent_entries"))
        sure = agree.all() and not hidden
        near = Comparison(Verdict.EQUAL, _digits(gap, size), right.size) if sure else settle_doubt(self, part, found, hidden=hidden)
        if near.verdict is Verdict.EQUAL and in_pieces(part.expr):
            return far_apart(self, part) or near
        return near

    def _by_independent_entries(self, found: Any) -> bool:
        """Whether an answer is the gradient by the independent entries of a symmetric matrix, G + G^T - G ∘ I."""
        question = self.asked.question
        if question.flags.get(question.wrt, "") not in ("symmetric", "spd") or self.asked.kind != "gradient":
            return False
        other = [(2 - np.eye(p.right.shape[-1])) * p.right for p in self.places]
        gap = np.abs(found - np.concatenate([v.ravel() for v in other]))
        return bool(np.all(gap <= _AGREE * np.max(np.abs(self._right))))

    @cached_property
    def _right(self) -> Any:
        return np.concatenate([p.right.ravel() for p in self.places])

    def _values(self, part: Part, *, turned: bool = False) -> tuple[Any, bool]:
        """The values at all places in one row, and whether something may be hidden in them."""
        rows, hidden = [], False
        for place in self.places:
            value, small = value_at(part.expr, place, turned=turned)
            if value is None:
                return None, False
            rows.append(value)
            hidden = hidden or small
        return np.concatenate(rows), hidden

    def _agrees(self, part: Part, *, turned: bool = False) -> bool:
        with suppress(Unavailable, UnknownValue):
            found, _ = self._values(part, turned=turned)
            return found is not None and close(found, self._right)
        return False

    # Explaining.

    @cached_property
    def diagnosis(self) -> ArrayDiagnosis | None:
        """Which mistakes there can be, where the question has a value with all sizes alike: the table is read at the first wrong answer."""
        from derivx.grading.mistakes.arrays import ArrayDiagnosis

        return None if self.alike is None else ArrayDiagnosis(self.asked, self.alike)

    def mistakes(self, answer: ArrayAnswer, found: Comparison) -> tuple[Mistake, ...]:
        """At most three mistakes that explain a wrong answer, looked for where all sizes are alike and shapes fit that do not else."""
        mistakes: tuple[Mistake, ...] = ()
        with suppress(DerivxError, *FAILS):  # a verdict stands without its mistakes
            if self.diagnosis is not None:
                part = answer.part or self.same_sizes.settle(answer.raw, answer.text, self.asked.wanted)
                mistakes = self.diagnosis.mistakes(part.expr)
        tags = [tag for verdict, tag in _BY_VERDICT if verdict is found.verdict] if not mistakes else []
        if tags:
            from derivx.grading.mistakes.arrays import told

            return tuple(told(tag) for tag in tags)
        return mistakes


def value_at(e: Expr, place: Place, *, turned: bool = False) -> tuple[Any, bool]:
    """The entries of an answer at one place in a row, and whether something may be hidden; ``None`` where it has no value.

    Raises ``Unavailable`` and ``UnknownValue`` for what cannot be worked out here.
    """
    run = Stacks(place.env, space(REAL))
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(run.value(e), dtype=float)
    except (np.linalg.LinAlgError, ArithmeticError, ValueError, IndexError, TypeError):
        return None, False
    if turned:
        value = value.swapaxes(-1, -2)
    draws, size = len(place.right), place.right.size
    if value.size == size and len(value) == draws:
        return value.ravel(), run.hidden
    if value.ndim and value.size * draws == size and len(value) == 1:  # the same at every draw
        return np.broadcast_to(value, (draws, *value.shape[1:])).ravel(), run.hidden
    if value.size == 1 or (value.ndim == 1 and len(value) == draws):
        return np.broadcast_to(value.reshape(-1, 1), (draws, size // draws)).ravel(), run.hidden
    return None, False


def fits(part: Part, wanted: Shape) -> bool:
    """Whether an answer has the shape asked for; a vector has no layout, and 0 is 0 in any shape."""
    shape = part.shape
    if shape == wanted or (set(shape) <= {1} and set(wanted) <= {1}):
        return True
    if isinstance(part.expr, Num) and not part.expr.value:
        return True
    return len(shape) == 1 and [d for d in wanted if d != 1] == list(shape)


def close(found: Any, right: Any) -> bool:
    """Whether two rows of values are the same but for rounding."""
    with np.errstate(all="ignore"):
        return bool(
            np.all(np.isfinite(found)) and np.all(np.abs(found - right) <= _SAME * np.maximum(np.max(np.abs(right)), np.max(np.abs(found))))
        )


def _digits(gap: Any, size: Any) -> float:
    with np.errstate(all="ignore"):
        worst = float(np.max(np.where(size > 0, gap / size, 0.0), initial=0.0))
    return 16.0 if worst < 1e-16 else float(-np.log10(worst))


def _shape_error(part: Part, wanted: Shape) -> DerivxError:
    return DerivxError("answer_shape", found=written(part.shape), right=written(wanted))


def _is_known(name: str) -> bool:
    head = name.partition("_")[0]
    return name in ("e", "pi", "all", "last") or head in ("I", "ones")


def _lets(question: Question, let: Mapping[str, str]) -> Sequence[tuple[str, Expr]]:
    """The names that an answer may use beside the question's, with their formulas."""
    found: list[tuple[str, Expr]] = []
    known = {*question.shapes, *dict(question.let)}
    for typed, formula in let.items():
        name = canonical(typed)
        e = read_question(formula, known, Limits(arrays=True)).expr
        found.append((name, e))
        known.add(name)
    return all_down_columns([*question.let, *found], question.shapes)[len(question.let) :]
