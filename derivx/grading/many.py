"""Many answers: in chunks over any executor, results in the order of the answers, packed until someone looks at them.

A worker sends back a chunk as bytes, and receives the question as its arguments: the coordinator spends a hundredth of a worker's
time on an answer.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from derivx.grading.result import GradeResult

if TYPE_CHECKING:
    from concurrent.futures import Executor

_T = TypeVar("_T")
CHUNK = 256
_KEPT = 64  # questions that a process keeps prepared


class Grades(Protocol):
    """What grades answers."""

    def grade_all(self, answers: Iterable[str]) -> list[GradeResult]:
        """The results in the order of the answers."""


class Results(Sequence[GradeResult]):
    """The results in the order of the answers; each is unpacked when it is asked for."""

    def __init__(self, chunks: Sequence[bytes | list[GradeResult]], size: int, chunk: int) -> None:
        self._chunks, self._size, self._chunk = list(chunks), size, chunk

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, i: int) -> GradeResult: ...
    @overload
    def __getitem__(self, i: slice) -> list[GradeResult]: ...
    def __getitem__(self, i: int | slice) -> GradeResult | list[GradeResult]:
        if isinstance(i, slice):
            return [self[k] for k in range(*i.indices(self._size))]
        if not -self._size <= i < self._size:
            raise IndexError(i)
        at, inside = divmod(i % self._size, self._chunk)
        return self._opened(at)[inside]

    def __iter__(self) -> Iterator[GradeResult]:
        for at in range(len(self._chunks)):
            yield from self._opened(at)

    def _opened(self, at: int) -> list[GradeResult]:
        part = self._chunks[at]
        if isinstance(part, bytes):
            part = self._chunks[at] = pickle.loads(part)  # noqa: S301 - packed by our own worker
        return part


def grade_many(question: Grades, answers: Iterable[str], executor: Executor | None, chunk: int) -> Results:
    """Results for all answers; with an executor in tasks of ``chunk`` answers."""
    if executor is None:
        done = [question.grade_all(part) for part in _parts(answers, CHUNK)]
        return Results(done, sum(map(len, done)), CHUNK)
    parts = list(_parts(answers, max(1, chunk)))
    futures = [executor.submit(graded, question, part) for part in parts]
    return Results([f.result() for f in futures], sum(map(len, parts)), max(1, chunk))


def graded(question: Grades, answers: Sequence[str]) -> bytes:
    """The task of a worker: the packed results of a chunk."""
    return pickle.dumps(question.grade_all(answers), pickle.HIGHEST_PROTOCOL)


def _parts(answers: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(answers)
    while part := list(islice(rest, size)):
        yield part


def reduced(cls: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """How a question is pickled: as its arguments, under their digest."""
    return _revived, (pickle.dumps((cls, args, kwargs), 4),)


def prepared(cls: type[_T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> _T:
    """A question made of these arguments, the one made before where there is one."""
    return _revived(pickle.dumps((cls, args, kwargs), 4))  # type: ignore[no-any-return]


@lru_cache(maxsize=_KEPT)
def _revived(packed: bytes) -> Any:
    cls, args, kwargs = pickle.loads(packed)  # noqa: S301 - the question's own arguments
    return cls(*args, **kwargs)
