"""``derivx completion``: the line that turns on completion in a shell."""

from __future__ import annotations

import click

from derivx.apps.worded import Worded

_LINES = {
    "bash": 'eval "$(_DERIVX_COMPLETE=bash_source derivx)"',
    "zsh": 'eval "$(_DERIVX_COMPLETE=zsh_source derivx)"',
    "fish": "_DERIVX_COMPLETE=fish_source derivx | source",
}


@click.command(cls=Worded)
@click.argument("shell", type=click.Choice(list(_LINES)))
def completion(shell: str) -> None:
    """Print the line to put into the start-up file of SHELL."""
    click.echo(_LINES[shell])
