"""A backward sweep as plain data for programs: nodes in the order of the forward pass, formulas in the ASCII core."""

from __future__ import annotations

import math
from typing import Any

from derivx.check.sweep import SweepReport
from derivx.derive.backprop import Sweep
from derivx.render.json import check_dict
from derivx.render.sweep import Numbers, Update, saved
from derivx.syntax.write import write

_EXACT = 4000  # digits of a count that is still written out


def sweep_dict(sweep: Sweep, numbers: Numbers | None, report: SweepReport | None, update: Update | None) -> dict[str, Any]:
    """``{"output", "wrt", "nodes": [...], "gradient", "multiplications", ...}``."""
    found = saved(sweep)
    out: dict[str, Any] = {
        "output": sweep.output.name,
        "wrt": list(sweep.wrt),
        "nodes": [
            _node(sweep, at, numbers, report, found.reads.get(at, 0), found.paths.get(at, 0)) for at in range(len(sweep.graph.nodes))
        ],
        "gradient": {name: write(sweep.gradient(name)) for name in sweep.wrt},
        "multiplications": {"stored": found.stored, "unstored": _count(found.unstored)},
        "repeated": [
            _repeated(sweep, at, found.reads[at], found.visits[at]) for at in sweep.adjoints if found.visits[at] > 1 and found.reads[at]
        ],
        "checks": [check_dict(check) for check in (report.whole if report else ())],
    }
    if update is not None:
        output = sweep.output.name
        loss = {"before": _finite(numbers.values[output]) if numbers else None, "after": _finite(update.values[output])}
        out["update"] = {"rate": update.rate, "parameters": {n: _finite(v) for n, v in update.parameters.items()}, "loss": loss}
    return out


def _node(sweep: Sweep, at: int, numbers: Numbers | None, report: SweepReport | None, uses: int, paths: int) -> dict[str, Any]:
    node, adjoint = sweep.graph.nodes[at], sweep.adjoints.get(at)
    gradient = numbers.gradients.get(at) if numbers else None
    return {
        "name": node.name,
        "formula": write(node.formula) if node.formula is not None else None,
        "value": _finite(numbers.values[node.name]) if numbers else None,
        "adjoint": write(adjoint.formula) if adjoint else None,
        "adjoint_value": _finite(gradient.plain) if gradient else None,
        "adjoint_log10": _finite(gradient.log10()) if gradient and gradient.value and not gradient.plain else None,
        "uses": uses,
        "paths": _count(paths),
        "links": [{"node": sweep.graph.nodes[link.user].name, "local": write(link.local)} for link in adjoint.links] if adjoint else [],
        "checks": [check_dict(check) for check in (report.nodes.get(at, ()) if report else ())],
    }


def _repeated(sweep: Sweep, at: int, reads: int, visits: int) -> dict[str, Any]:
    return {"adjoint": write(sweep.name(at)), "stored": 1, "used": reads, "without_storing": _count(visits)}


def _finite(value: float) -> float | None:
    """A number; what is not defined, or infinite, is null: JSON has no word for it."""
    return float(value) if math.isfinite(value) else None


def _count(count: int) -> int | str:
    """A count as it is; one of too many digits as text."""
    return count if count.bit_length() < _EXACT * 3 else f"about 2^{count.bit_length() - 1}"
