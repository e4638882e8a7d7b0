r"""LaTeX to the same tokens: a second tokenizer for the vocabulary of the language, right or refused.

Every command has a stated meaning below; any other is refused by name. Letters of a run stand alone, as LaTeX
sets them: ``wx`` is ``w*x``.
"""

from __future__ import annotations

import re

from derivx.errors import LimitError, ReadError
from derivx.ops import spellings
from derivx.syntax.chars import GREEK, Folded
from derivx.syntax.tokens import Limits, Token

_NAMES = {**{g: g for g in GREEK.values()}, "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varsigma": "sigma", "ell": "ell"}
_FUNCTIONS = {f: f for f in ("sin cos tan cot sec csc sinh cosh tanh coth exp ln log max min arcsin arccos arctan").split()}
_SIGNS = {"cdot": "*", "times": "*", "odot": "*", "circ": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "partial": "∂", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|", "prime": "'"}  # fmt: skip
_SPACES = {",", ";", ":", "!", " ", "quad", "qquad", "displaystyle", "textstyle", "limits"}
_ACCENTS = {"hat": "_hat", "widehat": "_hat", "bar": "_bar", "overline": "_bar", "tilde": "_tilde", "widetilde": "_tilde"}
_WRAPS = {"mathrm", "text", "operatorname", "mathit", "mathbf", "boldsymbol", "textrm", "mathsf", "mathbb", "boxed"}
_SIZES = {"left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "biggl", "biggr"}
_PIECE = re.compile(r"\\(?P<cmd>[A-Za-z]+|.)|(?P<num>\d+\.?\d*|\.\d+)|(?P<name>[A-Za-z])|(?P<space>[\s~]+)|(?P<op>[-+*/^=<>(),|{}_'\[\]&])", re.S)


def tokenize_latex(folded: Folded, limits: Limits) -> list[Token]:
    """The tokens of a LaTeX formula. Raises ``ReadError`` naming the command or place that has no meaning."""
    return _Latex(folded, limits).run()


class _Latex:
    def __init__(self, folded: Folded, limits: Limits) -> None:
        self.folded, self.limits, self.out = folded, limits, list[Token]()
        self.text = folded.text
        stripped = self.text.strip()
        self.at, self.end = 0, len(self.text)
        for fence in ("$$", "$", r"\(", r"\["):
            close = {r"\(": r"\)", r"\[": r"\]"}.get(fence, fence)
            if stripped.startswith(fence) and stripped.endswith(close) and len(stripped) > 2 * len(fence):
                self.at = self.text.index(fence) + len(fence)
                self.end = self.text.rindex(close)
                break

    def run(self) -> list[Token]:
        todo: list[tuple[int, str]] = []  # where a command's closing brace adds something
        while self.at < self.end:
            self._step(todo)
            if len(self.out) > self.limits.tokens:
                raise LimitError("too_many_tokens", text=self.folded.original, start=self._place(self.at), limit=self.limits.tokens)
        if todo:
            raise self._error("not_closed", self.end - 1, "closing", found="{", hint="}")
        return self.out

    def _place(self, i: int) -> int:
        return self.folded.place(i)

    def _error(self, key: str, start: int, expected: str, hint: str = "", found: str = "", end: int = 0) -> ReadError:
        return ReadError(key, text=self.folded.original, start=self._place(start), end=self._place(end or start + 1), expected=expected, hint=hint, found=found)

    def _emit(self, kind: str, text: str, start: int) -> None:
        self.out.append(Token(kind, text, self._place(start), max(self._place(self.at), self._place(start) + 1)))

    def _match(self) -> re.Match[str]:
        match = _PIECE.match(self.text, self.at, self.end)
        if match is None:
            raise self._error("unexpected", self.at, "operand", found=self.text[self.at])
        return match

    def _step(self, todo: list[tuple[int, str]]) -> None:
        start, match = self.at, self._match()
        self.at = match.end()
        kind, piece = match.lastgroup or "", match.group(match.lastgroup or 0)
        match kind:
            case "space":
                return
            case "cmd":
                self._command(piece, start, todo)
            case "name":
                self._name(piece, start)
            case "num":
                self._emit("num", piece, start)
            case _ if piece == "{":
                todo.append((start, ")"))
                self._emit("op", "(", start)
            case _ if piece == "}":
                if not todo:
                    raise self._error("not_opened", start, "operator", found="}")
                for sign in todo.pop()[1]:
                    if sign == "{":  # the denominator, and the bracket around the fraction
                        self._group(todo, ")")
                    else:
                        self._emit("op", sign, start)
            case _ if piece in "_'&[]":
                raise self._error("unexpected", start, "operand", found=piece)
            case _ if piece == "^":
                self._emit("op", "^", start)
                self._one_digit(todo)
            case _:
                self._emit("op", piece, start)

    def _one_digit(self, todo: list[tuple[int, str]]) -> None:
        """``x^23`` is x² times 3: an exponent without braces is one character."""
        self._skip()
        if self.at < self.end and self.text[self.at].isdigit():
            self.at += 1
            self._emit("num", self.text[self.at - 1], self.at - 1)

    def _skip(self) -> None:
        while self.at < self.end and self.text[self.at] in " \n~":
            self.at += 1

    def _group(self, todo: list[tuple[int, str]], closing: str) -> None:
        """Open the argument of a command: a group in braces, or one character."""
        self._skip()
        start = self.at
        if self.at < self.end and self.text[self.at] == "{":
            self.at += 1
            self._emit("op", "(", start)
            todo.append((start, ")" + closing))
        elif self.at < self.end and (self.text[self.at].isalnum()):
            self.at += 1
            char = self.text[start]
            self._emit("op", "(", start)
            self._emit("num" if char.isdigit() else "name", char, start)
            for sign in ")" + closing:
                if sign == "{":
                    self._group(todo, ")")
                else:
                    self._emit("op", sign, start)
        else:
            raise self._error("unexpected", min(start, self.end - 1), "group", hint="{...}", found=self.text[start : start + 1])

    def _word(self) -> str:
        """The letters inside ``{...}`` right here, as in ``\\mathrm{relu}``."""
        self._skip()
        match = re.compile(r"\{\s*([A-Za-z0-9_ ]{1,40}?)\s*\}|([A-Za-z])").match(self.text, self.at, self.end)
        if match is None:
            raise self._error("unexpected", min(self.at, self.end - 1), "group", hint="{...}", found=self.text[self.at : self.at + 1])
        self.at = match.end()
        return (match[1] or match[2]).replace(" ", "")

    def _name(self, name: str, start: int) -> None:
        self._emit("name", name + self._script(), start)

    def _script(self) -> str:
        """A subscript, a layer index ``^{(k)}`` or a prime behind a name: all belong to the name."""
        out, primes = "", ""
        pattern = re.compile(r"\s*(?:_\s*(?:\{\s*(?:\\mathrm|\\text)?\s*\{?\s*([A-Za-z0-9,]+)\s*\}?\s*\}|([A-Za-z0-9]))|\^\{\s*[(\[]\s*(\w+)\s*[)\]]\s*\}|(')|\^\{?\\prime\}?)")
        while match := pattern.match(self.text, self.at, self.end):
            self.at = match.end()
            part = match[1] or match[2] or match[3]
            if part:
                part = part.replace(",", "")
                out += part if part.isdigit() and not out else f"_{part}"
            else:
                primes += "'"
        return out + primes

    def _command(self, cmd: str, start: int, todo: list[tuple[int, str]]) -> None:
        if cmd in _SPACES:
            return
        if cmd in _SIZES:
            self._skip()
            self.at += self.text.startswith(".", self.at)
        elif cmd in _NAMES:
            self._name(_NAMES[cmd], start)
        elif cmd in _SIGNS:
            self._emit("op", _SIGNS[cmd], start)
        elif cmd in _FUNCTIONS:
            self._function(cmd, start, todo)
        elif cmd in ("frac", "dfrac", "tfrac"):
            self._fraction(start, todo)
        elif cmd == "sqrt":
            self._root(start, todo)
        elif cmd in ("lfloor", "lceil", "rfloor", "rceil"):
            if cmd[0] == "l":
                self._emit("fn", {"lfloor": "floor", "lceil": "ceil"}[cmd], start)
            self._emit("op", "(" if cmd[0] == "l" else ")", start)
        elif cmd in _ACCENTS:
            word = self._word()
            self._name(word + _ACCENTS[cmd], start)
        elif cmd in _WRAPS:
            self._wrapped(start)
        elif cmd in "{}":
            self._emit("op", "(" if cmd == "{" else ")", start)
        else:
            raise self._error("latex_command", start, "operand", found=f"\\{cmd}", end=self.at)

    def _wrapped(self, start: int) -> None:
        word = self._word()
        if word in spellings():
            self._emit("fn", word, start)
        elif word == "d":
            self._emit("name", "d", start)
        else:
            self._name(word, start)

    def _function(self, cmd: str, start: int, todo: list[tuple[int, str]]) -> None:
        base = re.compile(r"\s*_\s*(?:\{\s*(\d+)\s*\}|(\d))").match(self.text, self.at, self.end)
        if cmd == "log" and base:
            self.at = base.end()
            value = base[1] or base[2]
            if value not in ("2", "10"):
                raise self._error("latex_command", start, "operand", found=rf"\log_{{{value}}}", hint=f"log(x, {value})", end=self.at)
            cmd = f"log{value}"
        self._emit("fn", cmd, start)
        self._skip()
        if self.at < self.end and self.text[self.at] == "{":
            return
        self._ambiguous(start, cmd)

    def _ambiguous(self, start: int, cmd: str) -> None:
        r"""``\sin xy`` may be sin(x)*y or sin(x*y): refused, with both readings."""
        letter = rf"(?:[A-Za-z]|\\(?:{'|'.join(_NAMES)})(?![A-Za-z]))"
        script = r"(?:_\w|_\{\w+\})?(?:\^(?:\d|\{[^{}]*\}))?"
        if re.compile(rf"{letter}{script}\s*{letter}").match(self.text, self.at, self.end):
            raise self._error("ambiguous_argument", start, "argument", hint=rf"\{cmd}(x) y", found=rf"\{cmd}", end=self.at)

    def _fraction(self, start: int, todo: list[tuple[int, str]]) -> None:
        d = r"(?:d|\\partial|\\mathrm\{d\})"
        pattern = rf"\s*\{{\s*({d})\s*(?:\^\{{?(\d)\}}?)?\s*(\\?[A-Za-z]+(?:_\{{?\w+\}}?)?)?\s*\}}\s*\{{\s*{d}\s*(\\?[A-Za-z]+(?:_\{{?\w+\}}?)?)\s*(?:\^\{{?(\d)\}}?)?\s*\}}"
        match = re.compile(pattern).match(self.text, self.at, self.end)
        if match is None:
            self._emit("op", "(", start)
            self._group(todo, "/{")
            return
        self.at = match.end()
        order = match[2] or "1"
        if order != (match[5] or "1"):
            raise self._error("derivative_order", start, "variable", end=self.at)
        for name, last in ((match[3] or "", "/"), (match[4], "")):
            self._emit("op", "∂", start)
            if name:
                self._emit("name", _NAMES.get(name.lstrip("\\"), name.lstrip("\\")).replace("{", "").replace("}", ""), start)
            if order != "1":
                self._emit("op", "^", start)
                self._emit("num", order, start)
            if last:
                self._emit("op", last, start)

    def _root(self, start: int, todo: list[tuple[int, str]]) -> None:
        match = re.compile(r"\s*\[\s*(\d+)\s*\]").match(self.text, self.at, self.end)
        if match and match[1] not in ("2", "3"):
            raise self._error("latex_command", start, "operand", found=rf"\sqrt[{match[1]}]", hint=f"x^{{1/{match[1]}}}", end=match.end())
        if match:
            self.at = match.end()
        self._emit("fn", "cbrt" if match and match[1] == "3" else "sqrt", start)
        self._group(todo, "")
