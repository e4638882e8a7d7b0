"""Every scalar card as a SymPy function, with ``fdiff``, evaluation, LaTeX and ``lambdify``: SymPy learns our words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.function import ArgumentIndexError

from derivx import ops
from derivx.algebra import local_derivatives
from derivx.algebra.door import _NATIVE, by_vocabulary, symbol
from derivx.expr import Call, Sym, substitute
from derivx.numeric import REAL, SYMPY, Scope, space
from derivx.numeric.evaluate import card_value
from derivx.ops import Op
from derivx.syntax import read

_STRUCTURE = frozenset({"add", "neg", "mul", "div", "pow", "sqrt", "where"})


def function(name: str) -> Any:
    """The SymPy function of a card: SymPy's own where it has one. Raises ``AttributeError`` for no card."""
    if not ops.known(name) or name in _STRUCTURE or ops.card(name).notation == "compare":
        raise AttributeError(name)
    return _NATIVE.get(name) or _made(ops.card(name))


def functions() -> Mapping[str, Any]:
    """The SymPy functions of all cards, by name."""
    plain = (op for op in ops.cards() if op.name not in _STRUCTURE and op.notation != "compare")
    return {op.name: _NATIVE.get(op.name) or _made(op) for op in plain}


@lru_cache(maxsize=512)
def _made(op: Op) -> Any:
    count = (len(op.params) - len(op.defaults), len(op.params))
    body = {
        "nargs": tuple(range(count[0], count[1] + 1)),
        "card_name": op.name,
        "fdiff": _fdiff(op),
        "doit": _doit(op),
        "rewrite_definition": _definition(op),
        "_eval_evalf": _evalf(op),
        "_latex": _latex(op),
        "_eval_is_extended_real": lambda self: all(a.is_extended_real for a in self.args) or None,
        "_imp_": staticmethod(_implementation(op)),
        "__doc__": f"{op.names.en} ({op.source}): the derivx operation ``{op.name}({op.args})``.",
        "__module__": "derivx.functions",
    }
    return type(op.name, (sp.Function,), body)


def _arguments(op: Op, args: tuple[Any, ...]) -> list[Any]:
    """The arguments of a call with the card's defaults filled in."""
    rest = [by_vocabulary(read(op.defaults[p])) for p in op.params[len(args) :]]
    return [*args, *rest]


def _value(op: Op, args: tuple[Any, ...]) -> Any:
    call = Call(op.name, tuple(Sym(p) for p in op.params))
    return card_value(op, call, _arguments(op, args), Scope({}, {}, space(SYMPY)))


def _fdiff(op: Op) -> Any:
    def fdiff(self: Any, argindex: int = 1) -> Any:
        if not 1 <= argindex <= len(self.args):
            raise ArgumentIndexError(self, argindex)
        template = local_derivatives(op).get(op.params[argindex - 1])
        if template is None:
            return sp.Derivative(self, self.args[argindex - 1])
        whole = Call(op.name, tuple(Sym(p) for p in op.params))
        if "y" not in op.params:
            template = substitute(template, {Sym("y"): whole})
        values = {p: symbol(p) for p in op.params}
        word = by_vocabulary(template, values, functions())
        return word.subs(dict(zip(values.values(), _arguments(op, self.args), strict=True)), simultaneous=True)

    return fdiff


def _doit(op: Op) -> Any:
    def doit(self: Any, **hints: Any) -> Any:
        """Write the definition out."""
        return _value(op, tuple(a.doit(**hints) for a in self.args))

    return doit


def _definition(op: Op) -> Any:
    def rewrite_definition(self: Any) -> Any:
        """The function by its definition."""
        return _value(op, self.args)

    return rewrite_definition


def _evalf(op: Op) -> Any:
    def _eval_evalf(self: Any, prec: int) -> Any:
        if any(a.free_symbols for a in self.args):
            return None
        return _value(op, self.args)._eval_evalf(prec)

    return _eval_evalf


def _latex(op: Op) -> Any:
    def _latex(self: Any, printer: Any, exp: Any = None) -> str:
        inside = ", ".join(printer._print(a) for a in self.args)
        power = f"^{{{exp}}}" if exp is not None else ""
        return rf"{op.latex}{power}\left({inside}\right)"

    return _latex


def _implementation(op: Op) -> Any:
    def value(*args: Any) -> Any:
        call = Call(op.name, tuple(Sym(p) for p in op.params[: len(args)]))
        return card_value(op, call, list(args), Scope({}, {}, space(REAL)))

    return value
