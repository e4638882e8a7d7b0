"""The options that state a question to be graded, shared by the commands that grade."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

FORMS = ("simplified", "factored", "expanded")
_OPTIONS = (
    click.option("--problem", metavar="TEXT", help="What is differentiated: an expression, or a program with --shape."),
    click.option("--wrt", metavar="NAMES", help="By what; several names for a mixed derivative."),
    click.option("--order", type=click.IntRange(1, 9), default=1, help="How many times.  [default: 1]"),
    click.option("--names", metavar="NAMES", default="", help="Further names that an answer may use."),
    click.option("--at", metavar="NAME=VALUE", multiple=True, help="The answer is a number: the value at this point. May be repeated."),
    click.option("--domain", metavar="NAME=A:B", multiple=True, help="Where answers are compared, as in x=0.1:2. May be repeated."),
    click.option("--shape", metavar="NAME=DIMS", multiple=True, help="The shape of an array, as in W=m,n. May be repeated."),
    click.option("--let", metavar="NAME=TEXT", multiple=True, help="A name that answers may use, as in s=sigmoid(X @ W)."),
    click.option("--layout", type=click.Choice(["gradient", "numerator", "denominator", "any"]), help="Of derivatives by arrays."),
    click.option("--ambiguous", type=click.Choice(["convention", "refuse"]), default="convention", help="What can be read in two ways."),
    click.option("--form", type=click.Choice(FORMS), help="The form an answer must have."),
    click.option("--must-contain", metavar="WORDS", default="", help="Names or functions an answer must have, as in exp,x."),
    click.option("--must-not-contain", metavar="WORDS", default="", help="Names or functions it must not have."),
    click.option("--tolerance", type=click.FloatRange(0, 1), default=0.0, help="Relative, for answers with rounded decimals."),
    click.option("--partial", metavar="VERDICT=SHARE", multiple=True, help="Partial credit, as in up_to_sign=0.5. May be repeated."),
    click.option("--points", type=float, default=1.0, help="What a right answer is worth.  [default: 1]"),
    click.option("--seed", default="0", help="A secret from which the points are drawn."),
    click.option("--diagnose/--no-diagnose", default=True, help="Name the mistake in a wrong answer, or do not."),
    click.option("--confirm", type=click.Choice(["sympy"]), help="SymPy looks at what is undecided, in a process of its own."),
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
