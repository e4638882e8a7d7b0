"""Sentences with formulas in them: a key of the word tables, its parameters, and how a printer shows an expression.

The words are looked up here, once for every printer; a Korean particle follows the formula as it is read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from derivx import ops
from derivx.derive.fold import BOOKKEEPING
from derivx.derive.step import Param, Step
from derivx.expr import Call, Expr
from derivx.render.speech import spoken_expr
from derivx.syntax.write import write
from derivx.words import Korean, has, say
from derivx.words.josa import content

Show = Callable[[Expr], str]
Escape = Callable[[str], str]
_SAYS_MORE = frozenset({"constant_multiple", "power"})  # rules beside which dx/dx = 1 needs no word
_COMPARISONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
_SLOT = 0xE000  # private characters stand for the parameters until the words around them are escaped
_MARK = re.compile("([\ue000-\ue0ff])")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence to be said in any language: a key of the word tables, its parameters, and sentences that follow it.

    A parameter of several expressions is a list with commas.
    """

    key: str
    params: Mapping[str, Param | tuple[Expr, ...]] = field(default_factory=dict)
    more: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """A sentence that a user gave, by language: text, with formulas between. A language that is missing is said in the first given."""

    pieces: Mapping[str, tuple[str | Expr, ...]]


Sentence = Said | Own


def told_in(said: Sentence, langs: Sequence[str]) -> tuple[str, ...]:
    """The languages in which a sentence is not the same: a user's text for all languages is said once."""
    if not isinstance(said, Own):
        return tuple(langs)
    first = next(iter(said.pieces.values()))
    return tuple({said.pieces.get(lang) or first: lang for lang in reversed(langs)}.values())[::-1]


def words_of(step: Step, lang: str, show: Show = write) -> str:
    """Why a step follows, as one sentence; its expressions shown as plain text unless ``show`` says otherwise."""
    return sentence(why(step), lang, show)


def why(step: Step) -> Said:
    """The sentence of a step."""
    return _joined([Said(f"why.{_variant(s)}", _params(s)) for s in step.substeps or (step,)])


def name_of(step: Step) -> Said:
    """The name of the rule of a step, as in the margin of a board.

    Of the lines folded into one, the bookkeeping is "tidy up", and what goes without saying (dx/dx is 1) is not named.
    """
    steps = list(step.substeps) or [step]
    rules = dict.fromkeys(s.rule for s in steps)
    told = [s for s in steps if s.rule not in BOOKKEEPING]
    if len(told) == len(steps) or len(rules) == 1:
        found = [Said(f"rule.{_variant(s)}", _params(s)) for s in steps]
    else:
        found = [*(Said(f"rule.{_variant(s)}", _params(s)) for s in told), Said("rule.tidy")]
    named = [said for said in found if said.key != "rule.identity"]
    return _joined(named if any(s.rule in _SAYS_MORE for s in told) else found)


def _joined(found: list[Said]) -> Said:
    """What is said of the lines folded into one, each thing once."""
    first, *more = {said.key: said for said in found}.values()
    return replace(first, more=tuple(more))


def _variant(step: Step) -> str:
    """The chain rule is told otherwise over several paths, and where the inner part had its name before; so is a name used again."""
    if step.rule == "chain" and len(step.names) > 1:
        return "chain_paths"
    if step.rule == "chain" and "u" in step.params and step.params["u"] == step.params.get("inner"):
        return "chain_again"
    if step.rule == "name" and not step.names:
        return "call_by_name"
    return step.rule


def _params(step: Step) -> dict[str, Param]:
    """The parameters; ``names`` are those the step introduces, ``u`` and ``inner`` the first of them, if not given."""
    given: dict[str, Param] = dict(step.params)
    if step.names:
        first, value = next(iter(step.names.items()))
        given.setdefault("u", first)
        given.setdefault("inner", value)
        given.setdefault("names", ", ".join(f"{name} = {write(e)}" for name, e in step.names.items()))
    return given


def _read_by_eye(formula: Expr) -> str:
    """How a printed formula is read, up to its last bracket: what a Korean particle behind it follows.

    Of a comparison the right side stands last on paper, though its verb is read last.
    """
    while isinstance(formula, Call) and formula.op in _COMPARISONS:
        formula = formula.args[-1]
    return content(spoken_expr(formula, "ko"))


def sentence(said: Sentence, lang: str, show: Show = write, escape: Escape = str, heard: Show = _read_by_eye) -> str:
    """The sentence in a language: the words escaped for a printer, the formulas shown by it, in Korean ``heard`` by a particle.

    Where a parameter is missing, a plainer sentence or the name of the rule is said; a key without words as it is.
    """
    if isinstance(said, Own):
        pieces = said.pieces.get(lang) or next(iter(said.pieces.values()))
        return "".join(escape(piece) if isinstance(piece, str) else show(piece) for piece in pieces)
    if said.more:
        parts = [sentence(one, lang, show, escape, heard) for one in (replace(said, more=()), *said.more)]
        return (", " if said.key.startswith(("rule.", "reason.")) else " ").join(parts)
    shown: list[str] = []
    params: dict[str, Korean] = {}
    for name, value in said.params.items():
        if isinstance(value, tuple):
            params[name] = Korean(chr(_SLOT + len(shown)), partial(heard, value[-1]) if value else "")
            shown.append(", ".join(map(show, value)))
            continue
        slot = chr(_SLOT + len(shown))
        if not isinstance(value, str):
            params[name] = Korean(slot, partial(heard, value))
            shown.append(show(value))
            continue
        text = value
        if name == "op" and ops.known(value):
            text = {"en": ops.card(value).names.en, "ko": ops.card(value).names.ko}[lang] or value
        if name == "loss" and has(f"loss.{value}"):
            text = say(f"loss.{value}", lang)
        params[name] = Korean(slot, text)
        shown.append(escape(text))
    text = _filled(said.key, lang, params)
    return "".join(shown[ord(piece) - _SLOT] if _MARK.fullmatch(piece) else escape(piece) for piece in _MARK.split(text))


def _filled(key: str, lang: str, params: Mapping[str, Korean]) -> str:
    for name in (key, f"{key}_plain", key.replace("why.", "rule.", 1)):
        try:
            return say(name, lang, **params) if params or not has(name) else _bare(name, lang)
        except KeyError:
            continue
    return key.rpartition(".")[2].replace("_", " ")


def _bare(key: str, lang: str) -> str:
    """A sentence without parameters: one that has places for them is refused."""
    return say(key, lang).format_map({})
