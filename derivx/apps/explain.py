"""``derivx explain``: the derivation of an expression, in the terminal or as LaTeX, Markdown or JSON."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from derivx.apps.errors import exits
from derivx.apps.minus import TakesMinus

_FORMATS = ("text", "latex", "markdown", "html", "json", "speech", "typst", "pdf")


@click.command(cls=TakesMinus)
@click.argument("text", metavar="TEXT")
@click.option("--wrt", metavar="NAMES")
@click.option("--order", type=click.IntRange(1, 9), default=1, show_default=True)
@click.option("--mixed", metavar="NAMES")
@click.option("--implicit", metavar="NAME")
@click.option("--at", metavar="VALUES")
@click.option("--define", multiple=True, metavar="LINE")
@click.option("--names", metavar="NAMES", default="")
@click.option("--shape", "shape", multiple=True, metavar="NAME=DIMS")
@click.option(
    "--layout",
    type=click.Choice(["gradient", "numerator", "denominator", "mixed"]),
    default="gradient",
    show_default=True,
)
@click.option("--vec", is_flag=True)
@click.option(
    "--method",
    type=click.Choice(["pullback", "differential", "index"]),
    default="pullback",
    show_default=True,
)
@click.option("--part", metavar="FORMULA")
@click.option("--dims", is_flag=True)
@click.option("--detail", type=click.Choice(["brief", "normal", "full"]))
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--standalone", is_flag=True)
@click.option("--engine", type=click.Choice(["typst", "latex"]), default="typst", show_default=True)
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en", show_default=True)
@click.option("--full-sentences", is_flag=True)
@click.option("--check/--no-check", default=True)
@click.option("--also", multiple=True, type=click.Choice(["torch", "jax"]))
@click.option("--hint", is_flag=True)
@click.option("--upto", type=click.IntRange(0), metavar="STEP")
@click.option("--blank", metavar="LINES", default="")
@click.option("--rubric", metavar="[POINTS]", is_flag=False, flag_value="auto", default="")
@click.option("--ascii", "ascii_only", is_flag=True)
@click.option("--width", type=click.IntRange(40, 200), metavar="COLUMNS")
@click.option("-o", "--output", type=click.Path(dir_okay=False), metavar="FILE")
def explain(text: str, **options: Any) -> None:
    """Derive the derivative of TEXT line by line, and prove every line."""
    with exits(options["fmt"], options["lang"]):
        _explain(sys.stdin.read().strip() if text == "-" else text, options)


def _explain(text: str, options: dict[str, Any]) -> None:
    from derivx.api import Derivation, Derivations, define
    from derivx.check.verdict import Verdict
    from derivx.errors import CheckFailed, UsageError
    from derivx.syntax import read_question

    refused = "json" if options["fmt"] == "json" else "--hint" if options["hint"] else ""
    for name in ("blank", "rubric"):
        if refused and options[name]:
            raise UsageError("bad_option", option=f"--{name}", value=refused)
    for line in options["define"]:
        define(line)
    fmt, declared = options["fmt"], [n.strip() for n in options["names"].split(",") if n.strip()]
    if options["check"]:
        if not (options["shape"] or ":" in text):
            read_question(text, declared)  # what cannot be read is said at once
        load_referees(progress(options["lang"]))
    found = _derived(text, options, declared)
    several = Derivations([found]) if isinstance(found, Derivation) else found
    if not isinstance(several, Derivations):
        write_out(_printed(several, options, dims=options["dims"]), options["output"])
        if several.verdict == "FAIL":
            raise CheckFailed("check_failed", referee="complex_step")
        return
    if options["hint"] and fmt == "text":
        _hints(several, options)
    else:
        write_out(_printed(several, options), options["output"])
    rejected = [check for derivation in several for check in derivation.checks if check.verdict is Verdict.FAIL]
    if rejected:
        raise CheckFailed("check_failed", referee=rejected[0].referee)


def _derived(text: str, options: dict[str, Any], declared: list[str]) -> Any:
    from derivx.api import explain

    return explain(
        text,
        options["mixed"] or options["wrt"],
        order=options["order"],
        mixed=bool(options["mixed"]),
        implicit=options["implicit"],
        names=declared,
        at=values(options["at"]),
        detail=options["detail"] or ("normal" if options["fmt"] == "json" else "brief"),
        check=options["check"],
        also=options["also"],
        shapes=_shapes(options["shape"]),
        layout=options["layout"],
        vec=options["vec"],
        method=options["method"],
        part=options["part"],
    )


def load_referees(say: Any) -> None:
    """The libraries of the referees, once, with the collector at rest; then none of their objects is looked at again.

    Threads for large matrices would only be started and stopped.
    """
    import gc

    say("ui.loading")
    for pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(pool, "1")
    # SymPy's sums ask for its tensors, and its derivatives for its arrays
    for library in ("autograd.numpy", "sympy", "sympy.tensor.array", "sympy.tensor.tensor", "derivx.check.lines"):
        import_module(library)

    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    say("")


def progress(lang: str) -> Any:
    """A word on a terminal's stderr while something long goes on; elsewhere nothing."""
    from derivx.words import say

    if not sys.stderr.isatty():
        return lambda _: None

    def show(key: str) -> None:
        click.echo(f"\r\033[K{say(key, 'ko' if lang == 'ko' else 'en') if key else ''}", nl=False, err=True)

    return show


