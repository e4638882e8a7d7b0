"""A formula over arrays in NumPy's words: ``@``, ``.T``, ``**``, functions with their axes by name."""

from __future__ import annotations

from derivx import ops
from derivx.expr import ONE, Call, Expr, Num, Sym, is_op, text_of
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
    return (_parts(e) or _called(e)), _SUM if e.op == "place" else _PRODUCT if e.op == "half_tril" else _ATOM


def _at(e: Expr, least: int) -> str:
    text, level = _spelt(e)
    return f"({text})" if level < least else text


def _called(e: Call) -> str:
    """A function; its axis and keepdims by name."""
    op = ops.card(e.op) if ops.known(e.op) else None
    if op is None:
        return f"{'d' * e.op.count(chr(39))}{e.op.rstrip(chr(39))}({', '.join(map(spelt, e.args))})"
    parts = [spelt(e.args[0])] if e.args else []
    for name, arg in zip(op.params[1:], e.args[1:], strict=False):
        if name == "axis":
            parts += [f"axis={'-1' if arg == Sym('last') else spelt(arg)}"] if arg != Sym("all") else []
        elif name == "keepdims":
            parts += ["keepdims=True"] if arg != Num(0) else []
        else:
            parts.append(spelt(arg))
    parts += [spelt(a) for a in e.args[len(op.params) :]] if op.nary else []
    return f"{op.text if op.shape == 'reduce' else op.name}({', '.join(parts)})"


def _parts(e: Call) -> str:
    """What NumPy writes with brackets or comparisons: parts of arrays, arrays joined, the largest entry; else nothing."""
    args = e.args
    match e.op:
        case "slice":
            return f"{_at(args[0], _ATOM)}[{text_of(args[1])}]"
        case "place":
            return _placed(e)
        case "concat" | "stack":
            word = "concatenate" if e.op == "concat" else "stack"
            return f"{word}([{', '.join(map(spelt, args[:-1]))}], axis={spelt(args[-1])})"
        case "reshape":
            return f"reshape({spelt(args[0])}, ({', '.join(map(spelt, args[1:]))}{',' if len(args) == 2 else ''}))"
        case "vec":
            return f"reshape({_at(args[0], _ATOM)}.T, -1)"
        case "einsum":
            return f"einsum({', '.join([repr(text_of(args[0])), *map(spelt, args[1:])])})"
        case "is_max" | "is_min":
            best = _called(Call("a" + e.op[3:], (*args, Num(1)) if len(args) > 1 else args))
            return f"where({_at(args[0], _POWER)} == {best}, 1, 0)"
        case "half_tril":
            return f"(tril({spelt(args[0])}) + tril({spelt(args[0])}, -1)) / 2"
        case "revcumsum":
            axis = int(args[1].value) if len(args) > 1 and isinstance(args[1], Num) else 0
            back = f"[{':, ' * axis}::-1]"
            along = f", axis={axis}" if len(args) > 1 else ""
            return f"cumsum({_at(args[0], _ATOM)}{back}{along}){back}"
    return ""


def _placed(e: Call) -> str:
    """Zeros with an array at an index: rows and columns of identities times the array."""
    inner, text, *sizes = e.args
    pieces = [p.strip() for p in text_of(text).split(",")]
    if len(sizes) > 2:
        return f"place({spelt(inner)}, {text_of(text)!r}, {', '.join(map(spelt, sizes))})"
    pieces += [":"] * (len(sizes) - len(pieces))
    chosen = ["" if p == ":" else f"eye({spelt(n)})[{p}]" if ":" not in p else "" for n, p in zip(sizes, pieces, strict=True)]
    units = [c for c in chosen if c]
    array = _at(inner, _POWER)
    if len(units) == len(sizes):  # one entry
        unit = units[0] if len(units) == 1 else f"outer({units[0]}, {units[1]})"
        return unit if inner == ONE else f"{unit} * {array}"
    left = f"eye({spelt(sizes[0])})[:, {pieces[0]}]" if ":" in pieces[0] and pieces[0] != ":" else ""
    right = f"eye({spelt(sizes[-1])})[{pieces[-1]}]" if len(sizes) == 2 and ":" in pieces[-1] and pieces[-1] != ":" else ""
    product = " @ ".join(filter(None, [left, array, right]))
    if not units:
        return product
    return f"outer({units[0]}, {product})" if chosen[0] else f"outer({product}, {units[0]})"
