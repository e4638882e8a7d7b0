"""Where tasks are done: in this process, in processes that are replaced when they die, on a dask cluster."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Self

from derivx.errors import RendererMissing, UsageError
from derivx.grading.batch import Made, Task, lines

_AHEAD = 3  # tasks in hand for each worker
_RETRIES = 2
_PATIENCE = 10  # seconds for a process to end


class Here:
    """No worker: this process does the work."""

    size, lost = 1, tuple[type[BaseException], ...]()

    def submit(self, task: Task) -> Any:
        """The task, done."""
        future: Future[Made] = Future()
        future.set_result(lines(task))
        return future

    def alone(self, task: Task) -> Made:
        """The task, done."""
        return lines(task)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return


class WorkerLost(Exception):
    """The process that had a task is gone."""


class _Worker:
    """A process with a pipe of its own: when it is killed, in the middle of a message even, nobody else waits for it."""

    def __init__(self, context: Any, work: Callable[[Any], Any]) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_working, args=(theirs, work), daemon=True)
        self._process.start()
        theirs.close()

    def ask(self, task: Any) -> Any:
        """What is made of a task. Raises ``WorkerLost``, or what the work raised."""
        try:
            self._pipe.send(task)
            done, found = self._pipe.recv()
        except (EOFError, OSError):
            raise WorkerLost from None
        if done:
            return found
        raise found

    def stop(self) -> None:
        """Let it end."""
        self._pipe.close()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _working(pipe: Any, work: Callable[[Any], Any]) -> None:
    """The process: task after task, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator ends, and with it the pipe
    with suppress(EOFError, OSError):
        while True:
            task = pipe.recv()
            try:
                pipe.send((True, work(task)))
            except Exception as error:  # noqa: BLE001 - told to the coordinator
                pipe.send((False, error))


class Processes:
    """Processes of this machine, a thread for each. They start from one that has loaded ``modules``, where there is such a thing."""

    lost = (WorkerLost,)

    def __init__(self, workers: int, work: Callable[[Any], Any] = lines, modules: Sequence[str] = ("derivx.grading.batch",)) -> None:
        self.size, self._work, self._todo = workers * _AHEAD, work, SimpleQueue[tuple[Any, Future[Any]] | None]()
        self._context: Any = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
        if hasattr(self._context, "set_forkserver_preload"):
            self._context.set_forkserver_preload(list(modules))
        self._starting = Lock()
        self._threads = [Thread(target=self._served, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def _started(self) -> _Worker:
        with self._starting:
            return _Worker(self._context, self._work)

    def _served(self) -> None:
        """The life of a thread: it has a process, and another one when that is lost."""
        worker = None
        while (job := self._todo.get()) is not None:
            task, future = job
            try:
                worker = worker or self._started()
                future.set_result(worker.ask(task))
            except WorkerLost as error:
                if worker is not None:
                    worker.stop()
                worker = None
                future.set_exception(error)
            except Exception as error:  # noqa: BLE001 - for whoever waits for it
                future.set_exception(error)
        if worker is not None:
            worker.stop()

    def submit(self, task: Any) -> Any:
        """A future of what is made of a task."""
        future: Future[Any] = Future()
        self._todo.put((task, future))
        return future

    def alone(self, task: Any) -> Any:
        """A process for this task alone."""
        worker = self._started()
        try:
            return worker.ask(task)
        finally:
            worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Empty):
            while True:
                self._todo.get_nowait()
        for _thread in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()


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
