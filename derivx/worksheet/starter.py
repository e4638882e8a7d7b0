"""A sheet to begin with, as a commented description: of kinds of problems, or around one expression. It builds as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, permutations

from derivx.derive.byhand import variables
from derivx.errors import DerivxError, UsageError
from derivx.syntax.program import is_program, read_program
from derivx.syntax.reader import read_question
from derivx.words import LANGUAGES, say
from derivx.worksheet.choices import with_choices
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.fixed import fixed
from derivx.worksheet.kinds import KINDS
from derivx.worksheet.problem import Kind

Field = tuple[str, object, str]  # its name, its value, the key of a comment
_NUMBERS = (2, 1, 0.5, -1, 3, 0.25)  # for a point, in the order in which they are tried
_POINTS = 60  # points that are tried
_WIDTH = 34  # columns before a comment


def starter(topics: Sequence[str] = (), lang: str = "en") -> str:
    """A sheet of the kinds of some topics: each at its first levels, one as multiple choice. Raises ``UsageError`` for an unknown topic."""
    chosen = _chosen(topics)
    rows = list[list[Field]]()
    for i, kind in enumerate(chosen):
        several = kind.levels[:2] if i == 0 and len(kind.levels) > 1 else kind.levels[:1]
        first = i == 0
        row: list[Field] = [("kind", kind.name, "kinds" if first else ""), ("level", list(several), "levels" if first else "")]
        row += [("count", len(several), "count")] if first else []
        row += [("choices", 4, "choices")] if i == 1 else []
        rows.append([*row, ("points", 2, "points" if first else "")])
    own: list[Field] = [("expr", "sigmoid(w*x + b)", "own"), ("wrt", "w", "wrt"), ("at", {"w": 0.5, "x": 2, "b": -1}, "at")]
    return _sheet(_titles("starter.title", lang), lang, [*rows, [*own, ("points", 3, "")]])


def _chosen(topics: Sequence[str]) -> list[Kind]:
    """The kinds of topics, or kinds by name; some of different topics, where nothing is said."""
    if not topics:
        firsts = {kind.topic: kind for kind in reversed(list(KINDS.values()))}
        return list(firsts.values())[::-1]
    found = dict[str, Kind]()
    for topic in topics:
        kinds = [kind for kind in KINDS.values() if topic in (kind.topic, kind.name)]
        if not kinds:
            known = dict.fromkeys([*(k.topic for k in KINDS.values()), *KINDS])
            raise UsageError("no_such_topic", name=topic, there=", ".join(known))
        found.update({kind.name: kind for kind in kinds})
    return list(found.values())


def around(text: str, lang: str = "en") -> str:
    """A sheet about one expression or program: its derivatives, these at a point, a derivation with gaps, a multiple choice.

    Raises ``DerivxError`` for what cannot be read or derived.
    """
    program = is_program(text)
    inputs = list(read_program(text).wrt) if program else variables(read_question(text).expr)
    fixed(text)
    same: Field = ("program" if program else "expr", text, "")
    rows: list[list[Field]] = [[(*same[:2], "own"), ("wrt", inputs, "wrt"), ("points", 2 * len(inputs), "points")]]
    rows += [[same, ("at", at, "at"), ("wrt", inputs, ""), ("points", len(inputs), "")] for at in _point(text, inputs)]
    if not program:
        rows.append([same, ("wrt", inputs[:1], ""), ("blank", "rules", "blank"), ("points", 2, "")])
    if _has_choices(text, inputs[:1]):
        rows.append([same, ("wrt", inputs[:1], ""), ("choices", 4, "choices"), ("points", 1, "")])
    return _sheet(_titles("starter.around", lang), lang, rows)


def _has_choices(text: str, wrt: Sequence[str]) -> bool:
    """Whether enough typical mistakes are known for a multiple choice."""
    try:
        with_choices(fixed(text, wrt), Draw())
    except (DerivxError, Degenerate):
        return False
    return True


def _point(text: str, inputs: Sequence[str]) -> Iterable[Mapping[str, float]]:
    """The first numbers, as easy as can be, at which everything has a value; perhaps none."""
    names, numbers_ = list(inputs), _NUMBERS * (1 + len(inputs) // len(_NUMBERS))
    for numbers in islice(permutations(numbers_, len(names)), _POINTS):
        try:
            fixed(text, names, dict(zip(names, numbers, strict=True)))
        except (DerivxError, Degenerate):
            continue
        yield dict(zip(names, numbers, strict=True))
        return


def _titles(key: str, lang: str) -> object:
    return {one: say(key, one) for one in LANGUAGES} if lang == "both" else say(key, lang)


def _sheet(title: object, lang: str, rows: Iterable[Sequence[Field]]) -> str:
    """The description, a comment in the language behind what needs one."""
    word = "ko" if lang == "ko" else "en"
    head: list[Field] = [
        ("title", title, ""),
        ("course", _titles("starter.course", lang), ""),
        ("lang", lang, "lang"),
        ("fields", ["name", "number", "date"], "fields"),
        ("seed", 1, "seed"),
        ("space", 5, "space"),
        ("hints", False, "hints"),
    ]
    lines = [f"# {say('starter.head', word)}", "#   derivx worksheet build sheet.toml --variants 3 -o out/", ""]
    lines += [_line(field, word) for field in head]
    for row in rows:
        lines += ["", "[[problem]]", *(_line(field, word) for field in row)]
    return "\n".join(lines) + "\n"


def _line(field: Field, lang: str) -> str:
    name, value, comment = field
    text = f"{name} = {toml(value)}"
    params = {"kinds": ", ".join(KINDS)} if comment == "kinds" else {}
    return f"{text:<{_WIDTH}} # {say(f'starter.{comment}', lang, **params)}" if comment else text


def toml(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    if "\n" in value and "'''" not in value and all(c.isprintable() or c == "\n" for c in value):
        return f"'''\n{value}\n'''"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)
