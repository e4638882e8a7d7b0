"""derivx explains derivatives: line by line, every rule named, every line proved.

>>> import derivx
>>> print(derivx.explain("sigmoid(w*x + b)", wrt="w"))  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from derivx.version import VERSION

if TYPE_CHECKING:
    from derivx.api import Derivation, Derivations, Sweep, backprop, check_work, define, explain, grade
    from derivx.api.worksheets import build_worksheet, check_worksheet, draw_worksheet, read_sheet
    from derivx.errors import CheckFailed, DerivxError, LimitError, NotSupported, ReadError, UsageError
    from derivx.expr import Call, Diff, Expr, Num, Sym
    from derivx.grading import GradeResult, Question
    from derivx.ops import Names, Op, register
    from derivx.syntax import read
    from derivx.syntax.write import write
    from derivx.works import WorkResult

__version__ = VERSION

_PLACES = {
    **dict.fromkeys(("Derivation", "Derivations", "Sweep", "backprop", "check_work", "define", "explain", "grade"), "derivx.api"),
    **dict.fromkeys(("CheckFailed", "DerivxError", "LimitError", "NotSupported", "ReadError", "UsageError"), "derivx.errors"),
    **dict.fromkeys(("Call", "Diff", "Expr", "Num", "Sym"), "derivx.expr"),
    **dict.fromkeys(("GradeResult", "Question"), "derivx.grading"),
    "WorkResult": "derivx.works",
    **dict.fromkeys(("Names", "Op", "register"), "derivx.ops"),
    **dict.fromkeys(("read", "write"), "derivx.syntax"),
    **dict.fromkeys(("build_worksheet", "check_worksheet", "draw_worksheet", "read_sheet"), "derivx.api.worksheets"),
}
_MODULES = ("functions",)

__all__ = [
    "Call",
    "CheckFailed",
    "Derivation",
    "Derivations",
    "DerivxError",
    "Diff",
    "Expr",
    "GradeResult",
    "LimitError",
    "Names",
    "NotSupported",
    "Num",
    "Op",
    "Question",
    "ReadError",
    "Sweep",
    "Sym",
    "UsageError",
    "WorkResult",
    "__version__",
    "backprop",
    "build_worksheet",
    "check_work",
    "check_worksheet",
    "define",
    "draw_worksheet",
    "explain",
    "grade",
    "read",
    "read_sheet",
    "register",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for: ``import derivx`` itself loads nothing."""
    if name in _PLACES:
        value = getattr(import_module(_PLACES[name]), name)
    elif name in _MODULES:
        value = import_module(f"derivx.{name}")
    else:
        raise AttributeError(f"module 'derivx' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
