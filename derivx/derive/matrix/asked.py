"""A program with shapes as a question about arrays."""

from __future__ import annotations

from collections.abc import Mapping

from derivx.derive.matrix.columns import all_down_columns
from derivx.derive.matrix.engine import Question
from derivx.derive.matrix.sizes import size_names
from derivx.errors import UsageError
from derivx.shape import SCALAR, Shape
from derivx.syntax.program import Program, read_program


def question_of(program: Program, wrt: str) -> Question:
    """The last equation of a program as a question over its names and shapes."""
    shapes = {n: program.declarations[n].shape if n in program.declarations else SCALAR for n in program.inputs}
    sizes = {str(d) for shape in shapes.values() for d in shape} | size_names(*(e.formula for e in program.equations)).keys()
    shapes = {n: s for n, s in shapes.items() if n not in sizes or s}
    if wrt in sizes and wrt not in shapes:
        raise UsageError("by_size", name=wrt)
    flags = {n: d.property for n, d in program.declarations.items() if d.property}
    *lets, (label, output) = all_down_columns([(e.name, e.formula) for e in program.equations], shapes)
    return Question(shapes, output, wrt, "", tuple(lets), flags, label=label)


def has_arrays(text: str, shapes: Mapping[str, Shape] | None) -> Program | None:
    """The program a text is, where it declares an array."""
    if not shapes and ":" not in text:
        return None
    program = read_program(_declared(shapes) + text)
    return program if program.over_arrays else None


def _declared(shapes: Mapping[str, Shape] | None) -> str:
    return "".join(f"{name}: ({', '.join(map(str, shape))})\n" for name, shape in (shapes or {}).items())
