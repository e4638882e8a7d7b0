"""Derivations: lines and why each follows, by hand from the rules."""

from derivx.derive.byhand import answer, derive, derive_implicit, variables
from derivx.derive.fold import DETAILS, folded
from derivx.derive.step import Derivation, Step

__all__ = ["DETAILS", "Derivation", "Step", "answer", "derive", "derive_implicit", "folded", "variables"]
