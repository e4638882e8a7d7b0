"""Wrong answers made from right ones: well-typed, and of another value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.matrix.judge import Where, close, value_of
from tests.matrix.language import FUNCTIONS, Case, Malformed, names, parse, sizes_of

_WITNESS = 97  # a seed of the mutants' own, that no test of the judge uses
_OTHER = {"sin": "cos", "cos": "sin", "sigmoid": "tanh", "tanh": "sigmoid", "relu": "step", "step": "sigmoid", "exp": "sin", "mean": "sum"}
_OTHER |= {"conv1d": "conv1d_transpose", "conv1d_transpose": "conv1d", "eye": "ones", "softmax": "sigmoid", "det": "tr", "sign": "step"}


def paths(node: ast.AST, path: tuple[Any, ...] = ()) -> Iterator[tuple[ast.expr, tuple[Any, ...]]]:
    """Every part of a formula with the way to it; no function names and no keywords."""
    if isinstance(node, ast.expr):
        yield node, path
    for name in ("left", "right", "operand", "value", "args"):
        child = getattr(node, name, None)
        if isinstance(child, ast.expr):
            yield from paths(child, (*path, name))
        elif isinstance(child, list):
            for i, item in enumerate(child):
                yield from paths(item, (*path, (name, i)))


def replaced(text: str, path: tuple[Any, ...], new: ast.expr) -> str:
    """The formula with the part at ``path`` replaced."""
    tree = ast.parse(text, mode="eval")
    at: Any = tree
    for step in ("body", *path)[:-1]:
        at = getattr(at, step) if isinstance(step, str) else getattr(at, step[0])[step[1]]
    last = ("body", *path)[-1]
    if isinstance(last, str):
        setattr(at, last, new)
    else:
        getattr(at, last[0])[last[1]] = new
    return ast.unparse(tree)


def _turned(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


def _changes(node: ast.expr, others: set[str]) -> Iterator[tuple[str, ast.expr]]:
    """What can go wrong at one place."""
    match node:
        case ast.BinOp(left=a, op=ast.Add() as op, right=b):
            yield "sign", ast.BinOp(a, ast.Sub(), b)
        case ast.BinOp(left=a, op=ast.Sub() as op, right=b):
            yield "sign", ast.BinOp(a, ast.Add(), b)
            yield "swapped", ast.BinOp(b, op, a)
        case ast.BinOp(left=a, op=ast.MatMult() | ast.Div() as op, right=b):
            yield "swapped", ast.BinOp(b, op, a)
        case ast.Call(func=ast.Name(id=name) as func, args=[*args], keywords=keywords):
            if name in _OTHER:
                yield "function", ast.Call(ast.Name(_OTHER[name], ast.Load()), args, keywords)
            if len(args) == 1:
                yield "dropped function", args[0]
            if len(args) == 2:
                yield "swapped", ast.Call(func, args[::-1], keywords)
        case ast.UnaryOp(op=ast.USub(), operand=x):
            yield "sign", x
        case ast.Attribute(value=x):
            yield "transpose", x
        case ast.Constant(value=int() | float() as value):
            yield "coefficient", ast.Constant(value + 1)
        case ast.Name(id=name):
            yield from (("name", ast.Name(other, ast.Load())) for other in sorted(others - {name}))
    if isinstance(node, ast.BinOp):
        yield "dropped", node.left
        yield "dropped", node.right
    if not isinstance(node, ast.Constant | ast.Attribute):
        yield "transpose", _turned(node)


def _candidates(case: Case, answer: str) -> Iterator[tuple[str, str]]:
    yield "sign", ast.unparse(ast.UnaryOp(ast.USub(), parse(answer)))
    for c in (2.0, 0.5):
        yield "coefficient", ast.unparse(ast.BinOp(ast.Constant(c), ast.Mult(), parse(answer)))
    yield "extra term", ast.unparse(ast.BinOp(parse(answer), ast.Add(), ast.Constant(1)))
    others = (set(case["vars"]) | names(answer)) - set(FUNCTIONS)
    for node, path in paths(parse(answer)):
        for label, new in _changes(node, others):
            yield label, replaced(answer, path, new)


def _different(case: Case, answer: str, mutant: str, where: Where) -> bool:
    """Of the same shape at all sizes, and clearly of another value at each."""
    for sizes in sizes_of(case):
        right = np.asarray(value_of(case, answer, where, sizes, _WITNESS))
        try:
            got = np.asarray(value_of(case, mutant, where, sizes, _WITNESS))
        except Malformed:
            return False
        if got.shape != right.shape or not np.all(np.isfinite(got)) or close(got, right, 1e-4):
            return False
    return True


def mutants(case: Case, answer: str, where: Where) -> list[tuple[str, str]]:
    """What is wrong, and the wrong answer: all distinct ones of the kinds above."""
    found = {text: label for label, text in reversed([*_candidates(case, answer)]) if text != ast.unparse(parse(answer))}
    return sorted((label, text) for text, label in found.items() if _different(case, answer, text, where))
