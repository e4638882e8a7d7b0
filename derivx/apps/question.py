"""The options that state a question to be graded, shared by the commands that grade."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

FORMS = ("simplified", "factored", "expanded")
_OPTIONS = (
    click.option("--problem", metavar="TEXT"),
    click.option("--wrt", metavar="NAMES"),
    click.option("--order", type=click.IntRange(1, 9), default=1),
    click.option("--names", metavar="NAMES", default=""),
    click.option("--at", metavar="NAME=VALUE", multiple=True),
    click.option("--domain", metavar="NAME=A:B", multiple=True),
    click.option("--shape", metavar="NAME=DIMS", multiple=True),
    click.option("--let", metavar="NAME=TEXT", multiple=True),
    click.option("--layout", type=click.Choice(["gradient", "numerator", "denominator", "any"])),
    click.option("--ambiguous", type=click.Choice(["convention", "refuse"]), default="convention"),
    click.option("--form", type=click.Choice(FORMS)),
    click.option("--must-contain", metavar="WORDS", default=""),
    click.option("--must-not-contain", metavar="WORDS", default=""),
    click.option("--tolerance", type=click.FloatRange(0, 1), default=0.0),
    click.option("--partial", metavar="VERDICT=SHARE", multiple=True),
    click.option("--points", type=float, default=1.0),
    click.option("--seed", default="0"),
    click.option("--diagnose/--no-diagnose", default=True),
    click.option("--confirm", type=click.Choice(["sympy"])),
)


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def stated(options: dict[str, Any]) -> dict[str, Any]:
    """The options as the arguments of a question. Raises ``UsageError``."""
    given: dict[str, Any] = {k: options[k] for k in ("problem", "wrt", "layout", "form", "confirm", "tolerance") if options[k]}
    given |= {k: options[k] for k in ("order", "points", "ambiguous", "diagnose") if options[k] is not None}
    given["seed"] = int(options["seed"]) if options["seed"].lstrip("-").isdecimal() else options["seed"]
    for option, name in (("names", "variables"), ("must_contain", "must_contain"), ("must_not_contain", "must_not_contain")):
        if options[option]:
            given[name] = _listed(options[option])
    if "," in given.get("wrt", ""):
        given["wrt"] = _listed(given["wrt"])
    for option, (name, read) in _PAIRS.items():
        if options[option]:
            given[name] = dict(_pair(option, text, read) for text in options[option])
    return given


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _pair(option: str, text: str, read: Callable[[str], Any]) -> tuple[str, Any]:
    from derivx.errors import UsageError

    name, sign, value = (piece.strip() for piece in text.partition("="))
    try:
        if sign and name:
            return name, read(value)
    except ValueError:
        pass
    raise UsageError("bad_option", option=f"--{option}", value=text)


def _interval(text: str) -> tuple[float, float]:
    low, _, high = text.partition(":")
    return _number(low), _number(high)


def _number(text: str) -> float:
    return float(text)


def _dims(text: str) -> tuple[int | str, ...]:
    dims = _listed(text.strip("()"))
    if not all(d.isdecimal() or d.isidentifier() for d in dims):
        raise ValueError(text)
    return tuple(int(d) if d.isdecimal() else d for d in dims)


_PAIRS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "domain": ("domain", _interval),
    "partial": ("partial", _number),
    "let": ("let", str),
    "at": ("at", str),
    "shape": ("shapes", _dims),
}
