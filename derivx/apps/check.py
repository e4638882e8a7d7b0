"""``derivx check``: a derivation that somebody wrote, line by line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from derivx.apps.errors import exits
from derivx.apps.minus import TakesMinus

EPILOG = """\b
Exit codes: 0 every line right, 1 a line wrong or the answer not reached,
2 a fault of the question, 3 the question cannot be read, 4 a line that no
machine can judge or that is not readable (a person decides)."""
_MOST = 1 << 20


@click.command(cls=TakesMinus, epilog=EPILOG)
@click.argument("work", metavar="FILE")
@click.option("--problem", metavar="TEXT", help="What is differentiated: an expression, or a program. Default: what the work says.")
@click.option("--wrt", metavar="NAMES", help="By what; several names for a higher derivative.")
@click.option("--domain", metavar="NAME=A:B", multiple=True, help="Where lines are compared, as in x=0.1:2. May be repeated.")
@click.option("--assume", metavar="TEXT", multiple=True, help='What is known of a name, as in "x > 0". May be repeated.')
@click.option("--names", metavar="NAMES", default="", help="Further names that a work may use.")
@click.option("--max-skip", type=click.IntRange(0), metavar="N", help="How many operations may be differentiated in one line.")
@click.option("--points", type=float, default=1.0, help="What a right work is worth.  [default: 1]")
@click.option("--seed", default="0", help="A secret from which the points are drawn.")
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True, help="What to print.")
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True, help="The language of the words.")
def check(work: str, **options: Any) -> None:
    """Check a derivation line by line: the first wrong line, its mistake, and what follows from it.

    FILE holds the lines, - reads them from standard input. The lines are read, never run.
    """
    with exits(options["fmt"], options["lang"]):
        result = _checked(_text(work), options)
        if options["fmt"] == "json":
            click.echo(result.to_json())
        else:
            langs = ("en", "ko") if options["lang"] == "both" else (options["lang"],)
            click.echo("\n\n".join(result.text(lang) for lang in langs))
    sys.exit({"right": 0, "unread": 4}.get(result.status, 1))


def _text(work: str) -> str:
    if work == "-":
        return sys.stdin.read(_MOST)
    with Path(work).open(encoding="utf-8-sig", errors="replace") as file:
        return file.read(_MOST)


def _checked(text: str, options: dict[str, Any]) -> Any:
    from derivx.api import check_work
    from derivx.works.header import intervals

    return check_work(
        text,
        options["problem"] or "",
        options["wrt"] or "",
        domain=intervals(options["domain"]) or None,
        assume=options["assume"] or None,
        variables=tuple(n.strip() for n in options["names"].split(",") if n.strip()),
        max_skip=options["max_skip"],
        points=options["points"],
        seed=options["seed"],
    )
