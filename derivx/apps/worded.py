"""Commands whose help comes from the word tables, in the language of the user: ``DERIVX_LANG``, or else that of the system.

A parameter is told by ``help.COMMAND.PARAMETER``, by the words its family of commands shares, or by those of all commands.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

_FAMILIES = {"backprop": "program", "graph": "program", "grade": "question", "grade_batch": "question"}
_EXITS = {"backprop": "explain", "graph": "explain", "network": "explain"}  # whose exit codes a command has
_SPEAKS = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")  # the files of click that have words


def language() -> str:
    """``ko`` or ``en``: what ``DERIVX_LANG`` says, or else the first of ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set."""
    chosen = (os.environ.get(name) for name in ("DERIVX_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return "ko" if next(filter(None, chosen), "").lower().startswith("ko") else "en"


def table(lang: str) -> dict[str, str]:
    """The words of help alone, which take no time to load."""
    words: dict[str, str] = import_module(f"derivx.words.{lang}_help").HELP
    return words


def told(key: str, **params: str) -> str:
    """A text of the table in the user's language."""
    text = table(language())[f"help.{key}"]
    if params:
        from derivx.words import say

        return say(f"help.{key}", language(), **params)
    return text


def scope_of(ctx: click.Context) -> str:
    """What a command is called in the table: ``grade_batch``, ``worksheet_new``."""
    names: list[str] = []
    while ctx.parent is not None:
        names.insert(0, ctx.info_name or "")
        ctx = ctx.parent
    return "_".join(names).replace("-", "_")


def key_of(scope: str, param: str) -> str:
    """Under which key a parameter of a command is told; a key that is not there where none is."""
    words = table("en")
    families = (scope, _FAMILIES.get(scope, scope.split("_", maxsplit=1)[0]), "option")
    return next((key for key in (f"help.{one}.{param}" for one in families) if key in words), f"help.{scope}.{param}")


class Worded(click.Command):
    """A command without words of its own."""

    def worded(self, scope: str) -> None:
        """Put the words of the user's language in."""
        words = table(language())
        self.help = words[f"help.{scope}"]
        self.epilog = words.get(f"help.{_EXITS.get(scope, scope)}.epilog")
        for param in self.params:
            if isinstance(param, click.Option) and param.name != "help":
                param.help = words.get(key_of(scope, param.name or ""), param.help)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help page."""
        self.worded(scope_of(ctx))
        super().format_help(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """The options, each with its help."""
        self.worded(scope_of(ctx))
        return super().shell_complete(ctx, incomplete)


class WordedGroup(Worded, click.Group):
    """A group of such commands."""

    def worded(self, scope: str) -> None:
        """Its own words, and the help of its commands for the list of them."""
        super().worded(scope)
        for name, command in self.commands.items():
            command.help = told(f"{scope}_{name.replace('-', '_')}")


def speak() -> None:
    """Have click itself speak Korean to a Korean user; what the table does not have stays English."""
    if language() != "ko":
        return
    english, korean = table("en"), table("ko")
    words = {text: korean[key] for key, text in english.items() if key.startswith("click.")}

    def said(text: str) -> str:
        return words.get(text, text) if language() == "ko" else text

    for name in _SPEAKS:
        module = sys.modules.get(f"click.{name}")
        if hasattr(module, "_"):
            module._ = said  # type: ignore[union-attr]
        if hasattr(module, "ngettext"):
            module.ngettext = lambda one, many, count: said(many) if said(many) != many else one if count == 1 else many  # type: ignore[union-attr]
