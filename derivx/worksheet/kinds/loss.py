"""Values of losses: absolute errors against a one-hot target, a linear model of prices, squared errors, cross-entropy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.expr import Expr, Sym, num
from derivx.render.document import Chain, Note, Part, Table, Values
from derivx.render.sentences import Said
from derivx.syntax import read, write
from derivx.worksheet.computed import computed
from derivx.worksheet.draw import Degenerate, Draw
from derivx.worksheet.frame import Frame, point, said
from derivx.worksheet.numbers import given
from derivx.worksheet.problem import Kind, Problem

HOUSES = ((32, 3, 0.3, 6), (33, 3, 0.5, 7), (36, 4, 0.5, 8.5))  # the lecture's: size, rooms, km to the station, price


def one_hot(draw: Draw, level: int) -> Problem:
    """The sum of the absolute errors of probabilities against a one-hot target."""
    size = draw.one((3, 4, 5))
    return absolute(_shares(draw, size), draw.whole(1, size, without=()), level)


def absolute(p: Sequence[float], target: int, level: int = 1) -> Problem:
    """The same for given probabilities; the target is counted from 1."""
    terms = " + ".join(f"abs(p{i} - y{i})" for i in range(1, len(p) + 1))
    return _of_vectors(terms, {"p": p, "y": _hot(target, len(p))}, level)


def _squares(draw: Draw, level: int) -> Problem:
    size = draw.one((2, 3, 4))
    p, y = ([draw.whole(-4, 6, without=()) for _ in range(size)] for _ in range(2))
    if p == y:
        raise Degenerate("no error")
    terms = " + ".join(f"(p{i} - y{i})^2" for i in range(1, size + 1))
    return _of_vectors(f"({terms})/{size}", {"p": p, "y": y}, level)


def _entropy(draw: Draw, level: int) -> Problem:
    size = draw.one((3, 4))
    terms = " + ".join(f"y{i}*log(p{i})" for i in range(1, size + 1))
    return _of_vectors(f"-({terms})", {"p": _shares(draw, size), "y": _hot(draw.whole(1, size, without=()), size)}, level)


def _binary(draw: Draw, level: int) -> Problem:
    at = {"p": given(draw.one((0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9))), "y": given(draw.one((0, 1)))}
    return computed({"E": read("-(y*log(p) + (1 - y)*log(1 - p))")}, at, Frame("loss", level, (), (said("clue.put_in"),)), positive=("E",))


def _softmax(draw: Draw, level: int) -> Problem:
    size, logits = 3, [draw.whole(-2, 3, without=()) for _ in range(3)]
    if len(set(logits)) == 1:
        raise Degenerate("no difference")
    total, hot = " + ".join(f"exp(z{i})" for i in range(1, size + 1)), draw.whole(1, size, without=())
    rows = {f"p{i}": read(f"exp(z{i})/({total})") for i in range(1, size + 1)} | {"E": read(f"-log(p{hot})")}
    at = {f"z{i}": given(z) for i, z in enumerate(logits, 1)}
    ask = Said("ask.value", {"what": tuple(map(Sym, rows)), "point": point(at)})
    return computed(rows, at, Frame("loss", level, (ask,), (said("clue.softmax"),)), positive=tuple(rows))


def _prices(draw: Draw, level: int) -> Problem:
    weights = (draw.one((0.1, 0.15, 0.2)), draw.one((0.1, 0.2, 0.3, 0.4)), draw.one((2, 3, 4)))
    return prices(weights, draw.one((0, 0.5, 1)), level, squared=draw.one((False, True)))


def prices(weights: Sequence[float], bias: float, level: int = 2, *, squared: bool = False) -> Problem:
    """The predictions of a linear model and their mean absolute (or squared) error."""
    inputs = len(weights)
    model = " + ".join(f"w{i}*{{x{i}}}" for i in range(1, inputs + 1)) + (" + b" if bias else "")
    rows: dict[str, Expr] = {}
    for k, house in enumerate(HOUSES, 1):
        text = model
        for i in range(1, inputs + 1):
            text = text.replace(f"{{x{i}}}", write(given(house[i - 1])))
        rows[f"p{k}"] = read(text)
    errors = [f"(p{k} - {write(given(h[-1]))})^2" if squared else f"abs(p{k} - {write(given(h[-1]))})" for k, h in enumerate(HOUSES, 1)]
    rows["E"] = read(f"({' + '.join(errors)})/{len(HOUSES)}")
    at = {f"w{i}": given(w) for i, w in enumerate(weights, 1)} | ({"b": given(bias)} if bias else {})
    shown = read(model.replace("{", "").replace("}", ""))
    heads: tuple[Sym | Said, ...] = (Said("head.house"), *(Sym(f"x{i}") for i in range(1, inputs + 1)), Said("head.price"))
    table = Table(heads, tuple((num(k), *map(given, house)) for k, house in enumerate(HOUSES, 1)))
    mean = read(f"({' + '.join(_error(k, squared=squared) for k in range(1, len(HOUSES) + 1))})/{len(HOUSES)}")
    about = {"name": tuple(Sym(f"x{i}") for i in range(1, inputs + 1)), **{n: _each(n) for n in ("p", "y")}}
    parts: list[Part] = [Note(Said("told.house", about), plain=True), table]
    parts += [Chain((Sym("p"), shown)), Chain((Sym("E"), mean))]
    return computed(rows, at, Frame("loss", level, (), (said("clue.errors"),)), parts=parts, positive=("E",))


def _each(name: str) -> tuple[Expr, ...]:
    return tuple(Sym(f"{name}{k}") for k in range(1, len(HOUSES) + 1))


def _error(k: int, *, squared: bool) -> str:
    return f"(p{k} - y{k})^2" if squared else f"abs(p{k} - y{k})"


def _of_vectors(text: str, vectors: Mapping[str, Sequence[float]], level: int) -> Problem:
    """A loss of entries of vectors, which are shown as such."""
    at = {f"{name}{i}": given(v) for name, values in vectors.items() for i, v in enumerate(values, 1)}
    cells = [Values(Sym(name), (tuple(write(given(v)) for v in values),)) for name, values in vectors.items()]
    body = read(text)
    ask = Said("ask.values", {"what": (Sym("E"),)})
    frame = Frame("loss", level, (ask,), (said("clue.entries"),))
    return computed({"E": body}, at, frame, parts=[*cells, Chain((Sym("E"), body))], positive=("E",))


def _hot(place: int, size: int) -> list[float]:
    return [float(i == place) for i in range(1, size + 1)]


def _shares(draw: Draw, size: int) -> list[float]:
    """Probabilities in twentieths that make 1."""
    cuts = sorted(draw.some(range(1, 20), size - 1))
    return [(b - a) / 20 for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]


_LEVELS = {1: (one_hot, _squares), 2: (_prices, _binary), 3: (_entropy, _softmax)}


def _draw(draw: Draw, level: int) -> Problem:
    return draw.one(_LEVELS[level])(draw, level)


KIND = Kind("loss", "learning", _draw)
