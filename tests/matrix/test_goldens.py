"""Pages of textbook derivatives over arrays and of networks, as they were when they were read.

``DERIVX_GOLDEN=1 pytest tests/matrix/test_goldens.py`` writes the golden files again: read them before they are kept.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from derivx import explain
from derivx.api.networks import explain_network
from derivx.networks.layers import read_layers
from derivx.render.block import columns

GOLDEN = Path(__file__).with_name("golden")
CROSS_ENTROPY = "X: (N, d); W: (d, k); b: (k); Y: onehot_rows (N, k); Z = X @ W + b; L = -sum(Y*log(softmax(Z)))/N"
LOGISTIC = "X: (N, d); w: (d); y: binary (N); p = sigmoid(X @ w); L = -sum(y*log(p) + (1 - y)*log(1 - p))"
LAYER = "x, g, b, t: (d); mu = mean(x); s = sqrt(mean((x - mu)**2) + epsilon); u = (x - mu)/s; L = t @ (g*u + b)"
BATCH = """X, G: (N, d); gamma, beta: (d); mu = mean(X, axis=0); s = sqrt(mean((X - mu)**2, axis=0) + epsilon)
H = (X - mu)/s; Y = gamma*H + beta; L = sum(G*Y)"""
ATTENTION = "Q, K: (n, d); V: (n, m); G: (n, m); S = Q @ K.T/sqrt(d); P = softmax(S); O = P @ V; L = sum(G*O)"
GAUSSIAN = "x, mu: (d); S: spd (d, d); L = -logdet(S)/2 - (x - mu) @ inv(S) @ (x - mu)/2"
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "cross_entropy": (CROSS_ENTROPY, {"wrt": ["W", "b"]}),
    "logistic_hessian": (LOGISTIC, {"wrt": "w", "order": 2}),
    "layer_norm": (LAYER, {"wrt": "x"}),
    "batch_norm": (BATCH, {"wrt": ["X", "gamma", "beta"]}),
    "attention": (ATTENTION, {"wrt": ["Q", "K", "V"]}),
    "gaussian": (GAUSSIAN, {"wrt": ["mu", "S"]}),
}
NETWORKS: dict[str, tuple[str, str | None, int | None]] = {
    "network_sample": ("2-3-1 tanh mse", None, 1),
    "network_batch": ("d-h-h-k sigmoid softmax-ce", "N", None),
}
KINDS = [(lang, kind) for kind in ("txt", "tex") for lang in ("en", "ko")] + [("en", "json")]


@cache
def derived(name: str) -> Any:
    if name in NETWORKS:
        layers, batch, seed = NETWORKS[name]
        return explain_network(read_layers(layers, batch), seed=seed)
    text, options = PAGES[name]
    return explain(text, detail="brief", **options)


def printed(name: str, lang: str, kind: str) -> str:
    found = derived(name)
    if kind == "tex":
        return str(found.latex(lang))
    if kind == "json":
        return json.dumps(_rounded(found.to_dict()), indent=1, ensure_ascii=False) + "\n"
    return str(found.text(lang))


def _rounded(value: Any) -> Any:
    """Numbers to ten figures, and no digits of the referees: they are the machine's."""
    if isinstance(value, dict):
        return {k: None if k == "digits" else _rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


def without_digits(page: str) -> str:
    """A page without the digits to which the referees agree."""
    return "\n".join(line for line in page.split("\n") if not any(w in line for w in ("complex step", "복소 증분법")))


@pytest.mark.parametrize(("lang", "kind"), KINDS)
@pytest.mark.parametrize("name", [*PAGES, *NETWORKS])
def test_pages_are_as_they_were(name: str, lang: str, kind: str) -> None:
    assert derived(name).verdict == "PASS"
    path, now = GOLDEN / f"{name}_{lang}.{kind}", printed(name, lang, kind)
    if os.environ.get("DERIVX_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert without_digits(now) == without_digits(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("lang", ["en", "ko", "both"])
@pytest.mark.parametrize("name", [*PAGES, *NETWORKS])
def test_pages_keep_to_the_width(name: str, lang: str, width: int) -> None:
    page = derived(name).text(lang, width=width)
    assert max(map(columns, page.split("\n"))) <= width
    assert derived(name).text(lang, width=width, ascii=True).isascii() or lang != "en"
