"""The derivations in a solution: points for each of their lines, and gaps in them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from derivx.errors import UsageError
from derivx.render.document import Chain, Document, Line, Note, Part, Question, Table, Values
from derivx.render.gaps import gaps, with_gaps, with_points
from derivx.worksheet.sheet import points_text

_LEAST = Fraction(1, 4)  # of a point: nobody marks in less
_NUMBERS = (Chain, Table, Values)  # further work, beside the derivations


def derivations(solution: Sequence[Part]) -> list[tuple[Part, ...]]:
    """The solution cut before every question: at most one derivation in each piece."""
    cuts = [i for i, part in enumerate(solution) if isinstance(part, Question) and i] + [len(solution)]
    starts = [0, *cuts[:-1]]
    return [tuple(solution[a:b]) for a, b in zip(starts, cuts, strict=True)]


def scored(solution: Sequence[Part], points: Fraction | None) -> list[Part]:
    """The solution with the points of the exercise shared over its lines, where all of it is derivations and the points go round."""
    pieces = derivations(solution)
    if not points or any(isinstance(part, _NUMBERS) for part in solution) or not all(map(_is_derived, pieces)):
        return list(solution)
    try:
        pages = [with_points(Document(piece), points_text(points / len(pieces))) for piece in pieces]
    except UsageError:  # thirds, or fewer points than lines
        return list(solution)
    found = [part for page in pages for part in page.parts if not isinstance(part, Note) or part in solution]
    least = min(Fraction(part.points) for part in found if isinstance(part, Line) and part.points)
    return found if least >= _LEAST else list(solution)


def gapped(solution: Sequence[Part], blank: str) -> list[Part]:
    """The derivations with gaps to be filled in. Raises ``UsageError`` or ``NotSupported`` where there is no such line."""
    pages = [Document(piece) for piece in derivations(solution)]
    asked = gaps([page for page in pages if _is_derived(page.parts)] or pages, blank)
    return [part for page in pages for part in (with_gaps(page, asked) if _is_derived(page.parts) else page).parts]


def _is_derived(parts: Sequence[Part]) -> bool:
    return any(isinstance(part, Line) and part.depth == 0 for part in parts)
