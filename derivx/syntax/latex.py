r"""LaTeX to the same tokens: a second tokenizer for the vocabulary of the language, right or refused.

Every command has a stated meaning below; any other is refused by name. Letters of a run stand alone, as LaTeX
sets them: ``wx`` is ``w*x``.
"""

from __future__ import annotations

import re

from derivx.errors import LimitError, ReadError
from derivx.ops import spellings
from derivx.syntax.chars import GREEK, Folded
from derivx.syntax.tokens import TOKEN_NAME, Limits, Token, canonical, check_number

_NAMES = {g: g for g in GREEK.values()} | {
    "gamma": "γ", "varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varsigma": "sigma", "ell": "ell",
}  # fmt: skip
_FUNCTIONS = {f: f for f in ("sin cos tan cot sec csc sinh cosh tanh coth exp ln log max min arcsin arccos arctan").split()}
_SIGNS = {
    "cdot": "*", "times": "*", "odot": "⊙", "circ": "∘", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=",
    "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "partial": "∂", "vert": "|", "lvert": "|", "rvert": "|", "mid": "|", "prime": "'",
}  # fmt: skip
_SPACES = {",", ";", ":", "!", " ", "quad", "qquad", "displaystyle", "textstyle", "limits"}
_ACCENTS = {"hat": "_hat", "widehat": "_hat", "bar": "_bar", "overline": "_bar", "tilde": "_tilde", "widetilde": "_tilde"}
_WRAPS = {"mathrm", "text", "operatorname", "mathit", "mathbf", "boldsymbol", "textrm", "mathsf", "mathbb"}
_SIZES = {"left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "biggl", "biggr"}
_PIECE = re.compile(
    r"""\\(?P<cmd>[A-Za-z]+|.)|(?P<num>\d+\.?\d*|\.\d+)|(?P<name>[A-Za-z])|(?P<space>[\s~]+)|(?P<op>\.[*^/]|[-+*/^=<>(),|{}_'\[\]&∘⊙∂])""",
    re.DOTALL,
)
_CLOSER = {"(": ")", "[": "]", "\\{": "\\}", "lfloor": "\\rfloor", "lceil": "\\rceil"}
# A subscript, a layer index or a prime behind a name. White space has been squeezed to single spaces.
_INDEX = r"[A-Za-z]+\d*|\d+"
_SCRIPT = re.compile(
    rf"""\ ?(?:_\ ?(?:\{{\ ?(?:\\mathrm|\\text)?\ ?\{{?\ ?(?P<sub>(?:{_INDEX})(?:\ ?,\ ?(?:{_INDEX}))*)\ ?\}}?\ ?\}}|(?P<one>[A-Za-z0-9]))
    |\^\ ?\{{\ ?(?:\(\ ?(?P<round>{_INDEX})\ ?\)|\[\ ?(?P<square>{_INDEX})\ ?\])\ ?\}}
    |(?P<prime>'|\^\ ?(?:\\prime(?![A-Za-z])|\{{\ ?(?:\\prime\ ?|')+\}})))""",
    re.VERBOSE,
)
_INDEXED = re.compile(r" ?\^ ?\{ ?(?:\([^(){}]*\)|\[[^\[\]{}]*\]) ?\}")  # in an exponent, nothing but a bracket
_T = r"(?:\\(?:top|intercal)(?![A-Za-z])|\\(?:math(?:rm|sf|tt|it|bf|cal)|text(?:rm|sf)?|operatorname|rm|sf|bf|it|tt)(?: T| ?\{ ?T ?\}))"
_FLIPPED = re.compile(rf" ?\^ ?(?:{_T}|\{{ ?(-?) ?(?:{_T}|T|\{{ ?{_T} ?\}}) ?\}})")
_WORD = re.compile(r" ?(?:\{((?:[A-Za-z0-9_]|\\_){1,40})\}|([A-Za-z]))")
_D = r"(?:d|\\partial|\\mathrm ?\{ ?d ?\}|∂)"
_VARIABLE = r"\\?[A-Za-z]+(?:_(?:\{[A-Za-z0-9]+\}|[A-Za-z0-9]))?"
_OVER_D = re.compile(
    rf""" ?\{{ ?{_D}(?: ?\^ ?(?:\{{(\d)\}}|(\d)))? ?({_VARIABLE})? ?\}} ?\{{((?: ?{_D} ?(?:{_VARIABLE})(?: ?\^ ?(?:\{{\d\}}|\d))?)+) ?\}}"""
)
_BRACES = r"[^{}]{0,80}(?:\{[^{}]{0,40}\}[^{}]{0,40}){0,4}"
_NEAR_D = re.compile(rf" ?\{{ ?{_D}{_BRACES}\}} ?\{{ ?{_D} ?\\?[A-Za-z]")  # d(x^2) over dx is no quotient of products
_BY = re.compile(rf" ?{_D} ?({_VARIABLE})(?: ?\^ ?(?:\{{(\d)\}}|(\d)))?")


def tokenize_latex(folded: Folded, limits: Limits) -> list[Token]:
    """The tokens of a LaTeX formula. Raises ``ReadError`` naming the command or place that has no meaning."""
    return _Latex(folded, limits).run()


class _Latex:
    def __init__(self, folded: Folded, limits: Limits) -> None:
        self.folded, self.limits, self.out = _squeezed(folded), limits, list[Token]()
        self.text = self.folded.text
        self.open: list[tuple[int, str, str]] = []  # open brackets: where, which, and what the closing one adds
        self.indices: dict[str, str] = {}  # how each indexed name is written, that x_1 and x^{(1)} are not mixed up
        self.at, self.end = 0, len(self.text)
        stripped = self.text.strip()
        for fence, close in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
            if stripped.startswith(fence) and stripped.endswith(close) and len(stripped) > 2 * len(fence):
                self.at = self.text.index(fence) + len(fence)
                self.end = self.text.rindex(close)
                break

    def run(self) -> list[Token]:
        while self.at < self.end:
            self._step()
            if len(self.out) > self.limits.tokens:
                raise LimitError("too_many_tokens", text=self.folded.original, start=self._place(self.at), limit=self.limits.tokens)
        if self.open:
            start, kind, _ = self.open[-1]
            closer = "}" if kind == "{" else _CLOSER[kind]
            raise self._error("not_closed", start, "closing", found=kind, hint=closer)
        return self.out

    def _place(self, i: int) -> int:
        return self.folded.place(i)

    def _error(self, key: str, start: int, expected: str, *, hint: str = "", found: str = "", end: int = 0) -> ReadError:
        first = max(0, min(start, len(self.text) - 1))
        place, last = self._place(first), self._place(end or start + 1)
        return ReadError(key, text=self.folded.original, start=place, end=last, expected=expected, hint=hint, found=found)

    def _emit(self, kind: str, text: str, start: int) -> None:
        self.out.append(Token(kind, text, self._place(start), max(self._place(self.at), self._place(start) + 1)))

    def _match(self) -> re.Match[str]:
        match = _PIECE.match(self.text, self.at, self.end)
        if match is None:
            raise self._error("unexpected", self.at, "operand", found=self.text[self.at])
        return match

    def _step(self) -> None:
        start, match = self.at, self._match()
        self.at = match.end()
        kind, piece = match.lastgroup or "", match.group(match.lastgroup or 0)
        match kind:
            case "space":
                return
            case "cmd":
                self._command(piece, start)
            case "name":
                self._name(piece, start)
            case "num":
                check_number(self.folded, start, self.at)
                self._emit("num", piece, start)
            case _:
                self._sign(piece, start)

    def _sign(self, piece: str, start: int) -> None:
        match piece:
            case "{":
                self._open("{", start, "(")
            case "}":
                self._close("{", "}", start, ")")
            case "(":
                self._open("(", start, "(")
            case ")":
                self._close("(", ")", start, ")")
            case "^" if self.limits.arrays and (flipped := _FLIPPED.match(self.text, start, self.end)):
                self.at = flipped.end()
                self._transposed(start, inverse=bool(flipped[1]))
            case "^":
                self._layered(start)
                self._emit("op", "^", start)
                self._one_digit()
            case "[":
                self._open("[", start, "(" if self.limits.arrays else "[")
            case "]":
                self._close("[", "]", start, ")" if self.limits.arrays else "]")
            case "_" | "'" | "&":
                raise self._error("unexpected", start, "operand", found=piece)
            case _:
                self._emit("op", piece, start)

    # Brackets: each closes its own kind.

    def _open(self, kind: str, start: int, sign: str, closing: str = "") -> None:
        self._emit("op", sign, start)
        self.open.append((start, kind, closing))

    def _close(self, kind: str, closer: str, start: int, sign: str) -> None:
        if not self.open or self.open[-1][1] != kind:
            key = "unexpected" if self.open else "not_opened"
            raise self._error(key, start, "operator", found=closer, end=self.at)
        closing = self.open.pop()[2]
        self._emit("op", sign, start)
        self._after(closing, start)

    def _after(self, closing: str, start: int) -> None:
        for sign in closing:
            if sign == "{":  # the denominator, and the bracket around the fraction
                self._group(")")
            else:
                self._emit("op", sign, start)

    def _transposed(self, start: int, *, inverse: bool) -> None:
        r"""``X^\top`` and ``X^{-T}``."""
        for sign in "^(-1)" if inverse else "":
            self._emit("num" if sign == "1" else "op", sign, start)
        self._emit("post", ".T", start)

    def _layered(self, start: int) -> None:
        """Refuse an exponent that is nothing but a bracket behind a bracket: ``f(x)^{(2)}`` is no power."""
        last = self.out[-1] if self.out else None
        indexed = _INDEXED.match(self.text, start, self.end)
        if indexed and last is not None and ((last.kind == "name" and last.text != "e") or last.text == ")"):
            raise self._error("unexpected", start, "operator", found=indexed.group().strip(), end=indexed.end())

    def _one_digit(self) -> None:
        """``x^23`` is x² times 3: an exponent without braces is one character."""
        self._skip()
        if self.at < self.end and self.text[self.at].isdecimal():
            self.at += 1
            self._emit("num", self.text[self.at - 1], self.at - 1)

    def _skip(self) -> None:
        while self.at < self.end and self.text[self.at] in " ~":
            self.at += 1

    def _group(self, closing: str) -> None:
        """Open the argument of a command: a group in braces, or one character."""
        self._skip()
        start = self.at
        char = self.text[start] if start < self.end else ""
        if char == "{":
            self.at += 1
            self._open("{", start, "(", closing)
        elif char and char.isascii() and char.isalnum():
            self.at += 1
            self._emit("op", "(", start)
            self._emit("num" if char.isdecimal() else "name", char, start)
            self._emit("op", ")", start)
            self._after(closing, start)
        else:
            raise self._error("unexpected", min(start, self.end - 1), "group", hint="{...}", found=char)

    # Names: letters with their subscripts, layer indices, primes and accents.

    def _word(self) -> str:
        r"""The letters inside ``{...}`` right here, as in ``\mathrm{relu}``."""
        match = _WORD.match(self.text, self.at, self.end)
        if match is None:
            found = self.text[self.at : self.at + 1]
            raise self._error("unexpected", min(self.at, self.end - 1), "group", hint="{...}", found=found)
        self.at = match.end()
        return (match[1] or match[2]).replace("\\", "")

    def _name(self, name: str, start: int) -> None:
        self._emit("name", name + self._script(name, start), start)

    def _script(self, name: str, start: int) -> str:
        """What belongs to a name: a layer index first (``z_2^{(1)}`` is ``z1_2``), a subscript, primes."""
        found: dict[str, str] = {}
        primes = ""
        while match := _SCRIPT.match(self.text, self.at, self.end):
            kind = "layer" if match["round"] or match["square"] else "prime" if match["prime"] else "sub"
            if name == "e" and kind != "sub":
                break
            if kind in found:
                raise self._error("unexpected", self.at, "operator", found=match.group().strip(), end=match.end())
            if kind == "prime":
                primes += "'" * (match["prime"].count("'") + match["prime"].count("prime"))
            else:
                part = match["sub"] or match["one"] or match["round"] or match["square"]
                found[kind] = re.sub(" ?, ?", "_", part)
            self.at = match.end()
        index = "_".join(found[k] for k in ("layer", "sub") if k in found)
        if not index:
            return primes
        full = f"{name}{index}" if index[0].isdecimal() and name[-1].isalpha() else f"{name}_{index}"
        if self.indices.setdefault(full, "+".join(sorted(found))) != "+".join(sorted(found)):
            raise self._error("unexpected", start, "operand", found=self.text[start : self.at], end=self.at)
        return full[len(name) :] + primes

    # Commands.

    def _command(self, cmd: str, start: int) -> None:
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
            self._function(cmd, start)
        elif cmd in ("frac", "dfrac", "tfrac"):
            self._fraction(start)
        elif cmd == "sqrt":
            self._root(start)
        elif cmd in ("lfloor", "lceil"):
            self._emit("fn", {"lfloor": "floor", "lceil": "ceil"}[cmd], start)
            self._open(cmd, start, "(")
        elif cmd in ("rfloor", "rceil"):
            self._close(f"l{cmd[1:]}", f"\\{cmd}", start, ")")
        elif cmd in _ACCENTS:
            self._name(self._accented() + _ACCENTS[cmd], start)
        elif cmd == "boxed":
            self._group("")
        elif cmd in _WRAPS:
            self._wrapped(start)
        elif cmd == "{":
            self._open(r"\{", start, "(")
        elif cmd == "}":
            self._close(r"\{", r"\}", start, ")")
        else:
            raise self._error("latex_command", start, "operand", found=f"\\{cmd}", end=self.at)

    def _accented(self) -> str:
        r"""The name under an accent: ``\hat y``, ``\hat{y}``, ``\hat\beta``, ``\hat{\beta}``."""
        match = re.compile(r" ?(?:\\([A-Za-z]+)|\{ ?\\([A-Za-z]+) ?\})").match(self.text, self.at, self.end)
        greek = match and _NAMES.get(match[1] or match[2])
        if match is None or not greek:
            return self._word()
        self.at = match.end()
        return canonical(greek)

    def _wrapped(self, start: int) -> None:
        one = self.limits.arrays and self.text.startswith(" 1", self.at)  # \mathbf 1
        self.at += 2 * one
        word = "1" if one else self._word()
        if word in spellings():
            self._emit("fn", word, start)
        elif word == "T" and self.out and self.out[-1].text in ("^", "("):  # a transpose
            raise self._error("latex_command", start, "operand", found=self.text[start : self.at], end=self.at)
        elif word == "1" and self.limits.arrays:  # the vector of ones
            self._name("ones", start)
        elif not TOKEN_NAME.fullmatch(word):
            raise self._error("unexpected", start, "operand", found=word, end=self.at)
        elif word == "d":
            self._emit("name", "d", start)
        else:
            self._name(word, start)

    def _function(self, cmd: str, start: int) -> None:
        base = re.compile(r" ?_ ?(?:\{ ?(\d+) ?\}|(\d))").match(self.text, self.at, self.end)
        if cmd == "log" and base:
            self.at = base.end()
            value = base[1] or base[2]
            if value not in ("2", "10"):
                found, hint = rf"\log_{{{value}}}", f"log(x, {value})"
                raise self._error("latex_command", start, "operand", found=found, hint=hint, end=self.at)
            cmd = f"log{value}"
        self._emit("fn", cmd, start)

    def _fraction(self, start: int) -> None:
        """A fraction, or a derivative in Leibniz's notation (told by its ``d`` in both places)."""
        match = _OVER_D.match(self.text, self.at, self.end)
        if match is None:
            near = _NEAR_D.match(self.text, self.at, self.end)
            if near:
                raise self._error("derivative_or_quotient", start, "variable", hint=r"\frac{d}{dx}(...)", end=near.end())
            self._emit("op", "(", start)
            self._group("/{")
            return
        self.at = match.end()
        self._differential(start, match[3] or "", match[1] or match[2] or "1", first=True)
        self._emit("op", "/", start)
        for by in _BY.finditer(match[4]):
            self._differential(start, by[1], by[2] or by[3] or "1", first=False)

    def _differential(self, start: int, name: str, order: str, *, first: bool) -> None:
        """One of the differentials of a fraction; the order stands before the name above, behind it below."""
        bare = name.lstrip("\\").replace("{", "").replace("}", "")
        if name.startswith("\\") and bare.partition("_")[0] not in _NAMES:
            raise self._error("latex_command", start, "variable", found=name, end=self.at)
        power = [("op", "^"), ("num", order)] if order != "1" else []
        variable = [("name", canonical(bare))] if bare else []
        for kind, text in [("op", "∂"), *(power + variable if first else variable + power)]:
            self._emit(kind, text, start)

    def _root(self, start: int) -> None:
        match = re.compile(r" ?\[ ?(\d+) ?\]").match(self.text, self.at, self.end)
        if match and match[1] not in ("2", "3"):
            found, hint = rf"\sqrt[{match[1]}]", f"x^{{1/{match[1]}}}"
            raise self._error("latex_command", start, "operand", found=found, hint=hint, end=match.end())
        if match:
            self.at = match.end()
        self._emit("fn", "cbrt" if match and match[1] == "3" else "sqrt", start)
        self._group("")


def _squeezed(folded: Folded) -> Folded:
    """The same text with each run of white space as one space, so that no pattern reads a long one twice."""
    kept = [i for i, c in enumerate(folded.text) if not c.isspace() or not folded.text[i - 1 : i].isspace()]
    text = "".join(" " if folded.text[i].isspace() else folded.text[i] for i in kept)
    return Folded(text, tuple(folded.place(i) for i in kept), folded.original)
