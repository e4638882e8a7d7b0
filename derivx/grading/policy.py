"""What a teacher asks beyond the value: a form, a tolerance for rounded decimals, partial credit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from derivx.errors import UsageError
from derivx.expr import Expr, Num, postorder
from derivx.grading.compare import RIGHT, Comparison, Verdict
from derivx.grading.form import FORMS, words

_NOT_PARTIAL = (*RIGHT, Verdict.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Policy:
    """``form``: ``""`` or a key of ``FORMS``; ``partial``: the share of the points by verdict; ``tolerance``: relative, for decimals."""

    form: str = ""
    must_contain: tuple[str, ...] = ()
    must_not_contain: tuple[str, ...] = ()
    partial: Mapping[str, float] = field(default_factory=dict)
    tolerance: float = 0.0

    @classmethod
    def of(
        cls,
        form: str = "",
        must_contain: Sequence[str] = (),
        must_not_contain: Sequence[str] = (),
        partial: Mapping[str, float] | None = None,
        tolerance: float = 0.0,
    ) -> Policy:
        """A policy whose parts fit. Raises ``UsageError``."""
        if form and form not in FORMS:
            raise UsageError("bad_value", name="form", value=form)
        shares = {str(k): float(v) for k, v in (partial or {}).items()}
        for verdict, part in shares.items():
            if verdict not in set(Verdict) - set(_NOT_PARTIAL) or not 0 <= part <= 1:
                raise UsageError("bad_value", name="partial", value=f"{verdict}={part:g}")
        if not 0 <= tolerance < 1:
            raise UsageError("bad_value", name="tolerance", value=tolerance)
        return cls(form, _words(must_contain), _words(must_not_contain), shares, float(tolerance))

    def without(self, names: Iterable[str]) -> Policy:
        """The same, where these names must not be left in an answer either."""
        return replace(self, must_not_contain=(*self.must_not_contain, *names))

    def applied(self, answer: Expr, found: Comparison) -> tuple[Comparison, str]:
        """The verdict under this policy, and what of the form is missing: ``"factored"``, ``"must_contain:exp"``, or nothing."""
        if self.tolerance and found.verdict not in _NOT_PARTIAL and found.gap <= self.tolerance and _rounded(answer):
            found = replace(found, verdict=Verdict.WITHIN)
        missing = self._missing(answer) if found.verdict in RIGHT else ""
        return (replace(found, verdict=Verdict.FORM), missing) if missing else (found, "")

    def _missing(self, answer: Expr) -> str:
        if self.must_contain or self.must_not_contain:
            there = words(answer)
            for word in self.must_contain:
                if word not in there:
                    return f"must_contain:{word}"
            for word in self.must_not_contain:
                if word in there:
                    return f"must_not_contain:{word}"
        return self.form if self.form and not FORMS[self.form](answer) else ""

    def share(self, verdict: Verdict) -> float:
        """The share of the points that a verdict earns."""
        return 1.0 if verdict in RIGHT else self.partial.get(verdict, 0.0)


def _words(given: Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _rounded(answer: Expr) -> bool:
    """Whether a number in the answer was typed with a decimal point: only such an answer can be a rounded one."""
    return any(isinstance(n, Num) and isinstance(n.value, Decimal) for n in postorder(answer))
