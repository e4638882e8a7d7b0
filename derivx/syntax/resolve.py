"""What each name in a text is: a variable, a constant, a card's function, an undefined function, or a mistake."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from derivx import ops
from derivx.errors import ReadError
from derivx.syntax.chars import GREEK, SUBSCRIPTS, SUPERSCRIPTS
from derivx.syntax.spelling import CONSTANTS, close, split_all, spoken
from derivx.syntax.tokens import Limits, Token, canonical, number

UNDEFINED = ("f", "g", "h")
_GREEK_NAMES = frozenset(GREEK.values())
_OPERAND_SIGNS = ("√", "|", "{", "(")
# what may follow the d of dx: a letter or a Greek name, with an index
_AFTER_D = re.compile(rf"(?:[A-Za-z]|[{''.join(GREEK)}]|{'|'.join(sorted(_GREEK_NAMES))})(?:\d+|[{''.join(SUBSCRIPTS)}]+)?(?:_\w+)*'*")


class Item(NamedTuple):
    """A token of the grammar: ``kind`` with its data (a number, a name, the power of ``sin^2``)."""

    kind: str
    data: Any
    start: int
    end: int
    extra: Any = None


@dataclass
class Notes:
    """What the reader decided where a text can be read in two ways: keys of the word tables, with parameters."""

    rows: dict[tuple[str, ...], tuple[str, dict[str, str]]] = field(default_factory=dict)
    most: int = 20

    def add(self, key: str, **params: str) -> None:
        if len(self.rows) < self.most:
            self.rows.setdefault((key, *params.values()), (key, params))

    def all(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """The notes, each once, in the order of the text."""
        return tuple(self.rows.values())


def resolve(tokens: list[Token], text: str, declared: Iterable[str], limits: Limits, notes: Notes) -> list[Item]:
    """Turn tokens into grammar items, with the products that were left implicit still implicit."""
    return _Resolver(tokens, text, frozenset(declared), limits, notes).run()


class _Resolver:
    def __init__(self, tokens: list[Token], text: str, declared: frozenset[str], limits: Limits, notes: Notes) -> None:
        self.text, self.declared, self.limits, self.notes = text, declared, limits, notes
        self.tokens = spoken(split_all(tokens, declared) if declared else tokens, declared)
        self.at = 0

    @cached_property
    def bare(self) -> set[str]:
        """The names that stand somewhere without a bracket behind them."""
        return {canonical(t.text) for i, t in enumerate(self.tokens) if t.kind == "name" and not self._applied(i)}

    def run(self) -> list[Item]:
        items: list[Item] = []
        put, tokens, whole, new = items.append, self.tokens, len(self.tokens), tuple.__new__
        declared, functions = _plain(self.declared), _functions(ops.spellings())
        while self.at < whole:
            token = tokens[self.at]
            kind, text, start, end, _ = token
            if kind == "op" and text != "∂":
                self.at += 1
                put(new(Item, (text, None, start, end, None)))
            elif text in declared:
                self.at += 1
                put(new(Item, ("sym", text, start, end, None)))
            elif text in functions and text not in self.declared and self._is(self.at + 1, "("):
                self.at += 1
                put(new(Item, ("fn", text, start, end, None)))
            elif kind in ("name", "fn"):
                put(self._name(token))
            elif kind == "op":
                put(self._derivative() or self._unexpected(token))
            else:
                self.at += 1
                data = number(token, self.text, self.limits) if kind == "num" else text
                put(Item(kind, data, start, end))
        return items

    def _item(self, kind: str, data: Any, extra: Any = None, upto: int | None = None) -> Item:
        first = self.tokens[self.at]
        if upto is None:
            self.at += 1
            return Item(kind, data, first.start, first.end, extra)
        self.at = upto
        return Item(kind, data, first.start, self.tokens[upto - 1].end, extra)

    def _token(self, i: int) -> Token | None:
        return self.tokens[i] if i < len(self.tokens) else None

    def _is(self, i: int, *texts: str) -> bool:
        return i < len(self.tokens) and self.tokens[i].text in texts

    def _applied(self, i: int) -> bool:
        """Whether a bracket stands right behind token ``i`` (behind ``f``, ``g`` and ``h`` also after a space)."""
        if not self._is(i + 1, "("):
            return False
        return not self.tokens[i + 1].spaced or _undefined(self.tokens[i].text)

    def _refuse(self, key: str, token: Token, expected: str, hint: str = "", **params: str) -> ReadError:
        return ReadError(key, text=self.text, start=token.start, end=token.end, expected=expected, hint=hint, **params)

    def _unexpected(self, token: Token) -> Item:
        raise self._refuse("unexpected", token, "operand", found=token.text)

    # Names, in the order of the language: declared, constants, cards, undefined functions.

    def _name(self, token: Token) -> Item:
        name = canonical(token.text)
        if token.kind == "name" and token.text[0] == "d":
            derivative = self._derivative()
            if derivative is not None:
                return derivative
        if name in self.declared:
            return self._item("sym", name)
        called = self._is(self.at + 1, "(")
        if name == "D" and called and ("D" not in self.bare or self.at + 1 in self._lists):
            return self._item("fn", "D")
        known = ops.spellings()
        if (token.text in known or name in known) and not ({token.text, name} & ops.only_arrays() and not (called and self.limits.arrays)):
            found = self._function(token, name, called)
            if found is not None:
                return found
        if name in CONSTANTS:
            return self._item("sym", name)
        if called:
            return self._applied_name(token, name)
        if name in known or _undefined(name):
            self._check_power(token)
        self._doubt(name)
        return self._item("sym", name)

    def _function(self, token: Token, name: str, called: bool) -> Item | None:
        """A card's name: a call, ``sin x`` or ``sin^2 x``; the Greek letters and ``e`` may also be variables."""
        text = token.text if token.text in ops.spellings() else name
        if called:
            if token.text[0] != "γ":
                return self._item("fn", text)
            if name in self.bare:
                return None
            # the gamma function is a capital: γ(x) is rather a product
            raise self._refuse("product_or_function", token, "function", f"{name}*(...)", name=token.text)
        if token.kind == "name" and (len(name) == 1 or name in _GREEK_NAMES):
            return None
        nxt = self._token(self.at + 1)
        if nxt is not None and (nxt.text in ("^", "**") or nxt.kind == "sup"):
            return self._powered(token, text)
        if nxt is not None and (nxt.kind in ("num", "name", "fn") or nxt.text in _OPERAND_SIGNS):
            return self._item("apply", text)
        raise self._refuse("needs_argument", token, "argument", f"{text}(x)", name=text)

    def _exponent(self, i: int) -> tuple[str, int]:
        """The whole exponent that stands at token ``i`` (``^2``, ``^{-1}``, ``²``), and where it ends; else ``""``."""
        token = self.tokens[i]
        if token.kind == "sup":
            return "".join(SUPERSCRIPTS[c] for c in token.text), i + 1
        wrapped = self._is(i + 1, "{", "(")
        i += 2 if wrapped else 1
        minus = self._is(i, "-")
        digits = self._token(i + minus)
        if digits is None or not digits.text.isdecimal() or (wrapped and not self._is(i + minus + 1, "}", ")")):
            return "", i
        return "-" * minus + digits.text, i + minus + 1 + wrapped

    def _powered(self, token: Token, text: str) -> Item:
        """``sin^2(x)`` is ``sin(x)^2``; ``tan^-1(x)`` is the inverse function, by convention."""
        sign, i = self._exponent(self.at + 1)
        if not re.fullmatch(r"-?\d{1,5}", sign):
            raise self._refuse("power_of_function", token, "argument", f"({text}(x))^n", name=text)
        nxt = self._token(i)
        if nxt is None or not (nxt.text in _OPERAND_SIGNS or nxt.kind in ("num", "name", "fn")):
            raise self._refuse("needs_argument", token, "argument", f"{text}(x)^{sign}", name=text)
        extra: int | None = int(sign)
        if extra == -1:
            inverse = f"a{text}"
            if ops.find(inverse) is None:
                raise self._refuse("power_of_function", token, "argument", f"1/{text}(x)", name=text)
            self.notes.add("note.inverse", typed=f"{text}^-1", read=inverse)
            text, extra = inverse, None
        return self._item("fn" if nxt.text == "(" else "apply", text, extra, i)

    def _check_power(self, token: Token) -> None:
        """``f^2(x)`` may be f(x)^2, f(f(x)) or f^2*x: refused."""
        nxt = self._token(self.at + 1)
        if nxt is None or not (nxt.text in ("^", "**") or nxt.kind == "sup"):
            return
        sign, i = self._exponent(self.at + 1)
        if sign and self._is(i, "(") and not self.tokens[i].spaced:
            raise self._refuse("power_of_function", token, "argument", f"{token.text}(x)^{sign}", name=token.text)

    def _applied_name(self, token: Token, name: str) -> Item:
        """A name before a bracket that is neither declared nor a card's."""
        base = name.rstrip("'")
        if base in self.bare or name in self.bare:
            return self._item("sym", name)
        if base.startswith("log") and base[3:].isdecimal():
            raise self._refuse("unknown_function", token, "function", f"log(x, {base[3:]})", name=name)
        suggestion = close(base)
        if name == "dot" and self.limits.dialect:
            return self._item("fn", name)
        if _undefined(base) or self._is_defined(name) or (suggestion is None and self._over_variables.get(name)):
            return self._item("fn", name)
        if suggestion is not None:
            raise self._refuse("unknown_function", token, "function", suggestion, name=name)
        raise self._refuse("product_or_function", token, "function", f"{name}*(...)", name=name)

    def _is_defined(self, name: str) -> bool:
        """Whether the text is a definition of the name: ``swish2(x) = ...``, however like another name it is."""
        if canonical(self.tokens[0].text) != name or not self._single_variables(1):
            return False
        closing = next(i for i, token in enumerate(self.tokens) if token.text == ")")
        return self._is(closing + 1, "=")

    @cached_property
    def _over_variables(self) -> dict[str, bool]:
        """For each name of the text: whether it is only ever applied to single variables, as in ``y(x)``."""
        found: dict[str, bool] = {}
        for i, token in enumerate(self.tokens):
            if token.kind == "name":
                name = canonical(token.text)
                found[name] = found.get(name, True) and self._single_variables(i + 1)
        return found

    def _single_variables(self, i: int) -> bool:
        """Whether ``( name , name ... )`` stands at token ``i``."""
        if not self._is(i, "("):
            return False
        while i + 2 < len(self.tokens) and self.tokens[i + 1].kind == "name":
            if self.tokens[i + 2].text == ")":
                return True
            if self.tokens[i + 2].text != ",":
                return False
            i += 2
        return False

    @cached_property
    def _lists(self) -> frozenset[int]:
        """The brackets with a comma of their own: ``D(x^2, x)`` is a derivative even where ``D`` is a name."""
        found, open_ = set[int](), list[int]()
        for i, token in enumerate(self.tokens):
            if token.text == "(":
                open_.append(i)
            elif token.text == ")" and open_:
                open_.pop()
            elif token.text == "," and open_:
                found.add(open_[-1])
        return frozenset(found)

    def _doubt(self, name: str) -> None:
        """A run of letters is probably a product, and ``sinx`` a function: say so."""
        if name in _GREEK_NAMES or name == "ell":
            return
        function = next((name[:-k] for k in (1, 2) if name[:-k] in ops.spellings()), None)
        if function and len(function) > 1 and name[len(function)].isalpha():
            self.notes.add("note.one_name", name=name, mend=f"{function}({name[len(function) :]})")
        elif len(name) in (2, 3) and name.isalpha():
            self.notes.add("note.one_name", name=name, mend="*".join(name))

    # `d/dx (...)`, `dL/dw`, `∂L/∂w`, and the same as LaTeX fractions.

    def _derivative(self) -> Item | None:
        """A derivative in Leibniz's notation at the place of reading, if one stands there."""
        first = self.tokens[self.at]
        upper = self._upper(self.at)
        if upper is None or not self._is(upper[2], "/", "^", "**", "("):
            return None
        what, order, i = upper
        if self._is(i, "("):
            self._check_applied(first, what, i)
            return None
        if not self._is(i, "/"):  # dy^2/dx^2 is neither d^2y/dx^2 nor (dy/dx)^2
            _, i = self._order(i)
            if order > 1 or not what or not self._is(i, "/") or not self._lower(i + 1, 1)[0]:
                return None
            raise self._refuse("derivative_order", first, "variable")
        wrt, i = self._lower(i + 1, order)
        if not wrt:
            return None
        if order != len(wrt):
            raise self._refuse("derivative_order", first, "variable")
        if not all(self._clear(n) for n in (what, *wrt) if n):
            end = self.tokens[i - 1].end
            hint = f"D({canonical(what) if what else '...'}, {canonical(wrt[0])})"
            raise ReadError("derivative_or_quotient", text=self.text, start=first.start, end=end, expected="variable", hint=hint)
        data = (canonical(what) if what else "", tuple(canonical(n) for n in reversed(wrt)))
        return self._item("dL/dw" if what else "d/d", data, None, i)

    def _check_applied(self, first: Token, what: str, i: int) -> None:
        """``df(x)/dx`` is not the quotient of ``df(x)`` and ``dx``: refused, the derivative is ``D(f(x), x)``."""
        if not what or not self._single_variables(i):
            return
        last = i + 2
        while not self._is(last, ")"):
            last += 2
        if self._is(last + 1, "/") and self._lower(last + 2, 1)[0]:
            variable, end = canonical(self.tokens[i + 1].text), self.tokens[last + 2].end
            hint = f"D({canonical(what)}({variable}), {variable})"
            raise ReadError("derivative_or_quotient", text=self.text, start=first.start, end=end, expected="variable", hint=hint)

    def _clear(self, name: str) -> bool:
        """Whether what follows the d is a name on sight: ``dL`` is, ``data`` is not (unless ``ata`` is a name here)."""
        known = canonical(name)
        return bool(_AFTER_D.fullmatch(name)) or known in self.declared or known in self.bare

    def _d(self, i: int) -> tuple[str, int] | None:
        """The d at token ``i``: what of the token follows it, and the next place."""
        token = self._token(i)
        if token is None or "d" in self.declared or canonical(token.text) in self.declared:
            return None
        if token.text in ("∂", "d"):
            return "", i + 1
        plain = token.kind == "name" and token.text[0] == "d" and token.text[1].isalpha() and not self._own(token.text)
        return (token.text[1:], i + 1) if plain else None

    def _own(self, name: str) -> bool:
        """Whether the d is a letter of the name: ``delta``, ``digamma``."""
        return name in _GREEK_NAMES or name in ops.spellings()

    def _upper(self, i: int) -> tuple[str, int, int] | None:
        """``d``, ``dL``, ``d^2 L``, ``∂²L`` at token ``i``: the name, the order, where it ends."""
        found = self._d(i)
        if found is None:
            return None
        what, i = found
        order = 1
        if not what:
            order, i = self._order(i)
            name = self._token(i)
            if name is not None and name.kind == "name":
                what, i = name.text, i + 1
        return what, order, i

    def _lower(self, i: int, most: int) -> tuple[list[str], int]:
        """``dx``, ``dx^2``, ``∂w∂b`` at token ``i``: each name as often as it is differentiated by, where it ends."""
        wrt = list[str]()
        while not wrt or (len(wrt) < most and self._is(i, "∂")):
            found = self._d(i)
            if found is None:
                break
            what, after = found
            if not what:
                name = self._token(after)
                if name is None or name.kind != "name":
                    break
                what, after = name.text, after + 1
            order, i = self._order(after)
            wrt += [what] * order
        return wrt, i

    def _order(self, i: int) -> tuple[int, int]:
        token = self._token(i)
        if token is not None and (token.kind == "sup" or token.text in ("^", "**")):
            sign, end = self._exponent(i)
            if sign.isdecimal() and 0 < int(sign[:3]) < 100:
                return int(sign), end
        return 1, i


@lru_cache(maxsize=64)
def _plain(declared: frozenset[str]) -> frozenset[str]:
    """The declared names that mean themselves wherever they stand: no derivative begins with them."""
    return frozenset(n for n in declared if n[0] != "d" and canonical(n) == n)


@lru_cache(maxsize=4)
def _functions(known: frozenset[str]) -> frozenset[str]:
    """The cards' names that are a call before any bracket: no derivative begins with them, and they are no letters."""
    return frozenset(n for n in known - ops.only_arrays() if n[0] not in "dDγ")


def _undefined(name: str) -> bool:
    """Whether the name is one of f, g, h, with an index or primes."""
    return name[0] in UNDEFINED and not name[1:].strip("0123456789_'")
