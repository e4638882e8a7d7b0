"""Answers that nobody would type: mutations of all corpora, trees of the grammar, and texts that reach new lines of the reader."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from derivx import ops
from derivx.errors import DerivxError
from derivx.syntax import read, write
from tests.syntax.test_fuzz import SIGNS, corpus, hostile, mutated

NAMES = ("x", "y", "w", "b", "z")
NUMBERS = ("0", "1", "-1", "2", "1/3", "1e-13", "1e300", "1e-300", "0.5", "300", "pi", "e", "99999999999999999999", "-7")
CARDS = [op for op in ops.cards() if op.notation != "compare" and op.text.isidentifier()]
ROOMS = tuple(str(Path(__file__).parents[2] / "derivx" / room) for room in ("syntax", "grading"))


def texts() -> list[str]:
    """The corpora, hostile inputs with them."""
    return [*corpus(), *(text[:3000] for _, text in hostile())]


def tree(rng: Random, depth: int) -> str:
    """A formula of the grammar, of any cards, with numbers that hurt."""
    if depth <= 0 or rng.random() < 0.1:
        return rng.choice((*NAMES, *NAMES, *NUMBERS))
    kind = rng.random()
    if kind < 0.45:
        return f"({tree(rng, depth - 1)}{rng.choice('+-*/^')}{tree(rng, depth - 1)})"
    if kind < 0.5:
        return f"where({tree(rng, 1)} {rng.choice(('<', '>=', '=='))} {tree(rng, 1)}, {tree(rng, depth - 1)}, {tree(rng, depth - 1)})"
    op = rng.choice(CARDS)
    return f"{op.text}({', '.join(tree(rng, depth - 1) for _ in range(3 if op.nary else len(op.params)))})"


def spliced(rng: Random, trees: list[str]) -> str:
    """A formula with one of its pieces exchanged for that of another, written as derivx writes it."""
    a, b = rng.choice(trees), rng.choice(trees)
    try:
        return write(read(f"({a}) {rng.choice('+-*/^')} ({b})"))
    except DerivxError:
        return a + b


def stream(seed: int, count: int) -> Iterator[str]:
    """So many texts."""
    rng, rows = Random(seed), texts()
    for _ in range(count):
        kind = rng.random()
        if kind < 0.6:
            yield mutated(rng, rows)
        elif kind < 0.75:
            yield tree(rng, rng.randint(1, 5))
        elif kind < 0.8:
            yield spliced(rng, rows)
        elif kind < 0.85:
            yield (rng.choice(SIGNS) + rng.choice(SIGNS)) * rng.randint(1, 700)
        elif kind < 0.9:
            yield f"{rng.choice(rows)} {rng.choice('+-*/^')} ({tree(rng, 2)})"
        else:
            yield mutated(rng, [tree(rng, 3), rng.choice(rows)])


def guided(seed: int, count: int, work: Callable[[str], Any]) -> tuple[int, int]:
    """Run ``work`` on so many texts, those that reach new lines being mutated further: how many were kept, how many lines were reached."""
    rng, kept, seen = Random(seed), texts(), set[tuple[Any, int]]()

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            seen.add((frame.f_code, frame.f_lineno))
        return local

    def enter(frame: FrameType, *_: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(ROOMS) else None

    start = len(kept)
    for _ in range(count):
        text, before = mutated(rng, kept[-200:] if rng.random() < 0.5 else kept), len(seen)
        sys.settrace(enter)
        try:
            work(text)
        finally:
            sys.settrace(None)
        if len(seen) > before:
            kept.append(text)
    return len(kept) - start, len(seen)
