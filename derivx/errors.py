"""One root error carrying data: what went wrong, where, what was expected, a suggestion. Words come last.

The class says who must act: ``ReadError`` the writer of the text, ``NotSupported`` nobody yet,
``LimitError`` whoever set the budget, ``CheckFailed`` us.
"""

from __future__ import annotations

from typing import Any, ClassVar

from derivx.words import say


class DerivxError(Exception):
    """The only exception that text given to derivx can raise.

    ``key`` names a sentence of the word tables and ``params`` fill it; ``text`` is the input, ``start`` and
    ``end`` the characters at fault (0-based), ``hint`` a suggested mend; ``where`` the file, and perhaps the line, it is about.
    """

    exit_code: ClassVar[int] = 3

    def __init__(
        self,
        key: str,
        *,
        text: str = "",
        start: int = 0,
        end: int = 0,
        expected: str = "",
        hint: str = "",
        where: str = "",
        **params: Any,
    ) -> None:
        super().__init__(key)
        self.key, self.params = key, params
        self.text, self.start, self.end = text, start, max(end, start + 1)
        self.expected, self.hint, self.where = expected, hint, where

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.key, self.__dict__)

    @property
    def line(self) -> int:
        """The line of the place, from 1."""
        return self.text.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """The column of the place, from 1."""
        return self.start - (self.text.rfind("\n", 0, self.start) + 1) + 1

    def message(self, lang: str = "en") -> str:
        """The sentence, in English (``en``) or Korean (``ko``)."""
        return (f"{self.where}: " if self.where else "") + say(f"error.{self.key}", lang, **self.params)

    def hint_text(self, lang: str = "en") -> str:
        """The suggestion as a sentence, or nothing."""
        return say("error.hint", lang, hint=self.hint) if self.hint else ""

    def caret(self) -> str:
        """The line at fault with a caret under the place, at most 76 columns of it."""
        if not self.text:
            return ""
        line = self.text.split("\n")[self.line - 1]
        left = max(0, self.column - 1 - 40)
        shown = "".join(c if c.isprintable() else "�" for c in line[left : left + 76])
        width = max(1, min(self.end - self.start, len(shown) - (self.column - 1 - left)))
        return f"{shown}\n{' ' * (self.column - 1 - left)}{'^' * width}"

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.text and not self.where else ""
        parts = [place + self.message()]
        if self.text:
            parts.append(self.caret())
        if self.expected:
            parts.append(say("error.expected", "en", expected=say(f"expected.{self.expected}", "en")))
        if self.hint:
            parts.append(self.hint_text())
        return "\n".join(parts)


class ReadError(DerivxError):
    """The text cannot be read."""


class LimitError(DerivxError):
    """The input is over a stated budget (length, tokens, depth, size of a number)."""

    exit_code = 5


class NotSupported(DerivxError):
    """The question is understood and not (yet) answered by derivx."""

    exit_code = 4


class UsageError(DerivxError):
    """An argument of a call or a command does not fit."""

    exit_code = 2


class CheckFailed(DerivxError):
    """A referee rejected a line; nothing is shown as an answer."""

    exit_code = 1


class RendererMissing(DerivxError):
    """An output format needs something that is not installed."""

    exit_code = 6


def _revive(cls: type[DerivxError], key: str, state: dict[str, Any]) -> DerivxError:
    error = cls(key)
    error.__dict__.update(state)
    return error
