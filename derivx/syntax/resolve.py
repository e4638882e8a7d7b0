"""What each name in a text is: a variable, a constant, a card's function, an undefined function, or a mistake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from derivx import ops
from derivx.errors import ReadError
from derivx.syntax.chars import GREEK, SUPERSCRIPTS
from derivx.syntax.tokens import Limits, Token, canonical, number

CONSTANTS = ("e", "pi")
UNDEFINED = ("f", "g", "h")
_GREEK_NAMES = frozenset(GREEK.values())


@dataclass(frozen=True, slots=True)
class Item:
    """A token of the grammar: ``kind`` with its data (a number, a name, the power of ``sin^2``)."""

    kind: str
    data: Any
    start: int
    end: int
    extra: Any = None


@dataclass
class Notes:
    """What the reader decided where a text can be read in two ways: keys of the word tables, with parameters."""

    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def add(self, key: str, **params: str) -> None:
        if (key, params) not in self.rows:
            self.rows.append((key, params))


def resolve(tokens: list[Token], text: str, declared: Iterable[str], limits: Limits, notes: Notes) -> list[Item]:
    """Turn tokens into grammar items, with the products that were left implicit still implicit."""
    return _Resolver(tokens, text, frozenset(declared), limits, notes).run()


class _Resolver:
    def __init__(self, tokens: list[Token], text: str, declared: frozenset[str], limits: Limits, notes: Notes) -> None:
        self.text, self.declared, self.limits, self.notes = text, declared, limits, notes
        self.tokens = [part for t in tokens for part in self._split(t)] if declared else tokens
        self.bare = {canonical(t.text) for i, t in enumerate(self.tokens) if t.kind == "name" and not self._applied(i)}
        self.at = 0

    def run(self) -> list[Item]:
        items: list[Item] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "num":
                items.append(self._item("num", number(token, self.text, self.limits)))
            elif token.kind == "sup":
                items.append(self._item("sup", token.text))
            elif token.kind in ("name", "fn"):
                items.append(self._name(token))
            elif token.text == "∂":
                items.append(self._derivative(token) or self._unexpected(token))
            else:
                items.append(self._item(token.text, None))
        return items

    def _item(self, kind: str, data: Any, extra: Any = None, upto: int | None = None) -> Item:
        first = self.tokens[self.at]
        self.at = self.at + 1 if upto is None else upto
        return Item(kind, data, first.start, self.tokens[self.at - 1].end, extra)

    def _peek(self, ahead: int = 1) -> Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def _applied(self, i: int) -> bool:
        return i + 1 < len(self.tokens) and self.tokens[i + 1].text == "(" and not self.tokens[i + 1].spaced

    def _unexpected(self, token: Token) -> Item:
        raise ReadError("unexpected", text=self.text, start=token.start, end=token.end, expected="operand", found=token.text)

    # A run of letters, with declarations: `3xy` is 3*x*y.

    def _split(self, token: Token) -> list[Token]:
        name = canonical(token.text)
        if token.kind != "name" or name in self.declared or name in ops.spellings() or token.text in CONSTANTS:
            return [token]
        words = sorted({*self.declared, *CONSTANTS, *ops.spellings()}, key=len, reverse=True)
        parts, rest = list[str](), token.text
        while rest:
            word = next((w for w in words if rest.startswith(w) or canonical(rest) == w), None)
            if word is None:
                return [token]
            part = rest if canonical(rest) == word else word
            parts.append(part)
            rest = rest[len(part) :]
        out, start = list[Token](), token.start
        for i, part in enumerate(parts):
            out.append(Token("name", part, start, start + len(part), token.spaced and i == 0))
            start += len(part)
        return out

    # Names, in the order of the language: declared, constants, cards, undefined functions.

    def _name(self, token: Token) -> Item:
        name = canonical(token.text)
        if token.kind == "name":
            derivative = self._derivative(token)
            if derivative is not None:
                return derivative
        if name in self.declared:
            return self._item("sym", name)
        nxt = self._peek()
        called = nxt is not None and nxt.text == "("
        if name == "D" and called and "D" not in self.bare:
            return self._item("fn", "D")
        if token.text in ops.spellings() or name in ops.spellings():
            found = self._function(token, name, called)
            if found is not None:
                return found
        if name in CONSTANTS:
            return self._item("sym", name)
        if called:
            return self._applied_name(token, name)
        self._doubt(name)
        return self._item("sym", name)

    def _function(self, token: Token, name: str, called: bool) -> Item | None:
        """A card's name: a call, ``sin x`` or ``sin^2 x``; the Greek letters and ``e`` may also be variables."""
        text = token.text if token.text in ops.spellings() else name
        if called:
            return self._item("fn", text)
        if token.kind == "name" and (len(name) == 1 or name in _GREEK_NAMES):
            return None
        nxt = self._peek()
        if nxt is not None and (nxt.text in ("^", "**") or nxt.kind == "sup"):
            return self._powered(text)
        if nxt is not None and (nxt.kind in ("num", "name", "fn") or nxt.text in ("√", "|", "{", "(")):
            return self._item("apply", text)
        raise ReadError("needs_argument", text=self.text, start=token.start, end=token.end, expected="argument", hint=f"{text}(x)", name=text)

    def _powered(self, text: str) -> Item:
        """``sin^2(x)`` is ``sin(x)^2``; ``tan^-1(x)`` is the inverse function, by convention."""
        start, i = self.tokens[self.at], self.at + 1
        if self.tokens[i].kind == "sup":
            sign = "".join(SUPERSCRIPTS[c] for c in self.tokens[i].text)
            i += 1
        else:
            wrapped = i + 1 < len(self.tokens) and self.tokens[i + 1].text in ("{", "(")
            i += 2 if wrapped else 1
            sign = ""
            while i < len(self.tokens) and len(sign) < 6 and (self.tokens[i].text == "-" or self.tokens[i].kind == "num"):
                sign += self.tokens[i].text
                i += 1
                if sign[-1:].isdigit():
                    break
            if wrapped:
                i += 1 if i < len(self.tokens) and self.tokens[i].text in ("}", ")") else len(self.tokens)
        if i > len(self.tokens) or not sign.lstrip("-").isdigit():
            raise ReadError("power_of_function", text=self.text, start=start.start, end=start.end, expected="argument", hint=f"({text}(x))^n", name=text)
        nxt = self.tokens[i] if i < len(self.tokens) else None
        if nxt is None or not (nxt.text in ("(", "{", "|", "√") or nxt.kind in ("num", "name", "fn")):
            raise ReadError("needs_argument", text=self.text, start=start.start, end=start.end, expected="argument", hint=f"{text}(x)^{sign}", name=text)
        extra: int | None = int(sign)
        if extra == -1:
            inverse = f"a{text}"
            if ops.find(inverse) is None:
                raise ReadError("power_of_function", text=self.text, start=start.start, end=start.end, expected="argument", hint=f"1/{text}(x)", name=text)
            self.notes.add("note.inverse", typed=f"{text}^-1", read=inverse)
            text, extra = inverse, None
        return self._item("fn" if nxt.text == "(" else "apply", text, extra, i)

    def _applied_name(self, token: Token, name: str) -> Item:
        """A name before a bracket that is neither declared nor a card's."""
        base = name.rstrip("'")
        if base in self.bare or name in self.bare:
            return self._item("sym", name)
        suggestion = _close(base)
        if base.rstrip("0123456789") in UNDEFINED or (suggestion is None and self._only_variables(name)):
            return self._item("fn", name)
        if suggestion is not None:
            raise ReadError("unknown_function", text=self.text, start=token.start, end=token.end, expected="function", hint=suggestion, name=name)
        raise ReadError("product_or_function", text=self.text, start=token.start, end=token.end, expected="function", hint=f"{name}*(...)", name=name)

    def _only_variables(self, name: str) -> bool:
        places = [i for i, t in enumerate(self.tokens) if t.kind == "name" and canonical(t.text) == name]
        return all(self._single_variables(i + 1) for i in places)

    def _single_variables(self, i: int) -> bool:
        """Whether ``( name , name ... )`` stands at token ``i``."""
        if i >= len(self.tokens) or self.tokens[i].text != "(":
            return False
        while i + 2 < len(self.tokens) and self.tokens[i + 1].kind == "name":
            if self.tokens[i + 2].text == ")":
                return True
            if self.tokens[i + 2].text != ",":
                return False
            i += 2
        return False

    def _doubt(self, name: str) -> None:
        """A run of two or three letters is probably a product: say so."""
        if len(name) in (2, 3) and name.isalpha() and name not in _GREEK_NAMES:
            self.notes.add("note.one_name", name=name, mend="*".join(name))

    # `d/dx (...)`, `dL/dw`, `∂L/∂w`, and the same as LaTeX fractions.

    def _derivative(self, token: Token) -> Item | None:
        i = self.at
        over = self._d_name(i)
        if over is None:
            return None
        what, order, i = over
        if i >= len(self.tokens) or self.tokens[i].text != "/":
            return None
        under = self._d_name(i + 1)
        if under is None or not under[0]:
            return None
        wrt, times, i = under
        if order != times:
            raise ReadError("derivative_order", text=self.text, start=token.start, end=token.end, expected="variable")
        data = f"{what}|{wrt}|{times}"
        return self._item("dL/dw" if what else "d/d", data, None, i)

    def _d_name(self, i: int) -> tuple[str, int, int] | None:
        """Read ``d``, ``d^2``, ``dL``, ``dx^2`` at token ``i``: the name after d, the order, where it ends."""
        if i >= len(self.tokens):
            return None
        token, what = self.tokens[i], ""
        if token.text == "∂":
            i += 1
        elif token.kind == "name" and token.text[0] == "d" and canonical(token.text) not in self.declared and "d" not in self.declared:
            what, i = token.text[1:], i + 1
        else:
            return None
        i, order = self._order(i)
        if not what and i < len(self.tokens) and self.tokens[i].kind == "name" and (token.text == "∂" or order > 1):
            what, i = self.tokens[i].text, i + 1
        if order == 1:
            i, order = self._order(i)
        return (canonical(what) if what else ""), order, i

    def _order(self, i: int) -> tuple[int, int]:
        if i < len(self.tokens) and self.tokens[i].kind == "sup":
            digits = "".join(SUPERSCRIPTS[c] for c in self.tokens[i].text)
            return i + 1, int(digits) if digits.isdigit() and len(digits) < 3 else 1
        if i + 1 < len(self.tokens) and self.tokens[i].text in ("^", "**") and self.tokens[i + 1].text in "123456789":
            return i + 2, int(self.tokens[i + 1].text)
        return i, 1


def _close(name: str) -> str | None:
    """The card's name that a misspelt one probably means."""
    if len(name) < 3 or len(name) > 30:
        return None
    import difflib

    found = difflib.get_close_matches(name, [s for s in ops.spellings() if len(s) > 2], 1, 0.8)
    return found[0] if found else None
