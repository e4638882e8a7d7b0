"""A drawn sheet as pages: the sheet that a student gets, and its key. Data only; the printers of ``render`` print it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivx.expr import Expr
from derivx.render.document import Document, Note, Part, Section
from derivx.render.exercise import Exercise, Figure, Hints, Masthead, Space
from derivx.render.sentences import Own, Said, Sentence
from derivx.words import say
from derivx.worksheet.lines import gapped, scored
from derivx.worksheet.sheet import Item, Taker, Variant, points_text


def sheet_pages(variant: Variant) -> list[Document]:
    """The sheet: its head, then a document for each exercise with room for the answers."""
    sheet, taker = variant.sheet, variant.taker
    known = {"sheet.field_number", *(["sheet.field_name"] if taker.name else [])} if taker.student else set()
    fields = tuple(f for f in sheet.fields if not (isinstance(f, Said) and f.key in known))
    head: list[Part] = [Masthead(sheet.title, tuple(_lines(variant)), fields)]
    head += [Note(sheet.intro, plain=True)] if sheet.intro else []
    return [Document(tuple(head), sheet.langs), *(_document(variant, item, _asked(item)) for item in variant.items)]


def key_pages(variant: Variant) -> list[Document]:
    """The key: every exercise with its right choice, its worked solution and its hints, and what was checked."""
    sheet = variant.sheet
    title = Own({lang: (*_in(sheet.title, lang), " – ", say("sheet.key", lang)) for lang in sheet.langs})
    head = (Masthead(title, tuple(_lines(variant))), Note(Said("sheet.checked"), plain=True))
    return [Document(head, sheet.langs), *(_document(variant, item, _answered(item)) for item in variant.items)]


def _in(said: Own, lang: str) -> tuple[str | Expr, ...]:
    return said.pieces.get(lang) or next(iter(said.pieces.values()))


def _lines(variant: Variant) -> Iterable[Sentence]:
    """What stands below the title: the course, whose sheet it is, the points of all of it."""
    sheet = variant.sheet
    yield from [sheet.course] if sheet.course else []
    yield _whose(variant.taker)
    if sheet.total:
        yield Said("sheet.in_all", {"points": points_text(sheet.total)})


def _whose(taker: Taker) -> Sentence:
    if not taker.student:
        return Said("sheet.variant", {"number": taker.id})
    return Said("sheet.student", {"name": taker.name, "id": taker.id}) if taker.name else Said("sheet.student_id", {"id": taker.id})


def _document(variant: Variant, item: Item, parts: Iterable[Part]) -> Document:
    begin = Exercise(item.number, item.problem.ask, points_text(item.points))
    return Document((begin, *parts), variant.sheet.langs, item.problem.style)


def _asked(item: Item) -> Iterable[Part]:
    """What a student sees behind the question: choices, hints where they are wanted, room to write."""
    problem, row = item.problem, item.row
    yield from problem.parts
    if problem.choices:
        yield replace(problem.choices, right=None)
    if row.hints and problem.hints:
        yield Hints(problem.hints)
    if row.blank:
        yield Note(Said("sheet.fill"), plain=True)
        yield from gapped(problem.solution, row.blank)
    if problem.choices or row.blank or not row.space:
        return
    work = row.space - len(problem.asked)
    yield from [Space(work)] if work > 0 else []
    yield from (Space(1, asked.name) for asked in problem.asked)


def _answered(item: Item) -> Iterable[Part]:
    """What a teacher sees behind the question; a drawing that comes again with its numbers stands once."""
    problem = item.problem
    drawn = any(isinstance(part, Figure) for part in problem.solution)
    yield from (part for part in problem.parts if not (drawn and isinstance(part, Figure)))
    if problem.choices:
        yield problem.choices
    yield Section(Said("sheet.solution"))
    yield from problem.solution if problem.choices else scored(problem.solution, item.points)  # a choice is right or wrong as a whole
    if problem.hints:
        yield Hints(problem.hints)
