"""Expressions: ``Num | Sym | Call | Diff``, immutable, compared by structure.

The tree is kept exactly as it was built. Every walk here is iterative, because a chain of 2,000
nested functions, or a sum of 100,000 terms, is an ordinary expression (the recursion limit is not ours).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from derivx.shape import SCALAR, Shape

Path = tuple[int, ...]
_SHOWN = 10_000_000  # nodes of an expression that its repr still writes out


class Expr:
    """A node. Equality is structural, through a hash stored at construction; ``size`` counts tree nodes."""

    __slots__ = ()
    _hash: int
    size: int

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and same(self, other)

    def __repr__(self) -> str:
        if self.size > _SHOWN:
            return f"<{label(self)}: {self.size} nodes>"
        parts: list[str] = []
        todo: list[Expr | str] = [self]
        while todo:
            node = todo.pop()
            if isinstance(node, str):
                parts.append(node)
                continue
            parts.append(label(node))
            kids = children(node)
            if kids:
                todo.append(")")
                for i, kid in reversed(list(enumerate(kids))):
                    todo += [kid, ", " if i else "("]
        return "".join(parts)

    def __reduce__(self) -> tuple[Any, ...]:
        nodes = list(postorder(self))
        index = {id(node): i for i, node in enumerate(nodes)}
        return _thaw, ([(_head(n), tuple(index[id(k)] for k in children(n))) for n in nodes],)


def _set(node: Expr, key: tuple[Any, ...], size: int) -> None:
    object.__setattr__(node, "_hash", hash(key))
    object.__setattr__(node, "size", size)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Num(Expr):
    """A number as typed: an ``int``, or a ``Decimal`` that remembers its digits. Never negative (see ``neg``)."""

    value: int | Decimal
    _hash: int = field(init=False, default=0)
    size: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        _set(self, ("Num", str(self.value)), 1)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sym(Expr):
    """A name, with the shape of its value."""

    name: str
    shape: Shape = SCALAR
    _hash: int = field(init=False, default=0)
    size: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        _set(self, ("Sym", self.name, self.shape), 1)


@dataclass(frozen=True, slots=True, eq=False, repr=False, init=False)
class Call(Expr):
    """An operation applied to arguments. ``op`` names a card, or else an undefined function (``f``, ``f'``)."""

    op: str
    args: tuple[Expr, ...]
    _hash: int
    size: int

    def __init__(self, op: str, args: tuple[Expr, ...]) -> None:
        # by hand: graphs are made of a hundred thousand of these
        if len(args) == 2:
            left, right = args
            size, key = 1 + left.size + right.size, (op, left._hash, right._hash)
        else:
            size = 1 + sum([a.size for a in args])
            key = (op, *[a._hash for a in args])  # type: ignore[assignment]
        put = object.__setattr__
        put(self, "op", op)
        put(self, "args", args)
        put(self, "_hash", hash(key))
        put(self, "size", size)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Diff(Expr):
    """The pending derivative of ``body`` with respect to the name ``wrt``: an ordinary node of an expression."""

    body: Expr
    wrt: Sym
    _hash: int = field(init=False, default=0)
    size: int = field(init=False, default=1)

    def __post_init__(self) -> None:
        _set(self, ("Diff", self.body._hash, self.wrt._hash), 2 + self.body.size)


def label(node: Expr) -> str:
    """The node itself, without its children."""
    match node:
        case Num():
            return f"Num({node.value})"
        case Sym():
            return node.name
        case Call():
            return node.op
    return "D"


def _head(node: Expr) -> tuple[Any, ...]:
    match node:
        case Num():
            return ("num", node.value)
        case Sym():
            return ("sym", node.name, node.shape)
        case Call():
            return ("call", node.op)
    return ("diff",)


def _thaw(rows: list[tuple[tuple[Any, ...], tuple[int, ...]]]) -> Expr:
    """Rebuild a pickled expression; parts that were shared are shared again."""
    done: list[Expr] = []
    for head, kids in rows:
        args = tuple(done[k] for k in kids)
        match head[0]:
            case "num":
                done.append(Num(head[1]))
            case "sym":
                done.append(Sym(head[1], head[2]))
            case "call":
                done.append(Call(head[1], args))
            case _:
                assert isinstance(args[1], Sym)
                done.append(Diff(args[0], args[1]))
    return done[-1]


def children(node: Expr) -> tuple[Expr, ...]:
    """The children in writing order; their positions are the indices of a path."""
    if isinstance(node, Call):
        return node.args
    if isinstance(node, Diff):
        return (node.body, node.wrt)
    return ()


def with_children(node: Expr, kids: tuple[Expr, ...]) -> Expr:
    """The same node over other children (itself, when they are the ones it has)."""
    if all(a is b for a, b in zip(kids, children(node), strict=True)):
        return node
    if isinstance(node, Call):
        return Call(node.op, kids)
    assert isinstance(kids[1], Sym)
    return Diff(kids[0], kids[1])


def same(a: Expr, b: Expr) -> bool:
    """Structural equality; shared parts are compared once."""
    todo, seen = [(a, b)], set()
    while todo:
        x, y = todo.pop()
        if x is y or (id(x), id(y)) in seen:
            continue
        if x._hash != y._hash:
            return False
        if isinstance(x, Call) and isinstance(y, Call):
            if x.op != y.op:
                return False
        elif _head(x) != _head(y) or str(label(x)) != str(label(y)):
            return False
        seen.add((id(x), id(y)))
        kx, ky = children(x), children(y)
        if len(kx) != len(ky):
            return False
        todo.extend(zip(kx, ky, strict=True))
    return True


def postorder(*roots: Expr) -> Iterator[Expr]:
    """Every distinct node below the roots, children before parents; a shared part comes once."""
    seen: set[int] = set()
    todo: list[tuple[Expr, bool]] = [(r, False) for r in reversed(roots)]
    while todo:
        node, ready = todo.pop()
        if ready:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo.extend((kid, False) for kid in reversed(children(node)) if id(kid) not in seen)


def transform(root: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Rewrite bottom-up: ``change`` sees each distinct node once, over children already rewritten."""
    done: dict[int, Expr] = {}
    for node in postorder(root):
        kids = tuple(done[id(k)] for k in children(node))
        done[id(node)] = change(with_children(node, kids) if kids else node)
    return done[id(root)]


def substitute(root: Expr, values: Mapping[Expr, Expr]) -> Expr:
    """Replace every part equal to a key by its value, from the leaves up."""
    return transform(root, lambda node: values.get(node, node)) if values else root


def at(root: Expr, path: Path) -> Expr:
    """The part of ``root`` at a path."""
    for i in path:
        root = children(root)[i]
    return root


def replace_at(root: Expr, path: Path, new: Expr) -> Expr:
    """``root`` with the part at ``path`` replaced."""
    spine = [root]
    for i in path:
        spine.append(children(spine[-1])[i])
    for node, i in zip(reversed(spine[:-1]), reversed(path), strict=True):
        kids = children(node)
        new = with_children(node, (*kids[:i], new, *kids[i + 1 :]))
    return new


def find(root: Expr, wanted: Callable[[Expr], bool]) -> Path | None:
    """The path of the first part, in writing order and outermost first, that is wanted."""
    seen: list[tuple[int, int]] = []  # of each part looked at: its parent here, and which child it is
    todo: list[tuple[Expr, int, int]] = [(root, -1, 0)]
    while todo:
        node, parent, index = todo.pop()
        seen.append((parent, index))
        if wanted(node):
            return _climb(seen)
        here = len(seen) - 1
        todo.extend((kid, here, i) for i, kid in reversed(list(enumerate(children(node)))))
    return None


def _climb(seen: list[tuple[int, int]]) -> Path:
    path, here = list[int](), len(seen) - 1
    while seen[here][0] >= 0:
        here, index = seen[here]
        path.append(index)
    return tuple(reversed(path))


def names(*roots: Expr) -> list[str]:
    """The names in the expressions, in order of first appearance (the variable of a ``Diff`` counts last)."""
    found: dict[str, None] = {}
    todo, seen = list(reversed(roots)), set()
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Sym):
            found[node.name] = None
        todo.extend(reversed(children(node)))
    return list(found)


def written_out(root: Expr, where: Mapping[str, Expr], most: int = 3000) -> Expr:
    """Every defined name replaced by its definition, as long as the expression has at most ``most`` nodes."""
    for _ in where:
        table: dict[Expr, Expr] = {Sym(n): where[n] for n in names(root) if n in where}
        if not table or root.size > most:
            break
        root = substitute(root, table)
    return root


def contains(root: Expr, part: Expr) -> bool:
    """Whether ``part`` stands anywhere in ``root``."""
    return any(node._hash == part._hash and node == part for node in postorder(root))


def pending(root: Expr) -> bool:
    """Whether a derivative is still to be carried out in ``root``."""
    return any(isinstance(node, Diff) for node in postorder(root))


def depth(root: Expr) -> int:
    """The number of levels of the tree."""
    deep: dict[int, int] = {}
    for node in postorder(root):
        deep[id(node)] = 1 + max((deep[id(k)] for k in children(node)), default=0)
    return deep[id(root)]


# Constructors that keep what they are given (the `call` door): no simplification.

ZERO, ONE, TWO = Num(0), Num(1), Num(2)


def num(value: int | Decimal) -> Expr:
    """A number of either sign."""
    return Num(value) if value >= 0 else neg(Num(-value))


def neg(a: Expr) -> Expr:
    return Call("neg", (a,))


def add(*args: Expr) -> Expr:
    return args[0] if len(args) == 1 else Call("add", args)


def mul(*args: Expr) -> Expr:
    return args[0] if len(args) == 1 else Call("mul", args)


def div(a: Expr, b: Expr) -> Expr:
    return Call("div", (a, b))


def power(a: Expr, b: Expr) -> Expr:
    return Call("pow", (a, b))


def text_leaf(text: str) -> Expr:
    """A text among the arguments, the subscripts of an einsum or an index: an operation without arguments, called by the text."""
    return Call(f'"{text}"', ())


def is_text(node: Expr) -> bool:
    """Whether the node is a text."""
    return isinstance(node, Call) and node.op[0] == '"'


def text_of(node: Expr) -> str:
    """What a text says."""
    assert isinstance(node, Call)
    return node.op[1:-1]


def is_op(node: Expr, *ops: str) -> bool:
    """Whether the node is a call of one of the operations."""
    return isinstance(node, Call) and node.op in ops
