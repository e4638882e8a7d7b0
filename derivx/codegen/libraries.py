"""NumPy, PyTorch and JAX as namespaces that write: what the cards' values say, in each library's words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from derivx.codegen.code import Code, call, code, compare, number, variable
from derivx.errors import NotSupported

_FUNCTIONS = frozenset(
    "exp log log1p expm1 sin cos asin acos atan sinh cosh tanh asinh acosh atanh sqrt abs sign floor erf gamma lgamma".split()
)
_ARCS = {a: a.replace("a", "arc", 1) for a in ("asin", "acos", "atan", "asinh", "acosh", "atanh")}
_EXTREMES = {"max": "maximum", "min": "minimum"}


def _comparison(sign: str) -> Callable[[Any, Any, Any], Code]:
    return lambda _library, a, b: compare(a, sign, b)


class Library:
    """A namespace of functions that return code. ``needs``: of each set of names, one must be a tensor (see ``Torch``)."""

    alias = ""
    lines: ClassVar[Mapping[str, str]] = {}  # of each outside name, the line it needs at the top
    heads: ClassVar[Mapping[str, str]] = {}  # what a function is called, if not by its own name behind the alias
    cards: ClassVar[Mapping[str, str]] = {}  # cards that the library has a function for

    def __init__(self) -> None:
        self.needs: set[frozenset[str]] = set()
        self.pi, self.e = Code(f"{self.alias}.pi"), Code(f"{self.alias}.e")

    number = staticmethod(number)
    gt, lt, ge, le, eq, ne = map(_comparison, (">", "<", ">=", "<=", "==", "!="))

    def __getattr__(self, name: str) -> Callable[..., Code]:
        if name not in _FUNCTIONS:
            raise AttributeError(name)
        return partial(self.call, name)

    def call(self, name: str, *args: Any) -> Code:
        """A function of the library."""
        return call(self.heads.get(name, f"{self.alias}.{name}"), *map(code, args))

    def where(self, c: Any, a: Any, b: Any) -> Code:
        a, b = code(a), code(b)
        return self.call("where", c, *((a, b) if a.names or b.names else (a.as_float(), b.as_float())))

    def power(self, a: Any, b: Any) -> Code:
        """``a**b``, by the library's function where plain floats would have a complex value."""
        a, b = code(a), code(b)
        literal = not a.names and not a.steps
        return a**b if b.whole or literal else self.call("power", a, b)

    def softplus(self, x: Any) -> Code:
        return self.call("logaddexp", x, 0)

    def polygamma(self, n: Any, x: Any) -> Code:
        return self.call("digamma", x) if code(n).text == "0" else self.call("polygamma", n, x)

    def tensor(self, value: Code, like: str = "") -> Code:  # noqa: ARG002 (see Torch)
        """What the library computes with; a plain number does."""
        return value


class Numpy(Library):
    alias = "np"
    lines: ClassVar = {
        "math": "import math",
        "np": "import numpy as np",
        "special": "from scipy import special  # NumPy has no polygamma function",
        "erf": "erf = np.vectorize(math.erf, otypes=[float])  # NumPy has no error function",
        "gamma": "gamma = np.vectorize(math.gamma, otypes=[float])  # NumPy has no gamma function",
        "lgamma": "lgamma = np.vectorize(math.lgamma, otypes=[float])  # NumPy has no logarithm of it",
    }
    heads: ClassVar = {
        **_ARCS,
        **{arc: f"np.{name}" for arc, name in _ARCS.items()},
        **{name: name for name in ("erf", "gamma", "lgamma")},
        **{name: f"special.{name}" for name in ("digamma", "polygamma")},
        "power": "np.float_power",  # np.power refuses whole numbers to negative powers
    }
    cards: ClassVar = {**_EXTREMES, **{name: name for name in ("tan", "cbrt", "ceil", "log2", "log10")}}


class Jax(Library):
    alias = "jnp"
    lines: ClassVar = {"jnp": "import jax.numpy as jnp", "special": "from jax.scipy import special"}
    heads: ClassVar = {
        **{arc: f"jnp.{name}" for arc, name in _ARCS.items()},
        **{name: f"special.{name}" for name in ("erf", "gamma", "digamma", "polygamma")},
        "lgamma": "special.gammaln",
    }
    cards: ClassVar = Numpy.cards


class Torch(Library):
    """PyTorch, whose functions take tensors only: a constant goes through ``math``, or is made a tensor beside others."""

    alias = "torch"
    lines: ClassVar = {"math": "import math", "torch": "import torch"}
    cards: ClassVar = {**_EXTREMES, **{name: name for name in ("tan", "ceil", "log2", "log10", "sigmoid", "relu")}}

    def call(self, name: str, *args: Any) -> Code:
        parts = [code(a) for a in args]
        like = next((p.names[0] for p in parts if p.names), "")
        if not like and hasattr(math, name):
            return call(f"math.{name}", *parts)
        parts = [self.tensor(p, like) for p in parts]
        self.needs |= {frozenset(p.names) for p in parts}
        return call(f"torch.{name}", *parts)

    def tensor(self, value: Code, like: str = "") -> Code:
        """A constant as a tensor, of the kind of another if there is one."""
        if value.names:
            return value
        if not like:
            return variable(f"torch.tensor({value.text}, dtype=torch.float64)")
        self.needs.add(frozenset([like]))
        known = {"0": "zeros_like", "0.0": "zeros_like", "1": "ones_like", "1.0": "ones_like"}.get(value.text)
        return call(f"torch.{known}", variable(like)) if known else call("torch.full_like", variable(like), value)

    def where(self, c: Any, a: Any, b: Any) -> Code:
        c, a, b = code(c), code(a), code(b)
        if not a.names and not b.names:  # two plain numbers would be of single precision
            a = self.tensor(a, next(iter(c.names), ""))
        c = c if c.names else variable(f"torch.tensor({c.text})")
        self.needs |= {frozenset(c.names), frozenset(a.names + b.names)}
        return call("torch.where", c, a, b)

    def power(self, a: Any, b: Any) -> Code:
        result: Code = code(a) ** b
        return result

    def gamma(self, x: Any) -> Code:
        """PyTorch has the logarithm only; below 0 the sign changes at every whole number."""
        x = code(x)
        if not x.names:
            return self.call("gamma", x)
        return self.where(self.gt(x, 0), 1, self.cos(self.pi * self.floor(x))) * self.exp(self.lgamma(x))

    def polygamma(self, n: Any, x: Any) -> Code:
        n = code(n)
        if n.names or "." in n.text:
            raise NotSupported("not_supported", what="polygamma(n, x) / torch")
        if n.text == "0":
            return self.call("digamma", x)
        x = self.tensor(code(x))
        self.needs.add(frozenset(x.names))
        return call("torch.polygamma", n, x)


LIBRARIES: Mapping[str, type[Library]] = {"numpy": Numpy, "torch": Torch, "jax": Jax}
