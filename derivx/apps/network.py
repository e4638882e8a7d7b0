"""``derivx network``: a layer list as a program, its gradients layer by layer, and with ``--init`` in numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from derivx.apps.errors import exits
from derivx.apps.explain import load_referees, progress, screen, write_out
from derivx.apps.worded import Worded

_FORMATS = ("text", "latex", "markdown", "html", "json", "speech", "typst", "pdf")


@click.command(cls=Worded)
@click.argument("layers", metavar="LAYERS")
@click.option("--batch", metavar="N")
@click.option("--show-program", is_flag=True)
@click.option("--init", type=int, metavar="SEED")
@click.option("--rate", type=float, default=0.1, show_default=True, metavar="ALPHA")
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--standalone", is_flag=True)
@click.option("--engine", type=click.Choice(["typst", "latex"]), default="typst", show_default=True)
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True)
@click.option("--check/--no-check", default=True)
@click.option("--ascii", "ascii_only", is_flag=True)
@click.option("--width", type=click.IntRange(40, 200), metavar="COLUMNS")
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE")
def network(layers: str, **options: Any) -> None:
    """Derive the gradients of a dense network, layer by layer."""
    with exits(options["fmt"], options["lang"]):
        _network(layers, options)


def _network(layers: str, options: dict[str, Any]) -> None:
    from derivx.networks.layers import read_layers, read_toml

    is_file = layers.endswith(".toml")
    batch = options["batch"]
    found = read_toml(Path(layers).read_text(encoding="utf-8"), batch) if is_file else read_layers(layers, batch)
    if options["show_program"]:
        write_out(found.program(), options["output"])
        return
    if options["check"]:
        load_referees(progress(options["lang"]))
    from derivx.api.networks import explain_network

    chapter = explain_network(found, check=options["check"], seed=options["init"], rate=options["rate"])
    fmt, lang = options["fmt"], options["lang"]
    if fmt == "json":
        import json

        text: str | bytes = json.dumps(chapter.to_dict(), ensure_ascii=False, indent=1)
    elif fmt == "latex":
        text = chapter.latex(lang, standalone=options["standalone"])
    elif fmt == "pdf":
        text = chapter.pdf(lang, engine=options["engine"])
    elif fmt in ("markdown", "html", "speech", "typst"):
        text = getattr(chapter, fmt)(lang)
    else:
        text = chapter.text(lang, **screen(options))
    write_out(text, options["output"])
    if chapter.verdict == "FAIL":
        from derivx.errors import CheckFailed

        raise CheckFailed("check_failed", referee="complex_step")
