"""nbgrader: a notebook a variant, whose tests are hidden and call the grader. The questions travel as JSON, never as code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from derivx.grading.safe import json_text
from derivx.words import say
from derivx.worksheet.exports.pack import Pack, answers, digest, slugs
from derivx.worksheet.exports.page import NOTEBOOK, option, question, text
from derivx.worksheet.sheet import Item, Variant

_TEST = """### BEGIN HIDDEN TESTS
import json
from derivx.grading.rows import graded
graded(json.loads({row}), {answer}).to_nbgrader()
### END HIDDEN TESTS"""


def nbgrader(pack: Pack) -> dict[str, bytes]:
    """The source version of an assignment for each variant; nbgrader makes the version for students from it."""
    names = slugs(["-".join(filter(None, (pack.titled(), pack.label(variant)))) for variant in pack.variants])
    return {f"nbgrader/source/{n}/{n}.ipynb": _notebook(pack, variant) for n, variant in zip(names, pack.variants, strict=True)}


def _notebook(pack: Pack, variant: Variant) -> bytes:
    heads = "".join(f"<h1>{text(pack.titled(lang))}</h1>" for lang in pack.langs)
    cells = [_markdown(heads + (f"<p>{text(pack.label(variant))}</p>" if pack.label(variant) else ""), "title")]
    for item in variant.items:
        cells += _cells(pack, item)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(book, ensure_ascii=False, indent=1) + "\n").encode()


def _cells(pack: Pack, item: Item) -> Iterator[dict[str, Any]]:
    """The question, then for each answer a cell to fill in and a cell with its hidden test."""
    problem = item.problem
    head = "".join(f"<h2>{text(say('export.exercise', lang, number=str(item.number)))}</h2>" for lang in pack.langs[:1])
    body = question(pack, item, NOTEBOOK)
    if problem.choices is not None:
        options = "".join(f"<li>{option(o, pack.langs, problem.style, NOTEBOOK)}</li>" for o in problem.choices.options)
        body += f'<ol type="A">{options}</ol>'
    yield _markdown(head + body, f"q{item.number}-text")
    for name, asked in answers(item):
        if asked is not None:
            yield _markdown(f"<p>{option(asked.name, pack.langs, problem.style, NOTEBOOK)} =</p>", f"{name}-asked")
        variable = name.replace("q", "answer_", 1)
        about = say("export.choose" if asked is None else "export.type", pack.langs[0])
        yield _code(f'{variable} = ""  # {about}', f"{name}-answer", grade=False, solution=True)
        row = pack.row(item, asked)
        points = float(next(iter(row.values()))["points"])
        yield _code(_TEST.format(row=repr(_ascii(row)), answer=variable), f"{name}-test", grade=True, solution=False, points=points)


def _ascii(row: object) -> str:
    return json.dumps(json.loads(json_text(row)), ensure_ascii=True)


def _markdown(source: str, name: str) -> dict[str, Any]:
    """Read-only for students."""
    return {"cell_type": "markdown", "id": _id(name), "metadata": _about(name, "markdown", grade=False, solution=False), "source": source}


def _code(source: str, name: str, *, grade: bool, solution: bool, points: float | None = None) -> dict[str, Any]:
    about = _about(name, "code", grade=grade, solution=solution, points=points)
    return {"cell_type": "code", "id": _id(name), "metadata": about, "execution_count": None, "outputs": [], "source": source}


def _about(name: str, kind: str, *, grade: bool, solution: bool, points: float | None = None) -> dict[str, Any]:
    own = {
        "grade": grade,
        "grade_id": name,
        "locked": not solution,
        "solution": solution,
        "task": False,
        "schema_version": 3,
        "cell_type": kind,
    }
    return {"nbgrader": own | ({"points": points} if points is not None else {})}


def _id(name: str) -> str:
    return digest("cell", name)[:8]
