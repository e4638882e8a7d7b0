"""The syntax of ``tests/data/matrix.json``, evaluated over NumPy or autograd: a second reading that never imports the deriving code.

The formulas are Python expressions, read with ``ast`` and evaluated with the table below. Everything is written with operations
that autograd can differentiate twice. Inputs are drawn from a seed under the file's assumptions, at three assignments of sizes.
"""

from __future__ import annotations

import ast
import operator
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import autograd.numpy as anp
import numpy as np

from tests.matrix import wide

Case = Mapping[str, Any]
Pairs = Iterable[tuple[str, str]]

DEFAULT_DIMS = {"n": 4, "m": 3, "p": 5, "q": 2, "N": 6, "d": 4, "h": 5, "k": 3, "c": 3, "T": 5}
# No two dims agree in the second, and n >= m, n > q in each (some cases invert X.T @ X, a kernel is shorter than its input).
MORE_DIMS = (
    {"n": 5, "m": 4, "p": 2, "q": 3, "N": 8, "d": 6, "h": 7, "k": 9, "c": 1, "T": 10},
    {"n": 3, "m": 2, "p": 4, "q": 2, "N": 5, "d": 6, "h": 3, "k": 4, "c": 2, "T": 2},
)


class Malformed(Exception):
    """A formula that is not of the syntax, or whose shapes do not fit."""


def need(condition: object, why: str) -> None:
    if not condition:
        raise Malformed(why)


# ---- the functions -------------------------------------------------------------------------------------------------


def _det(x: Any) -> Any:
    need(x.ndim == 2 and x.shape[0] == x.shape[1], "det of no square matrix")
    return anp.linalg.det(x)


def _logdet(x: Any) -> Any:
    """Of a matrix with a positive determinant; else not a number."""
    need(x.ndim == 2 and x.shape[0] == x.shape[1], "logdet of no square matrix")
    sign, value = anp.linalg.slogdet(x)
    return value if sign > 0 else value * np.nan


def _diagonal(x: Any) -> Any:
    need(x.ndim == 2 and x.shape[0] == x.shape[1], "diagonal of no square matrix")
    return anp.sum(x * np.eye(x.shape[0]), axis=1)


def _power(x: Any, r: int) -> Any:
    need(x.ndim == 2 and x.shape[0] == x.shape[1] and r == int(r), "matrix_power of no square matrix, or to no integer")
    base = anp.linalg.inv(x) if r < 0 else x
    out = np.eye(x.shape[0])
    for _ in range(abs(int(r))):
        out = anp.dot(out, base)
    return out


def _pinv(x: Any) -> Any:
    """Of a matrix of full rank, as all drawn ones are."""
    need(x.ndim == 2, "pinv of no matrix")
    if x.shape[0] >= x.shape[1]:
        return anp.linalg.inv(x.T @ x) @ x.T
    return x.T @ anp.linalg.inv(x @ x.T)


def _inv(x: Any) -> Any:
    need(x.ndim == 2 and x.shape[0] == x.shape[1], "inv of no square matrix")
    return anp.linalg.inv(x)


def _kron(a: Any, b: Any) -> Any:
    need(a.ndim == b.ndim == 2, "kron of no matrices")
    return anp.reshape(a[:, None, :, None] * b[None, :, None, :], (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]))


def _outer(a: Any, b: Any) -> Any:
    need(a.ndim == b.ndim == 1, "outer of no vectors")
    return a[:, None] * b[None, :]


def _diag(x: Any) -> Any:
    need(x.ndim == 1, "diag of no vector")
    return x[:, None] * np.eye(x.shape[0])


def _row(x: Any) -> Any:
    need(x.ndim == 1, "row of no vector")
    return x[None, :]


def _commutation(n: int, m: int) -> Any:
    """K with K vec(X) = vec(X.T) for X n-by-m, where vec stacks columns."""
    out = np.zeros((n * m, n * m))
    for i in range(n):
        for j in range(m):
            out[i * m + j, j * n + i] = 1.0
    return out


