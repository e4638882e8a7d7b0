"""``derivx backprop``."""

from derivx.apps.program import backprop

__all__ = ["backprop"]
