"""Tasks over workers: one that dies is replaced and its rows done again, a row that kills every worker is found; a dask cluster."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derivx.apps.main import cli
from derivx.errors import DerivxError, RendererMissing, UsageError
from derivx.grading import tables
from derivx.grading.batch import Made, Task, lines, run, tasks
from derivx.grading.workers import Cluster, Here, Processes, backend

ANSWERS = ["2*x", "3*x", "x^2(", "x + x", "-2*x"]
WORDS = ["correct", "wrong", "refused", "correct", "wrong"]
ASKED = {"problem": "x^2", "wrt": "x", "diagnose": False}


def rows(count: int, deadly: tuple[int, ...] = ()) -> Iterator[tables.Row]:
    return ({**ASKED, "id": i, "answer": "die" if i in deadly else ANSWERS[i % 5]} for i in range(count))


def graded(made: Iterator[Made]) -> list[dict[str, Any]]:
    return [json.loads(line) for text, _, _ in made for line in text.splitlines()]


def dies(task: Task) -> Made:
    """The work, but "die" ends the process."""
    if any(row["answer"] == "die" for row in task[1]):
        os._exit(1)
    return lines(task)


def dies_once(mark: Path, task: Task) -> Made:
    """The work, but the first to find no mark makes it and dies."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    return lines(task)


def expected(count: int, deadly: tuple[int, ...] = ()) -> list[tuple[int, int, str]]:
    return [(i, i, "refused" if i in deadly else WORDS[i % 5]) for i in range(count)]


def told(found: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(row["row"], row["id"], row["word"]) for row in found]


@pytest.mark.parametrize("deadly", [(17,), (0, 63), (5, 6)])
def test_a_row_that_kills_every_worker_is_found(deadly: tuple[int, ...]) -> None:
    with Processes(2, dies) as workers:
        found = graded(run(tasks(rows(64, deadly), "jsonl", 16), workers))
    assert told(found) == expected(64, deadly)
    assert [row["row"] for row in found if row["status"] == "Lost"] == list(deadly)
    assert all(found[i]["message"]["ko"] for i in deadly)


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with Processes(2, partial(dies_once, tmp_path / "mark")) as workers:
        found = graded(run(tasks(rows(200), "jsonl", 20), workers))
    assert (tmp_path / "mark").exists()
    assert told(found) == expected(200)


def test_the_tasks_in_hand_are_few() -> None:
    asked = 0

    def source() -> Iterator[tables.Row]:
        nonlocal asked
        for row in rows(10_000):
            asked += 1
            yield row

    made = run(tasks(source(), "jsonl", 10), Here())
    next(made)
    assert asked <= 20
    made.close()


def test_which_backend() -> None:
    assert isinstance(backend(0), Here)
    with backend(1) as one:
        assert isinstance(one, Processes)


def test_parquet(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    import pyarrow as pa

    table = pa.Table.from_pylist([{"id": f"s{i}", "answer": ANSWERS[i], "domain": {"x": [0.5, 2.0]}} for i in range(5)])
    pq.write_table(table, tmp_path / "a.parquet")
    args = ["grade-batch", str(tmp_path / "a.parquet"), "-o", str(tmp_path / "r.jsonl"), "--problem", "x^2", "--wrt", "x", "--workers", "0"]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0, result.output
    assert [json.loads(line)["word"] for line in (tmp_path / "r.jsonl").read_text().splitlines()] == WORDS


def test_a_broken_parquet_file_is_said(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(UsageError):
        next(tables.rows(tmp_path / "a.parquet"))


def test_what_is_not_installed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RendererMissing) as error:
        next(tables.rows(tmp_path / "a.parquet"))
    assert "pyarrow" in error.value.message("en")
    with pytest.raises(DerivxError) as missing:
        Cluster("tcp://127.0.0.1:1")
    assert "distributed" in missing.value.message("ko")


@pytest.fixture
def cluster() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as two:
        yield two


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_with_a_worker_killed_half_way(cluster: Any, tmp_path: Path) -> None:
    count = 16_000
    answers, out = tmp_path / "a.jsonl", tmp_path / "r.jsonl"
    answers.write_text("".join(json.dumps(row) + "\n" for row in rows(count)))
    args = ["grade-batch", str(answers), "-o", str(out), "--dask", cluster.scheduler_address, "--no-diagnose"]
    killed = threading.Event()

    def kill() -> None:
        while not out.exists() or out.read_bytes().count(b"\n") < count // 4:
            time.sleep(0.02)
        os.kill(cluster.workers[0].process.pid, signal.SIGKILL)
        killed.set()

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0, result.output
    assert killed.is_set()
    found = [json.loads(line) for line in out.read_text().splitlines()]
    assert told(found) == expected(count)
    here = graded(run(tasks(rows(50), "jsonl", 50), Here()))
    assert [row | {"ms": 0, "key": 0} for row in found[:50]] == [row | {"ms": 0, "key": 0} for row in here]


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there() -> None:
    pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    with pytest.raises(UsageError):
        Cluster("tcp://127.0.0.1:9")


def test_the_coordinator_of_a_file_has_little_to_do() -> None:
    def spent(todo: list[Task], workers: Here | Processes) -> float:
        start = time.process_time()
        for _ in run(todo, workers):
            pass
        return time.process_time() - start

    todo = list(tasks(rows(2560), "jsonl", 256))
    with Processes(2) as workers:
        spent(todo[:4], workers)
        ours = min(spent(todo, workers) for _ in range(3))  # on a busy machine
    assert ours <= min(spent(todo, Here()) for _ in range(2)) / 16