def _reduced(reduce: Callable[..., Any]) -> Callable[..., Any]:
    def over(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
        need(axis is None or -x.ndim <= axis < x.ndim, "no such axis")
        return reduce(x, axis=axis, keepdims=keepdims)

    return over


def _softmax(x: Any) -> Any:
    need(x.ndim, "softmax of a scalar")
    top = anp.exp(x - anp.max(x, axis=-1, keepdims=True))
    return top / anp.sum(top, axis=-1, keepdims=True)


def _logsumexp(x: Any) -> Any:
    need(x.ndim, "logsumexp of a scalar")
    top = anp.max(x, axis=-1, keepdims=True)
    return anp.log(anp.sum(anp.exp(x - top), axis=-1)) + anp.sum(top, axis=-1)


def _im2col(x: Any, q: int) -> Any:
    """The windows of length q of a vector, a row each: [n - q + 1, q]."""
    need(x.ndim == 1 and q == int(q) and 0 < q <= x.shape[0], "im2col of no vector, or too wide")
    return x[np.arange(x.shape[0] - int(q) + 1)[:, None] + np.arange(int(q))]


def _conv1d(x: Any, w: Any) -> Any:
    """The 'valid' cross-correlation: out[i] = sum_j x[i + j] w[j]."""
    need(x.ndim == w.ndim == 1, "conv1d of no vectors")
    return anp.dot(_im2col(x, w.shape[0]), w)


def _conv1d_transpose(g: Any, w: Any) -> Any:
    """The full convolution: out[k] = sum_i g[i] w[k - i]."""
    need(g.ndim == w.ndim == 1, "conv1d_transpose of no vectors")
    r, q = g.shape[0], w.shape[0]
    padded = anp.concatenate([np.zeros(r - 1), w, np.zeros(r - 1)])
    return anp.dot(padded[np.arange(r + q - 1)[:, None] - np.arange(r) + r - 1], g)


def _scalar(x: float) -> Any:
    return anp.asarray(x, dtype=float)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "inv": _inv,
    "det": _det,
    "logdet": _logdet,
    "tr": lambda x: anp.sum(_diagonal(x)),
    "matrix_power": _power,
    "pinv": _pinv,
    "kron": _kron,
    "outer": _outer,
    "diag": _diag,
    "diagonal": _diagonal,
    "eye": np.eye,
    "ones": lambda *sizes: np.ones(sizes),
    "row": _row,
    "commutation": _commutation,
    "sum": _reduced(anp.sum),
    "mean": _reduced(anp.mean),
    "norm2": lambda x: anp.sqrt(anp.sum(x * x)),
    "norm1": lambda x: anp.sum(anp.abs(x)),
    "exp": anp.exp,
    "log": anp.log,
    "sqrt": anp.sqrt,
    "abs": anp.abs,
    "sign": anp.sign,
    "sin": anp.sin,
    "cos": anp.cos,
    "sigmoid": lambda x: 0.5 * (anp.tanh(0.5 * x) + 1.0),
    "tanh": anp.tanh,
    "relu": lambda x: anp.where(x > 0, x, 0.0 * x),
    "step": lambda x: anp.where(x > 0, 1.0 + 0.0 * x, 0.0 * x),
    "softmax": _softmax,
    "logsumexp": _logsumexp,
    "im2col": _im2col,
    "conv1d": _conv1d,
    "conv1d_transpose": _conv1d_transpose,
    # A smooth stand-in for the generic activation, and its derivative.
    "g": lambda x: anp.sin(1.3 * x + 0.2) + 0.1 * x**2,
    "dg": lambda x: 1.3 * anp.cos(1.3 * x + 0.2) + 0.2 * x,
}
TAKES_NUMBERS = {"eye", "ones", "zeros", "commutation"}  # and the second argument of matrix_power and im2col

WIDE = "wide "  # no name: an environment that has it allows indices, lists and the functions of ``wide``

_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
}


# ---- evaluation ----------------------------------------------------------------------------------------------------


@cache
def parse(text: str) -> ast.expr:
    """The tree of a formula; ``Malformed`` for what is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as err:
        raise Malformed(f"not a formula: {text}") from err


def _value(node: ast.expr, env: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=bool() | int() | float() | None as number):
            return number
        case ast.Name(id=name):
            need(name in env, f"unknown name {name}")
            return env[name]
        case ast.UnaryOp(op=ast.USub(), operand=x):
            return -_value(x, env)
        case ast.UnaryOp(op=ast.UAdd(), operand=x):
            return +_value(x, env)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, env), _value(right, env))
        case ast.Attribute(value=x, attr="T"):
            found = _value(x, env)
            return found.T if hasattr(found, "T") else found
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            functions = FUNCTIONS | wide.FUNCTIONS if WIDE in env else FUNCTIONS
            need(name in functions, f"unknown function {name}")
            values = [_value(a, env) for a in args]
            if name not in TAKES_NUMBERS and values:
                values[0] = _scalar(values[0]) if isinstance(values[0], int | float) else values[0]
            return functions[name](*values, **{k.arg: _value(k.value, env) for k in keywords if k.arg})
    return _wide_value(node, env)


def _wide_value(node: ast.expr, env: Mapping[str, Any]) -> Any:
    """The value of what is of the wider language alone."""
    need(WIDE in env, f"not of the syntax: {ast.unparse(node)}")
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(_value(item, env) for item in items)
        case ast.Subscript(value=x, slice=index):
            return _value(x, env)[_value(index, env)]
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(None if part is None else _value(part, env) for part in (lower, upper, step)))
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return _value(left, env) == _value(right, env)
    raise Malformed(f"not of the syntax: {ast.unparse(node)}")


def evaluate(text: str, env: Mapping[str, Any]) -> Any:
    """The value of a formula where ``env`` gives every name; ``Malformed`` where shapes or syntax do not fit."""
    with np.errstate(all="ignore"):
        try:
            return _value(parse(text), env)
        except (ValueError, TypeError, IndexError, AttributeError, np.linalg.LinAlgError, ZeroDivisionError, OverflowError) as err:
            raise Malformed(f"{text}: {err}") from err


def with_definitions(env: Mapping[str, Any], *definitions: Pairs) -> dict[str, Any]:
    """The names with those of ``let`` and the like added, in order."""
    out = dict(env)
    for pairs in definitions:
        for name, text in pairs:
            out[name] = evaluate(text, out)
    return out


def names(text: str) -> set[str]:
    """The names of a formula that are not functions."""
    tree = parse(text)
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called}


# ---- sizes and inputs ----------------------------------------------------------------------------------------------


def _complete(case: Case, dims: dict[str, int], more: int) -> dict[str, int]:
    """The dims with the case's own (``r``: the length of a valid convolution) and its constants, ``more`` larger."""
    out = dict(dims)
    for name, value in case["dims"].items():
        out[name] = dims["n"] - dims["q"] + 1 if name == "r" else value + more
    return out | {name: value + more for name, value in case["consts"].items()}


