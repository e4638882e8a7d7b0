"""What the tests share: how long the long checks are, and how hypothesis draws."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SOAK = os.environ.get("DERIVX_SOAK", "") not in ("", "0")


def share(full: int) -> int:
    """How much of a long check runs: all of it under ``DERIVX_SOAK=1``, else a seeded tenth."""
    return full if SOAK else max(1, full // 10)


# Seeded draws: a run can be repeated, and a slow machine fails nothing.
settings.register_profile(
    "derivx",
    derandomize=True,
    deadline=None,
    max_examples=share(2_000),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("derivx")
