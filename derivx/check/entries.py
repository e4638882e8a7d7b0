"""SymPy's proof of a derivative over arrays: entry by entry at small sizes, every entry a symbol.

Only for formulas that SymPy can normalise, and small ones; where it finds no proof it says so.
"""

from __future__ import annotations

from typing import Any

from derivx.check.matrix import sizes_of
from derivx.check.verdict import Check, Verdict
from derivx.derive.matrix.engine import Answer, Question
from derivx.expr import Call, is_text, postorder
from derivx.numeric.array_value import array_value
from derivx.numeric.evaluate import Unavailable, UnknownValue
from derivx.numeric.spaces import ENTRIES, space
from derivx.shape import letters

_NODES, _ENTRIES, _OPERATIONS, _ENTRY, _SPLIT = 70, 36, 1_000, 250, 150
_FRACTIONS = 30  # in one entry: what takes SymPy its time
_SIZES = (2, 3, 4)
_STRUCTURED = ("gradient_symproj", "gradient_sym", "gradient_diag")  # by a matrix whose entries are not all free
_KINDS = ("gradient", "jacobian", "hessian", "dscalar", "vec_jacobian", *_STRUCTURED)
_PROVABLE = frozenset({
    "add", "neg", "mul", "div", "pow", "sqrt", "exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "sigmoid", "softplus", "atan",
    "matmul", "transpose", "sum", "mean", "tr", "norm2", "diag", "diagonal", "outer", "eye", "ones", "zeros", "spread", "column", "row",
    "inv", "det", "logdet", "softmax", "log_softmax", "logsumexp", "kron", "matrix_power", "trace_of_power", "det_of_power", "cumsum",
    "slice", "place", "reshape", "concat", "stack", "vec", "prod", "solve", "revcumsum", "conv1d", "im2col", "einsum",
})  # fmt: skip
_POSITIVE = ("positive", "small", "wide", "large")
_GIVEN = ("onehot", "onehot_rows", "binary", "pm1")  # known values, by which the answer may be simplified


def prove_entries(question: Question, answer: Answer) -> Check:
    """The verdict of SymPy: ``PASS`` for a proof, ``FAIL`` for a counterexample, else ``SKIPPED`` with the reason."""
    formulas = [question.output, *(f for _, f in question.let), answer.formula, *answer.where.values()]
    if any(isinstance(n, Call) and not is_text(n) and n.op not in _PROVABLE for f in formulas for n in postorder(f)):
        return Check(None, "sympy", Verdict.SKIPPED, reason="not_proved")
    if question.kind not in _KINDS or question.consts:
        return Check(None, "sympy", Verdict.SKIPPED, reason="not_proved")
    numbers = [d for shape in question.shapes.values() for d in shape if isinstance(d, int)]
    if sum(f.size for f in formulas) > _NODES or max(numbers, default=0) > max(_SIZES):
        return Check(None, "sympy", Verdict.SKIPPED, reason="too_large")
    try:
        verdict, reason = _Proof(question, answer).run()
    except (ValueError, TypeError, UnknownValue, Unavailable):  # no inverse at these sizes, a value that SymPy has no name for
        verdict, reason = Verdict.SKIPPED, "not_proved"
    return Check(None, "sympy", verdict, reason=reason)


