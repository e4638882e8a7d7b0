"""Other ways of writing an answer: identities over the cards, applied at random places of a tree; and traps, which only look equal."""

from __future__ import annotations

import random
from collections.abc import Callable

from derivx.expr import Call, Expr, Sym, at, children, replace_at, substitute
from derivx.syntax import read

Rewrite = tuple[str, str]
# left = right for every value of u and v in the questions' domains (positive, moderate)
IDENTITIES: tuple[Rewrite, ...] = (
    ("sigmoid(u)", "1/(1 + e^(-u))"),
    ("sigmoid(u)", "e^u/(1 + e^u)"),
    ("sigmoid(u)", "(1 + tanh(u/2))/2"),
    ("sigmoid(u)", "1 - sigmoid(-u)"),
    ("1 - sigmoid(u)", "sigmoid(-u)"),
    ("1 - sigmoid(u)", "1/(1 + e^u)"),
    ("tanh(u)", "(e^u - e^(-u))/(e^u + e^(-u))"),
    ("tanh(u)", "2*sigmoid(2*u) - 1"),
    ("tanh(u)", "sinh(u)/cosh(u)"),
    ("1 - tanh(u)^2", "1/cosh(u)^2"),
    ("1 - tanh(u)^2", "(1 - tanh(u))*(1 + tanh(u))"),
    ("1 - tanh(u)^2", "sech(u)^2"),
    ("relu(u)", "max(0, u)"),
    ("relu(u)", "(u + |u|)/2"),
    ("relu(u)", "u*step(u)"),
    ("step(u)", "where(u > 0, 1, 0)"),
    ("softplus(u)", "ln(1 + e^u)"),
    ("softplus(u)", "u + ln(1 + e^(-u))"),
    ("silu(u)", "u*sigmoid(u)"),
    ("log_sigmoid(u)", "-ln(1 + e^(-u))"),
    ("cosh(u)", "(e^u + e^(-u))/2"),
    ("sinh(u)", "(e^u - e^(-u))/2"),
    ("sin(u)^2", "1 - cos(u)^2"),
    ("cos(u)^2", "(1 + cos(2*u))/2"),
    ("2*sin(u)*cos(u)", "sin(2*u)"),
    ("tan(u)", "sin(u)/cos(u)"),
    ("1 + tan(u)^2", "sec(u)^2"),
    ("exp(u)", "e^u"),
    ("exp(u)", "1/e^(-u)"),
    ("exp(u)", "(e^(u/2))^2"),
    ("sqrt(u)", "u^(1/2)"),
    ("sqrt(u)", "u/sqrt(u)"),
    ("log(u)", "-ln(1/u)"),
    ("log(u)", "ln(u^2)/2"),
    ("u^2", "u*u"),
    ("u^3", "u*u^2"),
    ("u/v", "u*v^(-1)"),
    ("u/v", "u*(1/v)"),
    ("u*v", "v*u"),
    ("u*v", "u/(1/v)"),
    ("-u", "0 - u"),
    ("-u", "(-1)*u"),
    ("u + v", "v + u"),
    ("u + v", "-(-u - v)"),
    ("u*(v + w)", "u*v + u*w"),
    ("u - v", "-(v - u)"),
)


def _match(pattern: Expr, e: Expr, found: dict[str, Expr]) -> bool:
    if isinstance(pattern, Sym):
        return found.setdefault(pattern.name, e) == e
    if isinstance(pattern, Call):
        same = isinstance(e, Call) and e.op == pattern.op and len(e.args) == len(pattern.args)
        return same and all(_match(p, a, found) for p, a in zip(pattern.args, children(e), strict=True))
    return pattern == e


def _places(e: Expr) -> list[tuple[int, ...]]:
    out, todo = [], [((), e)]
    while todo:
        path, node = todo.pop()
        out.append(path)
        todo.extend(((*path, i), kid) for i, kid in enumerate(children(node)))
    return out


_TABLE = [(read(a, "uvw"), read(b, "uvw")) for a, b in IDENTITIES]


def rewritten(e: Expr, rng: random.Random, times: int) -> Expr:
    """The expression after so many identities, each at a random place where it fits."""
    for _ in range(times):
        fits = []
        for path in _places(e):
            for left, right in _TABLE:
                found: dict[str, Expr] = {}
                if _match(left, at(e, path), found):
                    fits.append((path, right, found))
        if not fits or e.size > 150:
            return e
        path, right, found = rng.choice(fits)
        e = replace_at(e, path, substitute(right, {Sym(n): v for n, v in found.items()}))
    return e


Trap = Callable[[str, str, random.Random], str]
TRAPS: dict[str, Trap] = {  # every row has the same signature
    "constant": lambda a, x, r: f"{a} + {r.choice(['1e-13', '1e-16', '1e-30', '0.0000001', '1e-9', '1/10^14'])}",
    "constant_taken": lambda a, x, r: f"{a} - {r.choice(['1e-13', '1e-20', '1e-8'])}*{x}",
    "scaled": lambda a, x, r: f"({a})*{r.choice(['1.000000000001', '(1 + 1e-14)', '0.9999999999', '(1 + 10^(-20))'])}",
    "oscillating": lambda a, x, r: f"{a} + sin(pi*{r.choice([1000, 1000000, 10**9])}*{x})",
    "oscillating_small": lambda a, x, r: f"{a} + sin(pi*{r.choice([1000, 1000000])}*{x})/10^{r.choice([6, 9, 15, 20])}",
    "piece": lambda a, x, r: f"{a} + max(0, {x} - {r.choice(['1.6', '1.65', '8/5'])})",
    "piece_where": lambda a, x, r: f"where({x} > {r.choice(['1.62', '1.66'])}, 0, {a})",
    "piece_relu": lambda a, x, r: f"{a} + relu(0.35 - {x})^2",
    "decaying": lambda a, x, r: f"{a} + e^(-{r.choice([40, 60, 200])}*({x} + 1))",
    "saturated": lambda a, x, r: f"({a})*tanh({r.choice([20, 40])}*({x} + 1))",
    "nearly_one": lambda a, x, r: f"({a})*cos({x}/10^{r.choice([8, 10])})",
    "rounded": lambda a, x, r: f"({a})*0.333333333*3",
    "power": lambda a, x, r: f"({a})*{x}^({r.choice(['1e-12', '1e-15'])})",
}  # fmt: skip
