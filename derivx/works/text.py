"""The lines of a work as text: words and marks taken off, parted into statements, and statements at their equals signs.

Nothing is understood here. ``rewritten`` puts the notations that only a work uses (``(u*v)'``, ``d/dx [...]``, ``sigma'(z)``,
``dyhat/dW`` of known names) into those that the reader knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from derivx import ops
from derivx.syntax.chars import GREEK, fold

_MARK = re.compile(
    r"\s*(?:∴|∵|⇒|⟹|⟺|⇔|→|▶|▷|※|•|✓|=>(?!=)|-+>|\\therefore|\\because|\\Rightarrow|\\Longrightarrow|\\implies|\\iff|\\to(?![A-Za-z]))\s*"
)
_NUMBERED = re.compile(r"\s*(?:\(\d{1,2}\)|\d{1,2}[.)]|step\s+\d+\s*[:.)]|[①-⑳])\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"\s*(?:therefore|thus|so|hence|then|and|now|since|where|let|with|set|put|here|finally|also|next|similarly|because|first|second"
    r"|(?:(?:the|our|my) )?(?:final )?(?:answer|derivative|gradient|result)(?: is)?|solution|we (?:have|get|find|obtain|know)|this gives"
    r"|which gives|it follows that|define|write|rewrite|simplify|expand|recall|compute|note(?: that)?|given"
    r"|by the \w+ rule|using the \w+ rule)(?=[\s,:])[\s,:]+(?![=\s])",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\s*[A-Za-z][A-Za-z' -]{2,60}:(?!=)\s*")
# what is said of a part of the question: nothing that continues the work
_PART = re.compile(
    r"\s*(?:step\s+\d+\s*[:.)]|\(?\w[.)])?[^=:]*\b(?:inner|outer|inside|outside|exponent|coefficient)\b[^=:]*:[^=]*$", re.IGNORECASE
)
_REASON = (
    "rule|rules|chain|product|quotient|power|sum|by|from|simplify|simplified|simplifying|expand|factor|factored|definition|given|since|because"
    "|derivative|constant|substitute|back|using|collect|cancel|identity|terms|formula|step|differentiate|linearity|algebra|rewrite|path|paths"
)
_SINCE = r"(?:since|because|recall|note|remember|using)\s|(?:by|from|as|where)\s+[^\W\d]|(?:chain|product|quotient|power|sum|log)\s+rule"
_BRACKETED = re.compile(
    rf"\s*[(\[]\s*(?:{_SINCE}).*[)\]]\s*$"
    rf"|\s*[(\[](?=[^()\[\]=]*\b(?:{_REASON})\b)(?:[A-Za-z' .,:;-]|\bd?/d?x\b)+[)\]]\s*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\s*\(\s*((?:[A-Za-z']+[ ,;:.]+)+[A-Za-z']+)[ .]*\)\s*$")
_TAIL = re.compile(
    r"(?:\s*(?:#|//|<-|←|--+\s|—|…)|\s+(?:by|using|from|via|because|since|according to)\s"
    r"|\s+(?:the\s+)?(?:chain|product|quotient|power|sum)\s+rule).*$",
    re.IGNORECASE,
)
_WHEN = r"(?<==)\s*([^=,;]+?)\s+if\s+([^=<>,;]+[<>]=?[^=<>,;]+?)"
_CASES = re.compile(rf"{_WHEN}(?:\s+else\s+([^=,;]+?)|\s*(?:,|\band\b)\s*([^=,;]+?)\s+(?:otherwise|else))\s*$")
_CONDITION = re.compile(r"\s*(?:,|;)?\s*\b(?:for|when|if|on)\s+[^=]*[<>≤≥].*$")
_HANGUL = re.compile(r"[(\[][^()\[\]]*[가-힣][^()\[\]]*[)\]]|[가-힣]+[가-힣 ,.:]*")
_LATEX = re.compile(
    r"\\(?:text|textbf|mathrm|mbox|tag)\s*\{[^{}]*\}|\\(?:displaystyle|qquad|quad|nonumber|notag|[\[\]])|\\\\\s*$|\$|(?<!\\)&"
)
_PARTED = re.compile(
    r"\s+(?:where|with|and|so|then|hence|thus|therefore|also)\s+|\s*(?:⇒|⟹|→|\\Rightarrow|\\implies|∴)\s*|[;；]|(?<=[\w)])\.\s+(?=[A-Z][a-z]*\b|(?:[^\W\d]\w*'*|d\w+/d\w+)\s*=)"
)
_OPEN, _CLOSE = "([{", ")]}"

NAME = r"(?:\\[A-Za-z]+|[A-Za-z]+|[α-ωΑ-Ωϵϕϑ])(?:\d+|[₀-₉]+)?(?:_(?:[A-Za-z0-9]+|\{[A-Za-z0-9]+\}))*"


def statements(line: str) -> list[str]:
    """What a line says, each statement by itself, without marks, numbering, reasons and words around it."""
    line = _CASES.sub(lambda m: f" where({m[2]}, {m[1]}, {m[3] or m[4]})", line)
    if _PART.match(line):
        return []
    text = _LATEX.sub(lambda m: " ; " if "quad" in m[0] else "" if m[0] in "$&" else " ", line)
    text = _HANGUL.sub(" ", text).replace("≈", "=").replace("≃", "=").replace("\\approx", "=").replace(":=", "=").replace("==", "=")
    text = _BRACKETED.sub("", _TAIL.sub("", _CONDITION.sub("", _BRACKETED.sub("", _ASIDE.sub(_aside, text)))))
    pieces = [_bare(p) for p in _parted(text)]
    out: list[str] = []
    for piece in pieces:
        if not piece or (out and "=" not in piece and re.search(r"[<>≤≥]", piece)):
            continue
        out.append(piece)
    return out


def _aside(found: re.Match[str]) -> str:
    """Nothing for brackets at the end that hold words: two or more that are no function's name."""
    words = [w for w in re.findall(r"[A-Za-z]{3,}", found[1]) if w not in ops.spellings()]
    return "" if len(words) >= 2 else found[0]


