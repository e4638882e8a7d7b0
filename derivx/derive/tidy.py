"""Structural algebra: named moves on one node over children already tidied. Ours, linear, without SymPy.

``MOVES`` is a table: an id, the law, and the function. A move returns the node itself where it does not apply; it never looks
inside a pending derivative.
"""

from __future__ import annotations

from derivx.derive import bookkeeping as book
from derivx.derive import gather
from derivx.derive.look import PLAIN, Algebra, Look
from derivx.expr import Call, Diff, Expr, Path, children, with_children

MOVES = (
    Algebra("neutral", "a + 0 = a, a*1 = a, a*0 = 0", book.neutral),
    Algebra("brackets", "a + (b + c) = a + b + c", book.brackets),
    Algebra("numbers", "2*3 = 6", book.numbers),
    Algebra("fraction", "a*(b/c) = a*b/c", gather.fraction),
    Algebra("arrange", "x*3*(-y) = -3*x*y", book.arrange),
    Algebra("powers", "x^2*x = x^3", gather.powers),
    Algebra("roots", "sqrt(2)*sqrt(pi) = sqrt(2*pi)", gather.roots),
    Algebra("absolute", "x*sign(x) = abs(x)", gather.absolute),
    Algebra("cancel", "a*c/(b*c) = a/b", gather.cancel),
    Algebra("like_terms", "2*x + 3*x = 5*x", gather.like_terms),
    Algebra("trig", "sin(x)^2 + cos(x)^2 = 1", gather.pythagoras),
    Algebra("signs", "-(a - b) = b - a", book.signs),
)


Known = dict[int, tuple[Expr, Expr]]  # by identity, and with the part itself, so that it lives on


def rewrite(move: Algebra, root: Expr, look: Look = PLAIN, known: Known | None = None) -> Expr:
    """Apply a move everywhere outside pending derivatives, leaves first; ``known``: the parts it was applied to before."""
    done: Known = {} if known is None else known
    todo: list[tuple[Expr, bool]] = [(root, False)]
    while todo:
        node, ready = todo.pop()
        if not isinstance(node, Call):
            done[id(node)] = node, node
        elif ready:
            new = with_children(node, tuple([done[id(a)][1] for a in node.args]))
            changed = move.apply(new, look) if isinstance(new, Call) else new
            done[id(node)] = node, (new if changed == new else changed)
        elif id(node) not in done:
            todo.append((node, True))
            todo.extend([(a, False) for a in node.args])
    return done[id(root)][1]


def sites(before: Expr, after: Expr) -> Path:
    """The path of the smallest part that holds every difference between two expressions."""
    path: list[int] = []
    while True:
        a, b = children(before), children(after)
        if type(before) is not type(after) or len(a) != len(b) or not a or isinstance(before, Diff):
            return tuple(path)
        if isinstance(before, Call) and isinstance(after, Call) and before.op != after.op:
            return tuple(path)
        differ = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if len(differ) != 1:
            return tuple(path)
        path.append(differ[0])
        before, after = a[differ[0]], b[differ[0]]
