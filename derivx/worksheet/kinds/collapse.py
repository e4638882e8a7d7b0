"""Affine layers one behind the other are one affine layer: its weight and its bias."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from derivx.expr import ZERO, Call, Diff, Expr, Num, Sym, children, is_op, num, postorder, written_out
from derivx.render.document import Chain
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.syntax import read, write
from derivx.worksheet.draw import Draw
from derivx.worksheet.frame import equal, identity, rounding, said
from derivx.worksheet.numbers import Value, value_of, written
from derivx.worksheet.problem import Asked, Claim, Kind, Problem
from derivx.worksheet.template import filled

_INPUTS = {1: ("x",), 2: ("x",), 3: ("x1", "x2")}
_LAYERS = {  # names of layers; level 3 has two inputs and two units in between
    1: ("y = {a}*x {b:+}", "o = {c}*y {d:+}"),
    2: ("y = {a}*x {b:+}", "u = {c}*y {d:+}", "o = {e}*u {f:+}"),
    3: ("y1 = {a}*x1 {b:+}*x2 {c:+}", "y2 = {d}*x1 {e:+}*x2 {f:+}", "o = {g}*y1 {h:+}*y2 {i:+}"),
}


def _draw(draw: Draw, level: int) -> Problem:
    places: dict[str, int | float | str] = {name: draw.whole(-4, 5, without=(0, 1, -1)) for name in "abcdefghi"}
    rows = dict(row.split(" = ") for row in (filled(text, places) for text in _LAYERS[level]))
    return collapsed({name: read(text) for name, text in rows.items()}, _INPUTS[level], level)


def collapsed(rows: dict[str, Expr], inputs: tuple[str, ...], level: int = 1) -> Problem:
    """The weights and the bias of the one layer that the layers of ``rows`` are."""
    *_, output = rows
    body = written_out(rows[output], rows)
    origin: dict[str, Expr] = dict.fromkeys(inputs, ZERO)
    units = {name: {**origin, name: num(1)} for name in inputs}
    bias = written(value_of(body, origin))
    weights = {name: written(value_of(body, at) - bias.number) for name, at in units.items()}
    letters = ["A"] if len(inputs) == 1 else [f"A{i}" for i in range(1, len(inputs) + 1)]
    asked = [_weight(letter, body, name, weights[name], origin) for letter, name in zip(letters, inputs, strict=True)]
    asked.append(_bias(body, bias, origin, rows))
    terms = [f"{letter}*{name}" for letter, name in zip(letters, inputs, strict=True)]
    form = read(" + ".join([*terms, "B"]))
    numbers = {**{letter: v.text for letter, v in zip(letters, weights.values(), strict=True)}, "B": bias.text}
    places = [
        f"{{{letter}}}*{name}" if i == 0 else f"{{{letter}:+}}*{name}" for i, (letter, name) in enumerate(zip(letters, inputs, strict=True))
    ]
    worked = [Chain((Sym(output), body, read(filled(" ".join([*places, "{B:+}"]), numbers))))]
    answers = [equal((a.name,), v) for a, v in zip(asked, [*weights.values(), bias], strict=True)]
    shown = Call("eq", (Sym(output), form))
    key = "ask.collapse" if len(rows) == 2 else "ask.collapse_more"
    ask = (Said(key, {"shown": shown, "what": tuple(a.name for a in asked)}), *rounding([*weights.values(), bias]))
    same = identity("collapse", *(f"{n}={write(f)}" for n, f in rows.items()))
    parts = tuple(Chain((Sym(n), f)) for n, f in rows.items())
    solution = (*worked, *answers)
    style = Style(frozenset(rows))
    whole = Problem("collapse", level, ask, tuple(asked), solution, same, parts, hints=(said("clue.insert"),), style=style)
    return replace(whole, alone=lambda i: replace(whole, asked=(asked[i],), solution=(*worked, answers[i]), alone=None))


def _weight(letter: str, body: Expr, name: str, found: Value, origin: dict[str, Expr]) -> Asked:
    at = {n: write(v) for n, v in origin.items()}
    grading = {"problem": write(body), "wrt": name, "at": at}
    return Asked(Sym(letter), found.expr, grading, (Claim(Diff(body, Sym(name)), origin),), _sums(body))


def _bias(body: Expr, found: Value, origin: dict[str, Expr], rows: dict[str, Expr]) -> Asked:
    """The value where the inputs are 0; a typical mistake adds the biases."""
    own = [value_of(f, dict.fromkeys([*origin, *rows], ZERO)) for f in rows.values()]
    mistakes = tuple(written(x).expr for x in (sum(own), own[-1], own[0]))
    grading = {"problem": write(body), "wrt": (), "at": {n: write(v) for n, v in origin.items()}}
    return Asked(Sym("B"), found.expr, grading, (Claim(body, origin),), mistakes)


def _sums(body: Expr) -> tuple[Expr, ...]:
    """Factors added in place of multiplied: the numbers before names, pairwise."""
    heads = [children(node)[0] for node in postorder(body) if is_op(node, "mul")]
    factors = [value_of(head, {}) for head in heads if isinstance(head, Num) or is_op(head, "neg")]
    return tuple(written(a + b).expr for a, b in pairwise(factors))


KIND = Kind("collapse", "learning", _draw)