def _said(text: str) -> int:
    """Where a statement begins after words and a colon: ``factor out x^2: y' = ...``; 0 without any."""
    head, colon, rest = text.partition(":")
    words = [w for w in re.findall(r"[A-Za-z]{3,}", head) if w not in ops.spellings()]
    return len(head) + 1 if colon and words and "=" not in head and "=" in rest and rest[:1] != "=" else 0


def _bare(text: str) -> str:
    """A statement without what introduces it and what ends it."""
    while True:
        cut = next((m.end() for m in (p.match(text) for p in (_MARK, _NUMBERED, _LEAD, _TITLE)) if m and m.end()), 0) or _said(text)
        if not cut:
            return _BRACKETED.sub("", text).strip().strip(",:").rstrip(" .,;:!").strip()
        text = text[cut:]


def _parted(text: str) -> Iterator[str]:
    """The pieces between commas, semicolons and joining words outside brackets, where a piece has an equals sign of its own."""
    cuts = [m.span() for m in _PARTED.finditer(text)] + [(i, i + 1) for i, c in enumerate(text) if c == "," and text[i - 1 : i] != "\\"]
    start = 0
    for a, b in sorted(cuts):
        numbering = text[a:b].strip() == "." and "=" not in text[start:a]
        if a >= start and not numbering and not _deep(text, start, a) and _left_of(text[b:]):
            yield text[start:a]
            start = b
    yield text[start:]


def _left_of(rest: str) -> bool:
    """Whether what follows a cut is a statement, or nothing."""
    head = rest.strip()
    return not head or "=" in head or bool(re.search(r"[<>≤≥]", head))


def _deep(text: str, start: int, end: int) -> bool:
    part = text[start:end]
    return sum(part.count(c) for c in _OPEN) != sum(part.count(c) for c in _CLOSE)


def sides(statement: str) -> list[str]:
    """The parts between the equals signs outside brackets; the first is empty where the statement continues the line before."""
    found, deep, start = list[str](), 0, 0
    for i, c in enumerate(statement):
        deep += (c in _OPEN) - (c in _CLOSE)
        if c == "=" and deep <= 0 and statement[i - 1 : i] not in ("<", ">", "!") and statement[i + 1 : i + 2] != "=":
            found.append(statement[start:i].strip())
            start = i + 1
    return [*found, statement[start:].strip()]


def is_prose(text: str) -> bool:
    """Whether a piece that cannot be read is a remark in words."""
    if "=" in text:
        return False
    if re.search(r"-+>|→|⟶|↦|\\mapsto|\\to(?![A-Za-z])", text):
        return True
    words = [w for w in re.findall(r"[A-Za-z]{2,}", text) if w not in ops.spellings()]
    return not text.strip(" .,:;!-*_#") or len(words) >= 2 or bool(words and re.fullmatch(r"[A-Za-z]{4,}[ .:!]*", text))


# Notations.

