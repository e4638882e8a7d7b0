"""CPU time of networks, after imports: derivation, checks and the page, of a deep one and of a wide one.

python benchmarks/networks.py
"""

from __future__ import annotations

import time

from derivx.api.networks import explain_network
from derivx.networks.layers import read_layers

DEEP = "-".join(["8"] * 51) + " tanh mse"  # 50 layers
ROWS = (("50 layers, batch", DEEP, "N"), ("784-128-10 relu softmax-ce", "784-128-10 relu softmax-ce", None))
TIMES = 5


def measured(layers: str, batch: str | None, *, check: bool) -> float:
    """The least of a few runs, in ms of CPU."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        explain_network(read_layers(layers, batch), check=check).text()
        found.append(time.process_time() - start)
    return 1e3 * min(found)


def main() -> None:
    """Print a row for each network."""
    explain_network(read_layers("2-3-1 tanh mse"))  # imports
    print(f"{'network':<30}{'derivation and page, ms':>26}{'with checks, ms':>18}")
    for title, layers, batch in ROWS:
        print(f"{title:<30}{measured(layers, batch, check=False):>26.0f}{measured(layers, batch, check=True):>18.0f}")


if __name__ == "__main__":
    main()
