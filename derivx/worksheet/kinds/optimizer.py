"""One or two steps of an optimizer: gradient descent, and SGD with momentum, v <- mu*v + g and w <- w - lr*v."""

from __future__ import annotations

from derivx.expr import Call, Expr, Sym
from derivx.render.document import Chain
from derivx.render.sentences import Said
from derivx.syntax import read
from derivx.worksheet.computed import computed
from derivx.worksheet.draw import Draw
from derivx.worksheet.frame import Frame, point, said
from derivx.worksheet.numbers import given
from derivx.worksheet.problem import Kind, Problem

_RATES, _MOMENTA = (0.01, 0.1, 0.2, 0.5), (0.5, 0.8, 0.9)
_ROWS = {  # over w0, v0, the rate alpha, the momentum mu and gradients g
    1: {"v1": "mu*v0 + g", "w1": "w0 - alpha*v1"},
    2: {"v1": "mu*v0 + g1", "w1": "w0 - alpha*v1", "v2": "mu*v1 + g2", "w2": "w1 - alpha*v2"},
    3: {"g1": "{c}*w0", "v1": "g1", "w1": "w0 - alpha*v1", "g2": "{c}*w1", "v2": "mu*v1 + g2", "w2": "w1 - alpha*v2"},
}


def _draw(draw: Draw, level: int) -> Problem:
    half = draw.one((1, 2, 3, 4))
    rows: dict[str, Expr] = {n: read(f.replace("{c}", str(2 * half))) for n, f in _ROWS[level].items()}
    used = {"mu": draw.one(_MOMENTA), "alpha": draw.one(_RATES), "w0": draw.whole(-4, 5)}
    if level < 3:
        used |= {"v0": draw.whole(-3, 4)} | {g: draw.whole(-5, 6) for g in (("g",) if level == 1 else ("g1", "g2"))}
    at = {name: given(value) for name, value in used.items()}
    start = {n: v for n, v in at.items() if n not in ("alpha", "mu")}
    rates = {n: at[n] for n in ("alpha", "mu")}
    wanted = [n for n in rows if n[0] in "vw"]
    ask = Said("ask.momentum", {"point": point(start), "rates": point(rates), "what": tuple(map(Sym, wanted))})
    loss = [Chain((Call("f", (Sym("w"),)), read("w^2" if half == 1 else f"{half}*w^2")))] if level == 3 else []
    parts = [*loss, *(Chain((Sym(n), f)) for n, f in rows.items())]
    return computed(rows, at, Frame("optimizer", level, (ask,), (said("clue.momentum"),)), wanted=wanted, parts=parts)


KIND = Kind("optimizer", "descent", _draw)
