"""The words a user sees, in English and Korean, from two tables with the same keys.

``say("rule.chain", "ko", u="u")`` fills a sentence. A Korean particle is written as a format,
``{u:을/를}``, and follows the final consonant of whatever stands before it.
"""

from __future__ import annotations

from typing import Any

from derivx.words.en import EN
from derivx.words.josa import Korean
from derivx.words.ko import KO

__all__ = ["LANGUAGES", "TABLES", "Korean", "both", "has", "say"]

LANGUAGES = ("en", "ko")
TABLES = {"en": EN, "ko": KO}


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
    return key in EN


def both(key: str, **params: Any) -> dict[str, str]:
    """The sentence in every language, by language."""
    return {lang: say(key, lang, **params) for lang in LANGUAGES}
