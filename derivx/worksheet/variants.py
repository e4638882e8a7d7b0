"""A sheet drawn: for each student, or for each number, its own problems. The same words give the same problems on every machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

from derivx.errors import CheckFailed, DerivxError, UsageError
from derivx.render.sentences import Own
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.problem import Problem
from derivx.worksheet.sheet import Item, Row, Sheet, Taker, Variant

_IDS = ("id", "number", "student", "student_id", "student number", "학번", "번호")
_NAMES = ("name", "이름", "성명")


def numbered(count: int) -> tuple[Taker, ...]:
    """The takers 1, 2, ..., with leading zeros where there are many."""
    width = max(2, len(str(count)))
    return tuple(Taker(str(n).zfill(width)) for n in range(1, count + 1))


def roster(text: str, name: str = "roster.csv") -> tuple[Taker, ...]:
    """The students of a CSV file: columns ``id`` and ``name`` (학번, 이름), or without titles the id first. Raises ``UsageError``."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    mark = max(",;\t", key=first.count)
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark)]
    rows = [row for row in rows if any(row)]
    heads = [cell.lower() for cell in rows[0]] if rows else []
    at = next((i for i, head in enumerate(heads) if head in _IDS), None)
    named = next((i for i, head in enumerate(heads) if head in _NAMES), None)
    if at is None and named is not None:
        raise UsageError("roster_id", where=name, there=", ".join(rows[0]))
    body, at, named = (rows, 0, 1) if at is None else (rows[1:], at, named)
    takers = [Taker(_cell(row, at), _cell(row, named), student=True) for row in body]
    if not takers or not all(taker.id for taker in takers):
        raise UsageError("roster_empty", where=name)
    ids = [taker.id for taker in takers]
    again = next((one for i, one in enumerate(ids) if one in ids[:i]), None)
    if again is not None:
        raise UsageError("roster_again", where=name, id=again)
    return tuple(takers)


def _cell(row: Sequence[str], at: int | None) -> str:
    return row[at] if at is not None and at < len(row) else ""


Refused = Callable[[int, int, CheckFailed, Draw], None]


def drawn(sheet: Sheet, taker: Taker, seed: int | str | None = None, refused: Refused | None = None) -> Variant:
    """The sheet of a taker: drawn from the course, the title, the seed, the taker and the place of each problem.

    Raises ``UsageError`` where there are not as many different problems as asked for, ``CheckFailed`` where a referee rejects a key;
    with ``refused`` this is told (the place of the row, the level, the error, the draw), and the problem is left out.
    """
    words = (_word(sheet.course), _word(sheet.title), str(sheet.seed if seed is None else seed), taker.id)
    seen = set[str]()
    found: list[tuple[Row, Problem]] = []
    for at, row in enumerate(sheet.rows):
        for i in range(row.count):
            level, draw = row.levels[i % len(row.levels)], Draw(*words, at, i)
            try:
                problem = problem_of(row, level, draw, frozenset(seen))
            except CheckFailed as error:
                if refused is None:
                    raise
                refused(at, level, error, draw)
                continue
            seen.add(problem.identity)
            found.append((row, problem))
    if sheet.shuffle:
        found = Draw(*words, "order").some(found, len(found))
    return Variant(sheet, taker, tuple(Item(n, row, problem) for n, (row, problem) in enumerate(found, 1)))


def problem_of(row: Row, level: int, draw: Draw, taken: frozenset[str] = frozenset()) -> Problem:
    """A problem of a row, other than those whose identities are ``taken``. Raises ``DerivxError`` with its place."""
    from derivx.worksheet import kinds
    from derivx.worksheet.choices import with_choices
    from derivx.worksheet.fixed import fixed

    wrong = max(0, row.choices - 1)  # options beside the right one
    try:
        if row.kind:
            return kinds.drawn(kinds.kind(row.kind), level, draw, taken, wrong)
        problem = fixed(**row.fixed)
        return with_choices(problem, draw, wrong) if wrong else problem
    except Degenerate as bad:
        raise UsageError("sheet_choices" if row.choices else "sheet_number", where=row.where) from bad
    except ArithmeticError as bad:
        raise UsageError("sheet_number", where=row.where) from bad
    except DerivxError as bad:
        bad.where = row.where
        raise


def _word(said: Own | None) -> str:
    """The words of a title, in whatever language comes first."""
    return "" if said is None else "".join(map(str, next(iter(said.pieces.values()))))
