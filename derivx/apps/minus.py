"""A command whose TEXT may begin with a minus: ``derivx explain "-x^2"``."""

from __future__ import annotations

import re

import click

from derivx.apps.worded import Worded

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


class TakesMinus(Worded):
    """An argument that begins with ``-`` and is no option of the command is its TEXT.

    So is what follows an option that wants a number or nothing, where it is no number.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such arguments behind ``--``, where click takes them as they are."""
        flags: set[str] = {"-h", "--help"}
        valued: set[str] = set()
        alone: dict[str, str] = {}  # options whose number may be left out, and what is meant then
        for param in self.params:
            if isinstance(param, click.Option):
                names = {*param.opts, *param.secondary_opts}
                flags |= names
                if not param.is_flag:
                    valued |= names
                if not param.is_flag and isinstance(param.flag_value, str):
                    alone |= dict.fromkeys(names, param.flag_value)
        kept, texts, waiting = list[str](), list[str](), False
        for i, arg in enumerate(args):
            if arg == "--" and not waiting:
                texts += args[i + 1 :]
                break
            option = arg in flags or (arg.startswith("--") and (arg.split("=")[0] in flags or arg[2:3].isalpha()))
            if arg in alone and not waiting and not _NUMBER.fullmatch(args[i + 1] if i + 1 < len(args) else ""):
                kept.append(f"{arg}={alone[arg]}")
                continue
            if waiting or option or not arg.startswith("-") or arg == "-":
                kept.append(arg)
            else:
                texts.append(arg)
            waiting = not waiting and arg in valued
        return super().parse_args(ctx, [*kept, *(["--", *texts] if texts else [])])
