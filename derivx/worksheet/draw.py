"""Seeded choices: the same words give the same draw on every machine, and another student another one."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Degenerate(Exception):
    """A draw that no teacher would set (x^1, 0 times something, the same problem twice, an ugly number): it is drawn again."""


class Draw:
    """Choices that follow from words, such as the course, the student and the place on the sheet."""

    def __init__(self, *words: str | int) -> None:
        self.words = words
        digest = hashlib.sha256("\x1f".join(map(str, words)).encode()).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))

    def one(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self._random.randrange(len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Different items, in a drawn order."""
        return self._random.sample(list(items), count)

    def whole(self, low: int, high: int, *, without: Sequence[int] = (0, 1)) -> int:
        """A whole number from ``low`` to ``high``, none of ``without``."""
        return self.one([n for n in range(low, high + 1) if n not in without])

    def again(self, attempt: int) -> Draw:
        """The choices of a further attempt."""
        return Draw(*self.words, "again", attempt)
