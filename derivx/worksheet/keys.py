"""The worked solutions: derivations by hand whose every line a referee has measured. One that fails is never used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from derivx.check.lines import check
from derivx.check.verdict import Verdict
from derivx.derive import derive, folded
from derivx.errors import CheckFailed
from derivx.expr import Expr, written_out
from derivx.render.document import Part, Summary, document, overall
from derivx.render.typeset import Style

_KEPT = 4096  # solutions that are not made again


@dataclass(frozen=True, slots=True)
class Key:
    """An answer in the question's own names, the parts of a page that lead to it, and their style."""

    answer: Expr
    parts: tuple[Part, ...]
    style: Style


@lru_cache(maxsize=_KEPT)
def key(body: Expr, wrt: tuple[str, ...], label: str, *, exact: bool = False) -> Key:
    """The key of a derivative: ``exact`` proves every line too, which takes ten times as long as measuring it.

    Raises ``CheckFailed`` where a referee rejects a line or can measure nothing, ``NotSupported`` where no rule applies.
    """
    lines = folded(derive(body, wrt, label=label), "brief")
    checks = check(lines, exact=exact).checks
    if overall(checks) is not Verdict.PASS:
        raise CheckFailed("check_failed", referee=next((c.referee for c in checks if c.verdict is Verdict.FAIL), "complex_step"))
    page = document(lines, checks)
    parts = tuple(part for part in page.parts if not isinstance(part, Summary))
    return Key(written_out(lines.answer, lines.where), parts, page.style)
