"""The words a user sees, in English and Korean, from two tables with the same keys.

``say("rule.chain", "ko", u="u")`` fills a sentence. A Korean particle is written as a format,
``{u:을/를}``, and follows the final consonant of whatever stands before it.
"""

from __future__ import annotations

from typing import Any

from derivx.words.en import EN
from derivx.words.josa import Korean
from derivx.words.ko import KO

LANGUAGES = ("en", "ko")
TABLES = {"en": EN, "ko": KO}


def say(key: str, lang: str, **params: Any) -> str:
    """The sentence ``key`` in a language, with its parameters filled in."""
    text = TABLES[lang][key]
    if lang == "ko":
        params = {name: Korean(str(value)) for name, value in params.items()}
    return text.format(**params) if params else text


def has(key: str) -> bool:
    """Whether the tables know the key."""
    return key in EN


def both(key: str, **params: Any) -> dict[str, str]:
    """The sentence in every language, by language."""
    return {lang: say(key, lang, **params) for lang in LANGUAGES}
