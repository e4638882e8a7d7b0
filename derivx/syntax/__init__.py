"""The grammar: reading and writing, both ways. ``read(write(e)) == e`` for every expression."""

from derivx.syntax.formulas import conditions, definition, kink_equations, partials
from derivx.syntax.reader import Reading, read, read_question
from derivx.syntax.tokens import Limits
from derivx.syntax.write import decimal_text, write, write_span

__all__ = [
    "Limits",
    "Reading",
    "conditions",
    "decimal_text",
    "definition",
    "kink_equations",
    "partials",
    "read",
    "read_question",
    "write",
    "write_span",
]
