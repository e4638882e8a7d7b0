"""How the time of a derivation grows with the chain: n nested sigmoids, n up to 2000, at the default recursion limit.

python benchmarks/chain.py [--check] [REPEATS]
"""

from __future__ import annotations

import math
import statistics
import sys
import time

import derivx

SIZES = (10, 20, 50, 100, 200, 500, 1000, 2000)
FLOOR = 1.15
FROM = 100  # below this, what is constant hides the growth


def chain(n: int) -> str:
    """``sigmoid(...sigmoid(w*x)...)``."""
    return "sigmoid(" * n + "w*x" + ")" * n


def seconds(n: int, repeats: int, *, check: bool) -> float:
    """The median CPU time of one derivation."""
    text, times = chain(n), []
    for _ in range(repeats):
        start = time.process_time()
        derivx.explain(text, wrt="x", check=check)
        times.append(time.process_time() - start)
    return statistics.median(times)


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of the least-squares line through the logarithms."""
    xs, ys = [math.log(n) for n, _ in points], [math.log(t) for _, t in points]
    x, y = statistics.mean(xs), statistics.mean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def main() -> int:
    """Print a line a length, and the exponent beside its floor; 1 when it is missed."""
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    check, repeats = "--check" in sys.argv, numbers[0] if numbers else 3
    print(f"recursion limit {sys.getrecursionlimit()}, {'with' if check else 'without'} checks, median of {repeats}")
    seconds(SIZES[0], 1, check=check)  # imports
    points = []
    for n in SIZES:
        points.append((n, seconds(n, repeats, check=check)))
        print(f"n = {n:5}  {points[-1][1] * 1e3:10.1f} ms  {points[-1][1] / n * 1e6:8.1f} us a level", flush=True)
    slope = exponent([p for p in points if p[0] >= FROM])
    verdict = "ok" if slope <= FLOOR else "MISSED"
    print(f"growth exponent from n = {FROM}: {slope:.3f}   floor {FLOOR}   {verdict}")
    return int(slope > FLOOR)


if __name__ == "__main__":
    sys.exit(main())
