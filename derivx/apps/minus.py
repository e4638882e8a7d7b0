"""A command whose TEXT may begin with a minus: ``derivx explain "-x^2"``."""

from __future__ import annotations

import click

from derivx.apps.worded import Worded


class TakesMinus(Worded):
    """An argument that begins with ``-`` and is no option of the command is its TEXT."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put such arguments behind ``--``, where click takes them as they are."""
        flags: set[str] = {"-h", "--help"}
        valued: set[str] = set()
        for param in self.params:
            if isinstance(param, click.Option):
                names = {*param.opts, *param.secondary_opts}
                flags |= names
                if not param.is_flag:
                    valued |= names
        kept, texts, waiting = list[str](), list[str](), False
        for i, arg in enumerate(args):
            if arg == "--" and not waiting:
                texts += args[i + 1 :]
                break
            option = arg in flags or (arg.startswith("--") and (arg.split("=")[0] in flags or arg[2:3].isalpha()))
            if waiting or option or not arg.startswith("-") or arg == "-":
                kept.append(arg)
            else:
                texts.append(arg)
            waiting = not waiting and arg in valued
        return super().parse_args(ctx, [*kept, *(["--", *texts] if texts else [])])
