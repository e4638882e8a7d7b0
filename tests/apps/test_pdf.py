"""``--format typst`` and ``--format pdf`` of the commands."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

COMMANDS = [
    ["explain", "sigmoid(w*x + b)", "--lang", "ko"],
    ["explain", "X: (N, d); w: (d); y: (N); L = sum((X@w - y)**2)/N", "--wrt", "w"],
    ["backprop", "z = w*x; L = (z - 1)^2", "--at", "w=2,x=3", "--lang", "both"],
    ["network", "2-3-1 tanh mse", "--init", "1"],
]
needs_typst = pytest.mark.skipif(find_spec("typst") is None, reason="typst is not installed")


def run(*args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "derivx", *args, "--no-check"], capture_output=True, check=False)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: f"{c[0]} {c[1]}")
def test_typst(command: list[str]) -> None:
    done = run(*command, "--format", "typst")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"#set document(title: ")
    assert ("#picture(" in done.stdout.decode()) == (command[0] == "backprop")


@pytest.mark.pdf
@needs_typst
@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: f"{c[0]} {c[1]}")
def test_pdf_to_a_file_and_through_a_pipe(command: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.pdf"
    assert run(*command, "--format", "pdf", "-o", str(page)).returncode == 0
    data = page.read_bytes()
    assert data.startswith(b"%PDF-1.7")
    assert data.rstrip().endswith(b"%%EOF")
    assert run(*command, "--format", "pdf").stdout == data


@pytest.mark.pdf
@needs_typst
def test_a_pdf_is_nothing_for_a_terminal() -> None:
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "derivx", "explain", "x^2", "--format", "pdf", "--no-check"]
    done = subprocess.run(command, stdout=follower, stderr=subprocess.PIPE, check=False)
    os.close(follower)
    os.close(leader)
    assert done.returncode == 2
    assert "-o page.pdf" in done.stderr.decode()


def test_an_engine_that_is_none() -> None:
    done = run("explain", "x^2", "--format", "pdf", "--engine", "word")
    assert done.returncode == 2
    assert b"--engine" in done.stderr
