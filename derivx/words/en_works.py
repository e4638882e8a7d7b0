"""English: what is said of a work, line by line."""

from __future__ import annotations

WORKS: dict[str, str] = {
    "work.line_right": "right",
    "work.line_given": "taken as given",
    "work.line_carried": "follows from the wrong line above, so the step itself is right",
    "work.line_wrong": "this does not follow",
    "work.line_too_far": "right, but too many steps at once",
    "work.line_undecided": "this could not be checked; a person will look at it",
    "work.unknown_name": "this line uses {name}, and the work does not say what it is",
    "work.no_path": "`{name}` does not depend on `{by}`: a chain goes from each value to one that it is made of",
    "work.instead": "right would be: {right}",
    "work.score": "score: {score} of {most}",
    "work.is_right": "Every line is right.",
    "work.is_unfinished": "No line is wrong, but the work does not end with the derivative carried out.",
    "work.is_wrong": "The first mistake is on line {line}.",
    "work.is_too_far": "No line is wrong, but a step is too big to be accepted.",
    "work.is_unread": "No line was found to be wrong, but not every line could be checked.",
}