def sizes_of(case: Case) -> list[dict[str, int]]:
    """Three assignments of sizes: the file's, and two more. Symbolic integers vary too."""
    return [_complete(case, dims, more) for more, dims in enumerate((DEFAULT_DIMS, *MORE_DIMS))]


def _orthogonal(rng: np.random.Generator, n: int) -> Any:
    """With either determinant: that of ``qr`` alone has one sign."""
    return np.linalg.qr(rng.normal(size=(n, n)))[0] * rng.choice([-1.0, 1.0], n)


def _spectral(rng: np.random.Generator, n: int) -> Any:
    """An invertible matrix far from singular ones, with no structure."""
    return _orthogonal(rng, n) @ np.diag(rng.uniform(0.7, 1.8, n)) @ _orthogonal(rng, n)


def _spd(rng: np.random.Generator, n: int) -> Any:
    q = _orthogonal(rng, n)
    out = q @ np.diag(rng.uniform(0.6, 2.0, n)) @ q.T
    return (out + out.T) / 2


def _posdet(rng: np.random.Generator, n: int) -> Any:
    out = _spectral(rng, n)
    return out if np.linalg.det(out) > 0 else np.concatenate([-out[:1], out[1:]])


def _posdef_nonsym(rng: np.random.Generator, n: int) -> Any:
    z = rng.normal(size=(n, n))
    return _spd(rng, n) + 0.3 * (z - z.T)


def _symmetric(rng: np.random.Generator, n: int) -> Any:
    z = rng.normal(size=(n, n))
    return (z + z.T) / 2


def _signs(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Both signs, as far as there is room for them."""
    out = np.where(np.arange(int(np.prod(shape))) % 2, 1.0, -1.0)
    return rng.permutation(out).reshape(shape)


def _onehot_rows(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return np.eye(shape[-1])[rng.integers(shape[-1], size=shape[:-1])]


_DRAWS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Any]] = {
    "": lambda rng, shape: rng.normal(size=shape),
    "symmetric": lambda rng, shape: _symmetric(rng, shape[0]),
    "spd": lambda rng, shape: _spd(rng, shape[0]),
    "posdef_nonsym": lambda rng, shape: _posdef_nonsym(rng, shape[0]),
    "invertible": lambda rng, shape: _spectral(rng, shape[0]),
    "posdet": lambda rng, shape: _posdet(rng, shape[0]),
    "diagonal": lambda rng, shape: np.diag(rng.uniform(0.5, 2.0, shape[0]) * _signs(rng, shape[:1])),
    "positive": lambda rng, shape: rng.uniform(0.4, 2.0, shape),
    "small": lambda rng, shape: rng.uniform(0.005, 0.02, shape),
    "wide": lambda rng, shape: rng.uniform(2.0, 4.0, shape),
    "large": lambda rng, shape: rng.uniform(20.0, 30.0, shape),
    "pm1": _signs,
    "binary": lambda rng, shape: (_signs(rng, shape) + 1) / 2,
    "onehot": _onehot_rows,
    "onehot_rows": _onehot_rows,
}


def shape_of(case: Case, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sizes[dim] if isinstance(dim, str) else dim for dim in case["vars"][name])


def draw(case: Case, sizes: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Every name of a case: its variables drawn under the assumptions, and the sizes as numbers (a variable hides a size)."""
    out: dict[str, Any] = dict(sizes) | ({WIDE: True} if case.get("wide") else {})
    for name in case["vars"]:
        rng = np.random.default_rng([seed, zlib.crc32(f"{case['id']}:{name}".encode())])
        assume = case["assume"].get(name, "")
        out[name] = np.asarray(_DRAWS[assume](rng, shape_of(case, name, sizes)), dtype=float)
    return out
