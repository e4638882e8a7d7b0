"""What the tests share: how long the long checks are, how hypothesis draws, and what is skipped where a tool is not installed."""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec
from shutil import which

import pytest
from hypothesis import HealthCheck, settings

# By marker, what its tests need: programs (one of those between bars) and modules.
PROGRAMS = {
    "browser": ("chromium|chromium-browser|google-chrome",),
    "maxima": ("maxima",),
    "tex": ("pdflatex", "xelatex", "lualatex", "kpsewhich", "pdftotext"),
}
MODULES = {
    "browser": ("playwright", "axe_core_python"),
    "cluster": ("distributed",),
    "frameworks": ("nbgrader", "otter"),
    "notebook": ("nbclient", "ipykernel"),
    "pdf": ("typst", "pypdf"),
}
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


@cache
def missing(marker: str) -> str:
    """What the tests of a marker need and this machine has not."""
    programs = [names for names in PROGRAMS.get(marker, ()) if not any(map(which, names.split("|")))]
    return ", ".join([*programs, *(module for module in MODULES.get(marker, ()) if find_spec(module) is None)])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what cannot run here."""
    for item in items:
        lacks = ", ".join(filter(None, map(missing, {mark.name for mark in item.iter_markers()})))
        if lacks:
            item.add_marker(pytest.mark.skip(reason=f"not installed: {lacks}"))
