"""PyTorch: a further referee, by its reverse-mode autograd. Imported only when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from derivx.numeric.evaluate import Unavailable
from derivx.numeric.undefined import undefined


class Torch:
    """Double-precision tensors."""

    pi, e = torch.tensor(math.pi, dtype=torch.float64), torch.tensor(math.e, dtype=torch.float64)
    exp, log, log1p, expm1 = map(staticmethod, (torch.exp, torch.log, torch.log1p, torch.expm1))
    sin, cos, sqrt = map(staticmethod, (torch.sin, torch.cos, torch.sqrt))
    asin, acos, atan = map(staticmethod, (torch.asin, torch.acos, torch.atan))
    sinh, cosh, tanh = map(staticmethod, (torch.sinh, torch.cosh, torch.tanh))
    asinh, acosh, atanh = map(staticmethod, (torch.asinh, torch.acosh, torch.atanh))
    abs, sign, floor, erf, lgamma = map(staticmethod, (torch.abs, torch.sign, torch.floor, torch.erf, torch.lgamma))
    power = staticmethod(torch.pow)

    def points(self, value: Any) -> Any:
        """Sample points as a tensor."""
        return torch.as_tensor(np.asarray(value, dtype=float))

    def values(self, value: Any) -> Any:
        """A tensor as a NumPy array."""
        return value.detach().numpy()

    def number(self, value: Any) -> Any:
        return torch.tensor(float(value), dtype=torch.float64)

    def undefined(self, name: str, args: tuple[Any, ...]) -> Any:
        return undefined(self, name, args)

    def where(self, c: Any, a: Any, b: Any) -> Any:
        return torch.where(c, *(x if torch.is_tensor(x) else self.number(x) for x in (a, b)))

    def gt(self, a: Any, b: Any) -> Any:
        return a > b

    def lt(self, a: Any, b: Any) -> Any:
        return a < b

    def ge(self, a: Any, b: Any) -> Any:
        return a >= b

    def le(self, a: Any, b: Any) -> Any:
        return a <= b

    def eq(self, a: Any, b: Any) -> Any:
        return a == b

    def ne(self, a: Any, b: Any) -> Any:
        return a != b

    def softplus(self, x: Any) -> Any:
        return torch.logaddexp(x, torch.zeros_like(x))

    def gamma(self, x: Any) -> Any:
        return torch.exp(torch.lgamma(x))

    def polygamma(self, n: Any, x: Any) -> Any:
        order = round(float(torch.as_tensor(n).flatten()[0]))
        return torch.digamma(x) if order == 0 else torch.polygamma(order, x)

    def diff(self, f: Callable[[Any], Any], at: Any, height: int) -> Any:
        """The derivative at each sample point; its own graph is kept for the derivative around it."""
        point = (at if at.requires_grad else at.detach().clone().requires_grad_()) * 1.0
        value = f(point) + 0.0 * point
        if not value.requires_grad:
            raise Unavailable("pending")
        return torch.autograd.grad(value.sum(), point, create_graph=True)[0]

    def gradient(self, f: Callable[[list[Any]], Any], at: list[float]) -> list[float]:
        """The derivatives of a number by each of several numbers, by one backward pass."""
        points = [torch.tensor(float(v), dtype=torch.float64, requires_grad=True) for v in at]
        found = torch.autograd.grad(f(points) + sum(0.0 * p for p in points), points)
        return [float(g) for g in found]
