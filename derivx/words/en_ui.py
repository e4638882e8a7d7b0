"""English: what stands around the mathematics on a page, a screen and a table."""

from __future__ import annotations

UI: dict[str, str] = {
    # Around a derivation.
    "ui.answer": "Answer",
    "ui.rejected": "Rejected",
    "ui.where": "where",
    "ui.condition": "for {condition}",
    "ui.kink": "kink at {point}",
    "ui.convention": "At a kink the derivative is a convention, here the value that deep-learning libraries use.",
    "ui.cases_otherwise": "otherwise",
    "ui.note": "Note",
    "ui.loading": "loading the referees ...",
    "ui.curve": "on the curve",
    "ui.numbers": "With numbers",
    # Checks.
    "ui.checked": "Checked",
    "ui.not_verified": "not verified",
    "ui.digits": "{n} digits",
    "ui.exact": "exact",
    "referee.autograd": "autograd",
    "referee.complex_step": "complex step",
    "referee.finite_difference": "finite differences",
    "referee.jax": "JAX",
    "referee.mpmath": "mpmath",
    "referee.sympy": "SymPy",
    "referee.torch": "PyTorch",
    "verdict.FAIL": "rejected",
    "verdict.ILL_CONDITIONED": "ill-conditioned",
    "verdict.KINK": "kink",
    "verdict.PASS": "verified",
    "verdict.SKIPPED": "skipped",
    "verdict.STRUCTURAL_ZERO": "always zero",
    "verdict.UNDEFINED": "undefined",
    "skip.definition": "a name for what stands there",
    "skip.implicit": "implicit derivative",
    "skip.no_scipy": "SciPy is not installed",
    "skip.no_point": "no sample point in the domain",
    "skip.nested": "derivatives nested too deeply",
    "skip.not_installed": "not installed",
    "skip.not_proved": "no proof found",
    "skip.pending": "a derivative is still pending",
    "skip.too_large": "too large for an exact proof",
    # Tables.
    "ui.table_formula": "formula",
    "ui.table_reason": "reason",
    # Hints.
    "ui.hint": "Hint",
    # The doctor.
    "ui.doctor_referees": "referees",
    "ui.doctor_missing": "not installed",
    "ui.doctor_sympy": "What SymPy does here",
    "ui.doctor_sympy_text": (
        "Local derivatives proved, answers and lines proved equal, expressions factored and cancelled; never as a parser."
    ),
}
