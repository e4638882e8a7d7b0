"""A formula over arrays in NumPy's words: ``@``, ``.T``, ``**``, functions with their axes by name."""

from __future__ import annotations

from derivx.expr import Call, Expr, Num, Sym, is_op
from derivx.syntax.write import decimal_text

_SUM, _MINUS, _PRODUCT, _POWER, _ATOM = 20, 25, 30, 40, 50


def spelt(e: Expr) -> str:
    """The formula as text."""
    return _spelt(e)[0]


def _spelt(e: Expr) -> tuple[str, int]:
    if isinstance(e, Num):
        return decimal_text(e.value), _ATOM
    if isinstance(e, Sym):
        return e.name, _ATOM
    assert isinstance(e, Call)
    match e.op:
        case "add":
            out = _at(e.args[0], _MINUS)
            for arg in e.args[1:]:
                minus = is_op(arg, "neg") and isinstance(arg, Call)
                out += f" - {_at(arg.args[0], _PRODUCT)}" if minus else f" + {_at(arg, _PRODUCT)}"  # type: ignore[attr-defined]
            return out, _SUM
        case "neg":
            return f"-{_at(e.args[0], _PRODUCT)}", _MINUS
        case "mul":
            first = _at(e.args[0], _PRODUCT if not is_op(e.args[0], "matmul") else _POWER)
            last = _at(e.args[-1], _PRODUCT if is_op(e.args[-1], "matmul") and all(isinstance(a, Num) for a in e.args[:-1]) else _POWER)
            return " * ".join([first, *(_at(a, _POWER) for a in e.args[1:-1]), last]), _PRODUCT
        case "div":
            return f"{_at(e.args[0], _PRODUCT)} / {_at(e.args[1], _POWER)}", _PRODUCT
        case "matmul":
            return " @ ".join([_at(e.args[0], _POWER), *(_at(a, _POWER) for a in e.args[1:])]), _PRODUCT
        case "pow":
            return f"{_at(e.args[0], _ATOM)} ** {_at(e.args[1], _ATOM)}", _POWER
        case "softplus":
            return f"log(1 + exp({spelt(e.args[0])}))", _ATOM
        case "trace_of_power" | "det_of_power":
            return f"{'tr' if e.op[0] == 't' else 'det'}(matrix_power({spelt(e.args[0])}, {spelt(e.args[1])}))", _ATOM
        case "transpose":
            return f"{_at(e.args[0], _ATOM)}.T", _ATOM
        case "spread":
            return _spelt(Call("mul", (e.args[0], Call("ones", e.args[1:]))))
        case "column":
            return f"row({spelt(e.args[0])}).T", _ATOM
        case "sum" | "mean":
            return _reduced(e), _ATOM
    return f"{e.op}({', '.join(spelt(a) for a in e.args)})", _ATOM


def _at(e: Expr, least: int) -> str:
    text, level = _spelt(e)
    return f"({text})" if level < least else text


def _reduced(e: Call) -> str:
    parts = [spelt(e.args[0])]
    if len(e.args) > 1 and e.args[1] != Sym("all"):
        parts.append(f"axis={'-1' if e.args[1] == Sym('last') else spelt(e.args[1])}")
    if len(e.args) > 2 and e.args[2] != Num(0):
        parts.append("keepdims=True")
    return f"{e.op}({', '.join(parts)})"
