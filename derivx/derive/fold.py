"""Levels of detail: the same lines, more or fewer of them folded into one. The answer is the same.

``full``: every line. ``normal``: one derivative a line; runs of bookkeeping algebra are one line. ``brief``: up to three
derivatives that one does in the head, and the bookkeeping behind them, are one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derivx.derive.step import Derivation, Step
from derivx.expr import Expr, Path

DETAILS = ("brief", "normal", "full")
BOOKKEEPING = frozenset({"neutral", "brackets", "numbers", "arrange", "signs"})
_IN_THE_HEAD = frozenset({"constant", "identity", "constant_multiple", "power"})
_CONSUMING = frozenset({"constant", "identity", "power"})
_ALGEBRA = BOOKKEEPING | {"fraction", "powers", "cancel"}
_MOST = 3


def folded(derivation: Derivation, detail: str) -> Derivation:
    """The derivation at a level of detail."""
    if detail == "full":
        return derivation
    grow = _brief if detail == "brief" else _normal
    groups: list[list[Step]] = []
    for step in derivation.steps:
        if groups and grow(groups[-1], step):
            groups[-1].append(step)
        else:
            groups.append([step])
    steps = tuple(_one(group) for group in groups)
    return replace(derivation, steps=steps)


def _normal(group: Sequence[Step], step: Step) -> bool:
    return step.rule in BOOKKEEPING and all(s.rule in BOOKKEEPING for s in group)


def _brief(group: Sequence[Step], step: Step) -> bool:
    rules = [s.rule for s in group]
    if step.rule == "name" and not step.names:
        return True  # a value just named is called by its name at once
    if step.rule in _ALGEBRA:
        return all(r in _ALGEBRA or r in _IN_THE_HEAD for r in rules)
    if step.rule in _IN_THE_HEAD:
        consumed = sum(r in _CONSUMING for r in [*rules, step.rule])
        return all(r in _IN_THE_HEAD or r == "neutral" for r in rules) and consumed <= _MOST
    return False


def _one(group: Sequence[Step]) -> Step:
    """Several lines as one; a run that comes back to where it was started says nothing and is its first line."""
    if len(group) == 1:
        return group[0]
    rule = next((s.rule for s in group if s.rule not in _ALGEBRA), "tidy")
    first = next((s for s in group if s.rule == rule), group[0])
    names: dict[str, Expr] = {}
    for s in group:
        names.update(s.names)
    conditions = tuple(dict.fromkeys(c for s in group for c in s.conditions))
    kinks = tuple(dict.fromkeys(k for s in group for k in s.kinks))
    return Step(
        group[0].before, group[-1].after, rule, _common([s.path for s in group]), first.params, names, conditions, kinks, tuple(group)
    )


def _common(paths: Sequence[Path]) -> Path:
    """The longest path that all of them begin with."""
    out: list[int] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) != 1:
            break
        out.append(level[0])
    return tuple(out)
