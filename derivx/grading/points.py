"""Where answers are compared: seeded points in the declared domain, and magnitudes far from it.

The seed is keyed (BLAKE2), so a teacher's secret seed cannot be guessed from the question; the same seed gives the same points.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import cycle, islice
from typing import Any

import numpy as np

Interval = tuple[float, float]
INSIDE, FAR = 12, 8
USUAL: Interval = (0.3, 1.7)
# of a name without a declared domain: where the usual interval is outside a function's domain, then signs and magnitudes
_INSIDE: tuple[Interval, ...] = (USUAL,) * 5 + ((0.05, 0.95), (1.1, 3.0), (-1.7, -0.3))
_FAR: tuple[Interval, ...] = ((-1.7, -0.3), (-4.0, 4.0), (2.0, 5.0), (1e-5, 1e-3), (-1e-3, -1e-5), (10.0, 30.0), (-30.0, -10.0), (1e3, 1e4))
_EDGE = 1e-6


def generator(seed: int | str, *about: str) -> random.Random:
    """Random numbers that only who knows the seed can foretell."""
    key = str(seed).encode()[:64]
    return random.Random(blake2b("\0".join(about).encode(), key=key, digest_size=16).digest())


def draw(names: Sequence[str], domain: Mapping[str, Interval], rng: random.Random, inside: int, far: int) -> dict[str, Any]:
    """Candidates by name: first those inside the domain (most of them in the usual interval, where none is declared), then those near
    the ends of declared intervals, and far out for names without one.
    """
    table: dict[str, list[float]] = {n: [] for n in names}
    for i in range(inside):
        box = _INSIDE[i * len(_INSIDE) // inside]
        for n in names:
            table[n].append(rng.uniform(*domain.get(n, box)))
    for far_box in islice(cycle(_FAR), far):
        for n in names:
            table[n].append(_far(domain.get(n), far_box, rng))
    return {n: np.array(v) for n, v in table.items()}


def _far(declared: Interval | None, far: Interval, rng: random.Random) -> float:
    if declared is None:
        return rng.uniform(*(far if rng.random() < 0.8 else USUAL))
    low, high = declared
    edge = (high - low) * _EDGE * rng.uniform(1, 1000)
    return rng.choice((low + edge, high - edge, rng.uniform(low, high)))
