"""The special functions of the complex step against mpmath: both parts right to the last digits."""

import random

import mpmath
import numpy as np
import pytest

from derivx.numeric import special

OURS = {"erf": special.erf, "gamma": special.gamma, "loggamma": special.lgamma}


def exact(name, z):
    with mpmath.workdps(700 if name == "erf" else 60):  # erf of a complex number is right as a whole, not part by part
        return getattr(mpmath, name)(mpmath.mpc(z.real, z.imag))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("erf", -3, 3),
        ("erf", -25, 25),
        ("gamma", 0.05, 1.6),
        ("gamma", 1.6, 150),
        ("loggamma", 0.05, 0.9),
        ("loggamma", 1.1, 1.8),
        ("loggamma", 2.2, 300),
    ],
)
@pytest.mark.parametrize("height", [1e-30, 1e-12])
def test_complex_step(name, low, high, height):
    draw = random.Random(f"{name} {low}")
    z = np.array([draw.uniform(low, high) + 1j * height * draw.uniform(-3, 3) for _ in range(60)])
    for p, ours in zip(z, OURS[name](z), strict=True):
        there = exact(name, complex(p))
        slope = 0 if name == "erf" else abs(p.imag) * max(1, abs(there.real))  # digamma has a root at 1.46
        assert abs(ours.real - there.real) <= 5e-15 * max(abs(there.real), 0.2 if name == "loggamma" else 0)
        assert abs(ours.imag - there.imag) <= 5e-15 * max(abs(there.imag), slope)


@pytest.mark.parametrize(
    ("name", "z"), [("erf", 0.4 + 2.5j), ("erf", 1 + 0.7j), ("gamma", -0.4 + 1e-30j), ("gamma", 2 + 1j), ("loggamma", 2 + 1e-30j)]
)
def test_elsewhere(name, z):
    ours, there = complex(OURS[name](z)), complex(exact(name, z))
    assert ours == pytest.approx(there, rel=1e-13, abs=1e-45)
    assert complex(OURS[name](np.array([z, 1.5 + 0j]))[0]) == ours


def test_where_there_is_no_value():
    with np.errstate(all="ignore"):
        assert np.isnan(special.gamma(np.array([-1.0 + 0j, 3 + 0j]))).tolist() == [True, False]
        assert np.isnan(special.erf(np.array([np.nan + 0j, 1 + 0j]))).tolist() == [True, False]
    assert special.gamma(np.array([4.0]))[0] == 6
