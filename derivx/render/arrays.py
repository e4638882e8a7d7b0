"""How operations on whole arrays are set: Xᵀ, X⁻¹, a bᵀ, A ⊙ B, ‖x‖, I.

An entry-wise product needs its own sign, so the setter must know how many axes a part has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from derivx.expr import ONE, Call, Expr, Num, Sym, is_op
from derivx.render import layout as lay
from derivx.render.layout import Node, Sign
from derivx.syntax.write import level

Kid = Callable[[Expr, int], Node]
_PRODUCT, _POWER, _ATOM = 30, 40, 50
TRANSPOSED = lay.Function("T", r"\top", "ᵀ")
_WORDS = {
    "det": r"\det", "logdet": r"\log\det", "tr": r"\operatorname{tr}", "diag": r"\operatorname{diag}",
    "diagonal": r"\operatorname{diagonal}",
    "softmax": r"\operatorname{softmax}", "log_softmax": r"\log\operatorname{softmax}", "logsumexp": r"\operatorname{logsumexp}",
    "conv1d": r"\operatorname{conv}", "conv1d_transpose": r"\operatorname{conv}^{\top}", "im2col": r"\operatorname{im2col}",
    "sum": r"\operatorname{sum}", "mean": r"\operatorname{mean}", "vec": r"\operatorname{vec}",
}  # fmt: skip


def binds(e: Expr) -> int:
    """How tightly a part binds as it is set: a bᵀ and A ⊗ B are products, though they are typed as calls."""
    return _PRODUCT if isinstance(e, Call) and e.op in ("outer", "kron") else level(e)


def rank(e: Expr, ranks: Mapping[str, int]) -> int:
    """How many axes a value has."""
    if isinstance(e, Sym):
        return ranks.get(e.name, 0)
    if not isinstance(e, Call):
        return 0
    match e.op:
        case "matmul":
            total = rank(e.args[0], ranks)
            for arg in e.args[1:]:
                total += rank(arg, ranks) - 2
            return total
        case "det" | "logdet" | "tr" | "norm2" | "norm1" | "trace_of_power" | "det_of_power":
            return 0
        case "outer" | "diag" | "eye" | "kron" | "column" | "row" | "commutation" | "im2col":
            return 2
        case "diagonal" | "conv1d" | "conv1d_transpose":
            return 1
        case "ones":
            return len(e.args)
        case "spread":
            return len(e.args) - 1
        case "logsumexp":
            return max(rank(e.args[0], ranks) - 1, 0)
        case "sum" | "mean":
            if len(e.args) == 1 or e.args[1] == Sym("all"):
                return 0
            return rank(e.args[0], ranks) - (len(e.args) < 3 or e.args[2] == Num(0))
    return max((rank(a, ranks) for a in e.args), default=0)


def array_node(e: Call, kid: Kid, ranks: Mapping[str, int]) -> Node | None:
    """The node of an operation on arrays, or nothing for any other."""
    args = e.args
    match e.op:
        case "matmul":
            return _product(args, kid, ranks)
        case "transpose":
            return lay.Sup(kid(args[0], _ATOM), TRANSPOSED)
        case "inv":
            return lay.Sup(kid(args[0], _ATOM), lay.Infix(("-",), (lay.Number("1"),)))
        case "matrix_power":
            return lay.Sup(kid(args[0], _ATOM), kid(args[1], 0))
        case "trace_of_power" | "det_of_power":
            head = "tr" if e.op[0] == "t" else "det"
            return lay.Apply(_word(head), (lay.Sup(kid(args[0], _ATOM), kid(args[1], 0)),))
        case "outer":
            return lay.Infix(("", " "), (kid(args[0], _POWER), lay.Sup(kid(args[1], _ATOM), TRANSPOSED)))
        case "kron":
            return lay.Infix(("", "x"), (kid(args[0], _POWER), kid(args[1], _POWER)))
        case "eye" | "ones" | "commutation":
            letter = {"eye": lay.Function("I", "I"), "ones": lay.Function("1", r"\mathbf{1}", "𝟏"), "commutation": lay.Function("K", "K")}[
                e.op
            ]
            sizes = [kid(a, 0) for a in args]
            return lay.Sub(letter, sizes[0] if len(sizes) == 1 else lay.Infix(("", *_repeated(",", sizes)), tuple(sizes)))
        case "norm2" | "norm1":
            bars = lay.Fenced(kid(args[0], 0), "norm")
            return bars if e.op == "norm2" else lay.Sub(bars, lay.Number("1"))
        case "spread":
            return kid(args[0], _PRODUCT)
        case "column":
            return kid(args[0], _ATOM)
        case "row":
            return lay.Sup(kid(args[0], _ATOM), TRANSPOSED)
        case "sum" | "mean" if len(args) > 1 and args[1] != Sym("all"):
            return lay.Apply(lay.Sub(_word(e.op), lay.Number(str(_axis(e, ranks)))), (kid(args[0], 0),))
        case "mul":
            return _entries(args, kid, ranks)
    if e.op in _WORDS:
        return lay.Apply(_word(e.op), tuple(kid(a, 0) for a in args))
    return None


def _word(op: str) -> lay.Function:
    return lay.Function({"logdet": "log det", "log_softmax": "log softmax"}.get(op, op), _WORDS[op])


def _scaled(e: Expr, ranks: Mapping[str, int]) -> bool:
    """A number times an array, which needs no brackets before another."""
    return is_op(e, "mul") and isinstance(e, Call) and not any(rank(a, ranks) for a in e.args[:-1])


def _axis(e: Call, ranks: Mapping[str, int]) -> int:
    """The axis of a sum, counted from 0."""
    axis, axes = e.args[1], rank(e.args[0], ranks)
    if isinstance(axis, Num):
        return int(axis.value)
    back = axis.args[0] if isinstance(axis, Call) else ONE
    return axes - (int(back.value) if isinstance(back, Num) else 1)


def _repeated(sign: Sign, items: list[Node]) -> list[Sign]:
    return [sign for _ in items[1:]]


def _product(args: tuple[Expr, ...], kid: Kid, ranks: Mapping[str, int]) -> Node:
    """A chain of matrices, without the brackets of (A B) C; a vector that it begins with stands transposed."""
    while isinstance(args[0], Call) and args[0].op == "matmul" and rank(args[0].args[-1], ranks) == 2:
        args = (*args[0].args, *args[1:])
    items = [kid(a, _PRODUCT if is_op(a, "outer") or (i == 0 and _scaled(a, ranks)) else _POWER) for i, a in enumerate(args)]
    if rank(args[0], ranks) == 1:
        items[0] = lay.Sup(kid(args[0], _ATOM), TRANSPOSED)
    return lay.Infix(("", *_repeated(" ", items)), tuple(items))


def _entries(args: tuple[Expr, ...], kid: Kid, ranks: Mapping[str, int]) -> Node | None:
    """A product of arrays entry by entry; without two arrays it is one like any other."""
    arrays = [rank(a, ranks) > 0 for a in args]
    last = args[-1]
    if not any(arrays[:-1]) and isinstance(last, Call) and last.op in ("matmul", "outer"):
        items = [*(kid(a, _POWER) for a in args[:-1]), kid(last, _PRODUCT)]
        return lay.Infix(("", *_repeated(" ", items)), tuple(items))
    if sum(arrays) < 2:
        return None
    signs: list[Sign] = [""]
    signs += ["o" if before and here else " " for before, here in pairwise(arrays)]
    chained = [isinstance(a, Call) and a.op in ("matmul", "outer", "kron") for a in args]
    items = [lay.Fenced(kid(a, 0)) if c else kid(a, _POWER) for a, c in zip(args, chained, strict=True)]
    return lay.Infix(tuple(signs), tuple(items))
