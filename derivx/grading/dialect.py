"""The dialect of blackboards: what stands side by side multiplies, ``X^T`` is a transpose, ``I`` has the size that fits.

The reader keeps open which product is meant (``juxt``, ``hadamard``, ``mul``); the shapes of the names decide it here, and the result is in
the language of the cards. What shapes leave open is refused with the two ways of writing it; what does not fit says which two parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from itertools import takewhile

from derivx import ops
from derivx.derive.matrix.columns import down_column
from derivx.derive.matrix.shapes import Shapes, dim, dim_expr
from derivx.errors import DerivxError, LimitError, ReadError
from derivx.expr import ONE, ZERO, Call, Expr, Num, Sym, is_op, is_text, postorder
from derivx.grading.parts import COLUMN, EITHER, ROW, Misfit, Part, Products, bracketed, said, transposed
from derivx.grading.reading import Vocabulary, unknown_name
from derivx.shape import SCALAR, Dim, Shape, written
from derivx.syntax import write
from derivx.syntax.spelling import CONSTANTS

ONES = "ones"
_SQUARE = ("inv", "det", "logdet", "tr", "matrix_power")
_CONSTANTS, _POWERS = ("eye", "ones", "zeros", "spread"), ("matrix_power", "trace_of_power", "det_of_power")
_LARGEST, _MOST_KRON = 1000, 2
_COSTLY = frozenset({*_CONSTANTS, *_POWERS, "kron"})
_AXES = ("all", "last")


class Dialect:
    """Settles answers over names of given shapes.

    ``sizes`` says by which size each letter is read (all alike, for a diagnosis); ``defined``: letters of sizes that are worked out.
    """

    def __init__(
        self,
        shapes: Mapping[str, Shape],
        vocabulary: Vocabulary,
        sizes: Mapping[Dim, Dim] | None = None,
        defined: Mapping[str, Dim] | None = None,
    ) -> None:
        self.sizes, self.defined = dict(sizes or {}), dict(defined or {})
        self.vocabulary = vocabulary
        self.given = {n: tuple(self.size(d) for d in s) for n, s in shapes.items()}

    def size(self, d: Dim) -> Dim:
        """A size as it is read."""
        return self.sizes.get(d, d)

    def settle(self, e: Expr, text: str, wanted: Shape) -> Part:
        """The answer in the language of the cards. Raises ``Misfit``, ``ReadError`` for what has two readings, ``LimitError``."""
        nodes = _calls(e)
        operations = {n.op for n in nodes}
        if not _COSTLY.isdisjoint(operations):
            _bounded(nodes)
        settling = _Settling(self, text)
        settling.programming = "matmul" in operations or bool(self.sizes)  # with all sizes alike every product fits
        return settling.run(e, tuple(map(self.size, wanted)))


def _calls(e: Expr) -> list[Call]:
    """Every operation of an expression."""
    found, todo = list[Call](), [e]
    while todo:
        node = todo.pop()
        if isinstance(node, Call):
            found.append(node)
            todo.extend(node.args)
    return found


def _bounded(nodes: list[Call]) -> None:
    """Refuse what would take memory or time without end: large constants, large powers, products of products of Kronecker."""
    if sum(n.op == "kron" for n in nodes) > _MOST_KRON:
        raise LimitError("too_deep", limit=_MOST_KRON)
    for node in nodes:
        sizes = node.args if node.op in _CONSTANTS else node.args[1:] if node.op in _POWERS else ()
        for size in sizes:
            inside = list(postorder(size))
            grows = any(isinstance(n, Call) and n.op not in ("add", "neg", "div") for n in inside)
            if grows or any(isinstance(n, Num) and n.value > _LARGEST for n in inside):
                raise LimitError("number_too_large", limit=_LARGEST)


class _Settling(Products):
    def __init__(self, dialect: Dialect, text: str) -> None:
        super().__init__(text)
        self.d = dialect
        self.shapes = Shapes(dialect.given)
        self.shapes.defined.update(dialect.defined)

    def run(self, e: Expr, wanted: Shape) -> Part:
        found = self.part(e)
        if not found.fits:
            return found
        if found.fits == "I" and len(wanted) == 2 and wanted[0] == wanted[1]:
            return self.sized(found, wanted[0])
        if found.fits != "I" and wanted:
            return self.sized(found, wanted[0 if found.fits == COLUMN else -1])
        raise Misfit("shapes", what=self.text, left=found.fits, right=written(wanted))

    def part(self, e: Expr) -> Part:
        """A part from its parts. The reader bounds how deep this goes."""
        if isinstance(e, Num):
            return Part(e)
        if isinstance(e, Sym):
            return self.name(e)
        assert isinstance(e, Call)
        match e.op:
            case "pow":
                return self.power(e)
            case "ones" | "zeros" | "eye":
                return self.constant(e)
        row = _TABLE.get(e.op)
        if row is not None:
            return row(self, [self.part(a) for a in e.args])
        whole = not ops.known(e.op) or ops.card(e.op).shape == "elementwise"
        return self.call(e, [self.part(a) for a in (e.args if whole else [*takewhile(_is_data, e.args)] or e.args[:1])])

    # Names.

    def name(self, e: Sym) -> Part:
        name, given = e.name, self.d.given
        if name in given:
            shape = given[name]
            return Part(e, shape, COLUMN if len(shape) == 1 else "")
        if name.endswith("'") and name.rstrip("'") in given:
            part = self.name(Sym(name.rstrip("'")))
            return transposed(part) if len(name) - len(name.rstrip("'")) == 1 and part.shape else self.unknown(name)
        if name in self.d.vocabulary.names or name in CONSTANTS:
            return Part(e)
        head, _, index = name.partition("_")
        if head == "I" and (not index or index in self.d.vocabulary.names):
            return self.sized(Part(ONE, fits="I"), self.d.size(index)) if index else Part(ONE, fits="I")
        if head == ONES and (not index or index in self.d.vocabulary.names):
            part = Part(ONE, fits=COLUMN)
            return self.sized(part, self.d.size(index)) if index else part
        return self.unknown(name)

    def unknown(self, name: str) -> Part:
        raise unknown_name(name, self.text, self.d.vocabulary)

    # Powers.

    def power(self, e: Call) -> Part:
        base, exponent = e.args
        flip = self.is_transpose(exponent)
        if flip and base in (ONE, Sym(ONES)):
            return Part(ONE, fits=ROW)
        part = self.part(base)
        if flip:
            if exponent == Sym("T") and "T" in self.d.vocabulary.names and "T" not in self.d.sizes and not part.scalar:
                raise self.two_ways(f"{bracketed(part.expr)}.T", f"exp(T*log({said(part.expr)}))")
            return transposed(part if exponent == Sym("T") else self.inverse(part))
        raised = self.part(exponent)
        if part.fits == "I" and part.expr == ONE:
            return part
        if part.fits or raised.fits:
            raise self.misfit(part, raised)
        square = len(part.shape) == 2 and part.shape[0] == part.shape[1] != 1
        if not square or not raised.scalar:
            return self.together("pow", part, raised)
        whole = _whole(exponent)
        if whole is None or whole > 1:
            raise self.two_ways(f"{bracketed(part.expr)} @ {bracketed(part.expr)}", f"{bracketed(part.expr)} ∘ {bracketed(part.expr)}")
        if whole >= 0:
            return part if whole else self.sized(Part(ONE, fits="I"), part.shape[0])
        inverse = self.inverse(part)
        return reduce(self.of_matrices, [inverse] * -whole)

    def is_transpose(self, exponent: Expr) -> bool:
        """Whether ``T`` or ``-T`` stands there, and no number is called so that the base is no array."""
        inner = exponent.args[0] if is_op(exponent, "neg") and isinstance(exponent, Call) else exponent
        return inner == Sym("T")

    def inverse(self, part: Part) -> Part:
        if part.fits == "I":
            return Part(Call("div", (ONE, part.expr)) if part.expr != ONE else ONE, fits="I")
        if part.scalar:
            return Part(Call("div", (ONE, part.expr)))
        if len(part.shape) != 2 or part.shape[0] != part.shape[1]:
            raise self.misfit(part, part)
        return Part(Call("inv", (part.expr,)), part.shape)

    def quotient(self, parts: list[Part]) -> Part:
        a, b = parts
        if b.fits:
            raise self.misfit(a, b)
        if a.fits and not (number := self.number(b, a)).shape:
            return Part(Call("div", (a.expr, number.expr)), fits=a.fits)
        if len(b.shape) == 2 and b.shape[0] == b.shape[1] != 1:
            raise self.two_ways(f"{bracketed(a.expr)} inv({said(b.expr)})", f"{bracketed(a.expr)} ∘ (1/{bracketed(b.expr)})")
        return self.together("div", a, b)

    # Functions.

    def constant(self, e: Call) -> Part:
        """``eye(n)``, ``ones(1, n)`` and ``zeros(1, n)``."""
        if not all(isinstance(a, (Sym, Num)) for a in e.args):
            raise ReadError("bad_dimension", text=self.text, end=len(self.text), expected="dimension", found=write(e))
        typed = tuple(map(dim, e.args))
        for d in typed:
            if isinstance(d, str) and d not in self.d.vocabulary.names:
                self.unknown(d)
        sizes = tuple(map(self.d.size, typed))
        args = tuple(map(dim_expr, sizes))
        if e.op == "eye":
            return Part(Call("eye", args[:1]), sizes * 2)
        turn = COLUMN if len(sizes) == 1 else ""
        return Part(Call("ones", args) if e.op == "ones" else Call("spread", (ZERO, *args)), sizes, turn)

    def call(self, e: Call, parts: list[Part]) -> Part:
        """A function of the cards."""
        if not ops.known(e.op) and e.op.rstrip("'") not in self.d.vocabulary.functions:
            start = max(self.text.find(e.op), 0)
            raise ReadError("unknown_function", text=self.text, start=start, end=start + len(e.op), expected="function", name=e.op)
        if any(p.fits for p in parts):
            what = said(Call(e.op, tuple(p.expr for p in parts)))
            raise Misfit("shapes", what=what, left=parts[0].fits or written(parts[0].shape), right="?")
        if not ops.known(e.op) or ops.card(e.op).shape == "elementwise":
            call = reduce(lambda a, b: self.together("add", a, b), parts)
            return Part(Call(e.op, tuple(p.expr for p in parts)), call.shape, call.turn)
        if parts[0].shape == SCALAR:
            if len(e.args) > 1 or e.op not in _OF_NUMBERS:
                raise self.misfit(parts[0], parts[0])
            return Part(_OF_NUMBERS[e.op](parts[0].expr))
        if e.op in _SQUARE and (len(parts[0].shape) != 2 or parts[0].shape[0] != parts[0].shape[1]):
            raise self.misfit(parts[0], parts[0])
        if e.op in _OF_VECTORS:
            return _OF_VECTORS[e.op](self, parts)
        made = down_column(Call(e.op, (*(p.expr for p in parts), *e.args[len(parts) :])), parts[0].shape)
        try:
            shape = self.shapes.sames(self.shapes.of(made))
        except DerivxError as error:
            raise Misfit(error.key, **error.params) from None
        except (IndexError, ValueError, KeyError, TypeError):
            raise self.misfit(parts[0], parts[-1]) from None
        return Part(made, shape, EITHER if len(shape) == 1 else "")

    def vector(self, part: Part) -> Part:
        """A column or a row as a vector of one dimension."""
        if len(part.shape) == 2 and 1 in part.shape:
            axis = 1 if part.shape[1] == 1 else 0
            return Part(Call("sum", (part.expr, Num(axis))), (part.shape[1 - axis],), COLUMN)
        return part

    def diag(self, parts: list[Part]) -> Part:
        v = self.vector(parts[0])
        if len(v.shape) == 2 and v.shape[0] == v.shape[1]:
            return Part(Call("diagonal", (v.expr,)), v.shape[:1], COLUMN)
        if len(v.shape) != 1:
            raise self.misfit(v, v)
        return Part(Call("diag", (v.expr,)), v.shape * 2)

    def dot(self, parts: list[Part]) -> Part:
        """``dot(a, b)``: of two columns or rows the inner product, else the matrix product."""
        if len(parts) != 2:
            raise self.misfit(parts[0], parts[-1])
        a, b = parts
        if a.shape == b.shape and len(a.shape) == 2 and 1 in a.shape:
            return Part(Call("sum", (Call("mul", (a.expr, b.expr)),)))
        return self.matrix_product(a, b, typed=True)

    def outer(self, parts: list[Part]) -> Part:
        a, b = self.vector(parts[0]), self.vector(parts[-1])
        if len(parts) == 1 or len(a.shape) != 1 or len(b.shape) != 1:
            raise self.misfit(a, b)
        return Part(Call("outer", (a.expr, b.expr)), (*a.shape, *b.shape))


def _is_data(arg: Expr) -> bool:
    """Whether an argument is no axis, flag or text."""
    inner = arg.args[0] if is_op(arg, "neg") and isinstance(arg, Call) else arg
    return not (isinstance(inner, Num) or is_text(inner) or (isinstance(inner, Sym) and inner.name in _AXES))


def _whole(e: Expr) -> int | None:
    """A whole exponent of moderate size."""
    sign, inner = (-1, e.args[0]) if is_op(e, "neg") and isinstance(e, Call) else (1, e)
    return sign * int(inner.value) if isinstance(inner, Num) and inner.value == int(inner.value) and inner.value <= 12 else None


def _neg(p: Part) -> Part:
    return Part(Call("neg", (p.expr,)), p.shape, p.turn, p.fits)


def _transpose(s: _Settling, parts: list[Part]) -> Part:
    (p,) = parts
    if isinstance(p.expr, Num) and p.scalar:
        if p.expr != ONE:
            raise s.two_ways("X.T", "X")
        return Part(ONE, fits=ROW)
    return transposed(p)


_TABLE: Mapping[str, Callable[[_Settling, list[Part]], Part]] = {
    "neg": lambda _, parts: _neg(*parts),
    "add": lambda s, parts: reduce(lambda a, b: s.together("add", a, b), parts),
    "mul": lambda s, parts: reduce(s.star, parts),
    "hadamard": lambda s, parts: reduce(lambda a, b: s.together("mul", a, b), parts),
    "juxt": lambda s, parts: s.chain(parts),
    "matmul": lambda s, parts: reduce(lambda a, b: s.matrix_product(a, b, typed=True), parts),
    "div": lambda s, parts: s.quotient(parts),
    "transpose": _transpose,
    "hadamard_power": lambda s, parts: s.together("pow", *parts),
    "hadamard_div": lambda s, parts: s.together("div", *parts),
    "dot": lambda s, parts: s.dot(parts),
}
_OF_NUMBERS: Mapping[str, Callable[[Expr], Expr]] = {
    "inv": lambda x: Call("div", (ONE, x)),
    "logdet": lambda x: Call("log", (x,)),
    **dict.fromkeys(("norm1", "norm2"), lambda x: Call("abs", (x,))),
    **dict.fromkeys(("det", "tr", "sum", "mean", "amax", "amin", "transpose"), lambda x: x),
}
_OF_VECTORS: Mapping[str, Callable[[_Settling, list[Part]], Part]] = {
    "diag": lambda s, parts: s.diag(parts),
    "outer": lambda s, parts: s.outer(parts),
}
