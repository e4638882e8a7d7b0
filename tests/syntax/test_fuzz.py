"""Untrusted text: whatever is typed, only a ``DerivxError`` leaves, soon, and nothing is executed."""

from __future__ import annotations

import ast
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

import derivx
from derivx.errors import DerivxError
from derivx.syntax import Limits, read, read_question, write
from tests.conftest import share

DATA = Path(__file__).parents[1] / "data"
ANSWER = Limits(chars=20_000, tokens=4_000, depth=200)  # what is sensible for the answer of a student
BUDGET = 0.050  # seconds of CPU
SIGNS = [
    *"+-*/^()|{}[]=<>,.;:@#_'\\$&%~!?\"`\n\t 0123456789abcdefxyzwDLE",
    *("**", "<=", "==", "²", "⁻¹", "ₙ", "π", "σ", "γ", "ŷ", "x̂", "√", "∂", "½", "−", "×", "ᵀ", "х", "\u200b", "\ud800", "ａ"),
    *("sin", "sin^", "log1p", "log_2", "where(", "max(", "D(", "d/dx", "dL/dw", "f'", "sigmoid", "1e", "1e-3", "0x", "e^"),
    *("\\frac", "\\sin", "\\sqrt[3]", "^{(1)}", "\\left(", "\\right|", "\\hat", "\\mathrm{", "\\partial", "\\lfloor", "\\gamma", "_{i,j}"),
]


def corpus() -> list[str]:
    """Expressions, answers of students, hostile inputs."""
    answers = json.loads((DATA / "answers.json").read_text("utf-8"))
    rows: list[str] = json.loads((DATA / "expressions.json").read_text("utf-8"))
    rows += [r["student_raw"] for r in answers["scalar"]] + [r["raw"] for r in answers["matrix"]]
    rows += [text for _, text in hostile() if len(text) < 400]
    return rows + [r["typed"] for r in json.loads((DATA / "typed_forms.json").read_text("utf-8"))]


def hostile() -> Iterator[tuple[str, str]]:
    for row in json.loads((DATA / "hostile.json").read_text("utf-8")):
        text = row["input"] if row.get("input") is not None else "".join(part * times for part, times in row["parts"])
        yield row["id"], text


