"""Notations of blackboards, papers and lectures put into those that the rest reads: lists and marks, cases, norms, operators.

Lines go in and as many lines come out; nothing is understood here but the letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from derivx import ops
from derivx.syntax.chars import GREEK
from derivx.works.text import NAME, plain

_END = re.compile(r"\s*(?:[✓✔☑✅∎■□▪◻]|\bQ\.?\s?E\.?\s?D\b\.?|\(\*+\)|\\(?:blacksquare|square|qed|checkmark)\b|\$?\\Box\$?)\s*[.!]*\s*$")
_DERIVATIVE = rf"(?:[d∂]\s?{NAME}\s*/\s*[d∂]\s?{NAME}|\\frac\s*\{{[^{{}}]*\}}\s*\{{[^{{}}]*\}})"
_LEFT = rf"(?:{_DERIVATIVE}|{NAME}'*(?:\s*\(\s*{NAME}\s*\))?)"
_LISTED = re.compile(rf"^\s*(?:[-–—*•]\s+|\(?(?:[a-hA-H]|[ivx]{{1,4}})\)\s+|[A-Z]\s*:\s+|(?:Ans|Sol)\.?\s*:?\s+)(?={_LEFT}\s*=)")
_WHOLE = re.compile(rf"{_LEFT}\s*=")
_AT = re.compile(rf"^\s*(?:at|for|when|with)\s+({NAME}\s*=\s*[-−]?[\d./]+)\s*[:,]\s*(?=\S.*=)", re.IGNORECASE)
_LIMIT_OVER = re.compile(rf"^\s*(?:as\s+)?{NAME}\s*(?:→|-+>|\\to)\s*0\s*[:,]\s*")
_LIMIT = re.compile(rf"(?<![A-Za-z])\\?lim(?![A-Za-z])\s*_?\s*[{{(]?\s*({NAME})\s*(?:→|-+>|\\to(?![A-Za-z])|\\rightarrow)\s*0\s*[)}}]?")
LIMIT = "limitq"
_ARROW = re.compile(rf"\s*(?:-+>|→|⟶|⇒|=>|⟹|\\to\b|\\Rightarrow)\s*(?={_LEFT}\s*=)")
_REMARK = re.compile(r"\s+\(\s*([A-Za-z]{3,})\s*[.!?]*\s*\)\s*[.]?\s*$")
_D_BY = re.compile(rf"(?<![\w\\])D_\{{?({NAME})\}}?\s*(?=[A-Za-z(\[\\])")
_D_OF = re.compile(r"(?<![\w\\])D\s*\[([^\[\],]*)\]")
_LIBRARY = re.compile(r"(?<![\w.])(?:np|numpy|torch|jnp|tf)\.(?=[A-Za-z])")
_METHOD = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\.(sum|mean)\(\s*([^()]*?)\s*\)")
_KEEP = re.compile(r",?\s*keepdims\s*=\s*(?:True|1)|(?<=\()\s*keepdims\s*=\s*(?:True|1)\s*,?")

_SIGN = r"(?:<=|>=|<|>|≤|≥|\\leq?\b|\\geq?\b|\\lt\b|\\gt\b)"
_SIDE = r"[^<>≤≥=,;{}\[\]()&\\]"
_COMPARED = rf"\s*{_SIDE}+?(?:\([^()]*\))?{_SIDE}*{_SIGN}{_SIDE}+(?:\([^()]*\))?{_SIDE}*"
_ONE = r"(?:(?<![\w.])1|𝟙|𝟏|(?<![\w\\])I|\\(?:mathbf|mathbb|mathds|mathbbm|mathrm|bm)\s*(?:\{\s*[1I]\s*\}|[1I])|\\chi|χ)"
_INDICATOR = re.compile(rf"{_ONE}\s*_?\s*(?:\{{\s*\\\{{|\\?[\[{{]|\()({_COMPARED})(?:\\\}}\s*\}}|\\?[\]}}]|\))")
_TRUTH = re.compile(rf"(?:\\left)?[(\[]({_COMPARED})(?:\\right)?[)\]]")
_CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}")
_BRANCH = re.compile(
    rf"\s*(.+?)\s*(?:\s(?:if|for|when|where)\s|\\text\s*\{{\s*(?:if|for|when)\s*\}}|&|,|(?<=\S)\s+(?=\())\s*\(?({_COMPARED})\)?\s*"
)
_OTHERWISE = re.compile(r"\s*(.+?)\s*[,&]?\s*(?:\\text\s*\{)?\s*(?:otherwise|else|elsewhere)\s*\}?\s*")
_IF_ELSE = re.compile(rf"\s*(.+?)\s+if\s+({_COMPARED})\s+else\s+(.+)")

_OPERATORS = (*"*·∘⊙×@=(+-/", "\\cdot", "\\odot", "\\times", "\\circ")

_BARS = re.compile(r"\\left\s*\\\||\\right\s*\\\||\\\||\\[lr]?Vert(?![A-Za-z])|\\left\s*‖|\\right\s*‖|\|\|")
_NORM = re.compile(r"‖([^‖]+)‖(?:_\{?[2F]\}?)?\s*(\^\s*\{?2\}?|²)?(?:_\{?[2F]\}?)?")
_SINGLE = re.compile(r"(?<![|\w)])\|([^|]+)\|\s*(?:\^\s*\{?2\}?|²)")


def spelled(lines: Sequence[str], known: Collection[str], wrt: str, *, arrays: bool = False, kinked: bool = False) -> list[str]:
    """The lines in the notations that the rest reads. ``kinked``: the question has a function with a kink, such as ``relu``."""
    names = {plain(n) for n in known}
    changes: list[Callable[[str], str]] = [
        lambda t: _LIMIT.sub(rf" {LIMIT} \1 ", t),
        _bare,
        lambda t: _without_remark(t, names),
        lambda t: _D_OF.sub(rf"d/d{wrt} (\1)", t) if "D" not in names else t,
        lambda t: _D_BY.sub(lambda m: f"d/d{m[1]} ", t) if "D" not in names else t,
        _cases,
        lambda t: _indicators(t, kinked=kinked),
        *([_norms, _library] if arrays else []),
    ]
    out = _joined([re.sub(r"\s+", " ", line) for line in lines])
    for change in changes:
        out = [change(t) for t in out]
    return out


def _joined(lines: Sequence[str]) -> list[str]:
    """``y' =`` and what it is equal to on the next line, as one statement on that."""
    out = list(lines)
    for i, line in enumerate(out):
        head = line.rstrip().removesuffix("&").rstrip()
        later = next((j for j in range(i + 1, len(out)) if out[j].strip()), None)
        if not head.endswith("=") or not re.search(r"\w", head) or head[-2:-1] in "<>!=:" or later is None:
            continue
        rest = out[later].strip().lstrip("&").lstrip()
        if _WHOLE.match(rest):
            continue
        if re.match(r"=(?!=)", rest):
            out[i] = head[:-1].rstrip()
        elif "=" in head[:-1]:
            out[i], out[later] = head[:-1].rstrip(), f"= {rest}"
        else:
            out[i], out[later] = "", f"{head} {rest}"
    return out