_RATIO = rf"(?<![A-Za-z0-9_\\])(?:d|∂|\\partial\s*)\s?({NAME})\s*/\s*(?:d|∂|\\partial\s*)\s?({NAME})"
_LEIBNIZ = re.compile(rf"{_RATIO}(?![A-Za-z0-9_'^(])")
_LINK = re.compile(rf"{_RATIO}(?![A-Za-z0-9_(])")
_FRACTION = re.compile(
    rf"\\[dt]?frac\s*\{{\s*(?:d|\\partial)\s*({NAME}|\\hat\{{?\w\}}?)\s*\}}\s*\{{\s*(?:d|\\partial)\s*({NAME}|\\hat\{{?\w\}}?)\s*\}}"
)
_OPERATOR = re.compile(
    rf"(?:(?<![A-Za-z0-9_\\])[d∂]\s*(?:\^?([2-9²³]))?\s*/\s*[d∂]\s?({NAME})(?:\^?[2-9²³])?"
    rf"|\\[dt]?frac\s*\{{\s*(?:d|\\partial)\s*(?:\^\{{?([2-9])\}}?)?\s*\}}\s*\{{\s*(?:d|\\partial)\s*({NAME})(?:\^\{{?[2-9]\}}?)?\s*\}}"
    rf"|(?<![A-Za-z0-9_])D_?\{{?([a-z])\}}?)\s*(?=\(|\\left\()"
)
_POWER = re.compile(r"\s*(?:\^|\*\*)\s*(?:(\{[^{}]*\}|[-−]?(?:\d+(?:\.\d+)?|[A-Za-z]))|\()")
_BRACKETED_OPERATOR = re.compile(rf"\(\s*([d∂]\s*/\s*[d∂]\s?{NAME})\s*\)(?=\s*[\w(\\])")
_BARE = re.compile(rf"(?<![A-Za-z0-9_])({NAME})('+)\s+([A-Za-z0-9]+)(?![\w(])")  # tanh' x
_BEFORE_DIFFERENTIAL = re.compile(r"(?<![A-Za-z0-9_])([A-Za-z]+)\s+([A-Za-z0-9.]+)\s+(?=d[A-Za-z]\w*)")
_OVER = re.compile(r"(?<![A-Za-z0-9_\\])[d∂]\s?(?=\()")
_FRACTION_OVER = re.compile(rf"\\[dt]?frac\s*\{{\s*(?:d|\\partial)\s*(?:\\left)?\((.*)\)\s*\}}\s*\{{\s*(?:d|\\partial)\s*({NAME})\s*\}}")
_WRT = re.compile(rf"\s*/\s*[d∂]\s?({NAME})(?![A-Za-z0-9_(])")
_APPLIED = re.compile(rf"(?<![A-Za-z0-9_\\])({NAME})('*)\s*(?=\()")


def rewritten(text: str, known: Collection[str], wrt: str, functions: Callable[[str, str, str], str | None]) -> str:
    """The text in the reader's notation. ``functions(name, primes, argument)`` says what ``name'(argument)`` is written as."""
    latex = "\\" in text
    text = re.sub(r"\^\s*\{?\s*((?:\\prime\s*)+)\}?", lambda m: "'" * m[1].count("prime"), text)
    if not latex:
        text = fold(text).text
    text = _square(_BRACKETED_OPERATOR.sub(r"\1 ", text))
    text = _BEFORE_DIFFERENTIAL.sub(lambda m: f"{m[1]}({m[2]}) " if m[1] in ops.spellings() else m[0], text)
    text = _BARE.sub(lambda m: f"{m[1]}{m[2]}({m[3]})" if ops.find(plain(m[1]), 1) and plain(m[1]) not in map(plain, known) else m[0], text)
    text = called(text, functions)
    text = _primed(text, wrt)
    text = _over(text)
    text = _operators(text)
    names = _Names(known)
    return _FRACTION.sub(names.derivative, _LEIBNIZ.sub(names.derivative, text))


def links(text: str, write: Callable[[str, str], str | None]) -> str:
    """The text with every ``dA/dB`` as what ``write(A, B)`` says, where it says anything."""

    def found(m: re.Match[str]) -> str:
        name = write(m[1], m[2])
        return m[0] if name is None else f" {name} "

    return _FRACTION.sub(found, _LINK.sub(found, text))


class _Names:
    def __init__(self, known: Collection[str]) -> None:
        self.known = {plain(n) for n in known}

    def derivative(self, found: re.Match[str]) -> str:
        """``dA/dB`` as ``D(A, B)``, where both are names."""
        upper, lower = found[1], found[2]
        if plain(upper) not in self.known or plain(lower) not in self.known:
            return found[0]
        return f"{' ' * found.string[: found.start()][-1:].isalpha()}D({upper}, {lower})"  # not \\cdotD


def plain(name: str) -> str:
    """A name without the signs in which its spellings differ: ``y_hat`` is ``yhat``, ``w_1`` is ``w1``, ``δ`` is ``delta``."""
    name = re.sub(r"\\hat\{?(\w)\}?", r"\1hat", name)
    name = "".join(GREEK.get(c, str("₀₁₂₃₄₅₆₇₈₉".find(c)) if c in "₀₁₂₃₄₅₆₇₈₉" else c) for c in name)
    return re.sub(r"[_{}\\]", "", name).replace("lambda", "lam")


