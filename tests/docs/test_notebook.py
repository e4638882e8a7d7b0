"""The tutorial notebook: its outputs are what the cells give, small, and without binary pictures; and what a notebook shows."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import derivx

DOCS = Path(__file__).parents[2] / "docs"
STORED = DOCS / "tutorial.ipynb"
SWEEP = ("L = (w*x - y)^2", "w")
ARRAYS: dict[str, Any] = {"shapes": {"X": ("n", "d"), "w": ("d",)}, "check": False}
SHOWN = {
    "derivation": lambda: derivx.explain("x^2", check=False),
    "derivations": lambda: derivx.explain("w*x", check=False),
    "matrix": lambda: derivx.explain("sum(X @ w)", "w", **ARRAYS),
    "matrices": lambda: derivx.explain("sum(X @ w)", **ARRAYS),
    "sweep": lambda: derivx.backprop(*SWEEP),
    "grade": lambda: derivx.grade("2x", "x^2", "x"),
    "work": lambda: derivx.check_work("y' = 2x", "x^2", "x"),
}


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("derivx_docs_notebook", DOCS / "notebook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_shows_it_by_itself(name: str) -> None:
    found = SHOWN[name]()
    bundle = found._repr_mimebundle_()
    assert bundle["text/plain"].rstrip() == str(found).rstrip()
    assert {"text/plain", "text/markdown"} <= set(bundle)
    assert all(isinstance(text, str) and text for text in bundle.values())


def test_text_in_markdown_is_no_markup() -> None:
    found = derivx.grade("```<b>", "x^2", "x")._repr_mimebundle_()["text/markdown"]
    fence = found.split("text\n")[0]
    assert found.endswith(f"\n{fence}")
    assert fence not in found.removeprefix(fence).removesuffix(fence)


def test_the_stored_notebook_is_small_and_text() -> None:
    text = STORED.read_text(encoding="utf-8")
    assert len(text) < 200_000
    cells = json.loads(text)["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert len(outputs) >= 9
    assert not [o for o in outputs if o["output_type"] == "error"]
    assert {kind for o in outputs for kind in o.get("data", {})} <= {
        "text/plain",
        "text/markdown",
        "text/latex",
        "text/html",
        "image/svg+xml",
    }


@pytest.mark.notebook
@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs_as_stored() -> None:
    for module in ("nbclient", "ipykernel"):
        pytest.importorskip(module, reason=f"{module} is not installed")
    import nbformat

    tutorial, stored = script(), nbformat.read(STORED, as_version=4)
    again = tutorial.run(tutorial.written())
    assert [cell.source for cell in stored.cells] == [cell.source for cell in again.cells], "run python docs/notebook.py"
    assert tutorial.shown(again) == tutorial.shown(stored), "run python docs/notebook.py"
