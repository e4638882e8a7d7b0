"""Works: a derivation that somebody wrote, judged line by line."""

from derivx.works.check import check_lines
from derivx.works.result import Line, LineVerdict, WorkResult

__all__ = ["Line", "LineVerdict", "WorkResult", "check_lines"]