def _square(text: str) -> str:
    """Square brackets that group, as round ones (not those of an index or of an array literal)."""
    out, stack = list(text), list[bool]()
    for i, c in enumerate(text):
        if c == "[":
            index = bool(re.match(r"\[\s*\d+(\s*,\s*\d+)*\s*\]", text[i:])) and text[i - 1 : i].isalnum()
            stack.append(not index)
            out[i] = "(" if not index else c
        elif c == "]" and stack:
            out[i] = ")" if stack.pop() else c
    return "".join(out)


def closing(text: str, start: int) -> int:
    """The place of the bracket that closes the one at ``start``; -1 without one."""
    deep = 0
    for i in range(start, len(text)):
        deep += (text[i] == "(") - (text[i] == ")")
        if deep == 0:
            return i
    return -1


def called(text: str, functions: Callable[[str, str, str], str | None]) -> str:
    """Functions of the work, and derivatives of known functions, by what they are written as."""
    at = 0
    while (found := _APPLIED.search(text, at)) is not None:
        start = found.end()
        end = closing(text, start)
        if end < 0:
            return text
        argument = text[start + 1 : end].removesuffix("\\right").strip()
        new = functions(found[1], found[2], argument)
        if new is None:
            at = found.end()
            continue
        head = _apart(text[: found.start()])
        rest = text[end + 1 :]
        text = head + new + (f" {rest}" if rest[:1].isalnum() else rest)
        at = len(head) + len(new)
    return text


def _primed(text: str, wrt: str) -> str:
    """``(u*v)'`` as ``D((u*v), x)``."""
    while (found := re.search(r"\)\s*('+)", text)) is not None:
        start = _opening(text, found.start())
        if start < 0:
            return text
        if text[:start].endswith("\\left"):
            start -= len("\\left")
        head = text[:start]
        name = re.search(r"(?:\\?[A-Za-z]+)$", head)  # (sin(x))' has its bracket, sin(x)' has not
        if name is not None and ops.find(name[0].lstrip("\\")) is not None:
            start = name.start()
        by = f", {wrt}" * len(found[1])
        rest = re.sub(rf"^\s*\(\s*{re.escape(wrt)}\s*\)", "", text[found.end() :])  # (f*g)'(x)
        text = f"{_apart(text[:start])}D({text[start : found.start() + 1]}{by}){rest}"
    return text


def _apart(head: str) -> str:
    """What stands before a ``D``, parted from it where they would be one name."""
    return f"{head} " if head[-1:].isalnum() else head


def _raised(text: str, at: int) -> int:
    """Where a factor ends whose bracket ends before a place: behind its powers, too."""
    while (found := _POWER.match(text, at)) is not None:
        at = found.end() if found[1] else max(closing(text, found.end() - 1) + 1, found.end())
    return at


def _opening(text: str, end: int) -> int:
    deep = 0
    for i in range(end, -1, -1):
        deep += (text[i] == ")") - (text[i] == "(")
        if deep == 0:
            return i
    return -1


def _over(text: str) -> str:
    """``d(x^2)/dx`` as ``D((x^2), x)``, also as a fraction of LaTeX."""
    text = re.sub(
        rf"\\[dt]?frac\s*\{{\s*(?:d|\\partial)\s*(?:\\left)?\((.*)\)\s*\}}\s*\{{\s*(?:d|\\partial)\s*({NAME})\s*\}}", r"D((\1), \2)", text
    )
    at = 0
    while (found := _OVER.search(text, at)) is not None:
        end = closing(text, found.end())
        by = _WRT.match(text, end + 1) if end > 0 else None
        at = found.end()
        if by is not None:
            text = f"{_apart(text[: found.start()])}D({text[found.end() : end + 1]}, {by[1]}){text[by.end() :]}"
    return text


def operators(text: str) -> str:
    """``d/dx (u)`` and ``d(u)/dx`` as ``D((u), x)``."""
    return _operators(_over(text))


def _operators(text: str) -> str:
    """``d/dx (u)`` as ``D((u), x)``, so that a product may follow without a sign."""
    at = 0
    while (found := _OPERATOR.search(text, at)) is not None:
        start = text.index("(", found.end())
        end = closing(text, start)
        if end < 0:
            return text
        order = {"²": 2, "³": 3}.get(found[1] or "", 0) or int(found[1] or found[3] or 1)
        by = f", {found[2] or found[4] or found[5]}" * order
        end = _raised(text, end + 1)  # d/dx (1+x)^2 is of the square
        text = f"{_apart(text[: found.start()])}D({text[found.end() : end]}{by}){text[end:]}"
        at = found.start() + 2
    return text
