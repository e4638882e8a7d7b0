"""Cards to learn from: a deck for Anki, and a table for a spreadsheet. The first is HTML, the second plain text."""

from __future__ import annotations

import csv
import io
import re

from derivx.expr import Expr
from derivx.grading.safe import cell
from derivx.render.board import flat
from derivx.render.sentences import sentence
from derivx.render.text import to_text
from derivx.render.typeset import typeset
from derivx.syntax import write
from derivx.words import say
from derivx.worksheet.exports.pack import Pack, digest, worth
from derivx.worksheet.exports.page import option, question, solution
from derivx.worksheet.sheet import Item

_HEAD = "#separator:tab\n#html:true\n#guid column:1\n#tags column:4\n#columns:GUID\tFront\tBack\tTags\n"

_LONGEST = 32_000  # characters: a cell of a spreadsheet holds 32,767


def anki(pack: Pack) -> dict[str, bytes]:
    """A file for Anki's import, one note a line: imported again, it renews the notes it made."""
    rows: dict[str, tuple[str, str, str]] = {}
    for pool in pack.by_exercise():
        for _, item in pool:
            problem = item.problem
            tags = f"derivx derivx::{_tag(problem.kind)} derivx::{_tag(problem.kind)}::{problem.level}"
            rows.setdefault(digest("card", problem.identity)[:16], (_front(pack, item), _back(pack, item), tags))
    notes = ("\t".join((guid, *fields)) for guid, fields in rows.items())
    return {"cards.txt": (_HEAD + "".join(f"{note}\n" for note in notes)).encode()}


def _front(pack: Pack, item: Item) -> str:
    problem = item.problem
    shown = question(pack, item)
    if problem.choices is None:
        return shown
    options = "".join(f"<li>{option(o, pack.langs, problem.style)}</li>" for o in problem.choices.options)
    return f'{shown}<ol type="A">{options}</ol>'


def _back(pack: Pack, item: Item) -> str:
    problem = item.problem
    right = problem.choices.options[problem.choices.right] if problem.choices and problem.choices.right is not None else None
    if right is not None:
        first = f"<p><strong>{option(right, pack.langs, problem.style)}</strong></p>"
    else:
        pairs = [(option(a.name, pack.langs, problem.style), option(a.value, pack.langs, problem.style)) for a in problem.asked]
        first = "".join(f"<p><strong>{name} = {value}</strong></p>" for name, value in pairs)
    return first + "<hr/>" + solution(pack, item)


def _tag(text: str) -> str:
    """Anki separates tags at spaces, and their levels at ``::``."""
    return re.sub(r"[^\w가-힣]+", "_", text).strip("_") or "derivx"


def spreadsheet(pack: Pack) -> dict[str, bytes]:
    """A table: an exercise a row, question and answer as they are typed. What a spreadsheet would run begins with an apostrophe."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow([say(f"export.{key}", pack.langs[0]) for key in _COLUMNS])
    for variant in pack.variants:
        for item in variant.items:
            rows.writerow([cell(text[:_LONGEST]) for text in _row(pack, pack.label(variant), item)])
    return {"cards.csv": ("\ufeff" + file.getvalue()).encode()}  # the mark tells a spreadsheet that Korean is UTF-8


_COLUMNS = ("column_variant", "column_number", "column_kind", "column_level", "column_points", "column_question", "column_answer")


def _row(pack: Pack, variant: str, item: Item) -> list[str]:
    problem = item.problem

    def show(e: Expr) -> str:
        return flat(typeset(e, problem.style))

    asked = " / ".join(" ".join(sentence(one, lang, show) for one in problem.ask) for lang in pack.langs)
    shown = " ".join(to_text(pack.document(problem, problem.parts)).split()) if problem.parts else ""
    if problem.choices and problem.choices.right is not None:
        right = problem.choices.options[problem.choices.right]
        answer = write(right) if isinstance(right, Expr) else sentence(right, pack.langs[0], show)
    else:
        answer = "; ".join(f"{show(a.name)} = {write(a.value)}" for a in problem.asked)
    points = f"{float(worth(item)):g}"
    return [variant, str(item.number), problem.kind, str(problem.level), points, f"{asked} {shown}".strip(), answer]
