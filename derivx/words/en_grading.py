"""English: verdicts on answers, and what went wrong in them."""

from __future__ import annotations

GRADING: dict[str, str] = {
    "grade.equal": "right",
    "grade.equal_on_domain": "right on the domain of the question",
    "grade.within_tolerance": "right within the tolerance of the question",
    "grade.wrong_form": "the value is right, but not the form that was asked for",
    "grade.up_to_transpose": "not right: this is the transpose of the answer",
    "grade.up_to_sign": "not right: the sign is the opposite one",
    "grade.up_to_constant": "not right: it differs from the answer by a constant",
    "grade.near_miss": "not right, but very near",
    "grade.different": "not right",
    "grade.undecided": "this could not be decided; a person will look at it",
    "grade.at_step": "Line {step} of the derivation: {hint}",
    "grade.form.simplified": "it can be simplified further",
    "grade.form.factored": "it can be factored further",
    "grade.form.expanded": "there are brackets left to multiply out",
    "grade.form.must_contain": "`{word}` is missing in it",
    "grade.form.must_not_contain": "`{word}` must not be in it",
    "grade.lost": "grading this answer ended its process; a person will look at it",
    "grade.progress": "{rows} rows, {speed} a second",
}
