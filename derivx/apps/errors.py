"""Errors as a command ends with them: words on stderr (or JSON on stdout), and the exit code of the error's class."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from derivx.errors import DerivxError
from derivx.words import LANGUAGES, say


@contextmanager
def exits(fmt: str, lang: str) -> Iterator[None]:
    """Turn an error of derivx into its words and its exit code."""
    try:
        yield
    except DerivxError as error:
        if fmt == "json" and error.exit_code != 1:
            import json

            from derivx.api import SCHEMA
            from derivx.render import error_dict

            click.echo(json.dumps({"schema": SCHEMA, "error": error_dict(error)}, ensure_ascii=False, indent=1))
        else:
            for one in LANGUAGES if lang == "both" else (lang,):
                click.echo(told(error, one), err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        click.echo(f"{error.filename}: {error.strerror}", err=True)
        sys.exit(2)


def told(error: DerivxError, lang: str) -> str:
    """What went wrong, the place with a caret, what was expected, a suggestion."""
    rows = [error.message(lang)]
    if error.text:
        rows += ["", *(f"  {row}" for row in error.caret().split("\n")), ""]
    if error.expected:
        rows.append(say("error.expected", lang, expected=say(f"expected.{error.expected}", lang)))
    if error.hint:
        rows.append(error.hint_text(lang))
    return "\n".join(rows).rstrip()
