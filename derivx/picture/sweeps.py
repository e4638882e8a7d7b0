"""A backward sweep as a picture's data: values above, gradients below."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from derivx.derive.backprop import Sweep
from derivx.expr import Sym
from derivx.picture.diagram import Arrow, Box, Diagram
from derivx.picture.svg import to_svg
from derivx.picture.text import to_text
from derivx.picture.tikz import to_tikz
from derivx.picture.typst import to_typst
from derivx.render.exercise import Form
from derivx.render.sweep import Numbers
from derivx.syntax.write import write


def diagram_of(sweep: Sweep, numbers: Numbers | None = None, roles: Mapping[str, str] | None = None, lang: str = "en") -> Diagram:
    """The computational graph; ``roles`` says which inputs are data, where that is known."""
    boxes = [_box(sweep, i, roles or {}, numbers) for i in range(len(sweep.graph.nodes))]
    local = {(at, link.user): link.local for at, adjoint in sweep.adjoints.items() for link in adjoint.links}
    arrows = [Arrow(arg, i, local.get((arg, i))) for i, node in enumerate(sweep.graph.nodes) for arg in node.args]
    return Diagram(boxes, arrows, lang=lang)


def _box(sweep: Sweep, at: int, roles: Mapping[str, str], numbers: Numbers | None) -> Box:
    node = sweep.graph.nodes[at]
    kind = "output" if at == sweep.graph.output else "node"
    if node.formula is None:
        asked = node.name in sweep.wrt
        kind = "data" if roles.get(node.name) == "data" or not asked else "param"
    value = numbers.text(numbers.values[node.name]) if numbers and node.name in numbers.values else ""
    gradient = numbers.text(numbers.gradients[at].plain) if numbers and at in numbers.gradients else ""
    shape = write(node.formula) if node.formula is not None else ""
    for i, name in enumerate(sweep.graph.nodes[a].name for a in node.args):
        shape = _renamed(shape, name, f"#{i}")
    return Box(Sym(node.name), kind, node.formula, value, gradient, shape)  # type: ignore[arg-type]


def _renamed(text: str, name: str, mark: str) -> str:
    return re.sub(rf"(?<![\w']){re.escape(name)}(?![\w'(])", mark, text)


@dataclass(frozen=True)
class Graph:
    """The drawing of a sweep for a page: the ``numbers`` that it shows; where these hold no gradient, no local derivatives either.

    ``roles`` as in ``diagram_of``.
    """

    sweep: Sweep
    numbers: Numbers | None
    roles: Mapping[str, str] = field(default_factory=dict)

    def drawn(self, form: Form, lang: str) -> str:
        """The drawing in the form of a printer; a printer that has none of its own takes SVG."""
        diagram = diagram_of(self.sweep, self.numbers, self.roles, lang)
        if self.numbers and not self.numbers.gradients:
            diagram = Diagram(diagram.boxes, [Arrow(a.tail, a.head) for a in diagram.arrows], lang=lang)
        match form:
            case "tikz":
                return to_tikz(diagram)
            case "typst":
                return to_typst(diagram)
            case "text":
                return to_text(diagram)
            case _:
                return to_svg(diagram)
