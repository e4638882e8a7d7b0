"""``2-3-1 tanh mse``: sizes of layers, an activation for the hidden ones, a loss; and the program that it is.

One sample by default: x a vector, z1 = W1 @ x + b1. With a batch: X has a row for each sample, Z1 = X @ W1 + b1.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from derivx import ops
from derivx.errors import UsageError

_PLAIN = ("identity", "linear", "none")
# The loss of the last layer's output o against the target y, per sample and over a batch of N; how the output is made of the logits.
LOSSES: Mapping[str, tuple[str, str, str, str]] = {
    "mse": ("", "mean(({o} - y)^2)", "mean(({o} - Y)^2)", ""),
    "sse": ("", "sum(({o} - y)^2)", "sum(({o} - Y)^2)", ""),
    "sse/2": ("", "sum(({o} - y)^2)/2", "sum(({o} - Y)^2)/2", ""),
    "mae": ("", "mean(abs({o} - y))", "mean(abs({o} - Y))", ""),
    "huber": ("", "mean(huber({o}, y))", "mean(huber({o}, Y))", ""),
    "bce": ("sigmoid", "-mean(y*log({o}) + (1 - y)*log(1 - {o}))", "-mean(Y*log({o}) + (1 - Y)*log(1 - {o}))", "binary"),
    "bce-with-logits": ("", "mean(softplus({o}) - y*{o})", "mean(softplus({o}) - Y*{o})", "binary"),
    "softmax-ce": ("", "-y @ log(softmax({o}))", "-sum(Y*log(softmax({o})))/{n}", "onehot"),
    "nll": ("", "-y @ {o}", "-sum(Y*{o})/{n}", "onehot"),
    "hinge": ("", "mean(relu(1 - y*{o}))", "mean(relu(1 - Y*{o}))", "pm1"),
    "sse/(n-2)": ("", "sum(({o} - y)^2)/({k} - 2)", "sum(({o} - Y)^2)/({n} - 2)", ""),
}


@dataclass(frozen=True)
class Network:
    """Dense layers: ``sizes`` from the input to the output, an activation for each layer (the last one's may be plain), a loss."""

    sizes: tuple[int | str, ...]
    activations: tuple[str, ...]
    loss: str
    bias: tuple[bool, ...] = ()
    batch: int | str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def program(self) -> str:
        """The program as text: declarations, one or two lines a layer, the loss."""
        return "\n".join([*self._declarations(), *self._layers()])

    @property
    def parameters(self) -> list[str]:
        """The names of weights and biases, layer by layer."""
        return [p for i in range(1, len(self.sizes)) for p in (f"W{i}", *([f"b{i}"] if self._biased(i) else []))]

    @property
    def spoken(self) -> str:
        """``2 → 3 (tanh) → 1``: the sizes, and the activation of each layer that has one."""
        used = [*self.activations[: len(self.sizes) - 2], self._last()]
        layers = (f"{n}" if f in _PLAIN else f"{n} ({f})" for n, f in zip(self.sizes[1:], used, strict=True))
        return " → ".join([str(self.sizes[0]), *layers])

    def _biased(self, layer: int) -> bool:
        return self.bias[layer - 1] if self.bias else True

    def _declarations(self) -> list[str]:
        first, last, n = self.sizes[0], self.sizes[-1], self.batch
        flag = LOSSES[self.loss][3]
        rows = (
            [f"data X: ({n}, {first})", f"data Y: {_flag(flag, rows=True)}({n}, {last})"]
            if n
            else [f"data x: ({first})", f"data y: {_flag(flag)}({last})"]
        )
        for i, (a, b) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), 1):
            rows.append(f"param W{i}: ({a}, {b})" if n else f"param W{i}: ({b}, {a})")
            rows += [f"param b{i}: ({b})"] if self._biased(i) else []
        return rows

    def _layers(self) -> list[str]:
        rows: list[str] = []
        value = "X" if self.batch else "x"
        z, a = ("Z", "A") if self.batch else ("z", "a")
        count = len(self.sizes) - 1
        for i in range(1, count + 1):
            product = f"{value} @ W{i}" if self.batch else f"W{i} @ {value}"
            rows.append(f"{z}{i} = {product}" + (f" + b{i}" if self._biased(i) else ""))
            value = f"{z}{i}"
            activation = self.activations[i - 1] if i < count else self._last()
            if activation not in _PLAIN:
                rows.append(f"{a}{i} = {activation}({value})")
                value = f"{a}{i}"
        return [*rows, f"L = {LOSSES[self.loss][2 if self.batch else 1].format(o=value, n=self.batch, k=self.sizes[-1])}"]

    def _last(self) -> str:
        stated = self.activations[-1] if len(self.activations) == len(self.sizes) - 1 else ""
        return stated or LOSSES[self.loss][0] or "identity"


def _flag(flag: str, *, rows: bool = False) -> str:
    if not flag:
        return ""
    return f"{'onehot_rows' if flag == 'onehot' and rows else flag} "


def read_layers(text: str, batch: str | None = None) -> Network:
    """A layer list such as ``784-128-10 relu softmax-ce``. Raises ``UsageError`` with a suggestion."""
    sizes, *words = text.split() or [""]
    dims = tuple(int(d) if d.isdigit() else d for d in sizes.split("-"))
    if len(dims) < 2 or not all((isinstance(d, int) and d > 0) or (isinstance(d, str) and d.isidentifier()) for d in dims):
        raise UsageError("bad_layers", text=text, hint="2-3-1 tanh mse")
    *activations, loss = words or ["mse"]
    if loss not in LOSSES:
        raise UsageError("no_such_loss", name=loss, hint=_near(loss, LOSSES))
    layers = len(dims) - 1
    found = [_activation(a) for a in activations] or ["identity" if layers == 1 else "tanh"]
    if len(found) not in (1, layers - 1, layers):
        raise UsageError("bad_layers", text=text, hint="2-3-1 tanh mse")
    hidden = found * (layers - 1) if len(found) == 1 else found
    return Network(dims, tuple(hidden), loss, batch=int(batch) if batch and batch.isdigit() else batch)


def read_toml(text: str) -> Network:
    """A network from TOML: ``input``, ``[[layer]]`` tables with ``units``, ``activation``, ``bias``, then ``loss`` and ``batch``."""
    try:
        table: dict[str, Any] = tomllib.loads(text)
        layers = table["layer"]
        sizes = (table["input"], *(layer["units"] for layer in layers))
        activations = tuple(_activation(layer.get("activation", "identity")) for layer in layers)
        loss = table.get("loss", "mse")
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as bad:
        raise UsageError("bad_layers", text=str(bad), hint="2-3-1 tanh mse") from bad
    if loss not in LOSSES:
        raise UsageError("no_such_loss", name=str(loss), hint=_near(str(loss), LOSSES))
    return Network(sizes, activations, loss, tuple(bool(layer.get("bias", True)) for layer in layers), table.get("batch"))


def _activation(name: str) -> str:
    op = ops.find(name, 1)
    if name in _PLAIN:
        return "identity"
    if op is None or op.shape not in ("elementwise", "same"):
        raise UsageError("no_such_op", name=name, hint=_near(name, ops.spellings()))
    return op.name


def _near(name: str, known: Any) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), 1)), "")
