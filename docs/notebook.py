"""The tutorial notebook, written and run: ``python docs/notebook.py`` renews ``docs/tutorial.ipynb`` (needs nbclient and ipykernel)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

TARGET = Path(__file__).parent / "tutorial.ipynb"
CELLS = (
    """# derivx in a notebook

Derivatives explained line by line, every line proved. Run the cells one after the other, then change them.
In Korean: `print(d.text("ko"))`; both languages: `"both"`.""",
    ">>> import derivx",
    """## A derivative, line by line

The chain rule names the inner part; every line is an equation with the line before it, and is checked by several referees
(SymPy, complex steps, automatic differentiation, finite differences).""",
    '>>> derivx.explain("sigmoid(w*x + b)", "w", detail="brief")',
    "한국어로:",
    '>>> print(derivx.explain("x^2*sin(x)", detail="brief").text("ko"))',
    "With numbers, and as it is read aloud:",
    '>>> d = derivx.explain("exp(-x^2)", "x", at={"x": 0.5}, detail="brief")\nprint(d.speech())',
    """## Back-propagation

A program of several equations. Every gradient is computed once and used again;
the picture has values above the boxes and gradients below.""",
    (
        '>>> sweep = derivx.backprop(\n    "z = w*x + b\\na = sigmoid(z)\\nL = (a - t)^2",\n'
        '    "w, b",\n    at={"w": 0.5, "x": 2, "b": -1, "t": 1},\n)\nsweep'
    ),
    "One step of gradient descent, and the same gradient as a function in NumPy:",
    ">>> sweep.update(0.1).parameters",
    '>>> print(sweep.code("numpy"))',
    """## Matrices

Where does the transpose come from? The shapes are declared, the answer is a closed form, checked at unequal sizes.""",
    '>>> derivx.explain("norm2(X @ w - y)^2", "w", shapes={"X": ("n", "d"), "w": ("d",), "y": ("n",)})',
    """## Grading

An answer is right in any form, and a wrong one is told why.""",
    '>>> derivx.grade("2x cos(x^2)", "sin(x^2)", "x")',
    '>>> derivx.grade("cos(x^2)", "sin(x^2)", "x")',
    """## Somebody's work, line by line

The first wrong line is found; what follows from it is not blamed again.""",
    '>>> derivx.check_work("""\nproblem: x^2*sin(x)\ny\' = 2x*sin(x) + x^2*sin(x)\ny\' = x*(2*sin(x) + x*sin(x))\n""")',
)


def written() -> Any:
    """The notebook, not yet run; a cell that begins with ``>>>`` is code."""
    cells = []
    for i, text in enumerate(CELLS):
        make = nbformat.v4.new_code_cell if text.startswith(">>> ") else nbformat.v4.new_markdown_cell
        cells.append(make(text.removeprefix(">>> "), id=f"cell-{i}"))
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}, "language_info": {"name": "python"}}
    return nbformat.v4.new_notebook(cells=cells, metadata=kernel)


def run(notebook: Any) -> Any:
    """The notebook with its outputs."""
    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False).execute()
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def shown(notebook: Any) -> list[str]:
    """The text of every output, without the digits that a referee measured."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    texts = [output.get("text") or output["data"]["text/plain"] for output in outputs]
    return [re.sub(r"\b\d+(?=,| digits|자리)", "N", text) for text in texts]


if __name__ == "__main__":
    TARGET.write_text(nbformat.writes(run(written())) + "\n", encoding="utf-8")
