"""The pages and outputs that come from the tables and from the program itself; ``tests/docs`` keeps them true.

    python docs/generate.py

writes ``docs/rules.md``, ``docs/ops.md`` and ``docs/mistakes.md``, and runs every ``$ derivx ...`` of the README and of the pages again.
"""

from __future__ import annotations

import re
import shlex
from contextlib import chdir
from pathlib import Path

from derivx import ops
from derivx.derive.rules import RULES
from derivx.derive.tidy import MOVES
from derivx.grading.mistakes.after import ANSWERS
from derivx.grading.mistakes.answered import SIGNS
from derivx.grading.mistakes.before import ALGEBRA
from derivx.grading.mistakes.functions import FUNCTIONS
from derivx.grading.mistakes.rules import FORMS
from derivx.grading.mistakes.rules import RULES as RULES_OF_MISTAKES
from derivx.grading.mistakes.table import GROUPS, Mutation
from derivx.grading.mistakes.whole import QUESTIONS
from derivx.words import say
from derivx.words.en import EN

ROOT = Path(__file__).parents[1]
_NAMES = ("index", "language", "programs", "matrices", "works", "worksheets", "grading", "checking", "json", "design")
PAGES = ("README.md", *(f"docs/{name}.md" for name in _NAMES))
FAMILIES = ("arithmetic", "elementary", "trig", "activation", "loss", "linalg")
LAWS = {
    "logarithm": "D(log(x, b), x) = 1/(x*log(b))",
    "chain_again": "D(f(u), x) = D(f(u), u)*D(u, x), where u has its name",
    "chain_paths": "D(f(u, v), x) = D(f(u, v), u)*D(u, x) + D(f(u, v), v)*D(v, x)",
    "backward": "D(L, z) = D(L, u)*D(u, z), where u uses z",
    "paths": "D(L, z) = D(L, u)*D(u, z) + D(L, v)*D(v, z), where u and v use z",
    "local": "D(u, z) = the derivative of the formula of u by z",
    "stored": "D(L, u) = its value, computed before",
    "implicit": "D(y, x) = -D(F, x)/D(F, y) on the curve F = 0",
    "substitute": "u = its definition",
    "name": "a part is given a fresh name",
    "call_by_name": "a part that has a name is written by it",
    "share": "exp(a)/(exp(a) + exp(b)) = p",
    "definition": "op(x) = its definition",
    "recognise": "a definition = op(x)",
    "tidy": "several of the moves below, in one line",
    "zero": "a*0 = 0",
    "expand": "a*(b + c) = a*b + a*c",
    "factor": "a*b + a*c = a*(b + c)",
    "common_factor": "a*b + a*c = a*(b + c)",
    "common_denominator": "a/b + c/d = (a*d + b*c)/(b*d)",
    "log_rules": "log(a*b) = log(a) + log(b)",
    "exp_rules": "exp(a)*exp(b) = exp(a + b)",
    "power_rules": "(x^a)^b = x^(a*b)",
    "d_constant": "d(c*X) = c*dX, d(c + X) = dX",
    "d_sum": "d(A + B) = dA + dB",
    "d_product": "d(A @ B) = dA @ B + A @ dB",
    "d_quotient": "d(a/b) = (da*b - a*db)/b^2",
    "d_linear": "d(op(X)) = op(dX)",
    "d_entry": "d(f(X)) = f'(X)*dX, entry by entry",
    "d_function": "d(op(X)) by its card",
    "d_copies": "d of an array of copies = copies of d",
    "d_put": "dU = the differential of the formula of U",
    "d_trace_sum": "sum(A*B) = tr(A.T @ B)",
    "d_trace_scalar": "a.T @ X @ b = tr(outer(b, a) @ X)",
    "d_trace_transpose": "tr(A) = tr(A.T)",
    "d_trace_cycle": "tr(A @ B) = tr(B @ A)",
    "d_trace_collect": "tr(A @ dX) + tr(B @ dX) = tr((A + B) @ dX)",
    "d_inner": "tr(G.T @ dX) = <G, dX>",
    "d_move_add": "<G, A + B> = <G, A> + <G, B>",
    "d_move_matmul": "<G, A @ X @ B> = <A.T @ G @ B.T, X>",
    "d_move_transpose": "<G, X.T> = <G.T, X>",
    "d_move_mul": "<G, A*X> = <G*A, X>",
    "d_move_scalar": "<G, c*X> = <c*G, X>",
    "d_move_sum": "<g, sum(X)> = <g*ones, X>",
    "d_move_mean": "<g, mean(X)> = <g/n*ones, X>",
    "d_move_tr": "<g, tr(X)> = <g*eye, X>",
    "d_move_diag": "<G, diag(x)> = <diagonal(G), x>",
    "d_move_diagonal": "<g, diagonal(X)> = <diag(g), X>",
    "d_move_outer": "<G, outer(x, y)> = <G @ y, x> = <G.T @ x, y>",
    "d_move_spread": "<G, copies of x> = <G summed over the copies, x>",
    "d_move": "<G, op(X)> = <adjoint of op at G, X>",
    "d_collect": "<G, dX> + <H, dX> = <G + H, dX>",
    "d_symmetric": "<G, dX> = <(G + G.T)/2, dX> for dX = dX.T",
    "d_diagonal": "<G, dX> = <G*eye, dX> for a diagonal dX",
    "d_scalar": "a*dt + b*dt = (a + b)*dt",
    "d_jacobian": "dy = J @ dx",
    "d_vec": "vec(A @ dX @ B) = kron(B.T, A) @ vec(dX)",
    "piecewise_merge": "where(c, a, b) + where(c, d, e) = where(c, a + d, b + e)",
}
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_MADE = "<!-- made by docs/generate.py from the tables: change those -->"


