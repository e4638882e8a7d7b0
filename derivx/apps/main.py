"""The group of commands, each loaded when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from derivx import __version__

_COMMANDS = {
    "explain": "Derive a derivative line by line, every line proved.",
    "backprop": "Back-propagate through a program: every gradient once.",
    "graph": "Draw the computational graph of a program.",
    "network": "Derive the gradients of a dense network, layer by layer.",
    "check": "Check a derivation somebody wrote, line by line.",
    "grade": "Grade an answer: right in any form, and why it is wrong.",
    "grade-batch": "Grade a file of answers with many workers.",
    "worksheet": "Worksheets with keys: begin, build, check.",
    "ops": "List the operations derivx knows, or search them.",
    "doctor": "Say what is installed and which referees work.",
    "completion": "Print the line that turns on completion in your shell.",
}


class _Lazy(click.Group):
    """A group that imports a command only when it runs; the help needs no more than the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"derivx.apps.{module}"), module)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], _COMMANDS, 1) or ["explain"]
            ctx.fail(f"No such command '{args[0]}'. Did you mean: derivx {close[0]} ...?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="derivx")
def cli() -> None:
    """Derivatives explained line by line, every line proved.

    Try:  derivx explain "sigmoid(w*x+b)"
    """
