"""``derivx grade``: one answer, graded."""

from __future__ import annotations

import sys
from typing import Any

import click

from derivx.apps.minus import TakesMinus
from derivx.apps.question import question_options, stated

_FORMATS = ("text", "json", "gradescope", "edx", "qti")


@click.command(cls=TakesMinus)
@click.argument("answer", metavar="ANSWER")
@question_options
@click.option("--format", "fmt", type=click.Choice(_FORMATS), default="text")
@click.option("--lang", type=click.Choice(["en", "ko", "both"]), default="en")
def grade(answer: str, **options: Any) -> None:
    """Grade ANSWER, the derivative of --problem by --wrt; - reads it from standard input."""
    quick()
    from derivx.apps.errors import told
    from derivx.errors import DerivxError
    from derivx.words import LANGUAGES

    text = sys.stdin.read(1 << 20) if answer == "-" else answer
    try:
        result = _result(text.rstrip("\n"), options)
    except DerivxError as error:
        for lang in LANGUAGES if options["lang"] == "both" else (options["lang"],):
            click.echo(told(error, lang), err=True)
        sys.exit(2)
    click.echo(_printed(result, options["fmt"]))
    sys.exit(_code(result))


def quick() -> None:
    """Fewer threads: those for large matrices would only be started and stopped."""
    import os

    for pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(pool, "1")


def _result(text: str, options: dict[str, Any]) -> Any:
    from derivx.errors import UsageError
    from derivx.grading import Question

    given = stated(options)
    for name in ("problem", "wrt"):
        if name not in given and not (name == "wrt" and "at" in given):
            raise UsageError("missing_option", option=f"--{name}")
    return Question(**given, lang=options["lang"]).grade(text)


def _printed(result: Any, fmt: str) -> str:
    if fmt == "text":
        return str(result.text())
    if fmt in ("json", "qti"):
        return str(result.to_json() if fmt == "json" else result.to_qti())
    from derivx.grading.safe import json_text

    return json_text(result.to_gradescope() if fmt == "gradescope" else result.to_edx())


def _code(result: Any) -> int:
    codes = {"correct": 0, "wrong": 1, "undecided": 4, "refused": 3}
    return 5 if result.status == "LimitExceeded" else codes[result.word]
