"""``derivx check``: a derivation that somebody wrote, line by line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from derivx.apps.errors import exits
from derivx.apps.minus import TakesMinus

_MOST = 1 << 20


@click.command(cls=TakesMinus)
@click.argument("work", metavar="FILE")
@click.option("--problem", metavar="TEXT")
@click.option("--wrt", metavar="NAMES")
@click.option("--domain", metavar="NAME=A:B", multiple=True)
@click.option("--assume", metavar="TEXT", multiple=True)
@click.option("--names", metavar="NAMES", default="")
@click.option("--max-skip", type=click.IntRange(0), metavar="N")
@click.option("--points", type=float, default=1.0)
@click.option("--seed", default="0")
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True)
def check(work: str, **options: Any) -> None:
    """Check a derivation line by line: the first wrong line, its mistake, and what follows from it."""
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
