"""English: verdicts on answers, and what went wrong in them."""

from __future__ import annotations

GRADING: dict[str, str] = {
    "grade.equal": "right",
    "grade.equal_on_domain": "right on the domain of the question",
    "grade.up_to_transpose": "not right: this is the transpose of the answer",
    "grade.up_to_sign": "not right: the sign is the opposite one",
    "grade.up_to_constant": "not right: it differs from the answer by a constant",
    "grade.near_miss": "not right, but very near",
    "grade.different": "not right",
    "grade.undecided": "this could not be decided; a person will look at it",
}
