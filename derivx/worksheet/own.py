"""A teacher's own words: text by language, with formulas between dollar signs. The text is read, never run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from derivx.errors import ReadError, UsageError
from derivx.expr import Expr
from derivx.render.sentences import Own
from derivx.syntax.reader import read
from derivx.words import LANGUAGES

_MARK = re.compile(r"(?<!\\)\$")
_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")


def own(given: str | Mapping[str, str], names: Iterable[str] = ()) -> Own:
    r"""The sentence that a text says in every language, or texts by language: ``"Find $dL/dw$ of $L = (y - p)^2$."``

    A formula is in the language of derivx, or in LaTeX; ``names`` declares variables. ``\$`` is the sign itself.
    Raises ``ReadError`` for a formula that cannot be read, ``UsageError`` for a language that is none.
    """
    texts = dict.fromkeys(LANGUAGES, given) if isinstance(given, str) else given
    for lang in texts:
        if lang not in LANGUAGES:
            raise UsageError("no_such_language", name=lang)
    declared = list(names)
    return Own({lang: tuple(_pieces(text, declared)) for lang, text in texts.items()})


def _pieces(text: str, names: list[str]) -> Iterable[str | Expr]:
    parts = _MARK.split(text)
    if len(parts) % 2 == 0:
        raise ReadError("dollar", text=text, start=max(i for i, c in enumerate(text) if c == "$"), expected="dollar")
    for i, part in enumerate(parts):
        if i % 2 == 0:
            yield from [part.replace(r"\$", "$")] if part else []
            continue
        for j, side in enumerate(_EQUALS.split(part)):
            yield from [" = "] if j else []
            yield read(side.strip(), names)