def _shapes(given: tuple[str, ...]) -> dict[str, tuple[int | str, ...]] | None:
    """``W=m,n`` as shapes."""
    from derivx.errors import UsageError

    out: dict[str, tuple[int | str, ...]] = {}
    for text in given:
        name, sign, dims = (piece.strip() for piece in text.partition("="))
        parts = [d.strip() for d in dims.strip("()").split(",") if d.strip()]
        if not sign or not all(d.isdecimal() or d.isidentifier() for d in parts):
            raise UsageError("bad_value", name="--shape", value=text)
        out[name] = tuple(int(d) if d.isdecimal() else d for d in parts)
    return out or None


def values(text: str | None) -> dict[str, float] | None:
    """``w=0.5,x=2`` as numbers; a value may be any expression of numbers (``pi/4``)."""
    if not text:
        return None
    from derivx.check.worked import constant
    from derivx.errors import UsageError

    out: dict[str, float] = {}
    for part in text.replace(";", ",").split(","):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not name:
            raise UsageError("bad_value", name=name or part, value=value)
        out[name] = constant(name, value)
    return out


def _printed(several: Any, options: dict[str, Any], **more: Any) -> str | bytes:
    fmt, lang = options["fmt"], options["lang"]
    if fmt == "json":
        import json

        return json.dumps(several.to_dict(), ensure_ascii=False, indent=1)
    shared: dict[str, Any] = {"full": options["full_sentences"], "folded": False, **more}
    if options["upto"] is not None:
        shared["upto"] = options["upto"]
    if options["rubric"]:
        shared["rubric"] = options["rubric"]
    if options["blank"]:
        from derivx.render.gaps import gaps

        pages = [one.page(lang, **shared) for one in (several if isinstance(several, tuple) else [several])]
        shared["blank"] = gaps(pages, options["blank"])
    if fmt == "latex":
        return str(several.latex(lang, standalone=options["standalone"], **shared))
    if fmt in ("markdown", "html", "speech", "typst"):
        return str(getattr(several, fmt)(lang, **shared))
    if fmt == "pdf":
        return bytes(several.pdf(lang, engine=options["engine"], **shared))
    return str(several.text(lang, **screen(options), **shared))


def screen(options: dict[str, Any]) -> dict[str, Any]:
    """Width, colour and characters that the screen can show."""
    import shutil

    to_file = options["output"] is not None
    color = sys.stdout.isatty() and not to_file and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    plain = options["ascii_only"] or not (to_file or encoding in ("utf8", "utf16", "utf32", "cp949", "euckr"))
    width = options["width"] or min(80, max(40, shutil.get_terminal_size((80, 24)).columns))
    return {"width": width, "color": color, "ascii": plain}


def write_out(found: str | bytes, output: str | None) -> None:
    """To a file, or to standard output, which must be no terminal for bytes."""
    from pathlib import Path

    if isinstance(found, str) and output is None:
        click.echo(found.rstrip("\n"))
    elif isinstance(found, str):
        Path(str(output)).write_text(found.rstrip("\n") + "\n", encoding="utf-8")
    elif output is not None:
        Path(output).write_bytes(found)
    elif sys.stdout.isatty():
        from derivx.errors import UsageError

        raise UsageError("pdf_on_terminal")
    else:
        sys.stdout.buffer.write(found)


def _hints(several: Any, options: dict[str, Any]) -> None:
    """One line at a time: Enter (a line of standard input) reveals the next; the end of input stops."""
    look = screen(options)
    for derivation in several:
        shown = derivation.text(options["lang"], upto=0, **look)
        click.echo(shown)
        for i in range(1, len(derivation.steps) + 1):
            click.echo(derivation.hint(i, options["lang"]), nl=False)
            more = sys.stdin.readline()
            if not (more and sys.stdin.isatty()):  # no Enter was seen on the screen
                click.echo()
            if not more:
                return
            longer = derivation.text(options["lang"], upto=i if i < len(derivation.steps) else None, **look)
            click.echo(_new_part(shown, longer))
            shown = longer


def _new_part(before: str, after: str) -> str:
    """The lines of a text that a shorter version of it does not have."""
    old, new = before.rstrip().split("\n"), after.rstrip().split("\n")
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return "\n".join(new[same:])