def laws() -> dict[str, str]:
    """The law of every rule that has words, in the order of the tables of words."""
    told: dict[str, list[str]] = {}
    for rule in (*RULES, *MOVES):
        name, law = (rule.id, rule.law) if hasattr(rule, "law") else (rule.id, rule.statement)
        told.setdefault(name, []).append(law)
    found = LAWS | {name: ", ".join(rows) for name, rows in told.items()}
    return {key[5:]: found[key[5:]] for key in EN if key.startswith("rule.")}


def rules_page() -> str:
    """``docs/rules.md``: every rule by its id, its names, its law."""
    rows = ["# Rules", "", _MADE, ""]
    rows += ["Every line of a derivation names one of these rules; the JSON names it by its id. `{u}`, `{op}` ... are filled in.", ""]
    rows += ["| id | in the margin | 여백에 | law |", "| --- | --- | --- | --- |"]
    for name, law in laws().items():
        rows.append(f"| `{name}` | {say(f'rule.{name}', 'en')} | {say(f'rule.{name}', 'ko')} | `{law}` |")
    rows += ["", "## The sentence of each rule", ""]
    for key in (k for k in EN if k.startswith("why.")):
        rows += [f"- `{key[4:]}`: {say(key, 'en')}<br>{say(key, 'ko')}"]
    return "\n".join(rows) + "\n"


def ops_page() -> str:
    """``docs/ops.md``: every card, by family."""
    rows = ["# Operations", "", _MADE, ""]
    rows += ["`d` is the differential, one formula in the language of derivx; in it `y` is the value. SymPy proves it.", ""]
    rows += ["At a kink the derivative is the value that `d` gives, a convention that every answer states.", ""]
    for family in FAMILIES:
        rows += [f"## {family.capitalize()}", "", "| written | names | also typed | d | domain | kinks | source |", "| --- " * 7 + "|"]
        rows += [_card(op) for op in getattr(ops, family).CARDS]
        rows.append("")
    return "\n".join(rows).rstrip() + "\n"


