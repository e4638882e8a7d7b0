"""Items to a tree: operator precedence with explicit stacks, so that depth costs memory and nothing else.

Sums and products written in one go become one n-ary node; brackets keep their own node; minus is a negation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any

from derivx import ops
from derivx.errors import ReadError
from derivx.expr import ONE, ZERO, Call, Diff, Expr, Num, Sym, div, is_op, neg, num, power, text_leaf
from derivx.ops import Op
from derivx.syntax.chars import SUPERSCRIPTS
from derivx.syntax.index import applied, checked, indexed
from derivx.syntax.resolve import Item, Notes

COMPARE = {"<": "lt", ">": "gt", "<=": "le", ">=": "ge", "==": "eq", "!=": "ne"}
_CALLS = {"@": "matmul", ".^": "hadamard_power", "./": "hadamard_div"}
_ARRAYS = frozenset((*_CALLS, "post", "∘", "⊙", ".*"))
_ENTRYWISE = ("∘", "⊙", ".*")
_BINARY = {"+": 20, "-": 20, **dict.fromkeys(_ENTRYWISE, 28), **dict.fromkeys(("*", "/", "@", "./"), 30)}
_BINARY |= {**dict.fromkeys(("^", "**", ".^"), 40), **dict.fromkeys(COMPARE, 10)}
_MINUS, _TIGHT_MINUS, _APPLY, _DIFF, _ROOT, _SNUG, _SIDE_BY_SIDE = 25, 35, 32, 29, 41, 33, 31
_NARY = {"+": "add", "-": "add", "*": "mul", "∘": "hadamard", "juxt": "juxt"}
_PREFIX, _WITH_TEXT = frozenset(("-u", "apply", "√", "d/d")), ("einsum", "place")
_OPENERS = ("num", "sym", "fn", "apply", "(", "{", "√", "d/d", "dL/dw")
_CLOSE = {")": "(", "}": "{", "]": "["}


_int, _sym = lru_cache(maxsize=1024)(Num), lru_cache(maxsize=1024)(Sym)  # few names and whole numbers stand in many answers


@dataclass(slots=True)
class _Open:
    """A sum or product that may still grow."""

    op: str
    args: list[Expr]


@dataclass(slots=True)
class _Frame:
    """An open bracket: what it belongs to, and the values read inside it so far."""

    kind: str
    item: Item
    values: list[Any]
    operators: list[tuple[str, int, Item]]
    args: list[Expr]
    keys: list[str] = field(default_factory=list)  # the names of the last arguments, where they are given by name


def parse(items: list[Item], text: str, notes: Notes, *, template: bool = False, arrays: bool = False, dialect: bool = False) -> Expr:
    """The tree of a text. Raises ``ReadError`` with the place of the first item that does not fit.

    In a ``template`` (the formula of a card) a name may stand for a comparison; ``arrays`` allows ``@`` and ``.T``; in the ``dialect``
    of blackboards what stands side by side is a ``juxt``, and ``∘`` a ``hadamard``.
    """
    return _Parser(text, notes, template=template, arrays=arrays, dialect=dialect).run(items)


class _Parser:
    def __init__(self, text: str, notes: Notes, *, template: bool, arrays: bool, dialect: bool) -> None:
        self.text, self.notes, self.template, self.arrays, self.dialect = text, notes, template, arrays, dialect
        start = Item("start", None, 0, 0)
        self.frames = [_Frame("top", start, [], [], [])]
        self.operand = True  # whether an operand must come next

    def run(self, items: list[Item]) -> Expr:
        items = indexed(items, self.text) if self.arrays else items
        skip = False  # the bracket of a call has been read with its name
        start, go_on = self._start, self._continue
        for item, nxt in zip(items, [*items[1:], None], strict=False):
            kind = item.kind
            if skip:
                skip = False
            elif not self.operand:
                go_on(item, nxt)
                skip = kind == "fn"
            elif nxt is not None and nxt.kind == "=" and self._keyword(item, nxt):
                skip = True
            else:
                start(item, nxt)
                skip = kind == "fn"
        end = len(self.text)
        if self.operand:
            raise ReadError("ends_early", text=self.text, start=max(0, end - 1), end=end, expected="operand")
        if len(self.frames) > 1:
            frame = self.frames[-1]
            found = {"bars": "|", "call": "("}.get(frame.kind, frame.kind)
            closer, at = {"|": "|", "{": "}", "[": "]"}.get(found, ")"), frame.item
            raise ReadError("not_closed", text=self.text, start=at.start, end=at.end, expected="closing", hint=closer, found=found)
        return self._value(self._finish())

    # Where an operand is expected.

    def _start(self, item: Item, nxt: Item | None) -> None:
        frame = self.frames[-1]
        match item.kind:
            case "sym":
                frame.values.append(_sym(item.data))
                self.operand = False
            case "num":
                self._push(_int(item.data) if item.data.__class__ is int else Num(item.data))
            case "(" | "{":
                self.frames.append(_Frame(item.kind, item, [], [], []))
            case "fn":
                if nxt is None or nxt.kind != "(":
                    raise self._bad(item, "argument")
                self.frames.append(_Frame("call", item, [], [], []))
            case "-":
                # behind an operator that binds more tightly, a minus belongs to the one factor after it
                tight = bool(frame.operators) and frame.operators[-1][1] > _MINUS and frame.operators[-1][0] != "d/d"
                frame.operators.append(("-u", _TIGHT_MINUS if tight else _MINUS, item))
            case "+":
                pass
            case "|":
                self.frames.append(_Frame("bars", item, [], [], []))
            case "dL/dw":
                what, wrt = item.data
                self._push(_differentiate(Sym(what), wrt))
            case "text" if self.arrays and not frame.values and _takes_text(frame.item, frame.args):
                self._push(text_leaf(checked(ops.find(frame.item.data), item, self.text)))
            case "[" if not self.arrays or _takes_list(frame):
                self.frames.append(_Frame("[", item, [], [], []))
            case "apply" | "√" | "d/d":
                level = {"apply": _APPLY, "√": _ROOT, "d/d": _DIFF}[item.kind]
                if item.kind == "d/d" and nxt is not None and nxt.kind == "(":
                    level = _APPLY  # d/dx (u)*v: the bracket is what is differentiated
                frame.operators.append((item.kind, level, item))
            case _:
                raise self._bad(item, "operand")

    def _keyword(self, item: Item, nxt: Item | None) -> bool:
        """Whether ``axis =`` stands here, the name of an argument."""
        frame = self.frames[-1]
        if item.kind != "sym" or nxt is None or nxt.kind != "=" or frame.kind != "call" or frame.values:
            return False
        named = any(item.data in op.params for op in ops.spelt(frame.item.data))
        if named:
            frame.keys.append(item.data)
        return named

    def _push(self, value: Any) -> None:
        self.frames[-1].values.append(value)
        self.operand = False

    # Where an operator may come.

    def _continue(self, item: Item, nxt: Item | None) -> None:
        kind = item.kind
        level = _BINARY.get(kind)
        if level is not None and kind not in _ARRAYS:
            self._binary("^" if kind == "**" else kind, level, item)
            return
        frame = self.frames[-1]
        if kind in _ARRAYS and not self.arrays and kind != "⊙":
            raise self._bad(item, "operator")
        listed = self.arrays and (frame.kind == "[" or (frame.kind == "(" and bool(frame.args)))
        if kind in (")", "]") and listed and (nxt is None or nxt.kind not in (",", ")")):
            raise self._bad(nxt or item, "operator")  # a list is an argument by itself
        if kind in _ENTRYWISE:
            self._binary("∘" if self.dialect else "*", _BINARY["∘" if self.arrays else "*"], item)
        elif kind in _CALLS:
            self._binary(kind if self.dialect or kind == "@" else kind[1], _BINARY[kind], item)
        elif kind == "sup":
            self._superscript(item)
        elif kind == "post":
            if self.dialect:  # Q^{-1}' is the transpose of the whole power
                self._reduce(_BINARY["^"])
            frame.values.append(Call("transpose", (self._value(frame.values.pop()),)))
        elif kind == "index":
            frame.values.append(applied(self._value(frame.values.pop()), item.data))
        elif kind == "|" and frame.kind == "bars":
            self._close(Call("abs", (self._value(self._finish()),)))
        elif kind in _OPENERS or kind == "|" or (kind == "[" and not self.arrays):
            self._implicit(item, nxt)
        elif kind == "," and (listed or frame.kind == "call" or (frame.kind == "(" and self.arrays and _takes_list(self.frames[-2]))):
            frame.args.append(self._value(self._finish()))
            self.operand = True
        elif kind in _CLOSE and frame.kind in (_CLOSE[kind], "call" if kind == ")" else ""):
            self._end(frame, item, listed=listed)
        else:
            raise self._bad(item, "operator")

    def _end(self, frame: _Frame, item: Item, *, listed: bool) -> None:
        """Close the innermost bracket."""
        args = [*frame.args, self._value(self._finish())]
        if item.kind == "]" and not self.arrays and isinstance(args[0], Num):  # a list or an index of another language
            raise self._bad(frame.item, "operator")
        if frame.kind == "call":
            self._close(self._call(frame, args, item))
        elif listed:  # its entries are arguments of the call it stands in
            self.frames.pop()
            *first, value = args
            self.frames[-1].args += first
            self._push(value)
        else:
            self._close(args[0])

    def _implicit(self, item: Item, nxt: Item | None) -> None:
        """Two operands side by side multiply; behind ``sin 2`` an ``x`` still belongs to the sine."""
        frame = self.frames[-1]
        applied = next((o for o in reversed(frame.operators) if o[1] == _APPLY), None)
        last = frame.values[-1]
        if item.kind == "num" and isinstance(last, Num):
            raise self._bad(item, "operator", f"{last.value}*{item.data}")
        snug = applied is not None and item.kind == "sym" and self._coefficient(applied, last)
        if applied is not None and not snug and (item.kind == "sym" or applied[0] == "d/d"):
            raise self._ambiguous(applied[2], item)
        if snug:
            self.notes.add("note.snug", read=f"{last.value if isinstance(last, Num) else last.name}*{item.data}")
        if frame.operators and frame.operators[-1][0] == "/":
            self.notes.add("note.over_product")
        if self.dialect and not snug:  # G * X W is G times the product; 2/n X is the product with 2/n
            quotient = bool(frame.operators) and frame.operators[-1][0] == "/"
            self._binary("juxt", _BINARY["*"] if quotient else _SIDE_BY_SIDE, item)
        else:
            self._binary("*", _SNUG if snug else _BINARY["*"], item)
        self._start(item, nxt)

    def _coefficient(self, applied: tuple[str, int, Item], last: Any) -> bool:
        """Whether a number, or a multiple of pi, stands right behind a function's name: ``sin 2``, ``sin 2pi``."""
        operators = self.frames[-1].operators
        here = operators[-1] is applied or (operators[-1][1] == _SNUG and operators[-2] is applied)
        return here and (isinstance(last, Num) or (isinstance(last, Sym) and last.name == "pi"))

    def _ambiguous(self, head: Item, item: Item) -> ReadError:
        """``sin x y`` may be sin(x)*y or sin(x*y): refused, with a reading to choose."""
        found = self.text[head.start : head.end]
        hint = f"{head.data}(...)*..." if head.kind == "apply" else f"{found} (...) * ..."
        return ReadError("ambiguous_argument", text=self.text, start=head.start, end=item.end, expected="argument", hint=hint, found=found)

    def _superscript(self, item: Item) -> None:
        sign = "".join(SUPERSCRIPTS[c] for c in item.data).strip("()")
        flipped = self.arrays and sign[-1:] == "T" and sign not in ("T", "-T")  # Q⁻¹ᵀ
        sign = sign[:-1] if flipped else sign
        body = sign.lstrip("+-")
        if body.isdecimal() and len(body) < 6:
            exponent = num(-int(body)) if sign.startswith("-") else Num(int(body))
        elif len(body) == 1 and body.isalpha():
            exponent = neg(Sym(body)) if sign.startswith("-") else Sym(body)
        else:
            raise self._bad(item, "exponent")
        if body == "T" and not self.arrays:
            raise self._bad(item, "exponent")
        self._reduce(41 if body != "T" else _BINARY["^"])
        frame = self.frames[-1]
        raised = power(self._value(frame.values.pop()), exponent)
        frame.values.append(Call("transpose", (raised,)) if flipped else raised)

    def _binary(self, op: str, level: int, item: Item) -> None:
        # powers group from the right: 2^3^x is 2^(3^x)
        operators = self.frames[-1].operators
        if operators:
            self._reduce(level + 1 if op == "^" else level)
        operators.append((op, level, item))
        self.operand = True

    def _reduce(self, level: int) -> None:
        """Carry out the waiting operators that bind at least as tightly as ``level``."""
        frame = self.frames[-1]
        operators, values = frame.operators, frame.values
        while operators and operators[-1][1] >= level:
            op, _, item = operators.pop()
            right = values.pop()
            if right.__class__ is _Open:
                right = self._value(right)
            if op in _PREFIX:
                values.append(self._prefix(op, item, right))
            else:
                values[-1] = self._join(op, values[-1], right, item)

    def _prefix(self, op: str, item: Item, operand: Expr) -> Expr:
        if op == "-u":
            return neg(operand)
        if op == "√":
            return Call("sqrt", (operand,))
        if op == "d/d":
            return _differentiate(operand, item.data[1])
        return self._call_of(item.data, [operand], item, item.extra)

    def _join(self, op: str, left: Any, right: Expr, item: Item) -> Any:
        if op in _NARY:
            name = _NARY[op]
            part = neg(right) if op == "-" else right
            if left.__class__ is _Open and left.op == name:
                left.args.append(part)
                return left
            return _Open(name, [self._value(left), part])
        if op in _CALLS:
            return Call(_CALLS[op], (self._value(left), right))
        if op in COMPARE:
            frame, chained = self.frames[-1], isinstance(left, Call) and left.op in COMPARE.values()
            condition = Call(COMPARE[op], (self._value(left), right))
            if self.dialect and frame.kind == "(" and not chained and not is_op(left, "where"):  # (Z > 0): ones and zeros
                return Call("where", (condition, ONE, ZERO))
            if frame.kind != "call" or frame.item.data != "where" or frame.args or chained:
                raise self._bad(item, "no_comparison")
            return condition
        return (power if op == "^" else div)(self._value(left), right)

    def _value(self, value: Any) -> Expr:
        if value.__class__ is _Open:
            return Call(value.op, tuple(value.args))
        found: Expr = value
        return found

    def _finish(self) -> Any:
        """The value inside the innermost bracket, all its operators carried out."""
        self._reduce(0)
        return self.frames[-1].values.pop()

    def _close(self, value: Expr) -> None:
        self.frames.pop()
        self._push(value)

    # Calls.

    def _call(self, frame: _Frame, args: list[Expr], item: Item) -> Expr:
        if frame.keys:
            args = self._by_name(frame, args)
        head = frame.item
        if (joined := ops.find(head.data)) is not None and joined.nary and joined.defaults and not frame.keys:
            args = [*args, *(Num(int(default)) for default in joined.defaults.values())]
        if head.data == "D":
            wrt = [a for a in args[1:] if isinstance(a, Sym)]
            if len(wrt) != len(args) - 1 or not wrt:
                raise ReadError("derivative_of", text=self.text, start=head.start, end=item.end, expected="variable", hint="D(x^2, x)")
            return _differentiate(args[0], [w.name for w in wrt])
        return self._call_of(head.data, args, head, head.extra)

    def _by_name(self, frame: _Frame, args: list[Expr]) -> list[Expr]:
        """Arguments given by name, put in the order of the card; what is left out between them stands by its default."""
        head, plain = frame.item, len(args) - len(frame.keys)
        named = [op for op in ops.spelt(head.data) if all(k in op.params for k in frame.keys)]
        card = next((op for op in named if op.nary or not set(frame.keys) & set(op.params[:plain])), None)
        if card is None or len(set(frame.keys)) < len(frame.keys):
            raise ReadError("no_such_argument", text=self.text, start=head.start, end=head.end, expected="argument", name=frame.keys[-1])
        given = dict(zip(frame.keys, args[plain:], strict=True))
        frame.item = head._replace(data=card.name)
        if card.nary:
            return [*args[:plain], *given.values()]
        values = {"True": Num(1), "False": Num(0)}
        last = max(card.params.index(k) for k in given)
        if any(p not in given and p not in card.defaults for p in card.params[plain:last]):
            raise self._wrong_count(card, head, len(args))
        found = [given.get(p, Sym(card.defaults.get(p, p))) for p in card.params[plain : last + 1]]
        found = [values.get(f.name, Num(int(f.name)) if f.name.isdecimal() else f) if isinstance(f, Sym) else f for f in found]
        return [*args[:plain], *found]

    def _call_of(self, name: str, args: list[Expr], head: Item, exponent: int | None) -> Expr:
        op = ops.find(name, len(args))
        op = op if self.arrays or op is None or op.shape == "elementwise" else None
        card = op or ops.find(name)
        if card is not None and op is None:
            raise self._wrong_count(card, head, len(args))
        if op is not None and op.name == "where" and not self._is_condition(args[0]):
            raise ReadError(
                "where_condition", text=self.text, start=head.start, end=head.end, expected="comparison", hint="where(x > 0, x, 0)"
            )
        call = Call(op.name if op else name, tuple(args))
        return call if exponent is None else power(call, num(exponent))

    def _wrong_count(self, card: Op, head: Item, count: int) -> ReadError:
        hint, found = f"{card.text}({card.args})", self.text[head.start : head.end]
        return ReadError(
            "arguments", text=self.text, start=head.start, end=head.end, expected="argument", hint=hint, name=found, count=count
        )

    def _is_condition(self, node: Expr) -> bool:
        return (isinstance(node, Call) and node.op in COMPARE.values()) or (self.template and isinstance(node, Sym))

    def _bad(self, item: Item, expected: str, hint: str = "") -> ReadError:
        if item.kind == ")" and len(self.frames) == 1:
            return ReadError("not_opened", text=self.text, start=item.start, end=item.end, expected="operator", found=")")
        found = item.kind if item.data is None else str(item.data)
        hint = hint or {"=": "==", "@": "*", ";": ","}.get(item.kind, "")
        return ReadError("unexpected", text=self.text, start=item.start, end=item.end, expected=expected, hint=hint, found=found)


def _takes_list(frame: _Frame) -> bool:
    """Whether arguments may stand in a list of their own: concat([a, b]), reshape(x, (n, m))."""
    card = ops.find(frame.item.data) if frame.kind == "call" else None
    return card is not None and card.nary and card.shape != "elementwise" and not frame.values and not frame.operators and not frame.keys


def _takes_text(head: Item, before: list[Expr]) -> bool:
    """Whether the next argument is a text."""
    card = ops.find(head.data) if head.kind == "fn" else None
    return card is not None and len(before) < len(card.params) and card.params[len(before)] in ("s", "at") and card.shape in _WITH_TEXT


def _differentiate(body: Expr, wrt: Iterable[str]) -> Expr:
    return reduce(lambda e, name: Diff(e, Sym(name)), wrt, body)
