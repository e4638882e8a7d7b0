"""The sizes of the factors of a product behind its line, on demand: (h×n)ᵀ · (h×1) → (n×1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from derivx.derive.matrix.make import Maker
from derivx.errors import DerivxError
from derivx.expr import Call, Expr, is_op
from derivx.render.document import Chain, Line, Part
from derivx.render.sentences import Said
from derivx.shape import Shape


def with_dims(parts: Sequence[Part], shapes: Mapping[str, Shape]) -> list[Part]:
    """The parts, the sizes said behind the reason of every line that has a product of arrays."""
    maker = Maker(shapes, {})
    return [_annotated(part, maker) for part in parts]


def _annotated(part: Part, maker: Maker) -> Part:
    if isinstance(part, Chain) and part.remark and len(part.items) > 1:
        said = dims_of(part.items[-1], maker)
        return replace(part, remark=_also(part.remark, said)) if said else part
    if isinstance(part, Line):
        said = dims_of(part.formula, maker)
        return replace(part, rule=_also(part.rule, said)) if said else part
    return part


def _also(reason: Said, text: str) -> Said:
    return replace(reason, more=(*reason.more, Said("ui.dims", {"dims": text})))


def dims_of(e: Expr, maker: Maker) -> str:
    """The sizes of the factors of a product of arrays and of the product; nothing for any other formula."""
    try:
        found = _factors(e, maker)
        return f"{found} → {_size(maker.shape(e))}" if found and maker.shape(e) else ""
    except DerivxError:  # no shapes for what only explanations have
        return ""


def _factors(e: Expr, maker: Maker) -> str:
    """The factors as sizes; scalars are left out."""
    if not isinstance(e, Call):
        return ""
    match e.op:
        case "neg" | "div" | "inner":
            return _factors(e.args[0], maker)
        case "matmul":
            return " · ".join(_factor(a, maker, first=i == 0) for i, a in enumerate(e.args))
        case "outer":
            return f"{_size(maker.shape(e.args[0]))} · {_size(maker.shape(e.args[1]))}ᵀ"
        case "mul":
            arrays = [a for a in e.args if maker.shape(a)]
            if len(arrays) == 1:
                return _factors(arrays[0], maker)
            return " ⊙ ".join(_size(maker.shape(a)) for a in arrays)
    return ""


def _factor(e: Expr, maker: Maker, *, first: bool) -> str:
    """One factor of a matrix product; a vector that it begins with stands transposed."""
    if is_op(e, "transpose") and isinstance(e, Call):
        return f"{_size(maker.shape(e.args[0]))}ᵀ"
    shape = maker.shape(e)
    return f"{_size(shape)}ᵀ" if first and len(shape) == 1 else _size(shape)


def _size(shape: Shape) -> str:
    """A vector is a column."""
    return f"({'×'.join(map(str, shape if len(shape) > 1 else (*shape, 1)))})"
