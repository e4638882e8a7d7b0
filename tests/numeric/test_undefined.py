"""The stand-in for an undefined function is smooth, the same for the same name, and f' is its derivative."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derivx.expr import Diff, Sym
from derivx.numeric import AUTOGRAD, COMPLEX, MPMATH, REAL, SYMPY, Scope, Unavailable, UnknownValue, evaluate, space
from derivx.syntax import read


def at(text: str, name: str, **given: float) -> float:
    expr = read(text)
    return float(
        np.real(complex(evaluate(expr, Scope({k: np.array(v) if name != MPMATH else v for k, v in given.items()}, {}, space(name)))))
    )


@pytest.mark.parametrize("name", [REAL, COMPLEX, AUTOGRAD, MPMATH])
def test_the_same_in_every_namespace(name: str) -> None:
    assert at("f(x)", name, x=0.3) == pytest.approx(at("f(x)", REAL, x=0.3), rel=1e-12)
    assert at("f(x)", name, x=0.3) != at("g(x)", name, x=0.3)


@pytest.mark.parametrize(("left", "right"), [("D(f(x), x)", "f'(x)"), ("D(f'(x), x)", "f''(x)"), ("D(f(x^2), x)", "2*x*f'(x^2)")])
def test_primes_are_derivatives(left: str, right: str) -> None:
    assert at(left, COMPLEX, x=0.7) == pytest.approx(at(right, COMPLEX, x=0.7), rel=1e-12)


def test_what_a_namespace_cannot_do() -> None:
    with pytest.raises(Unavailable):
        at("D(x^2, x)", REAL, x=1.0)
    with pytest.raises(Unavailable):
        at("D(D(x^3, x), x)", COMPLEX, x=1.0)
    with pytest.raises(UnknownValue):
        at("x + y", REAL, x=1.0)


@pytest.mark.parametrize(
    ("text", "wanted"), [("D(D(x^4, x), x)", 12.0), ("D(D(D(x^4, x), x), x)", 24.0), ("D(D(sin(x)*y, x), y)", np.cos(1.0))]
)
def test_nested_derivatives_in_180_digits(text: str, wanted: float) -> None:
    import mpmath

    with mpmath.workdps(180):
        found = evaluate(read(text), Scope({"x": mpmath.mpf(1), "y": mpmath.mpf(2)}, {}, space(MPMATH)))
        assert abs(found - wanted) < 1e-14


def test_six_nested_derivatives_are_too_many() -> None:
    import mpmath

    expr = read("x^9")
    for _ in range(6):
        expr = Diff(expr, Sym("x"))
    with pytest.raises(Unavailable):
        evaluate(expr, Scope({"x": mpmath.mpf(1)}, {}, space(MPMATH)))


def test_a_derivative_by_a_name() -> None:
    """D(e, u): the definitions are expanded down to u and no further."""
    where = {"u": read("w*x"), "s": read("sigmoid(u)")}
    scope = Scope({"w": np.array(0.5), "x": np.array(2.0)}, where, space(COMPLEX))
    value = 1 / (1 + np.exp(-1.0))
    assert complex(evaluate(read("D(s, u)"), scope)).real == pytest.approx(value * (1 - value), rel=1e-14)
    assert complex(evaluate(read("D(s, w)"), scope)).real == pytest.approx(2 * value * (1 - value), rel=1e-14)
    assert complex(evaluate(read("D(w*u, u)"), scope)).real == pytest.approx(0.5, rel=1e-14)


def test_sympy_carries_derivatives_out() -> None:
    x = sp.Symbol("x", real=True)
    assert evaluate(read("D(x^2*sin(x), x)"), Scope({"x": x}, {}, space(SYMPY))) == sp.diff(x**2 * sp.sin(x), x)
    assert evaluate(read("where(x > 0, x, 0)"), Scope({"x": x}, {}, space(SYMPY))) == sp.Piecewise((x, x > 0), (0, True))