class _Proof:
    def __init__(self, question: Question, answer: Answer) -> None:
        self.q, self.answer = question, answer
        self.xp = space(ENTRIES)
        self.env: dict[str, Any] = {}
        dims = [d for shape in (question.shapes[question.wrt], *question.shapes.values()) for d in shape]
        for letter in (letter for d in dims for letter in sorted(letters([d]))):
            self.env.setdefault(letter, _SIZES[min(len(self.env), len(_SIZES) - 1)])
        self.sizes: dict[str, int] = dict(self.env)

    def run(self) -> tuple[Verdict, str]:
        """Every entry of the derivative less that of the answer."""
        import numpy as np
        import sympy as sp

        for name, shape in self.q.shapes.items():
            free = name == self.q.wrt and self.q.kind in _STRUCTURED
            self.env[name] = self.symbols(name, sizes_of(shape, self.sizes), "" if free else self.q.flags.get(name, ""))
        for name, formula in self.q.let:
            self.env[name] = array_value(formula, self.env, self.xp)
        output = np.asarray(array_value(self.q.output, self.env, self.xp), dtype=object)
        x = np.asarray(self.env[self.q.wrt], dtype=object)
        here = dict(self.env)
        if self.q.kind in _STRUCTURED:
            here[self.q.wrt] = self.symbols(self.q.wrt, list(x.shape), _flag(self.q))
            for name, formula in self.q.let:
                here[name] = array_value(formula, here, self.xp)
        for name, formula in self.answer.where.items():
            here[name] = array_value(formula, here, self.xp)
        ours = np.asarray(array_value(self.answer.formula, here, self.xp), dtype=object)
        if output.size * x.size > _ENTRIES or sum((sp.Integer(0) + e).count_ops() for e in output.ravel()) > _OPERATIONS // 2:
            return Verdict.SKIPPED, "too_large"
        return self.compared(self.derivative(output, x), ours)

    def symbols(self, name: str, shape: list[int], flag: str) -> Any:
        """An array of symbols, or of the values that a flag allows."""
        import numpy as np
        import sympy as sp

        out = np.empty(tuple(shape), dtype=object)
        for at in np.ndindex(*shape):
            place = tuple(sorted(at)) if flag in ("symmetric", "spd") else at
            symbol = sp.Symbol(f"{name}_{'_'.join(map(str, place))}", real=True, positive=flag in _POSITIVE or None)
            zero = flag == "diagonal" and len(set(at)) > 1
            out[at] = sp.Integer(0) if zero else _value(flag, at, shape) if flag in _GIVEN else symbol
        return out[()] if not shape else out

    def derivative(self, output: Any, x: Any) -> Any:
        """By every entry, in the order of the answer's kind."""
        import numpy as np
        import sympy as sp

        once = np.empty((*output.shape, *x.shape), dtype=object)
        for at in np.ndindex(*once.shape):
            once[at] = sp.diff(output[at[: output.ndim]], x[at[output.ndim :]])
        if self.q.kind in _STRUCTURED:
            return self.structured(once, x)
        if self.q.kind == "vec_jacobian":
            return np.reshape(once, (output.size, x.size), order="F")
        if self.q.kind != "hessian":
            return once
        return np.array([[sp.diff(d, y) for y in x] for d in once], dtype=object)

    def structured(self, g: Any, x: Any) -> Any:
        """Of the gradient by free entries: what is left of it for a symmetric or diagonal matrix."""
        import numpy as np

        known = self.symbols(self.q.wrt, list(x.shape), _flag(self.q))
        put = dict(zip(x.ravel(), known.ravel(), strict=True))
        g = np.array([(self.xp.number(0) + e).subs(put, simultaneous=True) for e in g.ravel()], dtype=object).reshape(x.shape)
        own = g * self.xp.eye(len(x))
        if self.q.kind == "gradient_diag":
            return own
        return (g + g.T) / self.xp.number(2) if self.q.kind == "gradient_symproj" else g + g.T - own

    def compared(self, theirs: Any, ours: Any) -> tuple[Verdict, str]:
        import numpy as np

        if np.shape(ours) == () and ours == 0:  # a derivative of 0 has no shape of its own
            ours = np.broadcast_to(ours, np.shape(theirs))
        if np.shape(theirs) != np.shape(ours):
            return Verdict.FAIL, ""
        apart = [a - b for a, b in zip(np.ravel(theirs), np.ravel(ours), strict=True)]
        if sum(d.count_ops() if hasattr(d, "count_ops") else 0 for d in apart) > _OPERATIONS:
            return Verdict.SKIPPED, "too_large"
        for d in apart:
            if not _vanishes(d):
                return (Verdict.FAIL, "") if _differs(d) else (Verdict.SKIPPED, "not_proved")
        return Verdict.PASS, ""


def _flag(question: Question) -> str:
    return "diagonal" if question.kind == "gradient_diag" else "symmetric"


def _value(flag: str, at: tuple[int, ...], shape: list[int]) -> Any:
    """A value that a flag allows."""
    import sympy as sp

    if flag == "pm1":
        return sp.Integer(1 - 2 * (sum(at) % 2))
    if flag == "binary":
        return sp.Integer(sum(at) % 2)
    return sp.Integer(int(at[-1] == (at[0] % shape[-1] if len(at) > 1 else 0)))


def _vanishes(d: Any) -> bool:
    """Whether a difference is 0 as a rational function of the symbols and of the functions in it, each a symbol then.

    First exp(2*u) is taken as the square of exp(u), then exp(u + v) as a product too.
    """
    return bool(_normal(d, _ENTRY, split=False) == 0 or _normal(d, _SPLIT, split=True) == 0)


def _normal(d: Any, most: int, *, split: bool) -> Any:
    import sympy as sp

    known: dict[Any, Any] = {}

    def power(u: Any) -> Any:
        parts = [t.as_coeff_Mul() for t in sp.Add.make_args(sp.expand(u))] if split else [_primitive(sp.expand(u))]
        return sp.Mul(*(known.setdefault(("exp", t), sp.Dummy(positive=True)) ** c for c, t in parts))

    d = (sp.Integer(0) + d).replace(sp.exp, power)
    for kind in (sp.tanh, sp.log, sp.sin, sp.cos):
        d = d.replace(kind, lambda u, kind=kind: known.setdefault((kind, u), sp.Dummy(real=True)))
    fractions = sum(part.is_Pow and part.exp.is_negative is True for part in sp.preorder_traversal(d))
    return sp.cancel(d) if d.count_ops() <= most and fractions <= _FRACTIONS else d


def _primitive(u: Any) -> tuple[Any, Any]:
    """A number, and what it stands before, with one sign for u and -u."""
    number, rest = u.primitive()
    return (-number, -rest) if rest.could_extract_minus_sign() else (number, rest)


def _differs(d: Any) -> bool:
    """Whether it is far from 0 at a point."""
    import sympy as sp

    point = {s: sp.Rational(7 + 3 * k, 11 + k) for k, s in enumerate(sorted(d.free_symbols, key=str))}
    found = d.subs(point).evalf(30)
    return bool(found.is_number and found.is_finite and abs(found) > 1e-12)
