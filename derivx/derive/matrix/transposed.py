"""Where a transpose comes from: the differential of one product along one factor, and the same moved to the other side of < , >."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from derivx.derive.matrix.calculus import Calculus, Use
from derivx.derive.matrix.make import Maker
from derivx.expr import Call, Expr, Sym
from derivx.shape import Shape

_LINEAR = ("matmul", "outer")


@dataclass(frozen=True, slots=True)
class Moved:
    """<upstream, moved> = <back, step>: ``moved`` is linear in ``step``; ``shapes`` are those of the names that are new here."""

    upstream: Sym
    moved: Expr
    back: Expr
    step: Expr
    shapes: Mapping[str, Shape]


def moved(use: Use, shapes: Mapping[str, Shape], outer: Use | None = None, called: str = "") -> Moved | None:
    """The identity for one use of a value in a product, or of its transpose there; nothing for any other operation.

    ``called`` is the name of the adjoint of the product, if it has one.
    """
    turned = use.by.op == "transpose" and outer is not None
    product = outer if turned and outer is not None else use
    if product.by.op not in _LINEAR:
        return None
    part = use.by.args[use.index]
    maker = Maker(shapes, {})
    upstream = Sym(called or _free(("G", "H", "G_1", "H_1", "G_2"), shapes))
    name = part if isinstance(part, Sym) else Sym(_free(("Z", "Q", "Z_1", "Q_1", "Z_2"), shapes))
    new = {upstream.name: maker.shape(product.by), name.name: maker.shape(part)}
    maker.shapes.given.update(new)
    step = Call("differential", (name,))
    inside = Call("transpose", (step,)) if turned else step
    args = (*product.by.args[: product.index], inside, *product.by.args[product.index + 1 :])
    back = Calculus(maker).pull_one(product.by, product.index, upstream, product.by)
    return Moved(upstream, Call(product.by.op, args), maker.T(back) if turned else back, step, new)


def _free(names: tuple[str, ...], taken: Mapping[str, Shape]) -> str:
    return next(n for n in names if n not in taken)
