"""What becomes of a text before anything is compared: it is read, or refused for a stated reason."""

from __future__ import annotations

from enum import StrEnum
from unicodedata import category

from derivx.errors import DerivxError, LimitError


class Outcome(StrEnum):
    """``OK``, or why an answer is refused."""

    OK = "Ok"
    EMPTY = "EmptyAnswer"
    SYNTAX = "SyntaxRejected"
    CONFUSABLE = "ConfusableRejected"
    AMBIGUOUS = "Ambiguous"
    NAME = "UnknownName"
    FUNCTION = "UnknownFunction"
    LIMIT = "LimitExceeded"
    SHAPES = "ShapesDoNotFit"
    PENDING = "NotCarriedOut"


# letters, digits, and what is not seen at all
_CONFUSABLE = ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Nd", "Nl", "No", "Cf")
_BY_KEY = {
    "empty": Outcome.EMPTY,
    "character": Outcome.CONFUSABLE,
    **dict.fromkeys(("unknown_function", "product_or_function"), Outcome.FUNCTION),
    "unknown_name": Outcome.NAME,
    **dict.fromkeys(("shapes", "misfit", "needs_array", "needs_axis", "needs_matrix", "needs_square", "needs_vector"), Outcome.SHAPES),
    **dict.fromkeys(("no_axis", "no_index", "einsum", "einsum_axes"), Outcome.SHAPES),
    "not_carried_out": Outcome.PENDING,
    **dict.fromkeys(("ambiguous_argument", "derivative_or_quotient", "power_of_function", "two_readings"), Outcome.AMBIGUOUS),
}


def outcome_of(error: DerivxError) -> Outcome:
    """The outcome that an error of the reader stands for."""
    if isinstance(error, LimitError):
        return Outcome.LIMIT
    if error.key == "character" and category(error.text[error.start : error.start + 1] or " ") not in _CONFUSABLE:
        return Outcome.SYNTAX
    return _BY_KEY.get(error.key, Outcome.SYNTAX)
