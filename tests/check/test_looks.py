"""What is looked at numerically before and beside a proof: attempts that are false, and places where a kink may be."""

import numpy as np
import pytest

from derivx.check import kinks
from derivx.check.exact import _plausible
from derivx.syntax import read

OVER = frozenset({("f", frozenset({"x"})), ("g", frozenset({"x"}))})
NONE = frozenset()


@pytest.mark.parametrize(
    ("before", "after", "functions", "worth"),
    [
        ("sin(x)^2", "1 - cos(x)^2", NONE, True),
        ("sin(x)^2", "1 + cos(x)^2", NONE, False),
        # outside the domain at the few points of the first look
        ("D(log(sin(f)/4), x)", "g*D(f, x)", OVER, False),
        ("D(asin(f)*acosh(g), x)", "D(asin(f), x)*acosh(g) + asin(f)*D(acosh(g), x)", OVER, True),
        ("D(asin(f)*acosh(g), x)", "D(asin(f), x)*acosh(g) - asin(f)*D(acosh(g), x)", OVER, False),
        ("sqrt(-1 - x^2)", "x", NONE, True),  # no domain at all: nothing is known
    ],
)
def test_attempts(before, after, functions, worth):
    assert _plausible(read(before), read(after), functions) is worth


def test_zeros_say_nothing_beside_a_difference():
    assert not _plausible(read("step(x - 0.5)*x"), read("step(x - 0.5)*x^2"), NONE)


def test_halving_all_stretches_at_once():
    def f(x):
        return np.sin(3 * x) - 0.4

    grid = np.linspace(-6.03, 6.01, 121)
    left = f(grid)
    at = np.flatnonzero(np.sign(left[:-1]) != np.sign(left[1:]))
    found = kinks._bisect(f, grid[at], grid[at + 1], left[at])
    for k, i in enumerate(at):
        low, high = grid[i], grid[i + 1]
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if np.sign(f(middle)) == np.sign(left[i]) else (low, middle)
        assert found[k] == high
