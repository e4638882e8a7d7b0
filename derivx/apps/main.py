"""The group of commands, each loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from derivx import __version__
from derivx.apps.worded import language, speak, table, told

_COMMANDS = (
    "explain", "backprop", "graph", "network", "check", "grade", "grade-batch", "worksheet", "ops", "doctor", "completion",
)  # fmt: skip


class _Lazy(click.Group):
    """A group that imports a command only when it runs; the help needs no more than a table of words."""

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
            ctx.fail(told("no_command", name=args[0], close=close[0]))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        words = table(language())
        with formatter.section(words["click.commands"]):
            formatter.write_dl([(name, words[f"help.{name.replace('-', '_')}.short"]) for name in _COMMANDS])

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help page."""
        for param in self.params:
            if isinstance(param, click.Option) and param.name == "version":
                param.help = table(language())["click.version"]
        super().format_help(ctx, formatter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What derivx is."""
        self.help = told("cli")
        super().format_help_text(ctx, formatter)

    def main(self, *args: Any, **options: Any) -> Any:
        """Run, in the language of the user."""
        speak()
        return super().main(*args, **options)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="derivx")
def cli() -> None:
    """Derivatives explained line by line, every line proved."""
