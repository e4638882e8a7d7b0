"""``derivx.check_work``: a derivation that somebody wrote, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derivx.works import WorkResult, check_lines
from derivx.works.header import inferred, parted


def check_work(
    work: str | Sequence[str],
    problem: str = "",
    wrt: str | Sequence[str] = "",
    *,
    domain: Mapping[str, Sequence[float]] | None = None,
    assume: Any = None,
    **options: Any,
) -> WorkResult:
    """Check a derivation line by line: the first wrong line, its mistake, and what follows from it.

    ``work``: a text or its lines (``"y' = cos(x^2)*2*x"``, ``"= ..."``, ``"u = x^2"``, ``"dy/dx = dy/du * du/dx"``). ``problem``: an
    expression or a program; without it what the work says (``problem: sin(x^2)``), or what its first line differentiates. ``wrt``: a
    name, or several for a higher derivative. ``domain``: intervals by name; ``assume``: such as ``"x > 0"``. ``options``: ``variables``,
    ``seed``, ``points`` (what a right work is worth), ``max_skip`` (how many operations may be differentiated in one line).
    The text is read, never run.

    Raises ``DerivxError`` for faults of the question; whatever the lines say, a result comes out.
    """
    lines = work.splitlines() if isinstance(work, str) else list(work)
    said, rest = parted(lines)
    problem = problem or str(said.get("problem", ""))
    wrt = wrt or str(said.get("wrt", ""))
    if not problem:
        problem, by = inferred(rest)
        wrt = wrt or by
    return check_lines(rest, problem, wrt, domain=domain or said.get("domain"), assume=assume or said.get("assume"), shown=lines, **options)
