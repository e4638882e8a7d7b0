"""Matrix derivatives beside SymPy's ``MatrixExpr.diff`` and PyTensor's ``grad``, on the same cases in one run.

    python benchmarks/matrix.py [FILE.json]

For each: how many answers are right (by NumPy and autograd alone), wrong, not closed, and the median CPU time of a derivation
without imports. SymPy and PyTensor are given every case that they can express; the others count as refused. A library that is
not installed is left out.
"""

from __future__ import annotations

import ast
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from matrix_cases import question

from derivx.derive.matrix.engine import solve
from derivx.derive.matrix.spelling import spelt
from tests.matrix.judge import close, is_right, truth
from tests.matrix.language import draw, sizes_of

Case = dict[str, Any]
Outcome = tuple[str, float]  # right, wrong, open or refused, and milliseconds
_FILE = Path(__file__).parents[1] / "tests" / "data" / "matrix.json"


def ours(case: Case) -> Outcome:
    """Our closed form."""
    asked = question(case)
    start = time.process_time()
    found = solve(asked)
    ms = (time.process_time() - start) * 1e3
    where = {name: spelt(e) for name, e in found.where.items()}
    return ("right" if is_right(case, spelt(found.formula), where, sizes_of(case)[0], 0) else "wrong"), ms


class _Sympy(ast.NodeTransformer):
    """Whether a formula is one that ``MatrixExpr`` can express: no entry-wise function of an array, no axes."""

    known = frozenset({"inv", "det", "tr"})

    def __init__(self) -> None:
        self.fine = True

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.fine &= isinstance(node.func, ast.Name) and node.func.id in self.known
        return self.generic_visit(node)


def sympy_diff(case: Case) -> Outcome:
    """SymPy's derivative of the matrix expression, valued entry by entry."""
    import sympy as sp

    text = case["expr"]
    checker = _Sympy()
    checker.visit(ast.parse(text, mode="eval"))
    if case["let"] or case["kind"] != "gradient" or not checker.fine or case.get("consts"):
        return "refused", 0.0
    sizes = sizes_of(case)[0]
    shapes = {n: [sizes[d] for d in s] for n, s in case["vars"].items()}
    table: dict[str, Any] = {n: sp.MatrixSymbol(n, s[0], s[1] if len(s) == 2 else 1) if s else sp.Symbol(n) for n, s in shapes.items()}
    table |= {"inv": lambda x: x**-1, "det": sp.Determinant, "tr": sp.Trace}
    columns = {n for n, s in shapes.items() if len(s) == 1}
    try:
        # an inner product of columns needs its transpose written
        tree = ast.fix_missing_locations(_Rows(columns).visit(ast.parse(text, mode="eval")))
        expr = eval(compile(tree, "case", "eval"), {"__builtins__": {}}, {**table, **{d: n for d, n in sizes.items() if d not in table}})
        start = time.process_time()
        found = expr.diff(table[case["wrt"]])
        ms = (time.process_time() - start) * 1e3
        env = draw(case, sizes, 0)
        values = {table[n]: sp.Matrix(np.asarray(env[n]).reshape(shapes[n][0], -1)) if shapes[n] else env[n] for n in case["vars"]}
        if any(word in str(type(found)) + str(found) for word in ("ArrayDerivative", "ArrayContraction", "Derivative(")):
            return "open", ms
        value = np.array(found.subs(values).doit().tolist() if hasattr(found, "subs") else found, dtype=float)
    except Exception:  # noqa: BLE001 whatever it raises, it gives no answer
        return "refused", 0.0
    want = np.asarray(truth(case, sizes, 0))
    right = any(v.size == want.size and close(v.reshape(want.shape), want, 1e-8) for v in (value, value.T))
    return ("right" if right else "wrong"), ms


class _Rows(ast.NodeTransformer):
    """``a @ x`` of two columns as ``a.T @ x``; a column on the left of a product stands transposed."""

    def __init__(self, columns: set[str]) -> None:
        self.columns = columns

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult) and isinstance(node.left, ast.Name) and node.left.id in self.columns:
            node.left = ast.Attribute(node.left, "T", ast.Load())
        return node


def pytensor_grad(case: Case) -> Outcome:
    """PyTensor's gradient, valued by its interpreter."""
    import pytensor
    import pytensor.tensor as pt
    from pytensor.tensor import linalg, special

    if case["let"] or case["kind"] != "gradient" or case.get("consts"):
        return "refused", 0.0
    sizes = sizes_of(case)[0]
    kinds: dict[int, Callable[[str], Any]] = {0: pt.dscalar, 1: pt.dvector, 2: pt.dmatrix}
    table: dict[str, Any] = {n: kinds[len(s)](n) for n, s in case["vars"].items()}
    words = {
        "inv": linalg.inv, "det": linalg.det, "logdet": lambda x: pt.log(linalg.det(x)), "tr": linalg.trace, "sum": pt.sum,
        "mean": pt.mean, "exp": pt.exp, "log": pt.log, "sqrt": pt.sqrt, "abs": pt.abs, "sin": pt.sin, "cos": pt.cos, "tanh": pt.tanh,
        "sigmoid": pt.sigmoid, "relu": lambda x: pt.maximum(x, 0), "softmax": lambda x: special.softmax(x, axis=-1), "outer": pt.outer,
        "logsumexp": lambda x: pt.logsumexp(x, axis=-1), "diag": pt.diag, "eye": pt.eye, "kron": linalg.kron,
        "norm1": lambda x: pt.sum(pt.abs(x)), "norm2": lambda x: pt.sqrt(pt.sum(x**2)),
    }  # fmt: skip
    try:
        names = {**{d: n for d, n in sizes.items() if d not in table}, **words, **table}
        expr = eval(compile(ast.parse(case["expr"], mode="eval"), "case", "eval"), {"__builtins__": {}}, names)
        start = time.process_time()
        found = pytensor.grad(expr, table[case["wrt"]])
        ms = (time.process_time() - start) * 1e3
        env = draw(case, sizes, 0)
        value = found.eval({table[n]: env[n] for n in case["vars"]}, mode=pytensor.compile.mode.Mode("py", None))
    except Exception:  # noqa: BLE001 whatever it raises, it gives no answer
        return "refused", 0.0
    return ("right" if close(np.asarray(value), np.asarray(truth(case, sizes, 0)), 1e-8) else "wrong"), ms


def main() -> None:
    """Print a row for each tool."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else _FILE
    cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
    tools: dict[str, Callable[[Case], Outcome]] = {"derivx": ours, "sympy": sympy_diff, "pytensor": pytensor_grad}
    print(f"{len(cases)} cases   right   wrong    open refused   median ms")
    for name, run in tools.items():
        if find_spec(name) is None:
            print(f"{name:9} not installed")
            continue
        outcomes = [run(case) for case in cases]
        counts = {word: sum(o[0] == word for o in outcomes) for word in ("right", "wrong", "open", "refused")}
        times = [ms for word, ms in outcomes if word != "refused"]
        print(f"{name:9} " + " ".join(f"{counts[w]:7}" for w in counts) + f" {statistics.median(times):11.2f}")


if __name__ == "__main__":
    main()
