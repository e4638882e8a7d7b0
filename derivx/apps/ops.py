"""``derivx ops``: the cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from derivx.apps.errors import exits
from derivx.apps.worded import Worded

if TYPE_CHECKING:
    from derivx.ops import Op


@click.command(cls=Worded)
@click.argument("search", required=False, default="")
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True)
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", show_default=True)
def ops(search: str, lang: str, fmt: str) -> None:
    """List the operations derivx knows; with SEARCH, those whose name, alias or description has it."""
    with exits(fmt, lang):
        from derivx import ops as cards
        from derivx.errors import UsageError

        word = search.lower()
        found = [op for op in (*cards.cards(), *cards.array_cards()) if op.notation != "compare" and word in _words(op)]
        if not found:
            raise UsageError("no_such_op", name=search)
        click.echo(_json(found) if fmt == "json" else "\n".join(_rows(found, lang)))


def _words(op: Op) -> str:
    return " ".join((op.name, op.text, op.names.en, op.names.ko, *op.names.aliases)).lower()


def _json(found: Sequence[Op]) -> str:
    import json
    from dataclasses import asdict

    rows = [{k: v for k, v in asdict(op).items() if k != "value"} for op in found]
    return json.dumps({"schema": "derivx/1", "ops": rows}, ensure_ascii=False, indent=1)


def _rows(found: Sequence[Op], lang: str) -> list[str]:
    from derivx.words import say

    out: list[str] = []
    for op in found:
        names = {"en": op.names.en, "ko": op.names.ko, "both": f"{op.names.en} / {op.names.ko}"}[lang]
        head = f"{op.text}({op.args})"
        alias = f"  [{', '.join(op.names.aliases)}]" if op.names.aliases else ""
        out.append(f"{head:24} {names}{alias}")
        one = "ko" if lang == "ko" else "en"
        local = f"d = {op.d}" if op.d else say("ui.ops_sympy" if op.shape == "elementwise" else "ui.ops_form", one)
        domain = f"   {op.domain}" if op.domain else ""
        kinks = f"   {say('ui.ops_kinks', one)} {op.kinks}" if op.kinks and op.kinks != "c" else ""
        out.append(f"{'':24} {local}{domain}{kinks}   ({op.source})")
    return out
