"""A result as other systems take it: Gradescope, nbgrader, Otter, PrairieLearn, edX, QTI. Text is escaped for each."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol

from derivx.grading.safe import json_text, markup, plain
from derivx.words import LANGUAGES, say

_QTI = "http://www.imsglobal.org/xsd/imsqti_result_v2p1"


class _Named(Protocol):
    @property
    def tag(self) -> str: ...
    @property
    def step(self) -> int: ...
    @property
    def hint(self) -> Mapping[str, str]: ...


class Graded(Protocol):
    """What the formats read of a result."""

    @property
    def score(self) -> float: ...
    @property
    def max_score(self) -> float: ...
    @property
    def word(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def mistakes(self) -> tuple[Any, ...]: ...
    @property
    def message(self) -> Mapping[str, str]: ...
    @property
    def caret(self) -> str: ...
    @property
    def lang(self) -> str: ...
    def text(self, lang: str = "") -> str: ...
    def to_dict(self) -> dict[str, Any]: ...


def told(result: Graded, lang: str) -> str:
    """The result in words: the verdict, the place of a refusal, the likeliest mistake with its hint."""
    if lang == "both":
        return "\n\n".join(told(result, one) for one in LANGUAGES)
    mark = {"correct": "✓", "wrong": "✗", "undecided": "?", "refused": "!"}[result.word]
    rows = [f"{mark} {result.message[lang]}"]
    if result.caret:
        rows += ["", *(f"    {row}" for row in result.caret.split("\n"))]
    for i, mistake in enumerate(result.mistakes):
        rows += [*([""] if i == 0 else []), f"  {_told_mistake(mistake, lang)}"]
    return plain("\n".join(rows))


def _told_mistake(mistake: _Named, lang: str) -> str:
    hint = mistake.hint.get(lang) or mistake.tag.replace("_", " ")
    return say("grade.at_step", lang, step=mistake.step, hint=hint) if mistake.step else hint


class Formats:
    """The adapters of a result. ``name`` is the question's name there."""

    __slots__ = ()

    def text(self: Graded, lang: str = "") -> str:
        """The result in words, in ``en``, ``ko`` or ``both``."""
        return told(self, lang or self.lang)

    def _repr_mimebundle_(self: Graded, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        from derivx.render import text_bundle

        return text_bundle(self.text())

    def to_json(self: Graded) -> str:
        """The result as one line of JSON that may stand inside a page, too."""
        return json_text(self.to_dict())

    def to_gradescope(self: Graded, name: str = "answer", visibility: str = "visible") -> dict[str, Any]:
        """The contents of Gradescope's ``results.json``, with one test."""
        test = {
            "name": plain(name),
            "score": self.score,
            "max_score": self.max_score,
            "status": "passed" if self.score >= self.max_score else "failed",
            "output": self.text(),
            "output_format": "text",
            "visibility": visibility,
        }
        return {"score": self.score, "tests": [test]}

    def to_nbgrader(self: Graded) -> float:
        """The points, as the last line of an autograded test cell. Raises ``AssertionError`` for none: nbgrader takes 0 for no value."""
        if self.score <= 0:
            raise AssertionError(self.text())
        return self.score

    def to_otter(self: Graded) -> bool:
        """``True`` for full points, as Otter's tests expect. Raises ``AssertionError`` with the words otherwise."""
        if self.score < self.max_score:
            raise AssertionError(self.text())
        return True

    def to_prairielearn(self: Graded, data: MutableMapping[str, Any], name: str) -> None:
        """Write the score into PrairieLearn's ``data``; a refused answer becomes a format error, which costs no attempt."""
        said = markup(self.text())
        if self.word == "refused":
            data.setdefault("format_errors", {})[name] = said
            return
        share = self.score / self.max_score if self.max_score else 0.0
        data.setdefault("partial_scores", {})[name] = {"score": share, "weight": 1, "feedback": said}

    def to_edx(self: Graded) -> dict[str, Any]:
        """What the check function of an edX custom-response problem returns."""
        share = self.score / self.max_score if self.max_score else 0.0
        ok = True if share >= 1 else "partial" if share > 0 else False
        return {"ok": ok, "msg": f"<pre>{markup(self.text())}</pre>", "grade_decimal": share}

    def to_qti(self: Graded, identifier: str = "answer", datestamp: str = "1970-01-01T00:00:00") -> str:
        """An ``assessmentResult`` of QTI 2.1; what a person is to decide is ``pendingResponseProcessing``."""
        status = "pendingResponseProcessing" if self.word == "undecided" else "final"
        outcomes = "".join(
            f'<outcomeVariable identifier="{key}" cardinality="single" baseType="{kind}"><value>{markup(value)}</value></outcomeVariable>'
            for key, kind, value in (
                ("SCORE", "float", repr(float(self.score))),
                ("MAXSCORE", "float", repr(float(self.max_score))),
                ("VERDICT", "identifier", self.verdict or self.status),
                ("FEEDBACK", "string", self.text()),
            )
        )
        about = f'identifier="{markup(identifier)}" datestamp="{markup(datestamp)}" sessionStatus="{status}"'
        item = f"<itemResult {about}>{outcomes}</itemResult>"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentResult xmlns="{_QTI}"><context/>{item}</assessmentResult>'


def gradescope_results(results: Mapping[str, Graded]) -> dict[str, Any]:
    """Gradescope's ``results.json`` of several questions by name."""
    tests = [Formats.to_gradescope(result, name)["tests"][0] for name, result in results.items()]
    return {"score": sum(t["score"] for t in tests), "tests": tests}
