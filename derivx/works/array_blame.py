"""A wrong line may be right by itself: the mistake is then in what a name was said to stand for."""

from __future__ import annotations

from collections.abc import Iterator

from derivx.expr import Expr, Sym, names
from derivx.works.array_world import Values, agree
from derivx.works.arrays import ArrayWork, Wrong
from derivx.works.judge import CARRIED, WRONG, Found, Judgement
from derivx.works.world import before_functions, is_delta

Meaning = tuple[Values, tuple[str, str]]  # values, and the derivative they are


def blame(work: ArrayWork, judged: Judgement) -> None:
    """Find a name that, were it a derivative of the output or a value of the question, would make the first wrong line right."""
    first = next((i for i, found in enumerate(judged.found) if found.verdict is WRONG), None)
    if first is None:
        return
    wrong = work.wrong[work.sheet.statements[first].line]
    if wrong.part is None:
        return
    for name in (n for n in names(wrong.part.expr) if n in work.defined):
        culprit = _culprit(work, name, wrong.part.expr, wrong.right)
        if culprit is not None:
            _marked(work, judged, *culprit)
            return


def _culprit(work: ArrayWork, name: str, line: Expr, right: Values, most: int = 8) -> tuple[str, Meaning] | None:
    own = work.world.values(Sym(name))
    if any(agree(values, own) for values, link in _meanings(work, name) if not is_delta(name) or link[1] in deltas(work)):
        return None
    for meaning in _meanings(work, name):
        values = meaning[0]
        more = [{name: v} for v in values]
        if agree(values, own) or not agree(work.world.values(line, more), right):
            continue
        body = work.defined[name][2].expr
        inner = (n for n in names(body) if n in work.defined and most)
        deeper = (_culprit(work, n, body, values, most - 1) for n in inner)
        return next((d for d in deeper if d is not None), (name, meaning))
    return None


def deltas(work: ArrayWork) -> list[str]:
    """By which names a ``delta`` is a derivative."""
    let = {**dict(work.world.question.let), work.label: work.world.question.output}
    return list(dict.fromkeys([*before_functions(let), *before_functions(work.world.definitions, last=False)]))


def _meanings(work: ArrayWork, name: str) -> Iterator[Meaning]:
    """What a name of that shape may be meant to be."""
    world = work.world
    shape = world.shapes[name]
    known = [n for n in (*world.question.shapes, *(n for n, _ in world.question.let), *deltas(work)) if n in world.shapes and n != name]
    for other in known:
        if world.shape_of(work.label, other) == shape and other in world.shapes:
            found = world.derivative(work.label, other)
            if None not in [None if v is None else 0 for v in found]:
                yield found, (work.label, other)
    for other in known:
        if world.shapes[other] == shape:
            yield world.values(Sym(other)), ("", "")


def _marked(work: ArrayWork, judged: Judgement, name: str, meaning: Meaning) -> None:
    """The definition is the wrong line; what stands on it is carried."""
    index, typed, part = work.defined[name]
    line = work.sheet.statements[index].line
    work.wrong[line] = Wrong(meaning[0], part.shape, typed, part, meaning[1])
    for i, found in enumerate(judged.found):
        if i > index and found.verdict is WRONG and _stands(work, i, name):
            judged.found[i] = Found(CARRIED)
    judged.found[index] = Found(WRONG)
    judged.answer = False


def _stands(work: ArrayWork, i: int, name: str) -> bool:
    wrong = work.wrong[work.sheet.statements[i].line]
    todo, seen = list(names(wrong.part.expr)) if wrong.part is not None else [], set[str]()
    while todo:
        n = todo.pop()
        if n == name:
            return True
        if n not in seen and n in work.defined:
            seen.add(n)
            todo += names(work.defined[n][2].expr)
    return False
