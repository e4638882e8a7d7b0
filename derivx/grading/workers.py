"""Where tasks are done: in this process, in a pool of processes that is built again when one dies, on a dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import Any, Self

from derivx.errors import RendererMissing, UsageError
from derivx.grading.batch import Made, Task, lines

_AHEAD = 3  # tasks in hand for each worker
_RETRIES = 2


class Here:
    """No worker: this process does the work."""

    size, lost = 1, (BrokenExecutor,)

    def submit(self, task: Task) -> Any:
        """The task, done."""
        future: Future[Made] = Future()
        future.set_result(lines(task))
        return future

    def renew(self) -> None:
        """Nothing can be lost."""

    def alone(self, task: Task) -> Made:
        """The task, done."""
        return lines(task)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class Processes:
    """Processes of this machine. They start from a process that has loaded the grader once, where the system has such a thing."""

    lost = (BrokenExecutor,)

    def __init__(self, workers: int, work: Callable[[Task], Made] = lines) -> None:
        self.workers, self.size, self._work = workers, workers * _AHEAD, work
        self._context: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
        if hasattr(self._context, "set_forkserver_preload"):
            self._context.set_forkserver_preload(["derivx.grading.batch"])
        self._pool = self._made(workers)

    def _made(self, workers: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(workers, mp_context=self._context)

    def submit(self, task: Task) -> Any:
        """A future of the lines."""
        return self._pool.submit(self._work, task)

    def renew(self) -> None:
        """New processes for those of a broken pool."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._made(self.workers)

    def alone(self, task: Task) -> Made:
        """A process for this task alone."""
        with self._made(1) as pool:
            return pool.submit(self._work, task).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class Cluster:
    """A dask cluster, by the address of its scheduler. Dask does the tasks of a dead worker again."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise RendererMissing("needs_package", package="distributed") from None
        self.lost: tuple[type[BaseException], ...] = (KilledWorker,)
        try:
            self._client: Any = Client(address, timeout="10s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError("no_cluster", address=address) from error
        self.size = max(2, len(self._client.nthreads())) * _AHEAD

    def submit(self, task: Task) -> Any:
        """A future of the lines."""
        return self._client.submit(lines, task, pure=False, retries=_RETRIES)

    def renew(self) -> None:
        """The scheduler sees to that."""

    def alone(self, task: Task) -> Made:
        """The task once more."""
        found: Made = self.submit(task).result()
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def backend(workers: int, dask: str = "") -> Here | Processes | Cluster:
    """A cluster where one is named, processes where more than none is asked for."""
    if dask:
        return Cluster(dask)
    return Processes(workers) if workers > 0 else Here()
