"""The cards, by family, and the one registry that parser, rules, checks, printers and tests read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from derivx.errors import UsageError
from derivx.ops import activation, arithmetic, elementary, linalg, loss, trig
from derivx.ops.card import Names, Op

__all__ = ["Names", "Op", "card", "cards", "find", "known", "register", "spellings", "unregister"]

_CARDS: dict[str, Op] = {}
_BY_TEXT: dict[str, list[Op]] = {}


def register(op: Op) -> Op:
    """Add a card. Raises ``UsageError`` when its name is taken or is not a name."""
    if not op.name.isidentifier() or not op.name.isascii():
        raise UsageError("op_name", name=op.name)
    if op.name in _CARDS:
        raise UsageError("op_taken", name=op.name)
    _CARDS[op.name] = op
    for text in dict.fromkeys((op.text, op.name, *op.names.aliases)):
        _BY_TEXT.setdefault(text, []).append(op)
    spellings.cache_clear()
    only_arrays.cache_clear()
    return op


def unregister(name: str) -> None:
    """Take back a card that was registered by a user."""
    op = _CARDS.pop(name)
    for text in (op.text, op.name, *op.names.aliases):
        _BY_TEXT[text] = [o for o in _BY_TEXT.get(text, []) if o is not op]
    spellings.cache_clear()
    only_arrays.cache_clear()


def card(name: str) -> Op:
    """The card of an operation that is known to have one."""
    return _CARDS[name]


def known(name: str) -> bool:
    """Whether an operation has a card; a call of any other name is an undefined function."""
    return name in _CARDS


def find(text: str, count: int | None = None) -> Op | None:
    """The operation written ``text``, taking ``count`` arguments if that is given."""
    for op in _BY_TEXT.get(text, ()):
        if count is None or op.takes(count):
            return op
    return None


def spelt(text: str) -> tuple[Op, ...]:
    """Every operation written ``text``."""
    return tuple(_BY_TEXT.get(text, ()))


def cards() -> Iterator[Op]:
    """Every card of a scalar operation, in the order of its family."""
    return iter([op for op in _CARDS.values() if op.shape == "elementwise"])


def array_cards() -> Iterator[Op]:
    """Every card of an operation on whole arrays."""
    return iter([op for op in _CARDS.values() if op.shape != "elementwise"])


@cache
def spellings() -> frozenset[str]:
    """Every name and alias that stands before a bracket as a function."""
    plain = {"call", "sqrt", "bars", "floor", "ceil", "where"}
    return frozenset(t for t, ops in _BY_TEXT.items() if any(o.notation in plain for o in ops) and t.isidentifier())


@cache
def only_arrays() -> frozenset[str]:
    """The spellings of operations on whole arrays alone: names like any other where no bracket follows."""
    return frozenset(t for t, ops in _BY_TEXT.items() if ops and all(o.shape != "elementwise" for o in ops))


for _family in (arithmetic, elementary, trig, activation, loss, linalg):
    for _op in _family.CARDS:
        register(_op)