def mistakes_page() -> str:
    """``docs/mistakes.md``: the tags with their hints, and every mistaken formula beside the right one."""
    rows = ["# Mistakes", "", _MADE, ""]
    rows += [
        "A wrong answer is compared with what these mistakes give at the points. At most three are named, one of a group.",
        "",
    ]
    for group, tags in GROUPS.items():
        rows += [f"## {group.replace('_', ' ').capitalize()}", "", "| tag | hint | 도움말 |", "| --- | --- | --- |"]
        rows += [f"| `{tag}` | {say(f'mistake.{tag}', 'en')} | {say(f'mistake.{tag}', 'ko')} |" for tag in tags] + [""]
    rows += ["## Mistaken rules", ""]
    rows += [_LETTERS, ""]
    for form, (node, right) in FORMS.items():
        rows += [f"### `D({node}) = {right}`", "", *_HEAD, *map(_mistaken, _formulas(form)), ""]
    rows += ["## Mistaken derivatives of functions", "", "Each is looked for with the inner derivative and without it.", ""]
    for on in dict.fromkeys(m.on for m in FUNCTIONS):
        rows += [f"### `{on}`", "", *_HEAD, *map(_mistaken, _formulas(on, FUNCTIONS)), ""]
    rows += ["## Mistakes in transformations, in the answer and about the question", "", "| id | tag |", "| --- | --- |"]
    rows += [f"| `{m.id}` | `{m.tag}` |" for m in (*ALGEBRA, *ANSWERS, *QUESTIONS, *SIGNS)]
    return "\n".join(rows) + "\n"


_HEAD = ("| instead | tag |", "| --- | --- |")
_LETTERS = """`u`, `v` are parts that move with the variable, `du`, `dv` their derivatives,
`k`, `c`, `n`, `a` parts that do not, `c0` the terms of `u` that do not, `y` is the value;
`p` is f'(u), `pt` and `ft` are f' and f at a name or term `t` of `u`, `pdu` and `fdu` at `du`, `pdk` and `fdk` at `du + c0`,
`pf` is f'(f(u)), `pu` has `u` for `y` in f'."""


def _formulas(on: str, table: tuple[Mutation, ...] = RULES_OF_MISTAKES) -> list[Mutation]:
    return [m for m in table if m.on == on and not m.id.endswith(".bare")]


def _mistaken(m: Mutation) -> str:
    return f"| `{m.wrong}` | `{m.tag}` |"


def _card(op: ops.Op) -> str:
    aliases = ", ".join(f"`{alias}`" for alias in op.names.aliases)
    cells = (
        f"`{op.text}({op.args})`",
        f"{op.names.en}<br>{op.names.ko}",
        aliases,
        _code(op.d) if op.d else "by SymPy" if op.shape == "elementwise" else "",
        _code(op.domain),
        _code(op.kinks),
        op.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def output(command: str) -> str:
    """What a ``derivx ...`` line prints, at 80 columns."""
    from click.testing import CliRunner

    from derivx.apps.main import cli

    with chdir(ROOT):
        result = CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(cli, shlex.split(command)[1:], prog_name="derivx")
    return result.output.rstrip("\n")


def refreshed(text: str) -> str:
    """A page with every output in its ``console`` blocks made again."""

    def block(found: re.Match[str]) -> str:
        commands = [row[2:] for row in found[1].split("\n") if row.startswith("$ ")]
        shown = "\n\n".join(f"$ {c}\n{output(c)}" for c in commands)
        return f"```console\n{shown}\n```"

    return _BLOCK.sub(block, text)


def main() -> None:
    """Write what has changed."""
    made = {"docs/rules.md": rules_page(), "docs/ops.md": ops_page(), "docs/mistakes.md": mistakes_page()}
    made |= {page: refreshed((ROOT / page).read_text(encoding="utf-8")) for page in PAGES if (ROOT / page).exists()}
    for page, text in made.items():
        path = ROOT / page
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
