"""``derivx doctor``: what is installed, and whether each referee works here."""

from __future__ import annotations

import sys

import click

from derivx.apps.worded import Worded

_NEEDED = ("sympy", "numpy", "click", "autograd", "mpmath")
_EXTRAS = ("scipy", "torch", "jax", "gmpy2", "typst")
_QUESTION = "sigmoid(w*x + b)"


@click.command(cls=Worded)
@click.option("--lang", type=click.Choice(["en", "ko"]), default="en", show_default=True)
def doctor(lang: str) -> None:
    """Say what is installed and which referees work; exit with 1 if something needed does not."""
    from derivx import __version__
    from derivx.words import say

    click.echo(f"derivx {__version__}, Python {sys.version.split()[0]}")
    missing = [name for name in _NEEDED if not _row(name, lang)]
    for name in _EXTRAS:
        _row(name, lang)
    if missing:
        sys.exit(1)
    from derivx.api import Derivation, explain
    from derivx.render.block import pad
    from derivx.render.document import Summary

    found = explain(_QUESTION, "w")
    assert isinstance(found, Derivation)
    click.echo(f'\n{say("ui.doctor_referees", lang)}: derivx explain "{_QUESTION}"')
    for row in (r for part in found.page(lang).parts if isinstance(part, Summary) for r in part.rows):
        digits = say("ui.exact", lang) if row.digits is None else say("ui.digits", lang, n=str(int(row.digits)))
        shown = digits if row.verdict == "PASS" else say(f"skip.{row.reason}", lang) if row.reason else ""
        click.echo(f"  {pad(say('referee.' + row.referee, lang), 20)} {row.verdict:8} {shown}".rstrip())
    click.echo(f"\n{say('ui.doctor_sympy', lang)}")
    click.echo(f"  {say('ui.doctor_sympy_text', lang)}")
    sys.exit(0 if found.verdict == "PASS" else 1)


def _row(name: str, lang: str) -> bool:
    """One library: its version, or that it is missing."""
    from importlib.metadata import PackageNotFoundError, version

    from derivx.words import say

    try:
        found = version(name)
    except PackageNotFoundError:
        click.echo(f"  {name:10} {say('ui.doctor_missing', lang)}")
        return False
    click.echo(f"  {name:10} {found}")
    return True
