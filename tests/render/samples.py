"""Derivations written by hand, for the printers to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derivx.check.verdict import Check, Verdict
from derivx.derive.step import Derivation, Step
from derivx.syntax import read

Sample = tuple[Derivation, list[Check]]
Row = tuple[str, str, Mapping[str, str], Mapping[str, str]]  # formula, rule, parameters, names
Pair = tuple[str, str]


def derivation(question: str, wrt: str, lines: Sequence[Row], label: str = "", kinks: Sequence[Pair] = ()) -> Derivation:
    """A derivation from text; a parameter that is called ``op`` stays a name."""
    before, steps, where = read(question), list[Step](), {}
    for i, (formula, rule, params, names) in enumerate(lines):
        after = read(formula)
        values = {k: v if k == "op" else read(v) for k, v in params.items()}
        defined = {k: read(v) for k, v in names.items()}
        where |= defined
        points = tuple((read(a), read(b)) for a, b in kinks) if i == 0 else ()
        steps.append(Step(before, after, rule, params=values, names=defined, kinks=points))
        before = after
    return Derivation(read(question), (wrt,), tuple(steps), where, label)


def checks(lines: int, verdict: Verdict = Verdict.PASS) -> list[Check]:
    """The usual checks of so many lines, all passed."""
    of_lines = [Check(i, "complex_step", verdict, 15.6) for i in range(lines)]
    whole = [("sympy", None), ("autograd", 16.0), ("finite_difference", 11.2)]
    return [*of_lines, *(Check(None, referee, verdict, digits) for referee, digits in whole)]


def sigmoid() -> Sample:
    rows: list[Row] = [
        ("D(sigmoid(u), u)*D(u, w)", "chain", {"u": "u", "inner": "w*x + b"}, {"u": "w*x + b"}),
        ("s*(1 - s)*D(u, w)", "function", {"op": "sigmoid"}, {"s": "sigmoid(w*x + b)"}),
        ("s*(1 - s)*D(w*x + b, w)", "substitute", {"u": "u", "inner": "w*x + b"}, {}),
        ("s*(1 - s)*x", "constant_multiple", {"c": "x"}, {}),
        ("x*s*(1 - s)", "arrange", {}, {}),
    ]
    return derivation("D(sigmoid(w*x + b), w)", "w", rows, "L"), checks(len(rows))


def relu() -> Sample:
    rows: list[Row] = [("step(u)*D(u, x)", "function", {"op": "relu"}, {"u": "3*x"}), ("3*step(3*x)", "constant_multiple", {"c": "3"}, {})]
    found = [Check(0, "complex_step", Verdict.KINK, 15.0, at="x = 0"), Check(1, "complex_step", Verdict.PASS, 15.3)]
    return derivation("D(relu(3*x), x)", "x", rows, kinks=[("3*x", "0")]), found


def quotient() -> Sample:
    rows: list[Row] = [
        ("(D(x^2 + 1, x)*(x - 1) - (x^2 + 1)*D(x - 1, x))/(x - 1)^2", "quotient", {}, {}),
        ("(2*x*(x - 1) - (x^2 + 1)*D(x - 1, x))/(x - 1)^2", "power", {"n": "2"}, {}),
        ("(x^2 - 2*x - 1)/(x - 1)^2", "expand", {}, {}),
    ]
    return derivation("D((x^2 + 1)/(x - 1), x)", "x", rows), [*checks(3)[:3], Check(None, "sympy", Verdict.SKIPPED, reason="too_large")]
