"""How operations on whole arrays are set: Xᵀ, X⁻¹, a bᵀ, A ⊙ B, ‖x‖, I.

An entry-wise product needs its own sign, so the setter must know how many axes a part has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from derivx import ops
from derivx.expr import ONE, Call, Expr, Num, Sym, is_op, text_of
from derivx.render import layout as lay
from derivx.render.layout import Node, Sign
from derivx.shape import indices, subscripts
from derivx.syntax.write import level

Kid = Callable[[Expr, int], Node]
_PRODUCT, _POWER, _ATOM = 30, 40, 50
TRANSPOSED = lay.Function("T", r"\top", "ᵀ")
PSEUDO = lay.Function("+", "+", "⁺")
_INVERSE: Node = lay.Infix(("-",), (lay.Number("1"),))
_INVERSE_TRANSPOSED: Node = lay.Infix(("-",), (TRANSPOSED,))
_ONE = lay.Function("1", r"\mathbf{1}", "𝟏")
_LETTERS = {
    "eye": lay.Function("I", "I"),
    "ones": _ONE,
    "zeros": lay.Function("0", r"\mathbf{0}", "𝟎"),
    "commutation": lay.Function("K", "K"),
}
_PRODUCTS = ("outer", "kron", "index_sum", "column", "solve")
_WORDS = {"sum": r"\operatorname{sum}", "prod": r"\operatorname{prod}"}  # large signs stand before indexed terms, not before arrays
Ranks = Mapping[str, int]


def binds(e: Expr) -> int:
    """How tightly a part binds as it is set: a bᵀ and A ⊗ B are products, though they are typed as calls."""
    product = isinstance(e, Call) and (
        e.op in _PRODUCTS or (e.op == "spread" and not isinstance(e.args[0], Num)) or _unit_axis(e) is not None
    )
    return _PRODUCT if product else level(e)


def rank(e: Expr, ranks: Ranks) -> int:
    """How many axes a value has."""
    if isinstance(e, Sym):
        return ranks.get(e.name, 0)
    if not isinstance(e, Call):
        return 0
    if e.op in _TOLD and e.op != "differential":
        return 0
    rule = ops.card(e.op).shape if ops.known(e.op) else ""
    if rule in _FIXED:
        return _FIXED[rule]
    return _RANKS[rule](e, ranks) if rule in _RANKS else max((rank(a, ranks) for a in e.args), default=0)


def _product_rank(e: Call, ranks: Ranks) -> int:
    return rank(e.args[0], ranks) + sum(rank(arg, ranks) - 2 for arg in e.args[1:])


def _reduced_rank(e: Call, ranks: Ranks) -> int:
    if _axis(e, ranks) is None:
        return 0
    return rank(e.args[0], ranks) - (len(e.args) < 3 or e.args[2] == Num(0))


def _axis(e: Call, ranks: Ranks) -> int | None:
    """The axis of a sum or the like, counted from 0; ``None`` for all entries."""
    axis: Expr = e.args[1] if len(e.args) > 1 else Sym(ops.card(e.op).defaults["axis"])
    axes = rank(e.args[0], ranks)
    if isinstance(axis, Num):
        return int(axis.value)
    back = axis.args[0] if isinstance(axis, Call) else ONE
    return None if axis == Sym("all") else axes - (int(back.value) if isinstance(back, Num) else 1)


_TOLD = ("differential", "inner", "entry", "index_sum", "kdelta", "partial")  # of explanations alone
_FIXED = {
    **dict.fromkeys(("scalar", "square_scalar"), 0),
    **dict.fromkeys(("diagonal", "conv1d", "conv1d_transpose", "col2im", "vec"), 1),
    **dict.fromkeys(("outer", "diag", "eye", "kron", "column", "row", "commutation", "im2col"), 2),
}
_RANKS: dict[str, Callable[[Call, Ranks], int]] = {
    "matmul": _product_rank,
    "reduce": _reduced_rank,
    "sized": lambda e, _: len(e.args),
    "spread": lambda e, _: len(e.args) - 1,
    "reshape": lambda e, _: len(e.args) - 1,
    "place": lambda e, _: len(e.args) - 2,
    "slice": lambda e, ranks: rank(e.args[0], ranks) - sum(not stays for _, _, stays in indices(text_of(e.args[1]))),
    "stack": lambda e, ranks: rank(e.args[0], ranks) + 1,
    "concat": lambda e, ranks: rank(e.args[0], ranks),
    "einsum": lambda e, _: len(subscripts(text_of(e.args[0]))[1]),
    "solve": lambda e, ranks: rank(e.args[1], ranks),
    **{rule: (lambda e, ranks: rank(e.args[0], ranks)) for rule in ("same_axis", "cumulative", "square", "matrix_turned", "transpose")},
}  # fmt: skip


def array_node(e: Call, kid: Kid, ranks: Ranks) -> Node | None:
    """The node of an operation on arrays, or nothing for any other."""
    args = e.args
    match e.op:
        case "matmul":
            return _product(args, kid, ranks)
        case "transpose" | "inv" | "pinv":
            return _raised(e, kid, ranks)
        case "matrix_power":
            return lay.Sup(kid(args[0], _ATOM), kid(args[1], 0))
        case "trace_of_power" | "det_of_power":
            return lay.Apply(_word("tr" if e.op[0] == "t" else "det"), (lay.Sup(kid(args[0], _ATOM), kid(args[1], 0)),))
        case "outer":
            return lay.Infix(("", " "), (kid(args[0], _POWER), lay.Sup(kid(args[1], _ATOM), TRANSPOSED)))
        case "kron":
            return lay.Infix(("", "x"), (kid(args[0], _POWER), kid(args[1], _POWER)))
        case "eye" | "ones" | "zeros" | "commutation":
            return _sized(_LETTERS[e.op], args, kid)
        case "norm2" | "norm1":
            bars = lay.Fenced(kid(args[0], 0), "norm")
            if e.op == "norm1":
                return lay.Sub(bars, lay.Number("1"))
            return lay.Sub(bars, lay.Name("F")) if rank(args[0], ranks) == 2 else bars
        case "solve":
            return lay.Infix(("", " "), (lay.Sup(kid(args[0], _ATOM), _INVERSE), kid(args[1], _POWER)))
        case "spread":
            return _spread(e, kid, ranks)
        case "column":
            return lay.Infix(("", " "), (kid(args[0], _POWER), lay.Sup(_ONE, TRANSPOSED)))
        case "row":
            return lay.Sup(kid(args[0], _ATOM), TRANSPOSED)
        case "mul":
            return _entries(args, kid, ranks)
    if e.op in _TOLD and e.op != "partial":
        return _told(e, kid)
    return _parts(e, kid, ranks) or _called(e, kid, ranks)


def _sized(letter: lay.Function, sizes: tuple[Expr, ...], kid: Kid) -> Node:
    items = [kid(a, 0) for a in sizes]
    return lay.Sub(letter, items[0] if len(items) == 1 else lay.Infix(("", *_repeated(",", items)), tuple(items)))


def _spread(e: Call, kid: Kid, ranks: Ranks) -> Node:
    """What is repeated, times ones: a 1ᵀ has the column a everywhere, 1 aᵀ the row."""
    inner, *sizes = e.args
    axes = rank(inner, ranks)
    if isinstance(inner, Num) or axes > 2 or len(sizes) > 2 or (axes == len(sizes) and not is_op(inner, "column", "row")):
        return kid(inner, _PRODUCT)
    if axes == 0:
        pair = kid(inner, _POWER), _sized(_ONE, tuple(sizes), kid)
    elif is_op(inner, "column") and isinstance(inner, Call):
        pair = kid(inner.args[0], _POWER), lay.Sup(_sized(_ONE, (sizes[1],), kid), TRANSPOSED)
    else:
        vector = inner.args[0] if is_op(inner, "row") and isinstance(inner, Call) else inner
        pair = _sized(_ONE, (sizes[0],), kid), lay.Sup(kid(vector, _ATOM), TRANSPOSED)
    return lay.Infix(("", " "), pair)


def _unit_axis(e: Expr) -> int | None:
    """Of a vector placed in one row or column of a matrix, the axis that is one place: v eᵀ and e vᵀ."""
    if not (is_op(e, "place") and isinstance(e, Call) and len(e.args) == 4):
        return None
    rows = indices(text_of(e.args[1]))
    stays = [(keeps, (start, stop)) for start, stop, keeps in [*rows, (0, None, True)][:2]]
    single = [i for i, (keeps, _) in enumerate(stays) if not keeps]
    return single[0] if len(single) == 1 and stays[1 - single[0]][1] == (0, None) else None


def _told(e: Call, kid: Kid) -> Node:
    """What only explanations have."""
    match e.op:
        case "differential":
            return lay.Differential(kid(e.args[0], _ATOM))
        case "inner":
            return lay.Fenced(lay.Infix(("", "&"), (kid(e.args[0], 0), kid(e.args[1], 0))), "angle")
        case "index_sum":
            return _total(e, kid)
    base = kid(e.args[0], _ATOM) if e.op == "entry" else lay.Function("delta", r"\delta", "δ")
    return lay.Indexed(base, tuple(kid(a, 0) for a in e.args[e.op == "entry" :]))


def _total(e: Expr, kid: Kid) -> Node:
    """Sums one inside the other under one sign."""
    items: list[Node] = []
    while isinstance(e, Call) and e.op == "index_sum":
        items.append(kid(e.args[1], 0))
        e = e.args[0]
    return lay.Total(tuple(items), kid(e, _PRODUCT))


def _raised(e: Call, kid: Kid, ranks: Ranks) -> Node:
    """Xᵀ, X⁻¹, X⁻ᵀ; a vector stands as it is, for it is no row and no column."""
    arg = e.args[0]
    if e.op == "transpose" and rank(arg, ranks) == 1:
        return kid(arg, _ATOM)
    if e.op == "transpose" and is_op(arg, "column") and isinstance(arg, Call):
        return lay.Sup(kid(arg.args[0], _ATOM), TRANSPOSED)
    if e.op == "transpose" and is_op(arg, "inv") and isinstance(arg, Call):
        return lay.Sup(kid(arg.args[0], _ATOM), _INVERSE_TRANSPOSED)
    return lay.Sup(kid(arg, _ATOM), {"transpose": TRANSPOSED, "inv": _INVERSE, "pinv": PSEUDO}[e.op])


def _word(op: str) -> lay.Function:
    text = {"logdet": "log det", "log_softmax": "log softmax"}.get(op, ops.card(op).text)
    return lay.Function(text, _WORDS.get(op, ops.card(op).latex))


def _scaled(e: Expr, ranks: Ranks) -> bool:
    """A number times an array, which needs no brackets before another."""
    return is_op(e, "mul") and isinstance(e, Call) and not any(rank(a, ranks) for a in e.args[:-1])


def _called(e: Call, kid: Kid, ranks: Ranks) -> Node | None:
    """A function of arrays; an axis that is given stands below its name."""
    card = ops.card(e.op) if ops.known(e.op) else None
    if card is None or card.shape == "elementwise":
        return None
    if "axis" not in card.params or card.nary:
        return lay.Apply(_word(e.op), tuple(kid(a, 0) for a in e.args))
    shown = _axis(e, ranks) if len(e.args) > 1 else None

    def along(head: lay.Function) -> Node:
        return lay.Apply(head if shown is None else lay.Sub(head, lay.Number(str(shown))), (kid(e.args[0], 0),))

    if e.op in ("is_max", "is_min"):
        return lay.Apply(_ONE, (lay.Infix(("", "="), (kid(e.args[0], _PRODUCT), along(_word("a" + e.op[3:])))),))
    return along(_word(e.op))


def _parts(e: Call, kid: Kid, ranks: Ranks) -> Node | None:
    """Parts of arrays, arrays joined, sums over indices."""
    args = e.args
    match e.op:
        case "slice":
            return lay.Sub(kid(args[0], _ATOM), _below(text_of(args[1])))
        case "place":
            text = text_of(args[1])
            single = args[0] == Num(1) and all(not stays for _, _, stays in indices(text))
            unit = lay.Function("e", r"\mathbf{e}", "𝐞") if len(args) == 3 else lay.Function("E", r"\mathbf{E}", "𝐄")
            if single:
                return lay.Sub(unit, lay.Number(text) if text.isdecimal() else _below(text))
            if (axis := _unit_axis(e)) is not None and rank(args[0], ranks) == 1:
                at = text.split(",")[axis].strip()
                e_at = lay.Sub(lay.Function("e", r"\mathbf{e}", "𝐞"), lay.Number(at) if at.isdecimal() else _below(at))
                pair = (kid(args[0], _POWER), lay.Sup(e_at, TRANSPOSED)) if axis else (e_at, lay.Sup(kid(args[0], _ATOM), TRANSPOSED))
                return lay.Infix(("", " "), pair)
            return lay.Apply(lay.Sub(lay.Function("place", ops.card("place").latex), _below(text)), (kid(args[0], 0),))
        case "concat" | "stack" if args[-1] in (Num(0), Num(1)) and rank(args[0], ranks) <= (2 if e.op == "concat" else 1):
            below = args[-1] == Num(0)
            rows = e.op == "stack" and below
            items = [lay.Sup(kid(a, _ATOM), TRANSPOSED) if rows else kid(a, 0) for a in args[:-1]]
            sign: Sign = ";" if below else "&"
            return lay.Fenced(lay.Infix(("", *_repeated(sign, items)), tuple(items)), "[")
        case "einsum":
            text = text_of(args[0])
            below_ = lay.Function(f"[{text.replace('->', ' → ')}]", text.replace("->", r" \to "))
            return lay.Apply(lay.Sub(lay.Function("einsum", ops.card("einsum").latex), below_), tuple(kid(a, 0) for a in args[1:]))
    return None


def _below(text: str) -> lay.Function:
    """An index: in brackets in text, below the line in LaTeX."""
    shown = text.replace("-", "−")
    return lay.Function(f"[{shown}]", text.replace(":", "{:}"))


def _repeated(sign: Sign, items: list[Node]) -> list[Sign]:
    return [sign for _ in items[1:]]


def _product(args: tuple[Expr, ...], kid: Kid, ranks: Ranks) -> Node:
    """A chain of matrices, without the brackets of (A B) C; a vector that it begins with stands transposed."""
    args = tuple(a.args[0] if is_op(a, "column") and isinstance(a, Call) and i else a for i, a in enumerate(args))
    while isinstance(args[0], Call) and args[0].op == "matmul" and rank(args[0].args[-1], ranks) == 2:
        args = (*args[0].args, *args[1:])
    if rank(args[0], ranks) == 1 and _scaled(args[0], ranks) and isinstance(args[0], Call):
        scalars, vector = args[0].args[:-1], args[0].args[-1]
        items = [*(kid(a, _POWER) for a in scalars), _product((vector, *args[1:]), kid, ranks)]
        return lay.Infix(("", *_repeated(" ", items)), tuple(items))
    items = [kid(a, _PRODUCT if is_op(a, "outer") or (i == 0 and _scaled(a, ranks)) else _POWER) for i, a in enumerate(args)]
    if rank(args[0], ranks) == 1:
        items[0] = lay.Sup(kid(args[0], _ATOM), TRANSPOSED)
    return lay.Infix(("", *_repeated(" ", items)), tuple(items))


def _entries(args: tuple[Expr, ...], kid: Kid, ranks: Ranks) -> Node | None:
    """A product of arrays entry by entry; without two arrays it is one like any other."""
    arrays = [rank(a, ranks) > 0 for a in args]
    last = args[-1]
    if not any(arrays[:-1]) and isinstance(last, Call) and (last.op == "matmul" or level(last) > binds(last)):
        items = [*(kid(a, _POWER) for a in args[:-1]), kid(last, _PRODUCT)]
        return lay.Infix(("", *_repeated(" ", items)), tuple(items))
    if sum(arrays) < 2:
        return None
    signs: list[Sign] = [""]
    signs += ["o" if before and here else " " for before, here in pairwise(arrays)]
    chained = [is_op(a, "matmul", "spread") or (isinstance(a, Call) and level(a) > binds(a)) for a in args]
    items = [lay.Fenced(kid(a, 0)) if c else kid(a, _POWER) for a, c in zip(args, chained, strict=True)]
    return lay.Infix(tuple(signs), tuple(items))
