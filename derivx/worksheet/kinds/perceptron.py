"""Perceptrons: outputs, the weights of gates, what one of them cannot compute, and XOR by two layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product

from derivx.expr import Call, Expr, Sym, num, written_out
from derivx.render.document import Chain, Note, Part, Table
from derivx.render.exercise import Choices
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.syntax import read, write
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.frame import identity, said
from derivx.worksheet.numbers import Point, value_of, written
from derivx.worksheet.problem import Asked, Claim, Kind, Option, Problem
from derivx.worksheet.referee import is_whole
from derivx.worksheet.template import filled

Bits = tuple[int, ...]
GATES: Mapping[str, Bits] = {  # the outputs for 00, 01, 10, 11
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "implies": (1, 1, 0, 1),
    "left": (0, 0, 1, 1),
    "xor": (0, 1, 1, 0),
    "xnor": (1, 0, 0, 1),
}
_INPUTS = tuple(product((0, 1), repeat=2))
_SUMS = {  # weighted sums that compute a gate
    "and": ("x1 + x2 - 1.5", "2*x1 + 2*x2 - 3", "x1 + 2*x2 - 2.5"),
    "or": ("x1 + x2 - 0.5", "2*x1 + 2*x2 - 1", "3*x1 + 2*x2 - 1"),
    "nand": ("1.5 - x1 - x2", "3 - 2*x1 - 2*x2"),
    "nor": ("0.5 - x1 - x2", "1 - 2*x1 - 3*x2"),
}
_ANY = (*(text for texts in _SUMS.values() for text in texts), "x2 - x1 + 0.5")
_XOR = (  # two hidden units and an output
    ("x1 + x2 - 0.5", "x1 + x2 - 1.5", "h1 - h2 - 0.5"),
    ("x1 + x2 - 0.5", "1.5 - x1 - x2", "h1 + h2 - 1.5"),
    ("x1 - x2 - 0.5", "x2 - x1 - 0.5", "h1 + h2 - 0.5"),
    ("2*x1 + 2*x2 - 1", "2*x1 + 2*x2 - 3", "h1 - 2*h2 - 0.5"),
)


def fired(total: Expr) -> Bits:
    """The outputs of a perceptron for the four inputs."""
    return tuple(int(value_of(total, {"x1": num(a), "x2": num(b)}) > 0) for a, b in _INPUTS)


@lru_cache
def attainable() -> frozenset[Bits]:
    """Every table that one perceptron computes, by trying all weights of a grid."""
    grid = [n / 2 for n in range(-6, 7)]
    return frozenset(tuple(int(v * a + w * b + c > 0) for a, b in _INPUTS) for v in grid for w in grid for c in grid)


def most_right(wanted: Bits) -> int:
    """How many rows of a table one perceptron gets right at most."""
    return max(sum(x == y for x, y in zip(wanted, found, strict=True)) for found in attainable())


def _outputs(draw: Draw, level: int) -> Problem:
    places: dict[str, int | float | str] = {name: draw.whole(-3, 3, without=(0, 1, -1)) for name in "ac"}
    places["b"] = draw.one((-2.5, -1.5, -0.5, 0.5, 1.5, 2.5))
    total = filled("{a}*x1 {c:+}*x2 {b:+}", places)
    return outputs({"z": read(total), "y": read("step(z)")}, level)


def _two_layers(draw: Draw, level: int) -> Problem:
    first, second, last = draw.one(_XOR)
    if draw.one((True, False)):
        first, second = (text.replace("x1", "x").replace("x2", "x1").replace("x ", "x2 ") for text in (first, second))
    rows = {"h1": f"step({first})", "h2": f"step({second})", "y": f"step({last})"}
    return outputs({name: read(text) for name, text in rows.items()}, level)


def outputs(rows: Mapping[str, Expr], level: int = 1) -> Problem:
    """The output y of the rows for the four inputs of two bits."""
    body = written_out(rows["y"], rows)
    asked, table = list[Asked](), list[tuple[Expr, ...]]()
    for i, (a, b) in enumerate(_INPUTS, 1):
        at = {"x1": num(a), "x2": num(b)}
        values = {name: written(value_of(written_out(f, rows), at)) for name, f in rows.items()}
        if values.get("z") and not values["z"].number:
            raise Degenerate("on the line")
        grading = {"problem": write(body), "wrt": (), "at": {"x1": str(a), "x2": str(b)}}
        asked.append(Asked(Sym(f"y{i}"), values["y"].expr, grading, (Claim(holds=_output(body, at)),)))
        table.append((num(a), num(b), *(v.expr for v in values.values())))
    if len({write(a.value) for a in asked}) == 1:
        raise Degenerate("always the same")
    heads = tuple(Sym(name) for name in ("x1", "x2", *rows))
    given = Table((*heads[:2], heads[-1]), tuple((num(a), num(b), Sym(f"y{i}")) for i, (a, b) in enumerate(_INPUTS, 1)))
    parts: tuple[Part, ...] = (*(Chain((Sym(n), f)) for n, f in rows.items()), Note(Said("told.step_rule"), plain=True), given)
    same = identity("perceptron", *(f"{n}={write(f)}" for n, f in rows.items()))
    ask = (Said("ask.outputs", {"output": Sym("y")}),)
    return Problem("perceptron", level, ask, tuple(asked), (Table(heads, tuple(table)),), same, parts, hints=(said("clue.sum"),))


def _output(body: Expr, at: Point) -> Callable[[object], bool]:
    return lambda answer: is_whole(answer, int(value_of(body, at)))


def _gate(draw: Draw, level: int) -> Problem:
    gate = draw.one(tuple(_SUMS))
    right = read(draw.one(_SUMS[gate]))
    others = [read(text) for name, texts in _SUMS.items() if name != gate for text in texts]
    options = draw.some([right, *draw.some(others, 3)], 4)

    def holds(option: Option) -> bool:
        return isinstance(option, Expr) and fired(option) == GATES[gate]

    heads = tuple(Sym(n) for n in ("x1", "x2", "z", "y"))
    rows = [_row(right, a, b) for a, b in _INPUTS]
    parts = (Chain((Sym("y"), read("step(z)"))), Note(Said("told.step_rule"), plain=True))
    solution = (Chain((Sym("z"), right)), Table(heads, tuple(rows)))
    ask, same = (Said("ask.gate", {"gate": _name(gate)}),), identity("perceptron", gate, *map(write, options))
    choices = Choices(tuple(options), options.index(right))
    return Problem("perceptron", level, ask, (), solution, same, parts, choices, (said("clue.line_between"),), claims=(Claim(holds=holds),))


def _row(total: Expr, a: int, b: int) -> tuple[Expr, ...]:
    at = {"x1": num(a), "x2": num(b)}
    value = value_of(total, at)
    return (num(a), num(b), written(value).expr, num(int(value > 0)))


def _name(gate: str) -> str:
    return gate.upper()


def _not_linear(draw: Draw, level: int) -> Problem:
    right = draw.one([g for g, bits in GATES.items() if bits not in attainable()])
    wrong = draw.some([g for g, bits in GATES.items() if bits in attainable()], 3)
    gates = draw.some([right, *wrong], 4)
    options = tuple(Said(f"option.{gate}") for gate in gates)

    def holds(option: Option) -> bool:
        return isinstance(option, Said) and GATES[option.key.partition(".")[2]] not in attainable()

    solution = (_truth(gates), Note(Said("told.gates", {"gate": _name(right)}), plain=True))
    same, ask = identity("perceptron", *gates), (Said("ask.not_linear"),)
    choices = Choices(options, gates.index(right))
    return Problem("perceptron", level, ask, (), solution, same, (), choices, (said("clue.line_between"),), claims=(Claim(holds=holds),))


def _truth(gates: list[str]) -> Table:
    heads: tuple[Sym | Said, ...] = (*(Sym(n) for n in ("x1", "x2")), *(Said(f"option.{gate}") for gate in gates))
    return Table(heads, tuple((num(a), num(b), *(num(GATES[g][i]) for g in gates)) for i, (a, b) in enumerate(_INPUTS)))


def _most_rows(draw: Draw, level: int) -> Problem:
    gate = draw.one([g for g in GATES if g != "left"])
    wanted, n = GATES[gate], Sym("n")
    best = most_right(wanted)

    def holds(answer: object) -> bool:
        return is_whole(answer, most_right(wanted))

    grading = {"problem": str(best), "wrt": (), "at": {}}
    asked = Asked(n, num(best), grading, (Claim(holds=holds),), tuple(num(k) for k in (4, 3, 2, 1) if k != best), positive=True)
    example = next(text for text in _ANY if _hits(read(text), wanted) == best)
    key = "told.contradiction" if best < 4 else "told.separated"
    solution = (Note(Said(key, {"count": str(best), "example": Call("gt", (read(example), num(0)))}), plain=True),)
    same, ask = identity("perceptron", "most", gate), (Said("ask.most_rows", {"count": n}),)
    style = Style()
    return Problem("perceptron", level, ask, (asked,), solution, same, (_truth([gate]),), hints=(said("clue.line_between"),), style=style)


def _hits(total: Expr, wanted: Bits) -> int:
    return sum(x == y for x, y in zip(fired(total), wanted, strict=True))


_LEVELS = {1: (_outputs, _gate), 2: (_gate, _not_linear), 3: (_two_layers, _most_rows)}


def _draw(draw: Draw, level: int) -> Problem:
    return draw.one(_LEVELS[level])(draw, level)


KIND = Kind("perceptron", "learning", _draw)
