"""What ``derivx.explain`` and ``derivx.backprop`` return: derivations and sweeps, their checks and their printers joined."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derivx.api.derivations import SCHEMA, Derivation, Derivations, define, explain
    from derivx.api.grading import grade
    from derivx.api.sweeps import Sweep, backprop
    from derivx.api.works import check_work

_PLACES = {
    **dict.fromkeys(("SCHEMA", "Derivation", "Derivations", "define", "explain"), "derivx.api.derivations"),
    "grade": "derivx.api.grading",
    **dict.fromkeys(("Sweep", "backprop"), "derivx.api.sweeps"),
    "check_work": "derivx.api.works",
}

__all__ = ["SCHEMA", "Derivation", "Derivations", "Sweep", "backprop", "check_work", "define", "explain", "grade"]


def __getattr__(name: str) -> Any:
    """Load a name when it is first asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module 'derivx.api' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
