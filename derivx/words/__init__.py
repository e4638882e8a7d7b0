"""The words a user sees, in English and Korean, from two tables with the same keys.

``say("rule.chain", "ko", u="u")`` fills a sentence. A Korean particle is written as a format,
``{u:을/를}``, and follows the final consonant of whatever stands before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from derivx.words.josa import Korean

__all__ = ["LANGUAGES", "TABLES", "Korean", "both", "has", "say"]

LANGUAGES = ("en", "ko")


@cache
def _table(lang: str) -> Mapping[str, str]:
    words: Mapping[str, str] = getattr(import_module(f"derivx.words.{lang}"), lang.upper())
    return words


class _Tables(Mapping[str, Mapping[str, str]]):
    """The table of each language, loaded when it is first asked for."""

    def __getitem__(self, lang: str) -> Mapping[str, str]:
        if lang not in LANGUAGES:
            raise KeyError(lang)
        return _table(lang)

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


TABLES: Mapping[str, Mapping[str, str]] = _Tables()


def say(key: str, lang: str, **params: Any) -> str:
    """The sentence ``key`` in a language, with its parameters filled in. Raises ``KeyError`` where one is missing."""
    text = TABLES[lang][key]
    if not params:
        return text
    return text.format(**{name: _spoken(value) for name, value in params.items()}) if lang == "ko" else text.format(**params)


def _spoken(value: Any) -> Korean:
    return value if isinstance(value, Korean) else Korean(str(value))


def has(key: str) -> bool:
    """Whether the tables know the key."""
    return key in TABLES["en"]


def both(key: str, **params: Any) -> dict[str, str]:
    """The sentence in every language, by language."""
    return {lang: say(key, lang, **params) for lang in LANGUAGES}