def _bare(text: str) -> str:
    """A line without the sign of a list before it and the sign of an end behind it."""
    while (found := _END.search(text)) is not None and found.end() > found.start():
        text = text[: found.start()]
    text = _LIMIT_OVER.sub("", _AT.sub(r"\1, ", _LISTED.sub("", text)))
    return _ARROW.sub("; ", text) if "=" in _ARROW.split(text)[0] else text


def _without_remark(text: str, known: Collection[str]) -> str:
    """``u = x^2 (inner)`` without the word."""
    found = _REMARK.search(text)
    if found is None or "=" not in text[: found.start()]:
        return text
    word = plain(found[1])
    said = word in known or word in GREEK.values() or ops.find(word) is not None or (len(word) <= 4 and all(c in known for c in word))
    return text if said else text[: found.start()]


# Cases.


def _cases(text: str) -> str:
    """``= 1 if x > 0, 0 if x < 0`` and its like, as one expression."""
    text = _CASES.sub(lambda m: f"{{{m[1].replace(chr(92) * 2, ';')}}}", text)
    head, equals, rest = _last_side(text)
    if not equals or not re.search(_SIGN, rest):
        return text
    found = _IF_ELSE.fullmatch(rest)
    if found is not None:
        return f"{head}= where({found[2].strip()}, {found[1].strip()}, {found[3].strip()})"
    branches = _branches(re.sub(r"^\s*\\?\{|\\?\}\s*\.?\s*$|\\left\\\{|\\right\.", "", rest))
    if branches is None:
        return text
    written = branches[-1][0]
    for value, condition in reversed(branches[:-1]):
        written = f"where({condition}, {value}, {written})"
    return f"{head}= {written}"


