"""``derivx network``: a layer list as a program, its gradients layer by layer, and with ``--init`` in numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from derivx.apps.errors import exits
from derivx.apps.explain import EPILOG, load_referees, progress, screen, write_out

_FORMATS = ("text", "latex", "markdown", "json", "speech", "typst", "pdf")


@click.command(epilog=EPILOG)
@click.argument("layers", metavar="LAYERS")
@click.option("--batch", metavar="N", help="A row for each of N samples: a letter or a number. Default: one sample.")
@click.option("--show-program", is_flag=True, help="Print the program, which can be edited and explained.")
@click.option("--init", type=int, metavar="SEED", help="Draw the parameters and the data, and go through it in numbers.")
@click.option("--rate", type=float, default=0.1, show_default=True, metavar="ALPHA", help="The learning rate of the update.")
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True, help="What to print.")
@click.option("--standalone", is_flag=True, help="With LaTeX: a whole document that compiles.")
@click.option(
    "--engine", type=click.Choice(["typst", "latex"]), default="typst", show_default=True, help="With --format pdf: what sets it."
)
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True, help="The language of the words.")
@click.option("--check/--no-check", default=True, help="Have every gradient proved.  [default: check]")
@click.option("--ascii", "ascii_only", is_flag=True, help="Use ASCII characters only.")
@click.option("--width", type=click.IntRange(40, 200), metavar="COLUMNS", help="Width of the text, at most 80 by default.")
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to a file.")
def network(layers: str, **options: Any) -> None:
    """Derive the gradients of a dense network, layer by layer.

    LAYERS is a list such as "2-3-1 tanh mse" or "784-128-10 relu softmax-ce", or a TOML file.
    """
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
    elif fmt in ("markdown", "speech", "typst"):
        text = getattr(chapter, fmt)(lang)
    else:
        text = chapter.text(lang, **screen(options))
    write_out(text, options["output"])
    if chapter.verdict == "FAIL":
        from derivx.errors import CheckFailed

        raise CheckFailed("check_failed", referee="complex_step")
