"""``2-3-1 tanh mse``: sizes of layers, an activation for the hidden ones, a loss; and the program that it is.

One sample by default: x a vector, z1 = W1 @ x + b1. With a batch: X has a row for each sample, Z1 = X @ W1 + b1.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derivx import ops
from derivx.errors import UsageError

_PLAIN = ("identity", "linear", "none")
_SHAPES = ("elementwise", "same_axis")  # of activations: entry by entry, or for each sample
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


_MEANT = {"ce": "softmax-ce", "cross-entropy": "softmax-ce", "crossentropy": "softmax-ce", "l1": "mae", "l2": "mse"}
_EXAMPLE = "2-3-1 tanh mse"
_TAKEN = re.compile(r"[xyXYL]|[WbzaZA]\d+|delta\d+")


@dataclass(frozen=True)
class Network:
    """Dense layers: ``sizes`` from the input to the output, an activation for each layer (the last one's may be plain), a loss.

    Raises ``UsageError`` for what is none.
    """

    sizes: tuple[int | str, ...]
    activations: tuple[str, ...]
    loss: str
    bias: tuple[bool, ...] = ()
    batch: int | str | None = None

    def __post_init__(self) -> None:
        layers = len(self.sizes) - 1
        if layers < 1:
            raise UsageError("bad_layers", example=_EXAMPLE)
        for size in (*self.sizes, *([] if self.batch is None else [self.batch])):
            _require_size(size)
        if self.loss not in LOSSES:
            raise UsageError("no_such_loss", name=self.loss, hint=_MEANT.get(self.loss.lower()) or _near(self.loss, LOSSES))
        if len(self.activations) not in (layers - 1, layers):
            raise UsageError("activations", given=str(len(self.activations)), layers=str(layers))
        count = self.sizes[-1] if self.batch is None else self.batch
        if "(n-2)" in self.loss and isinstance(count, int) and count <= 2:
            raise UsageError("too_few_samples", loss=self.loss, n=str(count))

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
    listed, *words = text.split() or [""]
    sizes = tuple(map(_size, listed.split("-")))
    loss = words.pop() if words and not _is_activation(words[-1]) else "mse"
    layers = len(sizes) - 1
    found = tuple(map(_activation, words)) or (() if layers == 1 else ("tanh",))
    return Network(sizes, found * (layers - 1) if len(found) == 1 < layers else found, loss, batch=None if batch is None else _size(batch))


_FIELDS = {"input": None, "loss": "mse", "batch": None, "layer": ()}
_LAYER = {"units": None, "activation": "identity", "bias": True}


def read_toml(text: str, batch: str | None = None) -> Network:
    """A network from TOML: ``input``, ``[[layer]]`` tables with ``units``, ``activation``, ``bias``, then ``loss`` and ``batch``.

    ``batch`` given here counts before that of the file. Raises ``UsageError``.
    """
    try:
        table = _fields(tomllib.loads(text), _FIELDS)
    except tomllib.TOMLDecodeError as bad:
        raise UsageError("bad_toml", reason=str(bad)) from bad
    layers = table["layer"] if isinstance(table["layer"], list) else []
    rows = [_fields(layer, _LAYER) for layer in layers]
    sizes = tuple(d if isinstance(d, int) else _size(str(d)) for d in (table["input"], *(row["units"] for row in rows)))
    activations = tuple(_activation(str(row["activation"])) for row in rows)
    samples = table["batch"] if batch is None else _size(batch)
    return Network(sizes, activations, str(table["loss"]), tuple(bool(row["bias"]) for row in rows), samples)


def _fields(table: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a table, with what stands for those left out; input and units must be given."""
    if not isinstance(table, Mapping):
        raise UsageError("bad_layers", example=_EXAMPLE)
    for name in table:
        if name not in known:
            raise UsageError("no_such_field", name=str(name), hint=_near(str(name), known))
    missing = next((name for name in ("input", "units") if name in known and name not in table), None)
    if missing:
        raise UsageError("missing_field", name=missing)
    return {**known, **table}


def _size(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text


def _require_size(size: Any) -> None:
    """A size is a whole number of at least 1, or a name that stands for nothing else."""
    letter = isinstance(size, str) and size.isascii() and size.isidentifier()
    if not letter and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        raise UsageError("bad_size", size=str(size), example=_EXAMPLE)
    if letter and _TAKEN.fullmatch(size):
        raise UsageError("size_taken", size=size)


def _is_activation(name: str) -> bool:
    op = ops.find(name, 1)
    return name in _PLAIN or (op is not None and op.shape in _SHAPES)


def _activation(name: str) -> str:
    op = ops.find(name, 1)
    if name in _PLAIN:
        return "identity"
    if op is None or not _is_activation(name):
        known = [word for card in ops.activation.CARDS for word in (card.name, *card.names.aliases)]
        raise UsageError("no_such_op", name=name, hint=_near(name, [*known, "tanh", "softmax", "log_softmax", "identity"]))
    return op.name


def _near(name: str, known: Any) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), 1)), "")