def _last_side(text: str) -> tuple[str, str, str]:
    """What stands before the last equals sign that compares nothing, the sign, and what stands behind it."""
    cuts = [m.start() for m in re.finditer(r"(?<![<>!=])=(?!=)", text)]
    return (text[: cuts[-1]], "=", text[cuts[-1] + 1 :]) if cuts else (text, "", "")


def _branches(text: str) -> list[tuple[str, str]] | None:
    """The values and their conditions; the last one's is of no account."""
    pieces = _pieces(text)
    found: list[tuple[str, str]] = []
    for i, piece in enumerate(pieces):
        branch, last = _BRANCH.fullmatch(piece), i == len(pieces) - 1
        other = _OTHERWISE.fullmatch(piece)
        if branch is not None and not re.search(_SIGN, branch[1]):
            found.append((branch[1].strip(), branch[2].strip()))
        elif last and other is not None:
            found.append((other[1].strip(), ""))
        else:
            return None
    return found if len(found) > 1 else None


def _pieces(text: str) -> list[str]:
    """The branches, parted at semicolons, or at every comma behind a condition."""
    if ";" in text:
        return [p for p in text.split(";") if p.strip()]
    out: list[str] = []
    for part in re.split(r"\s*(?:,|\band\b)\s*", text):
        if out and not re.search(_SIGN, out[-1]):
            out[-1] = f"{out[-1]}, {part}"
        elif part.strip():
            out.append(part)
    return out


def _indicators(text: str, *, kinked: bool) -> str:
    """``1[x > 0]`` and ``(x > 0)`` as a factor, as the expression that is 1 there and 0 elsewhere."""

    def truth(m: re.Match[str]) -> str:
        before, after = text[: m.start()].rstrip(), text[m.end() :].strip()
        factor = before.endswith(_OPERATORS) or bool(after.strip(".,;) "))
        if re.search(r"[A-Za-z_]$", text[: m.start()]):
            return m[0]  # a call
        if factor or kinked:
            return f" where({m[1].strip()}, 1, 0) "
        return ""

    text = _INDICATOR.sub(lambda m: f" where({m[1].strip()}, 1, 0) ", text)
    return _TRUTH.sub(truth, text)


# Arrays.


def _norms(text: str) -> str:
    """``||X w - y||^2`` as a sum of squares."""
    text = _BARS.sub("‖", text)
    text = _NORM.sub(lambda m: f" sum(({m[1]})∘({m[1]})) " if m[2] else f" norm({m[1]}) ", text)
    return _SINGLE.sub(lambda m: f" sum(({m[1]})∘({m[1]})) ", text)


def _library(text: str) -> str:
    """``np.sum(dZ, axis=0)`` and ``dZ.sum(axis=0)`` as ``sum(dZ, axis=0)``."""
    text = _KEEP.sub("", _LIBRARY.sub("", text))
    return _METHOD.sub(lambda m: f"{m[2]}({m[1]}{', ' if m[3] else ''}{m[3]})", text)
