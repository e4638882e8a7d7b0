"""A derivation as plain data for programs: every formula in the ASCII core of the language, every line with its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derivx.check.verdict import Check, Verdict
from derivx.derive.step import Derivation, Step
from derivx.errors import DerivxError
from derivx.expr import Expr
from derivx.render.document import Kink, kinks_of, overall
from derivx.render.sentences import words_of
from derivx.syntax.write import write, write_span
from derivx.words import LANGUAGES, say

Dict = dict[str, Any]

SCHEMA = "derivx/1"  # of every object that is printed


def to_dict(derivation: Derivation, checks: Sequence[Check] = (), kinks: Sequence[Kink | str] | None = None) -> Dict:
    """The derivation as data that ``json.dumps`` takes; ``kinks`` are those of the question (of the lines, if not given)."""
    points = kinks_of(derivation) if kinks is None else kinks
    return {
        "question": write(derivation.question),
        "wrt": ",".join(derivation.wrt),
        "order": derivation.order,
        "answer": write(derivation.answer),
        "where": _definitions(derivation.where),
        "steps": [step_dict(step, [c for c in checks if c.step == i]) for i, step in enumerate(derivation.steps)],
        "checks": [{**check_dict(c), "scope": "question" if c.at == "question" else "answer"} for c in checks if c.step is None],
        "kinks": list(dict.fromkeys(k if isinstance(k, str) else _equation(k[0], "=", k[1]) for k in points)),
        "verdict": (overall(checks) if checks else Verdict.SKIPPED).value,
    }


def step_dict(step: Step, checks: Sequence[Check] = ()) -> Dict:
    """One line as data. ``span`` is where the part at ``path`` stands in ``before``."""
    before, span = write_span(step.before, step.path)
    kinks = [f"kink: {_equation(a, '=', b)}" for a, b in step.kinks]
    return {
        "rule": step.rule,
        "path": list(step.path),
        "span": list(span),
        "before": before,
        "after": write(step.after),
        "conditions": [*(_equation(*condition) for condition in step.conditions), *kinks],
        "text": {lang: words_of(step, lang) for lang in LANGUAGES},
        "checks": [check_dict(check) for check in checks],
        "names": _definitions(step.names),
        "substeps": [step_dict(sub) for sub in step.substeps],
    }


def check_dict(check: Check) -> Dict:
    """The verdict of a referee as data; ``digits`` is null for an exact proof.

    A ``reason`` says why one did not judge, ``at`` where a kink is.
    """
    digits = None if check.digits is None else round(check.digits, 1)
    found: Dict = {"referee": check.referee, "verdict": check.verdict.value, "digits": digits}
    more = {"reason": check.reason, "at": "" if check.at == "question" else check.at}
    return {**found, **{key: text for key, text in more.items() if text}}


def error_dict(error: DerivxError, lang: str = "en") -> Dict:
    """An error as data: what kind, where (from 1), what was expected, a suggestion, and the sentence."""
    expected = say(f"expected.{error.expected}", lang) if error.expected else None
    return {
        "kind": error.key,
        "line": error.line if error.text else None,
        "column": error.column if error.text else None,
        "expected": expected,
        "hint": error.hint or None,
        "text": error.message(lang),
    }


def _definitions(names: Mapping[str, Expr]) -> dict[str, str]:
    return {name: write(value) for name, value in names.items()}


def _equation(left: Expr, sign: str, right: Expr) -> str:
    return f"{write(left)} {sign} {write(right)}"