def mutated(rng: Random, texts: list[str]) -> str:
    """A text with pieces dropped, doubled, exchanged, put in, or taken from another; or signs at random."""
    if rng.random() < 0.15:
        return "".join(rng.choice(SIGNS) for _ in range(rng.randint(1, 30)))
    text = rng.choice(texts)
    for _ in range(rng.randint(1, 4)):
        i, j = sorted(rng.randint(0, len(text)) for _ in range(2))
        other = rng.choice(texts)
        text = rng.choice(
            (
                text[:i] + text[min(j, i + 3) :],
                text[:i] + rng.choice(SIGNS) + text[i:],
                text[:j] + text[i:j] + text[j:],
                text[:i] + other[: rng.randint(0, 12)] + text[j:],
                text[:i] + text[i:j][::-1] + text[j:],
            )
        )[:400]
    return text


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds, without the collector: it walks over whatever else the test process holds."""
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def attempt(text: str, declared: tuple[str, ...] = (), limits: Limits = ANSWER) -> str:
    """The tree of a text as text, or the key of its refusal; the place of a refusal lies in the text."""
    try:
        expr = read_question(text, declared, limits).expr
    except DerivxError as error:
        check_place(error)
        return f"refused: {error.key}"
    written = write(expr)
    assert read(written, declared, Limits(depth=12_000)) == expr, (text, written)
    return written


def check_place(error: DerivxError) -> None:
    assert 0 <= error.start < error.end <= max(len(error.text), 1) + 1, (error.text, error.start, error.end)
    assert error.line >= 1
    assert error.column >= 1
    assert error.caret() or not error.text


@pytest.mark.parametrize("block", range(10))
@pytest.mark.slow
def test_only_derivx_errors_leave(block: int) -> None:
    rng, texts = Random(block), corpus()
    slow: list[tuple[float, str]] = []
    accepted = 0
    for _ in range(share(10_000) // 10):
        text, declared = mutated(rng, texts), rng.choice(((), ("x",), ("w", "x", "b", "y")))
        took = cpu(lambda text=text, declared=declared: silent(text, declared))
        if took > BUDGET:  # measured again: the machine may have been busy
            took = min(cpu(lambda text=text, declared=declared: silent(text, declared)) for _ in range(5))
        slow += [(took, text)] if took > BUDGET else []
        accepted += not attempt(text, declared).startswith("refused")
    assert slow == []
    assert accepted > 0


def silent(text: str, declared: tuple[str, ...] = (), limits: Limits = ANSWER) -> None:
    try:
        read_question(text, declared, limits)
    except DerivxError:
        return


@pytest.mark.parametrize(("key", "text"), list(hostile()), ids=lambda v: v if len(str(v)) < 6 else "")
def test_hostile_inputs(key: str, text: str) -> None:
    attempt(text)
    assert min(cpu(lambda: silent(text)) for _ in range(5)) <= BUDGET, key


REFUSED = {"code-exec", "unicode", "huge-number", "malformed"}
HARMLESS = {  # read as the products, names and functions that they also are
    *("exit()", "test()", "help()", "input()", "1j*x", "None", "lambda", "x=2", "not x", "x\r\n+1"),
}


def test_code_numbers_and_broken_text_are_refused() -> None:
    rows = json.loads((DATA / "hostile.json").read_text("utf-8"))
    read_as_something = [r["input"] for r in rows if r["cls"] in REFUSED and r["input"] and not attempt(r["input"]).startswith("refused")]
    assert set(read_as_something) <= HARMLESS


def test_nothing_is_executed() -> None:
    """No file is opened, nothing compiled, executed or imported while texts are read."""
    texts = [*corpus(), *(text for _, text in hostile())]
    for text in texts:
        silent(text)  # what is imported lazily is imported now
    seen: list[tuple[str, str]] = []
    watch = True

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if watch and event in {"exec", "compile", "open", "import", "os.system", "subprocess.Popen", "os.mkdir", "socket.connect"}:
            seen.append((event, str(args)[:100]))

    sys.addaudithook(hook)
    try:
        for text in texts:
            silent(text)
    finally:
        watch = False
    assert seen == []


@pytest.mark.parametrize(
    "unit", ["x+", "(", "-", "|", "x ", "w1x1 ", "f(x)", "ab(x)+", "D(", "x^", "sin ", "½", "x̂", "ŷx", "²", "x_1", "∂", "d/"]
)
@pytest.mark.parametrize("declared", [(), ("w", "x", "b")])
@pytest.mark.slow
def test_time_grows_with_the_length(unit: str, declared: tuple[str, ...]) -> None:
    check_linear(unit, declared)


@pytest.mark.parametrize(
    "unit", ["\\frac{d ", "\\mathrm{", " ", "{", "\\{", "\\left(", "x_{", "^{(1)}", "\\sin ", "\\hat x", "\\frac{d^{a}", "z^{(1)}", "\\,"]
)
@pytest.mark.slow
def test_time_grows_with_the_length_in_latex(unit: str) -> None:
    check_linear(unit, (), before="\\alpha ")
    check_linear(" ", (), before="\\alpha " + unit)


def check_linear(unit: str, declared: tuple[str, ...], before: str = "") -> None:
    """Four times the text takes about four times as long: far from the sixteen of a quadratic reader."""
    texts = [before + unit * (n // len(unit)) for n in (12_000, 48_000)]
    short, long = (min(cpu(lambda text=text: silent(text, declared, Limits())) for _ in range(3)) for text in texts)
    assert long <= max(9 * short, 0.05)


FORBIDDEN = {"eval", "exec", "compile", "sympify", "parse_expr", "parse_latex", "__import__", "literal_eval"}


def test_no_text_is_ever_evaluated() -> None:
    """No call of ``eval``, of SymPy's text parsers, or of ``S`` on anything but a number, in the whole package."""
    found: list[str] = []
    for path in sorted(Path(derivx.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _is_evaluation(node):
                found.append(f"{path.name}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and {a.name for a in node.names} & (FORBIDDEN | {"sympy.parsing"}):
                found.append(f"{path.name}:{node.lineno}")
    assert found == []


def _is_evaluation(call: ast.Call) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name == "compile":  # re.compile is no evaluation
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        return not (isinstance(owner, ast.Name) and owner.id == "re")
    number = bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, int)
    return name in FORBIDDEN or (name == "S" and not number)


def test_an_answer_is_read_in_microseconds() -> None:
    """20 characters in about 0.1 ms (0.5 ms here, for a machine that is busy)."""
    text = "x*s*(1 - s) + 2*w*x"
    read(text)
    assert min(cpu(lambda: [read(text) for _ in range(50)]) / 50 for _ in range(10)) < 0.0005
