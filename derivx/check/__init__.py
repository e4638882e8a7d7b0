"""Is every line true? Where to look, the referees, the verdict. Importing this room loads no numeric library."""

from derivx.check.verdict import Check, Verdict

__all__ = ["Check", "Verdict"]
