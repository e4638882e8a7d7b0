"""derivx and other graders on the same answers: right verdicts, wrong ones, and time.

python benchmarks/gradebench/scoreboard.py [ANSWERS.json] [--seconds 5] [--only derivx,sympy] [--rows 100]

The answers need ``verdict`` (and ``tag`` for mistakes); without a file, our open rows of ``tests/data/answers.json``. Beside derivx run
those that are installed: SymPy (``simplify(a - b) == 0`` and ``equals``), Math-Verify, mitx-grading-library; each answer has so many
seconds, in a process that is killed after them. The others are given the right derivative, which derivx works out for itself, and only rows
over numbers: none of them grades answers over arrays with shapes.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from derivx.grading.mistakes.table import GROUP_OF

sys.path.insert(0, str(Path(__file__).parent))
import run as runner

Row = dict[str, Any]
OPEN = Path(__file__).parents[2] / "tests" / "data" / "answers.json"


def _symbols(case: Row) -> Row:
    """What names stand for in SymPy: symbols, positive where the domain is, and the activations by their formulas."""
    import sympy

    boxes = {n: (case.get("domain") or {}).get(n, runner.USUAL) for n in case["variables"]}
    return {
        "e": sympy.E, "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)), "relu": lambda u: sympy.Max(u, 0),
        "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
        **{n: sympy.Symbol(n, real=True, positive=box[0] > 0 or None) for n, box in boxes.items()},
    }  # fmt: skip


def right_answer(case: Row) -> str:
    """The derivative by SymPy, for the graders that have to be given it."""
    import sympy

    names = _symbols(case)
    body = sympy.sympify(case["problem"].replace("^", "**"), locals=names)
    by = case["wrt"] if isinstance(case["wrt"], list) else [case["wrt"]] * case.get("order", 1)
    for name in by:
        body = sympy.diff(body, names[name])
    return str(body)


def _pair(case: Row) -> tuple[Any, Any]:
    import sympy

    names = _symbols(case)
    return (
        sympy.sympify(case["student"].replace("^", "**"), locals=names),
        sympy.sympify(case["right"].replace("^", "**"), locals=names),
    )


def by_simplify(case: Row) -> bool:
    import sympy

    answer, right = _pair(case)
    return bool(sympy.simplify(answer - right) == 0)


def by_equals(case: Row) -> bool:
    answer, right = _pair(case)
    return bool(answer.equals(right))


def by_math_verify(case: Row) -> bool:
    import sympy
    from math_verify import parse, verify

    texts = [sympy.latex(e) for e in reversed(_pair(case))]
    return bool(verify(*(parse(f"${t}$") for t in texts)))


def by_mitx(case: Row) -> bool:
    from mitxgraders import FormulaGrader, RealInterval

    boxes = {n: RealInterval(list((case.get("domain") or {}).get(n, runner.USUAL))) for n in case["variables"]}
    answer, right = (str(e).replace("**", "^").replace("log(", "ln(") for e in _pair(case))
    grader = FormulaGrader(answers=right, variables=list(case["variables"]), sample_from=boxes)
    return bool(grader(None, answer)["ok"])


PEERS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "sympy simplify": ("sympy", by_simplify),
    "sympy equals": ("sympy", by_equals),
    "Math-Verify": ("math_verify", by_math_verify),
    "mitx-grading-library": ("mitxgraders", by_mitx),
}


def _work(name: str, pipe: Any) -> None:
    grade = PEERS[name][1]
    while True:
        case = pipe.recv()
        start = time.perf_counter()
        try:
            found: Any = grade(case)
        except Exception as error:  # noqa: BLE001 - what a peer cannot read counts as refused
            found = f"{type(error).__name__}"
        pipe.send((found, time.perf_counter() - start))


class Worker:
    """A peer in a process of its own, that can be killed."""

    def __init__(self, name: str, seconds: float) -> None:
        self.name, self.seconds = name, seconds
        self._start()

    def _start(self) -> None:
        here, there = multiprocessing.Pipe()
        self.pipe = here
        self.process = multiprocessing.Process(target=_work, args=(self.name, there), daemon=True)
        self.process.start()

    def grade(self, case: Row) -> tuple[Any, float]:
        self.pipe.send(case)
        if self.pipe.poll(self.seconds):
            found: tuple[Any, float] = self.pipe.recv()
            return found
        self.stop()
        self._start()
        return "timeout", self.seconds

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


def line(name: str, cases: list[Row], found: list[tuple[Any, float]]) -> str:
    """One row of the table: what was accepted and rejected rightly and wrongly, what had no verdict, time."""
    counts = dict.fromkeys(("right", "accepted a wrong one", "rejected a right one", "none"), 0)
    for case, (verdict, _) in zip(cases, found, strict=True):
        if not isinstance(verdict, bool):
            counts["none"] += 1
        elif verdict == (case["verdict"] == "correct"):
            counts["right"] += 1
        else:
            counts["accepted a wrong one" if verdict else "rejected a right one"] += 1
    seconds = [s for _, s in found]
    each = f"{statistics.median(seconds) * 1e3:9.2f} {len(seconds) / sum(seconds):10.0f}" if seconds else ""
    return f"{name:22}" + "".join(f"{v:>10}" for v in counts.values()) + each


def own(cases: list[Row]) -> tuple[list[tuple[Any, float]], int, int]:
    """derivx, through the same runner; how many wrong answers have the file's mistake among three, and of how many."""
    prepared: dict[str, Any] = {}
    for case in cases:  # questions are prepared before
        runner.graded(case, prepared)
    rows = [runner.graded(case, prepared) for case in cases]
    found = [({"correct": True, "wrong": False}.get(r["verdict"], r["verdict"]), r["ms"] / 1e3) for r in rows]
    tagged = [(c, r) for c, r in zip(cases, rows, strict=True) if c.get("tag") and c["verdict"] == "wrong"]
    named = sum(GROUP_OF.get(c["tag"], c["tag"]) in [GROUP_OF.get(m) for m in r["mistakes"]] for c, r in tagged)
    for case, row, (verdict, _) in zip(cases, rows, found, strict=True):
        if verdict != (case["verdict"] == "correct"):
            print(f"  {case['id']}: {row['verdict']} instead of {case['verdict']}")
    return found, named, len(tagged)


