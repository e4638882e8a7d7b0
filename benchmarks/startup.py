"""How soon derivx starts, in CPU time beside what the machine needs for the same imports: ratios, with their floors.

    python benchmarks/startup.py [REPEATS]

Each command runs in a process of its own, in turn with the one it is measured against; medians are printed.
"""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass

PYTHON = sys.executable
HELLO = """
import click
@click.command()
@click.argument("name", default="you")
def main(name):
    "Say hello."
    click.echo(f"hello {name}")
main(["--help"], standalone_mode=False)
"""
EXPLAIN = ("-m", "derivx", "explain", "sigmoid(w*x+b)")
GRADE = ("-m", "derivx", "grade", "2x cos(x^2)", "--problem", "sin(x^2)", "--wrt", "x")
GRADE_ARRAY = ("-m", "derivx", "grade", "2 A x", "--problem", "x: (n); A: symmetric (n, n); L = x @ A @ x", "--wrt", "x")
HEAVY = ("-c", "import sympy, numpy, autograd")


@dataclass(frozen=True)
class Race:
    """Two commands, and how much of the second's CPU time the first may take (``less``: the bare interpreter taken off)."""

    name: str
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    floor: float
    less: bool = False


RACES = (
    Race("derivx --help / click hello-world", ("-m", "derivx", "--help"), ("-c", HELLO), 1.25),
    Race("import derivx / import sympy, less bare python", ("-c", "import derivx"), ("-c", "import sympy"), 0.15, less=True),
    Race("import derivx / import sympy, with bare python", ("-c", "import derivx"), ("-c", "import sympy"), 0.15),
    Race("derivx grade (one answer) / import sympy", GRADE, ("-c", "import sympy"), 0.5),
    Race("derivx grade (over arrays) / import sympy", GRADE_ARRAY, ("-c", "import sympy"), 0.5),
    Race("import derivx.grading / import sympy", ("-c", "import derivx.grading"), ("-c", "import sympy"), 0.75),
    Race("derivx explain / import sympy, numpy, autograd", EXPLAIN, HEAVY, 1.0),
    Race("derivx explain --no-check / the same", (*EXPLAIN, "--no-check"), HEAVY, 0.5),
)


def cpu(args: tuple[str, ...]) -> float:
    """The CPU seconds (user and system) of one process."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    files = [(os.POSIX_SPAWN_DUP2, devnull, fd) for fd in (1, 2)]
    pid = os.posix_spawn(PYTHON, [PYTHON, *args], {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}, file_actions=files)
    os.close(devnull)
    _, status, usage = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: python {' '.join(args)}")
    return usage.ru_utime + usage.ru_stime


def medians(race: Race, repeats: int) -> tuple[float, float]:
    """The two medians, the runs taken in turn; the first of each only warms the caches."""
    rows = [(cpu(race.ours), cpu(race.theirs), cpu(("-c", "pass"))) for _ in range(repeats + 1)][1:]
    ours, theirs, bare = (statistics.median(column) for column in zip(*rows, strict=True))
    return (ours - bare, theirs - bare) if race.less else (ours, theirs)


def main() -> int:
    """Print a line a race; 1 when a floor that binds is missed."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    print(f"{'':48} {'ours ms':>8} {'other ms':>8} {'ratio':>6} {'floor':>6}   median of {repeats}")
    missed = False
    for race in RACES:
        ours, theirs = medians(race, repeats)
        ratio = ours / theirs
        told_only = race.floor == 0.15 and not race.less  # bare python alone may be more than this floor
        verdict = "(told only)" if told_only else "ok" if ratio <= race.floor else "MISSED"
        missed = missed or verdict == "MISSED"
        print(f"{race.name:48} {ours * 1e3:8.1f} {theirs * 1e3:8.1f} {ratio:6.3f} {race.floor:6.2f}   {verdict}", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
