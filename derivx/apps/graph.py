"""``derivx graph``."""

from derivx.apps.program import graph

__all__ = ["graph"]
