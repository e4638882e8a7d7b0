"""``derivx backprop`` and ``derivx graph``: what they share, and the two commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from derivx.apps.errors import exits
from derivx.apps.explain import load_referees, progress, screen, values, write_out
from derivx.apps.minus import TakesMinus

_FORMATS = ("text", "latex", "markdown", "html", "json", "speech", "typst", "pdf", "svg", "tikz", "numpy", "torch", "jax")
_ARRAYS = (".csv", ".json", ".npz", ".npy")


def _shared(command: Any) -> Any:
    """The options of both commands."""
    for option in reversed((
        click.option("--wrt", metavar="NAMES"),
        click.option("--at", multiple=True, metavar="VALUES"),
        click.option("--names", metavar="NAMES", default=""),
        click.option("--define", multiple=True, metavar="LINE"),
        click.option("--nodes", type=click.Choice(["equations", "operations"])),
        click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True),
        click.option("--standalone", is_flag=True),
        click.option("--ascii", "ascii_only", is_flag=True),
        click.option("--width", type=click.IntRange(40, 200), metavar="COLUMNS"),
        click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE"),
    )):  # fmt: skip
        command = option(command)
    return command


@click.command(cls=TakesMinus)
@click.argument("program", metavar="PROGRAM")
@_shared
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--detail", type=click.Choice(["brief", "normal", "full"]), default="normal", show_default=True)
@click.option("--engine", type=click.Choice(["typst", "latex"]), default="typst", show_default=True)
@click.option("--paths", metavar="NAMES")
@click.option("--rate", type=float, metavar="ALPHA")
@click.option("--digits", type=click.IntRange(1, 17), default=6, show_default=True)
@click.option("--check/--no-check", default=True)
@click.option("--also", multiple=True, type=click.Choice(["torch", "jax"]))
def backprop(program: str, **options: Any) -> None:
    """Back-propagate through PROGRAM: every gradient computed once, used again, and proved."""
    with exits(options["fmt"], options["lang"]):
        _backprop(_text(program), options)


@click.command(cls=TakesMinus)
@click.argument("program", metavar="PROGRAM")
@_shared
@click.option("--format", "fmt", type=click.Choice(["text", "svg", "tikz", "html"]), default="text", show_default=True)
def graph(program: str, **options: Any) -> None:
    """Draw the computational graph of PROGRAM, with values above and gradients below where there are numbers."""
    with exits(options["fmt"], options["lang"]):
        _graph(_text(program), options)


def _text(program: str) -> str:
    """The program itself, from a file or from standard input where that is meant."""
    if program == "-":
        return sys.stdin.read()
    if not any(sign in program for sign in "=;\n") and len(program) < 1000 and Path(program).is_file():
        return Path(program).read_text(encoding="utf-8-sig", errors="replace")
    return program


def _sweep(text: str, options: dict[str, Any], *, check: bool) -> Any:
    from derivx.api import backprop as propagate
    from derivx.api import define
    from derivx.syntax.program import read_program

    for line in options["define"]:
        define(line)
    declared = [n.strip() for n in options["names"].split(",") if n.strip()]
    if check:
        read_program(text, declared)  # what cannot be read is said at once
        load_referees(progress(options["lang"]))
    return propagate(
        text,
        options["wrt"],
        at=_numbers(options["at"]),
        operations={"equations": False, "operations": True}.get(options["nodes"] or ""),
        names=declared,
        check=check,
        also=options.get("also", ()),
    )


def _backprop(text: str, options: dict[str, Any]) -> None:
    from derivx.errors import CheckFailed

    sweep = _sweep(text, options, check=options["check"])
    write_out(_printed(sweep, options), options["output"])
    if sweep.verdict == "FAIL":
        raise CheckFailed("check_failed", referee="complex_step")


def _printed(sweep: Any, options: dict[str, Any]) -> str | bytes:
    from derivx.errors import NotSupported

    fmt, lang = options["fmt"], options["lang"]
    if fmt == "json":
        import json

        return json.dumps(sweep.to_dict(options["rate"]), ensure_ascii=False, indent=1)
    if fmt in ("svg", "tikz"):
        return _drawn(sweep, options)
    if fmt in ("numpy", "torch", "jax"):
        if not hasattr(sweep, "code"):
            raise NotSupported("no_picture")
        return str(sweep.code(fmt))
    shown: dict[str, Any] = {"detail": options["detail"], "rate": options["rate"], "digits": options["digits"]}
    if options["paths"]:
        shown["paths"] = [n.strip() for n in options["paths"].split(",")]
    if fmt == "latex":
        return str(sweep.latex(lang, standalone=options["standalone"], **shown))
    if fmt in ("markdown", "html", "speech", "typst"):
        return str(getattr(sweep, fmt)(lang, **shown))
    if fmt == "pdf":
        return bytes(sweep.pdf(lang, engine=options["engine"], **shown))
    return str(sweep.text(lang, **screen(options), **shown))


def _graph(text: str, options: dict[str, Any]) -> None:
    write_out(_drawn(_sweep(text, options, check=False), options), options["output"])


def _drawn(sweep: Any, options: dict[str, Any]) -> str:
    from derivx.errors import NotSupported

    lang = options["lang"]
    if not hasattr(sweep, "svg"):
        raise NotSupported("no_picture")
    if options["fmt"] == "svg":
        return str(sweep.svg(lang))
    if options["fmt"] == "html":
        return str(sweep.html(lang, detail="brief"))
    if options["fmt"] == "tikz":
        return str(sweep.tikz(lang, standalone=options["standalone"]))
    look = screen(options)
    return str(sweep.drawing(lang, width=look["width"], ascii=look["ascii"]))


def _numbers(given: tuple[str, ...]) -> dict[str, Any] | None:
    """``w=0.5,x=2`` and files, put together in their order."""
    out: dict[str, Any] = {}
    for text in given:
        if text.lower().endswith(_ARRAYS) and "=" not in text:
            from derivx.apps.numbers import from_file

            out.update(from_file(Path(text)))
        else:
            out.update(values(text) or {})
    return out or None
