"""A backward sweep as a page: forward pass, backward pass, reverse table, paths, what storing saves, the update. Data only."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from derivx.check.sweep import SweepReport
from derivx.check.values import Scaled
from derivx.check.verdict import Check, Verdict
from derivx.derive.backprop import Link, Sweep
from derivx.derive.local import product, total
from derivx.expr import ONE, Call, Diff, Expr, Num, Sym, add, is_op, mul, neg
from derivx.graph.paths import Savings, savings, walks
from derivx.render.document import Chain, Document, Kink, Listing, Note, Part, Points, Section, Summary, Table, overall, summary
from derivx.render.sentences import Said
from derivx.render.typeset import Style
from derivx.syntax.write import write
from derivx.words import LANGUAGES

MOST_PATHS = 12  # of one name that are listed
MOST_REPEATED = 12  # rows of the table of stored gradients


@dataclass(frozen=True)
class Numbers:
    """The numbers of a page: values by name, gradients by position, both at ``digits`` figures.

    ``written`` may write them in another way: the text, and whether it is rounded.
    """

    values: Mapping[str, float]
    gradients: Mapping[int, Scaled]
    digits: int = 6
    written: Callable[[float], tuple[str, bool]] | None = field(default=None, compare=False)

    def text(self, value: float) -> str:
        """A number as it is printed."""
        return f"{value + 0.0:.{self.digits}g}" if self.written is None else self.written(value + 0.0)[0]

    def rounded(self, value: float | None) -> bool:
        """Whether a number is said to be rounded."""
        return value is not None and self.written is not None and self.written(value + 0.0)[1]


@dataclass(frozen=True)
class Update:
    """A step of gradient descent: the rate, the new values of the parameters, and all values of the forward pass after it."""

    rate: float
    parameters: Mapping[str, float]
    values: Mapping[str, float]


@dataclass(frozen=True)
class SweepPage:
    """What a page of a sweep shows besides the sweep itself."""

    numbers: Numbers | None = None
    update: Update | None = None
    report: SweepReport | None = None
    notes: Sequence[Said] = ()
    kinks: Sequence[Kink] = ()
    collapses: Sequence[tuple[Expr, ...]] = ()
    paths: Sequence[str] = field(default=())
    drawing: str = ""


def page(sweep: Sweep, shown: SweepPage, *, lang: str = "en", detail: str = "normal") -> Document:
    """The page of a sweep. ``detail``: ``brief`` (gradients alone), ``normal`` (with the chain rule), ``full`` (every line)."""
    builder = _Builder(sweep, shown, detail)
    names = [node.name for node in sweep.graph.nodes]
    single = len(sweep.graph.inputs) == 1
    style = Style(frozenset() if single else frozenset(names), single)
    return Document(tuple(builder.parts()), LANGUAGES if lang == "both" else (lang,), style)


def links_of(sweep: Sweep) -> dict[int, list[int]]:
    """The nodes that use each node, in the order of the sweep."""
    return {at: [link.user for link in adjoint.links] for at, adjoint in sweep.adjoints.items()}


def saved(sweep: Sweep) -> Savings:
    """What storing saves for the names asked for."""
    asked = [sweep.graph.at[name] for name in sweep.wrt if name in sweep.graph.at]
    return savings(links_of(sweep), sweep.graph.output, asked)


def path_product(sweep: Sweep, path: Sequence[int]) -> tuple[Expr, Expr]:
    """The product of local derivatives along a path, as derivatives by name and carried out."""
    symbols: list[Expr] = []
    locals_: list[Expr] = []
    for below, above in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
        link = next(link for link in sweep.adjoints[below].links if link.user == above)
        symbols.append(sweep.factor(below, link))
        locals_.append(link.local)
    return mul(*symbols), product(*locals_)


class _Builder:
    def __init__(self, sweep: Sweep, shown: SweepPage, detail: str) -> None:
        self.sweep, self.shown, self.detail = sweep, shown, detail
        self.nodes = sweep.graph.nodes
        self.savings = saved(sweep)

    def parts(self) -> Iterable[Part]:
        yield from (Note(said) for said in self.shown.notes)
        if self.shown.drawing:
            yield Listing(self.shown.drawing)
        yield Section(Said("ui.forward"))
        yield from self.forward()
        yield Section(Said("ui.backward"))
        yield from self.backward()
        if self.shown.kinks:
            yield Points(tuple(self.shown.kinks))
        if self.shown.numbers and self.detail != "brief":
            yield Section(Said("ui.reverse_table"))
            yield self.table()
        for name in self.shown.paths:
            yield from self.paths(name)
        yield from self.storing()
        yield from self.written_short()
        for chain in self.shown.collapses:
            yield Section(Said("ui.collapse_title"))
            yield Chain(chain)
            yield Note(Said("ui.collapse"))
        if self.shown.update and self.shown.numbers:
            yield from self.updated(self.shown.update, self.shown.numbers)
        if self.shown.report:
            yield checks_of(self.shown.report)

    # The two passes.

    def forward(self, values: Mapping[str, float] | None = None) -> Iterable[Part]:
        numbers = self.shown.numbers
        given = values if values is not None else numbers.values if numbers else {}
        for at, node in enumerate(self.nodes):
            if node.formula is not None:
                why = Said("ui.why_forward", {"name": Sym(node.name), "names": self.named(node.args)}) if node.args else None
                value = given.get(node.name)
                about = numbers is not None and numbers.rounded(value)
                yield Chain((Sym(node.name), node.formula), self.number(value), rounded=about, why=why, marks=(f"v{at}",))

    def backward(self) -> Iterable[Part]:
        first = next((at for at in self.sweep.adjoints if at != self.sweep.graph.output), -1)
        for at in self.sweep.adjoints:
            if at == self.sweep.graph.output and len(self.sweep.adjoints) > 1:
                continue
            items = self.chain(at)
            number = "" if _is_number(items[-1]) else self.gradient(at)
            marks = (f"g{at}", *(f"d{at}-{link.user}" for link in self.sweep.adjoints[at].links))
            start = (f"g{self.sweep.graph.output}",) if at == first else ()  # the sweep starts with dL/dL = 1
            about = bool(number) and self.shown.numbers is not None and self.shown.numbers.rounded(self.shown.numbers.gradients[at].plain)
            yield Chain(items, number, self.reads(at), self.verdict(at), rounded=about, why=self.why(at), marks=marks + start)
        for name in self.sweep.wrt:
            if self.sweep.graph.at.get(name) not in self.sweep.adjoints:
                yield Chain((Diff(self.sweep.output, Sym(name)), Num(0)))

    def chain(self, at: int) -> tuple[Expr, ...]:
        """The name of a gradient, the chain rule, and what comes of it."""
        lines = self.sweep.lines(at) if self.detail == "full" else None
        if lines is not None:
            return (lines.question, *(step.after for step in lines.steps))
        name, formula = self.sweep.name(at), self.sweep.adjoints[at].formula
        if self.detail == "brief":
            return (name, formula)
        rule = add(*(self.link(at, link) for link in self.sweep.adjoints[at].links)) if self.sweep.adjoints[at].links else ONE
        return tuple(dict.fromkeys((name, rule, formula))) if at != self.sweep.graph.output else (name, formula)

    def link(self, at: int, link: Link) -> Expr:
        factor = self.sweep.factor(at, link)
        return factor if link.user == self.sweep.graph.output else mul(Diff(self.sweep.output, Sym(self.nodes[link.user].name)), factor)

    def why(self, at: int) -> Said:
        """How many nodes the gradient comes back from."""
        users = tuple(dict.fromkeys(link.user for link in self.sweep.adjoints[at].links))
        key = "ui.why_start" if not users else "ui.why_link" if len(users) == 1 else "ui.why_paths"
        return Said(key, {"name": Sym(self.nodes[at].name), "users": self.named(users)})

    def named(self, nodes: Iterable[int]) -> tuple[Expr, ...]:
        return tuple(Sym(self.nodes[at].name) for at in nodes)

    def reads(self, at: int) -> Said | None:
        times = self.savings.reads[at]
        return Said("ui.used", {"n": str(times)}) if times > 1 and at != self.sweep.graph.output else None

    def verdict(self, at: int) -> Verdict | None:
        if self.shown.report is None:
            return None
        found = [check.verdict for check in self.shown.report.nodes.get(at, ())]
        return next((v for v in (Verdict.FAIL, Verdict.PASS, Verdict.UNDEFINED) if v in found), Verdict.SKIPPED)

    # Numbers.

    def number(self, value: float | None) -> str:
        return "" if value is None or self.shown.numbers is None else self.shown.numbers.text(value)

    def gradient(self, at: int) -> str:
        if self.shown.numbers is None:
            return ""
        numbers = self.shown.numbers
        found = numbers.gradients[at]
        return scaled_text(found, numbers.digits) if numbers.written is None else numbers.text(found.plain)

    def table(self) -> Table:
        """Node, formula, value; local derivative and upstream gradient of each link; the gradient and its number. From the output back."""
        assert self.shown.numbers is not None
        keys = (
            "ui.table_node",
            "ui.table_formula",
            "ui.table_value",
            "ui.table_local",
            "ui.table_upstream",
            "ui.table_adjoint",
            "ui.table_number",
        )
        heads = [Said(key) for key in keys]
        rows = list[tuple[Expr | str | Said, ...]]()
        for at, adjoint in self.sweep.adjoints.items():
            node = self.nodes[at]
            formula: Expr | str = node.formula if node.formula is not None else ""
            value = self.number(self.shown.numbers.values[node.name])
            first = True
            for link in adjoint.links or (Link(at, ONE),):
                last = link == (adjoint.links or (link,))[-1]
                upstream = "" if not adjoint.links else self.gradient(link.user)
                local = link.local if adjoint.links else ""
                row = (Sym(node.name), formula, value) if first else ("", "", "")
                rows.append((*row, local, upstream, *((adjoint.formula, self.gradient(at)) if last else ("", ""))))
                first = False
        return Table(tuple(heads), tuple(rows))

    # Paths and what is stored.

    def paths(self, name: str) -> Iterable[Part]:
        at = self.sweep.graph.at.get(name, -1)
        if at not in self.sweep.adjoints:
            yield Note(Said("ui.no_path", {"output": self.sweep.output, "name": Sym(name)}))
            return
        count = self.savings.paths[at]
        yield Section(Said("ui.paths", {"name": Sym(name), "output": self.sweep.output, "count": str(count)}))
        links, products = links_of(self.sweep), list[Expr]()
        for path in walks(links, at, self.sweep.graph.output, MOST_PATHS):
            symbols, value = path_product(self.sweep, path)
            products.append(value)
            yield Chain(tuple(dict.fromkeys((symbols, value))))
        if count > len(products):
            yield Note(Said("ui.more_paths", {"count": f"{count - len(products):,}"}))
        elif len(products) > 1:
            yield Chain((self.sweep.name(at), total(products)), self.gradient(at))

    def storing(self) -> Iterable[Part]:
        found = self.savings
        repeated = [at for at in self.sweep.adjoints if found.visits[at] > 1 and found.reads[at] > 1 and at != self.sweep.graph.output]
        if not repeated or found.unstored <= found.stored:
            return
        yield Section(Said("ui.programming"))
        yield Note(Said("ui.multiplications", {"stored": f"{found.stored:,}", "unstored": large(found.unstored)}), plain=True)
        if self.detail == "brief":
            return
        shown = sorted(repeated, key=lambda at: -found.visits[at])[:MOST_REPEATED]
        heads = (Said("ui.table_adjoint"), Said("ui.table_reads"), Said("ui.table_visits"))
        rows = [(self.sweep.name(at), _times(found.reads[at]), _times(found.visits[at])) for at in sorted(shown, key=repeated.index)]
        yield Table(heads, tuple(rows))
        if len(repeated) > len(shown):
            yield Note(Said("ui.more_paths", {"count": str(len(repeated) - len(shown))}), plain=True)

    def written_short(self) -> Iterable[Part]:
        """The product as it is often written short, beside the right one, for the name farthest from the output."""
        last = next((n for n in reversed(self.sweep.wrt) if literal(self.sweep, n) is not None), None)
        found = literal(self.sweep, last) if last is not None and self.detail != "brief" else None
        if found is None or last is None:
            return
        wrong, inner, right = found
        yield Section(Said("ui.literal_title"))
        yield Chain((self.sweep.name(self.sweep.graph.at[last]), right))
        yield Note(Said("ui.literal", {"wrong": wrong, "inner": inner}), plain=True)

    # The update.

    def updated(self, update: Update, numbers: Numbers) -> Iterable[Part]:
        digits = numbers.digits
        yield Section(Said("ui.update", {"rate": f"{update.rate:g}"}))
        alpha = Sym("alpha")
        for name, new in update.parameters.items():
            at = self.sweep.graph.at[name]
            rule = add(Sym(name), neg(mul(alpha, self.sweep.name(at))))
            yield Chain((Sym(name), rule), f"{new:.{digits}g}", sign="<-")
        yield Section(Said("ui.forward_again"))
        yield Chain((self.sweep.output,), f"{update.values[self.sweep.output.name]:.{digits}g}")


def literal(sweep: Sweep, name: str) -> tuple[Expr, Expr, Expr] | None:
    """The product that runs through the parameters, as it is often written short, the derivative in it that is 0, and the right one.

    dL/dW3 = dL/dyhat * dyhat/dWout * dWout/dW3 is not the chain rule: Wout does not depend on W3.
    """
    at, output = sweep.graph.at.get(name, -1), sweep.graph.output
    if at not in sweep.adjoints or at == output:
        return None
    path, *others = walks(links_of(sweep), at, output, 2)
    if others:
        return None
    nodes, own = sweep.graph.nodes, Sym(name)
    for user in reversed(path[2:-1]):
        other = next((a for a in nodes[user].args if nodes[a].formula is None and a in sweep.adjoints and a != at), None)
        if other is not None and user not in sweep.graph.users[at]:
            first = path[-2]
            inner = Diff(Sym(nodes[other].name), own)
            head = [Diff(sweep.output, Sym(nodes[first].name))]
            wrong = mul(*head, Diff(Sym(nodes[first].name), Sym(nodes[other].name)), inner)
            return wrong, inner, path_product(sweep, path)[0]
    return None


def _is_number(expr: Expr) -> bool:
    return isinstance(expr, Num) or (is_op(expr, "neg") and isinstance(expr, Call) and isinstance(expr.args[0], Num))


def checks_of(report: SweepReport) -> Summary:
    """A row for each referee of the sweep."""
    rows: list[Check] = [*report.whole]
    by_node = [c for checks in report.nodes.values() for c in checks]
    return Summary(overall([*by_node, *rows]), summary([*(Check(0, c.referee, c.verdict, c.digits, c.reason) for c in by_node), *rows]))


def scaled_text(value: Scaled, digits: int) -> str:
    """A number far below the range of floats is written by its logarithm."""
    if not value.value or not 300 <= abs(value.log10()) < math.inf:
        return f"{value.plain + 0.0:.{digits}g}"
    log = value.log10()
    exponent = int(log // 1)
    return f"{'-' if value.value < 0 else ''}{10 ** (log - exponent):.{digits - 1}f}e{exponent:+d}"


def large(count: int) -> str:
    """A whole number with its digits in threes; beyond thirty digits its size."""
    bits = count.bit_length()
    if bits < 100:
        return f"{count:,}"
    log = math.log10(count >> (bits - 60)) + (bits - 60) * math.log10(2)
    return f"{10 ** (log % 1):.2f}e+{int(log)}"


def _times(count: int) -> Said:
    return Said("ui.times", {"n": large(count)})


def program_text(sweep: Sweep) -> str:
    """The graph's equations as plain text, one a line."""
    return "\n".join(f"{name} = {write(formula)}" for name, formula in sweep.graph.definitions.items())