def main(argv: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="ANSWERS.json", nargs="?", default=str(OPEN))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rows", type=int, default=100, help="so many rows for the others, evenly taken")
    parser.add_argument("--only", default="", help="names of graders, with commas")
    options = parser.parse_args(argv)
    cases = [c for c in runner.cases(options.file) if c.get("verdict")]
    print(f"{'':22}" + "".join(f"{n:>10}" for n in ("agreed", "wrong ok", "right no", "none")) + f"{'ms':>9} {'a second':>10}")
    for kind, chosen in (("", [c for c in cases if "program" not in c]), (" (arrays)", [c for c in cases if "program" in c])):
        if chosen and (not options.only or "derivx" in options.only):
            found, named, of = own(chosen)
            print(line(f"derivx{kind}", chosen, found) + f"   mistake named in {named} of {of}")
    plain = [c for c in cases if "program" not in c and c.get("student")]
    plain = plain[:: max(1, len(plain) // options.rows)]
    if importlib.util.find_spec("sympy"):
        plain = [c | {"right": right_answer(c)} for c in plain if _readable(c)]
    for name, (package, _) in PEERS.items():
        if options.only and not any(n in name for n in options.only.split(",")):
            continue
        if not importlib.util.find_spec(package):
            print(f"{name:22}   not installed, skipped")
            continue
        worker = Worker(name, options.seconds)
        print(line(name, plain, [worker.grade(c) for c in plain]), flush=True)
        worker.stop()
    return 0


def _readable(case: Row) -> bool:
    """Whether SymPy reads the problem at all."""
    try:
        right_answer(case)
    except Exception:  # noqa: BLE001 - whatever SymPy says, the row is left out
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
